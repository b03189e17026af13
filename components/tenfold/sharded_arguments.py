"""What a sharded cluster is told, and which clusters are impossible."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.arguments import bounded, override_faults
from tenfold.database import DATABASE_CHILDREN
from tenfold.database_arguments import (
    DatabaseCapacityArgs,
    DatabaseReaderArgs,
    DatabaseRestoreArgs,
    DatabaseSettingsArgs,
)
from tenfold.database_engine import facts_of
from tenfold.database_faults import KEY, NAME_LIMIT, RULES, group_faults, key_faults
from tenfold.errors import Fault
from tenfold.placement import NetworkPlacement
from tenfold_shards import ShardMap, operations

_MOST_SHARDS = 1024
_OWN = ("capacity", "readers", "restore")


class ShardedClusterShardArgs(TypedDict):
    """One shard: a `Database` of its own."""

    weight: NotRequired[int]
    """Its share of the buckets in the first map, relative to the others, 0 to 1000000; 1 by default. It is looked at
    when the cluster is made; later `tenfold-shards plan rebalance` changes it."""
    capacity: NotRequired[DatabaseCapacityArgs]
    """How much it can do, where that is particular to it; that of `database` by default."""
    readers: NotRequired[dict[str, DatabaseReaderArgs]]
    """Its readers, where those are particular to it; those of `database` by default."""
    restore: NotRequired[DatabaseRestoreArgs]
    """What it starts from when it is made; by default from nothing."""


class ShardedClusterRangeArgs(TypedDict):
    """Keys by name instead of by hash: text from one bound up to another, in the order of its UTF-8 bytes."""

    lower: str
    """The first text that is in, `"A"`."""
    upper: NotRequired[str]
    """The first text that is no longer in, `"N"`; without end by default."""
    shard: str
    """The shard that has them."""


class ShardedClusterArgs(TypedDict):
    """Arguments of `ShardedCluster`. What decides which resources there are is a plain value."""

    placement: pulumi.Input[NetworkPlacement]
    """The network, whose data subnets the shards are in. Another network replaces them, which is refused while
    protected."""
    shards: dict[str, ShardedClusterShardArgs]
    """The shards by name, `{"users-1": {}, "users-2": {"weight": 2}}`, up to 1024. A name stays."""
    ranges: NotRequired[list[ShardedClusterRangeArgs]]
    """Ranges of text keys in the first map, such as `[{"lower": "A", "upper": "N", "shard": "users-1"}]`; keys in none
    of them are placed by their hash. None by default. Later `tenfold-shards plan assign-range` changes them."""
    database: NotRequired[DatabaseSettingsArgs]
    """The settings of every shard: PostgreSQL, on Aurora by default. Logical replication is always on, which moves
    need."""
    clients: NotRequired[dict[str, pulumi.Input[str]]]
    """The security groups that may connect to every shard, by a name of your own, `{"web": web.security_group_id}`;
    nobody by default."""
    map_name: NotRequired[str]
    """The map's name in its table; `main` by default."""
    deletion_protection: NotRequired[bool]
    """Whether neither AWS nor Pulumi deletes or replaces the map's table and, where `database` says nothing, the
    shards; true by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, those of the shards among them, and which are not made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last; those of a shard's children are in `database`."""


def settings_of(args: ShardedClusterArgs, shard: str) -> DatabaseSettingsArgs:
    """The settings of one shard."""
    own = {key: value for key, value in args["shards"][shard].items() if key in _OWN}
    settings: Any = {"deletion_protection": args.get("deletion_protection", True), **args.get("database", {}), **own}
    settings["parameters"] = {**settings.get("parameters", {}), "logical_replication": True}
    return settings


