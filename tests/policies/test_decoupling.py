"""Rules of decoupling, each on programs that it passes and programs that it refuses."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(name: str = "jobs", **properties: Any) -> aws.sqs.Queue:
    return aws.sqs.Queue(name, **properties)


def redrive(sink: aws.sqs.Queue, tries: object = 5) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"deadLetterTargetArn": sink.arn, "maxReceiveCount": tries})


def pair(
    source: dict[str, Any] | None = None,
    sink: dict[str, Any] | None = None,
    tries: object = 5,
    names: tuple[str, str] = ("jobs", "dead"),
) -> tuple[aws.sqs.Queue, aws.sqs.Queue]:
    dead = queue(names[1], **(sink or {}))
    return queue(names[0], redrive_policy=redrive(dead, tries), **(source or {})), dead


def separate_pair() -> tuple[aws.sqs.Queue, aws.sqs.Queue]:
    jobs, dead = queue("jobs"), queue("dead")
    aws.sqs.RedrivePolicy("redrive", queue_url=jobs.url, redrive_policy=redrive(dead))
    return jobs, dead


def queue_elsewhere() -> None:
    target = "arn:aws:sqs:us-east-1:123456789012:elsewhere"
    queue(redrive_policy=json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 5}))


def allowed(**sink: Any) -> None:
    jobs, dead = pair(sink=sink)
    aws.sqs.RedriveAllowPolicy(
        "allow",
        queue_url=dead.url,
        redrive_allow_policy=pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [jobs.arn]}),
    )


def reader(
    queue_properties: dict[str, Any] | None = None, timeout: int | None = 10, by_name: bool = False, **mapping: Any
) -> None:
    jobs = queue("jobs", **(queue_properties or {}))
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", timeout=timeout)
    aws.lambda_.EventSourceMapping(
        "mapping", event_source_arn=jobs.arn, function_name=worker.name if by_name else worker.arn, **mapping
    )


def stream_reader() -> None:
    stream = aws.kinesis.Stream("stream", shard_count=1)
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker")
    aws.lambda_.EventSourceMapping("mapping", event_source_arn=stream.arn, function_name=worker.arn)


def reader_by_alias(seconds: int) -> None:
    jobs = queue("jobs", visibility_timeout_seconds=seconds)
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", timeout=10)
    live = aws.lambda_.Alias("live", function_name=worker.name, function_version="1")
    aws.lambda_.EventSourceMapping("mapping", event_source_arn=jobs.arn, function_name=live.arn)


def foreign_reader() -> None:
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker")
    aws.lambda_.EventSourceMapping(
        "mapping", event_source_arn="arn:aws:sqs:us-east-1:123456789012:theirs", function_name=worker.arn
    )


def reader_of_one_of_two() -> None:
    jobs = queue("jobs", visibility_timeout_seconds=60)
    either = pulumi.Output.all(jobs.arn, queue("mails").arn).apply(lambda arns: arns[0])
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", timeout=10)
    aws.lambda_.EventSourceMapping("mapping", event_source_arn=either, function_name=worker.arn)


def alarmed(**alarm: Any) -> aws.cloudwatch.MetricAlarm:
    _, dead = pair()
    topic = aws.sns.Topic("oncall")
    properties: dict[str, Any] = {
        "namespace": "AWS/SQS",
        "metric_name": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": dead.name},
        "alarm_actions": [topic.arn],
    }
    return aws.cloudwatch.MetricAlarm(
        "alarm", comparison_operator="GreaterThanThreshold", evaluation_periods=1, threshold=0, **(properties | alarm)
    )


def redriven_apart(tries: int) -> None:
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": tries}
    aws.sqs.RedrivePolicy("redrive", queue_url="jobs", redrive_policy=json.dumps(policy))


KINESIS = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
ONCALL = "arn:aws:sns:us-east-1:123456789012:oncall"
NO_SINK = ("jobs", "redrivePolicy", "nothing", "a dead-letter queue")
NO_ALLOW = ("dead", "redriveAllowPolicy", "nothing", "a redrive allow policy")
NO_ALARM = (
    "dead",
    "name",
    "no alarm on the queue's depth",
    "a MetricAlarm on ApproximateNumberOfMessagesVisible with alarmActions, its own or those of a CompositeAlarm",
)
NO_REPORT = ("mapping", "functionResponseTypes", "nothing", '["ReportBatchItemFailures"]')
LONG_RUN = "60 seconds or more, since worker may run 10"


def watched(actions: list[str]) -> None:
    """A composite alarm of two alarms, of which one is on the depth of the dead-letter queue."""
    alarm = alarmed(alarm_actions=[])
    other = aws.cloudwatch.MetricAlarm("other", comparison_operator="GreaterThanThreshold", evaluation_periods=1)
    rule = pulumi.Output.all(alarm.arn, other.arn).apply(lambda arns: " OR ".join(f'ALARM("{arn}")' for arn in arns))
    aws.cloudwatch.CompositeAlarm("shop", alarm_name="shop", alarm_rule=rule, alarm_actions=actions)


def watched_by_name(**composite: Any) -> None:
    alarmed(name="depth", alarm_actions=[])
    rule = 'ALARM("depth")'
    aws.cloudwatch.CompositeAlarm("shop", alarm_name="shop", alarm_rule=rule, alarm_actions=[ONCALL], **composite)


def marked() -> None:
    aws.sqs.RedriveAllowPolicy(
        "allow",
        queue_url=queue("dead").url,
        redrive_allow_policy=json.dumps({"redrivePermission": "allowAll"}),
    )


def reads(**mapping: Any) -> None:
    worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker")
    aws.lambda_.EventSourceMapping("mapping", function_name=worker.arn, **mapping)


def table_reader() -> None:
    key: Any = [{"name": "id", "type": "S"}]
    table = aws.dynamodb.Table("orders", hash_key="id", attributes=key, stream_enabled=True)
    reads(event_source_arn=table.stream_arn)


def kafka_reader() -> None:
    brokers: Any = {"endpoints": {"KAFKA_BOOTSTRAP_SERVERS": "kafka.example.com:9092"}}
    reads(self_managed_event_source=brokers, topics=["clicks"])


def redriven_later() -> None:
    target = "arn:aws:sqs:us-east-1:123456789012:elsewhere"
    queue(redrive_policy=later(json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 5})))


CASES = [
    passes("dec-queue-has-dlq", "a queue and its dead-letter queue", pair),
    passes("dec-queue-has-dlq", "a redrive policy of its own", separate_pair),
    passes("dec-queue-has-dlq", "a dead-letter queue in another stack", queue_elsewhere),
    passes(
        "dec-queue-has-dlq",
        "a queue marked as one for dead letters",
        lambda: queue(redrive_allow_policy=json.dumps({"redrivePermission": "allowAll"})),
    ),
    passes("dec-queue-has-dlq", "a dead-letter queue marked by a resource of its own", allowed),
    refuses("dec-queue-has-dlq", "a queue alone", queue, NO_SINK),
    refuses(
        "dec-queue-has-dlq",
        "a queue beside a pair",
        lambda: (pair(), queue("third")),
        ("third", "redrivePolicy", "nothing", "a dead-letter queue"),
    ),
    passes("dec-dlq-max-receive", "five tries", pair, left=("jobs",)),
    passes("dec-dlq-max-receive", "three tries, known in a preview", queue_elsewhere),
    passes(
        "dec-dlq-max-receive",
        "twelve tries where twelve are allowed",
        lambda: pair(tries=12),
        left=("jobs",),
        maximum=12,
    ),
    passes("dec-dlq-max-receive", "a number written as text", lambda: pair(tries="5"), left=("jobs",)),
    refuses(
        "dec-dlq-max-receive",
        "one try",
        lambda: pair(tries=1),
        ("jobs", "redrivePolicy.maxReceiveCount", "1", "3 to 10"),
        preview=(),
        left=("jobs",),
    ),
    refuses(
        "dec-dlq-max-receive",
        "eleven tries, known in a preview",
        lambda: queue(redrive_policy=json.dumps({"deadLetterTargetArn": "arn:aws:sqs:x:1:d", "maxReceiveCount": 11})),
        ("jobs", "redrivePolicy.maxReceiveCount", "11", "3 to 10"),
    ),
    passes("dec-dlq-max-receive", "no redrive policy", queue),
    passes("dec-dlq-retention", "14 days", lambda: pair(sink={"message_retention_seconds": 1_209_600})),
    passes(
        "dec-dlq-retention",
        "as long as its source, where that is allowed",
        lambda: pair({"message_retention_seconds": 86_400}, {"message_retention_seconds": 86_400}),
        minimumDays=1,
    ),
    refuses(
        "dec-dlq-retention",
        "the default of four days",
        pair,
        ("dead", "messageRetentionSeconds", "345600 seconds for the dead letters of jobs", "1209600 seconds or more"),
    ),
    refuses(
        "dec-dlq-retention",
        "a second less than its source",
        lambda: pair({"message_retention_seconds": 90_000}, {"message_retention_seconds": 89_999}),
        ("dead", "messageRetentionSeconds", "89999 seconds for the dead letters of jobs", "90000 seconds or more"),
        minimumDays=1,
    ),
    refuses(
        "dec-dlq-retention",
        "the default of four days, by a redrive policy of its own",
        separate_pair,
        ("dead", "messageRetentionSeconds", "345600 seconds for the dead letters of jobs", "1209600 seconds or more"),
    ),
    passes("dec-dlq-same-type", "two standard queues", pair),
    passes("dec-dlq-same-type", "two FIFO queues", lambda: pair({"fifo_queue": True}, {"fifo_queue": True})),
    refuses(
        "dec-dlq-same-type",
        "a FIFO queue with a standard one",
        lambda: pair({"fifo_queue": True}),
        ("dead", "fifoQueue", "nothing", "true, since jobs is a FIFO queue"),
    ),
    refuses(
        "dec-dlq-same-type",
        "a standard queue with a FIFO one",
        lambda: pair(sink={"fifo_queue": True}),
        ("dead", "fifoQueue", "true", "false, since jobs is a standard queue"),
    ),
    passes("dec-redrive-allow", "the sources are named", allowed),
    passes(
        "dec-redrive-allow",
        "the sources are named on the queue",
        lambda: pair(sink={"redrive_allow_policy": json.dumps({"redrivePermission": "denyAll"})}),
    ),
    refuses("dec-redrive-allow", "any queue may use it", pair, NO_ALLOW),
    passes("dec-visibility-6x-lambda", "six times", lambda: reader({"visibility_timeout_seconds": 60})),
    passes("dec-visibility-6x-lambda", "the defaults of both, by name", lambda: reader(timeout=None, by_name=True)),
    passes("dec-visibility-6x-lambda", "six times, by an alias", lambda: reader_by_alias(60)),
    passes("dec-visibility-6x-lambda", "a stream has none", stream_reader),
    passes(
        "dec-visibility-6x-lambda",
        "a queue of another stack",
        foreign_reader,
        left=("mapping",),
        left_after=("mapping",),
    ),
    passes("dec-visibility-6x-lambda", "a choice between two queues", reader_of_one_of_two, left=("mapping",)),
    refuses(
        "dec-visibility-6x-lambda",
        "a second too short",
        lambda: reader({"visibility_timeout_seconds": 59}),
        ("jobs", "visibilityTimeoutSeconds", "59 seconds", LONG_RUN),
    ),
    refuses(
        "dec-visibility-6x-lambda",
        "a second too short, by an alias",
        lambda: reader_by_alias(59),
        ("jobs", "visibilityTimeoutSeconds", "59 seconds", LONG_RUN),
    ),
    refuses(
        "dec-visibility-6x-lambda",
        "too short by the batching window",
        lambda: reader({"visibility_timeout_seconds": 60}, maximum_batching_window_in_seconds=5),
        ("jobs", "visibilityTimeoutSeconds", "60 seconds", "65 seconds or more, since worker may run 10"),
    ),
    refuses(
        "dec-visibility-6x-lambda",
        "the default of 30 seconds",
        reader,
        ("jobs", "visibilityTimeoutSeconds", "30 seconds", LONG_RUN),
    ),
    passes(
        "dec-batch-item-failures",
        "they are reported",
        lambda: reader(function_response_types=["ReportBatchItemFailures"]),
    ),
    passes("dec-batch-item-failures", "a batch of one", lambda: reader(batch_size=1)),
    passes("dec-batch-item-failures", "a stream", stream_reader),
    refuses("dec-batch-item-failures", "they are not", reader, NO_REPORT),
    refuses("dec-batch-item-failures", "a queue of another stack", foreign_reader, NO_REPORT),
    passes("dec-dlq-alarm", "an alarm on its depth", alarmed),
    refuses("dec-dlq-alarm", "no alarm", pair, NO_ALARM),
    refuses(
        "dec-dlq-alarm", "an alarm on another metric", lambda: alarmed(metric_name="NumberOfMessagesSent"), NO_ALARM
    ),
    refuses("dec-dlq-alarm", "an alarm that tells nobody", lambda: alarmed(alarm_actions=[]), NO_ALARM),
    passes(
        "dec-dlq-alarm",
        "an alarm that a composite alarm watches",
        lambda: watched([ONCALL]),
    ),
    refuses("dec-dlq-alarm", "a composite alarm that tells nobody", lambda: watched([]), NO_ALARM),
    refuses("dec-dlq-alarm", "an alarm that is switched off", lambda: alarmed(actions_enabled=False), NO_ALARM),
    refuses("dec-dlq-alarm", "an alarm on another queue", lambda: alarmed(dimensions={"QueueName": "other"}), NO_ALARM),
    refuses(
        "dec-dlq-max-receive",
        "two tries, by a redrive policy of its own",
        lambda: redriven_apart(2),
        ("redrive", "redrivePolicy.maxReceiveCount", "2", "3 to 10"),
    ),
    passes("dec-dlq-max-receive", "three tries", lambda: redriven_apart(3)),
    passes("dec-dlq-max-receive", "ten tries", lambda: redriven_apart(10)),
    refuses(
        "dec-dlq-max-receive",
        "no number of tries",
        lambda: queue(redrive_policy=json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"})),
        ("jobs", "redrivePolicy.maxReceiveCount", "nothing", "3 to 10"),
    ),
    passes(
        "dec-visibility-6x-lambda",
        "six times the three seconds that Lambda gives by default",
        lambda: reader({"visibility_timeout_seconds": 18}, timeout=None),
    ),
    refuses(
        "dec-visibility-6x-lambda",
        "less than six times the three seconds that Lambda gives by default",
        lambda: reader({"visibility_timeout_seconds": 17}, timeout=None),
        ("jobs", "visibilityTimeoutSeconds", "17 seconds", "18 seconds or more, since worker may run 3"),
    ),
    refuses(
        "dec-dlq-retention",
        "the least that the stack asks for, and less than the source keeps",
        lambda: pair({"message_retention_seconds": 86401}, {"message_retention_seconds": 86400}),
        ("dead", "messageRetentionSeconds", "86400 seconds for the dead letters of jobs", "86401 seconds or more"),
        minimumDays=1,
    ),
    refuses("dec-dlq-alarm", "on a metric of one's own", lambda: alarmed(namespace="Shop"), NO_ALARM),
    passes("dec-dlq-alarm", "an alarm that a composite alarm watches by its name", watched_by_name),
    passes(
        "dec-dlq-alarm",
        "a composite alarm that the update switches on",
        lambda: watched_by_name(actions_enabled=later(True)),
        left=("jobs",),
    ),
    passes("dec-queue-has-dlq", "a queue marked as one by a resource of its own, and that of none", marked),
    *(
        passes(rule, "dead letters go where the update tells", redriven_later, left=("jobs",))
        for rule in ("dec-dlq-retention", "dec-dlq-same-type", "dec-redrive-allow", "dec-dlq-alarm")
    ),
    *(
        passes(rule, title, program)
        for rule in ("dec-visibility-6x-lambda", "dec-batch-item-failures")
        for title, program in (
            ("a stream of a table", table_reader),
            ("brokers of one's own", kafka_reader),
            ("a stream of another stack", lambda: reads(event_source_arn=KINESIS)),
        )
    ),
    *(
        passes(rule, "what the update tells", lambda: reads(event_source_arn=later(KINESIS)), left=("mapping",))
        for rule in ("dec-visibility-6x-lambda", "dec-batch-item-failures")
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
