"""What a network can be made of, and which combinations are impossible."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.address_plan import ZONE
from tenfold.alarms import AlarmsArgs
from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.flow_logs import FlowLogs
from tenfold.log_retention import retention_faults


class NatMode(StrEnum):
    """How the app tier reaches the internet over IPv4."""

    NONE = "none"
    """Not at all: AWS services by endpoints alone."""
    SINGLE = "single"
    """One NAT gateway, in the first zone: cheaper, and with that zone every zone is cut off."""
    PER_ZONE = "per_zone"
    """A NAT gateway in each zone: the loss of one cuts off no other, and no traffic crosses zones to get out."""
    REGIONAL = "regional"
    """One NAT gateway that is in every zone, with an address in each; it needs no public subnet. GovCloud and China
    have none."""
    INSTANCE = "instance"
    """An EC2 instance in each zone, for little traffic: cheapest, and a zone is cut off while its instance restarts."""


class NetworkTier(StrEnum):
    """What a subnet of each zone is for."""

    PUBLIC = "public"
    """What the internet reaches: load balancers and NAT gateways."""
    APP = "app"
    """What runs: private, out through NAT."""
    DATA = "data"
    """What stores: private, no way out."""


class NetworkNatInstanceArgs(TypedDict):
    """The instances that translate addresses where `nat` is `instance`."""

    type: NotRequired[str]
    """The instance type, which bounds the traffic of a zone; `t4g.nano` by default."""
    image_id: NotRequired[pulumi.Input[str]]
    """The image, one with `dnf` and systemd; the Amazon Linux 2023 of the day the instance is made by default."""


class NetworkExistingArgs(TypedDict):
    """A VPC that exists already, by its ids; each tier that is given has the same zones."""

    vpc_id: pulumi.Input[str]
    """The VPC's id."""
    public_subnet_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """The subnets that the internet reaches, by zone: `{"us-east-1a": "subnet-1", "us-east-1b": "subnet-2"}`."""
    app_subnet_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """The private subnets for what runs, by zone."""
    data_subnet_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """The private subnets for what stores, by zone."""
    route_table_ids: NotRequired[list[pulumi.Input[str]]]
    """The route tables that gateway endpoints get a route in: those of the private subnets."""


class NetworkArgs(TypedDict):
    """Arguments of `Network`. What decides which resources there are is a plain value, known before anything exists."""

    cidr_block: NotRequired[str]
    """The VPC's IPv4 range, from /16 to /21; `10.0.0.0/16` by default. Changing it replaces the network."""
    zones: NotRequired[int]
    """How many availability zones, 2 to 6, the first by name of those the account has; 3 by default."""
    zone_names: NotRequired[list[str]]
    """The availability zones by name, in place of `zones`, a `single` NAT gateway in the first of them:
    `["us-east-1a", "us-east-1c"]`."""
    tiers: NotRequired[list[NetworkTier]]
    """The subnets of each zone: `public`, `app` and `data`; all three by default."""
    nat: NotRequired[NatMode]
    """How the app tier reaches the internet over IPv4: `none`, `single`, `per_zone`, `regional` or `instance`;
    `per_zone` by default, `none` without an app tier or public subnets."""
    nat_instance: NotRequired[NetworkNatInstanceArgs]
    """The instances that translate addresses where `nat` is `instance`."""
    ipv6: NotRequired[bool]
    """Whether subnets have IPv6 addresses beside those of IPv4, and the app tier a way out that no one comes in by,
    at no charge and whatever `nat` is; `False` by default."""
    gateway_endpoints: NotRequired[list[str]]
    """The services that private subnets reach without NAT, at no charge; `["s3", "dynamodb"]` by default, none in an
    existing VPC."""
    interface_endpoints: NotRequired[list[str]]
    """Further AWS services that the VPC reaches without NAT, by the last part of their name:
    `["secretsmanager", "ecr.api"]`; none by default. Each is charged by zone and hour, and must exist in every zone."""
    flow_logs: NotRequired[FlowLogs]
    """Which flows are logged: `none`, `rejected` or `all`; `all` by default, `none` in an existing VPC."""
    flow_log_retention_days: NotRequired[int]
    """How many days flow logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""
    existing: NotRequired[NetworkExistingArgs]
    """A VPC to take in place of a new one: nothing is made in it but the endpoints and flow logs that are asked for."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"flow-log": {"max_aggregation_interval": 60}}`."""


