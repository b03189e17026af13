"""Alarms, dashboards and log groups live in the emulator as their entries say."""

import json
from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _alarm(world: World, made: Made) -> Any:
    found = world.client("cloudwatch").describe_alarms(AlarmNames=[made.id])["MetricAlarms"][0]
    tags = world.client("cloudwatch").list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {
        **only(found, "Threshold", "EvaluationPeriods", "AlarmActions", "TreatMissingData"),
        "dimensions": {one["Name"]: one["Value"] for one in found["Dimensions"]},
        "tags": tags_of(tags),
    }


def _composite(world: World, made: Made) -> Any:
    found = world.client("cloudwatch").describe_alarms(AlarmNames=[made.id], AlarmTypes=["CompositeAlarm"])
    return found["CompositeAlarms"][0]["AlarmRule"]


def _dashboard(world: World, made: Made) -> Any:
    return json.loads(world.client("cloudwatch").get_dashboard(DashboardName=made.id)["DashboardBody"])


def _log_group(world: World, made: Made) -> Any:
    found = world.client("logs").describe_log_groups(logGroupNamePrefix=made.id)["logGroups"][0]
    return found.get("retentionInDays"), world.client("logs").list_tags_log_group(logGroupName=made.id)["tags"]


def _board(text: str) -> dict[str, Any]:
    return {"widgets": [{"type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "properties": {"markdown": text}}]}


CASES = [
    Case(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=lambda world: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "Errors",
            "namespace": "Own",
            "period": 60,
            "statistic": "Sum",
            "threshold": 5,
            "treatMissingData": "notBreaching",
            "alarmActions": [world.topic],
            "dimensions": {"Queue": "jobs"},
            "tags": {"team": "a"},
        },
        look=_alarm,
        made=lambda world, _: {
            "Threshold": 5.0,
            "EvaluationPeriods": 2,
            "AlarmActions": [world.topic],
            "TreatMissingData": "notBreaching",
            "dimensions": {"Queue": "jobs"},
            "tags": {"team": "a"},
        },
        change=lambda _: {"threshold": 6.5, "alarmActions": None, "tags": {"team": "b"}},
        changed={
            "Threshold": 6.5,
            "EvaluationPeriods": 2,
            "AlarmActions": [],
            "TreatMissingData": "notBreaching",
            "dimensions": {"Queue": "jobs"},
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("cloudwatch").put_metric_alarm(
            AlarmName=made.id,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=2,
            MetricName="Errors",
            Namespace="Own",
            Period=60,
            Statistic="Sum",
            Threshold=100.0,
            TreatMissingData="notBreaching",
            Dimensions=[{"Name": "Queue", "Value": "jobs"}],
        ),
        drifts=("threshold",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=lambda _: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1,
            "metricQueries": [
                {"id": "m1", "metric": {"metricName": "a", "namespace": "b", "period": 60, "stat": "p99"}},
                {"id": "e1", "expression": "m1 * 2", "label": "twice", "returnData": True},
            ],
        },
        look=lambda world, made: _alarm(world, made)["Threshold"],
        made=1.0,
    ),
    Case(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        inputs=lambda world: {
            "alarmName": "both",
            "alarmRule": f'ALARM("{world.alarm}")',
            "alarmActions": [world.topic],
        },
        look=_composite,
        made=lambda world, _: f'ALARM("{world.alarm}")',
        change=lambda world: {"alarmRule": f'OK("{world.alarm}")', "alarmDescription": "d"},
        changed=lambda world, _: f'OK("{world.alarm}")',
        meddle=lambda world, made: world.client("cloudwatch").put_composite_alarm(
            AlarmName="both", AlarmRule="TRUE", AlarmActions=[world.topic], AlarmDescription="d"
        ),
        drifts=("alarmRule",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        inputs=lambda world: {
            "alarmName": "quiet",
            "alarmRule": f'ALARM("{world.alarm}")',
            "actionsSuppressor": {"alarm": world.alarm, "waitPeriod": 60, "extensionPeriod": 60},
        },
        look=_composite,
        made=lambda world, _: f'ALARM("{world.alarm}")',
    ),
    Case(
        token="aws:cloudwatch/dashboard:Dashboard",
        inputs=lambda _: {"dashboardName": "board", "dashboardBody": json.dumps(_board("one"))},
        look=_dashboard,
        made=_board("one"),
        change=lambda _: {"dashboardBody": json.dumps(_board("two"))},
        changed=_board("two"),
        meddle=lambda world, made: world.client("cloudwatch").put_dashboard(
            DashboardName="board", DashboardBody=json.dumps(_board("three"))
        ),
        drifts=("dashboardBody",),
        outputs={"dashboardArn": ...},
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        inputs=lambda _: {"retentionInDays": 7, "tags": {"team": "a"}},
        look=_log_group,
        made=(7, {"team": "a"}),
        change=lambda _: {"retentionInDays": 0, "tags": {"team": "b"}},
        changed=(None, {"team": "b"}),
        meddle=lambda world, made: world.client("logs").put_retention_policy(logGroupName=made.id, retentionInDays=1),
        drifts=("retentionInDays",),
        outputs={"arn": lambda _, made: f"arn:aws:logs:eu-west-1:000000000000:log-group:{made.id}"},
    ),
]


@parametrize(CASES)
def test_a_resource_that_watches_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
