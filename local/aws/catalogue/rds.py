"""RDS: Aurora clusters, their instances, and instances of their own.

PostgreSQL has a server on this machine, with a port of its own. Other engines are records without one.
"""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_NO_RESTORE = "the emulator has no copies to restore from, so the database begins empty"
_NO_ROLES = "the emulator gives databases no roles"
_OWN_PORT = "its server has a port of this machine, which the outputs tell"
_NOT_KEPT = "the emulator does not keep it"
_NOT_TOLD = "AWS does not tell passwords"
_KEPT_APART = "AWS tells it with the secret"


def tagging(arn: str) -> Tagging:
    """How RDS tags: all its resources by their ARN."""
    identity = {"ResourceName": arn}
    return Tagging(
        tag="add_tags_to_resource",
        untag="remove_tags_from_resource",
        params=identity,
        read=Read(name="list_tags_for_resource", params=identity, at="TagList"),
    )


def _without_server(properties: Properties) -> str:
    """What is missing of a database with these properties."""
    engine = str(properties.get("engine", "postgres"))
    return "" if "postgres" in engine else f"{engine}: nothing answers at its endpoint, PostgreSQL alone has a server"


def _last_copy(scope: Properties) -> Properties:
    """AWS wants to be told what becomes of the data."""
    if scope.get("skipFinalSnapshot"):
        return {"SkipFinalSnapshot": True}
    name = scope.get("finalSnapshotIdentifier")
    return {"SkipFinalSnapshot": False, **({"FinalDBSnapshotIdentifier": name} if name else {})}


def _exported(before: Properties, after: Properties) -> list[Properties]:
    """What of the logs is sent to CloudWatch from now on, and what no longer is."""
    old, new = (set(one.get("enabledCloudwatchLogsExports") or ()) for one in (before, after))
    change = {"EnableLogTypes": sorted(new - old), "DisableLogTypes": sorted(old - new)}
    return [{"CloudwatchLogsExportConfiguration": {name: kinds for name, kinds in change.items() if kinds}}]


_EXPORTS = frozenset({"enabledCloudwatchLogsExports"})
_CLUSTER_GIVEN = {"DBClusterIdentifier": "$id"}
_CLUSTER_ARN = "arn:aws:rds:$region:$account:cluster:$id"

