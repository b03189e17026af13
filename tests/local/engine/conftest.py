"""A machine with nothing on it but what a test puts there, and the real engine with this checkout's language host."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from local.engine.find import find_engine, reporter
from local.engine.shims import shim_environment, write_shims

CHECKOUT = Path(__file__).resolve().parents[3]

# What the tests put in place of Go: it logs how it was called and builds a CLI that knows its version.
_GO = """\
#!/bin/sh
echo "$1 GOFLAGS=$GOFLAGS GOOS=$GOOS GOTOOLCHAIN=$GOTOOLCHAIN" >> {log}
case $1 in
env) echo {version} ;;
list)
    echo "go: downloading example.com/one v1.0.0" >&2
    if [ -n "$GOMODCACHE" ]; then
        /bin/mkdir -p "$GOMODCACHE/one"
        echo > "$GOMODCACHE/one/one.go"
        /bin/chmod 555 "$GOMODCACHE/one"
    fi
    echo one; echo two
    ;;
build)
    {while_building}
    while [ $# -gt 0 ]; do [ "$1" = -o ] && target=$2; shift; done
    echo one >&2
    printf '#!/bin/sh\\necho v3.230.0\\n' > "$target"
    /bin/chmod +x "$target"
    ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A PATH, a cache and a home of its own."""

    root: Path

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def engines(self) -> Path:
        return self.root / "cache" / "tenfold" / "engine" / "3.230.0"

    @property
    def environment(self) -> dict[str, str]:
        # pip and uv must not reach an index from here: a real Go would come and build for minutes.
        no_index = {"PIP_NO_INDEX": "1", "UV_NO_INDEX": "1", "UV_OFFLINE": "1"}
        return {
            "PATH": str(self.bin),
            "HOME": str(self.root),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            **no_index,
        }

    def script(self, name: str, text: str, folder: Path | None = None) -> Path:
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def pulumi(self, version: str, folder: Path | None = None, *, language_host: bool = True) -> Path:
        if language_host:
            self.script("pulumi-language-python", "#!/bin/sh\n", folder)
        return self.script("pulumi", f'#!/bin/sh\n[ "$1" = version ] && echo {version}\n', folder)

    def go(self, version: str = "go1.26.1", while_building: str = "") -> Path:
        return self.script("go", _GO.format(log=self.root / "go.log", version=version, while_building=while_building))

    def go_calls(self, command: str) -> list[str]:
        log = self.root / "go.log"
        return [line for line in log.read_text().splitlines() if line.split()[0] == command] if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    return Machine(tmp_path)


class Told:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.updates: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    def update(self, line: str) -> None:
        self.updates.append(line)


@pytest.fixture
def told() -> Told:
    return Told()


@dataclass(frozen=True)
class Releases:
    """A download server; `files` maps a path to what is served there, and None to an answer without end."""

    url: str
    files: dict[str, bytes | None]


@pytest.fixture
def releases() -> Iterator[Releases]:
    files: dict[str, bytes | None] = {}
    closing = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path, b"")
            if content is None:
                self.send_response(200)
                self.end_headers()
                while not closing.wait(0.5):
                    self.wfile.write(b".")
                    self.wfile.flush()
                return
            self.send_response(200 if self.path in files else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Releases(f"http://127.0.0.1:{server.server_port}", files)
    closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def release_target() -> str:
    """The platform in the names of Pulumi's releases, as https://www.pulumi.com/docs/install/versions/ lists them."""
    processor = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    return f"{sys.platform}-{processor}"


@dataclass(frozen=True)
class RealEngine:
    """A CLI with this checkout's language host beside it."""

    pulumi: Path
    environment: Mapping[str, str]


@pytest.fixture(scope="session")
def real_engine(tmp_path_factory: pytest.TempPathFactory) -> RealEngine:
    with reporter() as progress:
        engine = find_engine(progress)
    # Never the language host of an official installation, which is not what these tests are about.
    folder = tmp_path_factory.mktemp("engine")
    try:
        os.link(engine.pulumi.resolve(), folder / "pulumi")
    except OSError:
        shutil.copy2(engine.pulumi.resolve(), folder / "pulumi")
    write_shims(folder)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    return RealEngine(folder / "pulumi", {**shim_environment(), "PATH": path})
