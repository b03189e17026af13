"""Clusters, task definitions and services live in the emulator as their entries say; what they would run does not."""

import json
from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _tags(world: World, arn: str) -> dict[str, str]:
    return {one["key"]: one["value"] for one in world.client("ecs").list_tags_for_resource(resourceArn=arn)["tags"]}


def _cluster(world: World, made: Made) -> Any:
    found = world.client("ecs").describe_clusters(clusters=[made.id], include=["SETTINGS"])["clusters"][0]
    return {
        "name": found["clusterName"],
        "settings": {one["name"]: one["value"] for one in found["settings"]},
        "tags": _tags(world, made.id),
    }


def _capacity(world: World, made: Made) -> Any:
    found = world.client("ecs").describe_clusters(clusters=[made.id])["clusters"][0]
    if not found["capacityProviders"]:
        return None
    strategy = {one["capacityProvider"]: one["weight"] for one in found["defaultCapacityProviderStrategy"]}
    return found["capacityProviders"], strategy


def _task(world: World, made: Made) -> Any:
    answer = world.client("ecs").describe_task_definition(taskDefinition=made.state["arn"])
    found = answer["taskDefinition"]
    if found["status"] != "ACTIVE":
        return None
    (container,) = found["containerDefinitions"]
    return {
        **only(found, "family", "cpu", "memory", "networkMode", "requiresCompatibilities", "runtimePlatform"),
        "container": only(container, "name", "image", "essential"),
        "tags": _tags(world, made.state["arn"]),
    }


def _service(world: World, made: Made) -> Any:
    found = world.client("ecs").describe_services(cluster=made.state["cluster"], services=[made.id])["services"][0]
    if found["status"] != "ACTIVE":
        return None
    deployment = found["deploymentConfiguration"]
    network = found["networkConfiguration"]["awsvpcConfiguration"]
    return {
        "desired": found["desiredCount"],
        "task": found["taskDefinition"],
        "spot": {one["capacityProvider"]: one["weight"] for one in found["capacityProviderStrategy"]},
        "breaker": only(deployment["deploymentCircuitBreaker"], "enable", "rollback"),
        "sizes": (deployment["minimumHealthyPercent"], deployment["maximumPercent"]),
        "network": (network["subnets"], network["securityGroups"], network["assignPublicIp"]),
        "targets": [one["targetGroupArn"] for one in found["loadBalancers"]],
        "shell": found["enableExecuteCommand"],
        "tags": _tags(world, made.id),
    }


def _containers(image: str = "nginx") -> str:
    return json.dumps([{"name": "app", "image": image, "portMappings": [{"containerPort": 80}]}])


def _existing(world: World) -> tuple[str, str]:
    """A cluster, and the task definition that its services run."""
    ecs = world.client("ecs")
    cluster = ecs.create_cluster(clusterName="services")["cluster"]["clusterArn"]
    task = ecs.register_task_definition(family="shop", containerDefinitions=json.loads(_containers()))
    return cluster, task["taskDefinition"]["taskDefinitionArn"]


def _service_inputs(world: World) -> dict[str, Any]:
    cluster, task = _existing(world)
    return {
        "cluster": cluster,
        "taskDefinition": task,
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 100, "base": 1}],
        "networkConfiguration": {
            "subnets": world.subnets[:2],
            "securityGroups": world.groups[:1],
            "assignPublicIp": False,
        },
        "loadBalancers": [{"targetGroupArn": world.targets[0], "containerName": "app", "containerPort": 80}],
        "healthCheckGracePeriodSeconds": 60,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "availabilityZoneRebalancing": "ENABLED",
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "waitForSteadyState": True,
        "forceNewDeployment": True,
        "tags": {"team": "a"},
    }


_MADE = {
    "desired": 2,
    "spot": {"FARGATE": 100},
    "breaker": {"enable": True, "rollback": True},
    "sizes": (100, 200),
    "shell": False,
    "tags": {"team": "a"},
}

