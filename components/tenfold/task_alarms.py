"""The alarms of tasks on AWS Fargate: fewer run than should, or they are out of processor.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.fargate_service import FargateService


def task_alarms(
    component: pulumi.ComponentResource, prefix: str, fargate: FargateService, actions: Sequence[pulumi.Input[str]]
) -> None:
    """Alarms on the number of tasks and on their CPU utilization."""
    service: dict[str, Any] = {"ClusterName": fargate.cluster_name, "ServiceName": fargate.service.name}
    aws.cloudwatch.MetricAlarm(
        f"{prefix}-task-count-alarm",
        alarm_description=f"For ten minutes fewer tasks of {prefix} run than should: they end by themselves, or fail "
        "their health checks; see the service's events, the stopped tasks' reasons and their logs.",
        metric_queries=[
            {"id": "missing", "expression": "desired - running", "label": "Tasks missing", "return_data": True},
            *(
                {
                    "id": query,
                    "metric": {
                        "namespace": "ECS/ContainerInsights",
                        "metric_name": metric,
                        "dimensions": service,
                        "stat": "Average",
                        "period": 60,
                    },
                }
                for query, metric in (("desired", "DesiredTaskCount"), ("running", "RunningTaskCount"))
            ),
        ],
        # Scaling out and deployments take a few minutes.
        evaluation_periods=10,
        datapoints_to_alarm=10,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        # In a cluster without Container Insights there are no such metrics.
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=component),
    )
    aws.cloudwatch.MetricAlarm(
        f"{prefix}-task-cpu-alarm",
        alarm_description=f"The tasks of {prefix} have used more than 90 % of their processor for a quarter of an "
        "hour, and more tasks do not help; see whether there are as many as there may be.",
        namespace="AWS/ECS",
        metric_name="CPUUtilization",
        dimensions=service,
        statistic="Average",
        period=60,
        evaluation_periods=15,
        datapoints_to_alarm=15,
        comparison_operator="GreaterThanThreshold",
        threshold=90,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=component),
    )
