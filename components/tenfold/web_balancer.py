"""The door of a web tier: the load balancer, its target group and its listeners.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html.
"""

from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

# TLS 1.2 and 1.3 with forward secrecy; the balancer's own default still speaks older ciphers.
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class Balancer(NamedTuple):
    """A web tier's load balancer.

    Attributes:
        load_balancer: The load balancer.
        target_group: Where the instances register.
        listener: The listener that forwards to them.
    """

    load_balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    listener: aws.lb.Listener


def balanced(
    tier: pulumi.ComponentResource,
    *,
    vpc_id: pulumi.Input[str],
    subnet_ids: Any,
    security_group: aws.ec2.SecurityGroup,
    internal: bool,
    port: int,
    health_check_path: pulumi.Input[str],
    certificate_arn: pulumi.Input[str] | None,
    deletion_protection: pulumi.Input[bool],
    idle_timeout_seconds: pulumi.Input[int],
) -> Balancer:
    """The load balancer of a web tier: HTTPS and a redirect where there is a certificate, else HTTP."""
    load_balancer = aws.lb.LoadBalancer(
        f"{tier.pulumi_resource_name}-alb",
        load_balancer_type="application",
        internal=internal,
        subnets=subnet_ids,
        security_groups=[security_group.id],
        enable_deletion_protection=deletion_protection,
        # Headers that a server may read in another way than the balancer are how requests are smuggled.
        drop_invalid_header_fields=True,
        idle_timeout=idle_timeout_seconds,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    target_group = _target_group(tier, vpc_id, port, health_check_path)
    listener = _listeners(tier, load_balancer, target_group, certificate_arn)
    return Balancer(load_balancer, target_group, listener)


def _target_group(
    tier: pulumi.ComponentResource, vpc_id: pulumi.Input[str], port: int, health_check_path: pulumi.Input[str]
) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        f"{tier.pulumi_resource_name}-tg",
        target_type="instance",
        vpc_id=vpc_id,
        protocol="HTTP",
        port=port,
        health_check={
            "enabled": True,
            "protocol": "HTTP",
            "path": health_check_path,
            "matcher": "200",
            "interval": 10,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        # Requests of a stateless tier are short; the default of 300 seconds holds up every deployment.
        deregistration_delay=30,
        stickiness={"enabled": False, "type": "lb_cookie"},
        opts=pulumi.ResourceOptions(parent=tier),
    )


def _listeners(
    tier: pulumi.ComponentResource,
    load_balancer: aws.lb.LoadBalancer,
    target_group: aws.lb.TargetGroup,
    certificate_arn: pulumi.Input[str] | None,
) -> aws.lb.Listener:
    """The listeners; the one that forwards."""
    name = tier.pulumi_resource_name
    forward: Any = {"type": "forward", "target_group_arn": target_group.arn}
    redirect: Any = {
        "type": "redirect",
        "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
    }
    http = aws.lb.Listener(
        f"{name}-http",
        load_balancer_arn=load_balancer.arn,
        protocol="HTTP",
        port=80,
        default_actions=[forward if certificate_arn is None else redirect],
        opts=pulumi.ResourceOptions(parent=tier),
    )
    if certificate_arn is None:
        return http
    return aws.lb.Listener(
        f"{name}-https",
        load_balancer_arn=load_balancer.arn,
        protocol="HTTPS",
        port=443,
        ssl_policy=_TLS_POLICY,
        certificate_arn=certificate_arn,
        default_actions=[forward],
        opts=pulumi.ResourceOptions(parent=tier),
    )
