"""A cache of nodes: a primary with replicas in other zones, or shards of them.

See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.cache_arguments import CacheArgs, CacheEviction
from tenfold.cache_server import (
    PORT,
    CachePlace,
    CacheServer,
    engine_of,
    major_version,
    replicas_of,
    shards_of,
    version_of,
)
from tenfold.placement import placed

_LOGS = {"slow-log": "slow", "engine-log": "engine"}


def nodes(component: pulumi.ComponentResource, args: CacheArgs, place: CachePlace) -> CacheServer:
    """A replication group, with its subnets, parameters and logs."""
    group = _group(component, args, place)
    is_cluster = shards_of(args) is not None
    endpoint = group.configuration_endpoint_address if is_cluster else group.primary_endpoint_address
    port = group.port.apply(lambda found: found or PORT)
    return CacheServer(
        arn=group.arn,
        endpoint=endpoint,
        reader_endpoint=endpoint if is_cluster else group.reader_endpoint_address,
        port=port,
        reader_port=port,
        members=group.member_clusters,
    )


def _group(component: pulumi.ComponentResource, args: CacheArgs, place: CachePlace) -> aws.elasticache.ReplicationGroup:
    name = component.pulumi_resource_name
    snapshots, maintenance = args.get("snapshots", {}), args.get("maintenance", {})
    final = snapshots.get("final_snapshot", True)
    survives = replicas_of(args) > 0
    return aws.elasticache.ReplicationGroup(
        f"{name}-group",
        replication_group_id=place.identifier,
        description=f"The cache {name}",
        engine=engine_of(args).value,
        engine_version=version_of(args),
        node_type=args.get("nodes", {}).get("type", "cache.m7g.large"),
        **_shape(args),
        # AWS moves the shards of a cluster about by failovers, so that a cluster has them even without replicas.
        automatic_failover_enabled=survives or shards_of(args) is not None,
        multi_az_enabled=survives,
        subnet_group_name=_subnets(component, args).name,
        security_group_ids=place.group_ids,
        parameter_group_name=_parameters(component, args).name,
        user_group_ids=[place.user_group_id],
        at_rest_encryption_enabled=True,
        kms_key_id=args.get("kms_key_arn"),
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        snapshot_retention_limit=snapshots.get("retention_days", 7),
        snapshot_window=snapshots.get("window"),
        snapshot_name=snapshots.get("restore_from"),
        final_snapshot_identifier=place.identifier.apply(lambda found: f"{found}-final") if final else None,
        maintenance_window=maintenance.get("window"),
        auto_minor_version_upgrade=maintenance.get("auto_minor_version_upgrade", True),
        apply_immediately=maintenance.get("apply_immediately", False),
        notification_topic_arn=args.get("monitoring", {}).get("event_topic_arn"),
        log_delivery_configurations=_logs(component, args),
        opts=pulumi.ResourceOptions(
            parent=component,
            # Where the cache is not protected by itself it is as its component is.
            protect=True if args.get("deletion_protection", True) else None,
            ignore_changes=["snapshotName"],
        ),
    )


def _shape(args: CacheArgs) -> dict[str, Any]:
    """How many nodes there are, and whether they are a cluster."""
    shards, replicas = shards_of(args), replicas_of(args)
    if shards is None:
        return {"num_cache_clusters": replicas + 1}
    return {"cluster_mode": "enabled", "num_node_groups": shards, "replicas_per_node_group": replicas}


def _subnets(component: pulumi.ComponentResource, args: CacheArgs) -> aws.elasticache.SubnetGroup:
    name = component.pulumi_resource_name
    return aws.elasticache.SubnetGroup(
        f"{name}-subnets",
        description=f"The data subnets, for {name}",
        subnet_ids=placed(args["placement"], "data_subnet_ids"),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _parameters(component: pulumi.ComponentResource, args: CacheArgs) -> aws.elasticache.ParameterGroup:
    name = component.pulumi_resource_name
    values: dict[str, pulumi.Input[str]] = {
        **({} if shards_of(args) is None else {"cluster-enabled": "yes"}),
        "maxmemory-policy": args.get("eviction", CacheEviction.ALLKEYS_LRU).value,
        **args.get("parameters", {}),
    }
    return aws.elasticache.ParameterGroup(
        f"{name}-parameters",
        family=f"{engine_of(args).value}{major_version(args)}",
        description=f"The parameters of {name}",
        parameters=[{"name": key, "value": values[key]} for key in sorted(values)],
        opts=pulumi.ResourceOptions(parent=component),
    )


def _logs(component: pulumi.ComponentResource, args: CacheArgs) -> list[Any]:
    """Where the slow log and the log of the engine go to."""
    return [
        {
            "log_type": log,
            "log_format": "json",
            "destination_type": "cloudwatch-logs",
            "destination": aws.cloudwatch.LogGroup(
                f"{component.pulumi_resource_name}-logs-{suffix}",
                retention_in_days=args.get("monitoring", {}).get("log_retention_days", 30),
                opts=pulumi.ResourceOptions(parent=component),
            ).name,
        }
        for log, suffix in _LOGS.items()
    ]
