"""A sharded cluster on the real engine and the embedded AWS: routed to by its outputs, grown, and whole."""

import json
import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from local import emulator as daemon
from tenfold_shards import Router, StaleMap
from tenfold_shards.connections import Connections
from tenfold_shards.deployment import places
from tenfold_shards.store_dynamodb import DynamoStore
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

PROGRAM = """
import pulumi

from tenfold import ShardedCluster

shards = pulumi.Config().require("shards").split()
users = ShardedCluster(
    "users",
    {
        "placement": PLACEMENT,
        "shards": {shard: {} for shard in shards},
        "deletion_protection": False,
        "database": {"readers": {}, "backup": {"final_snapshot": False}},
    },
)
pulumi.export("environment", users.environment)
pulumi.export("table", users.map_table_name)
pulumi.export("version", users.map_version)
pulumi.export("clusters", users.identifiers)
"""
USERS = [f"user-{number}" for number in range(60)]


def program(stack: Stack, shards: str) -> None:
    ec2 = stack.client("ec2")
    (vpc, *_) = ec2.describe_vpcs()["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    placement = {
        "vpc_id": vpc["VpcId"],
        "cidr_block": vpc["CidrBlock"],
        "zones": [subnet["AvailabilityZone"] for subnet in subnets],
        "public_subnet_ids": [],
        "app_subnet_ids": [],
        "data_subnet_ids": [subnet["SubnetId"] for subnet in subnets],
    }
    (stack.root / "__main__.py").write_text(PROGRAM.replace("PLACEMENT", repr(placement)))
    stack.run("config", "set", "shards", shards)


def shards_command(stack: Stack, *arguments: str) -> str:
    environment = daemon.environment(daemon.ensure_running(stack.folder), base=os.environ)
    command = [sys.executable, "-c", "from tenfold_shards.cli import main; main()", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def refused(stack: Stack, command: str) -> str:
    with pytest.raises(AssertionError) as caught:
        stack.run(command, *(["--yes", "--skip-preview"] if command == "up" else []))
    return str(caught.value)


def clusters(stack: Stack) -> set[str]:
    return {one["DBClusterIdentifier"] for one in stack.client("rds").describe_db_clusters()["DBClusters"]}


def owners(uris: dict[str, str]) -> dict[str, str]:
    """Which shard has each user, asked of the databases themselves."""
    found: dict[str, str] = {}
    for shard, uri in uris.items():
        with psycopg.connect(uri) as connection:
            for (name,) in connection.execute("SELECT name FROM account").fetchall():
                assert name not in found
                found[name] = shard
    return found


def test_a_program_writes_to_the_right_shard_and_no_shard_goes_that_still_owns_anything(stack: Stack) -> None:
    program(stack, "a b c d")
    stack.up()
    found: dict[str, Any] = stack.outputs()
    place = found["environment"]["USERS_SHARD_MAP"]
    installed = shards_command(stack, "install", place, "--shards", found["environment"]["USERS_SHARDS"])
    assert installed.count("takes writes for 4,096 buckets more") == 4

    secrets = stack.client("secretsmanager")
    uris = {
        shard: where.administrator(secrets) for shard, where in places(found["environment"]["USERS_SHARDS"]).items()
    }
    for uri in uris.values():
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("CREATE TABLE account (name text PRIMARY KEY)")
            level = connection.execute("SHOW wal_level").fetchone()
            assert level == ("logical",)
    store = DynamoStore(found["table"], client=stack.client("dynamodb"))
    with Connections(uris) as connections:
        router = Router(store, connections, write_seconds=1)
        for user in USERS:
            with router.connection(user) as connection:
                connection.execute("INSERT INTO account VALUES (%s)", (user,))
        everybody = router.scatter("SELECT name FROM account")
        assert everybody.complete
        assert sorted(name for (name,) in everybody.all_rows()) == sorted(USERS)
        assert owners(uris) == {user: router.shard_for(user) for user in USERS}
        assert set(owners(uris).values()) == set("abcd")

        kept = clusters(stack)
        stack.run("config", "set", "shards", "a b c")
        for command in ("preview", "up"):
            said = refused(stack, command)
            assert "shards.d: it is gone from the program and still owns 4,096 buckets" in said
            assert f"tenfold-shards plan drain {place} SHARD" in said
            assert "Traceback" not in said
        assert clusters(stack) == kept
        assert owners(uris) == {user: router.shard_for(user) for user in USERS}

        drained = stack.root / "drained.json"
        drained.write_text(shards_command(stack, "plan", "drain", place, "d"))
        shards_command(stack, "publish", str(drained), place)
        router.refresh()
        here = next(user for user in USERS if store.load(1).shard_for(user) == "d")
        with pytest.raises(StaleMap), router.connection(here):
            pass  # its new owner does not take its writes: nobody has moved it, and no program can say so

    said = stack.up()
    assert "replaced" not in said
    assert len(clusters(stack)) == 3
    assert stack.outputs()["version"] == 2

    stack.run("config", "set", "shards", "a b c e")
    stack.up()
    assert len(clusters(stack)) == 4
    assert store.head() == 2
    assert store.load().names == ("a", "b", "c", "d")
    again = stack.outputs()
    assert {shard: again["clusters"][shard] for shard in "abc"} == {shard: found["clusters"][shard] for shard in "abc"}
    assert json.loads(again["environment"]["USERS_SHARDS"]).keys() == set("abce")
