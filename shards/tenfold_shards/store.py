"""Where the versions of a shard map are kept, and how the next one is published.

A published version never changes. The next one is published by a conditional write: of several that publish at once one
wins, and each other gets ``Conflict`` and has published nothing. Two stores behind one interface: a folder of files
(``FolderStore``, for one machine or a shared file system) and a DynamoDB table (``DynamoStore``, for production).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tenfold_shards.codec import decode
from tenfold_shards.errors import MapError, ShardError
from tenfold_shards.map import ShardMap


class StoreError(ShardError):
    """The store has no such version, or what it has there cannot be read."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A version in a store's history.

    Attributes:
        version: The map's version.
        published_at: When, by the clock of who published it; None for a first version that came with its table.
    """

    version: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leases:
    """All leases of a store as one text (see lease.py), and how often it was written."""

    revision: int
    text: str


class MapStore(Protocol):
    """What the router, the command line and a mover ask of a store."""

    def head(self) -> int:
        """The version in force; 0 where none is published."""
        ...

    def load(self, version: int | None = None) -> ShardMap:
        """A published version, without an argument the one in force.

        Raises:
            StoreError: It is not there, or cannot be read.
        """
        ...

    def publish(self, shard_map: ShardMap) -> None:
        """Put a map in force that follows the version in force. When this returns the map is durable.

        Where this fails otherwise than by ``Conflict`` or ``StoreError`` (a lost connection), ``head`` tells whether it
        was published.

        Raises:
            Conflict: Another version is in force by now than the one before this map's; nothing was written.
        """
        ...

    def versions(self) -> list[int]:
        """The published versions' numbers, in order."""
        ...

    def history(self, limit: int = 100) -> list[Publication]:
        """The latest publications, the newest first."""
        ...

    def read_leases(self) -> Leases:
        """The leases, for lease.py."""
        ...

    def write_leases(self, text: str, expected: int) -> bool:
        """Replace the leases if they are still at revision ``expected``; whether they were."""
        ...


def rollback(store: MapStore, version: int) -> ShardMap:
    """Publish what an earlier version said as the next one. History only grows, and no version number comes twice.

    This changes who owns a key and moves no row. Where rows were moved since that version, move them back instead.
    """
    restored = replace(store.load(version), version=store.head() + 1)
    store.publish(restored)
    return restored


def decoded(text: str, version: int, place: str) -> ShardMap:
    """The map in a store's text, which must be the version that its place says.

    Raises:
        StoreError: It is another version, or no map.
    """
    try:
        found = decode(text)
    except MapError as error:
        raise StoreError(f"{place} does not hold a shard map:\n{error}") from error
    if found.version != version:
        raise StoreError(f"{place} holds version {found.version} of the shard map, not version {version}")
    return found
