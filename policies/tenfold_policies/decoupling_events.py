"""Decoupling by events: what a topic, a rule, a schedule or a stream could not deliver is kept, not dropped.

Whoever publishes an event has its answer before anybody has handled it. What then fails is known to nobody, unless the
one that delivers has a place for it.
"""

from pulumi_policy import Severity

from .documents import allowing, everyone, narrowed
from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    BUCKET_NOTIFICATION,
    DYNAMODB_TABLE,
    EVENT_INVOKE_CONFIG,
    EVENT_SOURCE_MAPPING,
    EVENT_TARGET,
    KINESIS_STREAM,
    LAMBDA_ALIAS,
    LAMBDA_FUNCTION,
    QUEUE,
    QUEUE_POLICY,
    SCHEDULE,
    TOPIC_SUBSCRIPTION,
)
from .view import Findings, Resource, Stack, Undecided, Value, attempt, some

_LOOSE_COUPLING = "REL04-BP02"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_CALLS = {TOPIC_SUBSCRIPTION: "endpoint", EVENT_TARGET: "arn", BUCKET_NOTIFICATION: "lambdaFunctions"}
_DELIVERS = frozenset({"sqs", "lambda", "http", "https", "firehose"})


@stack_rule(
    "dec-esm-on-failure",
    on=(EVENT_SOURCE_MAPPING,),
    title="A bad record does not stop a stream",
    severity=Severity.HIGH,
    remediation="Set destinationConfig.onFailure.destinationArn and maximumRetryAttempts on the mapping.",
    source=Source(f"{_LAMBDA}/kinesis-on-failure-destination.html", well_architected=_LOOSE_COUPLING),
)
def stream_goes_on(mapping: Resource, stack: Stack, _: Settings) -> Findings:
    """A function that reads a stream gives a record up after some tries, and says which.

    By default Lambda tries a record that fails until it expires, and reads nothing behind it: for a day, one bad
    record stops a shard.
    """
    if not _reads_stream(mapping, stack):
        return
    yield from attempt(_has_destination(mapping))
    yield from attempt(_gives_up(mapping))


def _has_destination(mapping: Resource) -> Findings:
    destination = mapping["destinationConfig.onFailure.destinationArn"]
    if not destination.given:
        yield destination.violates(
            allowed="a queue or topic for records that fail", fix=f"set {destination.path} to the ARN of a queue."
        )


def _gives_up(mapping: Resource) -> Findings:
    tries = mapping["maximumRetryAttempts"]
    # Minus one, which is the default, stands for no end.
    if tries.integer() in (None, -1) and mapping["maximumRecordAgeInSeconds"].integer() in (None, -1):
        yield tries.violates(
            found="no limit" if tries.absent else None,
            allowed="a number of tries, or an age in maximumRecordAgeInSeconds",
            fix="set maximumRetryAttempts to what an outage of the function's own stores may take.",
        )


def _reads_stream(mapping: Resource, stack: Stack) -> bool:
    source = mapping["eventSourceArn"]
    if stack.links(source, QUEUE).resources:
        return False
    if any(stack.links(source, kind).resources for kind in (DYNAMODB_TABLE, KINESIS_STREAM)):
        return True
    text = source.text() or ""
    return ":kinesis:" in text or ":dynamodb:" in text


@stack_rule(
    "dec-lambda-async-failure",
    on=(LAMBDA_FUNCTION,),
    title="Events that a function could not handle are kept",
    severity=Severity.HIGH,
    remediation="Set deadLetterConfig, or create a FunctionEventInvokeConfig with destinationConfig.onFailure.",
    source=Source(
        f"{_LAMBDA}/invocation-async-retain-records.html", checkov=("CKV_AWS_116",), well_architected=_LOOSE_COUPLING
    ),
)
def failed_events_are_kept(function: Resource, stack: Stack, _: Settings) -> Findings:
    """A function that is called by events has a place for those that it could not handle.

    Whoever calls it by an event waits for no answer. After two more tries Lambda drops the event. A function that is
    called otherwise tells its caller, and passes.
    """
    dead_letters = function["deadLetterConfig.targetArn"]
    if dead_letters.given or some(stack.referrers(function, EVENT_INVOKE_CONFIG, "functionName"), _keeps_failures):
        return
    aliases = stack.referrers(function, LAMBDA_ALIAS, "functionName").resources
    ways = [(called, type_, path) for called in (function, *aliases) for type_, path in _CALLS.items()]
    if called := sorted({caller.name for way in ways for caller in stack.referrers(*way).resources}):
        yield dead_letters.violates(
            found=f"no place for events of {', '.join(called)}",
            allowed="a queue or topic for events that fail",
            fix="set deadLetterConfig.targetArn to the ARN of a queue, or create a FunctionEventInvokeConfig.",
        )
        return
    for target, type_, path in ways:
        if doubts := stack.once(_who_may_call, target.type, type_, path):
            raise doubts[0]


