"""Networks on the real engine and the embedded AWS: each way out, from one to the next, and a VPC that was there."""

import json
from typing import Any

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

PROGRAM = """
import pulumi
from tenfold.network import Network

network = Network("main", pulumi.Config().require_object("args"))
for name in ("vpc_id", "ipv6_cidr_block", "nat_public_ips", "placement"):
    pulumi.export(name, getattr(network, name))
"""
ZONES = ["eu-west-1a", "eu-west-1b"]


@pytest.fixture
def network(stack: Stack) -> Stack:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.run("config", "set", "aws:region", "eu-west-1")
    return stack


class Seen:
    """What EC2 has after an update."""

    def __init__(self, network: Stack) -> None:
        self.outputs = network.outputs()
        self.ec2 = network.client("ec2", "eu-west-1")
        named = [{"Name": "vpc-id", "Values": [self.outputs["vpc_id"]]}]
        found = self.ec2.describe_subnets(Filters=named)["Subnets"]
        self.zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in found}
        self.subnets = {f"{_tier(subnet)} {subnet['AvailabilityZone']}": subnet["SubnetId"] for subnet in found}
        """The ids by tier and zone: `app eu-west-1a`."""

    def routes(self) -> dict[str, dict[str, str]]:
        """Where the packets of each subnet go: the targets by destination."""
        return {name: self._routes(subnet) for name, subnet in self.subnets.items()}

    def _routes(self, subnet: str) -> dict[str, str]:
        of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
        (table,) = self.ec2.describe_route_tables(Filters=of_subnet)["RouteTables"]
        targets = ("NatGatewayId", "InstanceId", "GatewayId")
        return {
            route["DestinationCidrBlock"]: next(route[target] for target in targets if target in route)
            for route in table["Routes"]
            if route["Origin"] == "CreateRoute"
        }

    def gateways(self) -> dict[str, str]:
        """The NAT gateways by the zone of their subnet."""
        found = self.ec2.describe_nat_gateways()["NatGateways"]
        return {self.zones[one["SubnetId"]]: one["NatGatewayId"] for one in found if one["State"] == "available"}

    def instances(self) -> dict[str, dict[str, Any]]:
        """The running instances by the zone of their subnet."""
        reservations = self.ec2.describe_instances()["Reservations"]
        running = [one for each in reservations for one in each["Instances"] if one["State"]["Name"] == "running"]
        return {self.zones[one["SubnetId"]]: one for one in running}

    def addresses(self) -> list[dict[str, Any]]:
        return self.ec2.describe_addresses()["Addresses"]


def _up(network: Stack, **args: Any) -> tuple[str, Seen]:
    network.run("config", "set", "args", json.dumps(args))
    return network.up(), Seen(network)


def _tier(subnet: dict[str, Any]) -> str:
    return next((tag["Value"] for tag in subnet.get("Tags", []) if tag["Key"] == "Tier"), "")


