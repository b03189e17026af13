"""Networks live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _vpc(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"][0]
    names = world.client("ec2").describe_vpc_attribute(VpcId=made.id, Attribute="enableDnsHostnames")
    return found["CidrBlock"], names["EnableDnsHostnames"]["Value"], tags_of(found["Tags"])


def _subnet(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_subnets(SubnetIds=[made.id])["Subnets"][0]
    return found["CidrBlock"], found["AvailabilityZone"], found["MapPublicIpOnLaunch"], tags_of(found["Tags"])


def _gateway(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_internet_gateways(InternetGatewayIds=[made.id])["InternetGateways"][0]
    return [one["VpcId"] for one in found["Attachments"]], tags_of(found["Tags"])


def _nat(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_nat_gateways(NatGatewayIds=[made.id])["NatGateways"][0]
    return None if found["State"] == "deleted" else (found["State"], found["SubnetId"], tags_of(found["Tags"]))


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


def _endpoint(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"][0]
    return found["VpcEndpointType"], sorted(found["RouteTableIds"]), sorted(found["SubnetIds"]), tags_of(found["Tags"])


def _address(world: World, made: Made) -> Any:
    return tags_of(world.client("ec2").describe_addresses(AllocationIds=[made.id])["Addresses"][0]["Tags"])


def _flow_log(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_flow_logs(FlowLogIds=[made.id])["FlowLogs"][0]
    return only(found, "ResourceId", "TrafficType", "LogDestination"), tags_of(found["Tags"])


def _untag(world: World, made: Made) -> None:
    world.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}])


_LOGS = "arn:aws:logs:eu-west-1:000000000000:log-group:flows"

CASES = [
    Case(
        token="aws:ec2/vpc:Vpc",
        inputs=lambda _: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": {"team": "a"}},
        look=_vpc,
        made=("10.1.0.0/16", True, {"team": "a"}),
        change=lambda _: {"enableDnsHostnames": False, "tags": {"team": "b", "new": "x"}},
        changed=("10.1.0.0/16", False, {"team": "b", "new": "x"}),
        meddle=lambda world, made: world.client("ec2").modify_vpc_attribute(
            VpcId=made.id, EnableDnsHostnames={"Value": True}
        ),
        drifts=("enableDnsHostnames",),
        outputs=dict.fromkeys(("arn", "defaultSecurityGroupId", "mainRouteTableId", "defaultNetworkAclId"), ...),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "cidrBlock": "10.9.100.0/24",
            "availabilityZone": "eu-west-1b",
            "mapPublicIpOnLaunch": True,
            "tags": {"team": "a"},
        },
        look=_subnet,
        made=("10.9.100.0/24", "eu-west-1b", True, {"team": "a"}),
        change=lambda _: {"mapPublicIpOnLaunch": False},
        changed=("10.9.100.0/24", "eu-west-1b", False, {"team": "a"}),
        meddle=_untag,
        drifts=("tags",),
        outputs={"arn": ..., "availabilityZoneId": ...},
    ),
    Case(
        token="aws:ec2/internetGateway:InternetGateway",
        inputs=lambda world: {"tags": {"team": "a"}},
        look=_gateway,
        made=([], {"team": "a"}),
        change=lambda world: {
            "vpcId": world.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"],
            "tags": {"team": "b"},
        },
        changed=lambda world, made: ([made.inputs["vpcId"]], {"team": "b"}),
        meddle=lambda world, made: world.client("ec2").detach_internet_gateway(
            InternetGatewayId=made.id, VpcId=made.inputs["vpcId"]
        ),
        drifts=("vpcId",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs=lambda _: {"domain": "vpc", "tags": {"team": "a"}},
        look=_address,
        made={"team": "a"},
        change=lambda _: {"tags": {"team": "b"}},
        changed={"team": "b"},
        meddle=_untag,
        drifts=("tags",),
        outputs={"publicIp": ..., "allocationId": lambda _, made: made.id},
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        inputs=lambda world: {"allocationId": world.address, "subnetId": world.subnets[0], "tags": {"team": "a"}},
        look=_nat,
        made=lambda world, _: ("available", world.subnets[0], {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: ("available", world.subnets[0], {"team": "b"}),
        meddle=_untag,
        drifts=("tags",),
        outputs={
            "publicIp": lambda world, _: world.client("ec2").describe_addresses(AllocationIds=[world.address])[
                "Addresses"
            ][0]["PublicIp"]
        },
    ),
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
    Case(
        token="aws:ec2/flowLog:FlowLog",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "trafficType": "ALL",
            "logDestination": _LOGS,
            "iamRoleArn": "arn:aws:iam::000000000000:role/flows",
            "maxAggregationInterval": 60,
            "tags": {"team": "a"},
        },
        look=_flow_log,
        made=lambda world, _: (
            {"ResourceId": world.vpc, "TrafficType": "ALL", "LogDestination": _LOGS},
            {"team": "a"},
        ),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: (
            {"ResourceId": world.vpc, "TrafficType": "ALL", "LogDestination": _LOGS},
            {"team": "b"},
        ),
        meddle=_untag,
        drifts=("tags",),
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_network_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
