"""What is wrong with a topic's arguments that no type can express."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, cast

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, bounded, is_known
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.queue_access import key_faults, sender_faults
from tenfold.topic_arguments import (
    TopicArgs,
    TopicFilterScope,
    TopicHttpsDeliveryArgs,
    TopicQueueSubscriberArgs,
    TopicReplayArgs,
    TopicSubscriberArgs,
)
from tenfold.topic_filter import filter_faults

_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A role's name has 64 characters, of which "-delivery-role-" and Pulumi's seven random ones take 22.
_NAME_LIMIT = 40
# A queue's name has 80, of which "-dlq-", "-", Pulumi's seven and ".fifo" take 18.
_SUBSCRIBER = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
_SUBSCRIBER_LIMIT = 20
# "-firehose-role-", "-" and Pulumi's seven take 23 of 64.
_FIREHOSE_LIMIT = 41
_STATEMENT = re.compile(r"[A-Za-z0-9]{1,40}")
_PATTERNS = {
    "queue": (re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+"), "the ARN of a queue"),
    "function_arn": (
        re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?"),
        "the ARN of a function, an alias or a version",
    ),
    "https": (re.compile(r"https://[^\s/]+(/\S*)?"), "an address with https://"),
    "email": (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "a mail address"),
    "sms": (re.compile(r"\+[1-9]\d{1,14}"), "a phone number with its country's code: '+12065550100'"),
    "firehose_arn": (
        re.compile(r"arn:aws[a-z-]*:firehose:[a-z0-9-]+:\d{12}:deliverystream/[A-Za-z0-9_.-]+"),
        "the ARN of a Firehose stream",
    ),
}
_RAW = ("queue", "https", "firehose_arn")
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com")
# See https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html.
_STANDARD_ALONE = ("s3.amazonaws.com", "cloudwatch.amazonaws.com")
_ACCOUNT = re.compile(r"\d{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
_HOUR = 3600


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with a topic's name."""
    if len(name) > _NAME_LIMIT or not _NAME.fullmatch(name):
        allowed = f"1 to {_NAME_LIMIT} letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def topic_rules(name: str, children: Children) -> tuple[Any, ...]:
    """The rules for the arguments of a topic of a name."""
    return (
        lambda _: name_faults(name),
        partial(_subscriber_faults, name),
        _publisher_faults,
        _fifo_faults,
        _archive_faults,
        _display_faults,
        _key_faults,
        _delivery_faults,
        _log_faults,
        _protection_faults,
        lambda args: alarm_faults(args, children),
    )


def endpoint_kinds(subscriber: Mapping[str, Any]) -> list[str]:
    """The kinds of endpoints that a subscriber has, of which it should have one."""
    return [kind for kind in _PATTERNS if kind in subscriber]


def _subscriber_faults(name: str, args: TopicArgs) -> Iterable[Fault]:
    subscribers, fifo = args.get("subscribers", {}), args.get("fifo", False)
    for key, subscriber in subscribers.items():
        path = f"subscribers.{key}"
        yield from _subscriber_name_faults(path, name, key, subscriber)
        yield from _endpoint_faults(path, subscriber, fifo=fifo)
        yield from _message_faults(path, subscriber)
        if "replay" in subscriber:
            yield from _replay_faults(f"{path}.replay", subscriber["replay"], archived="archive_days" in args)
    yield from _same_faults(subscribers)


def _subscriber_name_faults(path: str, name: str, key: str, subscriber: TopicSubscriberArgs) -> Iterable[Fault]:
    limit = _SUBSCRIBER_LIMIT
    if "firehose_arn" in subscriber:
        limit = max(1, min(limit, _FIREHOSE_LIMIT - len(name)))
    if len(key) > limit or not _SUBSCRIBER.fullmatch(key) or key.rpartition("-")[2].isdigit():
        allowed = f"1 to {limit} letters and digits, with hyphens in between; a letter first, and in the last part"
        yield Fault(path, "it has this name", allowed)


