"""What is up is named with an address that answers."""

from typing import Any

import pytest

from local.addresses import addresses
from local.emulator import Emulator

_AWS = Emulator("http://127.0.0.1:1", 1, 1, "x")


def _resource(kind: str, **outputs: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:local::tenfold::{kind}::main", "type": kind, "outputs": outputs}


@pytest.mark.parametrize(
    ("resource", "address"),
    [
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
def test_a_data_store_has_the_address_of_its_server(resource: dict[str, Any], address: dict[str, str]) -> None:
    assert addresses(_AWS, [resource]) == {"AWS": "http://127.0.0.1:1", **address}
