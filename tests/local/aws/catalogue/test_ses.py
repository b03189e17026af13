"""Identities, configuration sets and templates live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _identity(world: World, made: Made) -> Any:
    found = world.client("sesv2").get_email_identity(EmailIdentity=made.id)
    arn = f"arn:aws:ses:eu-west-1:{world.account.account}:identity/{made.id}"
    tags = world.client("sesv2").list_tags_for_resource(ResourceArn=arn)["Tags"]
    return found["IdentityType"], len(found["DkimAttributes"]["Tokens"]), tags_of(tags)


def _options(world: World, made: Made) -> Any:
    found = world.client("sesv2").get_configuration_set(ConfigurationSetName=made.id)
    names = ("DeliveryOptions", "SendingOptions", "SuppressionOptions", "TrackingOptions")
    reputation = found["ReputationOptions"]["ReputationMetricsEnabled"]
    return only(found, *names), reputation, tags_of(found["Tags"])


def _suppress_nothing(world: World, made: Made) -> None:
    world.client("sesv2").put_configuration_set_suppression_options(
        ConfigurationSetName=made.id, SuppressedReasons=["COMPLAINT"]
    )


def _configuration_set(world: World) -> str:
    name = world.new_name()
    world.client("sesv2").create_configuration_set(ConfigurationSetName=name)
    return name


def _destination(world: World, made: Made) -> Any:
    found = world.client("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=made.inputs["configurationSetName"]
    )["EventDestinations"]
    return next(one for one in found if one["Name"] == "feedback")


def _template(world: World, made: Made) -> Any:
    return world.client("ses").get_template(TemplateName=made.id)["Template"]


def _spoil_template(world: World, made: Made) -> None:
    world.client("ses").update_template(Template={"TemplateName": made.id, "SubjectPart": "Spoiled"})


CASES = [
    Case(
        token="aws:sesv2/emailIdentity:EmailIdentity",
        inputs=lambda _: {
            "emailIdentity": "shop.example.com",
            "dkimSigningAttributes": {"nextSigningKeyLength": "RSA_2048_BIT"},
            "tags": {"team": "a"},
        },
        look=_identity,
        made=("DOMAIN", 3, {"team": "a"}),
        change=lambda _: {"tags": {"new": "b"}},
        changed=("DOMAIN", 3, {"new": "b"}),
        outputs={
            "arn": lambda world, _: f"arn:aws:ses:eu-west-1:{world.account.account}:identity/shop.example.com",
            "identityType": "DOMAIN",
            "verifiedForSendingStatus": True,
            "dkimSigningAttributes": ...,
        },
    ),
    Case(
        token="aws:sesv2/configurationSet:ConfigurationSet",
        inputs=lambda world: {
            "configurationSetName": world.new_name(),
            "deliveryOptions": {"tlsPolicy": "REQUIRE"},
            "reputationOptions": {"reputationMetricsEnabled": True},
            "sendingOptions": {"sendingEnabled": True},
            "suppressionOptions": {"suppressedReasons": ["BOUNCE", "COMPLAINT"]},
            "tags": {"team": "a"},
        },
        look=_options,
        made=(
            {
                "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
                "SendingOptions": {"SendingEnabled": True},
                "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
                "TrackingOptions": None,
            },
            True,
            {"team": "a"},
        ),
        change=lambda _: {
            "sendingOptions": {"sendingEnabled": False},
            "trackingOptions": {"customRedirectDomain": "click.example.com", "httpsPolicy": "REQUIRE"},
            "tags": {"new": "b"},
        },
        changed=(
            {
                "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
                "SendingOptions": {"SendingEnabled": False},
                "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
                "TrackingOptions": {"CustomRedirectDomain": "click.example.com", "HttpsPolicy": "REQUIRE"},
            },
            True,
            {"new": "b"},
        ),
        meddle=_suppress_nothing,
        drifts=("suppressionOptions",),
        outputs={
            "arn": lambda world, made: f"arn:aws:ses:eu-west-1:{world.account.account}:configuration-set/{made.id}"
        },
    ),
    Case(
        token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        inputs=lambda world: {
            "configurationSetName": _configuration_set(world),
            "eventDestinationName": "feedback",
            "eventDestination": {
                "enabled": True,
                "matchingEventTypes": ["BOUNCE", "COMPLAINT"],
                "snsDestination": {"topicArn": world.topic},
            },
        },
        look=_destination,
        made=lambda world, _: {
            "Name": "feedback",
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE", "COMPLAINT"],
            "SnsDestination": {"TopicArn": world.topic},
        },
        change=lambda _: {
            "eventDestination": {
                "enabled": True,
                "matchingEventTypes": ["REJECT"],
                "cloudWatchDestination": {
                    "dimensionConfigurations": [
                        {
                            "dimensionName": "ses:configuration-set",
                            "dimensionValueSource": "MESSAGE_TAG",
                            "defaultDimensionValue": "none",
                        }
                    ]
                },
            }
        },
        changed={
            "Name": "feedback",
            "Enabled": True,
            "MatchingEventTypes": ["REJECT"],
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": "ses:configuration-set",
                        "DimensionValueSource": "MESSAGE_TAG",
                        "DefaultDimensionValue": "none",
                    }
                ]
            },
        },
    ),
    Case(
        token="aws:ses/template:Template",
        inputs=lambda _: {"subject": "Hello, {{name}}", "text": "Good day."},
        look=_template,
        made=lambda _, made: {
            "TemplateName": made.id,
            "SubjectPart": "Hello, {{name}}",
            "TextPart": "Good day.",
            "HtmlPart": "",
        },
        change=lambda _: {"subject": "Hi, {{name}}", "html": "<p>Good day.</p>"},
        changed=lambda _, made: {
            "TemplateName": made.id,
            "SubjectPart": "Hi, {{name}}",
            "TextPart": "Good day.",
            "HtmlPart": "<p>Good day.</p>",
        },
        meddle=_spoil_template,
        drifts=("subject",),
        outputs={"arn": lambda world, made: f"arn:aws:ses:eu-west-1:{world.account.account}:template/{made.id}"},
    ),
]


@parametrize(CASES)
def test_what_mail_is_sent_by_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
