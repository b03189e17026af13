"""Whom a bucket tells what happens to its objects: one list in S3, made of all targets, and the permissions for it.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.bucket_arguments import BucketFunctionTargetArgs, BucketNotificationsArgs

CREATED = "s3:ObjectCreated:*"


def bucket_notification(
    component: pulumi.ComponentResource,
    bucket: aws.s3.Bucket,
    notifications: BucketNotificationsArgs,
    opts: pulumi.ResourceOptions | None = None,
) -> aws.s3.BucketNotification:
    """The bucket's one list of targets, after the permissions of the functions in it: S3 tries each at once."""
    functions = notifications.get("functions", {})
    permissions = [_permission(component, bucket, key, target) for key, target in _sorted(functions)]
    own = pulumi.ResourceOptions(parent=component, depends_on=permissions)
    return aws.s3.BucketNotification(
        f"{component.pulumi_resource_name}-notification",
        bucket=bucket.bucket,
        lambda_functions=[
            _filter(key, target, lambda_function_arn=target["function_arn"]) for key, target in _sorted(functions)
        ],
        queues=[
            _filter(key, target, queue_arn=target["queue_arn"])
            for key, target in _sorted(notifications.get("queues", {}))
        ],
        topics=[
            _filter(key, target, topic_arn=target["topic_arn"])
            for key, target in _sorted(notifications.get("topics", {}))
        ],
        eventbridge=notifications.get("eventbridge", False),
        opts=pulumi.ResourceOptions.merge(opts, own),
    )


def overlap(one: Any, other: Any) -> bool:
    """Whether one object's event could be for both targets, which S3 refuses."""
    prefixes, suffixes = ([target.get(key, "") for target in (one, other)] for key in ("prefix", "suffix"))
    same_keys = any(map(str.startswith, prefixes, prefixes[::-1])) and any(map(str.endswith, suffixes, suffixes[::-1]))
    return same_keys and any(
        _covers(event, another) or _covers(another, event) for event in events(one) for another in events(other)
    )


def events(target: Any) -> Sequence[str]:
    """The events that a target is told of."""
    return target.get("events", [CREATED])


def _covers(event: str, other: str) -> bool:
    return other.startswith(event.removesuffix("*")) if event.endswith("*") else event == other


def _permission(
    component: pulumi.ComponentResource, bucket: aws.s3.Bucket, key: str, target: BucketFunctionTargetArgs
) -> aws.lambda_.Permission:
    arn = pulumi.Output.from_input(target["function_arn"])
    return aws.lambda_.Permission(
        f"{component.pulumi_resource_name}-function-permission-{key}",
        function=arn.apply(lambda text: ":".join(text.split(":")[:7])),
        # An alias and a version have permissions of their own.
        qualifier=arn.apply(lambda text: (text.split(":")[7:] or [None])[0]),
        action="lambda:InvokeFunction",
        principal="s3.amazonaws.com",
        source_arn=bucket.arn,
        # A bucket's ARN names no account: one that is deleted could be made again by somebody else.
        source_account=arn.apply(lambda text: text.split(":")[4]),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _filter(key: str, target: Any, **where: Any) -> Any:
    return {
        "id": key,
        "events": events(target),
        "filter_prefix": target.get("prefix"),
        "filter_suffix": target.get("suffix"),
        **where,
    }


def _sorted(targets: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    # Programs in other languages give maps in no order.
    return sorted(targets.items())
