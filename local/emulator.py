"""The embedded AWS's process: one MiniStack daemon per checkout, which outlives the command that started it.

Everything it has is in one folder (``<checkout>/.tenfold``): who it is, its log, its temporary files. It listens on
loopback alone, on a port that is free, and keeps its resources in memory: a new process is a new, empty AWS, which
``Emulator.started`` tells apart from the one before.
"""

import fcntl
import json
import logging.handlers
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import psutil

ACCOUNT = "000000000000"
REGION = "us-east-1"

_CHECKOUT = Path(__file__).resolve().parents[1]
_READY_SECONDS = 30.0
_ANSWER_SECONDS = 10.0
_ATTEMPTS = 5
_LOG_BYTES = 2_000_000


class EmulatorError(Exception):
    """The embedded AWS cannot be started; the message says why and shows the end of its log."""


@dataclass(frozen=True)
class Emulator:
    """A daemon that runs.

    Attributes:
        endpoint: The URL that every AWS client takes as its endpoint.
        port: The port of that URL.
        pid: The daemon's process.
        started: Changes with each start; what was created under another value is gone.
        account: The number of the AWS account that it plays.
        region: The region of a request that names none.
    """

    endpoint: str
    port: int
    pid: int
    started: str
    account: str = ACCOUNT
    region: str = REGION


@dataclass(frozen=True)
class Stopped:
    """What ``stop`` found and ended: the daemon's pid (None where none ran) and how many processes it had."""

    pid: int | None
    processes: int


@dataclass(frozen=True)
class _Record:
    """Who the daemon is, as written to its folder. A pid alone may belong to another process by now."""

    pid: int
    created: float
    port: int
    started: str


def ensure_running(folder: Path) -> Emulator:
    """The folder's daemon, started where none is alive. Commands that call it at once get the same one."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        alive = running(folder)
        if alive:
            return alive
        _end(folder)
        for _ in range(_ATTEMPTS):
            with suppress(_PortTakenError):
                return _start(folder)
    raise EmulatorError(f"the embedded AWS lost its port to another program {_ATTEMPTS} times in a row; try again")


def running(folder: Path) -> Emulator | None:
    """The folder's daemon if it is alive and answers."""
    record = _recorded(folder)
    process = None if record is None else _process(record)
    if record is None or process is None or not _answers(process, record.port):
        return None
    return _emulator(record)


def stop(folder: Path) -> Stopped:
    """End the daemon and every process it started, and remove its files. Where none runs this does nothing."""
    if not folder.is_dir():
        return Stopped(None, 0)
    with _locked(folder) as lock:
        stopped = _end(folder)
        lock.unlink()
        return stopped


