"""What the language host answers and how it ends, asked as the engine asks: started by its shim, over gRPC."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from local.engine.shims import shim_environment, write_shims


@dataclass(frozen=True)
class Host:
    process: subprocess.Popen[str]
    stub: Any

    def seconds_to_end(self) -> float:
        started = time.monotonic()
        self.process.wait(20)
        return time.monotonic() - started


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    write_shims(tmp_path)
    process = subprocess.Popen(
        [tmp_path / "pulumi-language-python", "127.0.0.1:1"],
        env={**os.environ, **shim_environment()},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        # As the engine starts it.
        process_group=0,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Host(process, language_pb2_grpc.LanguageRuntimeStub(channel))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _info(folder: Path, **options: str) -> language_pb2.ProgramInfo:
    struct = struct_pb2.Struct()
    struct.update(options)
    return language_pb2.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point=".", options=struct
    )


def _environment(folder: Path) -> Path:
    """A virtual environment, made faster than `venv` makes one, with what a test installs into it."""
    virtualenv = folder / ".venv"
    (virtualenv / "bin").mkdir(parents=True)
    (virtualenv / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (virtualenv / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = virtualenv / "lib" / minor / "site-packages"
    packages.mkdir(parents=True)
    return packages


def _install(packages: Path, name: str, version: str, *requires: str, plugin: dict[str, Any] | None = None) -> None:
    module = name.replace("-", "_")
    described = packages / f"{module}-{version}.dist-info"
    described.mkdir()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {r}" for r in requires),
    ]
    (described / "METADATA").write_text("\n".join(lines) + "\n")
    if plugin is not None:
        (packages / module).mkdir()
        (packages / module / "pulumi-plugin.json").write_text(json.dumps(plugin))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_host_ends_within_a_second_of_a_signal(host: Host, number: signal.Signals) -> None:
    host.stub.GetPluginInfo(empty_pb2.Empty())

    os.killpg(host.process.pid, number)

    assert host.seconds_to_end() < 1
    assert host.process.returncode == 0


def _start_plugin(host: Host, folder: Path, program: str) -> Any:
    _environment(folder)
    (folder / "__main__.py").write_text(program)
    info = _info(folder, virtualenv=".venv")
    return host.stub.RunPlugin(language_pb2.RunPluginRequest(pwd=str(folder), info=info, kind="resource"))


_STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(60)
"""
_WILLING = _STUBBORN.replace("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "")


def _wait_until_gone(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    with contextlib.suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, f"process {pid} still runs after {seconds} seconds"
            time.sleep(0.02)


@pytest.mark.parametrize(("program", "seconds"), [(_WILLING, 0.5), (_STUBBORN, 2.0)], ids=["willing", "stubborn"])
def test_a_plugin_ends_with_its_call(host: Host, tmp_path: Path, program: str, seconds: float) -> None:
    call = _start_plugin(host, tmp_path / "plugin", program)
    pid = int(next(call).stdout)

    call.cancel()

    _wait_until_gone(pid, seconds)
    assert host.process.poll() is None


@pytest.mark.parametrize(("program", "seconds"), [(_WILLING, 1.0), (_STUBBORN, 2.5)], ids=["willing", "stubborn"])
def test_an_interrupted_host_takes_what_it_started_with_it(
    host: Host, tmp_path: Path, program: str, seconds: float
) -> None:
    call = _start_plugin(host, tmp_path / "plugin", program)
    pid = int(next(call).stdout)

    os.killpg(host.process.pid, signal.SIGINT)

    assert host.seconds_to_end() < seconds
    _wait_until_gone(pid, 0.5)


def test_an_interrupt_of_the_whole_group_is_the_host_s_to_handle(host: Host, tmp_path: Path) -> None:
    call = _start_plugin(host, tmp_path / "plugin", _WILLING)
    pid = int(next(call).stdout)

    os.kill(pid, signal.SIGINT)

    # Left to itself, Python would end here, with the traceback of a KeyboardInterrupt.
    time.sleep(0.3)
    assert psutil.Process(pid).status() == psutil.STATUS_SLEEPING


def test_a_grandchild_ends_with_the_host_too(host: Host, tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    )
    call = _start_plugin(host, tmp_path / "plugin", f"{program}print(child.pid, flush=True)\nchild.wait()\n")
    pid = int(next(call).stdout)

    os.killpg(host.process.pid, signal.SIGINT)

    _wait_until_gone(pid, 2)


def test_a_plugin_s_output_and_exit_code_come_back_whole(host: Host, tmp_path: Path) -> None:
    program = "import sys\nprint('x' * 300_000)\nprint('no', file=sys.stderr)\nsys.exit(7)\n"

    answers = list(_start_plugin(host, tmp_path / "plugin", program))

    assert b"".join(answer.stdout for answer in answers) == b"x" * 300_000 + b"\n"
    assert b"".join(answer.stderr for answer in answers) == b"no\n"
    assert answers[-1].exitcode == 7


def test_a_plugin_that_leaves_a_process_behind_still_ends(host: Host, tmp_path: Path) -> None:
    program = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    started = time.monotonic()

    answers = list(_start_plugin(host, tmp_path / "plugin", program))

    assert answers[-1].WhichOneof("output") == "exitcode"
    assert time.monotonic() - started < 5


def test_a_plugin_folder_with_nothing_to_run_is_refused_by_name(host: Host, tmp_path: Path) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        list(host.stub.RunPlugin(language_pb2.RunPluginRequest(info=_info(tmp_path), kind="resource")))
    assert f"{tmp_path} has neither a __main__.py nor a pyproject.toml" in str(refused.value)


def test_the_plugins_of_installed_sdks_are_required(host: Host, tmp_path: Path) -> None:
    packages = _environment(tmp_path)
    _install(packages, "pulumi-aws", "7.51.1", plugin={"resource": True, "name": "aws", "version": "7.51.1"})
    _install(packages, "pulumi-acme-cloud", "1.2.3", plugin={"resource": True, "server": "https://acme.example"})
    _install(packages, "pulumi-policy", "1.21.0", plugin={"resource": False})
    parameters = {"name": "tls", "version": "4.0.0", "value": "aGVsbG8="}
    _install(
        packages,
        "pulumi-tls",
        "4.0.0",
        plugin={"resource": True, "name": "terraform-provider", "version": "v0.5.0", "parameterization": parameters},
    )
    (packages / "broken").mkdir()
    (packages / "broken" / "pulumi-plugin.json").write_text("{")

    answer = host.stub.GetRequiredPackages(
        language_pb2.GetRequiredPackagesRequest(info=_info(tmp_path, virtualenv=".venv"))
    )

    assert [(p.name, p.version, p.kind, p.server) for p in answer.packages] == [
        ("acme-cloud", "1.2.3", "resource", "https://acme.example"),
        ("aws", "7.51.1", "resource", ""),
        ("terraform-provider", "0.5.0", "resource", ""),
    ]
    assert answer.packages[2].parameterization.value == b"hello"


def test_dependencies_are_what_nothing_else_requires_unless_all_are_asked_for(host: Host, tmp_path: Path) -> None:
    packages = _environment(tmp_path)
    _install(packages, "app", "1.0", "Lib_A (>=2)", 'extra-thing; extra == "more"')
    _install(packages, "lib-a", "2.1", "lib.b[fast]>=1; python_version > '3'")
    _install(packages, "lib-b", "1.5")
    _install(packages, "extra-thing", "9")
    info = _info(tmp_path, virtualenv=".venv")

    def dependencies(*, transitive: bool) -> list[tuple[str, str]]:
        request = language_pb2.GetProgramDependenciesRequest(info=info, transitiveDependencies=transitive)
        return [(each.name, each.version) for each in host.stub.GetProgramDependencies(request).dependencies]

    assert dependencies(transitive=False) == [("app", "1.0"), ("extra-thing", "9")]
    assert dependencies(transitive=True) == [("app", "1.0"), ("extra-thing", "9"), ("lib-a", "2.1"), ("lib-b", "1.5")]


def test_about_tells_the_program_s_python(host: Host, tmp_path: Path) -> None:
    _environment(tmp_path)

    answer = host.stub.About(language_pb2.AboutRequest(info=_info(tmp_path, virtualenv=".venv")))

    assert answer.executable == str(tmp_path / ".venv" / "bin" / "python")
    assert answer.version == ".".join(map(str, sys.version_info[:3]))


def test_uv_s_environment_is_the_nearest_one_above(host: Host, tmp_path: Path) -> None:
    _environment(tmp_path)
    member = tmp_path / "members" / "one"
    member.mkdir(parents=True)

    answer = host.stub.About(language_pb2.AboutRequest(info=_info(member, toolchain="uv")))

    assert answer.executable == str(tmp_path / ".venv" / "bin" / "python")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"virtualenv": "gone"}, "virtualenv is 'gone', but {folder}/gone does not exist; create it with"),
        ({"virtualenv": "."}, "virtualenv is '.', but {folder} is not a virtual environment; create it with"),
        ({"toolchain": "poetry"}, "toolchain is 'poetry'; this language host knows pip and uv"),
    ],
)
def test_options_that_name_no_python_are_refused_with_what_to_do(
    host: Host, tmp_path: Path, options: dict[str, str], fault: str
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        host.stub.About(language_pb2.AboutRequest(info=_info(tmp_path, **options)))

    assert fault.format(folder=tmp_path) in str(refused.value)


@pytest.mark.parametrize("method", ["GenerateProgram", "GenerateProject", "GeneratePackage", "Pack", "Link"])
def test_code_generation_is_refused_with_the_way_to_it(host: Host, method: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        getattr(host.stub, method)(getattr(language_pb2, f"{method}Request")())

    assert "UNIMPLEMENTED" in str(refused.value)
    assert "https://www.pulumi.com/docs/install/" in str(refused.value)


def test_install_makes_the_environment_and_installs_into_it(host: Host, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "wheels").mkdir(parents=True)
    (project / "requirements.txt").write_text("--no-index\n--find-links wheels\nnot-there\n")
    info = _info(project, virtualenv=".venv")

    with pytest.raises(grpc.RpcError) as failed:
        for _ in host.stub.InstallDependencies(language_pb2.InstallDependenciesRequest(info=info)):
            pass

    assert (project / ".venv" / "bin" / "python").exists()
    assert "-m pip install -r requirements.txt` failed with exit code 1" in str(failed.value)


def test_a_shim_without_its_variables_says_so_in_one_line(tmp_path: Path) -> None:
    write_shims(tmp_path)

    answer = subprocess.run(
        [tmp_path / "pulumi-language-python"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert "TENFOLD_PYTHON" in answer.stderr
