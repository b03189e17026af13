"""Tasks on AWS Fargate, kept at a number: the cluster, what a task is and may do, and the service that replaces it.

A new version of the container is rolled out beside the old one; where its tasks do not come up, the deployment circuit
breaker goes back to the last version that did, and the update fails.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children
from tenfold.container import CONTAINER_NAME, SCRATCH_VOLUME, ContainerArgs, container_definition, container_size
from tenfold.policy_documents import policy_document
from tenfold.role_policies import service_trust

FARGATE_CHILDREN: Children = {
    "cluster": lambda: aws.ecs.Cluster,
    "cluster-capacity": lambda: aws.ecs.ClusterCapacityProviders,
    "logs": aws.cloudwatch.LogGroup,
    "execution-role": aws.iam.Role,
    "execution-policy": aws.iam.RolePolicy,
    "shell-policy": aws.iam.RolePolicy,
    "task": lambda: aws.ecs.TaskDefinition,
    "service": lambda: aws.ecs.Service,
}
"""What a component with a Fargate service of its own name has among its kinds of children."""

_REPOSITORY = re.compile(r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z0-9.-]+?/([^:@]+)(?:[:@].*)?")


class FargateService(NamedTuple):
    """A service on Fargate.

    Attributes:
        service: The service.
        cluster_arn: Its cluster's ARN.
        cluster_name: Its cluster's name, for metrics.
        logs: Where its containers log.
    """

    service: "aws.ecs.Service"
    cluster_arn: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    logs: aws.cloudwatch.LogGroup


def fargate_service(
    component: pulumi.ComponentResource,
    prefix: str,
    container: ContainerArgs,
    *,
    role: aws.iam.Role,
    subnet_ids: Any,
    security_group_id: pulumi.Input[str],
    min_size: pulumi.Input[int],
    port: int | None = None,
    target_group: aws.lb.TargetGroup | None = None,
    tags: Mapping[str, pulumi.Input[str]],
    ready: Sequence[pulumi.Resource],
) -> FargateService:
    """A container on Fargate, `min_size` times, in private subnets.

    How many there are later is left to scaling: an update never sets it back.

    Args:
        component: The component whose children they are.
        prefix: What the children's names start with: `jobs-worker`.
        container: The container.
        role: What the container may do; made by the caller with `service_trust("ecs-tasks")`.
        subnet_ids: The subnets.
        security_group_id: The tasks' security group.
        min_size: With how many tasks it starts.
        port: The port that the container listens on.
        target_group: Where its tasks register, of the target type `ip`.
        tags: Tags of the tasks.
        ready: What must be there before a task starts.
    """
    cluster_arn, cluster_name, capacity = _cluster(component, prefix, container)
    logs = aws.cloudwatch.LogGroup(
        f"{prefix}-logs",
        retention_in_days=container.get("log_retention_days", 30),
        opts=pulumi.ResourceOptions(parent=component),
    )
    execution_role, permission = _execution_role(component, prefix, container, logs)
    shell = _shell_policy(component, prefix, role) if container.get("execute_command", False) else []
    task = _task(component, prefix, container, role, execution_role, logs, port)
    service = _service(
        component,
        prefix,
        container,
        cluster_arn,
        task,
        subnet_ids=subnet_ids,
        security_group_id=security_group_id,
        min_size=min_size,
        port=port,
        target_group=target_group,
        tags=tags,
        ready=[*ready, *capacity, permission, *shell],
    )
    return FargateService(service, cluster_arn, cluster_name, logs)


def _cluster(
    component: pulumi.ComponentResource, prefix: str, container: ContainerArgs
) -> tuple[pulumi.Output[str], pulumi.Output[str], list[pulumi.Resource]]:
    """The cluster's ARN and name, and what makes Fargate available in it."""
    if "cluster_arn" in container:
        arn = pulumi.Output.from_input(container["cluster_arn"])
        return arn, arn.apply(lambda text: text.rpartition("/")[2]), []
    cluster = aws.ecs.Cluster(
        f"{prefix}-cluster",
        # The count of tasks that run and of those that should is among these metrics alone.
        settings=[{"name": "containerInsights", "value": "enabled"}],
        opts=pulumi.ResourceOptions(parent=component),
    )
    capacity = aws.ecs.ClusterCapacityProviders(
        f"{prefix}-cluster-capacity",
        cluster_name=cluster.name,
        capacity_providers=["FARGATE", "FARGATE_SPOT"],
        default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
        opts=pulumi.ResourceOptions(parent=component),
    )
    return cluster.arn, cluster.name, [capacity]


