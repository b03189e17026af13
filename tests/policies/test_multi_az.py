"""Rules of multi-AZ, each on programs that it passes and programs that it refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import RULES_BY_NAME, Case, Pack, later, passes, refuses, run
from tests.policies.networks import Network, nat, network, opened, routed

ELSEWHERE = ["subnet-0aaa", "subnet-0bbb"]
TWO_ZONES = "at least 2 availability zones"
PAIR = "a public and a private subnet in each zone"


def named_by_aws() -> None:
    network("app-a", "app-b", availability_zone=None)


def existing_vpc(*names: str) -> None:
    for name in names:
        aws.ec2.Subnet(name, vpc_id="vpc-0123", cidr_block="10.0.0.0/24", availability_zone=f"us-east-1{name[-1]}")


def two_networks() -> None:
    network("app-a", vpc="first")
    network("data-b", vpc="second")


def paired(*public: str, private: tuple[str, ...] = ("app-a", "app-b")) -> None:
    opened(network(*public, *private), *public)


def public_by_address() -> None:
    net = network("app-a", "app-b")
    for zone in "ab":
        aws.ec2.Subnet(
            f"edge-{zone}",
            vpc_id=net.vpc.id,
            cidr_block="10.0.9.0/24",
            availability_zone=f"us-east-1{zone}",
            map_public_ip_on_launch=True,
        )


def nat_per_zone() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    for zone in "ab":
        routed(net, f"app-{zone}", nat_gateway_id=nat(net, f"public-{zone}").id)


def one_nat(**properties: Any) -> None:
    net = network("public-a", "app-a", "app-b")
    gateway = nat(net, "public-a", **properties)
    for zone in "ab":
        routed(net, f"app-{zone}", nat_gateway_id=gateway.id)


def one_nat_written_in_the_table() -> None:
    net = network("public-a", "app-b")
    table = aws.ec2.RouteTable(
        "table",
        vpc_id=net.vpc.id,
        routes=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat(net, "public-a").id}],
    )
    aws.ec2.RouteTableAssociation("in", subnet_id=net.subnets["app-b"].id, route_table_id=table.id)


def nat_of_another_stack() -> None:
    routed(network("app-a"), "app-a", nat_gateway_id="nat-0123")


def group(**properties: Any) -> None:
    aws.autoscaling.Group("web", max_size=4, min_size=2, **properties)


def group_in(*subnets: str, **properties: Any) -> None:
    group(vpc_zone_identifiers=network(*subnets).ids(), **properties)


def joined(net: Network, *names: str) -> pulumi.Output[list[str]]:
    """A list that is known only when all of its elements are, as one that crossed a component's border."""
    return pulumi.Output.all(*net.ids(*names))


def group_given_one_list(*subnets: str) -> None:
    group(vpc_zone_identifiers=joined(network(*subnets)))


def group_given_part_of_a_list() -> None:
    net = network("app-a", "app-b", "data-a", "data-b")
    group(vpc_zone_identifiers=joined(net).apply(lambda ids: ids[:2]))


def balancer(**properties: Any) -> None:
    aws.lb.LoadBalancer("edge", **properties)


def mapped(*subnets: str) -> None:
    balancer(subnet_mappings=[{"subnet_id": each} for each in network(*subnets).ids()])


def balancer_by_its_other_name() -> None:
    aws.alb.LoadBalancer("edge", subnets=network("public-a").ids())


def function(**properties: Any) -> None:
    aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", **properties)


def function_in(*subnets: str) -> None:
    net = network(*subnets)
    function(vpc_config={"subnet_ids": net.ids(), "security_group_ids": ["sg-0123"]})


def endpoint(*subnets: str, **properties: Any) -> None:
    net = network(*subnets)
    arguments: dict[str, Any] = {"vpc_endpoint_type": "Interface", "subnet_ids": net.ids()} | properties
    aws.ec2.VpcEndpoint("logs", vpc_id=net.vpc.id, service_name="com.amazonaws.us-east-1.logs", **arguments)


def endpoint_configured(*subnets: str) -> None:
    net = network(*subnets)
    aws.ec2.VpcEndpoint(
        "logs",
        vpc_id=net.vpc.id,
        vpc_endpoint_type="Interface",
        subnet_configurations=[{"ipv4": "10.0.0.4", "subnet_id": each} for each in net.ids()],
    )


