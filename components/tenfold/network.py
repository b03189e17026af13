"""The network that everything else is placed in: several zones, three tiers in each, doors closed by default.

*Scaling on AWS (Part 4): > One Million Users* starts from an application spread over several availability zones behind
a load balancer. Each zone gets a public subnet (load balancers and NAT gateways), an app subnet (what runs; out through
NAT) and a data subnet (what stores; no way out). Their addresses follow `tenfold.address_plan`.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.address_plan import ZONE, tier_ranges
from tenfold.arguments import Children, bounded, checked
from tenfold.children import inherited
from tenfold.errors import ArgumentError, Fault
from tenfold.flow_logs import FlowLogs, logged_flows
from tenfold.log_retention import retention_faults
from tenfold.nat_gateways import Exit, nat_exit
from tenfold.placement import NetworkPlacement


class NatMode(StrEnum):
    """How the app tier reaches the internet."""

    NONE = "none"
    """Not at all: AWS services by endpoints alone."""
    SINGLE = "single"
    """One NAT gateway, in the first zone: cheaper, and with that zone every zone is cut off."""
    PER_ZONE = "per_zone"
    """A NAT gateway in each zone: the loss of one cuts off no other, and no traffic crosses zones to get out."""


class NetworkArgs(TypedDict):
    """Arguments of `Network`."""

    cidr_block: NotRequired[str]
    """The VPC's IPv4 range, from /16 to /21; `10.0.0.0/16` by default. Changing it replaces the network."""
    zones: NotRequired[int]
    """How many availability zones, 2 to 6, the first by name of those the account has; 3 by default."""
    zone_names: NotRequired[list[str]]
    """The availability zones by name, in place of `zones`: `["us-east-1a", "us-east-1c"]`."""
    nat: NotRequired[NatMode]
    """How the app tier reaches the internet: `none`, `single` or `per_zone`; `per_zone` by default."""
    gateway_endpoints: NotRequired[list[str]]
    """The services that private subnets reach without NAT, at no charge; `["s3", "dynamodb"]` by default."""
    flow_logs: NotRequired[FlowLogs]
    """Which flows are logged: `none`, `rejected` or `all`; `all` by default."""
    flow_log_retention_days: NotRequired[int]
    """How many days flow logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that alarms notify; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"flow-log": {"max_aggregation_interval": 60}}`."""


_CHILDREN: Children = {
    "vpc": aws.ec2.Vpc,
    "default-security-group": aws.ec2.DefaultSecurityGroup,
    "internet-gateway": aws.ec2.InternetGateway,
    "public-subnet": aws.ec2.Subnet,
    "app-subnet": aws.ec2.Subnet,
    "data-subnet": aws.ec2.Subnet,
    "public-route-table": aws.ec2.RouteTable,
    "app-route-table": aws.ec2.RouteTable,
    "data-route-table": aws.ec2.RouteTable,
    "public-association": aws.ec2.RouteTableAssociation,
    "app-association": aws.ec2.RouteTableAssociation,
    "data-association": aws.ec2.RouteTableAssociation,
    "public-internet-route": aws.ec2.Route,
    "app-nat-route": aws.ec2.Route,
    "nat-address": aws.ec2.Eip,
    "nat-gateway": aws.ec2.NatGateway,
    "nat-port-alarm": aws.cloudwatch.MetricAlarm,
    "nat-drop-alarm": aws.cloudwatch.MetricAlarm,
    "gateway-endpoint": aws.ec2.VpcEndpoint,
    "flow-log-group": aws.cloudwatch.LogGroup,
    "flow-log-role": aws.iam.Role,
    "flow-log-policy": aws.iam.RolePolicy,
    "flow-log": aws.ec2.FlowLog,
}
_DEFAULT_RANGE = "10.0.0.0/16"
_GATEWAY_SERVICES = ("s3", "dynamodb")


