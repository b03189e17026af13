"""Cache: every default, every option, every refusal, and what may change without losing a key."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Cache, CacheArgs
from tenfold.errors import TenfoldError
from tests.components.building import Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "cache.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
SNAPSHOT = "arn:aws:elasticache:us-east-1:123456789012:serverlesscachesnapshot:old"
PLACEMENT: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"],
    "public_subnet_ids": ["subnet-1", "subnet-2", "subnet-3", "subnet-4"],
    "app_subnet_ids": ["subnet-5", "subnet-6", "subnet-7", "subnet-8"],
    "data_subnet_ids": ["subnet-a", "subnet-b", "subnet-c", "subnet-d"],
}
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
IDENTIFIER = "pages-0a1b2c"


def cache(preview: bool = False, name: str = "pages", **args: Any) -> Built[Cache]:
    whole = {"placement": PLACEMENT, **args}
    return build(lambda: Cache(name, cast("CacheArgs", whole)), preview=preview)


def faults(name: str = "pages", **args: Any) -> dict[str, tuple[str, str]]:
    return refused(lambda: Cache(name, cast("CacheArgs", {"placement": PLACEMENT, **args}))).faults


def group(**args: Any) -> dict[str, Any]:
    return cache(**args)["pages-group"].inputs


def serverless(**args: Any) -> dict[str, Any]:
    args.setdefault("serverless", {})
    return cache(**args)["pages-serverless"].inputs


def parameters(**args: Any) -> dict[str, str]:
    return {each["name"]: each["value"] for each in cache(**args)["pages-parameters"].inputs["parameters"]}


def environment(built: Built[Cache]) -> dict[str, str]:
    return {key.removeprefix("PAGES_CACHE_"): value for key, value in built.value(built.result.environment).items()}


def alarms(built: Built[Cache]) -> dict[str, dict[str, Any]]:
    return {alarm.name.removeprefix("pages-"): alarm.inputs for alarm in built.of(ALARM)}


def watched(alarm: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Of which nodes an alarm watches what, and how."""
    queries = [query["metric"] for query in alarm["metricQueries"] if "metric" in query]
    return [(each["dimensions"]["CacheClusterId"], each["metricName"], each["stat"]) for each in queries]


def resources(document: str) -> list[str]:
    found = json.loads(document)
    (statement,) = found["Statement"]
    assert (found["Version"], statement["Effect"]) == ("2012-10-17", "Allow")
    assert statement["Action"] == ["elasticache:Connect"]
    return statement["Resource"]


