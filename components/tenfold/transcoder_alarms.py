"""The alarms of a transcoder: jobs that fail or wait, and news that reach nobody.

See https://docs.aws.amazon.com/mediaconvert/latest/ug/MediaConvert-metrics.html.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.transcoder_events import Events

ALARM_CHILDREN: Mapping[str, type[pulumi.CustomResource]] = {
    "job-error-alarm": aws.cloudwatch.MetricAlarm,
    "job-waiting-alarm": aws.cloudwatch.MetricAlarm,
    "events-alarm": aws.cloudwatch.MetricAlarm,
    "events-dlq-alarm": aws.cloudwatch.MetricAlarm,
    "events-topic-alarm": aws.cloudwatch.MetricAlarm,
}


def job_alarms(
    alarms: Alarms, name: str, queues: Mapping[str, aws.mediaconvert.Queue], waiting_seconds: pulumi.Input[int]
) -> None:
    """Alarms on jobs, for each of MediaConvert's queues by its key, which is empty for the only one."""
    for key, queue in queues.items():
        alarms.add(
            "job-error-alarm",
            f"Jobs of {name} fail; MediaConvert's console and the events with the status ERROR say why. What is right "
            "by now is uploaded again.",
            key=key,
            namespace="AWS/MediaConvert",
            metric_name="JobsErroredCount",
            dimensions={"Queue": queue.arn},
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            threshold=0,
        )
        alarms.add(
            "job-waiting-alarm",
            f"Jobs of {name} wait too long for their turn: raise the quota of concurrent jobs, or reserve slots.",
            key=key,
            namespace="AWS/MediaConvert",
            metric_name="StandbyTime",
            dimensions={"Queue": queue.arn},
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            threshold=waiting_seconds,
        )


def event_alarms(alarms: Alarms, name: str, events: Events) -> None:
    """Alarms on news that do not arrive: users wait for videos that are there."""
    alarms.add(
        "events-alarm",
        f"EventBridge cannot tell what became of uploads of {name}: the target is gone or refuses it.",
        AlarmSeverity.CRITICAL,
        namespace="AWS/Events",
        metric_name="FailedInvocations",
        dimensions={"RuleName": events.rule.name},
        statistic="Sum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )
    alarms.add(
        "events-dlq-alarm",
        f"Events of {name} were not delivered and are in {name}-events-dlq for 14 days; mend the target's policy or "
        "key, and act on them.",
        AlarmSeverity.CRITICAL,
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": events.dlq.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )
    if events.topic is None:
        return
    alarms.add(
        "events-topic-alarm",
        f"What became of uploads of {name} cannot be told to a subscriber of its topic.",
        namespace="AWS/SNS",
        metric_name="NumberOfNotificationsFailed",
        dimensions={"TopicName": events.topic.name},
        statistic="Sum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )
