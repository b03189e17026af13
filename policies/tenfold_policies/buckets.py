"""Buckets: objects survive being overwritten, and go when nobody needs them."""

from pulumi_policy import Severity

from .flags import switched_on
from .rule import ADVISORY, Parameter, Settings, Source, control, resource_rule, stack_rule
from .tokens import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_LOGGING,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
)
from .view import Findings, Resource, Stack, Value, some


@stack_rule(
    "dur-s3-versioning",
    on=(BUCKET,),
    title="Buckets keep versions",
    severity=Severity.LOW,
    remediation="Create a BucketVersioning with status Enabled.",
    source=control("S3.14", "CKV_AWS_21", practice="REL09-BP01"),
    level=ADVISORY,
)
def bucket_keeps_versions(bucket: Resource, stack: Stack, _: Settings) -> Findings:
    """A bucket keeps what was overwritten or deleted.

    A wrong deployment writes over a million objects in minutes. A bucket of access logs is written once, and one whose
    objects expire keeps nothing for good.
    """
    if bucket["versioning.enabled"].flag() is True or _holds_logs(bucket, stack):
        return
    if some(stack.referrers(bucket, BUCKET_LIFECYCLE, "bucket"), _expires):
        return
    if not some(stack.referrers(bucket, BUCKET_VERSIONING, "bucket"), _enabled):
        yield bucket["versioning"].violates(
            found="no versions", allowed="a BucketVersioning with status Enabled", fix="create one with this bucket."
        )


def _expires(lifecycle: Resource) -> bool:
    rules = lifecycle["rules"].items()
    return any(rule["expiration.days"].integer() and rule["status"].text() == "Enabled" for rule in rules)


def _enabled(versioning: Resource) -> bool:
    return versioning["versioningConfiguration.status"].text() == "Enabled"


def _holds_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether it is where access logs are written; services that are not asked here may write theirs, too."""
    return bool(stack.referrers(bucket, BUCKET_LOGGING, "targetBucket").resources)


@stack_rule(
    "dur-s3-lifecycle",
    on=(BUCKET,),
    title="Buckets have rules for what is old",
    severity=Severity.LOW,
    remediation="Create a BucketLifecycleConfiguration that moves or expires old objects and old versions.",
    source=control("S3.13", "CKV2_AWS_61", practice="COST04-BP05"),
    level=ADVISORY,
)
def bucket_has_lifecycle(bucket: Resource, stack: Stack, _: Settings) -> Findings:
    """A bucket says what becomes of old objects and of old versions.

    Versions that nobody expires are kept, and paid for, for ever. So says S3.10, too.
    """
    if bucket["lifecycleRules"].given:
        return
    if not some(stack.referrers(bucket, BUCKET_LIFECYCLE, "bucket"), _has_rule):
        yield bucket["lifecycleRules"].violates(
            found="no rule", allowed="a BucketLifecycleConfiguration", fix="create one with this bucket."
        )


def _has_rule(lifecycle: Resource) -> bool:
    return any(rule["status"].text() == "Enabled" for rule in lifecycle["rules"].items())


@stack_rule(
    "dur-s3-replication",
    on=(BUCKET,),
    title="Buckets that must outlive a region are copied",
    severity=Severity.MEDIUM,
    remediation="Create a BucketReplicationConfig from the bucket to one in another region.",
    source=control("S3.7", "CKV_AWS_144", practice="REL09-BP02"),
    level=ADVISORY,
    parameters=(Parameter("buckets", [], "The buckets, by their names in the program, that must have a copy."),),
)
def bucket_is_replicated(bucket: Resource, stack: Stack, settings: Settings) -> Findings:
    """A bucket that must outlive a region has a copy in another one.

    A copy doubles what the data costs: which buckets are worth it, the stack says.
    """
    if bucket.name in settings.texts("buckets") and not some(stack.referrers(bucket, BUCKET_REPLICATION, "bucket")):
        yield bucket["replicationConfiguration"].violates(
            found="no copy", allowed="a BucketReplicationConfig", fix="create one with this bucket."
        )


@resource_rule(
    "cst-s3-multipart",
    on=(BUCKET_LIFECYCLE,),
    title="Uploads that were given up are removed",
    severity=Severity.LOW,
    remediation="Add a rule with abortIncompleteMultipartUpload.daysAfterInitiation.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
        checkov=("CKV_AWS_300",),
        well_architected="COST04-BP05",
    ),
    level=ADVISORY,
)
def given_up_uploads_go(lifecycle: Resource, _: Settings) -> Findings:
    """A bucket's lifecycle removes the parts of uploads that never ended.

    They are in no list of objects, and on every bill.
    """
    if not any(_aborts(rule) for rule in lifecycle["rules"].items()):
        yield lifecycle["rules"].violates(
            found="no rule with abortIncompleteMultipartUpload",
            allowed="one",
            fix="add a rule that aborts uploads after some days.",
        )


def _aborts(rule: Value) -> bool:
    days = rule["abortIncompleteMultipartUpload.daysAfterInitiation"].integer()
    return days is not None and rule["status"].text() == "Enabled"


@resource_rule(
    "cst-s3-bucket-key",
    on=(BUCKET_ENCRYPTION,),
    title="Buckets ask KMS once, not for each object",
    severity=Severity.LOW,
    remediation="Set bucketKeyEnabled to true.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html", well_architected="COST09-BP03"
    ),
    level=ADVISORY,
)
def bucket_has_key(encryption: Resource, _: Settings) -> Findings:
    """A bucket that is encrypted by KMS has a key of its own for its objects.

    Otherwise each object that is read is a request to KMS, which costs and is limited.
    """
    for rule in encryption["rules"].items():
        if rule["applyServerSideEncryptionByDefault.sseAlgorithm"].text() == "aws:kms":
            yield from switched_on(rule["bucketKeyEnabled"])
