"""`python -m tenfold_policies` prints the tables of rules, and of those that mend, as the README shows them."""

import sys
from collections.abc import Iterable
from typing import Any

from .rule import MANDATORY, Rule
from .rules import RULES


def table() -> str:
    """The rules as a table in Markdown."""
    return _markdown(("Rule", "What must hold", "Level", "Parameters", "Controls"), map(_row, RULES))


def remediations() -> str:
    """The rules that can mend what they refuse, as a table in Markdown."""
    mending = (rule for rule in RULES if rule.safe_to_set)
    return _markdown(("Rule", "What it sets, and why that is safe"), ((f"`{r.name}`", r.safe_to_set) for r in mending))


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _row(rule: Rule) -> tuple[str, ...]:
    source = rule.source
    controls = [source.security_hub, *source.checkov, source.well_architected]
    return (
        f"[`{rule.name}`]({source.url})",
        rule.description,
        "mandatory" if rule.level == MANDATORY else "advisory",
        ", ".join(f"`{each.name}` {_shown(each.default)}" for each in rule.parameters),
        ", ".join(control for control in controls if control),
    )


def _shown(default: int | list[str] | list[int] | dict[str, Any]) -> str:
    return str(default) if isinstance(default, int) else ", ".join(map(str, default)) or "none"


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n\n{remediations()}\n")
