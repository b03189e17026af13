"""Elastic Container Service: clusters, task definitions, services. Without Docker nothing runs: tasks are counted."""

import json
from collections.abc import Mapping
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_NOT_KEPT = "the emulator does not keep it"


def _tagging(read: Read) -> Tagging:
    return Tagging(tag="tag_resource", untag="untag_resource", params={"resourceArn": "$arn"}, read=read)


_PAIRS = "tags[].{Key: key, Value: value}"

CLUSTER = ResourceType(
    token="aws:ecs/cluster:Cluster",
    service="ecs",
    create=Operation(name="create_cluster"),
    id="cluster.clusterArn",
    read=(
        Read(
            name="describe_clusters",
            params={"clusters": ["$id"], "include": ["SETTINGS", "CONFIGURATIONS"]},
            at="clusters[?status=='ACTIVE'] | [0]",
        ),
    ),
    update=(Operation(name="update_cluster", params={"cluster": "$id"}),),
    delete=Operation(name="delete_cluster", params={"cluster": "$id"}),
    names={"name": "clusterName"},
    outputs={"arn": "clusterArn"},
    replace_on=frozenset({"name"}),
    not_returned={"serviceConnectDefaults": _NOT_KEPT},
    tagging=_tagging(
        Read(name="describe_clusters", params={"clusters": ["$id"], "include": ["TAGS"]}, at=f"clusters[0].{_PAIRS}")
    ),
    naming=Naming(limit=255),
)

CAPACITY_PROVIDERS = ResourceType(
    token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    service="ecs",
    create=Operation(name="put_cluster_capacity_providers"),
    id="$clusterName",
    read=(
        Read(
            name="describe_clusters",
            params={"clusters": ["$id"]},
            at="clusters[?status=='ACTIVE' && capacityProviders] | [0]",
            also={"cluster": "clusterName"},
        ),
    ),
    update=(Operation(name="put_cluster_capacity_providers"),),
    delete=Operation(
        name="put_cluster_capacity_providers",
        params={"cluster": "$id", "capacityProviders": [], "defaultCapacityProviderStrategy": []},
    ),
    names={"clusterName": "cluster"},
    defaults={"capacityProviders": [], "defaultCapacityProviderStrategies": []},
    required=frozenset({"clusterName"}),
    replace_on=frozenset({"clusterName"}),
)


def _containers(properties: Properties) -> Properties:
    """The program writes the containers as one JSON document, and AWS takes them as a list."""
    try:
        return {**properties, "containerDefinitions": json.loads(properties["containerDefinitions"])}
    except (KeyError, TypeError, ValueError):  # none, unknown, or what the check of documents refuses
        return properties


def _containers_back(properties: Properties) -> Properties:
    listed = properties.get("containerDefinitions")
    return {**properties, "containerDefinitions": json.dumps(listed)} if isinstance(listed, list) else properties


TASK_DEFINITION = ResourceType(
    token="aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    create=Operation(name="register_task_definition"),
    id="taskDefinition.family",
    read=(
        Read(
            name="describe_task_definition",
            params={"taskDefinition": "$revisionOrFamily"},
            at="[taskDefinition][?status=='ACTIVE'] | [0]",
        ),
    ),
    delete=Operation(name="deregister_task_definition", params={"taskDefinition": "$arn"}),
    outputs={"arn": "taskDefinitionArn", "revision": "revision", "arnWithoutRevision": "$unversioned"},
    ignored=frozenset({"skipDestroy", "trackLatest"}),
    documents=frozenset({"containerDefinitions"}),
    not_returned={
        "containerDefinitions": "AWS adds what a container leaves open",
        "enableFaultInjection": _NOT_KEPT,
    },
    # Before its first revision is known, the family stands for it.
    derived=lambda properties: {
        "revisionOrFamily": properties.get("arn", properties.get("id", "")),
        "unversioned": f"arn:aws:ecs:{properties['region']}:{properties['account']}"
        f":task-definition/{properties.get('family', properties.get('id', ''))}",
    },
    prepare=_containers,
    restore=_containers_back,
    tagging=_tagging(
        Read(
            name="describe_task_definition",
            params={"taskDefinition": "$revisionOrFamily", "include": ["TAGS"]},
            at=_PAIRS,
        )
    ),
)

