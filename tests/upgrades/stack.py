"""The stack of the program that a release is recorded with."""

import shutil
import sys
from pathlib import Path

from local.engine.find import find_engine, reporter
from tests.local.aws.test_on_the_engine import Stack

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program")
RELEASED = Path(__file__).with_name("released")


def released_stack(folder: Path) -> Stack:
    """An empty stack of the program, with state and an AWS of its own in `folder`; its name is that of every record."""
    program = folder / "program"
    shutil.copytree(PROGRAM, program)
    (program / ".venv").symlink_to(sys.prefix)
    with reporter() as progress:
        engine = find_engine(progress)
    environment = {
        **engine.environment,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        # What is secret in a record is encrypted with it, so it is the same in each.
        "PULUMI_CONFIG_PASSPHRASE": "upgrade",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
    }
    stack = Stack(folder / ".tenfold", program, engine.pulumi, environment)
    stack.run("stack", "init", "released")
    return stack
