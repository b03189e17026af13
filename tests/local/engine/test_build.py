"""The real build: what go.mod names is what comes out."""

import os
import re
import shutil
import subprocess

import pytest

from local.engine.build import CLI, YAML_HOST, Program
from local.engine.find import find_engine
from local.engine.model import PINNED_VERSION, YAML_HOST_VERSION
from tests.local.engine.conftest import Machine, RealEngine, Told


@pytest.mark.parametrize("program", [CLI, YAML_HOST], ids=lambda program: program.module.name)
def test_the_module_is_pinned_to_the_version_that_is_downloaded(program: Program) -> None:
    module = (program.module / "go.mod").read_text()
    required = re.findall(r"^\s*github.com/pulumi/pulumi/(?:pkg|sdk)/v3 v(\S+)", module, re.M)

    assert required == [PINNED_VERSION, PINNED_VERSION]
    assert f"tool {program.package}\n" in module


def test_the_host_of_programs_in_yaml_is_pinned_to_the_version_that_it_is_said_to_be() -> None:
    module = (YAML_HOST.module / "go.mod").read_text()

    assert re.findall(r"^\s*github.com/pulumi/pulumi-yaml v(\S+)", module, re.M) == [YAML_HOST_VERSION]


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
