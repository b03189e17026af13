"""Who may do what with mobile push: IAM policies of its users, and what its topics and its key allow and refuse.

IAM knows applications and devices by ARNs of their own, `app/APNS/shop-ios` and `endpoint/APNS/shop-ios/...`.
See https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html.
"""

from collections.abc import Mapping, Sequence

from tenfold.policy_documents import Statement, policy_document, tls_alone


def endpoints(application_arn: str) -> str:
    """The devices of an application, as IAM names them."""
    return f"{application_arn.replace(':app/', ':endpoint/', 1)}/*"


def register_policy(applications: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """The policy of those who register devices and remove them, and subscribe them to audiences."""
    arns, audiences = sorted(applications.values()), sorted(topics.values())
    devices = [endpoints(arn) for arn in arns]
    of_devices = ["sns:DeleteEndpoint", "sns:GetEndpointAttributes", "sns:SetEndpointAttributes"]
    return policy_document(
        [
            _allow("Applications", ["sns:CreatePlatformEndpoint"], arns),
            _allow("Devices", of_devices, devices),
            *subscribe_statements(audiences),
        ]
    )


def push_policy(applications: Mapping[str, str]) -> str:
    """The policy of those who send messages to single devices."""
    return policy_document([_allow("Devices", ["sns:Publish"], sorted(map(endpoints, applications.values())))])


def broadcast_policy(topics: Mapping[str, str], key_arn: str) -> str:
    """The policy of those who send messages to audiences; empty where there is none."""
    if not topics:
        return ""
    key = _allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], key_arn)
    return policy_document([_allow("Audiences", ["sns:Publish"], sorted(topics.values())), key])


def cleaning_statements(applications: Mapping[str, str], topics: Mapping[str, str]) -> list[Statement]:
    """What the function may do that removes devices."""
    devices = sorted(map(endpoints, applications.values()))
    return [
        _allow("Devices", ["sns:DeleteEndpoint", "sns:GetEndpointAttributes"], devices),
        *subscribe_statements(sorted(topics.values())),
    ]


def subscribe_statements(topic_arns: Sequence[str]) -> list[Statement]:
    """What those may do who subscribe devices, and nothing but devices, to audiences."""
    if not topic_arns:
        return []
    devices = {"StringEquals": {"sns:Protocol": "application"}}
    subscriptions = [arn for topic in topic_arns for arn in (topic, f"{topic}:*")]
    return [
        {**_allow("Subscribe", ["sns:Subscribe"], topic_arns), "Condition": devices},
        _allow("Unsubscribe", ["sns:Unsubscribe"], subscriptions),
    ]


def topic_policy(topic_arn: str) -> str:
    """The policy of a topic itself: nothing without TLS, and nobody from another account."""
    return policy_document([tls_alone("sns:Publish", topic_arn)])


def event_topic_policy(topic_arn: str) -> str:
    """The policy of a topic that SNS itself tells of devices: as its default one, for publishing alone."""
    account = topic_arn.split(":")[4]
    own: Statement = {
        **_allow("Applications", ["sns:Publish"], topic_arn),
        # SNS publishes for the account that the application is in, and says so by this key.
        "Principal": {"AWS": "*"},
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    service: Statement = {
        **_allow("Service", ["sns:Publish"], topic_arn),
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return policy_document([tls_alone("sns:Publish", topic_arn), own, service])


def key_policy(account: str, partition: str) -> str:
    """The policy of the topics' key: the account decides on it, and SNS may use it for events that it publishes."""
    return policy_document(
        [
            {**_allow("Account", ["kms:*"], "*"), "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}},
            {
                **_allow("Events", ["kms:Decrypt", "kms:GenerateDataKey"], "*"),
                "Principal": {"Service": "sns.amazonaws.com"},
            },
        ]
    )


def log_policy(log_group_arns: Sequence[str]) -> str:
    """The policy of SNS's role that writes the logs of deliveries."""
    streams = [f"{arn}:*" for arn in log_group_arns]
    return policy_document(
        [
            # SNS looks for the group by trying to make it.
            _allow("Groups", ["logs:CreateLogGroup"], log_group_arns),
            _allow("Events", ["logs:CreateLogStream", "logs:PutLogEvents"], streams),
        ]
    )


def _allow(sid: str, actions: Sequence[str], resource: str | Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": resource}
