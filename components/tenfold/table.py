"""A table that grows with its traffic: the state that stateless tiers must not keep.

*Scaling on AWS (Part 4): > One Million Users* moves some of the data, such as hot tables, sessions and metadata, to a
NoSQL database. This is a DynamoDB table: on demand unless told otherwise, and restorable to any second of the last
35 days.

What replaces a table, with all that is in it: another `hash_key` or `range_key`, another type of one of them, and any
change to `local_indexes`. `deletion_protection` refuses such a change in the preview. Make a second table beside it and
move the items. Everything else changes in place: `global_indexes`, capacity and billing, the stream, expiry, encryption
and protection.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, bounded, checked
from tenfold.children import inherited
from tenfold.errors import Fault, TenfoldError
from tenfold.table_access import READ, READ_WRITE, WRITE, stream_policy, table_policy
from tenfold.table_alarms import table_alarms


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


class TableEncryption(StrEnum):
    """Whose key a table is encrypted with."""

    AWS_OWNED = "aws_owned"
    """A key of DynamoDB's, at no charge."""
    AWS_MANAGED = "aws_managed"
    """The account's `aws/dynamodb` key, whose uses CloudTrail shows."""
    CUSTOMER_MANAGED = "customer_managed"
    """The key of `kms_key_arn`."""


class TableCapacityArgs(TypedDict):
    """Provisioned capacity, in units a second."""

    read_units: int
    """Reads of 4 KB a second."""
    write_units: int
    """Writes of 1 KB a second."""


class TableGlobalIndexArgs(TypedDict):
    """A global secondary index: other keys for the same items."""

    hash_key: str
    """The attribute that items are spread by."""
    range_key: NotRequired[str]
    """The attribute that items with the same hash key are sorted by; none by default."""
    projection: NotRequired[TableProjection]
    """Which attributes it holds: `all`, `keys_only` or `include`; `all` by default."""
    included_attributes: NotRequired[list[str]]
    """The attributes it holds beside keys, with the projection `include`."""
    provisioned: NotRequired[TableCapacityArgs]
    """Its capacity, where the table's is provisioned; as much as the table by default."""


class TableLocalIndexArgs(TypedDict):
    """A local secondary index: another order of the items with the same hash key."""

    range_key: str
    """The attribute that they are sorted by."""
    projection: NotRequired[TableProjection]
    """Which attributes it holds: `all`, `keys_only` or `include`; `all` by default."""
    included_attributes: NotRequired[list[str]]
    """The attributes it holds beside keys, with the projection `include`."""


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
    """A fixed capacity; by default the table is on demand, paid by request."""
    point_in_time_recovery_days: NotRequired[int]
    """How many days the table can be restored to any second of, 1 to 35, or 0 for none; 35 by default."""
    ttl_attribute: NotRequired[str]
    """The attribute with the time an item expires, in seconds since 1970; items do not expire by default."""
    stream: NotRequired[TableStream]
    """A stream of changes, with: `keys_only`, `new_image`, `old_image`, `new_and_old_images`; none by default."""
    encryption: NotRequired[TableEncryption]
    """Whose key encrypts it: `aws_owned` (default), `aws_managed`, `customer_managed` (with `kms_key_arn`)."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the customer's key that encrypts it."""
    deletion_protection: NotRequired[bool]
    """Whether neither AWS nor Pulumi deletes or replaces the table; true by default."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that alarms notify; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"table": {"table_class": "STANDARD_INFREQUENT_ACCESS"}}`."""


_CHILDREN: Children = {
    "table": aws.dynamodb.Table,
    "read-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "write-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "index-read-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "index-write-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "system-error-alarm": aws.cloudwatch.MetricAlarm,
    "read-grant": aws.iam.RolePolicy,
    "write-grant": aws.iam.RolePolicy,
    "read-write-grant": aws.iam.RolePolicy,
    "stream-grant": aws.iam.RolePolicy,
}
_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_TYPES = ("S", "N", "B")


