"""Loose coupling: work that a user need not wait for goes through a queue, and its worker may be away.

*Scaling on AWS (Part 4): > One Million Users* breaks a tier into services that scale and fail alone, with queues
between them. This is one such queue in Amazon SQS with all that it needs: a place for the messages that fail, a worker
with permissions for this queue alone, and someone who is told.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, bounded, checked, is_known
from tenfold.children import inherited
from tenfold.errors import Fault
from tenfold.lambda_function import LambdaFunction
from tenfold.queue_access import (
    Statement,
    consume_statements,
    policy_document,
    queue_policy,
    redrive_statements,
    send_statements,
    sender_faults,
)
from tenfold.queue_alarms import queue_alarms, worker_alarms
from tenfold.queue_worker import QueueServiceWorkerArgs, lambda_worker, least_visibility, worker_faults


class QueueServiceArgs(TypedDict):
    """Arguments of `QueueService`."""

    worker: NotRequired[QueueServiceWorkerArgs]
    """The worker, a Lambda function; none by default: others consume the queue, by `grant_consume`."""
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
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
_FOURTEEN_DAYS = 1_209_600
_RANGES = {
    "visibility_timeout_seconds": (0, 43_200, "seconds"),
    "retention_seconds": (60, _FOURTEEN_DAYS, "seconds"),
    "max_receive_count": (1, 1000, "tries"),
    "oldest_message_alarm_seconds": (60, _FOURTEEN_DAYS, "seconds"),
}


class QueueService(pulumi.ComponentResource):
    """A queue, its dead-letter queue, and by choice the workers that work on its messages.

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
    redrive_policy_json: pulumi.Output[str]
    """The IAM policy of those who send dead letters back to the queue."""
    redrive_command: pulumi.Output[str]
    """The command of the AWS CLI that sends the dead letters back to the queue, once their cause is mended."""
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

        dlq = _dead_letter_queue(self, args)
        queue = _queue(self, args, dlq)
        _allow_redrive(self, queue, dlq)
        queue_policy(self, "queue-policy", queue, args.get("senders", {}))
        queue_policy(self, "dlq-policy", dlq, {})
        arns = pulumi.Output.all(queue.arn, dlq.arn, args.get("kms_key_arn", ""))
        worker = _worker(self, args, queue, arns.apply(lambda found: consume_statements(found[0], found[2])))
        _alarms(self, args, queue, dlq, worker)

        self.queue_url = queue.url
        self.queue_arn = queue.arn
        self.queue_name = queue.name
        self.dlq_url = dlq.url
        self.dlq_arn = dlq.arn
        self.dlq_name = dlq.name
        self.environment = queue.url.apply(lambda url: {_variable(name): url})
        self.sender_policy_json = arns.apply(lambda found: policy_document(send_statements(found[0], found[2])))
        self.consumer_policy_json = arns.apply(lambda found: policy_document(consume_statements(found[0], found[2])))
        self.redrive_policy_json = arns.apply(lambda found: policy_document(redrive_statements(*found)))
        self.redrive_command = dlq.arn.apply(_redrive_command)
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
    if "worker" in args:
        yield from worker_faults(args["worker"], fifo=args.get("fifo", False))


def _visibility_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    given, worker = args.get("visibility_timeout_seconds"), args.get("worker")
    if worker is None or not isinstance(given, int) or not is_known(given):
        return
    least = least_visibility(worker)
    if 0 <= given < least:
        reason = f"6 times the worker's {worker.get('timeout_seconds', 30)} seconds and its batch window"
        yield Fault("visibility_timeout_seconds", f"{given} is given", f"{least} to 43200 seconds: {reason}")


def _deduplication_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    if args.get("content_based_deduplication", False) and not args.get("fifo", False):
        yield Fault("content_based_deduplication", "it is given without fifo", "a FIFO queue alone can do so")


def _key_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    key = args.get("kms_key_arn")
    if isinstance(key, str) and is_known(key) and not _KEY_ARN.fullmatch(key):
        allowed = "a key's ARN: arn:aws:kms:us-east-1:123456789012:key/...; permissions name no alias"
        yield Fault("kms_key_arn", f"{key!r} is given", allowed)


def _sender_faults(args: QueueServiceArgs) -> Iterable[Fault]:
    yield from sender_faults(args.get("senders", {}), fifo=args.get("fifo", False))


_RULES = (
    *(partial(_range_faults, key) for key in _RANGES),
    _worker_faults,
    _visibility_faults,
    _deduplication_faults,
    _key_faults,
    _sender_faults,
)


def _dead_letter_queue(service: QueueService, args: QueueServiceArgs) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-dlq",
        # A message keeps the time it was first sent: any less, and one that waited long is gone before it is seen.
        message_retention_seconds=_FOURTEEN_DAYS,
        **_type(args),
        **_encryption(args),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _queue(service: QueueService, args: QueueServiceArgs, dlq: aws.sqs.Queue) -> aws.sqs.Queue:
    visibility = least_visibility(args["worker"]) if "worker" in args else 30
    redrive = {"deadLetterTargetArn": dlq.arn, "maxReceiveCount": args.get("max_receive_count", 5)}
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-queue",
        visibility_timeout_seconds=args.get("visibility_timeout_seconds", visibility),
        message_retention_seconds=args.get("retention_seconds", 345_600),
        # Waiting for messages costs one request; asking again and again costs one each time, and misses some.
        receive_wait_time_seconds=20,
        redrive_policy=pulumi.Output.json_dumps(redrive),
        content_based_deduplication=args.get("content_based_deduplication"),
        **_type(args),
        **_encryption(args),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _type(args: QueueServiceArgs) -> dict[str, Any]:
    """Standard or FIFO: a dead-letter queue must be of its queue's type."""
    if not args.get("fifo", False):
        return {}
    # High throughput: thousands of messages a second, where a FIFO queue by itself takes 300.
    return {
        "fifo_queue": True,
        "deduplication_scope": "messageGroup",
        "fifo_throughput_limit": "perMessageGroupId",
    }


def _encryption(args: QueueServiceArgs) -> dict[str, Any]:
    if "kms_key_arn" in args:
        return {"kms_master_key_id": args["kms_key_arn"]}
    return {"sqs_managed_sse_enabled": True}


def _allow_redrive(service: QueueService, queue: aws.sqs.Queue, dlq: aws.sqs.Queue) -> None:
    # A resource of its own: the queue names its dead-letter queue, and this one names the queue.
    aws.sqs.RedriveAllowPolicy(
        f"{service.pulumi_resource_name}-dlq-redrive-allow",
        queue_url=dlq.url,
        redrive_allow_policy=pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _worker(
    service: QueueService,
    args: QueueServiceArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[list[Statement]],
) -> LambdaFunction | None:
    return lambda_worker(service, args["worker"], queue, statements) if "worker" in args else None


def _alarms(
    service: QueueService,
    args: QueueServiceArgs,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    worker: LambdaFunction | None,
) -> None:
    actions: Sequence[pulumi.Input[str]] = [args["alarm_topic_arn"]] if "alarm_topic_arn" in args else []
    # A message that a worker tries once more may be as old as the visibility timeout.
    oldest = max(900, least_visibility(args["worker"])) if "worker" in args else 900
    queue_alarms(service, queue, dlq, args.get("oldest_message_alarm_seconds", oldest), actions)
    if worker:
        worker_alarms(service, worker.function, actions)


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", f"{name}_QUEUE_URL").upper()


def _redrive_command(dlq_arn: str) -> str:
    return f"aws sqs start-message-move-task --region {dlq_arn.split(':')[3]} --source-arn {dlq_arn}"
