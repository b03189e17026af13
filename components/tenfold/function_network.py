"""A function's place in a network: who it may reach, and that nobody reaches it.

See https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.placement import NetworkPlacement, placed


class FunctionNetwork(NamedTuple):
    """The security group of a function, and the rules without which it reaches nobody."""

    group: aws.ec2.SecurityGroup
    ways_out: Sequence[aws.vpc.SecurityGroupEgressRule]


def function_network(component: pulumi.ComponentResource, placement: pulumi.Input[NetworkPlacement]) -> FunctionNetwork:
    """A security group of the function's own, by which databases and caches let it in."""
    name = f"{component.pulumi_resource_name}-sg"
    group = aws.ec2.SecurityGroup(
        name,
        vpc_id=placed(placement, "vpc_id"),
        description=f"The function {component.pulumi_resource_name}",
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=component),
    )
    # Within the VPC the group of the one who is called decides; outside, HTTPS is what APIs are served by.
    return FunctionNetwork(
        group,
        (
            _way_out(component, group, "sg-to-vpc", placed(placement, "cidr_block"), (0, 65_535), "The network"),
            _way_out(component, group, "sg-to-internet", "0.0.0.0/0", (443, 443), "AWS and other APIs"),
        ),
    )


def _way_out(
    component: pulumi.ComponentResource,
    group: aws.ec2.SecurityGroup,
    kind: str,
    cidr: pulumi.Input[str],
    ports: tuple[int, int],
    description: str,
) -> aws.vpc.SecurityGroupEgressRule:
    return aws.vpc.SecurityGroupEgressRule(
        f"{component.pulumi_resource_name}-{kind}",
        security_group_id=group.id,
        cidr_ipv4=cidr,
        description=description,
        ip_protocol="tcp",
        from_port=ports[0],
        to_port=ports[1],
        opts=pulumi.ResourceOptions(parent=component),
    )
