"""Service level objectives of web tiers: alarms by how fast the error budget of 30 days is spent.

Each has a long window, that enough of the budget is gone, and a short one, that it is still being spent; the long one
alone would ring on for hours after all is well. Windows and speeds are those of Google's *Site Reliability Workbook*,
https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.monitoring_arguments import MonitoringObjectiveArgs, MonitoringServiceArgs

_NAMESPACE = "AWS/ApplicationELB"


class Window(NamedTuple):
    """Two windows and a speed.

    Attributes:
        name: The long window.
        speed: How many times as fast as in 30 days the budget is spent.
        severity: Who is told.
        seconds: How long a period of the long window is.
        periods: How many of them it has.
        short_seconds: How long the short window is.
        spent: What share of the budget is gone by then.
    """

    name: str
    speed: float
    severity: AlarmSeverity
    seconds: int
    periods: int
    short_seconds: int
    spent: str


WINDOWS = (
    Window("1h", 14.4, AlarmSeverity.CRITICAL, 3600, 1, 300, "2 %"),
    Window("6h", 6, AlarmSeverity.CRITICAL, 21_600, 1, 1800, "5 %"),
    Window("1d", 3, AlarmSeverity.WARNING, 86_400, 1, 7200, "10 %"),
    # A period has a day at most and all periods together have seven: the long window is three days in a row, each of
    # which spends too much. See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html.
    Window("3d", 1, AlarmSeverity.WARNING, 86_400, 3, 21_600, "10 %"),
)


class Burning(NamedTuple):
    """The alarms of one speed, which mean something when both ring."""

    severity: AlarmSeverity
    long: pulumi.Output[str]
    short: pulumi.Output[str]


def objective_alarms(
    alarms: Alarms, monitoring: pulumi.ComponentResource, service: str, args: MonitoringServiceArgs
) -> list[Burning]:
    """The alarms on a web tier's objective; none where they are off."""
    objective = args.get("objective", MonitoringObjectiveArgs())
    percent = objective.get("availability_percent", 99.9)
    least = objective.get("minimum_requests", 100)
    owner = f"{service} of {monitoring.pulumi_resource_name}"
    found: list[Burning] = []
    for window in WINDOWS:
        threshold = round(window.speed * (100 - percent), 6)
        told = (
            f"{owner} fails more than {threshold:g} % of its requests, which spends the error budget of its "
            f"{percent:g} % objective {window.speed:g} times as fast as 30 days allow. It notifies when both of its "
            "windows ring."
        )
        common: dict[str, Any] = {"evaluation_periods": window.periods, "threshold": threshold}
        long = alarms.add(
            "burn-alarm",
            f"{told} Over {window.name}: {window.spent} of the budget is gone.",
            key=f"{service}-{window.name}",
            metric_queries=failed_share(args, window.seconds, least),
            **common,
        )
        short = alarms.add(
            "burn-alarm",
            f"{told} Over the last {window.short_seconds // 60} minutes: it is still so.",
            key=f"{service}-{window.name}-now",
            metric_queries=failed_share(args, window.short_seconds, 0),
            evaluation_periods=1,
            threshold=threshold,
        )
        if long is not None and short is not None:
            found.append(Burning(window.severity, long.arn, short.arn))
    return found


def traffic_alarm(
    alarms: Alarms, monitoring: pulumi.ComponentResource, service: str, args: MonitoringServiceArgs
) -> pulumi.Output[str] | None:
    """An alarm on far fewer requests than at other such times: users that do not get as far as an error."""
    of_targets = balancer_dimensions(args.get("identifiers", {}))
    alarm = alarms.add(
        "traffic-alarm",
        f"{service} of {monitoring.pulumi_resource_name} has far fewer requests than at other such times: see whether "
        "DNS, the edge or a client's release keeps users away.",
        key=service,
        metric_queries=[
            {
                "id": "expected",
                "expression": "ANOMALY_DETECTION_BAND(requests, 3)",
                "label": "Requests as usual",
                "return_data": True,
            },
            {"id": "requests", "return_data": True, "metric": _metric("RequestCount", of_targets, 300)},
        ],
        comparison_operator="LessThanLowerThreshold",
        threshold_metric_id="expected",
        evaluation_periods=3,
        # No request at all is no datapoint.
        treat_missing_data="breaching",
    )
    return None if alarm is None else alarm.arn


def failed_share(args: MonitoringServiceArgs, period: int, least: int) -> list[dict[str, Any]]:
    """The queries for the share of requests that failed, in percent: none where there were fewer than some."""
    of_targets = balancer_dimensions(args.get("identifiers", {}))
    of_balancer = {"LoadBalancer": of_targets["LoadBalancer"]}
    failed, requests = "FILL(target, 0)", "FILL(requests, 0)"
    metrics = {"target": ("HTTPCode_Target_5XX_Count", of_targets), "requests": ("RequestCount", of_targets)}
    if args.get("objective", {}).get("balancer_errors", True):
        # Requests that no target could be found for are not among RequestCount.
        failed, requests = f"({failed} + FILL(balancer, 0))", f"({requests} + FILL(balancer, 0))"
        metrics["balancer"] = ("HTTPCode_ELB_5XX_Count", of_balancer)
    share = f"100 * {failed} / {requests}"
    expression = f"IF({requests} >= {least}, {share}, 0)" if least else share
    return [
        {"id": "share", "expression": expression, "label": "Requests failed, in percent", "return_data": True},
        *({"id": query, "metric": _metric(name, of, period)} for query, (name, of) in metrics.items()),
    ]


def _metric(name: str, dimensions: Mapping[str, Any], period: int) -> dict[str, Any]:
    return {"namespace": _NAMESPACE, "metric_name": name, "dimensions": dimensions, "stat": "Sum", "period": period}


def balancer_dimensions(identifiers: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Output[str]]:
    """The dimensions of a web tier's metrics, which are the ends of ARNs."""
    balancer, group = identifiers["load_balancer_arn"], identifiers["target_group_arn"]
    return {
        "LoadBalancer": pulumi.Output.from_input(balancer).apply(lambda arn: arn.split(":loadbalancer/")[-1]),
        "TargetGroup": pulumi.Output.from_input(group).apply(lambda arn: arn.split(":")[-1]),
    }
