"""The real build: what go.mod names is what comes out."""

import os
import re
import shutil
import subprocess

import pytest

from local.engine.build import MODULE
from local.engine.find import find_engine
from local.engine.model import PINNED_VERSION
from tests.local.engine.conftest import Machine, RealEngine, Told


def test_the_module_is_pinned_to_the_version_that_is_downloaded() -> None:
    required = re.findall(r"^\s*github.com/pulumi/pulumi/(?:pkg|sdk)/v3 v(\S+)", (MODULE / "go.mod").read_text(), re.M)

    assert required == [PINNED_VERSION, PINNED_VERSION]


@pytest.mark.timeout(1200)
def test_the_real_engine_says_its_version(real_engine: RealEngine) -> None:
    answer = subprocess.run([real_engine.pulumi, "version"], capture_output=True, text=True, check=True)

    major, minor, _ = answer.stdout.strip().removeprefix("v").split(".", 2)
    assert (int(major), int(minor)) >= (3, 230)


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_a_machine_without_go_builds_with_one_from_pypi(machine: Machine, told: Told) -> None:
    # Proxies and indexes as this machine has them, but neither Go nor Pulumi.
    environment = {**os.environ, "PATH": str(machine.bin), "XDG_CACHE_HOME": machine.environment["XDG_CACHE_HOME"]}
    environment.pop("TENFOLD_PULUMI", None)
    if uv := shutil.which("uv"):
        (machine.bin / "uv").symlink_to(uv)

    engine = find_engine(told, environment=environment, releases="http://127.0.0.1:9")

    answer = subprocess.run([engine.pulumi, "version"], capture_output=True, text=True, check=True)
    assert answer.stdout == f"v{PINNED_VERSION}\n"
    # Neither Go nor its caches stay.
    assert sorted(path.name for path in machine.engines.iterdir()) == sorted(["lock", engine.pulumi.parent.parent.name])
