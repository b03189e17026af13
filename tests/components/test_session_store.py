"""SessionStore: where sessions are, what a tier is told, and what it may do."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi_aws as aws
import pytest

from tenfold import SessionStore, SessionStoreArgs
from tests.components.building import Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "session_store.txt"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
PLACEMENT: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b"],
    "public_subnet_ids": ["subnet-1", "subnet-2"],
    "app_subnet_ids": ["subnet-3", "subnet-4"],
    "data_subnet_ids": ["subnet-5", "subnet-6"],
}
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def store(name: str = "shop", **args: Any) -> Built[SessionStore]:
    return build(lambda: SessionStore(name, cast("SessionStoreArgs", args)))


def cached(**args: Any) -> Built[SessionStore]:
    return store(store="cache", placement=PLACEMENT, **args)


def faults(name: str = "shop", **args: Any) -> dict[str, tuple[str, str]]:
    return refused(lambda: SessionStore(name, cast("SessionStoreArgs", args))).faults


class TestTable:
    def test_a_session_is_an_item_that_expires(self) -> None:
        found = store()["shop-table-table"].inputs
        assert (found["hashKey"], found["attributes"]) == ("id", [{"name": "id", "type": "S"}])
        assert found["ttl"] == {"attributeName": "expires_at", "enabled": True}
        assert found["billingMode"] == "PAY_PER_REQUEST"
        assert "rangeKey" not in found

    def test_it_can_be_restored_for_a_day_and_does_not_go_in_passing(self) -> None:
        built = store()["shop-table-table"]
        assert built.inputs["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 1}
        assert (built.inputs["deletionProtectionEnabled"], built.protect) == (True, True)

    def test_it_need_not_be(self) -> None:
        built = store(point_in_time_recovery_days=0, deletion_protection=False)["shop-table-table"]
        assert built.inputs["pointInTimeRecovery"]["enabled"] is False
        assert (built.inputs["deletionProtectionEnabled"], built.protect) == (False, False)

    def test_a_tier_is_told_its_name_and_how_long_a_session_lasts(self) -> None:
        built = store("my-shop", ttl_seconds=3600)
        assert built.value(built.result.environment) == {
            "MY_SHOP_SESSIONS_STORE": "table",
            "MY_SHOP_SESSIONS_TTL_SECONDS": "3600",
            "MY_SHOP_SESSIONS_TABLE": "my-shop-table-table-0a1b2c",
        }
        assert store().value(store().result.environment)["SHOP_SESSIONS_TTL_SECONDS"] == "86400"

    def test_a_tier_reads_and_writes_single_sessions_and_lists_none(self) -> None:
        built = store()
        (statement,) = json.loads(built.value(built.result.read_write_policy_json))["Statement"]
        assert statement["Action"] == [
            "dynamodb:DeleteItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ]
        assert statement["Resource"] == [built.value(built.result.arn)]

    def test_the_customers_key_is_used_by_way_of_dynamodb(self) -> None:
        built = store(kms_key_arn=KEY)
        assert built["shop-table-table"].inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
        _, key = json.loads(built.value(built.result.read_write_policy_json))["Statement"]
        assert key["Resource"] == [KEY]
        assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(key["Action"])

    def test_what_a_cache_has_is_empty(self) -> None:
        built = store()
        assert built.value(built.result.store) == "table"
        assert built.value(built.result.table_name) == "shop-table-table-0a1b2c"
        assert (built.value(built.result.endpoint), built.value(built.result.security_group_id)) == ("", "")


class TestCache:
    def test_full_it_forgets_the_session_that_would_end_next(self) -> None:
        parameters = cached()["shop-cache-parameters"].inputs["parameters"]
        assert parameters == [{"name": "maxmemory-policy", "value": "volatile-ttl"}]

    def test_sessions_are_worth_no_snapshot(self) -> None:
        found = cached()["shop-cache-group"].inputs
        assert found["snapshotRetentionLimit"] == 0
        assert "finalSnapshotIdentifier" not in found
        assert cached(serverless={})["shop-cache-serverless"].inputs["snapshotRetentionLimit"] == 0

    def test_it_survives_a_zone_and_does_not_go_in_passing(self) -> None:
        built = cached()["shop-cache-group"]
        assert (built.inputs["multiAzEnabled"], built.protect) == (True, True)
        assert cached(deletion_protection=False)["shop-cache-group"].protect is False

    def test_it_has_the_size_the_key_and_the_clients_that_are_given(self) -> None:
        built = cached(nodes={"replicas": 2}, kms_key_arn=KEY, clients={"web": "sg-1"})
        assert built["shop-cache-group"].inputs["numCacheClusters"] == 3
        assert built["shop-cache-group"].inputs["kmsKeyId"] == KEY
        assert built["shop-cache-client-web"].inputs["referencedSecurityGroupId"] == "sg-1"

    def test_a_tier_is_told_all_that_it_needs_to_sign_in(self) -> None:
        built = cached(ttl_seconds=60)
        assert built.value(built.result.environment) == {
            "SHOP_SESSIONS_STORE": "cache",
            "SHOP_SESSIONS_TTL_SECONDS": "60",
            "SHOP_SESSIONS_HOST": "primary.shop-cache-0a1b2c.us-east-1.cache.amazonaws.com",
            "SHOP_SESSIONS_PORT": "6379",
            "SHOP_SESSIONS_READER_HOST": "replica.shop-cache-0a1b2c.us-east-1.cache.amazonaws.com",
            "SHOP_SESSIONS_READER_PORT": "6379",
            "SHOP_SESSIONS_NAME": "shop-cache-0a1b2c",
            "SHOP_SESSIONS_USER": "shop-cache-0a1b2c-app",
            "SHOP_SESSIONS_TLS": "true",
            "SHOP_SESSIONS_CLUSTER": "false",
            "SHOP_SESSIONS_SERVERLESS": "false",
        }
        (statement,) = json.loads(built.value(built.result.read_write_policy_json))["Statement"]
        assert statement["Action"] == ["elasticache:Connect"]

    def test_it_tells_where_it_is_and_has_no_table(self) -> None:
        built = cached()
        assert (built.value(built.result.store), built.value(built.result.table_name)) == ("cache", "")
        assert built.value(built.result.security_group_id) == "shop-cache-sg-id"
        assert built.value(built.result.endpoint).startswith("primary.shop-cache")


def test_a_role_is_granted_its_use() -> None:
    def program() -> None:
        sessions = SessionStore("shop", {})
        sessions.grant_use(aws.iam.Role("web", assume_role_policy="{}"))

    grant = build(program)["shop-use-grant-web"].inputs
    assert grant["role"] == "web-0a1b2c"
    assert "dynamodb:PutItem" in grant["policy"]


def test_the_stores_alarms_notify_the_topic_and_tags_reach_it() -> None:
    for built in (store(alarms={"topic_arn": TOPIC}, tags={"team": "web"}), cached(alarms={"topic_arn": TOPIC})):
        assert built.of(ALARM)
        assert all(alarm.inputs["alarmActions"] == [TOPIC] for alarm in built.of(ALARM))
    assert store(tags={"team": "web"})["shop-table-table"].inputs["tags"] == {"team": "web"}


class TestRefusals:
    @pytest.mark.parametrize("seconds", [59, 34_560_001])
    def test_sessions_that_end_at_once_or_never(self, seconds: int) -> None:
        assert faults(ttl_seconds=seconds).keys() == {"ttl_seconds"}

    def test_what_a_table_does_not_have(self) -> None:
        found = faults(
            placement=PLACEMENT, clients={"web": "sg-1"}, nodes={}, serverless={}, point_in_time_recovery_days=36
        )
        assert found.keys() == {"placement", "clients", "nodes", "serverless", "point_in_time_recovery_days"}

    def test_what_a_cache_needs_and_what_it_does_not_have(self) -> None:
        found = faults(store="cache", point_in_time_recovery_days=1)
        assert found.keys() == {"placement", "point_in_time_recovery_days"}

    def test_what_the_cache_itself_refuses(self) -> None:
        shared: dict[str, Any] = {"store": "cache", "placement": PLACEMENT}
        assert faults(**shared, nodes={"replicas": 6}).keys() == {"nodes.replicas"}
        assert faults(**shared, serverless={"max_storage_gb": 0}).keys() == {"serverless.max_storage_gb"}
        assert faults(**shared, nodes={}, serverless={}).keys() == {"nodes"}
        assert faults(**shared, clients={"web": "10.0.0.0/16"}).keys() == {"clients.web"}

    def test_a_name_that_leaves_no_room_for_that_of_the_cache(self) -> None:
        shared: dict[str, Any] = {"store": "cache", "placement": PLACEMENT}
        assert faults("s" * 23, **shared)["name"][1].startswith("with the store cache up to 22 lower-case letters")
        assert store("s" * 22, **shared)
        assert store("Any_Name")


def test_its_children_have_the_names_that_they_always_had() -> None:
    def program() -> None:
        web = aws.iam.Role("web", assume_role_policy="{}")
        SessionStore("shop", {}).grant_use(web)
        SessionStore("game", cast("SessionStoreArgs", {"store": "cache", "placement": PLACEMENT})).grant_use(web)

    found = sorted(resource.urn for resource in build(program).resources if resource.name != "web")
    assert "\n".join(found) + "\n" == GOLDEN.read_text()
