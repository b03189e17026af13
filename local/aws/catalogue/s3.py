"""S3: buckets, their settings as resources of their own, and objects."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Sweep, Tagging
from local.aws.values import content, is_asset

_BUCKET = {"Bucket": "$bucket"}


def _place(scope: Properties) -> Properties:
    region = scope["region"]
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


BUCKET = ResourceType(
    token="aws:s3/bucket:Bucket",
    service="s3",
    create=Operation(name="create_bucket", only=frozenset({"bucket", "objectLockEnabled"}), delivers=_place),
    id="$bucket",
    read=(Read(name="head_bucket", params={"Bucket": "$bucket"}, also={"Bucket": "$bucket"}),),
    delete=Operation(name="delete_bucket", params={"Bucket": "$id"}),
    before_delete=(
        Sweep(
            found=Read(name="list_object_versions", params={"Bucket": "$id"}, at="[Versions, DeleteMarkers][][]"),
            each=Operation(name="delete_object", params={"Bucket": "$id", "Key": "$Key", "VersionId": "$VersionId"}),
            when="forceDestroy",
        ),
    ),
    names={"objectLockEnabled": "ObjectLockEnabledForBucket"},
    outputs={
        "arn": "arn:aws:s3:::$id",
        "bucketDomainName": "$id.s3.amazonaws.com",
        "bucketRegionalDomainName": "$id.s3.$region.amazonaws.com",
        "bucketRegion": "$region",
    },
    ignored=frozenset({"forceDestroy"}),
    not_returned={"objectLockEnabled": "AWS tells it with the lock's configuration"},
    replace_on=frozenset({"bucket", "objectLockEnabled"}),
    tagging=Tagging(
        tag="put_bucket_tagging",
        untag="delete_bucket_tagging",
        params={"Bucket": "$id"},
        read=Read(name="get_bucket_tagging", params={"Bucket": "$id"}, at="TagSet"),
        under="Tagging.TagSet",
    ),
    naming=Naming(property="bucket", limit=63, lower=True, prefix_property="bucketPrefix"),
)


def _setting(
    name: str,
    call: str,
    *,
    only: frozenset[str],
    under: str = "",
    names: Mapping[str, str] = {},
    at: str = "@",
    also: Mapping[str, str] = {},
    delete: Operation | None = None,
    **more: Any,
) -> ResourceType:
    """A setting of a bucket: one call puts the whole of it, one reads it, one takes it away."""
    put = Operation(name=f"put_{call}", params=_BUCKET, only=only, under=under, whole=True)
    return ResourceType(
        token=f"aws:s3/{name}:{name[0].upper()}{name[1:]}",
        service="s3",
        create=put,
        id="$bucket",
        read=(Read(name=f"get_{call}", params=_BUCKET, at=at, also=also),),
        update=(put,),
        delete=delete or Operation(name=f"delete_{call}", params=_BUCKET),
        names=names,
        replace_on=frozenset({"bucket", "expectedBucketOwner"}),
        required=frozenset({"bucket"}),
        **more,
    )


PUBLIC_ACCESS_BLOCK = _setting(
    "bucketPublicAccessBlock",
    "public_access_block",
    only=frozenset({"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}),
    under="PublicAccessBlockConfiguration",
    at="PublicAccessBlockConfiguration",
    defaults=dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
    ),
    ignored=frozenset({"skipDestroy"}),
)

VERSIONING = _setting(
    "bucketVersioning",
    "bucket_versioning",
    only=frozenset({"versioningConfiguration"}),
    at="Status && @",
    also={"VersioningConfiguration": "{Status: Status, MFADelete: MFADelete}"},
    names={"versioningConfiguration.mfaDelete": "MFADelete"},
    delete=Operation(
        name="put_bucket_versioning", params={**_BUCKET, "VersioningConfiguration": {"Status": "Suspended"}}
    ),
    stays="a bucket that had versions keeps them; AWS can only suspend",
)

ENCRYPTION = _setting(
    "bucketServerSideEncryptionConfiguration",
    "bucket_encryption",
    only=frozenset({"rules"}),
    under="ServerSideEncryptionConfiguration",
    at="ServerSideEncryptionConfiguration",
    names={"rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID"},
    stays="AWS encrypts every bucket",
)

POLICY = _setting("bucketPolicy", "bucket_policy", only=frozenset({"policy"}), documents=frozenset({"policy"}))

OWNERSHIP = _setting(
    "bucketOwnershipControls",
    "bucket_ownership_controls",
    only=frozenset({"rule"}),
    under="OwnershipControls",
    at="OwnershipControls",
    names={"rule": "Rules"},
)


def _lifecycle(properties: Properties) -> Properties:
    """AWS wants a filter on each rule, also where it selects everything."""
    rules = properties.get("rules")
    if not isinstance(rules, list):
        return properties
    every = {"filter": {"prefix": ""}}
    return {
        **properties,
        "rules": [
            {**rule, **({} if rule.get("filter") or rule.get("prefix") else every)} if isinstance(rule, dict) else rule
            for rule in rules
        ],
    }


LIFECYCLE = _setting(
    "bucketLifecycleConfiguration",
    "bucket_lifecycle_configuration",
    only=frozenset({"rules"}),
    under="LifecycleConfiguration",
    at="{Rules: Rules}",
    delete=Operation(name="delete_bucket_lifecycle", params=_BUCKET),
    prepare=_lifecycle,
)


CORS = _setting(
    "bucketCorsConfiguration",
    "bucket_cors",
    only=frozenset({"corsRules"}),
    under="CORSConfiguration",
    at="{CORSRules: CORSRules}",
    names={"corsRules": "CORSRules"},
)

LOGGING = _setting(
    "bucketLogging",
    "bucket_logging",
    only=frozenset({"targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat"}),
    under="BucketLoggingStatus.LoggingEnabled",
    at="LoggingEnabled",
    delete=Operation(name="put_bucket_logging", params={**_BUCKET, "BucketLoggingStatus": {}}),
)

REPLICATION = _setting(
    "bucketReplicationConfig",
    "bucket_replication",
    only=frozenset({"role", "rules"}),
    under="ReplicationConfiguration",
    at="ReplicationConfiguration",
    # It is said once, to take a configuration over from another account.
    ignored=frozenset({"token"}),
)

_METRICS = Operation(
    name="put_bucket_metrics_configuration",
    params={"Bucket": "$bucket", "Id": "$name"},
    only=frozenset({"name", "filter"}),
    under="MetricsConfiguration",
)

METRIC = ResourceType(
    token="aws:s3/bucketMetric:BucketMetric",
    service="s3",
    create=_METRICS,
    id="$bucket:$name",
    update=(_METRICS,),
    names={"name": "Id"},
    required=frozenset({"bucket"}),
    replace_on=frozenset({"bucket", "name"}),
    naming=Naming(limit=64),
    recorded="the emulator has no request metrics",
)


def _filtered(entry: Any) -> Any:
    """Prefix and suffix are a list of rules in AWS."""
    if not isinstance(entry, dict):
        return entry
    rules = [
        {"name": kind, "value": entry[name]}
        for name, kind in (("filterPrefix", "prefix"), ("filterSuffix", "suffix"))
        if entry.get(name)
    ]
    rest = {name: value for name, value in entry.items() if name not in ("filterPrefix", "filterSuffix")}
    return {**rest, **({"filter": {"key": {"filterRules": rules}}} if rules else {})}


def _unfiltered(entry: Properties) -> Properties:
    rest = {name: value for name, value in entry.items() if name != "filter"}
    rules = entry.get("filter", {}).get("key", {}).get("filterRules", [])
    return {**rest, **{f"filter{rule['name'].capitalize()}": rule["value"] for rule in rules}}


_EVENTS = ("queues", "topics", "lambdaFunctions")


def _each_event(change: Callable[[Any], Any]) -> Callable[[Properties], Properties]:
    def changed(properties: Properties) -> Properties:
        return {
            name: [change(entry) for entry in value] if name in _EVENTS and isinstance(value, list) else value
            for name, value in properties.items()
            if name != "eventbridge" or value is not False
        }

    return changed


def _bridge(properties: Properties) -> Properties:
    result = _each_event(_filtered)(properties)
    return {**result, "eventbridge": {}} if result.get("eventbridge") is True else result


def _bridge_back(properties: Properties) -> Properties:
    result = _each_event(_unfiltered)(properties)
    return {**result, "eventbridge": result["eventbridge"] is not None} if "eventbridge" in result else result


NOTIFICATION = _setting(
    "bucketNotification",
    "bucket_notification_configuration",
    only=frozenset({*_EVENTS, "eventbridge"}),
    under="NotificationConfiguration",
    at="(QueueConfigurations || TopicConfigurations || LambdaFunctionConfigurations || "
    "EventBridgeConfiguration!=`null`) && @",
    delete=Operation(name="put_bucket_notification_configuration", params={**_BUCKET, "NotificationConfiguration": {}}),
    names={
        "queues": "QueueConfigurations",
        "topics": "TopicConfigurations",
        "lambdaFunctions": "LambdaFunctionConfigurations",
        "eventbridge": "EventBridgeConfiguration",
        "lambdaFunctions.lambdaFunctionArn": "LambdaFunctionArn",
    },
    prepare=_bridge,
    restore=_bridge_back,
)


def _body(scope: Properties) -> Properties:
    source: Any = scope.get("source")
    if is_asset(source):
        return {"Body": content(source)}
    if isinstance(scope.get("contentBase64"), str):
        return {"Body": base64.b64decode(scope["contentBase64"])}
    return {"Body": str(scope.get("content", "")).encode()}


_HEADERS = frozenset(
    {
        "bucket",
        "key",
        "acl",
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "kmsKeyId",
        "metadata",
        "serverSideEncryption",
        "storageClass",
        "websiteRedirect",
        "bucketKeyEnabled",
    }
)
_PUT_OBJECT = Operation(
    name="put_object",
    only=_HEADERS,
    on=frozenset({"source", "content", "contentBase64", "sourceHash", "etag"}),
    delivers=_body,
    whole=True,
)

OBJECT = ResourceType(
    token="aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    create=_PUT_OBJECT,
    id="$bucket/$key",
    read=(
        Read(
            name="head_object",
            params={"Bucket": "$bucket", "Key": "$key"},
            also={"Bucket": "$bucket", "Key": "$key"},
        ),
    ),
    update=(_PUT_OBJECT,),
    delete=Operation(name="delete_object", params={"Bucket": "$bucket", "Key": "$key"}),
    names={"kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation"},
    outputs={
        "arn": "arn:aws:s3:::$bucket/$key",
        "etag": "from_json(ETag)",
        "versionId": "VersionId",
        "contentType": "ContentType",
        "serverSideEncryption": "ServerSideEncryption",
    },
    changing=frozenset({"etag", "versionId"}),
    required=frozenset({"bucket", "key"}),
    ignored=frozenset({"forceDestroy"}),
    replace_on=frozenset({"bucket", "key"}),
    not_returned={
        "acl": "AWS tells it with the object's grants",
        "storageClass": "AWS does not tell STANDARD",
        "sourceHash": "it steers the provider and is no setting",
        "etag": "AWS tells it with quotes",
    },
    tagging=Tagging(
        tag="put_object_tagging",
        untag="delete_object_tagging",
        params={"Bucket": "$bucket", "Key": "$key"},
        read=Read(name="get_object_tagging", params={"Bucket": "$bucket", "Key": "$key"}, at="TagSet"),
        under="Tagging.TagSet",
    ),
)
