"""Who may do what with a bucket: IAM policies that name each action, and the bucket's own policy.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html.
"""

from collections.abc import Mapping, Sequence

from tenfold.policy_documents import Statement, policy_document, tls_alone

_READ = ("s3:GetObject", "s3:GetObjectVersion")
_WRITE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject")
# Without the right to list, an object that is not there looks like one that is forbidden.
_LIST = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions")
_PARTS = ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
_KEY_READ = ("kms:Decrypt",)
# Uploads in parts are encrypted part by part, and decrypted once to be put together.
_KEY_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")


def read_policy(bucket_arn: str, key_arn: str | None) -> str:
    """The IAM policy of readers."""
    return policy_document(
        [_allow(_LIST, bucket_arn), _allow(_READ, f"{bucket_arn}/*"), *_with_key(_KEY_READ, key_arn)]
    )


def write_policy(bucket_arn: str, key_arn: str | None) -> str:
    """The IAM policy of writers, who cannot read."""
    return policy_document(
        [_allow(_PARTS, bucket_arn), _allow(_WRITE, f"{bucket_arn}/*"), *_with_key(_KEY_WRITE, key_arn)]
    )


def read_write_policy(bucket_arn: str, key_arn: str | None) -> str:
    """The IAM policy of those who read and write."""
    about = dict.fromkeys([*_LIST, *_PARTS])
    return policy_document(
        [
            _allow([*about], bucket_arn),
            _allow([*_READ, *_WRITE], f"{bucket_arn}/*"),
            *_with_key(_KEY_WRITE, key_arn),
        ]
    )


def bucket_policy(bucket_arn: str, log_account: str | None, further: Mapping[str, Statement]) -> str:
    """The bucket's own policy: nothing without TLS, others' access logs, and what the caller adds."""
    both = [bucket_arn, f"{bucket_arn}/*"]
    denied = tls_alone("s3:*", both)
    logs = {
        "Sid": "AccessLogs",
        **_allow(["s3:PutObject"], f"{bucket_arn}/*"),
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": log_account}},
    }
    own = [{"Sid": sid, "Resource": both, **statement} for sid, statement in sorted(further.items())]
    return policy_document([denied, *([logs] if log_account else []), *own])


def replication_policy(
    source_arn: str, prefix: str, source_key_arn: str | None, target_arn: str, target_key_arn: str | None
) -> str:
    """The IAM policy of S3 itself while it copies objects from one bucket to the other."""
    get = ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging")
    put = ("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags")
    return policy_document(
        [
            _allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source_arn),
            _allow(get, f"{source_arn}/{prefix}*"),
            _allow(put, f"{target_arn}/{prefix}*"),
            *_with_key(["kms:Decrypt"], source_key_arn),
            *_with_key(["kms:Encrypt", "kms:GenerateDataKey"], target_key_arn),
        ]
    )


def _with_key(actions: Sequence[str], key_arn: str | None) -> list[Statement]:
    """What S3 does with a key for the caller; the caller alone cannot."""
    if not key_arn:
        return []
    # The service's name ends in .com.cn in China.
    service = f"s3.{key_arn.split(':')[3]}.amazonaws.com*"
    return [{**_allow(actions, key_arn), "Condition": {"StringLike": {"kms:ViaService": service}}}]


def _allow(actions: Sequence[str], resource: str) -> Statement:
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
