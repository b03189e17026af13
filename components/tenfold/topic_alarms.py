"""The alarms of a topic: what it could not deliver, could not keep, or could not compare with a filter.

See https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity


def topic_alarms(alarms: Alarms, name: str, topic: aws.sns.Topic) -> None:
    """The alarms on a topic's deliveries."""
    _add(
        alarms,
        "failed-alarm",
        f"Deliveries of {name} fail for good. See the delivery logs, and the dead-letter queue of the subscriber.",
        AlarmSeverity.WARNING,
        "NumberOfNotificationsFailed",
        topic,
    )
    _add(
        alarms,
        "lost-alarm",
        f"What {name} could not deliver did not get into a dead-letter queue either and is lost: see the queue's "
        "policy and its key.",
        AlarmSeverity.CRITICAL,
        "NumberOfNotificationsFailedToRedriveToDlq",
        topic,
    )
    _add(
        alarms,
        "attributes-alarm",
        f"Messages of {name} have attributes that SNS cannot read, and subscribers with a filter do not get them: mend "
        "the publisher.",
        AlarmSeverity.WARNING,
        "NumberOfNotificationsFilteredOut-InvalidAttributes",
        topic,
    )
    _add(
        alarms,
        "body-alarm",
        f"Messages of {name} are no JSON objects, and subscribers that filter by the body do not get them: mend the "
        "publisher.",
        AlarmSeverity.WARNING,
        "NumberOfNotificationsFilteredOut-InvalidMessageBody",
        topic,
    )


def dead_letter_alarm(alarms: Alarms, name: str, subscriber: str, dlq: aws.sqs.Queue) -> None:
    """The alarm on messages that a subscriber did not get."""
    alarms.add(
        "dlq-alarm",
        f"Messages of {name} could not be delivered to {subscriber} and are in its dead-letter queue for 14 days: mend "
        "the subscriber, and deliver them again.",
        AlarmSeverity.CRITICAL,
        key=subscriber,
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": dlq.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )


def _add(
    alarms: Alarms,
    kind: str,
    description: str,
    severity: AlarmSeverity,
    metric: str,
    topic: aws.sns.Topic,
) -> None:
    alarms.add(
        kind,
        description,
        severity,
        namespace="AWS/SNS",
        metric_name=metric,
        dimensions=pulumi.Output.from_input({"TopicName": topic.name}),
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        threshold=0,
    )
