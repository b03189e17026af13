"""Rules of multi-AZ, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses
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
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
