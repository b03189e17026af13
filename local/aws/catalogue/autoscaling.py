"""Auto Scaling groups, their policies and their schedules."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType
from local.aws.model import members

_NO_TARGETS = "the emulator keeps none; from the record, the local instances are registered"
_NO_METRICS = "the emulator does not switch group metrics"
_NO_PROCESSES = "the emulator does not suspend a group's processes"
_NOT_KEPT = "the emulator does not keep it"
_NOT_CHANGED = "the emulator keeps what it was at creation"


def _group(properties: Properties) -> Properties:
    """AWS takes subnets as one string, and tags that name the group."""
    result = dict(properties)
    if isinstance(result.get("vpcZoneIdentifiers"), list):
        result["vpcZoneIdentifiers"] = ",".join(map(str, result["vpcZoneIdentifiers"]))
    if isinstance(result.get("tags"), list):
        owner = {"resourceId": properties.get("name"), "resourceType": "auto-scaling-group"}
        result["tags"] = [{**owner, **tag} if isinstance(tag, dict) else tag for tag in result["tags"]]
    return result


def _group_back(properties: Properties) -> Properties:
    result = dict(properties)
    if isinstance(result.get("vpcZoneIdentifiers"), str):
        result["vpcZoneIdentifiers"] = result["vpcZoneIdentifiers"].split(",")
    if isinstance(result.get("tags"), list):
        kept = ("key", "value", "propagateAtLaunch")
        result["tags"] = [{name: tag[name] for name in kept if name in tag} for tag in result["tags"]]
    return result


def _refresh(before: Properties, after: Properties) -> list[Properties]:
    """What starts new instances when the group's template changes, where the program wants that."""
    wanted = after.get("instanceRefresh")
    changed = any(before.get(name) != after.get(name) for name in ("launchTemplate", "mixedInstancesPolicy"))
    if not wanted or not changed:
        return []
    preferences = {
        name: int(value) if name in ("instanceWarmup", "checkpointDelay") else value
        for name, value in wanted.get("preferences", {}).items()
    }
    return [members({"strategy": wanted["strategy"], "preferences": preferences})]


GROUP = ResourceType(
    token="aws:autoscaling/group:Group",
    service="autoscaling",
    create=Operation(name="create_auto_scaling_group", never=frozenset({"trafficSources"})),
    id="$name",
    read=(
        Read(
            name="describe_auto_scaling_groups",
            params={"AutoScalingGroupNames": ["$id"]},
            at="AutoScalingGroups[?Status!='Delete in progress'] | [0]",
        ),
    ),
    update=(
        Operation(
            name="update_auto_scaling_group",
            params={"AutoScalingGroupName": "$id"},
            never=frozenset({"targetGroupArns", "tags"}),
        ),
        Operation(
            name="attach_load_balancer_target_groups",
            params={"AutoScalingGroupName": "$id"},
            only=frozenset({"targetGroupArns"}),
            adds={"targetGroupArns": "TargetGroupARNs"},
            recorded=_NO_TARGETS,
        ),
        Operation(
            name="detach_load_balancer_target_groups",
            params={"AutoScalingGroupName": "$id"},
            only=frozenset({"targetGroupArns"}),
            removes={"targetGroupArns": "TargetGroupARNs"},
            recorded=_NO_TARGETS,
        ),
        Operation(name="delete_tags", removes={"tags": "Tags"}),
        Operation(name="create_or_update_tags", adds={"tags": "Tags"}),
        Operation(
            name="enable_metrics_collection",
            params={"AutoScalingGroupName": "$id"},
            only=frozenset({"enabledMetrics", "metricsGranularity"}),
            recorded=_NO_METRICS,
        ),
        Operation(
            name="suspend_processes",
            params={"AutoScalingGroupName": "$id"},
            only=frozenset({"suspendedProcesses"}),
            recorded=_NO_PROCESSES,
        ),
        Operation(
            name="start_instance_refresh",
            params={"AutoScalingGroupName": "$id"},
            only=frozenset({"instanceRefresh", "launchTemplate", "mixedInstancesPolicy"}),
            steps=_refresh,
        ),
    ),
    delete=Operation(name="delete_auto_scaling_group", params={"AutoScalingGroupName": "$id", "ForceDelete": True}),
    names={
        "name": "AutoScalingGroupName",
        "vpcZoneIdentifiers": "VPCZoneIdentifier",
        "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
        "launchTemplate.id": "LaunchTemplateId",
        "launchTemplate.name": "LaunchTemplateName",
        "enabledMetrics": "Metrics",
        "metricsGranularity": "Granularity",
        "suspendedProcesses": "ScalingProcesses",
    },
    outputs={
        "arn": "AutoScalingGroupARN",
        "availabilityZones": "AvailabilityZones",
        "desiredCapacity": "DesiredCapacity",
        "defaultCooldown": "DefaultCooldown",
        "healthCheckType": "HealthCheckType",
        "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
    },
    defaults={"healthCheckGracePeriod": 300},
    required=frozenset({"minSize", "maxSize"}),
    limits={
        "healthCheckType": ("EC2", "ELB", "VPC_LATTICE", "EBS"),
        "minSize": range(10001),
        "maxSize": range(10001),
        "desiredCapacity": range(10001),
        "instanceRefresh.strategy": ("Rolling", "ReplaceRootVolume"),
        "instanceRefresh.preferences.minHealthyPercentage": range(101),
        "instanceRefresh.preferences.maxHealthyPercentage": range(100, 201),
    },
    ignored=frozenset(
        {
            "waitForCapacityTimeout",
            "waitForElbCapacity",
            "minElbCapacity",
            "forceDelete",
            "forceDeleteWarmPool",
            "ignoreFailedScalingActivities",
        }
    ),
    replace_on=frozenset({"name"}),
    not_returned={
        **dict.fromkeys(
            (
                "capacityRebalance",
                "defaultInstanceWarmup",
                "instanceMaintenancePolicy",
                "maxInstanceLifetime",
                "mixedInstancesPolicy",
                "targetGroupArns",
                "placementGroup",
                "enabledMetrics",
                "metricsGranularity",
                "suspendedProcesses",
                "desiredCapacityType",
                "availabilityZoneDistribution",
            ),
            _NOT_KEPT,
        ),
        **dict.fromkeys(("launchTemplate.version", "terminationPolicies", "protectFromScaleIn"), _NOT_CHANGED),
    },
    prepare=_group,
    restore=_group_back,
    naming=Naming(limit=255),
)


