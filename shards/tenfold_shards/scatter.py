"""Asking many shards at once, where one that is slow or gone costs its own rows and nothing else."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from tenfold_shards.connections import Connections
from tenfold_shards.errors import ShardError
from tenfold_shards.keys import Key
from tenfold_shards.map import ShardMap

_BATCH_ROWS = 500
# A shard that is alive reports its own timeout; only one that does not answer at all is given up without its word.
_GRACE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class ShardFailure:
    """Why a shard's rows are missing.

    Attributes:
        timed_out: Whether it was too slow, and not refused or gone.
        message: What it said.
    """

    timed_out: bool
    message: str


@dataclass(slots=True)
class ScatterResult:
    """What was found, by shard, and what was not.

    Attributes:
        version: The map's version that named the shards.
        rows: The rows of each shard that answered in full, or up to the limit.
        failures: Why each other shard's rows are missing. Such a shard has no rows here.
        limited: Whether the limit ended it: there may be more rows, and shards that were not asked.
    """

    version: int
    rows: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    failures: dict[str, ShardFailure] = field(default_factory=dict[str, ShardFailure])
    limited: bool = False

    @property
    def complete(self) -> bool:
        """Whether every row of every shard is here."""
        return not self.failures and not self.limited

    def all_rows(self) -> list[Any]:
        """The rows of all shards, in the order of the shards' names."""
        return [row for shard in sorted(self.rows) for row in self.rows[shard]]


class _Ask:
    """One scatter under way: what its threads share."""

    def __init__(
        self,
        connections: Connections,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None,
        belongs: Callable[[str, Any], bool],
        limit: int | None,
        timeout_seconds: float,
    ) -> None:
        self.connections = connections
        self.query = query
        self.parameters = parameters
        self.belongs = belongs
        self.limit = limit
        self.timeout_seconds = timeout_seconds
        self.answers: SimpleQueue[tuple[str, list[Any] | ShardFailure]] = SimpleQueue()

    def start(self, shard: str) -> float:
        """Ask a shard in a thread of its own; until when it may take."""
        deadline = time.monotonic() + self.timeout_seconds
        # A daemon: a server that never answers does not keep the application from ending.
        threading.Thread(target=self._run, args=(shard, deadline), name=f"scatter-{shard}", daemon=True).start()
        return deadline

    def _run(self, shard: str, deadline: float) -> None:
        try:
            self.answers.put((shard, self._fetched(shard, deadline)))
        except (psycopg.errors.QueryCanceled, PoolTimeout, TimeoutError) as error:
            self.answers.put((shard, ShardFailure(True, f"no answer in {self.timeout_seconds:g} s: {error}")))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this shard's and is reported as such
            self.answers.put((shard, ShardFailure(False, f"{type(error).__name__}: {error}")))

    def _fetched(self, shard: str, deadline: float) -> list[Any]:
        rows: list[Any] = []
        with (
            self.connections.read(shard, wait_seconds=self.timeout_seconds) as connection,
            connection.cursor(name="scatter") as cursor,
        ):
            _limit_time(connection, deadline)
            cursor.execute(self.query.encode(), self.parameters)
            while self.limit is None or len(rows) < self.limit:
                _limit_time(connection, deadline)
                batch = cursor.fetchmany(min(_BATCH_ROWS, self.limit or _BATCH_ROWS))
                if not batch:
                    break
                rows += [row for row in batch if self.belongs(shard, row)]
        return rows[: self.limit]


def scatter(
    connections: Connections,
    shard_map: ShardMap,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    shards: Iterable[str] | None = None,
    key: Callable[[Any], Key] | None = None,
    limit: int | None = None,
    timeout_seconds: float = 5.0,
    concurrency: int = 8,
) -> ScatterResult:
    """Ask the shards; ``Router.scatter`` says what the arguments are."""
    names = shard_map.names if shards is None else tuple(dict.fromkeys(shards))
    _check(names, shard_map, limit, timeout_seconds, concurrency)

    def belongs(shard: str, row: Any) -> bool:
        return key is None or shard_map.shard_for(key(row)) == shard

    # One row more than asked for tells a limit that was reached from one that just fits.
    ask = _Ask(connections, query, parameters, belongs, None if limit is None else limit + 1, timeout_seconds)
    result = ScatterResult(shard_map.version)
    waiting, running, found = deque(names), dict[str, float](), 0
    while waiting or running:
        while waiting and len(running) < concurrency:
            shard = waiting.popleft()
            running[shard] = ask.start(shard)
        for shard, answer in _answered(ask, running):
            del running[shard]
            if isinstance(answer, ShardFailure):
                result.failures[shard] = answer
                continue
            kept = answer if limit is None else answer[: limit - found]
            found += len(kept)
            result.rows[shard] = kept
            result.limited = result.limited or len(kept) < len(answer)
        if limit is not None and found >= limit and (waiting or running):
            result.limited = True
            break
    return result


def _answered(ask: _Ask, running: Mapping[str, float]) -> list[tuple[str, list[Any] | ShardFailure]]:
    """The next answer, or the shards that did not answer in time."""
    patience = min(running.values()) + _GRACE_SECONDS - time.monotonic()
    try:
        shard, answer = ask.answers.get(timeout=max(0.0, patience))
    except Empty:
        late = [shard for shard, deadline in running.items() if deadline + _GRACE_SECONDS <= time.monotonic()]
        failure = ShardFailure(True, f"no answer in {ask.timeout_seconds:g} s: the server does not respond")
        return [(shard, failure) for shard in late]
    return [(shard, answer)] if shard in running else []


def _limit_time(connection: psycopg.Connection[Any], deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("its rows took too long")
    connection.execute("SELECT set_config('statement_timeout', %s, true)", (f"{max(1, int(left * 1000))}ms",))


def _check(
    names: Sequence[str], shard_map: ShardMap, limit: int | None, timeout_seconds: float, concurrency: int
) -> None:
    unknown = sorted(set(names) - set(shard_map.names))
    if unknown:
        raise ShardError(f"the shard map's version {shard_map.version} has no shard {', '.join(unknown)}")
    if (limit is not None and limit < 1) or timeout_seconds <= 0 or concurrency < 1:
        raise ShardError(
            f"limit={limit}, timeout_seconds={timeout_seconds}, concurrency={concurrency}: each is larger than 0"
        )
