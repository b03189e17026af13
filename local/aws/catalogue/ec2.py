"""EC2: networks, their gateways and routes, security groups, launch templates."""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_TAGGING = Tagging(tag="create_tags", untag="delete_tags", params={"Resources": ["$id"]})
_ARN = "arn:aws:ec2:$region:$account:"

VPC = ResourceType(
    token="aws:ec2/vpc:Vpc",
    service="ec2",
    create=Operation(name="create_vpc", only=frozenset({"cidrBlock", "instanceTenancy"})),
    id="Vpc.VpcId",
    read=(
        Read(name="describe_vpcs", params={"VpcIds": ["$id"]}, at="Vpcs[0]"),
        Read(
            name="describe_vpc_attribute",
            params={"VpcId": "$id", "Attribute": "enableDnsHostnames"},
            at="{EnableDnsHostnames: EnableDnsHostnames}",
        ),
        Read(
            name="describe_vpc_attribute",
            params={"VpcId": "$id", "Attribute": "enableDnsSupport"},
            at="{EnableDnsSupport: EnableDnsSupport}",
        ),
        Read(
            name="describe_security_groups",
            params={"Filters": [{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "group-name", "Values": ["default"]}]},
            at="{DefaultSecurityGroupId: SecurityGroups[0].GroupId}",
        ),
        Read(
            name="describe_route_tables",
            params={"Filters": [{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "association.main", "Values": ["true"]}]},
            at="{MainRouteTableId: RouteTables[0].RouteTableId}",
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
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    outputs={
        "arn": f"{_ARN}vpc/$id",
        "ownerId": "OwnerId",
        "defaultSecurityGroupId": "DefaultSecurityGroupId",
        "mainRouteTableId": "MainRouteTableId",
        "defaultRouteTableId": "MainRouteTableId",
        "dhcpOptionsId": "DhcpOptionsId",
    },
    tagging=_TAGGING,
)

SUBNET = ResourceType(
    token="aws:ec2/subnet:Subnet",
    service="ec2",
    create=Operation(name="create_subnet"),
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
    defaults={"mapPublicIpOnLaunch": False},
    outputs={
        "arn": f"{_ARN}subnet/$id",
        "ownerId": "OwnerId",
        "availabilityZone": "AvailabilityZone",
        "availabilityZoneId": "AvailabilityZoneId",
    },
    tagging=_TAGGING,
)

INTERNET_GATEWAY = ResourceType(
    token="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create=Operation(name="create_internet_gateway"),
    id="InternetGateway.InternetGatewayId",
    read=(
        Read(
            name="describe_internet_gateways",
            params={"InternetGatewayIds": ["$id"]},
            at="InternetGateways[0].merge(@, {VpcId: Attachments[0].VpcId})",
        ),
    ),
    update=(Operation(name="attach_internet_gateway", params={"InternetGatewayId": "$id"}, only=frozenset({"vpcId"})),),
    # AWS deletes a gateway only when it is detached.
    delete=Operation(name="delete_internet_gateway", params={"InternetGatewayId": "$id"}),
    before_delete=Operation(name="detach_internet_gateway", params={"InternetGatewayId": "$id", "VpcId": "$vpcId"}),
    outputs={"arn": f"{_ARN}internet-gateway/$id", "ownerId": "OwnerId"},
    replace_on=frozenset({"vpcId"}),
    tagging=_TAGGING,
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
        "arn": f"{_ARN}elastic-ip/$id",
        "allocationId": "AllocationId",
        "publicIp": "PublicIp",
        "associationId": "AssociationId",
    },
    tagging=_TAGGING,
)

NAT_GATEWAY = ResourceType(
    token="aws:ec2/natGateway:NatGateway",
    service="ec2",
    create=Operation(name="create_nat_gateway"),
    id="NatGateway.NatGatewayId",
    read=(
        Read(
            name="describe_nat_gateways",
            params={"NatGatewayIds": ["$id"]},
            at="NatGateways[?State!='deleted' && State!='deleting'] | [0]",
        ),
    ),
    delete=Operation(name="delete_nat_gateway", params={"NatGatewayId": "$id"}),
    defaults={"connectivityType": "public"},
    outputs={
        "publicIp": "NatGatewayAddresses[0].PublicIp",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
    },
    tagging=_TAGGING,
)

ROUTE_TABLE = ResourceType(
    token="aws:ec2/routeTable:RouteTable",
    service="ec2",
    create=Operation(name="create_route_table", only=frozenset({"vpcId"})),
    id="RouteTable.RouteTableId",
    read=(Read(name="describe_route_tables", params={"RouteTableIds": ["$id"]}, at="RouteTables[0]"),),
    delete=Operation(name="delete_route_table", params={"RouteTableId": "$id"}),
    outputs={"arn": f"{_ARN}route-table/$id", "ownerId": "OwnerId"},
    tagging=_TAGGING,
)

ROUTE = ResourceType(
    token="aws:ec2/route:Route",
    service="ec2",
    create=Operation(name="create_route"),
    id="$routeTableId-$destinationCidrBlock",
    read=(
        Read(
            name="describe_route_tables",
            params={"RouteTableIds": ["$routeTableId"]},
            at="RouteTables[0].Routes[?DestinationCidrBlock=='$destinationCidrBlock'] | [0]",
        ),
    ),
    update=(
        Operation(
            name="replace_route",
            params={"RouteTableId": "$routeTableId", "DestinationCidrBlock": "$destinationCidrBlock"},
        ),
    ),
    delete=Operation(
        name="delete_route",
        params={"RouteTableId": "$routeTableId", "DestinationCidrBlock": "$destinationCidrBlock"},
    ),
    outputs={"origin": "Origin", "state": "State"},
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
)

VPC_ENDPOINT = ResourceType(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create=Operation(name="create_vpc_endpoint"),
    id="VpcEndpoint.VpcEndpointId",
    read=(Read(name="describe_vpc_endpoints", params={"VpcEndpointIds": ["$id"]}, at="VpcEndpoints[0]"),),
    update=(
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            only=frozenset({"policy", "privateDnsEnabled"}),
        ),
    ),
    delete=Operation(name="delete_vpc_endpoints", params={"VpcEndpointIds": ["$id"]}),
    names={"policy": "PolicyDocument"},
    defaults={"vpcEndpointType": "Gateway"},
    outputs={"arn": f"{_ARN}vpc-endpoint/$id", "state": "State", "ownerId": "OwnerId"},
    tagging=_TAGGING,
)


