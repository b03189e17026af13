"""What is wrong with a filter policy, before SNS refuses it in the middle of an update.

See https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html and
https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html.
"""

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import Any, cast

from tenfold.errors import Fault

_KEYS = 5
_COMBINATIONS = 150
_BYTES = 256 * 1024
_LARGEST = 10**9
_COMPARISONS = ("=", "<", "<=", ">", ">=")
_OR = "$or"


def filter_faults(path: str, policy: Mapping[str, Any], *, body: bool) -> Iterable[Fault]:
    """What is wrong with a filter policy that looks at the message's body or else at its attributes."""
    if not policy:
        yield Fault(path, "it is empty", "one key or more; leave it out for all messages")
        return
    if len(policy) > _KEYS:
        yield Fault(path, f"{len(policy)} keys are given", f"up to {_KEYS} keys")
    if (size := len(json.dumps(policy, default=str).encode())) > _BYTES:
        yield Fault(path, f"{size} bytes are given", f"up to {_BYTES} bytes of JSON")
    if (count := combinations(policy)) > _COMBINATIONS:
        allowed = f"up to {_COMBINATIONS}: the product of each key's number of values and its depth"
        yield Fault(path, f"{count} combinations of values are given", allowed)
    yield from _key_faults(path, policy, body=body)


def combinations(policy: Mapping[str, Any], depth: int = 1) -> int:
    """How complex SNS takes a policy to be: each key counts its values, times the depth at which it stands."""
    return prod(_complexity(key, value, depth) for key, value in policy.items())


def _complexity(key: str, value: object, depth: int) -> int:
    if isinstance(value, Mapping):
        return combinations(cast("Mapping[str, Any]", value), depth + 1)
    if _is_or(key, value):
        return sum(combinations(each, depth) for each in cast("list[Mapping[str, Any]]", value))
    return len(cast("list[Any]", value)) * depth if isinstance(value, list | tuple) and value else 1


def _is_or(key: str, value: object) -> bool:
    """Whether it joins policies of which one must match; otherwise `$or` is a key as any other."""
    items = cast("list[object]", value) if isinstance(value, list | tuple) else []
    return (
        key == _OR
        and len(items) > 1
        and all(isinstance(item, Mapping) and not _OPERATORS & {*cast("Mapping[str, object]", item)} for item in items)
    )


def _key_faults(path: str, policy: Mapping[str, Any], *, body: bool) -> Iterable[Fault]:
    for key, value in policy.items():
        where = f"{path}.{key}"
        if _is_or(key, value):
            for index, each in enumerate(value):
                yield from _key_faults(f"{where}[{index}]", each, body=body)
        elif isinstance(value, Mapping):
            if body:
                yield from _key_faults(where, cast("Mapping[str, Any]", value), body=body)
            else:
                yield Fault(where, "a dict is given", 'a list of values; filter_scope "body" alone looks into values')
        elif not isinstance(value, list | tuple) or not value:
            yield Fault(where, f"{value!r} is given", "a list of one value or more")
        else:
            for index, item in enumerate(cast("list[object]", value)):
                yield from _value_faults(f"{where}[{index}]", item)


def _value_faults(path: str, value: object) -> Iterable[Fault]:
    if isinstance(value, Mapping):
        yield from _operator_faults(path, cast("Mapping[str, object]", value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number_faults(path, value)
    elif value is not None and not isinstance(value, str | bool):
        yield Fault(path, f"{value!r} is given", "a text, a number, True, False, None or an operator")


def _operator_faults(path: str, value: Mapping[str, object]) -> Iterable[Fault]:
    if len(value) != 1:
        yield Fault(path, f"{len(value)} operators are given", "one operator in each value")
        return
    ((operator, operand),) = value.items()
    if operator not in _FAULTS_BY_OPERATOR:
        yield Fault(path, f"there is no operator {operator!r}", ", ".join(sorted(_FAULTS_BY_OPERATOR)))
        return
    yield from _FAULTS_BY_OPERATOR[operator](f"{path}.{operator}", operand)


def _number_faults(path: str, value: float) -> Iterable[Fault]:
    if not -_LARGEST <= value <= _LARGEST:
        yield Fault(path, f"{value:.15g} is given", "-1000000000 to 1000000000")
    elif round(value, 5) != value:
        yield Fault(path, f"{value!r} is given", "five digits after the point at most")


def _text_faults(path: str, operand: object) -> Iterable[Fault]:
    if not isinstance(operand, str) or not operand:
        yield Fault(path, f"{operand!r} is given", "a text")


def _wildcard_faults(path: str, operand: object) -> Iterable[Fault]:
    if not isinstance(operand, str) or not operand or "**" in operand:
        yield Fault(path, f"{operand!r} is given", "a text with *, never two in a row")


def _exists_faults(path: str, operand: object) -> Iterable[Fault]:
    if not isinstance(operand, bool):
        yield Fault(path, f"{operand!r} is given", "True or False")


def _cidr_faults(path: str, operand: object) -> Iterable[Fault]:
    try:
        ipaddress.ip_network(operand if isinstance(operand, str) else "", strict=False)
    except ValueError:
        yield Fault(path, f"{operand!r} is given", "a block of addresses: '10.0.0.0/24'")


def _numeric_faults(path: str, operand: object) -> Iterable[Fault]:
    items = list(cast("list[object]", operand)) if isinstance(operand, list | tuple) else []
    compared, numbers = items[::2], items[1::2]
    sound = (
        len(items) in (2, 4)
        and all(each in _COMPARISONS for each in compared)
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers)
        and (len(items) == 2 or _is_range(cast("list[str]", compared), cast("list[float]", numbers)))
    )
    if not sound:
        yield Fault(path, f"{operand!r} is given", 'a comparison or a range: [">=", 10], [">", 0, "<=", 150]')
        return
    for number in cast("list[float]", numbers):
        yield from _number_faults(path, number)


def _is_range(compared: list[str], numbers: list[float]) -> bool:
    return compared[0][0] == ">" and compared[1][0] == "<" and numbers[0] < numbers[1]


def _anything_but_faults(path: str, operand: object) -> Iterable[Fault]:
    if isinstance(operand, Mapping):
        other = cast("Mapping[str, object]", operand)
        ((operator, inner),) = other.items() if len(other) == 1 else ((None, None),)
        if operator not in ("prefix", "suffix", "wildcard"):
            yield Fault(path, f"{operand!r} is given", "values, or one of prefix, suffix and wildcard")
        else:
            yield from _FAULTS_BY_OPERATOR[operator](f"{path}.{operator}", inner)
        return
    values = cast("list[object]", operand) if isinstance(operand, list | tuple) else [operand]
    kinds = {str if isinstance(value, str) else float if _is_number(value) else type(value) for value in values}
    if kinds not in ({str}, {float}):
        yield Fault(path, f"{operand!r} is given", "texts or numbers, not both, or one of prefix, suffix and wildcard")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FAULTS_BY_OPERATOR: Mapping[str, Callable[[str, object], Iterable[Fault]]] = {
    "anything-but": _anything_but_faults,
    "cidr": _cidr_faults,
    "equals-ignore-case": _text_faults,
    "exists": _exists_faults,
    "numeric": _numeric_faults,
    "prefix": _text_faults,
    "suffix": _text_faults,
    "wildcard": _wildcard_faults,
}
_OPERATORS = frozenset(_FAULTS_BY_OPERATOR)
