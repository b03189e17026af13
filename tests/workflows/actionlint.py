"""actionlint: the one on PATH, or one built from its Go module, once for each user."""

import os
import shutil
import subprocess
from pathlib import Path

from local.engine.store import user_cache

MODULE = "github.com/rhysd/actionlint/cmd/actionlint"
VERSION = "v1.7.12"


def actionlint() -> str | None:
    """The command; None where there is neither it nor a Go to build it with."""
    if found := shutil.which("actionlint"):
        return found
    folder = user_cache(os.environ) / "tenfold" / f"actionlint-{VERSION}"
    built = folder / "actionlint"
    go = shutil.which("go")
    if not built.exists() and go:
        _build(go, folder)
    return str(built) if built.exists() else None


def _build(go: str, folder: Path) -> None:
    # Beside its place first: a second run at the same time finds all of it or nothing.
    beside = folder.with_name(f"{folder.name}-{os.getpid()}")
    environment = {**os.environ, "GOBIN": str(beside)}
    subprocess.run([go, "install", f"{MODULE}@{VERSION}"], env=environment, check=True, capture_output=True)
    folder.mkdir(parents=True, exist_ok=True)
    (beside / "actionlint").replace(folder / "actionlint")
    beside.rmdir()
