"""What can be wrong with a function's arguments beyond their types. Values that are Outputs are not looked at."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault
from tenfold.function_access import is_destination, is_stream
from tenfold.function_arguments import FunctionArgs
from tenfold.function_package import folder_faults
from tenfold.log_retention import retention_faults
from tenfold.role_policies import role_policy_faults
from tenfold.time_zones import is_time_zone

# A role's name has 64 characters, of which "-function-role-" and Pulumi's seven random ones take 22.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,42}")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_EXPRESSION = re.compile(r"(rate\(\d+ \w+\)|cron\(\S+( \S+){5}\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "*")
# A schedule's name has 64 characters, of which "-schedule-", a hyphen and Pulumi's random ones take 18.
_SCHEDULE_NAME = 46
_CODE = ("folder", "archive", "image_uri")
_RANGES = {
    "memory_mb": (128, 10_240, "MB"),
    "timeout_seconds": (1, 900, "seconds"),
    "ephemeral_storage_mb": (512, 10_240, "MB"),
}
_QUEUE_RANGES = {
    "batch_size": (1, 10_000, "messages"),
    "batch_window_seconds": (0, 300, "seconds"),
    "maximum_concurrency": (2, 1000, "batches at a time"),
}
_STREAM_RANGES = {
    "batch_size": (1, 10_000, "records"),
    "batch_window_seconds": (0, 300, "seconds"),
    "parallel_batches": (1, 10, "batches"),
    "retries": (0, 10_000, "tries"),
    "maximum_record_age_seconds": (60, 604_800, "seconds"),
}
_SCHEDULE_RANGES = {
    "window_minutes": (1, 1440, "minutes"),
    "retries": (0, 185, "tries"),
    "maximum_age_seconds": (60, 86_400, "seconds"),
}
_FILTERS = 10


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name."""
    if not _NAME.fullmatch(name):
        allowed = "1 to 42 letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _range_faults(key: str, args: FunctionArgs) -> Iterable[Fault]:
    yield from bounded(key, args.get(key), *_RANGES[key])


def _code_faults(args: FunctionArgs) -> Iterable[Fault]:
    code = args["code"]
    given = [key for key in _CODE if key in code]
    if len(given) != 1:
        said = f"{' and '.join(given)} are given" if given else "nothing is given"
        yield Fault("code", said, "one of folder, archive and image_uri")
        return
    is_image = given == ["image_uri"]
    for key in ("runtime", "layers") if is_image else ():
        if key in code:
            yield Fault(f"code.{key}", "it is given beside image_uri", "nothing: the image has it in itself")
    if not is_image and "handler" not in code:
        yield Fault("code.handler", "nothing is given", "a text: the function in the code, main.handle")
    yield from bounded("code.layers", len(code.get("layers", [])), 0, 5, "layers")
    if "folder" in code:
        yield from folder_faults("code.folder", code["folder"], code.get("runtime", "python3.13"))


def _environment_faults(args: FunctionArgs) -> Iterable[Fault]:
    variables = args.get("environment", {})
    for variable in variables if isinstance(variables, Mapping) else ():
        if not _VARIABLE.fullmatch(variable):
            allowed = "a letter, and one or more letters, digits and underscores"
            yield Fault(f"environment.{variable}", "it has this name", allowed)


def _policy_faults(args: FunctionArgs) -> Iterable[Fault]:
    yield from role_policy_faults("policies", args.get("policies", {}))


def _retention_faults(args: FunctionArgs) -> Iterable[Fault]:
    yield from retention_faults("log_retention_days", args.get("log_retention_days"))


def _concurrency_faults(args: FunctionArgs) -> Iterable[Fault]:
    concurrency = args.get("concurrency", {})
    reserved, provisioned = concurrency.get("reserved"), concurrency.get("provisioned")
    yield from bounded("concurrency.reserved", reserved, 0, 100_000, "calls at a time")
    yield from bounded("concurrency.provisioned", provisioned, 1, 100_000, "environments")
    if isinstance(reserved, int) and isinstance(provisioned, int) and 1 <= reserved < provisioned:
        given = f"{provisioned} is given, with {reserved} as reserved"
        yield Fault("concurrency.provisioned", given, f"up to {reserved} environments")


def _canary_faults(args: FunctionArgs) -> Iterable[Fault]:
    canary = args.get("canary")
    if canary is None:
        return
    yield from bounded("canary.percent", canary.get("percent"), 0, 99, "percent")
    version = canary["stable_version"]
    if isinstance(version, str) and is_known(version) and not version.isdecimal():
        yield Fault("canary.stable_version", f"{version!r} is given", "a version's number: '7'")


def _asynchronous_faults(args: FunctionArgs) -> Iterable[Fault]:
    asynchronous = args.get("asynchronous", {})
    yield from bounded("asynchronous.retries", asynchronous.get("retries"), 0, 2, "tries")
    yield from bounded(
        "asynchronous.maximum_age_seconds", asynchronous.get("maximum_age_seconds"), 60, 21_600, "seconds"
    )
    for key, more in (("on_failure_arn", " or a bucket"), ("on_success_arn", "")):
        arn = asynchronous.get(key)
        if isinstance(arn, str) and is_known(arn) and not is_destination(arn, failure=key == "on_failure_arn"):
            allowed = f"the ARN of a queue, a topic, a function, an event bus{more}"
            yield Fault(f"asynchronous.{key}", f"{arn!r} is given", allowed)


