"""Reads the configuration of a stack: ``stacks/Pulumi.<stack>.yaml`` over the defaults of the stage of its users.

A mistake stops the program before anything is registered, with every fault, its path, what was given and what is
allowed. What may stand there is in `stacks.sections`.
"""

import difflib
import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pulumi
from pydantic import BaseModel, ValidationError

from stacks import growth
from stacks.sections import EnvironmentConfig, GlobalConfig
from tenfold.errors import TenfoldError

PROJECT = "tenfold"

_Config = TypeVar("_Config", bound=BaseModel)
_DEFAULT_USERS = int(EnvironmentConfig.model_fields["users"].default)


class ConfigurationError(TenfoldError):
    """The stack's configuration cannot be used."""

    def __init__(self, stack: str, faults: list[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"stacks/Pulumi.{stack}.yaml has {count}:\n{lines}")


def given() -> dict[str, str]:
    """What the running stack has in its configuration, by the project's keys."""
    return _ours(pulumi.runtime.config.CONFIG.get())


def texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """The project's keys of a configuration file, each value as Pulumi hands it over."""
    return {key: json.dumps(value) for key, value in _ours(settings).items()}


def _ours(settings: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{PROJECT}:"
    return {key.removeprefix(prefix): value for key, value in settings.items() if key.startswith(prefix)}


def parse(stack: str, settings: Mapping[str, str]) -> EnvironmentConfig:
    """The configuration of an environment from the project's keys, each with its value as Pulumi hands it over: text,
    or JSON as text.

    Raises:
        ConfigurationError: Something in it is wrong; it lists every fault.
    """
    values = {key: _value(text) for key, text in settings.items()}
    users = values.get("users", _DEFAULT_USERS)
    by_stage = growth.defaults(users) if isinstance(users, int) and users > 0 else {}
    return _validated(EnvironmentConfig, stack, values, {"name": stack, **_merged(by_stage, values)})


def parse_global(stack: str, settings: Mapping[str, str]) -> GlobalConfig:
    """The configuration of the stack `global`, in the same way.

    Raises:
        ConfigurationError: Something in it is wrong; it lists every fault.
    """
    values = {key: _value(text) for key, text in settings.items()}
    return _validated(GlobalConfig, stack, values, values)


def _validated(model: type[_Config], stack: str, values: Mapping[str, Any], complete: Mapping[str, Any]) -> _Config:
    known = tuple(key for key in model.model_fields if key != "name")
    strangers = sorted(values.keys() - set(known))
    faults = [f"{PROJECT}:{key}: there is no such key{_hint(key, known)}" for key in strangers]
    try:
        config = model.model_validate({key: value for key, value in complete.items() if key not in strangers})
    except ValidationError as error:
        faults += [_described(model, fault) for fault in error.errors()]
        raise ConfigurationError(stack, faults) from None
    if faults:
        raise ConfigurationError(stack, faults)
    return config


def _merged(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values over defaults, key by key where both are maps. In a map, null takes a default away."""
    merged = dict(defaults)
    for key, value in values.items():
        default = defaults.get(key)
        if isinstance(default, Mapping) and isinstance(value, Mapping):
            inner = _merged(cast("Mapping[str, Any]", default), cast("Mapping[str, Any]", value))
            merged[key] = {name: each for name, each in inner.items() if each is not None}
        else:
            merged[key] = value
    return merged


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _described(model: type[BaseModel], fault: Any) -> str:
    path = ".".join([PROJECT, *map(str, fault["loc"])]).replace(".", ":", 1)
    if fault["type"] == "extra_forbidden":
        return f"{path}: there is no such key{_hint(str(fault['loc'][-1]), _keys(model, fault['loc'][:-1]))}"
    reason = fault["msg"].removeprefix("Value error, ")
    given = "" if isinstance(fault["input"], dict | BaseModel) else f"{fault['input']!r} is given; "
    return f"{path if fault['loc'] else PROJECT}: {given}{reason[0].lower()}{reason[1:]}"


def _keys(model: type[BaseModel], path: tuple[Any, ...]) -> tuple[str, ...]:
    """The keys that may stand at a path, found by the schema, which knows what lies in maps and optional sections."""
    schema = model.model_json_schema()
    at: dict[str, Any] = schema
    for step in path:
        by_pattern = [*at.get("patternProperties", {}).values(), {}]
        at = at.get("properties", {}).get(step) or at.get("additionalProperties") or by_pattern[0]
        for choice in (at, *at.get("anyOf", ()), *at.get("allOf", ())):
            if "$ref" in choice:
                at = schema["$defs"][choice["$ref"].rpartition("/")[2]]
    return tuple(at.get("properties", ()))


def _hint(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; allowed: {', '.join(known)}" + (f"; did you mean {close[0]}?" if close else "")
