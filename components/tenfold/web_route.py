"""Several tiers behind one load balancer: the rule that leads requests from a shared one to a tier of its own.

Each tier has its own target group, its own fleet and its own scaling, so each grows and fails alone; they share the
door, its certificate, its firewall and its price.
See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.domain import domain_names
from tenfold.errors import Fault
from tenfold.web_arguments import WebTierArgs, WebTierBalancer, WebTierRouteArgs

BALANCER_KEYS = ("listener_arn", "load_balancer_arn", "arn_suffix", "security_group_id", "dns_name", "zone_id", "url")

_MOST_VALUES = 5
_PATH = re.compile(r"[/*?][A-Za-z0-9_\-.$/~\"'@:+&*?]{0,127}")
_HOST = re.compile(r"[A-Za-z0-9.*?-]{1,128}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}")
# What only the owner of a balancer decides.
_OWNERS = ("certificate_arn", "internal", "clients", "deletion_protection", "idle_timeout_seconds", "load_balancer")


def shared(balancer: pulumi.Input[WebTierBalancer]) -> WebTierBalancer:
    """A balancer's values, one by one, also out of the Output that a stack reference gives."""
    if isinstance(balancer, dict):
        return balancer
    values = pulumi.Output.from_input(balancer)
    found: Any = {key: values.apply(lambda all_of_them, key=key: all_of_them[key]) for key in BALANCER_KEYS}
    return found


def listener_rule(
    tier: pulumi.ComponentResource,
    args: WebTierArgs,
    route: WebTierRouteArgs,
    listener_arn: pulumi.Input[str],
    target_group: aws.lb.TargetGroup,
) -> aws.lb.ListenerRule:
    """The rule by which a shared listener forwards to this tier."""
    return aws.lb.ListenerRule(
        f"{tier.pulumi_resource_name}-rule",
        listener_arn=listener_arn,
        priority=route["priority"],
        conditions=_conditions(args, route),
        actions=[{"type": "forward", "target_group_arn": target_group.arn}],
        opts=pulumi.ResourceOptions(parent=tier),
    )


def route_hosts(args: WebTierArgs, route: WebTierRouteArgs) -> list[str]:
    """The hosts of the rule: those that are given, or the domain's names."""
    return route.get("hosts", domain_names(args["domain"]) if "domain" in args else [])


def route_faults(args: WebTierArgs) -> Iterable[Fault]:
    """What is wrong with the rule, and which arguments are the balancer's owner's."""
    route = args.get("route")
    if route is None:
        return
    for key in _OWNERS:
        if key in args:
            yield Fault(key, "it is given, and route too", "one of them: the balancer belongs to another tier")
    url = shared(route["balancer"])["url"]
    if "domain" in args and isinstance(url, str) and url.startswith("http://"):
        yield Fault("domain", f"it is given, and the balancer of route is at {url}", "a balancer that speaks HTTPS")
    yield from bounded("route.priority", route["priority"], 1, 50_000, "(the lowest that matches wins)")
    paths, hosts, headers = route.get("paths", []), route.get("hosts", []), route.get("headers", {})
    yield from _pattern_faults("route.paths", paths, _PATH, "a path with * and ?, up to 128 characters")
    yield from _pattern_faults("route.hosts", hosts, _HOST, "a host with * and ?, up to 128 characters")
    for name in headers:
        if not _HEADER.fullmatch(name):
            yield Fault(f"route.headers.{name}", "it has this name", "a header's name, up to 40 characters")
        elif not headers[name]:
            yield Fault(f"route.headers.{name}", "no value is given", "one value or more")
    values = len(paths) + len(route_hosts(args, route)) + sum(map(len, headers.values()))
    if not values:
        yield Fault("route", "nothing is given that a request must match", "paths, hosts, headers or a domain")
    elif values > _MOST_VALUES:
        given = f"{values} paths, hosts and values of headers are given"
        yield Fault("route", given, f"{_MOST_VALUES} in all, which is AWS's limit for a rule")


def _pattern_faults(path: str, values: Sequence[str], pattern: re.Pattern[str], allowed: str) -> Iterable[Fault]:
    for index, value in enumerate(values):
        if not pattern.fullmatch(value):
            yield Fault(f"{path}[{index}]", f"{value!r} is given", allowed)


def _conditions(args: WebTierArgs, route: WebTierRouteArgs) -> list[Any]:
    hosts, paths, headers = route_hosts(args, route), route.get("paths", []), route.get("headers", {})
    return [
        *([{"host_header": {"values": hosts}}] if hosts else []),
        *([{"path_pattern": {"values": paths}}] if paths else []),
        *({"http_header": {"http_header_name": name, "values": headers[name]}} for name in sorted(headers)),
    ]
