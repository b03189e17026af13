"""What becomes of a bucket's objects as they get older: of leftovers always, of the others as the caller says.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.bucket_arguments import BucketLifecycleArgs

HOUSEKEEPING = "housekeeping"


def bucket_lifecycle(
    component: pulumi.ComponentResource,
    bucket: aws.s3.Bucket,
    *,
    abort_upload_days: int,
    noncurrent_version_days: int | None,
    lifecycle: Mapping[str, BucketLifecycleArgs],
    after: list[pulumi.Resource],
) -> None:
    """The rules of a bucket, in one resource: S3 has one list of them."""
    aws.s3.BucketLifecycleConfiguration(
        f"{component.pulumi_resource_name}-lifecycle",
        bucket=bucket.bucket,
        rules=[
            _housekeeping(abort_upload_days, noncurrent_version_days),
            # Programs in other languages give maps in no order.
            *(_rule(key, rule) for key, rule in sorted(lifecycle.items())),
        ],
        # S3 takes rules about older versions once there can be some.
        opts=pulumi.ResourceOptions(parent=component, depends_on=after),
    )


def _housekeeping(abort_upload_days: int, noncurrent_version_days: int | None) -> Any:
    rule: dict[str, Any] = {
        "id": HOUSEKEEPING,
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": abort_upload_days},
    }
    if noncurrent_version_days is None:
        return rule
    # The mark that an object was deleted goes when its last version is gone.
    return {
        **rule,
        "expiration": {"expired_object_delete_marker": True},
        "noncurrent_version_expiration": {"noncurrent_days": noncurrent_version_days},
    }


def _rule(key: str, rule: BucketLifecycleArgs) -> Any:
    prefix = rule.get("prefix", "")
    selected: Any = {"prefix": prefix}
    if "minimum_bytes" in rule:
        # S3 counts those above a size.
        selected = {"and_": {"prefix": prefix, "object_size_greater_than": rule["minimum_bytes"] - 1}}
    transitions = sorted(rule.get("transitions", {}).items(), key=lambda pair: pair[1])
    return {
        "id": key,
        "status": "Enabled",
        "filter": selected,
        "transitions": [{"storage_class": storage_class, "days": days} for storage_class, days in transitions] or None,
        "expiration": {"days": rule["expire_days"]} if "expire_days" in rule else None,
    }
