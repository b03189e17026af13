"""Copies of a bucket's objects in another bucket, by a role that may read the one and write the other.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.bucket_access import replication_policy
from tenfold.bucket_arguments import BucketReplicationArgs
from tenfold.role_policies import service_trust

RULE = "copy"


def replicate(
    component: pulumi.ComponentResource,
    bucket: aws.s3.Bucket,
    replication: BucketReplicationArgs,
    kms_key_arn: pulumi.Input[str] | None,
    after: Sequence[pulumi.Resource],
) -> aws.iam.Role:
    """Has S3 copy each new object, and each deletion; versions that are deleted for good stay in the copy."""
    name, prefix = component.pulumi_resource_name, replication.get("prefix", "")
    role = aws.iam.Role(
        f"{name}-replication-role",
        description=f"Copies objects of the bucket {name}",
        assume_role_policy=service_trust("s3"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    arns = pulumi.Output.all(bucket.arn, kms_key_arn, replication["bucket_arn"], replication.get("kms_key_arn"))
    policy = aws.iam.RolePolicy(
        f"{name}-replication-policy",
        role=role.name,
        policy=arns.apply(lambda found: replication_policy(found[0], prefix, *found[1:])),
        opts=pulumi.ResourceOptions(parent=component),
    )
    aws.s3.BucketReplicationConfig(
        f"{name}-replication",
        bucket=bucket.bucket,
        role=role.arn,
        rules=[_rule(replication, prefix)],
        opts=pulumi.ResourceOptions(parent=component, depends_on=[policy, *after]),
    )
    return role


def _rule(replication: BucketReplicationArgs, prefix: str) -> Any:
    minutes = {"minutes": 15}
    timed = replication.get("within_15_minutes", False)
    encrypted = "kms_key_arn" in replication
    return {
        "id": RULE,
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": prefix},
        "delete_marker_replication": {"status": "Enabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}} if encrypted else None,
        "destination": {
            "bucket": replication["bucket_arn"],
            "storage_class": replication.get("storage_class"),
            "encryption_configuration": {"replica_kms_key_id": replication.get("kms_key_arn")} if encrypted else None,
            "metrics": {"status": "Enabled", **({"event_threshold": minutes} if timed else {})},
            "replication_time": {"status": "Enabled", "time": minutes} if timed else None,
        },
    }
