"""How the search for an engine looks: a live line on a terminal, plain lines elsewhere."""

import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from local.engine.model import Progress

_PLAIN_SECONDS = 15.0


@contextmanager
def reporter(stream: TextIO | None = None) -> Generator[Progress, None, None]:
    """A Progress that writes to `stream` (standard error) for as long as the context is open."""
    output = stream or sys.stderr
    if output.isatty():
        with _live(output) as progress:
            yield progress
    else:
        yield PlainProgress(output)


class PlainProgress:
    """Lines for logs: what happened at once, what goes on every quarter of a minute."""

    def __init__(self, stream: TextIO, seconds: float = _PLAIN_SECONDS) -> None:
        self._stream = stream
        self._seconds = seconds
        self._started = self._shown = time.monotonic()

    def say(self, line: str) -> None:
        """Write `line`."""
        print(line, file=self._stream, flush=True)

    def update(self, line: str) -> None:
        """Write `line` with the time that has passed, unless something was written just now."""
        now = time.monotonic()
        if now - self._shown >= self._seconds:
            self._shown = now
            self.say(f"  {now - self._started:.0f} s: {line}")


@contextmanager
def _live(stream: TextIO) -> Generator[Progress, None, None]:
    from rich.console import Console  # noqa: PLC0415 - a quarter of a second that only a terminal needs
    from rich.markup import escape  # noqa: PLC0415
    from rich.status import Status  # noqa: PLC0415

    console = Console(file=stream, highlight=False)
    started = time.monotonic()
    shown = threading.Event()
    done = threading.Event()
    status = Status("", console=console)
    current = ""

    class Live:
        def say(self, line: str) -> None:
            console.print(escape(line))

        def update(self, line: str) -> None:
            nonlocal current
            current = line
            if not shown.is_set():
                shown.set()
                status.start()
            draw()

    def draw() -> None:
        elapsed = int(time.monotonic() - started)
        status.update(escape(f"{elapsed // 60}:{elapsed % 60:02d}  {current}"[: console.width - 4]))

    def tick() -> None:
        # The clock goes on where a step is silent for long, as linking is.
        while not done.wait(1.0):
            if shown.is_set():
                draw()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield Live()
    finally:
        done.set()
        ticker.join()
        if shown.is_set():
            status.stop()
