"""What a program says of a pipeline, and what it cannot say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.arguments import is_known, override_faults
from tenfold.errors import Fault
from tenfold.queue_access import key_faults, sender_faults
from tenfold.queue_arguments import QueueServiceArgs, queue_faults
from tenfold.queue_fleet import QueueServiceFleetArgs
from tenfold.queue_service import QUEUE_CHILDREN
from tenfold.queue_worker import QueueServiceWorkerArgs


class PipelineStepArgs(TypedDict):
    """One step: a queue, and one kind of worker that takes from it, works, and hands on."""

    name: str
    """The step's name, which its resources keep, wherever it stands: lower case letters, digits and hyphens."""
    worker: NotRequired[QueueServiceWorkerArgs]
    """The worker as a Lambda function."""
    fleet: NotRequired[QueueServiceFleetArgs]
    """The workers as tasks on AWS Fargate or as EC2 instances, in place of `worker`."""
    visibility_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a job in hand is hidden, up to 43200 seconds; by default as long as the step's worker needs."""
    retention_seconds: NotRequired[pulumi.Input[int]]
    """How long a job may wait for this step before it is lost, 60 to 1209600 seconds; 345600 (4 days) by default."""
    max_receive_count: NotRequired[pulumi.Input[int]]
    """How often a job is tried before it becomes a dead letter of this step, 1 to 1000; 5 by default."""
    oldest_message_alarm_seconds: NotRequired[pulumi.Input[int]]
    """How long a job may wait for this step before the alarm, 60 to 1209600 seconds; 900 by default, or longer."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of a queue service's child, merged last: `{"queue": {"delay_seconds": 10}}`."""


class PipelineArgs(TypedDict):
    """Arguments of `Pipeline`."""

    steps: list[PipelineStepArgs]
    """The steps, in the order in which a job goes through them: 1 to 20."""
    senders: NotRequired[dict[str, pulumi.Input[str]]]
    """Who else may send to the first step, by a name of letters and digits: the ARNs of SNS topics, S3 buckets,
    EventBridge rules or IAM roles; nobody by default."""
    end_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of an SNS topic that exists, to which the last step publishes; a topic of its own by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts jobs in all steps and at the end; AWS's own keys by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, those of the steps among them, and which are not made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"end-topic": {"display_name": "Done"}}`; a step has its own."""


NEXT_QUEUE_URL, END_TOPIC_ARN = "NEXT_QUEUE_URL", "END_TOPIC_ARN"
"""The environment variables of the workers, that say where a job goes from here."""
NEXT_POLICY = "next"
"""The policy of the workers for it: its name stays when a step is put in between."""
_STEP = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+")
_MOST_STEPS = 20
WORKERS = ("worker", "fleet")
"""The kinds of worker that a step can have."""


def step_args(step: PipelineStepArgs) -> QueueServiceArgs:
    """The arguments of a step's queue service, as far as the step itself says them."""
    return cast("QueueServiceArgs", {key: value for key, value in step.items() if key != "name"})


def pipeline_rules(name: str) -> tuple[Any, ...]:
    """What is wrong with a pipeline's arguments that no type can express."""
    return (_count_faults, partial(_step_faults, name), _sender_faults, _topic_faults, _key_faults)


def _count_faults(args: PipelineArgs) -> Iterable[Fault]:
    steps = args["steps"]
    if not 1 <= len(steps) <= _MOST_STEPS:
        yield Fault("steps", f"{len(steps)} are given", f"1 to {_MOST_STEPS} steps")


def _step_faults(name: str, args: PipelineArgs) -> Iterable[Fault]:
    names: list[str] = []
    for index, step in enumerate(args["steps"]):
        # Of two faults in one place the first one says more.
        found = {fault.path: fault for fault in reversed([*_faults_of(name, step, names)])}
        yield from (fault._replace(path=f"steps[{index}]{fault.path}") for fault in reversed(found.values()))
        names.append(step["name"])


def _faults_of(name: str, step: PipelineStepArgs, earlier: Sequence[str]) -> Iterable[Fault]:
    yield from _step_name_faults(step["name"], earlier)
    yield from _reserved_faults(step)
    if not any(kind in step for kind in WORKERS):
        yield Fault("", "nobody works on it", "a worker or a fleet")
    for fault in queue_faults(f"{name}-{step['name']}", step_args(step)):
        yield fault._replace(path=f".{fault.path}")
    yield from override_faults(".overrides", step.get("overrides"), QUEUE_CHILDREN)


def _step_name_faults(name: str, earlier: Sequence[str]) -> Iterable[Fault]:
    if not _STEP.fullmatch(name):
        yield Fault(".name", f"{name!r} is given", "lower case letters, digits and hyphens between them")
    elif name in earlier:
        yield Fault(".name", f"{name!r} is given twice", "each name once: resources are named by it")


def _reserved_faults(step: PipelineStepArgs) -> Iterable[Fault]:
    """The names that the pipeline itself gives."""
    for kind in WORKERS:
        worker = cast("Mapping[str, Any]", step.get(kind) or {})
        if NEXT_POLICY in worker.get("policies", {}):
            allowed = "another name: this one lets the step hand its jobs on"
            yield Fault(f".{kind}.policies.{NEXT_POLICY}", "it has this name", allowed)
        environment = worker.get("environment", {})
        for variable in (NEXT_QUEUE_URL, END_TOPIC_ARN):
            if isinstance(environment, Mapping) and variable in environment:
                allowed = "another name: this one says where jobs go from here"
                yield Fault(f".{kind}.environment.{variable}", "it has this name", allowed)


def _sender_faults(args: PipelineArgs) -> Iterable[Fault]:
    yield from sender_faults(args.get("senders", {}), fifo=False)


def _topic_faults(args: PipelineArgs) -> Iterable[Fault]:
    topic = args.get("end_topic_arn")
    if isinstance(topic, str) and is_known(topic) and not _TOPIC.fullmatch(topic):
        allowed = "the ARN of a standard topic: arn:aws:sns:us-east-1:123456789012:done"
        yield Fault("end_topic_arn", f"{topic!r} is given", allowed)


def _key_faults(args: PipelineArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))
