"""Loose coupling in a row: a job goes through named steps, and each step scales, fails and is mended alone.

*Scaling on AWS (Part 4): > One Million Users* breaks a job that was done in one go into steps with a queue before each
one. A step that fails holds its jobs while the others go on; a step that is slow gets more workers and the others do
not. Here each step is a `QueueService`; its worker hands a job on to the next step, and the last one tells a topic.

See https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_prevent_interaction_failure_loosely_coupled_system.html.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity, alarm_faults, handed_on
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.grants import grant
from tenfold.pipeline_arguments import (
    END_TOPIC_ARN,
    NEXT_POLICY,
    NEXT_QUEUE_URL,
    WORKERS,
    PipelineArgs,
    PipelineStepArgs,
    pipeline_rules,
    step_args,
)
from tenfold.policy_documents import policy_document, tls_alone
from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_service import QUEUE_ACTING, QUEUE_CHILDREN, QueueService, queue_variable

_CHILDREN: Children = {
    "end-topic": aws.sns.Topic,
    "end-topic-policy": aws.sns.TopicPolicy,
    "end-topic-alarm": aws.cloudwatch.MetricAlarm,
    "send-grant": aws.iam.RolePolicy,
}


class Pipeline(pulumi.ComponentResource):
    """Steps in a row, each a queue with its dead-letter queue and its own workers, and a topic at the end.

    The workers of a step are told the next step's queue as `NEXT_QUEUE_URL`, those of the last step the topic as
    `END_TOPIC_ARN`, and may send there and nowhere else. A job that is done is handed on before its message is
    deleted, so a step may see it twice and must do no harm then. A step that is put between two others, or taken out,
    replaces nothing: resources are named by their step, and only the one before it learns of another next one.
    """

    queue_url: pulumi.Output[str]
    """The URL of the first step's queue, for senders."""
    queue_arn: pulumi.Output[str]
    """The ARN of the first step's queue."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_QUEUE_URL`, the component's name in capitals."""
    sender_policy_json: pulumi.Output[str]
    """The IAM policy of those who send jobs to the first step."""
    end_topic_arn: pulumi.Output[str]
    """The ARN of the topic that the last step publishes to."""
    queue_urls: pulumi.Output[dict[str, str]]
    """The URL of each step's queue, by the step's name."""
    dlq_urls: pulumi.Output[dict[str, str]]
    """The URL of each step's dead-letter queue, by the step's name."""
    worker_role_names: pulumi.Output[dict[str, str]]
    """The name of the role of each step's workers, by the step's name."""
    redrive_commands: pulumi.Output[dict[str, str]]
    """The commands of the AWS CLI that send a step's dead letters back to it, by the step's name."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, those of a step after its name: `end-topic-alarm`, `encode/age-alarm`."""

    def __init__(self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children={**_CHILDREN, **QUEUE_CHILDREN}, acting=QUEUE_ACTING)
        args = checked("Pipeline", name, PipelineArgs, args, _CHILDREN, *pipeline_rules(name), alarm_rule)
        super().__init__("tenfold:index:Pipeline", name, {**args}, inherited(name, args, _CHILDREN, opts))

        alarms = Alarms(self, args)
        end_topic_arn = _end_topic(self, args, alarms)
        services = _services(self, args, _end(args, end_topic_arn))

        first = services[args["steps"][0]["name"]]
        self.queue_url = first.queue_url
        self.queue_arn = first.queue_arn
        self.environment = first.queue_url.apply(lambda url: {queue_variable(name): url})
        self.sender_policy_json = first.sender_policy_json
        self.end_topic_arn = end_topic_arn
        self.queue_urls = pulumi.Output.all(**{step: each.queue_url for step, each in services.items()})
        self.dlq_urls = pulumi.Output.all(**{step: each.dlq_url for step, each in services.items()})
        self.worker_role_names = pulumi.Output.all(**{step: each.worker_role_name for step, each in services.items()})
        self.redrive_commands = pulumi.Output.all(**{step: each.redrive_command for step, each in services.items()})
        self.alarm_arns = alarms.arns({step: each.alarm_arns for step, each in services.items()})
        self.register_outputs({output: getattr(self, output) for output in Pipeline.__annotations__})
        self._services = services

    @property
    def steps(self) -> Mapping[str, QueueService]:
        """The steps by their names, in their order, for grants in the same program."""
        return self._services

    def grant_send(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send jobs to the first step."""
        return grant(self, "send-grant", role, self.sender_policy_json)


class _Next(NamedTuple):
    """Where a step hands its jobs on to: what its workers are told, and what they may do."""

    environment: Mapping[str, pulumi.Input[str]]
    policy: pulumi.Input[str]


def _end_topic(pipeline: Pipeline, args: PipelineArgs, alarms: Alarms) -> pulumi.Output[str]:
    if "end_topic_arn" in args:
        return pulumi.Output.from_input(args["end_topic_arn"])
    name = pipeline.pulumi_resource_name
    topic = aws.sns.Topic(
        f"{name}-end-topic",
        kms_master_key_id=args.get("kms_key_arn", "alias/aws/sns"),
        opts=pulumi.ResourceOptions(parent=pipeline),
    )
    aws.sns.TopicPolicy(
        f"{name}-end-topic-policy",
        arn=topic.arn,
        policy=topic.arn.apply(_tls_alone),
        opts=pulumi.ResourceOptions(parent=pipeline),
    )
    alarms.add(
        "end-topic-alarm",
        f"What {name} has done cannot be told to a subscriber of its end topic.",
        AlarmSeverity.CRITICAL,
        namespace="AWS/SNS",
        metric_name="NumberOfNotificationsFailed",
        dimensions={"TopicName": topic.name},
        statistic="Sum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )
    return topic.arn


def _tls_alone(topic_arn: str) -> str:
    return policy_document([tls_alone("sns:Publish", topic_arn)])


def _end(args: PipelineArgs, topic_arn: pulumi.Output[str]) -> _Next:
    policy = pulumi.Output.all(topic_arn, args.get("kms_key_arn", "")).apply(lambda arns: _publisher_policy(*arns))
    return _Next({END_TOPIC_ARN: topic_arn}, policy)


def _publisher_policy(topic_arn: str, key_arn: str) -> str:
    publish = {"Sid": "End", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": topic_arn}
    key = {"Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key_arn}
    return policy_document([publish, *([key] if key_arn else [])])


def _services(pipeline: Pipeline, args: PipelineArgs, end: _Next) -> dict[str, QueueService]:
    """The steps from the last one to the first: each is told the one after it."""
    made: dict[str, QueueService] = {}
    following = end
    for step in reversed(args["steps"]):
        service = _service(pipeline, args, step, following)
        made = {step["name"]: service, **made}
        following = _Next({NEXT_QUEUE_URL: service.queue_url}, service.sender_policy_json)
    return made


def _service(pipeline: Pipeline, args: PipelineArgs, step: PipelineStepArgs, following: _Next) -> QueueService:
    service: dict[str, Any] = {**step_args(step), **handed_on(args, QUEUE_CHILDREN)}
    service |= {kind: _told(service[kind], following) for kind in WORKERS if kind in service}
    # Others who may send are let in at the front: the queues behind it get jobs from the step before them.
    for_all = ("kms_key_arn", "tags")
    shared = (*for_all, "senders") if step["name"] == args["steps"][0]["name"] else for_all
    service |= {key: value for key, value in args.items() if key in shared}
    return QueueService(
        f"{pipeline.pulumi_resource_name}-{step['name']}",
        cast("QueueServiceArgs", service),
        pulumi.ResourceOptions(parent=pipeline),
    )


def _told(worker: Mapping[str, Any], following: _Next) -> dict[str, Any]:
    """A worker's arguments, with where its jobs go from here."""
    environment = pulumi.Output.all(worker.get("environment", {}), following.environment).apply(
        lambda known: {**known[0], **known[1]}
    )
    policies = {**worker.get("policies", {}), NEXT_POLICY: following.policy}
    return {**worker, "environment": environment, "policies": policies}
