"""A new VPC: several zones, a subnet of each tier in each, a way out for what runs, doors closed by default.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network

import pulumi
import pulumi_aws as aws

from tenfold.address_plan import tier_ranges, tier_ranges_ipv6
from tenfold.alarms import Alarms
from tenfold.errors import ArgumentError, Fault
from tenfold.nat_gateways import Exit, regional_exits, zonal_exit
from tenfold.nat_instances import instance_exits
from tenfold.network_arguments import DEFAULT_RANGE, NatMode, NetworkArgs, NetworkTier, nat_of, tiers_of
from tenfold.vpc_layout import Layout
from tenfold.vpc_routes import Table, app_tables, connected, data_table, internet_gateway, public_table

Subnets = Mapping[str, aws.ec2.Subnet]


def new_vpc(network: pulumi.ComponentResource, args: NetworkArgs, alarms: Alarms) -> Layout:
    """The layout of a VPC that is built here."""
    zones = _zones(network, args)
    vpc = _vpc(network, args)
    _closed_default_group(network, vpc)
    subnets = {tier: _subnets(network, args, vpc, zones, tier) for tier in tiers_of(args)}
    tables, exits = _ways_out(network, args, vpc, zones, subnets, alarms)
    ids = {tier: connected(network, tier, subnets[tier], tables[tier]) for tier in subnets}

    nothing = pulumi.Output.from_input("")
    none: pulumi.Output[list[str]] = pulumi.Output.all()
    public, app, data = (list(tables.get(tier, {}).values()) for tier in NetworkTier)
    private = [tier for tier in ids if tier is not NetworkTier.PUBLIC]
    return Layout(
        zones=zones,
        vpc_id=vpc.id,
        vpc_arn=vpc.arn,
        account=vpc.owner_id,
        cidr_block=vpc.cidr_block,
        ipv6_cidr_block=vpc.ipv6_cidr_block if args.get("ipv6") else nothing,
        public_subnet_ids=ids.get(NetworkTier.PUBLIC, none),
        app_subnet_ids=ids.get(NetworkTier.APP, none),
        data_subnet_ids=ids.get(NetworkTier.DATA, none),
        endpoint_subnet_ids=ids[private[0] if private else NetworkTier.PUBLIC],
        public_route_table_id=public[0].table.id if public else nothing,
        app_route_table_ids=_ids(way.table for way in app),
        data_route_table_id=data[0].table.id if data else nothing,
        private_route_table_ids=[way.table.id for way in (*app, *data[:1])],
        nat_public_ips=pulumi.Output.all(*(way.public_ip for way in exits.values())),
    )


def _zones(network: pulumi.ComponentResource, args: NetworkArgs) -> list[str]:
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


def _vpc(network: pulumi.ComponentResource, args: NetworkArgs) -> aws.ec2.Vpc:
    name = network.pulumi_resource_name
    return aws.ec2.Vpc(
        f"{name}-vpc",
        cidr_block=args.get("cidr_block", DEFAULT_RANGE),
        assign_generated_ipv6_cidr_block=True if args.get("ipv6") else None,
        # Interface endpoints and private hosted zones answer by name only with both.
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=network),
    )


def _closed_default_group(network: pulumi.ComponentResource, vpc: aws.ec2.Vpc) -> None:
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
    network: pulumi.ComponentResource, args: NetworkArgs, vpc: aws.ec2.Vpc, zones: Sequence[str], tier: NetworkTier
) -> Subnets:
    """A tier's subnets by zone."""
    whole = IPv4Network(args.get("cidr_block", DEFAULT_RANGE))
    names = {zone: f"{network.pulumi_resource_name}-{tier}-subnet-{zone}" for zone in zones}
    return {
        zone: aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=str(tier_ranges(whole, zone)[tier]),
            ipv6_cidr_block=_ipv6_range(vpc, zone, tier) if args.get("ipv6") else None,
            assign_ipv6_address_on_creation=True if args.get("ipv6") else None,
            map_public_ip_on_launch=False,
            tags={"Name": name, "Tier": tier.value},
            opts=pulumi.ResourceOptions(parent=network),
        )
        for zone, name in names.items()
    }


def _ipv6_range(vpc: aws.ec2.Vpc, zone: str, tier: NetworkTier) -> pulumi.Output[str | None]:
    # Where IPv6 is turned on, a preview has the VPC's state of before: no range yet.
    return vpc.ipv6_cidr_block.apply(
        lambda block: str(tier_ranges_ipv6(IPv6Network(block), zone)[tier]) if block else None
    )


def _ways_out(
    network: pulumi.ComponentResource,
    args: NetworkArgs,
    vpc: aws.ec2.Vpc,
    zones: Sequence[str],
    subnets: Mapping[NetworkTier, Subnets],
    alarms: Alarms,
) -> tuple[Mapping[NetworkTier, Mapping[str, Table]], Mapping[str, Exit]]:
    """The route tables of each tier by zone, and the app tier's exits by zone."""
    ipv6 = args.get("ipv6", False)
    tables: dict[NetworkTier, Mapping[str, Table]] = {}
    exits: Mapping[str, Exit] = {}
    if NetworkTier.PUBLIC in subnets or nat_of(args) is NatMode.REGIONAL:
        gateway = internet_gateway(network, vpc)
        way_out: pulumi.Resource = gateway
        if NetworkTier.PUBLIC in subnets:
            table = public_table(network, vpc, gateway, ipv6=ipv6)
            tables[NetworkTier.PUBLIC] = dict.fromkeys(zones, table)
            way_out = table.routes[0]
        exits = _exits(network, args, vpc, zones, subnets.get(NetworkTier.PUBLIC, {}), way_out, alarms)
    if NetworkTier.APP in subnets:
        tables[NetworkTier.APP] = app_tables(network, vpc, zones, exits, ipv6=ipv6)
    if NetworkTier.DATA in subnets:
        tables[NetworkTier.DATA] = dict.fromkeys(zones, data_table(network, vpc))
    return tables, exits


def _exits(
    network: pulumi.ComponentResource,
    args: NetworkArgs,
    vpc: aws.ec2.Vpc,
    zones: Sequence[str],
    public: Subnets,
    way_out: pulumi.Resource,
    alarms: Alarms,
) -> Mapping[str, Exit]:
    """The app tier's ways out by the zone that they are in."""
    mode = nat_of(args)
    if mode is NatMode.REGIONAL:
        return regional_exits(network, zones, vpc, way_out, alarms)
    if mode is NatMode.INSTANCE:
        return instance_exits(network, vpc, public, way_out, args.get("nat_instance", {}), alarms)
    homes = {NatMode.NONE: 0, NatMode.SINGLE: 1, NatMode.PER_ZONE: len(zones)}[mode]
    return {zone: zonal_exit(network, zone, public[zone], way_out, alarms) for zone in zones[:homes]}


def _ids(resources: Iterable[pulumi.CustomResource]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*(resource.id for resource in resources))
