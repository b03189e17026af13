"""The worker of a queue as a Lambda function: what it may do, and how it gets messages.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.lambda_function import LambdaFunction, lambda_function
from tenfold.log_retention import retention_faults
from tenfold.policy_documents import Statement
from tenfold.role_policies import role_policy_faults


class WorkerArchitecture(StrEnum):
    """The processor that a worker's code runs on."""

    ARM64 = "arm64"
    """AWS Graviton: a fifth cheaper."""
    X86_64 = "x86_64"
    """Intel or AMD, for packages that have native code for it alone."""


class QueueServiceWorkerArgs(TypedDict):
    """A worker as a Lambda function. It must return the messages that failed, as `batchItemFailures`."""

    code: pulumi.Input[pulumi.Archive]
    """The function's code: `pulumi.FileArchive("app/worker")`."""
    handler: pulumi.Input[str]
    """The function in the code that gets the messages: `handler.handle`."""
    runtime: NotRequired[pulumi.Input[str]]
    """The Lambda runtime; `python3.13` by default."""
    architecture: NotRequired[WorkerArchitecture]
    """The processor that the code runs on: `arm64` or `x86_64`; `arm64` by default."""
    memory_mb: NotRequired[pulumi.Input[int]]
    """The memory in MB, 128 to 10240, and with it the share of a processor; 256 by default."""
    timeout_seconds: NotRequired[int]
    """How long one batch may take, 1 to 900 seconds; 30 by default."""
    environment: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """The environment variables of the function; none by default."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of its role, as JSON by a name that stays: `{"results": results.read_write_policy_json}`."""
    batch_size: NotRequired[int]
    """How many messages the worker takes at once, 1 to 10000; above 10 with a batch window; 10 by default."""
    batch_window_seconds: NotRequired[int]
    """How long a batch may wait to fill up, 0 to 300 seconds; 0 by default, and for a FIFO queue."""
    filters: NotRequired[list[dict[str, Any]]]
    """Up to 5 patterns, of which a message must fit one: `[{"body": {"kind": ["video"]}}]`; Lambda deletes the others.
    All messages come to the worker by default."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """How many batches are worked on at the same time at the most, 2 to 1000; as many as the account has by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")


def worker_faults(worker: QueueServiceWorkerArgs, *, fifo: bool) -> Iterable[Fault]:
    """What is wrong with a worker's arguments that no type can express."""
    yield from bounded("worker.memory_mb", worker.get("memory_mb"), 128, 10_240, "MB")
    yield from bounded("worker.timeout_seconds", worker.get("timeout_seconds"), 1, 900, "seconds")
    yield from bounded("worker.maximum_concurrency", worker.get("maximum_concurrency"), 2, 1000, "batches at a time")
    yield from retention_faults("worker.log_retention_days", worker.get("log_retention_days"))
    yield from _variable_faults(worker.get("environment", {}))
    yield from role_policy_faults("worker.policies", worker.get("policies", {}))
    yield from _fifo_batch_faults(worker) if fifo else _batch_faults(worker)
    if "filters" in worker and not 1 <= len(worker["filters"]) <= 5:
        yield Fault("worker.filters", f"{len(worker['filters'])} are given", "1 to 5 patterns")


def least_visibility(worker: QueueServiceWorkerArgs) -> int:
    """How long a message in the worker's hand must be hidden, in seconds.

    Lambda tries again when it is throttled; a message that comes back meanwhile is worked on twice.
    """
    return 6 * worker.get("timeout_seconds", 30) + worker.get("batch_window_seconds", 0)


def lambda_worker(
    service: pulumi.ComponentResource,
    worker: QueueServiceWorkerArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Input[Sequence[Statement]],
) -> LambdaFunction:
    """The function that works on a queue's messages.

    Args:
        service: The component that it belongs to.
        worker: Its arguments.
        queue: The queue.
        statements: What it may do to receive and delete messages.
    """
    name = service.pulumi_resource_name
    made = lambda_function(
        service,
        "worker",
        description=f"Works on the messages of {name}",
        role_description=f"The worker of {name}",
        package={
            "code": worker["code"],
            "handler": worker["handler"],
            "runtime": worker.get("runtime", "python3.13"),
        },
        architecture=worker.get("architecture", WorkerArchitecture.ARM64).value,
        memory_mb=worker.get("memory_mb", 256),
        timeout_seconds=worker.get("timeout_seconds", 30),
        environment=worker.get("environment"),
        statements=statements,
        policies=worker.get("policies", {}),
        log_retention_days=worker.get("log_retention_days", 30),
    )
    _event_source(service, worker, queue, made)
    return made


def _event_source(
    service: pulumi.ComponentResource, worker: QueueServiceWorkerArgs, queue: aws.sqs.Queue, made: LambdaFunction
) -> None:
    concurrency, filters = worker.get("maximum_concurrency"), worker.get("filters")
    patterns: Any = [{"pattern": pulumi.Output.json_dumps(pattern)} for pattern in filters or []]
    aws.lambda_.EventSourceMapping(
        f"{service.pulumi_resource_name}-worker-source",
        event_source_arn=queue.arn,
        function_name=made.function.name,
        batch_size=worker.get("batch_size", 10),
        maximum_batching_window_in_seconds=worker.get("batch_window_seconds", 0),
        filter_criteria=None if filters is None else {"filters": patterns},
        # Without it, one message that fails has the whole batch done again.
        function_response_types=["ReportBatchItemFailures"],
        # Not the function's own concurrency: a queue that is held back loses no tries, a throttled function does.
        scaling_config=None if concurrency is None else {"maximum_concurrency": concurrency},
        opts=pulumi.ResourceOptions(parent=service, depends_on=made.permissions),
    )


def _variable_faults(variables: object) -> Iterable[Fault]:
    for name in map(str, variables) if isinstance(variables, Mapping) else ():
        if not _VARIABLE.fullmatch(name):
            allowed = "a letter, and one or more letters, digits and underscores"
            yield Fault(f"worker.environment.{name}", "it has this name", allowed)


def _batch_faults(worker: QueueServiceWorkerArgs) -> Iterable[Fault]:
    size, window = worker.get("batch_size", 10), worker.get("batch_window_seconds", 0)
    yield from bounded("worker.batch_size", size, 1, 10_000, "messages")
    yield from bounded("worker.batch_window_seconds", window, 0, 300, "seconds")
    if 10 < size <= 10_000 and window == 0:
        allowed = "1 to 10 messages, or a batch_window_seconds of 1 or more"
        yield Fault("worker.batch_size", f"{size} is given without a batch window", allowed)


def _fifo_batch_faults(worker: QueueServiceWorkerArgs) -> Iterable[Fault]:
    yield from bounded("worker.batch_size", worker.get("batch_size"), 1, 10, "messages of a FIFO queue")
    window = worker.get("batch_window_seconds", 0)
    if window != 0:
        yield Fault("worker.batch_window_seconds", f"{window} is given", "0 with a FIFO queue: it waits for no batch")
