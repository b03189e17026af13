"""What runs programs in YAML, for a CLI that was built here; a release has it already.

It takes as long to build as the CLI and few programs need it, so it is built when the first one does.
"""

import os
import shutil
from collections.abc import Mapping

from local.engine.build import YAML_HOST, build_program
from local.engine.model import Engine, EngineError, Progress, WayFailedError
from local.engine.store import EngineStore, user_cache

_EXECUTABLE = "pulumi-language-yaml"


def provide_yaml_host(engine: Engine, progress: Progress, *, environment: Mapping[str, str] | None = None) -> None:
    """See to it that `engine` runs programs in YAML: build what does, beside the engine in the cache, if it has none.

    Safe to call from several processes at once. `environment` (this process's own by default) is what is searched.
    Raises EngineError, whose text is for the user.
    """
    environment = os.environ if environment is None else environment
    if _has_host(engine, environment):
        return
    store = EngineStore(user_cache(environment))
    if engine.pulumi.parent != store.binaries():
        raise EngineError(
            f"{engine.pulumi} has no {_EXECUTABLE} beside it, so it runs no programs in YAML.\n"
            "Reinstall it from https://www.pulumi.com/docs/install/, or take it off PATH and unset TENFOLD_PULUMI, "
            "and tenfold gets one that does."
        )
    try:
        with store.lock(progress):
            # Another process may have built it while we waited.
            if not _has_host(engine, environment):
                _build(store, environment, progress)
    except (WayFailedError, OSError) as error:
        raise EngineError(
            f"what runs programs in YAML cannot be built: {error}.\n"
            "Install the Pulumi CLI from https://www.pulumi.com/docs/install/, which has it, or allow a Go module "
            "mirror (GOPROXY) and try again."
        ) from error


def _has_host(engine: Engine, environment: Mapping[str, str]) -> bool:
    beside = (engine.pulumi.parent, engine.pulumi.resolve().parent)
    if any((folder / _EXECUTABLE).is_file() for folder in beside):
        return True
    return shutil.which(_EXECUTABLE, path=environment.get("PATH")) is not None


def _build(store: EngineStore, environment: Mapping[str, str], progress: Progress) -> None:
    with store.workshop() as workshop:
        built = workshop / "bin" / _EXECUTABLE
        build_program(YAML_HOST, built, store.folder / "go", environment, progress)
        store.add(built, store.binaries())
    progress.say(f"What runs programs in YAML is ready in {store.binaries() / _EXECUTABLE}")
