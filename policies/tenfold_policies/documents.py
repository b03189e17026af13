"""Reading IAM policy documents: who may do what, and under which conditions."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import cast

from .view import Plain, Value


def statements(document: Value) -> list[Value]:
    """The statements of a document, which AWS takes as a list or alone."""
    return document["Statement"].items()


def allowing(document: Value) -> list[Value]:
    """The statements that allow something."""
    return [statement for statement in statements(document) if statement["Effect"].text() == "Allow"]


def actions(statement: Value) -> set[str]:
    """The actions of a statement, in lower case: IAM does not tell cases apart."""
    return {action.lower() for action in statement["Action"].texts()}


def covers(statement: Value, action: str) -> bool:
    """Whether a statement is about an action: one of its patterns is, or none of those that it leaves out."""
    left_out = statement["NotAction"]
    return _one_is(action, statement["Action"]) or (left_out.given and not _one_is(action, left_out))


def _one_is(action: str, patterns: Value) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns.texts())


def everywhere(statement: Value) -> bool:
    """Whether a statement is about every resource."""
    return "*" in statement["Resource"].texts()


def everyone(statement: Value) -> bool:
    """Whether a statement is about every principal, also those of other accounts."""
    principal = statement["Principal"]
    return principal.text() == "*" or "*" in principal["AWS"].texts()


def tested_keys(condition: Value) -> list[str]:
    """The keys that a condition tests, in lower case: IAM does not tell cases apart."""
    return [key.lower() for operator in _names(condition) for key in _names(condition[operator])]


def narrowed(statement: Value) -> bool:
    """Whether a statement has a condition on who asks or from where. TLS is not one."""
    return any(key != "aws:securetransport" for key in tested_keys(statement["Condition"]))


def denies_plain_text(document: Value, denied: Iterable[str]) -> bool:
    """Whether a document denies everyone one of some actions where the request did not come over TLS."""
    return any(_is_tls_denial(statement, {"*", *denied}) for statement in statements(document))


def _is_tls_denial(statement: Value, denied: set[str]) -> bool:
    return (
        statement["Effect"].text() == "Deny"
        and bool(denied & actions(statement))
        and everyone(statement)
        and any(_is_without_tls(statement[f"Condition.{operator}"]) for operator in ("Bool", "BoolIfExists"))
    )


def _is_without_tls(test: Value) -> bool:
    keys = [key for key in _names(test) if key.lower() == "aws:securetransport"]
    return any(flag.flag() is False for key in keys for flag in test[key].items())


def _names(value: Value) -> list[str]:
    return list(cast("dict[str, Plain]", value.raw)) if isinstance(value.raw, dict) else []
