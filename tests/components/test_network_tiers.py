"""Tiers: each can be left out, and what it alone needs with it."""

from typing import Any

import pytest

from tenfold import Network, NetworkTier
from tests.components.building import refused
from tests.components.networks import LOOK_UPS, THREE, TIERS, network

SUBNET = "aws:ec2/subnet:Subnet"


@pytest.mark.parametrize("missing", TIERS)
def test_without_a_tier_the_others_are_as_before(missing: str) -> None:
    nat = "single" if missing == "data" else "none"
    whole = {resource.urn: resource.inputs for resource in network(nat=nat).of(SUBNET)}
    built = network(tiers=[tier for tier in TIERS if tier != missing], nat=nat)
    rest = {resource.urn: resource.inputs for resource in built.of(SUBNET)}
    assert rest == {urn: inputs for urn, inputs in whole.items() if f"-{missing}-subnet-" not in urn}
    assert not [resource.name for resource in built.resources if resource.name.startswith(f"main-{missing}-")]
    assert built.value(getattr(built.result, f"{missing}_subnet_ids")) == []


def test_the_outputs_of_a_missing_tier_are_empty() -> None:
    app = network(tiers=[NetworkTier.APP])
    assert app.value(app.result.public_route_table_id) == ""
    assert app.value(app.result.data_route_table_id) == ""
    data = network(tiers=["data"])
    assert data.value(data.result.app_route_table_ids) == []
    assert data.value(data.result.placement)["data_subnet_ids"] == [f"main-data-subnet-{zone}-id" for zone in THREE]


def test_an_internal_network_has_no_door_to_the_internet() -> None:
    built = network(tiers=["app", "data"])
    assert not built.of("aws:ec2/internetGateway:InternetGateway")
    assert not built.of("aws:ec2/route:Route")
    assert built.value(built.result.nat_public_ips) == []


def test_gateway_endpoints_are_reached_from_the_private_tiers_that_there_are() -> None:
    built = network(tiers=["public", "data"])
    tables = {tuple(each.inputs["routeTableIds"]) for each in built.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert tables == {("main-data-route-table-id",)}


def test_the_order_of_tiers_changes_nothing() -> None:
    one, other = (
        {each.urn: each.inputs for each in network(tiers=list(tiers)).of(SUBNET)} for tiers in (TIERS, TIERS[::-1])
    )
    assert one == other


@pytest.mark.parametrize(
    ("args", "faults"),
    [
        ({"tiers": []}, {"tiers": ("an empty list is given", "at least one of public, app and data")}),
        ({"tiers": ["app", "app"]}, {"tiers[1]": ("'app' is given twice", "each tier once")}),
        ({"tiers": ["web"]}, {"tiers[0]": ("'web' is given", "'public', 'app', 'data'")}),
        (
            {"tiers": ["public", "data"], "nat": "single"},
            {"nat": ("'single' is given without the app tier", "none: no other tier leaves by NAT")},
        ),
        (
            {"tiers": ["app"], "nat": "per_zone"},
            {"nat": ("'per_zone' is given without the public tier", "regional or none, which need none")},
        ),
    ],
)
def test_what_cannot_be_built_is_refused(args: dict[str, Any], faults: dict[str, tuple[str, str]]) -> None:
    refusal = refused(lambda: Network("main", args), calls=LOOK_UPS)  # pyright: ignore[reportArgumentType]
    assert refusal.faults == faults
    assert refusal.resources == ()
