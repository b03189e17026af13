"""SQS: queues, and their policies as resources of their own."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_QUEUE = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def _fifo_only(properties: Properties) -> Properties:
    """AWS refuses the words of a FIFO queue on any other, also as false."""
    return {
        name: value
        for name, value in properties.items()
        if value is not False or name not in ("fifoQueue", "contentBasedDeduplication")
    }


QUEUE = ResourceType(
    token="aws:sqs/queue:Queue",
    service="sqs",
    create=Operation(
        name="create_queue",
        params={"QueueName": "$name"},
        under="Attributes",
        attributes={**_QUEUE, "fifoQueue": "FifoQueue"},
    ),
    id="QueueUrl",
    find=Read(name="get_queue_url", params={"QueueName": "$name"}, at="QueueUrl"),
    read=(Read(name="get_queue_attributes", params={"QueueUrl": "$id", "AttributeNames": ["All"]}, at="Attributes"),),
    update=(Operation(name="set_queue_attributes", params={"QueueUrl": "$id"}, under="Attributes", attributes=_QUEUE),),
    delete=Operation(name="delete_queue", params={"QueueUrl": "$id"}),
    defaults={
        "delaySeconds": 0,
        "maxMessageSize": 262144,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
        "fifoQueue": False,
        "contentBasedDeduplication": False,
    },
    empty={"policy": "", "redrivePolicy": "", "redriveAllowPolicy": "", "kmsMasterKeyId": ""},
    limits={
        "delaySeconds": range(901),
        "maxMessageSize": range(1024, 1048577),
        "messageRetentionSeconds": range(60, 1209601),
        "receiveWaitTimeSeconds": range(21),
        "visibilityTimeoutSeconds": range(43201),
        "kmsDataKeyReusePeriodSeconds": range(60, 86401),
        "deduplicationScope": ("messageGroup", "queue"),
        "fifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    },
    documents=frozenset({"policy", "redrivePolicy", "redriveAllowPolicy"}),
    outputs={
        "arn": "QueueArn",
        "url": "$id",
        "sqsManagedSseEnabled": "SqsManagedSseEnabled=='true'",
        "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds && to_number(KmsDataKeyReusePeriodSeconds)",
    },
    replace_on=frozenset({"name", "fifoQueue"}),
    prepare=_fifo_only,
    tagging=Tagging(
        tag="tag_queue",
        untag="untag_queue",
        params={"QueueUrl": "$id"},
        read=Read(name="list_queue_tags", params={"QueueUrl": "$id"}, at="Tags"),
    ),
    naming=Naming(limit=80, suffix=lambda inputs: ".fifo" if inputs.get("fifoQueue") is True else ""),
)


def _document_of_queue(token: str, property_name: str, attribute: str) -> ResourceType:
    """A queue's attribute that the program keeps as a resource of its own."""
    put = Operation(
        name="set_queue_attributes",
        params={"QueueUrl": "$queueUrl"},
        under="Attributes",
        attributes={property_name: attribute},
    )
    return ResourceType(
        token=token,
        service="sqs",
        create=put,
        id="$queueUrl",
        read=(
            Read(
                name="get_queue_attributes",
                params={"QueueUrl": "$queueUrl", "AttributeNames": [attribute]},
                at=f"Attributes.{attribute} && Attributes",
            ),
        ),
        update=(put,),
        delete=Operation(name="set_queue_attributes", params={"QueueUrl": "$queueUrl", "Attributes": {attribute: ""}}),
        required=frozenset({"queueUrl", property_name}),
        documents=frozenset({property_name}),
        replace_on=frozenset({"queueUrl"}),
    )


QUEUE_POLICY = _document_of_queue("aws:sqs/queuePolicy:QueuePolicy", "policy", "Policy")
REDRIVE_POLICY = _document_of_queue("aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy", "RedrivePolicy")
REDRIVE_ALLOW_POLICY = _document_of_queue(
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "redriveAllowPolicy", "RedriveAllowPolicy"
)
