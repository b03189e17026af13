"""The platform applications of mobile push, and the logs of what became of each message.

See https://docs.aws.amazon.com/sns/latest/dg/mobile-push-send-register.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-msg-status.html.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.push_access import log_policy
from tenfold.push_arguments import (
    MobilePushApplicationArgs,
    MobilePushArgs,
    MobilePushEvent,
    logs_deliveries,
)
from tenfold.push_credentials import (
    MobilePushPlatform,
    PlatformCredentials,
    platform_credentials,
    secret_document,
)
from tenfold.role_policies import service_trust

_AWS_NAMES = {MobilePushPlatform.FCM: "GCM"}
_EVENT_PROPERTIES = {
    MobilePushEvent.CREATED: "event_endpoint_created_topic_arn",
    MobilePushEvent.UPDATED: "event_endpoint_updated_topic_arn",
    MobilePushEvent.DELETED: "event_endpoint_deleted_topic_arn",
    MobilePushEvent.FAILED: "event_delivery_failure_topic_arn",
}


def platform_name(application: MobilePushApplicationArgs) -> str:
    """AWS's name of an application's platform: `APNS_SANDBOX`."""
    name = _AWS_NAMES.get(application["platform"], application["platform"].value.upper())
    return f"{name}_SANDBOX" if application.get("sandbox", False) else name


def platform_applications(
    component: pulumi.ComponentResource, args: MobilePushArgs, events: Mapping[MobilePushEvent, aws.sns.Topic]
) -> dict[str, aws.sns.PlatformApplication]:
    """The application on each platform, by its name in the arguments."""
    role = _delivery_role(component) if logs_deliveries(args) else None
    reports = {
        **{_EVENT_PROPERTIES[event]: topic.arn for event, topic in events.items()},
        **_delivery_reports(args, role),
    }
    applications = {
        key: _application(component, key, application, args, reports)
        for key, application in args["applications"].items()
    }
    if role:
        _delivery_logs(component, args, role, applications)
    return applications


def _application(
    component: pulumi.ComponentResource,
    key: str,
    application: MobilePushApplicationArgs,
    args: MobilePushArgs,
    reports: Mapping[str, pulumi.Input[str]],
) -> aws.sns.PlatformApplication:
    platform = application["platform"]
    source = "credentials" if "credentials" in application else "secret_arn"
    document = pulumi.Output.from_input(
        application["credentials"]
        if "credentials" in application
        else secret_document(component, application.get("secret_arn", ""))
    )
    found = platform_credentials(f"applications.{key}.{source}", platform, document)
    return aws.sns.PlatformApplication(
        f"{component.pulumi_resource_name}-application-{key}",
        platform=platform_name(application),
        platform_credential=found.apply(lambda credentials: credentials.credential),
        **_identity(platform, found),
        **reports,
        opts=pulumi.ResourceOptions(
            parent=component,
            # Where it is not protected by itself it is as its component is.
            protect=True if args.get("deletion_protection", True) else None,
        ),
    )


def _identity(platform: MobilePushPlatform, found: pulumi.Output[PlatformCredentials]) -> dict[str, Any]:
    """Who signs in; a service account says it in its key file."""
    if platform is MobilePushPlatform.FCM:
        return {}
    principal = {"platform_principal": found.apply(lambda credentials: credentials.principal)}
    if platform is not MobilePushPlatform.APNS:
        return principal
    # Apple publishes both ids; as secrets, nobody could see in a preview that one is wrong.
    ids = pulumi.Output.unsecret(found)
    return {
        **principal,
        "apple_platform_team_id": ids.apply(lambda credentials: credentials.team_id),
        "apple_platform_bundle_id": ids.apply(lambda credentials: credentials.bundle_id),
    }


def _delivery_role(component: pulumi.ComponentResource) -> aws.iam.Role:
    name = component.pulumi_resource_name
    return aws.iam.Role(
        f"{name}-delivery-role",
        description=f"SNS, which logs the deliveries of {name}",
        assume_role_policy=service_trust("sns"),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _delivery_reports(args: MobilePushArgs, role: aws.iam.Role | None) -> dict[str, pulumi.Input[str]]:
    if role is None:
        return {}
    percent = pulumi.Output.from_input(args.get("delivery_logs", {}).get("success_percent", 5))
    return {
        "success_feedback_role_arn": role.arn,
        "failure_feedback_role_arn": role.arn,
        "success_feedback_sample_rate": percent.apply(lambda found: str(int(found))),
    }


def _delivery_logs(
    component: pulumi.ComponentResource,
    args: MobilePushArgs,
    role: aws.iam.Role,
    applications: Mapping[str, aws.sns.PlatformApplication],
) -> None:
    """The log groups that SNS would make itself, and keep for ever."""
    name = component.pulumi_resource_name
    groups = [
        aws.cloudwatch.LogGroup(
            f"{name}-{kind}-{key}",
            name=application.arn.apply(lambda arn, suffix=suffix: f"{_log_group(arn)}{suffix}"),
            retention_in_days=args.get("delivery_logs", {}).get("retention_days", 30),
            opts=pulumi.ResourceOptions(parent=component),
        )
        for key, application in applications.items()
        for kind, suffix in (("success-logs", ""), ("failure-logs", "/Failure"))
    ]
    aws.iam.RolePolicy(
        f"{name}-delivery-policy",
        role=role.name,
        policy=pulumi.Output.all(*(group.arn for group in groups)).apply(lambda arns: log_policy(sorted(arns))),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _log_group(application_arn: str) -> str:
    """The group in which SNS logs the deliveries of an application: `sns/eu-west-1/123456789012/app/APNS/shop`."""
    _, _, service, region, account, application = application_arn.split(":", 5)
    return f"{service}/{region}/{account}/{application}"
