"""What an update would do from one recording to another, by what the catalogue knows of each type."""

from collections.abc import Mapping
from functools import cache

from local.aws.catalogue import CATALOGUE
from local.aws.clients import ClientPool
from local.aws.resources import Account, compare
from local.emulator import Emulator
from pull_requests.preview import Action, Change, Preview, State

_NOWHERE = Emulator("http://127.0.0.1:9", 9, 0, "")
"""Nothing is asked here: the comparison reads botocore's models alone."""


def compared(environment: str, region: str, before: Mapping[str, State], after: Mapping[str, State]) -> Preview:
    """The difference as a preview: created, changed, replaced and destroyed.

    A type that the catalogue does not know is taken to change in place.

    Args:
        environment: The stack's name.
        region: The stack's region.
        before: What there is, by URN.
        after: What there shall be, by URN.
    """
    account, around = _account(region), {**before, **after}
    changes: list[Change] = []
    for urn in before.keys() | after.keys():
        old, new = before.get(urn), after.get(urn)
        if any(state.custom for state in (old, new) if state) and old != new:
            changes.append(_change(account, urn, old, new, around))
    order = list(Action)
    changes.sort(key=lambda change: (order.index(change.action), change.urn))
    return Preview(environment=environment, changes=tuple(changes), before=before, after=after)


@cache
def _account(region: str) -> Account:
    # Botocore reads a service's model when a client is made: once is enough.
    return Account(ClientPool(_NOWHERE), "000000000000", region)


def _change(account: Account, urn: str, old: State | None, new: State | None, around: Mapping[str, State]) -> Change:
    state = new or old
    assert state is not None
    owner = _outermost(state, around)
    if old is None or new is None:
        return Change(urn, Action.CREATED if old is None else Action.DESTROYED, state.type, owner, old, new)
    kind = CATALOGUE.get(state.type)
    difference = compare(account, kind, {**old.inputs}, {**new.inputs}) if kind else None
    replaces = difference.replaces if difference else ()
    changed = difference.changed if difference else tuple(sorted({**old.inputs} | {**new.inputs}))
    action = Action.REPLACED if replaces else Action.CHANGED
    return Change(urn, action, state.type, owner, old, new, replaces, dict.fromkeys(changed, True))


def _outermost(state: State, around: Mapping[str, State]) -> str:
    """The URN of the component that a resource is in, seen from the stack; empty for none."""
    owner = ""
    while (parent := around.get(state.parent)) and not parent.type.startswith("pulumi:"):
        owner, state = state.parent, parent
    return owner
