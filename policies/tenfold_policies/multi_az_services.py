"""Multi-AZ for what serves: containers, mixed fleets and what stands behind a content delivery network."""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import APPAUTOSCALING_TARGET, AUTOSCALING_GROUP, CLOUDFRONT_DISTRIBUTION, ECS_SERVICE
from .view import Findings, Resource, Stack, attempt, some
from .zones import MINIMUM_ZONES, subnets_of, too_few_zones

_WELL_ARCHITECTED = "REL10-BP01"
_CALLED_BY = ("loadBalancers", "serviceRegistries", "serviceConnectConfiguration", "vpcLatticeConfigurations")


@stack_rule(
    "maz-ecs-service",
    on=(ECS_SERVICE,),
    title="Container services run in several zones",
    severity=Severity.HIGH,
    remediation="Set networkConfiguration.subnets to subnets in several zones, and desiredCount to 2 or more.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonECS/latest/bestpracticesguide/availability.html",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(
        MINIMUM_ZONES,
        Parameter("minimumTasks", 2, "The least number of tasks of a service.", minimum=1, maximum=5000),
    ),
)
def service_spans_zones(service: Resource, stack: Stack, settings: Settings) -> Findings:
    """A container service has two tasks or more, in several availability zones.

    ECS spreads tasks over the zones of the subnets: one task is in one zone, and so are a hundred in one subnet. A
    service that nobody calls, by a load balancer or by a name, may have one task or none: its work waits in a queue. A
    daemon is where its instances are, and passes.
    """
    if service["schedulingStrategy"].text() == "DAEMON":
        return
    subnets = service["networkConfiguration.subnets"]
    if subnets.given:
        fix = "list subnets in further zones in networkConfiguration.subnets."
        yield from attempt(too_few_zones(subnets, subnets_of(stack, subnets), settings, fix))
    yield from attempt(_enough_tasks(service, stack, settings.integer("minimumTasks")))


def _enough_tasks(service: Resource, stack: Stack, least: int) -> Findings:
    tasks = service["desiredCount"]
    if not any(service[name].given for name in _CALLED_BY):
        return
    if (tasks.integer() or 0) < least and not some(
        stack.referrers(service, APPAUTOSCALING_TARGET, "resourceId"), lambda target: _scaled(target, least)
    ):
        yield tasks.violates(allowed=f"at least {least}", fix=f"set desiredCount to {least} or more.")


def _scaled(target: Resource, least: int) -> bool:
    """Whether a scaling target keeps enough tasks."""
    return (target["minCapacity"].integer() or 0) >= least


@resource_rule(
    "maz-asg-instance-types",
    on=(AUTOSCALING_GROUP,),
    title="Fleets on Spot take several instance types",
    severity=Severity.MEDIUM,
    remediation="List further instance types in mixedInstancesPolicy.launchTemplate.overrides.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-6",
        security_hub="AutoScaling.6",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(Parameter("minimumTypes", 2, "The least number of instance types.", minimum=2, maximum=40),),
)
def spot_group_mixes_types(group: Resource, settings: Settings) -> Findings:
    """An Auto Scaling group on Spot capacity takes several instance types.

    Spot capacity of one type runs out in all zones at about the same time, and takes the fleet with it. A fleet on
    demand may keep to one type, by which its load is known.
    """
    policy = group["mixedInstancesPolicy"]
    on_demand = policy["instancesDistribution.onDemandPercentageAboveBaseCapacity"]
    if on_demand.absent or on_demand.integer() == 100:
        return
    overrides, least = policy["launchTemplate.overrides"], settings.integer("minimumTypes")
    if any(item["instanceRequirements"].given for item in overrides.items()):
        return
    kinds = {item["instanceType"].text() for item in overrides.items()}
    if len(kinds) < least:
        yield overrides.violates(
            found=f"{len(kinds)} instance type{'' if len(kinds) == 1 else 's'}",
            allowed=f"at least {least}",
            fix=f"list further instance types in {overrides.path}.",
        )


@resource_rule(
    "maz-cloudfront-origin-failover",
    on=(CLOUDFRONT_DISTRIBUTION,),
    title="Distributions fail over to another origin",
    severity=Severity.LOW,
    remediation="Put two origins into an originGroups entry and name the group as targetOriginId.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-4",
        security_hub="CloudFront.4",
        checkov=("CKV_AWS_310",),
        well_architected=_WELL_ARCHITECTED,
    ),
    level=ADVISORY,
)
def distribution_fails_over(distribution: Resource, _: Settings) -> Findings:
    """A distribution in front of servers asks another origin when the first one fails.

    Readers then get a page, if an older one, while the servers are away. A bucket is in three zones by itself, so that
    a distribution in front of buckets alone passes.
    """
    groups = distribution["originGroups"]
    if not groups.unknown and not groups.absent:
        return
    served = any(origin["customOriginConfig"].given for origin in distribution["origins"].items())
    if served and groups.absent:
        yield groups.violates(
            allowed="a group of two origins",
            fix="create an origin group, and name it as targetOriginId.",
        )
