"""Run one Pulumi program under the program's own Python; the language host starts this file.

It stands alone: the program's environment need not have tenfold, only the Pulumi SDK.
"""

import argparse
import asyncio
import gc
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The engine has shown the message already; the language host adds nothing to it.
_MESSAGE_SHOWN = 32


def main() -> int:
    """Run the program that the command line names; returns the exit code."""
    arguments = _arguments()
    program = Path(arguments.program).resolve()
    # This file's own folder is no place for the program's imports; the program's folder is, also for imports that an
    # `apply` makes after the main module has returned.
    sys.path[0] = str(program if program.is_dir() else program.parent)
    sys.argv = [arguments.program, *arguments.args]

    try:
        import pulumi  # noqa: PLC0415 - the program's environment may lack it
    except ImportError as error:
        print(  # noqa: T201
            f"{sys.executable} cannot import the Pulumi SDK ({error}).\n"
            "Install the program's dependencies there, for example with `pulumi install`.",
            file=sys.stderr,
        )
        return 1

    _configure(arguments)
    if program.is_dir() and not (program / "__main__.py").is_file():
        pulumi.log.error(f"{program} has no __main__.py, so there is no program to run")
        return _MESSAGE_SHOWN

    # The SDK's classes are a million objects: to look for garbage among them every few thousand new ones takes a fifth
    # of a program's time.
    gc.set_threshold(50_000, 20, 50)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=min(max(arguments.parallel, 1) * 4, 1024))
    loop.set_default_executor(executor)
    # A failed program leaves futures that nobody will await, which asyncio would report one by one.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return _MESSAGE_SHOWN
    except Exception as error:  # noqa: BLE001 - whatever the program raises is shown to its author
        pulumi.log.error("Program failed with an unhandled exception:\n" + _traceback_of_program(error))
        return _MESSAGE_SHOWN
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("monitor", "engine", "project", "stack", "organization", "root-directory"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program")
    parser.add_argument("args", nargs="*")
    return parser.parse_args()


def _configure(arguments: argparse.Namespace) -> None:
    from pulumi import runtime  # noqa: PLC0415 - only once it is known to be there

    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            project=arguments.project,
            stack=arguments.stack,
            monitor=arguments.monitor,
            engine=arguments.engine,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization=arguments.organization or None,
            root_directory=arguments.root_directory or None,
        )
    )


def _traceback_of_program(error: BaseException) -> str:
    """The traceback without the frames that lead to the program: those of this file, runpy and the SDK's event loop."""
    described = traceback.TracebackException.from_exception(error)
    home = sys.path[0].rstrip(os.sep) + os.sep
    part: traceback.TracebackException | None = described
    while part is not None:
        first = next((index for index, frame in enumerate(part.stack) if _is_of_program(frame.filename, home)), 0)
        part.stack = traceback.StackSummary.from_list(list(part.stack)[first:])
        part = part.__cause__ or part.__context__
    return "".join(described.format())


def _is_of_program(filename: str, home: str) -> bool:
    return filename.startswith(home) and "site-packages" not in filename


if __name__ == "__main__":
    sys.exit(main())
