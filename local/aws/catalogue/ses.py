"""SES: identities of senders, configuration sets with their event destinations, and templates."""

from collections.abc import Callable
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_NO_IDENTITY_CALLS = "the emulator has no calls that change an identity"
_SET = {"ConfigurationSetName": "$id"}


def _tagging(kind: str, name: str) -> Tagging:
    return Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceArn": "$arn"},
        read=Read(
            name="list_tags_for_resource",
            params={"ResourceArn": f"arn:aws:ses:$region:$account:{kind}/${name}"},
            at="Tags",
        ),
    )


EMAIL_IDENTITY = ResourceType(
    token="aws:sesv2/emailIdentity:EmailIdentity",
    service="sesv2",
    create=Operation(name="create_email_identity"),
    id="$emailIdentity",
    read=(
        Read(
            name="get_email_identity",
            params={"EmailIdentity": "$emailIdentity"},
            also={"EmailIdentity": "$emailIdentity"},
        ),
    ),
    update=(
        Operation(
            name="put_email_identity_configuration_set_attributes",
            params={"EmailIdentity": "$id"},
            only=frozenset({"configurationSetName"}),
            recorded=_NO_IDENTITY_CALLS,
        ),
        Operation(
            name="put_email_identity_dkim_signing_attributes",
            params={"EmailIdentity": "$id"},
            on=frozenset({"dkimSigningAttributes"}),
            recorded=_NO_IDENTITY_CALLS,
        ),
    ),
    delete=Operation(name="delete_email_identity", params={"EmailIdentity": "$id"}),
    limits={"dkimSigningAttributes.nextSigningKeyLength": ("RSA_1024_BIT", "RSA_2048_BIT")},
    outputs={
        "arn": "arn:aws:ses:$region:$account:identity/$emailIdentity",
        "dkimSigningAttributes": "DkimAttributes.{Tokens: Tokens, Status: Status, "
        "SigningAttributesOrigin: SigningAttributesOrigin}",
        "identityType": "IdentityType",
        "verifiedForSendingStatus": "VerifiedForSendingStatus",
    },
    not_returned={
        "configurationSetName": "the emulator does not keep it",
        "dkimSigningAttributes": "the emulator keeps its tokens alone",
    },
    required=frozenset({"emailIdentity"}),
    replace_on=frozenset({"emailIdentity"}),
    tagging=_tagging("identity", "emailIdentity"),
)


def _attributes_of_identity(token: str, operation: str) -> ResourceType:
    """What AWS keeps of an identity and the program as a resource of its own."""
    return ResourceType(
        token=token,
        service="sesv2",
        create=Operation(name=operation),
        id="$emailIdentity",
        update=(Operation(name=operation),),
        required=frozenset({"emailIdentity"}),
        replace_on=frozenset({"emailIdentity"}),
        recorded=_NO_IDENTITY_CALLS,
    )


MAIL_FROM = _attributes_of_identity(
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
    "put_email_identity_mail_from_attributes",
)
FEEDBACK = _attributes_of_identity(
    "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes",
    "put_email_identity_feedback_attributes",
)

IDENTITY_POLICY = ResourceType(
    token="aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
    service="sesv2",
    create=Operation(name="create_email_identity_policy"),
    id="$emailIdentity|$policyName",
    update=(Operation(name="update_email_identity_policy"),),
    required=frozenset({"emailIdentity", "policyName", "policy"}),
    documents=frozenset({"policy"}),
    replace_on=frozenset({"emailIdentity", "policyName"}),
    recorded=_NO_IDENTITY_CALLS,
)


def _block(name: str) -> Callable[[Properties], Properties]:
    """The members of a block, which the call that changes it takes one by one."""

    def delivers(scope: Properties) -> Properties:
        block: Any = scope.get(name) or {}
        given = block if isinstance(block, dict) else {}
        return {key[0].upper() + key[1:]: value for key, value in given.items() if key != "lastFreshStart"}

    return delivers


