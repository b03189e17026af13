"""SNS: topics and their subscriptions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_TOPIC = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _one_by_one(attributes: Mapping[str, str]) -> Callable[[Properties, Properties], list[Properties]]:
    """SNS sets one attribute a call; one that is taken away is set to nothing."""

    def steps(before: Properties, after: Properties) -> list[Properties]:
        changed = [name for name in attributes if before.get(name) != after.get(name)]
        return [{"AttributeName": attributes[name], "AttributeValue": _text(after.get(name))} for name in changed]

    return steps


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _standard(properties: Properties) -> Properties:
    """AWS refuses the words of a FIFO topic on any other, also as false."""
    return {
        name: value
        for name, value in properties.items()
        if value is not False or name not in ("fifoTopic", "contentBasedDeduplication")
    }


TOPIC = ResourceType(
    token="aws:sns/topic:Topic",
    service="sns",
    create=Operation(
        name="create_topic",
        params={"Name": "$name"},
        under="Attributes",
        attributes={**_TOPIC, "fifoTopic": "FifoTopic"},
    ),
    id="TopicArn",
    read=(Read(name="get_topic_attributes", params={"TopicArn": "$id"}, at="Attributes"),),
    update=(
        Operation(
            name="set_topic_attributes", params={"TopicArn": "$id"}, only=frozenset(_TOPIC), steps=_one_by_one(_TOPIC)
        ),
    ),
    delete=Operation(name="delete_topic", params={"TopicArn": "$id"}),
    defaults={"fifoTopic": False, "contentBasedDeduplication": False},
    outputs={"arn": "$id", "owner": "Owner"},
    documents=frozenset({"policy", "deliveryPolicy"}),
    replace_on=frozenset({"name", "fifoTopic"}),
    prepare=_standard,
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceArn": "$id"},
        read=Read(name="list_tags_for_resource", params={"ResourceArn": "$id"}, at="Tags"),
    ),
    naming=Naming(limit=256, suffix=lambda inputs: ".fifo" if inputs.get("fifoTopic") else ""),
)

TOPIC_POLICY = ResourceType(
    token="aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    create=Operation(
        name="set_topic_attributes",
        params={"TopicArn": "$arn", "AttributeName": "Policy"},
        only=frozenset({"policy"}),
    ),
    id="$arn",
    read=(Read(name="get_topic_attributes", params={"TopicArn": "$arn"}, at="Attributes.{AttributeValue: Policy}"),),
    update=(
        Operation(
            name="set_topic_attributes",
            params={"TopicArn": "$id", "AttributeName": "Policy"},
            only=frozenset({"policy"}),
        ),
    ),
    names={"policy": "AttributeValue"},
    documents=frozenset({"policy"}),
    replace_on=frozenset({"arn"}),
)

TOPIC_SUBSCRIPTION = ResourceType(
    token="aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    create=Operation(
        name="subscribe",
        params={"ReturnSubscriptionArn": True},
        under="Attributes",
        attributes=_SUBSCRIPTION,
        only=frozenset({"topic", "protocol", "endpoint"}),
    ),
    id="SubscriptionArn",
    read=(Read(name="get_subscription_attributes", params={"SubscriptionArn": "$id"}, at="Attributes"),),
    update=(
        Operation(
            name="set_subscription_attributes",
            params={"SubscriptionArn": "$id"},
            only=frozenset(_SUBSCRIPTION),
            steps=_one_by_one(_SUBSCRIPTION),
        ),
    ),
    delete=Operation(name="unsubscribe", params={"SubscriptionArn": "$id"}),
    names={"topic": "TopicArn"},
    outputs={"arn": "$id", "ownerId": "Owner"},
    ignored=frozenset({"endpointAutoConfirms", "confirmationTimeoutInMinutes"}),
    documents=frozenset({"filterPolicy", "redrivePolicy", "deliveryPolicy"}),
    replace_on=frozenset({"topic", "protocol", "endpoint"}),
)
