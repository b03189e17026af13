"""Tagging: whose a resource is, and what it is for, is written on it."""

from pulumi_policy import Severity

from . import tokens
from .flags import switched_on
from .rule import ADVISORY, Parameter, Settings, Source, resource_rule
from .view import Findings, Resource, Value, attempt

_TAGGED = (
    tokens.BUCKET,
    tokens.CACHE_REPLICATION_GROUP,
    tokens.DYNAMODB_TABLE,
    tokens.INSTANCE,
    tokens.LAMBDA_FUNCTION,
    tokens.LOAD_BALANCER,
    tokens.QUEUE,
    tokens.RDS_CLUSTER,
    tokens.RDS_INSTANCE,
    tokens.SNS_TOPIC,
)


@resource_rule(
    "tag-required",
    on=_TAGGED,
    title="Resources have the tags that the stack asks for",
    severity=Severity.LOW,
    remediation="Add the tags, best for all resources at once by the defaultTags of the provider.",
    source=Source(
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        well_architected="COST03-BP02",
    ),
    level=ADVISORY,
    parameters=(Parameter("tags", [], "The keys of the tags that each resource must have."),),
)
def has_required_tags(resource: Resource, settings: Settings) -> Findings:
    """What costs money or holds data has the tags that the stack asks for.

    A bill without owners is nobody's, and nobody dares to delete what has none.
    """
    for key in settings.texts("tags"):
        own, everything = resource["tags"], resource["tagsAll"]
        if not (_has(own, key) or _has(everything, key)):
            # Either of the two may yet have it.
            _ = own.absent, everything.absent
            yield own.violates(found=f"no {key}", allowed=f"a tag {key}", fix=f"add the tag {key}.")


def _has(tags: Value, key: str) -> bool:
    return isinstance(tags.raw, dict) and key in tags.raw


@resource_rule(
    "tag-asg-propagate",
    on=(tokens.AUTOSCALING_GROUP,),
    title="Instances have the tags of their group",
    severity=Severity.LOW,
    remediation="Set propagateAtLaunch of each tag to true.",
    source=Source(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html",
        checkov=("CKV_AWS_153",),
        well_architected="COST03-BP02",
    ),
    level=ADVISORY,
    safe_to_set="propagateAtLaunch becomes true: new instances get the tags, and those that run stay as they are.",
)
def instances_get_tags(group: Resource, _: Settings) -> Findings:
    """The tags of an Auto Scaling group are those of its instances, too.

    A group costs nothing; what is on the bill, and what a role may be allowed to touch by a tag, are its instances.
    """
    for each in group["tags"].items():
        yield from attempt(switched_on(each["propagateAtLaunch"]))
