"""Caches and sessions on the real engine: used as a program is told to, grown with what they hold, and gone."""

import json
from typing import Any, cast

import pytest
import redis
from redis.exceptions import NoPermissionError

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi

from tenfold import Cache, Network, SessionStore

large = pulumi.Config().get_bool("large") or False
network = Network("main", {"nat": "none", "flow_logs": "none"})
loose = {"placement": network.placement, "deletion_protection": False}
pages = Cache(
    "pages",
    {
        **loose,
        "nodes": {"type": "cache.r7g.xlarge", "replicas": 2} if large else {"type": "cache.t4g.small"},
        "access": {"users": {"reports": "on ~product:* +@read"}},
        "snapshots": {"retention_days": 35 if large else 0, "final_snapshot": False},
        "maintenance": {"apply_immediately": True},
    },
)
carts = Cache("carts", {**loose, "nodes": {"shards": 3 if large else 2}, "snapshots": {"final_snapshot": False}})
shop = SessionStore("shop", {"deletion_protection": False, "ttl_seconds": 7200 if large else 3600})
game = SessionStore(
    "game", {**loose, "store": "cache", "serverless": {"max_storage_gb": 20 if large else 10}}
)
pulumi.export("pages", pages.environment)
pulumi.export("reports", pages.environment_of("REPORTS", "reports"))
pulumi.export("policy", pages.connect_policy_json)
pulumi.export("carts", carts.environment)
pulumi.export("shop", shop.environment)
pulumi.export("game", game.environment)
"""


def connected(stack: Stack, environment: dict[str, str], prefix: str, host: str = "", **more: Any) -> Any:
    """A client of a cache, made of what its environment variables say.

    The servers of the embedded AWS take any token for one that IAM has signed.
    """
    found = {key.removeprefix(f"{prefix}_"): value for key, value in environment.items()}
    client = cast("Any", redis.RedisCluster if found["CLUSTER"] == "true" else redis.Redis)
    return client(
        host=found[f"{host}HOST"],
        port=int(found[f"{host}PORT"]),
        username=found["USER"],
        password="signed",
        ssl=found["TLS"] == "true",
        ssl_ca_certs=str(stack.folder / "emulator" / "tls" / "authority.pem"),
        **more,
    )


def test_caches_and_sessions_grow_with_what_they_hold(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    found = stack.outputs()
    pages = connected(stack, found["pages"], "PAGES_CACHE")
    pages.set("product:1", "a lamp")
    assert connected(stack, found["pages"], "PAGES_CACHE", "READER_").get("product:1") == b"a lamp"
    assert pages.info("memory")["maxmemory_policy"] == "allkeys-lru"
    with pytest.raises(NoPermissionError):
        pages.flushall()
    reports = connected(stack, found["reports"], "REPORTS")
    assert reports.get("product:1") == b"a lamp"
    with pytest.raises(NoPermissionError):
        reports.set("product:1", "a table")
    with pytest.raises(redis.AuthenticationError):
        connected(stack, {**found["pages"], "PAGES_CACHE_USER": "default"}, "PAGES_CACHE").ping()

    connected(stack, found["carts"], "CARTS_CACHE").set("cart", "full")
    connected(stack, found["game"], "GAME_SESSIONS").set("session", "kept", ex=3600)
    table = stack.client("dynamodb")
    key = {"id": {"S": "session"}}
    table.put_item(TableName=found["shop"]["SHOP_SESSIONS_TABLE"], Item={**key, "expires_at": {"N": "4102444800"}})
    (statement,) = json.loads(found["policy"])["Statement"]
    groups = stack.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert statement["Resource"][0] in {group["ARN"] for group in groups}
    # What AWS says is what the program asks for.
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes")

    stack.run("config", "set", "large", "true")
    assert "replaced" not in stack.up()
    grown = stack.outputs()
    assert {**grown, "shop": {}} == {**found, "shop": {}}
    assert grown["shop"] == {**found["shop"], "SHOP_SESSIONS_TTL_SECONDS": "7200"}
    assert connected(stack, grown["pages"], "PAGES_CACHE").get("product:1") == b"a lamp"
    carts = connected(stack, grown["carts"], "CARTS_CACHE")
    assert (len(carts.get_primaries()), carts.get("cart")) == (3, b"full")
    assert connected(stack, grown["game"], "GAME_SESSIONS").get("session") == b"kept"
    assert "Item" in table.get_item(TableName=grown["shop"]["SHOP_SESSIONS_TABLE"], Key=key)
    # The embedded CloudWatch does not tell what an alarm is computed from.
    saved = json.loads(stack.run("stack", "export"))["deployment"]["resources"]
    (alarm,) = [one for one in saved if one["urn"].endswith("::pages-cpu-alarm")]
    watched = [query["id"] for query in alarm["outputs"]["metricQueries"] if query.get("metric")]
    assert sorted(watched) == ["node001", "node002", "node003"]
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes")

    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.client("elasticache").describe_users()["Users"] == []
