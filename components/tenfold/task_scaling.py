"""How many tasks a Fargate service has: between two bounds, at a target, or by the clock.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.fargate_service import FargateService


def scalable_tasks(
    component: pulumi.ComponentResource,
    name: str,
    fargate: FargateService,
    *,
    min_size: pulumi.Input[int],
    max_size: pulumi.Input[int],
) -> aws.appautoscaling.Target:
    """The service's number of tasks as something that scales."""
    return aws.appautoscaling.Target(
        name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", fargate.cluster_name, "/", fargate.service.name),
        min_capacity=min_size,
        max_capacity=max_size,
        opts=pulumi.ResourceOptions(parent=component),
    )


def keep_tasks_at(
    component: pulumi.ComponentResource,
    name: str,
    target: aws.appautoscaling.Target,
    *,
    metric: Mapping[str, Any],
    value: pulumi.Input[float],
    ready: Sequence[pulumi.Resource] = (),
) -> aws.appautoscaling.Policy:
    """Keeps a metric at a value: tasks come within minutes, and go slowly.

    Args:
        component: The component whose child it is.
        name: The policy's name.
        target: What scales.
        metric: Its `predefined_metric_specification` or `customized_metric_specification`, as a dict with that key.
        value: The value.
        ready: What must be there before.
    """
    tracking: Any = {**metric, "target_value": value, "scale_out_cooldown": 60, "scale_in_cooldown": 300}
    return aws.appautoscaling.Policy(
        name,
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration=tracking,
        opts=pulumi.ResourceOptions(parent=component, depends_on=ready),
    )
