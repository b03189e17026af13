"""A VPC that exists already: its ids in, what components take out, and nothing made in it."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from tenfold.network_arguments import NetworkExistingArgs, existing_zones
from tenfold.vpc_layout import Layout


def existing_vpc(network: pulumi.ComponentResource, existing: NetworkExistingArgs) -> Layout:
    """The layout of an existing VPC. Its ranges are looked up, so that a wrong id fails at once."""
    zones = existing_zones(existing)
    found = aws.ec2.get_vpc_output(id=existing["vpc_id"], opts=pulumi.InvokeOptions(parent=network))
    public, app, data = (
        _in_order(zones, existing.get("public_subnet_ids", {})),
        _in_order(zones, existing.get("app_subnet_ids", {})),
        _in_order(zones, existing.get("data_subnet_ids", {})),
    )
    return Layout(
        zones=zones,
        vpc_id=pulumi.Output.from_input(existing["vpc_id"]),
        vpc_arn=found.arn,
        account=found.owner_id,
        cidr_block=found.cidr_block,
        ipv6_cidr_block=found.ipv6_cidr_block.apply(lambda block: block or ""),
        public_subnet_ids=_all(public),
        app_subnet_ids=_all(app),
        data_subnet_ids=_all(data),
        endpoint_subnet_ids=_all(app or data or public),
        public_route_table_id=pulumi.Output.from_input(""),
        app_route_table_ids=_all([]),
        data_route_table_id=pulumi.Output.from_input(""),
        private_route_table_ids=existing.get("route_table_ids", []),
        nat_public_ips=_all([]),
    )


def _in_order(zones: Sequence[str], subnets: Mapping[str, pulumi.Input[str]]) -> list[pulumi.Input[str]]:
    return [subnets[zone] for zone in zones] if subnets else []


def _all(ids: Sequence[pulumi.Input[str]]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*ids)
