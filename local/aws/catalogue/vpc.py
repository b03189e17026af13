"""EC2's networks: VPCs, subnets, their gateways, routes, endpoints and flow logs."""

from collections.abc import Callable
from typing import Any

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType, Tagging
from local.aws.model import members

TAGGING = Tagging(tag="create_tags", untag="delete_tags", params={"Resources": ["$id"]})
ARN = "arn:aws:ec2:$region:$account:"


def _switches(*names: str) -> tuple[Read, ...]:
    return tuple(
        Read(
            name="describe_vpc_attribute",
            params={"VpcId": "$id", "Attribute": name},
            at=f"{{{name[0].upper() + name[1:]}: {name[0].upper() + name[1:]}}}",
        )
        for name in names
    )


VPC = ResourceType(
    token="aws:ec2/vpc:Vpc",
    service="ec2",
    create=Operation(
        name="create_vpc", only=frozenset({"cidrBlock", "instanceTenancy", "assignGeneratedIpv6CidrBlock"})
    ),
    id="Vpc.VpcId",
    read=(
        Read(name="describe_vpcs", params={"VpcIds": ["$id"]}, at="Vpcs[0]"),
        *_switches("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"),
        Read(
            name="describe_security_groups",
            params={"Filters": [{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "group-name", "Values": ["default"]}]},
            at="{DefaultSecurityGroupId: SecurityGroups[0].GroupId}",
        ),
        Read(
            name="describe_route_tables",
            params={
                "Filters": [{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "association.main", "Values": ["true"]}]
            },
            at="{MainRouteTableId: RouteTables[0].RouteTableId}",
        ),
        Read(
            name="describe_network_acls",
            params={"Filters": [{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "default", "Values": ["true"]}]},
            at="{DefaultNetworkAclId: NetworkAcls[0].NetworkAclId}",
        ),
    ),
    update=(
        Operation(
            name="modify_vpc_attribute",
            params={"VpcId": "$id"},
            only=frozenset({"enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"}),
            one_by_one=True,
        ),
    ),
    delete=Operation(name="delete_vpc", params={"VpcId": "$id"}),
    names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
    # The switches' defaults are AWS's; that they are put makes turning one off again a change in place.
    defaults={"enableDnsSupport": True, "enableDnsHostnames": False, "instanceTenancy": "default"},
    outputs={
        "arn": f"{ARN}vpc/$id",
        "ownerId": "OwnerId",
        "defaultSecurityGroupId": "DefaultSecurityGroupId",
        "mainRouteTableId": "MainRouteTableId",
        "defaultRouteTableId": "MainRouteTableId",
        "defaultNetworkAclId": "DefaultNetworkAclId",
        "dhcpOptionsId": "DhcpOptionsId",
    },
    not_returned={"assignGeneratedIpv6CidrBlock": "AWS tells the block that it gave, not that it was asked to"},
    tagging=TAGGING,
)

SUBNET = ResourceType(
    token="aws:ec2/subnet:Subnet",
    service="ec2",
    create=Operation(
        name="create_subnet",
        only=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6CidrBlock", "ipv6Native"}),
    ),
    id="Subnet.SubnetId",
    read=(Read(name="describe_subnets", params={"SubnetIds": ["$id"]}, at="Subnets[0]"),),
    update=(
        Operation(
            name="modify_subnet_attribute",
            params={"SubnetId": "$id"},
            only=frozenset({"mapPublicIpOnLaunch", "assignIpv6AddressOnCreation", "enableDns64"}),
            one_by_one=True,
        ),
    ),
    delete=Operation(name="delete_subnet", params={"SubnetId": "$id"}),
    defaults={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False, "enableDns64": False},
    outputs={
        "arn": f"{ARN}subnet/$id",
        "ownerId": "OwnerId",
        "availabilityZone": "AvailabilityZone",
        "availabilityZoneId": "AvailabilityZoneId",
    },
    tagging=TAGGING,
)

INTERNET_GATEWAY = ResourceType(
    token="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create=Operation(name="create_internet_gateway", only=frozenset({"tags"})),
    id="InternetGateway.InternetGatewayId",
    read=(
        Read(
            name="describe_internet_gateways",
            params={"InternetGatewayIds": ["$id"]},
            at="InternetGateways[0]",
            also={"VpcId": "Attachments[0].VpcId"},
        ),
    ),
    update=(
        Operation(
            name="detach_internet_gateway",
            params={"InternetGatewayId": "$id"},
            only=frozenset({"vpcId"}),
            steps=lambda before, _: [{"VpcId": before["vpcId"]}] if "vpcId" in before else [],
        ),
        Operation(name="attach_internet_gateway", params={"InternetGatewayId": "$id"}, only=frozenset({"vpcId"})),
    ),
    delete=Operation(name="delete_internet_gateway", params={"InternetGatewayId": "$id"}),
    outputs={"arn": f"{ARN}internet-gateway/$id", "ownerId": "OwnerId"},
    tagging=TAGGING,
)

EIP = ResourceType(
    token="aws:ec2/eip:Eip",
    service="ec2",
    create=Operation(name="allocate_address", only=frozenset({"domain", "address", "networkBorderGroup"})),
    id="AllocationId",
    read=(Read(name="describe_addresses", params={"AllocationIds": ["$id"]}, at="Addresses[0]"),),
    delete=Operation(name="release_address", params={"AllocationId": "$id"}),
    defaults={"domain": "vpc"},
    outputs={
        "arn": f"{ARN}elastic-ip/$id",
        "allocationId": "AllocationId",
        "publicIp": "PublicIp",
        "associationId": "AssociationId",
    },
    not_returned={
        "address": "AWS tells it as the public address",
        "networkBorderGroup": "the emulator does not keep it",
    },
    tagging=TAGGING,
)

