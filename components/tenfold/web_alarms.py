"""The alarms of a web tier: users get errors, instances or tasks do not heal, answers are slow.

Errors are counted as a share of the requests, so that the same threshold holds for a thousand users and for ten
million. See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.web_balancer import Door

_NAMESPACE = "AWS/ApplicationELB"


def web_alarms(
    tier: pulumi.ComponentResource, door: Door, actions: Sequence[pulumi.Input[str]], *, owns_balancer: bool
) -> None:
    """Alarms on errors of what serves, and of a balancer of its own, on unhealthy targets and on the p99 latency."""
    name = tier.pulumi_resource_name
    of_balancer = {"LoadBalancer": door.balancer["arn_suffix"]}
    of_targets = {**of_balancer, "TargetGroup": door.target_group.arn_suffix}
    _error_alarm(
        tier,
        "target-error-alarm",
        f"More than 1 % of the requests to {name} fail with a 5XX of its instances or tasks; see their logs and "
        "the last deployment.",
        # A minute without errors has no count of them, which must not hide that it had requests.
        "100 * FILL(errors, 0) / requests",
        {"errors": "HTTPCode_Target_5XX_Count", "requests": "RequestCount"},
        of_targets,
        actions,
    )
    if owns_balancer:
        _error_alarm(
            tier,
            "alb-error-alarm",
            f"The load balancer of {name} answers more than 1 % of the requests itself with a 5XX: no instance "
            "or task is healthy, or they close connections or time out.",
            # Requests that nobody could be found for are not among RequestCount.
            "100 * errors / (errors + FILL(requests, 0))",
            {"errors": "HTTPCode_ELB_5XX_Count", "requests": "RequestCount"},
            of_balancer,
            actions,
        )
    aws.cloudwatch.MetricAlarm(
        f"{name}-unhealthy-alarm",
        alarm_description=f"Instances or tasks of {name} have failed health checks for ten minutes and replacing them "
        "does not help; see the reason in the target group, and the group's activities or the service's events.",
        namespace=_NAMESPACE,
        metric_name="UnHealthyHostCount",
        dimensions=of_targets,
        statistic="Maximum",
        period=60,
        # They are replaced within a few minutes; longer is a fault of the image or of what it needs.
        evaluation_periods=10,
        datapoints_to_alarm=10,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    aws.cloudwatch.MetricAlarm(
        f"{name}-latency-alarm",
        alarm_description=f"One of a hundred requests to {name} takes longer than a second; see what its instances "
        "or tasks wait for, and whether there are as many as there may be.",
        namespace=_NAMESPACE,
        metric_name="TargetResponseTime",
        dimensions=of_targets,
        extended_statistic="p99",
        evaluate_low_sample_count_percentiles="ignore",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=5,
        comparison_operator="GreaterThanThreshold",
        threshold=1,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=tier),
    )


def _error_alarm(
    tier: pulumi.ComponentResource,
    kind: str,
    description: str,
    share: str,
    metrics: Mapping[str, str],
    dimensions: Mapping[str, Any],
    actions: Sequence[pulumi.Input[str]],
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{tier.pulumi_resource_name}-{kind}",
        alarm_description=description,
        metric_queries=[
            {"id": "share", "expression": share, "label": "Requests failed, in percent", "return_data": True},
            *(
                {
                    "id": query,
                    "metric": {
                        "namespace": _NAMESPACE,
                        "metric_name": metric,
                        "dimensions": dimensions,
                        "stat": "Sum",
                        "period": 60,
                    },
                }
                for query, metric in metrics.items()
            ),
        ],
        evaluation_periods=5,
        datapoints_to_alarm=3,
        comparison_operator="GreaterThanThreshold",
        threshold=1,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=tier),
    )
