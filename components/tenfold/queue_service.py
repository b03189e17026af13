"""Loose coupling: work that a user need not wait for goes through a queue, and its worker may be away.

*Scaling on AWS (Part 4): > One Million Users* breaks a tier into services that scale and fail alone, with queues
between them. This is one such queue in Amazon SQS with all that it needs: a place for the messages that fail, a worker
with permissions for this queue alone, and someone who is told.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, bounded, checked, is_known
from tenfold.children import inherited
from tenfold.errors import Fault
from tenfold.lambda_function import LambdaFunction
from tenfold.log_retention import retention_faults
from tenfold.queue_access import consumer_policy, require_tls, sender_policy
from tenfold.queue_alarms import queue_alarms, worker_alarms
from tenfold.queue_worker import lambda_worker
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
    """How long a batch may wait to fill up, 0 to 300 seconds; 0 by default."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """How many batches are worked on at the same time at the most, 2 to 1000; as many as the account has by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


class QueueServiceArgs(TypedDict):
    """Arguments of `QueueService`."""

    worker: NotRequired[QueueServiceWorkerArgs]
    """The worker, a Lambda function; none by default: others consume the queue, by `grant_consume`."""
    visibility_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a message in hand is hidden, up to 43200 seconds; 6 times the worker's timeout by default, else 30."""
    retention_seconds: NotRequired[pulumi.Input[int]]
    """How long a message may wait before it is lost, 60 to 1209600 seconds; 345600 (4 days) by default."""
    max_receive_count: NotRequired[pulumi.Input[int]]
    """How often a message is tried before it becomes a dead letter, 1 to 1000; 5 by default."""
    oldest_message_alarm_seconds: NotRequired[pulumi.Input[int]]
    """How old a message may get before the alarm, 60 to 1209600 seconds; 900 by default, more for slow workers."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that alarms notify; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"queue": {"delay_seconds": 10}}`."""


_CHILDREN: Children = {
    "queue": aws.sqs.Queue,
    "dlq": aws.sqs.Queue,
    "queue-policy": aws.sqs.QueuePolicy,
    "dlq-policy": aws.sqs.QueuePolicy,
    "dlq-redrive-allow": aws.sqs.RedriveAllowPolicy,
    "dlq-alarm": aws.cloudwatch.MetricAlarm,
    "age-alarm": aws.cloudwatch.MetricAlarm,
    "worker": aws.lambda_.Function,
    "worker-logs": aws.cloudwatch.LogGroup,
    "worker-role": aws.iam.Role,
    "worker-policy": aws.iam.RolePolicy,
    "worker-source": aws.lambda_.EventSourceMapping,
    "worker-error-alarm": aws.cloudwatch.MetricAlarm,
    "worker-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "send-grant": aws.iam.RolePolicy,
    "consume-grant": aws.iam.RolePolicy,
}
# A role's name has 64 characters, of which "-worker-role-" and Pulumi's seven random ones take 20.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,44}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_FOURTEEN_DAYS = 1_209_600
_RANGES = {
    "visibility_timeout_seconds": (0, 43_200, "seconds"),
    "retention_seconds": (60, _FOURTEEN_DAYS, "seconds"),
    "max_receive_count": (1, 1000, "tries"),
    "oldest_message_alarm_seconds": (60, _FOURTEEN_DAYS, "seconds"),
}


