"""Scaling: every fleet grows and shrinks by itself, within bounds that survive the loss of an instance.

*Scaling on AWS (Part 4): > One Million Users* relies on Auto Scaling for each tier; a fleet without a policy is a
fixed number of servers.
"""

from pulumi_policy import Severity

from .rule import Parameter, Settings, Source, stack_rule
from .tokens import AUTOSCALING_GROUP, AUTOSCALING_POLICY
from .view import Findings, Resource, Stack, attempt, some

_SCALING = "REL07-BP01"
_BY_LOAD = ("PredictiveScaling", "StepScaling", "TargetTrackingScaling")


@stack_rule(
    "sca-asg-bounds",
    on=(AUTOSCALING_GROUP,),
    title="Fleets have room to scale",
    severity=Severity.MEDIUM,
    remediation="Set minSize to two or more, and maxSize above it; scale a worker fleet by its queue.",
    source=Source(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html", well_architected=_SCALING
    ),
    parameters=(Parameter("minimumInstances", 2, "The least minSize of a fleet.", minimum=0, maximum=10000),),
)
def group_has_room(group: Resource, stack: Stack, settings: Settings) -> Findings:
    """An Auto Scaling group keeps two instances or more, unless a queue feeds it, and may grow beyond its minimum.

    One instance is an outage whenever it is replaced; a maximum equal to the minimum turns every policy into
    decoration. Where the group scales by a queue's messages, they wait for the next instance, so that none will do.
    """
    least = settings.integer("minimumInstances")
    low, high = group["minSize"], group["maxSize"]
    # The minimum is judged by itself where the maximum is unknown.
    if (low.integer() or 0) < least:
        yield from attempt(_too_few(group, stack, least))
    if (high.integer() or 0) <= (low.integer() or 0):
        yield high.violates(allowed=f"more than minSize ({low.shown()})", fix="set maxSize to what a peak needs.")


def _too_few(group: Resource, stack: Stack, least: int) -> Findings:
    if not some(stack.referrers(group, AUTOSCALING_POLICY, "autoscalingGroupName"), _follows_queue):
        fix = f"set minSize to {least} or more, over several zones."
        yield group["minSize"].violates(allowed=f"{least} or more", fix=fix)


def _follows_queue(policy: Resource) -> bool:
    metrics = policy["targetTrackingConfiguration.customizedMetricSpecification.metrics"].items()
    return any(metric["metricStat.metric.namespace"].text() == "AWS/SQS" for metric in metrics)


@stack_rule(
    "sca-asg-policy",
    on=(AUTOSCALING_GROUP,),
    title="Fleets scale by load",
    severity=Severity.HIGH,
    remediation="Attach an autoscaling Policy with policyType TargetTrackingScaling to the group.",
    source=Source(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html",
        well_architected=_SCALING,
    ),
)
def group_scales(group: Resource, stack: Stack, _: Settings) -> Findings:
    """An Auto Scaling group has a policy that follows the load.

    The name promises what only a policy does: without one, the group holds its size whatever comes.
    """
    if not some(stack.referrers(group, AUTOSCALING_POLICY, "autoscalingGroupName"), _follows_load):
        yield group["name"].violates(
            found="no scaling policy for the group",
            allowed="a policy of type " + ", ".join(_BY_LOAD),
            fix="create an autoscaling Policy with policyType TargetTrackingScaling and this group's name.",
        )


def _follows_load(policy: Resource) -> bool:
    return policy["policyType"].text() in _BY_LOAD and policy["enabled"].flag() is not False