class Network(pulumi.ComponentResource):
    """A VPC over several availability zones with a public, an app and a data subnet in each.

    By default it has three zones, a NAT gateway per zone, endpoints for S3 and DynamoDB, a default security group that
    allows nothing, flow logs that are kept for 30 days, and alarms on its NAT gateways. Other components take its
    `placement`.
    """

    vpc_id: pulumi.Output[str]
    """The VPC's id."""
    cidr_block: pulumi.Output[str]
    """The VPC's IPv4 range."""
    zones: pulumi.Output[list[str]]
    """The names of the availability zones; the lists of subnets are in this order."""
    public_subnet_ids: pulumi.Output[list[str]]
    """The subnets that the internet reaches, one a zone, for load balancers."""
    app_subnet_ids: pulumi.Output[list[str]]
    """The private subnets for what runs, one a zone; out through NAT."""
    data_subnet_ids: pulumi.Output[list[str]]
    """The private subnets for what stores, one a zone; no way out."""
    public_route_table_id: pulumi.Output[str]
    """The route table of the public subnets."""
    app_route_table_ids: pulumi.Output[list[str]]
    """The route tables of the app subnets, one a zone."""
    data_route_table_id: pulumi.Output[str]
    """The route table of the data subnets."""
    nat_public_ips: pulumi.Output[list[str]]
    """The addresses that the app tier's calls come from, for the allow-lists of others; empty without NAT."""
    flow_log_group_name: pulumi.Output[str]
    """The log group of the flow logs; empty without them."""
    placement: NetworkPlacement
    """All that other components need to be placed here, as plain values."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Network", name, NetworkArgs, args, _CHILDREN, _range_faults, _zone_faults, _choice_faults)
        super().__init__("tenfold:index:Network", name, {**args}, inherited(name, args, _CHILDREN, opts))

        zones = _zones(self, args)
        vpc = _vpc(self, args)
        _closed_default_group(self, vpc)
        subnets = {tier: _subnets(self, args, vpc, zones, tier) for tier in ("public", "app", "data")}
        public_table, way_out = _public_routes(self, vpc)
        exits = _nat(self, args, subnets["public"], way_out)
        app_tables, nat_routes = _app_routes(self, vpc, zones, exits)
        data_table = _route_table(self, vpc, "data-route-table")
        tables = {
            "public": dict.fromkeys(zones, public_table),
            "app": app_tables,
            "data": dict.fromkeys(zones, data_table),
        }
        routes = {"public": dict.fromkeys(zones, way_out), "app": nat_routes, "data": {}}
        ids = {tier: _connected(self, tier, subnets[tier], tables[tier], routes[tier]) for tier in subnets}
        _gateway_endpoints(self, args, vpc, zones[0], [*app_tables.values(), data_table])

        self.vpc_id = vpc.id
        self.cidr_block = vpc.cidr_block
        self.zones = pulumi.Output.from_input(zones)
        self.public_subnet_ids = ids["public"]
        self.app_subnet_ids = ids["app"]
        self.data_subnet_ids = ids["data"]
        self.public_route_table_id = public_table.id
        self.app_route_table_ids = _ids(app_tables.values())
        self.data_route_table_id = data_table.id
        self.nat_public_ips = pulumi.Output.all(*(way.address.public_ip for way in exits.values()))
        self.flow_log_group_name = _flow_log_group_name(self, args, vpc)
        self.placement = {
            "vpc_id": self.vpc_id,
            "cidr_block": self.cidr_block,
            "zones": self.zones,
            "public_subnet_ids": self.public_subnet_ids,
            "app_subnet_ids": self.app_subnet_ids,
            "data_subnet_ids": self.data_subnet_ids,
        }
        self.register_outputs({output: getattr(self, output) for output in Network.__annotations__})


def _range_faults(args: NetworkArgs) -> Iterable[Fault]:
    given = args.get("cidr_block", _DEFAULT_RANGE)
    try:
        usable = 16 <= IPv4Network(given).prefixlen <= 21
    except (AddressValueError, NetmaskValueError, ValueError):
        usable = False
    if not usable:
        yield Fault("cidr_block", f"{given!r} is given", "an IPv4 range from /16 to /21 without host bits: 10.0.0.0/16")


def _zone_faults(args: NetworkArgs) -> Iterable[Fault]:
    names = args.get("zone_names")
    if names is None:
        yield from bounded("zones", args.get("zones"), 2, 6, "zones")
        return
    if "zones" in args:
        yield Fault("zones", f"{args['zones']} is given beside zone_names", "one of the two; remove zones")
    yield from bounded("zone_names", len(names), 2, 8, "names")
    for index, zone in enumerate(names):
        if not ZONE.fullmatch(zone):
            yield Fault(f"zone_names[{index}]", f"{zone!r} is given", "an availability zone's name: us-east-1a")
        elif zone in names[:index]:
            yield Fault(f"zone_names[{index}]", f"{zone!r} is given twice", "each zone once")
        elif zone[:-1] != names[0][:-1] and ZONE.fullmatch(names[0]):
            yield Fault(f"zone_names[{index}]", f"{zone!r} is given", f"a zone of {names[0][:-1]}, as the first is")


def _choice_faults(args: NetworkArgs) -> Iterable[Fault]:
    services = args.get("gateway_endpoints", [])
    for index, service in enumerate(services):
        path = f"gateway_endpoints[{index}]"
        if service not in _GATEWAY_SERVICES:
            yield Fault(path, f"{service!r} is given", "s3 or dynamodb, which alone have gateway endpoints")
        elif service in services[:index]:
            yield Fault(path, f"{service!r} is given twice", "each service once")
    days = args.get("flow_log_retention_days")
    if days is not None and args.get("flow_logs") is FlowLogs.NONE:
        yield Fault("flow_log_retention_days", f"{days} is given beside flow_logs none", "nothing, or flow logs")
    else:
        yield from retention_faults("flow_log_retention_days", days)


def _zones(network: Network, args: NetworkArgs) -> list[str]:
    names = args.get("zone_names")
    if names is not None:
        return names
    count = args.get("zones", 3)
    # Local Zones and Wavelength Zones have neither NAT gateways nor managed databases; they are opted into.
    available = aws.get_availability_zones(
        state="available",
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        opts=pulumi.InvokeOptions(parent=network),
    ).names
    if len(available) < count:
        fault = Fault("zones", f"{count} is given", f"2 to {len(available)}: {', '.join(sorted(available))}")
        raise ArgumentError("Network", network.pulumi_resource_name, [fault])
    return sorted(available)[:count]


def _vpc(network: Network, args: NetworkArgs) -> aws.ec2.Vpc:
    name = network.pulumi_resource_name
    return aws.ec2.Vpc(
        f"{name}-vpc",
        cidr_block=args.get("cidr_block", _DEFAULT_RANGE),
        # Interface endpoints and private hosted zones answer by name only with both.
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=network),
    )


def _closed_default_group(network: Network, vpc: aws.ec2.Vpc) -> None:
    name = f"{network.pulumi_resource_name}-default-security-group"
    # It adopts the group that AWS creates with the VPC, and removes its rules.
    aws.ec2.DefaultSecurityGroup(
        name,
        vpc_id=vpc.id,
        ingress=[],
        egress=[],
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=network),
    )


def _subnets(
    network: Network, args: NetworkArgs, vpc: aws.ec2.Vpc, zones: Sequence[str], tier: str
) -> dict[str, aws.ec2.Subnet]:
    """A tier's subnets by zone."""
    whole = IPv4Network(args.get("cidr_block", _DEFAULT_RANGE))
    names = {zone: f"{network.pulumi_resource_name}-{tier}-subnet-{zone}" for zone in zones}
    return {
        zone: aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=str(tier_ranges(whole, zone)[tier]),
            map_public_ip_on_launch=False,
            tags={"Name": name, "Tier": tier},
            opts=pulumi.ResourceOptions(parent=network),
        )
        for zone, name in names.items()
    }


