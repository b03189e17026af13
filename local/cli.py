"""The command ``./tenfold``: what can be asked of the local platform.

Exit codes: 0 done, 1 the engine or a test failed, 2 a mistake in the call or in the configuration, 3 refused by the
policy pack, 4 this machine lacks something, 130 interrupted.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local import emulator
from local.exit_codes import CANNOT_SET_UP, FAILED, INTERRUPTED, MISTAKE
from local.workspace import CommandError, Workspace, at_work

_WORKSPACE = Workspace(Path(__file__).resolve().parents[1])
_MESSAGES = Console(stderr=True, highlight=False, soft_wrap=True)

app = typer.Typer(
    name="tenfold",
    help="The whole AWS platform on this machine: the real Pulumi engine, an embedded AWS, no account.",
    epilog="Exit codes: 0 done, 1 failed, 2 a mistake in the call or the configuration, 3 refused by the policy pack, "
    "4 this machine lacks something, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Stack = Annotated[str, typer.Argument(help="The environment: the name of a file stacks/Pulumi.STACK.yaml.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print data for scripts to standard output, all else to standard error.")
]


@app.command()
def up(stack: Stack = "local", as_json: AsJson = False) -> None:
    """Bring an environment up on the embedded AWS: preview, policies, update, summary.

    Run it again after a change, after a fault or after a kill: it finds what differs and mends it.
    """
    from local import operations

    with at_work(_WORKSPACE, _waiting) as lock:
        report = operations.up(_WORKSPACE, stack, lock, quiet=as_json)
    _print(report.data(), report, as_json)
    raise typer.Exit(report.exit_code)


@app.command()
def preview(
    stack: Stack = "local",
    as_json: AsJson = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show each property that changes.")] = False,
) -> None:
    """Show what `up` would change, and what the policy pack says of it; change nothing."""
    from local import operations

    with at_work(_WORKSPACE, _waiting) as lock:
        report = operations.preview(_WORKSPACE, stack, lock, quiet=as_json, diff=diff)
    _print(report.data(), report, as_json)
    raise typer.Exit(report.exit_code)


@app.command()
def plan(
    users: Annotated[int, typer.Option(min=1, max=1_000_000_000, help="How many users the environment shall be for.")],
    stack: Stack = "prod",
    as_json: AsJson = False,
) -> None:
    """Say what more users change: settings, resources, the monthly cost, and the next bottleneck. Change nothing."""
    from local.growth.plan import plan as planned

    report = planned(_WORKSPACE, stack, users)
    _print(report.data(), report, as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say whether the embedded AWS runs, and what is in it."""
    from local import operations

    report = operations.status(_WORKSPACE)
    _print(report.data(), report, as_json)


@app.command()
def env(as_json: AsJson = False) -> None:
    """Print the environment that points AWS tools at the embedded AWS: eval "$(./tenfold env)"."""
    aws = emulator.running(_WORKSPACE.folder)
    if aws is None:
        raise CommandError("the embedded AWS does not run; start it with ./tenfold up")
    variables = emulator.environment(aws, base={})
    if as_json:
        print(json.dumps(variables, indent=2))
        return
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def comment(
    previews: Annotated[
        list[str],
        typer.Argument(
            help="What the engine says of an environment: FILE, ENVIRONMENT=FILE, or a folder of such files.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
    expect: Annotated[
        str, typer.Option(help="Environments in their order, dev,prod; one that has no file is called failed.")
    ] = "",
    prices: Annotated[bool, typer.Option(help="Say what the monthly bill changes by.")] = True,
    title: Annotated[str, typer.Option(help="The heading.")] = "Preview",
    marker: Annotated[str, typer.Option(help="What a later run finds the comment by.")] = "preview",
    commit: Annotated[str | None, typer.Option(help="The commit that was previewed.")] = None,
    run_url: Annotated[str | None, typer.Option(help="The page with the whole preview.")] = None,
) -> None:
    """Print the comment for a pull request: what is created, changed, replaced, destroyed, and which of it holds data.

    The file is what `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json` prints, or an --event-log.
    """
    from pull_requests import command
    from pull_requests.comment import About
    from pull_requests.reading import UnreadablePreviewError

    try:
        found = command.read_all(previews, expect.split(",") if expect else [])
    except UnreadablePreviewError as error:
        raise CommandError(str(error), MISTAKE) from None
    if as_json:
        print(json.dumps(command.data(found, priced=prices), indent=2))
    else:
        about = About(title=title, marker=marker, commit=commit, run_url=run_url)
        print(command.text(found, about, priced=prices), end="")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def pulumi(context: typer.Context) -> None:
    """Run the Pulumi CLI on the local stacks: ./tenfold pulumi stack output --stack local.

    With -C, in the folder of another program, whose stack is to be called local, too.
    """
    from local import operations

    with at_work(_WORKSPACE, _waiting) as lock:
        raise typer.Exit(operations.pulumi(_WORKSPACE, context.args, lock))


@app.command()
def sdk(
    language: Annotated[str, typer.Argument(help="What the SDK is for: nodejs, go or python.")],
    folder: Annotated[Path, typer.Argument(help="Where it is written.")],
) -> None:
    """Write the components' SDK for programs in another language; the official CLI needs none of this.

    Its own way is, in the program's folder: pulumi package add path/to/components.
    """
    from local.sdk import write

    write(_WORKSPACE, language, folder)


@app.command()
def down(
    everything: Annotated[
        bool, typer.Option("--all", help="Remove the engine built for this user and .venv, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop the embedded AWS and remove all that the local run has made."""
    from local import operations

    with at_work(_WORKSPACE, _waiting):
        report = operations.down(_WORKSPACE, everything=everything)
    _print(report.data(), report, as_json)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Also run the tests that need minutes.")] = False,
) -> None:
    """Run the linter, the type checker and the tests; further arguments are pytest's."""
    python = [sys.executable, "-m"]
    marks = [] if deep or any(argument.startswith("-m") for argument in context.args) else ["-m", "not deep"]
    steps: dict[str, Sequence[str]] = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "pyright": [*python, "pyright"],
        # Tests that share servers or recordings stay together, and the groups are spread over the processors. One more
        # than there are, as those that run the engine mostly wait.
        "pytest": [
            *python,
            "pytest",
            "-n",
            str((os.cpu_count() or 1) + 1),
            *marks,
            *context.args,
        ],
    }
    for name, command in steps.items():
        _MESSAGES.rule(name, align="left")
        if subprocess.run(command, cwd=_WORKSPACE.root, check=False).returncode:
            _MESSAGES.print(f"[red]{name} failed[/red]")
            raise typer.Exit(FAILED)


def main() -> None:
    """Run the command. No user's mistake ends in a traceback."""
    from local.engine.find import EngineError

    try:
        app(prog_name="./tenfold")
    except CommandError as error:
        _fail(str(error), error.exit_code)
    except (EngineError, emulator.EmulatorError) as error:
        _fail(str(error), CANNOT_SET_UP)
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)


def _print(data: Any, report: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(data, indent=2))
    else:
        Console(highlight=False, soft_wrap=True).print(report)


def _waiting(pid: str) -> None:
    whose = f" (pid {pid})" if pid else ""
    _MESSAGES.print(f"tenfold: waiting for another command in this checkout to end{whose}")


def _fail(message: str, exit_code: int) -> None:
    _MESSAGES.print(f"[red]tenfold:[/red] {message}", markup=True)
    sys.exit(exit_code)
