"""The workers of a queue as tasks on AWS Fargate: a program that fetches messages, as many times as the backlog needs.

A task that has a job in hand protects itself, and is not chosen when there are fewer, nor by a deployment.
See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.container import ContainerArgs
from tenfold.fargate_service import FargateService, fargate_service
from tenfold.placement import placed
from tenfold.policy_documents import Statement, policy_document
from tenfold.queue_fleet import (
    QueueServiceFleetArgs,
    fleet_environment,
    fleet_role,
    fleet_scaling,
    fleet_security_group,
)
from tenfold.queue_scaling import min_workers, scale_tasks


def task_workers(
    service: pulumi.ComponentResource,
    fleet: QueueServiceFleetArgs,
    container: ContainerArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[Sequence[Statement]],
    tags: Mapping[str, pulumi.Input[str]],
) -> tuple[FargateService, aws.iam.Role, aws.ec2.SecurityGroup]:
    """The tasks that work on a queue's messages, their role and their security group."""
    scaling = fleet_scaling(fleet)
    group, ways_out = fleet_security_group(service, fleet["placement"])
    role, permissions = fleet_role(service, "ecs-tasks", statements, fleet.get("policies", {}))
    # Two minutes are the most that Fargate waits; what takes longer comes back after the visibility timeout.
    started: Any = {
        "stop_timeout_seconds": 120,
        **container,
        "environment": fleet_environment(queue, fleet, {}),
    }
    fargate = fargate_service(
        service,
        f"{service.pulumi_resource_name}-worker",
        started,
        role=role,
        subnet_ids=placed(fleet["placement"], "app_subnet_ids"),
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
