"""Stateless tiers: any instance may disappear at any time, and nobody notices.

*Scaling on AWS (Part 4): > One Million Users* asks to shift state off the web tier, into ElastiCache and DynamoDB;
only then can the tier scale and heal by itself. These rules refuse what ties a session, a disk or an address to one
instance.
"""

from collections.abc import Iterator

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    AUTOSCALING_ATTACHMENT,
    AUTOSCALING_GROUP,
    AUTOSCALING_TRAFFIC_SOURCE,
    EIP,
    EIP_ASSOCIATION,
    INSTANCE,
    LAUNCH_TEMPLATE,
    LISTENER,
    LISTENER_RULE,
    TARGET_GROUP,
    VOLUME_ATTACHMENT,
)
from .view import Findings, Resource, Stack, Value, attempt, some

_STATELESS = "REL05-BP06"
_HEALING = "REL11-BP03"


@resource_rule(
    "sta-no-sticky-sessions",
    on=(TARGET_GROUP, LISTENER, LISTENER_RULE),
    title="No sticky sessions",
    severity=Severity.HIGH,
    remediation="Keep sessions in ElastiCache or DynamoDB and turn stickiness off.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html",
        well_architected=_STATELESS,
    ),
)
def no_sticky_sessions(resource: Resource, _: Settings) -> Findings:
    """A load balancer binds no session to one target.

    A sticky session is lost with its instance, keeps new instances idle after scaling out, and holds up every
    deployment.
    """
    for stickiness in _stickiness(resource):
        yield from attempt(_not_enabled(stickiness))


def _stickiness(resource: Resource) -> Iterator[Value]:
    if resource.type == TARGET_GROUP:
        yield resource["stickiness"]
    else:
        for action in resource["defaultActions" if resource.type == LISTENER else "actions"].items():
            yield action["forward.stickiness"]


def _not_enabled(stickiness: Value) -> Findings:
    enabled = stickiness["enabled"]
    # A target group's stickiness is on unless it says otherwise, that of a listener is off.
    by_default = enabled.absent and stickiness.resource.type == TARGET_GROUP and not stickiness.absent
    if enabled.flag() or by_default:
        yield enabled.violates(
            found="nothing, which is true" if by_default else None,
            allowed="false",
            fix=f"keep sessions outside of the instances and set {enabled.path} to false.",
        )


@resource_rule(
    "sta-asg-replaceable",
    on=(AUTOSCALING_GROUP,),
    title="Instances can be replaced",
    severity=Severity.MEDIUM,
    remediation="Use a launch template and instanceRefresh; leave scale-in protection off and all processes running.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-9",
        security_hub="AutoScaling.9",
        checkov=("CKV_AWS_315",),
        well_architected=_STATELESS,
    ),
)
def group_is_replaceable(group: Resource, _: Settings) -> Findings:
    """An Auto Scaling group may replace any of its instances at any time.

    A new image reaches the fleet by replacing instances, one batch after another. A group that protects its instances
    or suspends their replacement keeps something on them.
    """
    for check in (_has_launch_template, _refreshes, _scales_in, _replaces_unhealthy):
        yield from attempt(check(group))


def _has_launch_template(group: Resource) -> Findings:
    template, mixed = group["launchTemplate"], group["mixedInstancesPolicy"]
    if not template.given and mixed.absent:
        yield template.violates(
            allowed="a launch template, here or in mixedInstancesPolicy", fix="create a LaunchTemplate and name it."
        )


def _refreshes(group: Resource) -> Findings:
    refresh = group["instanceRefresh"]
    if refresh.absent:
        yield refresh.violates(
            allowed="an instance refresh", fix='set instanceRefresh to {"strategy": "Rolling"} with preferences.'
        )


def _scales_in(group: Resource) -> Findings:
    protected = group["protectFromScaleIn"]
    if protected.flag():
        yield protected.violates(
            allowed="false", fix="move what the instances hold elsewhere, then remove the protection."
        )


