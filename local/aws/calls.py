"""From a catalogue entry to boto3 calls: which properties a call takes, and with which parameters."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any, cast

import jmespath
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.model import ListShape, StructureShape

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType, Tagging
from local.aws.model import Fault, member_for, to_aws
from local.aws.values import same

Clients = Callable[[str, str], BaseClient]
"""Service and region -> boto3 client."""

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "ResourceNotFoundException")


@dataclass(frozen=True)
class Taken:
    """One property as a call takes it: the key in the call's parameters, and the value in AWS's form."""

    key: str
    value: Any


def prepared(kind: ResourceType, inputs: Properties) -> Properties:
    """The inputs that reach AWS, in the shape its API takes."""
    left_out = kind.ignored | {"region", "__defaults", "namePrefix"}
    kept = {key: value for key, value in inputs.items() if key not in left_out}
    return kind.prepare(kept) if kind.prepare else kept


def takes(
    client: BaseClient, kind: ResourceType, operation: Operation, properties: Properties, faults: list[Fault]
) -> dict[str, Taken]:
    """Which of ``properties`` the call takes, and as what. What does not fit its model is added to ``faults``."""
    result: dict[str, Taken] = {}
    if operation.attributes:
        for name in properties.keys() & operation.attributes.keys():
            value = properties[name]
            result[name] = Taken(operation.attributes[name], value if isinstance(value, str) else json.dumps(value))
        return result
    shape = input_shape(client, operation)
    for name, value in properties.items():
        if (operation.only and name not in operation.only) or name in operation.never:
            continue
        member = member_for(shape, name, kind.names)
        if member is not None and (operation.under or member not in operation.params):
            result[name] = Taken(member, to_aws(shape.members[member], value, name, kind.names, faults))
    return result


def run(client: BaseClient, operation: Operation, taken: Mapping[str, Taken], scope: Properties) -> Any:
    """Make the call, or one for each property, and return the (last) answer."""
    if operation.one_by_one:
        answer = None
        for name, one in taken.items():
            answer = call(client, operation.name, _params(client, operation, {name: one}, scope))
        return answer
    return call(client, operation.name, _params(client, operation, taken, scope))


def call(client: BaseClient, method: str, params: Mapping[str, Any]) -> Any:
    """One boto3 call by its name."""
    return getattr(client, method)(**params)


def describe(client: BaseClient, reads: tuple[Read, ...], scope: Properties) -> Properties | None:
    """What AWS says of a resource now; None where it is gone."""
    result: Properties = {}
    for read in reads:
        try:
            answer = call(client, read.name, fill(read.params, scope))
        except ClientError as error:
            if is_gone(error):
                return None
            raise
        found = jmespath.search(cast(str, fill(read.at, scope)), answer)
        if found is None and read is reads[0]:
            return None
        result |= _as_map(found or {})
    return result


def set_tags(client: BaseClient, tagging: Tagging, old: Mapping[str, str], new: Mapping[str, str], scope: Properties) -> None:
    """Bring the tags from ``old`` to ``new``."""
    removed = sorted(old.keys() - new.keys())
    if removed:
        key = _member(client, tagging.untag, "tagkeys", "tags")
        value: Any = [{"Key": name} for name in removed] if key == "Tags" else removed
        call(client, tagging.untag, {**cast(Properties, fill(tagging.params, scope)), key: value})
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    if changed:
        key = _member(client, tagging.tag, "tags")
        shape = _shape(client, tagging.tag).members[key]
        value = to_aws(shape, changed, "tags", {}, [])
        call(client, tagging.tag, {**cast(Properties, fill(tagging.params, scope)), key: value})


def covers(actual: Any, wanted: Any) -> bool:
    """Whether what AWS says holds all that is wanted. AWS may say more; the order of lists means nothing."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return all(key in actual and covers(actual[key], item) for key, item in wanted.items())
    if isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) and all(any(covers(have, item) for have in actual) for item in wanted)
    return same(wanted, actual)


def fill(template: Any, scope: Properties) -> Any:
    """A template's text, list or map with the scope's values in place. A lone ``$name`` keeps the value's type."""
    if isinstance(template, str):
        lone = template[1:].strip("{}")
        if template.startswith("$") and lone in scope:
            return scope[lone]
        return Template(template).substitute(scope)
    if isinstance(template, list):
        return [fill(item, scope) for item in template]
    if isinstance(template, dict):
        return {key: fill(item, scope) for key, item in template.items()}
    return template


def is_gone(error: ClientError) -> bool:
    """Whether AWS answers that there is no such resource."""
    code: str = error.response.get("Error", {}).get("Code", "")
    return any(word in code for word in _GONE) or code.endswith(".NotFound")


def input_shape(client: BaseClient, operation: Operation) -> StructureShape:
    """The part of a call's input that properties go into."""
    shape = _shape(client, operation.name)
    if operation.under and not operation.attributes:
        return cast(StructureShape, shape.members[operation.under])
    return shape


def _params(client: BaseClient, operation: Operation, taken: Mapping[str, Taken], scope: Properties) -> Properties:
    values: Any = {one.key: one.value for one in taken.values()}
    if operation.attributes and isinstance(_shape(client, operation.name).members[operation.under], ListShape):
        values = [{"Key": key, "Value": value} for key, value in values.items()]
    extra = operation.delivers(scope) if operation.delivers else {}
    if operation.under:
        values = {operation.under: values} if values else {}
    return {**cast(Properties, fill(dict(operation.params), scope)), **values, **extra}


def _as_map(found: Any) -> Properties:
    """Attributes come as a map or as a list of pairs; both as a map."""
    if isinstance(found, list):
        return {pair["Key"]: pair["Value"] for pair in found}
    return found


def _shape(client: BaseClient, method: str) -> StructureShape:
    name = client.meta.method_to_api_mapping[method]
    return cast(StructureShape, client.meta.service_model.operation_model(name).input_shape)


def _member(client: BaseClient, method: str, *plain_names: str) -> str:
    members = {member.lower(): member for member in _shape(client, method).members}
    return next(members[name] for name in plain_names if name in members)
