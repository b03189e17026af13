"""WebTier as containers on AWS Fargate: what a task is and may do, how it is deployed, how many there are."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import WebTier, WebTierArgs
from tests.components.building import Built, build, refused
from tests.components.test_web_tier import ALARM, PLACEMENT, STATEMENT, ways_in

GOLDEN = Path(__file__).parent / "golden" / "web_tier_tasks.txt"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/shop:1.4.2"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbC123"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/token"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0f2c"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/main"


def tasks(container: dict[str, Any] | None = None, preview: bool = False, **args: Any) -> Built[WebTier]:
    whole = {"placement": PLACEMENT, "container": {"image": IMAGE, **(container or {})}, **args}
    return build(lambda: WebTier("web", cast("WebTierArgs", whole)), preview=preview)


def definition(built: Built[WebTier]) -> dict[str, Any]:
    (container,) = json.loads(built["web-task"].inputs["containerDefinitions"])
    return container


def statements(built: Built[WebTier], policy: str) -> dict[str, Any]:
    """What a role policy allows, by its statements' ids."""
    found = json.loads(built[policy].inputs["policy"])["Statement"]
    assert {one["Effect"] for one in found} == {"Allow"}
    return {one["Sid"]: (one["Action"], one["Resource"]) for one in found}


def test_tasks_take_the_place_of_instances() -> None:
    built = tasks()
    types = {resource.type.split(":")[1] for resource in built.resources}
    assert {"ecs/service", "ecs/taskDefinition", "ecs/cluster"} <= types
    assert not {"autoscaling/group", "ec2/launchTemplate", "iam/instanceProfile"} & types


def test_a_task_has_a_vcpu_of_graviton_and_2_gb_and_no_public_address() -> None:
    built = tasks()
    task, service = built["web-task"].inputs, built["web-service"].inputs
    assert (task["cpu"], task["memory"], task["networkMode"]) == ("1024", "2048", "awsvpc")
    assert task["requiresCompatibilities"] == ["FARGATE"]
    assert task["runtimePlatform"] == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    assert task["family"] == "project-stack-web"
    assert service["networkConfiguration"] == {
        "subnets": ["app-a", "app-b", "app-c"],
        "securityGroups": ["web-instance-sg-id"],
        "assignPublicIp": False,
    }


@pytest.mark.parametrize(
    ("container", "cpu", "memory", "processor"),
    [
        ({"cpu": 256}, "256", "512", "ARM64"),
        ({"cpu": 4096, "memory_mb": 30_720}, "4096", "30720", "ARM64"),
        ({"architecture": "x86_64"}, "1024", "2048", "X86_64"),
    ],
)
def test_a_task_can_be_of_another_size(container: Any, cpu: str, memory: str, processor: str) -> None:
    task = tasks(container)["web-task"].inputs
    assert (task["cpu"], task["memory"], task["runtimePlatform"]["cpuArchitecture"]) == (cpu, memory, processor)


def test_the_container_listens_on_the_port_and_logs_without_holding_up_requests() -> None:
    built = tasks(port=3000)
    container = definition(built)
    assert container["image"] == IMAGE
    assert container["portMappings"] == [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}]
    assert (container["essential"], container["readonlyRootFilesystem"], container["stopTimeout"]) == (True, True, 30)
    assert container["mountPoints"] == [{"sourceVolume": "scratch", "containerPath": "/tmp"}]
    assert container["logConfiguration"]["logDriver"] == "awslogs"
    options = container["logConfiguration"]["options"]
    assert (options["awslogs-group"], options["awslogs-region"]) == ("web-logs-0a1b2c", "us-east-1")
    assert options["mode"] == "non-blocking"
    assert built["web-logs"].inputs["retentionInDays"] == 30
    assert "command" not in container


def test_the_container_is_told_its_environment_and_its_secrets() -> None:
    container = {
        "command": ["serve", pulumi.Output.from_input("--fast")],
        "environment": {"B": "2", "A": pulumi.Output.from_input("1")},
        "secrets": {"TOKEN": PARAMETER, "PASSWORD": f"{SECRET}:password::"},
        "read_only_root": True,
        "stop_timeout_seconds": 120,
    }
    found = definition(tasks(container))
    assert found["command"] == ["serve", "--fast"]
    assert found["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert found["secrets"] == [
        {"name": "PASSWORD", "valueFrom": f"{SECRET}:password::"},
        {"name": "TOKEN", "valueFrom": PARAMETER},
    ]
    assert (found["readonlyRootFilesystem"], found["stopTimeout"]) == (True, 120)


