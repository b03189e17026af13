"""Every example is a whole program: it runs, it shows its component, and a clone of the repository is all it needs."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

import tenfold
from tenfold.hosting import components_of
from tests.components.building import LOOK_UPS, Built, build

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(project.parent for project in (ROOT / "examples").glob("*/Pulumi.yaml"))

examples = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@pytest.fixture(autouse=True)
def in_the_project(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi runs a program in its project's folder, where its assets are."""
    if "folder" in request.fixturenames:
        monkeypatch.chdir(request.getfixturevalue("folder"))


def run(folder: Path, *, preview: bool) -> Built[Any]:
    return build(lambda: runpy.run_path(str(folder / "__main__.py")), preview=preview, calls=LOOK_UPS)


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


def test_every_component_has_an_example_of_its_name() -> None:
    assert {snake(component.__name__) for component in components_of(tenfold)} <= {folder.name for folder in FOLDERS}


@examples
@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
def test_it_runs_and_shows_its_component(folder: Path, preview: bool) -> None:
    built = run(folder, preview=preview)
    shown = {resource.type for resource in built.resources if resource.type.startswith("tenfold:index:")}
    assert folder.name in {snake(token.rpartition(":")[2]) for token in shown}


@examples
def test_its_project_is_right_for_a_clone(folder: Path) -> None:
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    assert project["name"] == folder.name.replace("_", "-")
    assert project["description"]
    assert project["runtime"]["name"] == "python"
    # Made by `uv sync` in the repository, with the components in it.
    assert (folder / project["runtime"]["options"]["virtualenv"]).resolve() == (ROOT / ".venv").resolve()


@examples
def test_it_is_short_and_says_what_it_shows(folder: Path) -> None:
    lines = (folder / "__main__.py").read_text().splitlines()
    assert lines[0].startswith('"""')
    assert len(lines) <= 60
