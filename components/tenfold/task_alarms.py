"""The alarms of tasks on AWS Fargate: fewer run than should, or they are out of processor.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html.
"""

from tenfold.alarms import Alarms, AlarmSeverity, computed
from tenfold.fargate_service import FargateService


def task_alarms(alarms: Alarms, name: str, fargate: FargateService) -> None:
    """Alarms on the number of tasks and on their CPU utilization."""
    service = {"ClusterName": fargate.cluster_name, "ServiceName": fargate.service.name}
    # In a cluster without Container Insights there are no such metrics.
    alarms.add(
        "task-count-alarm",
        f"For ten minutes fewer tasks of {name} run than should: they end by themselves, or fail "
        "their health checks; see the service's events, the stopped tasks' reasons and their logs.",
        AlarmSeverity.CRITICAL,
        metric_queries=computed(
            "desired - running",
            "Tasks missing",
            {"desired": "DesiredTaskCount", "running": "RunningTaskCount"},
            namespace="ECS/ContainerInsights",
            dimensions=service,
            statistic="Average",
        ),
        # Scaling out and deployments take a few minutes.
        evaluation_periods=10,
        threshold=0,
    )
    alarms.add(
        "task-cpu-alarm",
        f"The tasks of {name} have used more than 90 % of their processor for a quarter of an "
        "hour, and more tasks do not help; see whether there are as many as there may be.",
        namespace="AWS/ECS",
        metric_name="CPUUtilization",
        dimensions=service,
        statistic="Average",
        period=60,
        evaluation_periods=15,
        threshold=90,
    )