def subnet_of_a_vpc_that_the_update_tells(zone: str) -> None:
    aws.ec2.Subnet("more", vpc_id=later("vpc-0123"), cidr_block="10.0.7.0/24", availability_zone=f"us-east-1{zone}")


def existing_vpc_and_another() -> None:
    existing_vpc("app-a")
    aws.ec2.Subnet("data-b", vpc_id="vpc-0456", cidr_block="10.0.1.0/24", availability_zone="us-east-1b")


def with_a_subnet_of_an_unknown_vpc(program: Callable[[], object], zone: str = "b") -> None:
    program()
    subnet_of_a_vpc_that_the_update_tells(zone)


def zones_by_id(*ids: str) -> None:
    for number, each in enumerate(ids):
        aws.ec2.Subnet(f"app-{number}", vpc_id="vpc-0123", cidr_block=f"10.0.{number}.0/24", availability_zone_id=each)


def one_zone_that_the_update_tells() -> None:
    net = network("app-a")
    zone = later("us-east-1b")
    aws.ec2.Subnet("app-b", vpc_id=net.vpc.id, cidr_block="10.0.1.0/24", availability_zone=zone)


def routed_to(gateway: Any) -> None:
    """A pair in zone b, and in zone a a private subnet and one with a route of its own."""
    net = network("public-b", "app-b", "app-a", "edge-a")
    opened(net, "public-b")
    routed(net, "edge-a", gateway_id=gateway)


def nat_chosen_from_a_list() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    gateways = pulumi.Output.all(*(nat(net, f"public-{zone}").id for zone in "ab"))
    for number, zone in enumerate("ab"):
        routed(net, f"app-{zone}", nat_gateway_id=gateways[number])


def nat_in_a_subnet_chosen_from_a_list() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    public = joined(net, "public-a", "public-b")
    for number, zone in enumerate("ab"):
        gateway = aws.ec2.NatGateway(f"nat-{zone}", subnet_id=public[number])
        routed(net, f"app-{zone}", nat_gateway_id=gateway.id)


def tables_of_subnets_chosen_from_a_list() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    private = joined(net, "app-a", "app-b")
    for number, zone in enumerate("ab"):
        table = aws.ec2.RouteTable(
            f"table-{zone}",
            vpc_id=net.vpc.id,
            routes=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat(net, f"public-{zone}").id}],
        )
        aws.ec2.RouteTableAssociation(f"in-{zone}", subnet_id=private[number], route_table_id=table.id)


def route_in_a_table_chosen_from_a_list() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    tables = {zone: aws.ec2.RouteTable(f"table-{zone}", vpc_id=net.vpc.id) for zone in "ab"}
    for zone, table in tables.items():
        aws.ec2.RouteTableAssociation(f"in-{zone}", subnet_id=net.subnets[f"app-{zone}"].id, route_table_id=table.id)
    chosen = pulumi.Output.all(*(table.id for table in tables.values()))[1]
    aws.ec2.Route("out-b", route_table_id=chosen, nat_gateway_id=nat(net, "public-b").id)


def table_with(routes: Any) -> None:
    net = network("app-b")
    table = aws.ec2.RouteTable("table", vpc_id=net.vpc.id, routes=routes)
    aws.ec2.RouteTableAssociation("in", subnet_id=net.subnets["app-b"].id, route_table_id=table.id)


def two_routes_of_which_one_leaves_the_stack() -> None:
    net = network("public-a", "app-b")
    table = aws.ec2.RouteTable("table", vpc_id=net.vpc.id)
    aws.ec2.RouteTableAssociation("in", subnet_id=net.subnets["app-b"].id, route_table_id=table.id)
    for name, gateway in (("far", "nat-0123"), ("near", nat(net, "public-a").id)):
        aws.ec2.Route(name, route_table_id=table.id, nat_gateway_id=gateway)


def vpc_chosen_from_a_list() -> None:
    vpcs = pulumi.Output.all(*(aws.ec2.Vpc(name, cidr_block="10.0.0.0/16").id for name in ("first", "second")))
    for zone in "ab":
        aws.ec2.Subnet(f"app-{zone}", vpc_id=vpcs[1], cidr_block="10.0.0.0/24", availability_zone=f"us-east-1{zone}")


def mapped_to_another_stack_too() -> None:
    balancer(subnet_mappings=[{"subnet_id": each} for each in (*network("public-a").ids(), ELSEWHERE[0])])


