"""What runs beside the daemon ends with it, however it ends."""

import os
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from local import emulator


def _of(folder: Path) -> list[psutil.Process]:
    """The processes that run out of a folder, zombies aside."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if str(folder) in " ".join(process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _assert_soon_empty(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if not _of(folder):
            return
        time.sleep(0.1)
    pytest.fail(f"still running: {[process.info['cmdline'] for process in _of(folder)]}")


def test_the_daemon_ends_by_itself_when_its_folder_is_removed_by_hand(tmp_path: Path) -> None:
    emulator.ensure_running(tmp_path)
    assert len(_of(tmp_path)) == 2
    shutil.rmtree(tmp_path)
    _assert_soon_empty(tmp_path)


@pytest.mark.parametrize("seconds", [0.0, 1.5])
def test_a_killed_daemon_leaves_nothing_running(tmp_path: Path, seconds: float) -> None:
    running = emulator.ensure_running(tmp_path)
    time.sleep(seconds)  # also while what runs beside it is still starting
    os.kill(running.pid, signal.SIGKILL)
    _assert_soon_empty(tmp_path)
    emulator.stop(tmp_path)


def test_a_folder_that_belongs_to_a_new_daemon_is_left_by_the_old_one(tmp_path: Path) -> None:
    old = emulator.ensure_running(tmp_path)
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    new = emulator.ensure_running(tmp_path)
    deadline = time.monotonic() + 15
    while psutil.pid_exists(old.pid) and psutil.Process(old.pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert emulator.running(tmp_path) == new
    emulator.stop(tmp_path)