class QueueService(pulumi.ComponentResource):
    """A queue, its dead-letter queue, and by choice the Lambda function that works on its messages.

    By default messages are encrypted, come over TLS alone, are kept for 4 days, and after 5 tries become dead letters,
    which are kept for 14 days. The worker reports failed messages one by one, may use this queue, its own log group and
    X-Ray, and nothing else. There are alarms on dead letters, on messages that wait too long, and on a worker that
    fails or is throttled.
    """

    queue_url: pulumi.Output[str]
    """The queue's URL, for senders."""
    queue_arn: pulumi.Output[str]
    """The queue's ARN."""
    queue_name: pulumi.Output[str]
    """The queue's name on AWS."""
    dlq_url: pulumi.Output[str]
    """The dead-letter queue's URL."""
    dlq_arn: pulumi.Output[str]
    """The dead-letter queue's ARN."""
    dlq_name: pulumi.Output[str]
    """The dead-letter queue's name on AWS."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_QUEUE_URL`, the component's name in capitals."""
    sender_policy_json: pulumi.Output[str]
    """The IAM policy of those who send messages."""
    consumer_policy_json: pulumi.Output[str]
    """The IAM policy of those who receive and delete messages."""
    worker_function_name: pulumi.Output[str]
    """The worker's function; empty without one."""
    worker_function_arn: pulumi.Output[str]
    """The ARN of the worker's function; empty without one."""
    worker_role_name: pulumi.Output[str]
    """The name of the worker's role; empty without one."""
    worker_log_group_name: pulumi.Output[str]
    """The log group of the worker; empty without one."""

    def __init__(self, name: str, args: QueueServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("QueueService", name, QueueServiceArgs, args, _CHILDREN, lambda _: _name_faults(name), *_RULES)
        super().__init__("tenfold:index:QueueService", name, {**args}, inherited(name, args, _CHILDREN, opts))

        dlq = _dead_letter_queue(self)
        queue = _queue(self, args, dlq)
        _allow_redrive(self, queue, dlq)
        require_tls(self, "queue-policy", queue)
        require_tls(self, "dlq-policy", dlq)
        worker = _worker(self, args, queue)
        _alarms(self, args, queue, dlq, worker)

        self.queue_url = queue.url
        self.queue_arn = queue.arn
        self.queue_name = queue.name
        self.dlq_url = dlq.url
        self.dlq_arn = dlq.arn
        self.dlq_name = dlq.name
        self.environment = queue.url.apply(lambda url: {_variable(name): url})
        self.sender_policy_json = queue.arn.apply(sender_policy)
        self.consumer_policy_json = queue.arn.apply(consumer_policy)
        nothing = pulumi.Output.from_input("")
        self.worker_function_name = worker.function.name if worker else nothing
        self.worker_function_arn = worker.function.arn if worker else nothing
        self.worker_role_name = worker.role.name if worker else nothing
        self.worker_log_group_name = worker.logs.name if worker else nothing
        self.register_outputs({output: getattr(self, output) for output in QueueService.__annotations__})
        self._worker_role = worker.role if worker else None

    @property
    def worker_role(self) -> aws.iam.Role | None:
        """The worker's role, for grants in the same program: `results.grant_read_write(jobs.worker_role)`."""
        return self._worker_role

    def grant_send(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send messages."""
        return self._grant("send-grant", role, self.sender_policy_json)

    def grant_consume(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role receive and delete messages."""
        return self._grant("consume-grant", role, self.consumer_policy_json)

    def _grant(self, kind: str, role: aws.iam.Role, policy: pulumi.Output[str]) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self.pulumi_resource_name}-{kind}-{role.pulumi_resource_name}",
            role=role.name,
            policy=policy,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _name_faults(name: str) -> Iterable[Fault]:
    if not _NAME.fullmatch(name):
        allowed = "1 to 44 letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _range_faults(key: str, args: QueueServiceArgs) -> Iterable[Fault]:
    yield from bounded(key, args.get(key), *_RANGES[key])


def _worker_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    worker = args.get("worker")
    if worker is None:
        return
    yield from bounded("worker.memory_mb", worker.get("memory_mb"), 128, 10_240, "MB")
    yield from bounded("worker.timeout_seconds", worker.get("timeout_seconds"), 1, 900, "seconds")
    yield from bounded("worker.maximum_concurrency", worker.get("maximum_concurrency"), 2, 1000, "batches at a time")
    yield from retention_faults("worker.log_retention_days", worker.get("log_retention_days"))
    variables = worker.get("environment", {})
    for variable in variables if isinstance(variables, Mapping) else ():
        if not _VARIABLE.fullmatch(variable):
            allowed = "a letter, and one or more letters, digits and underscores"
            yield Fault(f"worker.environment.{variable}", "it has this name", allowed)
    yield from role_policy_faults("worker.policies", worker.get("policies", {}))


def _batch_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    worker = args.get("worker")
    if worker is None:
        return
    size, window = worker.get("batch_size", 10), worker.get("batch_window_seconds", 0)
    yield from bounded("worker.batch_size", size, 1, 10_000, "messages")
    yield from bounded("worker.batch_window_seconds", window, 0, 300, "seconds")
    if 10 < size <= 10_000 and window == 0:
        allowed = "1 to 10 messages, or a batch_window_seconds of 1 or more"
        yield Fault("worker.batch_size", f"{size} is given without a batch window", allowed)


def _visibility_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    given, worker = args.get("visibility_timeout_seconds"), args.get("worker")
    if worker is None or not isinstance(given, int) or not is_known(given):
        return
    least = _least_visibility(worker)
    if 0 <= given < least:
        reason = f"6 times the worker's {worker.get('timeout_seconds', 30)} seconds and its batch window"
        yield Fault("visibility_timeout_seconds", f"{given} is given", f"{least} to 43200 seconds: {reason}")


def _least_visibility(worker: QueueServiceWorkerArgs) -> int:
    """Lambda tries again when it is throttled; a message that comes back meanwhile is worked on twice."""
    return 6 * worker.get("timeout_seconds", 30) + worker.get("batch_window_seconds", 0)


_RULES = (*(partial(_range_faults, key) for key in _RANGES), _worker_faults, _batch_faults, _visibility_faults)


def _dead_letter_queue(service: QueueService) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-dlq",
        # A message keeps the time it was first sent: any less, and one that waited long is gone before it is seen.
        message_retention_seconds=_FOURTEEN_DAYS,
        sqs_managed_sse_enabled=True,
        opts=pulumi.ResourceOptions(parent=service),
    )


