"""Rules of decoupling by events, each on programs that it passes and programs that it refuses."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses

SINK = "arn:aws:sqs:us-east-1:123456789012:dead"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
ROLE = "arn:aws:iam::123456789012:role/worker"
REDRIVE = json.dumps({"deadLetterTargetArn": SINK})
ONE_SOURCE = "a condition on aws:SourceArn beside it"


def later(value: Any) -> pulumi.Output[Any]:
    """A value that only the update tells."""
    return aws.ec2.Vpc("later", cidr_block="10.9.0.0/16").id.apply(lambda _: value)


def function(**properties: Any) -> aws.lambda_.Function:
    return aws.lambda_.Function("worker", role=ROLE, **properties)


def mapping(source: Any = STREAM, **properties: Any) -> None:
    aws.lambda_.EventSourceMapping("clicks", event_source_arn=source, function_name="worker", **properties)


def careful_mapping(**properties: Any) -> None:
    arguments: Any = {"destination_config": {"on_failure": {"destination_arn": SINK}}, "maximum_retry_attempts": 5}
    mapping(**(arguments | properties))


def of_queue() -> None:
    mapping(aws.sqs.Queue("jobs").arn)


def called(by: str = "topic", **properties: Any) -> None:
    worker = function(**properties)
    if by == "topic":
        aws.sns.TopicSubscription("news", topic="arn:topic", protocol="lambda", endpoint=worker.arn)
    elif by == "rule":
        aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=worker.arn)
    elif by == "bucket":
        notified: Any = [{"lambda_function_arn": worker.arn, "events": ["s3:ObjectCreated:*"]}]
        aws.s3.BucketNotification("uploads", bucket="uploads", lambda_functions=notified)
    elif by == "alias":
        live = aws.lambda_.Alias("live", function_name=worker.name, function_version="1")
        aws.sns.TopicSubscription("news", topic="arn:topic", protocol="lambda", endpoint=live.arn)
    elif by == "something that the update tells":
        aws.sns.TopicSubscription("news", topic="arn:topic", protocol="lambda", endpoint=later("arn:elsewhere"))


def configured() -> None:
    worker = function()
    aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=worker.arn)
    kept: Any = {"on_failure": {"destination": SINK}}
    aws.lambda_.FunctionEventInvokeConfig("kept", function_name=worker.name, destination_config=kept)


def subscription(protocol: Any = "sqs", **properties: Any) -> None:
    aws.sns.TopicSubscription("news", topic="arn:topic", protocol=protocol, endpoint="there", **properties)


def to_own_queue() -> None:
    aws.sns.TopicSubscription("news", topic="arn:topic", protocol="sqs", endpoint=aws.sqs.Queue("jobs").arn)


def target(**properties: Any) -> None:
    aws.cloudwatch.EventTarget("nightly", rule="nightly", arn="arn:there", **properties)


def schedule(**to: Any) -> None:
    target: Any = {"arn": "arn:there", "role_arn": ROLE, **to}
    aws.scheduler.Schedule(
        "nightly", schedule_expression="rate(1 day)", flexible_time_window={"mode": "OFF"}, target=target
    )


def policy(principal: Any, condition: Any = None, effect: str = "Allow", told: bool = True) -> None:
    statement = {"Effect": effect, "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.sqs.QueuePolicy("jobs", queue_url="https://jobs", policy=text if told else later(text))


BY_ARN = {"ArnEquals": {"aws:SourceArn": "arn:topic"}}


def of_table() -> None:
    key: Any = [{"name": "id", "type": "S"}]
    table = aws.dynamodb.Table("orders", hash_key="id", attributes=key, stream_enabled=True)
    mapping(pulumi.Output.concat(table.arn, "/stream/2026-07-01T00:00:00.000"))


def of_brokers() -> None:
    aws.lambda_.EventSourceMapping(
        "clicks",
        self_managed_event_source={"endpoints": {"KAFKA_BOOTSTRAP_SERVERS": "kafka.example.com:9092"}},
        topics=["clicks"],
        function_name="worker",
    )


def subscribed(protocol: Any, endpoint: Any) -> None:
    aws.sns.TopicSubscription("news", topic="arn:topic", protocol=protocol, endpoint=endpoint)


def called_by_two(*, also: Any = None) -> None:
    """A function that a rule and a topic call, and maybe another topic."""
    worker = function()
    aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=worker.arn)
    aws.sns.TopicSubscription("clicks", topic="arn:topic", protocol="lambda", endpoint=worker.arn)
    if also:
        subscribed("lambda", also)


def called_by_alias(by: str) -> None:
    live = aws.lambda_.Alias("live", function_name=function().name, function_version="1")
    if by == "rule":
        aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=live.arn)
    else:
        notified: Any = [{"lambda_function_arn": live.arn, "events": ["s3:ObjectCreated:*"]}]
        aws.s3.BucketNotification("uploads", bucket="uploads", lambda_functions=notified)


def configured_without_place() -> None:
    worker = function()
    aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=worker.arn)
    aws.lambda_.FunctionEventInvokeConfig("tries", function_name=worker.name, maximum_retry_attempts=1)


def called_by_what_the_update_tells(by: str) -> None:
    """Beside a function, a caller whose target is known after the update alone, and is none of the stack's."""
    function()
    if by == "rule":
        aws.cloudwatch.EventTarget("nightly", rule="nightly", arn=later("arn:elsewhere"))
    elif by == "bucket":
        notified: Any = later([{"lambdaFunctionArn": "arn:elsewhere", "events": ["s3:ObjectCreated:*"]}])
        aws.s3.BucketNotification("uploads", bucket="uploads", lambda_functions=notified)
    elif by == "protocol":
        subscribed(later("lambda"), later("arn:elsewhere"))


