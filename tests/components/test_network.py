"""Network: every default, every option, every refusal, and an address plan that never moves a zone."""

import json
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenfold import FlowLogs, NatMode, Network, NetworkArgs
from tenfold.address_plan import tier_ranges
from tenfold.placement import placed
from tests.components.building import UNKNOWN, Built, Registered, build, refused
from tests.components.networks import LOOK_UP, THREE, TIERS, ZONES, network

GOLDEN = Path(__file__).parent / "golden" / "network.txt"
GOLDEN_OF_OPTIONS = GOLDEN.with_name("network_options.txt")
ALL_ZONES = [f"eu-west-1{letter}" for letter in "abcdefgh"]


def ranges(built: Built[Network]) -> dict[str, IPv4Network]:
    subnets = built.of("aws:ec2/subnet:Subnet")
    return {subnet.name.removeprefix("main-"): IPv4Network(subnet.inputs["cidrBlock"]) for subnet in subnets}


def addresses(built: Built[Network]) -> dict[str, tuple[str, str]]:
    """The ranges of both kinds of each subnet, by its URN."""
    subnets = built.of("aws:ec2/subnet:Subnet")
    return {subnet.urn: (subnet.inputs["cidrBlock"], subnet.inputs["ipv6CidrBlock"]) for subnet in subnets}


def default_route(built: Built[Network], table: str) -> Registered | None:
    routes = [route for route in built.of("aws:ec2/route:Route") if route.inputs["routeTableId"] == f"{table}-id"]
    assert len(routes) <= 1
    return routes[0] if routes else None


def test_by_default_three_zones_each_have_a_public_an_app_and_a_data_subnet() -> None:
    subnets = network().of("aws:ec2/subnet:Subnet")
    found = sorted((subnet.inputs["availabilityZone"], subnet.inputs["tags"]["Tier"]) for subnet in subnets)
    assert found == sorted((zone, tier) for zone in THREE for tier in TIERS)


def test_no_subnet_gives_public_addresses() -> None:
    assert {subnet.inputs["mapPublicIpOnLaunch"] for subnet in network().of("aws:ec2/subnet:Subnet")} == {False}


def test_the_vpc_resolves_names_of_its_own() -> None:
    vpc = network()["main-vpc"].inputs
    assert (vpc["cidrBlock"], vpc["enableDnsHostnames"], vpc["enableDnsSupport"]) == ("10.0.0.0/16", True, True)


def test_a_slash_16_gives_each_zone_the_documented_addresses() -> None:
    # 4,091, 2,043 and 1,019 usable addresses: AWS keeps five of each subnet.
    usable = {tier: ranges(network())[f"{tier}-subnet-us-east-1b"].num_addresses - 5 for tier in TIERS}
    assert usable == {"app": 4091, "data": 2043, "public": 1019}


@settings(deadline=None, max_examples=10)
@given(
    zones=st.lists(st.sampled_from(ALL_ZONES), min_size=2, max_size=4, unique=True),
    more=st.lists(st.sampled_from(ALL_ZONES), max_size=4, unique=True),
    prefix=st.integers(16, 21),
)
def test_no_other_zone_moves_a_zones_addresses(zones: list[str], more: list[str], prefix: int) -> None:
    args: dict[str, Any] = {"cidr_block": f"10.64.0.0/{prefix}", "nat": "none", "flow_logs": "none", "ipv6": True}
    before = addresses(network(zone_names=zones, **args))
    after = addresses(network(zone_names=[*more, *(zone for zone in zones if zone not in more)], **args))
    assert before.items() <= after.items()


@given(prefix=st.integers(16, 21), block=st.integers(0, 2**32 - 1))
def test_no_two_subnets_overlap_and_all_are_in_the_vpc(prefix: int, block: int) -> None:
    whole = IPv4Network((block, prefix), strict=False)
    subnets = [subnet for zone in ALL_ZONES for subnet in tier_ranges(whole, zone).values()]
    assert all(subnet.subnet_of(whole) for subnet in subnets)
    in_order = sorted(subnets)
    assert all(one.broadcast_address < other.network_address for one, other in pairwise(in_order))
    # A load balancer takes a /27 at least.
    assert all(subnet.prefixlen <= 27 for subnet in subnets)