POLICY = ResourceType(
    token="aws:autoscaling/policy:Policy",
    service="autoscaling",
    create=Operation(name="put_scaling_policy"),
    id="$name",
    read=(
        Read(
            name="describe_policies",
            params={"AutoScalingGroupName": "$autoscalingGroupName", "PolicyNames": ["$name"]},
            # The emulator answers with every policy of the group.
            at="ScalingPolicies[?PolicyName=='$name'] | [0]",
        ),
    ),
    update=(Operation(name="put_scaling_policy"),),
    delete=Operation(
        name="delete_policy", params={"AutoScalingGroupName": "$autoscalingGroupName", "PolicyName": "$id"}
    ),
    names={
        "name": "PolicyName",
        "targetTrackingConfiguration.customizedMetricSpecification.metricDimensions": "Dimensions",
    },
    defaults={"policyType": "SimpleScaling", "enabled": True},
    limits={"policyType": ("SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling")},
    outputs={"arn": "PolicyARN"},
    required=frozenset({"autoscalingGroupName"}),
    replace_on=frozenset({"name", "autoscalingGroupName"}),
    naming=Naming(limit=255),
)


def _schedule(properties: Properties) -> Properties:
    """A size of -1 stays as it is, which AWS is told by leaving it out."""
    sizes = ("minSize", "maxSize", "desiredCapacity")
    return {name: value for name, value in properties.items() if not (name in sizes and value == -1)}


SCHEDULE = ResourceType(
    token="aws:autoscaling/schedule:Schedule",
    service="autoscaling",
    create=Operation(name="put_scheduled_update_group_action"),
    id="$scheduledActionName",
    read=(
        Read(
            name="describe_scheduled_actions",
            params={"AutoScalingGroupName": "$autoscalingGroupName"},
            # The emulator answers with every action of the group.
            at="ScheduledUpdateGroupActions[?ScheduledActionName=='$id'] | [0]",
        ),
    ),
    update=(Operation(name="put_scheduled_update_group_action", whole=True),),
    delete=Operation(
        name="delete_scheduled_action",
        params={"AutoScalingGroupName": "$autoscalingGroupName", "ScheduledActionName": "$id"},
    ),
    defaults={"minSize": 0, "maxSize": 0, "desiredCapacity": 0},
    outputs={"arn": "ScheduledActionARN"},
    required=frozenset({"autoscalingGroupName", "scheduledActionName"}),
    replace_on=frozenset({"autoscalingGroupName", "scheduledActionName"}),
    prepare=_schedule,
)
