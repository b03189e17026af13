"""Which databases are impossible, said before anything exists."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.database_arguments import (
    DatabaseArgs,
    DatabaseCapacityArgs,
    DatabaseEngine,
    DatabaseReaderScalingArgs,
    DatabaseSettingsArgs,
    DatabaseStorageArgs,
    DatabaseStorageType,
)
from tenfold.database_engine import acu_bounds, class_memory_gib, engine_of, facts_of
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.maintenance_windows import DAILY, WEEKLY

NAME_LIMIT = 32
_NAME = re.compile(r"[a-z](-?[a-z0-9])*")
KEY = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
USER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
_CLASS = re.compile(r"db\.[a-z0-9-]+(\.[a-z0-9-]+)+")
_POSTGRES_VERSION = re.compile(r"1[3-9](\.\d+)?")
_MYSQL_VERSION = re.compile(r"[89]\.\d+(\.[0-9a-z_.]+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ENHANCED = (0, 1, 5, 10, 15, 30, 60)
_RESERVED_USERS = ("admin", "administrator", "postgres", "public", "rdsadmin", "root", "user")


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name, which AWS's names begin with."""
    if not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
        allowed = f"up to {NAME_LIMIT} lower-case letters, digits and single hyphens, a letter first: orders-db"
        yield Fault("name", f"{name!r} is given", allowed)


def _version_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    version, postgres = args.get("engine_version"), facts_of(args).postgres
    if version is not None and not (_POSTGRES_VERSION if postgres else _MYSQL_VERSION).fullmatch(version):
        allowed = "a version of PostgreSQL: 17, 17.5" if postgres else "a version of MySQL: 8.0, 8.4"
        yield Fault("engine_version", f"{version!r} is given", allowed)


def _capacity_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    capacity: DatabaseCapacityArgs = args.get("capacity", {})
    aurora = facts_of(args).aurora
    given_class = capacity.get("instance_class")
    for key in ("min_acu", "max_acu", "seconds_until_pause"):
        if key in capacity and not aurora:
            yield Fault(f"capacity.{key}", f"engine is {engine_of(args).value}", "nothing: Aurora alone is serverless")
        elif key in capacity and given_class is not None:
            yield Fault(f"capacity.{key}", "it is given beside instance_class", "nothing, or no instance_class")
    if aurora and given_class is None:
        yield from _acu_faults(args, capacity)
    if "multi_az" in capacity and aurora:
        yield Fault("capacity.multi_az", f"engine is {engine_of(args).value}", "nothing: Aurora's readers take over")
    if given_class is not None:
        yield from _class_faults("capacity.instance_class", given_class)
    yield from _memory_faults(capacity)


def _acu_faults(args: DatabaseSettingsArgs, capacity: DatabaseCapacityArgs) -> Iterable[Fault]:
    low, _ = acu_bounds(args)
    for key, least in (("min_acu", 0.0), ("max_acu", max(1.0, low if 0 <= low <= 256 else 0))):
        value = capacity.get(key)
        if value is None:
            continue
        if not least <= value <= 256 or value * 2 % 1:
            yield Fault(f"capacity.{key}", f"{value:.12g} is given", f"{least:.12g} to 256 ACU in steps of 0.5")
    if "seconds_until_pause" in capacity and low > 0:
        yield Fault("capacity.seconds_until_pause", f"min_acu is {low:.12g}", "nothing, or min_acu 0")
    else:
        yield from bounded("capacity.seconds_until_pause", capacity.get("seconds_until_pause"), 300, 86_400, "seconds")


def _class_faults(path: str, given: str) -> Iterable[Fault]:
    if not _CLASS.fullmatch(given):
        yield Fault(path, f"{given!r} is given", "a class of instances: db.r8g.large; serverless ones have none")


def _memory_faults(capacity: DatabaseCapacityArgs) -> Iterable[Fault]:
    path, given = "capacity.memory_gib", capacity.get("instance_class")
    if "memory_gib" not in capacity:
        if given is not None and _CLASS.fullmatch(given) and class_memory_gib(given) is None:
            yield Fault(path, f"nothing is given, and {given} is not known here", "the memory of the class in GiB")
    elif given is None:
        yield Fault(path, "it is given without instance_class", "nothing, or an instance_class")
    else:
        yield from bounded(path, capacity["memory_gib"], 1, 32_768, "GiB")


def _reader_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    readers = args.get("readers", {})
    yield from bounded("readers", len(readers), 0, 15, "readers")
    for key, reader in readers.items():
        path = f"readers.{key}"
        if not KEY.fullmatch(key) or len(key) > 20 or key == "writer":
            yield Fault(path, "it has this name", "1 to 20 lower-case letters, digits and single hyphens, not writer")
        if "instance_class" in reader:
            yield from _class_faults(f"{path}.instance_class", reader["instance_class"])
        if "promotion_tier" in reader and not facts_of(args).aurora:
            given = f"engine is {engine_of(args).value}"
            yield Fault(f"{path}.promotion_tier", given, "nothing: no replica takes over")
        else:
            yield from bounded(f"{path}.promotion_tier", reader.get("promotion_tier"), 0, 15, "tiers")


