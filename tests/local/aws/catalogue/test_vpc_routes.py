"""Routes live in the emulator as their entries say."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, interface_of, live, parametrize


def _routes(world: World, made: Made) -> Any:
    table = made.inputs.get("routeTableId", made.id)
    found = world.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    made_here = [route for route in found["Routes"] if route["Origin"] == "CreateRoute"]
    if "routeTableId" in made.inputs and not made_here:
        return None
    return {route["DestinationCidrBlock"]: route["GatewayId"] for route in made_here}


def _association(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_route_tables(RouteTableIds=[made.inputs["routeTableId"]])["RouteTables"][0]
    return [one["SubnetId"] for one in found["Associations"]] or None


def _instance_route(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_route_tables(RouteTableIds=[made.inputs["routeTableId"]])["RouteTables"][0]
    return [route["InstanceId"] for route in found["Routes"] if route["Origin"] == "CreateRoute"] or None


CASES = [
    Case(
        token="aws:ec2/routeTable:RouteTable",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "routes": [
                {"cidrBlock": "1.0.0.0/8", "gatewayId": world.gateways[0]},
                {"cidrBlock": "2.0.0.0/8", "gatewayId": world.gateways[0]},
            ],
        },
        look=_routes,
        made=lambda world, _: {"1.0.0.0/8": world.gateways[0], "2.0.0.0/8": world.gateways[0]},
        change=lambda world: {
            "routes": [
                {"cidrBlock": "1.0.0.0/8", "gatewayId": world.gateways[1]},
                {"cidrBlock": "3.0.0.0/8", "gatewayId": world.gateways[0]},
            ]
        },
        changed=lambda world, _: {"1.0.0.0/8": world.gateways[1], "3.0.0.0/8": world.gateways[0]},
        meddle=lambda world, made: world.client("ec2").delete_route(
            RouteTableId=made.id, DestinationCidrBlock="3.0.0.0/8"
        ),
        drifts=("routes",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:ec2/route:Route",
        inputs=lambda world: {
            "routeTableId": world.route_tables[0],
            "destinationCidrBlock": "0.0.0.0/0",
            "gatewayId": world.gateways[0],
        },
        look=_routes,
        made=lambda world, _: {"0.0.0.0/0": world.gateways[0]},
        change=lambda world: {"gatewayId": world.gateways[1]},
        changed=lambda world, _: {"0.0.0.0/0": world.gateways[1]},
        meddle=lambda world, made: world.client("ec2").replace_route(
            RouteTableId=world.route_tables[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=world.gateways[0]
        ),
        drifts=("gatewayId",),
        outputs={"origin": "CreateRoute", "state": "active"},
    ),
    Case(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs=lambda world: {"routeTableId": world.route_tables[1], "subnetId": world.subnets[0]},
        look=_association,
        made=lambda world, _: [world.subnets[0]],
    ),
    Case(
        token="aws:ec2/route:Route",
        inputs=lambda world: {
            "routeTableId": world.route_tables[0],
            "destinationCidrBlock": "0.0.0.0/0",
            "networkInterfaceId": interface_of(world.instances[0]),
        },
        look=_instance_route,
        made=lambda world, _: [world.instances[0]],
        change=lambda world: {"networkInterfaceId": interface_of(world.instances[1])},
        changed=lambda world, _: [world.instances[1]],
        meddle=lambda world, made: world.client("ec2").replace_route(
            RouteTableId=world.route_tables[0], DestinationCidrBlock="0.0.0.0/0", InstanceId=world.instances[0]
        ),
        drifts=("networkInterfaceId",),
    ),
]


@parametrize(CASES)
def test_a_route_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_route_of_ipv6_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:ec2/route:Route"]
    asked = {
        "routeTableId": world.route_tables[1],
        "destinationIpv6CidrBlock": "::/0",
        "egressOnlyGatewayId": "eigw-1",
    }
    inputs, faults = resources.check(world.account, kind, "it", b"x", {}, asked)
    assert faults == []
    identity, _ = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity == f"r-{world.route_tables[1]}-::/0"
    found = world.client("ec2").describe_route_tables(RouteTableIds=[world.route_tables[1]])["RouteTables"][0]
    assert [route for route in found["Routes"] if route["Origin"] == "CreateRoute"] == []


def test_a_route_that_goes_on_record_replaces_the_one_that_is_there(world: World) -> None:
    kind = CATALOGUE["aws:ec2/route:Route"]
    before = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
    after = {"routeTableId": "rtb-1", "destinationIpv6CidrBlock": "::/0", "gatewayId": "igw-1"}
    change = resources.compare(world.account, kind, before, after)
    assert set(change.replaces) == {"destinationCidrBlock", "destinationIpv6CidrBlock"}