def _execution_role(
    component: pulumi.ComponentResource, prefix: str, container: ContainerArgs, logs: aws.cloudwatch.LogGroup
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """What ECS itself does to start a container: fetch its image and its secrets, and write its logs."""
    role = aws.iam.Role(
        f"{prefix}-execution-role",
        description=f"ECS, to start the containers of {prefix}",
        assume_role_policy=service_trust("ecs-tasks"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    known = pulumi.Output.all(
        logs=logs.arn,
        image=container["image"],
        secrets=list(container.get("secrets", {}).values()),
        key=container.get("secrets_key_arn", ""),
    )
    policy = aws.iam.RolePolicy(
        f"{prefix}-execution-policy",
        role=role.name,
        policy=known.apply(lambda values: _execution_policy(**values)),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return role, policy


def _execution_policy(logs: str, image: str, secrets: Sequence[str], key: str) -> str:
    partition, region = logs.split(":")[1], logs.split(":")[3]
    # A secret's ARN may go on with a key in its JSON, a stage and a version.
    stored = sorted({":".join(arn.split(":")[:7]) for arn in secrets if ":secretsmanager:" in arn})
    parameters = sorted({arn for arn in secrets if ":ssm:" in arn})
    services = [f"{name}.{region}.amazonaws.com" for name in ("secretsmanager", "ssm")]
    through = {"Condition": {"StringEquals": {"kms:ViaService": services}}}
    statements = [
        _allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{logs}:*"),
        *_image_statements(image, partition),
        *([_allow("Secrets", ["secretsmanager:GetSecretValue"], stored)] if stored else []),
        *([_allow("Parameters", ["ssm:GetParameters"], parameters)] if parameters else []),
        *([{**_allow("SecretsKey", ["kms:Decrypt"], key), **through}] if key else []),
    ]
    return policy_document(statements)


def _image_statements(image: str, partition: str) -> Iterable[dict[str, Any]]:
    """Images of Amazon ECR need permission; those of public registries come by themselves."""
    found = _REPOSITORY.fullmatch(image)
    if not found:
        return
    account, region, repository = found.groups()
    # A token is for the whole registry: there is no resource to name.
    yield _allow("RegistryToken", ["ecr:GetAuthorizationToken"], "*")
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    yield _allow("Image", actions, f"arn:{partition}:ecr:{region}:{account}:repository/{repository}")


def _allow(sid: str, actions: Sequence[str], resource: str | Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _shell_policy(component: pulumi.ComponentResource, prefix: str, role: aws.iam.Role) -> list[pulumi.Resource]:
    """What ECS Exec needs; sessions have no ARN before they are there."""
    actions = [f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")]
    statement = _allow("Sessions", actions, "*")
    policy = aws.iam.RolePolicy(
        f"{prefix}-shell-policy",
        role=role.name,
        policy=policy_document([statement]),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return [policy]


def _task(
    component: pulumi.ComponentResource,
    prefix: str,
    container: ContainerArgs,
    role: aws.iam.Role,
    execution_role: aws.iam.Role,
    logs: aws.cloudwatch.LogGroup,
    port: int | None,
) -> "aws.ecs.TaskDefinition":
    cpu, memory = container_size(container)
    region = logs.arn.apply(lambda arn: arn.split(":")[3])
    return aws.ecs.TaskDefinition(
        f"{prefix}-task",
        # AWS has no random names for families, and stacks of one account must not share one.
        family=f"{pulumi.get_project()}-{pulumi.get_stack()}-{prefix}",
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(cpu),
        memory=str(memory),
        runtime_platform={
            "cpu_architecture": container.get("architecture", "arm64").upper(),
            "operating_system_family": "LINUX",
        },
        task_role_arn=role.arn,
        execution_role_arn=execution_role.arn,
        container_definitions=container_definition(container, port=port, log_group=logs.name, region=region),
        volumes=[{"name": SCRATCH_VOLUME}],
        opts=pulumi.ResourceOptions(parent=component),
    )


def _service(
    component: pulumi.ComponentResource,
    prefix: str,
    container: ContainerArgs,
    cluster_arn: pulumi.Output[str],
    task: "aws.ecs.TaskDefinition",
    *,
    subnet_ids: Any,
    security_group_id: pulumi.Input[str],
    min_size: pulumi.Input[int],
    port: int | None,
    target_group: aws.lb.TargetGroup | None,
    tags: Mapping[str, pulumi.Input[str]],
    ready: Sequence[pulumi.Resource],
) -> "aws.ecs.Service":
    balanced: dict[str, Any] = {}
    if target_group is not None:
        balanced = {
            "load_balancers": [
                {"target_group_arn": target_group.arn, "container_name": CONTAINER_NAME, "container_port": port}
            ],
            "health_check_grace_period_seconds": 120,
        }
    return aws.ecs.Service(
        f"{prefix}-service",
        cluster=cluster_arn,
        task_definition=task.arn,
        desired_count=min_size,
        capacity_provider_strategies=_capacity(container),
        network_configuration={
            "subnets": subnet_ids,
            "security_groups": [security_group_id, *container.get("security_group_ids", {}).values()],
            "assign_public_ip": False,
        },
        deployment_circuit_breaker={"enable": True, "rollback": True},
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=200,
        availability_zone_rebalancing="ENABLED",
        enable_execute_command=container.get("execute_command", False),
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        # A deployment that is rolled back is an update that failed, and must look like one.
        wait_for_steady_state=True,
        # Without it, another share of Spot would replace the service.
        force_new_deployment=True,
        tags={**tags, "Name": prefix},
        opts=pulumi.ResourceOptions(parent=component, depends_on=ready, ignore_changes=["desiredCount"]),
        **balanced,
    )


def _capacity(container: ContainerArgs) -> list[Any]:
    spot = container.get("spot_percent", 0)
    strategy: list[Any] = [
        {"capacity_provider": "FARGATE", "weight": 100 - spot, "base": container.get("on_demand_base", 0)}
    ]
    return [*strategy, {"capacity_provider": "FARGATE_SPOT", "weight": spot}] if spot else strategy
