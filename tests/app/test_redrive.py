"""Dead letters go back to where they come from: by SQS's own task, and by hand where there is none."""

import json
import os
import subprocess
import sys
import uuid
from typing import Any

import pytest

from local.emulator import Emulator
from tests.app.programs import FLEET, alone


@pytest.fixture(scope="module")
def command() -> Any:
    """The module by its file alone."""
    return alone("redrive")


def pair(sqs: Any, suffix: str = "", **attributes: str) -> tuple[str, str]:
    """A queue and its dead-letter queue."""
    name = uuid.uuid4().hex[:8]
    dlq = sqs.create_queue(QueueName=f"dlq-{name}{suffix}", Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive_policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    queue = sqs.create_queue(
        QueueName=f"queue-{name}{suffix}",
        Attributes={**attributes, "RedrivePolicy": redrive_policy, "VisibilityTimeout": "0"},
    )["QueueUrl"]
    source = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [source]})
    sqs.set_queue_attributes(QueueUrl=dlq, Attributes={"RedriveAllowPolicy": allowed})
    return queue, dlq


def bodies(sqs: Any, url: str) -> list[str]:
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found)


def poison(sqs: Any, queue: str, *texts: str, **options: Any) -> None:
    """Messages that have failed every try."""
    for text in texts:
        sqs.send_message(QueueUrl=queue, MessageBody=text, **options)
    for _ in range(2 * len(texts) + 2):
        sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)


def test_all_dead_letters_go_back_with_their_attributes(command: Any, sqs: Any) -> None:
    queue, dlq = pair(sqs)
    attributes = {"kind": {"DataType": "String", "StringValue": "video"}}
    poison(sqs, queue, *(f"job {number}" for number in range(13)), MessageAttributes=attributes)
    assert command.redrive(sqs, dlq) == 13
    assert bodies(sqs, dlq) == []
    (message,) = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"], VisibilityTimeout=60)["Messages"]
    assert message["MessageAttributes"] == attributes
    assert len(bodies(sqs, queue)) == 12


def test_dead_letters_of_a_fifo_queue_keep_their_group(command: Any, sqs: Any) -> None:
    queue, dlq = pair(sqs, ".fifo", FifoQueue="true", ContentBasedDeduplication="true")
    sqs.send_message(QueueUrl=dlq, MessageBody="job", MessageGroupId="customer-1")
    assert command.redrive(sqs, dlq) == 1
    (message,) = sqs.receive_message(QueueUrl=queue, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "customer-1"


def test_without_dead_letters_nothing_moves(command: Any, sqs: Any) -> None:
    _, dlq = pair(sqs)
    assert command.redrive(sqs, dlq) == 0


def test_where_messages_come_from_must_be_clear(command: Any, sqs: Any) -> None:
    alone = sqs.create_queue(QueueName=f"alone-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    with pytest.raises(command.RedriveError, match="takes messages of 0 known queues"):
        command.redrive(sqs, alone)


def test_looking_moves_nothing(command: Any, sqs: Any) -> None:
    queue, dlq = pair(sqs)
    poison(sqs, queue, *(f"job {number}" for number in range(12)))
    assert len(command.look(sqs, dlq)) == 10
    assert bodies(sqs, queue) == []
    count = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["All"])["Attributes"]
    assert int(count["ApproximateNumberOfMessages"]) + int(count["ApproximateNumberOfMessagesNotVisible"]) == 12


def test_the_command_moves_and_says_how_many(sqs: Any, emulator: Emulator) -> None:
    queue, dlq = pair(sqs)
    poison(sqs, queue, "job")
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    said = subprocess.run(
        [sys.executable, str(FLEET / "redrive.py"), dlq], env=environment, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "moved 1\n"
    assert bodies(sqs, queue) == ["job"]


class Tasks:
    """SQS as far as its move tasks are asked for: the emulator has none."""

    def __init__(self, *statuses: dict[str, Any]) -> None:
        self.statuses = list(statuses)
        self.started: list[dict[str, Any]] = []

    def get_queue_attributes(self, **_: Any) -> Any:
        return {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:dlq"}}

    def start_message_move_task(self, **given: Any) -> Any:
        self.started.append(given)
        return {"TaskHandle": "handle"}

    def list_message_move_tasks(self, **given: Any) -> Any:
        assert given == {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:dlq", "MaxResults": 1}
        return {"Results": [self.statuses.pop(0)]}


def test_a_move_task_is_followed_to_its_end(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_SECONDS_BETWEEN_LOOKS", 0.0)
    sqs = Tasks({"Status": "RUNNING"}, {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 7})
    assert command.redrive(sqs, "url", per_second=50) == 7
    assert sqs.started == [{"SourceArn": "arn:aws:sqs:us-east-1:123456789012:dlq", "MaxNumberOfMessagesPerSecond": 50}]


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_a_move_task_that_fails_is_an_error_with_its_reason(command: Any, status: str) -> None:
    sqs = Tasks({"Status": status, "FailureReason": "AccessDenied"})
    with pytest.raises(command.RedriveError, match=f"{status}: AccessDenied"):
        command.redrive(sqs, "url")
