"""What keeps the number of a web tier's instances or tasks at what its load needs.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html and
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html.
"""

from collections.abc import Iterable
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.fargate_service import FargateService
from tenfold.task_scaling import keep_tasks_at, scalable_tasks
from tenfold.web_arguments import WebTierArgs, WebTierScalingArgs
from tenfold.web_balancer import Door
from tenfold.web_capacity import Sizes
from tenfold.web_schedules import schedule_instances, schedule_tasks

_CPU = 60.0
_REQUESTS = 3000.0


def scaling_faults(args: WebTierArgs) -> Iterable[Fault]:
    """What is wrong with the targets."""
    scaling = args.get("scaling", WebTierScalingArgs())
    yield from bounded("scaling.cpu_percent", scaling.get("cpu_percent"), 1, 100, "percent")
    yield from bounded("scaling.requests_per_minute", scaling.get("requests_per_minute"), 1, 100_000, "requests")
    yield from bounded("scaling.memory_percent", scaling.get("memory_percent"), 1, 100, "percent")
    if "memory_percent" in scaling and "container" not in args:
        allowed = "it for a container alone: EC2 has no metric of an instance's memory"
        yield Fault("scaling.memory_percent", "it is given for instances", allowed)


def scale_instances(
    tier: pulumi.ComponentResource, args: WebTierArgs, group: aws.autoscaling.Group, door: Door
) -> None:
    """Keeps instances at a CPU utilization and a rate of requests, and at sizes by the clock."""
    name, scaling = tier.pulumi_resource_name, args.get("scaling", WebTierScalingArgs())
    aws.autoscaling.Policy(
        f"{name}-cpu-scaling",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
            "target_value": scaling.get("cpu_percent", _CPU),
        },
        opts=pulumi.ResourceOptions(parent=tier),
    )
    aws.autoscaling.Policy(
        f"{name}-requests-scaling",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "predefined_metric_specification": _requests(door),
            "target_value": scaling.get("requests_per_minute", _REQUESTS),
        },
        # Auto Scaling refuses a target group that no listener forwards to.
        opts=pulumi.ResourceOptions(parent=tier, depends_on=[door.forwards]),
    )
    schedule_instances(tier, args, group)


def scale_tasks(
    tier: pulumi.ComponentResource, args: WebTierArgs, fargate: FargateService, door: Door, sizes: Sizes
) -> None:
    """Keeps tasks at a CPU utilization, a rate of requests and by choice their memory, and at sizes by the clock."""
    name, scaling = tier.pulumi_resource_name, args.get("scaling", WebTierScalingArgs())
    target = scalable_tasks(tier, f"{name}-tasks", fargate, min_size=sizes.least, max_size=sizes.most)
    keep_tasks_at(
        tier,
        f"{name}-task-cpu-scaling",
        target,
        metric=_of_service("ECSServiceAverageCPUUtilization"),
        value=scaling.get("cpu_percent", _CPU),
    )
    keep_tasks_at(
        tier,
        f"{name}-task-requests-scaling",
        target,
        metric={"predefined_metric_specification": _requests(door)},
        value=scaling.get("requests_per_minute", _REQUESTS),
        ready=[door.forwards],
    )
    if "memory_percent" in scaling:
        keep_tasks_at(
            tier,
            f"{name}-task-memory-scaling",
            target,
            metric=_of_service("ECSServiceAverageMemoryUtilization"),
            value=scaling["memory_percent"],
        )
    schedule_tasks(tier, args, target)


def _of_service(metric: str) -> dict[str, Any]:
    return {"predefined_metric_specification": {"predefined_metric_type": metric}}


def _requests(door: Door) -> Any:
    label = pulumi.Output.concat(door.balancer["arn_suffix"], "/", door.target_group.arn_suffix)
    return {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label}
