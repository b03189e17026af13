"""A Pulumi project of its own, with a stack `dev`, which the real engine runs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.engine.find import find_engine, reporter

PACK = Path(__file__).parents[2] / "policies"
_LINE = re.compile(r"- \[(\w+)\] (?:\[severity: \w+\] )? ?(\S+)  (?:\(\S+: (\S+)\))?")


@dataclass(frozen=True)
class Result:
    """What a command ended with, and all that it said."""

    code: int
    said: str

    @property
    def policies(self) -> set[tuple[str, str, str]]:
        """What the engine shows of the pack's findings: level, rule, resource."""
        return {(level, rule, resource) for level, rule, resource in _LINE.findall(self.said)}


@dataclass(frozen=True)
class Project:
    """A program in a folder, its engine and the engine's environment."""

    folder: Path
    pulumi: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> Result:
        """Run the CLI on the stack."""
        process = subprocess.run(
            [self.pulumi, *arguments, "--non-interactive", "--color=never", "--stack=dev"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Result(process.returncode, process.stdout)

    def judged(self, *arguments: str, levels: Mapping[str, object] | None = None) -> Result:
        """Run `preview` or `up` with the pack, with levels and parameters by rule."""
        config = self.folder / "levels.json"
        config.write_text(json.dumps(levels or {}))
        return self.run(*arguments, "--policy-pack", str(PACK), "--policy-pack-config", str(config))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        return json.loads(self.run("stack", "output", "--json", "--show-secrets").said)

    def resources(self) -> int:
        """How many resources there are."""
        export = json.loads(self.run("stack", "export").said)
        return len(export["deployment"].get("resources") or [])


def project(root: Path, files: Mapping[str, str], environment: Mapping[str, str]) -> Project:
    """A project of some files, whose state is in the same folder.

    Args:
        root: An empty folder.
        files: The content of each file by its name.
        environment: What the engine is told on top of what it always is.
    """
    with reporter() as progress:
        engine = find_engine(progress)
    folder = root / "program"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / ".venv").symlink_to(sys.prefix)
    told = {
        **os.environ,
        **engine.environment,
        "PULUMI_HOME": str(root / "home"),
        "PULUMI_BACKEND_URL": f"file://{root}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **environment,
    }
    made = Project(folder, engine.pulumi, told)
    assert made.run("stack", "init").code == 0
    return made


def python_files(program: str) -> dict[str, str]:
    """The files of a project in Python."""
    return {
        "__main__.py": program,
        "Pulumi.yaml": "name: shop\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    }
