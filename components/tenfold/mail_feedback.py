"""What becomes of a mailer's mail: SES tells a topic, a queue keeps it, and a function writes down who gets none.

A queue stands between the two so that nothing is lost while the function fails.
See https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html.
"""

import json
from typing import Any, NamedTuple, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import handed_on
from tenfold.function_package import own_module
from tenfold.mail_access import feedback_topic_policy
from tenfold.mail_alarms import CONFIGURATION_SET_TAG
from tenfold.mail_arguments import MailerArgs
from tenfold.queue_access import queue_policy
from tenfold.queue_arguments import FOURTEEN_DAYS
from tenfold.queue_service import QUEUE_CHILDREN, QueueService
from tenfold.table import TABLE_CHILDREN, Table
from tenfold.table_access import table_policy

_MODULE = "mail_feedback_function"
_EVENTS = ("BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE")
_COUNTED = ("BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE", "SEND")
_TRACKED = ("CLICK", "OPEN")
# It never scans the table, and asks no item back.
_WRITES = ("PutItem", "UpdateItem")


class MailFeedback(NamedTuple):
    """What knows of mail that did not arrive.

    Attributes:
        topic: The topic that SES tells.
        undelivered: What the topic could not hand on to the queue.
        service: The queue behind it, and its function.
        table: The addresses that get no mail.
    """

    topic: aws.sns.Topic
    undelivered: aws.sqs.Queue
    service: QueueService
    table: Table


def mail_feedback(
    mailer: pulumi.ComponentResource, args: MailerArgs, configuration_set: aws.sesv2.ConfigurationSet
) -> tuple[MailFeedback, pulumi.Resource]:
    """The way of bounces and complaints, and the event destination at its beginning."""
    name, child = mailer.pulumi_resource_name, pulumi.ResourceOptions(parent=mailer)
    topic = aws.sns.Topic(f"{name}-feedback-topic", kms_master_key_id=args.get("kms_key_arn"), opts=child)
    policy = aws.sns.TopicPolicy(
        f"{name}-feedback-topic-policy",
        arn=topic.arn,
        policy=pulumi.Output.all(topic.arn, configuration_set.arn).apply(lambda arns: feedback_topic_policy(*arns)),
        opts=child,
    )
    table = _table(mailer, args)
    service = _service(mailer, args, topic, table)
    undelivered, let_in = _undelivered(mailer, topic)
    subscription = aws.sns.TopicSubscription(
        f"{name}-feedback-subscription",
        topic=topic.arn,
        protocol="sqs",
        endpoint=service.queue_arn,
        raw_message_delivery=True,
        redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": undelivered.arn}),
        # SNS is let in by the queues' policies.
        opts=pulumi.ResourceOptions(parent=mailer, depends_on=[service, let_in]),
    )
    # SES tries the topic at once, and refuses one that does not let it in.
    told = _events(mailer, configuration_set, topic, [policy, subscription])
    return MailFeedback(topic, undelivered, service, table), told


def mail_metrics(
    mailer: pulumi.ComponentResource, args: MailerArgs, configuration_set: aws.sesv2.ConfigurationSet
) -> None:
    """Counts the mailer's mail by what became of it; SES itself counts that of the whole account alone."""
    dimension = {
        "dimension_name": CONFIGURATION_SET_TAG,
        "dimension_value_source": "MESSAGE_TAG",
        "default_dimension_value": "none",
    }
    aws.sesv2.ConfigurationSetEventDestination(
        f"{mailer.pulumi_resource_name}-metrics",
        configuration_set_name=configuration_set.configuration_set_name,
        event_destination_name="metrics",
        event_destination={
            "enabled": True,
            "matching_event_types": sorted([*_COUNTED, *(_TRACKED if "tracking_domain" in args else ())]),
            "cloud_watch_destination": {"dimension_configurations": [cast("Any", dimension)]},
        },
        opts=pulumi.ResourceOptions(parent=mailer),
    )


def _undelivered(mailer: pulumi.ComponentResource, topic: aws.sns.Topic) -> tuple[aws.sqs.Queue, aws.sqs.QueuePolicy]:
    """The dead-letter queue of the subscription, and its policy: a policy or a key that is broken loses nothing."""
    queue = aws.sqs.Queue(
        f"{mailer.pulumi_resource_name}-undelivered",
        message_retention_seconds=FOURTEEN_DAYS,
        # Not under the mailer's key, which may be what is broken.
        sqs_managed_sse_enabled=True,
        redrive_allow_policy=json.dumps({"redrivePermission": "denyAll"}),
        opts=pulumi.ResourceOptions(parent=mailer),
    )
    return queue, queue_policy(mailer, "undelivered-policy", queue, {"feedback": topic.arn})


def _events(
    mailer: pulumi.ComponentResource,
    configuration_set: aws.sesv2.ConfigurationSet,
    topic: aws.sns.Topic,
    after: list[pulumi.Resource],
) -> pulumi.Resource:
    return aws.sesv2.ConfigurationSetEventDestination(
        f"{mailer.pulumi_resource_name}-events",
        configuration_set_name=configuration_set.configuration_set_name,
        event_destination_name="feedback",
        event_destination={
            "enabled": True,
            "matching_event_types": list(_EVENTS),
            "sns_destination": {"topic_arn": topic.arn},
        },
        opts=pulumi.ResourceOptions(parent=mailer, depends_on=after),
    )


def _table(mailer: pulumi.ComponentResource, args: MailerArgs) -> Table:
    table: dict[str, Any] = {
        "hash_key": "address",
        "attributes": {"address": "S"},
        "ttl_attribute": "expires_at",
        **_shared(args, "kms_key_arn", "deletion_protection", "tags"),
        **handed_on(args, TABLE_CHILDREN),
    }
    name = f"{mailer.pulumi_resource_name}-suppression"
    return Table(name, cast("Any", table), pulumi.ResourceOptions(parent=mailer))


def _service(mailer: pulumi.ComponentResource, args: MailerArgs, topic: aws.sns.Topic, table: Table) -> QueueService:
    feedback = args.get("feedback", {})
    arns = pulumi.Output.all(table.table_arn, args.get("kms_key_arn"))
    service: dict[str, Any] = {
        "senders": {"feedback": topic.arn},
        "worker": {
            "code": own_module(_MODULE),
            "handler": f"{_MODULE}.handle",
            "environment": {
                "SUPPRESSION_TABLE": table.table_name,
                "SOFT_BOUNCE_LIMIT": str(feedback.get("soft_bounce_limit", 5)),
                "SOFT_BOUNCE_DAYS": str(feedback.get("soft_bounce_days", 7)),
            },
            # Bounces come in waves, and a write is small: they can wait for each other.
            "maximum_concurrency": 10,
            "policies": {"suppression": arns.apply(lambda found: table_policy(_WRITES, found[0], [], found[1]))},
            "log_retention_days": feedback.get("log_retention_days", 30),
        },
        **_shared(args, "kms_key_arn", "tags"),
        **handed_on(args, QUEUE_CHILDREN),
    }
    name = f"{mailer.pulumi_resource_name}-feedback"
    return QueueService(name, cast("Any", service), pulumi.ResourceOptions(parent=mailer))


def _shared(args: MailerArgs, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in args.items() if key in keys}
