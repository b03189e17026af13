"""Which resources hold data, and what becomes of it when one of them is destroyed.

The table is of pulumi-aws's types. What a program writes itself, such as a parameter or an object, is no data in this
sense: the next update writes it again. Nor are caches of Memcached, which lose everything with any node, and instances,
which are stateless here.
"""

from typing import Any, Final

from pull_requests.preview import Action, Change, Preview, State

HOLDERS: Final[dict[str, str]] = {
    "aws:backup/vault:Vault": "backup vault",
    "aws:cloudwatch/eventArchive:EventArchive": "event archive",
    "aws:cloudwatch/logGroup:LogGroup": "log group",
    "aws:cognito/userPool:UserPool": "user pool",
    "aws:docdb/cluster:Cluster": "database cluster",
    "aws:docdb/elasticCluster:ElasticCluster": "database cluster",
    "aws:dsql/cluster:Cluster": "database cluster",
    "aws:dynamodb/globalTable:GlobalTable": "table",
    "aws:dynamodb/table:Table": "table",
    "aws:ebs/snapshot:Snapshot": "snapshot",
    "aws:ebs/volume:Volume": "volume",
    "aws:ecr/repository:Repository": "image repository",
    "aws:ecrpublic/repository:Repository": "image repository",
    "aws:efs/fileSystem:FileSystem": "file system",
    "aws:elasticache/replicationGroup:ReplicationGroup": "cache",
    "aws:elasticache/serverlessCache:ServerlessCache": "cache",
    "aws:elasticsearch/domain:Domain": "search domain",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "file system",
    "aws:fsx/ontapFileSystem:OntapFileSystem": "file system",
    "aws:fsx/ontapVolume:OntapVolume": "volume",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "file system",
    "aws:fsx/windowsFileSystem:WindowsFileSystem": "file system",
    "aws:glacier/vault:Vault": "archive vault",
    "aws:keyspaces/table:Table": "table",
    "aws:kinesis/stream:Stream": "stream",
    "aws:kms/externalKey:ExternalKey": "key",
    "aws:kms/key:Key": "key",
    "aws:memorydb/cluster:Cluster": "database cluster",
    "aws:mq/broker:Broker": "message broker",
    "aws:msk/cluster:Cluster": "Kafka cluster",
    "aws:msk/serverlessCluster:ServerlessCluster": "Kafka cluster",
    "aws:neptune/cluster:Cluster": "database cluster",
    "aws:neptunegraph/graph:Graph": "graph",
    "aws:opensearch/domain:Domain": "search domain",
    "aws:opensearch/serverlessCollection:ServerlessCollection": "search collection",
    "aws:qldb/ledger:Ledger": "ledger",
    "aws:rds/cluster:Cluster": "database cluster",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "snapshot",
    "aws:rds/instance:Instance": "database",
    "aws:rds/snapshot:Snapshot": "snapshot",
    "aws:redshift/cluster:Cluster": "data warehouse",
    "aws:redshiftserverless/namespace:Namespace": "data warehouse",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:s3/directoryBucket:DirectoryBucket": "bucket",
    "aws:s3tables/table:Table": "table",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:sqs/queue:Queue": "queue",
    "aws:timestreamwrite/table:Table": "table",
}
"""Each type that holds data, and what it is called."""

_KEYS = ("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey")


def holds_data(type_: str, old: State | None) -> bool:
    """Whether data may go with a resource of this type.

    A replica of a database holds nothing of its own. Args: old: what exists, if the engine says it.
    """
    return type_ in HOLDERS and not (old and type_ == "aws:rds/instance:Instance" and old.get("replicateSourceDb"))


def data_losses(preview: Preview) -> list[Change]:
    """What is replaced or destroyed and holds data."""
    return [change for change in preview.of(Action.REPLACED, Action.DESTROYED) if holds_data(change.type, change.old)]


def fate(type_: str, old: State | None) -> str:
    """What becomes of the data when the resource is destroyed, by how it is configured now."""
    if old is None:
        return "lost"
    if old.retained:
        return "stays in AWS, out of Pulumi's hands"
    if old.protect:
        return "Pulumi refuses while the resource has the option protect"
    if old.get("deletionProtectionEnabled") is True or old.get("deletionProtection") in (True, "ACTIVE"):
        return "AWS refuses while its deletion protection is on"
    return _by_configuration(type_, old)


def _by_configuration(type_: str, old: State) -> str:
    skipped: Any = old.get("skipFinalSnapshot")
    if skipped is not None:
        return "lost, without a final snapshot" if skipped else "kept in a final snapshot"
    if type_.startswith(("aws:s3/bucket:", "aws:s3/bucketV2:")):
        return "lost, with every version" if old.get("forceDestroy") else "AWS refuses unless it is empty"
    if type_.startswith("aws:ecr/"):
        return "lost" if old.get("forceDelete") else "AWS refuses unless it is empty"
    if type_ in _KEYS:
        return f"in {old.get('deletionWindowInDays') or 30} days nothing that it encrypts can be read"
    if type_ == "aws:secretsmanager/secret:Secret":
        days = old.get("recoveryWindowInDays")
        return "lost at once" if days == 0 else f"can be restored for {days or 30} days"
    if type_ == "aws:dynamodb/table:Table" and _recovers(old):
        return "lost; AWS keeps a backup of it for 35 days"
    return "lost"


def _recovers(table: State) -> bool:
    recovery: Any = table.get("pointInTimeRecovery")
    return isinstance(recovery, dict) and recovery.get("enabled") is True
