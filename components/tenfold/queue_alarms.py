"""The alarms of a queue and of its worker: work that was promised and is not done.

See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws


def queue_alarms(
    service: pulumi.ComponentResource,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    oldest_message_seconds: pulumi.Input[int],
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """Alarms on dead letters, and on messages that wait too long."""
    name = service.pulumi_resource_name
    aws.cloudwatch.MetricAlarm(
        f"{name}-dlq-alarm",
        alarm_description=f"Messages of {name} have failed every try and are in its dead-letter queue for 14 days; see "
        "the worker's logs, mend it, and start a redrive.",
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": dlq.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=service),
    )
    aws.cloudwatch.MetricAlarm(
        f"{name}-age-alarm",
        alarm_description=f"The oldest message of {name} waits too long: its workers are away, fail or are too few.",
        namespace="AWS/SQS",
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": queue.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=3,
        datapoints_to_alarm=3,
        comparison_operator="GreaterThanThreshold",
        threshold=oldest_message_seconds,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=service),
    )


def worker_alarms(
    service: pulumi.ComponentResource, function: aws.lambda_.Function, actions: Sequence[pulumi.Input[str]]
) -> None:
    """Alarms on a function that fails as a whole, and on one that is throttled."""
    name = service.pulumi_resource_name
    # Messages that it reports as failed are no errors of the function: they are tried again, and then are dead letters.
    _worker_alarm(
        service,
        "worker-error-alarm",
        "Errors",
        f"The worker of {name} fails with an error or a timeout, so that whole batches come back; see its logs.",
        function,
        actions,
    )
    _worker_alarm(
        service,
        "worker-throttle-alarm",
        "Throttles",
        f"The worker of {name} is throttled: the account's concurrency is used up; raise it, or bound the others.",
        function,
        actions,
    )


def _worker_alarm(
    service: pulumi.ComponentResource,
    kind: str,
    metric: str,
    description: str,
    function: aws.lambda_.Function,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{service.pulumi_resource_name}-{kind}",
        alarm_description=description,
        namespace="AWS/Lambda",
        metric_name=metric,
        dimensions={"FunctionName": function.name},
        statistic="Sum",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=service),
    )
