"""What a user sees while an engine is made."""

import io
import os
import pty
import select
import subprocess
import sys
import time

from local.engine.find import reporter
from local.engine.progress import PlainProgress


def test_a_log_gets_what_happened_and_now_and_then_what_goes_on() -> None:
    log = io.StringIO()
    progress = PlainProgress(log, seconds=0.2)

    progress.update("one")
    progress.say("Building.")
    time.sleep(0.25)
    progress.update("two")
    progress.update("three")

    assert log.getvalue() == "Building.\n  0 s: two\n"


def test_a_run_that_finds_its_engine_at_once_writes_nothing() -> None:
    log = io.StringIO()

    with reporter(log):
        pass

    assert log.getvalue() == ""


def _written(reader: int) -> str:
    shown = b""
    while select.select([reader], [], [], 0.2)[0]:
        shown += os.read(reader, 65536)
    os.close(reader)
    return shown.decode()


def test_a_terminal_gets_a_line_that_is_replaced_and_removed() -> None:
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as terminal:
        with reporter(terminal) as progress:
            progress.say("Building [3.230.0].")
            progress.update("compiling: 1 of 2 packages, example.com/[odd]")
            time.sleep(1.3)
        shown = _written(reader)

    assert "Building [3.230.0]." in shown
    assert "0:00  compiling: 1 of 2 packages, example.com/[odd]" in shown
    # The clock goes on although nothing is reported.
    assert "0:01  compiling" in shown
    # Cursor shown again, line erased.
    assert "\x1b[?25h" in shown[-20:]
    assert "\x1b[2K" in shown[-20:]


def test_a_search_without_a_terminal_does_not_load_the_library_for_terminals() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, local.engine.find as f\nwith f.reporter(): pass\nprint('rich' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )

    assert loaded.stdout == "False\n"