def _queue(service: QueueService, args: QueueServiceArgs, dlq: aws.sqs.Queue) -> aws.sqs.Queue:
    visibility = _least_visibility(args["worker"]) if "worker" in args else 30
    redrive = {"deadLetterTargetArn": dlq.arn, "maxReceiveCount": args.get("max_receive_count", 5)}
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-queue",
        visibility_timeout_seconds=args.get("visibility_timeout_seconds", visibility),
        message_retention_seconds=args.get("retention_seconds", 345_600),
        # Waiting for messages costs one request; asking again and again costs one each time, and misses some.
        receive_wait_time_seconds=20,
        sqs_managed_sse_enabled=True,
        redrive_policy=pulumi.Output.json_dumps(redrive),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _allow_redrive(service: QueueService, queue: aws.sqs.Queue, dlq: aws.sqs.Queue) -> None:
    # A resource of its own: the queue names its dead-letter queue, and this one names the queue.
    aws.sqs.RedriveAllowPolicy(
        f"{service.pulumi_resource_name}-dlq-redrive-allow",
        queue_url=dlq.url,
        redrive_allow_policy=pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _worker(service: QueueService, args: QueueServiceArgs, queue: aws.sqs.Queue) -> LambdaFunction | None:
    worker = args.get("worker")
    if worker is None:
        return None
    return lambda_worker(
        service,
        queue,
        code=worker["code"],
        handler=worker["handler"],
        runtime=worker.get("runtime", "python3.13"),
        architecture=worker.get("architecture", WorkerArchitecture.ARM64).value,
        memory_mb=worker.get("memory_mb", 256),
        timeout_seconds=worker.get("timeout_seconds", 30),
        environment=worker.get("environment"),
        policies=worker.get("policies", {}),
        batch_size=worker.get("batch_size", 10),
        batch_window_seconds=worker.get("batch_window_seconds", 0),
        maximum_concurrency=worker.get("maximum_concurrency"),
        log_retention_days=worker.get("log_retention_days", 30),
    )


def _alarms(
    service: QueueService,
    args: QueueServiceArgs,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    worker: LambdaFunction | None,
) -> None:
    actions: Sequence[pulumi.Input[str]] = [args["alarm_topic_arn"]] if "alarm_topic_arn" in args else []
    # A message that a worker tries once more may be as old as the visibility timeout.
    oldest = max(900, _least_visibility(args["worker"])) if "worker" in args else 900
    queue_alarms(service, queue, dlq, args.get("oldest_message_alarm_seconds", oldest), actions)
    if worker:
        worker_alarms(service, worker.function, actions)


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", f"{name}_QUEUE_URL").upper()
