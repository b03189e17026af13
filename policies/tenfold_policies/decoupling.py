"""Decoupling: a queue between two tiers keeps each alive while the other is not, and loses nothing.

*Scaling on AWS (Part 4): > One Million Users* moves work that a user need not wait for behind queues. What a queue
then needs is a place for messages that fail, time to look at them, someone who is told, and time enough for its
worker.
"""

import re
from collections.abc import Iterable

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    COMPOSITE_ALARM,
    DYNAMODB_TABLE,
    EVENT_SOURCE_MAPPING,
    KINESIS_STREAM,
    LAMBDA_ALIAS,
    LAMBDA_FUNCTION,
    METRIC_ALARM,
    QUEUE,
    QUEUE_REDRIVE_ALLOW_POLICY,
    QUEUE_REDRIVE_POLICY,
)
from .view import Findings, Plain, Referrers, Resource, Stack, Undecided, Value, attempt, some

_DEAD_LETTERS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
_LAMBDA_QUEUES = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
_LOOSE_COUPLING = "REL04-BP02"
_ALARMS = "REL06-BP03"
_DEAD_LETTER_TARGET = "redrivePolicy.deadLetterTargetArn"
_DEFAULT_RETENTION_SECONDS = 345_600
_DEFAULT_VISIBILITY_SECONDS = 30
_DEFAULT_FUNCTION_SECONDS = 3


