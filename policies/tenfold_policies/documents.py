"""Reading IAM policy documents: who may do what, and under which conditions."""

from collections.abc import Iterable

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


def everywhere(statement: Value) -> bool:
    """Whether a statement is about every resource."""
    return "*" in statement["Resource"].texts()


def everyone(statement: Value) -> bool:
    """Whether a statement is about every principal, also those of other accounts."""
    principal = statement["Principal"]
    return principal.text() == "*" or "*" in principal["AWS"].texts()


def narrowed(statement: Value) -> bool:
    """Whether a statement has a condition on who asks or from where. TLS is not one."""
    operators = statement["Condition"].raw
    keys = [key for tests in _objects(operators) for key in tests]
    return any(key.lower() != "aws:securetransport" for key in keys)


def denies_plain_text(document: Value, denied: Iterable[str]) -> bool:
    """Whether a document denies everyone one of some actions where the request did not come over TLS."""
    return any(_is_tls_denial(statement, {"*", *denied}) for statement in statements(document))


def _is_tls_denial(statement: Value, denied: set[str]) -> bool:
    tests = [statement[f"Condition.{operator}"].raw for operator in ("Bool", "BoolIfExists")]
    plain_text = any(
        str(test.get("aws:SecureTransport")).lower() == "false" for test in tests if isinstance(test, dict)
    )
    return (
        statement["Effect"].text() == "Deny"
        and plain_text
        and bool(denied & actions(statement))
        and everyone(statement)
    )


def _objects(operators: Plain) -> list[dict[str, Plain]]:
    return [test for test in operators.values() if isinstance(test, dict)] if isinstance(operators, dict) else []
