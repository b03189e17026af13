"""A database on Aurora: a cluster, its writer, and readers in other zones that read and take over.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html.
"""

from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.database_arguments import DatabaseArgs, DatabaseReaderArgs
from tenfold.database_engine import (
    acu_bounds,
    engine_of,
    facts_of,
    instance_class,
    is_serverless,
    parameter_family,
    parameters_of,
    version_of,
)
from tenfold.database_monitoring import enhanced_monitoring, insights, log_groups
from tenfold.database_network import zone
from tenfold.database_server import DatabasePlace, DatabaseServer, master_secret


def aurora(component: pulumi.ComponentResource, args: DatabaseArgs, place: DatabasePlace) -> DatabaseServer:
    """A cluster of Aurora with its instances."""
    cluster = _cluster(component, args, place, _parameters(component, args))
    monitoring = enhanced_monitoring(component, args, place.subnets.arn)
    # The first instance of a cluster is its writer.
    writer = _instance(component, args, cluster, "writer", "writer", _writer(args), 0, monitoring, ())
    readers = [
        _instance(component, args, cluster, f"reader-{key}", key, reader, index, monitoring, (writer,))
        for index, (key, reader) in enumerate(sorted(readers_of(args).items()), start=1)
    ]
    _scale_readers(component, args, cluster, writer)
    return DatabaseServer(
        identifier=cluster.cluster_identifier,
        arn=cluster.arn,
        resource_id=cluster.cluster_resource_id,
        endpoint=cluster.endpoint,
        reader_endpoint=cluster.reader_endpoint,
        port=cluster.port,
        secret_arn=cluster.master_user_secrets.apply(master_secret),
        replicas={},
        instances=[writer, *readers],
    )


def readers_of(args: DatabaseArgs) -> dict[str, DatabaseReaderArgs]:
    """The readers by name; with one, in another zone, the loss of a zone is seconds without writes."""
    return args.get("readers", {"standby": {}})


def has_readers(args: DatabaseArgs) -> bool:
    """Whether there always is a reader."""
    return bool(readers_of(args)) or args.get("reader_scaling", {}).get("min_readers", 0) > 0


def _writer(args: DatabaseArgs) -> DatabaseReaderArgs:
    return {"instance_class": instance_class(args), "promotion_tier": 0}


