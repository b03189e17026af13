"""Who may do what for a transcoder: MediaConvert itself, the function that starts jobs, uploaders and readers.

See https://docs.aws.amazon.com/mediaconvert/latest/ug/iam-role.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tenfold.policy_documents import Statement, policy_document
from tenfold.transcoder_job import REJECTION_SOURCE, REJECTION_TYPE


@dataclass(frozen=True)
class Store:
    """A bucket, and the key of its objects.

    Attributes:
        arn: The bucket's ARN.
        key_arn: The key's ARN; empty where S3 has the key.
    """

    arn: str
    key_arn: str


def service_policy(uploads: Store, prefix: str, outputs: Store) -> str:
    """What MediaConvert may do for a job: read uploads, write outputs."""
    return policy_document(
        [
            _allow("Uploads", ["s3:GetObject"], f"{uploads.arn}/{prefix}*"),
            _allow("Outputs", ["s3:PutObject"], f"{outputs.arn}/*"),
            *_key("UploadsKey", ["kms:Decrypt"], uploads.key_arn),
            # Large outputs are written in parts, which are read once to be put together.
            *_key("OutputsKey", ["kms:Decrypt", "kms:GenerateDataKey"], outputs.key_arn),
        ]
    )


def starter_policy(uploads: Store, prefix: str, queue_arns: Sequence[str], role_arn: str) -> str:
    """What the function may do that starts jobs."""
    _, partition, _, region, account, _ = queue_arns[0].split(":", 5)
    pass_role = _allow("Role", ["iam:PassRole"], role_arn)
    tell = _allow("Rejections", ["events:PutEvents"], f"arn:{partition}:events:{region}:{account}:event-bus/default")
    return policy_document(
        [
            # MediaConvert probes with the caller's rights. Without ListBucket, what is gone looks forbidden.
            _allow("Uploads", ["s3:GetObject"], f"{uploads.arn}/{prefix}*"),
            _allow("UploadsThatAreGone", ["s3:ListBucket"], uploads.arn),
            *_key("UploadsKey", ["kms:Decrypt"], uploads.key_arn),
            {**_allow("Jobs", ["mediaconvert:CreateJob", "mediaconvert:SearchJobs"], ""), "Resource": [*queue_arns]},
            # A probe belongs to no resource that could be named.
            _allow("Probe", ["mediaconvert:Probe"], "*"),
            {**pass_role, "Condition": {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}},
            {
                **tell,
                "Condition": {
                    "StringEquals": {"events:source": REJECTION_SOURCE, "events:detail-type": REJECTION_TYPE}
                },
            },
        ]
    )


def upload_policy(uploads: Store, prefix: str) -> str:
    """What uploaders may do: put objects, and neither read nor delete them."""
    put = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
    return policy_document(
        [
            _allow("Uploads", put, f"{uploads.arn}/{prefix}*"),
            *_key("UploadsKey", ["kms:Decrypt", "kms:GenerateDataKey"], uploads.key_arn),
        ]
    )


def read_policy(outputs: Store) -> str:
    """What those may do who read outputs."""
    return policy_document(
        [
            _allow("Outputs", ["s3:GetObject"], f"{outputs.arn}/*"),
            _allow("ListOutputs", ["s3:ListBucket"], outputs.arn),
            *_key("OutputsKey", ["kms:Decrypt"], outputs.key_arn),
        ]
    )


def _key(sid: str, actions: Sequence[str], key_arn: str) -> list[Statement]:
    """What S3 does with a key for the caller; the caller alone cannot."""
    if not key_arn:
        return []
    service = f"s3.{key_arn.split(':')[3]}.amazonaws.com*"
    return [{**_allow(sid, actions, key_arn), "Condition": {"StringLike": {"kms:ViaService": service}}}]


def _allow(sid: str, actions: Sequence[str], resource: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
