"""What a network consists of, whoever made its VPC."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi


class Layout(NamedTuple):
    """A VPC with one subnet a zone in each tier.

    Attributes:
        zones: The names of its zones; the lists of subnets are in this order.
        vpc_id: Its id.
        vpc_arn: Its ARN.
        account: The account that it is of.
        cidr_block: Its IPv4 range.
        ipv6_cidr_block: Its IPv6 range; empty without one.
        public_subnet_ids: Its public subnets; empty without such a tier, as the next two.
        app_subnet_ids: Its private subnets for what runs.
        data_subnet_ids: Its private subnets for what stores.
        endpoint_subnet_ids: Where interface endpoints belong: its private subnets, if it has any.
        public_route_table_id: The table of the public subnets; empty where it is not ours, as the next two.
        app_route_table_ids: The tables of the app subnets.
        data_route_table_id: The table of the data subnets.
        private_route_table_ids: The tables of its private subnets.
        nat_public_ips: The addresses that calls of the app subnets come from.
    """

    zones: list[str]
    vpc_id: pulumi.Output[str]
    vpc_arn: pulumi.Output[str]
    account: pulumi.Output[str]
    cidr_block: pulumi.Output[str]
    ipv6_cidr_block: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[list[str]]
    app_subnet_ids: pulumi.Output[list[str]]
    data_subnet_ids: pulumi.Output[list[str]]
    endpoint_subnet_ids: pulumi.Output[list[str]]
    public_route_table_id: pulumi.Output[str]
    app_route_table_ids: pulumi.Output[list[str]]
    data_route_table_id: pulumi.Output[str]
    private_route_table_ids: Sequence[pulumi.Input[str]]
    nat_public_ips: pulumi.Output[list[str]]
