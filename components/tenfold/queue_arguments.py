"""What a program says of a queue service, and what it cannot say."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault
from tenfold.queue_access import key_faults, sender_faults
from tenfold.queue_fleet import QueueServiceFleetArgs, fleet_faults, job_seconds, job_visibility
from tenfold.queue_topics import QueueServiceTopicArgs, topic_faults
from tenfold.queue_worker import QueueServiceWorkerArgs, least_visibility, worker_faults


class QueueServiceArgs(TypedDict):
    """Arguments of `QueueService`."""

    worker: NotRequired[QueueServiceWorkerArgs]
    """The worker as a Lambda function; none by default: others consume the queue, by `grant_consume`."""
    fleet: NotRequired[QueueServiceFleetArgs]
    """The workers as tasks on AWS Fargate or as EC2 instances, in place of `worker`: for jobs that need more than 15
    minutes, or more than Lambda has."""
    fifo: NotRequired[bool]
    """Whether messages of a group come in the order in which they were sent, and once; False by default. It has a high
    throughput, with an order and duplicates within a message group; another value replaces the queue."""
    content_based_deduplication: NotRequired[bool]
    """Whether a FIFO queue takes messages of the same contents for the same; False by default: senders give an id."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts messages; SQS's own key by default. Services among `senders` can use it
    where its policy lets them."""
    senders: NotRequired[dict[str, pulumi.Input[str]]]
    """Who else may send, by a name of letters and digits: the ARNs of SNS topics, S3 buckets, EventBridge rules or IAM
    roles, of other accounts too; nobody by default."""
    topics: NotRequired[dict[str, QueueServiceTopicArgs]]
    """The topics whose messages the queue gets, by a name of letters and digits; none by default. What a topic cannot
    send to the queue is among its dead letters."""
    visibility_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a message in hand is hidden, up to 43200 seconds; by default 6 times the timeout of a function with its
    batch window, that of another worker and 30, and 30 without a worker."""
    retention_seconds: NotRequired[pulumi.Input[int]]
    """How long a message may wait before it is lost, 60 to 1209600 seconds; 345600 (4 days) by default."""
    max_receive_count: NotRequired[pulumi.Input[int]]
    """How often a message is tried before it becomes a dead letter, 1 to 1000; 5 by default."""
    oldest_message_alarm_seconds: NotRequired[pulumi.Input[int]]
    """How old a message may get before the alarm, 60 to 1209600 seconds; 900 by default, more for slow workers."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"queue": {"delay_seconds": 10}}`."""


FOURTEEN_DAYS = 1_209_600
_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A role's name has 64 characters, of which "-worker-role-" and Pulumi's seven random ones take 20.
_NAME_LIMIT = 44
# ECS has a second role, and "-worker-execution-role-" is longer.
_NAME_LIMIT_OF_CONTAINERS = 34
_RANGES = {
    "visibility_timeout_seconds": (0, 43_200, "seconds"),
    "retention_seconds": (60, FOURTEEN_DAYS, "seconds"),
    "max_receive_count": (1, 1000, "tries"),
    "oldest_message_alarm_seconds": (60, FOURTEEN_DAYS, "seconds"),
}


def least_hidden_seconds(args: QueueServiceArgs) -> int | None:
    """How long a message in the hand of a worker must be hidden; None where nobody says who works on it."""
    if "worker" in args:
        return least_visibility(args["worker"])
    return job_visibility(args["fleet"]) if "fleet" in args else None


def queue_faults(name: str, args: QueueServiceArgs) -> Iterable[Fault]:
    """What is wrong with the name and the arguments of a service that no type can express."""
    yield from name_faults(name, args)
    for rule in RULES:
        yield from rule(args)


def name_faults(name: str, args: QueueServiceArgs) -> Iterable[Fault]:
    """What is wrong with a service's name."""
    limit = _NAME_LIMIT_OF_CONTAINERS if "container" in args.get("fleet", {}) else _NAME_LIMIT
    if len(name) > limit or not _NAME.fullmatch(name):
        allowed = f"1 to {limit} letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _range_faults(key: str, args: QueueServiceArgs) -> Iterable[Fault]:
    yield from bounded(key, args.get(key), *_RANGES[key])


def _worker_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    if "worker" in args:
        yield from worker_faults(args["worker"], fifo=args.get("fifo", False))


def _fleet_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    if "fleet" in args:
        yield from fleet_faults(args["fleet"])


def _kind_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    if "worker" in args and "fleet" in args:
        yield Fault("worker", "it is given beside fleet", "one of worker and fleet")


def _visibility_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    given, least = args.get("visibility_timeout_seconds"), least_hidden_seconds(args)
    if least is not None and isinstance(given, int) and is_known(given) and 0 <= given < least:
        allowed = f"{least} to 43200 seconds: {_reason(args)}"
        yield Fault("visibility_timeout_seconds", f"{given} is given", allowed)


def _reason(args: QueueServiceArgs) -> str:
    if "worker" in args:
        return f"6 times the worker's {args['worker'].get('timeout_seconds', 30)} seconds and its batch window"
    seconds = job_seconds(args["fleet"]) if "fleet" in args else 0
    return f"the {seconds} seconds of a job, and 30 to delete its message"


def _deduplication_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    if args.get("content_based_deduplication", False) and not args.get("fifo", False):
        yield Fault("content_based_deduplication", "it is given without fifo", "a FIFO queue alone can do so")


def _key_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))


def _sender_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    yield from sender_faults(args.get("senders", {}), fifo=args.get("fifo", False))


def _topic_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    yield from topic_faults(args.get("topics", {}), fifo=args.get("fifo", False))


RULES = (
    *(partial(_range_faults, key) for key in _RANGES),
    _worker_faults,
    _fleet_faults,
    _kind_faults,
    _visibility_faults,
    _deduplication_faults,
    _key_faults,
    _sender_faults,
    _topic_faults,
)
