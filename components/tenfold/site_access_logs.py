"""Who asked a site for what: CloudFront's access logs, in a bucket of their own.

They come through CloudWatch's log delivery, whose parts are in us-east-1 as CloudFront itself is; the bucket is where
the site is. See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import policy_document, tls_alone
from tenfold.site_buckets import SiteBucket, private_bucket

_REGION = "us-east-1"


def access_logs(
    site: pulumi.ComponentResource,
    distribution: aws.cloudfront.Distribution,
    *,
    days: int,
    force_destroy: bool,
) -> SiteBucket:
    """The bucket that each request is written to, as a line of JSON, and kept for some days."""
    name = site.pulumi_resource_name
    bucket = private_bucket(site, "log-bucket", region=None, force_destroy=force_destroy)
    _expire(site, bucket, days)
    source = aws.cloudwatch.LogDeliverySource(
        f"{name}-log-source",
        resource_arn=distribution.arn,
        log_type="ACCESS_LOGS",
        region=_REGION,
        opts=pulumi.ResourceOptions(parent=site),
    )
    policy = aws.s3.BucketPolicy(
        f"{name}-log-bucket-policy",
        bucket=bucket.name,
        policy=pulumi.Output.all(bucket.arn, distribution.arn).apply(lambda arns: _log_policy(*arns)),
        opts=pulumi.ResourceOptions(parent=site),
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        f"{name}-log-destination",
        delivery_destination_configuration={"destination_resource_arn": bucket.arn},
        output_format="json",
        region=_REGION,
        # AWS looks whether it may write there.
        opts=pulumi.ResourceOptions(parent=site, depends_on=[policy]),
    )
    aws.cloudwatch.LogDelivery(
        f"{name}-log-delivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        region=_REGION,
        opts=pulumi.ResourceOptions(parent=site),
    )
    return bucket


def _expire(site: pulumi.ComponentResource, bucket: SiteBucket, days: int) -> None:
    aws.s3.BucketLifecycleConfiguration(
        f"{site.pulumi_resource_name}-log-bucket-lifecycle",
        bucket=bucket.name,
        rules=[
            {
                "id": "old-logs",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": days},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        opts=pulumi.ResourceOptions(parent=site),
    )


def _log_policy(bucket_arn: str, distribution_arn: str) -> str:
    account = distribution_arn.split(":")[4]
    delivery = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn}/AWSLogs/{account}/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{_REGION}:{account}:delivery-source:*"},
        },
    }
    return policy_document([delivery, tls_alone("s3:*", [bucket_arn, f"{bucket_arn}/*"])])
