"""Workers of a queue that fetch messages themselves, as tasks on Fargate or as instances: what both have in common.

They are reached by nobody, reach AWS and the network that they run in, and are told the queue and how long a job may
take. The number of them follows the backlog, and one that has a job in hand protects itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.container import ContainerArgs, container_faults
from tenfold.errors import Fault
from tenfold.instance_fleet import InstancesArgs, instance_faults
from tenfold.placement import NetworkPlacement, placed
from tenfold.policy_documents import Statement, policy_document
from tenfold.queue_scaling import QueueServiceScalingArgs, scaling_faults
from tenfold.role_policies import role_policies, role_policy_faults, service_trust


class QueueServiceFleetArgs(TypedDict):
    """Workers that fetch messages themselves: tasks on AWS Fargate, or EC2 instances.

    The program is told the queue as `QUEUE_URL` and deletes the messages that it is done with. It protects its task or
    its instance while it has one in hand, by the permissions that it has for that.
    """

    placement: pulumi.Input[NetworkPlacement]
    """The network that they run in, in its private subnets: a network's `placement`."""
    container: NotRequired[ContainerArgs]
    """The container that runs as tasks on AWS Fargate; this or `instances`. A `cluster_arn` of your own needs Container
    Insights, which counts the tasks."""
    instances: NotRequired[InstancesArgs]
    """The EC2 instances, in place of `container`. Their `user_data` is a shell script that starts the program, after
    its variables are in `/etc/tenfold/worker.env`."""
    timeout_seconds: NotRequired[int]
    """How long one job may take, 1 to 43170 seconds; 300 by default. The program is told as `JOB_TIMEOUT_SECONDS`."""
    environment: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """The environment variables of the program, beside those that its container has of its own; none by default."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of their role, as JSON by a name that stays: `{"results": results.read_write_policy_json}`."""
    scaling: NotRequired[QueueServiceScalingArgs]
    """How many there are: 2 to 10, as many as keep 10 messages or fewer waiting for each, by default."""


_SLACK_SECONDS = 30
"""The time to fetch a message, and to delete it after the job."""
JOB_SECONDS = (1, 43_200 - _SLACK_SECONDS, "seconds")
"""How long a job may take: a message cannot be hidden for longer than twelve hours."""


_KINDS = ("container", "instances")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHELL_SCRIPT = re.compile(r"#!\s*(/usr)?/bin/(env\s+)?(ba)?sh\b")


def job_seconds(fleet: QueueServiceFleetArgs) -> int:
    """How long a job may take."""
    return fleet.get("timeout_seconds", 300)


def job_visibility(fleet: QueueServiceFleetArgs) -> int:
    """How long a message in a worker's hand must be hidden, in seconds."""
    return job_seconds(fleet) + _SLACK_SECONDS


def fleet_scaling(fleet: QueueServiceFleetArgs) -> QueueServiceScalingArgs:
    """How many workers there are."""
    return fleet.get("scaling", QueueServiceScalingArgs())


def fleet_faults(fleet: QueueServiceFleetArgs) -> Iterable[Fault]:
    """What is wrong with a fleet's arguments that no type can express."""
    given = [kind for kind in _KINDS if kind in fleet]
    if len(given) != 1:
        yield Fault("fleet", f"{' and '.join(given) or 'neither'} is given", "one of container and instances")
    if "container" in fleet:
        yield from container_faults("fleet.container", fleet["container"])
    if "instances" in fleet:
        yield from instance_faults("fleet.instances", fleet["instances"])
        yield from _script_faults(fleet["instances"])
    yield from bounded("fleet.timeout_seconds", fleet.get("timeout_seconds"), *JOB_SECONDS)
    yield from _variable_faults(fleet.get("environment", {}))
    yield from role_policy_faults("fleet.policies", fleet.get("policies", {}))
    yield from scaling_faults("fleet.scaling", fleet_scaling(fleet))


def _script_faults(instances: InstancesArgs) -> Iterable[Fault]:
    script = instances.get("user_data")
    if isinstance(script, str) and not _SHELL_SCRIPT.match(script):
        given = f"{script.splitlines()[0] if script else ''!r} is its first line"
        yield Fault("fleet.instances.user_data", given, "a shell script that starts with #!/bin/bash or #!/bin/sh")


def _variable_faults(variables: object) -> Iterable[Fault]:
    for name in map(str, variables) if isinstance(variables, Mapping) else ():
        if not _VARIABLE.fullmatch(name):
            allowed = "a variable's name: letters, digits and underscores"
            yield Fault(f"fleet.environment.{name}", "it has this name", allowed)


def fleet_environment(
    queue: aws.sqs.Queue, fleet: QueueServiceFleetArgs, further: Mapping[str, str]
) -> pulumi.Output[dict[str, str]]:
    """The environment of a worker: the caller's variables, the queue, and how long a job may take."""
    own = {**further, "JOB_TIMEOUT_SECONDS": str(job_seconds(fleet))}
    of_container = fleet["container"].get("environment", {}) if "container" in fleet else {}
    return pulumi.Output.all(of_container, fleet.get("environment", {}), queue.url).apply(
        lambda known: {**known[0], **known[1], **own, "QUEUE_URL": known[2]}
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
