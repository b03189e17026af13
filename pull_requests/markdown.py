"""Foreign text in GitHub's Markdown: a name or a value never becomes markup, a link, a mention or a new table cell."""

import re
from collections.abc import Iterable

_LONGEST_NAME = 256
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|~$!&])")
_MENTION = re.compile(r"@(?=\w)")


def code(text: str) -> str:
    """Text as inline code, also within a table; at most 256 characters of it."""
    line = " ".join(text.split()) or " "
    if len(line) > _LONGEST_NAME:
        line = line[: _LONGEST_NAME - 1] + "…"
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    # A table is cut into cells before anything else is read; the backslash is taken away then.
    inner = line.replace("|", "\\|")
    return f"{fence}{pad}{inner}{pad}{fence}"


def prose(text: str, longest: int = 1_000) -> str:
    """Text as itself, on one line."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    return _MENTION.sub("@\u200b", _SPECIAL.sub(r"\\\1", line))


def block(text: str, longest: int = 3_000) -> str:
    """Text of several lines as it is, in a block of code. Of a longer one the end is shown."""
    shown = text if len(text) <= longest else "…" + text[-longest:]
    longest_run = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest_run + 1)
    return f"{fence}text\n{shown}\n{fence}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table; its cells are Markdown already."""
    names = list(head)
    lines = [_row(names), _row("---" for _ in names)]
    return [*lines, *(_row(row) for row in rows)]


def details(summary: str, lines: Iterable[str]) -> list[str]:
    """Lines that are folded under a summary, which is plain text."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
