"""Every command of ``tenfold-shards`` explains itself."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tenfold_shards.cli import app

_TOP = ("create", "show", "where", "check", "diff", "publish", "history", "rollback", "install", "plan")
_OPERATIONS = ("add", "remove", "drain", "rebalance", "split", "merge", "move", "isolate", "release")
_COMMANDS = [
    (),
    *((name,) for name in _TOP),
    *(("plan", name) for name in (*_OPERATIONS, "assign-range", "clear-range")),
]


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_help_is_printed(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: " in result.output


def test_no_command_is_left_out() -> None:
    assert set(getattr(get_command(app), "commands")) == set(_TOP)  # noqa: B009 - click's groups have it
