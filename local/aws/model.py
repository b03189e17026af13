"""Pulumi's properties as AWS's API wants them, guided by botocore's service models.

pulumi-aws names a property after AWS's member (``cidrBlock``, ``CidrBlock``) with few exceptions, which a catalogue
entry lists. So the models can say which member a property is, how its value is to be written, and whether it is
allowed: types, choices, ranges and lengths.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.aws.values import is_asset, is_unknown

Names = Mapping[str, str]


class Fault(NamedTuple):
    """What is wrong with one property: its path in the program's terms, and why."""

    path: str
    reason: str


def member_for(shape: StructureShape, name: str, names: Names) -> str | None:
    """The member of ``shape`` that the property ``name`` stands for, or None where there is none."""
    if name in names:
        return names[name] if names[name] in shape.members else None
    wanted = _plain(name)
    members = {_plain(member): member for member in shape.members}
    for spelling in (wanted, wanted + "s", wanted.removesuffix("s"), wanted.removesuffix("ies") + "y", wanted + "es"):
        if spelling in members:
            return members[spelling]
    return None


def to_aws(shape: Shape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    """``value`` in the form of ``shape``. What does not fit is added to ``faults``; unknown values pass."""
    if is_unknown(value) or is_asset(value):
        return value
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path, names, faults)
    if isinstance(shape, ListShape):
        return _list(shape, value, path, names, faults)
    if isinstance(shape, MapShape):
        return _map(shape, value, path, names, faults)
    return _scalar(shape, value, path, faults)


def to_pulumi(value: Any) -> Any:
    """An AWS answer in the program's spelling: members in lower camel case, tag lists as maps."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and item.keys() == {"Key", "Value"} for item in value):
            return {item["Key"]: item["Value"] for item in value}
        return [to_pulumi(item) for item in value]
    if isinstance(value, dict):
        return {_lower_camel(key): to_pulumi(item) for key, item in value.items()}
    return value


def _structure(shape: StructureShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    if isinstance(value, list) and set(shape.members) >= {"Quantity", "Items"}:  # CloudFront's lists
        return {"Quantity": len(value), "Items": to_aws(shape.members["Items"], value, path, names, faults)}
    if isinstance(value, list) and len(value) == 1:  # a block that Pulumi keeps as a list of one
        return _structure(shape, value[0], path, names, faults)
    if set(shape.members) == {"Value"} and not isinstance(value, dict):  # EC2's AttributeBooleanValue
        return {"Value": to_aws(shape.members["Value"], value, path, names, faults)}
    if not isinstance(value, dict):
        faults.append(Fault(path, f"{value!r} is given, an object is wanted"))
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        member = member_for(shape, key, names)
        if member is None:
            allowed = ", ".join(sorted(_lower_camel(name) for name in shape.members))
            faults.append(Fault(f"{path}.{key}", f"is not known here; known are {allowed}"))
        else:
            result[member] = to_aws(shape.members[member], item, f"{path}.{key}", names, faults)
    for member in shape.required_members:
        if member not in result:
            faults.append(Fault(f"{path}.{_lower_camel(member)}", "is required and missing"))
    return result


def _list(shape: ListShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    item_shape = shape.member
    if isinstance(value, dict):
        if isinstance(item_shape, StructureShape) and {_plain(name) for name in item_shape.members} >= {"key", "value"}:
            key, content = sorted(name for name in item_shape.members if _plain(name) in ("key", "value"))
            value = [{key: name, content: item} for name, item in value.items()]
            return value
        value = [value]  # a block that Pulumi flattens, since its schema allows one
    if not isinstance(value, list):
        value = [value]
    _check_size(shape, len(value), "items", path, faults)
    return [to_aws(item_shape, item, f"{path}[{index}]", names, faults) for index, item in enumerate(value)]


def _map(shape: MapShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    if not isinstance(value, dict):
        faults.append(Fault(path, f"{value!r} is given, a map is wanted"))
        return value
    return {key: to_aws(shape.value, item, f"{path}.{key}", names, faults) for key, item in value.items()}


def _scalar(shape: Shape, value: Any, path: str, faults: list[Fault]) -> Any:
    try:
        result = _SCALARS[shape.type_name](value)
    except (TypeError, ValueError):
        faults.append(Fault(path, f"{value!r} is given, a value of type {shape.type_name} is wanted"))
        return value
    choices = shape.metadata.get("enum", [])
    if choices and result not in choices:
        faults.append(Fault(path, f"{value!r} is given; allowed are {', '.join(choices)}"))
    if shape.type_name == "string":
        _check_size(shape, len(result), "characters", path, faults)
    elif shape.type_name in ("integer", "long", "float", "double"):
        _check_size(shape, result, "", path, faults)
    return result


def _check_size(shape: Shape, size: float, unit: str, path: str, faults: list[Fault]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        allowed = f"{low if low is not None else 'any'} to {high if high is not None else 'any'}"
        faults.append(Fault(path, f"{size:g} {unit} given; allowed are {allowed}".replace("  ", " ")))


def _string(value: Any) -> str:
    if isinstance(value, list):  # AutoScaling's VPCZoneIdentifier: a list in one string
        return ",".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value)


def _boolean(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError(value)
    return int(value)


_SCALARS: dict[str, Any] = {
    "string": _string,
    "character": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": float,
    "double": float,
    "blob": lambda value: value if isinstance(value, bytes) else str(value).encode(),
    "timestamp": lambda value: value,
}


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _lower_camel(name: str) -> str:
    head = len(name) - len(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if head == len(name):
        return name.lower()
    head = max(1, head - 1) if head > 1 else head
    return name[:head].lower() + name[head:]
