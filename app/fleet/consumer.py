"""A worker that fetches jobs itself, as a task on Fargate or on an instance: one at a time, none of them lost.

    python consumer.py jobs:handle      runs `handle` of jobs.py with each message, until it is told to end

or, in a program of one's own, `consume(handle)`. `handle` gets a message as boto3 gives it: `Body`, `MessageId`,
`Attributes`, `MessageAttributes`. Where it returns, the message is deleted; where it raises, or takes longer than
JOB_TIMEOUT_SECONDS, the message comes back after a pause that grows, and after a few tries is a dead letter. SQS may
deliver a message twice, so `handle` must do no harm the second time.

While there are jobs, the worker is protected: scaling in takes others. SIGTERM ends it after the job in hand.

Configured by QUEUE_URL, JOB_TIMEOUT_SECONDS (300 by default) and, on an instance, SCALE_IN_PROTECTION=instance, all of
which QueueService sets; ECS itself tells a task ECS_AGENT_URI. It needs boto3 and nothing else: copy this file.
"""

import importlib
import json
import logging
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

Message = Mapping[str, Any]
Handle = Callable[[Message], object]

_LONGEST_POLL_SECONDS = 20
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 10, 900


class JobTimeoutError(Exception):
    """A job takes longer than its message is hidden: another worker would do it, too."""


class Protection(Protocol):
    """What keeps a worker when there are to be fewer."""

    def on(self, seconds: int) -> None:
        """Keep it for a job that may take this long."""
        ...

    def off(self) -> None:
        """It may go."""
        ...


class TaskProtection:
    """Of an ECS task, by the agent beside it; it ends by itself, should the program hang.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html.
    """

    def __init__(self, agent_uri: str) -> None:
        self._url = f"{agent_uri}/task-protection/v1/state"
        self._until = 0.0

    def on(self, seconds: int) -> None:
        """Keep it for a job that may take this long, and for some more: one call for many short jobs."""
        if time.monotonic() + seconds < self._until:
            return
        minutes = min(2880, math.ceil(seconds / 60) + 10)
        self._put({"ProtectionEnabled": True, "ExpiresInMinutes": minutes})
        self._until = time.monotonic() + minutes * 60

    def off(self) -> None:
        """It may go."""
        if self._until:
            self._put({"ProtectionEnabled": False})
            self._until = 0.0

    def _put(self, state: dict[str, Any]) -> None:
        answer = json.loads(_ask("PUT", self._url, {"Content-Type": "application/json"}, json.dumps(state)))
        if "protection" not in answer:
            raise ValueError(f"the agent answers {answer}")


class InstanceProtection:
    """Of an instance in an Auto Scaling group.

    See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html.
    """

    def __init__(self, autoscaling: Any, instance_id: str) -> None:
        self._autoscaling = autoscaling
        self._instance_id = instance_id
        # A program that was killed may have left it on.
        self._protected: bool | None = None

    def on(self, seconds: int) -> None:  # noqa: ARG002 - it does not end by itself
        """Keep it."""
        self._set(True)

    def off(self) -> None:
        """It may go."""
        self._set(False)

    def _set(self, protected: bool) -> None:
        if self._protected == protected:
            return
        ids = [self._instance_id]
        (instance,) = self._autoscaling.describe_auto_scaling_instances(InstanceIds=ids)["AutoScalingInstances"]
        self._autoscaling.set_instance_protection(
            AutoScalingGroupName=instance["AutoScalingGroupName"], InstanceIds=ids, ProtectedFromScaleIn=protected
        )
        self._protected = protected


class NoProtection:
    """Where nobody scales: on a developer's machine."""

    def on(self, seconds: int) -> None:
        """Nothing to do."""

    def off(self) -> None:
        """Nothing to do."""


def protection(environment: Mapping[str, str]) -> Protection:
    """What protects this process, by what its environment says of where it runs."""
    if "ECS_AGENT_URI" in environment:
        return TaskProtection(environment["ECS_AGENT_URI"])
    if environment.get("SCALE_IN_PROTECTION") == "instance":
        return InstanceProtection(cast("Any", boto3).client("autoscaling"), _instance_id(environment))
    return NoProtection()


