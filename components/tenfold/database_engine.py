"""What differs from engine to engine, and how many connections so much memory gives.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tenfold.database_arguments import DatabaseCapacityArgs, DatabaseEngine, DatabaseSettingsArgs

GIB = 1_073_741_824
_ACU_GIB = 2
_CLASS = re.compile(r"db\.([tmrc])\d+[a-z]*\.(micro|small|medium|large|(\d*)xlarge)")
_GIB_OF_LARGE = {"t": 8, "m": 8, "r": 16, "c": 4}
_PARTS_OF_LARGE = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1}


class EngineFacts(NamedTuple):
    """What is the same for all databases of an engine.

    Attributes:
        version: The version where none is asked for.
        postgres: Whether it is PostgreSQL, and not MySQL.
        aurora: Whether it is Aurora, and not an RDS instance.
        port: The port that it listens on.
        logs: The logs that CloudWatch gets.
    """

    version: str
    postgres: bool
    aurora: bool
    port: int
    logs: tuple[str, ...]


_FACTS = {
    DatabaseEngine.AURORA_POSTGRESQL: EngineFacts("17", True, True, 5432, ("iam-db-auth-error", "postgresql")),
    DatabaseEngine.AURORA_MYSQL: EngineFacts("8.0", False, True, 3306, ("error", "iam-db-auth-error", "slowquery")),
    DatabaseEngine.POSTGRES: EngineFacts("17", True, False, 5432, ("iam-db-auth-error", "postgresql", "upgrade")),
    DatabaseEngine.MYSQL: EngineFacts("8.4", False, False, 3306, ("error", "iam-db-auth-error", "slowquery")),
}


def engine_of(args: DatabaseSettingsArgs) -> DatabaseEngine:
    """The engine."""
    return args.get("engine", DatabaseEngine.AURORA_POSTGRESQL)


def facts_of(args: DatabaseSettingsArgs) -> EngineFacts:
    """What is the same for all databases of the engine."""
    return _FACTS[engine_of(args)]


def version_of(args: DatabaseSettingsArgs) -> str:
    """The version, or the beginning of it."""
    return args.get("engine_version", facts_of(args).version)


def parameter_family(args: DatabaseSettingsArgs) -> str:
    """The family of parameter groups that fit the version: `aurora-postgresql17`, `mysql8.4`."""
    major = version_of(args).split(".")[: 1 if facts_of(args).postgres else 2]
    return f"{engine_of(args).value}{'.'.join(major)}"


def is_serverless(args: DatabaseSettingsArgs) -> bool:
    """Whether its instances scale by themselves."""
    return facts_of(args).aurora and "instance_class" not in args.get("capacity", {})


def instance_class(args: DatabaseSettingsArgs) -> str:
    """The class of its instances."""
    default = "db.serverless" if facts_of(args).aurora else "db.m7g.large"
    return args.get("capacity", {}).get("instance_class", default)


def acu_bounds(args: DatabaseSettingsArgs) -> tuple[float, float]:
    """The least and the greatest capacity of a serverless instance."""
    capacity: DatabaseCapacityArgs = args.get("capacity", {})
    low = capacity.get("min_acu", 0.5)
    return low, capacity.get("max_acu", max(16.0, low))


def memory_gib(args: DatabaseSettingsArgs) -> float | None:
    """The memory of an instance at its largest, or None where its class is not known here."""
    if is_serverless(args):
        return _ACU_GIB * acu_bounds(args)[1]
    return args.get("capacity", {}).get("memory_gib", class_memory_gib(instance_class(args)))


def class_memory_gib(name: str) -> float | None:
    """The memory of an instance class, or None where it is not known here."""
    found = _CLASS.fullmatch(name)
    if not found:
        return None
    family, size, times = found.groups()
    parts = _PARTS_OF_LARGE.get(size, 2 * int(times or 1))
    return _GIB_OF_LARGE[family] * parts


def max_connections(args: DatabaseSettingsArgs) -> int:
    """About how many connections an instance takes, by the formulas of AWS's own parameter groups."""
    facts, memory = facts_of(args), (memory_gib(args) or 0) * GIB
    if facts.postgres:
        # As little as that at its least, a serverless instance keeps to what fits into it.
        most = 2000 if is_serverless(args) and acu_bounds(args)[0] <= 0.5 else 5000
        return min(int(memory / 9_531_392), most)
    if facts.aurora:
        return int(max(math.log2(memory / 805_306_368) * 45, math.log2(memory / 8_187_281_408) * 1000))
    return int(memory / 12_582_880)


def parameters_of(args: DatabaseSettingsArgs) -> Sequence[Any]:
    """The parameters that it does not have from AWS, those of the program last."""
    given = args.get("parameters", {})
    dynamic = {**_own_parameters(args), **given.get("dynamic", {})}
    static = {**(_replication(args) if given.get("logical_replication") else {}), **given.get("static", {})}
    methods = ((dynamic, "immediate"), (static, "pending-reboot"))
    return [
        {"name": name, "value": values[name], "apply_method": method}
        for values, method in methods
        for name in sorted(values)
    ]


def _own_parameters(args: DatabaseSettingsArgs) -> Mapping[str, str]:
    facts = facts_of(args)
    slow = args.get("monitoring", {}).get("slow_query_ms", 1000)
    if facts.postgres:
        return {"rds.force_ssl": "1", "log_min_duration_statement": str(slow)}
    return {
        "require_secure_transport": "ON" if facts.aurora else "1",
        "slow_query_log": "1",
        "long_query_time": f"{slow / 1000:.12g}",
        "log_output": "FILE",
    }


def _replication(args: DatabaseSettingsArgs) -> Mapping[str, str]:
    return {"rds.logical_replication": "1"} if facts_of(args).postgres else {"binlog_format": "ROW"}