def endpoint_in_another_stack_too() -> None:
    ids = (*network("app-a").ids(), ELSEWHERE[0])
    aws.ec2.VpcEndpoint(
        "logs",
        vpc_id="vpc-0123",
        vpc_endpoint_type="Interface",
        subnet_configurations=[{"ipv4": "10.0.0.4", "subnet_id": each} for each in ids],
    )


def endpoint_configured_later() -> None:
    net = network("app-a", "app-b")
    configurations: Any = joined(net).apply(lambda ids: [{"ipv4": "10.0.0.4", "subnet_id": each} for each in ids])
    aws.ec2.VpcEndpoint(
        "logs",
        vpc_id=net.vpc.id,
        vpc_endpoint_type="Interface",
        subnet_configurations=configurations,
    )


def nat_per_zone_and_a_route_of_which_table_is_not_known() -> None:
    nat_per_zone()
    aws.ec2.Route("more", route_table_id=later("rtb-0123"), nat_gateway_id="nat-0123")


def association_of_which_subnet_is_not_known() -> None:
    net = network("app-a", "app-b")
    routed(net, "app-a", gateway_id="vgw-0123")
    aws.ec2.RouteTableAssociation("more", subnet_id=later("subnet-0ccc"), route_table_id="rtb-0123")


def table_of_another_stack() -> None:
    net = network("app-a")
    aws.ec2.RouteTableAssociation("in", subnet_id=net.subnets["app-a"].id, route_table_id="rtb-0123")


def mapped_by_one_list(*subnets: str) -> None:
    mappings = joined(network(*subnets)).apply(lambda ids: [{"subnet_id": each} for each in ids])
    balancer(subnet_mappings=mappings)


def endpoint_with_one_address() -> None:
    net = network("app-a", "app-b")
    aws.ec2.VpcEndpoint(
        "logs",
        vpc_id=net.vpc.id,
        vpc_endpoint_type="Interface",
        subnet_ids=net.ids(),
        subnet_configurations=[{"ipv4": "10.0.0.4", "subnet_id": net.subnets["app-a"].id}],
    )


