"""A topic's subscribers: each with its subscription, the permission for it, and a place for what it did not get.

See https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms
from tenfold.policy_documents import policy_document
from tenfold.queue_access import queue_policy, sender_policy
from tenfold.topic_access import sns_role
from tenfold.topic_alarms import dead_letter_alarm
from tenfold.topic_arguments import (
    TopicFilterScope,
    TopicHttpsSubscriberArgs,
    TopicQueueSubscriberArgs,
    TopicSubscriberArgs,
)
from tenfold.topic_delivery import subscriber_delivery_policy

FOURTEEN_DAYS = 1_209_600
_SCOPES = {TopicFilterScope.ATTRIBUTES: "MessageAttributes", TopicFilterScope.BODY: "MessageBody"}
# As https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html has them.
_FIREHOSE = (
    "firehose:DescribeDeliveryStream",
    "firehose:ListDeliveryStreams",
    "firehose:ListTagsForDeliveryStream",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
)


class Hub(NamedTuple):
    """A topic as its subscribers need it."""

    component: pulumi.ComponentResource
    topic: aws.sns.Topic
    alarms: Alarms
    fifo: bool


class Subscribed(NamedTuple):
    """A subscriber's subscription, and its dead-letter queue if it has one."""

    subscription: aws.sns.TopicSubscription
    dlq: aws.sqs.Queue | None


class _Endpoint(NamedTuple):
    """Where messages go, what else the subscription says of it, and what must be there before."""

    protocol: str
    address: pulumi.Input[str]
    properties: Mapping[str, Any] = {}
    after: tuple[pulumi.Resource, ...] = ()


def subscribe(
    hub: Hub, key: str, subscriber: TopicSubscriberArgs, opts: pulumi.ResourceOptions | None = None
) -> Subscribed:
    """Make a subscriber's subscription with all that it needs."""
    name = hub.component.pulumi_resource_name
    endpoint = _endpoint(hub, key, subscriber)
    dlq, allowed = _dead_letter_queue(hub, key) if subscriber.get("dlq", True) else (None, None)
    if dlq is not None:
        dead_letter_alarm(hub.alarms, name, key, dlq)
    after = [*endpoint.after, *([allowed] if allowed else [])]
    own = pulumi.ResourceOptions(parent=hub.component, depends_on=after)
    subscription = aws.sns.TopicSubscription(
        f"{name}-subscription-{key}",
        topic=hub.topic.arn,
        protocol=endpoint.protocol,
        endpoint=endpoint.address,
        raw_message_delivery=subscriber.get("raw"),
        redrive_policy=None if dlq is None else pulumi.Output.json_dumps({"deadLetterTargetArn": dlq.arn}),
        **_filter(subscriber),
        **_replay(subscriber),
        **endpoint.properties,
        opts=pulumi.ResourceOptions.merge(opts, own),
    )
    return Subscribed(subscription, dlq)


def _endpoint(hub: Hub, key: str, subscriber: TopicSubscriberArgs) -> _Endpoint:
    if "queue" in subscriber:
        return _queue(hub, key, subscriber["queue"])
    if "function_arn" in subscriber:
        return _function(hub, key, subscriber["function_arn"])
    if "https" in subscriber:
        return _https(subscriber["https"])
    if "email" in subscriber:
        return _Endpoint("email", subscriber["email"])
    if "sms" in subscriber:
        return _Endpoint("sms", subscriber["sms"])
    assert "firehose_arn" in subscriber
    return _firehose(hub.component, key, subscriber["firehose_arn"])


