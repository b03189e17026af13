"""`python -m tenfold_policies` prints the table of rules, as the README shows it."""

import sys
from typing import Any

from .rule import MANDATORY, Rule
from .rules import RULES


def table() -> str:
    """The rules as a table in Markdown."""
    head = ("Rule", "What must hold", "Level", "Parameters", "Controls")
    rows = [head, ("---",) * len(head), *(_row(rule) for rule in RULES)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


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
    sys.stdout.write(table() + "\n")
