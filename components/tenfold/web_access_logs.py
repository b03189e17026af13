"""Where a load balancer writes down its requests: a bucket that it alone writes to, and that forgets.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import policy_document

PREFIX = "alb"
"""What the names of the logs start with."""


def access_log_bucket(
    tier: pulumi.ComponentResource,
    *,
    account: pulumi.Input[str],
    retention_days: pulumi.Input[int],
    protected: pulumi.Input[bool],
) -> tuple[aws.s3.Bucket, list[pulumi.Resource]]:
    """The bucket, and what must be there before a balancer can write to it.

    Args:
        tier: Its parent.
        account: The account of the load balancer.
        retention_days: How many days logs are kept.
        protected: Whether the bucket stays as long as there are logs in it.
    """
    name = f"{tier.pulumi_resource_name}-access-logs"
    # It is encrypted with S3's own key, as every bucket is: with keys of KMS, load balancers cannot write.
    bucket = aws.s3.Bucket(
        name,
        force_destroy=pulumi.Output.from_input(protected).apply(lambda on: not on),
        opts=pulumi.ResourceOptions(parent=tier),
    )
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-access",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=pulumi.ResourceOptions(parent=tier),
    )
    policy = aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.id,
        policy=pulumi.Output.all(bucket.arn, account).apply(lambda known: _policy(*known)),
        # S3 takes one change of a bucket's access at a time.
        opts=pulumi.ResourceOptions(parent=tier, depends_on=[closed]),
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.id,
        rules=[
            {
                "id": "forget",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": retention_days},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        opts=pulumi.ResourceOptions(parent=tier),
    )
    return bucket, [policy]


def _policy(bucket_arn: str, account: str) -> str:
    statements = [
        {
            "Sid": "LoadBalancerLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/{PREFIX}/AWSLogs/{account}/*",
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    return policy_document(statements)
