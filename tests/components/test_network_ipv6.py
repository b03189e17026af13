"""IPv6: ranges that no other zone moves, a way out for the app tier that nobody comes in by, and nothing replaced."""

from ipaddress import IPv6Network
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tenfold.address_plan import tier_ranges_ipv6
from tests.components.networks import THREE, TIERS, network

ROUTE = "aws:ec2/route:Route"
ALL_ZONES = [f"eu-west-1{letter}" for letter in "abcdefgh"]


def test_the_vpc_gets_a_range_from_aws_and_each_subnet_a_part_of_it() -> None:
    built = network(ipv6=True)
    assert built["main-vpc"].inputs["assignGeneratedIpv6CidrBlock"] is True
    # By hand, of 2001:db8:0:ab00::/56: zone a is 0, b is 1, c is 2; public is 0, app is 1, data is 2.
    ranges = {subnet.name: subnet.inputs["ipv6CidrBlock"] for subnet in built.of("aws:ec2/subnet:Subnet")}
    assert ranges == {
        f"main-{tier}-subnet-us-east-1{letter}": f"2001:db8:0:ab{zone}{index}::/64"
        for zone, letter in enumerate("abc")
        for index, tier in enumerate(TIERS)
    }
    subnets = built.of("aws:ec2/subnet:Subnet")
    assert {subnet.inputs["assignIpv6AddressOnCreation"] for subnet in subnets} == {True}
    assert built.value(built.result.ipv6_cidr_block) == "2001:db8:0:ab00::/56"
    assert built.value(built.result.placement)["ipv6_cidr_block"] == "2001:db8:0:ab00::/56"


def test_by_default_there_is_none() -> None:
    built = network()
    assert built.value(built.result.ipv6_cidr_block) == ""
    for name in ("main-vpc", "main-public-subnet-us-east-1a"):
        assert not [key for key in built[name].inputs if "pv6" in key]


@given(block=st.integers(0, 2**56 - 1))
def test_no_two_subnets_overlap_and_all_are_in_the_vpc(block: int) -> None:
    whole = IPv6Network((block << 72, 56))
    subnets = [subnet for zone in ALL_ZONES for subnet in tier_ranges_ipv6(whole, zone).values()]
    assert len(subnets) == 24
    assert all(subnet.subnet_of(whole) and subnet.prefixlen == 64 for subnet in subnets)
    in_order = sorted(subnets)
    assert all(one.broadcast_address < other.network_address for one, other in pairwise(in_order))


def test_the_app_tier_goes_out_and_nobody_comes_in() -> None:
    built = network(ipv6=True)
    (gateway,) = built.of("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway")
    assert gateway.inputs["vpcId"] == "main-vpc-id"
    for zone in THREE:
        route = built[f"main-app-ipv6-route-{zone}"].inputs
        assert route["routeTableId"] == f"main-app-route-table-{zone}-id"
        assert route["destinationIpv6CidrBlock"] == "::/0"
        assert route["egressOnlyGatewayId"] == "main-egress-only-gateway-id"
        assert f"main-app-ipv6-route-{zone}" in built[f"main-app-association-{zone}"].depends_on


def test_the_app_tier_goes_out_over_ipv6_without_nat_too() -> None:
    built = network(ipv6=True, nat="none")
    routes = {route.name for route in built.of(ROUTE) if "app" in route.name}
    assert routes == {f"main-app-ipv6-route-{zone}" for zone in THREE}


def test_the_public_tier_is_reached_over_ipv6() -> None:
    route = network(ipv6=True)["main-public-internet-ipv6-route"].inputs
    assert route["routeTableId"] == "main-public-route-table-id"
    assert (route["destinationIpv6CidrBlock"], route["gatewayId"]) == ("::/0", "main-internet-gateway-id")


def test_the_data_tier_has_no_way_out_over_ipv6() -> None:
    tables = {route.inputs["routeTableId"] for route in network(ipv6=True).of(ROUTE)}
    assert "main-data-route-table-id" not in tables


def test_turning_it_on_changes_nothing_else() -> None:
    before = {resource.urn: resource.inputs for resource in network().resources if resource.name != "main"}
    after = {resource.urn: resource.inputs for resource in network(ipv6=True).resources}
    for urn, inputs in before.items():
        kept: dict[str, Any] = {key: value for key, value in after[urn].items() if "pv6" not in key}
        assert kept == inputs


def test_a_preview_that_turns_it_on_sees_no_range_yet() -> None:
    built = network(
        ipv6=True,
        overrides={"vpc": {"ipv6_cidr_block": ""}},
    )
    assert "ipv6CidrBlock" not in built["main-app-subnet-us-east-1a"].inputs
