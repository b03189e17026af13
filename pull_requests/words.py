"""The sentences of the comment: counts, names and types as a reader says them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pull_requests.cost import CostChange
from pull_requests.data_holders import HOLDERS, data_losses
from pull_requests.markdown import code, prose
from pull_requests.preview import Action, Change, Preview, name_of, type_of

_NAMED = 5
_ORDER = (Action.CREATED, Action.IMPORTED, Action.CHANGED, Action.REPLACED, Action.DESTROYED)


def headline(preview: Preview, cost: CostChange | None = None) -> str:
    """An environment in one sentence: `**prod**: 3 created, 1 replaced, which holds data: the table `results`; ...`."""
    bill = f"{money(cost.usd)} a month" if cost and cost.ended and cost.by_type else ""
    said = [_outcome(preview), _counts(preview), _verdicts(preview), bill]
    return f"**{prose(preview.environment)}**: {'; '.join(part for part in said if part)}"


def failed(preview: Preview) -> bool:
    """Whether the preview failed, for another reason than the policy pack."""
    return bool(preview.errors) or not preview.ended


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def kind(type_: str) -> str:
    """A type as one says it: `dynamodb Table` for `aws:dynamodb/table:Table`, `WebTier` for a component."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.rpartition(":")
    service = module.partition("/")[0]
    return name or package if service in ("", "index") else f"{service} {name}"


def resource(change: Change) -> str:
    """A resource, what it is, and the component that it is in."""
    owner = f", in {component(change.owner)}" if change.owner else ""
    return f"{code(change.name)} ({prose(kind(change.type))}{owner})"


def component(urn: str) -> str:
    """A component by its name and kind; what stands outside of any has none."""
    if not urn:
        return "outside of components"
    type_ = type_of(urn)
    return f"{prose(kind(type_))} {code(name_of(urn))}"


def grouped(types: Iterable[str]) -> str:
    """How many of each type: `3 ec2 Subnet, 1 ec2 Vpc`."""
    counted = sorted(Counter(types).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number:,} {prose(kind(type_))}" for type_, number in counted)


def money(usd: float) -> str:
    """A difference in US dollars: `+32.85 USD`. GitHub reads a formula between two dollar signs."""
    return f"{usd:+,.2f} USD"


def cost_sentence(cost: CostChange) -> str:
    """The change of the monthly bill, and what is not in it."""
    if not cost.ended:
        return "**Cost**: not known, as the preview did not come to its end."
    priced = f"**{money(cost.usd)} a month** for what has a price by time" if cost.by_type else ""
    unknown = [f"{prose(use)} ({number:,})" for use, number in sorted(cost.by_use.items())]
    parts = [
        priced or "**no change known**",
        f"paid by use, and so not in it: {', '.join(unknown)}" if unknown else "",
        f"without a price here, and so not in it: {grouped(Counter(cost.unpriced).elements())}"
        if cost.unpriced
        else "",
    ]
    return f"**Cost**: {'; '.join(part for part in parts if part)}."


def _outcome(preview: Preview) -> str:
    if failed(preview):
        partly = bool(preview.changes) and not preview.ended
        return "**the preview failed**" + (", and what follows is only a part" if partly else "")
    return "**refused by the policy pack**" if _mandatory(preview) else ""


def _counts(preview: Preview) -> str:
    if not preview.changes:
        return "no changes" if preview.ended and not preview.errors else ""
    return ", ".join(part for action in _ORDER if (part := _counted(preview, action)))


def _counted(preview: Preview, action: Action) -> str:
    changes = preview.of(action)
    if not changes:
        return ""
    holders = [change for change in data_losses(preview) if change.action == action]
    said = f"{len(changes):,} {action}"
    if not holders:
        return said
    if len(holders) == len(changes):
        which = "which holds data" if len(changes) == 1 else "which hold data"
    else:
        which = f"of which {len(holders):,} {'holds' if len(holders) == 1 else 'hold'} data"
    return f"**{said}, {which}: {_holders(holders)}**"


def _holders(holders: Sequence[Change]) -> str:
    names = [f"the {HOLDERS[change.type]} {code(change.name)}" for change in holders[:_NAMED]]
    more = len(holders) - len(names)
    return listed([*names, f"{more:,} more"] if more else names)


def _verdicts(preview: Preview) -> str:
    mandatory = _mandatory(preview)
    advisory = len(preview.violations) - mandatory
    said = [
        count(mandatory, "mandatory violation") if mandatory else "",
        count(advisory, "advisory violation") if advisory else "",
        f"{count(len(preview.drift), 'resource')} changed behind Pulumi's back" if preview.drift else "",
    ]
    return ", ".join(part for part in said if part)


def _mandatory(preview: Preview) -> int:
    return sum(violation.level == "mandatory" for violation in preview.violations)