ONE_A = "subnets in us-east-1a"
OTHER_ZONE = (
    "app-b",
    "availabilityZone",
    "us-east-1b with a route to nat-a in us-east-1a",
    "a NAT gateway in us-east-1b",
)
CASES = [
    passes("maz-subnets-span-azs", "two zones", lambda: network("app-a", "app-b")),
    passes("maz-subnets-span-azs", "two zones of an existing VPC", lambda: existing_vpc("app-a", "app-b")),
    passes(
        "maz-subnets-span-azs",
        "zones that AWS chooses",
        named_by_aws,
        left=("app-a",),
        left_after=("app-a",),
    ),
    refuses(
        "maz-subnets-span-azs",
        "one zone",
        lambda: network("app-a", "data-a"),
        ("app-a", "availabilityZone", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "one zone of an existing VPC",
        lambda: existing_vpc("app-a", "data-a"),
        ("app-a", "availabilityZone", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "one zone in each of two networks",
        two_networks,
        ("app-a", "availabilityZone", "subnets in us-east-1a", TWO_ZONES),
        ("data-b", "availabilityZone", "subnets in us-east-1b", TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "two zones where three are asked for",
        lambda: network("app-a", "app-b"),
        ("app-a", "availabilityZone", "subnets in us-east-1a, us-east-1b", "at least 3 availability zones"),
        minimumZones=3,
    ),
    passes("maz-public-private-pairs", "a pair in each zone", lambda: paired("public-a", "public-b")),
    passes("maz-public-private-pairs", "an internal network", lambda: network("app-a", "app-b")),
    passes("maz-public-private-pairs", "public by the addresses of its instances", public_by_address),
    refuses(
        "maz-public-private-pairs",
        "a zone without a public subnet",
        lambda: paired("public-a"),
        ("app-a", "availabilityZone", "only private subnets in us-east-1b", PAIR),
    ),
    refuses(
        "maz-public-private-pairs",
        "a zone without a private subnet",
        lambda: paired("public-a", "public-b", private=("app-a",)),
        ("app-a", "availabilityZone", "only public subnets in us-east-1b", PAIR),
    ),
    passes("maz-nat-per-az", "a gateway in each zone", nat_per_zone),
    passes("maz-nat-per-az", "no way out", lambda: network("data-a", "data-b")),
    passes("maz-nat-per-az", "a regional gateway", lambda: one_nat(availability_mode="regional")),
    passes(
        "maz-nat-per-az", "a gateway of another stack", nat_of_another_stack, left=("app-a",), left_after=("app-a",)
    ),
    refuses(
        "maz-nat-per-az",
        "one gateway for two zones",
        one_nat,
        (
            "app-b",
            "availabilityZone",
            "us-east-1b with a route to nat-a in us-east-1a",
            "a NAT gateway in us-east-1b",
        ),
    ),
    refuses(
        "maz-nat-per-az",
        "a route written in its table",
        one_nat_written_in_the_table,
        (
            "app-b",
            "availabilityZone",
            "us-east-1b with a route to nat-a in us-east-1a",
            "a NAT gateway in us-east-1b",
        ),
    ),
    passes("maz-asg-azs", "subnets in two zones", lambda: group_in("app-a", "app-b")),
    passes("maz-asg-azs", "one list of subnets in two zones", lambda: group_given_one_list("app-a", "app-b")),
    passes("maz-asg-azs", "part of a list", group_given_part_of_a_list, left=("web",)),
    passes("maz-asg-azs", "two zones by name", lambda: group(availability_zones=["us-east-1a", "us-east-1b"])),
    passes(
        "maz-asg-azs",
        "subnets of another stack",
        lambda: group(vpc_zone_identifiers=ELSEWHERE),
        left=("web",),
        left_after=("web",),
    ),
    refuses(
        "maz-asg-azs",
        "subnets in one zone",
        lambda: group_in("app-a", "data-a"),
        ("web", "vpcZoneIdentifiers", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-asg-azs",
        "one list of subnets in one zone",
        lambda: group_given_one_list("app-a", "data-a"),
        ("web", "vpcZoneIdentifiers", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-asg-azs",
        "one subnet of another stack",
        lambda: group(vpc_zone_identifiers=ELSEWHERE[:1]),
        ("web", "vpcZoneIdentifiers", "subnets in no known zone", TWO_ZONES),
    ),
    refuses(
        "maz-asg-azs",
        "one zone by name",
        lambda: group(availability_zones=["us-east-1a"]),
        ("web", "availabilityZones", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-asg-azs",
        "the default network",
        group,
        ("web", "vpcZoneIdentifiers", "nothing", "subnets in at least two availability zones"),
    ),
    passes("maz-lb-azs", "subnets in two zones", lambda: balancer(subnets=network("public-a", "public-b").ids())),
    passes("maz-lb-azs", "mappings to subnets in two zones", lambda: mapped("public-a", "public-b")),
    refuses(
        "maz-lb-azs",
        "a subnet in one zone",
        lambda: balancer(subnets=network("public-a").ids()),
        ("edge", "subnets", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-lb-azs",
        "a mapping to a subnet in one zone",
        lambda: mapped("public-a"),
        ("edge", "subnetMappings", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-lb-azs",
        "a subnet in one zone, by the type's other name",
        balancer_by_its_other_name,
        ("edge", "subnets", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-lb-azs",
        "the default network",
        balancer,
        ("edge", "subnets", "nothing", "subnets in at least two availability zones"),
    ),
    passes(
        "maz-nlb-cross-zone",
        "across zones",
        lambda: balancer(load_balancer_type="network", enable_cross_zone_load_balancing=True),
    ),
    refuses(
        "maz-nlb-cross-zone",
        "the default",
        lambda: balancer(load_balancer_type="network"),
        ("edge", "enableCrossZoneLoadBalancing", "nothing", "true"),
    ),
    passes("maz-nlb-cross-zone", "an application load balancer", balancer),
    passes("maz-lambda-vpc", "subnets in two zones", lambda: function_in("app-a", "app-b")),
    refuses(
        "maz-lambda-vpc",
        "a subnet in one zone",
        lambda: function_in("app-a"),
        ("worker", "vpcConfig.subnetIds", "subnets in us-east-1a", TWO_ZONES),
    ),
    passes("maz-lambda-vpc", "no VPC", function),
    passes("maz-vpc-endpoint", "subnets in two zones", lambda: endpoint("app-a", "app-b")),
    passes("maz-vpc-endpoint", "configured in two zones", lambda: endpoint_configured("app-a", "app-b")),
    passes("maz-vpc-endpoint", "a gateway endpoint", lambda: endpoint(vpc_endpoint_type="Gateway", subnet_ids=None)),
    refuses(
        "maz-vpc-endpoint",
        "a subnet in one zone",
        lambda: endpoint("app-a"),
        ("logs", "subnetIds", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-vpc-endpoint",
        "configured in one zone",
        lambda: endpoint_configured("app-a"),
        ("logs", "subnetConfigurations", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-vpc-endpoint",
        "no subnet",
        lambda: endpoint(subnet_ids=None),
        ("logs", "subnetIds", "subnets in no known zone", TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "one zone in each of two existing VPCs",
        existing_vpc_and_another,
        ("app-a", "availabilityZone", ONE_A, TWO_ZONES),
        ("data-b", "availabilityZone", "subnets in us-east-1b", TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "subnets in another order than that of their names",
        lambda: network("data-a", "app-a"),
        ("app-a", "availabilityZone", ONE_A, TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "subnets of an existing VPC in another order than that of their names",
        lambda: existing_vpc("data-a", "app-a"),
        ("app-a", "availabilityZone", ONE_A, TWO_ZONES),
    ),
    refuses(
        "maz-subnets-span-azs",
        "one zone, and a subnet of a VPC that the update tells",
        lambda: with_a_subnet_of_an_unknown_vpc(lambda: network("app-a")),
        ("app-a", "availabilityZone", ONE_A, TWO_ZONES),
        ("more", "availabilityZone", "subnets in us-east-1b", TWO_ZONES),
        preview=(),
        left=("app-a", "more"),
    ),
    passes(
        "maz-subnets-span-azs",
        "a subnet of an existing VPC, and another that the update tells to be of the same",
        lambda: with_a_subnet_of_an_unknown_vpc(lambda: existing_vpc("app-a")),
        left=("app-a", "more"),
    ),
    passes("maz-subnets-span-azs", "two zones by id", lambda: zones_by_id("use1-az1", "use1-az2")),
    refuses(
        "maz-subnets-span-azs",
        "one zone by id",
        lambda: zones_by_id("use1-az1", "use1-az1"),
        ("app-0", "availabilityZone", "subnets in use1-az1", TWO_ZONES),
    ),
    passes("maz-subnets-span-azs", "a zone that the update tells", one_zone_that_the_update_tells, left=("app-a",)),
    refuses(
        "maz-subnets-span-azs",
        "two subnets, one in a zone that the update tells, where three zones are asked for",
        one_zone_that_the_update_tells,
        ("app-a", "availabilityZone", "subnets in us-east-1a, us-east-1b", "at least 3 availability zones"),
        preview=(("app-a", "availabilityZone", ONE_A, "at least 3 availability zones"),),
        minimumZones=3,
    ),
    refuses(
        "maz-public-private-pairs",
        "subnets in another order than that of their names",
        lambda: paired("public-a", private=("web-b", "app-a")),
        ("app-a", "availabilityZone", "only private subnets in us-east-1b", PAIR),
    ),
    refuses(
        "maz-public-private-pairs",
        "a zone without a public subnet, and a subnet of a VPC that the update tells",
        lambda: with_a_subnet_of_an_unknown_vpc(lambda: paired("public-a")),
        ("app-a", "availabilityZone", "only private subnets in us-east-1b", PAIR),
        preview=(),
        left=("app-a", "more"),
    ),
    passes("maz-public-private-pairs", "public by an existing internet gateway", lambda: routed_to("igw-0123")),
    refuses(
        "maz-public-private-pairs",
        "a route to a private gateway",
        lambda: routed_to("vgw-0123"),
        ("app-a", "availabilityZone", "only private subnets in us-east-1a", PAIR),
    ),
    passes(
        "maz-public-private-pairs",
        "a route to a gateway that the update tells",
        lambda: routed_to(later("igw-0123")),
        left=("app-a",),
    ),
    passes("maz-nat-per-az", "each gateway chosen from a list", nat_chosen_from_a_list, left=("app-a", "app-b")),
    passes(
        "maz-nat-per-az",
        "each gateway in a subnet chosen from a list",
        nat_in_a_subnet_chosen_from_a_list,
        left=("app-a", "app-b"),
    ),
    passes(
        "maz-nat-per-az",
        "each table for a subnet chosen from a list",
        tables_of_subnets_chosen_from_a_list,
        left=("app-a", "app-b"),
    ),
    passes(
        "maz-nat-per-az",
        "a route in a table chosen from a list",
        route_in_a_table_chosen_from_a_list,
        left=("app-a", "app-b"),
    ),
    passes(
        "maz-nat-per-az",
        "a list of routes that the update tells",
        lambda: table_with(later([{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0123"}])),
        left=("app-b",),
    ),
    replace(
        refuses(
            "maz-nat-per-az",
            "two routes, of which the first leaves the stack",
            two_routes_of_which_one_leaves_the_stack,
            OTHER_ZONE,
            left=("app-b",),
        ),
        left_after=("app-b",),
    ),
    passes(
        "maz-nat-per-az",
        "a gateway in each zone, and a route of a table that the update tells",
        nat_per_zone_and_a_route_of_which_table_is_not_known,
        left=("app-a", "app-b"),
    ),
    passes(
        "maz-nat-per-az",
        "a table for a subnet that the update tells",
        association_of_which_subnet_is_not_known,
        left=("app-b",),
    ),
    passes(
        "maz-nat-per-az", "a table of another stack", table_of_another_stack, left=("app-a",), left_after=("app-a",)
    ),
    passes(
        "maz-asg-azs",
        "two zones by name, of which the update tells one",
        lambda: group(availability_zones=["us-east-1a", later("us-east-1b")]),
        left=("web",),
    ),
    passes(
        "maz-asg-azs",
        "zones by name that the update tells",
        lambda: group(availability_zones=later(["us-east-1a", "us-east-1b"])),
        left=("web",),
    ),
    refuses(
        "maz-asg-azs",
        "one zone by name, that the update tells",
        lambda: group(availability_zones=[later("us-east-1a")]),
        ("web", "availabilityZones", ONE_A, TWO_ZONES),
        preview=(("web", "availabilityZones", "subnets in no known zone", TWO_ZONES),),
    ),
    passes("maz-lb-azs", "mappings made of one list of subnets", lambda: mapped_by_one_list("public-a", "public-b")),
    refuses(
        "maz-lb-azs",
        "mappings made of one list of subnets in one zone",
        lambda: mapped_by_one_list("public-a"),
        ("edge", "subnetMappings", ONE_A, TWO_ZONES),
    ),
    refuses(
        "maz-nlb-cross-zone",
        "switched off",
        lambda: balancer(load_balancer_type="network", enable_cross_zone_load_balancing=False),
        ("edge", "enableCrossZoneLoadBalancing", "false", "true"),
    ),
    passes(
        "maz-vpc-endpoint", "the type that is the default", lambda: endpoint(vpc_endpoint_type=None, subnet_ids=None)
    ),
    passes("maz-vpc-endpoint", "two zones, and an address set in one", endpoint_with_one_address),
    passes("maz-vpc-endpoint", "configured as the update tells", endpoint_configured_later, left=("logs",)),
    passes(
        "maz-vpc-endpoint",
        "configured in subnets of another stack",
        lambda: endpoint(
            subnet_ids=None, subnet_configurations=[{"ipv4": "10.0.0.4", "subnet_id": each} for each in ELSEWHERE]
        ),
        left=("logs",),
        left_after=("logs",),
    ),
    passes(
        "maz-lb-azs",
        "mappings to subnets of another stack",
        lambda: balancer(subnet_mappings=[{"subnet_id": each} for each in ELSEWHERE]),
        left=("edge",),
        left_after=("edge",),
    ),
    *(
        refuses(
            rule,
            "a subnet of its own and one of another stack, where three zones are asked for",
            program,
            (name, path, ONE_A, "at least 3 availability zones"),
            preview=((name, path, "subnets in no known zone", "at least 3 availability zones"),),
            minimumZones=3,
        )
        for rule, program, name, path in (
            ("maz-lb-azs", mapped_to_another_stack_too, "edge", "subnetMappings"),
            ("maz-vpc-endpoint", endpoint_in_another_stack_too, "logs", "subnetConfigurations"),
        )
    ),
    passes("maz-subnets-span-azs", "a VPC chosen from a list", vpc_chosen_from_a_list, left=("app-a", "app-b")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()


def test_what_to_do_about_a_zone_names_the_kind_of_subnet_that_it_lacks() -> None:
    pack = Pack([RULES_BY_NAME["maz-public-private-pairs"]])
    programs = {
        "public": lambda: paired("public-a"),
        "private": lambda: paired("public-a", "public-b", private=("app-a",)),
    }
    for kind, program in programs.items():
        (refused,) = pack.judge(run(program, preview=False))
        assert f"add a {kind} subnet in us-east-1b." in refused.message
