"""Stateless containers and functions: what a task or a function writes goes with it, and nobody misses it."""

from pulumi_policy import Severity

from .rule import ADVISORY, Settings, Source, resource_rule, stack_rule
from .tokens import ECS_SERVICE, ECS_TASK_DEFINITION, LAMBDA_FUNCTION
from .view import Findings, Resource, Stack, Value, attempt, some

_STATELESS = "REL05-BP06"
_STATE = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html"
_VOLUMES = ("efsVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "hostPath")


@stack_rule(
    "sta-ecs-readonly-rootfs",
    on=(ECS_TASK_DEFINITION,),
    title="Containers cannot write to their own file system",
    severity=Severity.MEDIUM,
    remediation="Set readonlyRootFilesystem to true, and mount a volume where the program has to write.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5",
        security_hub="ECS.5",
        checkov=("CKV_AWS_336",),
        well_architected=_STATELESS,
    ),
    level=ADVISORY,
)
def root_is_read_only(definition: Resource, stack: Stack, _: Settings) -> Findings:
    """A container cannot write to the file system of its image.

    What it writes there is gone with the task, and is what an intruder changes first. It writes to a volume that the
    task definition names, or to a data store. Where people run commands in containers by ECS Exec, AWS supports no such
    root, and the definition passes.
    """
    for container in definition["containerDefinitions"].elements():
        yield from attempt(_read_only(container, stack))


def _read_only(container: Value, stack: Stack) -> Findings:
    fixed = container["readonlyRootFilesystem"]
    services = stack.referrers(container.resource, ECS_SERVICE, "taskDefinition")
    if fixed.flag() is not True and not some(services, _runs_commands):
        yield fixed.violates(allowed="true", fix=f"set {fixed.path} to true, and mount a volume where it has to write.")


def _runs_commands(service: Resource) -> bool:
    return service["enableExecuteCommand"].flag() is True


@stack_rule(
    "sta-no-efs-mount-in-web",
    on=(ECS_SERVICE,),
    title="No shared file systems in web tiers",
    severity=Severity.MEDIUM,
    remediation="Keep files in a bucket and sessions in ElastiCache or DynamoDB, and remove the volume.",
    source=Source(_STATE, well_architected=_STATELESS),
)
def web_mounts_nothing(service: Resource, stack: Stack, _: Settings) -> Findings:
    """A container service behind a load balancer mounts no file system.

    All of its tasks then wait for one file system, whose throughput does not grow with their number, and each can
    overwrite what another one keeps there. A volume of the task itself is scratch space, and passes.
    """
    if not service["loadBalancers"].given:
        return
    definition = stack.links(service["taskDefinition"], ECS_TASK_DEFINITION).one()
    for volume in definition["volumes"].items():
        for name in _VOLUMES:
            if volume[name].given:
                yield volume[name].violates(
                    found=f"a file system that {service.name} mounts",
                    allowed="no volume beyond the task",
                    fix=f"keep the files in a bucket, and remove {volume.path}.",
                )


@resource_rule(
    "sta-lambda-no-efs-state",
    on=(LAMBDA_FUNCTION,),
    title="No file systems in functions",
    severity=Severity.LOW,
    remediation="Keep files in a bucket and state in DynamoDB, and remove fileSystemConfig.",
    source=Source(_STATE, well_architected=_STATELESS),
    level=ADVISORY,
)
def function_mounts_nothing(function: Resource, _: Settings) -> Findings:
    """A function mounts no file system.

    A thousand copies of it start in a minute, and all wait for one file system; one that fails leaves half a file for
    the others.
    """
    files = function["fileSystemConfig"]
    if files.given:
        yield files.violates(
            found="a file system",
            allowed="nothing",
            fix="keep the data in S3 or DynamoDB; remove fileSystemConfig.",
        )