NAT_GATEWAY = ResourceType(
    token="aws:ec2/natGateway:NatGateway",
    service="ec2",
    create=Operation(
        name="create_nat_gateway", only=frozenset({"allocationId", "subnetId", "connectivityType", "privateIp"})
    ),
    id="NatGateway.NatGatewayId",
    read=(
        Read(
            name="describe_nat_gateways",
            params={"NatGatewayIds": ["$id"]},
            at="NatGateways[?State!='deleted' && State!='deleting'] | [0]",
        ),
        Read(
            name="describe_addresses",
            params={"AllocationIds": ["$allocation"]},
            at="{PublicIp: Addresses[0].PublicIp}",
        ),
    ),
    delete=Operation(name="delete_nat_gateway", params={"NatGatewayId": "$id"}),
    ready="State=='available'",
    names={"privateIp": "PrivateIpAddress"},
    defaults={"connectivityType": "public"},
    outputs={
        "publicIp": "PublicIp",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
    },
    not_returned={
        "allocationId": "the emulator does not tell a gateway's addresses",
        "privateIp": "the emulator does not tell a gateway's addresses",
    },
    derived=lambda properties: {"allocation": properties.get("allocationId", "none")},
    tagging=TAGGING,
)

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
    create=Operation(name="create_route", only=frozenset({"routeTableId", *_DESTINATIONS, *_TARGETS})),
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
            only=frozenset(_TARGETS),
            whole=True,
            delivers=_scope_destination,
        ),
    ),
    delete=Operation(name="delete_route", params={"RouteTableId": "$routeTableId"}, delivers=_scope_destination),
    outputs={"origin": "Origin", "state": "State"},
    derived=lambda properties: {
        "destination": next((properties[name] for name in _DESTINATIONS if properties.get(name)), "none")
    },
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

VPC_ENDPOINT = ResourceType(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create=Operation(name="create_vpc_endpoint", never=frozenset({"tags"})),
    id="VpcEndpoint.VpcEndpointId",
    read=(
        Read(
            name="describe_vpc_endpoints",
            params={"VpcEndpointIds": ["$id"]},
            at="VpcEndpoints[0]",
            also={"SecurityGroupIds": "Groups[].GroupId"},
        ),
        Read(
            name="describe_prefix_lists",
            params={"Filters": [{"Name": "prefix-list-name", "Values": ["$serviceName"]}]},
            at="{PrefixListId: PrefixLists[0].PrefixListId, CidrBlocks: PrefixLists[0].Cidrs}",
        ),
    ),
    update=(
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            only=frozenset({"policy", "privateDnsEnabled", "ipAddressType", "dnsOptions"}),
        ),
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            adds={
                "routeTableIds": "AddRouteTableIds",
                "subnetIds": "AddSubnetIds",
                "securityGroupIds": "AddSecurityGroupIds",
            },
        ),
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            removes={
                "routeTableIds": "RemoveRouteTableIds",
                "subnetIds": "RemoveSubnetIds",
                "securityGroupIds": "RemoveSecurityGroupIds",
            },
        ),
    ),
    delete=Operation(name="delete_vpc_endpoints", params={"VpcEndpointIds": ["$id"]}),
    ready="State=='available'",
    names={"policy": "PolicyDocument"},
    defaults={"vpcEndpointType": "Gateway"},
    outputs={
        "arn": f"{ARN}vpc-endpoint/$id",
        "state": "State",
        "ownerId": "OwnerId",
        "prefixListId": "PrefixListId",
        "cidrBlocks": "CidrBlocks",
        "dnsEntries": "DnsEntries",
        "networkInterfaceIds": "NetworkInterfaceIds",
    },
    ignored=frozenset({"autoAccept"}),
    documents=frozenset({"policy"}),
    not_returned={
        "policy": "the emulator does not keep it",
        "privateDnsEnabled": "the emulator does not keep it",
        "ipAddressType": "the emulator does not keep it",
        "dnsOptions": "the emulator does not keep it",
        "securityGroupIds": "the emulator does not keep them",
    },
    tagging=TAGGING,
)

_SOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _flow_source(properties: Properties) -> Properties:
    """AWS wants a list of ids and says of which kind they are."""
    rest = {name: value for name, value in properties.items() if name not in _SOURCES}
    for name, kind in _SOURCES.items():
        if name in properties:
            rest |= {"resourceIds": [properties[name]], "resourceType": kind}
    return rest


FLOW_LOG = ResourceType(
    token="aws:ec2/flowLog:FlowLog",
    service="ec2",
    create=Operation(name="create_flow_logs", never=frozenset({"tags"})),
    id="FlowLogIds[0]",
    read=(
        Read(
            name="describe_flow_logs",
            params={"FlowLogIds": ["$id"]},
            at="FlowLogs[0]",
            also={"ResourceIds": "[ResourceId]"},
        ),
    ),
    delete=Operation(name="delete_flow_logs", params={"FlowLogIds": ["$id"]}),
    names={"iamRoleArn": "DeliverLogsPermissionArn"},
    prepare=_flow_source,
    replace_on=frozenset(_SOURCES),
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    limits={"maxAggregationInterval": range(60, 601, 540)},
    outputs={"arn": f"{ARN}vpc-flow-log/$id"},
    not_returned=dict.fromkeys(
        ("resourceType", "iamRoleArn", "maxAggregationInterval", "logFormat", "destinationOptions"),
        "the emulator does not keep it",
    ),
    tagging=TAGGING,
)
