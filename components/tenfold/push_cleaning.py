"""The function that removes devices which can no longer be reached. It is deployed alone, and needs boto3 only.

SNS disables the endpoint of a device whose platform says that its token is not valid: the app was removed, or the
token is another one now. Such an endpoint, and its subscriptions to audiences, would stay for ever. One that was
enabled again meanwhile stays: the app has registered anew.

See https://docs.aws.amazon.com/sns/latest/dg/mobile-push-api-error.html.
"""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

GONE = frozenset({"EndpointDisabled", "InvalidPlatformToken"})
"""The failures that lie with a device. Others, such as credentials that expired, pass and must remove nobody."""
_log = logging.getLogger()


def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Work on a batch of messages from the queue of failures; those that failed come back."""
    topics = json.loads(os.environ.get("BROADCAST_TOPICS", "[]"))
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            clean(_sns(), json.loads(record["body"]), topics)
        except (BotoCoreError, ClientError, KeyError, ValueError):
            _log.exception("A failure could not be worked on: %s", record["body"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def clean(sns: Any, failure: Mapping[str, Any], topic_arns: Sequence[str]) -> bool:
    """Remove the endpoint of a device that is gone.

    Args:
        sns: A boto3 client.
        failure: What SNS tells of a message that could not be delivered.
        topic_arns: The audiences, which the device may be subscribed to.

    Returns:
        Whether the endpoint was removed.
    """
    if failure["EventType"] != "DeliveryFailure" or failure.get("FailureType") not in GONE:
        return False
    endpoint = failure["EndpointArn"]
    try:
        attributes = sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]
    except sns.exceptions.NotFoundException:
        return False
    if attributes["Enabled"].lower() == "true":
        _log.info("%s stays: it is enabled again", endpoint)
        return False
    for topic in topic_arns:
        # Nobody but a list of all subscribers knows the subscription's ARN. To subscribe once more tells it.
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="application", Endpoint=endpoint, ReturnSubscriptionArn=True
        )
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sns.delete_endpoint(EndpointArn=endpoint)
    _log.info("%s is removed: %s", endpoint, failure["FailureType"])
    return True


@cache
def _sns() -> Any:
    return boto3.client("sns")
