"""Every example is a whole program: it runs, it shows its component, and a clone of the repository is all it needs."""

import runpy
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

import tenfold
from tenfold.hosting import components_of
from tests.components.building import LOOK_UPS, Built, build
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

ROOT = Path(__file__).parents[2]
# Those in Python; `from_yaml` is run by tests/components/test_hosted.py.
FOLDERS = sorted(program.parent for program in (ROOT / "examples").glob("*/__main__.py"))

# Of one component each; tests/examples/test_another_service.py runs the one that needs an environment.
OF_A_COMPONENT = [folder for folder in FOLDERS if folder.name != "another_service"]

examples = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
of_a_component = pytest.mark.parametrize("folder", OF_A_COMPONENT, ids=lambda folder: folder.name)


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


@of_a_component
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


def test_the_example_in_yaml_names_the_components_of_the_clone() -> None:
    folder = ROOT / "examples" / "from_yaml"
    packages = yaml.safe_load((folder / "Pulumi.yaml").read_text())["packages"]
    assert (folder / packages["tenfold"]).resolve() == ROOT / "components"


# The first test on the engine may have to build it.
@pytest.mark.deep
@pytest.mark.timeout(1200)
def test_a_clone_previews_every_example_on_the_engine(stack: Stack, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")

    def previewed(folder: Path, environment: Mapping[str, str]) -> tuple[str, str]:
        commands = (("stack", "init", "dev"), ("preview", "--suppress-progress"))
        said = [_said(stack, tmp_path / "examples" / folder.name, environment, *command) for command in commands]
        return folder.name, said[-1]

    # As many at a time as small machines have processors.
    with stack.attached() as environment, ThreadPoolExecutor(2) as pool:
        said = dict(pool.map(lambda folder: previewed(folder, environment), OF_A_COMPONENT))
    assert {name: text for name, text in said.items() if text.startswith("exit code")} == {}


def _said(stack: Stack, folder: Path, environment: Mapping[str, str], *command: str) -> str:
    process = subprocess.run(
        [stack.pulumi, *command, "--non-interactive", "--color=never"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return process.stdout if process.returncode == 0 else f"exit code {process.returncode}: {process.stdout[-2000:]}"