def test_an_environment_that_is_known_later_serves_as_well() -> None:
    environment = pulumi.Output.from_input({"B": "2", "A": "1"})
    assert definition(tasks({"environment": environment})) == definition(tasks({"environment": {"A": "1", "B": "2"}}))


def test_ecs_may_fetch_the_image_and_write_the_logs_and_nothing_else() -> None:
    logs = "arn:aws:cloudwatch:us-east-1:123456789012:web-logs"
    assert statements(tasks(), "web-execution-policy") == {
        "Logs": (["logs:CreateLogStream", "logs:PutLogEvents"], f"{logs}:*"),
        "RegistryToken": (["ecr:GetAuthorizationToken"], "*"),
        "Image": (
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "arn:aws:ecr:us-east-1:123456789012:repository/team/shop",
        ),
    }


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        (IMAGE, "arn:aws:ecr:us-east-1:123456789012:repository/team/shop"),
        ("210987654321.dkr.ecr.eu-west-1.amazonaws.com/shop", "arn:aws:ecr:eu-west-1:210987654321:repository/shop"),
        (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:{64 * 'a'}", ":repository/shop"),
        ("123456789012.dkr-ecr.us-east-1.on.aws/shop:1", "arn:aws:ecr:us-east-1:123456789012:repository/shop"),
        ("public.ecr.aws/nginx/nginx:1.29", None),
        ("nginx", None),
        ("ghcr.io/team/shop:1", None),
    ],
)
def test_images_of_amazon_ecr_alone_need_permission(image: str, repository: str | None) -> None:
    for given_image in (image, pulumi.Output.from_input(image)):
        allowed = statements(tasks({"image": given_image}), "web-execution-policy")
        assert ("RegistryToken" in allowed) is (repository is not None)
        assert repository is None or allowed["Image"][1].endswith(repository)


def test_ecs_may_read_the_secrets_that_are_named_and_no_others() -> None:
    container = {"secrets": {"A": f"{SECRET}:password::", "B": SECRET, "C": PARAMETER}, "secrets_key_arn": KEY}
    built = tasks(container)
    allowed = statements(built, "web-execution-policy")
    assert allowed["Secrets"] == (["secretsmanager:GetSecretValue"], [SECRET])
    assert allowed["Parameters"] == (["ssm:GetParameters"], [PARAMETER])
    assert allowed["SecretsKey"] == (["kms:Decrypt"], KEY)
    found = json.loads(built["web-execution-policy"].inputs["policy"])["Statement"]
    (decrypting,) = [one for one in found if one["Sid"] == "SecretsKey"]
    services = ["secretsmanager.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"]
    assert decrypting["Condition"] == {"StringEquals": {"kms:ViaService": services}}


