"""DynamoDB tables: indexes come and go in place, one at a time."""

import json
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Sweep, Tagging
from local.aws.model import members

_KEYS = {"hashKey": "HASH", "rangeKey": "RANGE"}
_THROUGHPUT = {"readCapacity": "readCapacityUnits", "writeCapacity": "writeCapacityUnits"}


def _keyed(item: Properties) -> Properties:
    """Keys and throughput in the form that AWS has them in, for a table and for an index."""
    rest = {name: value for name, value in item.items() if name not in {**_KEYS, **_THROUGHPUT}}
    keys = [{"attributeName": item[name], "keyType": kind} for name, kind in _KEYS.items() if item.get(name)]
    throughput = {member: item[name] for name, member in _THROUGHPUT.items() if item.get(name)}
    return rest | ({"keySchema": keys} if keys else {}) | ({"provisionedThroughput": throughput} if throughput else {})


def _index(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    result = _keyed(item)
    projection = {
        name: result.pop(name) for name in ("projectionType", "nonKeyAttributes") if result.get(name) is not None
    }
    return {**result, **({"projection": projection} if projection else {})}


def _bare_replicas(properties: Properties) -> None:
    """The emulator knows of a replica that it is there; how it is kept stays on record."""
    if isinstance(properties.get("replicas"), list):
        properties["replicas"] = [{"regionName": item["regionName"]} for item in properties["replicas"]]


def _table(properties: Properties) -> Properties:
    result = _keyed(properties)
    if properties.get("billingMode") == "PAY_PER_REQUEST":
        result.pop("provisionedThroughput", None)
    own = {"hashKey": properties["hashKey"]} if properties.get("hashKey") else {}
    for name, shared in (("globalSecondaryIndexes", {}), ("localSecondaryIndexes", own)):
        if isinstance(result.get(name), list):
            result[name] = [_index({**shared, **item} if isinstance(item, dict) else item) for item in result[name]]
    _bare_replicas(result)
    stream = {
        member: result.pop(name)
        for name, member in (("streamEnabled", "streamEnabled"), ("streamViewType", "streamViewType"))
        if name in result
    }
    if stream:
        result["streamSpecification"] = stream
    return result


def _unkeyed(item: Properties) -> Properties:
    result = dict(item)
    for key in result.pop("keySchema", []):
        result["hashKey" if key["keyType"] == "HASH" else "rangeKey"] = key["attributeName"]
    throughput = result.pop("provisionedThroughput", None) or {}
    for name, member in _THROUGHPUT.items():
        if throughput.get(member):
            result[name] = throughput[member]
    return result


def _index_back(item: Properties) -> Properties:
    kept = {"name", "indexName", "keySchema", "projection", "provisionedThroughput", "onDemandThroughput"}
    result = _unkeyed({name: value for name, value in item.items() if name in kept})
    projection = result.pop("projection", {})
    return {**({"name": name} if (name := result.pop("indexName", None)) else {}), **result, **projection}


def _table_back(properties: Properties) -> Properties:
    result = _unkeyed(properties)
    for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        if isinstance(result.get(name), list):
            result[name] = [_index_back(item) for item in result[name]]
    for item in result.get("localSecondaryIndexes") or []:
        item.pop("hashKey", None)
    _bare_replicas(result)
    if "streamSpecification" in result:
        stream = result.pop("streamSpecification") or {}
        result |= {"streamEnabled": stream.get("streamEnabled", False), "streamViewType": stream.get("streamViewType")}
    return result


def _indexes(properties: Properties) -> dict[str, Properties]:
    return {item["name"]: item for item in properties.get("globalSecondaryIndexes") or []}


def _changes(before: Properties, after: Properties) -> list[Properties]:
    """One call for each index: AWS takes a single change at a time. What cannot be changed is made anew."""
    old, new = _indexes(before), _indexes(after)
    fixed = ("keySchema", "projection")
    both = old.keys() & new.keys()
    remade = {name for name in both if any(old[name].get(key) != new[name].get(key) for key in fixed)}
    updates: list[Properties] = [{"Delete": {"IndexName": name}} for name in sorted((old.keys() - new.keys()) | remade)]
    for name, given in new.items():
        index = {"indexName": name, **{key: value for key, value in given.items() if key != "name"}}
        settings = {key: value for key, value in index.items() if key not in fixed}
        if name not in old or name in remade:
            updates.append({"Create": members(index)})
        elif given != old[name] and len(settings) > 1:
            updates.append({"Update": members(settings)})
    attributes = [{"AttributeName": one["name"], "AttributeType": one["type"]} for one in after.get("attributes") or []]
    return [{"AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [update]} for update in updates]


def _replica_changes(before: Properties, after: Properties) -> list[Properties]:
    """One call for each replica: AWS takes a single change at a time."""
    old, new = ({item["regionName"] for item in found.get("replicas") or []} for found in (before, after))
    updates: list[Properties] = [{"Delete": {"RegionName": region}} for region in sorted(old - new)]
    updates += [{"Create": {"RegionName": region}} for region in sorted(new - old)]
    return [{"ReplicaUpdates": [update]} for update in updates]


_SOURCES = frozenset(
    {
        "importTable",
        "restoreBackupArn",
        "restoreDateTime",
        "restoreSourceName",
        "restoreSourceTableArn",
        "restoreToLatestTime",
    }
)
_TABLE_NAME = {"TableName": "$id"}

TABLE = ResourceType(
    token="aws:dynamodb/table:Table",
    service="dynamodb",
    create=Operation(name="create_table", never=frozenset({"warmThroughput", "resourcePolicy", "vectorIndexes"})),
    id="TableDescription.TableName",
    find=Read(name="describe_table", params={"TableName": "$name"}, at="Table.TableName"),
    read=(
        Read(
            name="describe_table",
            params=_TABLE_NAME,
            at="Table",
            also={
                "BillingMode": "not_null(BillingModeSummary.BillingMode, 'PROVISIONED')",
                "TableClass": "not_null(TableClassSummary.TableClass, 'STANDARD')",
                "SSESpecification": "SSEDescription && {Enabled: SSEDescription.Status=='ENABLED', "
                "KMSMasterKeyId: SSEDescription.KMSMasterKeyArn}",
            },
        ),
        Read(
            name="describe_time_to_live",
            params=_TABLE_NAME,
            at="{TimeToLiveSpecification: {AttributeName: TimeToLiveDescription.AttributeName, "
            "Enabled: TimeToLiveDescription.TimeToLiveStatus=='ENABLED'}}",
        ),
        Read(
            name="describe_continuous_backups",
            params=_TABLE_NAME,
            at="{PointInTimeRecoverySpecification: ContinuousBackupsDescription.PointInTimeRecoveryDescription.{"
            "PointInTimeRecoveryEnabled: PointInTimeRecoveryStatus=='ENABLED', "
            "RecoveryPeriodInDays: RecoveryPeriodInDays}}",
        ),
    ),
    update=(
        Operation(name="update_table", params=_TABLE_NAME, only=frozenset({"billingMode", "provisionedThroughput"})),
        Operation(
            name="update_table",
            params=_TABLE_NAME,
            only=frozenset(
                {
                    "deletionProtectionEnabled",
                    "onDemandThroughput",
                    "serverSideEncryption",
                    "streamSpecification",
                    "tableClass",
                }
            ),
            one_by_one=True,
        ),
        Operation(
            name="update_table",
            params=_TABLE_NAME,
            only=frozenset({"globalSecondaryIndexes", "attributes"}),
            steps=_changes,
        ),
        Operation(name="update_table", params=_TABLE_NAME, only=frozenset({"replicas"}), steps=_replica_changes),
        Operation(
            name="update_table",
            params=_TABLE_NAME,
            only=frozenset({"warmThroughput"}),
            recorded="the emulator's tables are always warm",
        ),
        Operation(
            name="update_table",
            params=_TABLE_NAME,
            only=frozenset({"globalTableWitness"}),
            steps=lambda _before, _after: [],
            recorded="the emulator has no witnesses",
        ),
        Operation(
            name="import_table",
            only=_SOURCES,
            recorded="the emulator's tables begin empty",
        ),
        Operation(name="update_time_to_live", params=_TABLE_NAME, only=frozenset({"ttl"})),
        Operation(name="update_continuous_backups", params=_TABLE_NAME, only=frozenset({"pointInTimeRecovery"})),
    ),
    before_delete=(
        Sweep(
            found=Read(name="describe_table", params=_TABLE_NAME, at="Table.Replicas"),
            each=Operation(
                name="update_table",
                params={**_TABLE_NAME, "ReplicaUpdates": [{"Delete": {"RegionName": "$RegionName"}}]},
            ),
        ),
    ),
    delete=Operation(name="delete_table", params=_TABLE_NAME),
    ready="TableStatus=='ACTIVE' && !(GlobalSecondaryIndexes[?IndexStatus!='ACTIVE'])",
    names={
        "name": "TableName",
        "attributes": "AttributeDefinitions",
        "attributes.name": "AttributeName",
        "attributes.type": "AttributeType",
        "globalSecondaryIndexes.name": "IndexName",
        "localSecondaryIndexes.name": "IndexName",
        "ttl": "TimeToLiveSpecification",
        "pointInTimeRecovery": "PointInTimeRecoverySpecification",
        "pointInTimeRecovery.enabled": "PointInTimeRecoveryEnabled",
        "serverSideEncryption": "SSESpecification",
        "serverSideEncryption.kmsKeyArn": "KMSMasterKeyId",
    },
    defaults={"billingMode": "PROVISIONED", "tableClass": "STANDARD", "deletionProtectionEnabled": False},
    empty={
        "streamSpecification": {"streamEnabled": False},
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
    },
    outputs={
        "arn": "TableArn",
        "streamArn": "LatestStreamArn",
        "streamLabel": "LatestStreamLabel",
    },
    changing=frozenset({"streamArn", "streamLabel"}),
    required=frozenset({"attributes", "hashKey"}),
    replace_on=frozenset(
        {
            "name",
            "hashKey",
            "rangeKey",
            "localSecondaryIndexes",
            *_SOURCES,
        }
    ),
    not_returned={
        "pointInTimeRecovery.recoveryPeriodInDays": "the emulator does not keep it",
    },
    prepare=_table,
    restore=_table_back,
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceArn": "$arn"},
        read=Read(name="list_tags_of_resource", params={"ResourceArn": "$arn"}, at="Tags"),
    ),
    naming=Naming(limit=255),
)

_INSIGHTS = Operation(name="update_contributor_insights", params={"ContributorInsightsAction": "ENABLE"})

CONTRIBUTOR_INSIGHTS = ResourceType(
    token="aws:dynamodb/contributorInsights:ContributorInsights",
    service="dynamodb",
    create=_INSIGHTS,
    id="name:$tableName/index:$index/$account",
    read=(
        Read(
            name="describe_contributor_insights",
            params={"TableName": "$tableName", "IndexName": "$indexName"},
            at="ContributorInsightsStatus=='ENABLED' && @ || ContributorInsightsStatus=='ENABLING' && @ || `null`",
            also={"TableName": "$tableName", "IndexName": "$indexName"},
        ),
    ),
    delete=Operation(
        name="update_contributor_insights",
        params={"TableName": "$tableName", "IndexName": "$indexName", "ContributorInsightsAction": "DISABLE"},
    ),
    names={"mode": "ContributorInsightsMode"},
    required=frozenset({"tableName"}),
    replace_on=frozenset({"tableName", "indexName", "mode"}),
    derived=lambda properties: {"index": properties.get("indexName", "")},
)

_DESTINATION = {"TableName": "$tableName", "StreamArn": "$streamArn"}

KINESIS_DESTINATION = ResourceType(
    token="aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
    service="dynamodb",
    create=Operation(name="enable_kinesis_streaming_destination"),
    id="$tableName,$streamArn",
    read=(
        Read(
            name="describe_kinesis_streaming_destination",
            params={"TableName": "$tableName"},
            at="KinesisDataStreamDestinations[?StreamArn=='$streamArn' && DestinationStatus=='ACTIVE'] | [0]",
            also={"TableName": "$tableName"},
        ),
    ),
    delete=Operation(name="disable_kinesis_streaming_destination", params=_DESTINATION),
    required=frozenset({"tableName", "streamArn"}),
    replace_on=frozenset({"tableName", "streamArn", "approximateCreationDateTimePrecision"}),
)

_POLICY = Operation(name="put_resource_policy")

RESOURCE_POLICY = ResourceType(
    token="aws:dynamodb/resourcePolicy:ResourcePolicy",
    service="dynamodb",
    create=_POLICY,
    id="$resourceArn",
    read=(
        Read(
            name="get_resource_policy",
            params={"ResourceArn": "$resourceArn"},
            also={"ResourceArn": "$resourceArn"},
        ),
    ),
    update=(_POLICY,),
    delete=Operation(name="delete_resource_policy", params={"ResourceArn": "$resourceArn"}),
    outputs={"revisionId": "RevisionId"},
    changing=frozenset({"revisionId"}),
    documents=frozenset({"policy"}),
    required=frozenset({"resourceArn", "policy"}),
    replace_on=frozenset({"resourceArn"}),
)


def _attributes(text: Any) -> Any:
    """An item's attributes; what is no JSON is left for AWS to refuse."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _item(properties: Properties) -> Properties:
    return {**properties, "item": _attributes(properties.get("item"))}


def _item_back(properties: Properties) -> Properties:
    return {**properties, "item": json.dumps(properties["item"])} if "item" in properties else properties


def _item_key(properties: Properties) -> Properties:
    item = _attributes(properties.get("item"))
    names = [properties[name] for name in ("hashKey", "rangeKey") if properties.get(name)]
    key = {name: item[name] for name in names if isinstance(item, dict) and name in item}
    parts = "|".join(str(part) for value in key.values() for part in value.values())
    return {"key": key, "parts": parts, "hash": properties.get("hashKey")}


_PUT_ITEM = Operation(name="put_item", only=frozenset({"tableName", "item"}), on=frozenset({"hashKey", "rangeKey"}))

TABLE_ITEM = ResourceType(
    token="aws:dynamodb/tableItem:TableItem",
    service="dynamodb",
    create=Operation(
        name="put_item",
        only=frozenset({"tableName", "item"}),
        # What is there already belongs to somebody.
        params={"ConditionExpression": "attribute_not_exists(#hash)", "ExpressionAttributeNames": {"#hash": "$hash"}},
    ),
    id="$tableName|$parts",
    read=(
        Read(
            name="get_item",
            params={"TableName": "$tableName", "Key": "$key", "ConsistentRead": True},
            at="Item && @",
            also={"TableName": "$tableName"},
        ),
    ),
    update=(_PUT_ITEM,),
    delete=Operation(name="delete_item", params={"TableName": "$tableName", "Key": "$key"}),
    required=frozenset({"tableName", "hashKey", "item"}),
    replace_on=frozenset({"tableName", "hashKey", "rangeKey"}),
    prepare=_item,
    restore=_item_back,
    derived=_item_key,
)
