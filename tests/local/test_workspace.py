"""The checkout's lock, and which environments there are."""

import os
import subprocess
import sys
from pathlib import Path

from local.workspace import Workspace, at_work

_ROOT = Path(__file__).resolve().parents[2]
_SECOND = """
import sys
from pathlib import Path
from local.workspace import Workspace, at_work
with at_work(Workspace(Path(sys.argv[1])), lambda pid: print("waits for", pid, flush=True)):
    print("has it", flush=True)
"""


def _second(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SECOND, str(folder)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)


def test_a_second_command_says_whom_it_waits_for_and_goes_on_after_it(tmp_path: Path) -> None:
    waited_for: list[str] = []
    with at_work(Workspace(tmp_path), waited_for.append):
        second = _second(tmp_path)
        assert second.stdout is not None
        assert second.stdout.readline() == f"waits for {os.getpid()}\n"
        assert second.poll() is None
    assert second.communicate(timeout=20)[0] == "has it\n"
    assert waited_for == []


def test_what_a_killed_command_has_started_still_holds_the_lock(tmp_path: Path) -> None:
    with at_work(Workspace(tmp_path), lambda _: None) as lock:
        engine = subprocess.Popen(["sleep", "60"], pass_fds=(lock,))
    second = _second(tmp_path)
    assert second.stdout is not None
    assert second.stdout.readline().startswith("waits for ")
    engine.kill()
    engine.wait()
    assert second.communicate(timeout=20)[0] == "has it\n"


def test_the_environments_are_those_that_have_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    for name in ("dev", "local"):
        (tmp_path / "stacks" / f"Pulumi.{name}.yaml").touch()
    (tmp_path / "stacks" / "config.py").touch()
    assert Workspace(tmp_path).stacks() == ["dev", "local"]