class Table(pulumi.ComponentResource):
    """A DynamoDB table with its indexes, backups, alarms and the policies of those who use it.

    By default it is on demand, can be restored to any second of the last 35 days, is encrypted with a key of
    DynamoDB's, cannot be deleted or replaced in passing, and has alarms on throttling and on DynamoDB's own errors.
    """

    table_name: pulumi.Output[str]
    """The table's name on AWS."""
    table_arn: pulumi.Output[str]
    """The table's ARN."""
    stream_arn: pulumi.Output[str]
    """The ARN of its stream; empty without one."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_TABLE`, the component's name in capitals."""
    read_policy_json: pulumi.Output[str]
    """The IAM policy of its readers, indexes included."""
    write_policy_json: pulumi.Output[str]
    """The IAM policy of its writers, who cannot read."""
    read_write_policy_json: pulumi.Output[str]
    """The IAM policy of those who read and write."""
    stream_policy_json: pulumi.Output[str]
    """The IAM policy of those who read its stream; empty without one."""

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (_key_faults, _index_faults, _projection_faults, _capacity_faults, _ttl_faults, _key_arn_faults)
        args = checked("Table", name, TableArgs, args, _CHILDREN, *rules, _recovery_faults)
        super().__init__("tenfold:index:Table", name, {**args}, inherited(name, args, _CHILDREN, opts))

        table = _table(self, args)
        table_alarms(self, table, sorted(args.get("global_indexes", {})), _alarm_actions(args))

        self.table_name = table.name
        self.table_arn = table.arn
        self.stream_arn = table.stream_arn if "stream" in args else pulumi.Output.from_input("")
        self.environment = table.name.apply(lambda table_name: {_variable(name): table_name})
        self.read_policy_json = _policy(args, table, READ)
        self.write_policy_json = _policy(args, table, WRITE)
        self.read_write_policy_json = _policy(args, table, READ_WRITE)
        self.stream_policy_json = _stream_policy(args, table)
        self.register_outputs({output: getattr(self, output) for output in Table.__annotations__})
        self._has_stream = "stream" in args

    def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table and its indexes."""
        return self._grant("read-grant", role, self.read_policy_json)

    def grant_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role write items, and not read them."""
        return self._grant("write-grant", role, self.write_policy_json)

    def grant_read_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table and its indexes, and write items."""
        return self._grant("read-write-grant", role, self.read_write_policy_json)

    def grant_stream(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table's stream.

        Raises:
            TenfoldError: The table has none.
        """
        if not self._has_stream:
            name = self.pulumi_resource_name
            raise TenfoldError(f"Table {name!r} has no stream to read; give it one with the argument stream.")
        return self._grant("stream-grant", role, self.stream_policy_json)

    def _grant(self, kind: str, role: aws.iam.Role, policy: pulumi.Output[str]) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self.pulumi_resource_name}-{kind}-{role.pulumi_resource_name}",
            role=role.name,
            policy=policy,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _used_keys(args: TableArgs) -> Mapping[str, str]:
    """The key attributes by where they are named."""
    keys = {"hash_key": args["hash_key"], "range_key": args.get("range_key")}
    for index, given in args.get("global_indexes", {}).items():
        keys |= {f"global_indexes.{index}.{key}": given.get(key) for key in ("hash_key", "range_key")}
    for index, given in args.get("local_indexes", {}).items():
        keys[f"local_indexes.{index}.range_key"] = given["range_key"]
    return {path: key for path, key in keys.items() if key is not None}


def _key_faults(args: TableArgs) -> Iterable[Fault]:
    types, used = args["attributes"], _used_keys(args)
    for attribute, given in types.items():
        if attribute not in used.values():
            unused = "no table or index has it as a key"
            yield Fault(f"attributes.{attribute}", unused, "key attributes; others are not declared")
        elif given not in _TYPES:
            yield Fault(f"attributes.{attribute}", f"{given!r} is given", "'S' (text), 'N' (number) or 'B' (binary)")
    for path, key in used.items():
        if key not in types:
            yield Fault(path, f"{key!r} is given, which has no type", f"one of attributes, or add {key!r} to them")


