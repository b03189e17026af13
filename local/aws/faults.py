"""Every fault in the inputs of a resource, found before a call is made: what is unknown, missing or not allowed."""

import json
import re
from typing import Any

from botocore.client import BaseClient

from local.aws import calls
from local.aws.catalogue.entry import Limit, Operation, Properties, ResourceType
from local.aws.model import Fault, lower_camel, plain_path, required_of
from local.aws.values import has_unknown, is_unknown


def faults_in(client: BaseClient, kind: ResourceType, inputs: Properties) -> list[Fault]:
    """What botocore's models and the catalogue entry refuse, each fault once."""
    properties = calls.prepared(kind, inputs)
    faults: list[Fault] = []
    known = {"tags"} if kind.tagging else set[str]()
    known |= {kind.naming.property} if kind.naming else set()
    for operation in (kind.create, *kind.update):
        known |= calls.takes(client, kind, operation, properties, faults).keys() | _named(operation)
    if kind.prepare and has_unknown(inputs):  # what is made of several properties is not yet whole
        faults = [fault for fault in faults if re.split(r"[.\[]", fault.path)[0] in inputs]
    faults += _unknown(kind, properties, inputs, known)
    faults += _missing(client, kind, inputs, properties)
    for path, limit in kind.limits.items():
        faults += [fault for at, value in _at(inputs, path.split("."), "") for fault in _outside(at, value, limit)]
    for path in kind.documents:
        faults += [fault for at, value in _at(inputs, path.split("."), "") for fault in _no_document(at, value)]
    return list(dict.fromkeys(faults))


def _unknown(kind: ResourceType, properties: Properties, inputs: Properties, known: set[str]) -> list[Fault]:
    """Properties that no call takes. A block that was moved has given up all that it may hold."""
    heads = {path.partition(".")[0] for path in kind.moved}
    result: list[Fault] = []
    for name, value in properties.items():
        if name in known or (is_unknown(value) and (name in heads or kind.prepare)):
            continue
        block: Any = value[0] if isinstance(value, list) and len(value) == 1 else value
        if name in heads and isinstance(block, dict):
            allowed = sorted(path.partition(".")[2] for path in kind.moved if path.startswith(f"{name}."))
            result += [Fault(f"{name}.{key}", f"is not known here; known are {', '.join(allowed)}") for key in block]
        elif name in inputs:
            result.append(Fault(name, "is not in the embedded AWS's catalogue"))
    return result


def _named(operation: Operation) -> set[str]:
    """The properties that the call's parameters name."""
    return set(re.findall(r"(?<!\$)\$\{?(\w+)", str(operation.params)))


def _missing(client: BaseClient, kind: ResourceType, inputs: Properties, properties: Properties) -> list[Fault]:
    missing = [name for name in sorted(kind.required) if inputs.get(name) is None]
    create = kind.create
    if not (create.attributes or create.delivers or create.under):
        taken = {one.key for one in calls.takes(client, kind, create, properties, []).values()}
        names = {member: name for name, member in kind.names.items()}
        unclear = any(is_unknown(value) for value in properties.values()) and kind.prepare
        for member in () if unclear else required_of(calls.input_shape(client, create)):
            if member not in taken and member not in create.params:
                missing.append(names.get(member, lower_camel(member)))
    return [Fault(calls.origin(kind, name), "is required and missing") for name in dict.fromkeys(missing)]


def _at(value: Any, path: list[str], at: str) -> list[tuple[str, Any]]:
    """What stands at a path, in each item of the lists on the way."""
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in _at(item, path, f"{at}[{index}]")]
    if not path:
        return [] if value is None or has_unknown(value) else [(at, value)]
    if not isinstance(value, dict) or path[0] not in value:
        return []
    return _at(value[path[0]], path[1:], f"{at}.{path[0]}".lstrip("."))


def _outside(path: str, value: Any, limit: Limit) -> list[Fault]:
    if isinstance(limit, tuple):
        return [] if value in limit else [Fault(path, f"{value!r} is given; allowed are {', '.join(map(str, limit))}")]
    try:
        number = float(value)
    except (TypeError, ValueError):
        return [Fault(path, f"{value!r} is given, a number is wanted")]
    if number.is_integer() and int(number) in limit:  # a float is looked for item by item
        return []
    step = f" in steps of {limit.step}" if limit.step > 1 else ""
    return [Fault(path, f"{number:g} is given; allowed are {limit.start} to {limit[-1]}{step}")]


def _no_document(path: str, value: Any) -> list[Fault]:
    if isinstance(value, dict | list):
        return []
    try:
        json.loads(value)
    except (TypeError, ValueError) as error:
        return [Fault(plain_path(path), f"is not a JSON document: {error}")]
    return []