def environment(
    emulator: Emulator, region: str = REGION, base: Mapping[str, str] = MappingProxyType(os.environ)
) -> dict[str, str]:
    """The whole environment of a program whose AWS is the emulator: boto3, the CLI and every SDK reach nothing else.

    It is ``base`` without any AWS setting of the user's (a profile, a role, an endpoint of one service), and ours.
    """
    proxied = base.get("NO_PROXY") or base.get("no_proxy")
    direct = ",".join(filter(None, [proxied, "127.0.0.1"]))
    return {name: value for name, value in base.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


class _PortTakenError(Exception):
    """Somebody took the port between our look and the daemon's bind."""


def _start(folder: Path) -> Emulator:
    place = home(folder)
    (place / "tmp").mkdir(parents=True)
    port = free_port()
    # A session of its own: the terminal's Ctrl-C does not reach it, and all that it starts is one process group.
    with (place / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator", str(place / "log")],
            cwd=_CHECKOUT,
            env=_daemon_environment(place, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    record = _Record(process.pid, psutil.Process(process.pid).create_time(), port, uuid.uuid4().hex)
    _record_file(folder).write_text(json.dumps(asdict(record)))
    try:
        _await_ready(place, process, port)
    except BaseException:
        process.kill()
        process.wait()
        _end(folder)
        raise
    return _emulator(record)


def _await_ready(place: Path, process: subprocess.Popen[bytes], port: int) -> None:
    daemon = psutil.Process(process.pid)
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = _tail(place)
            if "already in use" in said:
                raise _PortTakenError(said)
            raise EmulatorError(f"the embedded AWS ended while it started (exit code {process.returncode})\n{said}")
        if _answers(daemon, port):
            return
        time.sleep(0.02)
    raise EmulatorError(f"the embedded AWS did not answer on port {port} within {_READY_SECONDS:g} s\n{_tail(place)}")


def _daemon_environment(place: Path, port: int) -> dict[str, str]:
    """What the daemon sees, and with it every Lambda function that it runs: nothing of the user's."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(place / "tmp"),
        "TMPDIR": str(place / "tmp"),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "STATE_DIR": str(place / "state"),
        "S3_DATA_DIR": str(place / "s3"),
        # What runs here trusts the certificates of local caches and databases, as it trusts those of AWS.
        "SSL_CERT_FILE": str(place / "tls" / "trusted.pem"),
        "PGSSLROOTCERT": str(place / "tls" / "authority.pem"),
        # No containers, whatever this machine has: a socket that does not exist is never asked.
        "DOCKER_HOST": f"unix://{place / 'no-docker.sock'}",
        # Listeners on ports of their own that nothing here uses.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # One heap for its 64 threads instead of one each.
        "MALLOC_ARENA_MAX": "2",
    }


def _end(folder: Path) -> Stopped:
    """Kill the recorded daemon with all it started, and remove its files. Its state is in memory: nothing is lost."""
    record = _recorded(folder)
    daemon = None if record is None else _process(record)
    stopped = Stopped(None, 0)
    if record is not None and daemon is not None:
        processes = [daemon, *daemon.children(recursive=True)]
        quit_databases(processes)
        _kill_group(record.pid)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _await_end(processes)
        stopped = Stopped(record.pid, len(processes))
    elif record is not None and not _is_recycled(record):
        # The daemon is dead; its Lambda workers may still be there. As long as they are, no new process gets its
        # number, so the group is either theirs or empty.
        _kill_group(record.pid)
    # Root's databases are elsewhere, where their own account may go.
    shutil.rmtree((home(folder) / "databases").resolve(), ignore_errors=True)
    shutil.rmtree(home(folder), ignore_errors=True)
    return stopped


def quit_databases(processes: Iterable[psutil.Process]) -> None:
    """Let database servers leave by themselves: one that is killed leaves the memory that it shares behind."""
    servers = [process for process in processes if _is_database(process)]
    for server in servers:
        with suppress(psutil.NoSuchProcess):
            server.send_signal(signal.SIGQUIT)
    _await_end(servers, seconds=2)


def _is_database(process: psutil.Process) -> bool:
    try:
        return Path(process.cmdline()[0]).name == "postgres" and "-D" in process.cmdline()
    except (psutil.Error, IndexError):
        return False


def _await_end(processes: list[psutil.Process], seconds: float = 5) -> None:
    """Wait until none runs. A zombie holds no port and no file; whoever is its parent may take long to collect it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(_runs, processes)):
        time.sleep(0.005)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _process(record: _Record) -> psutil.Process | None:
    """The recorded daemon's process, if it is that very one and not a zombie."""
    try:
        process = psutil.Process(record.pid)
    except psutil.NoSuchProcess:
        return None
    return process if _runs(process) and not _is_recycled(record) else None


def _is_recycled(record: _Record) -> bool:
    """Whether the daemon's number belongs to another process by now."""
    try:
        return abs(psutil.Process(record.pid).create_time() - record.created) > 0.01
    except psutil.NoSuchProcess:
        return False


def _answers(process: psutil.Process, port: int) -> bool:
    try:
        listening = {one.laddr.port for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN}
    except psutil.Error:
        return False
    if port not in listening:  # or another checkout's daemon would answer for ours
        return False
    return answers(f"http://127.0.0.1:{port}/_ministack/health", _ANSWER_SECONDS)


def answers(url: str, seconds: float) -> bool:
    """Whether a server of this machine answers 200, asked past any proxy of the user's."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=seconds) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def _emulator(record: _Record) -> Emulator:
    return Emulator(f"http://127.0.0.1:{record.port}", record.port, record.pid, record.started)


def _recorded(folder: Path) -> _Record | None:
    try:
        return _Record(**json.loads(_record_file(folder).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _record_file(folder: Path) -> Path:
    return home(folder) / "daemon.json"


def home(folder: Path) -> Path:
    """The folder of what lives and ends with the daemon."""
    return folder.resolve() / "emulator"


def _tail(place: Path) -> str:
    """The end of what the daemon said, for an error message."""
    lines: list[str] = []
    for name in ("log", "output"):
        with suppress(FileNotFoundError):
            lines += (place / name).read_text(errors="replace").splitlines()[-15:]
    return "\n".join(f"  {line}" for line in lines) or "  (it said nothing)"


def free_port() -> int:
    """A port of loopback that is free now; by the time it is bound it may be taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _locked(folder: Path) -> Generator[Path]:
    """Hold the folder's lock. Who holds it may remove the file: others notice and take the new one."""
    path = folder.resolve() / "emulator.lock"
    while True:
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                current = path.stat().st_ino == os.fstat(lock.fileno()).st_ino
            except FileNotFoundError:
                current = False
            if current:
                yield path
                return


def _bounded_log(path: Path) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    return handler


def _run_instances(folder: Path) -> None:
    """Start what runs the instances of Auto Scaling groups, in the daemon's process group."""
    folder.mkdir(exist_ok=True)
    here = Emulator(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}", int(os.environ["GATEWAY_PORT"]), os.getpid(), "")
    subprocess.Popen(
        [sys.executable, "-m", "local.instances", str(folder), str(os.getpid())],
        cwd=_CHECKOUT,
        env=environment(here),
        stdin=subprocess.DEVNULL,
    )


def _serve(log: Path) -> None:
    """Be the daemon."""
    logging.basicConfig(level=logging.WARNING, handlers=[_bounded_log(log)])
    os.chdir(log.parent / "tmp")
    _run_instances(log.parent / "instances")
    from ministack.app import main  # noqa: PLC0415 - it reads the environment while it loads
    from ministack.core.iam_evaluator import pin_request_origin  # noqa: PLC0415 - as above

    from local import datastores  # noqa: PLC0415 - it uses what is above

    datastores.follow(log.parent)
    # What comes over loopback counts as encrypted: policies that demand TLS hold here as they do on AWS.
    pin_request_origin("127.0.0.1", True)
    sys.argv = ["ministack"]
    main()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
