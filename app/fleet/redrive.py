"""Sends dead letters back to the queue that they come from, once what made them fail is mended.

    python redrive.py https://sqs.us-east-1.amazonaws.com/123456789012/jobs-dlq-1a2b3c4
    python redrive.py --look URL      shows up to ten of them, and moves none

It starts SQS's own move task and follows it to its end; `QueueService` gives the permissions for it as
`redrive_policy_json`, and the same task without this module as `redrive_command`. Where SQS is an emulator that has no
such tasks, it moves the messages itself. It needs boto3 and nothing else.

See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

_NO_TASKS = "InvalidAction"
_SECONDS_BETWEEN_LOOKS = 2.0


class RedriveError(Exception):
    """Dead letters cannot be sent back."""


def redrive(sqs: Any, dlq_url: str, *, per_second: int | None = None) -> int:
    """Send all dead letters back.

    Args:
        sqs: A boto3 client.
        dlq_url: The dead-letter queue's URL.
        per_second: How many to move in a second at the most, 1 to 500; as many as SQS sees fit by default.

    Returns:
        How many were moved.

    Raises:
        RedriveError: The task failed, or it is unclear where the messages come from.
    """
    arn = sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rate = {} if per_second is None else {"MaxNumberOfMessagesPerSecond": per_second}
    try:
        sqs.start_message_move_task(SourceArn=arn, **rate)
    except ClientError as error:
        if error.response["Error"]["Code"] != _NO_TASKS:
            raise
        return _moved_here(sqs, dlq_url)
    return _followed(sqs, arn)


def look(sqs: Any, dlq_url: str, limit: int = 10) -> list[Mapping[str, Any]]:
    """Some dead letters as they are; they stay where they are, hidden for some seconds."""
    found: dict[str, Mapping[str, Any]] = {}
    for message in _received(sqs, dlq_url, seconds=5):
        if message["MessageId"] in found or len(found) == limit:
            break
        found[message["MessageId"]] = message
    return list(found.values())


def main(arguments: list[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python redrive.py", description="Sends dead letters back to the queue that they come from."
    )
    parser.add_argument("dlq_url", help="the URL of the dead-letter queue: a QueueService's dlq_url")
    parser.add_argument("--look", action="store_true", help="show up to ten dead letters, and move none")
    parser.add_argument("--per-second", type=int, metavar="N", help="how many to move in a second at the most")
    given = parser.parse_args(arguments)
    try:
        sqs = _client(given.dlq_url)
        if given.look:
            sys.stdout.writelines(f"{each['MessageId']} {each['Body']}\n" for each in look(sqs, given.dlq_url))
        else:
            sys.stdout.write(f"moved {redrive(sqs, given.dlq_url, per_second=given.per_second)}\n")
    except (RedriveError, BotoCoreError, ClientError) as error:
        sys.exit(str(error))


def _client(dlq_url: str) -> Any:
    # https://sqs.<region>.amazonaws.com/<account>/<name>: the queue's region, not that of the one who asks.
    parts = dlq_url.split("/")[2].split(".")
    region = parts[1] if len(parts) >= 4 and parts[0] == "sqs" else None
    return cast("Any", boto3).client("sqs", region_name=region)


def _followed(sqs: Any, arn: str) -> int:
    while True:
        # The latest task is the first one.
        task = sqs.list_message_move_tasks(SourceArn=arn, MaxResults=1)["Results"][0]
        if task["Status"] == "COMPLETED":
            return task["ApproximateNumberOfMessagesMoved"]
        if task["Status"] in ("FAILED", "CANCELLED"):
            raise RedriveError(f"the move task is {task['Status']}: {task.get('FailureReason', 'no reason is given')}")
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _moved_here(sqs: Any, dlq_url: str) -> int:
    source = _source(sqs, dlq_url)
    moved = 0
    for message in _received(sqs, dlq_url, seconds=30):
        sqs.send_message(QueueUrl=source, MessageBody=message["Body"], **_kept(message))
        sqs.delete_message(QueueUrl=dlq_url, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    return moved


def _source(sqs: Any, dlq_url: str) -> str:
    """The URL of the one queue that a dead-letter queue takes messages of."""
    found = sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["RedriveAllowPolicy"]).get("Attributes", {})
    arns = json.loads(found.get("RedriveAllowPolicy", "{}")).get("sourceQueueArns", [])
    if len(arns) != 1:
        raise RedriveError(f"{dlq_url} takes messages of {len(arns)} known queues: they go back to one")
    return sqs.get_queue_url(QueueName=arns[0].rpartition(":")[2])["QueueUrl"]


def _kept(message: Mapping[str, Any]) -> dict[str, Any]:
    """What goes with a message: its attributes, and its group and id in a FIFO queue."""
    attributes = message.get("Attributes", {})
    kept = {key: attributes[key] for key in ("MessageGroupId", "MessageDeduplicationId") if key in attributes}
    return {**kept, **({"MessageAttributes": message["MessageAttributes"]} if "MessageAttributes" in message else {})}


def _received(sqs: Any, url: str, *, seconds: int) -> Iterator[Mapping[str, Any]]:
    """The messages of a queue until it is empty."""
    while True:
        messages = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return
        yield from messages


if __name__ == "__main__":
    main(sys.argv[1:])
