"""ElastiCache: replication groups, serverless caches and cache clusters.

Valkey and Redis have servers on this machine, with ports of their own. Memcached is a record without one.
"""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_OWN_PORT = "its servers have ports of this machine, which the outputs tell"
_NOT_KEPT = "the emulator does not keep it"
_OF_MEMBERS = "AWS tells it of the group's members"
_NOT_TOLD = "AWS does not tell tokens"
_DESTINATIONS = {
    "cloudwatch-logs": ("cloudWatchLogsDetails", "logGroup"),
    "kinesis-firehose": ("kinesisFirehoseDetails", "deliveryStream"),
}


def tagging(kind: str, identity: str = "$id") -> Tagging:
    """How ElastiCache tags: all its resources by their ARN."""
    arn = {"ResourceName": f"arn:aws:elasticache:$region:$account:{kind}:{identity}"}
    return Tagging(
        tag="add_tags_to_resource",
        untag="remove_tags_from_resource",
        params=arn,
        read=Read(name="list_tags_for_resource", params=arn, at="TagList"),
    )


def _delivered(properties: Properties) -> Properties:
    """Where logs go to is two levels deeper in AWS, under a name that depends on what it is."""
    configured = properties.get("logDeliveryConfigurations")
    if not isinstance(configured, list):
        return properties
    return {**properties, "logDeliveryConfigurations": [_delivery(one) for one in configured]}


def _delivery(one: Any) -> Any:
    if not isinstance(one, dict):
        return one
    # What kind it is may be known later; that it has a place is known now.
    block, name = _DESTINATIONS.get(one.get("destinationType", ""), _DESTINATIONS["cloudwatch-logs"])
    rest = {key: value for key, value in one.items() if key != "destination"}
    return {**rest, "destinationDetails": {block: {name: one.get("destination")}}}


def _replicas(properties: Properties) -> int:
    """The number of replicas of each shard, in whichever way a program says it."""
    if "replicasPerNodeGroup" in properties:
        return int(properties["replicasPerNodeGroup"])
    return max(0, int(properties.get("numCacheClusters", 1)) - 1)


def _replica_count(name: str, *, more: bool) -> Operation:
    def steps(before: Properties, after: Properties) -> list[Properties]:
        old, new = _replicas(before), _replicas(after)
        return [{"NewReplicaCount": new}] if (new > old if more else new < old) else []

    only = frozenset({"numCacheClusters", "replicasPerNodeGroup"})
    return Operation(name=name, params=_AT_ONCE, only=only, steps=steps)


def _without_server(properties: Properties) -> str:
    """What is missing of a cache with these properties."""
    engine = properties.get("engine")
    return "memcached: nothing answers at its endpoint, Valkey alone has a server" if engine == "memcached" else ""


_GROUP = {"ReplicationGroupId": "$id"}
_AT_ONCE = {**_GROUP, "ApplyImmediately": True}
_TOKEN = frozenset({"authToken", "authTokenUpdateStrategy"})

