"""Where a subnet's traffic goes: its route table, and the routes in it."""

from dataclasses import dataclass

from .tokens import INTERNET_GATEWAY, ROUTE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION
from .view import Resource, Stack, Undecided, Value


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
    if associations.doubts and not associations.resources:
        raise associations.doubts[0]
    return tuple(
        table
        for association in associations.resources
        for table in stack.links(association["routeTableId"], ROUTE_TABLE).all()
    )


@dataclass(frozen=True)
class Routes:
    """The routes of a table that are certain, and the doubts about others that may be its own."""

    found: list[Value]
    doubts: tuple[Undecided, ...]


def routes_of(table: Resource, stack: Stack) -> Routes:
    """The routes of a table, written inside of it or as resources of their own."""
    routes = stack.referrers(table, ROUTE, "routeTableId")
    within = table["routes"]
    doubts = (*routes.doubts, *([Undecided(within)] if within.unknown else []))
    inline = [] if within.unknown else within.items()
    return Routes([*inline, *(Value(route, "", route.properties) for route in routes.resources)], doubts)
