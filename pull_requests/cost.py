"""What a preview adds to the monthly bill, as far as prices are known; what is not known is named, and never 0."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pull_requests.preview import Preview, State

MonthlyPrice = Callable[[str, Mapping[str, Any]], float | None]
"""From a type token and a resource's properties to US dollars a month; None where it cannot be said."""
PaidByUse = Callable[[str], str | None]
"""From a type token to what its price depends on; None where the price is by time, or not known at all."""

_GROUP = "aws:autoscaling/group:Group"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_AURORA, _AURORA_INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"
_SCALING = "serverlessv2ScalingConfiguration"


@dataclass(frozen=True)
class CostChange:
    """The difference in the monthly bill.

    Attributes:
        usd: US dollars a month, of what has a price.
        by_type: The same for each type of which it is not 0.
        by_use: How many resources that change are paid by use, by what their price depends on.
        unpriced: How many resources that change have no price here, by type.
        ended: Whether the preview saw the whole program; where it did not, nothing above says much.
    """

    usd: float
    by_type: Mapping[str, float]
    by_use: Mapping[str, int]
    unpriced: Mapping[str, int]
    ended: bool


def cost_change(preview: Preview, price: MonthlyPrice, paid_by_use: PaidByUse) -> CostChange:
    """The difference between what exists and what shall be.

    Args:
        preview: The preview.
        price: The price of a resource; a group is asked with its launch template's `instanceType` among its properties,
            a serverless instance of Aurora with its cluster's `minCapacity`.
        paid_by_use: What a type's price depends on.
    """
    by_type: defaultdict[str, float] = defaultdict(float)
    by_use: Counter[str] = Counter()
    unpriced: Counter[str] = Counter()
    changed = {change.urn for change in preview.changes}
    for urn in preview.before.keys() | preview.after.keys():
        old, new = preview.before.get(urn), preview.after.get(urn)
        type_ = (new or old or State("")).type
        if not any(state.custom for state in (old, new) if state) or type_.startswith("pulumi:"):
            continue
        was = price(type_, _properties(old, preview.before)) if old else 0.0
        will = price(type_, _properties(new, preview.after)) if new else 0.0
        if was is not None and will is not None:
            by_type[type_] += will - was
        elif urn in changed:
            use = paid_by_use(type_)
            (by_use if use else unpriced)[use or type_] += 1
    differing = {type_: usd for type_, usd in by_type.items() if abs(usd) >= 0.005}
    return CostChange(sum(by_type.values()), differing, dict(by_use), dict(unpriced), preview.ended)


def _properties(state: State, around: Mapping[str, State]) -> Mapping[str, Any]:
    """A resource's properties, with what its price takes from the one resource beside it: a group's instance type is in
    its launch template, and what a serverless instance has at the least in its cluster."""
    properties = {**state.outputs, **state.inputs}
    if state.type == _GROUP:
        return {**properties, **_beside(state, around, _TEMPLATE, "instanceType")}
    if state.type == _AURORA_INSTANCE:
        scaling: Any = _beside(state, around, _AURORA, _SCALING).get(_SCALING) or {}
        return {**properties, "minCapacity": scaling.get("minCapacity")}
    return properties


def _beside(state: State, around: Mapping[str, State], type_: str, key: str) -> dict[str, Any]:
    """A property of the one resource of a type in the same component; nothing where there are several."""
    found = [other.get(key) for other in around.values() if other.type == type_ and other.parent == state.parent]
    return {key: found[0]} if found and all(value == found[0] for value in found) else {}
