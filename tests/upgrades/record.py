"""Records the state that a release leaves behind: ``python -m tests.upgrades.record``, at the release's commit.

The program beside this file is brought up on the embedded AWS, by the real engine; what the engine has saved then is
kept as `released/<version>.json.gz`.
"""

import gzip
import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import emulator
from tests.upgrades.stack import RELEASED, ROOT, released_stack

_LEFT_OUT = ("created", "modified", "sourcePosition", "stackTrace")


def main() -> None:
    """Bring the program up, and keep the state."""
    project = tomllib.loads((ROOT / "components" / "pyproject.toml").read_text())["project"]
    with tempfile.TemporaryDirectory() as name:
        stack = released_stack(Path(name))
        try:
            stack.up()
            state = json.loads(stack.run("stack", "export"))
        finally:
            emulator.stop(stack.folder)
    RELEASED.mkdir(exist_ok=True)
    file = RELEASED / f"{project['version']}.json.gz"
    # Without a time, so that the same state is the same file.
    file.write_bytes(gzip.compress(json.dumps(_trimmed(state), sort_keys=True).encode(), mtime=0))
    print(f"{file.relative_to(ROOT)}: {len(state['deployment']['resources'])} resources, {file.stat().st_size} bytes")  # noqa: T201


def _trimmed(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state without what no preview looks at: when each resource was made, from which line, on which machine."""
    deployment = json.loads(json.dumps(state["deployment"]).replace(str(ROOT), "/tenfold"))
    manifest = {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}
    resources = [
        {key: value for key, value in resource.items() if key not in _LEFT_OUT} for resource in deployment["resources"]
    ]
    return {"version": state["version"], "deployment": {**deployment, "manifest": manifest, "resources": resources}}


if __name__ == "__main__":
    main()
