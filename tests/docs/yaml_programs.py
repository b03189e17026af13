"""Programs in Pulumi YAML, as far as the pages of rules need it, run as programs in Python are."""

import re
from collections.abc import Mapping
from typing import Any, cast

import pulumi
import yaml

from tests.policies.judging import Program

_REFERENCE = re.compile(r"\$\{([\w-]+)\.(\w+)\}")


def program(text: str) -> Program:
    """The program that a text in YAML is."""

    def build() -> None:
        made: dict[str, pulumi.CustomResource] = {}
        for key, resource in yaml.safe_load(text)["resources"].items():
            outputs = {output for name, output in _REFERENCE.findall(text) if name == key}
            properties = {name: _value(value, made) for name, value in resource.get("properties", {}).items()}
            # Outputs that others take are known to the SDK by having been named.
            named = dict.fromkeys(outputs - {"id"}) | properties
            made[key] = pulumi.CustomResource(
                _token(resource["type"]), resource.get("name", key), named, _options(resource.get("options", {}))
            )

    return build


def _token(short: str) -> str:
    """`aws:sqs/queue:Queue` for `aws:sqs:Queue`."""
    package, module, kind = short.split(":")
    return f"{package}:{module}/{kind[0].lower()}{kind[1:]}:{kind}"


def _options(given: Mapping[str, Any]) -> pulumi.ResourceOptions:
    assert set(given) <= {"protect", "ignoreChanges"}
    return pulumi.ResourceOptions(protect=given.get("protect"), ignore_changes=given.get("ignoreChanges"))


def _value(value: Any, made: Mapping[str, pulumi.CustomResource]) -> Any:
    if isinstance(value, dict):
        members = {name: _value(member, made) for name, member in cast("dict[str, Any]", value).items()}
        if "fn::toJSON" in members:
            return pulumi.Output.json_dumps(members["fn::toJSON"])
        return pulumi.Output.secret(members["fn::secret"]) if "fn::secret" in members else members
    if isinstance(value, list):
        return [_value(element, made) for element in cast("list[Any]", value)]
    return _text(value, made) if isinstance(value, str) and _REFERENCE.search(value) else value


def _text(text: str, made: Mapping[str, pulumi.CustomResource]) -> pulumi.Output[Any]:
    """A text with references in it; one that is nothing else is what it refers to."""
    before, *rest = _REFERENCE.split(text)
    parts: list[Any] = [before]
    for name, output, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += [made[name].id if output == "id" else made[name].__dict__[output], after]
    given = [part for part in parts if part != ""]
    return given[0] if len(given) == 1 else pulumi.Output.concat(*given)
