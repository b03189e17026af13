"""The alarms on mobile push.

See https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity, computed

# Single devices that are gone fail every day. Below so many messages in five minutes, they would be a large share.
_LEAST_MESSAGES = 20
_FAILED = (
    f"IF(FILL(failed, 0) + FILL(delivered, 0) >= {_LEAST_MESSAGES},"
    " 100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(delivered, 0)), 0)"
)


def failure_alarms(alarms: Alarms, name: str, applications: Mapping[str, aws.sns.PlatformApplication]) -> None:
    """An alarm for each application whose messages do not arrive."""
    for key, application in applications.items():
        alarms.add(
            "failure-alarm",
            f"More than a quarter of the messages of {name} to {key} do not reach its platform: see the failures in its"
            " delivery logs. Credentials may be wrong, withdrawn, or a certificate at its end.",
            AlarmSeverity.CRITICAL,
            key=key,
            metric_queries=computed(
                _FAILED,
                "Messages that failed, in percent",
                {"failed": "NumberOfNotificationsFailed", "delivered": "NumberOfNotificationsDelivered"},
                namespace="AWS/SNS",
                dimensions={"Application": application.name, "Platform": application.platform},
                period=300,
            ),
            evaluation_periods=3,
            threshold=25,
        )


def event_alarm(alarms: Alarms, name: str, failures: pulumi.Output[str]) -> None:
    """An alarm on a topic of failures whose events do not arrive where devices are removed."""
    alarms.add(
        "event-alarm",
        f"What SNS tells of devices of {name} that are gone does not reach the queue of its cleaner: see the policies"
        " of the queue and of its key.",
        namespace="AWS/SNS",
        metric_name="NumberOfNotificationsFailed",
        dimensions={"TopicName": failures},
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        threshold=0,
    )
