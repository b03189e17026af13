"""From a catalogue entry to boto3 calls: which properties a call takes, with which parameters, and what AWS says."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any, cast

import jmespath
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape
from jmespath import functions

from local.aws.catalogue.entry import OWN_ID, Operation, Properties, Read, ResourceType, Sweep, Tagging
from local.aws.model import Fault, covers, drifted, item_of, member_for, members, members_of, to_aws, to_pulumi
from local.aws.values import is_unknown, same, text_of

Clients = Callable[[str, str], BaseClient]
"""Service and region -> boto3 client."""

_GONE = ("NotFound", "NoSuch", "NonExistent", "Nonexistent", "DoesNotExist", "ResourceNotFoundException")


@dataclass(frozen=True)
class Taken:
    """One property as a call takes it.

    Attributes:
        key: its key in the call's parameters, and in what AWS says of the resource.
        value: its value in AWS's form.
        shape: the shape that the value has there.
        under: the member that the key lies in.
        silent: it makes the call run, and is no parameter.
    """

    key: str
    value: Any
    shape: Shape | None = None
    under: str = ""
    silent: bool = False


def prepared(kind: ResourceType, inputs: Properties) -> Properties:
    """The inputs that reach AWS, under the names and in the shape that its API takes."""
    left_out = kind.ignored | {"region", "__defaults", kind.naming.prefix_property if kind.naming else "region"}
    kept = {key: value for key, value in inputs.items() if key not in left_out}
    for path, name in kind.moved.items():
        _move(kept, path.split("."), name)
    if not kind.prepare:
        return kept
    unknown = {name: value for name, value in kept.items() if is_unknown(value)}
    return kind.prepare({name: value for name, value in kept.items() if name not in unknown}) | unknown


def origin(kind: ResourceType, name: str) -> str:
    """The program's property, or the path in one, that the calls know as ``name``."""
    return next((path for path, moved in kind.moved.items() if moved == name), name)


def takes(
    client: BaseClient, kind: ResourceType, operation: Operation, properties: Properties, faults: list[Fault]
) -> dict[str, Taken]:
    """Which of ``properties`` the call takes, and as what. What does not fit its model is added to ``faults``."""
    named = operation.only if operation.steps else operation.on
    keys = {name: kind.names.get(name, name[:1].upper() + name[1:]) for name in named}
    result = {
        name: Taken(keys[name], members(value), silent=True) for name, value in properties.items() if name in named
    }
    if operation.steps or (operation.on and not (operation.only or operation.under)):
        return result
    attributes = operation.attributes
    for name in properties.keys() & attributes.keys():
        result[name] = Taken(attributes[name], text_of(properties[name]), under=operation.under)
    shape = input_shape(client, operation)
    for name, value in properties.items():
        member = None if name in result else _parameter(shape, kind, operation, name)
        if member is not None:
            of = members_of(shape)[member]
            key = kind.names.get(name, member) if operation.adds or operation.removes else member
            under = "" if attributes else operation.under
            result[name] = Taken(key, _converted(kind, operation, of, name, value, faults), of, under)
    return result


def plan(
    client: BaseClient, kind: ResourceType, operation: Operation, before: Properties, after: Properties
) -> list[Properties]:
    """The parameters that properties give to each call of an operation that leads from ``before`` to ``after``."""
    old = takes(client, kind, operation, before, [])
    new = takes(client, kind, operation, {**_emptied(kind, before, after), **after}, [])
    changed = [name for name in sorted(old.keys() | new.keys()) if _value(old.get(name)) != _value(new.get(name))]
    if not changed and "*" not in operation.on:
        return []
    if operation.steps:
        return operation.steps(before, after)
    if operation.on and all(one.silent for one in new.values()):
        return [{}]
    if operation.adds or operation.removes:
        return _differences(operation, changed, old, new)
    if operation.one_by_one:
        return [placed(client, operation, [new[name]]) for name in changed if name in new]
    if operation.whole or any(name in new for name in changed):
        return [placed(client, operation, new.values())]
    return []


def run(client: BaseClient, operation: Operation, values: Properties, scope: Properties) -> Any:
    """Make one call of the operation; what it ``gives`` is added to the scope."""
    extra = operation.delivers(scope) if operation.delivers else {}
    values = own(values, scope)
    params = _merged({**cast(Properties, fill(dict(operation.params), scope)), **values}, extra)
    answer = call(client, operation.name, params)
    scope |= {name: search(path, answer) for name, path in operation.gives.items()}
    return answer


def _merged(params: Properties, extra: Properties) -> Properties:
    """Parameters with more of them, also within a structure that both have."""
    both = {
        key for key in params.keys() & extra.keys() if isinstance(params[key], dict) and isinstance(extra[key], dict)
    }
    return {**params, **extra, **{key: _merged(params[key], extra[key]) for key in both}}