class TestNodes:
    def test_they_are_a_primary_and_a_replica_of_valkey_that_takes_over(self) -> None:
        found = group()
        assert (found["engine"], found["engineVersion"]) == ("valkey", "8.1")
        assert (found["nodeType"], found["numCacheClusters"]) == ("cache.m7g.large", 2)
        assert (found["automaticFailoverEnabled"], found["multiAzEnabled"]) == (True, True)
        assert not {"numNodeGroups", "clusterMode"} & found.keys()

    def test_they_are_encrypted_and_speak_tls_alone(self) -> None:
        found = group()
        assert found["atRestEncryptionEnabled"] is True
        assert (found["transitEncryptionEnabled"], found["transitEncryptionMode"]) == (True, "required")
        assert "kmsKeyId" not in found
        assert group(kms_key_arn=KEY)["kmsKeyId"] == KEY

    def test_they_have_snapshots_and_leave_one(self) -> None:
        found = group()
        assert (found["snapshotRetentionLimit"], found["finalSnapshotIdentifier"]) == (7, f"{IDENTIFIER}-final")
        given = group(snapshots={"retention_days": 0, "window": "03:00-04:00", "final_snapshot": False})
        assert (given["snapshotRetentionLimit"], given["snapshotWindow"]) == (0, "03:00-04:00")
        assert "finalSnapshotIdentifier" not in given

    def test_they_do_not_go_in_passing(self) -> None:
        assert cache()["pages-group"].protect is True
        assert cache(deletion_protection=False)["pages-group"].protect is False

    def test_they_are_in_the_data_subnets(self) -> None:
        built = cache()
        assert built["pages-subnets"].inputs["subnetIds"] == PLACEMENT["data_subnet_ids"]
        assert built["pages-group"].inputs["subnetGroupName"] == "pages-subnets-0a1b2c"

    def test_they_patch_themselves_in_the_window_and_change_in_it(self) -> None:
        found = group()
        assert (found["autoMinorVersionUpgrade"], found["applyImmediately"]) == (True, False)
        assert "maintenanceWindow" not in found
        window = "sun:04:00-sun:05:00"
        given = group(maintenance={"window": window, "auto_minor_version_upgrade": False, "apply_immediately": True})
        assert (given["autoMinorVersionUpgrade"], given["applyImmediately"]) == (False, True)
        assert given["maintenanceWindow"] == window

    def test_their_logs_are_json_and_kept_for_30_days(self) -> None:
        built = cache()
        logs = built["pages-group"].inputs["logDeliveryConfigurations"]
        assert {(each["logType"], each["destination"]) for each in logs} == {
            ("slow-log", "pages-logs-slow-0a1b2c"),
            ("engine-log", "pages-logs-engine-0a1b2c"),
        }
        assert {(each["logFormat"], each["destinationType"]) for each in logs} == {("json", "cloudwatch-logs")}
        assert built["pages-logs-slow"].inputs["retentionInDays"] == 30
        assert cache(monitoring={"log_retention_days": 365})["pages-logs-engine"].inputs["retentionInDays"] == 365

    def test_a_topic_is_told_of_their_events(self) -> None:
        assert "notificationTopicArn" not in group()
        assert group(monitoring={"event_topic_arn": TOPIC})["notificationTopicArn"] == TOPIC

    def test_without_replicas_nothing_takes_over(self) -> None:
        found = group(nodes={"replicas": 0, "type": "cache.t4g.small"})
        assert (found["numCacheClusters"], found["nodeType"]) == (1, "cache.t4g.small")
        assert (found["automaticFailoverEnabled"], found["multiAzEnabled"]) == (False, False)

    @pytest.mark.parametrize(
        ("args", "family"),
        [
            ({}, "valkey8"),
            ({"engine_version": "7.2"}, "valkey7"),
            ({"engine_version": "9.0"}, "valkey9"),
            ({"engine": "redis"}, "redis7"),
        ],
    )
    def test_their_parameters_are_of_the_family_of_the_version(self, args: dict[str, Any], family: str) -> None:
        assert cache(**args)["pages-parameters"].inputs["family"] == family

    def test_they_forget_what_was_not_used_for_longest(self) -> None:
        assert parameters() == {"maxmemory-policy": "allkeys-lru"}
        given = parameters(eviction="noeviction", parameters={"timeout": "300"})
        assert given == {"maxmemory-policy": "noeviction", "timeout": "300"}

    def test_they_start_from_a_snapshot_that_is_looked_at_once(self) -> None:
        built = cache(snapshots={"restore_from": "pages-final"})["pages-group"]
        assert built.inputs["snapshotName"] == "pages-final"
        assert built.ignore_changes == {"snapshotName"}


