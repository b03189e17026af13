"""What is wrong with a table's arguments, by AWS's own limits.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html.
"""

import re
from collections.abc import Iterable, Mapping

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.table_arguments import (
    TableArgs,
    TableCapacityArgs,
    TableConsistency,
    TableGlobalArgs,
    TableGlobalIndexArgs,
    TableProjection,
    TableStream,
    TableThroughputArgs,
)

_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_TYPES = ("S", "N", "B")
_MOST_UNITS = 40_000


def _used_keys(args: TableArgs) -> Mapping[str, str]:
    """The key attributes by where they are named."""
    keys = {"hash_key": args["hash_key"], "range_key": args.get("range_key")}
    for index, given in args.get("global_indexes", {}).items():
        keys |= {f"global_indexes.{index}.{key}": given.get(key) for key in ("hash_key", "range_key")}
        for more in ("more_hash_keys", "more_range_keys"):
            keys |= {f"global_indexes.{index}.{more}[{at}]": key for at, key in enumerate(given.get(more, []))}
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
    if args.get("range_key") == args["hash_key"]:
        yield Fault("range_key", f"{args['hash_key']!r} is given, which is the hash key", "another attribute")
    if local_indexes and args.get("range_key") is None:
        yield Fault("local_indexes", "the table has no range_key", "none, or give the table a range_key")
    for index, keys in local_indexes.items():
        if keys["range_key"] == args["hash_key"]:
            given = f"{keys['range_key']!r} is given, which is the table's hash key"
            yield Fault(f"local_indexes.{index}.range_key", given, "another attribute")


def _index_key_faults(args: TableArgs) -> Iterable[Fault]:
    for name, index in args.get("global_indexes", {}).items():
        path = f"global_indexes.{name}"
        more_hash, more_range = index.get("more_hash_keys", []), index.get("more_range_keys", [])
        yield from bounded(f"{path}.more_hash_keys", len(more_hash), 0, 3, "attributes")
        yield from bounded(f"{path}.more_range_keys", len(more_range), 0, 3, "attributes")
        if more_range and "range_key" not in index:
            yield Fault(f"{path}.more_range_keys", "there is no range_key", "none, or name the first of them range_key")
        seen = {index["hash_key"]: "the hash key"}
        named = {f"{path}.more_hash_keys[{at}]": key for at, key in enumerate(more_hash)}
        named |= {f"{path}.range_key": index["range_key"]} if "range_key" in index else {}
        named |= {f"{path}.more_range_keys[{at}]": key for at, key in enumerate(more_range)}
        for at, key in named.items():
            if key in seen:
                yield Fault(at, f"{key!r} is given, which is {seen[key]}", "another attribute")
            seen.setdefault(key, "a key of this index already")


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
    provisioned = "provisioned" in args
    for path, given in _with_capacity(args):
        capacity, throughput = given.get("provisioned"), given.get("throughput")
        if capacity is not None:
            if not provisioned:
                allowed = "nothing, or give the table a provisioned capacity too"
                yield Fault(f"{path}provisioned", "the table is on demand", allowed)
            yield from _unit_faults(f"{path}provisioned", capacity)
        if throughput is not None:
            yield from _throughput_faults(f"{path}throughput", throughput, provisioned=provisioned)


def _with_capacity(args: TableArgs) -> Iterable[tuple[str, TableArgs | TableGlobalIndexArgs]]:
    yield "", args
    for name, index in args.get("global_indexes", {}).items():
        yield f"global_indexes.{name}.", index


def _unit_faults(path: str, capacity: TableCapacityArgs) -> Iterable[Fault]:
    for least, most in (("read_units", "max_read_units"), ("write_units", "max_write_units")):
        yield from bounded(f"{path}.{least}", capacity[least], 1, _MOST_UNITS, "units a second")
        if most in capacity:
            yield from bounded(f"{path}.{most}", capacity[most], capacity[least], _MOST_UNITS, "units a second")
    if "target_percent" in capacity:
        yield from bounded(f"{path}.target_percent", capacity["target_percent"], 20, 90, "percent")
        if not {"max_read_units", "max_write_units"} & capacity.keys():
            yield Fault(f"{path}.target_percent", "the capacity is fixed", "nothing, or give it a max_read_units too")


