"""Pulumi's properties as AWS's API wants them, guided by botocore's service models.

pulumi-aws names a property after AWS's member (``cidrBlock``, ``CidrBlock``) with few exceptions, which a catalogue
entry lists. So the models can say which member a property is, how its value is to be written, and whether it is
allowed: types, choices, ranges and lengths.
"""

import json
import re
from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.aws.values import is_asset, is_unknown, same

Names = Mapping[str, str]


class Fault(NamedTuple):
    """What is wrong with one property: its path in the program's terms, and why."""

    path: str
    reason: str


def members_of(shape: Shape) -> dict[str, Shape]:
    """The members of a structure. botocore computes them lazily, which type checkers do not see."""
    return cast(Any, shape).members


def required_of(shape: Shape) -> list[str]:
    """The members that a structure must have."""
    return cast(Any, shape).required_members


def item_of(shape: Shape) -> Shape:
    """The shape of a list's items."""
    return cast(Any, shape).member


def value_of(shape: Shape) -> Shape:
    """The shape of a map's values."""
    return cast(Any, shape).value


def _metadata(shape: Shape) -> dict[str, Any]:
    return cast(Any, shape).metadata


def member_for(shape: StructureShape, path: str, names: Names) -> str | None:
    """The member of ``shape`` that the property at ``path`` stands for, or None where there is none."""
    path = plain_path(path)
    name = path.rpartition(".")[2]
    for renamed in (names.get(path), names.get(name)):
        if renamed in members_of(shape):
            return renamed
    wanted = _plain(name)
    members = {_plain(member): member for member in members_of(shape)}
    if wanted in members:
        return members[wanted]
    # Pulumi names lists in the plural, and in the singular where one item is allowed; a scalar has its name.
    singular = wanted.removesuffix("ies") + "y" if wanted.endswith("ies") else wanted.removesuffix("s")
    for spelling in (wanted + "s", singular, wanted.removesuffix("y") + "ies", wanted + "es"):
        if spelling in members and isinstance(members_of(shape)[members[spelling]], ListShape):
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
        return {lower_camel(key): to_pulumi(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def drifted(shape: Shape, given: Any, actual: Any, path: str, names: Names, hidden: Container[str] = ()) -> Any:
    """``given``, with AWS's value wherever ``actual`` says something else; equal to ``given`` where nothing differs.

    What AWS says beyond ``given`` is no drift, nor is the order of lists, nor what ``hidden`` names by its path.
    """
    if plain_path(path) in hidden or (_is_empty(given) and _is_empty(actual)):
        return given
    if isinstance(shape, StructureShape) and set(members_of(shape)) != {"Value"} and not _is_counted(shape):
        return _drifted_structure(shape, given, actual, path, names, hidden)
    if isinstance(shape, ListShape) and isinstance(item_of(shape), StructureShape) and not _is_pairs(shape, given):
        return _drifted_list(item_of(shape), given, actual, path, names, hidden)
    return given if covers(actual, to_aws(shape, given, path, names, [])) else to_pulumi(actual)


def covers(actual: Any, wanted: Any) -> bool:
    """Whether what AWS says holds all that is wanted. AWS may say more; the order of lists means nothing."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return all(key in actual and covers(actual[key], item) for key, item in wanted.items())
    if isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) == len(_matched(wanted, actual, lambda item, have: covers(have, item)))
    return same(wanted, actual, ordered=False)


def plain_path(path: str) -> str:
    """A path without the indexes of lists: ``rules[0].filter`` is ``rules.filter``."""
    return re.sub(r"\[\d+\]", "", path)


def lower_camel(name: str) -> str:
    """AWS's member as Pulumi spells it: ``DBName`` is ``dbName``."""
    head = len(name) - len(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if head == len(name):
        return name.lower()
    head = max(1, head - 1) if head > 1 else head
    return name[:head].lower() + name[head:]


def members(value: Any) -> Any:
    """A value of ours with the names of AWS's members: ``indexName`` is ``IndexName``, at every depth."""
    if isinstance(value, dict) and not is_asset(value):
        return {key[:1].upper() + key[1:]: members(item) for key, item in value.items() if item is not None}
    return [members(item) for item in value] if isinstance(value, list) else value


def _drifted_structure(
    shape: StructureShape, given: Any, actual: Any, path: str, names: Names, hidden: Container[str]
) -> Any:
    if isinstance(given, list) and len(given) == 1:
        return [_drifted_structure(shape, given[0], actual, path, names, hidden)]
    if not isinstance(given, dict) or not isinstance(actual, dict):
        return to_pulumi(actual)
    result: dict[str, Any] = {}
    for key, item in given.items():
        member = member_for(shape, f"{path}.{key}", names)
        value = item
        if member is not None:
            value = drifted(members_of(shape)[member], item, actual.get(member), f"{path}.{key}", names, hidden)
        if value is not None:
            result[key] = value
    return result


def _drifted_list(shape: Shape, given: Any, actual: Any, path: str, names: Names, hidden: Container[str]) -> Any:
    items = given if isinstance(given, list) else [given]
    told = list(actual) if isinstance(actual, list) else []

    def says_the_same(item: Any, have: Any) -> bool:
        return drifted(shape, item, have, path, names, hidden) == item

    matched = _matched(items, told, says_the_same)
    rest = [have for index, have in enumerate(told) if index not in matched.values()]
    if len(matched) == len(items) and not rest:
        return given
    seen = list(items)
    unmatched = [index for index in range(len(items)) if index not in matched]
    if len(unmatched) == len(rest) == 1:  # one item that says something else
        seen[unmatched[0]] = drifted(shape, items[unmatched[0]], rest[0], path, names, hidden)
    else:
        seen = [items[index] for index in sorted(matched)] + [to_pulumi(have) for have in rest]
    return seen if isinstance(given, list) or len(seen) != 1 else seen[0]


def _matched(wanted: list[Any], actual: list[Any], fits: Callable[[Any, Any], bool]) -> dict[int, int]:
    """Which item of ``actual`` stands for which wanted one; those that ask for the most choose first."""
    free = dict(enumerate(actual))
    result: dict[int, int] = {}
    for index in sorted(range(len(wanted)), key=lambda position: -len(str(wanted[position]))):
        found = next((position for position, have in free.items() if fits(wanted[index], have)), None)
        if found is not None:
            result[index] = found
            del free[found]
    return result


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _is_counted(shape: StructureShape) -> bool:  # CloudFront's lists
    return set(members_of(shape)) >= {"Quantity", "Items"}


def _is_pairs(shape: ListShape, given: Any) -> bool:
    """Whether a map stands for a list of names and values: tags, dimensions."""
    members = members_of(item_of(shape)) if isinstance(item_of(shape), StructureShape) else {}
    plain = {_plain(name) for name in members}
    return (
        isinstance(given, dict)
        and plain in ({"key", "value"}, {"name", "value"}, {"tagkey", "tagvalue"})
        and _plainless(given)
    )


def _plainless(given: dict[str, Any]) -> bool:
    return not any(isinstance(item, dict | list) for item in given.values()) and given.keys() != {"name", "value"}


def _structure(shape: StructureShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    if isinstance(value, list) and _is_counted(shape):
        return {"Quantity": len(value), "Items": to_aws(members_of(shape)["Items"], value, path, names, faults)}
    if isinstance(value, list) and len(value) == 1:  # a block that Pulumi keeps as a list of one
        return _structure(shape, value[0], path, names, faults)
    if set(members_of(shape)) == {"Value"} and not isinstance(value, dict):  # EC2's AttributeBooleanValue
        return {"Value": to_aws(members_of(shape)["Value"], value, path, names, faults)}
    if not isinstance(value, dict):
        faults.append(Fault(path, f"{value!r} is given, an object is wanted"))
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        member = member_for(shape, f"{path}.{key}", names)
        if member is None:
            allowed = ", ".join(sorted(lower_camel(name) for name in members_of(shape)))
            faults.append(Fault(f"{path}.{key}", f"is not known here; known are {allowed}"))
        else:
            result[member] = to_aws(members_of(shape)[member], item, f"{path}.{key}", names, faults)
    for member in required_of(shape):
        if member not in result:
            faults.append(Fault(f"{path}.{lower_camel(member)}", "is required and missing"))
    return result


def _list(shape: ListShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    item_shape = item_of(shape)
    if isinstance(value, dict):
        if _is_pairs(shape, value):
            key, content = sorted(members_of(item_shape), key=lambda name: _plain(name).endswith("value"))
            return [{key: name, content: item} for name, item in value.items()]
        value = [value]  # a block that Pulumi flattens, since its schema allows one
    if not isinstance(value, list):
        value = [value]
    _check_size(shape, len(value), "items", path, faults)
    return [to_aws(item_shape, item, f"{path}[{index}]", names, faults) for index, item in enumerate(value)]


def _map(shape: MapShape, value: Any, path: str, names: Names, faults: list[Fault]) -> Any:
    if not isinstance(value, dict):
        faults.append(Fault(path, f"{value!r} is given, a map is wanted"))
        return value
    return {key: to_aws(value_of(shape), item, f"{path}.{key}", names, faults) for key, item in value.items()}


def _scalar(shape: Shape, value: Any, path: str, faults: list[Fault]) -> Any:
    try:
        result = _SCALARS[shape.type_name](value)
    except (TypeError, ValueError):
        faults.append(Fault(path, f"{value!r} is given, a value of type {shape.type_name} is wanted"))
        return value
    choices = _metadata(shape).get("enum", [])
    if choices and result not in choices:
        faults.append(Fault(path, f"{value!r} is given; allowed are {', '.join(choices)}"))
    if shape.type_name == "string":
        _check_size(shape, len(result), "characters", path, faults)
    elif shape.type_name in ("integer", "long", "float", "double"):
        _check_size(shape, result, "", path, faults)
    return result


def _check_size(shape: Shape, size: float, unit: str, path: str, faults: list[Fault]) -> None:
    low, high = _metadata(shape).get("min"), _metadata(shape).get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        allowed = f"{low if low is not None else 'any'} to {high if high is not None else 'any'}"
        faults.append(Fault(path, f"{size:g} {unit} given; allowed are {allowed}".replace("  ", " ")))


def _string(value: Any) -> str:
    if isinstance(value, list):
        raise TypeError(value)
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