DEFAULT_RANGE = "10.0.0.0/16"
DEFAULT_NAT_INSTANCE_TYPE = "t4g.nano"
GATEWAY_SERVICES: tuple[str, ...] = ("s3", "dynamodb")
_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
_OF_A_NEW_VPC = ("cidr_block", "zones", "zone_names", "tiers", "nat", "nat_instance", "ipv6")
_IN_PUBLIC_SUBNETS = (NatMode.SINGLE, NatMode.PER_ZONE, NatMode.INSTANCE)


def tiers_of(args: NetworkArgs) -> list[NetworkTier]:
    """The tiers of a new network, from the internet inwards."""
    wanted = args.get("tiers", list(NetworkTier))
    return [tier for tier in NetworkTier if tier in wanted]


def nat_of(args: NetworkArgs) -> NatMode:
    """The NAT mode of a new network."""
    possible = {NetworkTier.PUBLIC, NetworkTier.APP} <= set(tiers_of(args))
    return args.get("nat", NatMode.PER_ZONE if possible else NatMode.NONE)


def gateway_endpoints_of(args: NetworkArgs) -> list[str]:
    """The services with a gateway endpoint."""
    return args.get("gateway_endpoints", [] if "existing" in args else list(GATEWAY_SERVICES))


def flow_logs_of(args: NetworkArgs) -> FlowLogs:
    """Which flows are logged."""
    return args.get("flow_logs", FlowLogs.NONE if "existing" in args else FlowLogs.ALL)


def existing_zones(existing: NetworkExistingArgs) -> list[str]:
    """The zones of an existing VPC, by name."""
    return sorted(next(iter(_existing_tiers(existing).values()), {}))


def _existing_tiers(existing: NetworkExistingArgs) -> dict[str, dict[str, pulumi.Input[str]]]:
    tiers = {
        "public_subnet_ids": existing.get("public_subnet_ids", {}),
        "app_subnet_ids": existing.get("app_subnet_ids", {}),
        "data_subnet_ids": existing.get("data_subnet_ids", {}),
    }
    return {key: subnets for key, subnets in tiers.items() if subnets}


def _range_faults(args: NetworkArgs) -> Iterable[Fault]:
    given = args.get("cidr_block", DEFAULT_RANGE)
    try:
        usable = 16 <= IPv4Network(given).prefixlen <= 21
    except (AddressValueError, NetmaskValueError, ValueError):
        usable = False
    if not usable and "existing" not in args:
        yield Fault("cidr_block", f"{given!r} is given", "an IPv4 range from /16 to /21 without host bits: 10.0.0.0/16")


def _zone_faults(args: NetworkArgs) -> Iterable[Fault]:
    names = args.get("zone_names")
    if "existing" in args:
        return
    if names is None:
        yield from bounded("zones", args.get("zones"), 2, 6, "zones")
        return
    if "zones" in args:
        yield Fault("zones", f"{args['zones']} is given beside zone_names", "one of the two; remove zones")
    yield from bounded("zone_names", len(names), 2, 8, "names")
    yield from _zone_name_faults({f"zone_names[{index}]": zone for index, zone in enumerate(names)})


def _zone_name_faults(zones: Mapping[str, str]) -> Iterable[Fault]:
    """What is wrong with the names of zones, by their paths: each is one, of the region of the first, and not twice."""
    names = list(zones.values())
    for index, (path, zone) in enumerate(zones.items()):
        if not ZONE.fullmatch(zone):
            yield Fault(path, f"{zone!r} is given", "an availability zone's name: us-east-1a")
        elif zone in names[:index]:
            yield Fault(path, f"{zone!r} is given twice", "each zone once")
        elif zone[:-1] != names[0][:-1] and ZONE.fullmatch(names[0]):
            yield Fault(path, f"{zone!r} is given", f"a zone of {names[0][:-1]}, as the first is")


def _tier_faults(args: NetworkArgs) -> Iterable[Fault]:
    tiers = args.get("tiers")
    if tiers is None or "existing" in args:
        return
    if not tiers:
        yield Fault("tiers", "an empty list is given", "at least one of public, app and data")
    yield from _twice("tiers", tiers)


