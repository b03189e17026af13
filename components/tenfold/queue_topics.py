"""The topics that a queue gets messages from: each subscribed by the queue's side, which is made after its topic.

See https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import is_known
from tenfold.errors import Fault
from tenfold.topic_arguments import TopicFilterScope
from tenfold.topic_filter import filter_faults

_KEY = re.compile(r"[A-Za-z0-9]{1,30}")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")
_SCOPES = {TopicFilterScope.ATTRIBUTES: "MessageAttributes", TopicFilterScope.BODY: "MessageBody"}


class QueueServiceTopicArgs(TypedDict):
    """A topic whose messages a queue gets."""

    topic_arn: pulumi.Input[str]
    """The topic's ARN; for a FIFO queue that of a FIFO topic."""
    filter: NotRequired[dict[str, Any]]
    """The filter policy that a message must fit: `{"kind": ["order"]}`; each message by default."""
    filter_scope: NotRequired[TopicFilterScope]
    """What the filter is held against, `attributes` or `body`; `attributes` by default."""
    raw: NotRequired[bool]
    """Whether messages come as they were published; by default they come in SNS's JSON envelope."""


def topic_senders(topics: Mapping[str, QueueServiceTopicArgs]) -> dict[str, pulumi.Input[str]]:
    """The topics as senders in a queue's policy."""
    return {f"topic{key}": topic["topic_arn"] for key, topic in topics.items()}


def subscribe_to_topics(
    service: pulumi.ComponentResource,
    queue: aws.sqs.Queue,
    dlq: aws.sqs.Queue,
    policies: Iterable[aws.sqs.QueuePolicy],
    topics: Mapping[str, QueueServiceTopicArgs],
) -> None:
    """Has topics send to a queue, once its policy and that of its dead letters allow them."""
    for key, topic in topics.items():
        scope = topic.get("filter_scope", TopicFilterScope.ATTRIBUTES)
        aws.sns.TopicSubscription(
            f"{service.pulumi_resource_name}-topic-{key}",
            topic=topic["topic_arn"],
            protocol="sqs",
            endpoint=queue.arn,
            raw_message_delivery=topic.get("raw"),
            filter_policy=pulumi.Output.json_dumps(topic["filter"]) if "filter" in topic else None,
            filter_policy_scope=_SCOPES[scope] if "filter" in topic else None,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dlq.arn}),
            opts=pulumi.ResourceOptions(parent=service, depends_on=[*policies]),
        )


def topic_faults(topics: Mapping[str, QueueServiceTopicArgs], *, fifo: bool) -> Iterable[Fault]:
    """What is wrong with the names of topics, with ARNs that are known, and with filters."""
    for key, topic in topics.items():
        path, arn = f"topics.{key}", topic["topic_arn"]
        if not _KEY.fullmatch(key) or key.isdigit():
            yield Fault(
                path, "it has this name", "1 to 30 letters and digits, a letter among them: it names a statement"
            )
        if isinstance(arn, str) and is_known(arn):
            if not _TOPIC.fullmatch(arn):
                yield Fault(f"{path}.topic_arn", f"{arn!r} is given", "the ARN of a topic")
            elif fifo and not arn.endswith(".fifo"):
                yield Fault(f"{path}.topic_arn", f"{arn!r} is given", "a FIFO topic: others send to no FIFO queue")
        if "filter" in topic:
            body = topic.get("filter_scope") == TopicFilterScope.BODY
            yield from filter_faults(f"{path}.filter", topic["filter"], body=body)
        elif "filter_scope" in topic:
            yield Fault(f"{path}.filter_scope", "it is given without a filter", "nothing, or a filter beside it")
