"""What a session store can be made of, and which are impossible."""

from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs, handed_on
from tenfold.arguments import bounded
from tenfold.cache import CACHE_CHILDREN
from tenfold.cache_arguments import CacheArgs, CacheEviction, CacheNodesArgs, CacheServerlessArgs
from tenfold.cache_faults import NAME_LIMIT, RULES, name_faults
from tenfold.errors import Fault
from tenfold.placement import NetworkPlacement
from tenfold.table import TABLE_CHILDREN
from tenfold.table_arguments import TableArgs

_SECONDS = 86_400
_OF_CACHES = ("placement", "clients", "nodes", "serverless")
KEY_ATTRIBUTE = "id"
EXPIRY_ATTRIBUTE = "expires_at"


class SessionStoreKind(StrEnum):
    """Where sessions are."""

    TABLE = "table"
    """In a `Table`: paid by request, without a network, at some milliseconds."""
    CACHE = "cache"
    """In a `Cache`: in memory, at less than a millisecond, in a network."""


class SessionStoreArgs(TypedDict):
    """Arguments of `SessionStore`. What decides which resources there are is a plain value."""

    store: NotRequired[SessionStoreKind]
    """Where sessions are: in a `table` (default) or a `cache`. Another store begins empty, and everybody signs in
    again; the old one goes, for which `deletion_protection` is first false."""
    ttl_seconds: NotRequired[pulumi.Input[int]]
    """How long a session lasts after its last write, 60 to 34560000 seconds, which is 400 days; 86400 by default. The
    tier writes it with each session: nothing else enforces it."""
    placement: NotRequired[pulumi.Input[NetworkPlacement]]
    """The network of a cache, whose data subnets it is in; required with `cache`. A table has none."""
    clients: NotRequired[dict[str, pulumi.Input[str]]]
    """The security groups that may connect to a cache, each once, by a name of your own,
    `{"web": web.security_group_id}`; nobody by default."""
    nodes: NotRequired[CacheNodesArgs]
    """The nodes of a cache; by default a primary and a replica of the type `cache.m7g.large` in two zones."""
    serverless: NotRequired[CacheServerlessArgs]
    """A cache without nodes, in place of `nodes`; none by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the customer's key that encrypts sessions; a key of the service's by default. Another one replaces a
    cache, and not a table."""
    point_in_time_recovery_days: NotRequired[int]
    """How many days a table can be restored to any second of, 0 for none, to 35; 1 by default, against a mistake, as
    older sessions are worth nothing. A cache has no snapshots."""
    deletion_protection: NotRequired[bool]
    """Whether the store is not deleted or replaced in passing, which signs everybody out; true by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom the alarms of the table or the cache notify, and which are not made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last, of the grants alone: Pulumi's `transforms` reach the store's own
    children."""


def store_of(args: SessionStoreArgs) -> SessionStoreKind:
    """Where sessions are."""
    return args.get("store", SessionStoreKind.TABLE)


def ttl_seconds(args: SessionStoreArgs) -> pulumi.Input[int]:
    """How long a session lasts."""
    return args.get("ttl_seconds", _SECONDS)


def table_args(args: SessionStoreArgs) -> TableArgs:
    """The table that sessions are in."""
    table: dict[str, Any] = {
        "hash_key": KEY_ATTRIBUTE,
        "attributes": {KEY_ATTRIBUTE: "S"},
        "ttl_attribute": EXPIRY_ATTRIBUTE,
        "point_in_time_recovery_days": args.get("point_in_time_recovery_days", 1),
        **_given(args, "kms_key_arn", "deletion_protection", "tags"),
        **handed_on(args, TABLE_CHILDREN),
    }
    return cast("TableArgs", table)


def cache_args(args: SessionStoreArgs) -> CacheArgs:
    """The cache that sessions are in: full, it forgets those that would end next. They are worth no snapshot."""
    of_nodes = {
        "eviction": CacheEviction.VOLATILE_TTL,
        "snapshots": {"retention_days": 0, "final_snapshot": False},
    }
    cache: dict[str, Any] = {
        **({"snapshots": {"retention_days": 0}} if "serverless" in args else of_nodes),
        **_given(args, *_OF_CACHES, "kms_key_arn", "deletion_protection", "tags"),
        **handed_on(args, CACHE_CHILDREN),
    }
    return cast("CacheArgs", cache)


def _given(args: SessionStoreArgs, *keys: str) -> dict[str, Any]:
    return {key: args[key] for key in keys if key in args}


def _ttl_faults(args: SessionStoreArgs) -> Iterable[Fault]:
    yield from bounded("ttl_seconds", args.get("ttl_seconds"), 60, 34_560_000, "seconds")


def _table_faults(args: SessionStoreArgs) -> Iterable[Fault]:
    if store_of(args) is SessionStoreKind.TABLE:
        for key in _OF_CACHES:
            if key in args:
                yield Fault(key, "store is table", "nothing, or the store cache")
        yield from bounded("point_in_time_recovery_days", args.get("point_in_time_recovery_days"), 0, 35, "days")


def _cache_faults(args: SessionStoreArgs) -> Iterable[Fault]:
    if store_of(args) is SessionStoreKind.CACHE:
        if "placement" not in args:
            yield Fault("placement", "nothing is given, and store is cache", "a network's placement")
        if "point_in_time_recovery_days" in args:
            yield Fault("point_in_time_recovery_days", "store is cache", "nothing, or the store table")
        for rule in RULES:
            yield from rule(cache_args(args))


def _name_faults(name: str, args: SessionStoreArgs) -> Iterable[Fault]:
    """What is wrong with the component's name, which the names of a cache begin with."""
    if store_of(args) is SessionStoreKind.CACHE and list(name_faults(child_name(name, args))):
        most = NAME_LIMIT - len(child_name("", args))
        allowed = f"with the store cache up to {most} lower-case letters, digits and single hyphens, a letter first"
        yield Fault("name", f"{name!r} is given", allowed)


def child_name(name: str, args: SessionStoreArgs) -> str:
    """The name of the store itself in the program."""
    return f"{name}-{store_of(args).value}"


def session_faults(name: str) -> tuple[Any, ...]:
    """What no type can express about a session store, for `checked`."""
    return partial(_name_faults, name), _ttl_faults, _table_faults, _cache_faults
