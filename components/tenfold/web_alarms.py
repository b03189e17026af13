"""The alarms of a web tier: users get errors, instances or tasks do not heal, answers are slow.

Errors are counted as a share of the requests, so that the same threshold holds for a thousand users and for ten
million. See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
"""

from typing import Any

from tenfold.alarms import Alarms, AlarmSeverity, computed
from tenfold.web_balancer import Door

_NAMESPACE = "AWS/ApplicationELB"
_LABEL = "Requests failed, in percent"


def web_alarms(alarms: Alarms, name: str, door: Door, *, owns_balancer: bool) -> None:
    """Alarms on errors of what serves, and of a balancer of its own, on unhealthy targets and on the p99 latency."""
    of_balancer = {"LoadBalancer": door.balancer["arn_suffix"]}
    of_targets = {**of_balancer, "TargetGroup": door.target_group.arn_suffix}
    of_requests: dict[str, Any] = {"evaluation_periods": 5, "datapoints_to_alarm": 3, "threshold": 1}
    alarms.add(
        "target-error-alarm",
        f"More than 1 % of the requests to {name} fail with a 5XX of its instances or tasks; see their logs and "
        "the last deployment.",
        AlarmSeverity.CRITICAL,
        metric_queries=computed(
            # A minute without errors has no count of them, which must not hide that it had requests.
            "100 * FILL(errors, 0) / requests",
            _LABEL,
            {"errors": "HTTPCode_Target_5XX_Count", "requests": "RequestCount"},
            namespace=_NAMESPACE,
            dimensions=of_targets,
        ),
        **of_requests,
    )
    if owns_balancer:
        alarms.add(
            "alb-error-alarm",
            f"The load balancer of {name} answers more than 1 % of the requests itself with a 5XX: no instance "
            "or task is healthy, or they close connections or time out.",
            AlarmSeverity.CRITICAL,
            metric_queries=computed(
                # Requests that nobody could be found for are not among RequestCount.
                "100 * errors / (errors + FILL(requests, 0))",
                _LABEL,
                {"errors": "HTTPCode_ELB_5XX_Count", "requests": "RequestCount"},
                namespace=_NAMESPACE,
                dimensions=of_balancer,
            ),
            **of_requests,
        )
    alarms.add(
        "unhealthy-alarm",
        f"Instances or tasks of {name} have failed health checks for ten minutes and replacing them "
        "does not help; see the reason in the target group, and the group's activities or the service's events.",
        AlarmSeverity.CRITICAL,
        namespace=_NAMESPACE,
        metric_name="UnHealthyHostCount",
        dimensions=of_targets,
        statistic="Maximum",
        period=60,
        # They are replaced within a few minutes; longer is a fault of the image or of what it needs.
        evaluation_periods=10,
        threshold=0,
    )
    alarms.add(
        "latency-alarm",
        f"One of a hundred requests to {name} takes longer than a second; see what its instances "
        "or tasks wait for, and whether there are as many as there may be.",
        AlarmSeverity.CRITICAL,
        namespace=_NAMESPACE,
        metric_name="TargetResponseTime",
        dimensions=of_targets,
        extended_statistic="p99",
        evaluate_low_sample_count_percentiles="ignore",
        period=60,
        evaluation_periods=5,
        threshold=1,
    )
