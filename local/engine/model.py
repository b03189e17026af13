"""What the search for an engine returns and raises."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

# The newest CLI whose Go modules every module mirror serves; the download is of the same version, so that both ways
# give the same engine.
PINNED_VERSION = "3.230.0"

# What runs programs in YAML has versions of its own; the CLI's release has one beside it.
YAML_HOST_VERSION = "1.30.0"

# Component providers and policy packs in Python need what this version brought.
MINIMUM_VERSION = (3, 230, 0)

Origin = Literal["PATH", "TENFOLD_PULUMI", "download", "build"]


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that runs Python programs.

    Attributes:
        pulumi: the executable.
        version: its version, such as 3.230.0.
        origin: where it was found: named by TENFOLD_PULUMI, on PATH, downloaded or built.
        environment: variables to run it with, over the caller's own.
    """

    pulumi: Path
    version: str
    origin: Origin
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


class Progress(Protocol):
    """Where the search tells what it does."""

    def say(self, line: str) -> None:
        """Something happened that stays worth reading."""
        ...

    def update(self, line: str) -> None:
        """What goes on right now; the next call replaces it."""
        ...


class EngineError(Exception):
    """No way led to an engine. Its text is for the user: each way that was tried, why it failed, and what to do."""


class WayFailedError(Exception):
    """One way to an engine failed; its text is the reason, in one line."""


@dataclass(frozen=True)
class Attempt:
    """A way that failed, and why."""

    way: str
    reason: str


def no_engine(attempts: Sequence[Attempt]) -> EngineError:
    """The error that names every attempt."""
    tried = "\n".join(f"  - {attempt.way}: {attempt.reason}" for attempt in attempts)
    return EngineError(
        f"tenfold needs the Pulumi CLI {version_text(MINIMUM_VERSION)} or newer and found no way to get one:\n{tried}\n"
        "Install it from https://www.pulumi.com/docs/install/, name one with TENFOLD_PULUMI=/path/to/pulumi, or allow "
        "one of the ways above and try again (a proxy: HTTPS_PROXY; a Go module mirror: GOPROXY; a package index: "
        "UV_DEFAULT_INDEX or PIP_INDEX_URL)."
    )


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The first version in `text`, or None; what follows the patch number is ignored."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3] or 0))


def version_text(version: tuple[int, int, int]) -> str:
    """`version` as people write it."""
    return ".".join(map(str, version))