def _url_faults(args: FunctionArgs) -> Iterable[Fault]:
    cors = args.get("url", {}).get("cors")
    if cors is None:
        return
    yield from bounded("url.cors.max_age_seconds", cors.get("max_age_seconds"), 0, 86_400, "seconds")
    if not cors["origins"]:
        yield Fault("url.cors.origins", "nobody is given", "one origin or more: https://www.example.com")
    if cors.get("credentials", False) and "*" in cors["origins"]:
        allowed = "False, or the origins one by one: browsers send no cookies to a page that may be anybody's"
        yield Fault("url.cors.credentials", "True is given with all origins", allowed)
    for index, method in enumerate(cors.get("methods", [])):
        if method not in _METHODS:
            yield Fault(f"url.cors.methods[{index}]", f"{method!r} is given", ", ".join(_METHODS))


def _queue_faults(args: FunctionArgs) -> Iterable[Fault]:
    for key, queue in args.get("queues", {}).items():
        path = f"queues.{key}"
        yield from _source_faults(path, key, queue, _QUEUE_RANGES)
        arn = queue.get("queue_arn")
        if isinstance(arn, str) and is_known(arn) and ":sqs:" not in arn:
            yield Fault(f"{path}.queue_arn", f"{arn!r} is given", "the ARN of a queue")
        if 10 < queue.get("batch_size", 10) <= 10_000 and queue.get("batch_window_seconds", 0) == 0:
            allowed = "1 to 10 messages, or a batch_window_seconds of 1 or more"
            yield Fault(f"{path}.batch_size", f"{queue.get('batch_size')} is given without a batch window", allowed)


def _topic_faults(args: FunctionArgs) -> Iterable[Fault]:
    for key, topic in args.get("topics", {}).items():
        path = f"topics.{key}"
        yield from _source_faults(path, key, topic, {})
        arn = topic.get("topic_arn")
        if isinstance(arn, str) and is_known(arn) and (":sns:" not in arn or arn.endswith(".fifo")):
            allowed = "the ARN of a topic; a FIFO topic sends to queues alone"
            yield Fault(f"{path}.topic_arn", f"{arn!r} is given", allowed)
        if "filter_scope" in topic and "filter" not in topic:
            yield Fault(f"{path}.filter_scope", "it is given without a filter", "nothing, or a filter beside it")


def _stream_faults(args: FunctionArgs) -> Iterable[Fault]:
    for key, stream in args.get("streams", {}).items():
        path = f"streams.{key}"
        yield from _source_faults(path, key, stream, _STREAM_RANGES)
        arn = stream.get("stream_arn")
        if isinstance(arn, str) and is_known(arn) and not is_stream(arn):
            yield Fault(f"{path}.stream_arn", f"{arn!r} is given", "the ARN of a table's stream or of a Kinesis stream")


def _schedule_faults(name: str, args: FunctionArgs) -> Iterable[Fault]:
    for key, schedule in args.get("schedules", {}).items():
        path = f"schedules.{key}"
        yield from _source_faults(path, key, schedule, _SCHEDULE_RANGES)
        if _KEY.fullmatch(key) and len(name) + len(key) > _SCHEDULE_NAME:
            given = f"it has this name, in a function of {len(name)} characters"
            yield Fault(path, given, f"{_SCHEDULE_NAME} characters in both names together: AWS's limit for a schedule")
        expression, zone = schedule.get("expression"), schedule.get("timezone", "UTC")
        if isinstance(expression, str) and is_known(expression) and not _EXPRESSION.fullmatch(expression):
            allowed = "rate(5 minutes), cron(0 8 ? * MON-FRI *) or at(2027-01-01T00:00:00)"
            yield Fault(f"{path}.expression", f"{expression!r} is given", allowed)
        if isinstance(zone, str) and is_known(zone) and not is_time_zone(zone):
            yield Fault(f"{path}.timezone", f"{zone!r} is given", "a time zone of the IANA: Europe/Berlin")


def _source_faults(path: str, key: str, source: Any, ranges: Mapping[str, tuple[int, int, str]]) -> Iterable[Fault]:
    if not _KEY.fullmatch(key):
        yield Fault(path, "it has this name", "a letter, and up to 29 letters, digits, underscores and hyphens")
    for field, (low, high, unit) in ranges.items():
        yield from bounded(f"{path}.{field}", source.get(field), low, high, unit)
    if "filters" in source:
        yield from bounded(f"{path}.filters", len(source["filters"]), 1, _FILTERS, "patterns")


def function_rules(name: str) -> tuple[Any, ...]:
    """The rules for the arguments of a function of this name."""
    return (
        *(partial(_range_faults, key) for key in _RANGES),
        _code_faults,
        _environment_faults,
        _policy_faults,
        _retention_faults,
        _concurrency_faults,
        _canary_faults,
        _asynchronous_faults,
        _url_faults,
        _queue_faults,
        _topic_faults,
        _stream_faults,
        partial(_schedule_faults, name),
    )