def first_map(args: ShardedClusterArgs) -> ShardMap:
    """Version 1 of the map, before anybody has moved anything.

    Raises:
        MapError: the shards, weights or ranges make no map.
    """
    made = ShardMap.create({name: shard.get("weight", 1) for name, shard in args["shards"].items()})
    ranges = args.get("ranges", [])
    for given in ranges:
        made = operations.assign_range(made, given["lower"], given.get("upper"), given["shard"]).after
    return ShardMap(1, made.hash, made.shards, made.owners, made.overrides, made.ranges)


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name, which AWS's names begin with."""
    if not KEY.fullmatch(name) or name[0].isdigit() or len(name) > NAME_LIMIT - 2:
        allowed = f"up to {NAME_LIMIT - 2} lower-case letters, digits and single hyphens, a letter first: users"
        yield Fault("name", f"{name!r} is given", allowed)


def shard_faults(name: str, args: ShardedClusterArgs) -> Iterable[Fault]:
    """What is wrong with the shards' names and weights."""
    shards = args["shards"]
    yield from bounded("shards", len(shards), 1, _MOST_SHARDS, "shards")
    room = NAME_LIMIT - len(name) - 1
    for shard, given in shards.items():
        if not KEY.fullmatch(shard) or len(shard) > room:
            allowed = f"lower-case letters, digits and single hyphens, {max(room, 1)} at most after {name!r}: east"
            yield Fault(f"shards.{shard}", "it has this name", allowed)
        yield from bounded(f"shards.{shard}.weight", given.get("weight"), 0, 1_000_000, "of weight")
    if shards and not any(given.get("weight", 1) for given in shards.values()):
        yield Fault("shards", "every weight is 0", "one shard at least that takes buckets")


def range_faults(args: ShardedClusterArgs) -> Iterable[Fault]:
    """What is wrong with the ranges: each by itself, and where one lies over another."""
    shards, ranges = args["shards"], args.get("ranges", [])
    for index, given in enumerate(ranges):
        path = f"ranges[{index}]"
        if given["shard"] not in shards:
            yield Fault(f"{path}.shard", f"{given['shard']!r} is given", f"one of shards: {', '.join(sorted(shards))}")
        if "upper" in given and given["upper"] <= given["lower"]:
            yield Fault(f"{path}.upper", f"{given['upper']!r} is given", f"text after lower, {given['lower']!r}")
            continue
        for at, other in enumerate(ranges[:index]):
            if _starts_before_end(given, other) and _starts_before_end(other, given):
                yield Fault(path, f"it lies over ranges[{at}]", "ranges that have no key in common")


def _starts_before_end(one: ShardedClusterRangeArgs, other: ShardedClusterRangeArgs) -> bool:
    return "upper" not in other or one["lower"] < other["upper"]


def setting_faults(args: ShardedClusterArgs) -> Iterable[Fault]:
    """What is wrong with the settings of all shards, and of one by itself."""
    common = args.get("database", {})
    if not facts_of(common).postgres:
        yield Fault("database.engine", "it is no PostgreSQL", "aurora-postgresql or postgres: shards are fenced by it")
    yield from override_faults("database.overrides", common.get("overrides"), DATABASE_CHILDREN)
    yield from _rules("database", common)
    for shard, given in args["shards"].items():
        own = {key: value for key, value in given.items() if key in _OWN}
        for fault in _rules(f"shards.{shard}", {**common, **own}):
            # What is common has been said.
            if fault.path.split(".")[2] in own:
                yield fault


def _rules(path: str, settings: Mapping[str, Any]) -> Iterable[Fault]:
    for rule in RULES:
        for fault in rule(cast("DatabaseSettingsArgs", settings)):
            yield fault._replace(path=f"{path}.{fault.path}")


def client_faults(args: ShardedClusterArgs) -> Iterable[Fault]:
    """What is wrong with those who may connect."""
    clients = args.get("clients", {})
    yield from key_faults("clients", clients)
    yield from group_faults("clients", clients)


def map_faults(args: ShardedClusterArgs) -> Iterable[Fault]:
    """What is wrong with the map's name."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", args.get("map_name", "main")):
        yield Fault("map_name", f"{args.get('map_name')!r} is given", "1 to 64 letters, digits, '_', '.' and '-'")
