"""Auto Scaling groups, policies and schedules live in the emulator as their entries say."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _group(world: World, made: Made) -> Any:
    found = world.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[made.id])
    group = found["AutoScalingGroups"][0]
    return {
        **only(group, "MinSize", "MaxSize", "DesiredCapacity", "HealthCheckType"),
        "subnets": group["VPCZoneIdentifier"].split(","),
        "template": group["LaunchTemplate"]["LaunchTemplateId"],
        "tags": {one["Key"]: (one["Value"], one["PropagateAtLaunch"]) for one in group["Tags"]},
    }


def _policy(world: World, made: Made) -> Any:
    found = world.client("autoscaling").describe_policies(PolicyNames=[made.id])["ScalingPolicies"][0]
    target = found["TargetTrackingConfiguration"]
    return found["PolicyType"], target["TargetValue"], target["PredefinedMetricSpecification"]["PredefinedMetricType"]


def _backlog(world: World, made: Made) -> Any:
    group = world.scaling_group
    found = world.client("autoscaling").describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    target = next(one for one in found if one["PolicyName"] == made.id)["TargetTrackingConfiguration"]
    metrics = target["CustomizedMetricSpecification"]["Metrics"]
    return target["TargetValue"], metrics[0]["MetricStat"]["Metric"]["Dimensions"], metrics[1]["Expression"]


def _steps(world: World, made: Made) -> Any:
    group = world.scaling_group
    found = world.client("autoscaling").describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    return next(one for one in found if one["PolicyName"] == made.id)["StepAdjustments"]


def _tracked(expression: str) -> dict[str, Any]:
    visible = {
        "namespace": "AWS/SQS",
        "metricName": "ApproximateNumberOfMessagesVisible",
        "dimensions": [{"name": "QueueName", "value": "jobs"}],
    }
    metrics = [
        {"id": "visible", "metricStat": {"metric": visible, "stat": "Maximum"}, "returnData": False},
        {"id": "backlog", "expression": expression, "returnData": True},
    ]
    return {"targetValue": 10, "customizedMetricSpecification": {"metrics": metrics}}


def _schedule(world: World, made: Made) -> Any:
    found = world.client("autoscaling").describe_scheduled_actions(AutoScalingGroupName=world.scaling_group)
    actions = {one["ScheduledActionName"]: one for one in found["ScheduledUpdateGroupActions"]}
    return only(actions[made.id], "Recurrence", "TimeZone", "MinSize", "MaxSize", "DesiredCapacity")


CASES = [
    Case(
        token="aws:autoscaling/group:Group",
        inputs=lambda world: {
            "minSize": 1,
            "maxSize": 3,
            "desiredCapacity": 2,
            "vpcZoneIdentifiers": world.subnets[:2],
            "launchTemplate": {"id": world.template, "version": "1"},
            "targetGroupArns": world.targets[:1],
            "healthCheckType": "ELB",
            "healthCheckGracePeriod": 60,
            "defaultInstanceWarmup": 30,
            "enabledMetrics": ["GroupDesiredCapacity"],
            "metricsGranularity": "1Minute",
            "instanceRefresh": {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90}},
            "tags": [{"key": "team", "value": "a", "propagateAtLaunch": True}],
            "waitForCapacityTimeout": "0",
        },
        look=_group,
        made=lambda world, _: {
            "MinSize": 1,
            "MaxSize": 3,
            "DesiredCapacity": 2,
            "HealthCheckType": "ELB",
            "subnets": world.subnets[:2],
            "template": world.template,
            "tags": {"team": ("a", True)},
        },
        change=lambda world: {
            "minSize": 2,
            "maxSize": 6,
            "desiredCapacity": 4,
            "vpcZoneIdentifiers": world.subnets,
            "tags": [{"key": "team", "value": "b", "propagateAtLaunch": False}],
        },
        changed=lambda world, _: {
            "MinSize": 2,
            "MaxSize": 6,
            "DesiredCapacity": 4,
            "HealthCheckType": "ELB",
            "subnets": world.subnets,
            "template": world.template,
            "tags": {"team": ("b", False)},
        },
        meddle=lambda world, made: world.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=made.id, MaxSize=9, VPCZoneIdentifier=world.subnets[0]
        ),
        drifts=("maxSize", "vpcZoneIdentifiers"),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:autoscaling/policy:Policy",
        inputs=lambda world: {
            "autoscalingGroupName": world.scaling_group,
            "policyType": "TargetTrackingScaling",
            "targetTrackingConfiguration": {
                "targetValue": 500,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "ALBRequestCountPerTarget",
                    "resourceLabel": "app/a/1/targetgroup/b/2",
                },
            },
        },
        look=_policy,
        made=("TargetTrackingScaling", 500.0, "ALBRequestCountPerTarget"),
        change=lambda _: {
            "targetTrackingConfiguration": {
                "targetValue": 60,
                "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
            }
        },
        changed=("TargetTrackingScaling", 60.0, "ASGAverageCPUUtilization"),
        meddle=lambda world, made: world.client("autoscaling").put_scaling_policy(
            AutoScalingGroupName=world.scaling_group,
            PolicyName=made.id,
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={
                "TargetValue": 10.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            },
        ),
        drifts=("targetTrackingConfiguration",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:autoscaling/policy:Policy",
        inputs=lambda world: {
            "autoscalingGroupName": world.scaling_group,
            "policyType": "TargetTrackingScaling",
            "targetTrackingConfiguration": _tracked("visible / 2"),
        },
        look=_backlog,
        made=(10.0, [{"Name": "QueueName", "Value": "jobs"}], "visible / 2"),
        change=lambda _: {"targetTrackingConfiguration": _tracked("visible / 3")},
        changed=(10.0, [{"Name": "QueueName", "Value": "jobs"}], "visible / 3"),
    ),
    Case(
        token="aws:autoscaling/policy:Policy",
        inputs=lambda world: {
            "autoscalingGroupName": world.scaling_group,
            "policyType": "StepScaling",
            "adjustmentType": "ChangeInCapacity",
            "estimatedInstanceWarmup": 180,
            "stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}],
        },
        look=_steps,
        made=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        change=lambda _: {"stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 2}]},
        changed=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}],
    ),
    Case(
        token="aws:autoscaling/schedule:Schedule",
        inputs=lambda world: {
            "autoscalingGroupName": world.scaling_group,
            "scheduledActionName": "morning",
            "recurrence": "0 7 * * 1-5",
            "timeZone": "Europe/Berlin",
            "minSize": 3,
            "maxSize": 6,
            "desiredCapacity": -1,
        },
        look=_schedule,
        made={
            "Recurrence": "0 7 * * 1-5",
            "TimeZone": "Europe/Berlin",
            "MinSize": 3,
            "MaxSize": 6,
            "DesiredCapacity": None,
        },
        change=lambda _: {"recurrence": "0 8 * * 1-5", "minSize": 4, "maxSize": -1},
        changed={
            "Recurrence": "0 8 * * 1-5",
            "TimeZone": "Europe/Berlin",
            "MinSize": 4,
            "MaxSize": None,
            "DesiredCapacity": None,
        },
        meddle=lambda world, made: world.client("autoscaling").put_scheduled_update_group_action(
            AutoScalingGroupName=world.scaling_group, ScheduledActionName=made.id, Recurrence="0 0 * * *", MinSize=4
        ),
        drifts=("recurrence", "timeZone"),
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_scaling_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_new_template_version_starts_an_instance_refresh_where_the_program_wants_one(world: World) -> None:
    kind = CATALOGUE["aws:autoscaling/group:Group"]
    inputs = {
        "name": world.new_name(),
        "minSize": 0,
        "maxSize": 1,
        "vpcZoneIdentifiers": world.subnets[:1],
        "launchTemplate": {"id": world.template, "version": "1"},
        "instanceRefresh": {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90, "instanceWarmup": "60"}},
    }
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    refreshes = world.client("autoscaling").describe_instance_refreshes
    assert refreshes(AutoScalingGroupName=identity)["InstanceRefreshes"] == []
    news = {**inputs, "launchTemplate": {"id": world.template, "version": "2"}}
    state = resources.update(world.account, kind, identity, state, inputs, news)
    assert len(refreshes(AutoScalingGroupName=identity)["InstanceRefreshes"]) == 1
    resources.update(world.account, kind, identity, state, news, {**news, "maxSize": 2})
    assert len(refreshes(AutoScalingGroupName=identity)["InstanceRefreshes"]) == 1
    resources.delete(world.account, kind, identity, state)
