"""Who may do what with a queue: IAM policies of its users, and what the queue itself refuses.

See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

_ABOUT = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
_CONSUME = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")


def sender_policy(queue_arn: str) -> str:
    """The IAM policy of those who send messages, as a JSON document."""
    return policy_document(_allow([*_ABOUT, "sqs:SendMessage"], queue_arn))


def consumer_policy(queue_arn: str) -> str:
    """The IAM policy of those who receive and delete messages, as a JSON document."""
    return policy_document(consume_statement(queue_arn))


def consume_statement(queue_arn: str) -> Mapping[str, Any]:
    """What those may do who receive and delete messages, for a policy of theirs."""
    return _allow([*_ABOUT, *_CONSUME], queue_arn)


def policy_document(*statements: Mapping[str, Any]) -> str:
    """An IAM policy of some statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def require_tls(service: pulumi.ComponentResource, kind: str, queue: aws.sqs.Queue) -> None:
    """Has a queue refuse whatever does not come over TLS."""
    aws.sqs.QueuePolicy(
        f"{service.pulumi_resource_name}-{kind}",
        queue_url=queue.url,
        policy=queue.arn.apply(_tls_alone),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _tls_alone(queue_arn: str) -> str:
    return policy_document(
        {
            "Sid": "TlsAlone",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _allow(actions: list[str], queue_arn: str) -> Mapping[str, Any]:
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": queue_arn}
