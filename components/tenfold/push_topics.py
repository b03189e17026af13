"""The topics of mobile push: what SNS tells of devices, and the audiences that are told something all at once."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from tenfold.push_access import event_topic_policy, key_policy, topic_policy
from tenfold.push_arguments import MobilePushArgs, MobilePushEvent, events_of


def topic_key(component: pulumi.ComponentResource, args: MobilePushArgs) -> pulumi.Input[str]:
    """The ARN of the key that encrypts the topics: SNS's own would not let SNS publish what it tells of devices."""
    if "kms_key_arn" in args:
        return args["kms_key_arn"]
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=component))
    name = component.pulumi_resource_name
    key = aws.kms.Key(
        f"{name}-key",
        description=f"Encrypts the topics of {name}",
        enable_key_rotation=True,
        policy=caller.apply(lambda found: key_policy(found.account_id, found.arn.split(":")[1])),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return key.arn


def event_topics(
    component: pulumi.ComponentResource, args: MobilePushArgs, key_arn: pulumi.Input[str]
) -> dict[MobilePushEvent, aws.sns.Topic]:
    """A topic for each event that SNS tells, by the event."""
    return {
        event: _topic(component, f"event-{event.value}", key_arn, event_topic_policy, protect=False)
        for event in events_of(args)
    }


def audience_topics(
    component: pulumi.ComponentResource, args: MobilePushArgs, key_arn: pulumi.Input[str]
) -> dict[str, aws.sns.Topic]:
    """A topic for each audience, by its name."""
    protect = args.get("deletion_protection", True)
    return {
        audience: _topic(component, f"broadcast-{audience}", key_arn, topic_policy, protect=protect)
        for audience in args.get("broadcast", ())
    }


def _topic(
    component: pulumi.ComponentResource,
    suffix: str,
    key_arn: pulumi.Input[str],
    policy: Callable[[str], str],
    *,
    protect: bool,
) -> aws.sns.Topic:
    kind, _, key = suffix.partition("-")
    name = component.pulumi_resource_name
    topic = aws.sns.Topic(
        f"{name}-{suffix}",
        kms_master_key_id=key_arn,
        # Where it is not protected by itself it is as its component is.
        opts=pulumi.ResourceOptions(parent=component, protect=True if protect else None),
    )
    aws.sns.TopicPolicy(
        f"{name}-{kind}-policy-{key}",
        arn=topic.arn,
        policy=topic.arn.apply(policy),
        opts=pulumi.ResourceOptions(parent=component),
    )
    return topic