def _nat_faults(args: NetworkArgs) -> Iterable[Fault]:
    if "existing" in args:
        return
    nat, tiers = nat_of(args), tiers_of(args)
    if nat is not NatMode.NONE and NetworkTier.APP not in tiers:
        yield Fault("nat", f"{nat.value!r} is given without the app tier", "none: no other tier leaves by NAT")
    elif nat in _IN_PUBLIC_SUBNETS and NetworkTier.PUBLIC not in tiers:
        yield Fault("nat", f"{nat.value!r} is given without the public tier", "regional or none, which need none")
    if "nat_instance" in args:
        yield from _nat_instance_faults(nat, args["nat_instance"])


def _nat_instance_faults(nat: NatMode, instance: NetworkNatInstanceArgs) -> Iterable[Fault]:
    if nat is not NatMode.INSTANCE:
        yield Fault("nat_instance", f"it is given beside nat {nat.value}", "nothing, or nat instance")
    elif "type" in instance and not _INSTANCE_TYPE.fullmatch(instance["type"]):
        yield Fault("nat_instance.type", f"{instance['type']!r} is given", "an instance type: t4g.nano")


def _endpoint_faults(args: NetworkArgs) -> Iterable[Fault]:
    gateways = args.get("gateway_endpoints", [])
    allowed = "s3 or dynamodb, which alone have gateway endpoints"
    for index, service in enumerate(gateways):
        if service not in GATEWAY_SERVICES:
            yield Fault(f"gateway_endpoints[{index}]", f"{service!r} is given", allowed)
    yield from _twice("gateway_endpoints", gateways)


def _interface_endpoint_faults(args: NetworkArgs) -> Iterable[Fault]:
    interfaces = args.get("interface_endpoints", [])
    for index, service in enumerate(interfaces):
        path = f"interface_endpoints[{index}]"
        if service in GATEWAY_SERVICES:
            yield Fault(path, f"{service!r} is given", "a service without a gateway endpoint, which costs nothing")
        elif not _SERVICE.fullmatch(service) or service.startswith("com.amazonaws."):
            yield Fault(path, f"{service!r} is given", "the name that ends the service's: ecr.api, secretsmanager")
    yield from _twice("interface_endpoints", interfaces)


def _twice(path: str, given: list[Any]) -> Iterable[Fault]:
    what = "each tier once" if path == "tiers" else "each service once"
    for index, each in enumerate(given):
        if each in given[:index]:
            yield Fault(f"{path}[{index}]", f"{str(each)!r} is given twice", what)


def _flow_log_faults(args: NetworkArgs) -> Iterable[Fault]:
    days = args.get("flow_log_retention_days")
    if days is not None and flow_logs_of(args) is FlowLogs.NONE:
        yield Fault("flow_log_retention_days", f"{days} is given beside flow_logs none", "nothing, or flow logs")
    else:
        yield from retention_faults("flow_log_retention_days", days)


def _existing_faults(args: NetworkArgs) -> Iterable[Fault]:
    existing = args.get("existing")
    if existing is None:
        return
    for key in _OF_A_NEW_VPC:
        if key in args:
            yield Fault(key, "it is given beside existing", "nothing: an existing VPC stays as it is")
    tiers = _existing_tiers(existing)
    if not tiers:
        yield Fault("existing", "it has no subnets", "public_subnet_ids, app_subnet_ids or data_subnet_ids, by zone")
        return
    first, zones = next(iter(tiers)), existing_zones(existing)
    yield from _zone_name_faults({f"existing.{first}.{zone}": zone for zone in zones})
    for key, subnets in tiers.items():
        if sorted(subnets) != zones:
            yield Fault(f"existing.{key}", f"its zones are {', '.join(sorted(subnets))}", f"those of {first}")
    if args.get("gateway_endpoints") and not existing.get("route_table_ids"):
        given = "nothing is given beside gateway_endpoints"
        yield Fault("existing.route_table_ids", given, "the route tables that lead to the endpoints")


RULES = (
    _range_faults,
    _zone_faults,
    _tier_faults,
    _nat_faults,
    _endpoint_faults,
    _interface_endpoint_faults,
    _flow_log_faults,
    _existing_faults,
)
"""What no type can express, for `checked`."""
