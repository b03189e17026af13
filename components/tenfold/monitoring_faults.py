"""What is wrong with the arguments of `Monitoring` that no type can express."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.monitoring_arguments import MonitoringArgs, MonitoringServiceArgs, MonitoringServiceKind
from tenfold.monitoring_traces import GROUPS, traces_name
from tenfold.queue_access import key_faults

Rule = Callable[[MonitoringArgs], Iterable[Fault]]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SUBSCRIBER = re.compile(r"[A-Za-z0-9]{1,40}")
_PUBLISHER = re.compile(r"(?!.*amazonaws)[a-z][a-z0-9.-]*")
_ALARM = re.compile(r"arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+")
_ENDPOINTS = {
    "emails": (re.compile(r"[^@\s]+@[^@\s]+"), "an address: oncall@example.com"),
    "https": (re.compile(r"https://\S+"), "an endpoint that begins with https://"),
    "queues": (re.compile(r"arn:aws[a-z-]*:sqs:.+"), "the ARN of an SQS queue"),
    "functions": (re.compile(r"arn:aws[a-z-]*:lambda:.+"), "the ARN of a Lambda function"),
}
# With 14.4 times the budget of 93 percent, all requests may fail.
_OBJECTIVE = (95, 99.999, "percent")
_MOST_SERVICES = 100
_MOST_LOG_GROUPS = 50
_MOST_TRACES_NAME = 32
_IDENTIFIERS: Mapping[MonitoringServiceKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    MonitoringServiceKind.SITE: (("distribution_id",), ()),
    MonitoringServiceKind.WEB_TIER: (("load_balancer_arn", "target_group_arn"), ()),
    MonitoringServiceKind.QUEUE: (("queue_name",), ("dlq_name",)),
    MonitoringServiceKind.FUNCTION: (("function_name",), ()),
    MonitoringServiceKind.TABLE: (("table_name",), ()),
    MonitoringServiceKind.BUCKET: (("bucket_name",), ()),
    MonitoringServiceKind.TOPIC: (("topic_name",), ()),
    MonitoringServiceKind.TRANSCODER: (("queue_arn",), ()),
    MonitoringServiceKind.MAIL: ((), ()),
    MonitoringServiceKind.OTHER: ((), ()),
}
"""What a kind needs where it has identifiers at all, and what it may have."""
_BY_NAME = {MonitoringServiceKind.PIPELINE, MonitoringServiceKind.SHARDS}
_EITHER = {
    MonitoringServiceKind.DATABASE: ("cluster", "instance"),
    MonitoringServiceKind.CACHE: ("nodes", "serverless"),
}


def monitoring_faults(name: str) -> tuple[Rule, ...]:
    """The rules for a component of some name."""
    return (lambda _: _name_faults("name", name), *RULES, partial(_trace_faults, name))


def _name_faults(path: str, name: str) -> Iterable[Fault]:
    if not _NAME.fullmatch(name):
        yield Fault(
            path, f"{name!r} is given", "1 to 40 letters, digits, underscores and hyphens: names on AWS have it"
        )


def _service_faults(args: MonitoringArgs) -> Iterable[Fault]:
    services = args.get("services", {})
    if len(services) > _MOST_SERVICES:
        yield Fault("services", f"there are {len(services)}", f"{_MOST_SERVICES}: a dashboard has no place for more")
    for key, service in services.items():
        path = f"services.{key}"
        if not _NAME.fullmatch(key):
            yield from _name_faults(path, key)
            continue
        yield from _identifier_faults(f"{path}.identifiers", service)
        yield from _part_faults(path, service)
        yield from _objective_faults(path, service)


def _identifier_faults(path: str, service: MonitoringServiceArgs) -> Iterable[Fault]:
    kind, given = service["kind"], set(service.get("identifiers", {}))
    if kind in _BY_NAME:
        return
    if kind in _EITHER:
        if given and (len(given) != 1 or not given <= set(_EITHER[kind])):
            yield Fault(path, f"{_listed(given)} is given", f"one of {' and '.join(_EITHER[kind])}")
        return
    needed, further = _IDENTIFIERS[kind]
    wanted = needed if given or kind is MonitoringServiceKind.WEB_TIER else ()
    if not set(wanted) <= given <= {*needed, *further}:
        allowed = _listed({*needed, *further}) if needed else f"none for the kind {kind.value}"
        yield Fault(path, f"{_listed(given)} is given", allowed)


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)) or "nothing"


def _part_faults(path: str, service: MonitoringServiceArgs) -> Iterable[Fault]:
    parts = list(service.get("parts", ()))
    if parts and "alarm_arns" not in service:
        yield Fault(f"{path}.parts", "it is given without alarm_arns", "parts of a service that has alarms")
    for index, part in enumerate(parts):
        if not _NAME.fullmatch(part):
            yield from _name_faults(f"{path}.parts[{index}]", part)
        elif part in parts[:index]:
            yield Fault(f"{path}.parts[{index}]", f"{part!r} is given again", "each part once")


def _objective_faults(path: str, service: MonitoringServiceArgs) -> Iterable[Fault]:
    of_web_tier = service["kind"] is MonitoringServiceKind.WEB_TIER
    if "objective" in service:
        objective = service["objective"]
        if not of_web_tier:
            yield Fault(f"{path}.objective", "it is given", "for a web_tier alone")
        yield from bounded(f"{path}.objective.availability_percent", objective.get("availability_percent"), *_OBJECTIVE)
        least = objective.get("minimum_requests")
        yield from bounded(f"{path}.objective.minimum_requests", least, 0, 1_000_000_000, "requests")
    if service.get("traffic_anomaly", False) and not of_web_tier:
        yield Fault(f"{path}.traffic_anomaly", "it is given", "for a web_tier alone")


def _subscriber_faults(args: MonitoringArgs) -> Iterable[Fault]:
    for severity in ("warning", "critical"):
        groups: Mapping[str, Any] = args.get(severity, {})
        for group, endpoints in groups.items():
            pattern, allowed = _ENDPOINTS[group]
            for key, endpoint in endpoints.items():
                path = f"{severity}.{group}.{key}"
                if not _SUBSCRIBER.fullmatch(key):
                    yield Fault(path, "it has this name", "1 to 40 letters and digits")
                elif isinstance(endpoint, str) and is_known(endpoint) and not pattern.fullmatch(endpoint):
                    yield Fault(path, f"{endpoint!r} is given", allowed)


def _topic_faults(args: MonitoringArgs) -> Iterable[Fault]:
    for index, publisher in enumerate(args.get("publishers", ())):
        if not _PUBLISHER.fullmatch(publisher):
            allowed = "a service as its principal begins: events.rds for events.rds.amazonaws.com"
            yield Fault(f"publishers[{index}]", f"{publisher!r} is given", allowed)
    alarms = args.get("alarms", {})
    if "critical_topic_arn" in alarms and "topic_arn" not in alarms:
        yield Fault("alarms.critical_topic_arn", "it is given without topic_arn", "both, or neither for new topics")
    yield from key_faults(args.get("kms_key_arn"))


def _maintenance_faults(args: MonitoringArgs) -> Iterable[Fault]:
    arn = args.get("maintenance_alarm_arn")
    if isinstance(arn, str) and is_known(arn) and not _ALARM.fullmatch(arn):
        yield Fault("maintenance_alarm_arn", f"{arn!r} is given", "the ARN of a CloudWatch alarm")


def _dashboard_faults(args: MonitoringArgs) -> Iterable[Fault]:
    name = args.get("dashboard_name")
    if isinstance(name, str) and is_known(name) and not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        yield Fault("dashboard_name", f"{name!r} is given", "1 to 255 letters, digits, underscores and hyphens")


def _log_faults(args: MonitoringArgs) -> Iterable[Fault]:
    groups = args.get("log_groups", {})
    if len(groups) > _MOST_LOG_GROUPS:
        yield Fault("log_groups", f"there are {len(groups)}", f"{_MOST_LOG_GROUPS}: a query asks no more")
    for key, group in groups.items():
        path = f"log_groups.{key}"
        if not _NAME.fullmatch(key):
            yield from _name_faults(path, key)
            continue
        yield from retention_faults(f"{path}.retention_days", group.get("retention_days"))
        yield from bounded(f"{path}.error_threshold", group.get("error_threshold"), 0, 1_000_000, "errors")
        if "log_group_name" in group and ("retention_days" in group or "kms_key_arn" in group):
            allowed = "an existing group without retention_days and kms_key_arn, which are its own"
            yield Fault(f"{path}.log_group_name", "it is given beside what a new group has", allowed)


def _query_faults(args: MonitoringArgs) -> Iterable[Fault]:
    queries = args.get("queries", {})
    if queries and not args.get("log_groups", {}):
        yield Fault("queries", "they are given without log_groups", "queries on log groups")
        return
    for key, query in queries.items():
        if not _NAME.fullmatch(key):
            yield from _name_faults(f"queries.{key}", key)
        elif not 1 <= len(query) <= 10_000:
            yield Fault(f"queries.{key}", f"{len(query)} characters are given", "1 to 10000")


def _trace_faults(name: str, args: MonitoringArgs) -> Iterable[Fault]:
    if "traces" not in args:
        return
    sampling = args["traces"].get("sampling", {})
    groups = {**GROUPS, **args["traces"].get("groups", {})}
    for path, keys in (("traces.sampling", sampling), ("traces.groups", groups)):
        for key in keys:
            full = traces_name(name, key)
            if not _NAME.fullmatch(key) or len(full) > _MOST_TRACES_NAME:
                allowed = f"up to {_MOST_TRACES_NAME} letters, digits, underscores and hyphens"
                yield Fault(f"{path}.{key}", f"X-Ray would know it as {full!r}", allowed)
    for key, rule in sampling.items():
        path = f"traces.sampling.{key}"
        yield from bounded(f"{path}.rate", rule.get("rate"), 0, 1, "of the requests")
        yield from bounded(f"{path}.reservoir_per_second", rule.get("reservoir_per_second"), 0, 1_000_000, "requests")
        yield from bounded(f"{path}.priority", rule.get("priority"), 1, 9999, "")


def _budget_faults(args: MonitoringArgs) -> Iterable[Fault]:
    if "budget" in args:
        budget = args["budget"]
        yield from bounded("budget.monthly_usd", budget["monthly_usd"], 1, 1_000_000_000, "dollars")
        for key in ("forecast_percent", "actual_percent"):
            yield from bounded(f"budget.{key}", budget.get(key), 1, 1000, "percent")


RULES: tuple[Rule, ...] = (
    _service_faults,
    _subscriber_faults,
    _topic_faults,
    _maintenance_faults,
    _dashboard_faults,
    _log_faults,
    _query_faults,
    _budget_faults,
)
