"""The processes that the language host starts, none of which outlives it."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# When a policy refuses a preview, or a user interrupts one, the engine interrupts the whole process group. The host
# ends its children itself, so they ignore that signal and show no KeyboardInterrupt. A shell sees to it: a handler set
# after the start would leave a gap, and code between fork and exec could deadlock in a process with threads.
_IGNORE_INTERRUPT = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")

_GRACE_SECONDS = 1.0


class Children:
    """Starts processes and ends them: politely first, by force after a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def start(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], captured: bool
    ) -> subprocess.Popen[bytes]:
        """Start `command`; its output is captured for the caller, or goes where the host's own output goes."""
        output = subprocess.PIPE if captured else None
        with self._lock:
            if self._closed:
                raise OSError("the language host is shutting down")
            process = subprocess.Popen(
                [*_IGNORE_INTERRUPT, *command],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            self._running.add(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for `process` and return its exit code, negative where a signal ended it."""
        code = process.wait()
        with self._lock:
            self._running.discard(process)
        return code

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End `process` if it still runs; returns within little more than the grace."""
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)
        if process.poll() is None:
            process.kill()

    def end_all(self) -> None:
        """End every process, and what those have started, and start no more."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.terminate()
        self._end_group(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in running:
            process.kill()

    @staticmethod
    def _end_group(number: signal.Signals) -> None:
        # The engine starts the host as leader of a process group, which every descendant that did not leave it shares.
        if os.getpgrp() == os.getpid():
            signal.signal(number, signal.SIG_IGN)
            os.killpg(os.getpgrp(), number)
