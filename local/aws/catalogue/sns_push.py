"""SNS's mobile push: the applications of the services that reach devices."""

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType

_CREDENTIALS = {
    "platformCredential": "PlatformCredential",
    "platformPrincipal": "PlatformPrincipal",
    "applePlatformTeamId": "ApplePlatformTeamID",
    "applePlatformBundleId": "ApplePlatformBundleID",
}
_REPORTS = {
    "eventDeliveryFailureTopicArn": "EventDeliveryFailure",
    "eventEndpointCreatedTopicArn": "EventEndpointCreated",
    "eventEndpointDeletedTopicArn": "EventEndpointDeleted",
    "eventEndpointUpdatedTopicArn": "EventEndpointUpdated",
    "failureFeedbackRoleArn": "FailureFeedbackRoleArn",
    "successFeedbackRoleArn": "SuccessFeedbackRoleArn",
    "successFeedbackSampleRate": "SuccessFeedbackSampleRate",
}
_ATTRIBUTES = {**_CREDENTIALS, **_REPORTS}

PLATFORM_APPLICATION = ResourceType(
    token="aws:sns/platformApplication:PlatformApplication",
    service="sns",
    create=Operation(
        name="create_platform_application",
        under="Attributes",
        attributes=_ATTRIBUTES,
        only=frozenset({"name", "platform"}),
    ),
    id="PlatformApplicationArn",
    find=Read(
        name="list_platform_applications",
        params={},
        at="PlatformApplications[?ends_with(PlatformApplicationArn, ':app/$platform/$name')].PlatformApplicationArn"
        " | [0]",
    ),
    read=(
        Read(
            name="get_platform_application_attributes",
            params={"PlatformApplicationArn": "$id"},
            at="Attributes",
            also={"Name": "$name", "Platform": "$platform"},
        ),
    ),
    update=(
        Operation(
            name="set_platform_application_attributes",
            params={"PlatformApplicationArn": "$id"},
            under="Attributes",
            attributes=_ATTRIBUTES,
        ),
    ),
    delete=Operation(name="delete_platform_application", params={"PlatformApplicationArn": "$id"}),
    outputs={"arn": "$id"},
    required=frozenset({"platform", "platformCredential"}),
    limits={"platform": ("ADM", "APNS", "APNS_SANDBOX", "BAIDU", "GCM", "MACOS", "MACOS_SANDBOX", "WNS")},
    empty=dict.fromkeys(_REPORTS, ""),
    replace_on=frozenset({"name", "platform"}),
    not_returned=dict.fromkeys(_CREDENTIALS, "AWS tells no credentials"),
    naming=Naming(limit=256),
)
