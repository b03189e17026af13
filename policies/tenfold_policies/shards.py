"""Shards: databases that share one function's data are alike, and fall neither together nor by one password.

A database says by its tag `Shard` which shard it is, and by its tag `ShardedCluster` of which cluster, where a stack
has several. `ShardedCluster` of tenfold sets both.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Final

from pulumi_policy import Severity

from .labels import tag
from .rule import ADVISORY, Settings, Source, stack_rule
from .tokens import (
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_CLUSTER_PARAMETER_GROUP,
    RDS_INSTANCE,
    RDS_PARAMETER_GROUP,
)
from .view import Findings, Resource, Stack, Undecided, Value, attempt

SHARD_TAG: Final = "Shard"
CLUSTER_TAG: Final = "ShardedCluster"
_DATABASES = (RDS_CLUSTER, RDS_INSTANCE)
_PAGE = "https://docs.aws.amazon.com/prescriptive-guidance/latest/saas-multitenant-managed-postgresql/partitioning-models.html"
_ALIKE = Source(_PAGE, well_architected="REL08-BP04")


def shards_of(cluster: str | None, stack: Stack) -> dict[str, Resource]:
    """The databases of a sharded cluster by the name of their shard."""
    clusters, doubt = stack.once(_clusters)
    if doubt:
        raise doubt
    return clusters.get(cluster, {})


def shard_of(database: Resource) -> str | None:
    """The name of the shard that a database is, if it is one; a read replica is none."""
    return None if database["replicateSourceDb"].given else tag(database, SHARD_TAG).text()


def cluster_of(resource: Resource) -> str | None:
    """The name of the sharded cluster that a resource belongs to; none where a stack has one cluster."""
    return tag(resource, CLUSTER_TAG).text()


def _clusters(stack: Stack) -> tuple[dict[str | None, dict[str, Resource]], Undecided | None]:
    """The shards of each cluster, and the doubt where a database may be a shard of any."""
    clusters: dict[str | None, dict[str, Resource]] = {}
    for database in sorted(stack.of(*_DATABASES), key=lambda each: each.urn):
        try:
            if shard := shard_of(database):
                clusters.setdefault(cluster_of(database), {})[shard] = database
        except Undecided as undecided:
            return {}, undecided
    return clusters, None


@stack_rule(
    "shd-same-engine-version",
    on=_DATABASES,
    title="Shards have one engine version",
    severity=Severity.HIGH,
    remediation="Set engine and engineVersion of every shard to the same.",
    source=_ALIKE,
)
def same_engine(database: Resource, stack: Stack, _: Settings) -> Findings:
    """The shards of a cluster have the same engine, of the same version.

    A row that moves is written by one and read by the other, and a query that is fast on one is to be so on all.
    """
    for name in ("engine", "engineVersion"):
        yield from attempt(_alike(database, stack, database[name], _shown, name))


@stack_rule(
    "shd-same-parameter-group",
    on=_DATABASES,
    title="Shards have the same parameters",
    severity=Severity.MEDIUM,
    remediation="Give the parameter groups of all shards the same family and the same parameters.",
    source=_ALIKE,
)
def same_parameters(database: Resource, stack: Stack, _: Settings) -> Findings:
    """The shards of a cluster run with the same parameters.

    A shard on which replication, time zone or sorting is set otherwise answers otherwise, for the users on it.
    """
    name = _parameters_property(database)
    yield from attempt(_alike(database, stack, database[name], _parameters))


def _parameters_property(database: Resource) -> str:
    return "dbClusterParameterGroupName" if database.type == RDS_CLUSTER else "parameterGroupName"


def _parameters(database: Resource, stack: Stack) -> str:
    """What a database's parameter group sets; its name, where it is not in the stack."""
    named = database[_parameters_property(database)]
    type_ = RDS_CLUSTER_PARAMETER_GROUP if database.type == RDS_CLUSTER else RDS_PARAMETER_GROUP
    links = stack.links(named, type_)
    if links.hidden == 0 and not links.resources:
        return named.shown()
    group = links.one()
    pairs = sorted((each["name"].text(), each["value"].text()) for each in group["parameters"].items())
    return json.dumps([group["family"].text(), *pairs])


@stack_rule(
    "shd-same-instance-class-family",
    on=_DATABASES,
    title="Shards have instances of one family",
    severity=Severity.LOW,
    remediation="Choose instance classes of one family, such as db.r7g, and shares by weight.",
    source=_ALIKE,
    level=ADVISORY,
)
def same_family(database: Resource, stack: Stack, _: Settings) -> Findings:
    """The shards of a cluster have instances of one family.

    Of different processors, one is the slowest, and holds up whatever asks all shards. A shard that is to have more is
    of a larger size, and of a greater weight.
    """
    where = database["clusterMembers" if database.type == RDS_CLUSTER else "instanceClass"]
    yield from attempt(_alike(database, stack, where, _families))


