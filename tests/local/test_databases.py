"""Databases on the real engine and the embedded AWS: signed in to with what AWS says, grown, moved, and gone."""

import json
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi

from tenfold import Database, FederatedDatabases, Network

config = pulumi.Config()
large, step = config.get_bool("large"), config.get_int("step") or 1
loose = {"deletion_protection": False, "backup": {"final_snapshot": False}}
network = Network("main", {"nat": "none", "flow_logs": "none"})
orders = Database(
    "orders",
    {
        "placement": network.placement,
        "capacity": {"max_acu": 64 if large else 2},
        "readers": {"standby": {}, "reports": {}} if large else {"standby": {}},
        **({"proxy": {}, "access": {"rotation_days": 30}} if large else {}),
        **loose,
    },
)
users = [
    {"database": "main"},
    {"database": "main", "also_in": "users"},
    {"database": "users", "also_in": "main"},
    {"database": "users"},
]
shop = FederatedDatabases(
    "shop",
    {
        "placement": network.placement,
        "functions": {"forum": {"database": "main"}, "users": users[step - 1]},
        "databases": {"main": {"parameters": {"logical_replication": True}}},
        "defaults": {"readers": {}, **loose},
    },
)
pulumi.export("orders", orders.environment)
pulumi.export("identifier", orders.identifier)
pulumi.export("policy", orders.connect_policy_json)
pulumi.export("environments", shop.environments)
pulumi.export("policies", shop.connect_policies_json)
"""


class Place:
    """A database as a program finds it: by environment variables, and the master user's secret on AWS."""

    def __init__(self, stack: Stack, environment: dict[str, str], prefix: str) -> None:
        self._stack = stack
        self._found = {key.removeprefix(f"{prefix}_DATABASE_"): value for key, value in environment.items()}

    def connection_string(self, host: str = "HOST") -> str:
        """How a client on this machine connects to it."""
        secret = self._stack.client("secretsmanager").get_secret_value(SecretId=self._found["SECRET_ARN"])
        known = json.loads(secret["SecretString"])
        return make_conninfo(
            host=self._found[host],
            port=self._found["PORT"],
            dbname=self._found["NAME"],
            user=known["username"],
            password=known["password"],
        )

    def copy_from(self, other: "Place", table: str) -> None:
        """Fills a table with the rows that it has elsewhere."""
        reading, writing = f"COPY {table} TO STDOUT".encode(), f"COPY {table} FROM STDIN".encode()
        with (
            psycopg.connect(other.connection_string()) as source,
            psycopg.connect(self.connection_string()) as target,
            source.cursor().copy(reading) as rows,
            target.cursor().copy(writing) as copied,
        ):
            for row in rows:
                copied.write(row)

    def ask(self, statement: str, host: str = "HOST") -> list[Any]:
        with psycopg.connect(self.connection_string(host), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def test_a_database_grows_with_its_rows_in_it(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    found = stack.outputs()
    orders = Place(stack, found["orders"], "ORDERS")
    orders.ask("CREATE TABLE orders (id int PRIMARY KEY, what text)")
    orders.ask("INSERT INTO orders VALUES (1, 'a lamp')")
    assert orders.ask("SELECT what FROM orders", "READER_HOST") == [("a lamp",)]
    rds = stack.client("rds")
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=found["identifier"])["DBClusters"]
    assert json.loads(found["policy"])["Statement"][0]["Resource"][0].endswith(f"{cluster['DbClusterResourceId']}/app")
    # What AWS says is what the program asks for.
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes")

    stack.run("config", "set", "large", "true")
    assert "replaced" not in stack.up()
    grown = stack.outputs()
    assert grown["identifier"] == found["identifier"]
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=found["identifier"])["DBClusters"]
    assert len(cluster["DBClusterMembers"]) == 3
    assert Place(stack, grown["orders"], "ORDERS").ask("SELECT what FROM orders") == [("a lamp",)]
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes")

    stack.run("destroy", "--yes", "--skip-preview")
    assert rds.describe_db_clusters()["DBClusters"] == []


def test_a_function_moves_to_a_database_of_its_own_and_no_other_is_touched(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    before = stack.outputs()
    assert _servers(before, "users") == _servers(before, "forum")
    shared = Place(stack, before["environments"]["users"], "USERS")
    table = "CREATE TABLE users (id int PRIMARY KEY, name text)"
    shared.ask(table)
    shared.ask("INSERT INTO users VALUES (1, 'Ada')")

    moving = _step(stack, 2)
    assert moving["environments"] == before["environments"]
    both = _servers(moving, "users")
    assert len(both) == 2

    moved = _step(stack, 3)
    assert _servers(moved, "users") == both[::-1]
    own = Place(stack, moved["environments"]["users"], "USERS")
    # The servers of the embedded AWS have a client without TLS, so that none can subscribe to another.
    own.ask(table)
    own.copy_from(shared, "users")
    assert own.ask("SELECT name FROM users") == [("Ada",)]
    assert shared.ask("SHOW wal_level") == [("logical",)]

    alone = _step(stack, 4)
    assert _servers(alone, "users") == both[1:]
    assert alone["environments"]["forum"] == before["environments"]["forum"]
    assert alone["policies"]["forum"] == before["policies"]["forum"]
    stack.run("destroy", "--yes", "--skip-preview")


def _step(stack: Stack, number: int) -> dict[str, Any]:
    stack.run("config", "set", "step", str(number))
    assert "replaced" not in stack.up()
    return stack.outputs()


def _servers(found: dict[str, Any], function: str) -> list[str]:
    """The servers that a function's services may sign in to, the one that its data is in first."""
    (statement,) = json.loads(found["policies"][function])["Statement"]
    return [resource.split(":")[-1].rpartition("/")[0] for resource in statement["Resource"]]
