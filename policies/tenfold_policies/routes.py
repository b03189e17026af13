"""Where a subnet's traffic goes: its route table, and the routes in it."""

from dataclasses import dataclass

from .tokens import INTERNET_GATEWAY, ROUTE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, SUBNET
from .view import Resource, Stack, Undecided, Value
from .zones import zone


def public(subnet: Resource, stack: Stack) -> bool:
    """Whether instances in a subnet get public addresses, or its routes lead to an internet gateway."""
    if subnet["mapPublicIpOnLaunch"].flag():
        return True
    for table in route_tables(subnet, stack):
        routes = routes_of(table, stack)
        links = [stack.links(route["gatewayId"], INTERNET_GATEWAY) for route in routes.found]
        if any(link.resources or any(name.startswith("igw-") for name in link.outside) for link in links):
            return True
        doubts = [*(Undecided(link.value) for link in links if link.hidden != 0), *routes.doubts]
        if doubts:
            raise doubts[0]
    return False


def route_tables(subnet: Resource, stack: Stack) -> tuple[Resource, ...]:
    """The route table that a subnet is associated with; it has one at most.

    Raises:
        Undecided: An association with it, or the table of one, is not known.
    """
    associations = stack.referrers(subnet, ROUTE_TABLE_ASSOCIATION, "subnetId")
    for association in associations.resources:
        if _leads_to_one(association["subnetId"], SUBNET, stack):
            return (stack.links(association["routeTableId"], ROUTE_TABLE).one(),)
    doubts = [*(Undecided(each["subnetId"]) for each in associations.resources), *associations.doubts]
    if doubts:
        raise doubts[0]
    return ()


@dataclass(frozen=True)
class Routes:
    """The routes of a table that are certain, and the doubts about others that may be its own."""

    found: list[Value]
    doubts: tuple[Undecided, ...]


def routes_of(table: Resource, stack: Stack) -> Routes:
    """The routes of a table, written inside of it or as resources of their own."""
    routes = stack.referrers(table, ROUTE, "routeTableId")
    within = table["routes"]
    found = [] if within.unknown else within.items()
    doubts = [*routes.doubts, *([Undecided(within)] if within.unknown else [])]
    for route in routes.resources:
        if _leads_to_one(route["routeTableId"], ROUTE_TABLE, stack):
            found.append(Value(route, "", route.properties))
        else:
            doubts.append(Undecided(route["routeTableId"]))
    return Routes(found, tuple(doubts))


def gateway_zone(gateway: Resource, stack: Stack) -> str | None:
    """The availability zone of a NAT gateway, or None for a regional one, which is in all of them.

    Raises:
        Undecided: Its subnet, or the zone of that, is not known.
    """
    if gateway["availabilityMode"].text() == "regional":
        return None
    return zone(stack.links(gateway["subnetId"], SUBNET).one())


def _leads_to_one(value: Value, type_: str, stack: Stack) -> bool:
    """Whether a property is of one resource alone; one that is chosen from a list is made from all that are in it."""
    return len(stack.links(value, type_).resources) == 1
