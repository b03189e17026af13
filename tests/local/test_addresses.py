"""What is up is named with an address that answers."""

from typing import Any

import pytest

from local.addresses import addresses, next_steps
from local.emulator import Emulator

_AWS = Emulator("http://127.0.0.1:1", 1, 1, "x")


def _resource(kind: str, **outputs: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:local::tenfold::{kind}::main", "type": kind, "outputs": outputs}


@pytest.mark.parametrize(
    ("resource", "address"),
    [
        (
            _resource("aws:lb/loadBalancer:LoadBalancer", name="web-1", internal=False),
            {"load balancer main": "http://127.0.0.1:1/_alb/web-1"},
        ),
        (
            _resource("aws:lb/loadBalancer:LoadBalancer", name="forum-1", internal=True),
            {"internal load balancer main": "http://127.0.0.1:1/_alb/forum-1"},
        ),
        (
            _resource(
                "aws:rds/cluster:Cluster", engine="aurora-postgresql", endpoint="localhost", port=7, databaseName="shop"
            ),
            {"database main": "postgresql://localhost:7/shop"},
        ),
        (
            _resource("aws:rds/instance:Instance", engine="postgres", address="localhost", endpoint="x:7", port=7),
            {"database main": "postgresql://localhost:7/postgres"},
        ),
        (_resource("aws:rds/cluster:Cluster", engine="aurora-mysql", endpoint="far.rds.amazonaws.com", port=3306), {}),
        (
            _resource(
                "aws:elasticache/replicationGroup:ReplicationGroup",
                primaryEndpointAddress="localhost",
                port=7,
                transitEncryptionEnabled=True,
            ),
            {"cache main": "rediss://localhost:7"},
        ),
        (
            _resource(
                "aws:elasticache/serverlessCache:ServerlessCache", endpoints=[{"address": "localhost", "port": 7}]
            ),
            {"cache main": "rediss://localhost:7"},
        ),
    ],
)
def test_what_answers_has_the_address_that_it_answers_at(resource: dict[str, Any], address: dict[str, str]) -> None:
    assert addresses(_AWS, [resource]) == {"AWS": "http://127.0.0.1:1", **address}


def test_jobs_are_posted_to_the_balancer_that_users_reach() -> None:
    internal = _resource("aws:lb/loadBalancer:LoadBalancer", name="forum-1", internal=True)
    public = {**_resource("aws:lb/loadBalancer:LoadBalancer", name="web-1", internal=False), "urn": "urn::web"}
    steps = next_steps("local", addresses(_AWS, [internal, public]))
    assert steps["post a job"].startswith("curl http://127.0.0.1:1/_alb/web-1/jobs ")
    assert "post a job" not in next_steps("local", addresses(_AWS, [internal]))
