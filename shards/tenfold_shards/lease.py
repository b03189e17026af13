"""A lease: one mover at a time for what it is named after, and a token by which the late are told apart.

A lease is kept in the map's store. Its holder renews it; whoever wants it takes it over when it was released, or when
the store has shown it without a change for as long as the holder promised to renew it. That is measured by the clock of
the one who waits, so no two machines need to agree on the time.

A holder that was paused (swapped out, a long collection) may believe that it still has a lease that another one took.
So a lease alone protects nothing: hand its ``token`` to what you change. Tokens of one store only grow, over all names,
and ``fence.freeze`` and ``fence.own`` refuse a token lower than the one they saw.
"""

import json
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from types import TracebackType

from tenfold_shards.errors import ShardError
from tenfold_shards.store import Leases, MapStore, StoreError

_POLL_SECONDS = 0.25


class LeaseLost(ShardError):  # noqa: N818 - named as what happened, like the rest
    """The lease is not ours any more: stop, another one may be at work."""


class LeaseHeld(ShardError):  # noqa: N818 - named as what happened, like the rest
    """Another one has the lease.

    Attributes:
        name: The lease's name.
        holder: Who has it.
    """

    def __init__(self, name: str, holder: str, seconds: float, waited: float) -> None:
        self.name = name
        self.holder = holder
        self._seconds, self._waited = seconds, waited
        super().__init__(
            f"the lease {name!r} is held by {holder}, still after {waited:g} s; if that one is dead, the lease is free "
            f"{seconds:g} s after somebody began to wait for it: wait longer than that"
        )

    def __reduce__(self) -> tuple[type["LeaseHeld"], tuple[str, str, float, float]]:
        return (LeaseHeld, (self.name, self.holder, self._seconds, self._waited))


@dataclass(frozen=True, slots=True)
class _Entry:
    holder: str
    token: int
    renewals: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _State:
    """All leases of a store, and the last token that was given."""

    token: int
    entries: dict[str, _Entry]


class Lease:
    """A lease that was acquired. As a context manager it is released at the end.

    Attributes:
        name: What it is for.
        holder: Who has it.
        token: Larger than that of any lease before it in this store.
        seconds: How long it lasts without a renewal.
    """

    def __init__(self, store: MapStore, name: str, entry: _Entry, since: float) -> None:
        self.name = name
        self.holder = entry.holder
        self.token = entry.token
        self.seconds = entry.seconds
        self._store = store
        self._since = since

    @property
    def remaining_seconds(self) -> float:
        """How long nobody else can have it, at least; counted from before the last renewal was sent."""
        return max(0.0, self._since + self.seconds - time.monotonic())

    def renew(self) -> None:
        """Keep it for another ``seconds`` from now.

        Raises:
            LeaseLost: Another one took it, or it was released.
        """
        since = time.monotonic()
        if not _changed(self._store, self._renewed):
            raise LeaseLost(
                f"the lease {self.name!r} with token {self.token} was not renewed within {self.seconds:g} s and is not "
                "ours any more: stop, another one may be at work"
            )
        self._since = since

    def release(self) -> None:
        """Let others have it at once. Where it is not ours any more this does nothing."""
        _changed(self._store, self._released)
        self._since = float("-inf")

    def _renewed(self, state: _State) -> _State | None:
        entry = state.entries.get(self.name)
        if entry is None or entry.token != self.token:
            return None
        kept = replace(entry, renewals=entry.renewals + 1)
        return _State(state.token, {**state.entries, self.name: kept})

    def _released(self, state: _State) -> _State | None:
        entry = state.entries.get(self.name)
        if entry is None or entry.token != self.token:
            return None
        return _State(state.token, {name: one for name, one in state.entries.items() if name != self.name})

    def __enter__(self) -> "Lease":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(
    store: MapStore, name: str, seconds: float = 30.0, wait_seconds: float = 0.0, holder: str | None = None
) -> Lease:
    """Take the lease.

    Args:
        store: The map's store.
        name: What the lease is for, such as the shard or the buckets that move.
        seconds: How long it lasts without a renewal.
        wait_seconds: How long to wait for a holder. A dead one is followed after its own ``seconds``, not before.
        holder: A name for people; by default the machine and the process.

    Raises:
        LeaseHeld: Another one has it.
        ShardError: ``seconds`` is not above 0.
    """
    if not seconds > 0:
        raise ShardError(f"a lease of {seconds!r} s is over before it is there; it lasts more than 0 s")
    who = holder or f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    deadline = time.monotonic() + wait_seconds
    watched: _Entry | None = None
    watched_since = 0.0
    while True:
        since = time.monotonic()
        leases = store.read_leases()
        state = _read(leases)
        found = state.entries.get(name)
        if found != watched:
            watched, watched_since = found, time.monotonic()
        if found is None or time.monotonic() - watched_since >= found.seconds:
            entry = _Entry(who, state.token + 1, 0, seconds)
            if store.write_leases(_text(_State(entry.token, {**state.entries, name: entry})), leases.revision):
                return Lease(store, name, entry, since)
            continue
        if time.monotonic() >= deadline:
            raise LeaseHeld(name, found.holder, found.seconds, wait_seconds)
        time.sleep(min(_POLL_SECONDS, found.seconds / 10, max(0.0, deadline - time.monotonic())))


def _changed(store: MapStore, change: Callable[[_State], _State | None]) -> bool:
    """Change the leases, again and again while others change them; False where the change does not apply any more."""
    while True:
        leases = store.read_leases()
        wanted = change(_read(leases))
        if wanted is None:
            return False
        if store.write_leases(_text(wanted), leases.revision):
            return True


def _read(leases: Leases) -> _State:
    if not leases.text:
        return _State(0, {})
    try:
        written = json.loads(leases.text)
        return _State(written["token"], {name: _Entry(**entry) for name, entry in written["leases"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"the store's leases cannot be read: {error!r} in {leases.text[:200]!r}") from error


def _text(state: _State) -> str:
    return json.dumps({"token": state.token, "leases": {name: asdict(entry) for name, entry in state.entries.items()}})
