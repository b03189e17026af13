"""Loose coupling: work that a user need not wait for goes through a queue, and its worker may be away.

*Scaling on AWS (Part 4): > One Million Users* breaks a tier into services that scale and fail alone, with queues
between them. This is one such queue in Amazon SQS with all that it needs: a place for the messages that fail, a worker
with permissions for this queue alone, and someone who is told.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.grants import grant
from tenfold.policy_documents import Statement, policy_document
from tenfold.queue_access import (
    consume_statements,
    queue_policy,
    redrive_statements,
    send_statements,
)
from tenfold.queue_alarms import queue_alarms, worker_alarms
from tenfold.queue_arguments import FOURTEEN_DAYS, RULES, QueueServiceArgs, least_hidden_seconds, name_faults
from tenfold.queue_container import task_workers
from tenfold.queue_instances import instance_workers
from tenfold.queue_topics import subscribe_to_topics, topic_senders
from tenfold.queue_worker import lambda_worker

QUEUE_CHILDREN: Children = {
    "queue": aws.sqs.Queue,
    "dlq": aws.sqs.Queue,
    "queue-policy": aws.sqs.QueuePolicy,
    "dlq-policy": aws.sqs.QueuePolicy,
    "dlq-redrive-allow": aws.sqs.RedriveAllowPolicy,
    "topic": aws.sns.TopicSubscription,
    "dlq-alarm": aws.cloudwatch.MetricAlarm,
    "age-alarm": aws.cloudwatch.MetricAlarm,
    "worker": aws.lambda_.Function,
    "worker-logs": aws.cloudwatch.LogGroup,
    "worker-role": aws.iam.Role,
    "worker-policy": aws.iam.RolePolicy,
    "worker-source": aws.lambda_.EventSourceMapping,
    "worker-sg": aws.ec2.SecurityGroup,
    "worker-to": aws.vpc.SecurityGroupEgressRule,
    "worker-protection": aws.iam.RolePolicy,
    "worker-cluster": lambda: aws.ecs.Cluster,
    "worker-cluster-capacity": lambda: aws.ecs.ClusterCapacityProviders,
    "worker-execution-role": aws.iam.Role,
    "worker-execution-policy": aws.iam.RolePolicy,
    "worker-shell-policy": aws.iam.RolePolicy,
    "worker-task": lambda: aws.ecs.TaskDefinition,
    "worker-service": lambda: aws.ecs.Service,
    "worker-tasks": aws.appautoscaling.Target,
    "tasks-by-backlog": aws.appautoscaling.Policy,
    "tasks-wake": aws.appautoscaling.Policy,
    "worker-profile": aws.iam.InstanceProfile,
    "worker-launch-template": aws.ec2.LaunchTemplate,
    "worker-asg": aws.autoscaling.Group,
    "instances-by-backlog": aws.autoscaling.Policy,
    "instances-wake": aws.autoscaling.Policy,
    "wake-alarm": aws.cloudwatch.MetricAlarm,
    "worker-error-alarm": aws.cloudwatch.MetricAlarm,
    "worker-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "send-grant": aws.iam.RolePolicy,
    "consume-grant": aws.iam.RolePolicy,
    "redrive-grant": aws.iam.RolePolicy,
}
QUEUE_ACTING = {"wake-alarm": "starts the first worker of a queue that has none"}
"""What its alarms do that cannot be turned off."""
_OF_WORKERS = (
    "worker_function_name",
    "worker_function_arn",
    "worker_role_name",
    "worker_log_group_name",
    "worker_cluster_name",
    "worker_service_name",
    "worker_autoscaling_group_name",
    "worker_security_group_id",
)


class QueueService(pulumi.ComponentResource):
    """A queue, its dead-letter queue, and by choice the workers that work on its messages.

    By default messages are encrypted, come over TLS alone, are kept for 4 days, and after 5 tries become dead letters,
    which are kept for 14 days. A worker on Lambda reports failed messages one by one, may use this queue, its own log
    group and X-Ray, and nothing else. A fleet of workers, on Fargate or on instances, grows and shrinks with the
    backlog of each, by choice down to none; one that has a job in hand is not stopped. There are alarms on dead
    letters, on messages that wait too long, and on a function that fails or is throttled.
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
    """The log group of the worker, a function or tasks; empty without one."""
    worker_cluster_name: pulumi.Output[str]
    """The ECS cluster of the workers; empty where they are no tasks."""
    worker_service_name: pulumi.Output[str]
    """The ECS service of the workers; empty where they are no tasks."""
    worker_autoscaling_group_name: pulumi.Output[str]
    """The Auto Scaling group of the workers; empty where they are no instances."""
    worker_security_group_id: pulumi.Output[str]
    """The security group of tasks or instances, which databases and caches open their port to; else empty."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `dlq-alarm`; the one that wakes a fleet notifies nobody and is not among them."""

    def __init__(self, name: str, args: QueueServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children=QUEUE_CHILDREN, acting=QUEUE_ACTING)
        rules = (partial(name_faults, name), *RULES, alarm_rule)
        args = checked("QueueService", name, QueueServiceArgs, args, QUEUE_CHILDREN, *rules)
        super().__init__("tenfold:index:QueueService", name, {**args}, inherited(name, args, QUEUE_CHILDREN, opts))

        dlq = _dead_letter_queue(self, args)
        queue = _queue(self, args, dlq)
        _allow_redrive(self, queue, dlq)
        topics = args.get("topics", {})
        policies = (
            queue_policy(self, "queue-policy", queue, {**args.get("senders", {}), **topic_senders(topics)}),
            queue_policy(self, "dlq-policy", dlq, topic_senders(topics)),
        )
        subscribe_to_topics(self, queue, dlq, policies, topics)
        arns = pulumi.Output.all(queue.arn, dlq.arn, args.get("kms_key_arn", ""))
        statements = arns.apply(lambda found: consume_statements(found[0], found[2]))
        workers = _workers(self, args, queue, statements)
        self.alarm_arns = _alarms(self, args, queue, dlq, workers)

        self.queue_url = queue.url
        self.queue_arn = queue.arn
        self.queue_name = queue.name
        self.dlq_url = dlq.url
        self.dlq_arn = dlq.arn
        self.dlq_name = dlq.name
        self.environment = queue.url.apply(lambda url: {queue_variable(name): url})
        self.sender_policy_json = arns.apply(lambda found: policy_document(send_statements(found[0], found[2])))
        self.consumer_policy_json = arns.apply(lambda found: policy_document(consume_statements(found[0], found[2])))
        self.redrive_policy_json = arns.apply(lambda found: policy_document(redrive_statements(*found)))
        self.redrive_command = dlq.arn.apply(_redrive_command)
        for output in _OF_WORKERS:
            setattr(self, output, workers.outputs.get(output, pulumi.Output.from_input("")))
        self.register_outputs({output: getattr(self, output) for output in QueueService.__annotations__})
        self._worker_role = workers.role

    @property
    def worker_role(self) -> aws.iam.Role | None:
        """The worker's role, for grants in the same program: `results.grant_read_write(jobs.worker_role)`."""
        return self._worker_role

    def grant_send(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send messages."""
        return grant(self, "send-grant", role, self.sender_policy_json)

    def grant_consume(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role receive and delete messages."""
        return grant(self, "consume-grant", role, self.consumer_policy_json)

    def grant_redrive(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send dead letters back to the queue."""
        return grant(self, "redrive-grant", role, self.redrive_policy_json)


def _dead_letter_queue(service: QueueService, args: QueueServiceArgs) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-dlq",
        # A message keeps the time it was first sent: any less, and one that waited long is gone before it is seen.
        message_retention_seconds=FOURTEEN_DAYS,
        **_type(args),
        **_encryption(args),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _queue(service: QueueService, args: QueueServiceArgs, dlq: aws.sqs.Queue) -> aws.sqs.Queue:
    redrive = {"deadLetterTargetArn": dlq.arn, "maxReceiveCount": args.get("max_receive_count", 5)}
    return aws.sqs.Queue(
        f"{service.pulumi_resource_name}-queue",
        visibility_timeout_seconds=args.get("visibility_timeout_seconds", least_hidden_seconds(args) or 30),
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


class _Workers(NamedTuple):
    """Who works on the messages: their role, and what the component says of them."""

    role: aws.iam.Role | None
    outputs: Mapping[str, pulumi.Output[str]]
    function: aws.lambda_.Function | None = None


def _workers(
    service: QueueService,
    args: QueueServiceArgs,
    queue: aws.sqs.Queue,
    statements: pulumi.Output[list[Statement]],
) -> _Workers:
    tags = args.get("tags", {})
    if "worker" in args:
        made = lambda_worker(service, args["worker"], queue, statements)
        outputs = {
            "worker_function_name": made.function.name,
            "worker_function_arn": made.function.arn,
            "worker_role_name": made.role.name,
            "worker_log_group_name": made.logs.name,
        }
        return _Workers(made.role, outputs, made.function)
    if "fleet" in args and "container" in args["fleet"]:
        fleet, container = args["fleet"], args["fleet"]["container"]
        fargate, role, group = task_workers(service, fleet, container, queue, statements, tags)
        outputs = {
            "worker_role_name": role.name,
            "worker_log_group_name": fargate.logs.name,
            "worker_cluster_name": fargate.cluster_name,
            "worker_service_name": fargate.service.name,
            "worker_security_group_id": group.id,
        }
        return _Workers(role, outputs)
    if "fleet" in args and "instances" in args["fleet"]:
        fleet, instances = args["fleet"], args["fleet"]["instances"]
        scaled, role, group = instance_workers(service, fleet, instances, queue, statements, tags)
        outputs = {
            "worker_role_name": role.name,
            "worker_autoscaling_group_name": scaled.name,
            "worker_security_group_id": group.id,
        }
        return _Workers(role, outputs)
    return _Workers(None, {})


def _alarms(
    service: QueueService,
    args: QueueServiceArgs,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    workers: _Workers,
) -> pulumi.Output[dict[str, str]]:
    alarms, name = Alarms(service, args), service.pulumi_resource_name
    # A message that a worker tries once more may be as old as the visibility timeout.
    oldest = max(900, least_hidden_seconds(args) or 0)
    queue_alarms(alarms, name, queue, dlq, args.get("oldest_message_alarm_seconds", oldest))
    if workers.function:
        worker_alarms(alarms, name, workers.function)
    return alarms.arns()


def queue_variable(name: str) -> str:
    """The environment variable that holds a queue's URL."""
    return variable(f"{name}_QUEUE_URL")


def _redrive_command(dlq_arn: str) -> str:
    return f"aws sqs start-message-move-task --region {dlq_arn.split(':')[3]} --source-arn {dlq_arn}"