CLUSTER = ResourceType(
    token="aws:rds/cluster:Cluster",
    service="rds",
    create=Operation(name="create_db_cluster"),
    id="$clusterIdentifier",
    read=(
        Read(
            name="describe_db_clusters",
            params=_CLUSTER_GIVEN,
            at="DBClusters[0]",
            also={
                "DBClusterParameterGroupName": "DBClusterParameterGroup",
                "DBSubnetGroupName": "DBSubnetGroup",
                "EnableHttpEndpoint": "HttpEndpointEnabled",
                "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
                "VpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
            },
        ),
    ),
    update=(
        # There is no maintenance window to wait for.
        Operation(name="modify_db_cluster", params={**_CLUSTER_GIVEN, "ApplyImmediately": True}),
        Operation(name="modify_db_cluster", params=_CLUSTER_GIVEN, only=_EXPORTS, steps=_exported),
        Operation(
            name="restore_db_cluster_from_snapshot",
            on=frozenset({"snapshotIdentifier", "restoreToPointInTime", "s3Import"}),
            recorded=_NO_RESTORE,
        ),
        Operation(name="add_role_to_db_cluster", on=frozenset({"iamRoles"}), recorded=_NO_ROLES),
    ),
    delete=Operation(name="delete_db_cluster", params=_CLUSTER_GIVEN, delivers=_last_copy),
    ready="Status=='available'",
    names={
        "clusterIdentifier": "DBClusterIdentifier",
        "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
        "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "masterPassword": "MasterUserPassword",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    },
    defaults={"copyTagsToSnapshot": False, "engineMode": "provisioned"},
    limits={"backupRetentionPeriod": range(1, 36), "port": range(1150, 65536)},
    outputs={
        "arn": "DBClusterArn",
        "availabilityZones": "AvailabilityZones",
        "backupRetentionPeriod": "BackupRetentionPeriod",
        "clusterMembers": "DBClusterMembers[].DBInstanceIdentifier",
        "clusterResourceId": "DbClusterResourceId",
        "databaseName": "DatabaseName",
        "dbClusterParameterGroupName": "DBClusterParameterGroup",
        "dbSubnetGroupName": "DBSubnetGroup",
        "endpoint": "Endpoint",
        "engineVersion": "EngineVersion",
        "engineVersionActual": "EngineVersion",
        "hostedZoneId": "HostedZoneId",
        "kmsKeyId": "KmsKeyId",
        "masterUserSecrets": "MasterUserSecret && [MasterUserSecret]",
        "masterUsername": "MasterUsername",
        "port": "Port",
        "preferredBackupWindow": "PreferredBackupWindow",
        "preferredMaintenanceWindow": "PreferredMaintenanceWindow",
        "readerEndpoint": "ReaderEndpoint",
    },
    changing=frozenset({"clusterMembers", "engineVersionActual", "masterUserSecrets"}),
    required=frozenset({"engine"}),
    ignored=frozenset(
        {"allowMajorVersionUpgrade", "applyImmediately", "deleteAutomatedBackups", "clusterMembers"}
        | {"finalSnapshotIdentifier", "skipFinalSnapshot", "masterPasswordWo", "masterPasswordWoVersion"}
    ),
    replace_on=frozenset(
        {"availabilityZones", "clusterIdentifier", "clusterScalabilityType", "databaseName", "dbSubnetGroupName"}
        | {"dbSystemId", "engine", "engineMode", "kmsKeyId", "masterUsername", "restoreToPointInTime", "s3Import"}
        | {"snapshotIdentifier", "sourceRegion", "storageEncrypted"}
    ),
    not_returned={
        "port": _OWN_PORT,
        "masterPassword": _NOT_TOLD,
        "manageMasterUserPassword": _KEPT_APART,
        "masterUserSecretKmsKeyId": _KEPT_APART,
        **dict.fromkeys(
            (
                "autoMinorVersionUpgrade",
                "backtrackWindow",
                "caCertificateIdentifier",
                "clusterScalabilityType",
                "databaseInsightsMode",
                "dbClusterInstanceClass",
                "enableGlobalWriteForwarding",
                "enableLocalWriteForwarding",
                "enabledCloudwatchLogsExports",
                "iops",
                "monitoringInterval",
                "monitoringRoleArn",
                "performanceInsightsEnabled",
                "performanceInsightsKmsKeyId",
                "performanceInsightsRetentionPeriod",
                "publiclyAccessible",
                "scalingConfiguration",
                "storageType",
            ),
            _NOT_KEPT,
        ),
    },
    tagging=tagging(_CLUSTER_ARN),
    naming=Naming(property="clusterIdentifier", limit=63, lower=True, prefix_property="clusterIdentifierPrefix"),
    lacks=_without_server,
)

_INSTANCE_GIVEN = {"DBInstanceIdentifier": "$id"}
_INSTANCE_ARN = "arn:aws:rds:$region:$account:db:$id"
_READ_INSTANCE = Read(
    name="describe_db_instances",
    params=_INSTANCE_GIVEN,
    at="DBInstances[0]",
    also={
        "DBParameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
        "DBSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
        "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
        "EnablePerformanceInsights": "PerformanceInsightsEnabled",
        "VpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
    },
)
_MODIFY_INSTANCE = {**_INSTANCE_GIVEN, "ApplyImmediately": True}
_INSTANCE_NAMES = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "caCertIdentifier": "CACertificateIdentifier",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
}
_INSTANCE_NOT_KEPT = dict.fromkeys(
    ("customIamInstanceProfile", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"), _NOT_KEPT
)

CLUSTER_INSTANCE = ResourceType(
    token="aws:rds/clusterInstance:ClusterInstance",
    service="rds",
    create=Operation(name="create_db_instance"),
    id="$identifier",
    read=(
        _READ_INSTANCE,
        Read(
            name="describe_db_clusters",
            params={"DBClusterIdentifier": "$DBClusterIdentifier"},
            at="DBClusters[0].DBClusterMembers[?DBInstanceIdentifier=='$id'] | [0].{IsWriter: IsClusterWriter}",
        ),
    ),
    update=(Operation(name="modify_db_instance", params=_MODIFY_INSTANCE),),
    delete=Operation(name="delete_db_instance", params={**_INSTANCE_GIVEN, "SkipFinalSnapshot": True}),
    ready="DBInstanceStatus=='available'",
    names={**_INSTANCE_NAMES, "clusterIdentifier": "DBClusterIdentifier"},
    defaults={"autoMinorVersionUpgrade": True, "copyTagsToSnapshot": False, "promotionTier": 0},
    limits={"promotionTier": range(16)},
    outputs={
        "arn": "DBInstanceArn",
        "availabilityZone": "AvailabilityZone",
        "dbParameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
        "dbiResourceId": "DbiResourceId",
        "endpoint": "Endpoint.Address",
        "engineVersion": "EngineVersion",
        "engineVersionActual": "EngineVersion",
        "port": "Endpoint.Port",
        "writer": "IsWriter",
    },
    changing=frozenset({"engineVersionActual", "writer"}),
    required=frozenset({"clusterIdentifier", "engine", "instanceClass"}),
    ignored=frozenset({"applyImmediately", "forceDestroy"}),
    replace_on=frozenset(
        {"availabilityZone", "clusterIdentifier", "customIamInstanceProfile", "dbSubnetGroupName", "engine"}
        | {"engineVersion", "identifier", "performanceInsightsKmsKeyId"}
    ),
    not_returned={
        **_INSTANCE_NOT_KEPT,
        "dbSubnetGroupName": "AWS tells that of the cluster",
        "autoMinorVersionUpgrade": _NOT_KEPT,
        "performanceInsightsEnabled": _NOT_KEPT,
        "promotionTier": _NOT_KEPT,
    },
    tagging=tagging(_INSTANCE_ARN),
    naming=Naming(property="identifier", limit=63, lower=True, prefix_property="identifierPrefix"),
    lacks=_without_server,
)

# AWS knows an instance by its identifier; the real provider's id is the one that stays when it is renamed.
_ALONE_GIVEN = {"DBInstanceIdentifier": "$identifier"}

INSTANCE = ResourceType(
    token="aws:rds/instance:Instance",
    service="rds",
    create=Operation(name="create_db_instance"),
    id="DBInstance.DbiResourceId",
    read=(
        Read(
            name="describe_db_instances",
            params=_ALONE_GIVEN,
            at="DBInstances[0]",
            also=_READ_INSTANCE.also,
        ),
    ),
    update=(
        Operation(name="modify_db_instance", params={**_ALONE_GIVEN, "ApplyImmediately": True}),
        Operation(name="modify_db_instance", params=_ALONE_GIVEN, only=_EXPORTS, steps=_exported),
        Operation(
            name="modify_db_instance",
            params=_ALONE_GIVEN,
            on=frozenset({"port"}),
            delivers=lambda scope: {"DBPortNumber": scope["port"]},
        ),
        Operation(
            name="restore_db_instance_from_db_snapshot",
            on=frozenset({"snapshotIdentifier", "restoreToPointInTime", "s3Import", "replicateSourceDb"}),
            recorded=_NO_RESTORE,
        ),
    ),
    delete=Operation(name="delete_db_instance", params=_ALONE_GIVEN, delivers=_last_copy),
    ready="DBInstanceStatus=='available'",
    names={
        **_INSTANCE_NAMES,
        "backupWindow": "PreferredBackupWindow",
        "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
        "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "parameterGroupName": "DBParameterGroupName",
        "password": "MasterUserPassword",
        "username": "MasterUsername",
    },
    defaults={"autoMinorVersionUpgrade": True, "copyTagsToSnapshot": False, "publiclyAccessible": False},
    limits={"backupRetentionPeriod": range(36), "port": range(1150, 65536)},
    outputs={
        "address": "Endpoint.Address",
        "allocatedStorage": "AllocatedStorage",
        "arn": "DBInstanceArn",
        "availabilityZone": "AvailabilityZone",
        "backupRetentionPeriod": "BackupRetentionPeriod",
        "backupWindow": "PreferredBackupWindow",
        "dbName": "DBName",
        "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
        "endpoint": "join(':', [Endpoint.Address, to_string(Endpoint.Port)])",
        "engine": "Engine",
        "engineVersion": "EngineVersion",
        "engineVersionActual": "EngineVersion",
        "hostedZoneId": "Endpoint.HostedZoneId",
        "kmsKeyId": "KmsKeyId",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "masterUserSecrets": "MasterUserSecret && [MasterUserSecret]",
        "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
        "port": "Endpoint.Port",
        "resourceId": "DbiResourceId",
        "status": "DBInstanceStatus",
        "username": "MasterUsername",
    },
    changing=frozenset({"engineVersionActual", "masterUserSecrets", "status"}),
    required=frozenset({"instanceClass"}),
    ignored=frozenset(
        {"allowMajorVersionUpgrade", "applyImmediately", "blueGreenUpdate", "deleteAutomatedBackups"}
        | {"finalSnapshotIdentifier", "skipFinalSnapshot", "passwordWo", "passwordWoVersion", "upgradeStorageConfig"}
    ),
    replace_on=frozenset(
        {"availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "engine"}
        | {"kmsKeyId", "ncharCharacterSetName", "performanceInsightsKmsKeyId", "restoreToPointInTime", "s3Import"}
        | {"snapshotIdentifier", "storageEncrypted", "timezone", "username"}
    ),
    not_returned={
        **_INSTANCE_NOT_KEPT,
        "port": _OWN_PORT,
        "password": _NOT_TOLD,
        "manageMasterUserPassword": _KEPT_APART,
        "masterUserSecretKmsKeyId": _KEPT_APART,
        **dict.fromkeys(
            (
                "autoMinorVersionUpgrade",
                "backupTarget",
                "characterSetName",
                "customerOwnedIpEnabled",
                "databaseInsightsMode",
                "dedicatedLogVolume",
                "domain",
                "enabledCloudwatchLogsExports",
                "engineLifecycleSupport",
                "licenseModel",
                "networkType",
                "optionGroupName",
                "performanceInsightsEnabled",
                "replicaMode",
                "storageThroughput",
                "timezone",
            ),
            _NOT_KEPT,
        ),
    },
    tagging=tagging("arn:aws:rds:$region:$account:db:$identifier"),
    naming=Naming(property="identifier", limit=63, lower=True, prefix_property="identifierPrefix"),
    lacks=_without_server,
)