def _parameters(component: pulumi.ComponentResource, args: DatabaseArgs) -> aws.rds.ClusterParameterGroup:
    return aws.rds.ClusterParameterGroup(
        f"{component.pulumi_resource_name}-cluster-parameters",
        family=parameter_family(args),
        description=f"The parameters of {component.pulumi_resource_name}",
        parameters=parameters_of(args),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _cluster(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    place: DatabasePlace,
    parameters: aws.rds.ClusterParameterGroup,
) -> aws.rds.Cluster:
    access, backup, maintenance = args.get("access", {}), args.get("backup", {}), args.get("maintenance", {})
    storage, protected = args.get("storage", {}), args.get("deletion_protection", True)
    logs = log_groups(component, args, "cluster", place.identifier)
    final = backup.get("final_snapshot", True)
    return aws.rds.Cluster(
        f"{component.pulumi_resource_name}-cluster",
        cluster_identifier=place.identifier,
        engine=engine_of(args).value,
        engine_version=version_of(args),
        database_name=args.get("database_name", "app"),
        port=facts_of(args).port,
        master_username=access.get("master_username", "dbadmin"),
        manage_master_user_password=True,
        master_user_secret_kms_key_id=access.get("secret_kms_key_arn"),
        iam_database_authentication_enabled=True,
        db_subnet_group_name=place.subnets.name,
        vpc_security_group_ids=place.groups,
        db_cluster_parameter_group_name=parameters.name,
        serverlessv2_scaling_configuration=_scaling_configuration(args),
        storage_encrypted=True,
        storage_type="aurora-iopt1" if storage.get("io_optimized", False) else None,
        kms_key_id=storage.get("kms_key_arn"),
        backup_retention_period=backup.get("retention_days", 7),
        preferred_backup_window=backup.get("window"),
        copy_tags_to_snapshot=True,
        skip_final_snapshot=not final,
        final_snapshot_identifier=_final_snapshot(place) if final else None,
        delete_automated_backups=not backup.get("keep_after_deletion", True),
        deletion_protection=protected,
        preferred_maintenance_window=maintenance.get("window"),
        allow_major_version_upgrade=maintenance.get("allow_major_version_upgrade", False),
        apply_immediately=maintenance.get("apply_immediately", False),
        enabled_cloudwatch_logs_exports=facts_of(args).logs,
        **insights(args),
        **_restore(args),
        opts=pulumi.ResourceOptions(
            parent=component,
            depends_on=logs,
            # Where the database is not protected by itself it is as its component is.
            protect=True if protected else None,
            ignore_changes=["snapshotIdentifier", "restoreToPointInTime"],
        ),
    )


def _scaling_configuration(args: DatabaseArgs) -> Any:
    if not is_serverless(args):
        return None
    low, high = acu_bounds(args)
    pause = args.get("capacity", {}).get("seconds_until_pause", 300)
    return {"min_capacity": low, "max_capacity": high, **({} if low else {"seconds_until_auto_pause": pause})}


def _final_snapshot(place: DatabasePlace) -> pulumi.Output[str]:
    return place.identifier.apply(lambda identifier: f"{identifier}-final")


def _restore(args: DatabaseArgs) -> Any:
    restore = args.get("restore", {})
    if "snapshot_identifier" in restore:
        return {"snapshot_identifier": restore["snapshot_identifier"]}
    if "source_identifier" not in restore:
        return {}
    moment: Any = {"restore_to_time": restore["time"]} if "time" in restore else {"use_latest_restorable_time": True}
    return {"restore_to_point_in_time": {"source_cluster_identifier": restore["source_identifier"], **moment}}


def _instance(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    cluster: aws.rds.Cluster,
    kind: str,
    key: str,
    reader: DatabaseReaderArgs,
    index: int,
    monitoring: Any,
    after: tuple[pulumi.Resource, ...],
) -> aws.rds.ClusterInstance:
    maintenance, engine = args.get("maintenance", {}), cast("Any", engine_of(args).value)
    return aws.rds.ClusterInstance(
        f"{component.pulumi_resource_name}-{kind}",
        identifier=cluster.cluster_identifier.apply(lambda identifier: f"{identifier}-{key}"),
        cluster_identifier=cluster.cluster_identifier,
        engine=engine,
        instance_class=reader.get("instance_class", instance_class(args)),
        availability_zone=reader.get("zone", zone(args["placement"], index)),
        promotion_tier=reader.get("promotion_tier", 1),
        publicly_accessible=False,
        copy_tags_to_snapshot=True,
        auto_minor_version_upgrade=maintenance.get("auto_minor_version_upgrade", True),
        preferred_maintenance_window=maintenance.get("window"),
        apply_immediately=maintenance.get("apply_immediately", False),
        **monitoring,
        # Another zone would replace an instance; a network that gets one more would move every reader.
        opts=pulumi.ResourceOptions(parent=component, depends_on=after, ignore_changes=["availabilityZone"]),
    )


def _scale_readers(
    component: pulumi.ComponentResource, args: DatabaseArgs, cluster: aws.rds.Cluster, writer: pulumi.Resource
) -> None:
    if "reader_scaling" not in args:
        return
    scaling, name = args["reader_scaling"], component.pulumi_resource_name
    target = aws.appautoscaling.Target(
        f"{name}-readers",
        service_namespace="rds",
        scalable_dimension="rds:cluster:ReadReplicaCount",
        resource_id=pulumi.Output.concat("cluster:", cluster.cluster_identifier),
        min_capacity=scaling.get("min_readers", min(len(readers_of(args)), scaling["max_readers"])),
        max_capacity=scaling["max_readers"],
        opts=pulumi.ResourceOptions(parent=component, depends_on=[writer]),
    )
    connections = "connections" in scaling
    metric = "RDSReaderAverageDatabaseConnections" if connections else "RDSReaderAverageCPUUtilization"
    aws.appautoscaling.Policy(
        f"{name}-readers-by-load",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration={
            "predefined_metric_specification": {"predefined_metric_type": metric},
            "target_value": scaling["connections"] if "connections" in scaling else scaling.get("cpu_percent", 70.0),
            # A new reader takes minutes to come, and its cache longer to be warm.
            "scale_out_cooldown": 300,
            "scale_in_cooldown": 900,
        },
        opts=pulumi.ResourceOptions(parent=component),
    )
