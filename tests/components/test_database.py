"""Database: every default, every option, every refusal, and what may change without losing a row."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Database, DatabaseArgs
from tenfold.database_engine import class_memory_gib, max_connections
from tenfold.errors import TenfoldError
from tests.components.building import Built, Registered, build, refused

GOLDEN = Path(__file__).parent / "golden" / "database.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app"
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
PLACEMENT: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ZONES,
    "public_subnet_ids": ["subnet-1", "subnet-2", "subnet-3"],
    "app_subnet_ids": ["subnet-4", "subnet-5", "subnet-6"],
    "data_subnet_ids": ["subnet-7", "subnet-8", "subnet-9"],
}
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CLUSTER = "aws:rds/cluster:Cluster"
GIB = 1024**3
IDENTIFIER = "orders-0a1b2c"


def database(preview: bool = False, **args: Any) -> Built[Database]:
    whole = {"placement": PLACEMENT, **args}
    return build(lambda: Database("orders", cast("DatabaseArgs", whole)), preview=preview)


def faults(**args: Any) -> dict[str, tuple[str, str]]:
    return refused(lambda: Database("orders", cast("DatabaseArgs", {"placement": PLACEMENT, **args}))).faults


def cluster(**args: Any) -> dict[str, Any]:
    return database(**args)["orders-cluster"].inputs


def instance(**args: Any) -> dict[str, Any]:
    args.setdefault("engine", "postgres")
    return database(**args)["orders-instance"].inputs


def parameters(resource: Registered) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["value"], each["applyMethod"]) for each in resource.inputs["parameters"]}


def statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return found["Statement"]


def alarm(built: Built[Database], kind: str) -> tuple[str, dict[str, str], str, float]:
    found = built[f"orders-{kind}"].inputs
    return found["metricName"], found["dimensions"], found["comparisonOperator"], found["threshold"]


def names(built: Built[Database], token: str) -> set[str]:
    return {resource.name for resource in built.of(token)}


class TestAurora:
    def test_it_is_serverless_postgresql_with_a_writer_and_a_standby(self) -> None:
        built = database()
        found = built["orders-cluster"].inputs
        assert (found["engine"], found["engineVersion"], found["databaseName"]) == ("aurora-postgresql", "17", "app")
        assert found["serverlessv2ScalingConfiguration"] == {"minCapacity": 0.5, "maxCapacity": 16}
        assert (found["clusterIdentifier"], found["port"]) == (IDENTIFIER, 5432)
        for name in ("orders-writer", "orders-reader-standby"):
            each = built[name].inputs
            assert (each["instanceClass"], each["engine"]) == ("db.serverless", "aurora-postgresql")
            assert each["publiclyAccessible"] is False
        assert built["orders-writer"].inputs["identifier"] == f"{IDENTIFIER}-writer"
        assert built["orders-reader-standby"].inputs["identifier"] == f"{IDENTIFIER}-standby"

    def test_writer_and_reader_are_in_different_zones_and_the_reader_comes_second(self) -> None:
        built = database()
        writer, reader = built["orders-writer"], built["orders-reader-standby"]
        assert (writer.inputs["availabilityZone"], reader.inputs["availabilityZone"]) == ("us-east-1a", "us-east-1b")
        assert (writer.inputs["promotionTier"], reader.inputs["promotionTier"]) == (0, 1)
        assert "orders-writer" in reader.depends_on

    def test_it_is_encrypted_backed_up_and_cannot_go_in_passing(self) -> None:
        built = database()
        found = built["orders-cluster"]
        assert found.protect is True
        assert found.inputs["storageEncrypted"] is True
        assert found.inputs["backupRetentionPeriod"] == 7
        assert found.inputs["copyTagsToSnapshot"] is True
        assert found.inputs["deletionProtection"] is True
        assert found.inputs["skipFinalSnapshot"] is False
        assert found.inputs["finalSnapshotIdentifier"] == f"{IDENTIFIER}-final"
        assert found.inputs["deleteAutomatedBackups"] is False

    def test_rds_keeps_the_password_and_users_sign_in_by_iam(self) -> None:
        found = cluster()
        assert found["manageMasterUserPassword"] is True
        assert found["iamDatabaseAuthenticationEnabled"] is True
        assert found["masterUsername"] == "dbadmin"
        assert not {"masterPassword", "masterPasswordWo"} & found.keys()

    def test_tls_is_required_and_slow_statements_are_logged(self) -> None:
        group = database()["orders-cluster-parameters"]
        assert group.inputs["family"] == "aurora-postgresql17"
        assert parameters(group) == {
            "rds.force_ssl": ("1", "immediate"),
            "log_min_duration_statement": ("1000", "immediate"),
        }

    def test_logs_go_to_groups_that_exist_before_it_and_are_kept_for_30_days(self) -> None:
        built = database()
        assert built["orders-cluster"].inputs["enabledCloudwatchLogsExports"] == ["iam-db-auth-error", "postgresql"]
        for log in ("iam-db-auth-error", "postgresql"):
            group = built[f"orders-logs-{log}"]
            assert group.inputs["name"] == f"/aws/rds/cluster/{IDENTIFIER}/{log}"
            assert group.inputs["retentionInDays"] == 30
            assert f"orders-logs-{log}" in built["orders-cluster"].depends_on

    def test_insights_are_standard(self) -> None:
        found = cluster()
        assert (found["databaseInsightsMode"], found["performanceInsightsEnabled"]) == ("standard", True)
        assert found["performanceInsightsRetentionPeriod"] == 7

    def test_a_database_that_may_go_is_not_protected_and_leaves_what_it_is_told_to(self) -> None:
        backup = {"retention_days": 35, "final_snapshot": False, "keep_after_deletion": False, "window": "03:00-04:00"}
        found = database(deletion_protection=False, backup=backup)["orders-cluster"]
        assert (found.protect, found.inputs["deletionProtection"]) == (False, False)
        assert found.inputs["skipFinalSnapshot"] is True
        assert "finalSnapshotIdentifier" not in found.inputs
        assert found.inputs["deleteAutomatedBackups"] is True
        assert (found.inputs["backupRetentionPeriod"], found.inputs["preferredBackupWindow"]) == (35, "03:00-04:00")

    def test_it_can_pause(self) -> None:
        found = cluster(capacity={"min_acu": 0, "max_acu": 2, "seconds_until_pause": 600})
        expected = {"minCapacity": 0, "maxCapacity": 2, "secondsUntilAutoPause": 600}
        assert found["serverlessv2ScalingConfiguration"] == expected

    def test_a_least_capacity_above_the_default_maximum_is_the_maximum(self) -> None:
        found = cluster(capacity={"min_acu": 32})
        assert found["serverlessv2ScalingConfiguration"] == {"minCapacity": 32, "maxCapacity": 32}

    def test_instances_can_be_of_a_class_and_readers_of_another(self) -> None:
        built = database(
            capacity={"instance_class": "db.r8g.xlarge"},
            readers={"standby": {}, "reports": {"instance_class": "db.r8g.large", "promotion_tier": 15}},
        )
        assert "serverlessv2ScalingConfiguration" not in built["orders-cluster"].inputs
        assert built["orders-writer"].inputs["instanceClass"] == "db.r8g.xlarge"
        assert built["orders-reader-standby"].inputs["instanceClass"] == "db.r8g.xlarge"
        reports = built["orders-reader-reports"].inputs
        assert (reports["instanceClass"], reports["promotionTier"]) == ("db.r8g.large", 15)

    def test_a_reader_can_be_in_a_zone_of_the_programs_choice(self) -> None:
        built = database(readers={"standby": {"zone": pulumi.Output.from_input("us-east-1c")}})
        assert built["orders-reader-standby"].inputs["availabilityZone"] == "us-east-1c"

    def test_no_instance_moves_when_the_network_or_the_readers_grow(self) -> None:
        built = database(readers={"a": {}, "b": {}})
        for name in ("orders-writer", "orders-reader-a", "orders-reader-b"):
            assert "availabilityZone" in built[name].ignore_changes

    def test_without_readers_there_is_a_writer_alone(self) -> None:
        built = database(readers={})
        assert names(built, "aws:rds/clusterInstance:ClusterInstance") == {"orders-writer"}
        assert not {"orders-reader-load-alarm", "orders-lag-alarm"} & names(built, ALARM)

    def test_readers_come_and_go_with_their_load(self) -> None:
        built = database(reader_scaling={"max_readers": 5})
        target, policy = built["orders-readers"].inputs, built["orders-readers-by-load"].inputs
        assert (target["serviceNamespace"], target["scalableDimension"]) == ("rds", "rds:cluster:ReadReplicaCount")
        assert target["resourceId"] == f"cluster:{IDENTIFIER}"
        assert (target["minCapacity"], target["maxCapacity"]) == (1, 5)
        tracking = policy["targetTrackingScalingPolicyConfiguration"]
        assert tracking["predefinedMetricSpecification"] == {"predefinedMetricType": "RDSReaderAverageCPUUtilization"}
        assert tracking["targetValue"] == 70

    def test_readers_can_follow_connections(self) -> None:
        built = database(reader_scaling={"min_readers": 2, "max_readers": 15, "connections": 700})
        assert built["orders-readers"].inputs["minCapacity"] == 2
        tracking = built["orders-readers-by-load"].inputs["targetTrackingScalingPolicyConfiguration"]
        expected = {"predefinedMetricType": "RDSReaderAverageDatabaseConnections"}
        assert (tracking["predefinedMetricSpecification"], tracking["targetValue"]) == (expected, 700)

    def test_it_speaks_mysql_too(self) -> None:
        built = database(engine="aurora-mysql", parameters={"logical_replication": True})
        found = built["orders-cluster"].inputs
        assert (found["engine"], found["engineVersion"], found["port"]) == ("aurora-mysql", "8.0", 3306)
        assert found["enabledCloudwatchLogsExports"] == ["error", "iam-db-auth-error", "slowquery"]
        group = built["orders-cluster-parameters"]
        assert group.inputs["family"] == "aurora-mysql8.0"
        assert parameters(group) == {
            "require_secure_transport": ("ON", "immediate"),
            "slow_query_log": ("1", "immediate"),
            "long_query_time": ("1", "immediate"),
            "log_output": ("FILE", "immediate"),
            "binlog_format": ("ROW", "pending-reboot"),
        }

    def test_storage_can_be_io_optimized_and_of_a_key_of_ones_own(self) -> None:
        found = cluster(storage={"io_optimized": True, "kms_key_arn": KEY})
        assert (found["storageType"], found["kmsKeyId"]) == ("aurora-iopt1", KEY)
        assert "storageType" not in cluster()

    def test_it_starts_from_a_snapshot_once(self) -> None:
        found = database(restore={"snapshot_identifier": "old-final"})["orders-cluster"]
        assert found.inputs["snapshotIdentifier"] == "old-final"
        assert {"snapshotIdentifier", "restoreToPointInTime"} <= found.ignore_changes

    def test_it_starts_from_a_moment_of_anothers_past(self) -> None:
        found = cluster(restore={"source_identifier": "old", "time": "2026-03-01T12:00:00Z"})
        expected = {"sourceClusterIdentifier": "old", "restoreToTime": "2026-03-01T12:00:00Z"}
        assert found["restoreToPointInTime"] == expected
        latest = cluster(restore={"source_identifier": "old"})["restoreToPointInTime"]
        assert latest == {"sourceClusterIdentifier": "old", "useLatestRestorableTime": True}

    def test_it_changes_when_and_how_it_is_told(self) -> None:
        maintenance = {
            "window": "sun:04:00-sun:05:00",
            "auto_minor_version_upgrade": False,
            "allow_major_version_upgrade": True,
            "apply_immediately": True,
        }
        built = database(maintenance=maintenance)
        found, writer = built["orders-cluster"].inputs, built["orders-writer"].inputs
        assert found["preferredMaintenanceWindow"] == writer["preferredMaintenanceWindow"] == "sun:04:00-sun:05:00"
        assert (found["allowMajorVersionUpgrade"], found["applyImmediately"]) == (True, True)
        assert (writer["autoMinorVersionUpgrade"], writer["applyImmediately"]) == (False, True)

    def test_by_default_changes_wait_for_the_window(self) -> None:
        built = database()
        found, writer = built["orders-cluster"].inputs, built["orders-writer"].inputs
        assert (found["allowMajorVersionUpgrade"], found["applyImmediately"]) == (False, False)
        assert (writer["autoMinorVersionUpgrade"], writer["applyImmediately"]) == (True, False)
        assert "preferredMaintenanceWindow" not in found


class TestInstance:
    def test_it_has_a_standby_in_another_zone(self) -> None:
        built = database(engine="postgres")
        found = built["orders-instance"]
        assert (found.inputs["engine"], found.inputs["engineVersion"]) == ("postgres", "17")
        assert (found.inputs["multiAz"], found.inputs["instanceClass"]) == (True, "db.m7g.large")
        assert (found.inputs["allocatedStorage"], found.inputs["maxAllocatedStorage"]) == (100, 1000)
        assert (found.inputs["storageType"], found.inputs["storageEncrypted"]) == ("gp3", True)
        assert found.inputs["manageMasterUserPassword"] is True
        assert found.inputs["iamDatabaseAuthenticationEnabled"] is True
        assert (found.protect, found.inputs["deletionProtection"]) == (True, True)
        assert found.inputs["finalSnapshotIdentifier"] == f"{IDENTIFIER}-final"
        assert found.inputs["publiclyAccessible"] is False
        assert names(built, CLUSTER) == set()

    def test_it_can_do_without_its_standby(self) -> None:
        assert instance(capacity={"multi_az": False})["multiAz"] is False

    def test_mysql_has_parameters_of_its_own(self) -> None:
        built = database(engine="mysql", monitoring={"slow_query_ms": 250})
        group = built["orders-parameters"]
        assert group.inputs["family"] == "mysql8.4"
        assert parameters(group) == {
            "require_secure_transport": ("1", "immediate"),
            "slow_query_log": ("1", "immediate"),
            "long_query_time": ("0.25", "immediate"),
            "log_output": ("FILE", "immediate"),
        }
        assert built["orders-instance"].inputs["parameterGroupName"] == "orders-parameters-0a1b2c"

    def test_logs_are_those_of_its_engine(self) -> None:
        built = database(engine="postgres", monitoring={"log_retention_days": 365})
        group = built["orders-logs-upgrade"].inputs
        assert (group["name"], group["retentionInDays"]) == (f"/aws/rds/instance/{IDENTIFIER}/upgrade", 365)

    def test_its_volume_can_be_others(self) -> None:
        fast = instance(storage={"type": "io2", "iops": 20_000, "allocated_gb": 500, "max_gb": 2000})
        assert (fast["storageType"], fast["iops"]) == ("io2", 20_000)
        assert (fast["allocatedStorage"], fast["maxAllocatedStorage"]) == (500, 2000)
        plain = instance(storage={"iops": 16_000, "throughput_mbps": 1000, "allocated_gb": 400})
        assert (plain["storageType"], plain["iops"], plain["storageThroughput"]) == ("gp3", 16_000, 1000)

    def test_replicas_are_read_and_in_other_zones(self) -> None:
        built = database(engine="postgres", readers={"reports": {}, "search": {"instance_class": "db.r8g.large"}})
        reports, search = built["orders-replica-reports"], built["orders-replica-search"]
        assert reports.inputs["replicateSourceDb"] == IDENTIFIER
        assert (reports.inputs["identifier"], reports.inputs["availabilityZone"]) == (
            f"{IDENTIFIER}-reports",
            "us-east-1b",
        )
        assert (search.inputs["instanceClass"], search.inputs["availabilityZone"]) == ("db.r8g.large", "us-east-1c")
        assert (reports.inputs["skipFinalSnapshot"], reports.inputs["storageEncrypted"]) == (True, True)
        # AWS takes these from the source and refuses them here.
        assert not {"username", "dbName", "engine", "engineVersion", "allocatedStorage"} & reports.inputs.keys()
        assert "availabilityZone" in reports.ignore_changes
        assert built.value(built.result.reader_endpoint) == "orders-replica-reports.us-east-1.rds.amazonaws.com"

    def test_changes_can_be_made_to_a_copy_that_takes_over(self) -> None:
        found = instance(engine="mysql", maintenance={"blue_green": True})
        assert found["blueGreenUpdate"] == {"enabled": True}
        assert "blueGreenUpdate" not in instance()

    def test_it_starts_from_a_moment_of_anothers_past(self) -> None:
        found = instance(restore={"source_identifier": "old"})["restoreToPointInTime"]
        assert found == {"sourceDbInstanceIdentifier": "old", "useLatestRestorableTime": True}


class TestNetwork:
    def test_it_is_in_the_data_subnets_and_lets_nobody_in(self) -> None:
        built = database()
        assert built["orders-subnets"].inputs["subnetIds"] == ["subnet-7", "subnet-8", "subnet-9"]
        assert built["orders-cluster"].inputs["vpcSecurityGroupIds"] == ["orders-sg-id"]
        assert not built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        assert not built.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")

    def test_clients_are_let_in_on_one_port_by_name(self) -> None:
        rule = database(clients={"web": "sg-1", "jobs": "sg-2"})["orders-client-web"].inputs
        assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == ("orders-sg-id", "sg-1")
        assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 5432, 5432)

    def test_mysql_has_another_port(self) -> None:
        rule = database(engine="mysql", clients={"web": "sg-1"})["orders-client-web"].inputs
        assert (rule["fromPort"], rule["toPort"]) == (3306, 3306)


class TestProxy:
    def test_clients_sign_in_to_it_by_iam_and_so_does_it(self) -> None:
        built = database(proxy={}, clients={"web": "sg-1"})
        proxy = built["orders-proxy"].inputs
        assert (proxy["engineFamily"], proxy["defaultAuthScheme"]) == ("POSTGRESQL", "IAM_AUTH")
        assert (proxy["requireTls"], proxy["idleClientTimeout"]) == (True, 1800)
        (connect,) = statements(built["orders-proxy-policy"].inputs["policy"])
        assert connect["Action"] == ["rds-db:connect"]
        user = "arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-orders-cluster/app"
        assert connect["Resource"] == [user]

    def test_it_reaches_the_database_alone_and_clients_reach_both(self) -> None:
        built = database(proxy={}, clients={"web": "sg-1"})
        client, out, back = (built[f"orders-{kind}"].inputs for kind in ("proxy-client-web", "proxy-out", "from-proxy"))
        group, own = "orders-sg-id", "orders-proxy-sg-id"
        assert (client["securityGroupId"], client["referencedSecurityGroupId"]) == (own, "sg-1")
        assert (out["securityGroupId"], out["referencedSecurityGroupId"], out["toPort"]) == (own, group, 5432)
        assert (back["securityGroupId"], back["referencedSecurityGroupId"], back["toPort"]) == (group, own, 5432)
        assert built["orders-client-web"].inputs["securityGroupId"] == group

    def test_it_shares_most_of_the_connections(self) -> None:
        pool = database(proxy={})["orders-proxy-targets"].inputs["connectionPoolConfig"]
        assert pool == {"maxConnectionsPercent": 90, "connectionBorrowTimeout": 120}
        wanted = {"max_connections_percent": 50, "borrow_timeout_seconds": 5, "idle_client_timeout_seconds": 60}
        built = database(proxy=wanted)
        pool = built["orders-proxy-targets"].inputs["connectionPoolConfig"]
        assert pool == {"maxConnectionsPercent": 50, "connectionBorrowTimeout": 5}
        assert built["orders-proxy"].inputs["idleClientTimeout"] == 60

    def test_its_target_comes_after_the_instances(self) -> None:
        target = database(proxy={})["orders-proxy-target"]
        assert target.inputs["dbClusterIdentifier"] == IDENTIFIER
        assert {"orders-writer", "orders-reader-standby"} <= target.depends_on
        assert database(engine="postgres", proxy={})["orders-proxy-target"].inputs["dbInstanceIdentifier"] == IDENTIFIER

    def test_programs_go_through_it_and_migrations_past_it(self) -> None:
        built = database(proxy={})
        result = built.result
        assert built["orders-proxy-readers"].inputs["targetRole"] == "READ_ONLY"
        proxy, readers = ("orders-proxy", "orders-proxy-readers")
        assert built.value(result.endpoint) == f"{proxy}.cluster.us-east-1.rds.amazonaws.com"
        assert built.value(result.reader_endpoint) == f"{readers}.cluster.us-east-1.rds.amazonaws.com"
        assert built.value(result.direct_endpoint) == "orders-cluster.cluster.us-east-1.rds.amazonaws.com"
        (connect,) = statements(built.value(result.connect_policy_json))
        assert [resource.rpartition(":")[2] for resource in connect["Resource"]] == [
            "cluster-orders-cluster/app",
            "orders-proxy/app",
        ]

    def test_without_readers_it_has_one_address(self) -> None:
        built = database(proxy={}, readers={})
        assert "orders-proxy-readers" not in {resource.name for resource in built.resources}
        assert built.value(built.result.reader_endpoint) == built.value(built.result.endpoint)

    def test_passwords_come_from_the_secrets_that_it_may_read(self) -> None:
        built = database(
            proxy={"iam": False, "secret_arns": {"app": SECRET}, "secret_kms_key_arns": {"app": KEY}},
            access={"secret_kms_key_arn": f"{KEY}-master"},
        )
        proxy = built["orders-proxy"].inputs
        master = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-cluster"
        assert proxy["defaultAuthScheme"] == "NONE"
        assert [auth["secretArn"] for auth in proxy["auths"]] == [master, SECRET]
        read, decrypt = statements(built["orders-proxy-policy"].inputs["policy"])
        assert read["Resource"] == [master, SECRET]
        assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [f"{KEY}-master", KEY])
        # Nobody signs in to this proxy by IAM.
        (connect,) = statements(built.value(built.result.connect_policy_json))
        assert len(connect["Resource"]) == 1

    def test_its_address_stays_when_the_network_grows(self) -> None:
        built = database(proxy={})
        assert "vpcSubnetIds" in built["orders-proxy"].ignore_changes
        assert "vpcSubnetIds" in built["orders-proxy-readers"].ignore_changes


class TestAccess:
    def test_users_and_rotation_are_the_programs_choice(self) -> None:
        access = {
            "master_username": "owner",
            "rotation_days": 30,
            "secret_kms_key_arn": KEY,
            "iam_users": ["web", "etl"],
        }
        built = database(access=access)
        found = built["orders-cluster"].inputs
        assert (found["masterUsername"], found["masterUserSecretKmsKeyId"]) == ("owner", KEY)
        rotation = built["orders-rotation"].inputs
        assert rotation["rotationRules"] == {"automaticallyAfterDays": 30}
        assert rotation["rotateImmediately"] is False
        (connect,) = statements(built.value(built.result.connect_policy_json))
        assert connect["Resource"] == [
            "arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-orders-cluster/web",
        ]
        (other,) = statements(built.value(built.result.connect_policy_json_of("etl")))
        assert other["Resource"] == ["arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-orders-cluster/etl"]
        read, decrypt = statements(built.value(built.result.secret_policy_json))
        assert read["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        assert decrypt["Condition"] == {"StringLike": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com*"}}

    def test_the_password_is_changed_by_rds_without_a_resource(self) -> None:
        assert "orders-rotation" not in {resource.name for resource in database().resources}

    def test_a_user_that_the_database_does_not_know_gets_no_policy(self) -> None:
        built = database()
        with pytest.raises(TenfoldError, match="iam_users has no 'root'; it has: app"):
            built.result.connect_policy_json_of("root")

    def test_a_program_is_told_where_it_is_and_no_password(self) -> None:
        built = database(database_name="shop")
        assert built.value(built.result.environment) == {
            "ORDERS_DATABASE_HOST": "orders-cluster.cluster.us-east-1.rds.amazonaws.com",
            "ORDERS_DATABASE_READER_HOST": "orders-cluster.cluster-ro.us-east-1.rds.amazonaws.com",
            "ORDERS_DATABASE_PORT": "5432",
            "ORDERS_DATABASE_NAME": "shop",
            "ORDERS_DATABASE_USER": "app",
            "ORDERS_DATABASE_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-cluster",
        }

    def test_grants_are_the_policies_as_resources(self) -> None:
        def program() -> Database:
            one = Database(
                "orders", cast("DatabaseArgs", {"placement": PLACEMENT, "access": {"iam_users": ["app", "etl"]}})
            )
            role = aws.iam.Role("web", assume_role_policy="{}")
            one.grant_connect(role)
            one.grant_secret(role)
            one.grant_connect(aws.iam.Role("etl", assume_role_policy="{}"), "etl")
            return one

        built = build(program)
        assert built["orders-connect-grant-web"].inputs["policy"] == built.value(built.result.connect_policy_json)
        assert built["orders-secret-grant-web"].inputs["policy"] == built.value(built.result.secret_policy_json)
        (connect,) = statements(built["orders-connect-grant-etl"].inputs["policy"])
        assert connect["Resource"][0].endswith("/etl")


class TestParameters:
    def test_those_of_the_program_come_with_the_time_they_take_effect(self) -> None:
        given_parameters = {
            "logical_replication": True,
            "dynamic": {"work_mem": "65536"},
            "static": {"max_connections": "2000"},
        }
        found = parameters(database(parameters=given_parameters)["orders-cluster-parameters"])
        assert found["rds.logical_replication"] == ("1", "pending-reboot")
        assert found["work_mem"] == ("65536", "immediate")
        assert found["max_connections"] == ("2000", "pending-reboot")

    @pytest.mark.parametrize(
        ("engine", "version", "family"),
        [
            ("aurora-postgresql", "16.6", "aurora-postgresql16"),
            ("postgres", "18.1", "postgres18"),
            ("aurora-mysql", "8.0.mysql_aurora.3.10.0", "aurora-mysql8.0"),
            ("mysql", "8.4.6", "mysql8.4"),
        ],
    )
    def test_the_family_follows_the_version(self, engine: str, version: str, family: str) -> None:
        built = database(engine=engine, engine_version=version)
        kind = "cluster-parameters" if engine.startswith("aurora") else "parameters"
        assert built[f"orders-{kind}"].inputs["family"] == family


class TestMonitoring:
    def test_advanced_insights_look_back_15_months(self) -> None:
        found = cluster(monitoring={"insights": "advanced"})
        assert (found["databaseInsightsMode"], found["performanceInsightsRetentionPeriod"]) == ("advanced", 465)

    def test_insights_can_be_off(self) -> None:
        found = cluster(monitoring={"insights": "none"})
        assert found["performanceInsightsEnabled"] is False
        assert not {"databaseInsightsMode", "performanceInsightsRetentionPeriod"} & found.keys()

    def test_the_operating_system_is_looked_at_with_a_role_that_writes_there_alone(self) -> None:
        built = database(monitoring={"enhanced_seconds": 15})
        for name in ("orders-writer", "orders-reader-standby"):
            assert built[name].inputs["monitoringInterval"] == 15
            assert built[name].inputs["monitoringRoleArn"].endswith("orders-monitoring-role")
        trust = json.loads(built["orders-monitoring-role"].inputs["assumeRolePolicy"])
        assert trust["Statement"][0]["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
        group = "arn:aws:logs:us-east-1:123456789012:log-group:RDSOSMetrics"
        allowed = statements(built["orders-monitoring-policy"].inputs["policy"])
        assert {resource for each in allowed for resource in each["Resource"]} == {
            group,
            f"{group}:*",
            f"{group}:log-stream:*",
        }

    def test_a_topic_is_told_of_failovers(self) -> None:
        events = database(monitoring={"event_topic_arn": TOPIC})["orders-events"].inputs
        assert (events["snsTopic"], events["sourceType"], events["sourceIds"]) == (TOPIC, "db-cluster", [IDENTIFIER])
        assert events["eventCategories"] == ["failover", "failure", "maintenance"]
        events = database(engine="postgres", readers={"a": {}}, monitoring={"event_topic_arn": TOPIC})["orders-events"]
        assert events.inputs["sourceIds"] == [IDENTIFIER, f"{IDENTIFIER}-a"]
        assert "low storage" in events.inputs["eventCategories"]


class TestAlarms:
    def test_serverless_instances_are_near_their_greatest_capacity(self) -> None:
        built = database()
        writer = {"DBClusterIdentifier": IDENTIFIER, "Role": "WRITER"}
        assert alarm(built, "load-alarm") == ("ACUUtilization", writer, "GreaterThanThreshold", 90)
        readers = {**writer, "Role": "READER"}
        assert alarm(built, "reader-load-alarm") == ("ACUUtilization", readers, "GreaterThanThreshold", 90)

    def test_connections_and_memory_follow_from_the_size(self) -> None:
        every = {"DBClusterIdentifier": IDENTIFIER}
        # Down to half an ACU, it takes 2000 connections at most; 16 ACU are 32 GiB.
        built = database()
        assert alarm(built, "connections-alarm") == ("DatabaseConnections", every, "GreaterThanThreshold", 1600)
        assert alarm(built, "memory-alarm") == ("FreeableMemory", every, "LessThanThreshold", 32 * GIB / 10)
        built = database(capacity={"instance_class": "db.r8g.large"})
        # 16 GiB / 9531392 = 1802 connections.
        assert alarm(built, "connections-alarm")[3] == int(1802 * 0.8)
        assert alarm(built, "load-alarm")[0] == "CPUUtilization"

    def test_readers_lag_and_statements_deadlock(self) -> None:
        built = database()
        every = {"DBClusterIdentifier": IDENTIFIER}
        assert alarm(built, "lag-alarm") == ("AuroraReplicaLagMaximum", every, "GreaterThanThreshold", 2000)
        assert alarm(built, "deadlock-alarm")[0] == "Deadlocks"

    @pytest.mark.parametrize(
        ("engine", "dimension"), [("aurora-postgresql", "DBClusterIdentifier"), ("postgres", "DBInstanceIdentifier")]
    )
    def test_postgresql_runs_out_of_transaction_ids_at_the_billion_that_aws_recommends(
        self, engine: str, dimension: str
    ) -> None:
        built = database(engine=engine)
        expected = ("MaximumUsedTransactionIDs", {dimension: IDENTIFIER}, "GreaterThanThreshold", 1_000_000_000)
        assert alarm(built, "transaction-ids-alarm") == expected

    @pytest.mark.parametrize("engine", ["aurora-mysql", "mysql"])
    def test_mysql_has_no_transaction_ids_that_run_out(self, engine: str) -> None:
        assert "orders-transaction-ids-alarm" not in names(database(engine=engine), ALARM)

    def test_an_instance_runs_out_of_its_volume(self) -> None:
        built = database(engine="postgres", readers={"reports": {}})
        primary = {"DBInstanceIdentifier": IDENTIFIER}
        assert alarm(built, "storage-alarm") == ("FreeStorageSpace", primary, "LessThanThreshold", 10 * GIB)
        replica = {"DBInstanceIdentifier": f"{IDENTIFIER}-reports"}
        assert alarm(built, "lag-alarm-reports") == ("ReplicaLag", replica, "GreaterThanThreshold", 60)
        assert "orders-deadlock-alarm" not in names(built, ALARM)

    @pytest.mark.parametrize(
        ("name", "gib"),
        [
            ("db.t4g.micro", 1),
            ("db.t4g.medium", 4),
            ("db.m7g.large", 8),
            ("db.r8g.large", 16),
            ("db.r6gd.xlarge", 32),
            ("db.r7i.16xlarge", 512),
            ("db.x2g.large", None),
        ],
    )
    def test_the_memory_of_classes_is_known(self, name: str, gib: float | None) -> None:
        assert class_memory_gib(name) == gib

    @pytest.mark.parametrize(
        ("engine", "instance_class", "documented"),
        [
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html
            ("aurora-mysql", "db.r6g.large", 1000),
            ("aurora-mysql", "db.r6g.2xlarge", 3000),
            ("aurora-postgresql", "db.r6g.8xlarge", 5000),
        ],
    )
    def test_connections_are_about_those_that_aws_documents(
        self, engine: str, instance_class: str, documented: int
    ) -> None:
        args = database(engine=engine, capacity={"instance_class": instance_class})
        limit = args["orders-connections-alarm"].inputs["threshold"] / 0.8
        assert limit == pytest.approx(documented, rel=0.1)


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"engine": "oracle"}, "engine"),
    ({"engine_version": "12"}, "engine_version"),
    ({"engine": "mysql", "engine_version": "17"}, "engine_version"),
    ({"capacity": {"min_acu": 0.7}}, "capacity.min_acu"),
    ({"capacity": {"min_acu": 4, "max_acu": 2}}, "capacity.max_acu"),
    ({"capacity": {"max_acu": 257}}, "capacity.max_acu"),
    ({"capacity": {"min_acu": 1, "seconds_until_pause": 300}}, "capacity.seconds_until_pause"),
    ({"capacity": {"min_acu": 0, "seconds_until_pause": 299}}, "capacity.seconds_until_pause"),
    ({"capacity": {"min_acu": 1, "instance_class": "db.r8g.large"}}, "capacity.min_acu"),
    ({"capacity": {"instance_class": "r8g.large"}}, "capacity.instance_class"),
    ({"capacity": {"instance_class": "db.serverless"}}, "capacity.instance_class"),
    ({"capacity": {"instance_class": "db.x2g.large"}}, "capacity.memory_gib"),
    ({"capacity": {"memory_gib": 32}}, "capacity.memory_gib"),
    ({"capacity": {"multi_az": True}}, "capacity.multi_az"),
    ({"engine": "postgres", "capacity": {"max_acu": 4}}, "capacity.max_acu"),
    ({"readers": {"writer": {}}}, "readers.writer"),
    ({"readers": {"Upper": {}}}, "readers.Upper"),
    ({"readers": {f"r{letter}": {} for letter in "abcdefghijklmnop"}}, "readers"),
    ({"readers": {"a": {"promotion_tier": 16}}}, "readers.a.promotion_tier"),
    ({"readers": {"a": {"instance_class": "large"}}}, "readers.a.instance_class"),
    ({"engine": "mysql", "readers": {"a": {"promotion_tier": 1}}}, "readers.a.promotion_tier"),
    ({"reader_scaling": {"max_readers": 16}}, "reader_scaling.max_readers"),
    ({"reader_scaling": {"max_readers": 2, "min_readers": 3}}, "reader_scaling.max_readers"),
    ({"reader_scaling": {"max_readers": 2, "cpu_percent": 101}}, "reader_scaling.cpu_percent"),
    ({"reader_scaling": {"max_readers": 2, "cpu_percent": 50, "connections": 9}}, "reader_scaling.connections"),
    ({"engine": "postgres", "reader_scaling": {"max_readers": 2}}, "reader_scaling"),
    ({"storage": {"allocated_gb": 100}}, "storage.allocated_gb"),
    ({"engine": "postgres", "storage": {"allocated_gb": 19}}, "storage.allocated_gb"),
    ({"engine": "postgres", "storage": {"max_gb": 100}}, "storage.max_gb"),
    ({"engine": "postgres", "storage": {"io_optimized": True}}, "storage.io_optimized"),
    ({"engine": "postgres", "storage": {"type": "io2"}}, "storage.iops"),
    ({"engine": "postgres", "storage": {"iops": 12_000}}, "storage.iops"),
    ({"engine": "postgres", "storage": {"allocated_gb": 400, "iops": 3000}}, "storage.iops"),
    (
        {"engine": "postgres", "storage": {"type": "io2", "iops": 2000, "throughput_mbps": 500}},
        "storage.throughput_mbps",
    ),
    ({"access": {"master_username": "postgres"}}, "access.master_username"),
    ({"access": {"iam_users": []}}, "access.iam_users"),
    ({"access": {"iam_users": ["app", "app"]}}, "access.iam_users[1]"),
    ({"access": {"iam_users": ["dbadmin"]}}, "access.iam_users[0]"),
    ({"access": {"rotation_days": 0}}, "access.rotation_days"),
    ({"database_name": "my-shop"}, "database_name"),
    ({"proxy": {"secret_arns": {"app": SECRET}}}, "proxy.secret_arns"),
    ({"proxy": {"max_connections_percent": 0}}, "proxy.max_connections_percent"),
    ({"proxy": {"borrow_timeout_seconds": 301}}, "proxy.borrow_timeout_seconds"),
    ({"parameters": {"dynamic": {"rds.force_ssl": "0"}}}, "parameters.dynamic.rds.force_ssl"),
    ({"parameters": {"dynamic": {"a": "1"}, "static": {"a": "1"}}}, "parameters.static.a"),
    ({"backup": {"retention_days": 6}}, "backup.retention_days"),
    ({"backup": {"retention_days": 36}}, "backup.retention_days"),
    ({"backup": {"window": "3-4"}}, "backup.window"),
    ({"restore": {}}, "restore.snapshot_identifier"),
    ({"restore": {"snapshot_identifier": "a", "source_identifier": "b"}}, "restore.snapshot_identifier"),
    ({"restore": {"snapshot_identifier": "a", "time": "2026-03-01T12:00:00Z"}}, "restore.time"),
    ({"restore": {"source_identifier": "a", "time": "yesterday"}}, "restore.time"),
    ({"maintenance": {"window": "sunday"}}, "maintenance.window"),
    ({"maintenance": {"blue_green": True}}, "maintenance.blue_green"),
    ({"engine": "postgres", "maintenance": {"blue_green": True}}, "maintenance.blue_green"),
    ({"engine": "mysql", "readers": {"a": {}}, "maintenance": {"blue_green": True}}, "maintenance.blue_green"),
    ({"engine": "mysql", "proxy": {}, "maintenance": {"blue_green": True}}, "maintenance.blue_green"),
    ({"monitoring": {"enhanced_seconds": 2}}, "monitoring.enhanced_seconds"),
    ({"monitoring": {"slow_query_ms": -1}}, "monitoring.slow_query_ms"),
    ({"monitoring": {"log_retention_days": 31}}, "monitoring.log_retention_days"),
    ({"clients": {"web": "10.0.0.0/8"}}, "clients.web"),
    ({"clients": {"the web": "sg-1"}}, "clients.the web"),
    ({"clients": {"web": "sg-1", "site": "sg-1"}}, "clients.site"),
]


class TestRefusals:
    @pytest.mark.parametrize(
        ("args", "path"), REFUSALS, ids=[f"{path}-{index}" for index, (_, path) in enumerate(REFUSALS)]
    )
    def test_an_impossible_argument_is_named_alone(self, args: dict[str, Any], path: str) -> None:
        assert faults(**args).keys() == {path}

    @pytest.mark.parametrize("name", ["Orders", "orders-", "1orders", "orders--db", "o" * 33])
    def test_a_name_that_aws_would_not_take_is_refused(self, name: str) -> None:
        refusal = refused(lambda: Database(name, cast("DatabaseArgs", {"placement": PLACEMENT})))
        assert refusal.faults.keys() == {"name"}
        assert refusal.resources == ()


def test_its_urns_stay() -> None:
    def program() -> None:
        everything: dict[str, Any] = {
            "placement": PLACEMENT,
            "clients": {"web": "sg-1"},
            "reader_scaling": {"max_readers": 5},
            "access": {"rotation_days": 30},
            "proxy": {},
            "monitoring": {"enhanced_seconds": 60, "event_topic_arn": TOPIC},
        }
        one = Database("orders", cast("DatabaseArgs", everything))
        one.grant_connect(aws.iam.Role("web", assume_role_policy="{}"))
        one.grant_secret(aws.iam.Role("migrations", assume_role_policy="{}"))
        several = {**everything, "engine": "postgres", "readers": {"reports": {}}}
        del several["reader_scaling"]
        Database("users", cast("DatabaseArgs", several))

    found = {resource.urn for resource in build(program).resources if "tenfold" in resource.urn}
    assert "\n".join(sorted(found)) + "\n" == GOLDEN.read_text()


capacities = st.one_of(
    st.builds(
        lambda low, more: {"min_acu": low, "max_acu": max(1, low + more)}, st.integers(0, 128), st.integers(0, 128)
    ),
    st.sampled_from([{"instance_class": f"db.r8g.{size}"} for size in ("large", "xlarge", "4xlarge")]),
)
sizes = st.fixed_dictionaries(
    {},
    optional={
        "capacity": capacities,
        "readers": st.dictionaries(st.sampled_from(["standby", "a", "b", "c"]), st.just({}), max_size=4),
        "backup": st.builds(lambda days: {"retention_days": days}, st.integers(7, 35)),
        "proxy": st.just({}),
        "storage": st.just({"io_optimized": True}),
        "engine_version": st.sampled_from(["16", "17", "17.5"]),
    },
)
REPLACES = (
    "clusterIdentifier",
    "engine",
    "kmsKeyId",
    "masterUsername",
    "databaseName",
    "dbSubnetGroupName",
    "storageEncrypted",
)


@settings(max_examples=15, deadline=None)
@given(small=sizes, large=sizes)
def test_no_size_replaces_the_data_or_an_instance_that_both_have(small: dict[str, Any], large: dict[str, Any]) -> None:
    one, other = database(**small), database(**large)
    for key in REPLACES:
        assert one["orders-cluster"].inputs.get(key) == other["orders-cluster"].inputs.get(key)
    instances = "aws:rds/clusterInstance:ClusterInstance"
    for name in names(one, instances) & names(other, instances):
        for key in ("identifier", "clusterIdentifier", "engine"):
            assert one[name].inputs[key] == other[name].inputs[key]


@settings(max_examples=100, deadline=None)
@given(low=st.floats(0, 256), high=st.floats(1, 256))
def test_more_capacity_never_means_fewer_connections(low: float, high: float) -> None:
    small, large = sorted((max(low, 1.0), high))
    bounds: list[Any] = [{"capacity": {"min_acu": 1, "max_acu": each}} for each in (small, large)]
    assert max_connections(bounds[0]) <= max_connections(bounds[1])
