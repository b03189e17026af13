"""Caches, and what they are placed in and opened by, live in the emulator as their entries say."""

from typing import Any

import pytest

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of

_TOKEN = "open-sesame-and-more"
_LOGS = [{"destination": "slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}]


def _group(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_replication_groups(ReplicationGroupId=made.id)
    group = found["ReplicationGroups"][0]
    members = [len(one["NodeGroupMembers"]) for one in group["NodeGroups"]]
    return group["CacheNodeType"], group["SnapshotRetentionLimit"], members, group["AuthTokenEnabled"]


def _serverless(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_serverless_caches(ServerlessCacheName=made.id)
    cache = found["ServerlessCaches"][0]
    return cache["Description"], cache["CacheUsageLimits"]["ECPUPerSecond"], cache.get("UserGroupId")


def _cluster(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_cache_clusters(CacheClusterId=made.id)["CacheClusters"][0]
    return only(found, "Engine", "CacheNodeType", "NumCacheNodes")


def _subnets(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName=made.id)
    return {one["SubnetIdentifier"] for one in found["CacheSubnetGroups"][0]["Subnets"]}


def _parameters(world: World, made: Made) -> Any:
    world.client("elasticache").describe_cache_parameter_groups(CacheParameterGroupName=made.id)
    found = world.client("elasticache").describe_cache_parameters(CacheParameterGroupName=made.id)
    return {one["ParameterName"]: one["ParameterValue"] for one in found["Parameters"] if one["Source"] == "user"}


def _user(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_users(UserId=made.id)["Users"][0]
    tags = world.client("elasticache").list_tags_for_resource(ResourceName=found["ARN"])["TagList"]
    return found["AccessString"], found["Authentication"]["Type"], tags_of(tags)


def _users(world: World, made: Made) -> Any:
    found = world.client("elasticache").describe_user_groups(UserGroupId=made.id.partition(",")[0])["UserGroups"][0]
    return set(found["UserIds"])


CASES = [
    Case(
        token="aws:elasticache/replicationGroup:ReplicationGroup",
        inputs=lambda world: {
            "description": "sessions",
            "engine": "valkey",
            "engineVersion": "8.0",
            "nodeType": "cache.t4g.small",
            "numCacheClusters": 2,
            "automaticFailoverEnabled": True,
            "multiAzEnabled": True,
            "atRestEncryptionEnabled": True,
            "transitEncryptionEnabled": True,
            "transitEncryptionMode": "required",
            "authToken": _TOKEN,
            "securityGroupIds": world.groups[:1],
            "subnetGroupName": world.cache_subnets,
            "snapshotRetentionLimit": 7,
            "logDeliveryConfigurations": _LOGS,
            "port": 6379,
            "tags": {"team": "a"},
        },
        look=_group,
        made=("cache.t4g.small", 7, [2], True),
        change=lambda _: {
            "nodeType": "cache.r7g.large",
            "numCacheClusters": 3,
            "snapshotRetentionLimit": 14,
            "tags": {"team": "b"},
        },
        changed=("cache.r7g.large", 14, [3], True),
        meddle=lambda world, made: world.client("elasticache").modify_replication_group(
            ReplicationGroupId=made.id, SnapshotRetentionLimit=1
        ),
        drifts=("snapshotRetentionLimit",),
        outputs={
            "arn": ...,
            "primaryEndpointAddress": "localhost",
            "readerEndpointAddress": "localhost",
            "port": ...,
            "memberClusters": ...,
            "engineVersionActual": "8.0",
        },
    ),
    Case(
        token="aws:elasticache/serverlessCache:ServerlessCache",
        inputs=lambda world: {
            "engine": "valkey",
            "description": "one",
            "cacheUsageLimits": {"ecpuPerSeconds": [{"maximum": 1000}]},
            "securityGroupIds": world.groups[:1],
            "subnetIds": world.subnets,
            "userGroupId": world.cache_users[0],
            "tags": {"team": "a"},
        },
        look=_serverless,
        made=lambda world, _: ("one", {"Maximum": 1000}, world.cache_users[0]),
        change=lambda world: {
            "description": "two",
            "cacheUsageLimits": {"ecpuPerSeconds": [{"maximum": 5000}]},
            "tags": {"team": "b"},
        },
        changed=lambda world, _: ("two", {"Maximum": 5000}, world.cache_users[0]),
        meddle=lambda world, made: world.client("elasticache").modify_serverless_cache(
            ServerlessCacheName=made.id, Description="three"
        ),
        drifts=("description",),
        outputs={"arn": ..., "endpoints": ..., "readerEndpoints": ..., "fullEngineVersion": ..., "status": "available"},
    ),
    Case(
        token="aws:elasticache/cluster:Cluster",
        inputs=lambda _: {"engine": "memcached", "nodeType": "cache.t4g.micro", "numCacheNodes": 2},
        look=_cluster,
        made={"Engine": "memcached", "CacheNodeType": "cache.t4g.micro", "NumCacheNodes": 2},
        change=lambda _: {"numCacheNodes": 3},
        changed={"Engine": "memcached", "CacheNodeType": "cache.t4g.micro", "NumCacheNodes": 3},
        outputs={"arn": ..., "cacheNodes": ...},
    ),
    Case(
        token="aws:elasticache/subnetGroup:SubnetGroup",
        inputs=lambda world: {"subnetIds": world.subnets[:2], "tags": {"team": "a"}},
        look=_subnets,
        made=lambda world, _: set(world.subnets[:2]),
        change=lambda world: {"subnetIds": world.subnets, "tags": {"team": "b"}},
        changed=lambda world, _: set(world.subnets),
        outputs={"arn": ..., "vpcId": lambda world, _: world.vpc},
    ),
    Case(
        token="aws:elasticache/parameterGroup:ParameterGroup",
        inputs=lambda _: {
            "family": "valkey8",
            "parameters": [
                {"name": "maxmemory-policy", "value": "allkeys-lru"},
                {"name": "notify-keyspace-events", "value": "Ex"},
            ],
        },
        look=_parameters,
        made={"maxmemory-policy": "allkeys-lru", "notify-keyspace-events": "Ex"},
        change=lambda _: {"parameters": [{"name": "maxmemory-policy", "value": "noeviction"}]},
        changed={"maxmemory-policy": "noeviction"},
        outputs={"arn": ...},
    ),
    Case(
        token="aws:elasticache/user:User",
        inputs=lambda _: {
            "userName": "app",
            "engine": "valkey",
            "accessString": "on ~app:* +@all",
            "authenticationMode": {"type": "password", "passwords": [_TOKEN]},
            "tags": {"team": "a"},
        },
        look=_user,
        made=("on ~app:* +@all", "password", {"team": "a"}),
        change=lambda _: {"accessString": "on ~* +@read", "tags": {"team": "b"}},
        changed=("on ~* +@read", "password", {"team": "b"}),
        meddle=lambda world, made: world.client("elasticache").modify_user(UserId=made.id, AccessString="off"),
        drifts=("accessString",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:elasticache/userGroup:UserGroup",
        inputs=lambda world: {"userGroupId": world.new_name(), "engine": "valkey", "userIds": world.cache_users[1:2]},
        look=_users,
        made=lambda world, _: set(world.cache_users[1:2]),
        change=lambda world: {"userIds": world.cache_users[1:]},
        changed=lambda world, _: set(world.cache_users[1:]),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:elasticache/userGroupAssociation:UserGroupAssociation",
        inputs=lambda world: {"userGroupId": world.cache_users[0], "userId": world.cache_users[2]},
        look=lambda world, made: made.inputs["userId"] in _users(world, made) or None,
        made=True,
    ),
]


@parametrize(CASES)
def test_a_part_of_elasticache_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_another_number_of_shards_is_no_other_cache(world: World) -> None:
    kind = CATALOGUE["aws:elasticache/replicationGroup:ReplicationGroup"]
    three = {
        "description": "catalogue",
        "engine": "valkey",
        "replicationGroupId": "resized",
        "nodeType": "cache.t4g.small",
        "numNodeGroups": 3,
        "replicasPerNodeGroup": 1,
        "parameterGroupName": "default.valkey8.cluster.on",
        "automaticFailoverEnabled": True,
    }
    before, _ = resources.check(world.account, kind, "it", b"x", {}, three)
    identity, state = resources.create(world.account, kind, before, lambda _: None)
    assert state["configurationEndpointAddress"] == "localhost"
    assert not state["primaryEndpointAddress"]
    after = {**before, "numNodeGroups": 4}
    assert resources.compare(world.account, kind, before, after).replaces == ()
    state = resources.update(world.account, kind, identity, state, before, after)
    assert state["numNodeGroups"] == 4
    assert len(state["memberClusters"]) == 8
    resources.delete(world.account, kind, identity, state)


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (
            "replicationGroup:ReplicationGroup",
            {"description": "x", "snapshotRetentionLimit": 36},
            "snapshotRetentionLimit",
        ),
        ("replicationGroup:ReplicationGroup", {}, "description"),
        ("replicationGroup:ReplicationGroup", {"description": "x", "replicasPerNodeGroup": 6}, "replicasPerNodeGroup"),
        ("serverlessCache:ServerlessCache", {}, "engine"),
        ("user:User", {"userName": "a", "engine": "valkey"}, "accessString"),
    ],
)
def test_what_aws_would_refuse_is_a_fault(token: str, inputs: dict[str, Any], path: str, world: World) -> None:
    _, faults = resources.check(world.account, CATALOGUE[f"aws:elasticache/{token}"], "it", b"x", {}, inputs)
    assert path in [fault.path for fault in faults]
