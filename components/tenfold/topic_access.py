"""Who may publish to a topic and use its key, and what SNS may do for it.

See https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import Statement, policy_document, tls_alone
from tenfold.role_policies import service_trust
from tenfold.topic_arguments import TopicArgs, TopicPublishersArgs

_CLOUDWATCH = "cloudwatch.amazonaws.com"
# Of a topic's policy SNS takes the actions that concern topics, and refuses sns:*.
_OF_TOPICS = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
_KEY = ("kms:Decrypt", "kms:GenerateDataKey")


def topic_policy(topic_arn: str, publishers: TopicPublishersArgs, *, alarms: bool) -> str:
    """The topic's own policy: nothing without TLS, and the publishers by name; roles of its account need none."""
    own = topic_arn.split(":")[4]
    services = {key: _service(own, service) for key, service in sorted(publishers.get("services", {}).items())}
    accounts = cast("Sequence[str]", publishers.get("account_ids", ()))
    return policy_document(
        [
            tls_alone(_OF_TOPICS, topic_arn),
            *([_publish("Alarms", topic_arn, *_of_account(_CLOUDWATCH, own))] if alarms else []),
            *(_publish(f"Service{key}", topic_arn, *service) for key, service in services.items()),
            *(_publish(f"Account{each}", topic_arn, {"AWS": _root(topic_arn, each)}) for each in accounts),
        ]
    )


def key_policy(key_arn: str, topic_arn: str, publishers: TopicPublishersArgs, *, alarms: bool) -> str:
    """The policy of the topic's key: its account's roles by their own policies, and publishers for this topic alone."""
    services = {service["service"] for service in publishers.get("services", {}).values()}
    accounts = cast("Sequence[str]", publishers.get("account_ids", ()))
    principal = {
        "Service": sorted(services | ({_CLOUDWATCH} if alarms else set[str]())),
        "AWS": [_root(topic_arn, account) for account in accounts],
    }
    publish = {
        "Sid": "Publishers",
        "Effect": "Allow",
        "Principal": {kind: found for kind, found in principal.items() if found},
        "Action": _KEY,
        "Resource": "*",
        # Not every service says for whom it asks KMS; SNS always says for which topic.
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic_arn}},
    }
    # Without this statement nobody could ever change the key again.
    administer = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": _root(topic_arn, key_arn.split(":")[4])},
        "Action": "kms:*",
        "Resource": "*",
    }
    return policy_document([administer, *([publish] if publish["Principal"] else [])])


def publisher_policy(topic_arn: str, key_arn: str) -> str:
    """The IAM policy of those who publish; the key's ARN is empty where there is none."""
    key = [{"Sid": "Key", "Effect": "Allow", "Action": _KEY, "Resource": key_arn}] if key_arn else []
    return policy_document(
        [{"Sid": "Topic", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": topic_arn}, *key]
    )


def alarms_publish(args: TopicArgs) -> bool:
    """Whether the account's CloudWatch alarms may publish."""
    return args.get("publishers", {}).get("cloudwatch_alarms", not args.get("fifo", False))


def topic_key(component: pulumi.ComponentResource) -> aws.kms.Key:
    """The topic's own key; its policy comes after the topic, which it names."""
    return aws.kms.Key(
        f"{component.pulumi_resource_name}-key",
        description=f"Encrypts the messages of the topic {component.pulumi_resource_name}",
        enable_key_rotation=True,
        # What SNS holds back to try again, up to 23 days, can be decrypted until then.
        deletion_window_in_days=30,
        opts=pulumi.ResourceOptions(parent=component),
    )


def sns_role(component: pulumi.ComponentResource, kind: str, description: str) -> aws.iam.Role:
    """A role that SNS takes."""
    return aws.iam.Role(
        f"{component.pulumi_resource_name}-{kind}",
        description=description,
        assume_role_policy=service_trust("sns"),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _service(own: str, service: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The principal and the condition of a service."""
    arn, account = service.get("source_arn"), service.get("source_account_id", own)
    principal, condition = _of_account(service["service"], account)
    if arn is None:
        return principal, condition
    named = {"ArnLike": {"aws:SourceArn": arn}}
    # An ARN without an account, such as a bucket's, could be somebody else's one day.
    return principal, named if arn.split(":")[4] else {**condition, **named}


def _of_account(service: str, account: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return {"Service": service}, {"StringEquals": {"aws:SourceAccount": account}}


def _publish(
    sid: str, topic_arn: str, principal: Mapping[str, Any], condition: Mapping[str, Any] | None = None
) -> Statement:
    allowed = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["sns:Publish"],
        "Resource": topic_arn,
    }
    return {**allowed, "Condition": condition} if condition else allowed


def _root(arn: str, account: str) -> str:
    return f"arn:{arn.split(':')[1]}:iam::{account}:root"
