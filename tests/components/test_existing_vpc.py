"""A VPC that exists already: its placement comes out, and nothing is made in it that nobody asked for."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tenfold import Network
from tests.components.building import UNKNOWN, build, refused
from tests.components.networks import LOOK_UPS, network

EXISTING: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "public_subnet_ids": {"us-east-1b": "subnet-2", "us-east-1a": "subnet-1"},
    "app_subnet_ids": {"us-east-1a": "subnet-3", "us-east-1b": "subnet-4"},
    "data_subnet_ids": {"us-east-1a": "subnet-5", "us-east-1b": "subnet-6"},
}
PRIVATE = {**EXISTING, "route_table_ids": ["rtb-1", "rtb-2"]}


def test_nothing_is_made() -> None:
    assert [resource.name for resource in network(existing=EXISTING).resources] == ["main"]


def test_its_placement_is_that_of_a_new_one() -> None:
    built = network(existing=EXISTING)
    assert built.value(built.result.placement) == {
        "vpc_id": "vpc-1",
        "cidr_block": "172.16.0.0/16",
        "ipv6_cidr_block": "",
        "zones": ["us-east-1a", "us-east-1b"],
        "public_subnet_ids": ["subnet-1", "subnet-2"],
        "app_subnet_ids": ["subnet-3", "subnet-4"],
        "data_subnet_ids": ["subnet-5", "subnet-6"],
    }
    assert built.value(built.result.app_route_table_ids) == []
    assert built.value(built.result.public_route_table_id) == ""
    assert built.value(built.result.nat_public_ips) == []
    assert built.value(built.result.flow_log_group_name) == ""


def test_tiers_that_it_has_not_are_empty() -> None:
    built = network(existing={"vpc_id": "vpc-1", "app_subnet_ids": EXISTING["app_subnet_ids"]})
    assert built.value(built.result.data_subnet_ids) == []
    assert built.value(built.result.app_subnet_ids) == ["subnet-3", "subnet-4"]


def test_endpoints_and_flow_logs_are_made_where_they_are_asked_for() -> None:
    built = network(existing=PRIVATE, gateway_endpoints=["s3"], interface_endpoints=["sqs"], flow_logs="rejected")
    assert {resource.name for resource in built.resources} == {
        "main",
        "main-gateway-endpoint-s3",
        "main-interface-endpoint-sqs",
        "main-interface-endpoint-sg",
        "main-interface-endpoint-from-vpc",
        "main-flow-log",
        "main-flow-log-group",
        "main-flow-log-role",
        "main-flow-log-policy",
    }
    assert built["main-gateway-endpoint-s3"].inputs["routeTableIds"] == ["rtb-1", "rtb-2"]
    interface = built["main-interface-endpoint-sqs"].inputs
    assert (interface["vpcId"], interface["subnetIds"]) == ("vpc-1", ["subnet-3", "subnet-4"])
    assert built["main-interface-endpoint-from-vpc"].inputs["cidrIpv4"] == "172.16.0.0/16"
    assert built["main-flow-log"].inputs["vpcId"] == "vpc-1"
    assert "123456789012" in built["main-flow-log-role"].inputs["assumeRolePolicy"]


def test_its_ids_may_be_known_later() -> None:
    existing = {
        "vpc_id": pulumi.Output.from_input("vpc-1"),
        "app_subnet_ids": {zone: pulumi.Output.from_input(f"in {zone}") for zone in ("us-east-1a", "us-east-1b")},
    }
    built = network(existing=existing)
    assert built.value(built.result.placement)["app_subnet_ids"] == ["in us-east-1a", "in us-east-1b"]
    assert built.value(built.result.cidr_block) == "172.16.0.0/16"


def test_a_preview_of_a_vpc_that_another_stack_makes_knows_its_zones() -> None:
    def program() -> Network:
        vpc = aws.ec2.Vpc("other", cidr_block="10.0.0.0/16")
        subnets = {zone: aws.ec2.Subnet(zone, vpc_id=vpc.id).id for zone in ("us-east-1a", "us-east-1b")}
        args: Any = {"existing": {"vpc_id": vpc.id, "app_subnet_ids": subnets}, "interface_endpoints": ["sqs"]}
        return Network("main", args)

    built = build(program, preview=True, calls=LOOK_UPS)
    assert built.value(built.result.zones) == ["us-east-1a", "us-east-1b"]
    assert built["main-interface-endpoint-sqs"].inputs["vpcId"] == UNKNOWN


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in EXISTING.items() if key not in keys}


@pytest.mark.parametrize(
    ("args", "faults"),
    [
        (
            {"existing": EXISTING, "cidr_block": "10.0.0.0/8", "nat": "single", "ipv6": True},
            dict.fromkeys(
                ("cidr_block", "nat", "ipv6"),
                ("it is given beside existing", "nothing: an existing VPC stays as it is"),
            ),
        ),
        (
            {"existing": EXISTING, "zones": 9, "zone_names": ["us-east-1"], "tiers": [], "nat_instance": {}},
            dict.fromkeys(
                ("zones", "zone_names", "tiers", "nat_instance"),
                ("it is given beside existing", "nothing: an existing VPC stays as it is"),
            ),
        ),
        (
            {"existing": {"vpc_id": "vpc-1"}},
            {"existing": ("it has no subnets", "public_subnet_ids, app_subnet_ids or data_subnet_ids, by zone")},
        ),
        (
            {"existing": without("vpc_id")},
            {"existing.vpc_id": ("nothing is given", "a text; it is required")},
        ),
        (
            {"existing": {**EXISTING, "data_subnet_ids": {"us-east-1c": "subnet-5"}}},
            {"existing.data_subnet_ids": ("its zones are us-east-1c", "those of public_subnet_ids")},
        ),
        (
            {"existing": {"vpc_id": "vpc-1", "app_subnet_ids": {"first": "subnet-5"}}},
            {"existing.app_subnet_ids.first": ("'first' is given", "an availability zone's name: us-east-1a")},
        ),
        (
            {"existing": {"vpc_id": "vpc-1", "app_subnet_ids": {"us-east-1a": "subnet-5", "us-west-2a": "subnet-6"}}},
            {
                "existing.app_subnet_ids.us-west-2a": (
                    "'us-west-2a' is given",
                    "a zone of us-east-1, as the first is",
                )
            },
        ),
        (
            {"existing": EXISTING, "gateway_endpoints": ["s3"]},
            {
                "existing.route_table_ids": (
                    "nothing is given beside gateway_endpoints",
                    "the route tables that lead to the endpoints",
                )
            },
        ),
        (
            {"existing": EXISTING, "flow_log_retention_days": 7},
            {"flow_log_retention_days": ("7 is given beside flow_logs none", "nothing, or flow logs")},
        ),
    ],
)
def test_what_cannot_be_taken_is_refused(args: dict[str, Any], faults: dict[str, tuple[str, str]]) -> None:
    refusal = refused(lambda: Network("main", args), calls=LOOK_UPS)  # pyright: ignore[reportArgumentType]
    assert refusal.faults == faults
    assert refusal.resources == ()