def test_the_tasks_have_a_role_of_their_own_with_the_policies_that_are_given() -> None:
    built = tasks(policies={"jobs": STATEMENT})
    task = built["web-task"].inputs
    assert task["taskRoleArn"] == "arn:aws:iam:us-east-1:123456789012:web-role"
    assert task["executionRoleArn"] == "arn:aws:iam:us-east-1:123456789012:web-execution-role"
    for role in ("web-role", "web-execution-role"):
        (trust,) = json.loads(built[role].inputs["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert built["web-policy-jobs"].inputs["role"] == "web-role-0a1b2c"


def test_nobody_runs_commands_in_a_container_unless_that_is_wanted() -> None:
    closed, opened = tasks(), tasks({"execute_command": True})
    assert closed["web-service"].inputs["enableExecuteCommand"] is False
    assert "web-shell-policy" not in closed
    assert opened["web-service"].inputs["enableExecuteCommand"] is True
    ((actions, _),) = statements(opened, "web-shell-policy").values()
    assert sorted(actions) == [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    assert opened["web-shell-policy"].inputs["role"] == "web-role-0a1b2c"


def test_a_deployment_that_fails_is_rolled_back_and_is_an_update_that_fails() -> None:
    service = tasks()["web-service"].inputs
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (100, 200)
    assert service["waitForSteadyState"] is True
    assert service["availabilityZoneRebalancing"] == "ENABLED"


def test_the_tasks_register_by_their_addresses_and_are_given_time_to_start() -> None:
    built = tasks(port=3000)
    assert (built["web-tg"].inputs["targetType"], built["web-tg"].inputs["port"]) == ("ip", 3000)
    service = built["web-service"].inputs
    (registered,) = service["loadBalancers"]
    assert registered == {
        "targetGroupArn": "arn:aws:lb:us-east-1:123456789012:web-tg",
        "containerName": definition(built)["name"],
        "containerPort": 3000,
    }
    assert service["healthCheckGracePeriodSeconds"] == 120
    assert ways_in(built, "instance-sg") == {"web-instances-from-alb": ("web-alb-sg-id", 3000, 3000)}


def test_tasks_start_when_they_can_work_and_be_reached() -> None:
    built = tasks({"execute_command": True}, policies={"jobs": STATEMENT})
    assert {
        "web-instances-from-alb",
        "web-instances-to-vpc",
        "web-instances-to-internet",
        "web-http",
        "web-policy-jobs",
        "web-execution-policy",
        "web-shell-policy",
        "web-cluster-capacity",
    } <= built["web-service"].depends_on


def test_by_default_no_task_is_on_spot() -> None:
    built = tasks()
    assert built["web-service"].inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "weight": 100, "base": 0}
    ]
    assert built["web-cluster-capacity"].inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert "launchType" not in built["web-service"].inputs


def test_a_share_of_the_tasks_can_be_on_spot() -> None:
    service = tasks({"spot_percent": 70, "on_demand_base": 2})["web-service"].inputs
    assert service["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "weight": 30, "base": 2},
        {"capacityProvider": "FARGATE_SPOT", "weight": 70},
    ]
    # Without it, the provider replaces a service whose share of Spot changes.
    assert service["forceNewDeployment"] is True


def test_a_cluster_that_exists_is_used_as_it_is() -> None:
    built = tasks({"cluster_arn": CLUSTER})
    assert "web-cluster" not in built
    assert "web-cluster-capacity" not in built
    assert built["web-service"].inputs["cluster"] == CLUSTER
    assert built["web-tasks"].inputs["resourceId"] == "service/main/web-service-0a1b2c"
    assert built.value(built.result.cluster_arn) == CLUSTER


def scaling(built: Built[WebTier]) -> dict[str, Any]:
    found = {}
    for policy in built.of("aws:appautoscaling/policy:Policy"):
        assert policy.inputs["resourceId"] == "service/web-cluster-0a1b2c/web-service-0a1b2c"
        assert policy.inputs["policyType"] == "TargetTrackingScaling"
        tracking = policy.inputs["targetTrackingScalingPolicyConfiguration"]
        assert (tracking["scaleOutCooldown"], tracking["scaleInCooldown"]) == (60, 300)
        found[tracking["predefinedMetricSpecification"]["predefinedMetricType"]] = tracking["targetValue"]
    return found


def test_tasks_follow_cpu_and_requests_and_by_choice_memory() -> None:
    assert scaling(tasks()) == {"ECSServiceAverageCPUUtilization": 60, "ALBRequestCountPerTarget": 3000}
    given_scaling = {"cpu_percent": 45, "requests_per_minute": 600, "memory_percent": 80}
    assert scaling(tasks(scaling=given_scaling)) == {
        "ECSServiceAverageCPUUtilization": 45,
        "ALBRequestCountPerTarget": 600,
        "ECSServiceAverageMemoryUtilization": 80,
    }


def test_requests_are_counted_in_the_target_group_that_a_listener_forwards_to() -> None:
    policy = tasks()["web-task-requests-scaling"]
    metric = policy.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]
    assert metric["resourceLabel"] == "web-alb/0a1b2c/web-tg/0a1b2c"
    assert "web-http" in policy.depends_on


