"""What the engine says of `program.py`; `TENFOLD_RECORD=1 pytest tests/pull_requests/test_live.py` records it anew.

Left out is what no comment is made of: debugging messages, and what AWS answers about resources that stay as they are.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.local.aws.test_on_the_engine import Stack

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
ROOT = HERE.parents[1]
TOKENS = ("hunter2-of-yesterday", "hunter2-of-today")


def previews(stack: Stack) -> Iterator[tuple[str, str]]:
    """What the engine says before and after the pull request, in each of the ways that it can end: name and text."""
    shutil.copy(HERE / "program.py", stack.root / "__main__.py")
    _configure(stack, token=TOKENS[0])
    stack.up()
    yield "unchanged", said(stack, "local")
    _configure(stack, token=TOKENS[1], proposed="true")
    yield "proposed", said(stack, "local")
    yield "proposed-digest", digest(stack)
    _configure(stack, careless="true")
    yield "refused", said(stack, "local")
    _configure(stack, careless="false", broken="true")
    yield "broken", said(stack, "local")
    yield "missing", said(stack, "nowhere")
    _configure(stack, token=TOKENS[0], proposed="false", broken="false")
    _meddle(stack)
    yield "drifted", said(stack, "local", "--refresh", "--expect-no-changes")


def said(stack: Stack, name: str, *arguments: str) -> str:
    """What the workflows' own script keeps of one preview."""
    policies, levels = stack.root / "policies", stack.root / "stacks" / f"policies.{name}.json"
    if not policies.exists():
        policies.symlink_to(ROOT / "policies")
    levels.parent.mkdir(exist_ok=True)
    shutil.copy(HERE / "levels.json", levels)
    with stack.attached() as environment:
        _run(stack, environment, str(ROOT / ".github" / "scripts" / "preview"), name, *arguments)
    return (stack.root / "previews" / f"{name}.json").read_text()


def digest(stack: Stack) -> str:
    """What the same preview prints by itself."""
    with stack.attached() as environment:
        return _run(stack, environment, str(stack.pulumi), "preview", "--json", "--non-interactive")


def _run(stack: Stack, environment: dict[str, str], *command: str) -> str:
    path = os.pathsep.join([str(stack.pulumi.parent), environment.get("PATH", os.environ["PATH"])])
    surroundings = {**os.environ, **environment, "PATH": path}
    result = subprocess.run(command, cwd=stack.root, env=surroundings, capture_output=True, text=True, check=False)
    return result.stdout


def trimmed(text: str) -> str:
    """The same without what no comment is made of."""
    if text.startswith("{\n"):
        return json.dumps(_without_traces(json.loads(text)), indent=1) + "\n"
    lines = text.splitlines()
    kept = [line if not line.startswith("{") else json.dumps(event) for line in lines if (event := _trimmed(line))]
    return re.sub(r"/tmp/[^\"\\ ]*/program", "/program", "\n".join(kept) + "\n")


def _trimmed(line: str) -> dict[str, Any] | str | None:
    if not line.startswith("{"):
        return line.strip()
    event = json.loads(line)
    kind = next(key for key in event if key.endswith("Event"))
    body = event[kind]
    about = body.get("metadata", {})
    if kind == "resOutputsEvent" and not (about["op"] == "refresh" and (about.get("diffs") or not about["new"])):
        return None
    if kind == "diagnosticEvent" and body["severity"] == "debug":
        return None
    if kind.endswith("SummaryEvent") or kind in ("policyLoadEvent", "cancelEvent", "progressEvent"):
        return None
    if kind == "resourcePreEvent" and about["op"] == "refresh":
        return None
    for side in (about, about.get("old"), about.get("new")):
        (side or {}).pop("provider", None)
        if side and about["op"] == "same" and "outputs" in side:
            side["outputs"] = {}
    return {kind: body}


def _without_traces(digest: dict[str, Any]) -> dict[str, Any]:
    for step in digest["steps"]:
        for side in ("oldState", "newState"):
            for key in ("stackTrace", "sourcePosition", "propertyDependencies", "provider"):
                step.get(side, {}).pop(key, None)
    return digest


def _configure(stack: Stack, **values: str) -> None:
    for key, value in values.items():
        stack.run("config", "set", *(["--secret"] if key == "token" else []), key, value)


def _meddle(stack: Stack) -> None:
    """Somebody changes a queue and deletes a bucket by hand."""
    sqs, s3 = stack.client("sqs"), stack.client("s3")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "jobs-queue" in url]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "77"})
    (bucket,) = s3.list_buckets()["Buckets"]
    s3.delete_bucket(Bucket=bucket["Name"])
