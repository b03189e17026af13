"""What a program says of a topic: its subscribers by name, who may publish, and how messages are kept.

See https://docs.aws.amazon.com/sns/latest/dg/welcome.html.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs


class TopicThroughputScope(StrEnum):
    """Within what a FIFO topic counts its throughput and looks for duplicates."""

    MESSAGE_GROUP = "message_group"
    """Each message group for itself: 300 messages a second in a group, and in all what the account's quota allows."""
    TOPIC = "topic"
    """The whole topic: 3000 messages a second in all, of which none comes twice even in two groups."""


class TopicFilterScope(StrEnum):
    """What a subscriber's filter looks at."""

    ATTRIBUTES = "attributes"
    """The attributes that the publisher gives beside the message."""
    BODY = "body"
    """The message itself, which must be a JSON object."""


class TopicBackoff(StrEnum):
    """How the time between two tries at an HTTPS endpoint grows."""

    ARITHMETIC = "arithmetic"
    """By more each time."""
    EXPONENTIAL = "exponential"
    """Twice as long each time."""
    GEOMETRIC = "geometric"
    """By a factor each time."""
    LINEAR = "linear"
    """By the same each time."""


class TopicDeliveryProtocol(StrEnum):
    """A kind of subscribers whose deliveries CloudWatch Logs can hold."""

    APPLICATION = "application"
    """Mobile apps, through their push service."""
    FIREHOSE = "firehose"
    """Firehose streams."""
    FUNCTION = "function"
    """Functions."""
    HTTPS = "https"
    """HTTPS endpoints."""
    QUEUE = "queue"
    """Queues."""


class TopicHttpsDeliveryArgs(TypedDict):
    """How often and how fast HTTPS endpoints are tried."""

    retries: NotRequired[pulumi.Input[int]]
    """How often a delivery is tried again, 0 to 100; 3 by default. All tries must fit into an hour."""
    min_delay_seconds: NotRequired[pulumi.Input[int]]
    """The least time between two tries, 1 to 3600 seconds; 20 by default."""
    max_delay_seconds: NotRequired[pulumi.Input[int]]
    """The most time between two tries, the least to 3600 seconds; 20 by default, or the least where that is more."""
    backoff: NotRequired[TopicBackoff]
    """How the time grows from the least to the most; `linear` by default."""
    max_per_second: NotRequired[pulumi.Input[int]]
    """How many deliveries an endpoint gets each second, 1 to 100000; as many as there are by default."""


class TopicQueueSubscriberArgs(TypedDict):
    """A queue as a subscriber, and who says in its policy that the topic may send."""

    queue_arn: pulumi.Input[str]
    """The queue's ARN, of this region or another."""
    queue_url: NotRequired[pulumi.Input[str]]
    """The queue's URL, for a queue without a policy: it then gets one, which allows this topic and `senders` over TLS
    and nobody else. A queue has one policy, so give the URL to one topic alone, and for a `QueueService` to none: it
    has its own policy, and subscribes by its own argument `topics`."""
    senders: NotRequired[dict[str, pulumi.Input[str]]]
    """Who else may send to a queue that is given by its URL, by a name of letters and digits: the ARNs of other topics,
    S3 buckets, EventBridge rules or IAM roles; nobody by default."""


class TopicHttpsSubscriberArgs(TypedDict):
    """An HTTPS endpoint as a subscriber."""

    url: pulumi.Input[str]
    """Its address, with `https://`."""
    auto_confirms: NotRequired[bool]
    """Whether it confirms subscriptions by itself, so that an update waits for that; False by default."""
    confirmation_minutes: NotRequired[int]
    """How long an update waits for the confirmation, 1 to 60 minutes; 1 by default."""
    delivery: NotRequired[TopicHttpsDeliveryArgs]
    """How often and how fast it is tried; as the topic's `https_delivery` by default."""


class TopicReplayArgs(TypedDict):
    """Which archived messages a subscriber gets once more."""

    start: str
    """The time of the first message, `2026-11-25T08:00:00.000Z`, not before the archive began."""
    end: NotRequired[str]
    """The time of the last message, of the same form; none by default, so that new messages follow the old ones."""


class TopicSubscriberArgs(TypedDict):
    """A subscriber: one of queue, function, HTTPS endpoint, mail address, phone and Firehose stream."""

    queue: NotRequired[TopicQueueSubscriberArgs]
    """A queue in Amazon SQS."""
    function_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a function, of its alias or of a version; the permission to call it is made here."""
    https: NotRequired[TopicHttpsSubscriberArgs]
    """An HTTPS endpoint, which must confirm the subscription."""
    email: NotRequired[pulumi.Input[str]]
    """A mail address, whose owner must confirm the subscription by a link within two days."""
    sms: NotRequired[pulumi.Input[str]]
    """A phone number with its country's code: `+12065550100`."""
    firehose_arn: NotRequired[pulumi.Input[str]]
    """The ARN of an Amazon Data Firehose stream; the role that writes to it is made here, and may do nothing else."""
    filter: NotRequired[dict[str, Any]]
    """Which messages it gets, as SNS writes filter policies: `{"kind": ["order", {"prefix": "refund-"}]}`. It must be
    known before anything exists; all messages by default."""
    filter_scope: NotRequired[TopicFilterScope]
    """What the filter looks at; `attributes` by default."""
    raw: NotRequired[bool]
    """Whether a queue, an HTTPS endpoint or a Firehose stream gets the message as it was published; by default it comes
    in SNS's JSON envelope. More than ten attributes do not fit beside a raw message in a queue."""
    dlq: NotRequired[bool]
    """Whether what cannot be delivered is kept in a dead-letter queue of the subscriber's own, for 14 days; True by
    default."""
    replay: NotRequired[TopicReplayArgs]
    """Which messages of the archive it gets once more; none by default."""


