"""Folders of code become archives that depend on nothing but the code and what it pins."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest

from tenfold import function_package
from tenfold.errors import Fault, TenfoldError
from tenfold.function_package import folder_archive, folder_faults

CODE = "import greeting\ndef handle(event, context): return greeting.WORD\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program's folder with a function's in it, and a package index in a folder."""
    (tmp_path / "app" / "inner").mkdir(parents=True)
    (tmp_path / "app" / "main.py").write_text(CODE)
    (tmp_path / "app" / "inner" / "part.py").write_text("")
    monkeypatch.chdir(tmp_path)
    for installer in ("PIP", "UV"):
        monkeypatch.setenv(f"{installer}_NO_INDEX", "1")
        monkeypatch.setenv(f"{installer}_FIND_LINKS", str(tmp_path / "index"))
    _wheel(tmp_path / "index", "greeting", "1.0")
    return tmp_path


def _wheel(index: Path, name: str, version: str, platform: str = "any") -> None:
    index.mkdir(exist_ok=True)
    about = f"{name}-{version}.dist-info"
    tag = f"py3-none-{platform}"
    with zipfile.ZipFile(index / f"{name}-{version}-{tag}.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"WORD = {platform!r}")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{about}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        wheel.writestr(f"{about}/RECORD", "")


def _pins(program: Path, text: str) -> None:
    (program / "app" / "requirements.txt").write_text(text)


def _files(archive: pulumi.Archive) -> dict[str, bytes]:
    """What is in an archive, by its path."""
    found: dict[str, bytes] = {}
    assert isinstance(archive, pulumi.AssetArchive)
    for name, asset in archive.assets.items():
        place: Any = getattr(asset, "path")  # noqa: B009 - assets and archives both have one
        if isinstance(asset, pulumi.FileAsset):
            found[name] = Path(place).read_bytes()
        else:
            files = (file for file in Path(place).rglob("*") if file.is_file())
            found |= {f"{name}/{file.relative_to(place).as_posix()}": file.read_bytes() for file in files}
    return found


def _said(runtime: str = "python3.13") -> list[Fault]:
    return list(folder_faults("code.folder", "app", runtime))


def test_code_alone_is_taken_as_it_is_without_what_python_and_editors_leave(program: Path) -> None:
    for left in (".env", ".git/config", "__pycache__/main.pyc", "inner/old.pyc"):
        (program / "app" / left).parent.mkdir(exist_ok=True)
        (program / "app" / left).write_text("left")
    assert _files(folder_archive("app", "python3.13", "arm64")) == {"main.py": CODE.encode(), "inner/part.py": b""}


def test_requirements_are_beside_the_code_without_what_differs_between_machines(program: Path) -> None:
    _pins(program, "greeting==1.0  # says hello\n")
    assert _said() == []
    files = _files(folder_archive("app", "python3.13", "arm64"))
    assert files["greeting.py"] == b"WORD = 'any'"
    assert files["main.py"] == CODE.encode()
    names = {name.rpartition("/")[2] for name in files}
    assert names.isdisjoint({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
    assert not [name for name in files if name.startswith("bin/") or "__pycache__" in name]


def test_paths_are_seen_from_the_program_so_that_state_does_not_tell_where_it_lies(program: Path) -> None:
    _pins(program, "greeting==1.0\n")
    archive = folder_archive("app", "python3.13", "arm64")
    assert isinstance(archive, pulumi.AssetArchive)
    assert not [one for one in archive.assets.values() if Path(getattr(one, "path")).is_absolute()]  # noqa: B009


@pytest.mark.parametrize(
    ("runtime", "architecture", "platform"),
    [
        ("python3.13", "arm64", "manylinux_2_28_aarch64"),
        ("python3.13", "x86_64", "manylinux_2_28_x86_64"),
        ("python3.11", "arm64", "manylinux2014_aarch64"),
    ],
)
def test_native_packages_are_those_of_the_runtime_not_of_this_machine(
    program: Path, runtime: str, architecture: str, platform: str
) -> None:
    for each in ("manylinux_2_28_aarch64", "manylinux_2_28_x86_64", "manylinux2014_aarch64", "win_amd64"):
        _wheel(program / "index", "native", "1.0", each)
    _pins(program, "native==1.0\n")
    assert _files(folder_archive("app", runtime, architecture))["native.py"] == f"WORD = {platform!r}".encode()


def test_requirements_are_installed_once_for_the_same_pins_and_once_more_for_others(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pins(program, "greeting==1.0\n")
    before = _files(folder_archive("app", "python3.13", "arm64"))
    ran: list[Sequence[str]] = []
    run = subprocess.run

    def counted(command: Sequence[str], **options: Any) -> Any:
        ran.append(command)
        return run(command, **options)

    monkeypatch.setattr(function_package.subprocess, "run", counted)
    assert _files(folder_archive("app", "python3.13", "arm64")) == before
    assert ran == []
    _wheel(program / "index", "greeting", "1.1")
    _pins(program, "greeting==1.1\n")
    folder_archive("app", "python3.13", "arm64")
    assert [command for command in ran if "install" in command]


def test_what_was_installed_is_no_part_of_the_repository(program: Path) -> None:
    _pins(program, "greeting==1.0\n")
    folder_archive("app", "python3.13", "arm64")
    assert (program / ".tenfold" / "requirements" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    "line",
    [
        "greeting==1.0",
        "Greeting[a,b] == 1.0 ; python_version > '3.8'",
        "greeting==1.0 \\\n    --hash=sha256:0123",
        "greeting @ https://example.com/greeting-1.0-py3-none-any.whl",
        "--index-url https://example.com/simple",
        "# nothing",
        "",
    ],
)
def test_what_is_pinned_is_taken(program: Path, line: str) -> None:
    _pins(program, f"{line}\n")
    assert _said() == []


@pytest.mark.parametrize("line", ["greeting", "greeting>=1.0", "greeting==1.*", "-r other.txt", "-e .", "./here"])
def test_what_could_be_another_version_tomorrow_is_refused(program: Path, line: str) -> None:
    _pins(program, f"idna==3.10\n{line}\n")
    [(path, given, allowed)] = _said()
    assert path == "code.folder"
    assert given == f"app/requirements.txt has {line!r}"
    assert allowed.startswith("versions pinned by ==")


def test_requirements_of_another_language_are_refused(program: Path) -> None:
    _pins(program, "greeting==1.0\n")
    [(_, given, allowed)] = _said("nodejs22.x")
    assert given == "'app' with a requirements.txt is given for nodejs22.x"
    assert allowed.startswith("a Python runtime")


def test_a_package_that_nobody_has_is_told_with_the_installers_words(program: Path) -> None:
    _pins(program, "nothing-like-it==9.9\n")
    with pytest.raises(TenfoldError, match=r"cannot be installed for Python 3\.13, arm64:\n") as said:
        folder_archive("app", "python3.13", "arm64")
    assert "nothing-like-it" in str(said.value)
    assert not [one for one in (program / ".tenfold" / "requirements").iterdir() if one.is_dir()]


def test_a_machine_without_an_installer_is_told_what_to_do(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pins(program, "greeting==1.0\n")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TenfoldError, match="there is neither uv nor pip"):
        folder_archive("app", "python3.13", "arm64")
