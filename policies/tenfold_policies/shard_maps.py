"""Shard maps: every key is on one shard, that shard exists, and a change of the map is one that movers can follow.

A map is the JSON document of `tenfold-shards` (its schema is `tenfold-shards/map/1`): the shards by name, each with the
hash buckets that it has, such as `0-8191`. It is found in an item of a DynamoDB table, where `tenfold-shards` publishes
it, and in a parameter of Systems Manager that has the tag `ShardedCluster`: that tag, of table or parameter, says whose
map it is.

The engine tells a policy nothing of the past: what is in force is a parameter, `published`, by cluster.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, cast

from pulumi_policy import Severity

from .labels import tag
from .rule import Parameter, Settings, Source, resource_rule, stack_rule
from .shards import CLUSTER_TAG, SHARD_TAG, cluster_of, shard_of, shards_of
from .tokens import DYNAMODB_TABLE, DYNAMODB_TABLE_ITEM, RDS_CLUSTER, RDS_INSTANCE, SSM_PARAMETER
from .view import Findings, Resource, Stack, Undecided, Value

_MAPS = (DYNAMODB_TABLE_ITEM, SSM_PARAMETER)
_SCHEMA = "tenfold-shards/map/"
_RUN = re.compile("([0-9]{1,7})(?:-([0-9]{1,7}))?")
_PAGE = "https://docs.aws.amazon.com/prescriptive-guidance/latest/saas-multitenant-managed-postgresql/partitioning-models.html"
_SOURCE = Source(_PAGE, well_architected="REL03-BP01")
PUBLISHED: Final = Parameter(
    "published",
    {},
    "The map in force of each sharded cluster, by its name; what `tenfold-shards` publishes. None is compared with.",
)
_BUCKETS = Parameter("buckets", 16384, "How many hash buckets there are.", minimum=1, maximum=1_048_576)


@resource_rule(
    "shd-map-covers-keyspace",
    on=_MAPS,
    title="Every bucket is on a shard",
    severity=Severity.CRITICAL,
    remediation="Give the missing buckets to a shard.",
    source=_SOURCE,
    parameters=(_BUCKETS,),
)
def map_covers_keys(resource: Resource, settings: Settings) -> Findings:
    """Every hash bucket of a shard map is on a shard.

    A key in a hole of the map has no database: the application fails for some users, and for good.
    """
    document = _map(resource)
    if document is None:
        return
    owned = {bucket for buckets in _owners(document).values() for bucket in buckets}
    count = settings.integer(_BUCKETS.name)
    missing = [bucket for bucket in range(count) if bucket not in owned]
    if missing:
        yield document["shards"].violates(
            found=f"{len(missing)} buckets on no shard, the first is {missing[0]}",
            allowed=f"each of the {count} buckets on a shard",
            fix="give them to a shard.",
        )
    if beyond := [bucket for bucket in owned if bucket >= count]:
        yield document["shards"].violates(
            found=f"bucket {min(beyond)}", allowed=f"buckets from 0 to {count - 1}", fix="take it out of the map."
        )


@resource_rule(
    "shd-map-no-overlap",
    on=_MAPS,
    title="No key is on two shards",
    severity=Severity.CRITICAL,
    remediation="Leave each bucket, and each range of keys, to one shard.",
    source=_SOURCE,
)
def map_has_no_overlap(resource: Resource, _: Settings) -> Findings:
    """No hash bucket and no range of keys of a shard map is on two shards.

    Two routers that read such a map differently write one user's data to two databases, and nobody can tell afterwards
    which is right.
    """
    document = _map(resource)
    if document is None:
        return
    counts = Counter(bucket for buckets in _owners(document).values() for bucket in buckets)
    if twice := [bucket for bucket, count in counts.items() if count > 1]:
        yield document["shards"].violates(
            found=f"{len(twice)} buckets on two shards, the first is {min(twice)}",
            allowed="each bucket on one shard",
            fix="take them from one of the two.",
        )
    ranges = [(each["lower"].text() or "", each["upper"].text()) for each in document["ranges"].items()]
    for (_begin, upper), (lower, _end) in pairwise(sorted(ranges, key=lambda each: each[0])):
        if upper is None or lower < upper:
            yield document["ranges"].violates(
                found=f"ranges that both have the key {lower!r}",
                allowed="ranges that have no key in common",
                fix="end the first where the second begins.",
            )


@stack_rule(
    "shd-owner-exists",
    on=_MAPS,
    title="The shards of a map exist",
    severity=Severity.CRITICAL,
    remediation="Create a database with the shard's name in its tag Shard, or move its buckets to another shard.",
    source=_SOURCE,
)
def owners_exist(resource: Resource, stack: Stack, _: Settings) -> Findings:
    """Each shard that a map gives anything to is a database of the stack.

    Databases say by their tag `Shard` which shard they are. Where a stack has none that does, they are elsewhere, and
    the verdict is open.
    """
    document = _map(resource)
    if document is None:
        return
    databases = shards_of(_cluster(resource, stack), stack)
    if not databases:
        raise Undecided(document["shards"], "names databases, none of which in this stack has a tag Shard")
    for shard in sorted(_owning(_plain(document)) - databases.keys()):
        yield document["shards"].violates(
            found=f"{shard}, which is no database of this stack",
            allowed=f"the shards {', '.join(databases)}",
            fix=f"create a database with the tag {SHARD_TAG}={shard}, or move what it has to another shard.",
        )


@stack_rule(
    "shd-no-owned-shard-dropped",
    on=(RDS_CLUSTER, RDS_INSTANCE),
    title="No shard goes while it has data",
    severity=Severity.CRITICAL,
    remediation="Keep the shard, and drain it: tenfold-shards plan drain.",
    source=_SOURCE,
    parameters=(PUBLISHED,),
)
def no_owner_is_dropped(database: Resource, stack: Stack, settings: Settings) -> Findings:
    """A shard that the map in force gives anything to is still in the stack.

    Its data goes with it, while every router still asks for it there. The map in force is a parameter, `published`,
    since a preview tells a policy nothing of what it deletes.
    """
    if not shard_of(database):
        return
    cluster = cluster_of(database)
    databases = shards_of(cluster, stack)
    # One finding per cluster, on its first database.
    if database.urn != min(each.urn for each in databases.values()):
        return
    for shard in sorted(_owning(_published(cluster, settings)) - databases.keys()):
        yield tag(database, SHARD_TAG).violates(
            found=f"no database of shard {shard}",
            allowed="every shard that the map in force gives something to",
            fix=f"put {shard} back, move what it has to other shards, publish that map, and take it away then.",
        )


@stack_rule(
    "shd-bucket-count-immutable",
    on=_MAPS,
    title="The hash of a map stays",
    severity=Severity.CRITICAL,
    remediation="Keep the number of buckets and the hash of the map in force.",
    source=_SOURCE,
    parameters=(PUBLISHED,),
)
def hash_stays(resource: Resource, stack: Stack, settings: Settings) -> Findings:
    """A map has as many buckets, and the same hash, as the one in force.

    Any other number or hash places nearly every key elsewhere: all data would have to move at once.
    """
    compared = _compared(resource, stack, settings)
    if compared is None:
        return
    document, before = compared
    if document["hash"].text() != before.get("hash"):
        yield document["hash"].violates(allowed=f'"{before.get("hash")}", as in the map in force', fix="keep the hash.")
    count, was = (1 + max(_placed(each), default=-1) for each in (_plain(document), before))
    if count != was:
        yield document["shards"].violates(
            found=f"{count} buckets", allowed=f"{was}, as in the map in force", fix="keep the number of buckets."
        )


@stack_rule(
    "shd-map-version-monotonic",
    on=_MAPS,
    title="A map follows the one in force",
    severity=Severity.HIGH,
    remediation="Start from the map in force, and count its version up by one.",
    source=_SOURCE,
    parameters=(PUBLISHED,),
)
def version_goes_up(resource: Resource, stack: Stack, settings: Settings) -> Findings:
    """A map that differs from the one in force has a later version.

    Routers take the latest: a map with an older number is ignored by some and taken by others.
    """
    compared = _compared(resource, stack, settings)
    if compared is None:
        return
    document, before = compared
    if _plain(document) == before:
        return
    version, was = document["version"], int(before.get("version", 0))
    if (version.integer() or 0) <= was:
        yield version.violates(allowed=f"more than {was}, which is in force", fix=f"set version to {was + 1}.")


@stack_rule(
    "shd-move-limit",
    on=_MAPS,
    title="A map moves a part of the buckets at a time",
    severity=Severity.HIGH,
    remediation="Move fewer buckets, and the rest in further versions of the map.",
    source=_SOURCE,
    parameters=(
        PUBLISHED,
        Parameter("maximumBuckets", 2048, "How many buckets may move at a time.", minimum=1, maximum=1_048_576),
    ),
)
def moves_are_small(resource: Resource, stack: Stack, settings: Settings) -> Findings:
    """A map moves no more than a part of the buckets of the one in force.

    What moves is copied while it is used. A step that moves half of the data loads every database for a day, and there
    is no way back in the middle of it.
    """
    compared = _compared(resource, stack, settings)
    if compared is None:
        return
    document, before = compared
    now, then = _placed(_plain(document)), _placed(before)
    moved, limit = sum(now.get(bucket) != shard for bucket, shard in then.items()), settings.integer("maximumBuckets")
    if moved > limit:
        yield document["shards"].violates(
            found=f"{moved} buckets that move", allowed=f"at most {limit} at a time", fix="move the rest later."
        )


def _map(resource: Resource) -> Value | None:
    """The map that a resource holds, if it holds one."""
    # Most parameters are no maps, and their values not known in a preview: one that is a map says so by its tag.
    if resource.type == SSM_PARAMETER and not tag(resource, CLUSTER_TAG).given:
        return None
    document = resource["value" if resource.type == SSM_PARAMETER else "item.text.S"]
    return document if (document["schema"].text() or "").startswith(_SCHEMA) else None


def _plain(document: Value) -> Mapping[str, Any]:
    return {name: document[name].raw for name in ("schema", "version", "hash", "shards", "overrides", "ranges")}


def _owners(document: Value) -> dict[str, list[int]]:
    return {shard: list(_numbers(given)) for shard, given in _shards(_plain(document)).items()}


def _shards(document: Mapping[str, Any]) -> Mapping[str, Any]:
    shards = document.get("shards")
    return cast("Mapping[str, Any]", shards) if isinstance(shards, Mapping) else {}


def _numbers(shard: object) -> Iterator[int]:
    """The buckets of a shard, which are written `0-4095 8192`."""
    text = cast("Mapping[str, object]", shard).get("buckets") if isinstance(shard, Mapping) else None
    for run in text.split() if isinstance(text, str) else ():
        if bounds := _RUN.fullmatch(run):
            yield from range(int(bounds[1]), int(bounds[2] or bounds[1]) + 1)


def _placed(document: Mapping[str, Any]) -> dict[int, str]:
    return {bucket: shard for shard, given in _shards(document).items() for bucket in _numbers(given)}


def _owning(document: Mapping[str, Any]) -> set[str]:
    """The shards that a map gives anything to: buckets, single keys or ranges."""
    lists = [document.get(name) for name in ("overrides", "ranges")]
    entries = [entry for each in lists if isinstance(each, list) for entry in cast("list[object]", each)]
    named = {str(cast("Mapping[str, object]", entry).get("shard")) for entry in entries if isinstance(entry, Mapping)}
    return set(_placed(document).values()) | named


def _cluster(resource: Resource, stack: Stack) -> str | None:
    of_table = resource.type == DYNAMODB_TABLE_ITEM
    return cluster_of(stack.links(resource["tableName"], DYNAMODB_TABLE).one() if of_table else resource)


def _published(cluster: str | None, settings: Settings) -> Mapping[str, Any]:
    published = settings.members(PUBLISHED.name).get(cluster or "")
    return cast("Mapping[str, Any]", published) if isinstance(published, Mapping) else {}


def _compared(resource: Resource, stack: Stack, settings: Settings) -> tuple[Value, Mapping[str, Any]] | None:
    """A map and the one in force, if there are both and the program does not leave the map to others."""
    if not settings.members(PUBLISHED.name) or {"item", "value"} & resource.ignores:
        return None
    document = _map(resource)
    if document is None:
        return None
    before = _published(_cluster(resource, stack), settings)
    return (document, before) if before else None