def scheduled_later() -> None:
    kept: Any = later({"arn": "arn:there", "roleArn": ROLE, "deadLetterConfig": {"arn": SINK}})
    aws.scheduler.Schedule(
        "nightly", schedule_expression="rate(1 day)", flexible_time_window={"mode": "OFF"}, target=kept
    )


def two_statements(*services: str) -> None:
    text = [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": "*"}
        for service in services
    ]
    aws.sqs.QueuePolicy("jobs", queue_url="https://jobs", policy=json.dumps({"Statement": text}))


STUCK = (
    "clicks",
    "destinationConfig.onFailure.destinationArn",
    "nothing",
    "a queue or topic for records that fail",
)
ENDLESS = ("clicks", "maximumRetryAttempts", "no limit", "a number of tries, or an age in maximumRecordAgeInSeconds")
NO_PLACE = "a queue or topic for events that fail"
CASES = [
    passes("dec-esm-on-failure", "an end and a place", careful_mapping),
    passes(
        "dec-esm-on-failure",
        "an age",
        lambda: careful_mapping(maximum_retry_attempts=None, maximum_record_age_in_seconds=600),
    ),
    passes("dec-esm-on-failure", "a queue", of_queue),
    passes(
        "dec-esm-on-failure",
        "a number that the update tells",
        lambda: careful_mapping(maximum_retry_attempts=later(5)),
        left=("clicks",),
    ),
    refuses(
        "dec-esm-on-failure",
        "the default",
        mapping,
        (
            "clicks",
            "destinationConfig.onFailure.destinationArn",
            "nothing",
            "a queue or topic for records that fail",
        ),
        (
            "clicks",
            "maximumRetryAttempts",
            "no limit",
            "a number of tries, or an age in maximumRecordAgeInSeconds",
        ),
    ),
    refuses(
        "dec-esm-on-failure",
        "tries without end",
        lambda: careful_mapping(maximum_retry_attempts=-1),
        ("clicks", "maximumRetryAttempts", "-1", "a number of tries, or an age in maximumRecordAgeInSeconds"),
    ),
    passes("dec-lambda-async-failure", "a queue", lambda: called(dead_letter_config={"target_arn": SINK})),
    passes("dec-lambda-async-failure", "a destination", configured),
    passes(
        "dec-lambda-async-failure",
        "a topic that calls what the update tells",
        lambda: called("something that the update tells"),
        left=("worker",),
    ),
    passes("dec-lambda-async-failure", "called by nobody that waits for no answer", function),
    *(
        refuses(
            "dec-lambda-async-failure",
            f"called by a {by}",
            lambda by=by: called(by),
            (
                "worker",
                "deadLetterConfig.targetArn",
                f"no place for events of {caller}",
                "a queue or topic for events that fail",
            ),
        )
        for by, caller in (("topic", "news"), ("rule", "nightly"), ("bucket", "uploads"), ("alias", "news"))
    ),
    passes("dec-sns-subscription-dlq", "a queue for dead letters", lambda: subscription(redrive_policy=REDRIVE)),
    passes("dec-sns-subscription-dlq", "mail", lambda: subscription("email")),
    passes("dec-sns-subscription-dlq", "a queue of the stack", to_own_queue),
    passes(
        "dec-sns-subscription-dlq",
        "a protocol that the update tells",
        lambda: subscription(later("email")),
        left=("news",),
    ),
    refuses(
        "dec-sns-subscription-dlq",
        "a queue of another stack",
        subscription,
        ("news", "redrivePolicy", "nothing", "a dead-letter queue"),
    ),
    passes("dec-event-rule-dlq", "a rule's target", lambda: target(dead_letter_config={"arn": SINK})),
    passes("dec-event-rule-dlq", "a schedule's", lambda: schedule(dead_letter_config={"arn": SINK})),
    passes(
        "dec-event-rule-dlq", "a queue that the update tells", lambda: target(dead_letter_config={"arn": later(SINK)})
    ),
    refuses(
        "dec-event-rule-dlq",
        "a rule's target without",
        target,
        ("nightly", "deadLetterConfig.arn", "nothing", "a dead-letter queue"),
    ),
    refuses(
        "dec-event-rule-dlq",
        "a schedule without",
        schedule,
        ("nightly", "target.deadLetterConfig.arn", "nothing", "a dead-letter queue"),
    ),
    passes("dec-sns-to-sqs-not-direct", "a queue", subscription),
    passes("dec-sns-to-sqs-not-direct", "a function", lambda: subscription("lambda")),
    passes(
        "dec-sns-to-sqs-not-direct",
        "a protocol that the update tells",
        lambda: subscription(later("sqs")),
        left=("news",),
    ),
    refuses(
        "dec-sns-to-sqs-not-direct",
        "a server",
        lambda: subscription("http"),
        ("news", "protocol", '"http"', '"sqs"'),
    ),
    refuses(
        "dec-sns-to-sqs-not-direct",
        "a function where a queue is asked for",
        lambda: subscription("lambda"),
        ("news", "protocol", '"lambda"', '"sqs"'),
        refusedProtocols=["http", "https", "lambda"],
    ),
    passes("dec-queue-policy-source", "a topic", lambda: policy({"Service": "sns.amazonaws.com"}, BY_ARN)),
    passes("dec-queue-policy-source", "a role", lambda: policy({"AWS": ROLE})),
    passes("dec-queue-policy-source", "a denial", lambda: policy("*", effect="Deny")),
    passes("dec-queue-policy-source", "told by the update", lambda: policy({"AWS": ROLE}, told=False), left=("jobs",)),
    refuses(
        "dec-queue-policy-source",
        "every topic of every account",
        lambda: policy({"Service": "sns.amazonaws.com"}),
        ("jobs", "policy.Statement[0].Principal", '"sns.amazonaws.com"', ONE_SOURCE),
    ),
    refuses(
        "dec-queue-policy-source",
        "everyone",
        lambda: policy({"AWS": "*"}, {"Bool": {"aws:SecureTransport": "true"}}),
        ("jobs", "policy.Statement[0].Principal", "everyone", ONE_SOURCE),
    ),
    refuses(
        "dec-queue-policy-source",
        "every rule of every account, in the queue's own policy",
        lambda: aws.sqs.Queue(
            "mails",
            policy=json.dumps(
                {
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*"}
                    ]
                }
            ),
        ),
        ("mails", "policy.Statement[0].Principal", '"events.amazonaws.com"', ONE_SOURCE),
    ),
    *(
        refuses("dec-esm-on-failure", title, program, STUCK, ENDLESS)
        for title, program in (
            ("the default, at a stream of the stack", lambda: mapping(aws.kinesis.Stream("clicks", shard_count=1).arn)),
            ("the default, at a table of the stack", of_table),
            (
                "the default, at a table of another stack",
                lambda: mapping("arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-07-01T00:00:00.000"),
            ),
        )
    ),
    refuses(
        "dec-esm-on-failure",
        "a place without an end",
        lambda: careful_mapping(maximum_retry_attempts=None),
        ENDLESS,
    ),
    refuses(
        "dec-esm-on-failure",
        "an age without end",
        lambda: careful_mapping(maximum_retry_attempts=None, maximum_record_age_in_seconds=-1),
        ENDLESS,
    ),
    refuses(
        "dec-esm-on-failure",
        "an end without a place",
        lambda: mapping(maximum_retry_attempts=0),
        STUCK,
    ),
    passes("dec-esm-on-failure", "no try after the first", lambda: careful_mapping(maximum_retry_attempts=0)),
    passes("dec-esm-on-failure", "brokers of one's own", of_brokers),
    passes(
        "dec-esm-on-failure", "a queue of another stack", lambda: mapping("arn:aws:sqs:us-east-1:123456789012:jobs")
    ),
    passes(
        "dec-esm-on-failure",
        "what the update tells",
        lambda: mapping(later("arn:aws:sqs:us-east-1:123456789012:jobs")),
        left=("clicks",),
    ),
    refuses(
        "dec-lambda-async-failure",
        "called by two",
        called_by_two,
        ("worker", "deadLetterConfig.targetArn", "no place for events of clicks, nightly", NO_PLACE),
    ),
    refuses(
        "dec-lambda-async-failure",
        "called by two, and maybe by a third",
        lambda: called_by_two(also=later("arn:elsewhere")),
        ("worker", "deadLetterConfig.targetArn", "no place for events of clicks, nightly", NO_PLACE),
    ),
    *(
        refuses(
            "dec-lambda-async-failure",
            f"called by a {by}, by an alias",
            lambda by=by: called_by_alias(by),
            ("worker", "deadLetterConfig.targetArn", f"no place for events of {caller}", NO_PLACE),
        )
        for by, caller in (("rule", "nightly"), ("bucket", "uploads"))
    ),
    refuses(
        "dec-lambda-async-failure",
        "a configuration that names no place",
        configured_without_place,
        ("worker", "deadLetterConfig.targetArn", "no place for events of nightly", NO_PLACE),
    ),
    *(
        passes(
            "dec-lambda-async-failure",
            f"a {by} that the update tells",
            lambda by=by: called_by_what_the_update_tells(by),
            left=("worker",),
        )
        for by in ("rule", "bucket", "protocol")
    ),
    passes(
        "dec-lambda-async-failure",
        "an address that the update tells, by another protocol",
        lambda: (function(), subscribed("https", later("https://shop.example.com"))),
    ),
    passes(
        "dec-lambda-async-failure",
        "a protocol that the update tells, of an address that is no function's",
        lambda: (function(), subscription(later("email"))),
    ),
    *(
        refuses(
            "dec-sns-subscription-dlq",
            f"by the protocol {protocol}",
            lambda protocol=protocol: subscription(protocol),
            ("news", "redrivePolicy", "nothing", "a dead-letter queue"),
        )
        for protocol in ("lambda", "http", "https", "firehose")
    ),
    passes("dec-event-rule-dlq", "a target that the update tells", scheduled_later, left=("nightly",)),
    refuses(
        "dec-queue-policy-source",
        "two services, of which each is told",
        lambda: two_statements("sns.amazonaws.com", "events.amazonaws.com"),
        ("jobs", "policy.Statement[0].Principal", '"sns.amazonaws.com"', ONE_SOURCE),
        ("jobs", "policy.Statement[1].Principal", '"events.amazonaws.com"', ONE_SOURCE),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
