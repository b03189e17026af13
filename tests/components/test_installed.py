"""The package as somebody else installs it: from the repository's subfolders, without the repository around it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tenfold
from tenfold.hosting import components_of

ROOT = Path(__file__).parents[2]
PROGRAM = """
import tenfold, tenfold_shards
from tenfold.hosting import components_of

for name in tenfold.__all__:
    getattr(tenfold, name)
print(tenfold.__file__, tenfold_shards.__file__, len(components_of(tenfold)))
"""


# pip builds the wheels, which asks an index for what builds them.
@pytest.mark.deep
@pytest.mark.timeout(600)
def test_an_installation_from_the_subfolders_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "installed"
    # What they depend on is in this environment already.
    folders = [str(ROOT / "shards"), str(ROOT / "components")]
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), *folders]
    subprocess.run([sys.executable, *install], check=True)
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert [Path(file).parents[1] for file in said[:2]] == [target, target]
    assert int(said[2]) == len(components_of(tenfold))
    # What is no module goes with it, such as presets of MediaConvert.
    listed = subprocess.check_output(["git", "ls-files", "."], cwd=ROOT / "components" / "tenfold", text=True)
    assert [file for file in listed.splitlines() if not (target / "tenfold" / file).is_file()] == []
