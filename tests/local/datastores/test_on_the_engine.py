"""Databases and caches on the real engine: they answer at their outputs, keep what they hold, and go with the stack."""

from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
import redis

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi, pulumi_aws as aws

config = pulumi.Config()
large = config.get_bool("large") or False
secret = pulumi.Output.secret("open-sesame-and-more")
cluster = aws.rds.Cluster("users", engine="aurora-postgresql", engine_version="17.5", master_username="boss",
    manage_master_user_password=True, database_name="shop", skip_final_snapshot=True, storage_encrypted=True, port=5432,
    serverlessv2_scaling_configuration={"min_capacity": 0.5, "max_capacity": 8 if large else 1})
writer = aws.rds.ClusterInstance("users-writer", cluster_identifier=cluster.id, engine="aurora-postgresql",
    instance_class="db.serverless")
alone = aws.rds.Instance("forum", engine="postgres", engine_version="17.5", username="boss", password=secret,
    db_name="shop", instance_class="db.m7g.large" if large else "db.t4g.micro", allocated_storage=20,
    skip_final_snapshot=True)
cache = aws.elasticache.ReplicationGroup("sessions", description="x", engine="valkey", node_type="cache.t4g.small",
    num_cache_clusters=3 if large else 2, automatic_failover_enabled=True, transit_encryption_enabled=True,
    at_rest_encryption_enabled=True, auth_token=secret)
shards = aws.elasticache.ReplicationGroup("carts", description="x", engine="valkey", node_type="cache.t4g.small",
    num_node_groups=3 if large else 2, replicas_per_node_group=1, automatic_failover_enabled=True,
    parameter_group_name="default.valkey8.cluster.on")
serverless = aws.elasticache.ServerlessCache("pages", engine="valkey", major_engine_version="8")
dolphin = aws.rds.Cluster("reports", engine="aurora-mysql", master_username="boss", master_password=secret,
    skip_final_snapshot=True)
pulumi.export("cluster", {"host": cluster.endpoint, "port": cluster.port})
pulumi.export("reader", {"host": cluster.reader_endpoint, "port": writer.port})
pulumi.export("secret", cluster.master_user_secrets[0].secret_arn)
pulumi.export("alone", {"host": alone.address, "port": alone.port})
pulumi.export("cache", {"host": cache.primary_endpoint_address, "port": cache.port})
pulumi.export("shards", {"host": shards.configuration_endpoint_address, "port": shards.port})
pulumi.export("serverless", serverless.endpoints[0])
"""
TOKEN = "open-sesame-and-more"


def _orders(place: dict[str, Any], password: str, *statements: str) -> Any:
    connection = psycopg.connect(
        host=place["host"], port=place["port"], user="boss", password=password, dbname="shop", autocommit=True
    )
    with connection:
        for statement in statements:
            connection.execute(statement.encode())
        return connection.execute("SELECT id FROM orders").fetchone()


def test_what_a_stack_exports_answers_and_keeps_its_data_while_it_grows(stack: Stack, tmp_path: Path) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    found = stack.outputs()
    kept = stack.client("secretsmanager").get_secret_value(SecretId=found["secret"])["SecretString"]
    password = kept.split('"password": "')[1].split('"')[0]
    authority = str(stack.folder / "emulator" / "tls" / "authority.pem")
    tls = {"ssl": True, "ssl_ca_certs": authority}

    make = "CREATE TABLE orders AS SELECT 7 AS id"
    assert _orders(found["cluster"], password, make) == (7,)
    assert _orders(found["reader"], password) == (7,)
    assert _orders(found["alone"], TOKEN, make) == (7,)
    cast(Any, redis).Redis(**found["cache"], password=TOKEN, **tls).set("session", "kept")
    cast(Any, redis).RedisCluster(**found["shards"]).set("cart", "kept")
    page = {"host": found["serverless"]["address"], "port": found["serverless"]["port"]}
    cast(Any, redis).RedisCluster(**page, **tls).set("page", "kept")
    exported = stack.run("stack", "export")
    assert TOKEN not in exported
    assert password not in exported

    assert "unchanged" in stack.up("--refresh")
    stack.run("config", "set", "large", "true")
    said = stack.up("--refresh")
    assert "replaced" not in said
    assert stack.outputs() == found
    assert _orders(found["cluster"], password) == (7,)
    assert _orders(found["alone"], TOKEN) == (7,)
    assert cast(Any, redis).Redis(**found["cache"], password=TOKEN, **tls).get("session") == b"kept"
    carts = cast(Any, redis).RedisCluster(**found["shards"])
    assert carts.get("cart") == b"kept"
    assert len(carts.get_primaries()) == 3
    assert cast(Any, redis).RedisCluster(**page, **tls).get("page") == b"kept"

    (stack.root / "__main__.py").write_text("")
    stack.up()
    for folder in ("databases", "caches"):
        assert not list((stack.folder / "emulator" / folder).glob("*/us-east-1/*/*"))
    with pytest.raises(psycopg.OperationalError):
        _orders(found["cluster"], password)
