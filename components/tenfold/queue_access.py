"""Who may do what with a queue: IAM policies of its users, and what the queue itself allows and refuses.

See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.arguments import is_known
from tenfold.errors import Fault, TenfoldError
from tenfold.policy_documents import Statement, policy_document, tls_alone

_ABOUT = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
_CONSUME = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
_SENDER = re.compile(r"arn:aws[a-z-]*:(sns|s3|events|iam):.*")
_SENDER_KEY = re.compile(r"[A-Za-z0-9]{1,40}")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
_SENDERS = "the ARN of an SNS topic, an S3 bucket, an EventBridge rule or an IAM role"


def send_statements(queue_arn: str, key_arn: str) -> list[Statement]:
    """What those may do who send messages; the key's ARN is empty where SQS itself keeps the key."""
    return [_allow("Queue", [*_ABOUT, "sqs:SendMessage"], queue_arn), *_key_statements(key_arn, "kms:GenerateDataKey")]


def consume_statements(queue_arn: str, key_arn: str) -> list[Statement]:
    """What those may do who receive and delete messages."""
    return [_allow("Queue", [*_ABOUT, *_CONSUME], queue_arn), *_key_statements(key_arn)]


def redrive_statements(queue_arn: str, dlq_arn: str, key_arn: str) -> list[Statement]:
    """What those may do who send dead letters back to their queue."""
    moves = ("sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask")
    return [
        _allow("DeadLetters", [*_ABOUT, *moves, "sqs:DeleteMessage", "sqs:ReceiveMessage"], dlq_arn),
        _allow("Queue", ["sqs:SendMessage"], queue_arn),
        *_key_statements(key_arn, "kms:GenerateDataKey"),
    ]


def queue_policy(
    service: pulumi.ComponentResource,
    kind: str,
    queue: aws.sqs.Queue,
    senders: Mapping[str, pulumi.Input[str]],
) -> aws.sqs.QueuePolicy:
    """The policy of a queue: nothing without TLS, and which AWS services and roles send to it for their own reasons."""
    return aws.sqs.QueuePolicy(
        f"{service.pulumi_resource_name}-{kind}",
        queue_url=queue.url,
        policy=pulumi.Output.all(queue.arn, senders).apply(lambda found: sender_policy(found[0], found[1])),
        opts=pulumi.ResourceOptions(parent=service),
    )


def sender_faults(senders: Mapping[str, pulumi.Input[str]], *, fifo: bool) -> Iterable[Fault]:
    """What is wrong with the names of senders, and with the ARNs that are known."""
    for key, arn in senders.items():
        if not _SENDER_KEY.fullmatch(key):
            yield Fault(f"senders.{key}", "it has this name", "1 to 40 letters and digits: it names a statement")
        elif isinstance(arn, str) and is_known(arn):
            if not _SENDER.fullmatch(arn):
                yield Fault(f"senders.{key}", f"{arn!r} is given", _SENDERS)
            elif fifo and _service(arn) == "s3":
                yield Fault(f"senders.{key}", "a bucket is given", "a queue without fifo: S3 sends to no FIFO queue")
            elif fifo and _service(arn) == "sns" and not arn.endswith(".fifo"):
                yield Fault(f"senders.{key}", f"{arn!r} is given", "a FIFO topic: others send to no FIFO queue")


def key_faults(key: object) -> Iterable[Fault]:
    """A fault where a known key is named otherwise than policies must name it."""
    if isinstance(key, str) and is_known(key) and not _KEY.fullmatch(key):
        allowed = "a key's ARN: arn:aws:kms:us-east-1:123456789012:key/...; permissions name no alias"
        yield Fault("kms_key_arn", f"{key!r} is given", allowed)


def sender_policy(queue_arn: str, senders: Mapping[str, str]) -> str:
    """A queue's own policy: nothing without TLS, and the senders by name."""
    return policy_document(
        [tls_alone("sqs:*", queue_arn), *(_sender(key, senders[key], queue_arn) for key in sorted(senders))]
    )


def _sender(key: str, arn: str, queue_arn: str) -> Statement:
    # One that is known only now has not been looked at before.
    if not _SENDER.fullmatch(arn):
        raise TenfoldError(f"senders.{key} of a queue: {arn!r} is given; allowed: {_SENDERS}")
    allowed = {**_allow(f"Sender{key}", ["sqs:SendMessage"], queue_arn)}
    service = _service(arn)
    if service == "iam":
        return {**allowed, "Principal": {"AWS": arn}}
    condition: dict[str, Any] = {"ArnEquals": {"aws:SourceArn": arn}}
    if service == "s3":
        # A bucket's ARN names no account: one that is deleted could be made again by somebody else.
        condition["StringEquals"] = {"aws:SourceAccount": queue_arn.split(":")[4]}
    return {**allowed, "Principal": {"Service": f"{service}.amazonaws.com"}, "Condition": condition}


def _service(arn: str) -> str:
    return arn.split(":")[2]


def _key_statements(key_arn: str, *further: str) -> list[Statement]:
    return [_allow("Key", ["kms:Decrypt", *further], key_arn)] if key_arn else []


def _allow(sid: str, actions: Sequence[str], resource: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
