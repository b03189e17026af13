"""The fleet's programs as a container has them: each by its file alone."""

import importlib.util
from pathlib import Path
from typing import Any

FLEET = Path(__file__).resolve().parents[2] / "app" / "fleet"


def alone(name: str) -> Any:
    """A program of the fleet as a module."""
    spec = importlib.util.spec_from_file_location(name, FLEET / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
