"""The map of a sharded cluster: its table, its first version, and what a removed shard still owns.

Pulumi publishes version 1 and never touches the map again: from then on it belongs to those who move data, by
`tenfold-shards`. The items are those of `tenfold_shards.store_dynamodb`.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import handed_on
from tenfold.errors import TenfoldError
from tenfold.sharded_arguments import ShardedClusterArgs
from tenfold.table import TABLE_CHILDREN, Table
from tenfold.table_arguments import TableArgs
from tenfold_shards import ShardMap, decode, encode

_HEAD = "head"


def map_table(component: pulumi.ComponentResource, args: ShardedClusterArgs) -> Table:
    """The table that the map is published in."""
    table: dict[str, Any] = {
        "hash_key": "map",
        "range_key": "item",
        "attributes": {"map": "S", "item": "S"},
        "deletion_protection": args.get("deletion_protection", True),
        "tags": {**args.get("tags", {}), "ShardedCluster": component.pulumi_resource_name},
        **handed_on(args, TABLE_CHILDREN),
    }
    opts = pulumi.ResourceOptions(parent=component)
    return Table(f"{component.pulumi_resource_name}-map", cast("TableArgs", table), opts)


def publish_first(
    component: pulumi.ComponentResource, table: Table, map_name: str, first: ShardMap
) -> aws.dynamodb.TableItem:
    """Put version 1 in force, where nothing is; what is there later is left as it is."""
    # Readers follow the head: the version is there before it.
    version = _item(component, "map-version", table, map_name, _version(1), {"text": {"S": encode(first)}}, [])
    return _item(component, "map-head", table, map_name, _HEAD, {"version": {"N": "1"}}, [version])


def _item(
    component: pulumi.ComponentResource,
    kind: str,
    table: Table,
    map_name: str,
    item: str,
    attributes: dict[str, Any],
    after: Sequence[pulumi.Resource],
) -> aws.dynamodb.TableItem:
    return aws.dynamodb.TableItem(
        f"{component.pulumi_resource_name}-{kind}",
        table_name=table.table_name,
        hash_key="map",
        range_key="item",
        item=json.dumps({"map": {"S": map_name}, "item": {"S": item}, **attributes}, ensure_ascii=False),
        opts=pulumi.ResourceOptions(parent=component, depends_on=after, ignore_changes=["item"]),
    )


def _version(number: int) -> str:
    return f"version#{number:010d}"


def checked_version(
    component: pulumi.ComponentResource,
    table: Table,
    head: aws.dynamodb.TableItem,
    map_name: str,
    shards: Iterable[str],
) -> pulumi.Output[int]:
    """The version in force, once it is sure that every shard it needs is still there.

    It is known in a preview of a cluster that exists, and unknown before: there is no map that could be read.

    Raises:
        TenfoldError: A shard that is gone from the program still owns something. Raised where the output is resolved,
            which is before anything is deleted.
    """
    names = frozenset(shards)
    name = component.pulumi_resource_name

    def check(found: Sequence[str]) -> int:
        table_name = found[0]
        number = int(_read(component, table_name, map_name, _HEAD).get("version", {"N": "0"})["N"])
        if number == 0:
            return 0
        item = _read(component, table_name, map_name, _version(number))
        in_force = _map(item, f"version {number} in {location(table_name, map_name)}")
        refuse_removal(name, table_name, map_name, in_force, names)
        return number

    return pulumi.Output.all(table.table_name, head.id).apply(check)


def refuse_removal(name: str, table_name: str, map_name: str, in_force: ShardMap, shards: frozenset[str]) -> None:
    """Refuse to let go of shards that the map in force still needs.

    Raises:
        TenfoldError: Every such shard, what it owns, and the command that drains it.
    """
    lines: list[str] = []
    for shard, count in in_force.counts().items():
        if shard in shards:
            continue
        keys = sum(single.shard == shard for single in in_force.overrides)
        ranges = sum(part.shard == shard for part in in_force.ranges)
        owned = [f"{count:,} buckets"] if count else []
        owned += [f"{keys:,} keys by themselves"] if keys else []
        owned += [f"{ranges:,} ranges"] if ranges else []
        if owned:
            lines.append(f"  shards.{shard}: it is gone from the program and still owns {' and '.join(owned)}")
    if not lines:
        return
    place = location(table_name, map_name)
    raise TenfoldError(
        "\n".join(
            [
                f"ShardedCluster {name!r} would lose data: version {in_force.version} of its map places it there.",
                *lines,
                "Put the shard back, move what it owns to others, publish the map that says so, and take it away then:",
                f"  tenfold-shards plan drain {place} SHARD    keys and ranges first: isolate, release, assign-range",
            ]
        )
    )


def location(table_name: str, map_name: str) -> str:
    """The map as `tenfold-shards` takes it."""
    return f"dynamodb:{table_name}/{map_name}"


def _read(component: pulumi.ComponentResource, table_name: str, map_name: str, item: str) -> dict[str, Any]:
    found = aws.dynamodb.get_table_item(
        table_name=table_name,
        key=json.dumps({"map": {"S": map_name}, "item": {"S": item}}),
        opts=pulumi.InvokeOptions(parent=component),
    )
    return json.loads(found.item or "{}")


def _map(item: dict[str, Any], place: str) -> ShardMap:
    """A version's map, whose text is as Pulumi wrote it, or compressed, as `tenfold-shards` writes it."""
    text = item.get("text", {})
    try:
        return decode(text["S"] if "S" in text else zlib.decompress(base64.b64decode(text["B"])).decode())
    except (KeyError, ValueError, zlib.error) as error:  # a MapError is a ValueError
        raise TenfoldError(f"{place} does not hold a shard map: {error}") from error
