"""Kinesis: data streams."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_STREAM = {"StreamName": "$name"}
_DAY = 24


def _longer(before: Properties, after: Properties) -> list[Properties]:
    was, wanted = (int(one.get("retentionPeriod", _DAY)) for one in (before, after))
    return [{"RetentionPeriodHours": wanted}] if wanted > was else []


def _shorter(before: Properties, after: Properties) -> list[Properties]:
    was, wanted = (int(one.get("retentionPeriod", _DAY)) for one in (before, after))
    return [{"RetentionPeriodHours": wanted}] if wanted < was else []


def _shards(before: Properties, after: Properties) -> list[Properties]:
    was, wanted = before.get("shardCount"), after.get("shardCount")
    return [{"TargetShardCount": wanted, "ScalingType": "UNIFORM_SCALING"}] if was and wanted and was != wanted else []


def _encrypt(before: Properties, after: Properties) -> list[Properties]:
    same = all(before.get(name) == after.get(name) for name in ("encryptionType", "kmsKeyId"))
    starts = after.get("encryptionType") == "KMS" and not same
    return [{"EncryptionType": "KMS", "KeyId": after["kmsKeyId"]}] if starts else []


def _decrypt(before: Properties, after: Properties) -> list[Properties]:
    stops = before.get("encryptionType") == "KMS" and after.get("encryptionType", "NONE") == "NONE"
    return [{"EncryptionType": "KMS", "KeyId": before["kmsKeyId"]}] if stops else []


_RETENTION = frozenset({"retentionPeriod"})
_ENCRYPTION = frozenset({"encryptionType", "kmsKeyId"})

STREAM = ResourceType(
    token="aws:kinesis/stream:Stream",
    service="kinesis",
    create=Operation(name="create_stream", only=frozenset({"name", "shardCount", "streamModeDetails"})),
    id="arn:aws:kinesis:$region:$account:stream/$name",
    read=(
        Read(
            name="describe_stream_summary",
            params=_STREAM,
            at="StreamDescriptionSummary",
            # One on demand has shards that nobody asked for.
            also={"ShardCount": "StreamModeDetails.StreamMode=='PROVISIONED' && OpenShardCount || `null`"},
        ),
    ),
    update=(
        Operation(name="increase_stream_retention_period", params=_STREAM, only=_RETENTION, steps=_longer),
        Operation(name="decrease_stream_retention_period", params=_STREAM, only=_RETENTION, steps=_shorter),
        Operation(name="update_shard_count", params=_STREAM, only=frozenset({"shardCount"}), steps=_shards),
        Operation(name="stop_stream_encryption", params=_STREAM, only=_ENCRYPTION, steps=_decrypt),
        Operation(name="start_stream_encryption", params=_STREAM, only=_ENCRYPTION, steps=_encrypt),
    ),
    delete=Operation(name="delete_stream", params={"StreamName": "$name", "EnforceConsumerDeletion": True}),
    ready="StreamStatus=='ACTIVE'",
    names={"name": "StreamName", "retentionPeriod": "RetentionPeriodHours", "kmsKeyId": "KeyId"},
    defaults={"retentionPeriod": _DAY, "encryptionType": "NONE"},
    outputs={"arn": "StreamARN"},
    limits={"retentionPeriod": range(_DAY, 8761), "encryptionType": ("NONE", "KMS")},
    ignored=frozenset({"enforceConsumerDeletion"}),
    replace_on=frozenset({"name", "streamModeDetails"}),
    tagging=Tagging(
        tag="add_tags_to_stream",
        untag="remove_tags_from_stream",
        params=_STREAM,
        read=Read(name="list_tags_for_stream", params=_STREAM, at="Tags"),
    ),
    naming=Naming(limit=128),
)
