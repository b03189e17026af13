"""SNS: topics, subscriptions and topic policies."""

from collections.abc import Callable, Mapping

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging
from local.aws.values import text_of

_FEEDBACK = {
    f"{prefix}{setting}": f"{member}{setting}"
    for prefix, member in {
        "application": "Application",
        "firehose": "Firehose",
        "http": "HTTP",
        "lambda": "Lambda",
        "sqs": "SQS",
    }.items()
    for setting in ("SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate")
}
_TOPIC = {
    "archivePolicy": "ArchivePolicy",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoThroughputScope": "FifoThroughputScope",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    **_FEEDBACK,
}


def _one_each(attributes: Mapping[str, str]) -> Callable[[Properties, Properties], list[Properties]]:
    """SNS sets one attribute with one call."""

    def steps(before: Properties, after: Properties) -> list[Properties]:
        changed = [name for name in attributes if before.get(name) != after.get(name)]
        return [{"AttributeName": attributes[name], "AttributeValue": text_of(after.get(name, ""))} for name in changed]

    return steps


def _fifo_only(properties: Properties) -> Properties:
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
        under="Attributes",
        attributes={**_TOPIC, "fifoTopic": "FifoTopic"},
        only=frozenset({"name", "tags"}),
    ),
    id="TopicArn",
    find=Read(name="list_topics", params={}, at="Topics[?ends_with(TopicArn, ':$name')].TopicArn | [0]"),
    read=(Read(name="get_topic_attributes", params={"TopicArn": "$id"}, at="Attributes", also={"Name": "$name"}),),
    update=(
        Operation(
            name="set_topic_attributes",
            params={"TopicArn": "$id"},
            only=frozenset(_TOPIC),
            steps=_one_each(_TOPIC),
        ),
    ),
    delete=Operation(name="delete_topic", params={"TopicArn": "$id"}),
    defaults={"fifoTopic": False, "contentBasedDeduplication": False},
    outputs={"arn": "TopicArn", "owner": "Owner", "policy": "Policy"},
    documents=frozenset({"policy", "deliveryPolicy", "archivePolicy"}),
    limits={
        "signatureVersion": range(1, 3),
        "tracingConfig": ("PassThrough", "Active"),
        "fifoThroughputScope": ("Topic", "MessageGroup"),
        **{name: range(101) for name in _FEEDBACK if name.endswith("SampleRate")},
    },
    replace_on=frozenset({"name", "fifoTopic"}),
    prepare=_fifo_only,
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceArn": "$id"},
        read=Read(name="list_tags_for_resource", params={"ResourceArn": "$id"}, at="Tags"),
    ),
    naming=Naming(limit=256, suffix=lambda inputs: ".fifo" if inputs.get("fifoTopic") is True else ""),
    lacks=lambda properties: "the emulator keeps no archive" if properties.get("archivePolicy") else "",
)

_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}
_NOT_REACHED = {
    "application": "the emulator reaches no mobile app",
    "email": "the emulator sends no mail",
    "email-json": "the emulator sends no mail",
    "firehose": "the emulator's topics write to no Firehose stream",
    "sms": "the emulator sends no text message",
}


def _unconfirmed(properties: Properties) -> str:
    web = properties.get("protocol") in ("http", "https")
    return "the emulator gives a subscription that nobody has confirmed no ARN" if web else ""


def _not_delivered(properties: Properties) -> str:
    without_letters = (
        "the emulator tries a delivery once and keeps no dead letter" if properties.get("redrivePolicy") else ""
    )
    return _NOT_REACHED.get(str(properties.get("protocol")), without_letters)


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
            steps=_one_each(_SUBSCRIPTION),
        ),
        Operation(
            name="set_subscription_attributes",
            params={"SubscriptionArn": "$id"},
            only=frozenset({"replayPolicy"}),
            steps=lambda _before, _after: [],
            recorded="the emulator keeps no archive",
        ),
    ),
    delete=Operation(name="unsubscribe", params={"SubscriptionArn": "$id"}),
    names={"topic": "TopicArn"},
    outputs={
        "arn": "SubscriptionArn",
        "ownerId": "Owner",
        "confirmationWasAuthenticated": "ConfirmationWasAuthenticated=='true'",
        "pendingConfirmation": "PendingConfirmation=='true'",
    },
    required=frozenset({"topic", "protocol", "endpoint"}),
    documents=frozenset({"filterPolicy", "redrivePolicy", "deliveryPolicy", "replayPolicy"}),
    limits={
        "protocol": (
            "application",
            "email",
            "email-json",
            "firehose",
            "http",
            "https",
            "lambda",
            "sms",
            "sqs",
        ),
        "filterPolicyScope": ("MessageAttributes", "MessageBody"),
    },
    ignored=frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"}),
    replace_on=frozenset({"topic", "protocol", "endpoint"}),
    lacks=_not_delivered,
    recorded_if=_unconfirmed,
    recorded_id="$topic:00000000-0000-4000-8000-$digits",
)

TOPIC_POLICY = ResourceType(
    token="aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    create=Operation(
        name="set_topic_attributes", params={"AttributeName": "Policy"}, only=frozenset({"arn", "policy"})
    ),
    id="$arn",
    read=(
        Read(
            name="get_topic_attributes",
            params={"TopicArn": "$arn"},
            at="Attributes",
            also={"AttributeValue": "Policy", "TopicArn": "$arn"},
        ),
    ),
    update=(
        Operation(name="set_topic_attributes", params={"AttributeName": "Policy"}, only=frozenset({"arn", "policy"})),
    ),
    # AWS knows no topic without a policy; this one leaves it to its owner, as the real provider does.
    delete=Operation(
        name="set_topic_attributes",
        params={"TopicArn": "$arn", "AttributeName": "Policy"},
        delivers=lambda scope: {"AttributeValue": _owner_policy(scope["arn"], scope["account"])},
    ),
    stays="a topic always has a policy",
    names={"arn": "TopicArn", "policy": "AttributeValue"},
    outputs={"owner": "Owner"},
    required=frozenset({"arn", "policy"}),
    documents=frozenset({"policy"}),
    replace_on=frozenset({"arn"}),
)

_PUT_DATA_PROTECTION = Operation(name="put_data_protection_policy", only=frozenset({"arn", "policy"}))

DATA_PROTECTION_POLICY = ResourceType(
    token="aws:sns/dataProtectionPolicy:DataProtectionPolicy",
    service="sns",
    create=_PUT_DATA_PROTECTION,
    id="$arn",
    update=(_PUT_DATA_PROTECTION,),
    names={"arn": "ResourceArn", "policy": "DataProtectionPolicy"},
    required=frozenset({"arn", "policy"}),
    documents=frozenset({"policy"}),
    replace_on=frozenset({"arn"}),
    recorded="the emulator looks into no message",
)


def _owner_policy(topic: str, account: str) -> str:
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return text_of({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
