"""Shards for programs that are judged."""

from typing import Any

import pulumi_aws as aws

AURORA: Any = "aurora-postgresql"


def shard(
    name: str,
    *zones: str,
    cluster: Any = "users",
    family: str = "db.r7g",
    parameters: dict[str, Any] | None = None,
    **properties: Any,
) -> aws.rds.Cluster:
    """An Aurora cluster that its tags say to be a shard, with an instance in each zone."""
    tags = {"Shard": name, **({} if cluster is None else {"ShardedCluster": cluster})}
    group = None
    if parameters is not None:
        pairs: Any = [{"name": key, "value": value} for key, value in parameters.items()]
        group = aws.rds.ClusterParameterGroup(name, family="aurora-postgresql17", parameters=pairs).name
    arguments: dict[str, Any] = {"engine": AURORA, "engine_version": "17.4", "manage_master_user_password": True}
    database = aws.rds.Cluster(name, tags=tags, db_cluster_parameter_group_name=group, **(arguments | properties))
    for number, zone in enumerate(zones):
        aws.rds.ClusterInstance(
            f"{name}-{number}",
            cluster_identifier=database.id,
            engine=AURORA,
            instance_class=f"{family}.large",
            availability_zone=zone,
            promotion_tier=number,
        )
    return database
