"""Log deliveries live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize

SITE = "arn:aws:cloudfront::000000000000:distribution/E123"


def _client(world: World) -> Any:
    return world.client("logs")


def _source(world: World, made: Made) -> Any:
    found = _client(world).get_delivery_source(name=made.id)["deliverySource"]
    return found["resourceArns"], found["logType"], found["tags"]


def _destination(world: World, made: Made) -> Any:
    found = _client(world).get_delivery_destination(name=made.id)["deliveryDestination"]
    return found["deliveryDestinationConfiguration"], found["outputFormat"], found["tags"]


def _bucket(name: str) -> dict[str, str]:
    return {"destinationResourceArn": f"arn:aws:s3:::{name}"}


def _moved(world: World, made: Made) -> None:
    _client(world).put_delivery_destination(
        name=made.id, outputFormat="json", deliveryDestinationConfiguration=_bucket("other")
    )


def _ends(world: World) -> dict[str, str]:
    name = world.new_name()
    _client(world).put_delivery_source(name=name, resourceArn=SITE, logType="ACCESS_LOGS")
    made = _client(world).put_delivery_destination(name=name, deliveryDestinationConfiguration=_bucket("logs"))
    return {"deliverySourceName": name, "deliveryDestinationArn": made["deliveryDestination"]["arn"]}


CASES = [
    Case(
        token="aws:cloudwatch/logDeliverySource:LogDeliverySource",
        inputs=lambda world: {
            "name": world.new_name(),
            "resourceArn": SITE,
            "logType": "ACCESS_LOGS",
            "tags": {"team": "a"},
        },
        look=_source,
        made=([SITE], "ACCESS_LOGS", {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=([SITE], "ACCESS_LOGS", {"team": "b"}),
        outputs={"arn": ..., "service": "cloudfront"},
    ),
    Case(
        token="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        inputs=lambda world: {
            "name": world.new_name(),
            "outputFormat": "json",
            "deliveryDestinationConfiguration": _bucket("logs"),
            "tags": {"team": "a"},
        },
        look=_destination,
        made=(_bucket("logs"), "json", {"team": "a"}),
        change=lambda _: {"deliveryDestinationConfiguration": _bucket("new")},
        changed=(_bucket("new"), "json", {"team": "a"}),
        meddle=_moved,
        drifts=("deliveryDestinationConfiguration",),
        outputs={"arn": ..., "deliveryDestinationType": "S3"},
    ),
    Case(
        token="aws:cloudwatch/logDelivery:LogDelivery",
        inputs=lambda world: {
            **_ends(world),
            "s3DeliveryConfigurations": [{"suffixPath": "{yyyy}/{MM}", "enableHiveCompatiblePath": False}],
        },
        look=lambda world, made: only(
            _client(world).get_delivery(id=made.id)["delivery"], "deliveryDestinationType", "s3DeliveryConfiguration"
        ),
        made={
            "deliveryDestinationType": "S3",
            "s3DeliveryConfiguration": {"suffixPath": "{yyyy}/{MM}", "enableHiveCompatiblePath": False},
        },
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_delivery_of_logs_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
