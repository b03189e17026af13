"""A regional NAT gateway: one for all zones, with addresses that stay, and no public subnet."""

from tests.components.networks import THREE, network

ROUTE = "aws:ec2/route:Route"


def test_one_gateway_has_an_address_in_each_zone() -> None:
    built = network(nat="regional")
    (gateway,) = built.of("aws:ec2/natGateway:NatGateway")
    assert gateway.name == "main-regional-nat-gateway"
    assert gateway.inputs["availabilityMode"] == "regional"
    assert gateway.inputs["vpcId"] == "main-vpc-id"
    # AWS refuses both for a regional gateway.
    assert "subnetId" not in gateway.inputs
    assert "allocationId" not in gateway.inputs
    assert gateway.inputs["availabilityZoneAddresses"] == [
        {"availabilityZone": zone, "allocationIds": [f"main-regional-nat-address-{zone}-id"]} for zone in THREE
    ]
    assert built.value(built.result.nat_public_ips) == [f"ip of main-regional-nat-address-{zone}" for zone in THREE]


def test_every_zone_leaves_by_it() -> None:
    built = network(nat="regional")
    for zone in THREE:
        route = built[f"main-app-nat-route-{zone}"].inputs
        assert route["routeTableId"] == f"main-app-route-table-{zone}-id"
        assert route["destinationCidrBlock"] == "0.0.0.0/0"
        assert route["natGatewayId"] == "main-regional-nat-gateway-id"


def test_it_needs_an_internet_gateway_and_no_public_subnet() -> None:
    built = network(nat="regional", tiers=["app", "data"])
    assert "main-internet-gateway" in built["main-regional-nat-gateway"].depends_on
    assert "main-public-internet-route" not in built
    tiers = {subnet.inputs["tags"]["Tier"] for subnet in built.of("aws:ec2/subnet:Subnet")}
    assert tiers == {"app", "data"}
    assert len([route for route in built.of(ROUTE) if "natGatewayId" in route.inputs]) == 3


def test_its_alarms_are_those_of_a_zones_gateway() -> None:
    zonal = network(nat="single")["main-nat-port-alarm-us-east-1a"].inputs
    built = network(nat="regional")
    regional = built["main-nat-port-alarm"].inputs
    assert {alarm.name for alarm in built.of("aws:cloudwatch/metricAlarm:MetricAlarm")} == {
        "main-nat-port-alarm",
        "main-nat-drop-alarm",
    }
    assert regional["dimensions"] == {"NatGatewayId": "main-regional-nat-gateway-id"}
    own = {"dimensions", "alarmDescription"}
    assert {key: regional[key] for key in regional if key not in own} == {
        key: zonal[key] for key in zonal if key not in own
    }


def test_a_further_zone_takes_no_address_away() -> None:
    few, many = (
        network(nat="regional", zones=zones)["main-regional-nat-gateway"].inputs["availabilityZoneAddresses"]
        for zones in (2, 4)
    )
    assert many[:2] == few
    assert len(many) == 4
