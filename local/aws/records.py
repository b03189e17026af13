"""Resources that the emulator cannot hold: checked like all others, then kept on record as long as the emulator lives.

The record makes them what they are to the engine: they are there until they are deleted, or until the emulator that
they belong to is gone, and ``./tenfold up`` can say at its end what was recorded only.
"""

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from local.aws.catalogue.entry import ResourceType
from local.aws.secrets import Path as SecretPath
from local.aws.secrets import hide
from local.aws.values import Properties
from local.emulator import home, running

_FILE = "recorded.json"


@dataclass(frozen=True)
class Recorded:
    """A resource, or a part of one, that exists on record only.

    Attributes:
        type: Its type token.
        id: Its id; for a part, the id of the resource it belongs to.
        reason: Why the emulator cannot hold it.
        inputs: What the program asks for, without secrets.
    """

    type: str
    id: str
    reason: str
    inputs: Properties


class Records:
    """The records of one emulator's life."""

    def __init__(self, folder: Path) -> None:
        self._file = _file(folder)
        self._lock = threading.Lock()
        self._records = {(one.type, one.id): one for one in _read(self._file)}

    def put(self, kind: ResourceType, identity: str, inputs: Properties, hidden: Iterable[SecretPath]) -> None:
        """Keep a resource with its inputs."""
        reason = kind.why_recorded(inputs) or _partly(kind, inputs)
        if reason:
            self._change({(kind.token, identity): Recorded(kind.token, identity, reason, hide(inputs, hidden))}, None)
        else:
            self.remove(kind, identity)

    def has(self, kind: ResourceType, identity: str) -> bool:
        """Whether the resource is on record."""
        return (kind.token, identity) in self._records

    def remove(self, kind: ResourceType, identity: str) -> None:
        """Forget a resource."""
        if self.has(kind, identity):
            self._change({}, (kind.token, identity))

    def _change(self, put: dict[tuple[str, str], Recorded], removed: tuple[str, str] | None) -> None:
        with self._lock:
            self._records = {key: one for key, one in self._records.items() if key != removed} | put
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps([asdict(one) for one in self._records.values()], default=str))
            written.replace(self._file)


def recorded_in(daemon: Path) -> list[Recorded]:
    """What a daemon's own folder has on record; for what runs beside it."""
    return _read(daemon / _FILE)


def recorded(folder: Path) -> list[Recorded]:
    """What the folder's emulator has on record only, in the order of its making. Nothing where none runs."""
    return _read(_file(folder)) if running(folder) else []


def _partly(kind: ResourceType, inputs: Properties) -> str:
    """Why a part of the resource is on record only, where its inputs ask for such a part."""
    reasons = [
        f"{', '.join(sorted(asked))}: {operation.recorded}"
        for operation in (kind.create, *kind.update)
        if operation.recorded and (asked := (operation.only | operation.on) & inputs.keys())
    ]
    missing = kind.lacks(inputs) if kind.lacks else ""
    return "; ".join(dict.fromkeys([*reasons, *([missing] if missing else [])]))


def _file(folder: Path) -> Path:
    return home(folder) / _FILE


def _read(file: Path) -> list[Recorded]:
    try:
        return [Recorded(**one) for one in json.loads(file.read_text())]
    except FileNotFoundError:
        return []