def _replaces_unhealthy(group: Resource) -> Findings:
    for process in group["suspendedProcesses"].items():
        if process.text() in {"Launch", "Terminate", "ReplaceUnhealthy", "HealthCheck", "InstanceRefresh"}:
            yield process.violates(
                allowed="no suspended process of replacement", fix="remove it from suspendedProcesses."
            )


@resource_rule(
    "sta-no-data-volumes",
    on=(LAUNCH_TEMPLATE, VOLUME_ATTACHMENT),
    title="No data volumes on a tier",
    severity=Severity.HIGH,
    remediation="Map the root volume alone, to be deleted with its instance; keep data in a data store.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html",
        well_architected=_STATELESS,
    ),
    parameters=(
        Parameter("rootDevices", ["/dev/xvda", "/dev/sda1"], "The names that images give to their root device."),
    ),
)
def no_data_volumes(resource: Resource, settings: Settings) -> Findings:
    """An instance has no disk other than its root volume, which goes with it.

    What is written to a further volume, or to one that outlives its instance, is state on the tier: it is in one
    zone, on one instance, and in no backup.
    """
    if resource.type == VOLUME_ATTACHMENT:
        yield resource["volumeId"].violates(
            found="a volume attached to an instance",
            allowed="no attached volume",
            fix="keep the data in a database, a bucket or a shared file system, and remove the attachment.",
        )
        return
    for mapping in resource["blockDeviceMappings"].items():
        yield from attempt(_root_only(mapping, settings.texts("rootDevices")))
        yield from attempt(_deleted_with_instance(mapping))


def _root_only(mapping: Value, roots: list[str]) -> Findings:
    device = mapping["deviceName"]
    # `noDevice` takes a device of the image away, which is welcome.
    if device.text() not in roots and mapping["noDevice"].absent:
        yield device.violates(
            allowed=f"the root device ({', '.join(roots)})",
            fix="remove the mapping, and keep the data in a data store; or add the image's root device to rootDevices.",
        )


def _deleted_with_instance(mapping: Value) -> Findings:
    deleted = mapping["ebs.deleteOnTermination"]
    if deleted.flag() is False:
        yield deleted.violates(allowed="true", fix=f'set {deleted.path} to "true".')


@resource_rule(
    "sta-no-standalone-instances",
    on=(INSTANCE,),
    title="No instances outside of a group",
    severity=Severity.HIGH,
    remediation="Run it in an Auto Scaling group, if need be of one instance, or as a container or a function.",
    source=Source(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html", well_architected=_HEALING
    ),
)
def no_standalone_instances(instance: Resource, _: Settings) -> Findings:
    """An instance belongs to an Auto Scaling group.

    Nobody replaces an instance that stands alone when it fails, and nobody can tell what is on it. One that forwards
    the packets of others, such as a NAT instance, passes: routes lead to this very one, and it holds nothing.
    """
    if instance["sourceDestCheck"].flag() is not False:
        yield instance["instanceType"].violates(
            found="an instance of its own",
            allowed="none",
            fix="launch it by an Auto Scaling group and a launch template.",
        )


@resource_rule(
    "sta-no-eip-on-instances",
    on=(EIP, EIP_ASSOCIATION),
    title="No fixed addresses on instances",
    severity=Severity.MEDIUM,
    remediation="Put a load balancer in front and give clients its name.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html",
        well_architected=_STATELESS,
    ),
)
def no_eip_on_instances(address: Resource, _: Settings) -> Findings:
    """An Elastic IP address is bound to no instance.

    Clients that know an instance by its address lose the service with it, and no second instance can share the load.
    """
    instance = address["instance" if address.type == EIP else "instanceId"]
    # An instance that is not created yet is an instance: there is nothing to wait for.
    if instance.given:
        yield instance.violates(
            found="an instance", allowed="nothing", fix="reach the instances by a load balancer and remove the address."
        )


