"""A checkout of its own, in which the commands can be run without touching the developer's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import boto3

_ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("app", "components", "local", "policies", "pull_requests", "stacks", "__main__.py", "Pulumi.yaml")


class Checkout:
    """A copy of what the commands need, with the developer's virtual environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in _PARTS:
            source = _ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, root / name)
        (root / ".venv").symlink_to(_ROOT / ".venv")

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [sys.executable, "-m", "local", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in result.stderr + result.stdout, result.stderr + result.stdout
        assert not check or result.returncode == 0, result.stderr + result.stdout
        return result

    def up(self, *, check: bool = True) -> dict[str, Any]:
        return json.loads(self.run("up", "--json", check=check).stdout)

    def aws(self, service: str) -> Any:
        variables = json.loads(self.run("env", "--json").stdout)
        return cast(Any, boto3).client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def state(self) -> list[dict[str, Any]]:
        exported = json.loads(self.run("pulumi", "stack", "export", "--stack", "local").stdout)
        return exported["deployment"]["resources"]

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
