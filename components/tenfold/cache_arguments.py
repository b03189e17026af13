"""What a cache can be made of."""

from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.placement import NetworkPlacement


class CacheEngine(StrEnum):
    """What a cache speaks."""

    VALKEY = "valkey"
    """Valkey, which speaks as Redis OSS 7.2 does and costs less."""
    REDIS = "redis"
    """Redis OSS, up to 7.1."""


class CacheEviction(StrEnum):
    """What nodes forget when their memory is full."""

    ALLKEYS_LRU = "allkeys-lru"
    """What was not used for longest: a cache before a database."""
    ALLKEYS_LFU = "allkeys-lfu"
    """What is used least often: a cache in which a few keys are always wanted."""
    VOLATILE_LRU = "volatile-lru"
    """What was not used for longest among the keys that expire."""
    VOLATILE_TTL = "volatile-ttl"
    """What would expire next: sessions."""
    NOEVICTION = "noeviction"
    """Nothing; writes fail."""


class CacheNodesArgs(TypedDict):
    """The nodes of a cache: a primary with replicas, or several shards of them."""

    type: NotRequired[str]
    """The type of each node, `cache.r7g.xlarge`; `cache.m7g.large`, of about 6 GB, by default. It changes in place."""
    replicas: NotRequired[int]
    """How many replicas there are of each primary, in other zones, 0 to 5; 1 by default. They read, and one takes over
    within seconds where the primary or its zone fails. With 0 nothing does. It changes in place."""
    shards: NotRequired[int]
    """How many shards the keys are spread over, 1 to 500, which clients that know clusters find; by default the cache
    is no cluster. The number changes in place, with the keys in it. What is no cluster becomes none here: AWS refuses
    it, but for a move in steps by hand. Where a cache may outgrow one node, begin with 1 shard."""


class CacheServerlessArgs(TypedDict):
    """How far a serverless cache grows, which bounds what it can cost. All changes in place."""

    max_storage_gb: NotRequired[int]
    """The most data that it holds, 1 to 5000 GB; 100 by default. When it is full, keys that expire are forgotten, and
    without any, writes fail."""
    min_storage_gb: NotRequired[int]
    """How many GB it is ready for, and charged for, from the start; none by default."""
    max_ecpu_per_second: NotRequired[int]
    """The most that it does, 1000 to 15000000 processing units a second, of about a simple command on 1 KB each;
    100000 by default. Beyond it throttles."""
    min_ecpu_per_second: NotRequired[int]
    """How many processing units a second it is ready for, and charged for, from the start; none by default."""


class CacheAccessArgs(TypedDict):
    """Who signs in, by IAM and without a password, and what they may do."""

    app: NotRequired[str]
    """What the user `app` may do, an access string of the engine; `on ~* &* +@all -@dangerous +info` by default, which
    is all that touches keys, without commands such as `FLUSHALL` and `KEYS`."""
    users: NotRequired[dict[str, str]]
    """Further users by name, each with its access string, `{"reports": "on ~report:* +@read"}`; none by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Further security groups that the cache is in, by a name of your own; none by default."""


class CacheSnapshotArgs(TypedDict):
    """Copies of the past."""

    retention_days: NotRequired[pulumi.Input[int]]
    """How many days a daily snapshot is kept, 0 for none, to 35; 7 by default."""
    window: NotRequired[str]
    """When it is taken, in UTC, `03:00-04:00`; by default AWS chooses. A serverless cache looks at its beginning."""
    final_snapshot: NotRequired[bool]
    """Whether a snapshot is taken when a cache of nodes is deleted; true by default. AWS takes none of a serverless
    cache."""
    restore_from: NotRequired[pulumi.Input[str]]
    """What a new cache starts from: the name of a snapshot for nodes, its ARN for a serverless cache; by default it
    starts empty. It is looked at when the cache is made: a later change changes nothing."""


class CacheMaintenanceArgs(TypedDict):
    """When and how nodes change."""

    window: NotRequired[str]
    """When AWS patches them, an hour or more in UTC, `sun:04:00-sun:05:00`; by default AWS chooses."""
    auto_minor_version_upgrade: NotRequired[bool]
    """Whether minor versions come by themselves, in the window; true by default."""
    apply_immediately: NotRequired[bool]
    """Whether changes such as another type of nodes are made at once and not in the window; false by default. Replicas
    and shards come and go at once."""


class CacheMonitoringArgs(TypedDict):
    """What is seen of a cache."""

    log_retention_days: NotRequired[int]
    """How many days the slow log and the log of the engine are kept, one of the numbers CloudWatch Logs knows; 30 by
    default. A serverless cache has no logs."""
    event_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that ElastiCache tells of failovers and changes of nodes; nobody is told by default."""
    memory_percent: NotRequired[float]
    """From how full a node is an alarm rings, 1 to 100 percent; 90 by default. Where a cache is meant to be full and
    to forget, 100 silences it."""
    evictions_per_minute: NotRequired[float]
    """How many keys a node may forget in a minute before an alarm rings; 100 by default."""


class CacheArgs(TypedDict):
    """Arguments of `Cache`. What decides which resources there are is a plain value."""

    placement: pulumi.Input[NetworkPlacement]
    """The network, whose data subnets it is in. Another network replaces it, which is refused while protected."""
    clients: NotRequired[dict[str, pulumi.Input[str]]]
    """The security groups that may connect, each once, by a name of your own, `{"web": web.security_group_id}`; nobody
    by default."""
    engine: NotRequired[CacheEngine]
    """What it speaks: `valkey` (default) or `redis`. Redis OSS becomes Valkey in place; the way back replaces it."""
    engine_version: NotRequired[str]
    """The version: `8.1` of Valkey, from `7.2`, or `7.1` of Redis OSS, from `7.0`, as users sign in by IAM. A later one
    comes in place, an earlier one replaces the cache. A serverless cache goes by the first number."""
    nodes: NotRequired[CacheNodesArgs]
    """Its nodes; by default a primary and a replica of the type `cache.m7g.large` in two zones."""
    serverless: NotRequired[CacheServerlessArgs]
    """A cache without nodes, which grows by itself, in place of `nodes`; `{}` for one of up to 100 GB. From one to the
    other is another cache."""
    eviction: NotRequired[CacheEviction]
    """What nodes forget when their memory is full: `allkeys-lru` (default), `allkeys-lfu`, `volatile-lru`,
    `volatile-ttl` or `noeviction`. A serverless cache forgets as with `volatile-lru`."""
    parameters: NotRequired[dict[str, pulumi.Input[str]]]
    """Further parameters of the engine on nodes, `{"notify-keyspace-events": "Ex"}`; none by default."""
    access: NotRequired[CacheAccessArgs]
    """Who signs in, and what they may do; by default the user `app`."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key that encrypts it at rest; a key of ElastiCache's by default. Another one replaces the cache,
    which is refused while it is protected."""
    snapshots: NotRequired[CacheSnapshotArgs]
    """Copies of the past; by default daily ones of 7 days, and a final one."""
    maintenance: NotRequired[CacheMaintenanceArgs]
    """When and how nodes change; by default in AWS's window, with minor versions."""
    monitoring: NotRequired[CacheMonitoringArgs]
    """What is seen of it; by default logs of 30 days."""
    deletion_protection: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace it; true by default. AWS itself does not protect caches."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"group": {"network_type": "dual_stack"}}`."""
