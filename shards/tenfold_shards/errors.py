"""One tree of errors: each says what was wrong, where, what was given and what to do.

ShardError
  KeyRefused          a key of a kind that has no canonical byte form
  MapError            a map, an encoded map or an operation on a map that cannot be; carries every fault with its path
  StaleMap            a write was fenced: the caller's map is older than the shard's
  Conflict            somebody else published this version first
  StoreError          the store has no such version, or cannot read what it has (store.py)
  LeaseHeld           another one has the lease (lease.py)
  LeaseLost           the lease is not ours any more (lease.py)
  FenceError          a change of a fence was refused (fence.py)
    FreezeTimeout     a transaction under way held a bucket for longer than a freeze may wait
  UnknownShard        the map names a shard without a connection string (connections.py)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from reprlib import Repr

_FAULTS_SHOWN = 20
_QUOTE = Repr()
_QUOTE.maxstring = _QUOTE.maxother = 60


def quoted(value: object) -> str:
    """What is given, for an error's text: it may be long, or lists in lists without end."""
    return _QUOTE.repr(value)


class ShardError(Exception):
    """Whatever this package refuses or cannot do."""


class KeyRefused(ShardError, TypeError):  # noqa: N818 - named as what happened, like the rest
    """A key of a kind, or with a content, that has no canonical byte form."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where.

    Attributes:
        path: where, as in `$.shards.orders-1.weight`.
        message: what is wrong, what was given and what is allowed.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class MapError(ShardError, ValueError):
    """A map, its encoding, or an operation on it is refused; `faults` has every reason.

    Attributes:
        faults: the faults in the order of the document.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        shown = [str(fault) for fault in self.faults[:_FAULTS_SHOWN]]
        if len(self.faults) > _FAULTS_SHOWN:
            shown.append(f"and {len(self.faults) - _FAULTS_SHOWN} more")
        super().__init__("\n".join(shown))

    def __reduce__(self) -> tuple[type["MapError"], tuple[tuple[Fault, ...]]]:
        return (MapError, (self.faults,))


class StaleMap(ShardError):  # noqa: N818
    """A write changed nothing: it carried version `seen`, and the shard is at `current`.

    Attributes:
        seen: the version of the map with which the caller chose the shard.
        current: the version that the fence asks for; None where the fence does not say.
    """

    def __init__(self, seen: int, current: int | None = None) -> None:
        self.seen = seen
        self.current = current
        wanted = "a newer one" if current is None else f"version {current}"
        super().__init__(f"the shard map's version {seen} is out of date: {wanted} is in force; refresh and try again")

    def __reduce__(self) -> tuple[type["StaleMap"], tuple[int, int | None]]:
        return (StaleMap, (self.seen, self.current))


class Conflict(ShardError):  # noqa: N818
    """Version `version` was published by somebody else first; nothing was written.

    Attributes:
        version: the version that the caller tried to publish.
        current: the version that is published now.
    """

    def __init__(self, version: int, current: int) -> None:
        self.version = version
        self.current = current
        super().__init__(
            f"version {version} cannot be published: the current version is {current}, and only {current + 1} can "
            "follow; load it and plan again"
        )

    def __reduce__(self) -> tuple[type["Conflict"], tuple[int, int]]:
        return (Conflict, (self.version, self.current))
