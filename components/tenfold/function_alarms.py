"""The alarms of a function: calls that fail, that are refused, that are about to be cut off, and what was given up.

See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

_FIVE_MINUTES_MS = 300_000


def function_alarms(
    component: pulumi.ComponentResource,
    function: aws.lambda_.Function,
    timeout_seconds: int,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """Alarms on errors, on throttling, and on calls that take nearly as long as they may."""
    name = component.pulumi_resource_name
    of_function: Mapping[str, pulumi.Input[str]] = {"FunctionName": function.name}
    _calls_alarm(
        component,
        "error-alarm",
        "Errors",
        f"Calls of the function {name} fail with an error or a timeout; see its logs.",
        of_function,
        actions,
    )
    _calls_alarm(
        component,
        "throttle-alarm",
        "Throttles",
        f"Calls of the function {name} are refused: its concurrency or the account's is used up; raise it.",
        of_function,
        actions,
    )
    _calls_alarm(
        component,
        "duration-alarm",
        "Duration",
        f"Calls of the function {name} take nearly {timeout_seconds} seconds and are cut off soon; raise its timeout "
        "or memory, or have it do less at once.",
        of_function,
        actions,
        statistic="Maximum",
        threshold=900 * timeout_seconds,
        unit="Milliseconds",
    )


def canary_alarm(
    component: pulumi.ComponentResource,
    function: aws.lambda_.Function,
    live: aws.lambda_.Alias,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """An alarm on errors of the newest version alone, while it gets a part of the calls."""
    name = component.pulumi_resource_name
    _calls_alarm(
        component,
        "canary-error-alarm",
        "Errors",
        f"Calls of the newest version of the function {name} fail; set canary.percent to 0 to take it back.",
        {
            "FunctionName": function.name,
            "Resource": pulumi.Output.concat(function.name, ":", live.name),
            "ExecutedVersion": function.version,
        },
        actions,
    )


def stream_alarm(
    component: pulumi.ComponentResource, function: aws.lambda_.Function, actions: Sequence[pulumi.Input[str]]
) -> None:
    """An alarm on records that wait too long."""
    name = component.pulumi_resource_name
    _calls_alarm(
        component,
        "iterator-age-alarm",
        "IteratorAge",
        f"Records of a stream wait for the function {name} for more than 5 minutes: it fails, or is too slow.",
        {"FunctionName": function.name},
        actions,
        statistic="Maximum",
        threshold=_FIVE_MINUTES_MS,
        unit="Milliseconds",
    )


def dead_letter_alarm(
    component: pulumi.ComponentResource, dlq: aws.sqs.Queue, actions: Sequence[pulumi.Input[str]]
) -> None:
    """An alarm on events that were given up."""
    name = component.pulumi_resource_name
    aws.cloudwatch.MetricAlarm(
        f"{name}-dlq-alarm",
        alarm_description=f"Events of the function {name} have failed every try and are in its dead-letter queue for "
        "14 days; see the function's logs, mend it, and send them again.",
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
        opts=pulumi.ResourceOptions(parent=component),
    )


def _calls_alarm(
    component: pulumi.ComponentResource,
    kind: str,
    metric: str,
    description: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    actions: Sequence[pulumi.Input[str]],
    *,
    statistic: str = "Sum",
    threshold: float = 0,
    **more: Any,
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{component.pulumi_resource_name}-{kind}",
        alarm_description=description,
        namespace="AWS/Lambda",
        metric_name=metric,
        dimensions=dimensions,
        statistic=statistic,
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        comparison_operator="GreaterThanThreshold",
        threshold=threshold,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=component),
        **more,
    )