def _closed(properties: Properties) -> Properties:
    """Rules of the default group are only ever removed here: a component that opens it is a mistake."""
    return {key: value for key, value in properties.items() if key not in ("ingress", "egress") or value}


DEFAULT_SECURITY_GROUP = ResourceType(
    token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    # AWS makes this group with the network; to adopt it is to look it up and to take its rules away.
    create=Operation(
        name="describe_security_groups",
        params={
            "Filters": [{"Name": "vpc-id", "Values": ["$vpcId"]}, {"Name": "group-name", "Values": ["default"]}],
        },
        only=frozenset({"vpcId"}),
    ),
    id="SecurityGroups[0].GroupId",
    read=(Read(name="describe_security_groups", params={"GroupIds": ["$id"]}, at="SecurityGroups[0]"),),
    delete=None,
    prepare=_closed,
    outputs={
        "arn": f"{_ARN}security-group/$id",
        "name": "GroupName",
        "description": "Description",
        "ownerId": "OwnerId",
    },
    tagging=_TAGGING,
)

SECURITY_GROUP = ResourceType(
    token="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=Operation(name="create_security_group"),
    id="GroupId",
    read=(Read(name="describe_security_groups", params={"GroupIds": ["$id"]}, at="SecurityGroups[0]"),),
    delete=Operation(name="delete_security_group", params={"GroupId": "$id"}),
    names={"name": "GroupName"},
    defaults={"description": "Managed by Pulumi"},
    outputs={"arn": f"{_ARN}security-group/$id", "ownerId": "OwnerId"},
    ignored=frozenset({"revokeRulesOnDelete"}),
    tagging=_TAGGING,
    naming=Naming(limit=255),
)