class TestCluster:
    def test_shards_have_replicas_and_take_over(self) -> None:
        found = group(nodes={"shards": 3, "replicas": 2})
        assert (found["numNodeGroups"], found["replicasPerNodeGroup"]) == (3, 2)
        assert (found["clusterMode"], found["automaticFailoverEnabled"]) == ("enabled", True)
        assert "numCacheClusters" not in found
        assert parameters(nodes={"shards": 1}) == {"cluster-enabled": "yes", "maxmemory-policy": "allkeys-lru"}

    def test_without_replicas_it_fails_over_as_aws_wants_of_a_cluster(self) -> None:
        found = group(nodes={"shards": 2, "replicas": 0})
        assert (found["automaticFailoverEnabled"], found["multiAzEnabled"]) == (True, False)

    def test_clients_find_its_shards_by_one_endpoint(self) -> None:
        built = cache(nodes={"shards": 3})
        found, host = environment(built), f"clustercfg.{IDENTIFIER}.us-east-1.cache.amazonaws.com"
        assert (found["HOST"], found["READER_HOST"], found["CLUSTER"]) == (host, host, "true")
        assert built.value(built.result.cluster) is True

    def test_each_shard_has_alarms_of_its_own_nodes(self) -> None:
        found = alarms(cache(nodes={"shards": 12, "replicas": 1}))
        assert len(found) == 12 * 5
        assert watched(found["lag-alarm-0012-shard"]) == [
            (f"{IDENTIFIER}-0012-001", "ReplicationLag", "Maximum"),
            (f"{IDENTIFIER}-0012-002", "ReplicationLag", "Maximum"),
        ]
        assert "of shard 0012" in found["lag-alarm-0012-shard"]["alarmDescription"]


class TestServerless:
    def test_it_has_bounds_and_no_nodes(self) -> None:
        built = cache(serverless={})
        found = built["pages-serverless"].inputs
        assert (found["name"], found["engine"], found["majorEngineVersion"]) == (IDENTIFIER, "valkey", "8")
        assert found["cacheUsageLimits"] == {
            "dataStorage": {"maximum": 100, "unit": "GB"},
            "ecpuPerSeconds": [{"maximum": 100_000}],
        }
        assert not {"pages-group", "pages-parameters", "pages-subnets", "pages-logs-slow"} & {
            each.name for each in built.resources
        }

    def test_it_can_be_ready_for_more(self) -> None:
        bounds = {"min_storage_gb": 5, "max_storage_gb": 50, "min_ecpu_per_second": 1000, "max_ecpu_per_second": 9000}
        assert serverless(serverless=bounds)["cacheUsageLimits"] == {
            "dataStorage": {"minimum": 5, "maximum": 50, "unit": "GB"},
            "ecpuPerSeconds": [{"minimum": 1000, "maximum": 9000}],
        }

    def test_it_is_in_three_zones_at_the_most_and_stays_there(self) -> None:
        built = cache(serverless={})["pages-serverless"]
        assert built.inputs["subnetIds"] == ["subnet-a", "subnet-b", "subnet-c"]
        assert "subnetIds" in built.ignore_changes

    def test_readers_have_a_port_of_their_own(self) -> None:
        built = cache(serverless={}, clients={"web": "sg-1"})
        found = environment(built)
        assert (found["PORT"], found["READER_PORT"]) == ("6379", "6380")
        assert (found["CLUSTER"], found["SERVERLESS"]) == ("true", "true")
        rule = built["pages-client-web"].inputs
        assert (rule["fromPort"], rule["toPort"]) == (6379, 6380)

    def test_it_has_snapshots_and_the_key_that_is_given(self) -> None:
        found = serverless()
        assert found["snapshotRetentionLimit"] == 7
        assert not {"kmsKeyId", "dailySnapshotTime", "snapshotArnsToRestores"} & found.keys()
        snapshots = {"retention_days": 1, "window": "03:00-04:00", "restore_from": SNAPSHOT}
        given = serverless(kms_key_arn=KEY, snapshots=snapshots)
        assert (given["kmsKeyId"], given["dailySnapshotTime"]) == (KEY, "03:00")
        assert (given["snapshotRetentionLimit"], given["snapshotArnsToRestores"]) == (1, [SNAPSHOT])

    def test_its_alarms_ring_at_three_quarters_of_its_bounds(self) -> None:
        found = alarms(cache(serverless={"max_storage_gb": 40, "max_ecpu_per_second": 2000}))
        assert {kind: (each["metricName"], each["threshold"]) for kind, each in found.items()} == {
            "throttle-alarm": ("ThrottledCmds", 0),
            "memory-alarm": ("BytesUsedForCache", 30_000_000_000),
            "cpu-alarm": ("ElastiCacheProcessingUnits", 1500 * 300),
            "eviction-alarm": ("Evictions", 500),
        }
        assert all(each["dimensions"] == {"clusterId": IDENTIFIER} for each in found.values())

    def test_it_does_not_go_in_passing(self) -> None:
        assert cache(serverless={})["pages-serverless"].protect is True
        assert cache(serverless={}, deletion_protection=False)["pages-serverless"].protect is False