class TopicServicePublisherArgs(TypedDict):
    """An AWS service that may publish, and for whom."""

    service: str
    """The service's principal: `s3.amazonaws.com`, `events.amazonaws.com`, `ses.amazonaws.com`,
    `budgets.amazonaws.com`."""
    source_arn: NotRequired[pulumi.Input[str]]
    """The ARN of what it publishes for, such as a bucket or a rule; all of the account by default."""
    source_account_id: NotRequired[pulumi.Input[str]]
    """The account of what it publishes for; the topic's own by default."""


class TopicPublishersArgs(TypedDict):
    """Who may publish, besides roles of the topic's account whose own policy says so."""

    cloudwatch_alarms: NotRequired[bool]
    """Whether the account's CloudWatch alarms may; True by default, and False for a FIFO topic, which they do not
    know."""
    services: NotRequired[dict[str, TopicServicePublisherArgs]]
    """Further AWS services, by a name of letters and digits; none by default."""
    account_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Other AWS accounts, whose roles may then do so where their own policy says so too; none by default."""


class TopicDeliveryLogsArgs(TypedDict):
    """Which deliveries CloudWatch Logs holds, by a role and two log groups that are made here."""

    success_percent: NotRequired[pulumi.Input[int]]
    """How many of 100 successful deliveries are logged, 0 to 100; 0 by default. Failures are always logged."""
    protocols: NotRequired[Sequence[TopicDeliveryProtocol]]
    """Whose deliveries are logged; all by default. Those to phones are a setting of the account."""
    retention_days: NotRequired[pulumi.Input[int]]
    """How long logs are kept, in days as CloudWatch Logs has them; 30 by default."""


class TopicArgs(TypedDict):
    """Arguments of `Topic`."""

    subscribers: NotRequired[dict[str, TopicSubscriberArgs]]
    """The subscribers, by a name of letters, digits and hyphens; adding or removing one touches no other."""
    publishers: NotRequired[TopicPublishersArgs]
    """Who may publish; CloudWatch alarms of the account by default, and roles whose policy says so."""
    fifo: NotRequired[bool]
    """Whether messages of a group come in the order in which they were published, and once; False by default. Then
    queues alone can subscribe; another value replaces the topic."""
    content_based_deduplication: NotRequired[bool]
    """Whether a FIFO topic takes messages of the same contents for the same; False by default: publishers give an
    id."""
    throughput_scope: NotRequired[TopicThroughputScope]
    """Within what a FIFO topic counts its throughput; `message_group` by default."""
    archive_days: NotRequired[pulumi.Input[int]]
    """How long a FIFO topic keeps its messages for replays, 1 to 365 days; without it none. AWS deletes no topic that
    has an archive."""
    display_name: NotRequired[pulumi.Input[str]]
    """The sender's name in mails and text messages, up to 100 characters; none by default."""
    own_kms_key: NotRequired[bool]
    """Whether messages are encrypted with a KMS key that is made here, which publishers can use and nobody else; True
    by default, for about 1 USD a month. SNS's own key, `alias/aws/sns`, lets no alarm and no other AWS service publish.
    False leaves AWS's encryption of its disks."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a KMS key to be used instead; its policy must let the publishers `kms:GenerateDataKey` and
    `kms:Decrypt`. The key that was made here is then deleted after 30 days, with it messages that it still
    encrypts, such as an archive."""
    tracing: NotRequired[bool]
    """Whether AWS X-Ray shows the topic in traces; True by default, and False for a FIFO topic, which cannot. AWS takes
    the traces where the account's X-Ray resource policy lets SNS send them."""
    https_delivery: NotRequired[TopicHttpsDeliveryArgs]
    """How often and how fast HTTPS endpoints are tried that say nothing else; 3 retries, 20 seconds apart, by
    default."""
    delivery_logs: NotRequired[TopicDeliveryLogsArgs]
    """Which deliveries CloudWatch Logs holds; none by default."""
    data_protection_policy_json: NotRequired[pulumi.Input[str]]
    """SNS's data protection policy, which audits, masks or refuses personal data in messages of a standard topic; none
    by default. AWS has it for accounts that used it before 30 April 2026."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not wanted: by default they change state and notify nobody. Give another topic:
    one that fails cannot tell."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"topic": {"signature_version": 1}}`."""
