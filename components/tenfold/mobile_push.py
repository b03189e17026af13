"""Don't reinvent the wheel: messages to devices go out by Amazon SNS, which knows how to reach each platform.

*Scaling on AWS (Part 4): > One Million Users* takes SNS for mobile push, as services that AWS runs need no scaling by
us. This is all that an app needs of it: an application on each platform, whoever registers and pushes with permissions
for these alone, audiences that are told something at once, and the removal of devices that are gone.

See https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-application-as-subscriber.html.
"""

import json
from collections.abc import Mapping
from typing import cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.errors import TenfoldError
from tenfold.grants import grant
from tenfold.push_access import broadcast_policy, push_policy, register_policy
from tenfold.push_alarms import event_alarm, failure_alarms
from tenfold.push_applications import platform_applications
from tenfold.push_arguments import MobilePushArgs, MobilePushEvent, cleans, concealed, push_rules
from tenfold.push_cleaner import cleaner
from tenfold.push_topics import audience_topics, event_topics, topic_key
from tenfold.queue_service import QUEUE_ACTING, QUEUE_CHILDREN, QueueService

_CHILDREN: Children = {
    "application": aws.sns.PlatformApplication,
    "key": aws.kms.Key,
    "event": aws.sns.Topic,
    "event-policy": aws.sns.TopicPolicy,
    "broadcast": aws.sns.Topic,
    "broadcast-policy": aws.sns.TopicPolicy,
    "delivery-role": aws.iam.Role,
    "delivery-policy": aws.iam.RolePolicy,
    "success-logs": aws.cloudwatch.LogGroup,
    "failure-logs": aws.cloudwatch.LogGroup,
    "failure-alarm": aws.cloudwatch.MetricAlarm,
    "event-alarm": aws.cloudwatch.MetricAlarm,
    "register-grant": aws.iam.RolePolicy,
    "push-grant": aws.iam.RolePolicy,
    "broadcast-grant": aws.iam.RolePolicy,
}