REPLICATION_GROUP = ResourceType(
    token="aws:elasticache/replicationGroup:ReplicationGroup",
    service="elasticache",
    create=Operation(name="create_replication_group"),
    id="$replicationGroupId",
    read=(
        Read(
            name="describe_replication_groups",
            params=_GROUP,
            at="ReplicationGroups[0]",
            also={
                "AutomaticFailoverEnabled": "AutomaticFailover=='enabled'",
                "MultiAZEnabled": "MultiAZ=='enabled'",
                "NumCacheClusters": "length(NodeGroups[].NodeGroupMembers[])",
                "NumNodeGroups": "length(NodeGroups)",
                "ReplicasPerNodeGroup": "length(NodeGroups[0].NodeGroupMembers[1:])",
                "ReplicationGroupDescription": "Description",
                "Member": "MemberClusters[0]",
            },
        ),
        # AWS tells what a group runs of its members alone.
        Read(
            name="describe_cache_clusters",
            params={"CacheClusterId": "$Member"},
            at="CacheClusters[0].{Engine: Engine, EngineVersion: EngineVersion}",
        ),
    ),
    update=(
        Operation(name="modify_replication_group", params=_AT_ONCE, never=_TOKEN),
        Operation(name="modify_replication_group", params=_AT_ONCE, only=_TOKEN),
        Operation(name="modify_replication_group", params=_AT_ONCE, adds={"userGroupIds": "UserGroupIdsToAdd"}),
        Operation(name="modify_replication_group", params=_AT_ONCE, removes={"userGroupIds": "UserGroupIdsToRemove"}),
        Operation(
            name="modify_replication_group_shard_configuration",
            params=_AT_ONCE,
            on=frozenset({"numNodeGroups"}),
            delivers=lambda scope: {"NodeGroupCount": scope["numNodeGroups"]},
        ),
        # It says where the first nodes go; those that are there stay.
        Operation(name="modify_replication_group", params=_AT_ONCE, on=frozenset({"preferredCacheClusterAzs"})),
        _replica_count("increase_replica_count", more=True),
        _replica_count("decrease_replica_count", more=False),
    ),
    delete=Operation(name="delete_replication_group", params=_GROUP),
    ready="Status=='available'",
    names={
        "description": "ReplicationGroupDescription",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "securityGroupNames": "CacheSecurityGroupNames",
        "subnetGroupName": "CacheSubnetGroupName",
    },
    defaults={"autoMinorVersionUpgrade": True, "engine": "redis"},
    limits={
        "snapshotRetentionLimit": range(36),
        "numNodeGroups": range(1, 501),
        "replicasPerNodeGroup": range(6),
    },
    outputs={
        "arn": "ARN",
        "clusterEnabled": "ClusterEnabled",
        "clusterMode": "ClusterMode",
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "engineVersion": "EngineVersion",
        "engineVersionActual": "EngineVersion",
        "memberClusters": "MemberClusters",
        "numCacheClusters": "NumCacheClusters",
        "numNodeGroups": "NumNodeGroups",
        "port": "NodeGroups[0].PrimaryEndpoint.Port",
        "primaryEndpointAddress": "!ClusterEnabled && NodeGroups[0].PrimaryEndpoint.Address || ''",
        "readerEndpointAddress": "!ClusterEnabled && NodeGroups[0].ReaderEndpoint.Address || ''",
        "replicasPerNodeGroup": "ReplicasPerNodeGroup",
        "snapshotWindow": "SnapshotWindow",
    },
    changing=frozenset({"engineVersionActual", "memberClusters", "numCacheClusters"}),
    required=frozenset({"description"}),
    ignored=frozenset({"applyImmediately", "finalSnapshotIdentifier", "authTokenWo", "authTokenWoVersion"}),
    replace_on=frozenset(
        {"atRestEncryptionEnabled", "dataTieringEnabled", "globalReplicationGroupId", "kmsKeyId", "networkType"}
        | {"port", "replicationGroupId", "securityGroupNames", "snapshotArns", "snapshotName", "subnetGroupName"}
    ),
    not_returned={
        "authToken": _NOT_TOLD,
        "authTokenUpdateStrategy": _NOT_TOLD,
        "port": _OWN_PORT,
        "maintenanceWindow": _OF_MEMBERS,
        "notificationTopicArn": _OF_MEMBERS,
        "parameterGroupName": _OF_MEMBERS,
        "securityGroupIds": _OF_MEMBERS,
        "subnetGroupName": _OF_MEMBERS,
        "logDeliveryConfigurations": _NOT_KEPT,
        **dict.fromkeys(
            (
                "autoMinorVersionUpgrade",
                "dataTieringEnabled",
                "durability",
                "globalReplicationGroupId",
                "ipDiscovery",
                "kmsKeyId",
                "networkType",
                "nodeGroupConfigurations",
                "preferredCacheClusterAzs",
                "snapshotArns",
                "snapshotName",
            ),
            _NOT_KEPT,
        ),
    },
    prepare=_delivered,
    tagging=tagging("replicationgroup"),
    naming=Naming(property="replicationGroupId", limit=40, lower=True),
    lacks=_without_server,
)

_CACHE = {"ServerlessCacheName": "$id"}

