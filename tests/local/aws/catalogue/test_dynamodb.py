"""Tables live in the emulator as their entry says."""

import json
from typing import Any

import pytest

from local.aws import resources
from local.aws.calls import plan, prepared
from local.aws.catalogue import CATALOGUE
from local.aws.clients import ClientPool
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, policy, tags_of


def _table(world: World, made: Made) -> Any:
    client = world.client("dynamodb")
    found = client.describe_table(TableName=made.id)["Table"]
    backups = client.describe_continuous_backups(TableName=made.id)["ContinuousBackupsDescription"]
    return {
        "keys": {one["KeyType"]: one["AttributeName"] for one in found["KeySchema"]},
        "mode": found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "units": found.get("ProvisionedThroughput", {}).get("ReadCapacityUnits", 0),
        "indexes": {
            one["IndexName"]: one["Projection"]["ProjectionType"] for one in found.get("GlobalSecondaryIndexes", [])
        },
        "stream": found.get("StreamSpecification", {}).get("StreamViewType"),
        "protected": found["DeletionProtectionEnabled"],
        "ttl": client.describe_time_to_live(TableName=made.id)["TimeToLiveDescription"].get("AttributeName"),
        "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "tags": tags_of(client.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]),
    }


def _replicas(world: World, made: Made) -> set[str]:
    found = world.client("dynamodb").describe_table(TableName=made.id)["Table"]
    return {replica["RegionName"] for replica in found.get("Replicas", [])}


def _insights(world: World, index: str) -> bool | None:
    found = world.client("dynamodb").describe_contributor_insights(TableName=world.table, IndexName=index)
    return True if found["ContributorInsightsStatus"] in ("ENABLED", "ENABLING") else None


def _item(world: World, key: str) -> Any:
    return world.client("dynamodb").get_item(TableName=world.table, Key={"pk": {"S": key}})["Item"]


def _destinations(world: World) -> list[str]:
    found = world.client("dynamodb").describe_kinesis_streaming_destination(TableName=world.table)
    active = [one for one in found["KinesisDataStreamDestinations"] if one["DestinationStatus"] == "ACTIVE"]
    return [one["StreamArn"] for one in active]


_PLAIN = {
    "keys": {"HASH": "pk"},
    "mode": "PROVISIONED",
    "units": 5,
    "indexes": {},
    "stream": None,
    "protected": False,
    "ttl": None,
    "recovery": "DISABLED",
    "tags": {},
}
_RICH = {
    "keys": {"HASH": "pk", "RANGE": "sk"},
    "mode": "PAY_PER_REQUEST",
    "units": 0,
    "indexes": {"by-kind": "INCLUDE"},
    "stream": "NEW_AND_OLD_IMAGES",
    "protected": True,
    "ttl": "expires",
    "recovery": "ENABLED",
    "tags": {"team": "a"},
}

