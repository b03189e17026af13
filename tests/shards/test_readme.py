"""Every example of the README runs, from its first to its last, on real databases."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_README = (Path(__file__).parents[2] / "shards" / "README.md").read_text()


def test_its_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Callable[[int], list[str]]
) -> None:
    programs = re.findall(r"```python\n(.*?)```", _README, re.DOTALL)
    assert len(programs) == 4
    program = "\n".join(programs)
    for name, uri in zip(("db1", "db2"), databases(2), strict=True):
        assert f"host={name} dbname=orders" in program
        program = program.replace(f"host={name} dbname=orders", uri)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    exec(compile(program, "README.md", "exec"), namespace)
    assert namespace["found"].version == 1


def test_its_commands_run(tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", _README, re.DOTALL)
    script = f'set -e\ntenfold-shards() {{ "{Path(sys.executable).parent}/tenfold-shards" "$@"; }}\n{commands}'
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "orders-1 -> orders-3" in ran.stdout
    assert "published version 1" in ran.stdout


def test_its_statement_is_the_one_in_the_fences_documentation() -> None:
    from tenfold_shards import fence

    (statement,) = re.findall(r"```sql\n(.*?)```", _README, re.DOTALL)
    lines = [line.strip() for line in statement.splitlines()]
    documented = re.sub(r"\s+", " ", str(fence.__doc__))
    assert " ".join(lines[:3]) in documented
    assert lines[3] in documented
