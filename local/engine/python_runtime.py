"""Which Python a program runs under, and what is installed there."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, cast


class RuntimeOptionError(Exception):
    """The `runtime` options of a project, policy pack or plugin name no usable Python; says which and what to do."""


@dataclass(frozen=True)
class PythonRuntime:
    """The Python of one project.

    Attributes:
        executable: the interpreter to start.
        virtualenv: its virtual environment, or None for a Python from PATH.
    """

    executable: Path
    virtualenv: Path | None

    def activate(self, environment: Mapping[str, str]) -> dict[str, str]:
        """`environment` as `source bin/activate` would leave it."""
        activated = dict(environment)
        if self.virtualenv is not None:
            activated["VIRTUAL_ENV"] = str(self.virtualenv)
            activated["PATH"] = os.pathsep.join([str(self.virtualenv / "bin"), activated.get("PATH", os.defpath)])
            activated.pop("PYTHONHOME", None)
        return activated

    def site_packages(self) -> list[str]:
        """The folders that hold installed packages."""
        prefix = self.virtualenv or self.executable.resolve().parent.parent
        return [str(folder) for folder in sorted(prefix.glob("lib/python3.*/site-packages"))]


def python_for(root: Path, options: Mapping[str, Any]) -> PythonRuntime:
    """The Python that `runtime.options` of the project, policy pack or plugin in `root` asks for.

    Raises RuntimeOptionError.
    """
    toolchain = options.get("toolchain") or "pip"
    if toolchain not in ("pip", "uv"):
        raise RuntimeOptionError(
            f"{root}: the runtime option toolchain is {toolchain!r}; this language host knows pip and uv"
        )
    if named := options.get("virtualenv"):
        return _virtualenv(root / os.path.expanduser(str(named)), root, str(named))  # noqa: PTH111 - joins either way
    if toolchain == "uv":
        return _virtualenv(_nearest_virtualenv(root), root, ".venv")
    return PythonRuntime(_ambient_python(), None)


def _virtualenv(folder: Path, root: Path, named: str) -> PythonRuntime:
    folder = Path(os.path.normpath(folder))
    executable = folder / "bin" / "python"
    if executable.is_file():
        return PythonRuntime(executable, folder)
    fault = "is not a virtual environment" if folder.is_dir() else "does not exist"
    raise RuntimeOptionError(
        f"{root}: the runtime option virtualenv is {named!r}, but {folder} {fault}; "
        f"create it with `pulumi install` or `python3 -m venv {folder}`"
    )


def _nearest_virtualenv(root: Path) -> Path:
    # A member of a uv workspace shares the environment of the workspace's root.
    for folder in (root, *root.parents):
        if (folder / ".venv" / "bin" / "python").is_file():
            return folder / ".venv"
    return root / ".venv"


def _ambient_python() -> Path:
    command = os.environ.get("PULUMI_PYTHON_CMD") or "python3"
    found = shutil.which(command) or shutil.which("python")
    return Path(found or sys.executable)


@dataclass(frozen=True)
class RequiredPlugin:
    """A resource plugin that an installed SDK needs, as its pulumi-plugin.json says."""

    name: str
    version: str
    server: str
    parameterization: Mapping[str, str] | None


def required_plugins(runtime: PythonRuntime) -> Iterator[RequiredPlugin]:
    """The plugins of the SDKs that are installed in `runtime`."""
    for folder in map(Path, runtime.site_packages()):
        for path in sorted(folder.glob("*/pulumi-plugin.json")):
            described = _described(path)
            if described.get("resource") is not True:
                continue
            package = path.parent.name
            yield RequiredPlugin(
                name=str(described.get("name") or package.removeprefix("pulumi_").replace("_", "-")),
                version=str(described.get("version") or _version_of(package, folder)).removeprefix("v"),
                server=str(described.get("server") or ""),
                parameterization=cast("Mapping[str, str] | None", described.get("parameterization")),
            )


def _described(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", described) if isinstance(described, dict) else {}


def _version_of(package: str, folder: Path) -> str:
    for distribution in metadata.distributions(name=package, path=[str(folder)]):
        return distribution.version
    return ""


def installed_packages(runtime: PythonRuntime, *, transitive: bool) -> list[tuple[str, str]]:
    """Name and version of what is installed, sorted; without `transitive`, only what nothing else requires."""
    versions: dict[str, tuple[str, str]] = {}
    required: set[str] = set()
    for distribution in metadata.distributions(path=runtime.site_packages()):
        name = distribution.metadata["Name"]
        versions[_canonical(name)] = (name, distribution.version)
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement:
                required.add(_canonical(re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0]))
    return sorted(pair for name, pair in versions.items() if transitive or name not in required)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
