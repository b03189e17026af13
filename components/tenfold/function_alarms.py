"""The alarms of a function: calls that fail, that are refused, that are about to be cut off, and what was given up.

See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity

_FIVE_MINUTES_MS = 300_000
_OF_CALLS: dict[str, Any] = {
    "namespace": "AWS/Lambda",
    "statistic": "Sum",
    "period": 60,
    "evaluation_periods": 5,
    "datapoints_to_alarm": 3,
    "threshold": 0,
}


def function_alarms(alarms: Alarms, name: str, function: aws.lambda_.Function, timeout_seconds: int) -> None:
    """Alarms on errors, on throttling, and on calls that take nearly as long as they may."""
    of_function: dict[str, Any] = {**_OF_CALLS, "dimensions": {"FunctionName": function.name}}
    longest: dict[str, Any] = {**of_function, "statistic": "Maximum", "threshold": 900 * timeout_seconds}
    alarms.add(
        "error-alarm",
        f"Calls of the function {name} fail with an error or a timeout; see its logs.",
        AlarmSeverity.CRITICAL,
        **of_function,
        metric_name="Errors",
    )
    alarms.add(
        "throttle-alarm",
        f"Calls of the function {name} are refused: its concurrency or the account's is used up; raise it.",
        AlarmSeverity.CRITICAL,
        **of_function,
        metric_name="Throttles",
    )
    alarms.add(
        "duration-alarm",
        f"Calls of the function {name} take nearly {timeout_seconds} seconds and are cut off soon; raise its timeout "
        "or memory, or have it do less at once.",
        **longest,
        metric_name="Duration",
        unit="Milliseconds",
    )


def canary_alarm(alarms: Alarms, name: str, function: aws.lambda_.Function, live: aws.lambda_.Alias) -> None:
    """An alarm on errors of the newest version alone, while it gets a part of the calls."""
    alarms.add(
        "canary-error-alarm",
        f"Calls of the newest version of the function {name} fail; set canary.percent to 0 to take it back.",
        AlarmSeverity.CRITICAL,
        **_OF_CALLS,
        metric_name="Errors",
        dimensions={
            "FunctionName": function.name,
            "Resource": pulumi.Output.concat(function.name, ":", live.name),
            "ExecutedVersion": function.version,
        },
    )


def stream_alarm(alarms: Alarms, name: str, function: aws.lambda_.Function) -> None:
    """An alarm on records that wait too long."""
    longest: dict[str, Any] = {**_OF_CALLS, "statistic": "Maximum", "threshold": _FIVE_MINUTES_MS}
    alarms.add(
        "iterator-age-alarm",
        f"Records of a stream wait for the function {name} for more than 5 minutes: it fails, or is too slow.",
        AlarmSeverity.CRITICAL,
        **longest,
        metric_name="IteratorAge",
        dimensions={"FunctionName": function.name},
        unit="Milliseconds",
    )


def dead_letter_alarm(alarms: Alarms, name: str, dlq: aws.sqs.Queue) -> None:
    """An alarm on events that were given up."""
    alarms.add(
        "dlq-alarm",
        f"Events of the function {name} have failed every try and are in its dead-letter queue for "
        "14 days; see the function's logs, mend it, and send them again.",
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": dlq.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )
