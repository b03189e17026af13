"""Writes the reference pages: `python -m docs.build`, or `python -m docs.build policies` for those of a folder alone.

Those of the components take a minute: what a component builds is found out by building it in many ways.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pulumi

import tenfold
from docs import policy_pages
from docs.observing import observe
from docs.pages import Subject, index, page, snake
from docs.policy_examples import examples_of
from docs.reading import read
from tenfold.hosting import components_of
from tenfold_policies.rules import RULES
from tests.policies.test_rules import CASES

_ROOT = Path(__file__).resolve().parents[1]
DOCS = _ROOT / "docs"


def pages_of_components() -> Mapping[str, str]:
    """The text of every component's page, by its file's name."""
    subjects = list(_subjects())
    return {"README.md": index(subjects), **{subject.file: page(subject) for subject in subjects}}


def _subjects() -> Iterator[Subject]:
    for component in components_of(tenfold):
        yield Subject(read(component), observe(component), example_of(component))


def example_of(component: type[pulumi.ComponentResource]) -> str:
    """The program that shows a component."""
    return (_ROOT / "examples" / snake(component.__name__) / "__main__.py").read_text()


def pages_of_policies() -> Mapping[str, str]:
    """The text of every rule's page, by its file's name."""
    texts = {f"{rule.name}.md": policy_pages.page(rule, *examples_of(rule.name, CASES)) for rule in RULES}
    return {"README.md": policy_pages.index(RULES), "controls.md": policy_pages.controls(RULES), **texts}


FOLDERS: Final[Mapping[str, Callable[[], Mapping[str, str]]]] = {
    "components": pages_of_components,
    "policies": pages_of_policies,
}


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write what is new and remove what is no more."""
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.md"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text)


def main(wanted: Sequence[str]) -> None:
    """Write the pages of the folders that are wanted, of all where none is named."""
    unknown = [name for name in wanted if name not in FOLDERS]
    if unknown:
        sys.exit(f"python -m docs.build: {', '.join(unknown)} is given; allowed: {', '.join(FOLDERS)}, or nothing.")
    for name in wanted or FOLDERS:
        write(DOCS / name, FOLDERS[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
