"""Buckets, their settings and objects live in the emulator as their entries say."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, policy, tags_of


def _bucket(world: World, made: Made) -> Any:
    world.client("s3").head_bucket(Bucket=made.id)
    return tags_of(world.client("s3").get_bucket_tagging(Bucket=made.id)["TagSet"])


def _get(call: str, *path: str) -> Any:
    def look(world: World, made: Made) -> Any:
        found = getattr(world.client("s3"), call)(Bucket=made.id)
        for key in path:
            found = found[int(key) if isinstance(found, list) else key]
        return found

    return look


def _policy(world: World, made: Made) -> Any:
    return json.loads(world.client("s3").get_bucket_policy(Bucket=made.id)["Policy"])


def _notification(world: World, made: Made) -> Any:
    found = world.client("s3").get_bucket_notification_configuration(Bucket=made.id)
    rules = found["QueueConfigurations"][0]["Filter"]["Key"]["FilterRules"]
    return {one["Name"].lower(): one["Value"] for one in rules}, "EventBridgeConfiguration" in found


def _object(world: World, made: Made) -> Any:
    where = {"Bucket": made.inputs["bucket"], "Key": made.inputs["key"]}
    found = world.client("s3").get_object(**where)
    tags = tags_of(world.client("s3").get_object_tagging(**where)["TagSet"])
    return found["Body"].read(), found["ContentType"], found["Metadata"], tags


_BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_EXPIRY = {"id": "old", "status": "Enabled", "expiration": {"days": 30}, "filter": {"prefix": "logs/"}}


def _queue(world: World, prefix: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "new",
            "queueArn": world.queue_arn,
            "events": ["s3:ObjectCreated:*"],
            "filterPrefix": prefix,
            "filterSuffix": ".json",
        }
    ]


def _replica(world: World, prefix: str) -> dict[str, Any]:
    return {
        "id": "copy",
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": prefix},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {
            "bucket": f"arn:aws:s3:::{world.versioned[1]}",
            "storageClass": "STANDARD_IA",
            "metrics": {"status": "Enabled"},
        },
    }


CASES = [
    Case(
        token="aws:s3/bucket:Bucket",
        inputs=lambda _: {"tags": {"team": "a"}, "forceDestroy": True},
        look=_bucket,
        made={"team": "a"},
        change=lambda _: {"tags": {"team": "b", "new": "x"}},
        changed={"team": "b", "new": "x"},
        meddle=lambda world, made: (
            world.client("s3").put_object(Bucket=made.id, Key="left", Body=b"x")
            and world.client("s3").put_bucket_tagging(
                Bucket=made.id, Tagging={"TagSet": [{"Key": "team", "Value": "c"}]}
            )
        ),
        drifts=("tags",),
        outputs={
            "arn": lambda _, made: f"arn:aws:s3:::{made.id}",
            "bucketDomainName": lambda _, made: f"{made.id}.s3.amazonaws.com",
            "bucketRegionalDomainName": lambda _, made: f"{made.id}.s3.eu-west-1.amazonaws.com",
        },
    ),
    Case(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        inputs=lambda world: {"bucket": world.bucket, "blockPublicAcls": True, "restrictPublicBuckets": True},
        look=_get("get_public_access_block", "PublicAccessBlockConfiguration"),
        made=dict(zip(_BLOCKED, (True, False, False, True), strict=True)),
        change=lambda _: {"blockPublicPolicy": True, "ignorePublicAcls": True},
        changed=dict.fromkeys(_BLOCKED, True),
        meddle=lambda world, made: world.client("s3").put_public_access_block(
            Bucket=made.id, PublicAccessBlockConfiguration=dict(zip(_BLOCKED, (True, True, True, False), strict=True))
        ),
        drifts=("restrictPublicBuckets",),
    ),
    Case(
        token="aws:s3/bucketVersioning:BucketVersioning",
        inputs=lambda world: {"bucket": world.bucket, "versioningConfiguration": {"status": "Enabled"}},
        look=_get("get_bucket_versioning", "Status"),
        made="Enabled",
        change=lambda _: {"versioningConfiguration": {"status": "Suspended"}},
        changed="Suspended",
        meddle=lambda world, made: world.client("s3").put_bucket_versioning(
            Bucket=made.id, VersioningConfiguration={"Status": "Enabled"}
        ),
        drifts=("versioningConfiguration",),
        stays=True,
    ),
    Case(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        inputs=lambda world: {
            "bucket": world.bucket,
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": world.keys[0]},
                    "bucketKeyEnabled": True,
                }
            ],
        },
        look=_get(
            "get_bucket_encryption",
            "ServerSideEncryptionConfiguration",
            "Rules",
            "0",
            "ApplyServerSideEncryptionByDefault",
            "SSEAlgorithm",
        ),
        made="aws:kms",
        change=lambda _: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        changed="AES256",
        stays=True,
    ),
    Case(
        token="aws:s3/bucketPolicy:BucketPolicy",
        inputs=lambda world: {"bucket": world.bucket, "policy": policy("s3:GetObject", "arn:aws:s3:::b/*")},
        look=_policy,
        made=json.loads(policy("s3:GetObject", "arn:aws:s3:::b/*")),
        change=lambda _: {"policy": policy("s3:PutObject", "arn:aws:s3:::b/*")},
        changed=json.loads(policy("s3:PutObject", "arn:aws:s3:::b/*")),
        meddle=lambda world, made: world.client("s3").put_bucket_policy(Bucket=made.id, Policy=policy("s3:*")),
        drifts=("policy",),
    ),
    Case(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        inputs=lambda world: {"bucket": world.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        look=_get("get_bucket_ownership_controls", "OwnershipControls", "Rules", "0", "ObjectOwnership"),
        made="BucketOwnerEnforced",
        change=lambda _: {"rule": {"objectOwnership": "ObjectWriter"}},
        changed="ObjectWriter",
        meddle=lambda world, made: world.client("s3").put_bucket_ownership_controls(
            Bucket=made.id, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        ),
        drifts=("rule",),
    ),
    Case(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        inputs=lambda world: {
            "bucket": world.bucket,
            "rules": [
                _EXPIRY,
                {
                    "id": "all",
                    "status": "Enabled",
                    "noncurrentVersionExpiration": {"noncurrentDays": 5},
                    "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
                },
            ],
        },
        look=lambda world, made: {
            one["ID"]: one.get("Expiration", {}).get("Days")
            for one in _get("get_bucket_lifecycle_configuration", "Rules")(world, made)
        },
        made={"old": 30, "all": None},
        change=lambda _: {"rules": [{**_EXPIRY, "expiration": {"days": 60}}]},
        changed={"old": 60},
        meddle=lambda world, made: world.client("s3").put_bucket_lifecycle_configuration(
            Bucket=made.id,
            LifecycleConfiguration={
                "Rules": [{"ID": "old", "Status": "Enabled", "Expiration": {"Days": 1}, "Filter": {"Prefix": "logs/"}}]
            },
        ),
        drifts=("rules",),
    ),
    Case(
        token="aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        inputs=lambda world: {
            "bucket": world.bucket,
            "corsRules": [{"id": "web", "allowedMethods": ["GET"], "allowedOrigins": ["https://a.com"]}],
        },
        look=_get("get_bucket_cors", "CORSRules"),
        made=[{"ID": "web", "AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.com"]}],
        change=lambda _: {
            "corsRules": [{"allowedMethods": ["PUT"], "allowedOrigins": ["*"], "maxAgeSeconds": 60}],
        },
        changed=[{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 60}],
        meddle=lambda world, made: world.client("s3").put_bucket_cors(
            Bucket=made.id, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
        ),
        drifts=("corsRules",),
    ),
    Case(
        token="aws:s3/bucketLogging:BucketLogging",
        inputs=lambda world: {"bucket": world.bucket, "targetBucket": world.log_bucket, "targetPrefix": "a/"},
        look=_get("get_bucket_logging", "LoggingEnabled", "TargetPrefix"),
        made="a/",
        change=lambda _: {"targetPrefix": "b/"},
        changed="b/",
        meddle=lambda world, made: world.client("s3").put_bucket_logging(
            Bucket=made.id,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": world.log_bucket, "TargetPrefix": "c/"}},
        ),
        drifts=("targetPrefix",),
    ),
    Case(
        token="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        inputs=lambda world: {"bucket": world.versioned[0], "role": world.role, "rules": [_replica(world, "a/")]},
        look=_get("get_bucket_replication", "ReplicationConfiguration", "Rules", "0", "Filter", "Prefix"),
        made="a/",
        change=lambda world: {"rules": [_replica(world, "b/")]},
        changed="b/",
    ),
    Case(
        token="aws:s3/bucketNotification:BucketNotification",
        inputs=lambda world: {"bucket": world.bucket, "queues": _queue(world, "in/"), "eventbridge": True},
        look=_notification,
        made=({"prefix": "in/", "suffix": ".json"}, True),
        change=lambda world: {"queues": _queue(world, "new/"), "eventbridge": False},
        changed=({"prefix": "new/", "suffix": ".json"}, False),
        meddle=lambda world, made: world.client("s3").put_bucket_notification_configuration(
            Bucket=made.id,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {
                        "Id": "new",
                        "QueueArn": world.queue_arn,
                        "Events": ["s3:ObjectCreated:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "other/"}]}},
                    }
                ]
            },
        ),
        drifts=("queues",),
    ),
    Case(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        inputs=lambda world: {
            "bucket": world.bucket,
            "key": "a/b.txt",
            "content": "one",
            "contentType": "text/plain",
            "metadata": {"from": "test"},
            "tags": {"team": "a"},
        },
        look=_object,
        made=(b"one", "text/plain", {"from": "test"}, {"team": "a"}),
        change=lambda _: {"content": "two", "tags": {"team": "b"}},
        changed=(b"two", "text/plain", {"from": "test"}, {"team": "b"}),
        meddle=lambda world, made: world.client("s3").put_object(
            Bucket=world.bucket,
            Key="a/b.txt",
            Body=b"two",
            ContentType="text/html",
            Metadata={"from": "test"},
            Tagging="team=b",
        ),
        drifts=("contentType",),
        outputs={"arn": ..., "etag": "f97c5d29941bfb1b2fdab0874906ab82"},
    ),
]


@parametrize(CASES)
def test_a_resource_of_s3_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_bucket_that_holds_objects_is_not_destroyed_without_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = CATALOGUE["aws:s3/bucket:Bucket"]
    inputs, _ = resources.check(world.account, kind, "kept", b"kept", {}, {})
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    world.client("s3").put_object(Bucket=identity, Key="left", Body=b"x")
    monkeypatch.setattr(resources, "IN_USE_SECONDS", 0.1)
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        resources.delete(world.account, kind, identity, state)
    assert world.client("s3").get_object(Bucket=identity, Key="left")["Body"].read() == b"x"