class TestAccess:
    def test_the_application_signs_in_by_iam_and_touches_keys_alone(self) -> None:
        built = cache()
        user = built["pages-user-app"].inputs
        # AWS asks of users by IAM that their name is their id.
        assert user["userId"] == user["userName"] == f"{IDENTIFIER}-app"
        assert user["authenticationMode"] == {"type": "iam"}
        assert user["accessString"] == "on ~* &* +@all -@dangerous +info"
        assert not {"passwords", "passwordsWo", "noPasswordRequired"} & user.keys()
        assert built["pages-users"].inputs["userIds"] == [f"{IDENTIFIER}-app"]
        assert built["pages-group"].inputs["userGroupIds"] == [IDENTIFIER]
        assert cache(serverless={})["pages-serverless"].inputs["userGroupId"] == IDENTIFIER

    def test_further_users_do_what_they_are_given(self) -> None:
        built = cache(access={"app": "on ~app:* +@all", "users": {"reports": "on ~* +@read"}})
        assert built["pages-user-app"].inputs["accessString"] == "on ~app:* +@all"
        assert built["pages-user-reports"].inputs["accessString"] == "on ~* +@read"
        assert built["pages-users"].inputs["userIds"] == [f"{IDENTIFIER}-app", f"{IDENTIFIER}-reports"]

    def test_redis_has_a_default_user_who_may_nothing(self) -> None:
        built = cache(engine="redis")
        user = built["pages-default-user"].inputs
        assert (user["userName"], user["userId"]) == ("default", f"{IDENTIFIER}-off")
        assert user["accessString"] == "off -@all"
        assert f"{IDENTIFIER}-off" in built["pages-users"].inputs["userIds"]
        assert {each.inputs["engine"] for each in built.of("aws:elasticache/user:User")} == {"redis"}
        # A group of Valkey takes no user without a password.
        assert "pages-default-user" not in cache()

    def test_only_clients_reach_it(self) -> None:
        assert "pages-client-web" not in cache()
        built = cache(clients={"web": "sg-1", "jobs": "sg-2"}, access={"security_group_ids": {"shared": "sg-3"}})
        rule = built["pages-client-jobs"].inputs
        assert (rule["referencedSecurityGroupId"], rule["ipProtocol"]) == ("sg-2", "tcp")
        assert (rule["fromPort"], rule["toPort"]) == (6379, 6379)
        assert built["pages-group"].inputs["securityGroupIds"] == ["pages-sg-id", "sg-3"]
        assert built.value(built.result.security_group_id) == "pages-sg-id"
        assert not {"ingress", "egress"} & built["pages-sg"].inputs.keys()

    def test_a_policy_names_the_cache_and_the_user(self) -> None:
        built = cache(access={"users": {"reports": "on ~* +@read"}})
        arn = built.value(built.result.arn)
        user = "arn:aws:elasticache:us-east-1:123456789012:user:pages-0a1b2c"
        assert resources(built.value(built.result.connect_policy_json)) == [arn, f"{user}-app"]
        assert resources(built.value(built.result.connect_policy_json_of("reports"))) == [arn, f"{user}-reports"]

    def test_a_role_is_granted_one_user(self) -> None:
        def program() -> None:
            pages = Cache(
                "pages", cast("CacheArgs", {"placement": PLACEMENT, "access": {"users": {"ops": "on +@all"}}})
            )
            pages.grant_connect(aws.iam.Role("web", assume_role_policy="{}"))
            pages.grant_connect(aws.iam.Role("admin", assume_role_policy="{}"), "ops")

        built = build(program)
        assert resources(built["pages-connect-grant-web"].inputs["policy"])[1].endswith(f":user:{IDENTIFIER}-app")
        assert resources(built["pages-connect-grant-admin"].inputs["policy"])[1].endswith(f":user:{IDENTIFIER}-ops")
        assert built["pages-connect-grant-web"].inputs["role"] == "web-0a1b2c"

    def test_nobody_is_granted_a_user_that_does_not_exist(self) -> None:
        with pytest.raises(TenfoldError, match=r"access\.users has no 'ops'; it has: app"):
            build(lambda: Cache("pages", cast("CacheArgs", {"placement": PLACEMENT})).connect_policy_json_of("ops"))


