"""Who is told: a topic for each severity, encrypted, which CloudWatch publishes to and nobody else who is not let in.

CloudWatch cannot use SNS's own key, `alias/aws/sns`; a topic that is encrypted with it drops every notification.
See https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmsArgs, AlarmSeverity
from tenfold.monitoring_arguments import MonitoringArgs, MonitoringSubscribersArgs
from tenfold.policy_documents import Statement, policy_document, tls_alone
from tenfold.queue_access import sender_policy

EDGE_REGION = "us-east-1"
_PROTOCOLS = {"emails": "email", "https": "https", "queues": "sqs", "functions": "lambda"}


class Topics(NamedTuple):
    """The topics of one region."""

    warning: pulumi.Input[str]
    critical: pulumi.Input[str]
    undelivered: aws.sqs.Queue | None = None

    def alarms(self) -> AlarmsArgs:
        """The topics as other components take them."""
        return {"topic_arn": self.warning, "critical_topic_arn": self.critical}


def topics(monitoring: pulumi.ComponentResource, args: MonitoringArgs) -> Topics:
    """The existing topics, or new ones where the environment is."""
    given = args.get("alarms", {})
    if "topic_arn" in given:
        return Topics(given["topic_arn"], given.get("critical_topic_arn", given["topic_arn"]))
    return _made(monitoring, args, "", args.get("kms_key_arn"))


def edge_topics(monitoring: pulumi.ComponentResource, args: MonitoringArgs, home: Topics) -> Topics:
    """The topics for the alarms of CloudFront."""
    # A key is of one region.
    return _made(monitoring, args, "-edge", None) if at_edge(args) else home


def at_edge(args: MonitoringArgs) -> bool:
    """Whether CloudFront's alarms have topics of their own."""
    return args.get("edge_topics", False) and "topic_arn" not in args.get("alarms", {})


def _made(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, suffix: str, key_arn: pulumi.Input[str] | None
) -> Topics:
    region = EDGE_REGION if suffix else None
    publishers = _publishers(args)
    key = _key(monitoring, suffix, region, publishers) if key_arn is None else key_arn
    queue = _undelivered(monitoring, suffix, region) if _may_fail(args) else None
    made = {each: _topic(monitoring, args, each, suffix, region, key, publishers, queue) for each in AlarmSeverity}
    found = Topics(made[AlarmSeverity.WARNING].arn, made[AlarmSeverity.CRITICAL].arn, queue)
    if queue is not None:
        _let_in(monitoring, suffix, region, queue, found)
    return found


def _may_fail(args: MonitoringArgs) -> bool:
    """Whether there are subscribers other than mailboxes, for which SNS keeps nothing."""
    groups = [args.get("warning", {}), args.get("critical", {})]
    return any(group.get(protocol) for group in groups for protocol in _PROTOCOLS if protocol != "emails")


def _undelivered(monitoring: pulumi.ComponentResource, suffix: str, region: str | None) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        f"{monitoring.pulumi_resource_name}-undelivered{suffix}",
        message_retention_seconds=1_209_600,
        sqs_managed_sse_enabled=True,
        # It takes what topics could not deliver, and no queue's dead letters.
        redrive_allow_policy=json.dumps({"redrivePermission": "denyAll"}),
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )


def _let_in(
    monitoring: pulumi.ComponentResource, suffix: str, region: str | None, queue: aws.sqs.Queue, of: Topics
) -> None:
    senders = {"warning": of.warning, "critical": of.critical}
    aws.sqs.QueuePolicy(
        f"{monitoring.pulumi_resource_name}-undelivered-policy{suffix}",
        queue_url=queue.url,
        policy=pulumi.Output.all(queue.arn, senders).apply(lambda found: sender_policy(found[0], found[1])),
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )


def undelivered_alarm(alarms: Alarms, monitoring: pulumi.ComponentResource, of: Topics, region: str | None) -> None:
    """The alarm on notifications that a subscriber did not get."""
    if of.undelivered is not None:
        alarms.add(
            "undelivered-alarm",
            f"Somebody was not told of an alarm: notifications of {monitoring.pulumi_resource_name} could not be "
            "delivered, and are in its queue for 14 days. See whether the endpoint, queue or function is there.",
            AlarmSeverity.CRITICAL,
            key="" if region is None else "edge",
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": of.undelivered.name},
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            threshold=0,
            region=region,
        )


def _publishers(args: MonitoringArgs) -> list[str]:
    budgets = ["budgets"] if "budget" in args else []
    return sorted({"cloudwatch", *budgets, *args.get("publishers", ())})


