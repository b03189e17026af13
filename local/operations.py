"""What the commands do: find the engine, open the stack, run it, and say how it ended."""

import os
import shutil
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from local import emulator
from local.addresses import addresses, next_steps
from local.aws.journal import Swept
from local.aws.records import recorded
from local.engine.find import find_engine, reporter
from local.engine.store import user_cache
from local.engine.yaml_host import provide_yaml_host
from local.events import Outcome, outcome
from local.exit_codes import FAILED, MISTAKE, OK, REFUSED
from local.report import DownReport, StackReport, StatusReport, components_of, recorded_types
from local.stack import LocalStack, opened, require_account, runtime, saved, stack_argument
from local.workspace import Workspace


def up(workspace: Workspace, name: str, lock: int, *, quiet: bool) -> StackReport:
    """Bring a stack up. What an earlier command left half-done is taken back or taken up first."""
    require_account(workspace, name)
    with _stack(workspace, name, lock) as stack:
        # A pack's stack rules run at the end of an operation; the preview's end comes before anything is created.
        # The refresh finds what was changed behind the engine's back, and that an AWS that was killed is empty.
        code, seconds, done = _operate(stack, ["up", "--yes", "--refresh", "--suppress-outputs"], quiet=quiet)
        if code != OK:
            return StackReport(operation="up", stack=name, exit_code=code, seconds=seconds, outcome=done)
        resources = stack.resources()
        reached = addresses(stack.emulator, resources)
        return StackReport(
            operation="up",
            stack=name,
            exit_code=code,
            seconds=seconds,
            outcome=done,
            components=components_of(resources),
            addresses=reached,
            recorded=recorded_types(recorded(workspace.folder)),
            next_steps=next_steps(name, reached),
        )


def preview(workspace: Workspace, name: str, lock: int, *, quiet: bool, diff: bool) -> StackReport:
    """Show what `up` would change."""
    require_account(workspace, name)
    with _stack(workspace, name, lock) as stack:
        arguments = ["preview", "--refresh", *(["--diff"] if diff else [])]
        code, seconds, done = _operate(stack, arguments, quiet=quiet)
        return StackReport(operation="preview", stack=name, exit_code=code, seconds=seconds, outcome=done)


def pulumi(workspace: Workspace, arguments: Sequence[str], lock: int) -> int:
    """The CLI itself, in the environment of the local stacks; `-C` names the folder of another program."""
    given = list(pairwise(arguments))
    named = [value for flag, value in given if flag in ("-s", "--stack")]
    folders = [value for flag, value in given if flag in ("-C", "--cwd")]
    program = (workspace.root / folders[0]).resolve() if folders else workspace.root
    with _stack(workspace, named[0] if named else "local", lock, program) as stack:
        if runtime(program) == "yaml":
            with reporter() as progress:
                provide_yaml_host(stack.engine, progress)
        return stack.run(*arguments)


def status(workspace: Workspace) -> StatusReport:
    """What runs, without starting anything."""
    aws = emulator.running(workspace.folder)
    held = {name: components_of(resources) for name, resources in saved(workspace).items()}
    return StatusReport(endpoint=aws.endpoint if aws else None, pid=aws.pid if aws else None, stacks=held)


def down(workspace: Workspace, *, everything: bool) -> DownReport:
    """Stop the embedded AWS and remove the local state; it describes what is gone with it."""
    stopped = emulator.stop(workspace.folder)
    removed = [workspace.folder]
    if everything:
        removed += [user_cache(os.environ) / "tenfold", workspace.root / ".venv", workspace.root / ".tenfold-setup"]
    existing = [folder for folder in removed if folder.exists()]
    for folder in existing:
        shutil.rmtree(folder)
    return DownReport(pid=stopped.pid, processes=stopped.processes, removed=tuple(map(str, existing)))


@contextmanager
def _stack(workspace: Workspace, name: str, lock: int, program: Path | None = None) -> Generator[LocalStack]:
    stack_argument(workspace, name)
    with reporter() as progress:
        engine = find_engine(progress)
    with opened(workspace, name, engine, lock, program) as stack:
        for line in _taken_back(stack.swept):
            print(f"tenfold: {line}", file=sys.stderr)  # noqa: T201 - news for the user, beside the engine's own
        yield stack


def _taken_back(swept: Swept) -> Generator[str]:
    """What there is to say of a command that was killed."""
    if swept.removed:
        yield f"an earlier command was killed; removed {len(swept.removed)} resources that it had made and not saved"
    for kind, identity, reason in swept.failed:
        yield f"an earlier command was killed; its {kind} {identity} could not be removed: {reason}"
    for kind, urn in swept.unidentified:
        yield f"an earlier command was killed; whether it made {kind} {urn.rsplit('::', 1)[-1]} cannot be told"


def _operate(stack: LocalStack, arguments: Sequence[str], *, quiet: bool) -> tuple[int, float, Outcome]:
    """Run one operation with its events logged: exit code, seconds, outcome. Quiet: all output to standard error."""
    log = stack.workspace.folder / "events.json"
    log.unlink(missing_ok=True)
    start = time.monotonic()
    ended = stack.run(
        *arguments,
        *("--stack", stack.name, "--config-file", str(stack.config), "--event-log", str(log)),
        *_policies(stack),
        quiet=quiet,
    )
    done = outcome(log)
    return _exit_code(ended, done), time.monotonic() - start, done


def _policies(stack: LocalStack) -> list[str]:
    """The pack, with the levels that the environment sets."""
    levels = stack.workspace.root / "stacks" / f"policies.{stack.name}.json"
    return ["--policy-pack", "policies", *(["--policy-pack-config", str(levels)] if levels.exists() else [])]


def _exit_code(ended: int, done: Outcome) -> int:
    if ended == OK:
        return OK
    return MISTAKE if done.misconfigured else REFUSED if done.refused else FAILED
