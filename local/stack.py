"""A stack on the embedded AWS: the program and ``Pulumi.yaml`` of the real thing, run by the real engine.

What differs from a real account is in the environment of the engine's process alone: where state is kept, which server
stands in for the ``aws`` provider, and where boto3 finds AWS.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local import emulator, instances
from local.aws import journal
from local.aws.provider import serve
from local.emulator import Emulator
from local.engine.find import Engine
from local.exit_codes import MISTAKE
from local.workspace import PASSPHRASE, CommandError, Workspace

SECRET_ELSEWHERE = "[secret]"  # noqa: S105 - no secret: it stands for one
"""What stands for a secret of a real environment, which only that environment's key can open."""

_GLOBAL = "global"
_SALTS = ("encryptionsalt", "secretsprovider", "encryptedkey")


@dataclass(frozen=True)
class LocalStack:
    """A stack that commands can be run on.

    Attributes:
        workspace: The checkout.
        name: The stack's name.
        engine: The Pulumi CLI.
        emulator: The embedded AWS.
        config: The configuration file that the engine is given.
        environment: The engine's environment.
        lock: The descriptor of the checkout's lock, which the engine inherits.
        swept: What an earlier command that was killed had left, and what became of it.
    """

    workspace: Workspace
    name: str
    engine: Engine
    emulator: Emulator
    config: Path
    environment: dict[str, str]
    lock: int
    swept: journal.Swept

    def run(self, *arguments: str, quiet: bool = False) -> int:
        """Run the CLI in the project, attached to the terminal, and return its exit code.

        An interrupt is the engine's to answer: it stops at the next resource and saves its state. This process waits.
        Quiet: what it prints goes to standard error.

        Raises:
            KeyboardInterrupt: It was interrupted, and has ended.
        """
        process = subprocess.Popen(
            [str(self.engine.pulumi), *arguments],
            cwd=self.workspace.root,
            env=self.environment,
            stdout=sys.stderr if quiet else None,
            pass_fds=(self.lock,),
        )
        with _interrupts_go_to(process) as interrupts:
            code = process.wait()
        # An engine that ends by itself has saved its state, whatever else went wrong.
        if code >= 0:
            journal.clear(self.workspace.folder)
        if interrupts:
            raise KeyboardInterrupt
        return code

    def read(self, *arguments: str, cwd: Path) -> str:
        """Run the CLI in a folder and return what it prints.

        Raises:
            CommandError: It failed; the message is the CLI's.
        """
        result = subprocess.run(
            [str(self.engine.pulumi), *arguments],
            cwd=cwd,
            env=self.environment,
            pass_fds=(self.lock,),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise CommandError(
                f"pulumi {' '.join(arguments)} failed:\n{result.stderr.strip() or result.stdout.strip()}"
            )
        return result.stdout

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the saved state, in the order of their dependencies."""
        return saved(self.workspace).get(self.name, [])


@contextmanager
def opened(
    workspace: Workspace, name: str, engine: Engine, lock: int, program: Path | None = None
) -> Generator[LocalStack]:
    """The stack with the embedded AWS running and attached, whatever the command before has left behind.

    ``program`` is the folder of the program that is run, where that is not the platform's.
    """
    aws = emulator.ensure_running(workspace.folder)
    workspace.state.mkdir(parents=True, exist_ok=True)
    instances.watch(emulator.home(workspace.folder) / "instances", _region(workspace, name, aws))
    swept = journal.sweep(aws, workspace.folder, lambda: set(_identities(workspace)))
    with serve(aws, workspace.folder, root=program or workspace.root) as port:
        stack = LocalStack(
            workspace=workspace,
            name=name,
            engine=engine,
            emulator=aws,
            config=workspace.folder / "stacks" / f"Pulumi.{name}.yaml",
            environment=_environment(workspace, engine, aws, port),
            lock=lock,
            swept=swept,
        )
        _break_stale_lock(stack)
        _configure(stack)
        yield stack


def _region(workspace: Workspace, name: str, aws: Emulator) -> str:
    config: dict[str, Any] = _settings(workspace.committed_config(name)).get("config") or {}
    return str(config.get("aws:region", aws.region))


def require_account(workspace: Workspace, name: str) -> None:
    """See to it that the stack `global` is up where another one has names in its domain.

    Raises:
        CommandError: It is not, or there is no such stack.
    """
    settings: dict[str, Any] = (
        _settings(workspace.committed_config(stack_argument(workspace, name))).get("config") or {}
    )
    domain = settings.get("tenfold:domain")
    if domain and name != _GLOBAL and not saved(workspace).get(_GLOBAL):
        raise CommandError(
            f"{name} has names in the domain {domain}, whose zone is in the stack {_GLOBAL}, and that one is not up "
            f"here; run ./tenfold up {_GLOBAL} first",
            MISTAKE,
        )


def saved(workspace: Workspace) -> dict[str, list[dict[str, Any]]]:
    """The resources in the saved state of each local stack."""
    files = sorted((workspace.state / ".pulumi" / "stacks" / "tenfold").glob("*.json"))
    return {file.stem: _resources(file) for file in files}


def _resources(file: Path) -> list[dict[str, Any]]:
    deployment = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    return deployment.get("resources") or []


def _identities(workspace: Workspace) -> Generator[tuple[str, str]]:
    # Those of other programs, too, which `./tenfold pulumi -C` has run.
    for file in (workspace.state / ".pulumi" / "stacks").rglob("*.json"):
        yield from ((one["type"], one.get("id", "")) for one in _resources(file))


def _environment(workspace: Workspace, engine: Engine, aws: Emulator, port: int) -> dict[str, str]:
    ours = {name: value for name, value in emulator.environment(aws).items() if not name.startswith("PULUMI_")}
    return {
        **ours,
        **engine.environment,
        "PULUMI_BACKEND_URL": workspace.state.as_uri(),
        "PULUMI_HOME": str(workspace.home),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        # The file backend saves the whole state twice per resource. Here it is saved once, at the end; what a killed
        # engine has created by then stands in the provider's journal.
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        # Only with these does the CLI write its events to a file.
        "PULUMI_DEBUG_COMMANDS": "true",
    }


def _break_stale_lock(stack: LocalStack) -> None:
    """Remove the engine's own lock. This checkout's is held, so whoever left that one is dead."""
    for lock in (stack.workspace.state / ".pulumi" / "locks").rglob("*.json"):
        lock.unlink()


def _configure(stack: LocalStack) -> None:
    """Write the configuration that the engine is given: the committed one, with the salt of the local state's secrets.

    The engine would write the salt to the committed file, so the stack is initialised in a folder of its own.
    """
    folder = stack.config.parent
    state = stack.workspace.state / ".pulumi" / "stacks" / "tenfold" / f"{stack.name}.json"
    salt = _settings(stack.config).get("encryptionsalt")
    if salt is None or not state.exists():
        folder.mkdir(exist_ok=True)
        (folder / "Pulumi.yaml").write_text("name: tenfold\nruntime: python\n")
        stack.config.unlink(missing_ok=True)
        if state.exists():
            raise CommandError(f"{stack.config} is gone, so the local state cannot be read; run ./tenfold down")
        stack.read("stack", "init", stack.name, "--no-select", "--non-interactive", cwd=folder)
        salt = _settings(stack.config)["encryptionsalt"]
    committed = _settings(stack.workspace.committed_config(stack.name))
    kept = {key: value for key, value in committed.items() if key not in _SALTS}
    stack.config.write_text(yaml.safe_dump({"encryptionsalt": salt, **_without_secrets(kept)}, sort_keys=False))


def runtime(folder: Path) -> str:
    """What runs the program in a folder, such as `python`; empty where there is no project."""
    named = _settings(folder / "Pulumi.yaml").get("runtime", "")
    return str(named.get("name", "") if isinstance(named, dict) else named)


def _settings(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        settings = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise CommandError(f"{file.name} is not YAML: {' '.join(str(error).split())}", MISTAKE) from None
    if not isinstance(settings or {}, dict):
        raise CommandError(f"{file.name} holds no settings: it must be a map with the key config", MISTAKE)
    return settings or {}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"secure"}:
            return SECRET_ELSEWHERE
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


@contextmanager
def _interrupts_go_to(process: subprocess.Popen[Any]) -> Generator[list[int]]:
    """Let the engine answer interrupts, and yield the list of those that came.

    One from the terminal reaches the engine by itself; one that was sent to this process alone is passed on.
    """
    came: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        came.append(number)
        by_terminal = number == signal.SIGINT and sys.stdin.isatty()
        if not by_terminal and process.poll() is None:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stack_argument(workspace: Workspace, name: str) -> str:
    """The stack's name, if it has a configuration.

    Raises:
        CommandError: It has none; the message lists those that have.
    """
    if name not in workspace.stacks():
        known = ", ".join(workspace.stacks())
        raise CommandError(
            f"there is no environment {name!r}: stacks/Pulumi.{name}.yaml is missing. Known: {known}", MISTAKE
        )
    return name
