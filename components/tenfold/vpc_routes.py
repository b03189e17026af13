"""Where the packets of each tier go: route tables, their routes, and the subnets that they are of.

See https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html and, for IPv6,
https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.nat_gateways import Exit

_EVERYWHERE = "0.0.0.0/0"
_EVERYWHERE_IPV6 = "::/0"


class Table(NamedTuple):
    """The route table of a subnet.

    Attributes:
        table: The route table.
        routes: Its routes out, without which nothing in the subnet reaches anything.
    """

    table: aws.ec2.RouteTable
    routes: Sequence[aws.ec2.Route] = ()


def internet_gateway(network: pulumi.ComponentResource, vpc: aws.ec2.Vpc) -> aws.ec2.InternetGateway:
    """The door between the VPC and the internet."""
    name = f"{network.pulumi_resource_name}-internet-gateway"
    return aws.ec2.InternetGateway(
        name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network)
    )


def public_table(
    network: pulumi.ComponentResource, vpc: aws.ec2.Vpc, gateway: aws.ec2.InternetGateway, *, ipv6: bool
) -> Table:
    """The table of the public subnets, which leads to the internet and back."""
    name = network.pulumi_resource_name
    table = _route_table(network, vpc, "public-route-table")
    routes = [
        aws.ec2.Route(
            f"{name}-public-internet-route",
            route_table_id=table.id,
            destination_cidr_block=_EVERYWHERE,
            gateway_id=gateway.id,
            opts=pulumi.ResourceOptions(parent=network),
        )
    ]
    if ipv6:
        routes.append(
            aws.ec2.Route(
                f"{name}-public-internet-ipv6-route",
                route_table_id=table.id,
                destination_ipv6_cidr_block=_EVERYWHERE_IPV6,
                gateway_id=gateway.id,
                opts=pulumi.ResourceOptions(parent=network),
            )
        )
    return Table(table, routes)


def app_tables(
    network: pulumi.ComponentResource,
    vpc: aws.ec2.Vpc,
    zones: Sequence[str],
    exits: Mapping[str, Exit],
    *,
    ipv6: bool,
) -> dict[str, Table]:
    """The tables of the app subnets by zone.

    One a zone, whatever the NAT mode: going from one gateway to one a zone changes routes and replaces nothing.
    """
    egress = _egress_only_gateway(network, vpc) if ipv6 else None
    tables = {zone: _route_table(network, vpc, f"app-route-table-{zone}") for zone in zones}
    return {
        zone: Table(table, [*_nat_route(network, zone, table, exits), *_ipv6_route(network, zone, table, egress)])
        for zone, table in tables.items()
    }


def data_table(network: pulumi.ComponentResource, vpc: aws.ec2.Vpc) -> Table:
    """The table of the data subnets, which leads nowhere outside."""
    return Table(_route_table(network, vpc, "data-route-table"))


def connected(
    network: pulumi.ComponentResource,
    tier: str,
    subnets: Mapping[str, aws.ec2.Subnet],
    tables: Mapping[str, Table],
) -> pulumi.Output[list[str]]:
    """The ids of a tier's subnets, which wait for their routes.

    A load balancer cannot be created before its subnets reach the internet, and an instance that starts before there is
    a way out fails to install anything.
    """
    associations = {
        zone: aws.ec2.RouteTableAssociation(
            f"{network.pulumi_resource_name}-{tier}-association-{zone}",
            subnet_id=subnet.id,
            route_table_id=tables[zone].table.id,
            opts=pulumi.ResourceOptions(parent=network, depends_on=tables[zone].routes),
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


def _route_table(network: pulumi.ComponentResource, vpc: aws.ec2.Vpc, suffix: str) -> aws.ec2.RouteTable:
    name = f"{network.pulumi_resource_name}-{suffix}"
    return aws.ec2.RouteTable(name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network))


def _egress_only_gateway(network: pulumi.ComponentResource, vpc: aws.ec2.Vpc) -> aws.ec2.EgressOnlyInternetGateway:
    name = f"{network.pulumi_resource_name}-egress-only-gateway"
    return aws.ec2.EgressOnlyInternetGateway(
        name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network)
    )


def _nat_route(
    network: pulumi.ComponentResource, zone: str, table: aws.ec2.RouteTable, exits: Mapping[str, Exit]
) -> list[aws.ec2.Route]:
    if not exits:
        return []
    way = exits.get(zone, next(iter(exits.values())))
    return [
        aws.ec2.Route(
            f"{network.pulumi_resource_name}-app-nat-route-{zone}",
            route_table_id=table.id,
            destination_cidr_block=_EVERYWHERE,
            nat_gateway_id=way.gateway_id,
            network_interface_id=way.interface_id,
            opts=pulumi.ResourceOptions(parent=network, depends_on=way.ready),
        )
    ]


def _ipv6_route(
    network: pulumi.ComponentResource,
    zone: str,
    table: aws.ec2.RouteTable,
    egress: aws.ec2.EgressOnlyInternetGateway | None,
) -> list[aws.ec2.Route]:
    if egress is None:
        return []
    return [
        aws.ec2.Route(
            f"{network.pulumi_resource_name}-app-ipv6-route-{zone}",
            route_table_id=table.id,
            destination_ipv6_cidr_block=_EVERYWHERE_IPV6,
            egress_only_gateway_id=egress.id,
            opts=pulumi.ResourceOptions(parent=network),
        )
    ]
