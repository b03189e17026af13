"""The parts of the comment on one environment, what may lose data first."""

import re
from collections.abc import Sequence
from itertools import groupby, islice
from typing import TypeVar

from pull_requests.cost import CostChange
from pull_requests.data_holders import HOLDERS, data_losses, fate, holds_data
from pull_requests.markdown import block, code, details, prose, table
from pull_requests.preview import Action, Change, Preview
from pull_requests.values import before_and_after
from pull_requests.words import component, cost_sentence, count, grouped, listed, resource

_ERRORS = 5
_PROPERTIES = 10
_RENAMES = 3
_INDEX = re.compile(r"\[\d+\]")
Item = TypeVar("Item")


class Detail:
    """How many rows each part may have, and whether that left something out.

    Attributes:
        shortened: Whether something was left out so far.
    """

    def __init__(self, rows: int | None) -> None:
        """Args: rows: The most rows of each part; None for all."""
        self._rows = rows
        self.shortened = rows is not None and rows == 0

    @property
    def nothing(self) -> bool:
        """Whether there is room for the headlines alone."""
        return self._rows == 0

    def first(self, items: Sequence[Item]) -> tuple[Sequence[Item], int]:
        """As many as there is room for, and how many are left out."""
        shown = items if self._rows is None else items[: self._rows]
        self.shortened |= len(shown) < len(items)
        return shown, len(items) - len(shown)


def sections(preview: Preview, cost: CostChange | None, detail: Detail) -> list[str]:
    """The parts on one environment, each as one text; a part without content is left out."""
    if detail.nothing:
        return []
    parts = [
        _errors(preview, detail),
        [cost_sentence(cost)] if cost and preview.changes else [],
        _losses(preview, detail),
        _renames(preview),
        _violations(preview, detail),
        _changed(preview, detail),
        _drift(preview, detail),
        _created(preview, detail),
        _notes("Mended by the policy pack, whatever the program says", preview.remediations, detail),
        _notes("Could not be decided", preview.undecided, detail),
        _notes("Exemptions in use", preview.exemptions, detail),
        _notes("Warnings", preview.warnings, detail),
        _not_judged(preview),
    ]
    return ["\n".join(lines) for lines in parts if lines]


def _errors(preview: Preview, detail: Detail) -> list[str]:
    shown, more = detail.first(preview.errors[:_ERRORS])
    left_out = more + max(0, len(preview.errors) - _ERRORS)
    blocks = [block(error) for error in shown] + ([f"and {count(left_out, 'more error')}"] if left_out else [])
    return ["\n\n".join(blocks)] if blocks else []


def _losses(preview: Preview, detail: Detail) -> list[str]:
    """What is replaced or destroyed, that which holds data first."""
    losses = data_losses(preview)
    every = preview.of(Action.REPLACED, Action.DESTROYED)
    changes = [*losses, *(one for one in every if not holds_data(one.type, one.old))]
    if not changes:
        return []
    shown, more = detail.first(changes)
    rows = [(resource(change), change.action, _because(change), _data(change)) for change in shown]
    lines = ["**Replaced and destroyed**", "", *table(("Resource", "What", "Because of", "Data"), rows)]
    hidden = max(0, len(losses) - len(shown))
    with_data = f", **of which {hidden:,} hold data**" if hidden else ""
    return [*lines, *(["", f"and {more:,} more{with_data}"] if more else [])]


def _because(change: Change) -> str:
    if change.action == Action.DESTROYED:
        return "not in the program any more"
    said = [f"{code(path)}: {_values(change, path)}" for path in change.reasons[:3]]
    more = len(change.reasons) - len(said)
    return "; ".join([*said, *([f"{more} more"] if more > 0 else [])]) or "the engine does not say"


def _values(change: Change, path: str) -> str:
    old, new = before_and_after(change, path)
    return f"{code(old)} → {code(new)}"


def _data(change: Change) -> str:
    if not holds_data(change.type, change.old):
        return "no data"
    return f"**{HOLDERS[change.type]}**: {prose(fate(change.type, change.old))}"


