"""Cost: what does the same for less, and what a small environment does not need."""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule
from .tokens import CACHE_REPLICATION_GROUP, EBS_VOLUME, INSTANCE, LAUNCH_TEMPLATE, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from .view import Findings, Resource, Value, attempt

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
    if not allowed or not size.given:
        return
    if not (size.text() or "").startswith(allowed):
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
