"""A pool of PostgreSQL connections per shard, made when the shard is first asked."""

import threading
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg_pool import ConnectionPool

from tenfold_shards import fence
from tenfold_shards.errors import ShardError, StaleMap

Connection = psycopg.Connection[Any]


class UnknownShard(ShardError):  # noqa: N818 - named as what happened, like the rest
    """The map names a shard for which no connection string was given."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How each shard's pool is sized.

    Attributes:
        min_size: Connections kept open although idle.
        max_size: Connections at most; further callers wait for one.
        wait_seconds: How long a caller waits for a connection.
        connect_seconds: How long one attempt to connect takes at most.
        idle_seconds: After how long an idle connection beyond ``min_size`` is closed.
    """

    min_size: int = 0
    max_size: int = 8
    wait_seconds: float = 5.0
    connect_seconds: int = 5
    idle_seconds: float = 300.0


class Connections:
    """The shards' pools. Threads share it; ``close`` it at the end, or use it as a context manager.

    Args:
        uris: A connection string by shard name. Shards that come later are given with ``add``.
        settings: The size of each pool.
    """

    def __init__(self, uris: Mapping[str, str], settings: PoolSettings | None = None) -> None:
        self._uris = dict(uris)
        self._settings = settings or PoolSettings()
        self._pools: dict[str, ConnectionPool[Connection]] = {}
        self._lock = threading.Lock()

    def add(self, shard: str, uri: str) -> None:
        """Say where another shard is, before a map that names it is published."""
        with self._lock:
            self._uris[shard] = uri

    def pool(self, shard: str) -> ConnectionPool[Connection]:
        """The shard's pool."""
        pool = self._pools.get(shard)
        if pool is not None:
            return pool
        with self._lock:
            if shard not in self._pools:
                self._pools[shard] = self._made(shard)
            return self._pools[shard]

    @contextmanager
    def write(
        self, shard: str, bucket: int, version: int, isolation: IsolationLevel | None = None
    ) -> Generator[Connection]:
        """A connection in a transaction that the fence has admitted. It commits at the end, or rolls back on an error.

        Raises:
            StaleMap: The shard does not take writes for the bucket with this version; at the beginning, never later.
        """
        opened, connection = self._admitted(shard, bucket, version, isolation)
        with opened:
            yield connection

    @contextmanager
    def read(
        self, shard: str, wait_seconds: float | None = None, isolation: IsolationLevel | None = None
    ) -> Generator[Connection]:
        """A connection in a transaction that cannot write."""
        with self.pool(shard).connection(wait_seconds) as connection:
            _prepare(connection, isolation, read_only=True)
            yield connection

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()

    def __enter__(self) -> "Connections":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _admitted(
        self, shard: str, bucket: int, version: int, isolation: IsolationLevel | None
    ) -> tuple[ExitStack, Connection]:
        pool = self.pool(shard)
        for attempt in (1, 2):
            with ExitStack() as opened:
                connection = opened.enter_context(pool.connection())
                _prepare(connection, isolation, read_only=False)
                try:
                    # In a pipeline the BEGIN travels with the check: one round trip for both.
                    with connection.pipeline():
                        admitted = connection.execute(fence.CHECK, (bucket, version))
                    if admitted.fetchone() is None:
                        raise fence.stale(connection, bucket, version)
                except psycopg.errors.SerializationFailure as error:
                    raise StaleMap(version) from error  # the fence changes at this very moment
                except psycopg.OperationalError:
                    if attempt == 2 or not connection.broken:
                        raise
                else:
                    return opened.pop_all(), connection
            pool.check()  # the server went away since: nothing was sent yet, so its other connections are no loss
        raise AssertionError("unreachable")

    def _made(self, shard: str) -> ConnectionPool[Connection]:
        if shard not in self._uris:
            known = ", ".join(sorted(self._uris)) or "none"
            raise UnknownShard(
                f"the shard map names {shard!r}, for which there is no connection string (there are: {known}); "
                "give it to Connections, or with add(), before the map that names it is published"
            )
        settings = self._settings
        return ConnectionPool(
            self._uris[shard],
            min_size=settings.min_size,
            max_size=settings.max_size,
            timeout=settings.wait_seconds,
            max_idle=settings.idle_seconds,
            open=True,
            name=f"shard-{shard}",
            # A server that vanished without a word is noticed, so that a caller's thread is not lost to it.
            kwargs={
                "connect_timeout": settings.connect_seconds,
                "keepalives_idle": 15,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "application_name": "tenfold-shards",
            },
        )


def _prepare(connection: Connection, isolation: IsolationLevel | None, read_only: bool) -> None:
    connection.isolation_level = isolation
    connection.read_only = read_only
