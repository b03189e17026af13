"""The alarms of a queue and of its worker: work that was promised and is not done.

See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity


def queue_alarms(
    alarms: Alarms,
    name: str,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    oldest_message_seconds: pulumi.Input[int],
) -> None:
    """Alarms on dead letters, and on messages that wait too long."""
    common: dict[str, Any] = {"namespace": "AWS/SQS", "statistic": "Maximum", "period": 60}
    alarms.add(
        "dlq-alarm",
        f"Messages of {name} have failed every try and are in its dead-letter queue for 14 days; see "
        "the worker's logs, mend it, and start a redrive.",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": dlq.name},
        evaluation_periods=1,
        threshold=0,
        **common,
    )
    alarms.add(
        "age-alarm",
        f"The oldest message of {name} waits too long: its workers are away, fail or are too few.",
        AlarmSeverity.CRITICAL,
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": queue.name},
        evaluation_periods=3,
        threshold=oldest_message_seconds,
        **common,
    )


def worker_alarms(alarms: Alarms, name: str, function: aws.lambda_.Function) -> None:
    """Alarms on a function that fails as a whole, and on one that is throttled.

    Either is tried again: when users wait longer for it than they should, the oldest message's age says so.
    """
    common: dict[str, Any] = {
        "namespace": "AWS/Lambda",
        "dimensions": {"FunctionName": function.name},
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 3,
        "threshold": 0,
    }
    # Messages that it reports as failed are no errors of the function: they are tried again, and then are dead letters.
    alarms.add(
        "worker-error-alarm",
        f"The worker of {name} fails with an error or a timeout, so that whole batches come back; see its logs.",
        metric_name="Errors",
        **common,
    )
    alarms.add(
        "worker-throttle-alarm",
        f"The worker of {name} is throttled: the account's concurrency is used up; raise it, or bound the others.",
        metric_name="Throttles",
        **common,
    )