SERVERLESS_CACHE = ResourceType(
    token="aws:elasticache/serverlessCache:ServerlessCache",
    service="elasticache",
    create=Operation(name="create_serverless_cache"),
    id="$name",
    read=(Read(name="describe_serverless_caches", params=_CACHE, at="ServerlessCaches[0]"),),
    update=(Operation(name="modify_serverless_cache", params=_CACHE),),
    delete=Operation(name="delete_serverless_cache", params=_CACHE),
    ready="Status=='available'",
    names={
        "name": "ServerlessCacheName",
        "cacheUsageLimits.ecpuPerSeconds": "ECPUPerSecond",
        "snapshotArnsToRestores": "SnapshotArnsToRestore",
    },
    outputs={
        "arn": "ARN",
        "createTime": "CreateTime",
        "dailySnapshotTime": "DailySnapshotTime",
        "endpoints": "Endpoint && [Endpoint]",
        "fullEngineVersion": "FullEngineVersion",
        "majorEngineVersion": "MajorEngineVersion",
        "readerEndpoints": "ReaderEndpoint && [ReaderEndpoint]",
        "status": "Status",
    },
    changing=frozenset({"fullEngineVersion", "status"}),
    required=frozenset({"engine"}),
    ignored=frozenset({"timeouts"}),
    replace_on=frozenset({"name", "kmsKeyId", "networkType", "snapshotArnsToRestores", "subnetIds"}),
    not_returned={"snapshotArnsToRestores": _NOT_KEPT},
    tagging=tagging("serverlesscache"),
    naming=Naming(limit=40, lower=True),
)

_CLUSTER = {"CacheClusterId": "$id"}

CLUSTER = ResourceType(
    token="aws:elasticache/cluster:Cluster",
    service="elasticache",
    create=Operation(name="create_cache_cluster"),
    id="$clusterId",
    read=(
        Read(
            name="describe_cache_clusters",
            params={**_CLUSTER, "ShowCacheNodeInfo": True},
            at="CacheClusters[0]",
            also={"CacheParameterGroupName": "CacheParameterGroup.CacheParameterGroupName"},
        ),
    ),
    update=(
        Operation(name="modify_cache_cluster", params={**_CLUSTER, "ApplyImmediately": True}),
        # It says where the first nodes go; those that are there stay.
        Operation(name="modify_cache_cluster", params=_CLUSTER, on=frozenset({"preferredAvailabilityZones"})),
    ),
    delete=Operation(name="delete_cache_cluster", params=_CLUSTER),
    ready="CacheClusterStatus=='available'",
    names={
        "availabilityZone": "PreferredAvailabilityZone",
        "azMode": "AZMode",
        "clusterId": "CacheClusterId",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "subnetGroupName": "CacheSubnetGroupName",
    },
    defaults={"autoMinorVersionUpgrade": True},
    limits={"numCacheNodes": range(1, 41), "snapshotRetentionLimit": range(36)},
    outputs={
        "arn": "ARN",
        "availabilityZone": "PreferredAvailabilityZone",
        "cacheNodes": "CacheNodes[].{id: CacheNodeId, address: Endpoint.Address, port: Endpoint.Port}",
        "engineVersion": "EngineVersion",
        "engineVersionActual": "EngineVersion",
        "port": "CacheNodes[0].Endpoint.Port",
    },
    changing=frozenset({"cacheNodes", "engineVersionActual"}),
    ignored=frozenset({"applyImmediately", "finalSnapshotIdentifier"}),
    replace_on=frozenset(
        {"availabilityZone", "clusterId", "engine", "networkType", "outpostMode", "port", "preferredOutpostArn"}
        | {"replicationGroupId", "snapshotArns", "snapshotName", "subnetGroupName", "transitEncryptionEnabled"}
    ),
    not_returned={
        "port": _OWN_PORT,
        **dict.fromkeys(
            (
                "autoMinorVersionUpgrade",
                "availabilityZone",
                "azMode",
                "ipDiscovery",
                "logDeliveryConfigurations",
                "networkType",
                "notificationTopicArn",
                "outpostMode",
                "preferredAvailabilityZones",
                "preferredOutpostArn",
                "securityGroupIds",
                "snapshotArns",
                "snapshotName",
            ),
            _NOT_KEPT,
        ),
    },
    prepare=_delivered,
    tagging=tagging("cluster"),
    naming=Naming(property="clusterId", limit=50, lower=True),
    lacks=_without_server,
)
