"""Rules of shards, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.groups import later
from tests.policies.judging import Case, passes, refuses
from tests.policies.sharding import AURORA, shard

A, B = "us-east-1a", "us-east-1b"


def three(*of_last: str, **last: Any) -> None:
    """Three shards, of which the last is particular."""
    shard("east", A)
    shard("north", A)
    shard("west", *(of_last or (A,)), **last)


def instances(*passwords: Any) -> None:
    for name, password in zip(("east", "west"), passwords, strict=True):
        aws.rds.Instance(name, instance_class="db.t4g.medium", password=password, tags={"Shard": name})


def one_password_that_the_update_tells() -> None:
    password = later("secret")
    instances(password, password)


def unknown_shard() -> None:
    """A shard of a cluster that only the update tells."""
    shard("east", A, cluster=later("users"), manage_master_user_password=None, master_password="a")


def alone(*given: dict[str, Any]) -> None:
    """Shards that are instances, each with its own properties."""
    for name, properties in zip(("east", "north", "west"), given, strict=False):
        arguments: dict[str, Any] = {"engine": "postgres", "instance_class": "db.m7g.large"}
        aws.rds.Instance(name, tags={"Shard": name, "ShardedCluster": "users"}, **(arguments | properties))


def replicated(**replica: Any) -> None:
    alone({"engine_version": "17.4"}, {"engine_version": "17.4"})
    aws.rds.Instance(
        "copy",
        engine="postgres",
        instance_class="db.m7g.large",
        replicate_source_db="east",
        tags={"Shard": "east", "ShardedCluster": "users"},
        **replica,
    )


def unlike_databases(*passwords: str) -> None:
    """Databases that have nothing to do with each other."""
    for zone, password, engine in zip((A, A), passwords, ("mysql", "postgres"), strict=True):
        aws.rds.Instance(
            engine,
            availability_zone=zone,
            engine=engine,
            instance_class="db.t4g.medium",
            parameter_group_name=engine,
            password=password,
        )


def group(timezone: str) -> Any:
    pairs: Any = [{"name": "timezone", "value": timezone}]
    return aws.rds.ParameterGroup(timezone, family="postgres17", parameters=pairs).name


def either(name: str) -> None:
    """A shard whose writer is one of two."""
    database = shard(name)
    for zone in (A, B):
        aws.rds.ClusterInstance(
            f"{name}-{zone}",
            cluster_identifier=database.id,
            engine=AURORA,
            instance_class="db.r7g.large",
            availability_zone=zone,
        )


def tiers(**west: Any) -> None:
    """Shards whose first instances are in one zone; the last has a second one in another."""
    shard("east", A)
    database = shard("west")
    of_west: dict[str, Any] = {"first": {"availability_zone": A}, "second": {"availability_zone": B} | west}
    for name, given in of_west.items():
        aws.rds.ClusterInstance(
            name, cluster_identifier=database.id, engine=AURORA, instance_class="db.r7g.large", **given
        )


def families(*last: str) -> None:
    """Three shards, of which the last has instances of some families."""
    shard("east", A)
    shard("north", A)
    database = shard("west")
    for family in last:
        aws.rds.ClusterInstance(family, cluster_identifier=database.id, engine=AURORA, instance_class=f"{family}.large")


def passwords_made_apart() -> None:
    """Passwords that only the update tells, each made from something of its own."""
    instances(later("a"), aws.ec2.Eip("other").id.apply(lambda _: "b"))


def beside_an_unknown_one() -> None:
    shard("east", A)
    shard("late", B, cluster=later("users"))


def in_another_order() -> None:
    shard("west", A)
    shard("east", A)


CASES = [
    passes("shd-same-engine-version", "the same", three),
    passes(
        "shd-same-engine-version", "a shard of another cluster", lambda: three(cluster="forum", engine_version="16")
    ),
    passes("shd-same-engine-version", "a cluster that the update tells", unknown_shard, left=("east",)),
    refuses(
        "shd-same-engine-version",
        "an older version",
        lambda: three(engine_version="16.8"),
        ("west", "engineVersion", '"16.8"', '"17.4", as other shards of the cluster have it'),
    ),
    passes("shd-same-parameter-group", "none", three),
    passes(
        "shd-same-parameter-group", "groups of the same content", lambda: pair({"TimeZone": "UTC"}, {"TimeZone": "UTC"})
    ),
    passes("shd-same-parameter-group", "a cluster that the update tells", unknown_shard, left=("east",)),
    refuses(
        "shd-same-parameter-group",
        "another time zone",
        lambda: pair({"TimeZone": "UTC"}, {"TimeZone": "CET"}),
        (
            "east",
            "dbClusterParameterGroupName",
            '["aurora-postgresql17", ["TimeZone", "UTC"]]',
            '["aurora-postgresql17", ["TimeZone", "CET"]], as other shards of the cluster have it',
        ),
    ),
    passes("shd-same-instance-class-family", "one family", three),
    passes("shd-same-instance-class-family", "a cluster that the update tells", unknown_shard, left=("east",)),
    refuses(
        "shd-same-instance-class-family",
        "another processor",
        lambda: three(family="db.r6i"),
        ("west", "clusterMembers", "db.r6i", "db.r7g, as other shards of the cluster have it"),
    ),
    passes("shd-shards-spread-azs", "one elsewhere", lambda: three(B, A)),
    passes("shd-shards-spread-azs", "one alone", lambda: shard("east", A, A)),
    passes("shd-shards-spread-azs", "zones that AWS chooses", lambda: pair({}, {})),
    passes("shd-shards-spread-azs", "a cluster that the update tells", unknown_shard, left=("east",)),
    refuses(
        "shd-shards-spread-azs",
        "all in one",
        lambda: three(A, B),
        (
            "east",
            "clusterMembers",
            f"the writers of east, north, west in {A}",
            "writers in different availability zones",
        ),
    ),
    passes("shd-secret-per-shard", "kept by RDS", three),
    passes("shd-secret-per-shard", "two passwords", lambda: instances("a", "b")),
    passes("shd-secret-per-shard", "a cluster that the update tells", unknown_shard, left=("east",)),
    refuses(
        "shd-secret-per-shard",
        "one password",
        lambda: instances("a", "a"),
        ("east", "password", "the password of west", "a password of its own"),
        ("west", "password", "the password of east", "a password of its own"),
    ),
    refuses(
        "shd-secret-per-shard",
        "one password that the update tells",
        one_password_that_the_update_tells,
        ("east", "password", "the password of west", "a password of its own"),
        ("west", "password", "the password of east", "a password of its own"),
    ),
    refuses(
        "shd-same-engine-version",
        "another engine, of instances",
        lambda: alone({}, {}, {"engine": "mysql"}),
        ("west", "engine", '"mysql"', '"postgres", as other shards of the cluster have it'),
    ),
    refuses(
        "shd-same-engine-version",
        "the first in the order of texts, where as many have one as the other",
        lambda: alone({"engine_version": "16.8"}, {"engine_version": "17.4"}),
        ("north", "engineVersion", '"17.4"', '"16.8", as other shards of the cluster have it'),
    ),
    passes("shd-same-engine-version", "a replica is no shard", lambda: replicated(engine_version="16.8")),
    passes("shd-same-parameter-group", "a replica is no shard", lambda: replicated(parameter_group_name="reports")),
    passes("shd-same-engine-version", "no shard at all", lambda: unlike_databases("a", "b")),
    passes("shd-same-parameter-group", "no shard at all", lambda: unlike_databases("a", "b")),
    refuses(
        "shd-same-parameter-group",
        "another group by its name, of instances",
        lambda: alone({"parameter_group_name": "ours"}, {"parameter_group_name": "ours"}, {}),
        ("west", "parameterGroupName", "nothing", '"ours", as other shards of the cluster have it'),
    ),
    refuses(
        "shd-same-parameter-group",
        "another time zone, of instances",
        lambda: alone(*({"parameter_group_name": group(name)} for name in ("UTC", "UTC", "CET"))),
        (
            "west",
            "parameterGroupName",
            '["postgres17", ["timezone", "CET"]]',
            '["postgres17", ["timezone", "UTC"]], as other shards of the cluster have it',
        ),
    ),
    refuses(
        "shd-same-instance-class-family",
        "another processor, of instances",
        lambda: alone({}, {"instance_class": "db.m7g.large"}, {"instance_class": "db.r6i.large"}),
        ("west", "instanceClass", "db.r6i", "db.m7g, as other shards of the cluster have it"),
    ),
    passes(
        "shd-shards-spread-azs", "instances in two", lambda: alone({"availability_zone": A}, {"availability_zone": B})
    ),
    passes("shd-shards-spread-azs", "an instance whose zone AWS chooses", lambda: alone({"availability_zone": A}, {})),
    passes("shd-shards-spread-azs", "two that may be the writer, in two", lambda: (shard("east", A), either("west"))),
    passes("shd-shards-spread-azs", "no shard at all", lambda: unlike_databases("a", "b")),
    refuses(
        "shd-shards-spread-azs",
        "two shards, all in one",
        lambda: (shard("east", A), shard("west", A)),
        ("east", "clusterMembers", f"the writers of east, west in {A}", "writers in different availability zones"),
    ),
    refuses(
        "shd-shards-spread-azs",
        "instances, all in one",
        lambda: alone({"availability_zone": A}, {"availability_zone": A}),
        ("east", "availabilityZone", f"the writers of east, north in {A}", "writers in different availability zones"),
    ),
    passes("shd-secret-per-shard", "no shard at all", lambda: unlike_databases("a", "a")),
    refuses(
        "shd-secret-per-shard",
        "one password, of clusters",
        lambda: [shard(name, manage_master_user_password=None, master_password="a") for name in ("east", "west")],
        ("east", "masterPassword", "the password of west", "a password of its own"),
        ("west", "masterPassword", "the password of east", "a password of its own"),
    ),
    refuses(
        "shd-same-engine-version",
        "the first in the order of texts, which is not the first shard's",
        lambda: alone({"engine_version": "17.4"}, {"engine_version": "16.8"}),
        ("east", "engineVersion", '"17.4"', '"16.8", as other shards of the cluster have it'),
    ),
    passes(
        "shd-same-parameter-group",
        "the same parameters in another order",
        lambda: pair({"TimeZone": "UTC", "work_mem": "65536"}, {"work_mem": "65536", "TimeZone": "UTC"}),
    ),
    passes(
        "shd-same-parameter-group",
        "a group that the update tells",
        lambda: alone({"parameter_group_name": later("ours")}, {"parameter_group_name": "ours"}),
        left=("east", "north"),
    ),
    *(
        refuses(
            "shd-same-instance-class-family",
            title,
            program,
            ("west", where, found, f"{allowed}, as other shards of the cluster have it"),
        )
        for title, program, where, found, allowed in [
            ("no instance", families, "clusterMembers", "no instance", "db.r7g"),
            (
                "several families",
                lambda: families("db.x2g", "db.t4g", "db.r8g", "db.r6g"),
                "clusterMembers",
                "db.r6g, db.r8g, db.t4g, db.x2g",
                "db.r7g",
            ),
            (
                "a class that is empty",
                lambda: alone({}, {}, {"instance_class": ""}),
                "instanceClass",
                "none",
                "db.m7g",
            ),
        ]
    ),
    passes("shd-same-instance-class-family", "another size", lambda: alone({}, {"instance_class": "db.m7g.2xlarge"})),
    passes("shd-shards-spread-azs", "a shard without instances", lambda: (shard("east", A), shard("west"))),
    passes("shd-shards-spread-azs", "a writer in one of two zones", lambda: tiers(promotion_tier=0)),
    passes(
        "shd-shards-spread-azs",
        "a writer in one zone, or in one that AWS chooses",
        lambda: tiers(availability_zone=None),
    ),
    refuses(
        "shd-shards-spread-azs",
        "writers in one zone, as an instance without a tier is in the first",
        lambda: tiers(promotion_tier=1),
        ("east", "clusterMembers", f"the writers of east, west in {A}", "writers in different availability zones"),
    ),
    refuses(
        "shd-shards-spread-azs",
        "two shards, the later by name first",
        in_another_order,
        ("east", "clusterMembers", f"the writers of east, west in {A}", "writers in different availability zones"),
    ),
    passes("shd-secret-per-shard", "passwords that the update tells, made apart", passwords_made_apart),
    passes("shd-secret-per-shard", "one that the update tells, and none", lambda: instances(later("a"), None)),
    refuses(
        "shd-secret-per-shard",
        "one password of three",
        lambda: alone(*({"password": "a"},) * 3),
        ("east", "password", "the password of north, west", "a password of its own"),
        ("north", "password", "the password of east, west", "a password of its own"),
        ("west", "password", "the password of east, north", "a password of its own"),
    ),
    refuses(
        "shd-secret-per-shard",
        "one password that the state does not hold",
        lambda: alone(*({"password_wo": "a", "password_wo_version": 1},) * 2),
        ("east", "passwordWo", "the password of north", "a password of its own"),
        ("north", "passwordWo", "the password of east", "a password of its own"),
    ),
    refuses(
        "shd-secret-per-shard",
        "one password that the state does not hold, of clusters",
        lambda: [
            shard(name, manage_master_user_password=None, master_password_wo="a", master_password_wo_version=1)
            for name in ("east", "west")
        ],
        ("east", "masterPasswordWo", "the password of west", "a password of its own"),
        ("west", "masterPasswordWo", "the password of east", "a password of its own"),
    ),
    *(
        passes(rule, "a shard beside one whose cluster the update tells", beside_an_unknown_one, left=("east", "late"))
        for rule in ("shd-same-engine-version", "shd-shards-spread-azs", "shd-secret-per-shard")
    ),
]


def pair(*parameters: dict[str, Any]) -> None:
    for name, given in zip(("east", "west"), parameters, strict=True):
        shard(name, parameters=given)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
