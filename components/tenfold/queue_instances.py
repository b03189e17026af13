"""The workers of a queue as EC2 instances: a program that fetches messages, on as many as the backlog needs.

An instance that has a job in hand protects itself, and is not chosen when there are fewer.
See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html.
"""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.instance_fleet import InstancesArgs, instance_faults, instance_fleet, launch_template
from tenfold.placement import NetworkPlacement, placed
from tenfold.queue_access import Statement, policy_document
from tenfold.queue_fleet import JOB_SECONDS, fleet_environment, fleet_role, fleet_security_group
from tenfold.queue_scaling import QueueServiceScalingArgs, max_workers, min_workers, scale_instances, scaling_faults
from tenfold.role_policies import role_policy_faults

ENVIRONMENT_FILE = "/etc/tenfold/worker.env"
"""Where an instance finds the variables of its program, for `EnvironmentFile=` of systemd."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHELL_SCRIPT = re.compile(r"#!\s*(/usr)?/bin/(env\s+)?(ba)?sh\b")


class QueueServiceInstancesArgs(InstancesArgs):
    """Workers as EC2 instances. The program fetches the messages of `QUEUE_URL`, and deletes what is done.

    `user_data` is a shell script that starts the program; it runs after `/etc/tenfold/worker.env` is there.
    """

    placement: pulumi.Input[NetworkPlacement]
    """The network that the instances run in: another component's `placement`."""
    environment: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """The environment variables of the program, in `/etc/tenfold/worker.env` beside the component's own; none by
    default."""
    timeout_seconds: NotRequired[int]
    """How long one job may take, 1 to 43170 seconds; 300 by default. The program is told as `JOB_TIMEOUT_SECONDS`."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of the instances' role, as JSON by a name that stays; none by default."""
    scaling: NotRequired[QueueServiceScalingArgs]
    """How many instances there are: 2 to 10, as many as keep 10 messages or fewer waiting for each, by default."""


def instance_worker_faults(instances: QueueServiceInstancesArgs) -> Iterable[Fault]:
    """What is wrong with the arguments of workers on instances that no type can express."""
    yield from instance_faults("instances", instances)
    script = instances.get("user_data", "#!/bin/bash")
    if isinstance(script, str) and not _SHELL_SCRIPT.match(script):
        given = f"{script.splitlines()[0] if script else ''!r} is its first line"
        yield Fault("instances.user_data", given, "a shell script that starts with #!/bin/bash or #!/bin/sh")
    yield from bounded("instances.timeout_seconds", instances.get("timeout_seconds"), *JOB_SECONDS)
    yield from _variable_faults(instances.get("environment", {}))
    yield from role_policy_faults("instances.policies", instances.get("policies", {}))
    yield from scaling_faults("instances.scaling", instances.get("scaling", QueueServiceScalingArgs()))


def _variable_faults(variables: object) -> Iterable[Fault]:
    for name in map(str, variables) if isinstance(variables, Mapping) else ():
        if not _VARIABLE.fullmatch(name):
            allowed = "a variable's name: letters, digits and underscores"
            yield Fault(f"instances.environment.{name}", "it has this name", allowed)


def instance_worker(
    service: pulumi.ComponentResource,
    instances: QueueServiceInstancesArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[Sequence[Statement]],
    tags: Mapping[str, pulumi.Input[str]],
) -> tuple[aws.autoscaling.Group, aws.iam.Role, aws.ec2.SecurityGroup]:
    """The instances that work on a queue's messages, their role and their security group."""
    prefix = f"{service.pulumi_resource_name}-worker"
    scaling = instances.get("scaling", QueueServiceScalingArgs())
    group, ways_out = fleet_security_group(service, instances["placement"])
    role, permissions = fleet_role(service, "ec2", statements, instances.get("policies", {}))
    # A task learns from ECS that it can protect itself; nothing tells an instance's program where it runs.
    where = {"SCALE_IN_PROTECTION": "instance"}
    timeout = instances.get("timeout_seconds", 300)
    environment = fleet_environment(queue, instances.get("environment", {}), timeout, where)
    script = pulumi.Output.all(environment, instances.get("user_data", "")).apply(lambda known: _script(*known))
    started: Any = {**instances, "user_data": script}
    template = launch_template(
        service,
        prefix,
        started,
        description=f"The workers of {service.pulumi_resource_name}",
        security_group_id=group.id,
        role=role,
        tags=tags,
    )
    fleet = instance_fleet(
        service,
        prefix,
        started,
        template,
        subnet_ids=placed(instances["placement"], "app_subnet_ids"),
        min_size=min_workers(scaling),
        max_size=max_workers(scaling),
        tags=tags,
        ready=[*ways_out, *permissions],
    )
    _protection(service, fleet, role)
    scale_instances(service, queue, fleet, scaling)
    return fleet, role, group


def _script(environment: Mapping[str, str], user_data: str) -> str:
    """What an instance runs when it starts: the variables into their file, then the caller's script."""
    lines = " ".join(shlex.quote(_line(name, environment[name])) for name in sorted(environment))
    folder = ENVIRONMENT_FILE.rpartition("/")[0]
    return f"#!/bin/bash\ninstall -d -m 0755 {folder}\nprintf '%s\\n' {lines} > {ENVIRONMENT_FILE}\n{user_data}\n"


def _line(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return f'{name}="{escaped}"'


def _protection(service: pulumi.ComponentResource, fleet: aws.autoscaling.Group, role: aws.iam.Role) -> None:
    """Lets each instance say that it has a job in hand; after the group, whose ARN it names."""
    aws.iam.RolePolicy(
        f"{service.pulumi_resource_name}-worker-protection",
        role=role.name,
        policy=fleet.arn.apply(_protection_policy),
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
