"""The components' SDK for programs in another language."""

import tomllib
from pathlib import Path

import tenfold
from local.engine.progress import reporter
from local.engine.sdk_generator import Language, write_sdk
from local.exit_codes import MISTAKE
from local.workspace import CommandError, Workspace
from tenfold.hosting import Host, components_of


def write(workspace: Workspace, language: str, folder: Path) -> None:
    """Write it into a folder; other files there are left as they are.

    Raises:
        CommandError: No SDK can be written for the language.
        EngineError: This machine cannot write SDKs.
    """
    if language not in [*Language]:
        known = ", ".join(Language)
        raise CommandError(f"no SDK can be written for {language!r}; there are: {known}", MISTAKE)
    project = tomllib.loads((workspace.root / "components" / "pyproject.toml").read_text())["project"]
    schema = Host(components_of(tenfold), "tenfold", version=project["version"]).schema
    with reporter() as progress:
        write_sdk(schema or "{}", Language(language), folder, progress)
