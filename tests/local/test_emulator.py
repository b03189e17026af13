"""The embedded AWS's daemon: one per folder, replaced when it dies, gone without a trace when it is stopped."""

import io
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from local import emulator


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Path]:
    path = tmp_path / ".tenfold"
    yield path
    emulator.stop(path)


def _client(daemon: emulator.Emulator, service: str) -> Any:
    return boto3.client(
        service,  # pyright: ignore[reportArgumentType]
        endpoint_url=daemon.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _listening(processes: Iterable[psutil.Process]) -> list[tuple[str, int]]:
    """The addresses on which processes listen."""
    found: list[tuple[str, int]] = []
    for process in processes:
        with suppress(psutil.Error):
            sockets = process.net_connections("inet")
            found += [(str(each.laddr[0]), int(each.laddr[1])) for each in sockets if each.status == psutil.CONN_LISTEN]
    return found


def _living_in(folder: Path) -> list[psutil.Process]:
    """The processes of the folder's daemon, known by the home that it gave them, whoever is their parent by now."""
    everyone = psutil.process_iter(["environ"])
    return [each for each in everyone if Path((each.info["environ"] or {}).get("HOME", "/")).is_relative_to(folder)]


def _ensure_in_another_process(folder: Path, results: "multiprocessing.Queue[tuple[int, str]]") -> None:
    daemon = emulator.ensure_running(folder)
    results.put((daemon.pid, daemon.started))


def _function_zip() -> bytes:
    code = (
        "import os, time\ndef handler(event, context):\n    return {'pid': os.getpid(), 'home': os.environ['HOME']}\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", code)
    return buffer.getvalue()


def _invoke_function(daemon: emulator.Emulator) -> dict[str, Any]:
    """What a function says that the emulator runs in a process of its own."""
    functions = _client(daemon, "lambda")
    functions.create_function(
        FunctionName="who",
        Runtime="python3.12",
        Handler="main.handler",
        Role=f"arn:aws:iam::{daemon.account}:role/who",
        Code={"ZipFile": _function_zip()},
    )
    return json.loads(functions.invoke(FunctionName="who")["Payload"].read())


def _gone(pid: int) -> bool:
    for _ in range(100):
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


def test_an_aws_client_reaches_it_and_is_told_the_account(folder: Path) -> None:
    daemon = emulator.ensure_running(folder)
    assert _client(daemon, "sts").get_caller_identity()["Account"] == daemon.account


def test_a_second_call_gives_the_same_daemon_with_what_it_holds(folder: Path) -> None:
    first = emulator.ensure_running(folder)
    _client(first, "sqs").create_queue(QueueName="kept")
    assert emulator.ensure_running(folder) == first
    assert emulator.running(folder) == first
    assert _client(first, "sqs").list_queues()["QueueUrls"][0].endswith("/kept")


def test_two_commands_at_once_get_one_daemon(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[int, str]] = context.Queue()
    commands = [context.Process(target=_ensure_in_another_process, args=(folder, results)) for _ in range(3)]
    for command in commands:
        command.start()
    found = {results.get(timeout=60) for _ in commands}
    for command in commands:
        command.join()
    assert len(found) == 1


def test_it_outlives_the_command_that_started_it(folder: Path) -> None:
    code = (
        "import sys, pathlib; from local import emulator; print(emulator.ensure_running(pathlib.Path(sys.argv[1])).pid)"
    )
    output = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True).stdout
    alive = emulator.running(folder)
    assert alive is not None
    assert alive.pid == int(output)
    assert os.getsid(alive.pid) == alive.pid, "the terminal's Ctrl-C would end it"


def test_it_listens_on_loopback_alone(folder: Path) -> None:
    daemon = emulator.ensure_running(folder)
    _invoke_function(daemon)
    process = psutil.Process(daemon.pid)
    assert _listening([process, *process.children(recursive=True)]) == [("127.0.0.1", daemon.port)]


def test_nothing_runs_before_the_start_and_stopping_nothing_is_no_error(folder: Path) -> None:
    assert emulator.running(folder) is None
    assert emulator.stop(folder) == emulator.Stopped(None, 0)


