"""Rules of buckets, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def bucket() -> aws.s3.Bucket:
    return aws.s3.Bucket("files")


def versioned(status: Any = "Enabled") -> None:
    aws.s3.BucketVersioning("files", bucket=bucket().id, versioning_configuration={"status": status})


def of_logs() -> None:
    aws.s3.BucketLogging("logs", bucket="site", target_bucket=bucket().id, target_prefix="site/")


def lifecycle(*rules: Any) -> None:
    aws.s3.BucketLifecycleConfiguration("files", bucket=bucket().id, rules=list(rules))


def inline(**rule: Any) -> None:
    rules: Any = [{"enabled": True, **rule}]
    aws.s3.Bucket("files", lifecycle_rules=rules)


def replicated() -> None:
    role = "arn:aws:iam::123456789012:role/copy"
    rule: Any = {"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}
    aws.s3.BucketReplicationConfig("files", bucket=bucket().id, role=role, rules=[rule])


def replicated_later() -> None:
    bucket()
    role = "arn:aws:iam::123456789012:role/copy"
    rule: Any = {"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}
    aws.s3.BucketReplicationConfig("files", bucket=later("files-0a1b2c"), role=role, rules=[rule])


def encrypted(**rule: Any) -> None:
    kms: Any = {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}, **rule}
    aws.s3.BucketServerSideEncryptionConfiguration("files", bucket="files", rules=[kms])


ABORT: dict[str, Any] = {"id": "abort", "abort_incomplete_multipart_upload": {"days_after_initiation": 7}}
EXPIRE: dict[str, Any] = {"id": "old", "status": "Enabled", "expiration": {"days": 365}}
NO_VERSIONS = ("files", "versioning", "no versions", "a BucketVersioning with status Enabled")
NO_RULE = ("files", "lifecycleRules", "no rule", "a BucketLifecycleConfiguration")

CASES = [
    passes("dur-s3-versioning", "versions", versioned),
    passes("dur-s3-versioning", "inline", lambda: aws.s3.Bucket("files", versioning={"enabled": True})),
    passes("dur-s3-versioning", "access logs", of_logs),
    passes("dur-s3-versioning", "what expires", lambda: lifecycle(EXPIRE)),
    passes("dur-s3-versioning", "not known", lambda: versioned(later("Enabled")), left=("files",)),
    refuses("dur-s3-versioning", "the default", bucket, NO_VERSIONS),
    refuses("dur-s3-versioning", "suspended", lambda: versioned("Suspended"), NO_VERSIONS),
    passes("dur-s3-lifecycle", "a rule", lambda: lifecycle(EXPIRE)),
    passes("dur-s3-lifecycle", "not known", lambda: lifecycle(EXPIRE | {"status": later("Enabled")}), left=("files",)),
    refuses("dur-s3-lifecycle", "none", bucket, NO_RULE),
    refuses("dur-s3-lifecycle", "switched off", lambda: lifecycle(EXPIRE | {"status": "Disabled"}), NO_RULE),
    passes("dur-s3-replication", "nobody asks for a copy", bucket),
    passes("dur-s3-replication", "a copy", replicated, buckets=["files"]),
    passes("dur-s3-replication", "a copy of one not known", replicated_later, left=("files",), buckets=["files"]),
    refuses(
        "dur-s3-replication",
        "none",
        bucket,
        ("files", "replicationConfiguration", "no copy", "a BucketReplicationConfig"),
        buckets=["files"],
    ),
    passes("cst-s3-multipart", "removed", lambda: lifecycle(EXPIRE, ABORT | {"status": "Enabled"})),
    passes(
        "cst-s3-multipart",
        "days that are not known yet",
        lambda: lifecycle(
            {"status": "Enabled", "abort_incomplete_multipart_upload": {"days_after_initiation": later(7)}}
        ),
        left=("files",),
    ),
    refuses(
        "cst-s3-multipart",
        "kept",
        lambda: lifecycle(EXPIRE),
        ("files", "rules", "no rule with abortIncompleteMultipartUpload", "one"),
    ),
    passes("cst-s3-bucket-key", "a key", lambda: encrypted(bucket_key_enabled=True)),
    passes("cst-s3-bucket-key", "not known", lambda: encrypted(bucket_key_enabled=later(True)), left=("files",)),
    passes(
        "cst-s3-bucket-key",
        "the key of S3",
        lambda: encrypted(apply_server_side_encryption_by_default={"sse_algorithm": "AES256"}),
    ),
    refuses("cst-s3-bucket-key", "none", encrypted, ("files", "rules[0].bucketKeyEnabled", "nothing", "true")),
    passes(
        "dur-s3-versioning",
        "what expires, among other rules",
        lambda: lifecycle(ABORT | {"status": "Enabled"}, EXPIRE),
    ),
    refuses("dur-s3-versioning", "uploads alone", lambda: lifecycle(ABORT | {"status": "Enabled"}), NO_VERSIONS),
    refuses("dur-s3-versioning", "no more expiry", lambda: lifecycle(EXPIRE | {"status": "Disabled"}), NO_VERSIONS),
    refuses(
        "dur-s3-versioning",
        "inline, and switched off",
        lambda: aws.s3.Bucket("files", versioning={"enabled": False}),
        NO_VERSIONS,
    ),
    passes("dur-s3-lifecycle", "inline", lambda: inline(expiration={"days": 365})),
    passes(
        "dur-s3-lifecycle",
        "one of two rules",
        lambda: lifecycle(EXPIRE, ABORT | {"status": "Disabled"}),
    ),
    passes("dur-s3-replication", "asked of another bucket", bucket, buckets=["archive"]),
    passes(
        "cst-s3-multipart",
        "after a day",
        lambda: lifecycle({"status": "Enabled", "abort_incomplete_multipart_upload": {"days_after_initiation": 1}}),
    ),
    refuses(
        "cst-s3-multipart",
        "no more removed",
        lambda: lifecycle(EXPIRE, ABORT | {"status": "Disabled"}),
        ("files", "rules", "no rule with abortIncompleteMultipartUpload", "one"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
