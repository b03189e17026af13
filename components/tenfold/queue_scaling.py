"""How many workers a queue has: as many as its backlog needs, and by choice none while there is nothing to do.

What counts is the backlog of each worker, the messages that wait divided by the workers that run: it says how long the
last message will wait, whatever the size of the fleet. As long as a message waits or is in hand, the metric asks for at
least one worker; without any it falls to zero.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html and
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.fargate_service import FargateService
from tenfold.task_scaling import keep_tasks_at, scalable_tasks


class QueueServiceScalingArgs(TypedDict):
    """How many workers there are. Each number must be known before anything exists."""

    min_workers: NotRequired[int]
    """The least number of workers, 0 to 5000; 2 by default. With 0 the first message of an idle queue waits about two
    minutes and for a worker to start; after six idle hours up to 15 minutes more, until CloudWatch sees the queue."""
    max_workers: NotRequired[int]
    """The greatest number of workers, 1 to 5000 and more than the least; 10 by default, or twice the least."""
    acceptable_wait_seconds: NotRequired[float]
    """How long a message may wait for a worker, in seconds; with `seconds_per_message`, in place of
    `backlog_per_worker`."""
    seconds_per_message: NotRequired[float]
    """How long a worker is busy with a message, in seconds, divided by the messages that it works on at once."""
    backlog_per_worker: NotRequired[float]
    """How many messages may wait for each worker; 10 by default."""


class Fleet(NamedTuple):
    """A fleet's name in CloudWatch.

    Attributes:
        namespace: The namespace of its metrics.
        dimensions: Their dimensions.
        running: The metric of the workers that run.
        wanted: The metric of the workers that are wanted.
    """

    namespace: str
    dimensions: Mapping[str, pulumi.Input[str]]
    running: str
    wanted: str


_SECONDS_TO_START = 180
"""How long a new worker may take until it takes messages; no other one is woken meanwhile."""


def min_workers(scaling: QueueServiceScalingArgs) -> int:
    """The least number of workers."""
    return scaling.get("min_workers", 2)


def max_workers(scaling: QueueServiceScalingArgs) -> int:
    """The greatest number of workers."""
    return scaling.get("max_workers", max(10, 2 * min_workers(scaling)))


def backlog_per_worker(scaling: QueueServiceScalingArgs) -> float:
    """How many messages may wait for each worker: the acceptable wait divided by the time that each takes."""
    if "acceptable_wait_seconds" in scaling and "seconds_per_message" in scaling:
        return scaling["acceptable_wait_seconds"] / scaling["seconds_per_message"]
    return scaling.get("backlog_per_worker", 10.0)


def scaling_faults(path: str, scaling: QueueServiceScalingArgs) -> Iterable[Fault]:
    """What is wrong with the numbers."""
    yield from bounded(f"{path}.min_workers", scaling.get("min_workers"), 0, 5000, "workers")
    low, high = min_workers(scaling), scaling.get("max_workers")
    if high is not None and not max(low + 1, 1) <= high <= 5000:
        allowed = f"{low + 1} to 5000 workers, more than min_workers" if 0 <= low < 5000 else "1 to 5000 workers"
        yield Fault(f"{path}.max_workers", f"{high} is given", allowed)
    for key in ("acceptable_wait_seconds", "seconds_per_message", "backlog_per_worker"):
        number = scaling.get(key)
        if number is not None and not 0.001 <= number <= 1_209_600:
            yield Fault(f"{path}.{key}", f"{number:g} is given", "0.001 to 1209600")
    wait, each = "acceptable_wait_seconds" in scaling, "seconds_per_message" in scaling
    if wait != each:
        given, missing = ("acceptable_wait_seconds", "seconds_per_message")[:: 1 if wait else -1]
        yield Fault(f"{path}.{missing}", f"nothing is given, but {given} is", "both, or backlog_per_worker")
    elif wait and "backlog_per_worker" in scaling:
        allowed = "nothing, as acceptable_wait_seconds and seconds_per_message are given"
        yield Fault(f"{path}.backlog_per_worker", f"{scaling['backlog_per_worker']:g} is given", allowed)


def backlog_expression(target: float) -> str:
    """Metric math for the backlog of each worker: 0 where there is nothing to do, else enough for one worker.

    Without the floor, a fleet whose workers have all messages in hand would look idle.
    """
    # Metric math knows no exponents.
    enough = f"{target:f}".rstrip("0").rstrip(".")
    waiting = f"IF(visible > {enough}, visible, {enough})"
    return f"IF((visible + in_flight) > 0, {waiting} / IF(workers > 0, workers, 1), 0)"


WAKE_EXPRESSION = "IF(((visible + in_flight) > 0) AND (FILL(workers, 0) < 1), 1, 0)"
"""Metric math that is 1 where there is work, and no worker is wanted; one that nobody counts is none."""


def scale_tasks(
    service: pulumi.ComponentResource, queue: aws.sqs.Queue, fargate: FargateService, scaling: QueueServiceScalingArgs
) -> None:
    """Scales a service on Fargate by the backlog of its tasks."""
    name = service.pulumi_resource_name
    fleet = Fleet(
        "ECS/ContainerInsights",
        {"ClusterName": fargate.cluster_name, "ServiceName": fargate.service.name},
        "RunningTaskCount",
        "DesiredTaskCount",
    )
    target = scalable_tasks(
        service, f"{name}-worker-tasks", fargate, min_size=min_workers(scaling), max_size=max_workers(scaling)
    )
    metric = {"customized_metric_specification": {"metrics": _tracked(queue, fleet, scaling)}}
    keep_tasks_at(service, f"{name}-tasks-by-backlog", target, metric=metric, value=backlog_per_worker(scaling))
    if min_workers(scaling) > 0:
        return
    wake = aws.appautoscaling.Policy(
        f"{name}-tasks-wake",
        policy_type="StepScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        step_scaling_policy_configuration={
            "adjustment_type": "ChangeInCapacity",
            "metric_aggregation_type": "Maximum",
            "cooldown": _SECONDS_TO_START,
            "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
        },
        opts=pulumi.ResourceOptions(parent=service),
    )
    _wake_alarm(service, queue, fleet, wake.arn)


def scale_instances(
    service: pulumi.ComponentResource,
    queue: aws.sqs.Queue,
    group: aws.autoscaling.Group,
    scaling: QueueServiceScalingArgs,
) -> None:
    """Scales an Auto Scaling group by the backlog of its instances."""
    name = service.pulumi_resource_name
    fleet = Fleet(
        "AWS/AutoScaling", {"AutoScalingGroupName": group.name}, "GroupInServiceInstances", "GroupDesiredCapacity"
    )
    aws.autoscaling.Policy(
        f"{name}-instances-by-backlog",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "customized_metric_specification": {"metrics": _tracked(queue, fleet, scaling)},
            "target_value": backlog_per_worker(scaling),
        },
        opts=pulumi.ResourceOptions(parent=service),
    )
    if min_workers(scaling) > 0:
        return
    wake = aws.autoscaling.Policy(
        f"{name}-instances-wake",
        autoscaling_group_name=group.name,
        policy_type="StepScaling",
        adjustment_type="ChangeInCapacity",
        metric_aggregation_type="Maximum",
        estimated_instance_warmup=_SECONDS_TO_START,
        step_adjustments=[{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
        opts=pulumi.ResourceOptions(parent=service),
    )
    _wake_alarm(service, queue, fleet, wake.arn)


def _tracked(queue: aws.sqs.Queue, fleet: Fleet, scaling: QueueServiceScalingArgs) -> list[Any]:
    """The metrics of a target tracking policy, of which the last one is tracked."""
    metrics = _metrics(queue, fleet, fleet.running)
    return [
        *(
            {
                "id": key,
                "metric_stat": {
                    "metric": {
                        "namespace": namespace,
                        "metric_name": metric,
                        "dimensions": [{"name": each, "value": value} for each, value in dimensions.items()],
                    },
                    "stat": stat,
                },
                "return_data": False,
            }
            for key, (namespace, metric, dimensions, stat) in metrics.items()
        ),
        {
            "id": "backlog",
            "expression": backlog_expression(backlog_per_worker(scaling)),
            "label": "Messages that wait, by worker",
            "return_data": True,
        },
    ]


def _wake_alarm(
    service: pulumi.ComponentResource, queue: aws.sqs.Queue, fleet: Fleet, policy_arn: pulumi.Input[str]
) -> None:
    """Starts the first worker: nothing divided by nobody tells a target tracking policy nothing."""
    name = service.pulumi_resource_name
    metrics = _metrics(queue, fleet, fleet.wanted)
    queries: list[Any] = [
        *(
            {
                "id": key,
                "metric": {
                    "namespace": namespace,
                    "metric_name": metric,
                    "dimensions": dimensions,
                    "period": 60,
                    "stat": stat,
                },
                "return_data": False,
            }
            for key, (namespace, metric, dimensions, stat) in metrics.items()
        ),
        {"id": "wake", "expression": WAKE_EXPRESSION, "label": "Work, and no worker", "return_data": True},
    ]
    aws.cloudwatch.MetricAlarm(
        f"{name}-wake-alarm",
        alarm_description=f"{name} has messages and no worker: one is started. Nobody needs to look.",
        metric_queries=queries,
        # The count of workers may come a minute after that of messages, and is filled up meanwhile.
        evaluation_periods=2,
        datapoints_to_alarm=2,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        treat_missing_data="notBreaching",
        alarm_actions=[policy_arn],
        opts=pulumi.ResourceOptions(parent=service),
    )


def _metrics(
    queue: aws.sqs.Queue, fleet: Fleet, workers: str
) -> dict[str, tuple[str, str, Mapping[str, pulumi.Input[str]], str]]:
    """Namespace, metric, dimensions and statistic by the ids that the expressions know."""
    of_queue = {"QueueName": queue.name}
    return {
        "visible": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", of_queue, "Maximum"),
        "in_flight": ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", of_queue, "Maximum"),
        "workers": (fleet.namespace, workers, fleet.dimensions, "Average"),
    }
