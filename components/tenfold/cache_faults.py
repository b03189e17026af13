"""Which caches are impossible, said before anything exists."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.cache_arguments import CacheArgs, CacheEngine, CacheNodesArgs, CacheServerlessArgs
from tenfold.cache_server import engine_of, is_serverless
from tenfold.cache_users import APP, DEFAULT, OFF, user_id
from tenfold.database_faults import group_faults, key_faults
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.maintenance_windows import DAILY, WEEKLY

_ID_LIMIT = 40
"""How many characters an identifier of AWS has: the name, an end that Pulumi makes up, and the name of a user."""
NAME_LIMIT = _ID_LIMIT - len("-0a1b2c3-app")
_NAME = re.compile(r"[a-z](-?[a-z0-9])*")
_USER = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_NODE_TYPE = re.compile(r"cache\.[a-z0-9-]+\.[a-z0-9]+")
_VERSIONS = {
    CacheEngine.VALKEY: (re.compile(r"7\.2|[89]\.\d+"), "a version of Valkey from 7.2: 8.1"),
    CacheEngine.REDIS: (re.compile(r"7\.[01]"), "7.0 or 7.1"),
}
_OWN_PARAMETERS = {
    "maxmemory-policy": "nothing: eviction says it",
    "cluster-enabled": "nothing: nodes.shards says it",
}
_OF_NODES = ("eviction", "parameters", "maintenance")


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name, which AWS's names begin with."""
    if not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
        allowed = f"up to {NAME_LIMIT} lower-case letters, digits and single hyphens, a letter first: page-cache"
        yield Fault("name", f"{name!r} is given", allowed)


def user_faults(name: str, args: CacheArgs) -> Iterable[Fault]:
    """What is wrong with the users and what they may do."""
    access = args.get("access", {})
    if "app" in access:
        yield from _access_string_faults("access.app", access["app"])
    for user, may in access.get("users", {}).items():
        path = f"access.users.{user}"
        most = _ID_LIMIT - len(user_id(f"{name}-0a1b2c3", ""))
        if not _USER.fullmatch(user) or len(user) > most:
            given = f"it has this name, beside the cache's of {len(name)} characters"
            yield Fault(path, given, f"up to {max(most, 0)} lower-case letters, digits and single hyphens")
        elif user in (APP, DEFAULT, OFF):
            allowed = "another name: access.app says what app may do, and default and off are disabled"
            yield Fault(path, "it has this name", allowed)
        else:
            yield from _access_string_faults(path, may)
    groups = access.get("security_group_ids", {})
    yield from key_faults("access.security_group_ids", groups)
    yield from group_faults("access.security_group_ids", groups)


def _access_string_faults(path: str, given: str) -> Iterable[Fault]:
    words = given.split()
    if not words or words[0] not in ("on", "off") or any(word[0] in "<>#!" or word == "nopass" for word in words):
        yield Fault(path, f"{given!r} is given", "an access string without passwords: on ~app:* +@read")


def _version_faults(args: CacheArgs) -> Iterable[Fault]:
    pattern, allowed = _VERSIONS[engine_of(args)]
    version = args.get("engine_version")
    if version is not None and not pattern.fullmatch(version):
        yield Fault("engine_version", f"{version!r} is given", allowed)


def _node_faults(args: CacheArgs) -> Iterable[Fault]:
    nodes: CacheNodesArgs = args.get("nodes", {})
    if "serverless" in args and "nodes" in args:
        yield Fault("nodes", "it is given beside serverless", "one of the two")
        return
    if "type" in nodes and not _NODE_TYPE.fullmatch(nodes["type"]):
        yield Fault("nodes.type", f"{nodes['type']!r} is given", "a type of nodes: cache.r7g.large")
    yield from bounded("nodes.replicas", nodes.get("replicas"), 0, 5, "replicas")
    yield from bounded("nodes.shards", nodes.get("shards"), 1, 500, "shards")


def _serverless_faults(args: CacheArgs) -> Iterable[Fault]:
    if not is_serverless(args):
        return
    for key in _OF_NODES:
        if key in args:
            yield Fault(key, "it is given beside serverless", "nothing: it is of nodes")
    serverless: CacheServerlessArgs = args.get("serverless", {})
    yield from _bound_faults(serverless, "storage_gb", 100, 1, 5000, "GB")
    yield from _bound_faults(serverless, "ecpu_per_second", 100_000, 1000, 15_000_000, "units a second")


def _bound_faults(given: Mapping[str, Any], what: str, default: int, low: int, high: int, unit: str) -> Iterable[Fault]:
    most = given.get(f"max_{what}", default)
    yield from bounded(f"serverless.max_{what}", most, low, high, unit)
    if low <= most <= high:
        yield from bounded(f"serverless.min_{what}", given.get(f"min_{what}"), low, most, unit)


def _parameter_faults(args: CacheArgs) -> Iterable[Fault]:
    for name in args.get("parameters", {}):
        if name in _OWN_PARAMETERS:
            yield Fault(f"parameters.{name}", "it is given", _OWN_PARAMETERS[name])


def _snapshot_faults(args: CacheArgs) -> Iterable[Fault]:
    snapshots = args.get("snapshots", {})
    yield from bounded("snapshots.retention_days", snapshots.get("retention_days"), 0, 35, "days")
    if "window" in snapshots and not DAILY.fullmatch(snapshots["window"]):
        given = f"{snapshots['window']!r} is given"
        yield Fault("snapshots.window", given, "two times of the day in UTC: 03:00-04:00")
    if "final_snapshot" in snapshots and is_serverless(args):
        yield Fault("snapshots.final_snapshot", "it is given beside serverless", "nothing: it is of nodes")
    source = snapshots.get("restore_from")
    if isinstance(source, str) and is_known(source) and source.startswith("arn:") != is_serverless(args):
        allowed = "the ARN of a snapshot" if is_serverless(args) else "the name of a snapshot"
        yield Fault("snapshots.restore_from", f"{source!r} is given", allowed)


def _maintenance_faults(args: CacheArgs) -> Iterable[Fault]:
    maintenance = args.get("maintenance", {})
    if "window" in maintenance and not WEEKLY.fullmatch(maintenance["window"]):
        allowed = "two times of the week in UTC: sun:04:00-sun:05:00"
        yield Fault("maintenance.window", f"{maintenance['window']!r} is given", allowed)


def _monitoring_faults(args: CacheArgs) -> Iterable[Fault]:
    monitoring = args.get("monitoring", {})
    for key in monitoring:
        if is_serverless(args) and key != "evictions_per_minute":
            yield Fault(f"monitoring.{key}", "it is given beside serverless", "nothing: it is of nodes")
    if not is_serverless(args):
        yield from retention_faults("monitoring.log_retention_days", monitoring.get("log_retention_days"))
        yield from bounded("monitoring.memory_percent", monitoring.get("memory_percent"), 1, 100, "percent")
    evictions = monitoring.get("evictions_per_minute")
    yield from bounded("monitoring.evictions_per_minute", evictions, 0, 10_000_000, "keys a minute")


def _client_faults(args: CacheArgs) -> Iterable[Fault]:
    clients = args.get("clients", {})
    yield from key_faults("clients", clients)
    yield from group_faults("clients", clients)


RULES = (
    _version_faults,
    _node_faults,
    _serverless_faults,
    _parameter_faults,
    _snapshot_faults,
    _maintenance_faults,
    _monitoring_faults,
    _client_faults,
)
"""What no type can express about a cache, for `checked`."""