def _families(database: Resource, stack: Stack) -> str:
    if database.type == RDS_INSTANCE:
        return _family(database["instanceClass"])
    instances = stack.referrers(database, RDS_CLUSTER_INSTANCE, "clusterIdentifier").resources
    return ", ".join(sorted({_family(instance["instanceClass"]) for instance in instances})) or "no instance"


def _family(value: Value) -> str:
    return ".".join((value.text() or "none").split(".")[:2])


def _shown(database: Resource, _: Stack, name: str) -> str:
    return database[name].shown()


def _alike(database: Resource, stack: Stack, where: Value, what: Callable[..., str], *of: str) -> Findings:
    """A finding on a shard that differs from most of its cluster."""
    if not shard_of(database):
        return
    most = stack.once(_most, cluster_of(database), what, *of)
    if isinstance(most, Undecided):
        raise most
    own = what(database, stack, *of)
    if own != most:
        yield where.violates(
            found=own,
            allowed=f"{most}, as other shards of the cluster have it",
            fix="bring all shards to the same, one after another.",
        )


def _most(stack: Stack, cluster: str | None, what: Callable[..., str], *of: str) -> str | Undecided:
    """What most shards of a cluster have, or the doubt about it."""
    try:
        values = Counter(what(each, stack, *of) for each in shards_of(cluster, stack).values())
    except Undecided as undecided:
        return undecided
    # Of what is as frequent, the first in the order of texts: the verdict is the same in every run.
    return min(values, key=lambda value: (-values[value], value))


@stack_rule(
    "shd-shards-spread-azs",
    on=_DATABASES,
    title="Shards have their writers in different zones",
    severity=Severity.HIGH,
    remediation="Give the first instances of the shards different availabilityZones, in turn.",
    source=Source(_PAGE, well_architected="REL10-BP01"),
)
def writers_are_spread(database: Resource, stack: Stack, _: Settings) -> Findings:
    """The writers of a cluster's shards are not all in one availability zone.

    Each shard survives the loss of a zone by a failover. With all writers in it, all shards fail over in the same
    minute, and none of the users can write. Where no zone is given, AWS chooses one for each.
    """
    if not shard_of(database):
        return
    siblings = shards_of(cluster_of(database), stack)
    # One finding per cluster, on its first database.
    if len(siblings) < 2 or database.urn != min(each.urn for each in siblings.values()):
        return
    zones = {zone for each in siblings.values() for zone in _writer_zones(each, stack)}
    if len(zones) == 1 and None not in zones:
        name = "clusterMembers" if database.type == RDS_CLUSTER else "availabilityZone"
        yield database[name].violates(
            found=f"the writers of {', '.join(siblings)} in {zones.pop()}",
            allowed="writers in different availability zones",
            fix="give the first instances of the shards different zones, in turn.",
        )


def _writer_zones(database: Resource, stack: Stack) -> set[str | None]:
    """Where the writer of a database may be: of the instances with the first promotion tier, all may be it.

    None is a zone that AWS chooses, or that of an instance that is not in the stack.
    """
    if database.type == RDS_INSTANCE:
        return {database["availabilityZone"].text()}
    instances = stack.referrers(database, RDS_CLUSTER_INSTANCE, "clusterIdentifier").resources
    tiers = [(each["promotionTier"].integer() or 0, each["availabilityZone"]) for each in instances]
    first = min((tier for tier, _ in tiers), default=0)
    return {zone.text() for tier, zone in tiers if tier == first} or {None}


@stack_rule(
    "shd-secret-per-shard",
    on=_DATABASES,
    title="Each shard has a password of its own",
    severity=Severity.HIGH,
    remediation="Set manageMasterUserPassword to true on each shard.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html", well_architected="SEC02-BP03"
    ),
)
def secrets_are_apart(database: Resource, stack: Stack, _: Settings) -> Findings:
    """No two shards have the same master password.

    Whoever has one shard's would have all of them, and none could be changed without all.
    """
    if not shard_of(database):
        return
    siblings = shards_of(cluster_of(database), stack)
    for name in ("masterPassword", "masterPasswordWo", "password", "passwordWo"):
        own = database[name]
        # Without this each shard would be held against all others.
        if not own.given:
            continue
        sharing = [shard for shard, each in siblings.items() if each.urn != database.urn and _same(own, each[name])]
        if sharing:
            yield own.violates(
                found=f"the password of {', '.join(sharing)}",
                allowed="a password of its own",
                fix="set manageMasterUserPassword to true and remove the password.",
            )


def _same(one: Value, other: Value) -> bool:
    """Whether two values are the same, or are made from the same where neither is known yet."""
    if one.unknown and other.unknown:
        made_from = set(one.resource.references.get(one.path, ()))
        return bool(made_from & set(other.resource.references.get(other.path, ())))
    # Of one that is known and one that is not, both are asked for.
    return one.given and other.given and one.text() == other.text()