def test_a_killed_daemon_is_noticed_and_replaced_by_an_empty_one(folder: Path) -> None:
    first = emulator.ensure_running(folder)
    _client(first, "sqs").create_queue(QueueName="lost")
    os.kill(first.pid, signal.SIGKILL)
    assert _gone(first.pid)
    assert emulator.running(folder) is None
    second = emulator.ensure_running(folder)
    assert second.started != first.started
    assert not _client(second, "sqs").list_queues().get("QueueUrls")


def test_stopping_ends_its_functions_and_frees_port_and_files(folder: Path) -> None:
    daemon = emulator.ensure_running(folder)
    function = _invoke_function(daemon)
    assert psutil.pid_exists(function["pid"])
    assert Path(function["home"]).is_relative_to(folder), "a function would write into the user's home"
    assert ("127.0.0.1", daemon.port) in _listening(_living_in(folder))
    stopped = emulator.stop(folder)
    assert stopped.pid == daemon.pid
    assert stopped.processes >= 2
    assert _gone(daemon.pid)
    assert _gone(function["pid"])
    # Whether somebody answers on the port says nothing: another program may have got it by now.
    assert _listening(_living_in(folder)) == []
    assert list(folder.iterdir()) == []


def test_functions_of_a_killed_daemon_are_ended_by_the_next_start(folder: Path) -> None:
    daemon = emulator.ensure_running(folder)
    function = _invoke_function(daemon)
    os.kill(function["pid"], signal.SIGSTOP)  # it cannot notice by itself that the daemon is gone
    os.kill(daemon.pid, signal.SIGKILL)
    assert _gone(daemon.pid)
    emulator.ensure_running(folder)
    assert _gone(function["pid"])


def test_another_process_that_got_the_daemons_number_is_left_alone(folder: Path) -> None:
    daemon = emulator.ensure_running(folder)
    record_file = folder / "emulator" / "daemon.json"
    record = json.loads(record_file.read_text())
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    try:
        record_file.write_text(json.dumps({**record, "pid": bystander.pid}))
        assert emulator.running(folder) is None
        assert emulator.stop(folder).pid is None
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
        os.kill(daemon.pid, signal.SIGKILL)


def test_a_damaged_record_is_as_good_as_none(folder: Path) -> None:
    (folder / "emulator").mkdir(parents=True)
    (folder / "emulator" / "daemon.json").write_text("{")
    assert emulator.running(folder) is None
    assert emulator.ensure_running(folder).pid


def test_a_daemon_that_ends_while_it_starts_is_reported_with_its_last_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken-python"
    broken.write_text("#!/bin/sh\necho 'no such interpreter today' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(emulator.EmulatorError, match=r"(?s)exit code 3.*no such interpreter today"):
        emulator.ensure_running(folder)
    assert emulator.running(folder) is None


def test_a_port_that_was_taken_in_between_is_given_up_for_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = emulator.ensure_running(tmp_path)  # answers as ours would
    free = emulator.free_port()
    ports = iter([other.port, free])
    monkeypatch.setattr(emulator, "free_port", lambda: next(ports))
    assert emulator.ensure_running(folder).port == free
    emulator.stop(tmp_path)


def test_programs_reach_the_emulator_and_never_the_real_aws(folder: Path, tmp_path: Path) -> None:
    daemon = emulator.ensure_running(folder)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile real]\nregion = ap-south-1\n")
    users = {
        "HOME": str(tmp_path),
        "AWS_PROFILE": "real",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    code = (
        "import boto3, json; s = boto3.client('sqs'); s.create_queue(QueueName='q');"
        "print(json.dumps([s.meta.endpoint_url, s.meta.region_name, boto3.client('s3').meta.endpoint_url]))"
    )
    shell = emulator.environment(daemon, "eu-central-1", {**os.environ, **users})
    output = subprocess.run([sys.executable, "-c", code], env=shell, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    assert json.loads(output.stdout) == [daemon.endpoint, "eu-central-1", daemon.endpoint]


def test_the_log_does_not_grow_without_end(tmp_path: Path) -> None:
    log = emulator._bounded_log(tmp_path / "log")
    for number in range(8_000):
        log.emit(logging.LogRecord("noisy", logging.WARNING, "", 0, f"warning {number} {'x' * 1000}", None, None))
    log.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 5_000_000
    assert "warning 7999" in (tmp_path / "log").read_text()
