"""The buckets of a site: private, versioned, over TLS alone, and by choice copied to a second region.

See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import policy_document, tls_alone
from tenfold.role_policies import service_trust


class StaticSiteBucketArgs(TypedDict):
    """A bucket that exists already."""

    name: pulumi.Input[str]
    """The bucket's name."""
    region: str
    """The bucket's region, `eu-west-1`."""


class SiteBucket(NamedTuple):
    """A bucket as the distribution and the upload know it.

    Attributes:
        name: Its name.
        arn: Its ARN.
        domain_name: Its name in DNS, in its own region.
        region: Its region, where that is not the provider's own.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    region: str | None


_DAYS_OF_OLD_VERSIONS = 30


def site_bucket(
    site: pulumi.ComponentResource, kind: str, *, region: str | None, force_destroy: bool
) -> tuple[SiteBucket, aws.s3.BucketVersioning]:
    """A private bucket that keeps what was replaced or deleted for 30 days, and its versioning."""
    bucket = private_bucket(site, kind, region=region, force_destroy=force_destroy)
    name = f"{site.pulumi_resource_name}-{kind}"
    opts = pulumi.ResourceOptions(parent=site)
    versioning = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.name,
        versioning_configuration={"status": "Enabled"},
        region=region,
        opts=opts,
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.name,
        rules=[
            {
                "id": "old-versions",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrent_version_expiration": {"noncurrent_days": _DAYS_OF_OLD_VERSIONS},
                "expiration": {"expired_object_delete_marker": True},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        region=region,
        opts=pulumi.ResourceOptions(parent=site, depends_on=[versioning]),
    )
    return bucket, versioning


def private_bucket(site: pulumi.ComponentResource, kind: str, *, region: str | None, force_destroy: bool) -> SiteBucket:
    """A bucket that nobody reaches without a policy."""
    name = f"{site.pulumi_resource_name}-{kind}"
    bucket = aws.s3.Bucket(name, force_destroy=force_destroy, region=region, opts=pulumi.ResourceOptions(parent=site))
    aws.s3.BucketPublicAccessBlock(
        f"{name}-access",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        region=region,
        opts=pulumi.ResourceOptions(parent=site),
    )
    return SiteBucket(bucket.id, bucket.arn, bucket.bucket_regional_domain_name, region)


def existing_bucket(given: StaticSiteBucketArgs) -> SiteBucket:
    """A bucket of somebody else's, whose policy is theirs too."""
    name = pulumi.Output.from_input(given["name"])
    return SiteBucket(
        name,
        pulumi.Output.concat("arn:aws:s3:::", name),
        pulumi.Output.concat(name, ".s3.", given["region"], ".amazonaws.com"),
        given["region"],
    )


def replicate(
    site: pulumi.ComponentResource,
    source: SiteBucket,
    copy: SiteBucket,
    versionings: Sequence[aws.s3.BucketVersioning],
) -> aws.s3.BucketReplicationConfig:
    """Has S3 copy whatever is put into one bucket, or deleted there, to the other."""
    name = site.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-replication-role",
        description=f"S3, which copies the site {name} to its second region",
        assume_role_policy=service_trust("s3"),
        opts=pulumi.ResourceOptions(parent=site),
    )
    policy = aws.iam.RolePolicy(
        f"{name}-replication-policy",
        role=role.name,
        policy=pulumi.Output.all(source.arn, copy.arn).apply(lambda arns: _replication_policy(*arns)),
        opts=pulumi.ResourceOptions(parent=site),
    )
    return aws.s3.BucketReplicationConfig(
        f"{name}-replication",
        bucket=source.name,
        role=role.arn,
        rules=[
            {
                "id": "everything",
                "status": "Enabled",
                "priority": 1,
                "filter": {"prefix": ""},
                "delete_marker_replication": {"status": "Enabled"},
                "destination": {"bucket": copy.arn},
            }
        ],
        # S3 refuses buckets that are not versioned yet.
        opts=pulumi.ResourceOptions(parent=site, depends_on=[*versionings, policy]),
    )


def bucket_policy(bucket_arn: str, distribution_arn: str) -> str:
    """What the distribution may read, and that nobody reads or writes without TLS.

    It may list the bucket too: otherwise S3 says of a file that is not there that it is forbidden.
    """
    return policy_document(
        [
            _distribution_reads("s3:GetObject", f"{bucket_arn}/*", distribution_arn),
            _distribution_reads("s3:ListBucket", bucket_arn, distribution_arn),
            tls_alone("s3:*", [bucket_arn, f"{bucket_arn}/*"]),
        ]
    )


def deploy_policy(bucket_arn: str, distribution_arn: str) -> str:
    """The IAM policy of those who put files there, `aws s3 sync --delete`, and invalidate what is cached of them."""
    return policy_document(
        [
            _allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{bucket_arn}/*"),
            _allow(["s3:GetBucketLocation", "s3:ListBucket"], bucket_arn),
            _allow(["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], distribution_arn),
        ]
    )


def _distribution_reads(action: str, resource: str, distribution_arn: str) -> Mapping[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
    }


def _replication_policy(source_arn: str, copy_arn: str) -> str:
    read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    return policy_document(
        [
            _allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source_arn),
            _allow(read, f"{source_arn}/*"),
            _allow(write, f"{copy_arn}/*"),
        ]
    )


def _allow(actions: Sequence[str], resource: str) -> Mapping[str, Any]:
    return {"Effect": "Allow", "Action": [*actions], "Resource": resource}