def _public_routes(network: Network, vpc: aws.ec2.Vpc) -> tuple[aws.ec2.RouteTable, aws.ec2.Route]:
    name = network.pulumi_resource_name
    gateway = aws.ec2.InternetGateway(
        f"{name}-internet-gateway",
        vpc_id=vpc.id,
        tags={"Name": f"{name}-internet-gateway"},
        opts=pulumi.ResourceOptions(parent=network),
    )
    table = _route_table(network, vpc, "public-route-table")
    route = aws.ec2.Route(
        f"{name}-public-internet-route",
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
        opts=pulumi.ResourceOptions(parent=network),
    )
    return table, route


def _nat(
    network: Network, args: NetworkArgs, subnets: Mapping[str, aws.ec2.Subnet], way_out: aws.ec2.Route
) -> dict[str, Exit]:
    mode = args.get("nat", NatMode.PER_ZONE)
    homes = {NatMode.NONE: 0, NatMode.SINGLE: 1, NatMode.PER_ZONE: len(subnets)}[mode]
    return {
        zone: nat_exit(network, zone, subnet, way_out, args.get("alarm_topic_arn"))
        for zone, subnet in list(subnets.items())[:homes]
    }


def _app_routes(
    network: Network, vpc: aws.ec2.Vpc, zones: Sequence[str], exits: Mapping[str, Exit]
) -> tuple[dict[str, aws.ec2.RouteTable], dict[str, aws.ec2.Route]]:
    # One table a zone, whatever the NAT mode: going from one gateway to one a zone changes routes and replaces nothing.
    tables = {zone: _route_table(network, vpc, f"app-route-table-{zone}") for zone in zones}
    routes = {
        zone: aws.ec2.Route(
            f"{network.pulumi_resource_name}-app-nat-route-{zone}",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=exits.get(zone, next(iter(exits.values()))).gateway.id,
            opts=pulumi.ResourceOptions(parent=network),
        )
        for zone, table in tables.items()
        if exits
    }
    return tables, routes


