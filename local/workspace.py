"""Where a checkout keeps what a local run needs: everything in ``.tenfold``, and nothing anywhere else.

.tenfold/lock            held by the command that is at work
.tenfold/state           the engine's state of the local stacks
.tenfold/pulumi          the engine's home
.tenfold/stacks          each stack's configuration with the salt of its secrets
.tenfold/emulator        the embedded AWS: who it is, its log, its data
"""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.exit_codes import FAILED

PASSPHRASE = "tenfold-local"  # noqa: S105 - public on purpose
"""What encrypts secrets in local state. The state holds nothing real, and lives as long as ``.tenfold``."""


class CommandError(Exception):
    """What stops the command: a message for its user and the exit code."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Workspace:
    """The paths of one checkout."""

    root: Path

    @property
    def folder(self) -> Path:
        """What ``./tenfold down`` removes."""
        return self.root / ".tenfold"

    @property
    def state(self) -> Path:
        """The engine's file backend."""
        return self.folder / "state"

    @property
    def home(self) -> Path:
        """The engine's home."""
        return self.folder / "pulumi"

    def committed_config(self, stack: str) -> Path:
        """The stack's configuration as it is in the repository."""
        return self.root / "stacks" / f"Pulumi.{stack}.yaml"

    def stacks(self) -> list[str]:
        """The stacks that have a configuration."""
        files = sorted((self.root / "stacks").glob("Pulumi.*.yaml"))
        return [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files]


@contextmanager
def at_work(workspace: Workspace, waiting: Callable[[str], None]) -> Generator[int]:
    """Hold the checkout's lock: one command at a time changes the local run.

    Yields the lock's file descriptor. The engine inherits it, so that the lock outlives a command that was killed for
    as long as its engine still runs. ``waiting`` is told the pid of the command that is waited for.
    """
    workspace.folder.mkdir(exist_ok=True)
    lock = workspace.folder / "lock"
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting(lock.read_text().strip())
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        os.set_inheritable(descriptor, True)
        yield descriptor
    finally:
        os.close(descriptor)