@pytest.mark.deep
def test_each_way_out_leads_out_and_the_next_one_takes_over(network: Stack) -> None:
    _, first = _up(network, zone_names=ZONES, nat="none")
    assert set(first.subnets) == {f"{tier} {zone}" for tier in ("public", "app", "data") for zone in ZONES}
    routes = first.routes()
    for zone in ZONES:
        assert routes[f"public {zone}"]["0.0.0.0/0"].startswith("igw-")
        assert routes[f"app {zone}"] == routes[f"data {zone}"] == {}

    _, single = _up(network, zone_names=ZONES, nat="single")
    assert list(single.gateways()) == ["eu-west-1a"]
    gateway = single.gateways()["eu-west-1a"]
    assert [single.routes()[f"app {zone}"] for zone in ZONES] == [{"0.0.0.0/0": gateway}] * 2

    said, zonal = _up(network, zone_names=ZONES, nat="per_zone")
    assert "replaced" not in said
    assert zonal.gateways()["eu-west-1a"] == gateway
    assert [zonal.routes()[f"app {zone}"] for zone in ZONES] == [
        {"0.0.0.0/0": zonal.gateways()[zone]} for zone in ZONES
    ]
    assert zonal.outputs["nat_public_ips"][:1] == single.outputs["nat_public_ips"]

    said, regional = _up(network, zone_names=ZONES, nat="regional")
    assert "replaced" not in said
    assert regional.gateways() == {}
    (one,) = {route["0.0.0.0/0"] for name, route in regional.routes().items() if name.startswith("app")}
    # The emulator has none, so that it is on record.
    assert ("aws:ec2/natGateway:NatGateway", one) in network.saved()
    assert {address["PublicIp"] for address in regional.addresses()} == {*regional.outputs["nat_public_ips"]}

    said, last = _up(network, zone_names=ZONES, nat="instance")
    assert "replaced" not in said
    assert {one["InstanceType"] for one in last.instances().values()} == {"t4g.nano"}
    instances = {zone: last.instances()[zone]["InstanceId"] for zone in ZONES}
    assert [last.routes()[f"app {zone}"] for zone in ZONES] == [{"0.0.0.0/0": instances[zone]} for zone in ZONES]
    bound = {one["InstanceId"]: one["PublicIp"] for one in last.addresses()}
    assert [bound[instances[zone]] for zone in ZONES] == last.outputs["nat_public_ips"]
    assert "unchanged" in network.up("--refresh")

    assert last.outputs["vpc_id"] == first.outputs["vpc_id"]
    assert last.subnets == first.subnets
    assert all(last.routes()[f"data {zone}"] == {} for zone in ZONES)
    network.run("destroy", "--yes", "--skip-preview")
    assert last.addresses() == []
    assert [one["IsDefault"] for one in last.ec2.describe_vpcs()["Vpcs"]] == [True]


@pytest.mark.deep
def test_a_network_grows_zones_tiers_ipv6_and_endpoints_in_place(network: Stack) -> None:
    _, before = _up(network, zone_names=ZONES, tiers=["public", "app"], nat="single")
    (single,) = before.gateways().values()
    assert [before.routes()[f"app {zone}"] for zone in ZONES] == [{"0.0.0.0/0": single}] * 2
    zones = [*ZONES, "eu-west-1c"]
    said, after = _up(network, zone_names=zones, nat="regional", ipv6=True, interface_endpoints=["sqs"])
    assert "replaced" not in said
    assert after.gateways() == {}
    (regional,) = {after.routes()[f"app {zone}"]["0.0.0.0/0"] for zone in zones}
    assert ("aws:ec2/natGateway:NatGateway", regional) in network.saved()
    assert before.subnets.items() <= after.subnets.items()
    assert len(after.subnets) == 9
    assert after.outputs["ipv6_cidr_block"].endswith("/56")
    (egress,) = after.ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]
    assert egress["Attachments"][0]["VpcId"] == after.outputs["vpc_id"]
    endpoints = {one["ServiceName"]: one for one in after.ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    app = {subnet for name, subnet in after.subnets.items() if name.startswith("app")}
    assert set(endpoints["com.amazonaws.eu-west-1.sqs"]["SubnetIds"]) == app
    # One for each zone's app subnet, and one for all data subnets.
    assert len(endpoints["com.amazonaws.eu-west-1.s3"]["RouteTableIds"]) == 4
    assert "unchanged" in network.up("--refresh")


def test_a_vpc_that_was_there_is_taken_and_stays(network: Stack) -> None:
    ec2 = network.client("ec2", "eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="172.16.0.0/16")["Vpc"]["VpcId"]
    app = {
        zone: ec2.create_subnet(VpcId=vpc, CidrBlock=f"172.16.{index}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for index, zone in enumerate(ZONES)
    }
    _, seen = _up(network, existing={"vpc_id": vpc, "app_subnet_ids": app}, interface_endpoints=["sqs"])
    placement = seen.outputs["placement"]
    assert (placement["vpc_id"], placement["cidr_block"]) == (vpc, "172.16.0.0/16")
    assert placement["app_subnet_ids"] == [app[zone] for zone in ZONES]
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert set(endpoint["SubnetIds"]) == set(app.values())
    network.run("destroy", "--yes", "--skip-preview")
    assert vpc in {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]}
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
