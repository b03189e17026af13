"""EC2's networks: VPCs and their subnets."""

import hashlib

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType, Tagging

TAGGING = Tagging(tag="create_tags", untag="delete_tags", params={"Resources": ["$id"]})
ARN = "arn:aws:ec2:$region:$account:"
NO_IPV6 = "the emulator has no IPv6"


def _switches(*names: str) -> tuple[Read, ...]:
    return tuple(
        Read(
            name="describe_vpc_attribute",
            params={"VpcId": "$id", "Attribute": name},
            at=f"{{{name[0].upper() + name[1:]}: {name[0].upper() + name[1:]}}}",
        )
        for name in names
    )


def _ipv6(properties: Properties) -> Properties:
    """The IPv6 range of a VPC that asks for one: its own out of those for documentation."""
    if not properties.get("assignGeneratedIpv6CidrBlock") or "id" not in properties:
        return {"ipv6": ""}
    digits = hashlib.sha256(properties["id"].encode()).hexdigest()
    return {"ipv6": f"2001:db8:{digits[:4]}:{digits[4:6]}00::/56"}


VPC = ResourceType(
    token="aws:ec2/vpc:Vpc",
    service="ec2",
    create=Operation(name="create_vpc", only=frozenset({"cidrBlock", "instanceTenancy"})),
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
        Operation(name="associate_vpc_cidr_block", only=frozenset({"assignGeneratedIpv6CidrBlock"}), recorded=NO_IPV6),
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
        "ipv6CidrBlock": "$ipv6",
    },
    derived=_ipv6,
    tagging=TAGGING,
)

SUBNET = ResourceType(
    token="aws:ec2/subnet:Subnet",
    service="ec2",
    create=Operation(
        name="create_subnet",
        only=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native"}),
    ),
    id="Subnet.SubnetId",
    read=(Read(name="describe_subnets", params={"SubnetIds": ["$id"]}, at="Subnets[0]"),),
    update=(
        Operation(
            name="modify_subnet_attribute",
            params={"SubnetId": "$id"},
            only=frozenset({"mapPublicIpOnLaunch", "enableDns64"}),
            one_by_one=True,
        ),
        Operation(name="associate_subnet_cidr_block", only=frozenset({"ipv6CidrBlock"}), recorded=NO_IPV6),
        Operation(name="modify_subnet_attribute", only=frozenset({"assignIpv6AddressOnCreation"}), recorded=NO_IPV6),
    ),
    delete=Operation(name="delete_subnet", params={"SubnetId": "$id"}),
    defaults={"mapPublicIpOnLaunch": False, "enableDns64": False},
    outputs={
        "arn": f"{ARN}subnet/$id",
        "ownerId": "OwnerId",
        "availabilityZone": "AvailabilityZone",
        "availabilityZoneId": "AvailabilityZoneId",
    },
    tagging=TAGGING,
)
