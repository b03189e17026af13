"""How deliveries go: how often HTTPS endpoints are tried, and which deliveries CloudWatch Logs holds.

See https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import policy_document
from tenfold.topic_access import sns_role
from tenfold.topic_arguments import TopicDeliveryLogsArgs, TopicDeliveryProtocol, TopicHttpsDeliveryArgs

_PREFIXES = {
    TopicDeliveryProtocol.APPLICATION: "application",
    TopicDeliveryProtocol.FIREHOSE: "firehose",
    TopicDeliveryProtocol.FUNCTION: "lambda",
    TopicDeliveryProtocol.HTTPS: "http",
    TopicDeliveryProtocol.QUEUE: "sqs",
}
_LOGS = {"success": "", "failure": "/Failure"}


def topic_delivery_policy(delivery: TopicHttpsDeliveryArgs) -> pulumi.Output[str]:
    """The topic's delivery policy, for endpoints that have none of their own."""
    rate = delivery.get("max_per_second")
    throttle = {} if rate is None else {"defaultThrottlePolicy": {"maxReceivesPerSecond": rate}}
    return pulumi.Output.json_dumps({"http": {"defaultHealthyRetryPolicy": _retries(delivery), **throttle}})


def subscriber_delivery_policy(delivery: TopicHttpsDeliveryArgs) -> pulumi.Output[str]:
    """An endpoint's own delivery policy."""
    rate = delivery.get("max_per_second")
    throttle = {} if rate is None else {"throttlePolicy": {"maxReceivesPerSecond": rate}}
    return pulumi.Output.json_dumps({"healthyRetryPolicy": _retries(delivery), **throttle})


def logged(delivery_logs: TopicDeliveryLogsArgs, role: aws.iam.Role) -> dict[str, Any]:
    """The topic's properties with which SNS logs deliveries by a role."""
    protocols = delivery_logs.get("protocols", [*TopicDeliveryProtocol])
    settings = {
        "success_feedback_role_arn": role.arn,
        "failure_feedback_role_arn": role.arn,
        "success_feedback_sample_rate": delivery_logs.get("success_percent", 0),
    }
    return {f"{_PREFIXES[each]}_{key}": value for each in protocols for key, value in settings.items()}


def logging_role(component: pulumi.ComponentResource) -> aws.iam.Role:
    """The role by which SNS logs deliveries."""
    return sns_role(component, "delivery-role", "SNS logs deliveries of a topic")


def delivery_logs(
    component: pulumi.ComponentResource, topic: aws.sns.Topic, role: aws.iam.Role, args: TopicDeliveryLogsArgs
) -> None:
    """The log groups of deliveries, and the role's policy, without which SNS would make them itself, for ever."""
    groups = {
        key: aws.cloudwatch.LogGroup(
            f"{component.pulumi_resource_name}-delivery-logs-{key}",
            name=topic.arn.apply(lambda arn, suffix=suffix: f"sns/{'/'.join(arn.split(':')[3:])}{suffix}"),
            retention_in_days=args.get("retention_days", 30),
            opts=pulumi.ResourceOptions(parent=component),
        )
        for key, suffix in _LOGS.items()
    }
    aws.iam.RolePolicy(
        f"{component.pulumi_resource_name}-delivery-policy",
        role=role.name,
        policy=pulumi.Output.all(*(group.arn for group in groups.values())).apply(_logging),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _logging(group_arns: Sequence[str]) -> str:
    # SNS asks for a group before it writes, also for one that is there.
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    return policy_document([{"Effect": "Allow", "Action": actions, "Resource": [f"{arn}:*" for arn in group_arns]}])


def _retries(delivery: TopicHttpsDeliveryArgs) -> Mapping[str, Any]:
    least = delivery.get("min_delay_seconds", 20)
    most = delivery.get("max_delay_seconds", pulumi.Output.from_input(least).apply(lambda seconds: max(seconds, 20)))
    return {
        "numRetries": delivery.get("retries", 3),
        "numNoDelayRetries": 0,
        "numMinDelayRetries": 0,
        "numMaxDelayRetries": 0,
        "minDelayTarget": least,
        "maxDelayTarget": most,
        "backoffFunction": delivery.get("backoff", "linear"),
    }
