"""Rules of shard maps, each on programs that it passes and programs that it refuses."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.groups import later
from tests.policies.judging import RULES_BY_NAME, Case, Pack, passes, refuses, run
from tests.policies.sharding import shard

USERS = {"ShardedCluster": "users"}
HALVES = {"east": "0-8191", "west": "8192-16383"}
ALL = "each of the 16384 buckets on a shard"


def document(shards: dict[str, str] | None = None, version: int = 2, **given: Any) -> dict[str, Any]:
    return {
        "schema": "tenfold-shards/map/1",
        "version": version,
        "hash": "xxh3_64/v1",
        "shards": {name: {"weight": 1, "buckets": buckets} for name, buckets in (shards or HALVES).items()},
        "overrides": [],
        "ranges": [],
    } | given


def parameter(value: Any = None, *, shards: tuple[str, ...] = (), tags: Any = USERS, **given: Any) -> None:
    text = json.dumps(document(**given)) if value is None else value
    for name in shards:
        shard(name, cluster="users")
    aws.ssm.Parameter("map", type="String", value=text, tags=tags)


def item(
    *, shards: tuple[str, ...] = (), first: bool = False, shards_given: dict[str, str] | None = None, **given: Any
) -> None:
    keys: Any = {"hash_key": "map", "range_key": "item", "billing_mode": "PAY_PER_REQUEST"}
    table = aws.dynamodb.Table("maps", tags={"ShardedCluster": "users"}, **keys)
    for name in shards:
        shard(name, cluster="users")
    text = {
        "map": {"S": "main"},
        "item": {"S": "version#2"},
        "text": {"S": json.dumps(document(shards_given, **given))},
    }
    aws.dynamodb.TableItem(
        "map",
        table_name=table.name,
        hash_key="map",
        range_key="item",
        item=json.dumps(text),
        opts=pulumi.ResourceOptions(ignore_changes=["item"] if first else []),
    )


def unknown_item() -> None:
    aws.dynamodb.TableItem("map", table_name="maps", hash_key="map", range_key="item", item=later("{}"))


def secret_map() -> None:
    """A map that only the update tells, whose parameter says that it is one."""
    parameter(later(json.dumps(document())))


def clusters(*names: str) -> None:
    for name in names:
        shard(name, cluster="users")


def shards_of_two() -> str:
    return json.dumps(document({"east": "0", "west": "1"}))


def ranges(*bounds: str | None) -> list[dict[str, Any]]:
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return [{"lower": lower, "upper": upper, "shard": "east"} for lower, upper in pairs]


def mapped(shards: dict[str, str] | None = None, **given: Any) -> None:
    parameter(json.dumps(document(shards, **given)))


def another_parameter() -> None:
    """What would be refused as a map of a cluster, for its version, its hash, its buckets and its ranges."""
    text = json.dumps(document({"east": "0-9 0-9"}, version=1, hash="crc32", ranges=ranges("A", "Z", "B", "C")))
    parameter(text, tags=None)


def left_to_movers() -> None:
    """Such a map, whose changes the program ignores."""
    text = json.dumps(document({"east": "0-9"}, version=1, hash="crc32"))
    aws.ssm.Parameter(
        "map", type="String", value=text, tags=USERS, opts=pulumi.ResourceOptions(ignore_changes=["value"])
    )


def item_that_is_no_map() -> None:
    text = json.dumps({"map": {"S": "main"}, "item": {"S": "current"}, "version": {"N": "2"}})
    aws.dynamodb.TableItem("map", table_name="maps", hash_key="map", range_key="item", item=text)


def item_of_no_cluster() -> None:
    """An older map in a table that does not say whose it is."""
    keys: Any = {"hash_key": "map", "range_key": "item", "billing_mode": "PAY_PER_REQUEST"}
    table = aws.dynamodb.Table("maps", **keys)
    text = json.dumps({"text": {"S": json.dumps(document(version=1))}})
    aws.dynamodb.TableItem("map", table_name=table.name, hash_key="map", range_key="item", item=text)


def unversioned(shards: dict[str, str] | None = None) -> dict[str, Any]:
    return {name: value for name, value in document(shards).items() if name != "version"}


COMPARED = ("shd-bucket-count-immutable", "shd-map-version-monotonic", "shd-move-limit")
IN_FORCE = {"users": document(version=2)}
NO_KEYS = "ranges that have no key in common"
EVERY_OWNER = "every shard that the map in force gives something to"
CASES = [
    passes("shd-map-covers-keyspace", "two halves", parameter),
    passes("shd-map-covers-keyspace", "another parameter", lambda: parameter(json.dumps(document({})), tags=None)),
    passes("shd-map-covers-keyspace", "one bucket for each shard", lambda: parameter(shards_of_two()), buckets=2),
    passes("shd-map-covers-keyspace", "a map that the update tells", secret_map, left=("map",)),
    passes("shd-map-covers-keyspace", "an item that the update tells", unknown_item, left=("map",)),
    refuses(
        "shd-map-covers-keyspace",
        "a hole",
        lambda: parameter(json.dumps(document({"east": "0-8191", "west": "8193-16383"}))),
        ("map", "value.shards", "1 buckets on no shard, the first is 8192", ALL),
    ),
    refuses(
        "shd-map-covers-keyspace",
        "a bucket that there is none of",
        lambda: parameter(json.dumps(document({"east": "0-16384"}))),
        ("map", "value.shards", "bucket 16384", "buckets from 0 to 16383"),
    ),
    passes("shd-map-no-overlap", "two halves, and two ranges", lambda: parameter(ranges=ranges("A", "N", "N", None))),
    passes("shd-map-no-overlap", "a map that the update tells", secret_map, left=("map",)),
    refuses(
        "shd-map-no-overlap",
        "a bucket on two shards",
        lambda: parameter(json.dumps(document({"east": "0-8192", "west": "8192-16383"}))),
        ("map", "value.shards", "1 buckets on two shards, the first is 8192", "each bucket on one shard"),
    ),
    refuses(
        "shd-map-no-overlap",
        "a range that begins within another",
        lambda: parameter(ranges=ranges("A", "N", "M", "Z")),
        ("map", "value.ranges", "ranges that both have the key 'M'", NO_KEYS),
    ),
    refuses(
        "shd-map-no-overlap",
        "a range without an end before another",
        lambda: parameter(ranges=ranges("A", None, "M", "Z")),
        ("map", "value.ranges", "ranges that both have the key 'M'", NO_KEYS),
    ),
    passes("shd-owner-exists", "both shards", lambda: item(shards=("east", "west"))),
    passes("shd-owner-exists", "databases of another stack", item, left=("map",), left_after=("map",)),
    refuses(
        "shd-owner-exists",
        "a shard that is not there",
        lambda: item(shards=("east",)),
        ("map", "item.text.S.shards", "west, which is no database of this stack", "the shards east"),
    ),
    refuses(
        "shd-owner-exists",
        "a range on a shard that is not there, by a parameter",
        lambda: parameter(shards=("east", "west"), ranges=[{"lower": "A", "upper": None, "shard": "north"}]),
        ("map", "value.shards", "north, which is no database of this stack", "the shards east, west"),
    ),
    passes("shd-no-owned-shard-dropped", "both are there", lambda: clusters("east", "west"), published=IN_FORCE),
    refuses(
        "shd-no-owned-shard-dropped",
        "one is gone from a cluster that the update tells",
        lambda: shard("east", cluster=later("users")),
        ("east", "tags.Shard", "no database of shard west", EVERY_OWNER),
        preview=(),
        left=("east",),
        published=IN_FORCE,
    ),
    refuses(
        "shd-no-owned-shard-dropped",
        "one is gone",
        lambda: clusters("east", "south"),
        ("east", "tags.Shard", "no database of shard west", EVERY_OWNER),
        published=IN_FORCE,
    ),
    passes("shd-bucket-count-immutable", "none is in force", item),
    passes("shd-bucket-count-immutable", "the same", item, published=IN_FORCE),
    passes("shd-bucket-count-immutable", "a map that the update tells", secret_map, left=("map",), published=IN_FORCE),
    refuses(
        "shd-bucket-count-immutable",
        "another hash, and half of the buckets",
        lambda: parameter(json.dumps(document({"east": "0-8191"}, hash="crc32"))),
        ("map", "value.hash", '"crc32"', '"xxh3_64/v1", as in the map in force'),
        ("map", "value.shards", "8192 buckets", "16384, as in the map in force"),
        published=IN_FORCE,
    ),
    passes("shd-map-version-monotonic", "the one in force", item, published=IN_FORCE),
    passes("shd-map-version-monotonic", "the next one", lambda: item(version=3), published=IN_FORCE),
    passes(
        "shd-map-version-monotonic",
        "a first one, which the program leaves to those who move data",
        lambda: item(version=1, first=True),
        published=IN_FORCE,
    ),
    passes("shd-map-version-monotonic", "a map that the update tells", secret_map, left=("map",), published=IN_FORCE),
    refuses(
        "shd-map-version-monotonic",
        "an older one",
        lambda: item(version=1),
        ("map", "item.text.S.version", "1", "more than 2, which is in force"),
        published=IN_FORCE,
    ),
    passes("shd-move-limit", "nothing moves", lambda: item(version=3), published=IN_FORCE),
    passes("shd-move-limit", "a map that the update tells", secret_map, left=("map",), published=IN_FORCE),
    refuses(
        "shd-move-limit",
        "all that one shard has",
        lambda: parameter(json.dumps(document({"east": "0-16383"}))),
        ("map", "value.shards", "8192 buckets that move", "at most 2048 at a time"),
        published=IN_FORCE,
    ),
    refuses(
        "shd-move-limit",
        "two where one may",
        lambda: parameter(json.dumps(document({"east": "0-8193", "west": "8194-16383"}))),
        ("map", "value.shards", "2 buckets that move", "at most 1 at a time"),
        published=IN_FORCE,
        maximumBuckets=1,
    ),
    refuses(
        "shd-map-covers-keyspace",
        "a hole, in an item",
        lambda: item(shards_given={"east": "0-8190", "west": "8192-16383"}),
        ("map", "item.text.S.shards", "1 buckets on no shard, the first is 8191", ALL),
    ),
    refuses(
        "shd-map-no-overlap",
        "two buckets on two shards, in an item",
        lambda: item(shards_given={"east": "0-8193", "west": "8192-16383"}),
        ("map", "item.text.S.shards", "2 buckets on two shards, the first is 8192", "each bucket on one shard"),
    ),
    refuses(
        "shd-no-owned-shard-dropped",
        "one is gone, of instances",
        lambda: aws.rds.Instance(
            "east", instance_class="db.m7g.large", tags={"Shard": "east", "ShardedCluster": "users"}
        ),
        ("east", "tags.Shard", "no database of shard west", EVERY_OWNER),
        published=IN_FORCE,
    ),
    passes(
        "shd-no-owned-shard-dropped",
        "a database that is no shard",
        lambda: aws.rds.Instance("reports", instance_class="db.m7g.large"),
        published={"": document()},
    ),
    refuses(
        "shd-bucket-count-immutable",
        "another hash, in an item",
        lambda: item(hash="crc32"),
        ("map", "item.text.S.hash", '"crc32"', '"xxh3_64/v1", as in the map in force'),
        published=IN_FORCE,
    ),
    refuses(
        "shd-map-version-monotonic",
        "another map of the same version, in a parameter",
        lambda: parameter(json.dumps(document({"east": "0-8190", "west": "8191-16383"}))),
        ("map", "value.version", "2", "more than 2, which is in force"),
        published=IN_FORCE,
    ),
    refuses(
        "shd-move-limit",
        "all that one shard has, in an item",
        lambda: item(shards_given={"east": "0-16383"}),
        ("map", "item.text.S.shards", "8192 buckets that move", "at most 2048 at a time"),
        published=IN_FORCE,
    ),
    passes(
        "shd-move-limit",
        "as many as may",
        lambda: parameter(json.dumps(document({"east": "0-8192", "west": "8193-16383"}))),
        published=IN_FORCE,
        maximumBuckets=1,
    ),
    passes(
        "shd-no-owned-shard-dropped",
        "a replica of a shard that is in another stack",
        lambda: aws.rds.Instance(
            "copy",
            instance_class="db.m7g.large",
            replicate_source_db="east",
            tags={"Shard": "east", "ShardedCluster": "users"},
        ),
        published=IN_FORCE,
    ),
    *(
        passes(rule, "a parameter that is no map of a cluster", another_parameter)
        for rule in ("shd-map-covers-keyspace", "shd-map-no-overlap", "shd-owner-exists")
    ),
    *(
        passes(rule, title, program, published=published)
        for rule in COMPARED
        for title, program, published in [
            ("a parameter that is no map of a cluster", another_parameter, IN_FORCE),
            ("a parameter that the program leaves to those who move data", left_to_movers, IN_FORCE),
            (
                "a map of another cluster is in force",
                lambda: mapped({"east": "0"}, hash="crc32"),
                {"forum": document()},
            ),
            ("what is in force is no map", mapped, {"users": "published"}),
            ("an item that the update tells, where none is in force", unknown_item, {}),
        ]
    ),
    passes("shd-map-covers-keyspace", "a text that is no map", lambda: parameter("east")),
    passes("shd-map-covers-keyspace", "an item that is no map", item_that_is_no_map),
    refuses(
        "shd-map-covers-keyspace",
        "three buckets that there are none of, before the others",
        lambda: mapped({"east": "16384-16386 0-16383"}),
        ("map", "value.shards", "bucket 16384", "buckets from 0 to 16383"),
    ),
    *(
        refuses(
            "shd-map-covers-keyspace",
            title,
            lambda shards=shards: parameter(json.dumps(document() | {"shards": shards})),
            ("map", "value.shards", found, ALL),
        )
        for title, shards, found in [
            ("shards in a list", ["east", "west"], "16384 buckets on no shard, the first is 0"),
            ("shards that are texts", {"east": "0-16383"}, "16384 buckets on no shard, the first is 0"),
            ("buckets that are no text", {"east": {"buckets": 16383}}, "16384 buckets on no shard, the first is 0"),
            ("a run that is none", {"east": {"buckets": "0 x-2 3-y 4-16383"}}, "3 buckets on no shard, the first is 1"),
        ]
    ),
    passes("shd-map-no-overlap", "ranges in any order", lambda: mapped(ranges=ranges("N", None, "", "A", "A", "N"))),
    *(
        refuses("shd-map-no-overlap", title, program, ("map", path, found, allowed))
        for title, program, path, found, allowed in [
            (
                "buckets on two shards, the later first",
                lambda: mapped({"east": "8192-16383 0-100", "west": "0-8192"}),
                "value.shards",
                "102 buckets on two shards, the first is 0",
                "each bucket on one shard",
            ),
            (
                "a range from the very first key",
                lambda: mapped(ranges=ranges("", "M", "A", "N")),
                "value.ranges",
                "ranges that both have the key 'A'",
                NO_KEYS,
            ),
            (
                "two ranges from one key, one without an end",
                lambda: mapped(ranges=ranges("A", "Z", "A", None)),
                "value.ranges",
                "ranges that both have the key 'A'",
                NO_KEYS,
            ),
        ]
    ),
    refuses(
        "shd-owner-exists",
        "a single key on a shard that is not there",
        lambda: parameter(shards=("west", "east"), overrides=[{"key": "a-big-tenant", "shard": "north"}]),
        ("map", "value.shards", "north, which is no database of this stack", "the shards east, west"),
    ),
    passes(
        "shd-owner-exists",
        "keys and ranges that name no shard",
        lambda: parameter(shards=("east", "west"), overrides=None, ranges=["A"]),
    ),
    refuses(
        "shd-no-owned-shard-dropped",
        "one is gone, of the only cluster",
        lambda: shard("east", cluster=None),
        ("east", "tags.Shard", "no database of shard west", EVERY_OWNER),
        published={"": document()},
    ),
    refuses(
        "shd-bucket-count-immutable",
        "no bucket at all",
        lambda: mapped({"east": ""}),
        ("map", "value.shards", "0 buckets", "16384, as in the map in force"),
        published=IN_FORCE,
    ),
    refuses(
        "shd-map-version-monotonic",
        "none of both has a version",
        lambda: parameter(json.dumps(unversioned({"east": "0-16383"}))),
        ("map", "value.version", "nothing", "more than 0, which is in force"),
        published={"users": unversioned()},
    ),
    refuses(
        "shd-map-version-monotonic",
        "an older one, of the only cluster",
        item_of_no_cluster,
        ("map", "item.text.S.version", "1", "more than 2, which is in force"),
        published={"": document()},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()


def test_it_is_told_why_the_owners_of_a_map_are_not_known() -> None:
    told = Pack([RULES_BY_NAME["shd-owner-exists"]]).judge(run(parameter, preview=False))
    assert "value.shards names databases, none of which in this stack has a tag Shard\n" in f"{told[0].message}\n"


def test_the_map_that_tenfold_shards_writes_is_one() -> None:
    from tenfold_shards import ShardMap, encode

    made = encode(ShardMap.create({"east": 1, "west": 3}))
    for rule in ("shd-map-covers-keyspace", "shd-map-no-overlap"):
        passes(rule, "as it is written", lambda: parameter(made)).check()
    refuses(
        "shd-map-covers-keyspace",
        "without a shard",
        lambda: parameter(made.replace('"buckets": "0-4095"', '"buckets": ""')),
        ("map", "value.shards", "4096 buckets on no shard, the first is 0", ALL),
    ).check()