def _instance_id(environment: Mapping[str, str]) -> str:
    """This instance's id, of the metadata service in its second version."""
    service = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
    token = _ask("PUT", f"{service}/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    return _ask("GET", f"{service}/latest/meta-data/instance-id", {"X-aws-ec2-metadata-token": token})


def _ask(method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> str:
    answer = urllib3.PoolManager().request(method, url, headers=headers, body=body, timeout=5, retries=False)
    if answer.status >= 400:
        raise ValueError(f"{url} answers {answer.status}: {answer.data[:500]!r}")
    return answer.data.decode()


class Consumer:
    """Fetches messages and has them handled, one at a time, until it is told to end.

    Args:
        sqs: A boto3 client.
        queue_url: The queue.
        handle: What does a job.
        timeout_seconds: How long a job may take.
        protected: What keeps this worker while it has a job.
        poll_seconds: How long it waits for a message before it asks again.
    """

    def __init__(
        self,
        sqs: Any,
        queue_url: str,
        handle: Handle,
        *,
        timeout_seconds: int,
        protected: Protection,
        poll_seconds: int = _LONGEST_POLL_SECONDS,
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._handle = handle
        self._timeout_seconds = timeout_seconds
        self._protection = protected
        self._poll_seconds = poll_seconds
        self._ending = False

    def end(self, *_: object) -> None:
        """Have it end after the job in hand."""
        self._ending = True

    def run(self) -> None:
        """Work until the end; in the main thread, which alone can be interrupted by a timeout."""
        previous = {number: signal.signal(number, self.end) for number in (signal.SIGTERM, signal.SIGINT)}
        self._protect(on=False)
        try:
            while not self._ending:
                self._work()
        finally:
            self._protect(on=False)
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _work(self) -> None:
        try:
            message = self._next()
            if message is None:
                self._protect(on=False)
            elif self._ending:
                # It was told to end while it waited: another worker has this one at once.
                self._give_back(message, 0)
            else:
                self._do(message)
        except (BotoCoreError, ClientError):
            logger.exception("SQS does not answer as it should")
            time.sleep(1)

    def _next(self) -> Message | None:
        found = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            # One in hand, the others free for other workers.
            MaxNumberOfMessages=1,
            WaitTimeSeconds=self._poll_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return next(iter(found.get("Messages", [])), None)

    def _do(self, message: Message) -> None:
        self._protect(on=True)
        try:
            with _time_limit(self._timeout_seconds):
                self._handle(message)
        except Exception:
            # Whatever it was, the next job has nothing to do with it.
            logger.exception("message %s failed", message["MessageId"])
            tries = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
            self._give_back(message, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, 10)))
        else:
            self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])

    def _give_back(self, message: Message, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def _protect(self, *, on: bool) -> None:
        try:
            if on:
                self._protection.on(self._timeout_seconds)
            else:
                self._protection.off()
        except (urllib3.exceptions.HTTPError, ValueError, BotoCoreError, ClientError) as error:
            # A job that is cut off comes back: better than one that is not begun.
            logger.warning("scale-in protection cannot be changed: %s", error)


@contextmanager
def _time_limit(seconds: int) -> Generator[None]:
    def interrupt(*_: object) -> None:
        raise JobTimeoutError(f"the job took longer than {seconds} seconds")

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def consume(handle: Handle) -> None:
    """Fetch and do jobs, as the environment says, until SIGTERM."""
    Consumer(
        cast("Any", boto3).client("sqs"),
        os.environ["QUEUE_URL"],
        handle,
        timeout_seconds=int(os.environ.get("JOB_TIMEOUT_SECONDS", "300")),
        protected=protection(os.environ),
    ).run()


def main(arguments: list[str]) -> None:
    """The command: `module:function` names what does a job."""
    if len(arguments) != 1 or ":" not in arguments[0]:
        sys.exit("usage: python consumer.py MODULE:FUNCTION")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    module, _, function = arguments[0].partition(":")
    sys.path.insert(0, str(Path.cwd()))
    consume(getattr(importlib.import_module(module), function))


if __name__ == "__main__":
    main(sys.argv[1:])