def _endpoint_faults(path: str, subscriber: TopicSubscriberArgs, *, fifo: bool) -> Iterable[Fault]:
    kinds = endpoint_kinds(subscriber)
    if len(kinds) != 1:
        yield Fault(path, f"{' and '.join(kinds) or 'no endpoint'} is given", f"one of {', '.join(_PATTERNS)}")
        return
    (kind,) = kinds
    if fifo and kind != "queue":
        yield Fault(f"{path}.{kind}", "it is given", "a queue: a FIFO topic delivers to queues alone")
    where, address = _address(path, subscriber)
    pattern, allowed = _PATTERNS[kind]
    if isinstance(address, str) and is_known(address):
        if not pattern.fullmatch(address):
            yield Fault(where, f"{address!r} is given", allowed)
        elif kind == "queue" and not fifo and address.endswith(".fifo"):
            yield Fault(where, "a FIFO queue is given", "a standard queue, or a topic with fifo")
    if "queue" in subscriber:
        yield from _queue_faults(f"{path}.queue", subscriber["queue"])
    if "https" in subscriber:
        yield from bounded(
            f"{path}.https.confirmation_minutes", subscriber["https"].get("confirmation_minutes"), 1, 60, "minutes"
        )
        yield from _retry_faults(f"{path}.https.delivery", subscriber["https"].get("delivery", {}))


def _address(path: str, subscriber: TopicSubscriberArgs) -> tuple[str, object]:
    """Where a subscriber's address stands, and what it is."""
    if "queue" in subscriber:
        return f"{path}.queue.queue_arn", subscriber["queue"]["queue_arn"]
    if "https" in subscriber:
        return f"{path}.https.url", subscriber["https"]["url"]
    (kind,) = endpoint_kinds(subscriber)
    return f"{path}.{kind}", subscriber.get(kind)


def _queue_faults(path: str, queue: TopicQueueSubscriberArgs) -> Iterable[Fault]:
    senders = queue.get("senders", {})
    if "senders" in queue and "queue_url" not in queue:
        yield Fault(f"{path}.senders", "it is given without queue_url", "the queue's URL beside it")
    if "topic" in senders:
        yield Fault(f"{path}.senders.topic", "it has this name", "another one: this is the topic itself")
    arn = queue["queue_arn"]
    fifo = isinstance(arn, str) and arn.endswith(".fifo")
    for fault in sender_faults({key: each for key, each in senders.items() if key != "topic"}, fifo=fifo):
        yield fault._replace(path=f"{path}.{fault.path}")


def _message_faults(path: str, subscriber: TopicSubscriberArgs) -> Iterable[Fault]:
    """What is wrong with which messages a subscriber gets, and in what form."""
    body = subscriber.get("filter_scope") == TopicFilterScope.BODY
    if "filter" in subscriber:
        yield from filter_faults(f"{path}.filter", subscriber["filter"], body=body)
    elif "filter_scope" in subscriber:
        yield Fault(f"{path}.filter_scope", "it is given without a filter", "nothing, or a filter beside it")
    if subscriber.get("raw", False) and not any(kind in subscriber for kind in _RAW):
        yield Fault(
            f"{path}.raw", "it is given", "a queue, an HTTPS endpoint or a Firehose stream alone gets raw messages"
        )


def _replay_faults(path: str, replay: TopicReplayArgs, *, archived: bool) -> Iterable[Fault]:
    if not archived:
        yield Fault(path, "it is given without archive_days", "a FIFO topic with an archive")
    times = {key: _time(replay.get(key)) for key in ("start", "end") if key in replay}
    for key, time in times.items():
        if time is None:
            yield Fault(f"{path}.{key}", f"{replay.get(key)!r} is given", "a time as '2026-11-25T08:00:00.000Z'")
    start, end = times.get("start"), times.get("end")
    if start and end and end <= start:
        yield Fault(f"{path}.end", f"{replay.get('end')!r} is given", "a time after the start")


def _time(text: object) -> datetime | None:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _same_faults(subscribers: Mapping[str, TopicSubscriberArgs]) -> Iterable[Fault]:
    """SNS has one subscription of an endpoint: a second subscriber would overwrite the first."""
    seen: dict[object, str] = {}
    for key, subscriber in sorted(subscribers.items()):
        if len(endpoint_kinds(subscriber)) != 1:
            continue
        where, address = _address(f"subscribers.{key}", subscriber)
        if not isinstance(address, str) or not is_known(address):
            continue
        if address in seen:
            yield Fault(where, f"{address!r} is that of {seen[address]} too", "one subscriber for each endpoint")
        seen.setdefault(address, key)


