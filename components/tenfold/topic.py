"""Fan-out: what happened is published once, and whoever must know is told, today's subscribers and tomorrow's.

*Scaling on AWS (Part 4): > One Million Users* takes notifications from Amazon SNS rather than building them: one
service publishes, and queues, functions, endpoints, mail addresses and phones get it, each at its own pace. This is one
such topic with all that it needs: who may publish, a place for what a subscriber did not get, and someone who is told.

See https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.errors import TenfoldError
from tenfold.grants import grant
from tenfold.topic_access import alarms_publish, key_policy, publisher_policy, topic_key, topic_policy
from tenfold.topic_alarms import topic_alarms
from tenfold.topic_arguments import TopicArgs, TopicSubscriberArgs, TopicThroughputScope
from tenfold.topic_delivery import delivery_logs, logged, logging_role, topic_delivery_policy
from tenfold.topic_faults import topic_rules
from tenfold.topic_subscriptions import Hub, Subscribed, subscribe

_CHILDREN: Children = {
    "topic": aws.sns.Topic,
    "topic-policy": aws.sns.TopicPolicy,
    "key": aws.kms.Key,
    "key-policy": aws.kms.KeyPolicy,
    "subscription": aws.sns.TopicSubscription,
    "dlq": aws.sqs.Queue,
    "dlq-policy": aws.sqs.QueuePolicy,
    "queue-policy": aws.sqs.QueuePolicy,
    "function-permission": aws.lambda_.Permission,
    "firehose-role": aws.iam.Role,
    "firehose-policy": aws.iam.RolePolicy,
    "delivery-role": aws.iam.Role,
    "delivery-policy": aws.iam.RolePolicy,
    "delivery-logs": aws.cloudwatch.LogGroup,
    "data-protection": aws.sns.DataProtectionPolicy,
    "failed-alarm": aws.cloudwatch.MetricAlarm,
    "lost-alarm": aws.cloudwatch.MetricAlarm,
    "attributes-alarm": aws.cloudwatch.MetricAlarm,
    "body-alarm": aws.cloudwatch.MetricAlarm,
    "dlq-alarm": aws.cloudwatch.MetricAlarm,
    "publish-grant": aws.iam.RolePolicy,
}
_SCOPES = {TopicThroughputScope.MESSAGE_GROUP: "MessageGroup", TopicThroughputScope.TOPIC: "Topic"}


class Topic(pulumi.ComponentResource):
    """A topic, its subscribers by name, and the policies of those who publish.

    By default messages are encrypted with a key of the topic's own, come over TLS alone, and from the topic's account:
    from roles whose policy says so, and from its CloudWatch alarms. What a subscriber cannot be given after all tries
    is kept in a dead-letter queue of its own for 14 days. There are alarms on deliveries that fail, on dead letters, on
    what is lost, and on messages that no filter can read.

    A subscriber is a queue, a function, an HTTPS endpoint, a mail address, a phone or a Firehose stream, with a filter
    of its own. What a subscriber needs is made with it: the policy of a queue that has none, the permission to call a
    function, the role that writes to a stream.
    """

    topic_arn: pulumi.Output[str]
    """The topic's ARN."""
    topic_name: pulumi.Output[str]
    """The topic's name on AWS; that of a FIFO topic ends in `.fifo`."""
    kms_key_arn: pulumi.Output[str]
    """The ARN of the key that encrypts messages; empty without one."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that publishes: `<NAME>_TOPIC_ARN`, the component's name in capitals."""
    publisher_policy_json: pulumi.Output[str]
    """The IAM policy of those who publish."""
    subscription_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the subscriptions by their subscriber's name, those of the argument `subscribers`."""
    dlq_urls: pulumi.Output[dict[str, str]]
    """The URLs of the dead-letter queues by their subscriber's name."""
    dlq_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the dead-letter queues by their subscriber's name."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms, by the kind of alarm, and by kind and subscriber for those on dead letters."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Topic", name, TopicArgs, args, _CHILDREN, *topic_rules(name, _CHILDREN))
        super().__init__("tenfold:index:Topic", name, {**args}, inherited(name, args, _CHILDREN, opts))

        key = topic_key(self) if "kms_key_arn" not in args and args.get("own_kms_key", True) else None
        topic = _topic(self, args, key)
        _policies(self, args, topic, key)
        alarms = Alarms(self, args)
        topic_alarms(alarms, name, topic)
        self._args, self._hub = args, Hub(self, topic, alarms, args.get("fifo", False))
        made = {key: subscribe(self._hub, key, each) for key, each in sorted(args.get("subscribers", {}).items())}

        self.topic_arn = topic.arn
        self.topic_name = topic.name
        self.kms_key_arn = pulumi.Output.from_input(args.get("kms_key_arn", key.arn if key else ""))
        self.environment = topic.arn.apply(lambda arn: {variable(f"{name}_TOPIC_ARN"): arn})
        self.publisher_policy_json = pulumi.Output.all(topic.arn, self.kms_key_arn).apply(
            lambda arns: publisher_policy(arns[0], arns[1])
        )
        self.subscription_arns = _by_name({key: each.subscription.arn for key, each in made.items()})
        self.dlq_urls = _by_name({key: each.dlq.url for key, each in made.items() if each.dlq})
        self.dlq_arns = _by_name({key: each.dlq.arn for key, each in made.items() if each.dlq})
        self.alarm_arns = alarms.arns()
        self.register_outputs({output: getattr(self, output) for output in Topic.__annotations__})

    def grant_publish(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role publish."""
        return grant(self, "publish-grant", role, self.publisher_policy_json)

    def subscribe(
        self, subscriber_name: str, subscriber: TopicSubscriberArgs, opts: pulumi.ResourceOptions | None = None
    ) -> Subscribed:
        """Adds a subscriber that could not be there before the topic, such as a queue whose policy names it.

        Args:
            subscriber_name: The subscriber's name, as in the argument `subscribers`.
            subscriber: The subscriber, as there.
            opts: What it must wait for: `pulumi.ResourceOptions(depends_on=[jobs])`.

        Returns:
            Its subscription and its dead-letter queue, which are among no output of the topic.

        Raises:
            ArgumentError: Something is wrong with the subscriber.
            TenfoldError: There is a subscriber of this name.
        """
        name, subscribers = self.pulumi_resource_name, self._args.get("subscribers", {})
        if subscriber_name in subscribers:
            raise TenfoldError(f"Topic {name!r} has a subscriber {subscriber_name!r} already; give another name.")
        wanted = {**self._args, "subscribers": {**subscribers, subscriber_name: subscriber}}
        self._args = checked("Topic", name, TopicArgs, wanted, _CHILDREN, *topic_rules(name, _CHILDREN))
        return subscribe(self._hub, subscriber_name, self._args.get("subscribers", {})[subscriber_name], opts)


def _topic(component: Topic, args: TopicArgs, key: aws.kms.Key | None) -> aws.sns.Topic:
    logs = args.get("delivery_logs")
    role = None if logs is None else logging_role(component)
    topic = aws.sns.Topic(
        f"{component.pulumi_resource_name}-topic",
        display_name=args.get("display_name"),
        kms_master_key_id=args.get("kms_key_arn", key.arn if key else None),
        # With SHA-256, where version 1 signs with SHA-1.
        signature_version=2,
        delivery_policy=topic_delivery_policy(args["https_delivery"]) if "https_delivery" in args else None,
        **_type(args),
        **(logged(logs, role) if logs is not None and role else {}),
        opts=pulumi.ResourceOptions(parent=component),
    )
    if logs is not None and role:
        delivery_logs(component, topic, role, logs)
    return topic


def _type(args: TopicArgs) -> dict[str, Any]:
    """Standard or FIFO."""
    if not args.get("fifo", False):
        return {"tracing_config": "Active" if args.get("tracing", True) else "PassThrough"}
    archive = {"MessageRetentionPeriod": args.get("archive_days")}
    return {
        "fifo_topic": True,
        "content_based_deduplication": args.get("content_based_deduplication"),
        "fifo_throughput_scope": _SCOPES[args.get("throughput_scope", TopicThroughputScope.MESSAGE_GROUP)],
        "archive_policy": pulumi.Output.json_dumps(archive) if "archive_days" in args else None,
    }


def _policies(component: Topic, args: TopicArgs, topic: aws.sns.Topic, key: aws.kms.Key | None) -> None:
    """Who may do what with the topic and its key, and what SNS looks for in messages."""
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    alarms = alarms_publish(args)
    publishers = pulumi.Output.from_input(args.get("publishers", {}))
    aws.sns.TopicPolicy(
        f"{name}-topic-policy",
        arn=topic.arn,
        policy=pulumi.Output.all(topic.arn, publishers).apply(lambda found: topic_policy(*found, alarms=alarms)),
        opts=opts,
    )
    if key:
        aws.kms.KeyPolicy(
            f"{name}-key-policy",
            key_id=key.id,
            policy=pulumi.Output.all(key.arn, topic.arn, publishers).apply(
                lambda found: key_policy(*found, alarms=alarms)
            ),
            opts=opts,
        )
    if "data_protection_policy_json" in args:
        policy = args["data_protection_policy_json"]
        aws.sns.DataProtectionPolicy(f"{name}-data-protection", arn=topic.arn, policy=policy, opts=opts)


def _by_name(values: dict[str, pulumi.Output[str]]) -> pulumi.Output[dict[str, str]]:
    return pulumi.Output.all(values).apply(lambda found: {**found[0]})