def call(client: BaseClient, method: str, params: Mapping[str, Any]) -> Any:
    """One boto3 call by its name."""
    return getattr(client, method)(**params)


def describe(client: BaseClient, reads: tuple[Read, ...], scope: Properties) -> Properties | None:
    """What AWS says of a resource now; None where it is gone."""
    result: Properties = {}
    for read in reads:
        found = look_up(client, read, {**scope, **result})
        if not found and read is reads[0]:
            return None
        found = _as_map(found or {})
        result |= found
        if found:
            result |= {name: _told(path, found, scope) for name, path in read.also.items()}
    return result


def _told(path: str, found: Properties, scope: Properties) -> Any:
    return fill(path, scope) if path.startswith("$") else search(cast(str, fill(path, scope)), found)


def look_up(client: BaseClient, read: Read, scope: Properties) -> Any:
    """What stands at the place that the read names; None where there is no such thing."""
    try:
        answer = call(client, read.name, cast(Properties, fill(dict(read.params), scope)))
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return search(cast(str, fill(read.at, scope)), answer)


class _Functions(functions.Functions):  # type: ignore[misc]
    """JMESPath with ways into documents and paths that AWS hands out as text."""

    @functions.signature({"types": ["string", "null"]})  # type: ignore[misc]
    def _func_from_json(self, text: str | None) -> Any:
        return json.loads(text) if text else None

    @functions.signature({"types": ["string"]})  # type: ignore[misc]
    def _func_last_part(self, path: str) -> str:
        return path.rpartition("/")[2]


def search(path: str, value: Any) -> Any:
    """What stands in a value at a JMESPath."""
    return jmespath.search(path, value, options=jmespath.Options(custom_functions=_Functions()))


def sweep(client: BaseClient, sweeps: tuple[Sweep, ...], scope: Properties) -> None:
    """Take away what a resource holds, each thing with a call of its own."""
    for one in sweeps:
        if one.when and not scope.get(one.when):
            continue
        while found := look_up(client, one.found, scope):
            for item in found:
                run(client, one.each, {}, {**scope, **(item if isinstance(item, dict) else {}), "item": item})


def set_tags(
    client: BaseClient, tagging: Tagging, old: Mapping[str, str], new: Mapping[str, str], scope: Properties
) -> None:
    """Bring the tags from ``old`` to ``new``."""
    identity = cast(Properties, fill(dict(tagging.params), scope))
    if tagging.under:
        value: Any = [{"Key": name, "Value": text} for name, text in new.items()]
        for member in reversed(tagging.under.split(".")):
            value = {member: value}
        call(client, tagging.tag if new else tagging.untag, {**identity, **(value if new else {})})
        return
    removed = sorted(old.keys() - new.keys())
    if removed:
        key = _member(client, tagging.untag, "tagkeys", "tags", "removetagkeys")
        value = [{"Key": name} for name in removed] if key == "Tags" else removed
        shape = members_of(_shape(client, tagging.untag))[key]
        call(client, tagging.untag, {**identity, key: {"Items": value} if _holds_items(shape) else value})
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    if changed:
        key = _member(client, tagging.tag, "tags", "addtags")
        shape = members_of(_shape(client, tagging.tag))[key]
        if _holds_items(shape):
            value = {"Items": to_aws(members_of(shape)["Items"], changed, "tags", {}, [])}
        else:
            value = to_aws(shape, changed, "tags", {}, [])
        call(client, tagging.tag, {**identity, key: value})


def _holds_items(shape: Shape) -> bool:  # CloudFront's lists of tags
    return isinstance(shape, StructureShape) and members_of(shape).keys() == {"Items"}


def tags(client: BaseClient, tagging: Tagging, description: Properties, scope: Properties) -> dict[str, str]:
    """The tags that AWS has for the resource, without its own."""
    found: Any = look_up(client, tagging.read, scope) if tagging.read else None
    if not tagging.read:
        found = description.get("Tags", description.get("TagSet", description.get("tags")))
    if isinstance(found, list):
        found = {pair.get("Key", pair.get("TagKey")): pair.get("Value", pair.get("TagValue")) for pair in found}
    return {name: value for name, value in (found or {}).items() if not name.startswith("aws:")}


def fill(template: Any, scope: Properties) -> Any:
    """A template's text, list or map with the scope's values in place. A lone ``$name`` keeps the value's type."""
    if isinstance(template, str):
        lone = template[1:].strip("{}")
        if template.startswith("$") and lone in scope:
            return scope[lone]
        return Template(template).substitute(scope) if "$" in template else template
    if isinstance(template, list):
        return [fill(item, scope) for item in template]
    if isinstance(template, dict):
        return {key: fill(item, scope) for key, item in template.items()}
    return template