def _scaling_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    if "reader_scaling" not in args:
        return
    if not facts_of(args).aurora:
        yield Fault("reader_scaling", f"engine is {engine_of(args).value}", "nothing: Aurora's readers alone scale")
        return
    scaling: DatabaseReaderScalingArgs = args["reader_scaling"]
    low, high = scaling.get("min_readers"), scaling["max_readers"]
    yield from bounded("reader_scaling.min_readers", low, 0, 15, "readers")
    if not 1 <= high <= 15:
        yield Fault("reader_scaling.max_readers", f"{high} is given", "1 to 15 readers")
    elif low is not None and low > high:
        yield Fault("reader_scaling.max_readers", f"{high} is given, and min_readers is {low}", "no less than that")
    if "cpu_percent" in scaling and "connections" in scaling:
        yield Fault("reader_scaling.connections", "it is given beside cpu_percent", "one of the two")
    yield from bounded("reader_scaling.cpu_percent", scaling.get("cpu_percent"), 1, 100, "percent")
    yield from bounded("reader_scaling.connections", scaling.get("connections"), 1, 16_000, "connections")


def _storage_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    storage: DatabaseStorageArgs = args.get("storage", {})
    if facts_of(args).aurora:
        for key in ("allocated_gb", "max_gb", "type", "iops", "throughput_mbps"):
            if key in storage:
                given = f"engine is {engine_of(args).value}"
                yield Fault(f"storage.{key}", given, "nothing: Aurora's storage grows by itself")
        return
    if "io_optimized" in storage:
        yield Fault("storage.io_optimized", f"engine is {engine_of(args).value}", "nothing: it is of Aurora")
    allocated, most = storage.get("allocated_gb", 100), storage.get("max_gb")
    yield from bounded("storage.allocated_gb", allocated, 20, 65_536, "GB")
    if most is not None and not allocated < most <= 65_536:
        yield Fault("storage.max_gb", f"{most} is given", f"{allocated + 1} to 65536 GB, more than allocated_gb")
    yield from _speed_faults(storage, allocated)


def _speed_faults(storage: DatabaseStorageArgs, allocated: int) -> Iterable[Fault]:
    if storage.get("type") is DatabaseStorageType.IO2:
        if "iops" not in storage:
            yield Fault("storage.iops", "nothing is given", "1000 to 256000 operations a second, with io2")
        else:
            yield from bounded("storage.iops", storage["iops"], 1000, 256_000, "operations a second")
        if "throughput_mbps" in storage:
            yield Fault("storage.throughput_mbps", "type is io2", "nothing: it follows from iops")
        return
    limits = (("iops", 12_000, 64_000, "operations a second"), ("throughput_mbps", 500, 4_000, "MB a second"))
    for key, low, high, unit in limits:
        if key in storage and allocated < 400:
            yield Fault(f"storage.{key}", f"allocated_gb is {allocated}", "nothing, or a gp3 volume of 400 GB or more")
        else:
            yield from bounded(f"storage.{key}", storage.get(key), low, high, unit)


def _access_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    access = args.get("access", {})
    master, users = access.get("master_username", "dbadmin"), access.get("iam_users", ["app"])
    if not USER.fullmatch(master) or len(master) > 16 or master.lower() in _RESERVED_USERS:
        allowed = "up to 16 letters, digits and underscores, a letter first, and no name that everybody guesses"
        yield Fault("access.master_username", f"{master!r} is given", allowed)
    if not users:
        yield Fault("access.iam_users", "an empty list is given", "at least one user: app")
    for index, user in enumerate(users):
        path = f"access.iam_users[{index}]"
        if not USER.fullmatch(user):
            yield Fault(path, f"{user!r} is given", "up to 32 letters, digits and underscores, no digit first")
        elif user in users[:index] or user == master:
            yield Fault(path, f"{user!r} is given twice", "each user once, and not the master user")
    yield from bounded("access.rotation_days", access.get("rotation_days"), 1, 1000, "days")


def _database_name_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    yield from database_name_faults("database_name", args.get("database_name", "app"))


def database_name_faults(path: str, name: str) -> Iterable[Fault]:
    """What is wrong with the name of a database."""
    if not _DATABASE.fullmatch(name):
        yield Fault(path, f"{name!r} is given", "up to 63 letters, digits and underscores, a letter first")


def _proxy_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    proxy = args.get("proxy")
    if proxy is None:
        return
    for key in ("secret_arns", "secret_kms_key_arns"):
        yield from key_faults(f"proxy.{key}", proxy.get(key, {}))
        if key in proxy and proxy.get("iam", True):
            yield Fault(f"proxy.{key}", "it is given beside iam", "nothing, or iam false")
    limits = (
        ("max_connections_percent", 1, 100, "percent"),
        ("idle_client_timeout_seconds", 1, 28_800, "seconds"),
        ("borrow_timeout_seconds", 0, 300, "seconds"),
    )
    for key, low, high, unit in limits:
        yield from bounded(f"proxy.{key}", proxy.get(key), low, high, unit)


