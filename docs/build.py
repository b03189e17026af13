"""Writes the reference pages of the components: `python -m docs.build`, in the repository's folder.

It takes a minute: what a component builds is found out by building it in many ways.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pulumi

import tenfold
from docs.observing import observe
from docs.pages import Subject, index, page, snake
from docs.reading import read
from tenfold.hosting import components_of

_ROOT = Path(__file__).resolve().parents[1]
FOLDER = _ROOT / "docs" / "components"


def pages() -> Mapping[str, str]:
    """The text of every page, by its file's name."""
    subjects = list(_subjects())
    return {"README.md": index(subjects), **{subject.file: page(subject) for subject in subjects}}


def _subjects() -> Iterator[Subject]:
    for component in components_of(tenfold):
        yield Subject(read(component), observe(component), example_of(component))


def example_of(component: type[pulumi.ComponentResource]) -> str:
    """The program that shows a component."""
    return (_ROOT / "examples" / snake(component.__name__) / "__main__.py").read_text()


def main() -> None:
    """Write what is new and remove what is no more."""
    texts = pages()
    for file in FOLDER.glob("*.md"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
