"""Versions of a shard map as files in a folder: for one machine, or a file system that several share.

    00000001.json   a version in its canonical text; `diff 00000001.json 00000002.json` is the difference
    leases.json     who moves what at present
    leases.lock     held while leases.json is replaced

A version is written to a file of another name, flushed to the disk, and then linked to its own name. The link is the
only step that counts and it fails where the name is taken: a version is there as a whole or not at all, and has one
writer.
"""

import fcntl
import json
import os
import re
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tenfold_shards.codec import encode
from tenfold_shards.errors import Conflict
from tenfold_shards.map import ShardMap
from tenfold_shards.store import Leases, Publication, StoreError, decoded

# Of at least eight digits; 00000000 and 000000001 are no name that a version gets.
_VERSION_FILE = re.compile(r"(?!0{8})([0-9]{8}|[1-9][0-9]{8,})\.json")
_ABANDONED_SECONDS = 3600.0


class FolderStore:
    """A store in a folder, which is made if it is missing. See ``MapStore`` for what its methods do."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def head(self) -> int:
        """The version in force; 0 where none is published."""
        return max(self._numbers(), default=0)

    def load(self, version: int | None = None) -> ShardMap:
        """A published version, without an argument the one in force."""
        number = self.head() if version is None else version
        if version is None and number == 0:
            raise StoreError(f"no shard map is published in {self.folder}; publish version 1 first")
        path = self._path(number)
        try:
            text = path.read_bytes().decode()  # as it is: read as text, a line's end would be made canonical
        except FileNotFoundError:
            raise StoreError(
                f"version {number} of the shard map is not in {self.folder}; "
                f"the version in force there is {self.head()}"
            ) from None
        except UnicodeDecodeError as error:
            raise StoreError(f"{path} does not hold a shard map: {error}") from error
        return decoded(text, number, str(path))

    def publish(self, shard_map: ShardMap) -> None:
        """Put a map in force that follows the version in force."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remove_abandoned()
        if self.head() != shard_map.version - 1:
            raise Conflict(shard_map.version, self.head())
        with self._written(encode(shard_map)) as temporary:
            try:
                os.link(temporary, self._path(shard_map.version))
            except FileExistsError:
                # Over a network a link can be made, its answer lost and the request sent again: then the file is ours.
                if temporary.stat().st_nlink == 1:
                    raise Conflict(shard_map.version, self.head()) from None
            _flush_folder(self.folder)

    def versions(self) -> list[int]:
        """The published versions' numbers, in order."""
        return sorted(self._numbers())

    def history(self, limit: int = 100) -> list[Publication]:
        """The latest publications, the newest first."""
        return [
            Publication(version, datetime.fromtimestamp(self._path(version).stat().st_mtime, UTC))
            for version in self.versions()[::-1][:limit]
        ]

    def read_leases(self) -> Leases:
        """The leases, for lease.py."""
        path = self.folder / "leases.json"
        try:
            written = json.loads(path.read_text(encoding="utf-8"))
            return Leases(int(written["revision"]), str(written["text"]))
        except FileNotFoundError:
            return Leases(0, "")
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} does not hold leases: {error}") from error

    def write_leases(self, text: str, expected: int) -> bool:
        """Replace the leases if they are still at revision ``expected``; whether they were."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "leases.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # ends with the process, also one that is killed
            if self.read_leases().revision != expected:
                return False
            with self._written(json.dumps({"revision": expected + 1, "text": text})) as temporary:
                temporary.replace(self.folder / "leases.json")
                _flush_folder(self.folder)
            return True

    def _path(self, version: int) -> Path:
        return self.folder / f"{version:08d}.json"

    def _numbers(self) -> Iterator[int]:
        with suppress(FileNotFoundError):
            for name in os.listdir(self.folder):  # noqa: PTH208 - names alone; a router asks often
                match = _VERSION_FILE.fullmatch(name)
                if match:
                    yield int(match[1])

    @contextmanager
    def _written(self, text: str) -> Generator[Path]:
        """A file with the text, on the disk, under a name of its own that is gone afterwards."""
        temporary = self.folder / f"{uuid.uuid4().hex}.tmp"
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _remove_abandoned(self) -> None:
        """Remove what publishers that were killed left behind."""
        for path in self.folder.glob("*.tmp"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                    path.unlink()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
