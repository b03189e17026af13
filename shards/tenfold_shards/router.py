"""The router: which shard a key is on, and connections that cannot write with an old map.

The article's "more logic in your application to dynamically change the target database"::

    router = Router(FolderStore("maps"), Connections({"orders-1": "host=db1", "orders-2": "host=db2"}))

    with router.connection(customer) as connection:     # a transaction on the customer's shard
        connection.execute("UPDATE account SET balance = balance - 5 WHERE customer = %s", (customer,))

A connection for writes is handed out inside a transaction that the shard's fence has admitted (fence.py), and one for
reads in a transaction that cannot write. So no write is ever made with a stale map: where the fence refuses, nothing
was sent yet, and the router reads the map again and goes where it says. It does so also on a ``hint``, and never by a
timer alone.
"""

import random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from logging import getLogger
from typing import TYPE_CHECKING, Any, TypeVar

from tenfold_shards.errors import ShardError, StaleMap
from tenfold_shards.keys import Key
from tenfold_shards.map import ShardMap
from tenfold_shards.store import MapStore

if TYPE_CHECKING:
    from psycopg import IsolationLevel

    from tenfold_shards.connections import Connection, Connections
    from tenfold_shards.scatter import ScatterResult

_T = TypeVar("_T")
_log = getLogger(__name__)
_FIRST_PAUSE_SECONDS = 0.004
_LONGEST_PAUSE_SECONDS = 0.1
_RETRIED = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


@dataclass(frozen=True, slots=True)
class Location:
    """Where a key is, and by which version of the map: what a write carries.

    Attributes:
        shard: The shard's name.
        bucket: The key's bucket.
        version: The map's version.
    """

    shard: str
    bucket: int
    version: int