@settings(deadline=None, max_examples=8)
@given(
    few=st.integers(2, 6),
    many=st.integers(2, 6),
    nats=st.tuples(st.sampled_from(NatMode), st.sampled_from(NatMode)),
    logs=st.tuples(st.sampled_from(FlowLogs), st.sampled_from(FlowLogs)),
)
@example(few=2, many=3, nats=(NatMode.REGIONAL, NatMode.REGIONAL), logs=(FlowLogs.NONE, FlowLogs.NONE))
def test_growing_and_shrinking_leave_what_stays_as_it_is(
    few: int, many: int, nats: tuple[NatMode, NatMode], logs: tuple[FlowLogs, FlowLogs]
) -> None:
    kept = (
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/natGateway:NatGateway",
    )
    # The one regional gateway has an address for each zone: they come and go in place.
    grows = "availabilityZoneAddresses"
    before, after = (
        {
            resource.urn: {key: value for key, value in resource.inputs.items() if key != grows}
            for resource in network(zones=zones, nat=nat, flow_logs=log).resources
            if resource.type in kept
        }
        for zones, nat, log in zip((few, many), nats, logs, strict=True)
    )
    assert all(after[urn] == inputs for urn, inputs in before.items() if urn in after)
    if few <= many:
        assert {urn for urn in before if "natGateway" not in urn} <= after.keys()


def test_zones_can_be_counted() -> None:
    built = network(zones=2)
    assert built.value(built.result.zones) == ["us-east-1a", "us-east-1b"]


