"""A database on an RDS instance: a standby in another zone that takes over, and by choice replicas that are read.

See https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.database_arguments import DatabaseArgs, DatabaseReaderArgs, DatabaseStorageType
from tenfold.database_engine import (
    engine_of,
    facts_of,
    instance_class,
    parameter_family,
    parameters_of,
    version_of,
)
from tenfold.database_monitoring import enhanced_monitoring, insights, log_groups
from tenfold.database_network import zone
from tenfold.database_server import DatabasePlace, DatabaseServer, master_secret


def rds_instance(component: pulumi.ComponentResource, args: DatabaseArgs, place: DatabasePlace) -> DatabaseServer:
    """An RDS instance with its replicas."""
    parameters = _parameters(component, args)
    monitoring = enhanced_monitoring(component, args, place.subnets.arn)
    primary = _primary(component, args, place, parameters, monitoring)
    replicas = {
        key: _replica(component, args, place, primary, parameters, key, reader, index, monitoring)
        for index, (key, reader) in enumerate(sorted(args.get("readers", {}).items()), start=1)
    }
    return DatabaseServer(
        identifier=primary.identifier,
        arn=primary.arn,
        resource_id=primary.resource_id,
        endpoint=primary.address,
        reader_endpoint=next(iter(replicas.values()), primary).address,
        port=primary.port,
        secret_arn=primary.master_user_secrets.apply(master_secret),
        replicas={key: replica.identifier for key, replica in replicas.items()},
        instances=[primary, *replicas.values()],
    )


def allocated_gb(args: DatabaseArgs) -> int:
    """The size of the volume that it starts with."""
    return args.get("storage", {}).get("allocated_gb", 100)


def _parameters(component: pulumi.ComponentResource, args: DatabaseArgs) -> aws.rds.ParameterGroup:
    return aws.rds.ParameterGroup(
        f"{component.pulumi_resource_name}-parameters",
        family=parameter_family(args),
        description=f"The parameters of {component.pulumi_resource_name}",
        parameters=parameters_of(args),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _primary(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    place: DatabasePlace,
    parameters: aws.rds.ParameterGroup,
    monitoring: Any,
) -> aws.rds.Instance:
    access, backup, maintenance = args.get("access", {}), args.get("backup", {}), args.get("maintenance", {})
    protected = args.get("deletion_protection", True)
    final = backup.get("final_snapshot", True)
    return aws.rds.Instance(
        f"{component.pulumi_resource_name}-instance",
        identifier=place.identifier,
        engine=engine_of(args).value,
        engine_version=version_of(args),
        instance_class=instance_class(args),
        multi_az=args.get("capacity", {}).get("multi_az", True),
        allocated_storage=allocated_gb(args),
        db_name=args.get("database_name", "app"),
        port=facts_of(args).port,
        username=access.get("master_username", "dbadmin"),
        manage_master_user_password=True,
        master_user_secret_kms_key_id=access.get("secret_kms_key_arn"),
        db_subnet_group_name=place.subnets.name,
        kms_key_id=args.get("storage", {}).get("kms_key_arn"),
        backup_retention_period=backup.get("retention_days", 7),
        backup_window=backup.get("window"),
        skip_final_snapshot=not final,
        final_snapshot_identifier=place.identifier.apply(lambda found: f"{found}-final") if final else None,
        delete_automated_backups=not backup.get("keep_after_deletion", True),
        deletion_protection=protected,
        allow_major_version_upgrade=maintenance.get("allow_major_version_upgrade", False),
        blue_green_update={"enabled": True} if maintenance.get("blue_green", False) else None,
        **_shared(args, place, parameters, monitoring),
        **_restore(args),
        opts=pulumi.ResourceOptions(
            parent=component,
            depends_on=log_groups(component, args, "instance", place.identifier),
            # Where the database is not protected by itself it is as its component is.
            protect=True if protected else None,
            ignore_changes=["snapshotIdentifier", "restoreToPointInTime"],
        ),
    )


def _shared(args: DatabaseArgs, place: DatabasePlace, parameters: aws.rds.ParameterGroup, monitoring: Any) -> Any:
    """What an instance and its replicas have in common."""
    storage, maintenance = args.get("storage", {}), args.get("maintenance", {})
    return {
        "vpc_security_group_ids": place.groups,
        "publicly_accessible": False,
        "parameter_group_name": parameters.name,
        "iam_database_authentication_enabled": True,
        "storage_encrypted": True,
        "storage_type": storage.get("type", DatabaseStorageType.GP3).value,
        "iops": storage.get("iops"),
        "storage_throughput": storage.get("throughput_mbps"),
        "max_allocated_storage": storage.get("max_gb", min(10 * allocated_gb(args), 65_536)),
        "copy_tags_to_snapshot": True,
        "auto_minor_version_upgrade": maintenance.get("auto_minor_version_upgrade", True),
        "maintenance_window": maintenance.get("window"),
        "apply_immediately": maintenance.get("apply_immediately", False),
        "enabled_cloudwatch_logs_exports": facts_of(args).logs,
        **insights(args),
        **monitoring,
    }


def _restore(args: DatabaseArgs) -> Any:
    restore = args.get("restore", {})
    if "snapshot_identifier" in restore:
        return {"snapshot_identifier": restore["snapshot_identifier"]}
    if "source_identifier" not in restore:
        return {}
    moment: Any = {"restore_time": restore["time"]} if "time" in restore else {"use_latest_restorable_time": True}
    return {"restore_to_point_in_time": {"source_db_instance_identifier": restore["source_identifier"], **moment}}


def _replica(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    place: DatabasePlace,
    primary: aws.rds.Instance,
    parameters: aws.rds.ParameterGroup,
    key: str,
    reader: DatabaseReaderArgs,
    index: int,
    monitoring: Any,
) -> aws.rds.Instance:
    identifier = place.identifier.apply(lambda found: f"{found}-{key}")
    return aws.rds.Instance(
        f"{component.pulumi_resource_name}-replica-{key}",
        identifier=identifier,
        replicate_source_db=primary.identifier,
        instance_class=reader.get("instance_class", instance_class(args)),
        availability_zone=reader.get("zone", zone(args["placement"], index)),
        # AWS takes none of a replica.
        skip_final_snapshot=True,
        **_shared(args, place, parameters, monitoring),
        opts=pulumi.ResourceOptions(
            parent=component,
            depends_on=log_groups(component, args, "instance", identifier, f"-{key}"),
            # Another zone would replace a replica; a network that gets one more would move every one.
            ignore_changes=["availabilityZone"],
        ),
    )
