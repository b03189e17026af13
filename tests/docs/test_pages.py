"""The reference pages: current, complete, and with links that lead somewhere."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import tenfold
from docs import build
from docs.observing import Observed
from docs.pages import Subject, above_resources, page, snake
from docs.reading import read
from tenfold.hosting import components_of
from tests.components.test_contract import args_class, kinds

components = pytest.mark.parametrize("component", components_of(tenfold), ids=lambda component: component.__name__)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")


FOLDER = build.DOCS / "components"
STALE = "is not what docstrings and examples say: run `python -m docs.build` and commit it"


def written(component: Any) -> str:
    return (FOLDER / f"{snake(component.__name__)}.md").read_text()


@pytest.mark.deep
def test_the_pages_are_what_sources_say_and_components_build() -> None:
    texts = build.pages_of_components()
    current = {file.name: file.read_text() for file in FOLDER.glob("*.md")}
    stale = sorted(name for name in texts.keys() | current.keys() if texts.get(name) != current.get(name))
    assert not stale, f"docs/components ({', '.join(stale)}) {STALE}"


@components
def test_a_page_is_what_the_source_says(component: Any) -> None:
    """All but what a component builds, which takes a minute to find out."""
    subject = Subject(read(component), Observed((), 0), build.example_of(component))
    current = written(component)
    assert above_resources(current) == above_resources(page(subject)), f"{snake(component.__name__)}.md {STALE}"


def test_there_is_a_page_for_every_component_and_the_index_leads_to_it() -> None:
    pages = {f"{snake(component.__name__)}.md" for component in components_of(tenfold)}
    assert {file.name for file in FOLDER.glob("*.md")} == {*pages, "README.md"}
    links = {path for path, _ in LINK.findall((FOLDER / "README.md").read_text()) if ".md" in path}
    assert links == {*pages, "../alarms.md"}


@components
def test_a_page_has_every_input_output_grant_and_child(component: Any) -> None:
    page = written(component)
    names = [*inspect.get_annotations(args_class(component)), *inspect.get_annotations(component), *kinds(component)]
    assert [name for name in names if f"| `{name}`" not in page] == []
    grants = [name for name in vars(component) if name.startswith("grant_")]
    assert [name for name in grants if f"`{name}(" not in page] == []


@components
def test_a_page_says_when_each_child_exists(component: Any) -> None:
    rows = written(component).partition("## Resources")[2].splitlines()
    cells = [row.strip("| ").split(" | ") for row in rows if row.startswith(("| `", "| a "))]
    assert {len(row) for row in cells} == {3}
    assert [child for child, _, when in cells if not re.fullmatch(r"always|by .+`.*|with (some )?`.+`", when)] == []


def test_every_link_of_a_page_leads_somewhere() -> None:
    for file in build.DOCS.rglob("*.md"):
        for path, anchor in LINK.findall(file.read_text()):
            if path.startswith("https://"):
                continue
            target = (file.parent / path).resolve() if path else file
            assert target.exists(), f"{file.name} links to {path}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
                assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, f"{file.name}: {anchor}"


def test_the_command_writes_the_pages_and_removes_those_of_what_is_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"README.md": "# Components", "table.md": "# Table"}
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "gone.md").write_text("# Gone")
    monkeypatch.setattr(build, "DOCS", tmp_path)
    monkeypatch.setattr(build, "FOLDERS", {"components": lambda: texts, "policies": lambda: {"README.md": "# Rules"}})
    build.main(["components"])
    assert {file.name: file.read_text() for file in (tmp_path / "components").iterdir()} == texts
    assert not (tmp_path / "policies").exists()
    build.main([])
    assert (tmp_path / "policies" / "README.md").read_text() == "# Rules"


def test_the_command_refuses_folders_that_it_does_not_know() -> None:
    with pytest.raises(SystemExit, match=r"python -m docs\.build: alarms is given; allowed: components, policies, or"):
        build.main(["alarms"])