class Router:
    """Routes keys by the map in force. Threads share it.

    Args:
        store: Where the map is published.
        connections: The shards' pools; None where only ``shard_for`` and the like are asked.
        write_seconds: How long a write is tried again while its bucket moves, before ``StaleMap`` reaches the caller.
    """

    def __init__(self, store: MapStore, connections: "Connections | None" = None, write_seconds: float = 10.0) -> None:
        self._store = store
        self._connections = connections
        self._write_seconds = write_seconds
        self._map = store.load()
        self._refreshing = threading.Lock()
        self._hinted = threading.Condition()
        self._wanted = 0
        self._closed = False
        self._listener: threading.Thread | None = None

    @property
    def map(self) -> ShardMap:
        """The map in use. It is immutable: take it once for look-ups that belong together."""
        return self._map

    def shard_for(self, key: Key) -> str:
        """The name of the shard that a key is on."""
        return self._map.shard_for(key)

    def shards_for(self, keys: Iterable[Key]) -> list[str]:
        """The shard's name for each key, by one version of the map; an integer array of numpy is fastest."""
        return self._map.shards_for(keys)

    def locate(self, key: Key) -> Location:
        """A key's shard, its bucket and the map's version: what the fence's SQL takes."""
        shard_map = self._map
        return Location(shard_map.shard_for(key), shard_map.bucket_for(key), shard_map.version)

    @contextmanager
    def connection(
        self, key: Key, read_only: bool = False, isolation: "IsolationLevel | None" = None
    ) -> "Generator[Connection]":
        """A connection to the key's shard in a transaction, which commits at the end and rolls back on an error.

        Write in it only what belongs to keys of the same bucket. With ``read_only`` the fence is not asked, and a read
        just after a move may be of the shard before it.

        Raises:
            StaleMap: The bucket was at rest, or the map in force named another shard, for all of ``write_seconds``.
        """
        connections = self._pools()
        with ExitStack() as opened:
            if read_only:
                yield opened.enter_context(connections.read(self.shard_for(key), isolation=isolation))
            else:
                yield self._admitted(connections, opened, key, isolation)

    def write(self, key: Key, work: "Callable[[Connection], _T]", isolation: "IsolationLevel | None" = None) -> _T:
        """Run ``work`` in the key's transaction, and again where it could not serialize or met a deadlock."""
        deadline = time.monotonic() + self._write_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                with self.connection(key, isolation=isolation) as connection:
                    return work(connection)
            except Exception as error:
                if getattr(error, "sqlstate", None) not in _RETRIED or time.monotonic() >= deadline:
                    raise
            pause = _slept(pause)

    def scatter(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        shards: Iterable[str] | None = None,
        key: Callable[[Any], Key] | None = None,
        limit: int | None = None,
        timeout_seconds: float = 5.0,
        concurrency: int = 8,
    ) -> "ScatterResult":
        """Ask all shards, or some, and report what failed next to what was found; see ``tenfold_shards.scatter``.

        Args:
            query: A SELECT.
            parameters: Its parameters.
            shards: Whom to ask; by default every shard of the map.
            key: The key of a row. Rows on a shard that the map does not name for them (copies under way) are left out.
            limit: How many rows at most, of all shards together.
            timeout_seconds: How long each shard may take.
            concurrency: How many shards are asked at a time.
        """
        from tenfold_shards.scatter import scatter  # noqa: PLC0415 - it needs psycopg, which routing alone does not

        return scatter(self._pools(), self._map, query, parameters, shards, key, limit, timeout_seconds, concurrency)

    def refresh(self, seen: int | None = None) -> ShardMap:
        """Read the map again, unless another thread already did since version ``seen``. It never goes back."""
        with self._refreshing:
            if (seen is None or self._map.version <= seen) and self._store.head() > self._map.version:
                newest = self._store.load()
                if newest.version > self._map.version:
                    self._map = newest
            return self._map

    def hint(self, version: int) -> None:
        """Tell that a version exists (from an event, or another service's answer): it is read in the background."""
        if version <= self._map.version:
            return
        with self._hinted:
            self._wanted = max(self._wanted, version)
            if self._listener is None and not self._closed:
                self._listener = threading.Thread(target=self._listen, name="shard-map", daemon=True)
                self._listener.start()
            self._hinted.notify()

    def close(self) -> None:
        """End the background thread. The connections are their owner's to close."""
        with self._hinted:
            self._closed = True
            self._hinted.notify()
        if self._listener is not None:
            self._listener.join()

    def _admitted(
        self, connections: "Connections", opened: ExitStack, key: Key, isolation: "IsolationLevel | None"
    ) -> "Connection":
        deadline = time.monotonic() + self._write_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            at = self.locate(key)
            try:
                return opened.enter_context(connections.write(at.shard, at.bucket, at.version, isolation))
            except StaleMap:
                if time.monotonic() >= deadline:
                    raise
            # Where nothing newer is published the bucket is at rest in the middle of a move: its end is near.
            if self.refresh(at.version).version == at.version:
                pause = _slept(pause)

    def _pools(self) -> "Connections":
        if self._connections is None:
            raise ShardError("this router was made without connections; give it Connections to open any")
        return self._connections

    def _listen(self) -> None:
        while True:
            with self._hinted:
                self._hinted.wait_for(lambda: self._closed or self._wanted > self._map.version)
                if self._closed:
                    return
                wanted = self._wanted
            pause = _FIRST_PAUSE_SECONDS
            try:
                arrived = self.refresh().version >= wanted
            except Exception:  # noqa: BLE001 - the store is away: the map in use stays, and the fence guards it
                _log.warning("the shard map could not be read again after a hint", exc_info=True)
                arrived = False
            if not arrived:
                with self._hinted:  # a hint of what is not there: the next hint, or a refused write, asks again
                    self._wanted = 0 if self._wanted == wanted else self._wanted
                _slept(pause)


def _slept(pause: float) -> float:
    time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the writers that wait for one move
    return min(pause * 2, _LONGEST_PAUSE_SECONDS)
