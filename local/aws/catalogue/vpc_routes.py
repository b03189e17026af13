"""EC2's route tables, with routes in the table or as resources of their own, and the subnets that they are of."""

from collections.abc import Callable
from typing import Any

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType
from local.aws.catalogue.instances import to_instance, to_interface
from local.aws.catalogue.vpc import ARN, TAGGING
from local.aws.model import members

_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)
_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_INLINE = {
    "cidrBlock": "destinationCidrBlock",
    "ipv6CidrBlock": "destinationIpv6CidrBlock",
    "destinationPrefixListId": "destinationPrefixListId",
}


def _route(route: Any) -> Any:
    """A route of a table with AWS's names, which say that a block is a destination."""
    if not isinstance(route, dict):
        return route
    names = {**_INLINE, "egressOnlyGatewayId": "egressOnlyInternetGatewayId"}
    return {names.get(name, name): value for name, value in route.items() if value}


def _inline(route: Properties) -> Properties:
    names = {aws: name for name, aws in _INLINE.items()}
    return {names.get(name, name): value for name, value in route.items() if name in {*names, *_TARGETS} and value}


def _each_route(change: Callable[[Any], Any]) -> Callable[[Properties], Properties]:
    def changed(properties: Properties) -> Properties:
        routes = properties.get("routes")
        return {**properties, "routes": [change(one) for one in routes]} if isinstance(routes, list) else properties

    return changed


def _destination(route: Properties) -> Properties:
    return members({name: route[name] for name in _DESTINATIONS if route.get(name)})


def _new_routes(before: Properties, after: Properties) -> list[Properties]:
    known = [_destination(route) for route in before.get("routes", [])]
    return [members(route) for route in after.get("routes", []) if _destination(route) not in known]


def _changed_routes(before: Properties, after: Properties) -> list[Properties]:
    known = {str(_destination(route)): route for route in before.get("routes", [])}
    wanted = [(str(_destination(route)), route) for route in after.get("routes", [])]
    return [members(route) for key, route in wanted if key in known and known[key] != route]


def _old_routes(before: Properties, after: Properties) -> list[Properties]:
    wanted = [_destination(route) for route in after.get("routes", [])]
    return [_destination(route) for route in before.get("routes", []) if _destination(route) not in wanted]


def _scope_destination(scope: Properties) -> Properties:
    return _destination(scope)


def _not_kept(properties: Properties) -> str:
    others = any(properties.get(name) for name in _DESTINATIONS if name != "destinationCidrBlock")
    return "the emulator routes by ranges of IPv4 alone" if others else ""


def _routes(name: str, steps: Callable[[Properties, Properties], list[Properties]]) -> Operation:
    return Operation(name=name, params={"RouteTableId": "$id"}, only=frozenset({"routes"}), steps=steps)


ROUTE_TABLE = ResourceType(
    token="aws:ec2/routeTable:RouteTable",
    service="ec2",
    create=Operation(name="create_route_table", only=frozenset({"vpcId"})),
    id="RouteTable.RouteTableId",
    read=(
        Read(
            name="describe_route_tables",
            params={"RouteTableIds": ["$id"]},
            at="RouteTables[0]",
            also={"Routes": "Routes[?Origin=='CreateRoute' && !DestinationPrefixListId]"},
        ),
    ),
    update=(
        _routes("delete_route", _old_routes),
        _routes("replace_route", _changed_routes),
        _routes("create_route", _new_routes),
    ),
    delete=Operation(name="delete_route_table", params={"RouteTableId": "$id"}),
    outputs={"arn": f"{ARN}route-table/$id", "ownerId": "OwnerId"},
    prepare=_each_route(_route),
    restore=_each_route(_inline),
    tagging=TAGGING,
)

_WHERE = " || ".join(f"D{name[1:]}=='$destination'" for name in _DESTINATIONS)

ROUTE = ResourceType(
    token="aws:ec2/route:Route",
    service="ec2",
    create=Operation(name="create_route", only=frozenset({"routeTableId", *_DESTINATIONS, *_TARGETS, "instanceId"})),
    names={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    id="r-$routeTableId-$destination",
    read=(
        Read(
            name="describe_route_tables",
            params={"RouteTableIds": ["$routeTableId"]},
            at=f"RouteTables[0].Routes[?{_WHERE}] | [0]",
            also={"RouteTableId": "$routeTableId"},
        ),
    ),
    update=(
        Operation(
            name="replace_route",
            params={"RouteTableId": "$routeTableId"},
            only=frozenset({*_TARGETS, "instanceId"}),
            whole=True,
            delivers=_scope_destination,
        ),
    ),
    delete=Operation(name="delete_route", params={"RouteTableId": "$routeTableId"}, delivers=_scope_destination),
    outputs={"origin": "Origin", "state": "State"},
    derived=lambda properties: {
        "destination": next((properties[name] for name in _DESTINATIONS if properties.get(name)), "none")
    },
    prepare=lambda properties: to_instance(properties, "networkInterfaceId", "instanceId"),
    restore=lambda properties: to_interface(properties, "networkInterfaceId", "instanceId"),
    recorded_if=_not_kept,
)

ROUTE_TABLE_ASSOCIATION = ResourceType(
    token="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    create=Operation(name="associate_route_table"),
    id="AssociationId",
    read=(
        Read(
            name="describe_route_tables",
            params={"RouteTableIds": ["$routeTableId"]},
            at="RouteTables[0].Associations[?RouteTableAssociationId=='$id'] | [0]",
        ),
    ),
    delete=Operation(name="disassociate_route_table", params={"AssociationId": "$id"}),
    alone=frozenset({"subnetId", "gatewayId"}),
)
