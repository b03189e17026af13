"""Programs, policy packs and component providers on the real engine, through this checkout's language host."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.local.engine.conftest import RealEngine

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

_RUNTIME = "runtime: {name: python, options: {virtualenv: .venv}}\n"
_MARK = "TENFOLD_TEST_PROJECT"


@dataclass(frozen=True)
class Project:
    """A Pulumi project in a folder of its own, and every process that came of it."""

    folder: Path
    engine: RealEngine
    home: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.engine.environment,
            _MARK: self.mark,
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def add(self, name: str, **files: str) -> Path:
        """A folder with `files` and the checkout's Python as its .venv."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / ".venv").symlink_to(sys.prefix)
        for file, text in files.items():
            (folder / f"{file.replace('__dot__', '.')}").write_text(text)
        return folder

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.engine.pulumi, *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder / "program",
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def processes(self) -> list[str]:
        """The command lines of the processes that inherited this project's environment."""
        found: list[str] = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(_MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    def wait_until_gone(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while left := self.processes():
            assert time.monotonic() < deadline, f"still running after {seconds} seconds: {left}"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def pulumi_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pulumi-home")


@pytest.fixture
def project(tmp_path: Path, real_engine: RealEngine, pulumi_home: Path) -> Iterator[Project]:
    (tmp_path / "state").mkdir()
    project = Project(tmp_path, real_engine, pulumi_home)
    yield project
    project.wait_until_gone(1)


def _program(project: Project, text: str, settings: str = _RUNTIME, **files: str) -> None:
    project.add("program", Pulumi__dot__yaml=f"name: trial\n{settings}", __main____dot__py=text, **files)
    code, output = project.run("stack", "init", "trial")
    assert code == 0, output


def test_a_program_gets_its_configuration_secrets_environment_and_names(project: Project) -> None:
    _program(
        project,
        """
import os, sys
import pulumi, sibling
config = pulumi.Config()
pulumi.export("plain", config.require("plain"))
pulumi.export("secret", config.get("hidden"))
pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
pulumi.export("python", [sys.prefix, os.environ["VIRTUAL_ENV"]])
pulumi.export("sibling", sibling.NAME)
def late(_):
    import other
    return other.NAME
pulumi.export("late", pulumi.Output.from_input(1).apply(late))
pulumi.export("leaked", [path for path in sys.path if path.endswith("engine")])
pulumi.export("folder", os.getcwd())
""",
        sibling__dot__py="NAME = 'sibling'",
        other__dot__py="NAME = 'other'",
    )
    project.run("config", "set", "plain", "a 'quoted' ünïcode value")
    project.run("config", "set", "--secret", "hidden", "s3cret")

    code, output = project.run("up", "--yes")

    assert code == 0, output
    assert "s3cret" not in output
    outputs = json.loads(project.run("stack", "output", "--json", "--show-secrets")[1])
    virtualenv = str(project.folder / "program" / ".venv")
    assert outputs == {
        "plain": "a 'quoted' ünïcode value",
        "secret": "s3cret",
        "names": ["trial", "trial", "organization"],
        "python": [virtualenv, virtualenv],
        "sibling": "sibling",
        "late": "other",
        "leaked": [],
        "folder": str(project.folder / "program"),
    }


def test_what_a_program_prints_reaches_the_user(project: Project) -> None:
    _program(project, "import sys\nprint('to out')\nprint('to err', file=sys.stderr)\n")

    code, output = project.run("preview")

    assert code == 0, output
    assert "to out" in output
    assert "to err" in output


def test_an_exception_shows_the_traceback_of_the_program_alone(project: Project) -> None:
    _program(
        project,
        "import deep\ndeep.dive(3)\n",
        deep__dot__py="def dive(n):\n    if n == 0:\n        raise ValueError('too deep')\n    dive(n - 1)\n",
    )

    code, output = project.run("preview")

    assert code != 0
    shown = output[output.index("Diagnostics:") :]
    files = [line.split('"')[1] for line in shown.splitlines() if line.strip().startswith("File ")]
    program = project.folder / "program"
    assert files == [str(program / "__main__.py"), *[str(program / "deep.py")] * 4]
    assert shown.count("ValueError: too deep") == 1
    assert "exited" not in shown


def test_an_exception_in_an_apply_shows_the_program_s_line(project: Project) -> None:
    _program(project, "import pulumi\npulumi.Output.from_input(1).apply(lambda one: one / 0)\n")

    code, output = project.run("preview")

    assert code != 0
    assert '__main__.py", line 2, in <lambda>' in output
    assert "ZeroDivisionError" in output
    assert "site-packages" not in output


def test_a_user_error_is_its_message_without_a_traceback(project: Project) -> None:
    _program(project, "import pulumi\nraise pulumi.RunError('zones: 1 is given, 2 or more are needed')\n")

    code, output = project.run("preview")

    assert code != 0
    assert "zones: 1 is given, 2 or more are needed" in output
    assert "Traceback" not in output
    assert "exited" not in output


@pytest.mark.parametrize(
    ("ending", "told"), [("sys.exit(5)", "exited with code 5"), ("os.kill(os.getpid(), 9)", "was ended by SIGKILL")]
)
def test_a_program_that_ends_otherwise_says_how(project: Project, ending: str, told: str) -> None:
    _program(project, f"import os, sys\n{ending}\n")

    code, output = project.run("preview")

    assert code != 0
    assert f"The program {told}" in output


def test_a_missing_environment_is_named_with_what_to_do(project: Project) -> None:
    _program(project, "", settings="runtime: {name: python, options: {virtualenv: gone}}\n")

    code, output = project.run("preview")

    assert code != 0
    assert "virtualenv is 'gone'" in output
    assert f"python3 -m venv {project.folder / 'program' / 'gone'}" in output


_TWENTY = """
import pulumi
class Part(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("trial:index:Part", name)
for number in range(20):
    Part(f"part-{number}")
"""

_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
def validate(args, report):
    if args.name == "{refused}":
        report("this name is not allowed")
rule = ResourceValidationPolicy(name="no-such-name", description="Names are chosen with care.", validate=validate)
PolicyPack("trial-pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[rule])
"""


def test_a_policy_pack_passes_what_it_allows(project: Project) -> None:
    _program(project, _TWENTY)
    pack = project.add("pack", PulumiPolicy__dot__yaml=_RUNTIME, __main____dot__py=_PACK.format(refused="other"))

    code, output = project.run("preview", "--policy-pack", str(pack))

    assert code == 0, output
    assert "trial-pack" in output
    assert "21 to create" in output


def test_a_policy_that_refuses_fails_quickly_and_quietly(project: Project) -> None:
    _program(project, _TWENTY)
    pack = project.add("pack", PulumiPolicy__dot__yaml=_RUNTIME, __main____dot__py=_PACK.format(refused="part-19"))
    started = time.monotonic()

    code, output = project.run("preview", "--policy-pack", str(pack))

    # A process that does not end by itself costs five seconds, each.
    assert time.monotonic() - started < 5
    assert code != 0
    assert "[mandatory]  no-such-name" in output
    assert "this name is not allowed" in output
    assert "KeyboardInterrupt" not in output
    assert "Traceback" not in output


def test_a_pack_that_does_not_start_shows_why(project: Project) -> None:
    _program(project, _TWENTY)
    pack = project.add("pack", PulumiPolicy__dot__yaml=_RUNTIME, __main____dot__py="import not_installed\n")

    code, output = project.run("preview", "--policy-pack", str(pack))

    assert code != 0
    assert "No module named 'not_installed'" in output


_COMPONENT = """
from typing import Optional, TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host
class GreeterArgs(TypedDict):
    who: pulumi.Input[str]
class Greeter(pulumi.ComponentResource):
    message: pulumi.Output[str]
    def __init__(self, name: str, args: GreeterArgs, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("demo:index:Greeter", name, {}, opts)
        self.message = pulumi.Output.concat("hello ", args["who"])
        self.register_outputs({"message": self.message})
component_provider_host(name="demo", components=[Greeter])
"""


def test_a_component_provider_tells_its_schema(project: Project) -> None:
    project.add("program")
    provider = project.add("provider", PulumiPlugin__dot__yaml=_RUNTIME, __main____dot__py=_COMPONENT)

    process = project.start("package", "get-schema", str(provider))
    output, _ = process.communicate(timeout=60)

    schema = json.loads(output)
    assert schema["resources"]["demo:index:Greeter"]["properties"] == {"message": {"type": "string"}}
    assert schema["resources"]["demo:index:Greeter"]["requiredInputs"] == ["who"]


def test_a_program_uses_a_component_of_a_provider(project: Project) -> None:
    project.add("provider", PulumiPlugin__dot__yaml=_RUNTIME, __main____dot__py=_COMPONENT)
    settings = f"{_RUNTIME}plugins:\n  providers:\n    - name: demo\n      path: ../provider\n"
    _program(
        project,
        """
import pulumi
class Greeter(pulumi.ComponentResource):
    message: pulumi.Output[str]
    def __init__(self, name, who):
        super().__init__("demo:index:Greeter", name, {"who": who, "message": None}, remote=True)
pulumi.export("message", Greeter("one", "world").message)
""",
        settings=settings,
    )

    code, output = project.run("up", "--yes")

    assert code == 0, output
    assert json.loads(project.run("stack", "output", "--json")[1]) == {"message": "hello world"}


def test_a_dynamic_resource_is_created(project: Project) -> None:
    _program(
        project,
        """
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
class Doubling(ResourceProvider):
    def create(self, props):
        return CreateResult("doubled", {"value": props["value"] * 2})
class Doubled(Resource):
    value: pulumi.Output[int]
    def __init__(self, name, value):
        super().__init__(Doubling(), name, {"value": value})
pulumi.export("value", Doubled("one", 21).value)
""",
    )

    code, output = project.run("up", "--yes")

    assert code == 0, output
    assert json.loads(project.run("stack", "output", "--json")[1]) == {"value": 42}


_WAITING = """
import pathlib, time
pathlib.Path("started").touch()
time.sleep(60)
"""


def _wait_until(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def test_an_interrupted_preview_ends_its_program_quickly_and_quietly(project: Project) -> None:
    _program(project, _WAITING)
    process = project.start("preview")
    _wait_until(project.folder / "program" / "started")

    # As Ctrl-C on a terminal does.
    os.killpg(process.pid, signal.SIGINT)
    started = time.monotonic()
    output, _ = process.communicate(timeout=60)

    assert time.monotonic() - started < 4
    assert process.returncode != 0
    assert "KeyboardInterrupt" not in output
    assert "Traceback" not in output


def test_nothing_outlives_an_engine_that_is_killed(project: Project) -> None:
    _program(project, _WAITING)
    process = project.start("preview")
    _wait_until(project.folder / "program" / "started")

    process.kill()
    process.communicate()

    project.wait_until_gone(3)
