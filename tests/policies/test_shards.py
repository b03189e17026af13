"""Rules of shards, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.groups import later
from tests.policies.judging import Case, passes, refuses
from tests.policies.sharding import shard

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
]


def pair(*parameters: dict[str, Any]) -> None:
    for name, given in zip(("east", "west"), parameters, strict=True):
        shard(name, parameters=given)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