def _key(
    monitoring: pulumi.ComponentResource, suffix: str, region: str | None, publishers: Sequence[str]
) -> pulumi.Output[str]:
    name = monitoring.pulumi_resource_name
    key = aws.kms.Key(
        f"{name}-key{suffix}",
        description=f"Encrypts the notifications of {name}",
        enable_key_rotation=True,
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
    policy = aws.kms.KeyPolicy(
        f"{name}-key-policy{suffix}",
        key_id=key.id,
        policy=key.arn.apply(lambda arn: _key_policy(arn, publishers)),
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
    # Topics that are there before the policy would drop what they are told.
    return pulumi.Output.all(key.arn, policy.id).apply(lambda found: found[0])


def _key_policy(key_arn: str, publishers: Sequence[str]) -> str:
    partition, account = key_arn.split(":")[1], key_arn.split(":")[4]
    owner = {
        "Sid": "Owner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        # The key policy that AWS makes by itself: who may do what is then up to IAM, and nobody is locked out.
        "Action": "kms:*",
        "Resource": key_arn,
    }
    return policy_document([owner, *(_uses(publisher, key_arn, account) for publisher in publishers)])


def _uses(publisher: str, key_arn: str, account: str) -> Statement:
    allowed = {
        "Sid": _sid(publisher),
        "Effect": "Allow",
        "Principal": {"Service": f"{publisher}.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": key_arn,
    }
    # EventBridge's requests to KMS do not say on whose behalf they are.
    if publisher == "events":
        return allowed
    return {**allowed, "Condition": {"StringEquals": {"aws:SourceAccount": account}}}


def _topic(
    monitoring: pulumi.ComponentResource,
    args: MonitoringArgs,
    severity: AlarmSeverity,
    suffix: str,
    region: str | None,
    key: pulumi.Input[str],
    publishers: Sequence[str],
    undelivered: aws.sqs.Queue | None,
) -> aws.sns.Topic:
    name = f"{monitoring.pulumi_resource_name}-{severity}"
    # A budget tells of a month; nobody need get up for it.
    allowed = [each for each in publishers if each != "budgets" or severity is AlarmSeverity.WARNING]
    topic = aws.sns.Topic(
        f"{name}-topic{suffix}",
        kms_master_key_id=key,
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
    aws.sns.TopicPolicy(
        f"{name}-topic-policy{suffix}",
        arn=topic.arn,
        policy=topic.arn.apply(lambda arn: _topic_policy(arn, allowed)),
        region=region,
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
    subscribers = args.get("critical" if severity is AlarmSeverity.CRITICAL else "warning", MonitoringSubscribersArgs())
    _subscribe(monitoring, name, topic, suffix, region, subscribers, undelivered)
    return topic


def _topic_policy(topic_arn: str, publishers: Sequence[str]) -> str:
    account = topic_arn.split(":")[4]
    return policy_document(
        [
            tls_alone("sns:Publish", topic_arn),
            *(
                {
                    "Sid": _sid(publisher),
                    "Effect": "Allow",
                    "Principal": {"Service": f"{publisher}.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                }
                for publisher in publishers
            ),
        ]
    )


def _sid(publisher: str) -> str:
    return "".join(word.capitalize() for word in publisher.replace("-", ".").split("."))


def _subscribe(
    monitoring: pulumi.ComponentResource,
    name: str,
    topic: aws.sns.Topic,
    suffix: str,
    region: str | None,
    subscribers: MonitoringSubscribersArgs,
    undelivered: aws.sqs.Queue | None,
) -> None:
    by_protocol: Mapping[str, Any] = subscribers
    for group, protocol in _PROTOCOLS.items():
        for key, endpoint in by_protocol.get(group, {}).items():
            aws.sns.TopicSubscription(
                f"{name}-{protocol}{suffix}-{key}",
                topic=topic.arn,
                protocol=protocol,
                endpoint=endpoint,
                endpoint_auto_confirms=True if protocol == "https" else None,
                redrive_policy=None if protocol == "email" or undelivered is None else _redrive(undelivered),
                region=region,
                opts=pulumi.ResourceOptions(parent=monitoring),
            )
    for key, function in subscribers.get("functions", {}).items():
        aws.lambda_.Permission(
            f"{name}-call{suffix}-{key}",
            action="lambda:InvokeFunction",
            function=function,
            principal="sns.amazonaws.com",
            source_arn=topic.arn,
            opts=pulumi.ResourceOptions(parent=monitoring),
        )


def _redrive(undelivered: aws.sqs.Queue) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"deadLetterTargetArn": undelivered.arn})
