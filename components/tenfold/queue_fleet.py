"""What workers that fetch messages themselves have in common, on Fargate and on instances.

They are reached by nobody, reach AWS and the network that they run in, and are told the queue and how long a job may
take.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.placement import NetworkPlacement, placed
from tenfold.queue_access import Statement, policy_document
from tenfold.role_policies import role_policies, service_trust

_SLACK_SECONDS = 30
"""The time to fetch a message, and to delete it after the job."""
JOB_SECONDS = (1, 43_200 - _SLACK_SECONDS, "seconds")
"""How long a job may take: a message cannot be hidden for longer than twelve hours."""


def job_visibility(timeout_seconds: int) -> int:
    """How long a message in a worker's hand must be hidden, in seconds."""
    return timeout_seconds + _SLACK_SECONDS


def fleet_environment(
    queue: aws.sqs.Queue,
    given: pulumi.Input[Mapping[str, pulumi.Input[str]]],
    timeout_seconds: int,
    further: Mapping[str, str] | None = None,
) -> pulumi.Output[dict[str, str]]:
    """The environment of a worker: the caller's variables, the queue, and how long a job may take."""
    return pulumi.Output.all(given, queue.url).apply(
        lambda known: {
            **known[0],
            "QUEUE_URL": known[1],
            "JOB_TIMEOUT_SECONDS": str(timeout_seconds),
            **(further or {}),
        }
    )


def fleet_role(
    service: pulumi.ComponentResource,
    principal: str,
    statements: pulumi.Output[Sequence[Statement]],
    policies: Mapping[str, pulumi.Input[str]],
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """The role of the workers, and what it cannot do without before the first one starts."""
    name = service.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-worker-role",
        description=f"The worker of {name}",
        assume_role_policy=service_trust(principal),
        opts=pulumi.ResourceOptions(parent=service),
    )
    own = aws.iam.RolePolicy(
        f"{name}-worker-policy",
        role=role.name,
        policy=statements.apply(policy_document),
        opts=pulumi.ResourceOptions(parent=service),
    )
    return role, [own, *role_policies(service, "worker-policy", role, policies)]


def fleet_security_group(
    service: pulumi.ComponentResource, placement: pulumi.Input[NetworkPlacement]
) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """The group of workers that nobody calls, and the rules that they cannot start without."""
    name = f"{service.pulumi_resource_name}-worker-sg"
    group = aws.ec2.SecurityGroup(
        name,
        vpc_id=placed(placement, "vpc_id"),
        description=f"The workers of {service.pulumi_resource_name}",
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=service),
    )
    # Within the VPC the group of the one who is called decides; outside, HTTPS is what AWS and packages are served by.
    ways: dict[str, dict[str, Any]] = {
        "vpc": {"cidr_ipv4": placed(placement, "cidr_block"), "from_port": 0, "to_port": 65_535},
        "internet": {"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443},
    }
    about = {"vpc": "Databases, caches and endpoints", "internet": "AWS and package repositories"}
    return group, [
        aws.vpc.SecurityGroupEgressRule(
            f"{service.pulumi_resource_name}-worker-to-{way}",
            security_group_id=group.id,
            description=about[way],
            ip_protocol="tcp",
            opts=pulumi.ResourceOptions(parent=service),
            **target,
        )
        for way, target in ways.items()
    ]
