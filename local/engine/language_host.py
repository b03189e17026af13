"""The Python language host beside a self-built Pulumi CLI.

The Go module of the official host is not served by module mirrors, so a CLI that was built from modules has none. The
engine starts this one in its place (`shims.py`), asks it over gRPC to run programs, policy packs and component
providers, and interrupts it when it is done. What only code generation needs is refused by name.
"""

# ruff: noqa: ARG002, N802 - the protocol names the methods and their parameters

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import grpc
from google.protobuf import empty_pb2, json_format

from local.engine.children import Children
from local.engine.dependencies import install_commands
from local.engine.protocol import language_pb2, language_pb2_grpc, plugin_pb2
from local.engine.python_runtime import (
    PythonRuntime,
    RuntimeOptionError,
    installed_packages,
    python_for,
    required_plugins,
)

_RUN_PROGRAM = Path(__file__).with_name("run_program.py")
_MESSAGE_SHOWN = 32
# A policy pack or a component provider holds a thread for as long as it runs.
_THREADS = 64
_MESSAGE_BYTES = 400 * 1024 * 1024
_PARENT_CHECK_SECONDS = 0.5
_LEFT_BEHIND_SECONDS = 1.0


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine's calls; the protocol's `LanguageRuntime` says what each is for."""

    def __init__(self, engine_address: str, children: Children) -> None:
        self._engine_address = engine_address
        self._children = children
        self._programs: set[subprocess.Popen[bytes]] = set()
        self._cancelled: set[subprocess.Popen[bytes]] = set()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Learn the engine's address, which an attached host was not started with."""
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The host has no version of its own."""
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The plugins of the SDKs that the program's Python has."""
        packages = [
            plugin_pb2.PackageDependency(
                name=plugin.name,
                kind="resource",
                version=plugin.version,
                server=plugin.server,
                parameterization=plugin.parameterization
                and json_format.ParseDict(  # pyright: ignore[reportArgumentType]
                    dict(plugin.parameterization), plugin_pb2.PackageParameterization()
                ),
            )
            for plugin in required_plugins(_python(request.info, context))
        ]
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        """As GetRequiredPackages, for engines before packages."""
        plugins = [
            plugin_pb2.PluginDependency(name=plugin.name, kind="resource", version=plugin.version, server=plugin.server)
            for plugin in required_plugins(_python(request.info, context))
        ]
        return language_pb2.GetRequiredPluginsResponse(plugins=plugins)

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What is installed in the program's Python."""
        packages = installed_packages(_python(request.info, context), transitive=request.transitiveDependencies)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in packages]
        )

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The program's Python and its version."""
        executable = str(_python(request.info, context).executable)
        command = [executable, "-c", "import platform; print(platform.python_version())"]
        version = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        return language_pb2.AboutResponse(executable=executable, version=version)

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Nothing to ask: a new project gets pip and a virtual environment."""
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: Any, context: grpc.ServicerContext) -> Any:
        """A template needs no change for this host."""
        return language_pb2.TemplateResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Create the virtual environment where it is missing and install into it."""
        root = Path(request.info.program_directory or request.directory)
        try:
            for command in install_commands(root, _options(request.info)):
                process = self._children.start(command, cwd=root, env=os.environ, captured=True)
                context.add_callback(partial(self._children.end, process))
                for stream, data in _output(process):
                    yield language_pb2.InstallDependenciesResponse(**{stream: data})
                if code := self._children.wait(process):
                    context.abort(grpc.StatusCode.UNKNOWN, f"`{' '.join(command)}` failed with exit code {code}")
        except RuntimeOptionError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program once; its output goes to the engine through the host's own."""
        python = _python(request.info, context)
        environment = python.activate(os.environ)
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        process = self._children.start(
            [str(python.executable), "-u", str(_RUN_PROGRAM), *self._program_arguments(request)],
            cwd=Path(request.pwd or request.info.program_directory),
            env=environment,
            captured=False,
        )
        self._programs.add(process)
        context.add_callback(partial(self._children.end, process))
        code = self._children.wait(process)
        self._programs.discard(process)
        if code == 0:
            return language_pb2.RunResponse()
        if code == _MESSAGE_SHOWN or process in self._cancelled:
            return language_pb2.RunResponse(bail=True)
        reason = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        return language_pb2.RunResponse(error=f"The program {reason}")

    def _program_arguments(self, request: Any) -> Iterator[str]:
        named = {
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root-directory": request.info.root_directory,
            "parallel": str(request.parallel),
        }
        yield from (f"--{name}={value}" for name, value in named.items() if value)
        if request.dryRun:
            yield "--dry-run"
        yield "--"
        yield str(Path(request.info.program_directory, request.info.entry_point or "."))
        yield from request.args

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Run a policy pack or a component provider until it ends or the engine gives up the call."""
        python = _python(request.info, context)
        environment = dict(pair.split("=", 1) for pair in request.env if "=" in pair) or dict(os.environ)
        process = self._children.start(
            [str(python.executable), "-u", *_plugin_arguments(request, context)],
            cwd=Path(request.pwd or request.info.program_directory),
            env=python.activate(environment),
            captured=True,
        )
        context.add_callback(partial(self._children.end, process))
        for stream, data in _output(process):
            if stream == "stdout":
                yield language_pb2.RunPluginResponse(stdout=data)
            else:
                yield language_pb2.RunPluginResponse(stderr=data)
        yield language_pb2.RunPluginResponse(exitcode=self._children.wait(process))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The user interrupts: programs end; plugins have had a request of their own."""
        for process in list(self._programs):
            self._cancelled.add(process)
            self._children.end(process)
        return empty_pb2.Empty()

    def GenerateProgram(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Refused: converting programs is the official host's."""
        _refuse(context, "converting a program to Python")

    def GenerateProject(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Refused: converting projects is the official host's."""
        _refuse(context, "converting a project to Python")

    def GeneratePackage(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Refused: generating SDKs is the official host's."""
        _refuse(context, "generating a Python SDK")

    def Pack(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Refused: packing SDKs is the official host's."""
        _refuse(context, "packing a Python SDK")

    def Link(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Refused: linking SDKs is the official host's."""
        _refuse(context, "linking a Python SDK")


def _refuse(context: grpc.ServicerContext, what: str) -> NoReturn:
    context.abort(
        grpc.StatusCode.UNIMPLEMENTED,
        f"{what} needs the official Pulumi CLI (https://www.pulumi.com/docs/install/): "
        "this one was built by tenfold and runs programs, policy packs and component providers",
    )
    raise AssertionError("abort raises")


def _options(info: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json_format.MessageToDict(info.options))


def _python(info: Any, context: grpc.ServicerContext) -> PythonRuntime:
    try:
        return python_for(Path(info.root_directory), _options(info))
    except RuntimeOptionError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise AssertionError("abort raises") from None


def _plugin_arguments(request: Any, context: grpc.ServicerContext) -> list[str]:
    folder = Path(request.info.program_directory, request.info.entry_point or ".")
    if request.kind == "analyzer":
        return ["-m", "pulumi.policy", *request.args, str(folder)]
    if folder.is_file() or (folder / "__main__.py").is_file():
        return [str(folder), *request.args]
    project = folder / "pyproject.toml"
    name = tomllib.loads(project.read_text()).get("project", {}).get("name") if project.is_file() else None
    if name is None:
        message = f"{folder} has neither a __main__.py nor a pyproject.toml with a project name: nothing to run"
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
    return ["-m", "pulumi.run.plugin", str(name), *request.args]


def _output(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """What `process` writes, as it comes, with the stream's name; ends when both streams have.

    A process that it left behind may keep a stream open: then a second after `process` itself.
    """
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def read(name: str, stream: IO[bytes]) -> None:
        while data := os.read(stream.fileno(), 65536):
            chunks.put((name, data))
        chunks.put((name, b""))

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        threading.Thread(target=read, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        try:
            name, data = chunks.get(timeout=_LEFT_BEHIND_SECONDS)
        except queue.Empty:
            if process.poll() is None:
                continue
            return
        if data:
            yield name, data
        else:
            open_streams -= 1


def main() -> NoReturn:
    """Serve the engine that started this process until it interrupts us or is gone."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    engine = os.getppid()

    children = Children()
    server = grpc.server(
        ThreadPoolExecutor(_THREADS),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ],
    )
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(
        LanguageHost(addresses[-1] if addresses else "", children), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    # An engine that is killed interrupts nobody.
    while not stop.wait(_PARENT_CHECK_SECONDS) and os.getppid() == engine:
        pass
    children.end_all()
    # Threads that wait for the engine would hold a regular exit up, and the engine waits for ours.
    os._exit(0)


if __name__ == "__main__":
    main()