def test_there_are_3_to_12_tasks_and_an_update_never_sets_their_number_back() -> None:
    built = tasks()
    target = built["web-tasks"].inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (3, 12)
    assert (target["serviceNamespace"], target["scalableDimension"]) == ("ecs", "ecs:service:DesiredCount")
    assert built["web-service"].inputs["desiredCount"] == 3
    assert built["web-service"].ignore_changes == {"desiredCount"}
    larger = tasks(min_size=10, max_size=20)["web-tasks"].inputs
    assert (larger["minCapacity"], larger["maxCapacity"]) == (10, 20)


def test_missing_tasks_and_busy_ones_are_alarmed() -> None:
    built = tasks()
    service = {"ClusterName": "web-cluster-0a1b2c", "ServiceName": "web-service-0a1b2c"}
    count, cpu = built["web-task-count-alarm"].inputs, built["web-task-cpu-alarm"].inputs
    missing, *counts = count["metricQueries"]
    assert (missing["expression"], missing["returnData"], count["threshold"]) == ("desired - running", True, 0)
    metrics = {one["id"]: (one["metric"]["namespace"], one["metric"]["metricName"]) for one in counts}
    assert metrics == {
        "desired": ("ECS/ContainerInsights", "DesiredTaskCount"),
        "running": ("ECS/ContainerInsights", "RunningTaskCount"),
    }
    assert all(one["metric"]["dimensions"] == service for one in counts)
    assert (cpu["namespace"], cpu["metricName"], cpu["threshold"]) == ("AWS/ECS", "CPUUtilization", 90)
    assert cpu["dimensions"] == service
    assert built["web-cluster"].inputs["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert {alarm.name for alarm in built.of(ALARM)} == {
        "web-target-error-alarm",
        "web-alb-error-alarm",
        "web-unhealthy-alarm",
        "web-latency-alarm",
        "web-task-count-alarm",
        "web-task-cpu-alarm",
    }


def test_tags_reach_the_tasks() -> None:
    built = tasks(tags={"team": "shop"})
    service = built["web-service"].inputs
    assert service["tags"] == {"team": "shop", "Name": "web"}
    assert (service["propagateTags"], service["enableEcsManagedTags"]) == ("SERVICE", True)


def test_outputs_are_those_of_the_tasks() -> None:
    built = tasks()
    names = ("cluster_arn", "service_name", "log_group_name", "launch_template_id", "autoscaling_group_name")
    assert {name: built.value(getattr(built.result, name)) for name in names} == {
        "cluster_arn": "arn:aws:ecs:us-east-1:123456789012:web-cluster",
        "service_name": "web-service-0a1b2c",
        "log_group_name": "web-logs-0a1b2c",
        "launch_template_id": "",
        "autoscaling_group_name": "",
    }


def test_no_child_is_renamed() -> None:
    built = tasks(
        {"execute_command": True},
        policies={"jobs": STATEMENT},
        scaling={"memory_percent": 70, "schedules": {"morning": {"cron": "0 7 * * *", "min_size": 6}}},
    )
    golden = GOLDEN.read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources) == golden
    assert {resource.urn for resource in tasks().resources} < set(golden)