CASES = [
    Case(
        token="aws:ecs/cluster:Cluster",
        inputs=lambda _: {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": {"team": "a"}},
        look=_cluster,
        made=lambda _, made: {
            "name": made.inputs["name"],
            "settings": {"containerInsights": "enabled"},
            "tags": {"team": "a"},
        },
        change=lambda _: {"settings": [{"name": "containerInsights", "value": "enhanced"}], "tags": {"team": "b"}},
        changed=lambda _, made: {
            "name": made.inputs["name"],
            "settings": {"containerInsights": "enhanced"},
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("ecs").update_cluster_settings(
            cluster=made.id, settings=[{"name": "containerInsights", "value": "disabled"}]
        ),
        drifts=("settings",),
        outputs={"arn": lambda _, made: made.id},
    ),
    Case(
        token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        inputs=lambda world: {
            "clusterName": _existing(world)[0].rpartition("/")[2],
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        },
        look=_capacity,
        made=(["FARGATE", "FARGATE_SPOT"], {"FARGATE": 1}),
        change=lambda _: {"defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
        changed=(["FARGATE", "FARGATE_SPOT"], {"FARGATE_SPOT": 1}),
        meddle=lambda world, made: world.client("ecs").put_cluster_capacity_providers(
            cluster=made.id, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
        ),
        drifts=("capacityProviders", "defaultCapacityProviderStrategies"),
    ),
    Case(
        token="aws:ecs/taskDefinition:TaskDefinition",
        inputs=lambda _: {
            "family": "web",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "containerDefinitions": _containers(),
            "tags": {"team": "a"},
        },
        look=_task,
        made={
            "family": "web",
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "container": {"name": "app", "image": "nginx", "essential": True},
            "tags": {"team": "a"},
        },
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda _, made: {
            "family": "web",
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "container": {"name": "app", "image": "nginx", "essential": True},
            "tags": {"team": "b"},
        },
        outputs={
            "arn": ...,
            "revision": ...,
            "arnWithoutRevision": lambda _, made: made.state["arn"].rpartition(":")[0],
        },
    ),
    Case(
        token="aws:ecs/service:Service",
        inputs=_service_inputs,
        look=_service,
        made=lambda world, made: {
            **_MADE,
            "task": made.inputs["taskDefinition"],
            "network": (world.subnets[:2], world.groups[:1], "DISABLED"),
            "targets": [world.targets[0]],
        },
        change=lambda world: {
            "desiredCount": 3,
            "capacityProviderStrategies": [
                {"capacityProvider": "FARGATE", "weight": 40},
                {"capacityProvider": "FARGATE_SPOT", "weight": 60},
            ],
            "networkConfiguration": {"subnets": world.subnets, "securityGroups": world.groups[:1]},
            "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            "deploymentMaximumPercent": 150,
            "enableExecuteCommand": True,
            "tags": {"team": "b"},
        },
        changed=lambda world, made: {
            "desired": 3,
            "task": made.inputs["taskDefinition"],
            "spot": {"FARGATE": 40, "FARGATE_SPOT": 60},
            "breaker": {"enable": True, "rollback": False},
            "sizes": (100, 150),
            "network": (world.subnets, world.groups[:1], "DISABLED"),
            "targets": [world.targets[0]],
            "shell": True,
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("ecs").update_service(
            cluster=made.state["cluster"], service=made.id, desiredCount=7
        ),
        drifts=("desiredCount",),
        outputs={"arn": lambda _, made: made.id},
    ),
]


@parametrize(CASES)
def test_a_resource_of_ecs_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_new_container_is_a_new_revision_beside_the_old_one(world: World) -> None:
    kind = CATALOGUE["aws:ecs/taskDefinition:TaskDefinition"]
    olds = {"family": "revised", "containerDefinitions": _containers("nginx:1")}
    news = {**olds, "containerDefinitions": _containers("nginx:2")}
    change = resources.compare(world.account, kind, olds, news)
    assert (change.replaces, change.delete_first) == (("containerDefinitions",), False)
    first, second = (resources.create(world.account, kind, inputs, lambda _: None)[1] for inputs in (olds, news))
    assert (first["revision"], second["revision"]) == (1, 2)
    resources.delete(world.account, kind, "revised", first)
    left = world.client("ecs").list_task_definitions(familyPrefix="revised")["taskDefinitionArns"]
    assert left == [second["arn"]]


def test_the_same_containers_written_in_another_way_are_no_new_revision(world: World) -> None:
    kind = CATALOGUE["aws:ecs/taskDefinition:TaskDefinition"]
    olds = {"family": "same", "containerDefinitions": _containers()}
    news = {**olds, "containerDefinitions": json.dumps(json.loads(_containers()), indent=2)}
    assert resources.compare(world.account, kind, olds, news).replaces == ()


def test_a_service_that_is_deployed_anew_says_so_to_aws(world: World) -> None:
    kind = CATALOGUE["aws:ecs/service:Service"]
    inputs = {**_service_inputs(world), "name": world.new_name()}
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)

    def deployments() -> list[str]:
        found = world.client("ecs").describe_services(cluster=state["cluster"], services=[identity])["services"][0]
        return [one["id"] for one in found["deployments"]]

    (first,) = deployments()
    news = {**inputs, "healthCheckGracePeriodSeconds": 90}
    state = resources.update(world.account, kind, identity, state, inputs, news)
    assert deployments()[0] != first
    resources.delete(world.account, kind, identity, state)