def _renames(preview: Preview) -> list[str]:
    """A renamed resource is a new one to Pulumi, and the old one is destroyed with its data."""
    created: dict[str, list[str]] = {}
    for change in preview.of(Action.CREATED):
        created.setdefault(change.type, []).append(code(change.name))
    suspected = (one for one in data_losses(preview) if one.action == Action.DESTROYED and one.type in created)
    return [
        f"If {code(gone.name)} is only renamed or moved (created: {listed(created[gone.type][:3])}), give the new one "
        "an alias, and it stays as it is."
        for gone in islice(suspected, _RENAMES)
    ]


def _violations(preview: Preview, detail: Detail) -> list[str]:
    if not preview.violations:
        return []
    shown, more = detail.first(preview.violations)
    rows = [
        (
            f"**{prose(one.level)}**" if one.level == "mandatory" else prose(one.level),
            code(one.rule),
            code(one.resource),
            prose(one.found),
            prose(one.fix),
        )
        for one in shown
    ]
    lines = ["**Violations of the policy pack**", "", *table(("Level", "Rule", "Resource", "Found", "Fix"), rows)]
    return [*lines, *(["", f"and {more:,} more"] if more else [])]


def _changed(preview: Preview, detail: Detail) -> list[str]:
    return _differences("Changed", preview.of(Action.CHANGED), detail)


def _drift(preview: Preview, detail: Detail) -> list[str]:
    """What was done to AWS by hand; the update undoes it."""
    gone = [change for change in preview.drift if change.action == Action.DESTROYED]
    changed = [change for change in preview.drift if change.action != Action.DESTROYED]
    lines = _differences("Changed behind Pulumi's back", changed, detail)
    if gone:
        shown, more = detail.first(gone)
        names = [resource(change) for change in shown] + ([f"{more:,} more"] if more else [])
        lines = [f"**Gone behind Pulumi's back**: {listed(names)}", *(["", *lines] if lines else [])]
    return lines


def _differences(title: str, changes: Sequence[Change], detail: Detail) -> list[str]:
    if not changes:
        return []
    shown, more = detail.first(changes)
    rows = [row for change in shown for row in _rows(change)]
    lines = table(("Resource", "Property", "Before", "After"), rows)
    lines += ["", f"and {count(more, 'more resource')}"] if more else []
    return details(f"{title}: {count(len(changes), 'resource')}", lines)


def _rows(change: Change) -> list[tuple[str, str, str, str]]:
    if not change.paths:
        return [(resource(change), "the engine does not say", "", "")]
    alike: dict[tuple[str, str, str], list[str]] = {}
    for path in change.paths:
        # One edit of a list shows in many of its items.
        alike.setdefault((_INDEX.sub("[]", path), *before_and_after(change, path)), []).append(path)
    rows: list[tuple[str, str, str, str]] = []
    for (_, old, new), paths in list(alike.items())[:_PROPERTIES]:
        others = f" and {len(paths) - 1:,} like it" if len(paths) > 1 else ""
        rows.append((resource(change) if not rows else "", code(paths[0]) + others, code(old), code(new)))
    more = len(alike) - len(rows)
    return [*rows, *([("", f"and {count(more, 'more property', 'more properties')}", "", "")] if more else [])]


def _created(preview: Preview, detail: Detail) -> list[str]:
    lines: list[str] = []
    for action in (Action.CREATED, Action.IMPORTED):
        changes = sorted(preview.of(action), key=lambda change: change.owner)
        if not changes:
            continue
        owners = [(owner, list(group)) for owner, group in groupby(changes, key=lambda change: change.owner)]
        shown, more = detail.first(owners)
        rows = [(component(owner), f"{len(group):,}", grouped(one.type for one in group)) for owner, group in shown]
        inner = table(("Where", "How many", "What"), rows) + (["", f"and {more:,} more components"] if more else [])
        lines += details(f"{action.capitalize()}: {count(len(changes), 'resource')}", inner)
    return lines


def _notes(title: str, notes: Sequence[str], detail: Detail) -> list[str]:
    if not notes:
        return []
    shown, more = detail.first(notes)
    lines = [f"- {prose(note)}" for note in shown] + ([f"- and {more:,} more"] if more else [])
    return details(f"{title}: {len(notes):,}", lines)


def _not_judged(preview: Preview) -> list[str]:
    if preview.judged or preview.errors:
        return []
    return ["No policy pack was asked, or what it said is not in this file: `pulumi preview --json` leaves it out."]