_DEPLOYMENT = {
    "deploymentMaximumPercent": "maximumPercent",
    "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
    "deploymentCircuitBreaker": "deploymentCircuitBreaker",
    "alarms": "alarms",
}


def _service(properties: Properties) -> Properties:
    """How a service is deployed AWS keeps in one block, and its network in a block within another."""
    result = {name: value for name, value in properties.items() if name not in _DEPLOYMENT}
    deployment = {member: properties[name] for name, member in _DEPLOYMENT.items() if name in properties}
    given = properties.get("deploymentConfiguration")
    if deployment:
        result["deploymentConfiguration"] = {**(given if isinstance(given, Mapping) else {}), **deployment}
    network = properties.get("networkConfiguration")
    if isinstance(network, dict):
        result["networkConfiguration"] = {"awsvpcConfiguration": _network(network)}
    return result


def _network(network: Properties) -> Properties:
    public = network.get("assignPublicIp", False)
    return {**network, "assignPublicIp": _switch(public)} if isinstance(public, bool) else network


def _switch(value: bool) -> str:
    return "ENABLED" if value else "DISABLED"


def _service_back(properties: Properties) -> Properties:
    result: dict[str, Any] = dict(properties)
    deployment = result.pop("deploymentConfiguration", None)
    if isinstance(deployment, dict):
        rest = {name: value for name, value in deployment.items() if name not in _DEPLOYMENT.values()}
        result |= {"deploymentConfiguration": rest} if rest else {}
        result |= {name: deployment[member] for name, member in _DEPLOYMENT.items() if member in deployment}
    network = result.get("networkConfiguration")
    if isinstance(network, dict) and isinstance(network.get("awsvpcConfiguration"), dict):
        inner = network["awsvpcConfiguration"]
        result["networkConfiguration"] = {**inner, "assignPublicIp": inner.get("assignPublicIp") == "ENABLED"}
    return result


SERVICE = ResourceType(
    token="aws:ecs/service:Service",
    service="ecs",
    create=Operation(name="create_service"),
    id="service.serviceArn",
    read=(
        Read(
            name="describe_services",
            params={"cluster": "$inCluster", "services": ["$id"]},
            at="services[?status=='ACTIVE'] | [0]",
            also={"cluster": "clusterArn"},
        ),
    ),
    update=(
        Operation(
            name="update_service",
            params={"cluster": "$inCluster", "service": "$id"},
            never=frozenset({"forceNewDeployment"}),
            delivers=lambda scope: {"forceNewDeployment": scope.get("forceNewDeployment", False)},
        ),
    ),
    delete=Operation(name="delete_service", params={"cluster": "$inCluster", "service": "$id", "force": True}),
    names={"name": "serviceName", "iamRole": "role", "orderedPlacementStrategies": "placementStrategy"},
    defaults={"desiredCount": 0},
    outputs={"arn": "serviceArn", "cluster": "clusterArn", "launchType": "launchType"},
    ignored=frozenset({"forceNewDeployment", "triggers", "waitForSteadyState", "forceDelete", "sigintRollback"}),
    required=frozenset({"cluster"}),
    limits={"deploymentMaximumPercent": range(100, 201), "deploymentMinimumHealthyPercent": range(101)},
    replace_on=frozenset({"name", "cluster", "launchType", "iamRole", "schedulingStrategy"}),
    not_returned={
        **dict.fromkeys(
            (
                "availabilityZoneRebalancing",
                "enableEcsManagedTags",
                "propagateTags",
                "serviceConnectConfiguration",
                "volumeConfiguration",
                "vpcLatticeConfigurations",
                "placementConstraints",
                "orderedPlacementStrategies",
                "serviceRegistries",
                "deploymentController",
            ),
            _NOT_KEPT,
        )
    },
    # A service's ARN holds its cluster's name, for services that are known by their id alone.
    derived=lambda properties: {"inCluster": properties.get("cluster") or _cluster_of(str(properties.get("id", "")))},
    prepare=_service,
    restore=_service_back,
    tagging=_tagging(
        Read(
            name="describe_services",
            params={"cluster": "$inCluster", "services": ["$id"], "include": ["TAGS"]},
            at=f"services[0].{_PAIRS}",
        )
    ),
    naming=Naming(limit=255),
)


def _cluster_of(arn: str) -> str:
    return arn.split("/")[1] if arn.count("/") > 1 else "default"
