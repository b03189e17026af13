"""A container on AWS Fargate: what runs, how large it is, and what it is told.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault
from tenfold.instance_fleet import group_faults
from tenfold.log_retention import retention_faults

CONTAINER_NAME = "app"
SCRATCH_VOLUME = "scratch"
"""The one container of a task."""


class ContainerArchitecture(StrEnum):
    """The processor that a container's image is built for."""

    ARM64 = "arm64"
    """AWS Graviton: a fifth cheaper."""
    X86_64 = "x86_64"
    """Intel or AMD."""


class ContainerArgs(TypedDict):
    """A container that runs on AWS Fargate, as one task or as many."""

    image: pulumi.Input[str]
    """The image with its tag or digest: `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.2`."""
    command: NotRequired[list[pulumi.Input[str]]]
    """The command, in place of the image's own: `["gunicorn", "shop:app"]`."""
    cpu: NotRequired[int]
    """The processor in CPU units, 1024 to a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384; 1024 by default."""
    memory_mb: NotRequired[int]
    """The memory in MB, 512 to 122880 as the `cpu` allows; twice the `cpu` by default."""
    architecture: NotRequired[ContainerArchitecture]
    """The processor that the image is built for: `arm64` or `x86_64`; `arm64` by default."""
    environment: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """The environment variables; none by default."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables by the ARN of their Secrets Manager secret or SSM parameter; none by default."""
    secrets_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts the secrets, where it is your own; AWS's by default."""
    spot_percent: NotRequired[int]
    """The percentage on Fargate Spot, up to 70 % cheaper and gone with two minutes' notice; 0 by default."""
    on_demand_base: NotRequired[int]
    """How many tasks are never on Spot, before `spot_percent` counts; 0 by default."""
    cluster_arn: NotRequired[pulumi.Input[str]]
    """An ECS cluster that exists and has the capacity providers FARGATE and FARGATE_SPOT; one of its own by default."""
    read_only_root: NotRequired[bool]
    """Whether the container can write to /tmp alone, a volume of its task that goes with it; true by default, but for
    containers that people run commands in, which AWS does not support then."""
    execute_command: NotRequired[bool]
    """Whether people may run commands in the container, by ECS Exec; false by default."""
    stop_timeout_seconds: NotRequired[int]
    """How long the container may take to end after SIGTERM, 2 to 120 seconds; 30 by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Further security groups that the tasks are in, by a name of your own, up to 15: those that databases and caches
    let in, `{"forum": forum_clients.id}`; none by default."""


_GB = 1024
_MEMORY = {
    256: (512, 1 * _GB, 2 * _GB),
    512: range(1 * _GB, 4 * _GB + 1, _GB),
    1024: range(2 * _GB, 8 * _GB + 1, _GB),
    2048: range(4 * _GB, 16 * _GB + 1, _GB),
    4096: range(8 * _GB, 30 * _GB + 1, _GB),
    8192: range(16 * _GB, 60 * _GB + 1, 4 * _GB),
    16_384: range(32 * _GB, 120 * _GB + 1, 8 * _GB),
}
_SECRET = re.compile(
    r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[a-z0-9-]+:\d{12}:parameter/.+)"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLUSTER = re.compile(r"arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster/.+")
_RANGES = {
    "spot_percent": (0, 100, "percent"),
    "on_demand_base": (0, 5000, "tasks"),
    "stop_timeout_seconds": (2, 120, "seconds"),
}


def container_size(container: ContainerArgs) -> tuple[int, int]:
    """CPU units and MB of memory."""
    cpu = container.get("cpu", 1024)
    return cpu, container.get("memory_mb", 2 * cpu)


def container_faults(path: str, container: ContainerArgs | None) -> Iterable[Fault]:
    """What is wrong with a container's arguments."""
    if container is None:
        return
    for key, limits in _RANGES.items():
        yield from bounded(f"{path}.{key}", container.get(key), *limits)
    yield from group_faults(f"{path}.security_group_ids", container.get("security_group_ids", {}))
    yield from _size_faults(path, container)
    yield from _variable_faults(path, container)
    yield from retention_faults(f"{path}.log_retention_days", container.get("log_retention_days"))
    cluster = container.get("cluster_arn")
    if isinstance(cluster, str) and not _CLUSTER.fullmatch(cluster):
        allowed = "a cluster's ARN: arn:aws:ecs:us-east-1:123456789012:cluster/main"
        yield Fault(f"{path}.cluster_arn", f"{cluster!r} is given", allowed)
    image = container["image"]
    if isinstance(image, str) and not re.fullmatch(r"\S+", image):
        yield Fault(f"{path}.image", f"{image!r} is given", "an image: public.ecr.aws/nginx/nginx:1.29")


def _size_faults(path: str, container: ContainerArgs) -> Iterable[Fault]:
    cpu, memory = container_size(container)
    if cpu not in _MEMORY:
        yield Fault(f"{path}.cpu", f"{cpu} is given", f"one of {', '.join(map(str, _MEMORY))} CPU units")
    elif memory not in _MEMORY[cpu]:
        sizes = ", ".join(map(str, _MEMORY[cpu]))
        yield Fault(f"{path}.memory_mb", f"{memory} is given, with {cpu} CPU units", f"one of {sizes} MB")


def _variable_faults(path: str, container: ContainerArgs) -> Iterable[Fault]:
    environment, secrets = container.get("environment", {}), container.get("secrets", {})
    for key in secrets:
        arn = secrets[key]
        if not _VARIABLE.fullmatch(key):
            allowed = "a variable's name: letters, digits and underscores"
            yield Fault(f"{path}.secrets.{key}", "it has this name", allowed)
        elif isinstance(environment, Mapping) and key in environment:
            yield Fault(f"{path}.secrets.{key}", "environment has it too", "each variable once")
        elif isinstance(arn, str) and is_known(arn) and not _SECRET.fullmatch(arn):
            allowed = "the ARN of a Secrets Manager secret, or of a parameter of Systems Manager"
            yield Fault(f"{path}.secrets.{key}", f"{arn!r} is given", allowed)


def container_definition(
    container: ContainerArgs, *, port: int | None, log_group: pulumi.Input[str], region: pulumi.Input[str]
) -> pulumi.Output[str]:
    """The container as ECS's JSON: a list of one."""
    environment = pulumi.Output.from_input(container.get("environment", {}))
    definition: dict[str, Any] = {
        "name": CONTAINER_NAME,
        "image": container["image"],
        "essential": True,
        "environment": environment.apply(lambda variables: _pairs(variables, "value")),
        "secrets": _pairs(container.get("secrets", {}), "valueFrom"),
        "readonlyRootFilesystem": container.get("read_only_root", not container.get("execute_command", False)),
        "mountPoints": [{"sourceVolume": SCRATCH_VOLUME, "containerPath": "/tmp"}],  # noqa: S108  a path in the container
        "stopTimeout": container.get("stop_timeout_seconds", 30),
        # The first process of a container reaps no children that it does not know of.
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": CONTAINER_NAME,
                # A slow CloudWatch must not hold up the requests.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }
    if port is not None:
        definition["portMappings"] = [{"containerPort": port, "hostPort": port, "protocol": "tcp"}]
    if "command" in container:
        definition["command"] = container["command"]
    return pulumi.Output.json_dumps([definition])


def _pairs(variables: Mapping[str, Any], value: str) -> list[dict[str, Any]]:
    # In the order of their names: AWS compares lists, programs write dicts.
    return [{"name": name, value: variables[name]} for name in sorted(variables)]
