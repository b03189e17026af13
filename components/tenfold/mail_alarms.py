"""The alarms of a mailer: a reputation that AWS takes away, mail that is not sent, and news of mail that is lost.

See https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity

CONFIGURATION_SET_TAG = "ses:configuration-set"
"""The tag that SES gives to each mail by itself, and the dimension of a configuration set's metrics."""
# From these on AWS puts an account under review; at 10 % and 0.5 % it may stop its sending.
_BOUNCE_REVIEW, _COMPLAINT_REVIEW = 0.05, 0.001
_QUOTA_SHARE = 0.8


def mail_alarms(
    alarms: Alarms,
    name: str,
    configuration_set_name: pulumi.Input[str],
    undelivered: aws.sqs.Queue,
    daily_quota: pulumi.Input[int] | None,
) -> None:
    """All alarms of a mailer itself; its queue and its table have their own."""
    of_set = {CONFIGURATION_SET_TAG: configuration_set_name}
    _reputation_alarms(alarms, name, of_set)
    _sending_alarms(alarms, name, of_set)
    _undelivered_alarm(alarms, name, undelivered)
    if daily_quota is not None:
        _quota_alarm(alarms, daily_quota)


def _reputation_alarms(alarms: Alarms, name: str, of_set: Mapping[str, Any]) -> None:
    # What the account comes to decides whether it may send; what this mailer adds to it tells where to look.
    of_account = "AWS puts the account under review, and may stop all of its mail"
    _rate_alarm(
        alarms,
        "bounce-rate-alarm",
        f"More than 5 % of the mail of {name} bounces: find out where its addresses come from, and prove them.",
        AlarmSeverity.WARNING,
        "Reputation.BounceRate",
        _BOUNCE_REVIEW,
        of_set,
    )
    _rate_alarm(
        alarms,
        "complaint-rate-alarm",
        f"More than 1 of 1000 mails of {name} is called spam: send it to those alone who asked for it.",
        AlarmSeverity.WARNING,
        "Reputation.ComplaintRate",
        _COMPLAINT_REVIEW,
        of_set,
    )
    _rate_alarm(
        alarms,
        "account-bounce-rate-alarm",
        f"More than 5 % of the account's mail bounces: {of_account}. Stop what sends to unproved addresses.",
        AlarmSeverity.CRITICAL,
        "Reputation.BounceRate",
        _BOUNCE_REVIEW,
        None,
    )
    _rate_alarm(
        alarms,
        "account-complaint-rate-alarm",
        f"More than 1 of 1000 of the account's mails is called spam: {of_account}. Stop what nobody asked for.",
        AlarmSeverity.CRITICAL,
        "Reputation.ComplaintRate",
        _COMPLAINT_REVIEW,
        None,
    )


def _rate_alarm(
    alarms: Alarms,
    kind: str,
    description: str,
    severity: AlarmSeverity,
    metric: str,
    threshold: float,
    dimensions: Mapping[str, Any] | None,
) -> None:
    alarms.add(
        kind,
        description,
        severity,
        namespace="AWS/SES",
        metric_name=metric,
        dimensions=dimensions,
        statistic="Average",
        period=3600,
        evaluation_periods=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=threshold,
        # SES tells a rate now and then; between two of them nothing has become better.
        treat_missing_data="ignore",
    )


def _sending_alarms(alarms: Alarms, name: str, of_set: Mapping[str, Any]) -> None:
    _mails_alarm(
        alarms,
        "rendering-failure-alarm",
        f"Mails of {name} are not sent, as their templates cannot be filled: see the logs of its function for which, "
        "and mend the template or what fills it.",
        "RenderingFailure",
        of_set,
    )
    _mails_alarm(
        alarms,
        "reject-alarm",
        f"SES finds a virus in mails of {name} and does not send them: see what is put into them.",
        "Reject",
        of_set,
    )


def _mails_alarm(alarms: Alarms, kind: str, description: str, metric: str, of_set: Mapping[str, Any]) -> None:
    alarms.add(
        kind,
        description,
        AlarmSeverity.CRITICAL,
        namespace="AWS/SES",
        metric_name=metric,
        dimensions=of_set,
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        threshold=0,
    )


def _undelivered_alarm(alarms: Alarms, name: str, undelivered: aws.sqs.Queue) -> None:
    alarms.add(
        "undelivered-alarm",
        f"News of bounces and complaints of {name} do not reach their queue, and wait in {name}-undelivered for 14 "
        "days: see the queue's policy and its key, and send them again.",
        AlarmSeverity.CRITICAL,
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": undelivered.name},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        threshold=0,
    )


def _quota_alarm(alarms: Alarms, daily_quota: pulumi.Input[int]) -> None:
    alarms.add(
        "quota-alarm",
        "The account has sent more than 80 % of the mails that AWS lets it send in a day: ask for a larger quota, or "
        "SES refuses the rest.",
        AlarmSeverity.WARNING,
        namespace="AWS/SES",
        metric_name="Send",
        statistic="Sum",
        period=86_400,
        evaluation_periods=1,
        threshold=pulumi.Output.from_input(daily_quota).apply(lambda quota: _QUOTA_SHARE * quota),
    )