def _who_may_call(stack: Stack, called: str, type_: str, path: str) -> list[Undecided]:
    """The doubts about whom a property calls, as far as that can be a function."""
    # Whom a subscription calls that is of another protocol need not be known: it is no function.
    others = {each.urn for each in stack.of(TOPIC_SUBSCRIPTION) if not _calls_function(each)}
    return [doubt for doubt in stack.doubts(called, type_, path) if doubt.finding.urn not in others]


def _calls_function(subscription: Resource) -> bool:
    protocol = subscription["protocol"]
    return protocol.unknown or protocol.text() == "lambda"


def _keeps_failures(configuration: Resource) -> bool:
    return configuration["destinationConfig.onFailure.destination"].given


@stack_rule(
    "dec-sns-subscription-dlq",
    on=(TOPIC_SUBSCRIPTION,),
    title="Messages that a topic could not deliver are kept",
    severity=Severity.MEDIUM,
    remediation="Set redrivePolicy of the subscription to the ARN of a queue for dead letters.",
    source=Source(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html", well_architected=_LOOSE_COUPLING
    ),
)
def undelivered_messages_are_kept(subscription: Resource, stack: Stack, _: Settings) -> Findings:
    """A subscription keeps the messages that could not be delivered to it.

    A queue whose policy was changed elsewhere, a function that was removed, an endpoint that is away: SNS tries for a
    while and drops the message. A queue of the same stack passes, as it changes with its topic and SNS tries for 23
    days; so do mail, text messages and pushes to phones, which have no such queue.
    """
    redrive = subscription["redrivePolicy"]
    if redrive.given or stack.links(subscription["endpoint"], QUEUE).resources:
        return
    if subscription["protocol"].text() in _DELIVERS:
        yield redrive.violates(
            allowed="a dead-letter queue", fix='set redrivePolicy to {"deadLetterTargetArn": the ARN of a queue}.'
        )


@resource_rule(
    "dec-event-rule-dlq",
    on=(EVENT_TARGET, SCHEDULE),
    title="Events that EventBridge could not deliver are kept",
    severity=Severity.MEDIUM,
    remediation="Set the target's deadLetterConfig.arn to the ARN of a queue.",
    source=Source(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html", well_architected=_LOOSE_COUPLING
    ),
)
def undelivered_events_are_kept(target: Resource, _: Settings) -> Findings:
    """A target of a rule or a schedule keeps the events that could not be delivered to it.

    EventBridge tries for a day, unless the target refuses, and drops the event. A schedule's call that is dropped is
    a night's work that nobody did.
    """
    whole = Value(target, "", target.properties) if target.type == EVENT_TARGET else target["target"]
    dead_letters = whole["deadLetterConfig.arn"]
    # A target that is not known as a whole may be one without.
    if whole.absent or not dead_letters.given:
        yield dead_letters.violates(
            allowed="a dead-letter queue", fix=f"set {dead_letters.path} to the ARN of a queue."
        )


@resource_rule(
    "dec-sns-to-sqs-not-direct",
    on=(TOPIC_SUBSCRIPTION,),
    title="Topics hand messages to queues",
    severity=Severity.MEDIUM,
    remediation="Subscribe a queue to the topic, and have the worker read the queue.",
    source=Source(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html", well_architected=_LOOSE_COUPLING
    ),
    level=ADVISORY,
    parameters=(
        Parameter("refusedProtocols", ["http"], "The protocols that a queue has to stand in for, such as `lambda`."),
    ),
)
def topic_hands_to_queue(subscription: Resource, settings: Settings) -> Findings:
    """A topic hands messages to a queue, not to a server.

    A server gets them at the pace of whoever publishes, and misses those of the time that it is away; over plain
    HTTP, they can be read on the way. A queue keeps them until its worker has the time.
    """
    protocol = subscription["protocol"]
    refused = settings.texts("refusedProtocols")
    if protocol.text() in refused:
        yield protocol.violates(allowed='"sqs"', fix="subscribe a queue, and have the worker read that.")


@resource_rule(
    "dec-queue-policy-source",
    on=(QUEUE_POLICY, QUEUE),
    title="A queue takes messages from sources that it names",
    severity=Severity.HIGH,
    remediation="Add a condition on aws:SourceArn to each statement that allows a service, or everyone, to send.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-3",
        security_hub="SQS.3",
        checkov=("CKV_AWS_168", "CKV_AWS_387"),
        well_architected="SEC03-BP07",
    ),
)
def queue_names_its_sources(resource: Resource, _: Settings) -> Findings:
    """A queue's policy says which topic, rule or bucket may send to it.

    Allowing the service alone allows every account's topics and buckets: a service acts for whoever asks it.
    """
    for statement in allowing(resource["policy"]):
        yield from attempt(_names_source(statement))


def _names_source(statement: Value) -> Findings:
    principal = statement["Principal"]
    if (everyone(statement) or principal["Service"].given) and not narrowed(statement):
        yield principal.violates(
            found="everyone" if everyone(statement) else principal["Service"].shown(),
            allowed="a condition on aws:SourceArn beside it",
            fix="add the ARN of the source as a condition of the statement.",
        )