@stack_rule(
    "dec-queue-has-dlq",
    on=(QUEUE,),
    title="Queues have a dead-letter queue",
    severity=Severity.HIGH,
    remediation="Create a second queue and name it in redrivePolicy, with a maxReceiveCount.",
    source=Source(_DEAD_LETTERS, well_architected=_LOOSE_COUPLING),
)
def queue_has_dead_letters(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """A queue sends messages that cannot be handled to a dead-letter queue.

    Without one, a message that its worker cannot handle is tried until it expires, takes a worker's time at each try,
    and is then gone. AWS Control Tower asks for the same in CT.SQS.PR.1. A dead-letter queue itself needs none.
    """
    redrive = queue["redrivePolicy"]
    if redrive.given or some(stack.referrers(queue, QUEUE_REDRIVE_POLICY, "queueUrl")):
        return
    if not _takes_dead_letters(queue, stack):
        yield redrive.violates(
            allowed="a dead-letter queue",
            fix="create a queue for dead letters and set redrivePolicy to its ARN and a maxReceiveCount.",
        )


@resource_rule(
    "dec-dlq-max-receive",
    on=(QUEUE, QUEUE_REDRIVE_POLICY),
    title="Messages are tried a few times",
    severity=Severity.MEDIUM,
    remediation="Set maxReceiveCount in redrivePolicy to 3 to 10; to 5 or more where a function reads the queue.",
    source=Source(_DEAD_LETTERS, well_architected="REL05-BP03"),
    parameters=(
        Parameter("minimum", 3, "The least number of tries.", minimum=1, maximum=1000),
        Parameter("maximum", 10, "The greatest number of tries.", minimum=1, maximum=1000),
    ),
)
def max_receive_in_bounds(resource: Resource, settings: Settings) -> Findings:
    """A message is tried a few times before it becomes a dead letter.

    After one try, a worker that was merely replaced has produced a dead letter; after a thousand, a poisoned message
    has stopped the queue for hours.
    """
    redrive = resource["redrivePolicy"]
    if redrive.absent:
        return
    count = redrive["maxReceiveCount"]
    low, high = settings.integer("minimum"), settings.integer("maximum")
    tries = count.integer()
    if tries is None or not low <= tries <= high:
        yield count.violates(allowed=f"{low} to {high}", fix=f"set maxReceiveCount to {low} to {high}.")


@stack_rule(
    "dec-dlq-retention",
    on=(QUEUE,),
    title="Dead letters are kept long enough",
    severity=Severity.MEDIUM,
    remediation="Set messageRetentionSeconds of the dead-letter queue to 1209600 (14 days).",
    source=Source(_DEAD_LETTERS, well_architected=_LOOSE_COUPLING),
    parameters=(
        Parameter("minimumDays", 14, "How long dead letters are kept at least, in days.", minimum=1, maximum=14),
    ),
)
def dead_letters_are_kept(queue: Resource, stack: Stack, settings: Settings) -> Findings:
    """A dead-letter queue keeps messages longer than anyone needs to notice and mend, and no shorter than its source.

    A message keeps its first timestamp when it becomes a dead letter: one that waited three days in the source is
    gone from a dead-letter queue of four days after one.
    """
    for sink in _sinks(queue, stack):
        yield from attempt(_kept(queue, sink, settings.integer("minimumDays")))


def _kept(queue: Resource, sink: Resource, minimum_days: int) -> Findings:
    kept = sink["messageRetentionSeconds"]
    seconds = _or(kept, _DEFAULT_RETENTION_SECONDS)
    floor = minimum_days * 86_400
    # Below the floor there is nothing to compare with, even while the source's own retention is unknown.
    if seconds >= floor:
        floor = _or(queue["messageRetentionSeconds"], _DEFAULT_RETENTION_SECONDS)
    if seconds < floor:
        yield kept.violates(
            found=f"{seconds} seconds for the dead letters of {queue.name}",
            allowed=f"{floor} seconds or more",
            fix=f"set messageRetentionSeconds to {floor}.",
        )


@stack_rule(
    "dec-dlq-same-type",
    on=(QUEUE,),
    title="FIFO queues have FIFO dead-letter queues",
    severity=Severity.HIGH,
    remediation="Create the dead-letter queue of a FIFO queue with fifoQueue set, that of a standard queue without.",
    source=Source(_DEAD_LETTERS, well_architected=_LOOSE_COUPLING),
)
def dead_letters_of_same_type(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """A queue and its dead-letter queue are of the same type.

    SQS refuses the pair at the update, after half of the stack has changed.
    """
    for sink in _sinks(queue, stack):
        fifo = queue["fifoQueue"].flag() or False
        if (sink["fifoQueue"].flag() or False) != fifo:
            kind = "a FIFO queue" if fifo else "a standard queue"
            yield sink["fifoQueue"].violates(
                allowed=f"{str(fifo).lower()}, since {queue.name} is {kind}", fix=f"make {sink.name} {kind}."
            )


@stack_rule(
    "dec-redrive-allow",
    on=(QUEUE,),
    title="Dead-letter queues name their sources",
    severity=Severity.LOW,
    remediation="Create a RedriveAllowPolicy on the dead-letter queue, with redrivePermission byQueue.",
    source=Source(_DEAD_LETTERS, well_architected="SEC03-BP02"),
    level=ADVISORY,
)
def dead_letters_from_known_queues(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """A dead-letter queue says which queues may use it.

    By default every queue of the account may send its dead letters there, where nobody looks for them.
    """
    for sink in _sinks(queue, stack):
        allow = sink["redriveAllowPolicy"]
        if not allow.given and not some(stack.referrers(sink, QUEUE_REDRIVE_ALLOW_POLICY, "queueUrl")):
            yield allow.violates(
                allowed="a redrive allow policy", fix="create a RedriveAllowPolicy with the ARNs of its source queues."
            )


@stack_rule(
    "dec-visibility-6x-lambda",
    on=(EVENT_SOURCE_MAPPING,),
    title="Visibility timeout is six times the function's",
    severity=Severity.HIGH,
    remediation="Set visibilityTimeoutSeconds to six times the function's timeout, plus the batching window.",
    source=Source(_LAMBDA_QUEUES, well_architected=_LOOSE_COUPLING),
)
def visibility_covers_function(mapping: Resource, stack: Stack, _: Settings) -> Findings:
    """A queue hides a message for six times as long as the function that reads it may run.

    Lambda needs the time to try again when it is throttled. A message that comes back while its function still runs
    is handled twice.
    """
    # Streams have no visibility timeout: only a queue is judged.
    if not _reads_queue(mapping, stack):
        return
    queue = stack.links(mapping["eventSourceArn"], QUEUE).one()
    function = _function_of(mapping, stack)
    run_seconds = _or(function["timeout"], _DEFAULT_FUNCTION_SECONDS)
    needed = 6 * run_seconds + _or(mapping["maximumBatchingWindowInSeconds"], 0)
    hidden = queue["visibilityTimeoutSeconds"]
    if _or(hidden, _DEFAULT_VISIBILITY_SECONDS) < needed:
        yield hidden.violates(
            found=f"{_or(hidden, _DEFAULT_VISIBILITY_SECONDS)} seconds",
            allowed=f"{needed} seconds or more, since {function.name} may run {run_seconds}",
            fix=f"set visibilityTimeoutSeconds to {needed}, or lower the function's timeout.",
        )


@stack_rule(
    "dec-batch-item-failures",
    on=(EVENT_SOURCE_MAPPING,),
    title="Functions report failed messages one by one",
    severity=Severity.MEDIUM,
    remediation='Set functionResponseTypes to ["ReportBatchItemFailures"] and return batchItemFailures.',
    source=Source(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html", well_architected="REL04-BP04"
    ),
)
def batch_item_failures(mapping: Resource, stack: Stack, _: Settings) -> Findings:
    """A function that reads a queue in batches says which messages failed.

    Otherwise one bad message sends the whole batch back: the good ones are handled again, and become dead letters
    with it.
    """
    types = mapping["functionResponseTypes"]
    if "ReportBatchItemFailures" in types.texts() or mapping["batchSize"].integer() == 1:
        return
    if _reads_queue(mapping, stack):
        yield types.violates(
            allowed='["ReportBatchItemFailures"]',
            fix='set functionResponseTypes to ["ReportBatchItemFailures"] and return the identifiers that failed.',
        )


@stack_rule(
    "dec-dlq-alarm",
    on=(QUEUE,),
    title="Dead letters raise an alarm",
    severity=Severity.HIGH,
    remediation="Create a MetricAlarm with alarmActions on the dead-letter queue's ApproximateNumberOfMessagesVisible.",
    source=Source(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html",
        checkov=("CKV_AWS_319",),
        well_architected=_ALARMS,
    ),
)
def dead_letters_alarm(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """Someone is told when a dead-letter queue has messages.

    Dead letters are work that was promised and not done. They say nothing by themselves, and expire.
    """
    for sink in _sinks(queue, stack):
        watched = stack.referrers(sink, METRIC_ALARM, "dimensions.QueueName")
        if not some(watched, lambda alarm: _watches_depth(alarm) and _notifies(alarm, stack)):
            yield sink["name"].violates(
                found="no alarm on the queue's depth",
                allowed="a MetricAlarm on ApproximateNumberOfMessagesVisible with alarmActions, its own or those of a "
                "CompositeAlarm",
                fix="create the alarm with the dimension QueueName of this queue and an SNS topic as its action.",
            )


def _watches_depth(alarm: Resource) -> bool:
    return alarm["namespace"].text() == "AWS/SQS" and alarm["metricName"].text() == "ApproximateNumberOfMessagesVisible"


def _notifies(alarm: Resource, stack: Stack) -> bool:
    """Whether an alarm has actions, or is one of those that a composite alarm with actions watches."""
    if _acts(alarm):
        return True
    watched, doubts = stack.once(_watched)
    if alarm.urn in watched or any(alarm[key].raw in watched for key in ("arn", "name")):
        return True
    if doubts:
        raise doubts[0]
    return False


def _watched(stack: Stack) -> tuple[set[Plain], list[Undecided]]:
    """The names, ARNs and URNs of alarms that composite alarms with actions watch, and the doubts about more."""
    watched: set[Plain] = set()
    doubts: list[Undecided] = []
    for composite in stack.of(COMPOSITE_ALARM):
        try:
            if _acts(composite):
                watched.update(_names(composite))
        except Undecided as undecided:
            doubts.append(undecided)
    return watched, doubts


def _names(composite: Resource) -> Iterable[str]:
    """The alarms that a composite alarm's rule names; where it is not known, those that it was made from."""
    rule = composite["alarmRule"]
    if rule.unknown:
        return composite.references["alarmRule"]
    return re.findall(r"""[("']([^()"']+)["')]""", str(rule.text()))


def _acts(alarm: Resource) -> bool:
    return alarm["actionsEnabled"].flag() is not False and alarm["alarmActions"].given


def _sinks(queue: Resource, stack: Stack) -> list[Resource]:
    """The dead-letter queues of a queue, in the stack. One in another stack is judged there."""
    policies = stack.referrers(queue, QUEUE_REDRIVE_POLICY, "queueUrl").resources
    targets = [stack.links(resource[_DEAD_LETTER_TARGET], QUEUE) for resource in (queue, *policies)]
    for target in targets:
        if target.hidden != 0:
            raise Undecided(target.value)
    return list(dict.fromkeys(sink for target in targets for sink in target.resources))


def _takes_dead_letters(queue: Resource, stack: Stack) -> bool:
    """Whether a queue is the dead-letter queue of another, or is marked as one."""
    return queue["redriveAllowPolicy"].given or _any(
        stack.referrers(queue, QUEUE_REDRIVE_ALLOW_POLICY, "queueUrl"),
        stack.referrers(queue, QUEUE, _DEAD_LETTER_TARGET),
        stack.referrers(queue, QUEUE_REDRIVE_POLICY, _DEAD_LETTER_TARGET),
    )


def _any(*referrers: Referrers) -> bool:
    return some(
        Referrers(
            tuple(resource for each in referrers for resource in each.resources),
            tuple(doubt for each in referrers for doubt in each.doubts),
        )
    )


def _function_of(mapping: Resource, stack: Stack) -> Resource:
    """The function of a mapping, which may name one of its aliases."""
    named = mapping["functionName"]
    aliases = stack.links(named, LAMBDA_ALIAS).resources
    return stack.links(aliases[0]["functionName"] if len(aliases) == 1 else named, LAMBDA_FUNCTION).one()


def _reads_queue(mapping: Resource, stack: Stack) -> bool:
    """Whether the source of a mapping is a queue, not a stream or a broker."""
    source = mapping["eventSourceArn"]
    if stack.links(source, QUEUE).resources:
        return True
    if any(stack.links(source, other).resources for other in (DYNAMODB_TABLE, KINESIS_STREAM)):
        return False
    return ":sqs:" in (source.text() or "")


def _or(value: Value, default: int) -> int:
    found = value.integer()
    return default if found is None else found
