"""The door of a web tier: its target group, and the load balancer and listeners that lead to it, its own or shared.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html.
"""

from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.domain import DomainArgs, alias_records, domain_certificate
from tenfold.placement import placed
from tenfold.web_access_logs import PREFIX, access_log_bucket
from tenfold.web_acl import WebAclScope, guard, web_acl
from tenfold.web_arguments import WebTierArgs, WebTierBalancer, WebTierLoadBalancerArgs, WebTierRouteArgs
from tenfold.web_route import listener_rule, route_hosts, shared

# TLS 1.2 and 1.3 with forward secrecy; the balancer's own default still speaks older ciphers.
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class Door(NamedTuple):
    """How requests come to a web tier.

    Attributes:
        balancer: The load balancer, its own or shared, as plain values.
        target_group: Where its instances or tasks register.
        forwards: The listener or the rule that forwards to them.
        url: Where the tier answers.
        access_log_bucket: The name of the bucket that the requests are logged to, or nothing.
    """

    balancer: WebTierBalancer
    target_group: aws.lb.TargetGroup
    forwards: aws.lb.Listener | aws.lb.ListenerRule
    url: pulumi.Output[str]
    access_log_bucket: pulumi.Output[str]


def own_door(tier: pulumi.ComponentResource, args: WebTierArgs, security_group: aws.ec2.SecurityGroup) -> Door:
    """A load balancer of the tier's own: HTTPS and a redirect where there is a certificate, else HTTP."""
    bucket, writable = _access_logs(tier, args, security_group)
    load_balancer = _load_balancer(tier, args, security_group, bucket, writable)
    _firewall(tier, args, load_balancer)
    target_group = _target_group(tier, args)
    certificate = domain_certificate(tier, args["domain"]) if "domain" in args else args.get("certificate_arn")
    listener = _listeners(tier, load_balancer, target_group, certificate)
    if "domain" in args:
        _names(tier, args["domain"], load_balancer.dns_name, load_balancer.zone_id)
    name = args["domain"]["name"] if "domain" in args else load_balancer.dns_name
    url = pulumi.Output.concat("http" if certificate is None else "https", "://", name)
    balancer: WebTierBalancer = {
        "listener_arn": listener.arn,
        "load_balancer_arn": load_balancer.arn,
        "arn_suffix": load_balancer.arn_suffix,
        "security_group_id": security_group.id,
        "dns_name": load_balancer.dns_name,
        "zone_id": load_balancer.zone_id,
        "url": url,
    }
    return Door(balancer, target_group, listener, url, bucket)


def shared_door(tier: pulumi.ComponentResource, args: WebTierArgs, route: WebTierRouteArgs) -> Door:
    """A rule on another tier's load balancer, and the domain's certificate and names there."""
    balancer = shared(route["balancer"])
    target_group = _target_group(tier, args)
    if "domain" in args:
        # The listener has one certificate by default, and chooses among the others by the name that a client asks for.
        aws.lb.ListenerCertificate(
            f"{tier.pulumi_resource_name}-listener-certificate",
            listener_arn=balancer["listener_arn"],
            certificate_arn=domain_certificate(tier, args["domain"]),
            opts=pulumi.ResourceOptions(parent=tier),
        )
        _names(tier, args["domain"], balancer["dns_name"], balancer["zone_id"])
    rule = listener_rule(tier, args, route, balancer["listener_arn"], target_group)
    url = _url_of_route(balancer, route_hosts(args, route))
    return Door(balancer, target_group, rule, url, pulumi.Output.from_input(""))


def _url_of_route(balancer: WebTierBalancer, hosts: list[str]) -> pulumi.Output[str]:
    url = pulumi.Output.from_input(balancer["url"])
    named = [host for host in hosts if "*" not in host and "?" not in host]
    return url.apply(lambda text: f"{text.partition('://')[0]}://{named[0]}") if named else url


def _access_logs(
    tier: pulumi.ComponentResource, args: WebTierArgs, security_group: aws.ec2.SecurityGroup
) -> tuple[pulumi.Output[str], list[pulumi.Resource]]:
    """The name of the bucket for the logs, or nothing, and what must be there before one can write to it."""
    settings = args.get("load_balancer", WebTierLoadBalancerArgs())
    if not settings.get("access_logs", True):
        return pulumi.Output.from_input(""), []
    if "access_log_bucket" in settings:
        return pulumi.Output.from_input(settings["access_log_bucket"]), []
    bucket, writable = access_log_bucket(
        tier,
        account=security_group.owner_id,
        retention_days=settings.get("access_log_retention_days", 90),
        protected=args.get("deletion_protection", True),
    )
    return bucket.id, writable


def _load_balancer(
    tier: pulumi.ComponentResource,
    args: WebTierArgs,
    security_group: aws.ec2.SecurityGroup,
    bucket: pulumi.Output[str],
    writable: list[pulumi.Resource],
) -> aws.lb.LoadBalancer:
    internal = args.get("internal", False)
    logged = args.get("load_balancer", WebTierLoadBalancerArgs()).get("access_logs", True)
    return aws.lb.LoadBalancer(
        f"{tier.pulumi_resource_name}-alb",
        load_balancer_type="application",
        internal=internal,
        subnets=placed(args["placement"], "app_subnet_ids" if internal else "public_subnet_ids"),
        security_groups=[security_group.id],
        enable_deletion_protection=args.get("deletion_protection", True),
        # Headers that a server may read in another way than the balancer are how requests are smuggled.
        drop_invalid_header_fields=True,
        idle_timeout=args.get("idle_timeout_seconds", 60),
        # One call takes a zone out of service that answers, but wrongly or late: no health check sees it.
        enable_zonal_shift=True,
        access_logs={"bucket": bucket, "prefix": PREFIX, "enabled": True} if logged else None,
        opts=pulumi.ResourceOptions(parent=tier, depends_on=writable),
    )


def _firewall(tier: pulumi.ComponentResource, args: WebTierArgs, load_balancer: aws.lb.LoadBalancer) -> None:
    settings = args.get("load_balancer", WebTierLoadBalancerArgs())
    if "web_acl" in settings:
        guard(tier, load_balancer.arn, web_acl(tier, settings["web_acl"], WebAclScope.REGIONAL).arn)
    elif "web_acl_arn" in settings:
        guard(tier, load_balancer.arn, settings["web_acl_arn"])


def _names(
    tier: pulumi.ComponentResource, domain: DomainArgs, dns_name: pulumi.Input[str], zone_id: pulumi.Input[str]
) -> None:
    # The balancer has IPv4 addresses alone.
    alias_records(tier, domain, dns_name=dns_name, zone_id=zone_id, ipv6=False, evaluate_target_health=True)


def _target_group(tier: pulumi.ComponentResource, args: WebTierArgs) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        f"{tier.pulumi_resource_name}-tg",
        target_type="ip" if "container" in args else "instance",
        vpc_id=placed(args["placement"], "vpc_id"),
        protocol="HTTP",
        port=args.get("port", 8080),
        health_check={
            "enabled": True,
            "protocol": "HTTP",
            "path": args.get("health_check_path", "/healthz"),
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
