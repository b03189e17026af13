"""Endpoints live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, tags_of


def _endpoint(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"][0]
    return found["VpcEndpointType"], sorted(found["RouteTableIds"]), sorted(found["SubnetIds"]), tags_of(found["Tags"])


CASES = [
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "serviceName": "com.amazonaws.eu-west-1.s3",
            "routeTableIds": world.route_tables,
            "tags": {"team": "a"},
        },
        look=_endpoint,
        made=lambda world, _: ("Gateway", sorted(world.route_tables), [], {"team": "a"}),
        change=lambda world: {"routeTableIds": [world.route_tables[1]]},
        changed=lambda world, _: ("Gateway", [world.route_tables[1]], [], {"team": "a"}),
        meddle=lambda world, made: world.client("ec2").modify_vpc_endpoint(
            VpcEndpointId=made.id, RemoveRouteTableIds=[world.route_tables[1]]
        ),
        drifts=("routeTableIds",),
        outputs={"arn": ..., "prefixListId": ..., "state": "available"},
    ),
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "serviceName": "com.amazonaws.eu-west-1.sqs",
            "vpcEndpointType": "Interface",
            "subnetIds": world.subnets[:1],
            "securityGroupIds": world.groups[:1],
            "privateDnsEnabled": True,
        },
        look=_endpoint,
        made=lambda world, _: ("Interface", [], world.subnets[:1], {}),
        change=lambda world: {"subnetIds": world.subnets[:2], "privateDnsEnabled": False},
        changed=lambda world, _: ("Interface", [], sorted(world.subnets[:2]), {}),
    ),
]


@parametrize(CASES)
def test_an_endpoint_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
