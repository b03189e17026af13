"""Every example of the README runs."""

import re
import subprocess
import sys
from pathlib import Path

_README = (Path(__file__).parents[2] / "shards" / "README.md").read_text()


def test_its_python_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", _README, re.DOTALL)
    subprocess.run([sys.executable, "-c", program], check=True)


def test_its_commands_run(tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", _README, re.DOTALL)
    script = f'set -e\ntenfold-shards() {{ "{Path(sys.executable).parent}/tenfold-shards" "$@"; }}\n{commands}'
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "orders-1 -> orders-3" in ran.stdout