def _parameter_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    parameters = args.get("parameters", {})
    for name in parameters.get("static", {}):
        if name in parameters.get("dynamic", {}):
            yield Fault(f"parameters.static.{name}", "it is dynamic, too", "one of the two")
        elif name in ("rds.force_ssl", "require_secure_transport"):
            yield Fault(f"parameters.static.{name}", "it is given", "nothing: TLS is always required")
    for name in ("rds.force_ssl", "require_secure_transport"):
        if name in parameters.get("dynamic", {}):
            yield Fault(f"parameters.dynamic.{name}", "it is given", "nothing: TLS is always required")


def _backup_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    backup = args.get("backup", {})
    yield from bounded("backup.retention_days", backup.get("retention_days"), 7, 35, "days")
    if "window" in backup and not DAILY.fullmatch(backup["window"]):
        yield Fault("backup.window", f"{backup['window']!r} is given", "two times of the day in UTC: 03:00-04:00")


def _restore_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    if "restore" not in args:
        return
    restore = args["restore"]
    snapshot, source = "snapshot_identifier" in restore, "source_identifier" in restore
    if snapshot == source:
        given = "both are given" if snapshot else "nothing is given"
        yield Fault("restore.snapshot_identifier", given, "snapshot_identifier or source_identifier")
    elif "time" in restore and snapshot:
        yield Fault("restore.time", "it is given beside snapshot_identifier", "nothing, or a source_identifier")
    elif "time" in restore and isinstance(restore["time"], str) and not _TIME.fullmatch(restore["time"]):
        yield Fault("restore.time", f"{restore['time']!r} is given", "a time in UTC: 2026-03-01T12:00:00Z")


def _maintenance_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    maintenance = args.get("maintenance", {})
    if "window" in maintenance and not WEEKLY.fullmatch(maintenance["window"]):
        allowed = "two times of the week in UTC: sun:04:00-sun:05:00"
        yield Fault("maintenance.window", f"{maintenance['window']!r} is given", allowed)
    if maintenance.get("blue_green"):
        hindrance = _blue_green_hindrance(args)
        if hindrance:
            yield Fault("maintenance.blue_green", hindrance, "nothing, or an RDS instance without readers or a proxy")


def _blue_green_hindrance(args: DatabaseSettingsArgs) -> str:
    if facts_of(args).aurora:
        return f"engine is {engine_of(args).value}"
    if args.get("readers"):
        return "there are readers"
    if "proxy" in args:
        return "there is a proxy"
    replicates = args.get("parameters", {}).get("logical_replication", False)
    if engine_of(args) is DatabaseEngine.POSTGRES and not replicates:
        return "parameters.logical_replication is not set, which copies of PostgreSQL follow by"
    return ""


def _monitoring_faults(args: DatabaseSettingsArgs) -> Iterable[Fault]:
    monitoring = args.get("monitoring", {})
    seconds = monitoring.get("enhanced_seconds", 0)
    if seconds not in _ENHANCED:
        allowed = f"one of {', '.join(map(str, _ENHANCED))} seconds"
        yield Fault("monitoring.enhanced_seconds", f"{seconds} is given", allowed)
    yield from bounded("monitoring.slow_query_ms", monitoring.get("slow_query_ms"), 0, 3_600_000, "milliseconds")
    yield from retention_faults("monitoring.log_retention_days", monitoring.get("log_retention_days"))


def key_faults(path: str, given: Mapping[str, Any]) -> Iterable[Fault]:
    """What is wrong with the names that a program gives to things of its own."""
    for key in given:
        if not _CLIENT.fullmatch(key):
            yield Fault(f"{path}.{key}", "it has this name", "1 to 60 letters, digits, underscores and hyphens")


def client_faults(args: DatabaseArgs) -> Iterable[Fault]:
    """What is wrong with those who may connect."""
    clients = args.get("clients", {})
    yield from key_faults("clients", clients)
    yield from group_faults("clients", clients)


def group_faults(path: str, clients: Mapping[str, Any]) -> Iterable[Fault]:
    """What is wrong with the security groups that are known."""
    names = dict[str, str]()
    for key, group in clients.items():
        if not _CLIENT.fullmatch(key) or not is_known(group):
            continue
        other = names.setdefault(group, key)
        if not str(group).startswith("sg-"):
            yield Fault(f"{path}.{key}", f"{group!r} is given", "a security group's id: sg-0123456789abcdef0")
        elif other != key:
            yield Fault(f"{path}.{key}", f"{group!r} is given twice", f"each group once: {other} is this one")


RULES = (
    _version_faults,
    _capacity_faults,
    _reader_faults,
    _scaling_faults,
    _storage_faults,
    _access_faults,
    _database_name_faults,
    _proxy_faults,
    _parameter_faults,
    _backup_faults,
    _restore_faults,
    _maintenance_faults,
    _monitoring_faults,
)
"""What no type can express about the settings of a database, for `checked`."""