class TestOutputs:
    def test_the_environment_says_all_and_no_password(self) -> None:
        built = cache()
        assert built.value(built.result.environment) == {
            "PAGES_CACHE_HOST": f"primary.{IDENTIFIER}.us-east-1.cache.amazonaws.com",
            "PAGES_CACHE_PORT": "6379",
            "PAGES_CACHE_READER_HOST": f"replica.{IDENTIFIER}.us-east-1.cache.amazonaws.com",
            "PAGES_CACHE_READER_PORT": "6379",
            "PAGES_CACHE_NAME": IDENTIFIER,
            "PAGES_CACHE_USER": f"{IDENTIFIER}-app",
            "PAGES_CACHE_TLS": "true",
            "PAGES_CACHE_CLUSTER": "false",
            "PAGES_CACHE_SERVERLESS": "false",
        }

    def test_it_tells_where_it_is(self) -> None:
        built = cache()
        found = built.result
        assert built.value(found.endpoint) == f"primary.{IDENTIFIER}.us-east-1.cache.amazonaws.com"
        assert built.value(found.reader_endpoint) == f"replica.{IDENTIFIER}.us-east-1.cache.amazonaws.com"
        assert (built.value(found.port), built.value(found.reader_port)) == (6379, 6379)
        assert (built.value(found.identifier), built.value(found.user)) == (IDENTIFIER, f"{IDENTIFIER}-app")
        assert built.value(found.cluster) is False

    def test_another_user_has_an_environment_too(self) -> None:
        built = cache(access={"users": {"reports": "on ~* +@read"}})
        found = built.value(built.result.environment_of("reports-cache", "reports"))
        assert found["REPORTS_CACHE_USER"] == f"{IDENTIFIER}-reports"


class TestAlarms:
    def test_they_ring_for_the_worst_node(self) -> None:
        found = alarms(cache())
        assert {kind: (watched(each)[0][1:], each["threshold"]) for kind, each in found.items()} == {
            "cpu-alarm": (("EngineCPUUtilization", "Average"), 80),
            "memory-alarm": (("DatabaseMemoryUsagePercentage", "Maximum"), 90),
            "eviction-alarm": (("Evictions", "Sum"), 500),
            "connections-alarm": (("CurrConnections", "Maximum"), 52_000),
            "lag-alarm": (("ReplicationLag", "Maximum"), 10),
        }
        for each in found.values():
            assert [node for node, *_ in watched(each)] == [f"{IDENTIFIER}-001", f"{IDENTIFIER}-002"]
            (worst,) = [query for query in each["metricQueries"] if query.get("returnData")]
            assert worst["expression"] == "MAX(FILL(METRICS(), 0))"

    def test_cloudwatch_takes_all_nodes_of_the_largest_shard(self) -> None:
        """It computes an alarm from ten metrics at the most."""
        assert len(watched(alarms(cache(nodes={"replicas": 5}))["cpu-alarm"])) == 6

    def test_nothing_lags_where_nothing_follows(self) -> None:
        assert "lag-alarm" not in alarms(cache(nodes={"replicas": 0}))

    def test_a_cache_that_is_meant_to_be_full_says_so(self) -> None:
        found = alarms(cache(monitoring={"memory_percent": 100, "evictions_per_minute": 20}))
        assert (found["memory-alarm"]["threshold"], found["eviction-alarm"]["threshold"]) == (100, 100)

    def test_they_notify_the_topic(self) -> None:
        uses: list[dict[str, Any]] = [{}, {"serverless": {}}]
        for args in uses:
            for each in alarms(cache(alarms={"topic_arn": TOPIC}, **args)).values():
                assert each["alarmActions"] == each["okActions"] == [TOPIC]