CASES = [
    Case(
        token="aws:dynamodb/table:Table",
        inputs=lambda _: {
            "hashKey": "pk",
            "rangeKey": "sk",
            "billingMode": "PAY_PER_REQUEST",
            "attributes": [
                {"name": "pk", "type": "S"},
                {"name": "sk", "type": "S"},
                {"name": "kind", "type": "N"},
                {"name": "when", "type": "S"},
            ],
            "globalSecondaryIndexes": [
                {
                    "name": "by-kind",
                    "hashKey": "kind",
                    "rangeKey": "sk",
                    "projectionType": "INCLUDE",
                    "nonKeyAttributes": ["a"],
                }
            ],
            "localSecondaryIndexes": [{"name": "by-when", "rangeKey": "when", "projectionType": "ALL"}],
            "ttl": {"attributeName": "expires", "enabled": True},
            "pointInTimeRecovery": {"enabled": True},
            "streamEnabled": True,
            "streamViewType": "NEW_AND_OLD_IMAGES",
            "serverSideEncryption": {"enabled": True},
            "deletionProtectionEnabled": True,
            "onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 50},
            "tags": {"team": "a"},
        },
        look=_table,
        made=_RICH,
        change=lambda _: {
            "deletionProtectionEnabled": False,
            "globalSecondaryIndexes": [
                {"name": "only-keys", "hashKey": "kind", "projectionType": "KEYS_ONLY"},
                {"name": "whole", "hashKey": "when", "rangeKey": "pk", "projectionType": "ALL"},
            ],
            "pointInTimeRecovery": None,
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
            "tags": {"team": "b"},
        },
        changed={
            **_RICH,
            "protected": False,
            "indexes": {"only-keys": "KEYS_ONLY", "whole": "ALL"},
            "recovery": "DISABLED",
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("dynamodb").update_table(
            TableName=made.id,
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "whole"}}],
        ),
        drifts=("globalSecondaryIndexes",),
        outputs={"arn": ..., "streamArn": ..., "streamLabel": ...},
    ),
    Case(
        token="aws:dynamodb/table:Table",
        inputs=lambda _: {
            "hashKey": "pk",
            "attributes": [{"name": "pk", "type": "S"}],
            "readCapacity": 5,
            "writeCapacity": 5,
        },
        look=_table,
        made=_PLAIN,
        change=lambda _: {"billingMode": "PAY_PER_REQUEST", "readCapacity": None, "writeCapacity": None},
        changed={**_PLAIN, "mode": "PAY_PER_REQUEST", "units": 0},
        outputs={"arn": ...},
    ),
    Case(
        token="aws:dynamodb/table:Table",
        inputs=lambda _: {
            "hashKey": "pk",
            "attributes": [{"name": "pk", "type": "S"}],
            "billingMode": "PAY_PER_REQUEST",
            "streamEnabled": True,
            "streamViewType": "NEW_AND_OLD_IMAGES",
            "replicas": [{"regionName": region, "propagateTags": True} for region in ("eu-central-1", "us-east-2")],
        },
        look=_replicas,
        made={"us-east-2", "eu-central-1"},
        change=lambda _: {
            "replicas": [{"regionName": region, "propagateTags": True} for region in ("sa-east-1", "us-east-2")]
        },
        changed={"us-east-2", "sa-east-1"},
    ),
    Case(
        token="aws:dynamodb/contributorInsights:ContributorInsights",
        inputs=lambda world: {"tableName": world.table, "indexName": "by-kind"},
        look=lambda world, made: _insights(world, "by-kind"),
        made=True,
        meddle=None,
    ),
    Case(
        token="aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
        inputs=lambda world: {"tableName": world.table, "streamArn": world.stream},
        look=lambda world, _: _destinations(world)[0],
        made=lambda world, _: world.stream,
    ),
    Case(
        token="aws:dynamodb/tableItem:TableItem",
        inputs=lambda world: {
            "tableName": world.table,
            "hashKey": "pk",
            "item": '{"pk": {"S": "head"}, "version": {"N": "1"}}',
        },
        look=lambda world, _: _item(world, "head")["version"],
        made={"N": "1"},
        change=lambda _: {"item": '{"pk": {"S": "head"}, "version": {"N": "2"}}'},
        changed={"N": "2"},
        meddle=lambda world, _: world.client("dynamodb").put_item(
            TableName=world.table, Item={"pk": {"S": "head"}, "version": {"N": "9"}}
        ),
        drifts=("item",),
    ),
    Case(
        token="aws:dynamodb/resourcePolicy:ResourcePolicy",
        inputs=lambda world: {"resourceArn": world.table_arn, "policy": policy("dynamodb:GetItem", world.table_arn)},
        look=lambda world, _: json.loads(
            world.client("dynamodb").get_resource_policy(ResourceArn=world.table_arn)["Policy"]
        )["Statement"][0]["Action"],
        made="dynamodb:GetItem",
        change=lambda world: {"policy": policy("dynamodb:Query", world.table_arn)},
        changed="dynamodb:Query",
        outputs={"revisionId": ...},
    ),
]


def test_a_deleted_table_leaves_no_replica(world: World) -> None:
    kind = CATALOGUE["aws:dynamodb/table:Table"]
    asked = {
        "hashKey": "pk",
        "attributes": [{"name": "pk", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "replicas": [{"regionName": "us-east-2"}],
    }
    inputs, _ = resources.check(world.account, kind, "whole", b"whole", {}, asked)
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    there = ClientPool(world.emulator)("dynamodb", "us-east-2")
    assert there.describe_table(TableName=identity)["Table"]["TableStatus"] == "ACTIVE"
    resources.delete(world.account, kind, identity, state)
    with pytest.raises(there.exceptions.ResourceNotFoundException):
        there.describe_table(TableName=identity)


@parametrize(CASES)
def test_a_table_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_indexes_go_before_new_ones_come_and_each_with_a_call_of_its_own(world: World) -> None:
    kind = CATALOGUE["aws:dynamodb/table:Table"]
    changes = next(operation for operation in kind.update if operation.steps)

    def table(*indexes: tuple[str, str]) -> dict[str, Any]:
        found = [{"name": name, "hashKey": key, "projectionType": "ALL"} for name, key in indexes]
        attributes = [{"name": key, "type": "S"} for key in ("pk", *(key for _, key in indexes))]
        return prepared(kind, {"hashKey": "pk", "attributes": attributes, "globalSecondaryIndexes": found})

    calls = plan(
        world.client("dynamodb"),
        kind,
        changes,
        table(("gone", "a"), ("kept", "b"), ("moved", "c")),
        table(("kept", "b"), ("moved", "d"), ("new", "e")),
    )
    updates = [call["GlobalSecondaryIndexUpdates"] for call in calls]
    assert [len(update) for update in updates] == [1, 1, 1, 1]
    assert [(kind, one["IndexName"]) for (update,) in updates for kind, one in update.items()] == [
        ("Delete", "gone"),
        ("Delete", "moved"),
        ("Create", "moved"),
        ("Create", "new"),
    ]
