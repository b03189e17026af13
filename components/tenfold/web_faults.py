"""What is wrong with the arguments of a `WebTier` that no type can express."""

import re
from collections.abc import Iterable
from functools import partial
from ipaddress import IPv4Network

from tenfold.arguments import bounded, is_known
from tenfold.container import container_faults
from tenfold.domain import domain_faults
from tenfold.errors import Fault
from tenfold.instance_fleet import InstancesArgs, instance_faults
from tenfold.role_policies import role_policy_faults
from tenfold.web_acl import web_acl_faults
from tenfold.web_arguments import WebTierArgs
from tenfold.web_capacity import capacity_faults
from tenfold.web_route import route_faults
from tenfold.web_scaling import scaling_faults
from tenfold.web_schedules import schedule_faults

# A balancer's name has 32 characters, of which "-alb-" and Pulumi's seven random ones take 12.
_NAME = re.compile(r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]{0,19}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:(acm:[a-z0-9-]+|iam:):\d{12}:(certificate|server-certificate)/.+")
_WEB_ACL = re.compile(r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/.+")
_RANGES = {
    "min_size": (1, 10_000, "instances"),
    "max_size": (1, 10_000, "instances"),
    "port": (1, 65_535, "(a TCP port)"),
    "idle_timeout_seconds": (1, 4000, "seconds"),
}


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the tier's name in the program."""
    if not _NAME.fullmatch(name):
        allowed = "1 to 20 letters, digits and hyphens, not starting with internal-: AWS names of balancers are short"
        yield Fault("name", f"{name!r} is given", allowed)


def _range_faults(key: str, args: WebTierArgs) -> Iterable[Fault]:
    yield from bounded(key, args.get(key), *_RANGES[key])


def _path_faults(args: WebTierArgs) -> Iterable[Fault]:
    path = args.get("health_check_path")
    if isinstance(path, str) and is_known(path) and not re.fullmatch(r"/\S{0,1023}", path):
        yield Fault("health_check_path", f"{path!r} is given", "a path that starts with /, up to 1024 characters")


def _certificate_faults(args: WebTierArgs) -> Iterable[Fault]:
    certificate = args.get("certificate_arn")
    if certificate is not None and "domain" in args:
        yield Fault("certificate_arn", "domain is given too", "domain.certificate_arn, or none: one is made")
    elif isinstance(certificate, str) and is_known(certificate) and not _CERTIFICATE.fullmatch(certificate):
        allowed = "a certificate's ARN: arn:aws:acm:us-east-1:123456789012:certificate/..."
        yield Fault("certificate_arn", f"{certificate!r} is given", allowed)


def _domain_faults(args: WebTierArgs) -> Iterable[Fault]:
    if "domain" in args:
        yield from domain_faults(args["domain"])


def _client_faults(args: WebTierArgs) -> Iterable[Fault]:
    clients = args.get("clients")
    if clients is None:
        return
    cidrs, groups = clients.get("cidrs", []), clients.get("security_group_ids", {})
    if not cidrs and not groups:
        yield Fault("clients", "nobody is given", "cidrs, security_group_ids or both; leave it out for the default")
    for index, cidr in enumerate(cidrs):
        if not _is_range(cidr):
            allowed = "an IPv4 range without host bits: 203.0.113.0/24"
            yield Fault(f"clients.cidrs[{index}]", f"{cidr!r} is given", allowed)
        elif cidr in cidrs[:index]:
            yield Fault(f"clients.cidrs[{index}]", f"{cidr!r} is given twice", "each range once")
    for key in groups:
        if not _KEY.fullmatch(key) or key[0].isdigit():
            allowed = "a letter, and up to 39 letters, digits, underscores and hyphens"
            yield Fault(f"clients.security_group_ids.{key}", "it has this name", allowed)


def _is_range(cidr: str) -> bool:
    try:
        return "/" in cidr and bool(IPv4Network(cidr))
    except ValueError:
        return False


def _load_balancer_faults(args: WebTierArgs) -> Iterable[Fault]:
    settings = args.get("load_balancer")
    if settings is None:
        return
    path = "load_balancer"
    days, bucket = settings.get("access_log_retention_days"), settings.get("access_log_bucket")
    yield from bounded(f"{path}.access_log_retention_days", days, 1, 3650, "days")
    if bucket is not None and days is not None:
        given = "access_log_bucket is given too"
        yield Fault(f"{path}.access_log_retention_days", given, "one of them: the bucket's owner says how long")
    if bucket is not None and not settings.get("access_logs", True):
        yield Fault(f"{path}.access_log_bucket", "access_logs is false", "a bucket where there are logs")
    acl = settings.get("web_acl_arn")
    if acl is not None and "web_acl" in settings:
        yield Fault(f"{path}.web_acl_arn", "web_acl is given too", "one of them")
    elif isinstance(acl, str) and is_known(acl) and not _WEB_ACL.fullmatch(acl):
        allowed = "the ARN of a regional web ACL: arn:aws:wafv2:us-east-1:123456789012:regional/webacl/..."
        yield Fault(f"{path}.web_acl_arn", f"{acl!r} is given", allowed)
    if "web_acl" in settings:
        yield from web_acl_faults(settings["web_acl"], f"{path}.web_acl")


def _instance_faults(args: WebTierArgs) -> Iterable[Fault]:
    yield from instance_faults("instances", args.get("instances", InstancesArgs()))


def _container_faults(args: WebTierArgs) -> Iterable[Fault]:
    if "container" in args and "instances" in args:
        yield Fault("container", "instances is given too", "one of them: what serves is the one or the other")
    yield from container_faults("container", args.get("container"))


def _policy_faults(args: WebTierArgs) -> Iterable[Fault]:
    yield from role_policy_faults("policies", args.get("policies", {}))


RULES = (
    *(partial(_range_faults, key) for key in _RANGES),
    capacity_faults,
    _path_faults,
    _certificate_faults,
    _domain_faults,
    _client_faults,
    _load_balancer_faults,
    _instance_faults,
    _container_faults,
    route_faults,
    scaling_faults,
    schedule_faults,
    _policy_faults,
)
"""Each gives the faults of one subject."""
