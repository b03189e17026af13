"""A pipeline on the real engine and the embedded AWS: a step fails, its jobs wait, nothing is lost, all go on.

What happens is asked of the embedded AWS through boto3, not of the program.
"""

import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi
from tenfold import Pipeline

config = pulumi.Config()
code = pulumi.FileArchive("./steps")


def step(name):
    worker = {
        "code": code,
        "handler": "steps.work",
        "timeout_seconds": 20,
        "environment": {"STEP": name, "BROKEN": config.get("broken") or "", "REFUSED": config.get("refused") or ""},
    }
    # Two minutes until the next try are long for a test; a busy machine may need some seconds for one.
    quick = {"queue": {"visibility_timeout_seconds": 15}}
    return {"name": name, "worker": worker, "max_receive_count": config.require_int("tries"), "overrides": quick}


videos = Pipeline("videos", {"steps": [step(name) for name in config.require("steps").split()]})
for output in ("queue_url", "end_topic_arn", "queue_urls", "dlq_urls"):
    pulumi.export(output, getattr(videos, output))
"""

STEPS = """
import json
import os

import boto3


def work(event, _context):
    failed = []
    for message in event["Records"]:
        job = json.loads(message["body"])
        if os.environ["STEP"] in os.environ["BROKEN"].split() or job["name"] == os.environ["REFUSED"]:
            failed.append({"itemIdentifier": message["messageId"]})
            continue
        body = json.dumps({**job, "steps": [*job["steps"], os.environ["STEP"]]})
        if "NEXT_QUEUE_URL" in os.environ:
            boto3.client("sqs").send_message(QueueUrl=os.environ["NEXT_QUEUE_URL"], MessageBody=body)
        else:
            boto3.client("sns").publish(TopicArn=os.environ["END_TOPIC_ARN"], Message=body)
    return {"batchItemFailures": failed}
"""


class Row:
    """The pipeline as those who use it see it: they send jobs, and hear what is done."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._done: dict[str, list[str]] = {}
        self.sqs = stack.client("sqs")
        self.outputs = stack.outputs()
        self._ears = self.sqs.create_queue(QueueName="ears")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self._ears, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        stack.client("sns").subscribe(
            TopicArn=self.outputs["end_topic_arn"],
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )

    def up(self, **config: str) -> str:
        for key, value in config.items():
            self._stack.run("config", "set", key, value)
        said = self._stack.up()
        self.outputs = self._stack.outputs()
        return said

    def send(self, *names: str) -> None:
        for name in names:
            body = json.dumps({"name": name, "steps": []})
            self.sqs.send_message(QueueUrl=self.outputs["queue_url"], MessageBody=body)

    def done(self) -> dict[str, list[str]]:
        """The steps of each job that the end topic has told."""
        found = self.sqs.receive_message(QueueUrl=self._ears, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            job = json.loads(message["Body"])
            self._done[job["name"]] = job["steps"]
            self.sqs.delete_message(QueueUrl=self._ears, ReceiptHandle=message["ReceiptHandle"])
        return self._done

    def held(self, step: str, kind: str = "queue_urls") -> int:
        """How many messages a step holds, those in hand among them."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.outputs[kind][step], AttributeNames=["All"])["Attributes"]
        return sum(int(found[f"ApproximateNumberOfMessages{which}"]) for which in ("", "NotVisible", "Delayed"))


def eventually(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)


def redrive() -> Any:
    file = Path(__file__).resolve().parents[2] / "app" / "fleet" / "redrive.py"
    spec = importlib.util.spec_from_file_location("redrive", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.redrive


@pytest.fixture
def row(stack: Stack) -> Row:
    (stack.root / "steps").mkdir()
    (stack.root / "steps" / "steps.py").write_text(STEPS)
    (stack.root / "__main__.py").write_text(PROGRAM)
    for key, value in {"steps": "probe encode publish", "tries": "1000", "broken": "encode"}.items():
        stack.run("config", "set", key, value)
    stack.up()
    return Row(stack)


def test_a_step_that_fails_holds_its_jobs_and_nothing_is_lost(row: Row) -> None:
    jobs = [f"job-{number}" for number in range(7)]
    row.send(*jobs)
    eventually(lambda: row.held("probe") == 0 and row.held("encode") == 7)
    # A try later they are still there, and the steps around it have nothing to do.
    time.sleep(20)
    assert (row.held("probe"), row.held("encode"), row.held("publish"), row.done()) == (0, 7, 0, {})

    said = row.up(broken="none")
    assert "deleted" not in said
    assert "replaced" not in said
    eventually(lambda: row.done() == {job: ["probe", "encode", "publish"] for job in jobs})
    assert [row.held(step) for step in ("probe", "encode", "publish")] == [0, 0, 0]

    # A job that no try helps is set aside, and the others overtake it.
    row.up(refused="poison", tries="3")
    row.send("poison", "after")
    eventually(lambda: row.held("probe", "dlq_urls") == 1)
    eventually(lambda: "after" in row.done())
    assert "poison" not in row.done()

    # A step is put in the middle while the dead letter waits; nothing that was there goes.
    said = row.up(steps="probe scan encode publish", refused="nothing")
    assert "deleted" not in said
    assert "replaced" not in said
    assert row.held("probe", "dlq_urls") == 1
    assert redrive()(row.sqs, row.outputs["dlq_urls"]["probe"]) == 1
    eventually(lambda: row.done().get("poison") == ["probe", "scan", "encode", "publish"])
    assert row.held("probe", "dlq_urls") == 0
