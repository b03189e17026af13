"""Who may talk to whom in a web tier: clients to the balancer, the balancer to the instances, and nobody else.

Each rule is a resource of its own, so that one more client never touches another's rule.
See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws


class SecurityGroups(NamedTuple):
    """A web tier's security groups, and the rules that instances cannot start without.

    Attributes:
        balancer: The load balancer's group.
        instances: The instances' group.
        way_in: The rule that lets the balancer reach the instances.
        ways_out: The rules that let the instances reach others.
    """

    balancer: aws.ec2.SecurityGroup
    instances: aws.ec2.SecurityGroup
    way_in: aws.vpc.SecurityGroupIngressRule
    ways_out: Sequence[aws.vpc.SecurityGroupEgressRule]


def web_security_groups(
    tier: pulumi.ComponentResource,
    *,
    vpc_id: pulumi.Input[str],
    vpc_cidr: pulumi.Input[str],
    port: int,
    listeners: Mapping[str, int],
    client_cidrs: Mapping[str, pulumi.Input[str]],
    client_groups: Mapping[str, pulumi.Input[str]],
) -> SecurityGroups:
    """The security groups of a web tier and their rules.

    Args:
        tier: The web tier.
        vpc_id: The VPC's id.
        vpc_cidr: The VPC's range, where the instances find databases, caches and endpoints.
        port: The port that the instances listen on.
        listeners: The balancer's ports by protocol: `{"http": 80}`.
        client_cidrs: The ranges that may reach the balancer, by a name that stays.
        client_groups: The security groups that may reach the balancer, by a name that stays.
    """
    name = tier.pulumi_resource_name
    balancer = _group(tier, "alb-sg", vpc_id, f"The load balancer of the web tier {name}")
    instances = _group(tier, "instance-sg", vpc_id, f"The instances of the web tier {name}")
    for protocol, listener_port in listeners.items():
        for key, cidr in client_cidrs.items():
            _client_rule(tier, balancer, f"alb-{protocol}-from-{key}", listener_port, cidr_ipv4=cidr)
        for key, group_id in client_groups.items():
            kind = f"alb-{protocol}-from-{key}"
            _client_rule(tier, balancer, kind, listener_port, referenced_security_group_id=group_id)
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-alb-to-instances",
        security_group_id=balancer.id,
        referenced_security_group_id=instances.id,
        description="Requests and health checks",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    way_in = aws.vpc.SecurityGroupIngressRule(
        f"{name}-instances-from-alb",
        security_group_id=instances.id,
        referenced_security_group_id=balancer.id,
        description="Requests and health checks",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    # Within the VPC the group of the one who is called decides; outside, HTTPS is what AWS and packages are served by.
    ways_out = (
        _way_out(tier, instances, "instances-to-vpc", vpc_cidr, (0, 65_535), "Databases, caches and endpoints"),
        _way_out(tier, instances, "instances-to-internet", "0.0.0.0/0", (443, 443), "AWS and package repositories"),
    )
    return SecurityGroups(balancer, instances, way_in, ways_out)


def _group(
    tier: pulumi.ComponentResource, kind: str, vpc_id: pulumi.Input[str], description: str
) -> aws.ec2.SecurityGroup:
    name = f"{tier.pulumi_resource_name}-{kind}"
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=vpc_id,
        description=description,
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=tier),
    )


def _client_rule(
    tier: pulumi.ComponentResource, group: aws.ec2.SecurityGroup, kind: str, port: int, **client: Any
) -> None:
    aws.vpc.SecurityGroupIngressRule(
        f"{tier.pulumi_resource_name}-{kind}",
        security_group_id=group.id,
        description="Clients",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=tier),
        **client,
    )


def _way_out(
    tier: pulumi.ComponentResource,
    group: aws.ec2.SecurityGroup,
    kind: str,
    cidr: pulumi.Input[str],
    ports: tuple[int, int],
    description: str,
) -> aws.vpc.SecurityGroupEgressRule:
    return aws.vpc.SecurityGroupEgressRule(
        f"{tier.pulumi_resource_name}-{kind}",
        security_group_id=group.id,
        cidr_ipv4=cidr,
        description=description,
        ip_protocol="tcp",
        from_port=ports[0],
        to_port=ports[1],
        opts=pulumi.ResourceOptions(parent=tier),
    )