def _throughput_faults(path: str, throughput: TableThroughputArgs, *, provisioned: bool) -> Iterable[Fault]:
    for cap in ("max_read_units", "max_write_units"):
        if cap in throughput and provisioned:
            yield Fault(f"{path}.{cap}", "the table's capacity is provisioned", "nothing, or leave out provisioned")
        else:
            yield from bounded(f"{path}.{cap}", throughput.get(cap), 1, 4_000_000, "units a second")
    # AWS knows both or none.
    warm = throughput.get("warm_read_units"), throughput.get("warm_write_units")
    yield from bounded(f"{path}.warm_read_units", warm[0], 12_000, 10_000_000, "units a second")
    yield from bounded(f"{path}.warm_write_units", warm[1], 4_000, 10_000_000, "units a second")
    for key, own, other in (("warm_read_units", *warm), ("warm_write_units", *reversed(warm))):
        if own is None and other is not None:
            yield Fault(f"{path}.{key}", "nothing is given", "a number, as the other of the two is given")


def _ttl_faults(args: TableArgs) -> Iterable[Fault]:
    attribute = args.get("ttl_attribute")
    if attribute is None:
        return
    if attribute in (args["hash_key"], args.get("range_key")):
        yield Fault("ttl_attribute", f"{attribute!r} is given, which is a key of the table", "an attribute of its own")
    elif args["attributes"].get(attribute, "N") != "N":
        yield Fault(f"attributes.{attribute}", f"{args['attributes'][attribute]!r} is given", "'N', as ttl_attribute")


def _recovery_faults(args: TableArgs) -> Iterable[Fault]:
    yield from bounded("point_in_time_recovery_days", args.get("point_in_time_recovery_days"), 0, 35, "days")


def _replica_faults(args: TableArgs) -> Iterable[Fault]:
    given = args.get("global_table")
    if given is None:
        return
    replicas, strong = given["replicas"], given.get("consistency") is TableConsistency.STRONG
    if not replicas:
        yield Fault("global_table.replicas", "there is none", "one region or more, or no global_table")
    for region, replica in replicas.items():
        path = f"global_table.replicas.{region}"
        if not _REGION.fullmatch(region):
            yield Fault(path, "it has this name", "a region, 'eu-west-1'")
        if ("kms_key_arn" in replica) != ("kms_key_arn" in args):
            given_key = "it has a key" if "kms_key_arn" in replica else "it has no key"
            allowed = "a key in each region where the table has one, and in none where it has none"
            yield Fault(f"{path}.kms_key_arn", given_key, allowed)
    yield from _strong_faults(args, given) if strong else _eventual_faults(args, given)
    if "provisioned" in args and "max_write_units" not in args["provisioned"]:
        allowed = "the most that it follows the traffic to: replicas get the writes of all regions"
        yield Fault("provisioned.max_write_units", "nothing is given", allowed)


def _strong_faults(args: TableArgs, given: TableGlobalArgs) -> Iterable[Fault]:
    others = len(given["replicas"]) + ("witness_region" in given)
    if others != 2:
        allowed = "two other regions: two replicas, or one and a witness_region"
        yield Fault("global_table.consistency", f"'strong' is given with {others} other regions", allowed)
    if given.get("witness_region") in given["replicas"]:
        yield Fault("global_table.witness_region", "there is a replica in it", "a region of its own")
    for key in ("ttl_attribute", "local_indexes"):
        if args.get(key):
            yield Fault(key, "it is given with strong consistency", "nothing: AWS has it not in such tables")


def _eventual_faults(args: TableArgs, given: TableGlobalArgs) -> Iterable[Fault]:
    if "witness_region" in given:
        yield Fault("global_table.witness_region", "consistency is eventual", "nothing, or the consistency strong")
    stream = args.get("stream", TableStream.NEW_AND_OLD_IMAGES)
    if stream is not TableStream.NEW_AND_OLD_IMAGES:
        allowed = "new_and_old_images, which replicas are fed from"
        yield Fault("stream", f"{stream.value!r} is given with replicas", allowed)


def _source_faults(args: TableArgs) -> Iterable[Fault]:
    source = args.get("source")
    if source is not None and len(source) != 1:
        yield Fault("source", "both are given" if source else "it is empty", "either files or restored")


RULES = (
    _key_faults,
    _index_faults,
    _index_key_faults,
    _projection_faults,
    _capacity_faults,
    _ttl_faults,
    _recovery_faults,
    _replica_faults,
    _source_faults,
)
