"""What has been created and not yet saved by the engine.

The engine saves its state once, at the end of an operation. A command that is killed before that has created what no
state knows. So each creation is noted here, before and after; a command that ends well clears the notes, and one that
finds notes takes back what they name and the saved state does not.
"""

import json
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import calls, resources
from local.aws.assets import described
from local.aws.catalogue import CATALOGUE
from local.aws.catalogue.entry import Read, ResourceType
from local.aws.clients import ClientPool
from local.aws.model import covers
from local.aws.resources import Account
from local.aws.secrets import Path as SecretPath
from local.aws.secrets import hide
from local.aws.values import Properties
from local.emulator import Emulator, home

Known = Callable[[], Collection[tuple[str, str]]]
"""Gives type and id of each resource in the saved state of any stack of this folder."""


@dataclass(frozen=True)
class Swept:
    """What a sweep has done.

    Attributes:
        found: Whether there were notes: the command before was killed, and its last operation needs a refresh.
        removed: Type and id of what it removed, the latest first.
        failed: Type, id and reason of what it could not remove.
        unidentified: The types and URNs of which nobody knows whether they were created.
    """

    found: bool
    removed: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str, str], ...] = ()
    unidentified: tuple[tuple[str, str], ...] = ()


@dataclass
class _Note:
    """One creation, as far as the notes tell."""

    urn: str
    type: str
    inputs: Properties
    id: str = ""


class Journal:
    """The notes that a provider takes. Each is one short line, appended with one write."""

    def __init__(self, folder: Path) -> None:
        self._file = _file(folder)
        self._lock = threading.Lock()
        # The notes of a command that was killed are swept before; a number is used once even if they are not.
        self._count = max(_notes(self._file), default=0)

    def creating(self, urn: str, kind: ResourceType, inputs: Properties, hidden: Collection[SecretPath]) -> int:
        """Note that a resource is about to be created, and return the note's number."""
        with self._lock:
            self._count += 1
            kept = described(hide(inputs, hidden))
            self._write({"note": self._count, "urn": urn, "type": kind.token, "inputs": kept})
            return self._count

    def created(self, note: int, identity: str) -> None:
        """Note its id."""
        with self._lock:
            self._write({"note": note, "id": identity})

    def taken_back(self, note: int) -> None:
        """Note that the creation failed and left nothing."""
        with self._lock:
            self._write({"note": note, "gone": True})

    def deleted(self, kind: ResourceType, identity: str) -> None:
        """Note that a resource was deleted, whichever command made it."""
        with self._lock:
            self._write({"deleted": [kind.token, identity]})

    def _write(self, line: Properties) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps(line, default=str) + "\n")


def clear(folder: Path) -> None:
    """Forget all notes: the engine has saved its state."""
    _file(folder).unlink(missing_ok=True)


def sweep(emulator: Emulator, folder: Path, known: Known, types: Mapping[str, ResourceType] = CATALOGUE) -> Swept:
    """Remove what was created by a command that was killed and that no saved state knows; then forget the notes."""
    if not _file(folder).exists():
        return Swept(found=False)
    account = Account(ClientPool(emulator), emulator.account, emulator.region)
    saved = set(known())
    notes = [note for note in reversed(_notes(_file(folder)).values()) if _concerns_aws(note, types)]
    taken = saved | {(note.type, note.id) for note in notes if note.id}
    orphans: list[_Note] = []
    unidentified: list[tuple[str, str]] = []
    for note in notes:
        if note.id:
            orphans += [note] if (note.type, note.id) not in saved else []
            continue
        candidates = _candidates(account, types[note.type], note.inputs, taken)
        orphans += [replace(note, id=identity) for identity in candidates or []]
        unidentified += [(note.type, note.urn)] if candidates is None else []
    removed, failed = _remove_all(account, types, orphans)
    clear(folder)
    return Swept(True, tuple(removed), tuple(failed), tuple(unidentified))


def _concerns_aws(note: _Note, types: Mapping[str, ResourceType]) -> bool:
    return note.type in types and not types[note.type].why_recorded(note.inputs)


