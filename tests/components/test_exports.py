"""What the package exports, and what a program pays for asking for a part of it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tenfold

LOADED = """
import sys
import tenfold

getattr(tenfold, sys.argv[1])
modules = [name.split(".") for name in sys.modules if name.startswith("pulumi_aws.")]
print(*{service for _, service, *rest in modules if rest})
"""
"""Prints the services of AWS whose classes a program has loaded that asks for one name."""


def imports() -> dict[str, str]:
    """The module of each name, as the type checker reads it."""
    tree = ast.parse(Path(str(tenfold.__file__)).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    found = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {str(name.asname): f"{node.module}.{name.name}" for node in found for name in node.names}


def test_types_and_names_are_of_the_same_modules() -> None:
    assert imports() == {name: f"tenfold.{module}.{name}" for name, module in tenfold._MODULES.items()}


@pytest.mark.parametrize("name", tenfold.__all__)
def test_every_exported_name_is_found(name: str) -> None:
    assert getattr(tenfold, name).__name__ == name
    assert name in dir(tenfold)


def test_a_name_that_is_not_exported_is_told_of_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'tenfold' has no attribute 'Colour'"):
        _ = tenfold.Colour  # pyright: ignore
    with pytest.raises(ImportError, match="cannot import name 'Colour' from 'tenfold'"):
        from tenfold import Colour  # pyright: ignore  # noqa: F401


@pytest.mark.parametrize(
    ("name", "needless"),
    [
        ("Topic", {"ec2", "s3", "rds", "wafv2"}),
        ("Network", {"s3", "rds", "ecs", "wafv2"}),
        ("WebTier", {"rds", "cloudfront", "ecs", "wafv2"}),
        ("QueueService", {"rds", "s3", "ecs"}),
    ],
)
def test_a_program_loads_the_services_that_it_uses(name: str, needless: set[str]) -> None:
    output = subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True).stdout
    assert "cloudwatch" in output.split()
    assert not needless & set(output.split())