def _index_faults(args: TableArgs) -> Iterable[Fault]:
    global_indexes, local_indexes = args.get("global_indexes", {}), args.get("local_indexes", {})
    yield from bounded("global_indexes", len(global_indexes), 0, 20, "indexes")
    yield from bounded("local_indexes", len(local_indexes), 0, 5, "indexes")
    for kind, indexes in (("global_indexes", global_indexes), ("local_indexes", local_indexes)):
        for index in indexes:
            if not _NAME.fullmatch(index):
                yield Fault(
                    f"{kind}.{index}", "it has this name", "3 to 255 letters, digits, underscores, dots, hyphens"
                )
    for index in sorted(global_indexes.keys() & local_indexes.keys()):
        yield Fault(f"local_indexes.{index}", "a global index has the same name", "a name of its own")
    for path, keys in {"": args, **{f"global_indexes.{name}.": keys for name, keys in global_indexes.items()}}.items():
        if keys.get("range_key") == keys["hash_key"]:
            yield Fault(
                f"{path}range_key", f"{keys['hash_key']!r} is given, which is the hash key", "another attribute"
            )
    if local_indexes and args.get("range_key") is None:
        yield Fault("local_indexes", "the table has no range_key", "none, or give the table a range_key")
    for index, keys in local_indexes.items():
        if keys["range_key"] == args["hash_key"]:
            given = f"{keys['range_key']!r} is given, which is the table's hash key"
            yield Fault(f"local_indexes.{index}.range_key", given, "another attribute")


def _projection_faults(args: TableArgs) -> Iterable[Fault]:
    indexes = {
        **{f"global_indexes.{name}": index for name, index in args.get("global_indexes", {}).items()},
        **{f"local_indexes.{name}": index for name, index in args.get("local_indexes", {}).items()},
    }
    for path, index in indexes.items():
        included = index.get("included_attributes")
        if index.get("projection") is TableProjection.INCLUDE:
            if not included:
                yield Fault(f"{path}.included_attributes", "nothing is given", "at least one, with projection include")
        elif included is not None:
            yield Fault(f"{path}.included_attributes", f"{included!r} is given", "nothing, or projection include")


def _capacity_faults(args: TableArgs) -> Iterable[Fault]:
    given = {"provisioned": args.get("provisioned")}
    for name, index in args.get("global_indexes", {}).items():
        path = f"global_indexes.{name}.provisioned"
        given[path] = index.get("provisioned")
        if given[path] is not None and "provisioned" not in args:
            yield Fault(path, "the table is on demand", "nothing, or give the table a provisioned capacity too")
    for path, capacity in given.items():
        if capacity is not None:
            yield from bounded(f"{path}.read_units", capacity["read_units"], 1, 40_000, "units a second")
            yield from bounded(f"{path}.write_units", capacity["write_units"], 1, 40_000, "units a second")


def _ttl_faults(args: TableArgs) -> Iterable[Fault]:
    attribute = args.get("ttl_attribute")
    if attribute is None:
        return
    if attribute in (args["hash_key"], args.get("range_key")):
        yield Fault("ttl_attribute", f"{attribute!r} is given, which is a key of the table", "an attribute of its own")
    elif args["attributes"].get(attribute, "N") != "N":
        yield Fault(f"attributes.{attribute}", f"{args['attributes'][attribute]!r} is given", "'N', as ttl_attribute")


def _key_arn_faults(args: TableArgs) -> Iterable[Fault]:
    encryption = args.get("encryption")
    if encryption is TableEncryption.CUSTOMER_MANAGED and "kms_key_arn" not in args:
        yield Fault("kms_key_arn", "nothing is given", "the key's ARN, with encryption customer_managed")
    elif encryption not in (None, TableEncryption.CUSTOMER_MANAGED) and "kms_key_arn" in args:
        yield Fault("kms_key_arn", f"it is given beside encryption {encryption.value}", "nothing, or customer_managed")


def _recovery_faults(args: TableArgs) -> Iterable[Fault]:
    yield from bounded("point_in_time_recovery_days", args.get("point_in_time_recovery_days"), 0, 35, "days")


