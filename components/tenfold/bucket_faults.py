"""What can be wrong with a bucket's arguments beyond their types. Values that are Outputs are not looked at."""

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.bucket_arguments import BucketArgs, BucketNotificationsArgs
from tenfold.bucket_lifecycle import HOUSEKEEPING
from tenfold.bucket_notification import events, overlap
from tenfold.errors import Fault

# A role's name has 64 characters, of which "-replication-role-" and Pulumi's seven random ones take 25.
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,37}[a-z0-9])?")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}")
_SID = re.compile(r"[A-Za-z0-9]+")
_ACCOUNT = re.compile(r"\d{12}")
_EVENT = re.compile(r"s3:[A-Za-z]+(:[A-Za-z]+|:\*)?")
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
# The days that an object must have been in STANDARD before it may go there.
_CLASSES = {
    "STANDARD_IA": 30,
    "ONEZONE_IA": 30,
    "INTELLIGENT_TIERING": 0,
    "GLACIER_IR": 0,
    "GLACIER": 0,
    "DEEP_ARCHIVE": 0,
}
_COPY_CLASSES = ("STANDARD", *_CLASSES)
_TARGETS = {"functions": ("function_arn", "lambda"), "queues": ("queue_arn", "sqs"), "topics": ("topic_arn", "sns")}


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name."""
    if not _NAME.fullmatch(name):
        allowed = "1 to 39 small letters, digits and hyphens: the bucket's name on AWS is made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _version_faults(args: BucketArgs) -> Iterable[Fault]:
    yield from bounded("noncurrent_version_days", args.get("noncurrent_version_days"), 1, 3650, "days")
    yield from bounded("abort_upload_days", args.get("abort_upload_days"), 1, 365, "days")
    if args.get("versioned", True):
        return
    if "noncurrent_version_days" in args:
        yield Fault("noncurrent_version_days", "it is given without versions", "nothing, or versioned")
    if "replication" in args:
        yield Fault("versioned", "False is given beside replication", "True: S3 copies versions")


def _lifecycle_faults(args: BucketArgs) -> Iterable[Fault]:
    for key, rule in args.get("lifecycle", {}).items():
        path = f"lifecycle.{key}"
        if not _KEY.fullmatch(key) or key == HOUSEKEEPING:
            allowed = f"a letter, and up to 29 letters, digits, underscores and hyphens, and not {HOUSEKEEPING}"
            yield Fault(path, "it has this name", allowed)
        transitions, expires = rule.get("transitions", {}), rule.get("expire_days")
        if not transitions and expires is None:
            yield Fault(path, "nothing happens in it", "transitions, expire_days or both")
        yield from bounded(f"{path}.expire_days", expires, 1, 36_500, "days")
        yield from bounded(f"{path}.minimum_bytes", rule.get("minimum_bytes"), 1, 5 * 2**40, "bytes")
        for storage_class, days in transitions.items():
            at = f"{path}.transitions.{storage_class}"
            if storage_class not in _CLASSES:
                yield Fault(at, "there is no such storage class to move to", ", ".join(_CLASSES))
                continue
            last = 36_500 if expires is None else max(expires - 1, 0)
            yield from bounded(at, days, _CLASSES[storage_class], last, "days")


def _cors_faults(args: BucketArgs) -> Iterable[Fault]:
    for index, rule in enumerate(args.get("cors", [])):
        path = f"cors[{index}]"
        if not rule.get("origins"):
            yield Fault(f"{path}.origins", "nobody is given", "one origin or more: https://www.example.com")
        for at, method in enumerate(rule.get("methods", [])):
            if method not in _METHODS:
                yield Fault(f"{path}.methods[{at}]", f"{method!r} is given", ", ".join(_METHODS))
        yield from bounded(f"{path}.max_age_seconds", rule.get("max_age_seconds"), 0, 86_400, "seconds")


def _notification_faults(args: BucketArgs) -> Iterable[Fault]:
    yield from notification_faults(args.get("notifications", {}), "notifications.")


def notification_faults(notifications: BucketNotificationsArgs, prefix: str = "") -> Iterable[Fault]:
    """What is wrong with a bucket's targets."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    groups: Any = notifications
    for group, (field, service) in _TARGETS.items():
        for key, target in groups.get(group, {}).items():
            path = f"{prefix}{group}.{key}"
            found[path] = target
            yield from _target_faults(path, key, target, field, service)
            if key in names:
                yield Fault(path, f"{names[key]} has the same name", "a name of its own")
            names[key] = f"{prefix}{group}.{key}"
    for one, other in combinations(found, 2):
        if overlap(found[one], found[other]):
            allowed = "other events, prefixes or suffixes: S3 tells one of an event; for more, a topic or eventbridge"
            yield Fault(f"{other}.events", f"an object's event could be for {one} as well", allowed)


def _target_faults(path: str, key: str, target: Mapping[str, Any], field: str, service: str) -> Iterable[Fault]:
    if not _KEY.fullmatch(key):
        yield Fault(path, "it has this name", "a letter, and up to 29 letters, digits, underscores and hyphens")
    arn = target.get(field)
    if isinstance(arn, str) and is_known(arn) and (f":{service}:" not in arn or arn.endswith(".fifo")):
        kind = field.removesuffix("_arn")
        yield Fault(f"{path}.{field}", f"{arn!r} is given", f"the ARN of a {kind} that is not FIFO")
    if not events(target):
        yield Fault(f"{path}.events", "none is given", "one or more: s3:ObjectCreated:*")
    for index, event in enumerate(events(target)):
        if not _EVENT.fullmatch(event):
            yield Fault(f"{path}.events[{index}]", f"{event!r} is given", "an event of S3's: s3:ObjectCreated:*")


def _replication_faults(args: BucketArgs) -> Iterable[Fault]:
    replication = args.get("replication")
    if replication is None:
        return
    storage_class, arn = replication.get("storage_class"), replication.get("bucket_arn")
    if storage_class is not None and storage_class not in _COPY_CLASSES:
        yield Fault("replication.storage_class", f"{storage_class!r} is given", ", ".join(_COPY_CLASSES))
    if isinstance(arn, str) and is_known(arn) and ":s3:::" not in arn:
        yield Fault("replication.bucket_arn", f"{arn!r} is given", "the ARN of a bucket")
    if "kms_key_arn" in args and "kms_key_arn" not in replication:
        allowed = "the ARN of a key in the other region: this bucket's cannot encrypt there"
        yield Fault("replication.kms_key_arn", "nothing is given, and the bucket has a kms_key_arn", allowed)


def _policy_faults(args: BucketArgs) -> Iterable[Fault]:
    account = args.get("access_log_account_id")
    if isinstance(account, str) and is_known(account) and not _ACCOUNT.fullmatch(account):
        yield Fault("access_log_account_id", f"{account!r} is given", "an account's 12 digits")
    for sid, statement in args.get("policy_statements", {}).items():
        path = f"policy_statements.{sid}"
        if not _SID.fullmatch(sid) or sid in ("TlsAlone", "AccessLogs"):
            yield Fault(path, "it has this name", "letters and digits, and not TlsAlone or AccessLogs")
        missing = [key for key in ("Effect", "Principal", "Action") if key not in statement]
        if missing:
            yield Fault(path, f"it has no {' and no '.join(missing)}", "Effect, Principal, Action, maybe a Condition")


BUCKET_RULES = (
    _version_faults,
    _lifecycle_faults,
    _cors_faults,
    _notification_faults,
    _replication_faults,
    _policy_faults,
)
