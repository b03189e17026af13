"""Writes the reference pages of the components: `python -m docs.build`, in the repository's folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path

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
        example = _ROOT / "examples" / snake(component.__name__) / "__main__.py"
        yield Subject(read(component), observe(component), example.read_text())


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
