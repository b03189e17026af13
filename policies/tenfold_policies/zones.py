"""Over how many availability zones a set of subnets spreads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .rule import Parameter, Settings
from .tokens import SUBNET
from .view import Findings, Links, Resource, Stack, Undecided, Value, outside_reason

MINIMUM_ZONES = Parameter("minimumZones", 2, "The least number of availability zones.", minimum=2, maximum=6)


@dataclass(frozen=True)
class Spread:
    """The zones that are certain, and the places whose zone is not.

    Attributes:
        zones: The zones known to be used.
        doubts: One for each subnet whose zone is not known; it may be a further zone or one of these.
        open: Whether even the number of subnets is not known.
    """

    zones: frozenset[str]
    doubts: tuple[Undecided, ...] = ()
    open: bool = False


def zone(subnet: Resource) -> str:
    """The availability zone of a subnet, by its name or, where the program gave only that, by its id.

    Raises:
        Undecided: It is not known yet, or AWS chooses it.
    """
    for name in ("availabilityZone", "availabilityZoneId"):
        if (found := subnet[name].text()) is not None:
            return found
    raise Undecided(subnet["availabilityZone"], "is not set, so AWS chooses it at the update")


def spread(subnets: Iterable[Resource]) -> Spread:
    """The zones of some subnets."""
    zones: set[str] = set()
    doubts: list[Undecided] = []
    for subnet in subnets:
        try:
            zones.add(zone(subnet))
        except Undecided as undecided:
            doubts.append(undecided)
    return Spread(frozenset(zones), tuple(doubts))


def spread_of_links(links: Links) -> Spread:
    """The zones of the subnets that a property refers to.

    A property that is unknown as a whole is judged by the subnets it was made from, as long as none of them shares a
    zone with another: then it is one list of one subnet per zone. Otherwise a part of them may have been taken, and the
    zones are in doubt.
    """
    certain = spread(links.resources)
    doubts = list(certain.doubts)
    if links.derived and links.resources:
        crowded = Counter(name for subnet in links.resources for name in spread([subnet]).zones)
        if len(crowded) > 1 and max(crowded.values()) > 1:
            return Spread(frozenset(), (Undecided(links.value),) * len(crowded) + certain.doubts)
    doubts.extend(Undecided(links.value, outside_reason([name])) for name in links.outside)
    doubts.extend([Undecided(links.value)] * (links.hidden or 0))
    return Spread(certain.zones, tuple(doubts), open=links.hidden is None)


def too_few_zones(value: Value, found: Spread, settings: Settings, fix: str) -> Findings:
    """A finding on a property where the subnets spread over too few zones."""
    minimum = settings.integer(MINIMUM_ZONES.name)
    if len(found.zones) >= minimum:
        return
    if found.open:
        raise Undecided(value)
    if len(found.zones) + len(found.doubts) >= minimum:
        raise found.doubts[0]
    where = ", ".join(sorted(found.zones)) or "no known zone"
    yield value.violates(found=f"subnets in {where}", allowed=f"at least {minimum} availability zones", fix=fix)


def subnets_of(stack: Stack, value: Value) -> Spread:
    """The zones of the subnets that a property of a resource names."""
    return spread_of_links(stack.links(value, SUBNET))
