"""Topics and subscriptions live in the emulator as their entries say."""

import json
from typing import Any

from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, policy, tags_of


def _topic(world: World, made: Made) -> Any:
    found = world.client("sns").get_topic_attributes(TopicArn=made.id)["Attributes"]
    tags = tags_of(world.client("sns").list_tags_for_resource(ResourceArn=made.id)["Tags"])
    return only(found, "DisplayName", "KmsMasterKeyId", "FifoTopic"), tags


def _fifo_topic(world: World, made: Made) -> Any:
    found = world.client("sns").get_topic_attributes(TopicArn=made.id)["Attributes"]
    days = json.loads(found.get("ArchivePolicy") or "{}").get("MessageRetentionPeriod")
    return only(found, "FifoThroughputScope", "HTTPFailureFeedbackRoleArn", "SQSSuccessFeedbackSampleRate"), days


def _subscription(world: World, made: Made) -> Any:
    found = world.client("sns").get_subscription_attributes(SubscriptionArn=made.id)["Attributes"]
    return found["Endpoint"], found["RawMessageDelivery"], json.loads(found.get("FilterPolicy") or "{}")


def _policy(world: World, made: Made) -> Any:
    return json.loads(world.client("sns").get_topic_attributes(TopicArn=made.id)["Attributes"]["Policy"])


CASES = [
    Case(
        token="aws:sns/topic:Topic",
        inputs=lambda _: {"displayName": "one", "kmsMasterKeyId": "alias/aws/sns", "tags": {"team": "a"}},
        look=_topic,
        made=({"DisplayName": "one", "KmsMasterKeyId": "alias/aws/sns", "FifoTopic": None}, {"team": "a"}),
        change=lambda _: {"displayName": "two", "tags": {"team": "b"}},
        changed=({"DisplayName": "two", "KmsMasterKeyId": "alias/aws/sns", "FifoTopic": None}, {"team": "b"}),
        meddle=lambda world, made: world.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="DisplayName", AttributeValue="three"
        ),
        drifts=("displayName",),
        outputs={"arn": lambda _, made: made.id, "owner": "000000000000", "policy": ...},
    ),
    Case(
        token="aws:sns/topic:Topic",
        inputs=lambda world: {
            "fifoTopic": True,
            "fifoThroughputScope": "MessageGroup",
            "archivePolicy": '{"MessageRetentionPeriod": "30"}',
            "httpFailureFeedbackRoleArn": world.role,
            "sqsSuccessFeedbackSampleRate": 10,
        },
        look=_fifo_topic,
        made=lambda world, _: (
            {
                "FifoThroughputScope": "MessageGroup",
                "HTTPFailureFeedbackRoleArn": world.role,
                "SQSSuccessFeedbackSampleRate": "10",
            },
            "30",
        ),
        change=lambda _: {
            "archivePolicy": '{"MessageRetentionPeriod": "60"}',
            "fifoThroughputScope": "Topic",
            "sqsSuccessFeedbackSampleRate": 20,
        },
        changed=lambda world, _: (
            {
                "FifoThroughputScope": "Topic",
                "HTTPFailureFeedbackRoleArn": world.role,
                "SQSSuccessFeedbackSampleRate": "20",
            },
            "60",
        ),
        outputs={"arn": lambda _, made: made.id},
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        inputs=lambda world: {
            "topic": world.topic,
            "protocol": "sqs",
            "endpoint": world.queue_arn,
            "rawMessageDelivery": True,
            "filterPolicy": '{"kind": ["a"]}',
        },
        look=_subscription,
        made=lambda world, _: (world.queue_arn, "true", {"kind": ["a"]}),
        change=lambda _: {"rawMessageDelivery": False, "filterPolicy": None},
        changed=lambda world, _: (world.queue_arn, "false", {}),
        meddle=lambda world, made: world.client("sns").set_subscription_attributes(
            SubscriptionArn=made.id, AttributeName="RawMessageDelivery", AttributeValue="true"
        ),
        drifts=("rawMessageDelivery",),
        outputs={"arn": lambda _, made: made.id, "ownerId": "000000000000"},
    ),
    Case(
        token="aws:sns/topicPolicy:TopicPolicy",
        inputs=lambda world: {"arn": world.topic, "policy": policy("sns:Publish")},
        look=_policy,
        made=json.loads(policy("sns:Publish")),
        change=lambda _: {"policy": policy("sns:Subscribe")},
        changed=json.loads(policy("sns:Subscribe")),
        meddle=lambda world, made: world.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="Policy", AttributeValue=policy("sns:*")
        ),
        drifts=("policy",),
        stays=True,
    ),
]


@parametrize(CASES)
def test_a_topic_s_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_what_the_emulator_does_not_deliver_is_said() -> None:
    kind = CATALOGUE["aws:sns/topicSubscription:TopicSubscription"]
    assert kind.lacks
    assert "confirmed" in kind.why_recorded({"protocol": "https"})
    assert [kind.why_recorded({"protocol": each}) for each in ("sqs", "lambda", "email", "sms", "firehose")] == [""] * 5
    assert "Firehose" in kind.lacks({"protocol": "firehose", "redrivePolicy": "{}"})
    assert "dead letter" in kind.lacks({"protocol": "sqs", "redrivePolicy": "{}"})
    assert kind.lacks({"protocol": "sqs"}) == ""
