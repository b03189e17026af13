"""Table: every default, every option, every refusal, and growth that never replaces a table."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Table, TableArgs
from tenfold.errors import TenfoldError
from tests.components.building import UNKNOWN, Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "table.txt"
ARN = "arn:aws:dynamodb:us-east-1:123456789012:orders-table"
STREAM_ARN = f"{ARN}/stream/2026"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:alarms"
PLAIN: dict[str, Any] = {"hash_key": "id", "attributes": {"id": "S"}}
KEYED: dict[str, Any] = {
    "hash_key": "customer",
    "range_key": "placed_at",
    "attributes": {"customer": "S", "placed_at": "N", "status": "S", "total": "N"},
    "global_indexes": {
        "by-status": {"hash_key": "status", "range_key": "placed_at", "projection": "keys_only"},
        "by-total": {"hash_key": "total", "projection": "include", "included_attributes": ["customer"]},
    },
    "local_indexes": {"by-amount": {"range_key": "total"}},
}


def arguments(*parts: dict[str, Any]) -> TableArgs:
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part
    return cast("TableArgs", merged)


def table(*, preview: bool = False, **args: Any) -> Built[Table]:
    return build(lambda: Table("orders", arguments(PLAIN, args)), preview=preview)


def inputs(**args: Any) -> dict[str, Any]:
    return table(**args)["orders-table"].inputs


def statements(policy: Any) -> list[dict[str, Any]]:
    return json.loads(policy)["Statement"]


def test_by_default_a_table_is_on_demand_and_restorable_for_35_days() -> None:
    given = inputs()
    assert given["billingMode"] == "PAY_PER_REQUEST"
    assert "readCapacity" not in given
    assert "writeCapacity" not in given
    assert given["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 35}


def test_by_default_neither_aws_nor_pulumi_deletes_a_table() -> None:
    built = table()["orders-table"]
    assert built.inputs["deletionProtectionEnabled"] is True
    assert built.protect is True


def test_by_default_a_table_has_no_stream_no_expiry_and_dynamodbs_own_key() -> None:
    given = inputs()
    assert given["streamEnabled"] is False
    assert given.keys().isdisjoint({"streamViewType", "ttl", "serverSideEncryption", "rangeKey"})
    assert given["globalSecondaryIndexes"] == []
    assert given["localSecondaryIndexes"] == []


def test_keys_and_their_types_are_the_tables() -> None:
    given = inputs(**KEYED)
    assert (given["hashKey"], given["rangeKey"]) == ("customer", "placed_at")
    assert given["attributes"] == [
        {"name": "customer", "type": "S"},
        {"name": "placed_at", "type": "N"},
        {"name": "status", "type": "S"},
        {"name": "total", "type": "N"},
    ]


def test_global_indexes_have_keys_and_a_projection() -> None:
    assert inputs(**KEYED)["globalSecondaryIndexes"] == [
        {
            "name": "by-status",
            "keySchemas": [
                {"attributeName": "status", "keyType": "HASH"},
                {"attributeName": "placed_at", "keyType": "RANGE"},
            ],
            "projectionType": "KEYS_ONLY",
        },
        {
            "name": "by-total",
            "keySchemas": [{"attributeName": "total", "keyType": "HASH"}],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["customer"],
        },
    ]


def test_local_indexes_have_a_range_key_and_by_default_all_attributes() -> None:
    index = {"name": "by-amount", "rangeKey": "total", "projectionType": "ALL"}
    assert inputs(**KEYED)["localSecondaryIndexes"] == [index]


@settings(deadline=None, max_examples=10)
@given(order=st.permutations(["by-status", "by-total"]), types=st.permutations(list(KEYED["attributes"])))
def test_the_order_in_which_a_program_gives_maps_changes_nothing(order: list[str], types: list[str]) -> None:
    shuffled = {
        **KEYED,
        "global_indexes": {name: KEYED["global_indexes"][name] for name in order},
        "attributes": {name: KEYED["attributes"][name] for name in types},
    }
    assert inputs(**shuffled) == inputs(**KEYED)


def test_provisioned_capacity_is_the_tables_and_by_default_each_indexs() -> None:
    capacity = {"read_units": 10, "write_units": 5}
    indexes = {**KEYED["global_indexes"]}
    indexes["by-total"] = {**indexes["by-total"], "provisioned": {"read_units": 2, "write_units": 1}}
    given = inputs(**{**KEYED, "global_indexes": indexes}, provisioned=capacity)
    assert (given["billingMode"], given["readCapacity"], given["writeCapacity"]) == ("PROVISIONED", 10, 5)
    by_status, by_total = given["globalSecondaryIndexes"]
    assert (by_status["readCapacity"], by_status["writeCapacity"]) == (10, 5)
    assert (by_total["readCapacity"], by_total["writeCapacity"]) == (2, 1)


def test_recovery_can_be_shorter_or_off() -> None:
    week = {"enabled": True, "recoveryPeriodInDays": 7}
    assert inputs(point_in_time_recovery_days=7)["pointInTimeRecovery"] == week
    assert inputs(point_in_time_recovery_days=0)["pointInTimeRecovery"] == {"enabled": False}


def test_items_expire_by_the_ttl_attribute() -> None:
    assert inputs(ttl_attribute="expires_at")["ttl"] == {"attributeName": "expires_at", "enabled": True}


@pytest.mark.parametrize("stream", ["keys_only", "new_image", "old_image", "new_and_old_images"])
def test_a_stream_tells_what_it_is_asked_to(stream: str) -> None:
    given = inputs(stream=stream)
    assert (given["streamEnabled"], given["streamViewType"]) == (True, stream.upper())


def test_encryption_is_by_a_key_of_dynamodbs_or_by_the_customers() -> None:
    assert "serverSideEncryption" not in inputs()
    assert inputs(kms_key_arn=KEY_ARN)["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY_ARN}


def test_an_index_can_have_four_attributes_in_each_part_of_its_key() -> None:
    types = dict.fromkeys(("id", "tenant", "year", "month", "day", "at", "rank", "score", "seat"), "S")
    index = {
        "hash_key": "tenant",
        "more_hash_keys": ["year", "month", "day"],
        "range_key": "at",
        "more_range_keys": ["rank", "score", "seat"],
    }
    given = inputs(attributes=types, global_indexes={"by-day": index})["globalSecondaryIndexes"]
    keys = [(key["attributeName"], key["keyType"]) for key in given[0]["keySchemas"]]
    spread = [("tenant", "HASH"), ("year", "HASH"), ("month", "HASH"), ("day", "HASH")]
    assert keys == [*spread, ("at", "RANGE"), ("rank", "RANGE"), ("score", "RANGE"), ("seat", "RANGE")]


def test_what_is_paid_by_request_can_be_bounded_and_warmed_for_a_table_and_an_index() -> None:
    bounds = {"max_read_units": 1000}
    warm = {"warm_read_units": 40_000, "warm_write_units": 20_000}
    indexes = {"by-id": {"hash_key": "id", "throughput": {"max_write_units": 50}}}
    given = inputs(throughput={**bounds, **warm}, global_indexes=indexes)
    assert given["onDemandThroughput"] == {"maxReadRequestUnits": 1000, "maxWriteRequestUnits": -1}
    assert given["warmThroughput"] == {"readUnitsPerSecond": 40_000, "writeUnitsPerSecond": 20_000}
    (by_id,) = given["globalSecondaryIndexes"]
    assert by_id["onDemandThroughput"] == {"maxReadRequestUnits": -1, "maxWriteRequestUnits": 50}
    assert "warmThroughput" not in by_id


FOLLOWING = {"read_units": 10, "write_units": 5, "max_read_units": 100, "max_write_units": 50, "target_percent": 60}


def test_capacity_follows_the_traffic_within_its_bounds_for_the_table_and_each_index() -> None:
    indexes = {**KEYED["global_indexes"]}
    indexes["by-total"] = {**indexes["by-total"], "provisioned": {"read_units": 2, "write_units": 1}}
    indexes["by-when"] = {"hash_key": "placed_at", "provisioned": {**FOLLOWING, "max_read_units": 700}}
    args = arguments(KEYED, {"global_indexes": indexes, "provisioned": FOLLOWING})
    built = build(lambda: Table("orders", args))
    targets = {
        (target.inputs["resourceId"], target.inputs["scalableDimension"]): (
            target.inputs["minCapacity"],
            target.inputs["maxCapacity"],
        )
        for target in built.of("aws:appautoscaling/target:Target")
    }
    name = "orders-table-0a1b2c"
    assert targets == {
        (f"table/{name}", "dynamodb:table:ReadCapacityUnits"): (10, 100),
        (f"table/{name}", "dynamodb:table:WriteCapacityUnits"): (5, 50),
        (f"table/{name}/index/by-status", "dynamodb:index:ReadCapacityUnits"): (10, 100),
        (f"table/{name}/index/by-status", "dynamodb:index:WriteCapacityUnits"): (5, 50),
        (f"table/{name}/index/by-when", "dynamodb:index:ReadCapacityUnits"): (10, 700),
        (f"table/{name}/index/by-when", "dynamodb:index:WriteCapacityUnits"): (5, 50),
    }
    for policy in built.of("aws:appautoscaling/policy:Policy"):
        settings = policy.inputs["targetTrackingScalingPolicyConfiguration"]
        access = "Read" if "Read" in policy.inputs["scalableDimension"] else "Write"
        metric = settings["predefinedMetricSpecification"]["predefinedMetricType"]
        assert (metric, settings["targetValue"]) == (f"DynamoDB{access}CapacityUtilization", 60)
        assert (policy.inputs["resourceId"], policy.inputs["scalableDimension"]) in targets


def test_an_update_leaves_alone_what_aws_changes_and_what_a_table_was_filled_from() -> None:
    at_first = {"importTable", "restoreSourceTableArn", "restoreDateTime", "restoreToLatestTime"}
    fixed = {"read_units": 10, "write_units": 5}
    reads = {**fixed, "max_read_units": 100}
    assert table()["orders-table"].ignore_changes == at_first
    assert table(provisioned=fixed)["orders-table"].ignore_changes == at_first
    assert table(provisioned=reads)["orders-table"].ignore_changes == at_first | {"readCapacity"}
    assert table(provisioned=FOLLOWING)["orders-table"].ignore_changes == at_first | {"readCapacity", "writeCapacity"}


def test_replicas_are_kept_as_the_table_is_and_fed_by_its_stream() -> None:
    built = table(global_table={"replicas": {"eu-west-1": {}, "ap-south-1": {}}})
    given = built["orders-table"].inputs
    kept = {"pointInTimeRecovery": True, "deletionProtectionEnabled": True, "propagateTags": True}
    assert given["replicas"] == [
        {"regionName": "ap-south-1", "consistencyMode": "EVENTUAL", **kept},
        {"regionName": "eu-west-1", "consistencyMode": "EVENTUAL", **kept},
    ]
    assert (given["streamEnabled"], given["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES")
    assert built.value(built.result.stream_arn) == STREAM_ARN
    late = built["orders-replication-alarm-eu-west-1-replica"].inputs
    assert late["dimensions"] == {"TableName": "orders-table-0a1b2c", "ReceivingRegion": "eu-west-1"}
    assert (late["metricName"], late["threshold"]) == ("ReplicationLatency", 60_000)


def test_strong_consistency_takes_three_regions_one_of_which_may_hold_nothing() -> None:
    two = {"replicas": {"us-east-2": {}, "us-west-2": {}}, "consistency": "strong"}
    given = inputs(global_table=two)
    assert {replica["consistencyMode"] for replica in given["replicas"]} == {"STRONG"}
    assert given["streamEnabled"] is False
    witness = {"replicas": {"us-east-2": {}}, "consistency": "strong", "witness_region": "us-west-2"}
    given = inputs(global_table=witness)
    assert given["globalTableWitness"] == {"regionName": "us-west-2"}
    assert [replica["regionName"] for replica in given["replicas"]] == ["us-east-2"]
    assert not table(global_table=witness).of("aws:cloudwatch/metricAlarm:MetricAlarm")[-1].name.endswith("replica")


def test_each_replica_has_a_key_of_its_own_region() -> None:
    key = KEY_ARN.replace("us-east-1", "eu-west-1")
    given = inputs(kms_key_arn=KEY_ARN, global_table={"replicas": {"eu-west-1": {"kms_key_arn": key}}})
    assert given["replicas"][0]["kmsKeyArn"] == key


def test_a_new_table_can_be_filled_from_files_or_from_another_table() -> None:
    files = {"bucket": "exports", "format": "csv", "compression": "gzip", "key_prefix": "2026/"}
    assert inputs(source={"files": files})["importTable"] == {
        "inputFormat": "CSV",
        "inputCompressionType": "GZIP",
        "s3BucketSource": {"bucket": "exports", "keyPrefix": "2026/"},
    }
    latest = inputs(source={"restored": {"table_arn": ARN}})
    assert (latest["restoreSourceTableArn"], latest["restoreToLatestTime"]) == (ARN, True)
    then = inputs(source={"restored": {"table_arn": ARN, "at": "2026-11-25T12:00:00Z"}})
    assert then["restoreDateTime"] == "2026-11-25T12:00:00Z"
    assert "restoreToLatestTime" not in then


def test_a_kinesis_stream_can_get_every_change() -> None:
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
    given = table(kinesis_stream_arn=stream)["orders-kinesis"].inputs
    assert given == {"tableName": "orders-table-0a1b2c", "streamArn": stream}


def test_the_table_can_have_a_policy_of_its_own() -> None:
    given = table(resource_policy_json="{}")["orders-resource-policy"].inputs
    assert given == {"resourceArn": ARN, "policy": "{}"}


def test_insights_tell_of_the_table_and_each_global_index() -> None:
    built = table(**KEYED, contributor_insights=True)
    indexes = {one.inputs.get("indexName") for one in built.of("aws:dynamodb/contributorInsights:ContributorInsights")}
    assert indexes == {None, "by-status", "by-total"}
    assert "orders-insights" not in table(**KEYED)


def test_an_unprotected_table_can_be_deleted() -> None:
    built = table(deletion_protection=False)["orders-table"]
    assert built.inputs["deletionProtectionEnabled"] is False
    assert built.protect is False


def test_an_unprotected_table_in_a_protected_component_stays_protected_by_pulumi() -> None:
    args = arguments(PLAIN, {"deletion_protection": False})
    built = build(lambda: Table("orders", args, pulumi.ResourceOptions(protect=True)))
    assert built["orders-table"].protect is True


def test_throttled_reads_and_writes_of_the_table_and_each_global_index_have_alarms() -> None:
    built = table(**KEYED, alarms={"topic_arn": TOPIC_ARN})
    for access, metric in (("read", "ReadThrottleEvents"), ("write", "WriteThrottleEvents")):
        alarm = built[f"orders-{access}-throttle-alarm"].inputs
        assert (alarm["namespace"], alarm["metricName"], alarm["statistic"]) == ("AWS/DynamoDB", metric, "Sum")
        assert alarm["dimensions"] == {"TableName": "orders-table-0a1b2c"}
        assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanThreshold", 0)
        for index in ("by-status", "by-total"):
            of_index = built[f"orders-index-{access}-throttle-alarm-{index}"].inputs
            assert of_index["metricName"] == metric
            dimensions = {"TableName": "orders-table-0a1b2c", "GlobalSecondaryIndexName": index}
            assert of_index["dimensions"] == dimensions
    alarms = built.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert len(alarms) == 7
    assert all(alarm.inputs[key] == [TOPIC_ARN] for alarm in alarms for key in ("alarmActions", "okActions"))


def test_dynamodbs_own_errors_have_an_alarm_over_what_applications_call() -> None:
    queries = table()["orders-system-error-alarm"].inputs["metricQueries"]
    metrics = [query["metric"] for query in queries if "metric" in query]
    # DynamoDB publishes SystemErrors by table and operation; an alarm is computed from ten metrics at most.
    assert {metric["metricName"] for metric in metrics} == {"SystemErrors"}
    assert {"GetItem", "PutItem", "Query", "TransactWriteItems"} <= {
        metric["dimensions"]["Operation"] for metric in metrics
    }
    assert len(metrics) <= 10
    assert [query["id"] for query in queries if query.get("returnData")] == ["errors"]


def test_outputs_name_the_table() -> None:
    built = table(stream="new_image")
    result = built.result
    assert built.value(result.table_name) == "orders-table-0a1b2c"
    assert built.value(result.table_arn) == ARN
    assert built.value(result.stream_arn) == STREAM_ARN
    assert built.value(result.environment) == {"ORDERS_TABLE": "orders-table-0a1b2c"}


def test_the_environment_variables_name_is_one_whatever_the_components_is() -> None:
    built = build(lambda: Table("eu.user-sessions", arguments(PLAIN)))
    assert list(built.value(built.result.environment)) == ["EU_USER_SESSIONS_TABLE"]


def test_readers_read_the_table_and_exactly_its_indexes() -> None:
    built = table(**KEYED)
    of_table, of_indexes = statements(built.value(built.result.read_policy_json))
    assert of_table["Resource"] == [ARN]
    assert {"dynamodb:GetItem", "dynamodb:Query"} <= set(of_table["Action"])
    assert not [action for action in of_table["Action"] if any(verb in action for verb in ("Put", "Update", "Delete"))]
    assert of_indexes["Resource"] == [f"{ARN}/index/by-amount", f"{ARN}/index/by-status", f"{ARN}/index/by-total"]
    assert of_indexes["Action"] == ["dynamodb:Query", "dynamodb:Scan"]


def test_writers_write_and_do_not_read() -> None:
    built = table(**KEYED)
    (of_table,) = statements(built.value(built.result.write_policy_json))
    assert of_table["Resource"] == [ARN]
    assert {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"} <= set(of_table["Action"])
    assert not [action for action in of_table["Action"] if any(verb in action for verb in ("Get", "Query", "Scan"))]


def test_readers_and_writers_have_both_and_nothing_twice() -> None:
    built = table()
    both = statements(built.value(built.result.read_write_policy_json))[0]["Action"]
    read = statements(built.value(built.result.read_policy_json))[0]["Action"]
    write = statements(built.value(built.result.write_policy_json))[0]["Action"]
    assert both == sorted({*read, *write})


def test_a_streams_readers_read_that_stream_alone() -> None:
    built = table(stream="keys_only")
    (of_stream,) = statements(built.value(built.result.stream_policy_json))
    assert of_stream["Resource"] == [STREAM_ARN]
    assert "dynamodb:GetRecords" in of_stream["Action"]
    assert built.value(table().result.stream_policy_json) == ""


def test_with_a_customers_key_its_use_through_dynamodb_is_granted_too() -> None:
    built = table(kms_key_arn=KEY_ARN, stream="keys_only")
    reads = statements(built.value(built.result.read_policy_json))[-1]
    assert reads["Resource"] == [KEY_ARN]
    assert reads["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert reads["Condition"] == {"StringLike": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com*"}}
    assert "kms:GenerateDataKey" in statements(built.value(built.result.write_policy_json))[-1]["Action"]
    assert statements(built.value(built.result.stream_policy_json))[-1]["Action"] == ["kms:Decrypt", "kms:DescribeKey"]


@pytest.mark.parametrize("output", ["read_policy_json", "write_policy_json", "read_write_policy_json"])
def test_no_policy_has_a_wildcard(output: str) -> None:
    built = table(**KEYED, stream="new_image", kms_key_arn=KEY_ARN)
    for statement in statements(built.value(getattr(built.result, output))):
        assert not [text for text in (*statement["Action"], *statement["Resource"]) if "*" in text]


def role(name: str) -> aws.iam.Role:
    return aws.iam.Role(name, assume_role_policy="{}")


def granted(**args: Any) -> Built[Table]:
    def program() -> Table:
        orders = Table("orders", arguments(PLAIN, {"stream": "new_image"}, args))
        orders.grant_read(role("reader"))
        orders.grant_write(role("writer"))
        orders.grant_read_write(role("owner"))
        orders.grant_stream(role("follower"))
        return orders

    return build(program)


def test_grants_attach_the_policies_to_the_callers_role() -> None:
    built = granted()
    expected = {
        "orders-read-grant-reader": built.result.read_policy_json,
        "orders-write-grant-writer": built.result.write_policy_json,
        "orders-read-write-grant-owner": built.result.read_write_policy_json,
        "orders-stream-grant-follower": built.result.stream_policy_json,
    }
    assert {policy.name for policy in built.of("aws:iam/rolePolicy:RolePolicy")} == expected.keys()
    for name, policy in expected.items():
        assert built[name].inputs["policy"] == built.value(policy)
        assert built[name].inputs["role"] == f"{name.rpartition('-')[2]}-0a1b2c"
        assert built[name].parent == built["orders"].urn


def test_no_child_is_renamed() -> None:
    urns = sorted(resource.urn for resource in granted(**KEYED).resources if resource.type != "aws:iam/role:Role")
    assert urns == GOLDEN.read_text().splitlines()


def test_a_stream_that_is_not_there_is_not_granted() -> None:
    def program() -> None:
        Table("orders", arguments(PLAIN)).grant_stream(role("follower"))

    with pytest.raises(
        TenfoldError, match="Table 'orders' has no stream to read; give it one with the argument stream"
    ):
        build(program)


def test_a_preview_knows_the_table_and_not_its_arn() -> None:
    built = table(preview=True, **KEYED, stream="new_image")
    assert built["orders-table"].inputs["hashKey"] == "customer"
    assert built.value(built.result.table_arn) is None
    assert built.value(built.result.read_policy_json) is None
    assert built["orders-read-throttle-alarm"].inputs["dimensions"]["TableName"] == UNKNOWN


SIZES = st.fixed_dictionaries(
    {},
    optional={
        "provisioned": st.fixed_dictionaries(
            {"read_units": st.integers(1, 40_000), "write_units": st.integers(1, 40_000)},
            optional={"max_read_units": st.just(40_000), "max_write_units": st.just(40_000)},
        ),
        "global_indexes": st.dictionaries(
            st.sampled_from(["by-status", "by-total", "by-both"]),
            st.fixed_dictionaries(
                {"hash_key": st.just("placed_at")},
                optional={"projection": st.sampled_from(["all", "keys_only"])},
            ),
        ),
        "point_in_time_recovery_days": st.integers(0, 35),
        "ttl_attribute": st.just("expires_at"),
        "stream": st.sampled_from(["keys_only", "new_and_old_images"]),
        "global_table": st.just({"replicas": {"eu-west-1": {}}}),
        "source": st.just({"restored": {"table_arn": ARN}}),
        "contributor_insights": st.booleans(),
        "resource_policy_json": st.just("{}"),
        "deletion_protection": st.booleans(),
    },
).filter(lambda size: "global_table" not in size or not {"provisioned", "stream"} & size.keys())
# What CloudFormation's reference of AWS::DynamoDB::Table says "Update requires: Replacement" of.
REPLACES = ("name", "hashKey", "rangeKey", "localSecondaryIndexes")
# What pulumi-aws would replace a table for, if an update looked at it.
ONLY_AT_FIRST = {"importTable", "restoreSourceTableArn", "restoreDateTime", "restoreToLatestTime"}


@settings(deadline=None, max_examples=25)
@given(before=SIZES, after=SIZES)
def test_growing_never_replaces_a_table(before: dict[str, Any], after: dict[str, Any]) -> None:
    keys = {"hash_key": "customer", "range_key": "placed_at", "attributes": {"customer": "S", "placed_at": "N"}}
    small, large = (table(**keys, **size)["orders-table"] for size in (before, after))
    assert small.urn == large.urn
    assert [small.inputs.get(key) for key in REPLACES] == [large.inputs.get(key) for key in REPLACES]
    assert large.ignore_changes >= ONLY_AT_FIRST


AT = {"id": "S", "at": "N"}
FIVE = dict.fromkeys(("id", "b", "c", "d", "e"), "S")
REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no hash key": ({"hash_key": None}, "hash_key: nothing is given; allowed: a text; it is required"),
    "no types": ({"attributes": None}, "attributes: nothing is given; allowed: a dict, each value a text; it is"),
    "a key without a type": (
        {"range_key": "at"},
        "range_key: 'at' is given, which has no type; allowed: one of attributes, or add 'at' to them",
    ),
    "no such type": ({"attributes": {"id": "string"}}, "attributes.id: 'string' is given; allowed: 'S' (text), 'N'"),
    "a type that is no keys": (
        {"attributes": {"id": "S", "total": "N"}},
        "attributes.total: no table or index has it as a key; allowed: key attributes; others are not declared",
    ),
    "both keys one": (
        {"range_key": "id"},
        "range_key: 'id' is given, which is the hash key; allowed: another attribute",
    ),
    "an index's key without a type": (
        {"global_indexes": {"by-mail": {"hash_key": "mail"}}},
        "global_indexes.by-mail.hash_key: 'mail' is given, which has no type; allowed: one of attributes",
    ),
    "an index's keys one": (
        {"global_indexes": {"by-id": {"hash_key": "id", "range_key": "id"}}},
        "global_indexes.by-id.range_key: 'id' is given, which is the hash key; allowed: another attribute",
    ),
    "an index's name": (
        {"global_indexes": {"by id": {"hash_key": "id"}}},
        "global_indexes.by id: it has this name; allowed: 3 to 255 letters, digits, underscores, dots, hyphens",
    ),
    "an index without keys": (
        {"global_indexes": {"by-id": {}}},
        "global_indexes.by-id.hash_key: nothing is given; allowed: a text; it is required",
    ),
    "too many global indexes": (
        {"global_indexes": {f"index-{number}": {"hash_key": "id"} for number in range(21)}},
        "global_indexes: 21 is given; allowed: 0 to 20 indexes",
    ),
    "a local index without a range key": (
        {"local_indexes": {"by-at": {"range_key": "at"}}, "attributes": {"id": "S", "at": "N"}},
        "local_indexes: the table has no range_key; allowed: none, or give the table a range_key",
    ),
    "nothing to include": (
        {"global_indexes": {"by-id": {"hash_key": "id", "projection": "include"}}},
        "global_indexes.by-id.included_attributes: nothing is given; allowed: at least one, with projection include",
    ),
    "included in all": (
        {"global_indexes": {"by-id": {"hash_key": "id", "included_attributes": ["total"]}}},
        "global_indexes.by-id.included_attributes: ['total'] is given; allowed: nothing, or projection include",
    ),
    "no such projection": (
        {"global_indexes": {"by-id": {"hash_key": "id", "projection": "some"}}},
        "global_indexes.by-id.projection: 'some' is given; allowed: 'all', 'keys_only', 'include'",
    ),
    "capacity of an index alone": (
        {"global_indexes": {"by-id": {"hash_key": "id", "provisioned": {"read_units": 1, "write_units": 1}}}},
        "global_indexes.by-id.provisioned: the table is on demand; allowed: nothing, or give the table a provisioned",
    ),
    "too little capacity": (
        {"provisioned": {"read_units": 0, "write_units": 1}},
        "provisioned.read_units: 0 is given; allowed: 1 to 40000 units a second",
    ),
    "half a capacity": (
        {"provisioned": {"read_units": 1}},
        "provisioned.write_units: nothing is given; allowed: a whole number; it is required",
    ),
    "recovery too long": (
        {"point_in_time_recovery_days": 36},
        "point_in_time_recovery_days: 36 is given; allowed: 0 to 35 days",
    ),
    "expiry by a key": (
        {"ttl_attribute": "id"},
        "ttl_attribute: 'id' is given, which is a key of the table; allowed: an attribute of its own",
    ),
    "expiry by a text": (
        {
            "ttl_attribute": "until",
            "attributes": {"id": "S", "until": "S"},
            "global_indexes": {"by-until": {"hash_key": "until"}},
        },
        "attributes.until: 'S' is given; allowed: 'N', as ttl_attribute",
    ),
    "no such stream": (
        {"stream": "images"},
        "stream: 'images' is given; allowed: 'keys_only', 'new_image', 'old_image'",
    ),
    "no range key to go on from": (
        {"global_indexes": {"by-id": {"hash_key": "id", "more_range_keys": ["at"]}}, "attributes": AT},
        "global_indexes.by-id.more_range_keys: there is no range_key; allowed: none, or name the first",
    ),
    "more attributes than a key has": (
        {"global_indexes": {"by-id": {"hash_key": "id", "more_hash_keys": ["b", "c", "d", "e"]}}, "attributes": FIVE},
        "global_indexes.by-id.more_hash_keys: 4 is given; allowed: 0 to 3 attributes",
    ),
    "an attribute twice in a key": (
        {
            "global_indexes": {"by-id": {"hash_key": "id", "more_hash_keys": ["b", "b"]}},
            "attributes": {"id": "S", "b": "S"},
        },
        "global_indexes.by-id.more_hash_keys[1]: 'b' is given, which is a key of this index already; allowed: another",
    ),
    "bounds below the least": (
        {"provisioned": {"read_units": 10, "write_units": 5, "max_read_units": 9}},
        "provisioned.max_read_units: 9 is given; allowed: 10 to 40000 units a second",
    ),
    "a target of what is fixed": (
        {"provisioned": {"read_units": 10, "write_units": 5, "target_percent": 50}},
        "provisioned.target_percent: the capacity is fixed; allowed: nothing, or give it a max_read_units too",
    ),
    "a target too high": (
        {"provisioned": {"read_units": 1, "write_units": 1, "max_read_units": 9, "target_percent": 95}},
        "provisioned.target_percent: 95 is given; allowed: 20 to 90 percent",
    ),
    "a cap on what is provisioned": (
        {"provisioned": {"read_units": 1, "write_units": 1}, "throughput": {"max_read_units": 9}},
        "throughput.max_read_units: the table's capacity is provisioned; allowed: nothing, or leave out provisioned",
    ),
    "half warm": (
        {"throughput": {"warm_read_units": 12_000}},
        "throughput.warm_write_units: nothing is given; allowed: a number, as the other of the two is given",
    ),
    "colder than a table is": (
        {"throughput": {"warm_read_units": 11_999, "warm_write_units": 4_000}},
        "throughput.warm_read_units: 11999 is given; allowed: 12000 to 10000000 units a second",
    ),
    "no replica": (
        {"global_table": {"replicas": {}}},
        "global_table.replicas: there is none; allowed: one region or more",
    ),
    "a zone for a region": (
        {"global_table": {"replicas": {"eu-west-1a": {}}}},
        "global_table.replicas.eu-west-1a: it has this name; allowed: a region, 'eu-west-1'",
    ),
    "two regions with strong consistency": (
        {"global_table": {"replicas": {"us-east-2": {}}, "consistency": "strong"}},
        "global_table.consistency: 'strong' is given with 1 other regions; allowed: two other regions: two replicas",
    ),
    "a witness that holds data": (
        {"global_table": {"replicas": {"us-east-2": {}}, "consistency": "strong", "witness_region": "us-east-2"}},
        "global_table.witness_region: there is a replica in it; allowed: a region of its own",
    ),
    "a witness to nothing": (
        {"global_table": {"replicas": {"us-east-2": {}}, "witness_region": "us-west-2"}},
        "global_table.witness_region: consistency is eventual; allowed: nothing, or the consistency strong",
    ),
    "expiry with strong consistency": (
        {
            "ttl_attribute": "until",
            "global_table": {"replicas": {"us-east-2": {}, "us-west-2": {}}, "consistency": "strong"},
        },
        "ttl_attribute: it is given with strong consistency; allowed: nothing",
    ),
    "a stream that cannot feed replicas": (
        {"stream": "keys_only", "global_table": {"replicas": {"us-east-2": {}}}},
        "stream: 'keys_only' is given with replicas; allowed: new_and_old_images, which replicas are fed from",
    ),
    "a replica without a key": (
        {"kms_key_arn": KEY_ARN, "global_table": {"replicas": {"us-east-2": {}}}},
        "global_table.replicas.us-east-2.kms_key_arn: it has no key; allowed: a key in each region where the table has",
    ),
    "replicas of a table with fixed writes": (
        {"provisioned": {"read_units": 1, "write_units": 1}, "global_table": {"replicas": {"us-east-2": {}}}},
        "provisioned.max_write_units: nothing is given; allowed: the most that it follows the traffic to",
    ),
    "two sources": (
        {"source": {"files": {"bucket": "b", "format": "ion"}, "restored": {"table_arn": ARN}}},
        "source: both are given; allowed: either files or restored",
    ),
    "no source in it": ({"source": {}}, "source: it is empty; allowed: either files or restored"),
    "protection by a text": ({"deletion_protection": "yes"}, "deletion_protection: 'yes' is given; allowed: True or"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: Table("orders", arguments(PLAIN, args)))
    assert refusal.text.startswith("Table 'orders' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


def test_local_and_global_indexes_share_their_names() -> None:
    args = {**KEYED, "local_indexes": {"by-total": {"range_key": "total"}}}
    refusal = refused(lambda: Table("orders", arguments(args)))
    assert refusal.faults == {"local_indexes.by-total": ("a global index has the same name", "a name of its own")}


def test_a_table_has_five_local_indexes_at_most_none_by_its_hash_key() -> None:
    local = {f"index-{number}": {"range_key": "customer" if number else "total"} for number in range(6)}
    refusal = refused(lambda: Table("orders", arguments(KEYED, {"local_indexes": local})))
    assert refusal.faults["local_indexes"] == ("6 is given", "0 to 5 indexes")
    given = "'customer' is given, which is the table's hash key"
    assert refusal.faults["local_indexes.index-1.range_key"] == (given, "another attribute")


def test_all_faults_are_told_at_once() -> None:
    args = {
        "hash_key": "id",
        "attributes": {"id": "S", "spare": "X"},
        "global_indexes": {"x": {"hash_key": "mail", "projection": "include"}},
        "stream": "images",
        "point_in_time_recovery_days": 99,
        "ttl_attribute": "id",
        "source": {},
        "has_key": "id",
        "overrides": {"table": {"table_clas": "STANDARD"}},
    }
    refusal = refused(lambda: Table("orders", arguments(args)))  # pyright: ignore[reportArgumentType]
    assert refusal.faults.keys() == {
        "attributes.spare",
        "global_indexes.x",
        "global_indexes.x.hash_key",
        "global_indexes.x.included_attributes",
        "has_key",
        "overrides.table.table_clas",
        "point_in_time_recovery_days",
        "source",
        "stream",
        "ttl_attribute",
    }
    assert refusal.text.startswith("Table 'orders' has 10 faults in its arguments:")