def own(value: Any, scope: Properties) -> Any:
    """A value with the resource's own id in place of ``OWN_ID``."""
    if isinstance(value, dict):
        return {key: own(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [own(item, scope) for item in value]
    return scope["id"] if value == OWN_ID else value


def is_gone(error: ClientError) -> bool:
    """Whether AWS answers that there is no such resource."""
    code: str = error.response.get("Error", {}).get("Code", "")
    return any(word in code for word in _GONE) or code in ("404", "NotFound")


def input_shape(client: BaseClient, operation: Operation) -> StructureShape:
    """The part of a call's input that properties go into."""
    shape = _shape(client, operation.name)
    if operation.attributes or not operation.under:
        return shape
    holder = _at(shape, operation.under.split("."))
    return cast(StructureShape, item_of(holder)) if isinstance(holder, ListShape) else holder


def placed(client: BaseClient, operation: Operation, taken: Iterable[Taken]) -> Properties:
    """The parameters for properties, in the member that the operation puts them in."""
    taken = [one for one in taken if not one.silent]
    inner: Any = {one.key: one.value for one in taken if one.under}
    path = operation.under.split(".") if inner or (operation.under and operation.whole) else []
    if path and isinstance(_at(_shape(client, operation.name), path), ListShape):
        pairs = [{"Key": key, "Value": value} for key, value in inner.items()]
        inner = pairs if operation.attributes else [inner]
    for member in reversed(path):
        inner = {member: inner}
    return {**inner, **{one.key: one.value for one in taken if not one.under}}


def seen(kind: ResourceType, path: str, value: Any, taken: Taken, actual: Any) -> Any:
    """A property as AWS has it, in the program's spelling; ``value`` itself where AWS says the same."""
    if taken.shape is None or isinstance(taken.value, list) != isinstance(actual, list):
        wanted = taken.value
        agrees = covers(actual, wanted) or (not value and not actual)
        return value if agrees else to_pulumi(actual)
    return drifted(taken.shape, value, actual, path, kind.names, kind.not_returned)


def _at(shape: StructureShape, path: list[str]) -> Any:
    for member in path:
        shape = cast(StructureShape, members_of(shape)[member])
    return shape


def _move(properties: Properties, path: list[str], name: str) -> None:
    """Take what stands at ``path`` out of its block and put it under ``name``; a block that gets empty goes."""
    head, *rest = path
    block = properties.get(head)
    if not rest:
        if head in properties:
            properties[name] = properties.pop(head)
        return
    if isinstance(block, list) and len(block) == 1:
        block = block[0]
    if not isinstance(block, dict):
        return
    inner = dict(block)
    _move(inner, rest, "\0")
    if "\0" in inner:
        properties[name] = inner.pop("\0")
    if inner:
        properties[head] = inner
    else:
        del properties[head]


def _converted(
    kind: ResourceType, operation: Operation, shape: Shape, name: str, value: Any, faults: list[Fault]
) -> Any:
    path = origin(kind, name)
    if operation.one_by_one and (operation.adds or operation.removes) and isinstance(value, list):
        return [to_aws(shape, item, f"{path}[{index}]", kind.names, faults) for index, item in enumerate(value)]
    return to_aws(shape, value, path, kind.names, faults)


def _parameter(shape: StructureShape, kind: ResourceType, operation: Operation, name: str) -> str | None:
    """The member of its input through which the call takes a property."""
    if operation.adds or operation.removes:
        return operation.adds.get(name) or operation.removes.get(name)
    if ((operation.only or operation.attributes) and name not in operation.only) or name in operation.never:
        return None
    member = member_for(shape, name, kind.names)
    return member if operation.under or member not in operation.params else None


def _emptied(kind: ResourceType, before: Properties, after: Properties) -> Properties:
    return {name: kind.empty[name] for name in before.keys() - after.keys() if name in kind.empty}


def _value(taken: Taken | None) -> Any:
    return None if taken is None else taken.value


def _differences(
    operation: Operation, changed: Iterable[str], old: Mapping[str, Taken], new: Mapping[str, Taken]
) -> list[Properties]:
    some, others = (new, old) if operation.adds else (old, new)
    result: list[Properties] = []
    for name in changed:
        known = _value(others.get(name)) or []
        items = [item for item in _value(some.get(name)) or [] if not any(same(item, other) for other in known)]
        key = (operation.adds or operation.removes)[name]
        result += [{key: item} for item in items] if operation.one_by_one else [{key: items}] if items else []
    return result


def _as_map(found: Any) -> Properties:
    """Attributes come as a map or as a list of pairs; both as a map."""
    if isinstance(found, list):
        return {pair["Key"]: pair["Value"] for pair in found}
    return found


def _shape(client: BaseClient, method: str) -> StructureShape:
    name = client.meta.method_to_api_mapping[method]
    return cast(StructureShape, client.meta.service_model.operation_model(name).input_shape)


def _member(client: BaseClient, method: str, *plain_names: str) -> str:
    members = {member.lower(): member for member in members_of(_shape(client, method))}
    return next(members[name] for name in plain_names if name in members)