class TestRefusals:
    @pytest.mark.parametrize("name", ["Pages", "1pages", "pages--x", "pages-", "p" * 29, "pages_x"])
    def test_a_name_that_aws_does_not_take(self, name: str) -> None:
        assert faults(name=name)["name"][1].startswith("up to 28 lower-case letters")

    @pytest.mark.parametrize(
        ("engine", "version"),
        [("valkey", "7.1"), ("valkey", "8"), ("redis", "6.2"), ("redis", "7.2"), ("redis", "8.0")],
    )
    def test_versions_whose_users_have_passwords_or_that_do_not_exist(self, engine: str, version: str) -> None:
        assert faults(engine=engine, engine_version=version).keys() == {"engine_version"}

    @pytest.mark.parametrize(
        ("nodes", "path"),
        [
            ({"replicas": 6}, "nodes.replicas"),
            ({"replicas": -1}, "nodes.replicas"),
            ({"shards": 0}, "nodes.shards"),
            ({"shards": 501}, "nodes.shards"),
            ({"type": "m7g.large"}, "nodes.type"),
        ],
    )
    def test_nodes_that_do_not_exist(self, nodes: dict[str, Any], path: str) -> None:
        assert faults(nodes=nodes).keys() == {path}

    @pytest.mark.parametrize(
        ("bounds", "path"),
        [
            ({"max_storage_gb": 0}, "serverless.max_storage_gb"),
            ({"max_storage_gb": 5001}, "serverless.max_storage_gb"),
            ({"max_storage_gb": 5, "min_storage_gb": 6}, "serverless.min_storage_gb"),
            ({"max_ecpu_per_second": 999}, "serverless.max_ecpu_per_second"),
            ({"min_ecpu_per_second": 200_000}, "serverless.min_ecpu_per_second"),
        ],
    )
    def test_bounds_that_aws_does_not_take(self, bounds: dict[str, Any], path: str) -> None:
        assert faults(serverless=bounds).keys() == {path}

    def test_what_is_of_nodes_beside_serverless(self) -> None:
        found = faults(
            serverless={},
            nodes={},
            eviction="noeviction",
            parameters={},
            maintenance={},
            snapshots={"final_snapshot": False},
            monitoring={"log_retention_days": 30, "event_topic_arn": TOPIC, "memory_percent": 50},
        )
        assert found.keys() == {
            *("nodes", "eviction", "parameters", "maintenance", "snapshots.final_snapshot"),
            *("monitoring.log_retention_days", "monitoring.event_topic_arn", "monitoring.memory_percent"),
        }

    @pytest.mark.parametrize("may", ["", "~* +@all", "on ~* +@all >secret", "on nopass ~*", "on #0a1b"])
    def test_access_strings_that_hold_a_password_or_do_not_say_on(self, may: str) -> None:
        assert faults(access={"app": may, "users": {"ops": may}}).keys() == {"access.app", "access.users.ops"}

    @pytest.mark.parametrize("user", ["app", "default", "off", "Ops", "o--ps", "ops-"])
    def test_users_of_names_that_are_taken_or_unknown_to_aws(self, user: str) -> None:
        assert faults(access={"users": {user: "on ~* +@all"}}).keys() == {f"access.users.{user}"}

    def test_names_that_are_longer_than_40_characters_together(self) -> None:
        """The name, eight characters of Pulumi's, a hyphen and the user's name."""
        name, users = "p" * 20, {"u" * 11: "on ~* +@all"}
        assert cache(name=name, access={"users": users})
        found = faults(name=name, access={"users": {"u" * 12: "on ~* +@all"}})
        assert found[f"access.users.{'u' * 12}"][1] == "up to 11 lower-case letters, digits and single hyphens"

    @pytest.mark.parametrize("name", ["maxmemory-policy", "cluster-enabled"])
    def test_parameters_that_arguments_say(self, name: str) -> None:
        assert faults(parameters={name: "yes"}).keys() == {f"parameters.{name}"}

    def test_snapshots_and_windows_that_aws_does_not_take(self) -> None:
        found = faults(
            snapshots={"retention_days": 36, "window": "3-4", "restore_from": SNAPSHOT},
            maintenance={"window": "daily"},
            monitoring={"log_retention_days": 31, "memory_percent": 101, "evictions_per_minute": -1},
        )
        assert found.keys() == {
            *("snapshots.retention_days", "snapshots.window", "snapshots.restore_from", "maintenance.window"),
            *("monitoring.log_retention_days", "monitoring.memory_percent", "monitoring.evictions_per_minute"),
        }
        assert faults(serverless={}, snapshots={"restore_from": "old"}).keys() == {"snapshots.restore_from"}

    def test_clients_that_are_no_groups_or_twice_the_same(self) -> None:
        found = faults(
            clients={"web": "10.0.0.0/16", "a b": "sg-1", "jobs": "sg-2", "more": "sg-2"},
            access={"security_group_ids": {"shared": "default"}},
        )
        assert found.keys() == {"clients.web", "clients.a b", "clients.more", "access.security_group_ids.shared"}


