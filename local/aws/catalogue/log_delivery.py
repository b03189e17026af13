"""CloudWatch's log delivery: whose logs, where to, and what connects the two."""

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType, Tagging

_TAGGING = Tagging(
    tag="tag_resource",
    untag="untag_resource",
    params={"resourceArn": "$arn"},
    read=Read(name="list_tags_for_resource", params={"resourceArn": "$arn"}, at="tags"),
)

SOURCE = ResourceType(
    token="aws:cloudwatch/logDeliverySource:LogDeliverySource",
    service="logs",
    create=Operation(name="put_delivery_source", only=frozenset({"name", "resourceArn", "logType", "tags"})),
    id="$name",
    read=(
        Read(
            name="get_delivery_source",
            params={"name": "$id"},
            at="deliverySource",
            also={"resourceArn": "resourceArns[0]"},
        ),
    ),
    delete=Operation(name="delete_delivery_source", params={"name": "$id"}),
    outputs={"arn": "arn", "service": "service"},
    required=frozenset({"resourceArn", "logType"}),
    replace_on=frozenset({"name", "resourceArn", "logType"}),
    tagging=_TAGGING,
    naming=Naming(limit=60),
)

DESTINATION = ResourceType(
    token="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    service="logs",
    create=Operation(name="put_delivery_destination"),
    id="$name",
    read=(Read(name="get_delivery_destination", params={"name": "$id"}, at="deliveryDestination"),),
    update=(Operation(name="put_delivery_destination", never=frozenset({"tags"}), whole=True),),
    delete=Operation(name="delete_delivery_destination", params={"name": "$id"}),
    outputs={"arn": "arn", "deliveryDestinationType": "deliveryDestinationType"},
    replace_on=frozenset({"name", "outputFormat", "deliveryDestinationType"}),
    tagging=_TAGGING,
    naming=Naming(limit=60),
)

DELIVERY = ResourceType(
    token="aws:cloudwatch/logDelivery:LogDelivery",
    service="logs",
    create=Operation(name="create_delivery"),
    id="delivery.id",
    read=(Read(name="get_delivery", params={"id": "$id"}, at="delivery"),),
    delete=Operation(name="delete_delivery", params={"id": "$id"}),
    names={"s3DeliveryConfigurations": "s3DeliveryConfiguration"},
    outputs={"arn": "arn"},
    # AWS connects the two once.
    alone=frozenset({"deliverySourceName", "deliveryDestinationArn"}),
    ordered=frozenset({"recordFields"}),
    tagging=_TAGGING,
)
