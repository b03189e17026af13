"""Databases live in the emulator as their entries say."""

from typing import Any

import pytest

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of

_OPEN = "open-sesame-1"


def _cluster(world: World, made: Made) -> Any:
    found = world.client("rds").describe_db_clusters(DBClusterIdentifier=made.id)["DBClusters"][0]
    names = ("BackupRetentionPeriod", "DeletionProtection", "IAMDatabaseAuthenticationEnabled")
    return only(found, *names, "ServerlessV2ScalingConfiguration"), tags_of(found["TagList"])


def _member(world: World, made: Made) -> Any:
    found = world.client("rds").describe_db_instances(DBInstanceIdentifier=made.id)["DBInstances"][0]
    return only(found, "DBInstanceClass", "DBClusterIdentifier", "MonitoringInterval")


def _alone(world: World, made: Made) -> Any:
    name = made.inputs["identifier"]
    found = world.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return only(found, "DBInstanceClass", "MultiAZ", "AllocatedStorage"), tags_of(found["TagList"])


def _subnets(world: World, made: Made) -> Any:
    found = world.client("rds").describe_db_subnet_groups(DBSubnetGroupName=made.id)["DBSubnetGroups"][0]
    return {one["SubnetIdentifier"] for one in found["Subnets"]}


def _parameters(what: str) -> Any:
    def look(world: World, made: Made) -> Any:
        name = "DBClusterParameterGroupName" if what == "db_cluster" else "DBParameterGroupName"
        describe = getattr(world.client("rds"), f"describe_{what}_parameters")
        found = describe(**{name: made.id}, Source="user")["Parameters"]
        return {one["ParameterName"]: one["ParameterValue"] for one in found}

    return look


def _proxy(world: World, made: Made) -> Any:
    found = world.client("rds").describe_db_proxies(DBProxyName=made.id)["DBProxies"][0]
    return only(found, "IdleClientTimeout", "RequireTLS"), found["Auth"][0]["IAMAuth"]


def _pool(world: World, made: Made) -> Any:
    found = world.client("rds").describe_db_proxy_target_groups(DBProxyName=made.id)["TargetGroups"][0]
    return found["ConnectionPoolConfig"]["MaxConnectionsPercent"]


def _target(world: World, made: Made) -> Any:
    name = made.inputs["dbProxyName"]
    found = world.client("rds").describe_db_proxy_targets(DBProxyName=name)["Targets"]
    return next(one["RdsResourceId"] for one in found if one["RdsResourceId"] == made.inputs["dbClusterIdentifier"])


def _endpoint(world: World, made: Made) -> Any:
    name = made.inputs["dbProxyEndpointName"]
    found = world.client("rds").describe_db_proxy_endpoints(DBProxyEndpointName=name)["DBProxyEndpoints"][0]
    tags = world.client("rds").list_tags_for_resource(ResourceName=found["DBProxyEndpointArn"])["TagList"]
    return found["TargetRole"], len(found["VpcSecurityGroupIds"]), tags_of(tags)


def _parameter_group(token: str, what: str, family: str) -> Case:
    return Case(
        token=token,
        inputs=lambda _: {
            "family": family,
            "parameters": [
                {"name": "rds.logical_replication", "value": "1", "applyMethod": "pending-reboot"},
                {"name": "log_statement", "value": "ddl"},
            ],
            "tags": {"team": "a"},
        },
        look=_parameters(what),
        made={"rds.logical_replication": "1", "log_statement": "ddl"},
        change=lambda _: {"parameters": [{"name": "log_statement", "value": "all"}], "tags": {"team": "b"}},
        changed={"log_statement": "all"},
        outputs={"arn": ...},
    )