def _queue(hub: Hub, key: str, queue: TopicQueueSubscriberArgs) -> _Endpoint:
    arn = queue["queue_arn"]
    if "queue_url" not in queue:
        return _Endpoint("sqs", arn)
    senders = {**queue.get("senders", {}), "topic": hub.topic.arn}
    policy = aws.sqs.QueuePolicy(
        f"{hub.component.pulumi_resource_name}-queue-policy-{key}",
        queue_url=queue["queue_url"],
        policy=pulumi.Output.all(arn, senders).apply(lambda found: sender_policy(found[0], found[1])),
        opts=pulumi.ResourceOptions(parent=hub.component),
    )
    return _Endpoint("sqs", arn, after=(policy,))


def _function(hub: Hub, key: str, function_arn: pulumi.Input[str]) -> _Endpoint:
    arn = pulumi.Output.from_input(function_arn)
    permission = aws.lambda_.Permission(
        f"{hub.component.pulumi_resource_name}-function-permission-{key}",
        function=arn.apply(lambda text: ":".join(text.split(":")[:7])),
        # An alias and a version have permissions of their own.
        qualifier=arn.apply(lambda text: (text.split(":")[7:] or [None])[0]),
        action="lambda:InvokeFunction",
        principal="sns.amazonaws.com",
        source_arn=hub.topic.arn,
        opts=pulumi.ResourceOptions(parent=hub.component),
    )
    return _Endpoint("lambda", function_arn, after=(permission,))


def _https(https: TopicHttpsSubscriberArgs) -> _Endpoint:
    properties = {
        "endpoint_auto_confirms": https.get("auto_confirms", False),
        "confirmation_timeout_in_minutes": https.get("confirmation_minutes", 1),
        "delivery_policy": subscriber_delivery_policy(https["delivery"]) if "delivery" in https else None,
    }
    return _Endpoint("https", https["url"], properties)


def _firehose(component: pulumi.ComponentResource, key: str, stream_arn: pulumi.Input[str]) -> _Endpoint:
    role = sns_role(component, f"firehose-role-{key}", f"SNS writes messages of a topic to the stream of {key}")
    policy = aws.iam.RolePolicy(
        f"{component.pulumi_resource_name}-firehose-policy-{key}",
        role=role.name,
        policy=pulumi.Output.from_input(stream_arn).apply(_write),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return _Endpoint("firehose", stream_arn, {"subscription_role_arn": role.arn}, (policy,))


def _write(stream_arn: str) -> str:
    return policy_document([{"Effect": "Allow", "Action": _FIREHOSE, "Resource": stream_arn}])


def _dead_letter_queue(hub: Hub, key: str) -> tuple[aws.sqs.Queue, aws.sqs.QueuePolicy]:
    """The subscriber's dead-letter queue, and its policy, which lets this topic alone send."""
    dlq = aws.sqs.Queue(
        f"{hub.component.pulumi_resource_name}-dlq-{key}",
        message_retention_seconds=FOURTEEN_DAYS,
        # Under a KMS key, a policy of that key which forgets SNS would lose dead letters.
        sqs_managed_sse_enabled=True,
        redrive_allow_policy=json.dumps({"redrivePermission": "denyAll"}),
        # It must be of the topic's type.
        fifo_queue=True if hub.fifo else None,
        opts=pulumi.ResourceOptions(parent=hub.component),
    )
    return dlq, queue_policy(hub.component, f"dlq-policy-{key}", dlq, {"topic": hub.topic.arn})


def _filter(subscriber: TopicSubscriberArgs) -> dict[str, Any]:
    if "filter" not in subscriber:
        return {}
    return {
        "filter_policy": pulumi.Output.json_dumps(subscriber["filter"]),
        "filter_policy_scope": _SCOPES[subscriber.get("filter_scope", TopicFilterScope.ATTRIBUTES)],
    }


def _replay(subscriber: TopicSubscriberArgs) -> dict[str, Any]:
    if "replay" not in subscriber:
        return {}
    replay = subscriber["replay"]
    points = {"PointType": "Timestamp", "StartingPoint": replay["start"]}
    if "end" in replay:
        points["EndingPoint"] = replay["end"]
    return {"replay_policy": pulumi.Output.json_dumps(points)}
