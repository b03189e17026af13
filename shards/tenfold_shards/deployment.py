"""The shards of a deployed cluster, as infrastructure hands them to programs, and what each database needs once.

A cluster is JSON, by shard a connection string, or where the database is and whose password opens it::

    {"users-1": "host=db1 dbname=users", "users-2": {"host": "db2", "port": 5432, "database": "users",
     "user": "app", "secret_arn": "arn:aws:secretsmanager:..."}}

tenfold's `ShardedCluster` gives it to programs as `<NAME>_SHARDS`. The secret is the master user's, as RDS keeps it.
"""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tenfold_shards import fence
from tenfold_shards.errors import Fault, MapError
from tenfold_shards.map import ShardMap

_FIELDS = {"host": str, "port": int, "database": str, "user": str, "secret_arn": str}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shard is.

    Attributes:
        conninfo: How a connection is opened, without a password where there is a secret.
        user: The application's user; "" where the connection string is all that is known.
        secret_arn: The secret with the master user's name and password; "" where `conninfo` is enough.
    """

    conninfo: str
    user: str = ""
    secret_arn: str = ""

    def administrator(self, secrets: Any = None) -> str:
        """How the master user connects.

        Args:
            secrets: A boto3 client of Secrets Manager; by default the environment's.
        """
        if not self.secret_arn:
            return self.conninfo
        if secrets is None:
            import boto3  # noqa: PLC0415 - it is optional and slow to import

            secrets = cast(Any, boto3).client("secretsmanager")
        known = json.loads(secrets.get_secret_value(SecretId=self.secret_arn)["SecretString"])
        return make_conninfo(self.conninfo, user=known["username"], password=known["password"])


def places(text: str) -> dict[str, Place]:
    """A cluster's shards by name.

    Raises:
        MapError: with everything that is wrong with the text.
    """
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MapError([Fault("shards", f"is no JSON: {error}")]) from None
    if not isinstance(document, dict):
        raise MapError([Fault("shards", "is no JSON object with a member for each shard")])
    members = cast(Mapping[str, Any], document)
    faults = [fault for name, given in members.items() for fault in _faults(name, given)]
    if faults:
        raise MapError(faults)
    return {name: _place(given) for name, given in members.items()}


def _faults(name: str, given: Any) -> Iterator[Fault]:
    if isinstance(given, str):
        return
    if not isinstance(given, dict):
        yield Fault(f"shards.{name}", f"is neither a connection string nor an object with {', '.join(_FIELDS)}")
        return
    for field, kind in _FIELDS.items():
        if type(given.get(field)) is not kind:  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            yield Fault(f"shards.{name}.{field}", f"is missing, or is no {'number' if kind is int else 'text'}")


def _place(given: Any) -> Place:
    if isinstance(given, str):
        return Place(given)
    conninfo = make_conninfo(host=given["host"], port=given["port"], dbname=given["database"])
    return Place(conninfo, given["user"], given["secret_arn"])


@contextmanager
def connected(place: Place) -> Generator[psycopg.Connection[Any]]:
    """A connection as the shard's master user, for one command."""
    with psycopg.connect(place.administrator(), autocommit=True, connect_timeout=10) as connection:
        yield connection


def install(shard_map: ShardMap, shard: str, connection: psycopg.Connection[Any], user: str = "") -> int:
    """Make a shard's fence, let it take writes for the buckets that the map gives it, and make the application's user.

    It may run again: what is there stays, and a bucket whose fence has a later version of the map keeps it.

    Args:
        shard_map: The map in force.
        shard: The shard's name. One that is not on the map gets its fence and takes no writes.
        connection: A connection to it as its master user.
        user: The application's user, who signs in by IAM where the server is one of RDS's; "" to make none.

    Returns:
        How many buckets it takes writes for now that it did not take before.
    """
    fence.install(connection)
    if user:
        _make_user(connection, user)
    held = fence.held(shard_map, shard) if shard in shard_map.names else set[int]()
    new = held - fence.rows(connection, sorted(held)).keys()
    if new:
        fence.own(connection, new, epoch=shard_map.version)
    return len(new)


def _make_user(connection: psycopg.Connection[Any], user: str) -> None:
    name = sql.Identifier(user)
    with connection.transaction():
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        if user not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        if "rds_iam" in roles:
            connection.execute(sql.SQL("GRANT rds_iam TO {}").format(name))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA tenfold TO {}").format(name))
        connection.execute(sql.SQL("GRANT SELECT, UPDATE (pin) ON tenfold.fence TO {}").format(name))