@stack_rule(
    "sta-asg-elb-health",
    on=(AUTOSCALING_GROUP,),
    title="Fleets heal by the load balancer's health checks",
    severity=Severity.MEDIUM,
    remediation='Set healthCheckType to "ELB" on groups behind a load balancer.',
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-1",
        security_hub="AutoScaling.1",
        checkov=("CKV2_AWS_15",),
        well_architected=_HEALING,
    ),
)
def group_heals_by_balancer(group: Resource, stack: Stack, _: Settings) -> Findings:
    """An Auto Scaling group behind a load balancer replaces instances that fail the balancer's health checks.

    By its default, EC2's status check, an instance whose application hangs stays in the group for good.
    """
    kind = group["healthCheckType"]
    # Both the balancer and the check may be unknown; a group that has the check passes wherever it is attached.
    if kind.text() != "ELB" and _behind_balancer(group, stack):
        yield kind.violates(allowed='"ELB"', fix='set healthCheckType to "ELB" and a healthCheckGracePeriod.')


def _behind_balancer(group: Resource, stack: Stack) -> bool:
    listed = [group[name] for name in ("targetGroupArns", "loadBalancers", "trafficSources")]
    if any(value.given for value in listed):
        return True
    return any(
        some(stack.referrers(group, type_, "autoscalingGroupName"))
        for type_ in (AUTOSCALING_ATTACHMENT, AUTOSCALING_TRAFFIC_SOURCE)
    )


@resource_rule(
    "sta-target-group-health",
    on=(TARGET_GROUP,),
    title="Target groups check health",
    severity=Severity.MEDIUM,
    remediation="Set healthCheck with a path that answers only when the application can serve.",
    source=Source(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
        checkov=("CKV_AWS_261",),
        well_architected="REL11-BP01",
    ),
)
def target_group_checks_health(group: Resource, _: Settings) -> Findings:
    """A target group asks its targets for their health, over HTTP by a path of their own.

    The default path is `/`: a page that is slow, cached or redirected says little of the instance behind it.
    """
    if group["targetType"].text() == "lambda":
        return
    yield from attempt(_check_enabled(group))
    yield from attempt(_check_path(group))


def _check_enabled(group: Resource) -> Findings:
    enabled = group["healthCheck.enabled"]
    if enabled.flag() is False:
        yield enabled.violates(allowed="true", fix="remove healthCheck.enabled or set it to true.")


def _check_path(group: Resource) -> Findings:
    path = group["healthCheck.path"]
    if not path.absent:
        return
    # Without a protocol of its own, the check of an HTTP group is HTTP, and that of a TCP group is TCP.
    own = group["healthCheck.protocol"].text()
    protocol = own or group["protocol"].text() or "HTTP"
    if protocol in {"HTTP", "HTTPS"}:
        yield path.violates(allowed="a path", fix="set healthCheck.path to a path that checks what the targets need.")


@resource_rule(
    "sta-deregistration-delay",
    on=(TARGET_GROUP,),
    title="Targets drain before they go, not for long",
    severity=Severity.LOW,
    remediation="Set deregistrationDelay to a little more than the slowest request takes.",
    source=Source(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay",
        security_hub="ELB.7",
        well_architected="REL08-BP04",
    ),
    level=ADVISORY,
    parameters=(
        Parameter("minimumSeconds", 5, "The least time in which requests may end.", minimum=1, maximum=3600),
        Parameter("maximumSeconds", 120, "The longest that one may delay a deployment.", minimum=1, maximum=3600),
    ),
)
def deregistration_delay(group: Resource, settings: Settings) -> Findings:
    """A target leaves after its requests have ended, and does not hold up a deployment.

    With no delay each deployment cuts requests off. The default of 300 seconds is paid for each batch of each
    instance refresh.
    """
    if group["targetType"].text() == "lambda":
        return
    delay = group["deregistrationDelay"]
    seconds = delay.integer()
    low, high = settings.integer("minimumSeconds"), settings.integer("maximumSeconds")
    if not low <= (300 if seconds is None else seconds) <= high:
        yield delay.violates(
            found="nothing, which is 300 seconds" if seconds is None else f"{seconds} seconds",
            allowed=f"{low} to {high} seconds",
            fix="set deregistrationDelay to a little more than the slowest request takes.",
        )
