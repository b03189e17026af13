"""The first thing a new checkout runs: ``./tenfold`` sets up its packages once and says what is missing.

uv is played by a script that notes how it was called and makes a ``.venv`` whose Python notes what it was asked to run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_COPIED = ("tenfold", "uv.lock", "pyproject.toml", *(f"{name}/pyproject.toml" for name in ("components", "policies")))
_UV = """\
#!/bin/sh
echo "$@" >> "{root}/uv-calls"
sleep 0.3
mkdir -p "{root}/.venv/bin"
printf '#!/bin/sh\\necho "python $*"\\n' > "{root}/.venv/bin/python"
chmod +x "{root}/.venv/bin/python"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (*_COPIED, "shards/pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(_ROOT / name, tmp_path / name)
    _command(tmp_path / "bin" / "uv", _UV.format(root=tmp_path))
    return tmp_path


def _command(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def _start(checkout: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(checkout / "bin"), "/usr/bin", "/bin"])
    return subprocess.Popen(
        [sys.executable, str(checkout / "tenfold"), *arguments],
        env={"PATH": path, "HOME": str(checkout), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(checkout: Path, *arguments: str) -> tuple[int, str, str]:
    process = _start(checkout, *arguments)
    output, said = process.communicate(timeout=60)
    return process.returncode, output, said


def _calls(checkout: Path) -> list[str]:
    return (checkout / "uv-calls").read_text().splitlines()


def test_packages_are_set_up_once_and_the_command_takes_over(checkout: Path) -> None:
    code, output, said = _run(checkout, "up", "--json")
    assert (code, output) == (0, "python -m local up --json\n")
    assert "setting up Python packages" in said
    assert _run(checkout, "down")[1:] == ("python -m local down\n", "")
    (call,) = _calls(checkout)
    assert "--frozen" in call
    assert "--group local" in call
    assert "--group dev" not in call


def test_compiled_files_are_kept_whatever_the_machine_says(checkout: Path) -> None:
    _run(checkout, "up")
    _command(checkout / ".venv" / "bin" / "python", '#!/bin/sh\necho "[$PYTHONDONTWRITEBYTECODE]"\n')
    assert _start(checkout, "up", PYTHONDONTWRITEBYTECODE="1").communicate(timeout=60)[0] == "[]\n"


def test_tests_bring_their_packages_and_keep_the_others(checkout: Path) -> None:
    _run(checkout, "up")
    _run(checkout, "test")
    _run(checkout, "up")
    calls = _calls(checkout)
    assert len(calls) == 2
    assert "--group dev --group local" in calls[1]


def test_a_changed_lock_file_is_followed(checkout: Path) -> None:
    _run(checkout, "up")
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("# changed\n")
    _run(checkout, "up")
    assert len(_calls(checkout)) == 2


def test_two_commands_at_once_set_up_once(checkout: Path) -> None:
    started = [_start(checkout, "status") for _ in range(3)]
    assert [process.communicate(timeout=60)[0] for process in started] == ["python -m local status\n"] * 3
    assert len(_calls(checkout)) == 1


def test_an_interrupted_set_up_is_made_again(checkout: Path) -> None:
    _command(checkout / "bin" / "uv", _UV.format(root=checkout) + "kill -9 $PPID\n")
    assert _run(checkout, "up")[0] == -9
    _command(checkout / "bin" / "uv", _UV.format(root=checkout))
    assert _run(checkout, "up")[:2] == (0, "python -m local up\n")


def test_packages_that_cannot_be_installed_are_told_in_words(checkout: Path) -> None:
    _command(checkout / "bin" / "uv", "#!/bin/sh\necho 'no route to the index' >&2\nexit 2\n")
    code, output, said = _run(checkout, "up")
    assert (code, output) == (4, "")
    assert "no route to the index" in said
    assert "UV_DEFAULT_INDEX" in said
    assert "Traceback" not in said
