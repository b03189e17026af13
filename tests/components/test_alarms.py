"""The alarms that components make: whom they notify, which are off, and how they are listed."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest

from tenfold.alarms import Alarms, AlarmSeverity, alarm_faults, computed, handed_on
from tenfold.arguments import Children
from tenfold.errors import Fault
from tests.components.building import Built, build

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
CRITICAL = "arn:aws:sns:us-east-1:123456789012:critical"
CHILDREN: Children = {
    "queue": aws.sqs.Queue,
    "age-alarm": aws.cloudwatch.MetricAlarm,
    "dlq-alarm": aws.cloudwatch.MetricAlarm,
    "wake-alarm": aws.cloudwatch.MetricAlarm,
}
ACTING = {"wake-alarm": "starts the first worker"}
COUNTED: dict[str, Any] = {
    "namespace": "AWS/SQS",
    "metric_name": "NumberOfMessagesSent",
    "statistic": "Sum",
    "period": 60,
    "evaluation_periods": 5,
    "threshold": 7,
}


def made(given: dict[str, Any], *steps: Callable[[Alarms], object], preview: bool = False) -> Built[Alarms]:
    """The alarms of a component `jobs` with an argument `alarms`; by default a critical one and a warning."""

    def program() -> Alarms:
        component = pulumi.ComponentResource("test:index:Jobs", "jobs", {}, None)
        alarms = Alarms(component, given)
        for step in steps or (critical, warning):
            step(alarms)
        return alarms

    return build(program, preview=preview)


def critical(alarms: Alarms) -> None:
    alarms.add("age-alarm", "Messages wait.", AlarmSeverity.CRITICAL, **COUNTED)


def warning(alarms: Alarms) -> None:
    alarms.add("dlq-alarm", "Messages failed.", **COUNTED)


def actions(built: Built[Alarms]) -> dict[str, tuple[list[str], list[str]]]:
    return {each.name: (each.inputs["alarmActions"], each.inputs["okActions"]) for each in built.of(ALARM)}


@pytest.mark.parametrize(
    ("topics", "critical_ones", "warnings"),
    [
        ({}, [], []),
        ({"topic_arn": TOPIC}, [TOPIC], [TOPIC]),
        ({"topic_arn": TOPIC, "critical_topic_arn": CRITICAL}, [CRITICAL], [TOPIC]),
        ({"critical_topic_arn": CRITICAL}, [CRITICAL], []),
    ],
)
def test_an_alarm_notifies_the_topic_of_its_severity_when_it_rings_and_when_it_ends(
    topics: dict[str, str], critical_ones: list[str], warnings: list[str]
) -> None:
    built = made({"alarms": topics})
    assert actions(built) == {"jobs-age-alarm": (critical_ones,) * 2, "jobs-dlq-alarm": (warnings,) * 2}


def test_without_the_argument_alarms_are_made_and_notify_nobody() -> None:
    assert actions(made({})) == {"jobs-age-alarm": ([], []), "jobs-dlq-alarm": ([], [])}


def test_an_alarm_is_above_its_threshold_all_the_time_and_quiet_without_data() -> None:
    alarm = made({}, warning)["jobs-dlq-alarm"]
    assert alarm.inputs["comparisonOperator"] == "GreaterThanThreshold"
    assert alarm.inputs["treatMissingData"] == "notBreaching"
    assert (alarm.inputs["datapointsToAlarm"], alarm.inputs["evaluationPeriods"]) == (5, 5)
    assert alarm.inputs["alarmDescription"] == "Messages failed."
    assert alarm.parent.endswith("::jobs")


def test_properties_of_its_own_win_over_what_alarms_have_in_common() -> None:
    def below(alarms: Alarms) -> None:
        own: dict[str, Any] = {
            "comparison_operator": "LessThanThreshold",
            "treat_missing_data": "breaching",
            "datapoints_to_alarm": 3,
        }
        alarms.add("dlq-alarm", "Few messages.", **COUNTED, **own)

    given = made({}, below)["jobs-dlq-alarm"].inputs
    assert given["comparisonOperator"] == "LessThanThreshold"
    assert given["treatMissingData"] == "breaching"
    assert given["datapointsToAlarm"] == 3


def test_what_an_alarm_does_itself_comes_before_whom_it_notifies_and_is_not_undone() -> None:
    reboot = "arn:aws:automate:us-east-1:ec2:reboot"
    built = made({"alarms": {"topic_arn": TOPIC}}, lambda made: made.add("age-alarm", "", actions=[reboot], **COUNTED))
    assert actions(built) == {"jobs-age-alarm": ([reboot, TOPIC], [TOPIC])}


def test_an_alarm_that_is_off_is_not_made_in_any_of_its_places() -> None:
    def zones(alarms: Alarms) -> None:
        made = [alarms.add("dlq-alarm", "", key=zone, **COUNTED) for zone in ("a", "b")]
        assert made == [None, None]

    assert [each.name for each in made({"alarms": {"off": ["dlq-alarm"]}}, zones, critical).of(ALARM)] == [
        "jobs-age-alarm"
    ]


def test_alarms_are_listed_by_kind_and_by_kind_and_key_where_there_are_several() -> None:
    def zones(alarms: Alarms) -> None:
        for zone in ("us-east-1a", "us-east-1b"):
            alarms.add("dlq-alarm", "", key=zone, **COUNTED)

    built = made({}, critical, zones)
    assert built.value(built.result.arns()) == {
        "age-alarm": "arn:aws:cloudwatch:us-east-1:123456789012:jobs-age-alarm",
        "dlq-alarm-us-east-1a": "arn:aws:cloudwatch:us-east-1:123456789012:jobs-dlq-alarm-us-east-1a",
        "dlq-alarm-us-east-1b": "arn:aws:cloudwatch:us-east-1:123456789012:jobs-dlq-alarm-us-east-1b",
    }


def test_alarms_of_parts_are_listed_after_the_parts_name() -> None:
    built = made({}, warning)
    parts = {"encode": pulumi.Output.from_input({"age-alarm": "a"}), "probe": pulumi.Output.from_input({})}
    arns = built.value(built.result.arns(cast("Any", parts)))
    assert arns.keys() == {"dlq-alarm", "encode/age-alarm"}
    assert arns["encode/age-alarm"] == "a"


def test_where_all_are_off_the_list_is_empty() -> None:
    built = made({"alarms": {"off": ["age-alarm", "dlq-alarm"]}})
    assert built.value(built.result.arns()) == {}


def test_in_a_preview_of_new_alarms_their_list_is_unknown() -> None:
    built = made({}, preview=True)
    assert built.value(built.result.arns()) is None


def test_an_alarm_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert list(alarm_faults({"alarms": {"off": ["age-alarm", "latency-alarm", "queue"]}}, CHILDREN)) == [
        Fault("alarms.off[1]", "there is no alarm 'latency-alarm'", "age-alarm, dlq-alarm, wake-alarm"),
        Fault("alarms.off[2]", "there is no alarm 'queue'", "age-alarm, dlq-alarm, wake-alarm"),
    ]


def test_an_alarm_that_acts_by_itself_cannot_be_off() -> None:
    assert list(alarm_faults({"alarms": {"off": ["wake-alarm", "dlq-alarm"]}}, CHILDREN, ACTING)) == [
        Fault("alarms.off[0]", "wake-alarm does more than notify: it starts the first worker", "age-alarm, dlq-alarm")
    ]


@pytest.mark.parametrize("args", [{}, {"alarms": {}}, {"alarms": {"off": []}}])
def test_where_nothing_is_off_nothing_is_wrong(args: dict[str, Any]) -> None:
    assert list(alarm_faults(args, CHILDREN, ACTING)) == []


def test_a_part_gets_the_topics_and_what_is_off_of_its_own_kinds() -> None:
    given = {"topic_arn": TOPIC, "critical_topic_arn": CRITICAL, "off": ["end-topic-alarm", "age-alarm"]}
    assert handed_on({"alarms": given}, CHILDREN) == {"alarms": {**given, "off": ["age-alarm"]}}
    assert handed_on({}, CHILDREN) == {}


def test_an_alarm_on_several_metrics_is_on_the_expression_alone() -> None:
    queries = computed(
        "100 * failed / all",
        "Failed, in percent",
        {"failed": "NumberOfNotificationsFailed", "all": "NumberOfMessagesPublished"},
        namespace="AWS/SNS",
        dimensions={"TopicName": "done"},
        statistic="Maximum",
        period=300,
    )
    assert [query.get("return_data") for query in queries] == [True, None, None]
    assert queries[0] == {
        "id": "computed",
        "expression": "100 * failed / all",
        "label": "Failed, in percent",
        "return_data": True,
    }
    assert queries[1] == {
        "id": "failed",
        "metric": {
            "namespace": "AWS/SNS",
            "metric_name": "NumberOfNotificationsFailed",
            "dimensions": {"TopicName": "done"},
            "stat": "Maximum",
            "period": 300,
        },
    }
    assert queries[2]["metric"]["metric_name"] == "NumberOfMessagesPublished"
