"""Who may talk to whom in a web tier: clients to the balancer, the balancer to what serves, and nobody else.

Each rule is a resource of its own, so that one more client never touches another's rule.
See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.placement import placed
from tenfold.web_arguments import WebTierArgs, WebTierClientsArgs

_ANYWHERE = "0.0.0.0/0"


class FleetSecurityGroup(NamedTuple):
    """The security group of what serves, and the rules that it cannot start without.

    Attributes:
        group: The security group of the instances or tasks.
        way_in: The rule that lets the balancer reach them.
        ways_out: The rules that let them reach others.
    """

    group: aws.ec2.SecurityGroup
    way_in: aws.vpc.SecurityGroupIngressRule
    ways_out: Sequence[aws.vpc.SecurityGroupEgressRule]


def balancer_security_group(tier: pulumi.ComponentResource, args: WebTierArgs) -> aws.ec2.SecurityGroup:
    """The load balancer's security group, and who may reach it."""
    name = tier.pulumi_resource_name
    group = _group(tier, args, "alb-sg", f"The load balancer of the web tier {name}")
    default: dict[str, pulumi.Input[str]] = {"anywhere": _ANYWHERE}
    if args.get("internal", False):
        default = {"vpc": placed(args["placement"], "cidr_block")}
    clients = args.get("clients", WebTierClientsArgs())
    cidrs = {_rule_key(cidr): cidr for cidr in clients.get("cidrs", [])} if clients else default
    listeners = {"http": 80, **({"https": 443} if "certificate_arn" in args or "domain" in args else {})}
    for protocol, port in listeners.items():
        for key, cidr in cidrs.items():
            _client_rule(tier, group, f"alb-{protocol}-from-{key}", port, cidr_ipv4=cidr)
        for key, group_id in clients.get("security_group_ids", {}).items():
            kind = f"alb-{protocol}-from-{key}"
            _client_rule(tier, group, kind, port, referenced_security_group_id=group_id)
    return group


def fleet_security_group(
    tier: pulumi.ComponentResource, args: WebTierArgs, balancer_group_id: pulumi.Input[str]
) -> FleetSecurityGroup:
    """The security group of the instances or tasks, which the balancer alone reaches, and on one port."""
    name, port = tier.pulumi_resource_name, args.get("port", 8080)
    instances = _group(tier, args, "instance-sg", f"The instances of the web tier {name}")
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-alb-to-instances",
        security_group_id=balancer_group_id,
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
        referenced_security_group_id=balancer_group_id,
        description="Requests and health checks",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    vpc_cidr = placed(args["placement"], "cidr_block")
    # Within the VPC the group of the one who is called decides; outside, HTTPS is what AWS and packages are served by.
    ways_out = (
        _way_out(tier, instances, "instances-to-vpc", vpc_cidr, (0, 65_535), "Databases, caches and endpoints"),
        _way_out(tier, instances, "instances-to-internet", _ANYWHERE, (443, 443), "AWS and package repositories"),
    )
    return FleetSecurityGroup(instances, way_in, ways_out)


def _rule_key(cidr: str) -> str:
    # Written out or by default, everybody has the same rule: naming the default changes nothing.
    return "anywhere" if cidr == _ANYWHERE else cidr.replace("/", "-")


def _group(tier: pulumi.ComponentResource, args: WebTierArgs, kind: str, description: str) -> aws.ec2.SecurityGroup:
    name = f"{tier.pulumi_resource_name}-{kind}"
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=placed(args["placement"], "vpc_id"),
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
