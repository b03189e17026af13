"""Rules of stateless containers and functions, each on programs that it passes and programs that it refuses."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses

EFS: Any = [{"name": "files", "efs_volume_configuration": {"file_system_id": "fs-0123"}}]


WINDOWS: Any = {
    "name": "shares",
    "fsx_windows_file_server_volume_configuration": {
        "file_system_id": "fs-4567",
        "root_directory": "share",
        "authorization_config": {"credentials_parameter": "arn:parameter", "domain": "shop.example"},
    },
}
BALANCERS: Any = [{"container_name": "web", "container_port": 8080, "target_group_arn": "arn:web"}]


def later(value: Any) -> pulumi.Output[Any]:
    """A value that only the update tells."""
    return aws.ec2.Vpc("later", cidr_block="10.9.0.0/16").id.apply(lambda _: value)


def definition(*containers: dict[str, Any], told: bool = True, **properties: Any) -> aws.ecs.TaskDefinition:
    text = json.dumps([{"name": f"c{number}", **each} for number, each in enumerate(containers)])
    return aws.ecs.TaskDefinition(
        "web", family="web", container_definitions=text if told else later(text), **properties
    )


def service(volumes: Any = None, behind: Any = True) -> None:
    aws.ecs.Service(
        "web",
        task_definition=definition(volumes=volumes).arn,
        load_balancers=BALANCERS if behind is True else behind,
    )


def service_of_another_stacks_definition() -> None:
    aws.ecs.Service("web", task_definition="web:7", load_balancers=BALANCERS)


def executed(*, commands: Any) -> None:
    aws.ecs.Service("web", task_definition=definition({}).arn, enable_execute_command=commands)


def function(**properties: Any) -> None:
    aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", **properties)


MOUNT: Any = {
    "arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/a",
    "local_mount_path": "/mnt/files",
}
CASES = [
    passes("sta-ecs-readonly-rootfs", "read only", lambda: definition({"readonlyRootFilesystem": True})),
    passes(
        "sta-ecs-readonly-rootfs",
        "containers that the update tells",
        lambda: definition({"readonlyRootFilesystem": True}, told=False),
        left=("web",),
    ),
    refuses(
        "sta-ecs-readonly-rootfs",
        "the default, and one that says so",
        lambda: definition({}, {"readonlyRootFilesystem": True}, {"readonlyRootFilesystem": False}),
        ("web", "containerDefinitions[0].readonlyRootFilesystem", "nothing", "true"),
        ("web", "containerDefinitions[2].readonlyRootFilesystem", "false", "true"),
    ),
    passes("sta-ecs-readonly-rootfs", "commands are run in it", lambda: executed(commands=True)),
    refuses(
        "sta-ecs-readonly-rootfs",
        "a service in which no commands are run",
        lambda: executed(commands=False),
        ("web", "containerDefinitions[0].readonlyRootFilesystem", "nothing", "true"),
    ),
    passes("sta-no-efs-mount-in-web", "no volume", service),
    passes("sta-no-efs-mount-in-web", "a volume of the task", lambda: service(volumes=[{"name": "scratch"}])),
    passes("sta-no-efs-mount-in-web", "a worker", lambda: service(volumes=EFS, behind=None)),
    passes(
        "sta-no-efs-mount-in-web",
        "the definition of another stack",
        service_of_another_stacks_definition,
        left=("web",),
        left_after=("web",),
    ),
    passes(
        "sta-no-efs-mount-in-web", "volumes that the update tells", lambda: service(volumes=later([])), left=("web",)
    ),
    refuses(
        "sta-no-efs-mount-in-web",
        "a shared file system",
        lambda: service(volumes=EFS),
        ("web", "volumes[0].efsVolumeConfiguration", "a file system that web mounts", "no volume beyond the task"),
    ),
    passes("sta-lambda-no-efs-state", "no file system", function),
    refuses(
        "sta-lambda-no-efs-state",
        "a file system",
        lambda: function(file_system_config=MOUNT),
        ("worker", "fileSystemConfig", "a file system", "nothing"),
    ),
    refuses(
        "sta-lambda-no-efs-state",
        "a file system that the update tells",
        lambda: function(file_system_config=later(MOUNT)),
        ("worker", "fileSystemConfig", "a file system", "nothing"),
    ),
    passes(
        "sta-ecs-readonly-rootfs",
        "whether commands are run in it, which the update tells",
        lambda: executed(commands=later(True)),
        left=("web",),
    ),
    refuses(
        "sta-no-efs-mount-in-web",
        "each kind of file system, after a volume of the task",
        lambda: service(volumes=[{"name": "scratch"}, *EFS, WINDOWS, {"name": "host", "host_path": "/srv"}]),
        *(
            ("web", f"volumes[{place}].{kind}", "a file system that web mounts", "no volume beyond the task")
            for place, kind in enumerate(
                ("efsVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "hostPath"), start=1
            )
        ),
    ),
    refuses(
        "sta-no-efs-mount-in-web",
        "a shared file system, behind balancers that the update tells",
        lambda: service(volumes=EFS, behind=later(BALANCERS)),
        ("web", "volumes[0].efsVolumeConfiguration", "a file system that web mounts", "no volume beyond the task"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
