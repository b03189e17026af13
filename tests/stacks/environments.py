"""The committed environments, as programs that tests can run."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import yaml

from stacks import account, assembly, tiers
from stacks.config import parse, parse_global, texts
from stacks.contract import ACCOUNT_VERSION, GLOBAL, read_account
from stacks.sections import EnvironmentConfig, GlobalConfig

_STACKS = Path(__file__).resolve().parents[2] / "stacks"

STACKS = sorted(file.name.split(".")[1] for file in _STACKS.glob("Pulumi.*.yaml"))
"""All stacks."""
ENVIRONMENTS = [stack for stack in STACKS if stack != GLOBAL]
"""All stacks but `global`."""


def settings(stack: str) -> dict[str, str]:
    """A committed configuration, with the values as Pulumi hands them over."""
    given = yaml.safe_load((_STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
    return texts(given)


def environment_config(stack: str, **others: Any) -> EnvironmentConfig:
    """The configuration of a committed environment, with some keys set to others."""
    return parse(stack, {**settings(stack), **{key: json.dumps(value) for key, value in others.items()}})


def global_config() -> GlobalConfig:
    """The configuration of `global`."""
    return parse_global(GLOBAL, settings(GLOBAL))


def program(config: EnvironmentConfig | GlobalConfig) -> Callable[[], None]:
    """The program of a stack, with `global` as it is after its update."""
    if isinstance(config, GlobalConfig):
        return lambda: account.build(config)
    return lambda: _build(config)


def _build(config: EnvironmentConfig) -> None:
    outputs = {
        "version": ACCOUNT_VERSION,
        "domain": config.domain,
        "zone_id": "Z01234567ABC",
        "artifact_bucket": "builds",
    }
    reader = partial(read_account, outputs_of=lambda _: pulumi.Output.from_input(outputs))
    with patch.object(tiers, "read_account", reader):
        assembly.build(config)
