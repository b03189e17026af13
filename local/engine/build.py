"""The CLI and what goes with it, built from Go modules, for networks with package mirrors alone."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.engine.go import Go, go_from_pypi, go_on_path, required_go
from local.engine.model import PINNED_VERSION, YAML_HOST_VERSION, Progress, WayFailedError
from local.engine.shims import write_shims


@dataclass(frozen=True)
class Program:
    """An executable that is built from Go modules.

    Attributes:
        title: What it is called when it is spoken of.
        module: The folder whose go.mod names all that it needs and whose go.sum has the hash of every module, so that
            nothing is resolved and all is verified.
        package: Its Go package.
        version_variable: The Go variable that it takes its version from.
        version: That version.
    """

    title: str
    module: Path
    package: str
    version_variable: str
    version: str

    @property
    def linker_flags(self) -> str:
        """Without symbols for debuggers, and with the version."""
        return f"-s -w -X {self.version_variable}=v{self.version}"


CLI = Program(
    "the Pulumi CLI",
    Path(__file__).with_name("cli"),
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    PINNED_VERSION,
)
YAML_HOST = Program(
    "what runs programs in YAML",
    Path(__file__).with_name("yaml"),
    "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    "github.com/pulumi/pulumi-yaml/pkg/version.Version",
    YAML_HOST_VERSION,
)
SDK_GENERATOR = Program(
    "what writes SDKs",
    Path(__file__).with_name("sdk"),
    ".",
    "main.version",
    PINNED_VERSION,
)


def build(workshop: Path, keep: Path, environment: Mapping[str, str], progress: Progress) -> None:
    """Build the pinned CLI into `workshop`/bin and put the Python language host beside it.

    `keep` is a folder for what a later attempt can use again; it is deleted after success. Raises WayFailedError.
    """
    build_program(CLI, workshop / "bin" / "pulumi", keep, environment, progress)
    write_shims(workshop / "bin")


def build_program(
    program: Program, target: Path, keep: Path, environment: Mapping[str, str], progress: Progress
) -> None:
    """Build `program` as the file `target`, with a Go from PyPI beside its folder where there is none.

    `keep` as in `build`. Raises WayFailedError.
    """
    go = _find_go(program, target.parent.parent, keep, environment, progress)
    progress.say(f"Building {program.title} {program.version} from Go modules; this takes a few minutes, once.")
    packages = _fetch_modules(go, program, progress)
    _compile(go, program, target, packages, progress)
    _delete_read_only(keep)


def _find_go(program: Program, workshop: Path, keep: Path, environment: Mapping[str, str], progress: Progress) -> Go:
    oldest = required_go(program.module)
    try:
        return go_on_path(environment, oldest)
    except (WayFailedError, OSError, subprocess.TimeoutExpired) as error:
        absent = str(error)
    try:
        return go_from_pypi(workshop, keep, environment, progress)
    except WayFailedError as error:
        raise WayFailedError(f"{absent}; {error}") from error


def _fetch_modules(go: Go, program: Program, progress: Progress) -> int:
    """Download the modules; returns how many packages there are to compile."""
    modules: list[str] = []

    def told(line: str) -> None:
        if line.startswith("go: downloading "):
            modules.append(line)
            progress.update(f"downloading Go modules: {len(modules)}, {line.split()[2]}")

    progress.update("looking at the Go modules")
    listing = _run_go(go, program, ["list", "-deps", program.package], told)
    return len(listing.splitlines())


def _compile(go: Go, program: Program, target: Path, packages: int, progress: Progress) -> None:
    compiled: list[str] = []

    def told(line: str) -> None:
        compiled.append(line)
        progress.update(f"compiling: {min(len(compiled), packages)} of {packages} packages, {line}")

    progress.update("compiling")
    flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", program.linker_flags]
    _run_go(go, program, ["build", *flags, "-o", str(target), program.package], told)


def _run_go(go: Go, program: Program, arguments: list[str], told: Callable[[str], None]) -> str:
    """Run `go` in the module, passing its messages on; returns its output. Raises WayFailedError."""
    last_lines: list[str] = []
    # The output goes to a file, so that reading the messages alone cannot block.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(go.command), *arguments],
            cwd=program.module,
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
