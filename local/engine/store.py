"""The per-user cache of engines: whole or absent, whoever else is at work and whoever was killed."""

import fcntl
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from local.engine.model import PINNED_VERSION, Origin, Progress

_DESCRIPTION = "engine.json"
_POLL_SECONDS = 0.2


def user_cache(environment: Mapping[str, str]) -> Path:
    """Where programs of this user keep what they can make again (XDG Base Directory Specification)."""
    named = environment.get("XDG_CACHE_HOME", "")
    # The specification wants relative paths ignored.
    return Path(named) if Path(named).is_absolute() else Path.home() / ".cache"


def target_platform() -> str:
    """System and processor as the CLI's releases name them, such as linux-x64; a home may be shared by several."""
    processor = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine()
    )
    return f"{platform.system().lower()}-{processor}"


class EngineStore:
    """One version's engine in the cache.

    An engine is made in a temporary folder beside its place and renamed into it, so it is never seen half made. Only
    the holder of the lock makes one; the lock is the kernel's, which frees it however its holder ends.
    """

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "tenfold" / "engine" / PINNED_VERSION
        self._place = self.folder / target_platform()

    def binaries(self) -> Path:
        """The folder of the cached engine's executables."""
        return self._place / "bin"

    def cached_origin(self) -> Origin | None:
        """How the cached engine was made, or None where there is none to trust."""
        try:
            described = cast("dict[str, Any]", json.loads((self._place / _DESCRIPTION).read_text()))
            whole = (self.binaries() / "pulumi").stat().st_size == described["size"]
            return described["origin"] if whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @contextmanager
    def lock(self, progress: Progress) -> Generator[None, None, None]:
        """Hold the right to make an engine; waits for another process that has it, and says so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as file:
            waited_for: str | None = None
            while not _try_lock(file.fileno()):
                holder = _content(self.folder / "lock") or "another process"
                if holder != waited_for:
                    progress.say(f"{holder} is getting the Pulumi CLI already; waiting for it")
                    waited_for = holder
                progress.update(f"waiting for {holder}")
                time.sleep(_POLL_SECONDS)
            file.seek(0)
            file.truncate()
            file.write(f"tenfold (process {os.getpid()})")
            file.flush()
            yield

    @contextmanager
    def workshop(self) -> Generator[Path, None, None]:
        """A temporary folder to make an engine in, with `bin`. To be used under the lock."""
        # Whoever made these died: the lock is ours.
        for abandoned in self.folder.glob(".making-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=".making-", dir=self.folder))
        try:
            (folder / "bin").mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, workshop: Path, origin: Origin) -> None:
        """Put the engine in `workshop`/bin into its place. To be used under the lock."""
        engine = workshop / "engine"
        engine.mkdir()
        (workshop / "bin").rename(engine / "bin")
        size = (engine / "bin" / "pulumi").stat().st_size
        (engine / _DESCRIPTION).write_text(json.dumps({"origin": origin, "version": PINNED_VERSION, "size": size}))
        for path in (engine / "bin" / "pulumi", engine / _DESCRIPTION):
            _on_disk(path)
        if self._place.exists():
            self._place.rename(workshop / "replaced")
        engine.rename(self._place)

    def tools(self) -> Path:
        """The folder of what is built for other purposes than to run programs."""
        return self.folder / "tools" / target_platform()

    def add(self, executable: Path, folder: Path) -> None:
        """Put a further executable into one of the folders. To be used under the lock."""
        _on_disk(executable)
        folder.mkdir(parents=True, exist_ok=True)
        executable.rename(folder / executable.name)


def _on_disk(path: Path) -> None:
    # What a power cut must not leave behind is a name in its place with an empty file.
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _content(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