def _remove_all(
    account: Account, types: Mapping[str, ResourceType], orphans: list[_Note]
) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Delete what is there of them, again and again as long as one goes that another may have waited for."""
    removed: list[tuple[str, str]] = []
    while True:
        failed: list[tuple[str, str, str]] = []
        left: list[_Note] = []
        for note in orphans:
            try:
                if _remove(account, types[note.type], note.id, note.inputs):
                    removed.append((note.type, note.id))
            except (ClientError, BotoCoreError, LookupError, TimeoutError) as error:
                failed.append((note.type, note.id, str(error)))
                left.append(note)
        if not left or len(left) == len(orphans):
            return removed, failed
        orphans = left


def _remove(account: Account, kind: ResourceType, identity: str, inputs: Properties) -> bool:
    """Delete a resource that may be there, with what AWS says of it as its state."""
    found = resources.read(account, kind, identity, inputs, inputs)
    if found is None:
        return False
    resources.delete(account, kind, identity, found[0])
    return True


def _candidates(
    account: Account, kind: ResourceType, inputs: Properties, taken: Collection[tuple[str, str]]
) -> list[str] | None:
    """The ids under which a creation of which only the inputs are known may have succeeded; None: nobody can tell."""
    scope = {**inputs, "account": account.account, "region": inputs.get("region", account.region)}
    if "$" in kind.id:
        with suppress(KeyError):
            identity = str(calls.fill(kind.id, scope))
            return [] if (kind.token, identity) in taken else [identity]
    client = account.clients(kind.service, scope["region"])
    if kind.find:
        identity = _found(client, kind.find, scope)
        return [identity] if identity and (kind.token, identity) not in taken else []
    listed = _all(client, kind, scope)
    if listed is None:
        return None
    wanted = calls.takes(client, kind, kind.create, calls.prepared(kind, inputs), [])
    found: list[str] = []
    for item in listed:
        identity = _id_in(kind, item)
        alike = all(covers(item[one.key], one.value) for one in wanted.values() if one.key in item)
        if identity and alike and (kind.token, identity) not in taken:
            found.append(identity)
    return found


def _found(client: Any, find: Read, scope: Properties) -> str:
    """The id that the call finds; empty where AWS knows none."""
    with suppress(ClientError):
        answer = calls.call(client, find.name, calls.fill(find.params, scope))
        return str(calls.search(calls.fill(find.at, scope), answer) or "")
    return ""


def _all(client: Any, kind: ResourceType, scope: Properties) -> list[Properties] | None:
    """What the call that describes one resource says when it is asked for all; None where it cannot be asked so."""
    read = kind.read[0]
    params = {key: value for key, value in read.params.items() if "$id" not in str(value)}
    at, first, _ = read.at.partition("[0]")
    if not first or len(params) == len(read.params):
        return None
    try:
        answer = calls.call(client, read.name, calls.fill(params, scope))
    except (ClientError, BotoCoreError, KeyError):
        return None
    return calls.search(at, answer) or []


def _id_in(kind: ResourceType, item: Properties) -> str:
    """A resource's id in its description: the member that the creation's answer has it in."""
    return str(item.get(kind.id.rpartition(".")[2]) or "")


def _file(folder: Path) -> Path:
    return home(folder) / "journal.jsonl"


def _notes(file: Path) -> dict[int, _Note]:
    """The notes by their number, in the order of the creations; without those of which nothing is left."""
    notes: dict[int, _Note] = {}
    lines = file.read_text().splitlines() if file.exists() else []
    for line in lines:
        with suppress(ValueError):  # the last line may be cut off
            entry = json.loads(line)
            if "deleted" in entry:
                notes = {number: note for number, note in notes.items() if [note.type, note.id] != entry["deleted"]}
                continue
            number = entry["note"]
            if entry.get("gone"):
                notes.pop(number, None)
            elif "id" in entry:
                notes[number].id = entry["id"]
            else:
                notes[number] = _Note(entry["urn"], entry["type"], entry["inputs"])
    return notes
