"""What can be wrong with a transcoder's arguments beyond their types. Values that are Outputs are not looked at."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from tenfold.arguments import bounded, is_known
from tenfold.bucket_arguments import BucketArgs
from tenfold.bucket_faults import BUCKET_RULES
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.queue_access import key_faults
from tenfold.transcoder_arguments import TranscoderArgs
from tenfold.transcoder_presets import job_faults, preset_faults

# A bucket's name has 63 characters, of which "-uploads-bucket-" and Pulumi's seven random ones take 23; a bucket as a
# component leaves room for more.
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,29}[a-z0-9])?")
# A policy would take `*` and `?` for more than they are.
_PREFIX = re.compile(r"[A-Za-z0-9!_.'()=-][A-Za-z0-9!_.'()=/ -]{0,199}")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,20}")
_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_VARIABLE = re.compile(r"(?!TRANSCODER_)[A-Za-z][A-Za-z0-9_]+")
_ARNS = {"topic_arn": "sns", "queue_arn": "sqs"}
_DAY = 86_400


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name."""
    if not _NAME.fullmatch(name):
        allowed = "1 to 31 small letters, digits and hyphens: the names of buckets on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _limit_faults(args: TranscoderArgs) -> Iterable[Fault]:
    limits = args.get("limits", {})
    yield from bounded("limits.max_input_minutes", limits.get("max_input_minutes"), 0, 1440, "minutes, 0 for no bound")
    yield from bounded("limits.max_input_gb", limits.get("max_input_gb"), 0, 5500, "GB, 0 for no bound")


def _priority_faults(args: TranscoderArgs) -> Iterable[Fault]:
    yield from bounded("job.priority", args.get("job", {}).get("priority"), -50, 50, "")


def _upload_faults(args: TranscoderArgs) -> Iterable[Fault]:
    uploads = args.get("uploads", {})
    yield from bounded("uploads.expire_days", uploads.get("expire_days"), 1, 36_500, "days")
    yield from _store_faults("uploads", uploads, ("cors", "expire_days", "suffixes"))
    prefix, suffixes = uploads.get("prefix"), uploads.get("suffixes", [])
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        allowed = "1 to 200 letters, digits, spaces and `!_.'()=/-`, no slash first"
        yield Fault("uploads.prefix", f"{prefix!r} is given", allowed)
    for index, suffix in enumerate(suffixes):
        if not _EXTENSION.fullmatch(suffix):
            yield Fault(f"uploads.suffixes[{index}]", f"{suffix!r} is given", "a file extension: `.mp4`")
        elif suffix in suffixes[:index]:
            yield Fault(f"uploads.suffixes[{index}]", f"{suffix!r} is given twice", "each extension once")


def _output_faults(args: TranscoderArgs) -> Iterable[Fault]:
    outputs = args.get("outputs", {})
    yield from _store_faults("outputs", outputs, ("cors",))
    arn = outputs.get("bucket_arn")
    if isinstance(arn, str) and is_known(arn) and arn == args.get("uploads", {}).get("bucket_arn"):
        yield Fault("outputs.bucket_arn", "it is that of the uploads", "another one: outputs would be uploads again")


def _store_faults(path: str, store: Mapping[str, Any], of_new_ones: Iterable[str]) -> Iterable[Fault]:
    """What is wrong with a bucket that is made here, or with one that exists."""
    if "bucket_arn" in store:
        arn = store["bucket_arn"]
        if isinstance(arn, str) and is_known(arn) and not _BUCKET.fullmatch(arn):
            yield Fault(f"{path}.bucket_arn", f"{arn!r} is given", "the ARN of a bucket: arn:aws:s3:::my-bucket")
        for key in of_new_ones:
            if key in store:
                yield Fault(f"{path}.{key}", "it is given beside bucket_arn", "nothing: set it on the bucket itself")
    elif "kms_key_arn" in store:
        yield Fault(f"{path}.kms_key_arn", "it is given without bucket_arn", "kms_key_arn of the transcoder")
    for fault in key_faults(store.get("kms_key_arn")):
        yield Fault(f"{path}.{fault.path}", fault.given, fault.allowed)
    for rule in BUCKET_RULES:
        for fault in rule(cast("BucketArgs", {key: store[key] for key in ("cors",) if key in store})):
            yield Fault(f"{path}.{fault.path}", fault.given, fault.allowed)


def _start_faults(args: TranscoderArgs) -> Iterable[Fault]:
    start = args.get("start", {})
    yield from bounded("start.max_receive_count", start.get("max_receive_count"), 1, 1000, "tries")
    yield from bounded("start.maximum_concurrency", start.get("maximum_concurrency"), 2, 1000, "jobs at a time")
    yield from retention_faults("start.log_retention_days", start.get("log_retention_days"))
    for name in start.get("environment", {}):
        if not _VARIABLE.fullmatch(name):
            allowed = "a letter, and one or more letters, digits and underscores; not TRANSCODER_ and more"
            yield Fault(f"start.environment.{name}", "it has this name", allowed)


def _queue_faults(args: TranscoderArgs) -> Iterable[Fault]:
    queue = args.get("queue", {})
    yield from bounded("queue.concurrent_jobs", queue.get("concurrent_jobs"), 1, 10_000, "jobs at a time")
    yield from bounded("queue.reserved_slots", queue.get("reserved_slots"), 1, 10_000, "slots")
    yield from bounded("queue.reserved_wait_minutes", queue.get("reserved_wait_minutes"), 1, 4320, "minutes")
    yield from bounded("queue.waiting_alarm_seconds", queue.get("waiting_alarm_seconds"), 1, 7 * _DAY, "seconds")
    for key in ("reserved_renewal", "reserved_wait_minutes"):
        if key in queue and "reserved_slots" not in queue:
            yield Fault(f"queue.{key}", "it is given without reserved_slots", "nothing, or reserved_slots")


def _event_faults(args: TranscoderArgs) -> Iterable[Fault]:
    events = args.get("events", {})
    yield from bounded("events.maximum_age_seconds", events.get("maximum_age_seconds"), 60, _DAY, "seconds")
    if "topic_arn" in events and "queue_arn" in events:
        yield Fault("events.queue_arn", "it is given beside topic_arn", "one of the two")
    for key, service in _ARNS.items():
        arn = events.get(key)
        if isinstance(arn, str) and is_known(arn) and (f":{service}:" not in arn or arn.endswith(".fifo")):
            kind = key.removesuffix("_arn")
            yield Fault(f"events.{key}", f"{arn!r} is given", f"the ARN of a {kind} that is not FIFO")
    if not events.get("statuses", [True]):
        yield Fault("events.statuses", "none is given", "one or more: `COMPLETE`")


def _key_faults(args: TranscoderArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))


TRANSCODER_RULES: tuple[Callable[[TranscoderArgs], Iterable[Fault]], ...] = (
    preset_faults,
    job_faults,
    _priority_faults,
    _limit_faults,
    _upload_faults,
    _output_faults,
    _start_faults,
    _queue_faults,
    _event_faults,
    _key_faults,
)