SHAPES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["cache.t4g.micro", "cache.m7g.large", "cache.r7g.16xlarge"]),
        "replicas": st.integers(0, 5),
    }
)
REPLACING = ("atRestEncryptionEnabled", "engine", "kmsKeyId", "replicationGroupId", "subnetGroupName")


@settings(max_examples=25, deadline=None)
@given(small=SHAPES, large=SHAPES, shards=st.none() | st.tuples(st.integers(1, 5), st.integers(1, 5)))
def test_no_size_of_nodes_replaces_them(
    small: dict[str, Any], large: dict[str, Any], shards: tuple[int, int] | None
) -> None:
    first, second = shards or (None, None)
    before = group(nodes=small if first is None else {**small, "shards": first})
    after = group(nodes=large if second is None else {**large, "shards": second})
    assert [before.get(key) for key in REPLACING] == [after.get(key) for key in REPLACING]


def test_its_children_have_the_names_that_they_always_had() -> None:
    def program() -> None:
        shared: dict[str, Any] = {"placement": PLACEMENT, "clients": {"web": "sg-1"}}
        pages = Cache(
            "pages", cast("CacheArgs", {**shared, "engine": "redis", "access": {"users": {"ops": "on +@all"}}})
        )
        pages.grant_connect(aws.iam.Role("web", assume_role_policy="{}"))
        Cache("carts", cast("CacheArgs", {**shared, "nodes": {"shards": 2}}))
        Cache("feeds", cast("CacheArgs", {**shared, "serverless": {}}))

    built = build(program)
    found = sorted(resource.urn for resource in built.resources if resource.name != "web")
    assert "\n".join(found) + "\n" == GOLDEN.read_text()


def test_overrides_win_and_values_may_come_later() -> None:
    built = cache(overrides={"group": {"network_type": "dual_stack"}}, kms_key_arn=pulumi.Output.from_input(KEY))
    assert built["pages-group"].inputs["networkType"] == "dual_stack"
    assert built["pages-group"].inputs["kmsKeyId"] == KEY


def test_a_preview_knows_what_there_will_be() -> None:
    uses: list[dict[str, Any]] = [{}, {"nodes": {"shards": 2}}, {"serverless": {}}]
    for args in uses:
        previewed, updated = cache(preview=True, **args), cache(**args)
        assert {each.urn for each in previewed.resources} == {each.urn for each in updated.resources}