def _route_table(network: Network, vpc: aws.ec2.Vpc, suffix: str) -> aws.ec2.RouteTable:
    name = f"{network.pulumi_resource_name}-{suffix}"
    return aws.ec2.RouteTable(name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network))


def _connected(
    network: Network,
    tier: str,
    subnets: Mapping[str, aws.ec2.Subnet],
    tables: Mapping[str, aws.ec2.RouteTable],
    routes: Mapping[str, aws.ec2.Route],
) -> pulumi.Output[list[str]]:
    """The ids of a tier's subnets, which wait for their routes.

    A load balancer cannot be created before its subnets reach the internet, and an instance that starts before there is
    a way out fails to install anything.
    """
    associations = {
        zone: aws.ec2.RouteTableAssociation(
            f"{network.pulumi_resource_name}-{tier}-association-{zone}",
            subnet_id=subnet.id,
            route_table_id=tables[zone].id,
            opts=pulumi.ResourceOptions(parent=network, depends_on=[routes[zone]] if zone in routes else None),
        )
        for zone, subnet in subnets.items()
    }
    return pulumi.Output.all(
        *(
            # The association knows the id from the first preview on; asking it is what makes the user of it wait.
            pulumi.Output.all(subnet.id, associations[zone].subnet_id).apply(lambda ids: ids[0])
            for zone, subnet in subnets.items()
        )
    )


def _gateway_endpoints(
    network: Network, args: NetworkArgs, vpc: aws.ec2.Vpc, zone: str, tables: Sequence[aws.ec2.RouteTable]
) -> None:
    for service in args.get("gateway_endpoints", _GATEWAY_SERVICES):
        name = f"{network.pulumi_resource_name}-gateway-endpoint-{service}"
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{zone[:-1]}.{service}",
            route_table_ids=[table.id for table in tables],
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=network),
        )


def _flow_log_group_name(network: Network, args: NetworkArgs, vpc: aws.ec2.Vpc) -> pulumi.Output[str]:
    flows = args.get("flow_logs", FlowLogs.ALL)
    if flows is FlowLogs.NONE:
        return pulumi.Output.from_input("")
    return logged_flows(network, vpc, flows, args.get("flow_log_retention_days", 30)).name


def _ids(resources: Iterable[pulumi.CustomResource]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*(resource.id for resource in resources))