CASES = [
    Case(
        token="aws:rds/subnetGroup:SubnetGroup",
        inputs=lambda world: {"subnetIds": world.subnets[:2], "tags": {"team": "a"}},
        look=_subnets,
        made=lambda world, _: set(world.subnets[:2]),
        change=lambda world: {"subnetIds": world.subnets, "tags": {"team": "b"}},
        changed=lambda world, _: set(world.subnets),
        meddle=lambda world, made: world.client("rds").modify_db_subnet_group(
            DBSubnetGroupName=made.id, SubnetIds=world.subnets[1:]
        ),
        drifts=("subnetIds",),
        outputs={"arn": ..., "vpcId": lambda world, _: world.vpc, "supportedNetworkTypes": ["IPV4"]},
    ),
    _parameter_group("aws:rds/parameterGroup:ParameterGroup", "db", "postgres17"),
    _parameter_group("aws:rds/clusterParameterGroup:ClusterParameterGroup", "db_cluster", "aurora-postgresql17"),
    Case(
        token="aws:rds/cluster:Cluster",
        inputs=lambda world: {
            "engine": "aurora-postgresql",
            "engineVersion": "17.5",
            "masterUsername": "boss",
            "manageMasterUserPassword": True,
            "databaseName": "shop",
            "dbSubnetGroupName": world.database_subnets,
            "vpcSecurityGroupIds": world.groups[:1],
            "backupRetentionPeriod": 7,
            "deletionProtection": False,
            "enabledCloudwatchLogsExports": ["postgresql"],
            "iamDatabaseAuthenticationEnabled": True,
            "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4},
            "skipFinalSnapshot": True,
            "storageEncrypted": True,
            "port": 5432,
            "tags": {"team": "a"},
        },
        look=_cluster,
        made=(
            {
                "BackupRetentionPeriod": 7,
                "DeletionProtection": False,
                "IAMDatabaseAuthenticationEnabled": True,
                "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4.0},
            },
            {"team": "a"},
        ),
        change=lambda _: {
            "backupRetentionPeriod": 14,
            "serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 8},
            "tags": {"team": "b"},
        },
        changed=(
            {
                "BackupRetentionPeriod": 14,
                "DeletionProtection": False,
                "IAMDatabaseAuthenticationEnabled": True,
                "ServerlessV2ScalingConfiguration": {"MinCapacity": 1.0, "MaxCapacity": 8.0},
            },
            {"team": "b"},
        ),
        meddle=lambda world, made: world.client("rds").modify_db_cluster(
            DBClusterIdentifier=made.id, BackupRetentionPeriod=3
        ),
        drifts=("backupRetentionPeriod",),
        outputs={
            "arn": ...,
            "clusterResourceId": ...,
            "endpoint": "localhost",
            "readerEndpoint": "localhost",
            "port": ...,
            "masterUserSecrets": ...,
            "engineVersionActual": "17.5",
            "hostedZoneId": ...,
        },
    ),
    Case(
        token="aws:rds/clusterInstance:ClusterInstance",
        inputs=lambda world: {
            "clusterIdentifier": world.database_cluster,
            "engine": "aurora-postgresql",
            "instanceClass": "db.serverless",
            "promotionTier": 1,
            "performanceInsightsEnabled": True,
        },
        look=_member,
        made=lambda world, _: {
            "DBInstanceClass": "db.serverless",
            "DBClusterIdentifier": world.database_cluster,
            "MonitoringInterval": 0,
        },
        change=lambda _: {"instanceClass": "db.r7g.large"},
        changed=lambda world, _: {
            "DBInstanceClass": "db.r7g.large",
            "DBClusterIdentifier": world.database_cluster,
            "MonitoringInterval": 0,
        },
        meddle=lambda world, made: world.client("rds").modify_db_instance(
            DBInstanceIdentifier=made.id, DBInstanceClass="db.r7g.xlarge", ApplyImmediately=True
        ),
        drifts=("instanceClass",),
        outputs={"arn": ..., "dbiResourceId": ..., "endpoint": "localhost", "port": ..., "writer": True},
    ),
    Case(
        token="aws:rds/instance:Instance",
        inputs=lambda world: {
            "engine": "postgres",
            "engineVersion": "17.5",
            "instanceClass": "db.t4g.medium",
            "allocatedStorage": 20,
            "maxAllocatedStorage": 100,
            "dbName": "shop",
            "username": "boss",
            "password": _OPEN,
            "multiAz": True,
            "dbSubnetGroupName": world.database_subnets,
            "vpcSecurityGroupIds": world.groups[:1],
            "skipFinalSnapshot": True,
            "port": 5432,
            "tags": {"team": "a"},
        },
        look=_alone,
        made=({"DBInstanceClass": "db.t4g.medium", "MultiAZ": True, "AllocatedStorage": 20}, {"team": "a"}),
        change=lambda _: {"instanceClass": "db.m7g.large", "allocatedStorage": 40, "tags": {"team": "b"}},
        changed=({"DBInstanceClass": "db.m7g.large", "MultiAZ": True, "AllocatedStorage": 40}, {"team": "b"}),
        meddle=lambda world, made: world.client("rds").modify_db_instance(
            DBInstanceIdentifier=made.inputs["identifier"], MultiAZ=False, ApplyImmediately=True
        ),
        drifts=("multiAz",),
        outputs={"arn": ..., "address": "localhost", "endpoint": ..., "port": ..., "resourceId": ...},
    ),
    Case(
        token="aws:rds/proxy:Proxy",
        inputs=lambda world: {
            "engineFamily": "POSTGRESQL",
            "roleArn": world.role,
            "vpcSubnetIds": world.subnets,
            "vpcSecurityGroupIds": world.groups[:1],
            "auths": [{"authScheme": "SECRETS", "iamAuth": "REQUIRED", "secretArn": world.secret}],
            "requireTls": True,
            "tags": {"team": "a"},
        },
        look=_proxy,
        made=({"IdleClientTimeout": 1800, "RequireTLS": True}, "REQUIRED"),
        change=lambda world: {"idleClientTimeout": 60, "vpcSecurityGroupIds": world.groups, "tags": {"team": "b"}},
        changed=({"IdleClientTimeout": 60, "RequireTLS": True}, "REQUIRED"),
        outputs={"arn": ..., "endpoint": "localhost"},
    ),
    Case(
        token="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        inputs=lambda world: {
            "dbProxyName": world.database_proxy,
            "connectionPoolConfig": {"maxConnectionsPercent": 90, "connectionBorrowTimeout": 30},
        },
        look=_pool,
        made=90,
        change=lambda _: {"connectionPoolConfig": {"maxConnectionsPercent": 80, "connectionBorrowTimeout": 30}},
        changed=80,
        outputs={"arn": ..., "name": "default"},
        stays=True,
    ),
    Case(
        token="aws:rds/proxyTarget:ProxyTarget",
        inputs=lambda world: {
            "dbProxyName": world.database_proxy,
            "targetGroupName": "default",
            "dbClusterIdentifier": world.database_cluster,
        },
        look=_target,
        made=lambda world, _: world.database_cluster,
        outputs={"type": "TRACKED_CLUSTER"},
    ),
    Case(
        token="aws:rds/proxyEndpoint:ProxyEndpoint",
        inputs=lambda world: {
            "dbProxyName": world.database_proxy,
            "dbProxyEndpointName": "readers",
            "targetRole": "READ_ONLY",
            "vpcSubnetIds": world.subnets,
            "vpcSecurityGroupIds": world.groups[:1],
            "tags": {"team": "a"},
        },
        look=_endpoint,
        made=("READ_ONLY", 1, {"team": "a"}),
        change=lambda world: {"vpcSecurityGroupIds": world.groups, "tags": {"team": "b"}},
        changed=("READ_ONLY", 2, {"team": "b"}),
        outputs={"arn": ..., "endpoint": "localhost"},
    ),
]


@parametrize(CASES)
def test_a_part_of_rds_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        ("cluster:Cluster", {"engine": "aurora-postgresql", "backupRetentionPeriod": 36}, "backupRetentionPeriod"),
        ("cluster:Cluster", {}, "engine"),
        ("clusterInstance:ClusterInstance", {"engine": "aurora-postgresql", "instanceClass": "x"}, "clusterIdentifier"),
        ("instance:Instance", {"engine": "postgres"}, "instanceClass"),
        ("subnetGroup:SubnetGroup", {}, "subnetIds"),
    ],
)
def test_what_aws_would_refuse_is_a_fault(token: str, inputs: dict[str, Any], path: str, world: World) -> None:
    _, faults = resources.check(world.account, CATALOGUE[f"aws:rds/{token}"], "it", b"x", {}, inputs)
    assert path in [fault.path for fault in faults]
