"""Who is told what became of uploads: a rule of EventBridge's, and a topic or a queue.

See https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import Statement, policy_document, tls_alone
from tenfold.queue_access import queue_policy
from tenfold.queue_arguments import FOURTEEN_DAYS
from tenfold.transcoder_arguments import TranscoderArgs, TranscoderEventStatus
from tenfold.transcoder_job import EVENT_SOURCE, EVENT_TYPE, REJECTION_SOURCE, REJECTION_TYPE

EVENT_CHILDREN: Mapping[str, type[pulumi.CustomResource]] = {
    "events-rule": aws.cloudwatch.EventRule,
    "events-target": aws.cloudwatch.EventTarget,
    "events-topic": aws.sns.Topic,
    "events-topic-policy": aws.sns.TopicPolicy,
    "events-dlq": aws.sqs.Queue,
    "events-dlq-policy": aws.sqs.QueuePolicy,
}


class Events(NamedTuple):
    """The rule that tells, and what it could not tell.

    Attributes:
        rule: The rule.
        dlq: The queue of events that could not be delivered.
        topic: The topic that is told; None where it is one of the program's, or a queue.
        topic_arn: The topic's ARN, whoever made it; empty where a queue is told.
    """

    rule: aws.cloudwatch.EventRule
    dlq: aws.sqs.Queue
    topic: aws.sns.Topic | None
    topic_arn: pulumi.Output[str]


def transcoder_events(
    component: pulumi.ComponentResource, args: TranscoderArgs, queues: Iterable[aws.mediaconvert.Queue]
) -> Events:
    """Tells a topic or a queue what became of the jobs of some queues of MediaConvert's, and of rejected uploads."""
    events = args.get("events", {})
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    statuses = events.get("statuses", [*TranscoderEventStatus])
    rule = aws.cloudwatch.EventRule(
        f"{name}-events-rule",
        description=f"What became of the uploads of {name}",
        event_pattern=pulumi.Output.all(*(queue.arn for queue in queues)).apply(
            lambda arns: event_pattern(arns, [status.value for status in statuses])
        ),
        opts=opts,
    )
    dlq = _dead_letter_queue(component, args, rule)
    topic = None if "topic_arn" in events or "queue_arn" in events else _topic(component, args, rule)
    topic_arn = topic.arn if topic else pulumi.Output.from_input(events.get("topic_arn", ""))
    aws.cloudwatch.EventTarget(
        f"{name}-events-target",
        rule=rule.name,
        target_id="events",
        arn=events.get("queue_arn", topic_arn),
        retry_policy={
            "maximum_event_age_in_seconds": events.get("maximum_age_seconds", 86_400),
            "maximum_retry_attempts": 185,
        },
        dead_letter_config={"arn": dlq.arn},
        opts=opts,
    )
    return Events(rule, dlq, topic, topic_arn)


def event_pattern(queue_arns: Sequence[str], statuses: Sequence[str]) -> str:
    """The pattern of the events of some queues of MediaConvert's, and of rejections in their place."""
    pattern = {
        "source": [EVENT_SOURCE, REJECTION_SOURCE],
        "detail-type": [EVENT_TYPE, REJECTION_TYPE],
        "detail": {"queue": [*queue_arns], "status": [*statuses]},
    }
    return json.dumps(pattern)


def _dead_letter_queue(
    component: pulumi.ComponentResource, args: TranscoderArgs, rule: aws.cloudwatch.EventRule
) -> aws.sqs.Queue:
    encryption: dict[str, Any] = (
        {"kms_master_key_id": args["kms_key_arn"]} if "kms_key_arn" in args else {"sqs_managed_sse_enabled": True}
    )
    dlq = aws.sqs.Queue(
        f"{component.pulumi_resource_name}-events-dlq",
        message_retention_seconds=FOURTEEN_DAYS,
        # EventBridge alone puts something there, and no queue.
        redrive_allow_policy=json.dumps({"redrivePermission": "denyAll"}),
        **encryption,
        opts=pulumi.ResourceOptions(parent=component),
    )
    queue_policy(component, "events-dlq-policy", dlq, {"rule": rule.arn})
    return dlq


def _topic(component: pulumi.ComponentResource, args: TranscoderArgs, rule: aws.cloudwatch.EventRule) -> aws.sns.Topic:
    name = component.pulumi_resource_name
    topic = aws.sns.Topic(
        f"{name}-events-topic",
        # EventBridge can use no key of AWS's own, only one whose policy lets it.
        kms_master_key_id=args.get("kms_key_arn"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    aws.sns.TopicPolicy(
        f"{name}-events-topic-policy",
        arn=topic.arn,
        policy=pulumi.Output.all(topic.arn, rule.arn).apply(lambda arns: _topic_policy(*arns)),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return topic


def _topic_policy(topic_arn: str, rule_arn: str) -> str:
    allowed: Statement = {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return policy_document([tls_alone("sns:Publish", topic_arn), allowed])