def test_who_moves_from_instances_to_tasks_keeps_the_address_and_the_security_groups() -> None:
    before = build(lambda: WebTier("web", {"placement": PLACEMENT}))
    after = tasks()
    for name in ("web-alb", "web-alb-sg", "web-instance-sg", "web-http", "web-access-logs"):
        assert after[name].urn == before[name].urn
        assert after[name].inputs == before[name].inputs


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=2, max_size=2),
    shapes=st.lists(st.sampled_from([(256, 1024), (1024, 8192), (16_384, 122_880)]), min_size=2, max_size=2),
    spots=st.lists(st.integers(0, 100), min_size=2, max_size=2),
)
def test_growing_and_shrinking_replace_no_service(
    sizes: list[tuple[int, int]], shapes: list[tuple[int, int]], spots: list[int]
) -> None:
    before, after = (
        tasks(
            {"cpu": shapes[i][0], "memory_mb": shapes[i][1], "spot_percent": spots[i]},
            min_size=sizes[i][0],
            max_size=sum(sizes[i]),
        )
        for i in range(2)
    )
    assert {resource.urn for resource in before.resources} == {resource.urn for resource in after.resources}
    changed = {
        (resource.name, key)
        for resource in before.resources
        if resource.name != "web"
        for key, value in resource.inputs.items()
        if after[resource.name].inputs[key] != value
    }
    # All but the definition, of which each change is a new revision, change in place.
    assert changed <= {
        ("web-task", "cpu"),
        ("web-task", "memory"),
        ("web-service", "capacityProviderStrategies"),
        ("web-service", "desiredCount"),
        ("web-tasks", "minCapacity"),
        ("web-tasks", "maxCapacity"),
    }


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no image": ({"image": ""}, "container.image: '' is given; allowed: an image"),
    "an image with a blank": ({"image": "a b"}, "container.image: 'a b' is given; allowed: an image"),
    "no such size": ({"cpu": 1000}, "container.cpu: 1000 is given; allowed: one of 256, 512, 1024, 2048, 4096, 8192,"),
    "too little memory": (
        {"cpu": 1024, "memory_mb": 1024},
        "container.memory_mb: 1024 is given, with 1024 CPU units; allowed: one of 2048, 3072,",
    ),
    "too much memory": (
        {"cpu": 256, "memory_mb": 4096},
        "container.memory_mb: 4096 is given, with 256 CPU units; allowed: one of 512, 1024, 2048 MB",
    ),
    "memory between": (
        {"cpu": 8192, "memory_mb": 17_408},
        "container.memory_mb: 17408 is given, with 8192 CPU units; allowed: one of 16384, 20480,",
    ),
    "more than all on Spot": ({"spot_percent": 101}, "container.spot_percent: 101 is given; allowed: 0 to 100 percent"),
    "too long to stop": ({"stop_timeout_seconds": 121}, "container.stop_timeout_seconds: 121 is given; allowed: 2 to"),
    "no secret": (
        {"secrets": {"TOKEN": "hunter2"}},
        "container.secrets.TOKEN: 'hunter2' is given; allowed: the ARN of a Secrets Manager secret",
    ),
    "no variable": ({"secrets": {"A-B": SECRET}}, "container.secrets.A-B: it has this name; allowed: a variable's"),
    "a secret twice": (
        {"secrets": {"A": SECRET}, "environment": {"A": "1"}},
        "container.secrets.A: environment has it too; allowed: each variable once",
    ),
    "no cluster": ({"cluster_arn": "main"}, "container.cluster_arn: 'main' is given; allowed: a cluster's ARN"),
    "no retention": ({"log_retention_days": 31}, "container.log_retention_days: 31 is given; allowed: one of 1, 3"),
    "no processor": ({"architecture": "mips"}, "container.architecture: 'mips' is given; allowed: 'arm64', 'x86_64'"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    container, text = REFUSALS[case]
    args = {"placement": PLACEMENT, "container": {"image": IMAGE, **container}}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.text.startswith("WebTier 'web' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


def test_a_tier_is_instances_or_tasks() -> None:
    args = {"placement": PLACEMENT, "container": {"image": IMAGE}, "instances": {"type": "m7g.large"}}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.faults.keys() == {"container"}


def test_the_memory_of_instances_is_no_target() -> None:
    args = {"placement": PLACEMENT, "scaling": {"memory_percent": 70}}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.faults.keys() == {"scaling.memory_percent"}


# The table of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html.
SIZES = {
    256: {512, 1024, 2048},
    512: {gb * 1024 for gb in (1, 2, 3, 4)},
    1024: {gb * 1024 for gb in (2, 3, 4, 5, 6, 7, 8)},
    2048: {gb * 1024 for gb in range(4, 17)},
    4096: {gb * 1024 for gb in range(8, 31)},
    8192: {gb * 1024 for gb in (16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60)},
    16_384: {gb * 1024 for gb in (32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120)},
}


@settings(max_examples=30, deadline=None)
@given(
    cpu=st.sampled_from([*SIZES, 128, 300, 32_768]),
    memory=st.one_of(st.integers(1, 120).map(lambda n: n * 1024), st.just(512)),
)
def test_the_sizes_are_those_that_fargate_has(cpu: int, memory: int) -> None:
    args = {"placement": PLACEMENT, "container": {"image": IMAGE, "cpu": cpu, "memory_mb": memory}}
    if memory in SIZES.get(cpu, set()):
        build(lambda: WebTier("web", cast("WebTierArgs", args)))
    else:
        refused(lambda: WebTier("web", cast("WebTierArgs", args)))
