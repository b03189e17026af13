"""What a table is told: its keys and indexes, its capacity, its copies and its protection."""

from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs


class TableProjection(StrEnum):
    """Which attributes an index holds beside its keys and the table's."""

    ALL = "all"
    """All of them."""
    KEYS_ONLY = "keys_only"
    """None."""
    INCLUDE = "include"
    """Those of `included_attributes`."""


class TableStream(StrEnum):
    """What a table's stream tells of a changed item."""

    KEYS_ONLY = "keys_only"
    """Its keys."""
    NEW_IMAGE = "new_image"
    """The item after the change."""
    OLD_IMAGE = "old_image"
    """The item before the change."""
    NEW_AND_OLD_IMAGES = "new_and_old_images"
    """Both."""


class TableConsistency(StrEnum):
    """What readers of a replica see of writes in other regions."""

    EVENTUAL = "eventual"
    """All of them, usually within a second; of two writes at once the later one stays."""
    STRONG = "strong"
    """All of them, at once; over three regions of one part of the world."""


class TableImportFormat(StrEnum):
    """What the files of an import hold."""

    CSV = "csv"
    """Lines of values, under a line of names."""
    DYNAMODB_JSON = "dynamodb_json"
    """Items as DynamoDB exports them."""
    ION = "ion"
    """Items in Amazon Ion."""


class TableImportCompression(StrEnum):
    """How the files of an import are compressed."""

    NONE = "none"
    """Not at all."""
    GZIP = "gzip"
    """By gzip."""
    ZSTD = "zstd"
    """By Zstandard."""


class TableCapacityArgs(TypedDict):
    """Provisioned capacity, in units a second."""

    read_units: int
    """Reads of 4 KB a second; the least of them, where there is a most."""
    write_units: int
    """Writes of 1 KB a second; the least of them, where there is a most."""
    max_read_units: NotRequired[int]
    """Up to how many reads a second the capacity follows the traffic; by default it does not."""
    max_write_units: NotRequired[int]
    """Up to how many writes a second the capacity follows the traffic; by default it does not."""
    target_percent: NotRequired[pulumi.Input[float]]
    """How much of the capacity is used when it follows the traffic, 20 to 90; 70 by default."""


class TableThroughputArgs(TypedDict):
    """What a table that is paid by request takes at the most, and what it takes from its first second."""

    max_read_units: NotRequired[int]
    """How many reads of 4 KB a second it takes at the most, a cap on what it can cost; without bounds by default."""
    max_write_units: NotRequired[int]
    """How many writes of 1 KB a second it takes at the most; without bounds by default."""
    warm_read_units: NotRequired[int]
    """Reads a second that it takes at once, before a launch, 12000 or more; AWS replaces a table to lower it."""
    warm_write_units: NotRequired[int]
    """Writes a second that it takes at once, before a launch, 4000 or more; AWS replaces a table to lower it."""


class TableGlobalIndexArgs(TypedDict):
    """A global secondary index: other keys for the same items."""

    hash_key: str
    """The attribute that items are spread by."""
    range_key: NotRequired[str]
    """The attribute that items with the same hash key are sorted by; none by default."""
    more_hash_keys: NotRequired[list[str]]
    """Up to 3 further attributes that spread the items together with `hash_key`; none by default."""
    more_range_keys: NotRequired[list[str]]
    """Up to 3 further attributes that sort the items after `range_key`; none by default."""
    projection: NotRequired[TableProjection]
    """Which attributes it holds: `all`, `keys_only` or `include`; `all` by default."""
    included_attributes: NotRequired[list[str]]
    """The attributes it holds beside keys, with the projection `include`."""
    provisioned: NotRequired[TableCapacityArgs]
    """Its capacity, where the table's is provisioned; the same as the table's by default."""
    throughput: NotRequired[TableThroughputArgs]
    """Its bounds and what it takes at once, where the table is paid by request; none by default."""


class TableLocalIndexArgs(TypedDict):
    """A local secondary index: another order of the items with the same hash key."""

    range_key: str
    """The attribute that they are sorted by."""
    projection: NotRequired[TableProjection]
    """Which attributes it holds: `all`, `keys_only` or `include`; `all` by default."""
    included_attributes: NotRequired[list[str]]
    """The attributes it holds beside keys, with the projection `include`."""


