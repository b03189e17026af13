"""Get a Pulumi CLI: the user's own, else the official release, else one built from Go modules."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.engine import download as official
from local.engine.build import build
from local.engine.model import (
    MINIMUM_VERSION,
    PINNED_VERSION,
    Attempt,
    Engine,
    EngineError,
    Origin,
    Progress,
    WayFailedError,
    no_engine,
    parse_version,
    version_text,
)
from local.engine.progress import reporter
from local.engine.shims import shim_environment, write_shims
from local.engine.store import EngineStore, target_platform, user_cache

__all__ = ["Engine", "EngineError", "Progress", "find_engine", "reporter"]

_VERSION_SECONDS = 30.0


def find_engine(
    progress: Progress,
    *,
    environment: Mapping[str, str] | None = None,
    releases: str = official.RELEASES,
) -> Engine:
    """The Pulumi CLI to use, made and cached where there is none yet.

    In this order: the one that TENFOLD_PULUMI names, which is used or refused; `pulumi` on PATH if it is new enough and
    can run Python programs; the cache; the official release; a build from Go modules. Safe to call from several
    processes at once: one makes the engine, the others wait for it.

    `environment` (this process's own by default) is what is searched. Raises EngineError, whose text is for the user.
    """
    environment = os.environ if environment is None else environment
    if named := environment.get("TENFOLD_PULUMI"):
        return _named_engine(Path(named).expanduser(), environment)
    attempts: list[Attempt] = []
    try:
        return _engine_on_path(environment)
    except WayFailedError as error:
        attempts.append(Attempt("pulumi on PATH", str(error)))
    store = EngineStore(user_cache(environment))
    try:
        return _cached(store, environment) or _make(store, environment, releases, attempts, progress)
    except OSError as error:
        attempts.append(Attempt(f"the cache {store.folder}", str(error)))
        raise no_engine(attempts) from error


def _named_engine(pulumi: Path, environment: Mapping[str, str]) -> Engine:
    try:
        return _checked(pulumi.absolute(), "TENFOLD_PULUMI", environment)
    except WayFailedError as error:
        raise EngineError(
            f"TENFOLD_PULUMI names {pulumi}, which tenfold cannot use: {error}.\n"
            "Name another, or unset TENFOLD_PULUMI and let tenfold find one."
        ) from error


def _engine_on_path(environment: Mapping[str, str]) -> Engine:
    found = shutil.which("pulumi", path=environment.get("PATH"))
    if found is None:
        raise WayFailedError("there is none")
    return _checked(Path(found).absolute(), "PATH", environment)


def _checked(pulumi: Path, origin: Origin, environment: Mapping[str, str]) -> Engine:
    """The engine `pulumi`, if it is new enough and has what runs Python programs."""
    version = _version_of(pulumi, environment)
    if version < MINIMUM_VERSION:
        raise WayFailedError(
            f"{pulumi} is version {version_text(version)}, and {version_text(MINIMUM_VERSION)} or newer is needed"
        )
    beside = (pulumi.parent, pulumi.resolve().parent)
    ours = any(_is_ours(folder) for folder in beside)
    elsewhere = shutil.which("pulumi-language-python", path=environment.get("PATH"))
    if elsewhere is None and not any((folder / "pulumi-language-python").is_file() for folder in beside):
        raise WayFailedError(f"{pulumi} has no pulumi-language-python beside it, so it runs no Python programs")
    return Engine(pulumi, version_text(version), origin, shim_environment() if ours else {})


def _is_ours(folder: Path) -> bool:
    host = folder / "pulumi-language-python"
    try:
        with host.open("rb") as file:
            return b"TENFOLD_CHECKOUT" in file.read(2048)
    except OSError:
        return False


def _version_of(pulumi: Path, environment: Mapping[str, str]) -> tuple[int, int, int]:
    try:
        answer = subprocess.run(
            [str(pulumi), "version"],
            env={**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else "it does not answer `pulumi version`"
        raise WayFailedError(f"{pulumi} does not run: {reason}") from error
    version = parse_version(answer.stdout)
    if answer.returncode != 0 or version is None:
        raise WayFailedError(f"{pulumi} does not answer `pulumi version` with a version")
    return version


def _cached(store: EngineStore, environment: Mapping[str, str]) -> Engine | None:
    origin = store.cached_origin()
    if origin is None:
        return None
    binaries = store.binaries()
    # First on PATH, so that the engine finds this folder's language host and not an older installation's.
    path = {"PATH": os.pathsep.join([str(binaries), environment.get("PATH", os.defpath)])}
    if origin == "build":
        # The checkout may be newer than the cached engine.
        write_shims(binaries)
        path |= shim_environment()
    return Engine(binaries / "pulumi", PINNED_VERSION, origin, path)


def _make(
    store: EngineStore, environment: Mapping[str, str], releases: str, attempts: list[Attempt], progress: Progress
) -> Engine:
    with store.lock(progress):
        # Another process may have made it while we waited.
        if cached := _cached(store, environment):
            return cached
        for attempt in attempts:
            progress.say(f"Not used: {attempt.way}: {attempt.reason}")
        try:
            with store.workshop() as workshop:
                official.download(workshop / "bin", target_platform(), progress, releases)
                store.publish(workshop, "download")
        except WayFailedError as error:
            attempts.append(Attempt(f"the official release {PINNED_VERSION}", str(error)))
            progress.say(f"Not used: {attempts[-1].way}: {error}")
            _make_by_building(store, environment, attempts, progress)
        engine = _cached(store, environment)
        if engine is None:
            raise OSError(f"the engine was published to {store.binaries()} and is not there")
        progress.say(f"The Pulumi CLI {engine.version} is ready in {engine.pulumi}")
        return engine


def _make_by_building(
    store: EngineStore, environment: Mapping[str, str], attempts: list[Attempt], progress: Progress
) -> None:
    try:
        with store.workshop() as workshop:
            build(workshop, store.folder / "go", environment, progress)
            store.publish(workshop, "build")
    except WayFailedError as error:
        attempts.append(Attempt("a build from Go modules", str(error)))
        raise no_engine(attempts) from error