def _publisher_faults(args: TopicArgs) -> Iterable[Fault]:
    publishers, fifo = args.get("publishers", {}), args.get("fifo", False)
    if fifo and publishers.get("cloudwatch_alarms", False):
        yield Fault("publishers.cloudwatch_alarms", "it is given with fifo", "a standard topic: alarms use no other")
    for key, service in publishers.get("services", {}).items():
        path, principal = f"publishers.services.{key}", service["service"]
        if not _STATEMENT.fullmatch(key):
            yield Fault(path, "it has this name", "1 to 40 letters and digits: it names a statement")
        if not _SERVICE.fullmatch(principal):
            yield Fault(f"{path}.service", f"{principal!r} is given", "a service's principal: 's3.amazonaws.com'")
        elif fifo and principal in _STANDARD_ALONE:
            yield Fault(f"{path}.service", f"{principal!r} is given", "one that publishes to FIFO topics")
        yield from _account_faults(f"{path}.source_account_id", service.get("source_account_id"))
        arn = service.get("source_arn")
        if isinstance(arn, str) and is_known(arn) and (not arn.startswith("arn:aws") or arn.count(":") < 5):
            yield Fault(f"{path}.source_arn", f"{arn!r} is given", "an ARN")
    for index, account in enumerate(publishers.get("account_ids", ())):
        yield from _account_faults(f"publishers.account_ids[{index}]", account)


def _account_faults(path: str, account: object) -> Iterable[Fault]:
    if isinstance(account, str) and is_known(account) and not _ACCOUNT.fullmatch(account):
        yield Fault(path, f"{account!r} is given", "an account's 12 digits")


def _fifo_faults(args: TopicArgs) -> Iterable[Fault]:
    if args.get("fifo", False):
        if args.get("tracing", False):
            yield Fault("tracing", "it is given with fifo", "a standard topic: X-Ray shows no other")
        return
    if args.get("content_based_deduplication", False):
        yield Fault("content_based_deduplication", "it is given without fifo", "a FIFO topic alone can do so")
    if "throughput_scope" in args:
        yield Fault("throughput_scope", "it is given without fifo", "a FIFO topic alone has one")


def _archive_faults(args: TopicArgs) -> Iterable[Fault]:
    if "archive_days" in args and not args.get("fifo", False):
        yield Fault("archive_days", "it is given without fifo", "a FIFO topic alone has an archive")
    else:
        yield from bounded("archive_days", args.get("archive_days"), 1, 365, "days")


def _display_faults(args: TopicArgs) -> Iterable[Fault]:
    name = args.get("display_name")
    if isinstance(name, str) and is_known(name) and len(name) > 100:
        yield Fault("display_name", f"{len(name)} characters are given", "up to 100")


def _key_faults(args: TopicArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))
    if args.get("own_kms_key", False) and "kms_key_arn" in args:
        yield Fault("own_kms_key", "it is given beside kms_key_arn", "one of the two")


def _delivery_faults(args: TopicArgs) -> Iterable[Fault]:
    if "https_delivery" in args:
        yield from _retry_faults("https_delivery", args["https_delivery"])


def _retry_faults(path: str, delivery: TopicHttpsDeliveryArgs) -> Iterable[Fault]:
    least, most, retries = (delivery.get(key) for key in ("min_delay_seconds", "max_delay_seconds", "retries"))
    yield from bounded(f"{path}.retries", retries, 0, 100, "retries")
    yield from bounded(f"{path}.min_delay_seconds", least, 1, _HOUR, "seconds")
    yield from bounded(f"{path}.max_per_second", delivery.get("max_per_second"), 1, 100_000, "deliveries")
    apart = 20 if least is None else least
    if not isinstance(apart, int) or not 1 <= apart <= _HOUR:
        return
    yield from bounded(f"{path}.max_delay_seconds", most, apart, _HOUR, "seconds")
    if isinstance(retries, int) and 0 <= retries <= 100 and retries * apart > _HOUR:
        yield Fault(f"{path}.retries", f"{retries} are given, {apart} seconds apart", "all within 3600 seconds")


def _log_faults(args: TopicArgs) -> Iterable[Fault]:
    logs = args.get("delivery_logs", {})
    yield from bounded("delivery_logs.success_percent", logs.get("success_percent"), 0, 100, "percent")
    yield from retention_faults("delivery_logs.retention_days", logs.get("retention_days"))
    protocols = logs.get("protocols")
    if protocols is not None and not protocols:
        yield Fault("delivery_logs.protocols", "none is given", "one or more; leave it out for all")


def _protection_faults(args: TopicArgs) -> Iterable[Fault]:
    policy = args.get("data_protection_policy_json")
    if policy is None:
        return
    if args.get("fifo", False):
        yield Fault("data_protection_policy_json", "it is given with fifo", "a standard topic")
    elif isinstance(policy, str) and is_known(policy) and not _is_document(policy):
        yield Fault("data_protection_policy_json", "it is no JSON object", "a data protection policy as JSON")


def _is_document(text: str) -> bool:
    try:
        return isinstance(cast("object", json.loads(text)), dict)
    except ValueError:
        return False
