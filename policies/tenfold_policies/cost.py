"""Cost: what does the same for less, and what a small environment does not need."""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    CACHE_REPLICATION_GROUP,
    EBS_VOLUME,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NAT_GATEWAY,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    SUBNET,
    VPC,
)
from .view import Findings, Resource, Stack, Value, attempt

_SIZES = {
    INSTANCE: "instanceType",
    LAUNCH_TEMPLATE: "instanceType",
    RDS_INSTANCE: "instanceClass",
    RDS_CLUSTER_INSTANCE: "instanceClass",
    CACHE_REPLICATION_GROUP: "nodeType",
}


@resource_rule(
    "cst-instance-allowlist",
    on=tuple(_SIZES),
    title="Instances are of the types that the stack allows",
    severity=Severity.LOW,
    remediation="Take one of the allowed types, or allow this one in the policy configuration.",
    source=Source(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html", well_architected="COST06-BP01"
    ),
    level=ADVISORY,
    parameters=(
        Parameter("allowed", [], "The types, or how they begin, such as `t4g.` or `db.r7g.large`; without any, all."),
    ),
)
def size_is_allowed(resource: Resource, settings: Settings) -> Findings:
    """An instance, database or cache is of a type that the stack allows.

    A large one in an environment for trying things out is found on the bill, a month later.
    """
    allowed = tuple(settings.texts("allowed"))
    size = resource[_SIZES[resource.type]]
    name = size.text() if allowed else None
    if name is not None and not name.startswith(allowed):
        yield size.violates(allowed=", ".join(allowed), fix="take one of the allowed types.")


@resource_rule(
    "cst-gp3",
    on=(EBS_VOLUME, LAUNCH_TEMPLATE, INSTANCE, RDS_INSTANCE),
    title="Volumes are of the current type",
    severity=Severity.LOW,
    remediation="Set the volume's type to gp3.",
    source=Source(
        "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html", well_architected="COST06-BP01"
    ),
    level=ADVISORY,
)
def volume_is_gp3(resource: Resource, _: Settings) -> Findings:
    """A volume of general purpose is gp3, not gp2.

    It costs a fifth less, and its speed does not hang on its size.
    """
    for kind in _kinds(resource):
        yield from attempt(_current(kind))


def _kinds(resource: Resource) -> list[Value]:
    if resource.type == EBS_VOLUME:
        return [resource["type"]]
    if resource.type == RDS_INSTANCE:
        return [resource["storageType"]]
    if resource.type == INSTANCE:
        return [resource["rootBlockDevice.volumeType"]]
    return [mapping["ebs.volumeType"] for mapping in resource["blockDeviceMappings"].items()]


def _current(kind: Value) -> Findings:
    if kind.text() == "gp2":
        yield kind.violates(allowed='"gp3"', fix=f'set {kind.path} to "gp3".')


@stack_rule(
    "cst-nat-gateways",
    on=(VPC,),
    title="NAT gateways are no more than the stack allows",
    severity=Severity.LOW,
    remediation="Route all private subnets through one gateway, or allow more of them in the policy configuration.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html", well_architected="COST08-BP02"
    ),
    level=ADVISORY,
    parameters=(
        Parameter(
            "maximumGateways",
            6,
            "The most NAT gateways of a VPC; 1 for an environment that may be cut off with a zone, without "
            "`maz-nat-per-az`. 6 is one a zone wherever AWS is.",
            minimum=0,
            maximum=100,
        ),
    ),
)
def gateways_are_few(vpc: Resource, stack: Stack, settings: Settings) -> Findings:
    """A VPC has no more NAT gateways than the stack allows.

    Each costs by the hour, whether anything goes through it or not. Production has one a zone, for `maz-nat-per-az`;
    an environment for trying things out can do with one, which is said here and held.
    """
    most = settings.integer("maximumGateways")
    subnets, regional = stack.referrers(vpc, SUBNET, "vpcId"), stack.referrers(vpc, NAT_GATEWAY, "vpcId")
    zonal = [stack.referrers(subnet, NAT_GATEWAY, "subnetId") for subnet in subnets.resources]
    gateways = {gateway.urn for each in (regional, *zonal) for gateway in each.resources}
    # A gateway in doubt is so for each subnet.
    doubts = {doubt.finding: doubt for each in (subnets, regional, *zonal) for doubt in each.doubts}
    if len(gateways) > most:
        yield vpc["id"].violates(
            found=f"{len(gateways)} NAT gateways",
            allowed=f"{most} or less",
            fix="route all private subnets through fewer of them.",
        )
    elif len(gateways) + len(doubts) > most:
        raise next(iter(doubts.values()))