class MobilePush(pulumi.ComponentResource):
    """Mobile push: applications on Apple's, Google's and other platforms, audiences, and no devices that are gone.

    Credentials come from Secrets Manager, or as secrets of Pulumi; no message, log, output or state shows them, and new
    ones change an application in place. Another platform, or Apple's sandbox in place of production, replaces an
    application, with which the tokens of all its devices are lost: Pulumi refuses to, unless `deletion_protection` is
    off. Give the new one a name of its own, and let devices register with it.

    By default SNS tells of each device that was registered, changed or removed, and of each message to one device that
    cannot be delivered, by encrypted topics. A function removes devices that are gone, with their subscriptions, and
    leaves those that have registered again meanwhile; its queue `<name>-cleaner` is a `QueueService` and has the alarms
    of one. SNS tells of messages to one device alone, so a device that is only broadcast to is not found to be gone.
    All failures and some of the deliveries are logged. An alarm for each application tells of many messages that do not
    arrive, as with credentials that were withdrawn.

    A token of Apple does not expire. A certificate does after a year, and SNS warns nobody: prefer a token.

    The module `app/push` of this repository registers devices and sends messages as AWS recommends, by the variables in
    `environment`.
    """

    application_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the applications by their names."""
    event_topic_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the topics that SNS tells of devices, by event: `failed`."""
    broadcast_topic_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the topics of audiences, by their names."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it, the component's name in capitals: `<NAME>_PUSH_APPLICATIONS`
    and `<NAME>_PUSH_TOPICS`, each a JSON object of ARNs by names."""
    register_policy_json: pulumi.Output[str]
    """The IAM policy of those who register devices, remove them, and subscribe them to audiences."""
    push_policy_json: pulumi.Output[str]
    """The IAM policy of those who send messages to single devices."""
    broadcast_policy_json: pulumi.Output[str]
    """The IAM policy of those who send messages to audiences; empty without any."""
    cleaner_function_name: pulumi.Output[str]
    """The function that removes devices; empty without one."""
    cleaner_dlq_url: pulumi.Output[str]
    """The URL of the queue of failures that could not be worked on; empty without a cleaner."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind and application, those of the cleaner after it: `failure-alarm-ios`,
    `cleaner/dlq-alarm`."""

    def __init__(self, name: str, args: MobilePushArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = push_rules(name, args, alarm_children={**_CHILDREN, **QUEUE_CHILDREN}, acting=QUEUE_ACTING)
        args = checked("MobilePush", name, MobilePushArgs, concealed(args), _CHILDREN, *rules)
        super().__init__("tenfold:index:MobilePush", name, {**args}, inherited(name, args, _CHILDREN, opts))

        key_arn = topic_key(self, args)
        events = event_topics(self, args, key_arn)
        applications = platform_applications(self, args, events)
        audiences = audience_topics(self, args, key_arn)
        self.application_arns = _by_name({key: each.arn for key, each in applications.items()})
        self.broadcast_topic_arns = _by_name({key: each.arn for key, each in audiences.items()})
        cleaning = _cleaner(self, args, events)
        self.alarm_arns = _alarms(self, args, applications, events, cleaning)

        arns, topics = self.application_arns, self.broadcast_topic_arns
        self.event_topic_arns = _by_name({event.value: topic.arn for event, topic in events.items()})
        self.environment = pulumi.Output.all(arns, topics).apply(lambda found: _environment(name, *found))
        self.register_policy_json = pulumi.Output.all(arns, topics).apply(lambda found: register_policy(*found))
        self.push_policy_json = arns.apply(push_policy)
        self.broadcast_policy_json = pulumi.Output.all(topics, key_arn).apply(lambda found: broadcast_policy(*found))
        nothing = pulumi.Output.from_input("")
        self.cleaner_function_name = cleaning.worker_function_name if cleaning else nothing
        self.cleaner_dlq_url = cleaning.dlq_url if cleaning else nothing
        self.register_outputs({output: getattr(self, output) for output in MobilePush.__annotations__})
        self._has_audiences = bool(audiences)

    def grant_register(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role register devices, remove them, and subscribe them to audiences."""
        return grant(self, "register-grant", role, self.register_policy_json)

    def grant_push(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send messages to single devices."""
        return grant(self, "push-grant", role, self.push_policy_json)

    def grant_broadcast(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send messages to audiences.

        Raises:
            TenfoldError: There is none.
        """
        if not self._has_audiences:
            raise TenfoldError(f"MobilePush {self.pulumi_resource_name!r} has no audience; name one in `broadcast`.")
        return grant(self, "broadcast-grant", role, self.broadcast_policy_json)


def _by_name(arns: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[dict[str, str]]:
    return pulumi.Output.from_input(dict(arns)).apply(lambda found: cast("dict[str, str]", found))


def _cleaner(
    push: MobilePush, args: MobilePushArgs, events: Mapping[MobilePushEvent, aws.sns.Topic]
) -> QueueService | None:
    if not cleans(args):
        return None
    return cleaner(push, args, events[MobilePushEvent.FAILED], push.application_arns, push.broadcast_topic_arns)


def _alarms(
    push: MobilePush,
    args: MobilePushArgs,
    applications: Mapping[str, aws.sns.PlatformApplication],
    events: Mapping[MobilePushEvent, aws.sns.Topic],
    cleaning: QueueService | None,
) -> pulumi.Output[dict[str, str]]:
    alarms, name = Alarms(push, args), push.pulumi_resource_name
    failure_alarms(alarms, name, applications)
    if cleaning is None:
        return alarms.arns()
    event_alarm(alarms, name, events[MobilePushEvent.FAILED].name)
    return alarms.arns({"cleaner": cleaning.alarm_arns})


def _environment(name: str, applications: Mapping[str, str], topics: Mapping[str, str]) -> dict[str, str]:
    return {
        variable(f"{name}_PUSH_APPLICATIONS"): json.dumps(applications, sort_keys=True),
        variable(f"{name}_PUSH_TOPICS"): json.dumps(topics, sort_keys=True),
    }
