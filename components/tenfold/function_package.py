"""Makes a deployable archive of a folder of code: what its `requirements.txt` pins is put beside it.

The archive depends on nothing but the code and the pins, so that an update of a program that nobody changed changes no
function: files that differ from one machine to another are left out, and versions that are not pinned are refused.
Requirements are installed once, into `.tenfold/requirements` in the program's folder.
See https://docs.aws.amazon.com/lambda/latest/dg/python-package.html.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pulumi

from tenfold.errors import Fault, TenfoldError

REQUIREMENTS = "requirements.txt"
_BUILT = Path(".tenfold") / "requirements"
_RUNTIME = re.compile(r"python(3\.\d+)")
_PINNED = re.compile(r"[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*(===?\s*[^*\s;,]+|@\s*\S+)\s*(;[^#]*)?")
_OF_INDEXES = ("--index-url ", "--extra-index-url ", "--find-links ", "--hash=")
_PROCESSORS = {"arm64": "aarch64", "x86_64": "x86_64"}
# Installers leave them: compiled files, scripts that name this machine's Python, and notes on who installed it when.
_LEFT_OUT = ("__pycache__", "*.pyc", "bin", ".lock", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
_INSTALL_SECONDS = 600


def own_module(name: str) -> pulumi.AssetArchive:
    """A module of this package as the whole code of a function, which imports nothing else of it."""
    file = Path(__file__).with_name(f"{name}.py")
    # As a text: the path would be another one on each machine.
    return pulumi.AssetArchive({file.name: pulumi.StringAsset(file.read_text())})


def folder_faults(path: str, folder: str, runtime: str) -> Iterable[Fault]:
    """What is wrong with a folder of code and with its requirements."""
    if not Path(folder).is_dir():
        yield Fault(path, f"{folder!r} is given", f"a folder, seen from {Path.cwd()}")
        return
    file = Path(folder) / REQUIREMENTS
    if not file.is_file():
        return
    if not _RUNTIME.fullmatch(runtime):
        allowed = "a Python runtime; have other code built before, and give its archive"
        yield Fault(path, f"{folder!r} with a {REQUIREMENTS} is given for {runtime}", allowed)
    loose = [line for line in _lines(file) if not line.startswith(_OF_INDEXES) and not _PINNED.fullmatch(line)]
    if loose:
        allowed = f"versions pinned by ==, such as `uv pip compile requirements.in -o {REQUIREMENTS}` writes them"
        yield Fault(path, f"{file} has {', '.join(map(repr, loose[:3]))}", allowed)


def folder_archive(folder: str, runtime: str, architecture: str) -> pulumi.Archive:
    """The folder as an archive, with its requirements for the runtime and the processor.

    Raises:
        TenfoldError: There is nothing to install requirements with, or they cannot be installed.
    """
    contents: dict[str, pulumi.Asset | pulumi.Archive] = {}
    if (Path(folder) / REQUIREMENTS).is_file():
        for entry in sorted(_installed(Path(folder), runtime, architecture).iterdir()):
            contents[entry.name] = pulumi.FileArchive(str(entry)) if entry.is_dir() else pulumi.FileAsset(str(entry))
    for file in _sources(Path(folder)):
        contents[file.relative_to(folder).as_posix()] = pulumi.FileAsset(str(file))
    return pulumi.AssetArchive(contents)


def _sources(folder: Path) -> Sequence[Path]:
    """The files of a folder in a fixed order, without hidden ones and those that Python compiled."""
    found: list[Path] = []
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        found.extend(Path(at) / name for name in files if not name.startswith(".") and not name.endswith(".pyc"))
    return sorted(found)


def _installed(folder: Path, runtime: str, architecture: str) -> Path:
    """The folder with a function's requirements, which is made once for the same pins, runtime and processor."""
    requirements = (folder / REQUIREMENTS).read_bytes()
    key = hashlib.sha256(b"\0".join([requirements, runtime.encode(), architecture.encode()])).hexdigest()[:16]
    place = _BUILT / key
    if place.is_dir():
        return place
    _BUILT.mkdir(parents=True, exist_ok=True)
    (_BUILT / ".gitignore").write_text("*\n")
    with tempfile.TemporaryDirectory(dir=_BUILT) as started:
        target = Path(started) / "target"
        _install(folder, target, runtime.removeprefix("python"), architecture)
        _without_traces(target)
        try:
            target.rename(place)
        except OSError:
            # Another program was faster; what it installed is the same.
            if not place.is_dir():
                raise
    return place


def _install(folder: Path, target: Path, version: str, architecture: str) -> None:
    command = [*_installer(folder, version, _PROCESSORS[architecture]), "--only-binary=:all:"]
    command += ["--python-version", version, "--target", str(target.absolute()), "-r", REQUIREMENTS]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise TenfoldError(f"{folder / REQUIREMENTS} was not installed in {_INSTALL_SECONDS} seconds.") from None
    if done.returncode:
        reason = "\n".join((done.stderr or done.stdout).strip().splitlines()[-10:])
        raise TenfoldError(
            f"{folder / REQUIREMENTS} cannot be installed for Python {version}, {architecture}:\n{reason}"
        )


def _installer(folder: Path, version: str, processor: str) -> list[str]:
    """The command that installs packages for another machine: uv's, or pip's where there is no uv."""
    # Amazon Linux 2, which older runtimes are made of, has glibc 2.26; Amazon Linux 2023 has 2.34.
    new = tuple(map(int, version.split("."))) >= (3, 12)
    if uv := shutil.which("uv"):
        platform = f"{processor}-manylinux_2_28" if new else f"{processor}-manylinux2014"
        return [uv, "pip", "install", "--quiet", "--python-platform", platform]
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        raise TenfoldError(
            f"{folder / REQUIREMENTS} cannot be installed: there is neither uv nor pip. Install uv, or have the code "
            "built before and give its archive."
        )
    # The first that a package has is taken: what was built for the newest system is the best that runs.
    platforms = [*(f"manylinux_2_{minor}" for minor in range(34 if new else 26, 16, -1)), "manylinux2014"]
    chosen = [word for platform in platforms for word in ("--platform", f"{platform}_{processor}")]
    return [
        *pip,
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "--implementation",
        "cp",
        *chosen,
    ]


def _without_traces(target: Path) -> None:
    for pattern in _LEFT_OUT:
        # A package may have a folder `bin` of its own.
        found = target.glob(pattern) if pattern == "bin" else target.rglob(pattern)
        for path in list(found):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _lines(file: Path) -> Iterable[str]:
    """The requirements, each as one line without comments."""
    for line in file.read_text().replace("\\\n", " ").splitlines():
        text = re.sub(r"(^|\s)#.*", "", line)
        text = re.sub(r"\s--hash=\S+", "", text).strip()
        if text:
            yield text
