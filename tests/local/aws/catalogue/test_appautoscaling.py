"""Application Auto Scaling is on record: its inputs are checked, and nothing scales."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import World

_TARGET = {
    "minCapacity": 1,
    "maxCapacity": 2,
    "resourceId": "service/a/b",
    "scalableDimension": "ecs:service:DesiredCount",
    "serviceNamespace": "ecs",
}


def test_a_target_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:appautoscaling/target:Target"]
    assert kind.recorded
    inputs, faults = resources.check(world.account, kind, "t", b"", {}, _TARGET)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity == "service/a/b"
    assert state["maxCapacity"] == 2
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    assert resources.compare(world.account, kind, inputs, {**inputs, "maxCapacity": 3}).replaces == ()
    assert resources.compare(world.account, kind, inputs, {**inputs, "resourceId": "c"}).replaces == ("resourceId",)
    wrong = {**_TARGET, "serviceNamespace": "nothing", "maxCapacities": 3}
    assert {fault.path for fault in resources.check(world.account, kind, "t", b"", {}, wrong)[1]} == {
        "serviceNamespace",
        "maxCapacities",
    }


def test_a_schedule_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:appautoscaling/scheduledAction:ScheduledAction"]
    given: dict[str, Any] = {
        "resourceId": "service/a/b",
        "scalableDimension": "ecs:service:DesiredCount",
        "serviceNamespace": "ecs",
        "schedule": "cron(0 7 * * ? *)",
        "timezone": "Europe/Berlin",
        "scalableTargetAction": {"minCapacity": 3},
    }
    inputs, faults = resources.check(world.account, kind, "morning", b"", {}, given)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity == f"{inputs['name']}-ecs-service/a/b"
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    assert resources.compare(world.account, kind, inputs, {**inputs, "schedule": "rate(1 day)"}).replaces == ()
    wrong = {**given, "scalableTargetAction": {"least": 3}, "scalableDimension": "none"}
    assert {fault.path for fault in resources.check(world.account, kind, "m", b"", {}, wrong)[1]} == {
        "scalableTargetAction.least",
        "scalableDimension",
    }


def test_a_policy_by_metric_math_or_steps_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:appautoscaling/policy:Policy"]
    scaled = {key: _TARGET[key] for key in ("resourceId", "scalableDimension", "serviceNamespace")}
    metric = {"namespace": "AWS/SQS", "metricName": "Visible", "dimensions": [{"name": "QueueName", "value": "jobs"}]}
    metrics = [
        {"id": "visible", "metricStat": {"metric": metric, "stat": "Maximum"}, "returnData": False},
        {"id": "backlog", "expression": "visible / 2", "returnData": True},
    ]
    tracking = {"targetValue": 10, "customizedMetricSpecification": {"metrics": metrics}}
    added = [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}]
    steps = {"adjustmentType": "ChangeInCapacity", "stepAdjustments": added}
    for given in (
        {"policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": tracking},
        {
            "policyType": "StepScaling",
            "stepScalingPolicyConfiguration": {"adjustmentType": "ChangeInCapacity", **steps},
        },
    ):
        inputs, faults = resources.check(world.account, kind, "p", b"", {}, {**scaled, **given})
        assert faults == []
        identity, state = resources.create(world.account, kind, inputs, lambda _: None)
        assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    metrics[1]["formula"] = "visible"
    wrong = {**scaled, "policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": tracking}
    paths = [fault.path for fault in resources.check(world.account, kind, "p", b"", {}, wrong)[1]]
    assert len(paths) == 1
    assert paths[0].endswith("metrics[1].formula")
