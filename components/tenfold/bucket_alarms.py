"""The alarms of a bucket: requests that fail, and objects that are not copied.

Thresholds are those that AWS recommends.
See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.bucket_arguments import BucketArgs
from tenfold.bucket_replication import RULE

_METRICS = "all"


def bucket_alarms(
    component: pulumi.ComponentResource, args: BucketArgs, bucket: aws.s3.Bucket
) -> pulumi.Output[dict[str, str]]:
    """Alarms on requests that fail, where they are measured, and on objects that were not copied."""
    alarms, name = Alarms(component, args), component.pulumi_resource_name
    if args.get("request_metrics", True):
        opts = pulumi.ResourceOptions(parent=component)
        measured = aws.s3.BucketMetric(f"{name}-metrics", bucket=bucket.bucket, name=_METRICS, opts=opts)
        _request_alarms(alarms, name, measured)
    if "replication" in args:
        _replication_alarm(alarms, name, bucket, args["replication"]["bucket_arn"])
    return alarms.arns()


def _request_alarms(alarms: Alarms, name: str, measured: aws.s3.BucketMetric) -> None:
    common: dict[str, Any] = {
        "namespace": "AWS/S3",
        "dimensions": {"BucketName": measured.bucket, "FilterId": measured.name},
        "statistic": "Average",
        "period": 60,
        "evaluation_periods": 15,
        "threshold": 0.05,
    }
    alarms.add(
        "client-error-alarm",
        f"More than 5 % of the requests to the bucket {name} are refused or ask for what is not there, for 15 minutes.",
        metric_name="4xxErrors",
        **common,
    )
    alarms.add(
        "server-error-alarm",
        f"S3 fails or slows down more than 5 % of the requests to the bucket {name}, for 15 minutes; spread them over "
        "more prefixes.",
        AlarmSeverity.CRITICAL,
        metric_name="5xxErrors",
        **common,
    )


def _replication_alarm(alarms: Alarms, name: str, bucket: aws.s3.Bucket, target_arn: pulumi.Input[str]) -> None:
    alarms.add(
        "replication-alarm",
        f"Objects of the bucket {name} were not copied; see its role's policy, the other bucket's and its key's.",
        namespace="AWS/S3",
        metric_name="OperationsFailedReplication",
        dimensions={
            "SourceBucket": bucket.bucket,
            "DestinationBucket": pulumi.Output.from_input(target_arn).apply(lambda arn: arn.split(":")[-1]),
            "RuleId": RULE,
        },
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        threshold=0,
    )
