"""The workers of a queue as tasks on AWS Fargate: a program that fetches messages, as many times as the backlog needs.

A task that has a job in hand protects itself, and is not chosen when there are fewer, nor by a deployment.
See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.container import ContainerArgs, container_faults
from tenfold.errors import Fault
from tenfold.fargate_service import FargateService, fargate_service
from tenfold.placement import NetworkPlacement, placed
from tenfold.queue_access import Statement, policy_document
from tenfold.queue_fleet import (
    JOB_SECONDS,
    fleet_environment,
    fleet_role,
    fleet_security_group,
)
from tenfold.queue_scaling import QueueServiceScalingArgs, min_workers, scale_tasks, scaling_faults
from tenfold.role_policies import role_policy_faults


class QueueServiceContainerArgs(ContainerArgs):
    """Workers as tasks on AWS Fargate. The program fetches the messages of `QUEUE_URL`, and deletes what is done."""

    placement: pulumi.Input[NetworkPlacement]
    """The network that the tasks run in: another component's `placement`."""
    timeout_seconds: NotRequired[int]
    """How long one job may take, 1 to 43170 seconds; 300 by default. The program is told as `JOB_TIMEOUT_SECONDS`."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of the tasks' role, as JSON by a name that stays: `{"results": results.read_write_policy_json}`."""
    scaling: NotRequired[QueueServiceScalingArgs]
    """How many tasks there are: 2 to 10, as many as keep 10 messages or fewer waiting for each, by default."""


def container_worker_faults(container: QueueServiceContainerArgs) -> Iterable[Fault]:
    """What is wrong with the arguments of workers on Fargate that no type can express."""
    yield from container_faults("container", container)
    yield from bounded("container.timeout_seconds", container.get("timeout_seconds"), *JOB_SECONDS)
    yield from role_policy_faults("container.policies", container.get("policies", {}))
    yield from scaling_faults("container.scaling", container.get("scaling", QueueServiceScalingArgs()))


def container_worker(
    service: pulumi.ComponentResource,
    container: QueueServiceContainerArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[Sequence[Statement]],
    tags: Mapping[str, pulumi.Input[str]],
) -> tuple[FargateService, aws.iam.Role, aws.ec2.SecurityGroup]:
    """The tasks that work on a queue's messages, their role and their security group."""
    prefix = f"{service.pulumi_resource_name}-worker"
    scaling = container.get("scaling", QueueServiceScalingArgs())
    group, ways_out = fleet_security_group(service, container["placement"])
    role, permissions = fleet_role(service, "ecs-tasks", statements, container.get("policies", {}))
    timeout = container.get("timeout_seconds", 300)
    # Two minutes are the most that Fargate waits; what takes longer comes back after the visibility timeout.
    started: Any = {
        "stop_timeout_seconds": 120,
        **container,
        "environment": fleet_environment(queue, container.get("environment", {}), timeout),
    }
    fargate = fargate_service(
        service,
        prefix,
        started,
        role=role,
        subnet_ids=placed(container["placement"], "app_subnet_ids"),
        security_group_id=group.id,
        min_size=min_workers(scaling),
        tags=tags,
        ready=[*ways_out, *permissions],
    )
    _protection(service, fargate, role)
    scale_tasks(service, queue, fargate, scaling)
    return fargate, role, group


def _protection(service: pulumi.ComponentResource, fargate: FargateService, role: aws.iam.Role) -> None:
    """Lets each task say that it has a job in hand: the ids of tasks are known only when they run."""
    aws.iam.RolePolicy(
        f"{service.pulumi_resource_name}-worker-protection",
        role=role.name,
        policy=fargate.cluster_arn.apply(_protection_policy),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _protection_policy(cluster_arn: str) -> str:
    tasks = f"{cluster_arn.replace(':cluster/', ':task/')}/*"
    actions = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    return policy_document([{"Sid": "Protection", "Effect": "Allow", "Action": actions, "Resource": tasks}])
