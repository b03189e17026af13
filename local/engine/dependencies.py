"""What `pulumi install` runs for a Python project."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.engine.python_runtime import RuntimeOptionError


def install_commands(root: Path, options: Mapping[str, Any]) -> Iterator[list[str]]:
    """The commands, in order, that install the dependencies of the project in `root`.

    Raises RuntimeOptionError where a tool they need is missing.
    """
    if options.get("toolchain") == "uv":
        uv = shutil.which("uv")
        if uv is None:
            raise RuntimeOptionError(f"{root}: the runtime option toolchain is 'uv', but there is no uv on PATH")
        yield [uv, "sync"]
        return
    python = sys.executable
    if named := options.get("virtualenv"):
        folder = root / str(named)
        python = str(folder / "bin" / "python")
        if not Path(python).is_file():
            yield [sys.executable, "-m", "venv", str(folder)]
    if (root / "requirements.txt").is_file():
        yield [python, "-m", "pip", "install", "-r", "requirements.txt"]
    elif (root / "pyproject.toml").is_file():
        yield [python, "-m", "pip", "install", "-e", "."]
