"""The alarms of a bucket: requests that fail, and objects that are not copied.

Thresholds are those that AWS recommends.
See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.bucket_replication import RULE

_METRICS = "all"


def request_alarms(
    component: pulumi.ComponentResource, bucket: aws.s3.Bucket, actions: Sequence[pulumi.Input[str]]
) -> None:
    """Measures requests, and has alarms on those that fail."""
    name = component.pulumi_resource_name
    metric = aws.s3.BucketMetric(
        f"{name}-metrics", bucket=bucket.bucket, name=_METRICS, opts=pulumi.ResourceOptions(parent=component)
    )
    of_bucket: Mapping[str, pulumi.Input[str]] = {"BucketName": bucket.bucket, "FilterId": metric.name}
    often: Mapping[str, Any] = {"statistic": "Average", "period": 60, "evaluation_periods": 15, "threshold": 0.05}
    _alarm(
        component,
        "client-error-alarm",
        "4xxErrors",
        f"More than 5 % of the requests to the bucket {name} are refused or ask for what is not there, for 15 minutes.",
        of_bucket,
        actions,
        **often,
    )
    _alarm(
        component,
        "server-error-alarm",
        "5xxErrors",
        f"S3 fails or slows down more than 5 % of the requests to the bucket {name}, for 15 minutes; spread them over "
        "more prefixes.",
        of_bucket,
        actions,
        **often,
    )


def replication_alarm(
    component: pulumi.ComponentResource,
    bucket: aws.s3.Bucket,
    target_arn: pulumi.Input[str],
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """An alarm on objects that were not copied."""
    name = component.pulumi_resource_name
    _alarm(
        component,
        "replication-alarm",
        "OperationsFailedReplication",
        f"Objects of the bucket {name} were not copied; see its role's policy, the other bucket's and its key's.",
        {
            "SourceBucket": bucket.bucket,
            "DestinationBucket": pulumi.Output.from_input(target_arn).apply(lambda arn: arn.split(":")[-1]),
            "RuleId": RULE,
        },
        actions,
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        threshold=0,
    )


def _alarm(
    component: pulumi.ComponentResource,
    kind: str,
    metric: str,
    description: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    actions: Sequence[pulumi.Input[str]],
    **when: Any,
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{component.pulumi_resource_name}-{kind}",
        alarm_description=description,
        namespace="AWS/S3",
        metric_name=metric,
        dimensions=dimensions,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=component),
        **when,
    )
