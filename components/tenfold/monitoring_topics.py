"""Who is told: a topic for each severity, encrypted, which CloudWatch publishes to and nobody else who is not let in.

CloudWatch cannot use SNS's own key, `alias/aws/sns`; a topic that is encrypted with it drops every notification.
See https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import AlarmsArgs, AlarmSeverity
from tenfold.monitoring_arguments import MonitoringArgs, MonitoringSubscribersArgs
from tenfold.policy_documents import Statement, policy_document, tls_alone

EDGE_REGION = "us-east-1"
_PROTOCOLS = {"emails": "email", "https": "https", "queues": "sqs", "functions": "lambda"}


class Topics(NamedTuple):
    """The topics of one region."""

    warning: pulumi.Input[str]
    critical: pulumi.Input[str]

    def of(self, severity: AlarmSeverity) -> pulumi.Input[str]:
        """The ARN of the topic of a severity."""
        return self.critical if severity is AlarmSeverity.CRITICAL else self.warning

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
    return _made(monitoring, args, "-edge", None) if args.get("edge_topics", False) else home


def _made(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, suffix: str, key_arn: pulumi.Input[str] | None
) -> Topics:
    region = EDGE_REGION if suffix else None
    publishers = _publishers(args)
    key = _key(monitoring, suffix, region, publishers) if key_arn is None else key_arn
    made = [_topic(monitoring, args, severity, suffix, region, key, publishers) for severity in AlarmSeverity]
    by_severity = dict(zip(AlarmSeverity, made, strict=True))
    return Topics(by_severity[AlarmSeverity.WARNING].arn, by_severity[AlarmSeverity.CRITICAL].arn)


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
    _subscribe(monitoring, name, topic, suffix, region, subscribers)
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
