"""The workers of a queue as EC2 instances: a program that fetches messages, on as many as the backlog needs.

An instance that has a job in hand protects itself, and is not chosen when there are fewer.
See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html.
"""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.instance_fleet import InstancesArgs, instance_fleet, launch_template
from tenfold.placement import placed
from tenfold.policy_documents import Statement, policy_document
from tenfold.queue_fleet import (
    QueueServiceFleetArgs,
    fleet_environment,
    fleet_role,
    fleet_scaling,
    fleet_security_group,
)
from tenfold.queue_scaling import max_workers, min_workers, scale_instances

ENVIRONMENT_FILE = "/etc/tenfold/worker.env"
"""Where an instance finds the variables of its program, for `EnvironmentFile=` of systemd."""


def instance_workers(
    service: pulumi.ComponentResource,
    fleet: QueueServiceFleetArgs,
    instances: InstancesArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[Sequence[Statement]],
    tags: Mapping[str, pulumi.Input[str]],
) -> tuple[aws.autoscaling.Group, aws.iam.Role, aws.ec2.SecurityGroup]:
    """The instances that work on a queue's messages, their role and their security group."""
    prefix, scaling = f"{service.pulumi_resource_name}-worker", fleet_scaling(fleet)
    security_group, ways_out = fleet_security_group(service, fleet["placement"])
    role, permissions = fleet_role(service, "ec2", statements, fleet.get("policies", {}))
    # A task learns from ECS that it can protect itself; nothing tells an instance's program where it runs.
    environment = fleet_environment(queue, fleet, {"SCALE_IN_PROTECTION": "instance"})
    script = pulumi.Output.all(environment, instances.get("user_data", "")).apply(lambda known: _script(*known))
    started: Any = {**instances, "user_data": script}
    template = launch_template(
        service,
        prefix,
        started,
        description=f"The workers of {service.pulumi_resource_name}",
        security_group_id=security_group.id,
        role=role,
        tags=tags,
    )
    group = instance_fleet(
        service,
        prefix,
        started,
        template,
        subnet_ids=placed(fleet["placement"], "app_subnet_ids"),
        min_size=min_workers(scaling),
        max_size=max_workers(scaling),
        protect_themselves=True,
        tags=tags,
        ready=[*ways_out, *permissions],
    )
    _protection(service, group, role)
    scale_instances(service, queue, group, scaling)
    return group, role, security_group


def _script(environment: Mapping[str, str], user_data: str) -> str:
    """What an instance runs when it starts: the variables into their file, then the caller's script."""
    lines = " ".join(shlex.quote(_line(name, environment[name])) for name in sorted(environment))
    folder = ENVIRONMENT_FILE.rpartition("/")[0]
    return f"#!/bin/bash\ninstall -d -m 0755 {folder}\nprintf '%s\\n' {lines} > {ENVIRONMENT_FILE}\n{user_data}\n"


def _line(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return f'{name}="{escaped}"'


def _protection(service: pulumi.ComponentResource, group: aws.autoscaling.Group, role: aws.iam.Role) -> None:
    """Lets each instance say that it has a job in hand; after the group, whose ARN it names."""
    aws.iam.RolePolicy(
        f"{service.pulumi_resource_name}-worker-protection",
        role=role.name,
        policy=group.arn.apply(_protection_policy),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _protection_policy(group_arn: str) -> str:
    return policy_document(
        [
            {
                "Sid": "Protection",
                "Effect": "Allow",
                "Action": ["autoscaling:SetInstanceProtection"],
                "Resource": group_arn,
            },
            {
                # An instance asks which group it is in; the question names no resource.
                "Sid": "OwnGroup",
                "Effect": "Allow",
                "Action": ["autoscaling:DescribeAutoScalingInstances"],
                "Resource": "*",
            },
        ]
    )
