"""SDKs of the components for programs in other languages.

The official CLI writes them by its language hosts, which no module mirror serves. The generators themselves are in the
CLI's module, so a small program around them is built, when the first SDK is asked for.
"""

import os
import subprocess
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from local.engine.build import SDK_GENERATOR, build_program
from local.engine.model import EngineError, Progress, WayFailedError
from local.engine.store import EngineStore, user_cache


class Language(StrEnum):
    """What SDKs can be written in. Those of C# and Java are written by the official CLI alone."""

    NODEJS = "nodejs"
    GO = "go"
    PYTHON = "python"


def write_sdk(
    schema: str, language: Language, folder: Path, progress: Progress, *, environment: Mapping[str, str] | None = None
) -> None:
    """Write the SDK of the package that `schema` describes into `folder`; other files there are left as they are.

    Raises EngineError, whose text is for the user.
    """
    generator = _generator(os.environ if environment is None else environment, progress)
    done = subprocess.run(
        [str(generator), language, str(folder)], input=schema, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise EngineError(done.stderr.strip() or f"{generator} failed with exit code {done.returncode}")


def _generator(environment: Mapping[str, str], progress: Progress) -> Path:
    store = EngineStore(user_cache(environment))
    generator = store.tools() / "sdk"
    if generator.is_file():
        return generator
    try:
        with store.lock(progress), store.workshop() as workshop:
            # Another process may have built it while we waited.
            if not generator.is_file():
                built = workshop / "bin" / generator.name
                build_program(SDK_GENERATOR, built, store.folder / "go", environment, progress)
                store.add(built, store.tools())
    except (WayFailedError, OSError) as error:
        raise EngineError(
            f"what writes SDKs cannot be built: {error}.\n"
            "Allow a Go module mirror (GOPROXY) and try again, or use the official CLI: pulumi package add ./components"
        ) from error
    return generator