def test_counted_zones_are_the_first_by_name_of_those_that_need_no_opting_in() -> None:
    asked: list[Any] = []

    def answer(args: Any) -> Any:
        asked.append(args)
        return {"names": ["us-west-2d", "us-west-2a", "us-west-2c", "us-west-2b"]}

    built = build(lambda: Network("main", {}), calls={LOOK_UP: answer})
    assert built.value(built.result.zones) == ["us-west-2a", "us-west-2b", "us-west-2c"]
    (question,) = asked
    assert question["state"] == "available"
    assert question["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]


def test_named_zones_keep_their_order_and_need_no_look_up() -> None:
    built = build(lambda: Network("main", {"zone_names": ["ap-northeast-1d", "ap-northeast-1a"]}))
    assert built.value(built.result.zones) == ["ap-northeast-1d", "ap-northeast-1a"]
    assert built.value(built.result.app_subnet_ids) == [
        "main-app-subnet-ap-northeast-1d-id",
        "main-app-subnet-ap-northeast-1a-id",
    ]


def test_public_subnets_reach_the_internet_by_its_gateway() -> None:
    built = network()
    route = default_route(built, "main-public-route-table")
    assert route is not None
    assert route.inputs["gatewayId"] == "main-internet-gateway-id"
    assert route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
    for zone in THREE:
        association = built[f"main-public-association-{zone}"].inputs
        assert association["subnetId"] == f"main-public-subnet-{zone}-id"
        assert association["routeTableId"] == "main-public-route-table-id"


def test_by_default_each_zone_leaves_by_a_nat_gateway_of_its_own() -> None:
    built = network()
    for zone in THREE:
        gateway = built[f"main-nat-gateway-{zone}"]
        assert gateway.inputs["subnetId"] == f"main-public-subnet-{zone}-id"
        assert gateway.inputs["allocationId"] == f"main-nat-address-{zone}-id"
        assert built[f"main-app-association-{zone}"].inputs["routeTableId"] == f"main-app-route-table-{zone}-id"
        route = default_route(built, f"main-app-route-table-{zone}")
        assert route is not None
        assert route.inputs["natGatewayId"] == f"main-nat-gateway-{zone}-id"
    assert built.value(built.result.nat_public_ips) == [f"ip of main-nat-address-{zone}" for zone in THREE]


def test_a_nat_gateway_waits_for_the_way_to_the_internet() -> None:
    assert "main-public-internet-route" in network()["main-nat-gateway-us-east-1a"].depends_on


def test_a_single_nat_gateway_serves_all_zones() -> None:
    built = network(nat="single")
    assert [gateway.name for gateway in built.of("aws:ec2/natGateway:NatGateway")] == ["main-nat-gateway-us-east-1a"]
    routes = [default_route(built, f"main-app-route-table-{zone}") for zone in THREE]
    assert [route and route.inputs["natGatewayId"] for route in routes] == ["main-nat-gateway-us-east-1a-id"] * 3


def test_what_is_placed_in_a_subnet_waits_for_the_subnets_way_out() -> None:
    def program() -> None:
        placement = Network("main", {"zone_names": THREE}).placement
        for tier in TIERS:
            aws.ec2.NetworkInterface(tier, subnet_id=placed(placement, f"{tier}_subnet_ids").apply(lambda ids: ids[0]))

    built = build(program)
    for tier in TIERS:
        associations = {f"main-{tier}-association-{zone}" for zone in THREE}
        assert associations <= built[tier].depends_on
        assert {f"main-{tier}-subnet-{zone}" for zone in THREE} <= built[tier].depends_on
    assert "main-public-internet-route" in built["main-public-association-us-east-1a"].depends_on
    assert "main-app-nat-route-us-east-1a" in built["main-app-association-us-east-1a"].depends_on


def test_without_nat_the_app_tier_has_no_way_out() -> None:
    built = network(nat=NatMode.NONE)
    assert [route.name for route in built.of("aws:ec2/route:Route")] == ["main-public-internet-route"]
    assert not built.of("aws:ec2/eip:Eip")
    assert not built.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert built.value(built.result.nat_public_ips) == []


@pytest.mark.parametrize("nat", NatMode)
def test_the_data_tier_never_has_a_way_out(nat: NatMode) -> None:
    built = network(nat=nat)
    assert default_route(built, "main-data-route-table") is None
    tables = {built[f"main-data-association-{zone}"].inputs["routeTableId"] for zone in THREE}
    assert tables == {"main-data-route-table-id"}


def test_private_tiers_reach_s3_and_dynamodb_without_nat() -> None:
    built = network()
    endpoints = [endpoint.inputs for endpoint in built.of("aws:ec2/vpcEndpoint:VpcEndpoint")]
    services = {"com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb"}
    assert {endpoint["serviceName"] for endpoint in endpoints} == services
    private = {"main-data-route-table-id", *(f"main-app-route-table-{zone}-id" for zone in THREE)}
    assert [(endpoint["vpcEndpointType"], set(endpoint["routeTableIds"])) for endpoint in endpoints] == [
        ("Gateway", private),
        ("Gateway", private),
    ]


def test_gateway_endpoints_can_be_chosen() -> None:
    (endpoint,) = network(gateway_endpoints=["dynamodb"]).of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert endpoint.name == "main-gateway-endpoint-dynamodb"
    assert not network(gateway_endpoints=[]).of("aws:ec2/vpcEndpoint:VpcEndpoint")


def test_the_default_security_group_allows_nothing() -> None:
    group = network()["main-default-security-group"].inputs
    assert (group["vpcId"], group["ingress"], group["egress"]) == ("main-vpc-id", [], [])


def test_by_default_all_flows_are_logged_for_30_days() -> None:
    built = network()
    log = built["main-flow-log"].inputs
    assert (log["vpcId"], log["trafficType"], log["logDestinationType"]) == ("main-vpc-id", "ALL", "cloud-watch-logs")
    assert log["logDestination"] == "arn:aws:cloudwatch:us-east-1:123456789012:main-flow-log-group"
    assert built["main-flow-log-group"].inputs["retentionInDays"] == 30
    assert built.value(built.result.flow_log_group_name).startswith("main-flow-log-group")


def test_flow_logs_write_to_their_group_alone_and_for_this_account_alone() -> None:
    built = network()
    (writes,) = json.loads(built["main-flow-log-policy"].inputs["policy"])["Statement"]
    group = "arn:aws:cloudwatch:us-east-1:123456789012:main-flow-log-group"
    assert writes["Resource"] == [group, f"{group}:*"]
    assert not [action for action in writes["Action"] if "*" in action]
    (trust,) = json.loads(built["main-flow-log-role"].inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    source = "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": source}


def test_flow_logs_can_be_of_rejected_flows_or_none() -> None:
    rejected = network(flow_logs=FlowLogs.REJECTED, flow_log_retention_days=7)
    assert rejected["main-flow-log"].inputs["trafficType"] == "REJECT"
    assert rejected["main-flow-log-group"].inputs["retentionInDays"] == 7
    none = network(flow_logs="none")
    assert not [resource.name for resource in none.resources if "flow-log" in resource.name]
    assert none.value(none.result.flow_log_group_name) == ""


def test_each_nat_gateway_has_an_alarm_on_ports_and_on_dropped_packets() -> None:
    built = network(alarms={"topic_arn": "arn:aws:sns:us-east-1:123456789012:alarms"})
    for zone in THREE:
        dimensions = {"NatGatewayId": f"main-nat-gateway-{zone}-id"}
        ports = built[f"main-nat-port-alarm-{zone}"].inputs
        assert (ports["namespace"], ports["metricName"]) == ("AWS/NATGateway", "ErrorPortAllocation")
        assert (ports["statistic"], ports["threshold"], ports["dimensions"]) == ("Sum", 0, dimensions)
        drops = built[f"main-nat-drop-alarm-{zone}"].inputs
        metrics = [query["metric"] for query in drops["metricQueries"] if "metric" in query]
        assert {metric["metricName"] for metric in metrics} == {
            "PacketsDropCount",
            "PacketsInFromSource",
            "PacketsInFromDestination",
        }
        assert all(metric["dimensions"] == dimensions for metric in metrics)
        assert drops["threshold"] == 0.01
    alarms = built.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert len(alarms) == 6
    actions = {tuple(alarm.inputs[key]) for alarm in alarms for key in ("alarmActions", "okActions")}
    assert actions == {("arn:aws:sns:us-east-1:123456789012:alarms",)}


def test_alarms_exist_without_a_topic() -> None:
    alarms = network().of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert [alarm.inputs["alarmActions"] for alarm in alarms] == [[]] * 6


def test_the_placement_holds_the_ids_that_the_outputs_hold() -> None:
    built = network(zones=2)
    result = built.result
    assert built.value(result.placement) == {
        "vpc_id": "main-vpc-id",
        "cidr_block": "10.0.0.0/16",
        "ipv6_cidr_block": "",
        "zones": ["us-east-1a", "us-east-1b"],
        **{f"{tier}_subnet_ids": [f"main-{tier}-subnet-{zone}-id" for zone in ZONES[:2]] for tier in TIERS},
    }
    assert built.value(result.vpc_id) == "main-vpc-id"
    assert built.value(result.cidr_block) == "10.0.0.0/16"
    assert built.value(result.public_subnet_ids) == [f"main-public-subnet-{zone}-id" for zone in ZONES[:2]]
    assert built.value(result.data_subnet_ids) == [f"main-data-subnet-{zone}-id" for zone in ZONES[:2]]
    assert built.value(result.public_route_table_id) == "main-public-route-table-id"
    assert built.value(result.app_route_table_ids) == [f"main-app-route-table-{zone}-id" for zone in ZONES[:2]]
    assert built.value(result.data_route_table_id) == "main-data-route-table-id"


def test_a_preview_knows_the_zones_and_ranges_before_anything_exists() -> None:
    built = network(preview=True)
    assert built.value(built.result.zones) == THREE
    assert ranges(built) == ranges(network())
    assert built["main-app-subnet-us-east-1a"].inputs["vpcId"] == UNKNOWN


def test_no_child_is_renamed() -> None:
    assert sorted(resource.urn for resource in network().resources) == GOLDEN.read_text().splitlines()


def test_no_child_of_an_option_is_renamed() -> None:
    options: list[dict[str, Any]] = [
        {"ipv6": True, "interface_endpoints": ["ecr.api"]},
        {"nat": "regional"},
        {"nat": "instance"},
    ]
    default = {resource.urn for resource in network(zones=2).resources}
    found = {resource.urn for option in options for resource in network(zones=2, **option).resources}
    assert sorted(found - default) == GOLDEN_OF_OPTIONS.read_text().splitlines()


def test_overrides_reach_every_child_of_their_kind() -> None:
    built = network(
        overrides={"nat-gateway": {"connectivity_type": "private"}, "vpc": {"instance_tenancy": "dedicated"}}
    )
    gateways = built.of("aws:ec2/natGateway:NatGateway")
    assert [gateway.inputs["connectivityType"] for gateway in gateways] == ["private"] * 3
    assert built["main-vpc"].inputs["instanceTenancy"] == "dedicated"


def test_a_topic_that_nobody_knows_yet_flows_into_the_alarms() -> None:
    topic = pulumi.Output.from_input("arn:aws:sns:us-east-1:123456789012:alarms")
    built = network(alarms={"topic_arn": topic}, zones=2)
    assert built["main-nat-port-alarm-us-east-1a"].inputs["alarmActions"] == [
        "arn:aws:sns:us-east-1:123456789012:alarms"
    ]


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "range too large": ({"cidr_block": "10.0.0.0/8"}, "cidr_block: '10.0.0.0/8' is given; allowed: an IPv4 range"),
    "range too small": ({"cidr_block": "10.0.0.0/22"}, "cidr_block: '10.0.0.0/22' is given; allowed: an IPv4 range"),
    "range with host bits": (
        {"cidr_block": "10.0.0.1/16"},
        "cidr_block: '10.0.0.1/16' is given; allowed: an IPv4 range",
    ),
    "no range": ({"cidr_block": "ten"}, "cidr_block: 'ten' is given; allowed: an IPv4 range from /16 to /21"),
    "one zone": ({"zones": 1}, "zones: 1 is given; allowed: 2 to 6 zones"),
    "seven zones": ({"zones": 7}, "zones: 7 is given; allowed: 2 to 6 zones"),
    "zones twice": (
        {"zones": 2, "zone_names": THREE},
        "zones: 2 is given beside zone_names; allowed: one of the two; remove zones",
    ),
    "one name": ({"zone_names": ["us-east-1a"]}, "zone_names: 1 is given; allowed: 2 to 8 names"),
    "a zone twice": (
        {"zone_names": ["us-east-1a", "us-east-1a"]},
        "zone_names[1]: 'us-east-1a' is given twice; allowed: each zone once",
    ),
    "a region": (
        {"zone_names": ["us-east-1", "us-east-1b"]},
        "zone_names[0]: 'us-east-1' is given; allowed: an availability zone's name: us-east-1a",
    ),
    "a local zone": (
        {"zone_names": ["us-west-2a", "us-west-2-lax-1a"]},
        "zone_names[1]: 'us-west-2-lax-1a' is given; allowed: an availability zone's name",
    ),
    "two regions": (
        {"zone_names": ["us-east-1a", "us-east-2b"]},
        "zone_names[1]: 'us-east-2b' is given; allowed: a zone of us-east-1, as the first is",
    ),
    "no such mode": ({"nat": "double"}, "nat: 'double' is given; allowed: 'none', 'single', 'per_zone'"),
    "no gateway endpoint": ({"gateway_endpoints": ["sqs"]}, "gateway_endpoints[0]: 'sqs' is given; allowed: s3 or"),
    "an endpoint twice": (
        {"gateway_endpoints": ["s3", "s3"]},
        "gateway_endpoints[1]: 's3' is given twice; allowed: each service once",
    ),
    "retention": ({"flow_log_retention_days": 31}, "flow_log_retention_days: 31 is given; allowed: one of 1, 3, 5, 7,"),
    "retention of nothing": (
        {"flow_logs": "none", "flow_log_retention_days": 7},
        "flow_log_retention_days: 7 is given beside flow_logs none; allowed: nothing, or flow logs",
    ),
    "an output where structure is": (
        {"zones": pulumi.Output.from_input(3)},
        "zones: an Output is given; allowed: a whole number that is known before anything exists",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: Network("main", NetworkArgs(**args)))
    assert refusal.text.startswith("Network 'main' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


def test_all_faults_are_told_at_once() -> None:
    args: dict[str, Any] = {
        "cidr_block": "10.0.0.0/8",
        "zones": 1,
        "nat": "double",
        "gateway_endpoints": ["sqs"],
        "flow_log_retention_days": 31,
        "colour": "red",
        "overrides": {"cpv": {}},
    }
    refusal = refused(lambda: Network("main", NetworkArgs(**args)))
    assert refusal.faults.keys() == {
        "cidr_block",
        "zones",
        "nat",
        "gateway_endpoints[0]",
        "flow_log_retention_days",
        "colour",
        "overrides.cpv",
    }
    assert refusal.text.startswith("Network 'main' has 7 faults in its arguments:")


def test_more_zones_than_the_region_has_are_refused_with_their_names() -> None:
    answer = {"names": ["us-west-1c", "us-west-1a"]}
    refusal = refused(lambda: Network("main", {}), calls={LOOK_UP: answer})
    assert refusal.faults == {"zones": ("3 is given", "2 to 2: us-west-1a, us-west-1c")}
    assert [resource.name for resource in refusal.resources] in ([], ["main"])