class TableReplicaArgs(TypedDict):
    """The table in another region."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key in that region which encrypts it; required where the table has a customer's key."""


class TableGlobalArgs(TypedDict):
    """The same table in other regions."""

    replicas: dict[str, TableReplicaArgs]
    """The replicas by region, `{"eu-west-1": {}}`, which can come and go."""
    consistency: NotRequired[TableConsistency]
    """What their readers see: `eventual` or `strong`; `eventual` by default. It stays as it is first chosen."""
    witness_region: NotRequired[str]
    """With `strong` and one replica the region that votes and holds no data; none by default."""


class TableImportArgs(TypedDict):
    """Files in a bucket that fill a new table."""

    bucket: pulumi.Input[str]
    """The bucket's name."""
    format: TableImportFormat
    """What the files hold: `csv`, `dynamodb_json` or `ion`."""
    key_prefix: NotRequired[pulumi.Input[str]]
    """What the keys of the files begin with; all files by default."""
    compression: NotRequired[TableImportCompression]
    """How the files are compressed: `none`, `gzip` or `zstd`; `none` by default."""
    bucket_owner: NotRequired[pulumi.Input[str]]
    """The number of the account that has the bucket; this one by default."""


class TableRestoreArgs(TypedDict):
    """Another table as it was, which fills a new one."""

    table_arn: pulumi.Input[str]
    """The ARN of the other table, which point-in-time recovery is on for."""
    at: NotRequired[pulumi.Input[str]]
    """The second, `2026-11-25T12:00:00Z`; the latest one that can be restored by default."""


class TableSourceArgs(TypedDict):
    """What a new table is filled from. It is looked at when the table is made, and never again."""

    files: NotRequired[TableImportArgs]
    """Files in a bucket."""
    restored: NotRequired[TableRestoreArgs]
    """Another table as it was at some time."""


class TableArgs(TypedDict):
    """Arguments of `Table`."""

    hash_key: str
    """The attribute that items are spread by. Changing it replaces the table."""
    range_key: NotRequired[str]
    """The attribute that items of one hash key are sorted by; none by default. Changing it replaces the table."""
    attributes: dict[str, str]
    """The types of all key attributes, and of no others: `S` (text), `N` (number) or `B` (binary)."""
    global_indexes: NotRequired[dict[str, TableGlobalIndexArgs]]
    """Global secondary indexes by name, up to 20; none by default."""
    local_indexes: NotRequired[dict[str, TableLocalIndexArgs]]
    """Local secondary indexes by name, up to 5; none by default. Changing them replaces the table."""
    provisioned: NotRequired[TableCapacityArgs]
    """A capacity, fixed or within bounds; by default the table is on demand, paid by request."""
    throughput: NotRequired[TableThroughputArgs]
    """The bounds of a table that is paid by request and what it takes at once; none by default."""
    point_in_time_recovery_days: NotRequired[int]
    """How many days the table can be restored to any second of, 1 to 35, or 0 for none; 35 by default."""
    ttl_attribute: NotRequired[str]
    """The attribute with the time an item expires, in seconds since 1970; items do not expire by default."""
    stream: NotRequired[TableStream]
    """A stream of changes, with: `keys_only`, `new_image`, `old_image`, `new_and_old_images`; none by default."""
    kinesis_stream_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a Kinesis data stream that gets every change; none by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the customer's key that encrypts it; by default a key of DynamoDB's does, at no charge."""
    global_table: NotRequired[TableGlobalArgs]
    """The table in other regions, too; in this one alone by default."""
    source: NotRequired[TableSourceArgs]
    """What a new table is filled from; nothing by default. It is not looked at again."""
    resource_policy_json: NotRequired[pulumi.Input[str]]
    """The policy of the table itself, which lets other accounts in, as JSON; none by default."""
    contributor_insights: NotRequired[bool]
    """Whether CloudWatch tells which keys are used and throttled most, of the table and its indexes; not by default."""
    deletion_protection: NotRequired[bool]
    """Whether neither AWS nor Pulumi deletes or replaces the table; true by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"table": {"table_class": "STANDARD_INFREQUENT_ACCESS"}}`."""
