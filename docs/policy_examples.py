"""The examples of rules: the programs that tests judge, as Pulumi YAML.

A program in a test registers resources; here they are written down as whoever reads a page would write them, in a
language that every user of Pulumi can read. What one resource takes from another is a reference again.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from tests.policies.judging import RULES_BY_NAME, Case, Pack, run

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_IDENTITIES = (
    "arn",
    "url",
    "clusterIdentifier",
    "dnsName",
    "domainName",
    "bucketRegionalDomainName",
    "bucket",
    "id",
    "name",
)
"""What one resource may take from another, the more telling first where two are the same."""


@dataclass(frozen=True)
class Example:
    """A program that a rule refuses or passes.

    Attributes:
        text: The program, in YAML.
        config: The rule's parameters.
        messages: What the rule says about it.
    """

    text: str
    config: Mapping[str, Any]
    messages: tuple[str, ...]


def examples_of(rule: str, cases: Iterable[Case]) -> tuple[Example, Example]:
    """The first program that a rule refuses, and the first that it passes with the same parameters.

    Both are decided already in a preview.
    """
    own = [case for case in cases if case.rule == rule and not case.left and not case.left_after]
    failing = next(case for case in own if case.refused and case.preview is None)
    passing = [case for case in own if not case.refused]
    return _example(failing), _example(next((c for c in passing if c.config == failing.config), passing[0]))


def _example(case: Case) -> Example:
    messages = run(case.program, preview=False)
    told = Pack([RULES_BY_NAME[case.rule]], {case.rule: case.config}).judge(messages)
    texts = tuple(each.message.removeprefix(f"{each.description}\n") for each in told if each.policyName == case.rule)
    return Example(_written(messages.stack.resources, messages.resources), case.config, texts)


def _written(
    resources: Iterable[analyzer_pb2.AnalyzerResource], requests: Iterable[analyzer_pb2.AnalyzeRequest]
) -> str:
    inputs = {request.urn: request.properties for request in requests}
    keys: dict[str, str] = {}
    outputs: dict[str, dict[str, str]] = {}
    program: dict[str, Any] = {}
    for resource in _in_order(resources):
        key = _key(resource, keys.values())
        keys[resource.urn] = key
        outputs[resource.urn] = _identities(resource)
        program[key] = _resource(resource, inputs[resource.urn], keys, outputs)
    return yaml.dump({"resources": program}, sort_keys=False, width=100, allow_unicode=True, Dumper=_Dumper).strip()


def _in_order(resources: Iterable[analyzer_pb2.AnalyzerResource]) -> list[analyzer_pb2.AnalyzerResource]:
    """Resources of AWS, each after those it was made from: a program registers them in no order that stays."""
    found = {resource.urn: resource for resource in resources if resource.type.startswith("aws:")}

    def depth(urn: str) -> int:
        sources = {source for each in found[urn].propertyDependencies.values() for source in each.urns}
        return max((depth(source) + 1 for source in sources if source in found), default=0)

    return sorted(found.values(), key=lambda resource: (depth(resource.urn), resource.name, resource.type))


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, as Pulumi's own examples have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _key(resource: analyzer_pb2.AnalyzerResource, taken: Iterable[str]) -> str:
    """Its name, or that and its type where another one has the name."""
    if resource.name not in taken:
        return resource.name
    return f"{resource.name}{resource.type.rpartition(':')[2]}"


def _identities(resource: analyzer_pb2.AnalyzerResource) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in reversed(_IDENTITIES):
        value = resource.properties.fields[name].string_value if name in resource.properties.fields else ""
        if value:
            found[value] = name
    return found


def _resource(
    resource: analyzer_pb2.AnalyzerResource,
    inputs: Any,
    keys: Mapping[str, str],
    outputs: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, value in sorted(json_format.MessageToDict(inputs).items()):
        made_from = resource.propertyDependencies[name].urns if name in resource.propertyDependencies else ()
        references = {
            value: f"${{{keys[urn]}.{output}}}" for urn in made_from for value, output in outputs[urn].items()
        }
        properties[name] = _value(value, references)
    options: dict[str, Any] = {"protect": True} if resource.options.protect else {}
    if resource.options.ignoreChanges:
        options["ignoreChanges"] = [*resource.options.ignoreChanges]
    package, path, kind = resource.type.split(":")
    written: dict[str, Any] = {"type": f"{package}:{path.partition('/')[0]}:{kind}"}
    if keys[resource.urn] != resource.name:
        written["name"] = resource.name
    written |= {"properties": properties} if properties else {}
    return written | ({"options": options} if options else {})


def _value(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if _SIGNATURE in members:
            return {"fn::secret": _value(members["value"], references)}
        return {name: _value(member, references) for name, member in sorted(members.items())}
    if isinstance(value, list):
        return [_value(element, references) for element in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        document = _shown(value)
        if document is not value:
            return {"fn::toJSON": _value(document, references)}
        return _referring(value, references)
    return value


def _referring(text: str, references: Mapping[str, str]) -> str:
    """A text with references in place of what it takes from others, the longest first: a name is part of an ARN."""
    if not references:
        return text
    parts = "|".join(re.escape(part) for part in sorted(references, key=len, reverse=True))
    return re.sub(parts, lambda part: references[part[0]], text)


def _shown(text: Any) -> Any:
    """The object or list that a text is in JSON, or the text. An empty one is shorter as a text."""
    if not isinstance(text, str) or not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text) or text
    except ValueError:
        return text


def all_examples(cases: Iterable[Case]) -> Iterator[tuple[str, tuple[Example, Example]]]:
    """The examples of every rule, by its name."""
    listed = list(cases)
    for rule in RULES_BY_NAME:
        yield rule, examples_of(rule, listed)