def _table(component: Table, args: TableArgs) -> aws.dynamodb.Table:
    capacity = args.get("provisioned")
    recovery_days = args.get("point_in_time_recovery_days", 35)
    protected = args.get("deletion_protection", True)
    return aws.dynamodb.Table(
        f"{component.pulumi_resource_name}-table",
        hash_key=args["hash_key"],
        range_key=args.get("range_key"),
        attributes=[{"name": name, "type": args["attributes"][name]} for name in sorted(args["attributes"])],
        global_secondary_indexes=_global_indexes(args),
        local_secondary_indexes=_local_indexes(args),
        billing_mode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
        read_capacity=capacity["read_units"] if capacity else None,
        write_capacity=capacity["write_units"] if capacity else None,
        point_in_time_recovery=(
            {"enabled": True, "recovery_period_in_days": recovery_days} if recovery_days else {"enabled": False}
        ),
        ttl={"attribute_name": args["ttl_attribute"], "enabled": True} if "ttl_attribute" in args else None,
        stream_enabled="stream" in args,
        stream_view_type=args["stream"].value.upper() if "stream" in args else None,
        server_side_encryption=_encryption(args),
        deletion_protection_enabled=protected,
        # Where the table is not protected by itself it is as its component is.
        opts=pulumi.ResourceOptions(parent=component, protect=True if protected else None),
    )


def _global_indexes(args: TableArgs) -> list[Any]:
    # Sorted: programs in other languages give maps in no order.
    return [
        {
            "name": name,
            "key_schemas": [
                {"attribute_name": index[key], "key_type": kind}
                for key, kind in (("hash_key", "HASH"), ("range_key", "RANGE"))
                if key in index
            ],
            **_projection(index),
            **_index_capacity(args, index),
        }
        for name, index in sorted(args.get("global_indexes", {}).items())
    ]


def _local_indexes(args: TableArgs) -> list[Any]:
    return [
        {"name": name, "range_key": index["range_key"], **_projection(index)}
        for name, index in sorted(args.get("local_indexes", {}).items())
    ]


def _projection(index: TableGlobalIndexArgs | TableLocalIndexArgs) -> Mapping[str, Any]:
    projection = index.get("projection", TableProjection.ALL)
    included = {"non_key_attributes": index["included_attributes"]} if "included_attributes" in index else {}
    return {"projection_type": projection.value.upper(), **included}


def _index_capacity(args: TableArgs, index: TableGlobalIndexArgs) -> Mapping[str, int]:
    capacity = index.get("provisioned", args.get("provisioned"))
    if capacity is None:
        return {}
    return {"read_capacity": capacity["read_units"], "write_capacity": capacity["write_units"]}


def _encryption(args: TableArgs) -> Any:
    if "kms_key_arn" in args:
        return {"enabled": True, "kms_key_arn": args["kms_key_arn"]}
    # To DynamoDB, encryption by its own key is encryption that nobody enabled.
    return {"enabled": True} if args.get("encryption") is TableEncryption.AWS_MANAGED else None


def _alarm_actions(args: TableArgs) -> Sequence[pulumi.Input[str]]:
    return [args["alarm_topic_arn"]] if "alarm_topic_arn" in args else []


def _policy(args: TableArgs, table: aws.dynamodb.Table, actions: Sequence[str]) -> pulumi.Output[str]:
    indexes: list[str] = sorted([*args.get("global_indexes", {}), *args.get("local_indexes", {})])
    return pulumi.Output.all(table.arn, args.get("kms_key_arn")).apply(
        lambda arns: table_policy(actions, arns[0], indexes, arns[1])
    )


def _stream_policy(args: TableArgs, table: aws.dynamodb.Table) -> pulumi.Output[str]:
    if "stream" not in args:
        return pulumi.Output.from_input("")
    return pulumi.Output.all(table.stream_arn, args.get("kms_key_arn")).apply(lambda arns: stream_policy(*arns))


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", f"{name}_TABLE").upper()