def _put(call: str, block: str) -> Operation:
    return Operation(name=call, params=_SET, on=frozenset({block}), delivers=_block(block))


CONFIGURATION_SET = ResourceType(
    token="aws:sesv2/configurationSet:ConfigurationSet",
    service="sesv2",
    create=Operation(name="create_configuration_set"),
    id="$configurationSetName",
    read=(
        Read(
            name="get_configuration_set",
            params={"ConfigurationSetName": "$configurationSetName"},
        ),
    ),
    update=(
        _put("put_configuration_set_delivery_options", "deliveryOptions"),
        _put("put_configuration_set_reputation_options", "reputationOptions"),
        _put("put_configuration_set_sending_options", "sendingOptions"),
        _put("put_configuration_set_suppression_options", "suppressionOptions"),
        _put("put_configuration_set_tracking_options", "trackingOptions"),
        Operation(
            name="put_configuration_set_vdm_options",
            params=_SET,
            on=frozenset({"vdmOptions"}),
            delivers=lambda scope: {"VdmOptions": _vdm(scope.get("vdmOptions"))},
        ),
    ),
    delete=Operation(name="delete_configuration_set", params=_SET),
    limits={
        "deliveryOptions.tlsPolicy": ("REQUIRE", "OPTIONAL"),
        "deliveryOptions.maxDeliverySeconds": range(300, 50401),
        "trackingOptions.httpsPolicy": ("REQUIRE", "REQUIRE_OPEN_ONLY", "OPTIONAL"),
    },
    outputs={"arn": "arn:aws:ses:$region:$account:configuration-set/$configurationSetName"},
    required=frozenset({"configurationSetName"}),
    replace_on=frozenset({"configurationSetName"}),
    tagging=_tagging("configuration-set", "configurationSetName"),
)


def _vdm(options: Any) -> Properties:
    given: Properties = options if isinstance(options, dict) else {}
    return {
        outer[0].upper() + outer[1:]: {key[0].upper() + key[1:]: value for key, value in block.items()}
        for outer, block in given.items()
        if isinstance(block, dict)
    }


_DESTINATION = {"ConfigurationSetName": "$configurationSetName", "EventDestinationName": "$eventDestinationName"}

EVENT_DESTINATION = ResourceType(
    token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
    service="sesv2",
    create=Operation(name="create_configuration_set_event_destination"),
    id="$configurationSetName|$eventDestinationName",
    read=(
        Read(
            name="get_configuration_set_event_destinations",
            params={"ConfigurationSetName": "$configurationSetName"},
            at="EventDestinations[?Name=='$eventDestinationName'] | [0].{EventDestination: @, "
            "EventDestinationName: Name, ConfigurationSetName: '$configurationSetName'}",
        ),
    ),
    update=(Operation(name="update_configuration_set_event_destination", params=_DESTINATION),),
    delete=Operation(name="delete_configuration_set_event_destination", params=_DESTINATION),
    required=frozenset({"configurationSetName", "eventDestinationName", "eventDestination"}),
    replace_on=frozenset({"configurationSetName", "eventDestinationName"}),
)

TEMPLATE = ResourceType(
    token="aws:ses/template:Template",
    service="ses",
    create=Operation(name="create_template", under="Template"),
    id="$name",
    read=(Read(name="get_template", params={"TemplateName": "$name"}, at="Template"),),
    update=(Operation(name="update_template", params={"Template": {"TemplateName": "$name"}}, under="Template"),),
    delete=Operation(name="delete_template", params={"TemplateName": "$id"}),
    names={"name": "TemplateName", "subject": "SubjectPart", "html": "HtmlPart", "text": "TextPart"},
    empty={"subject": "", "html": "", "text": ""},
    outputs={"arn": "arn:aws:ses:$region:$account:template/$name"},
    replace_on=frozenset({"name"}),
    naming=Naming(limit=64),
)
