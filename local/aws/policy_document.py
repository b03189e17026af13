"""``aws.iam.getPolicyDocument``: the JSON document that statements make, written as the real provider writes it.

What it does to a list (one item becomes the item, several are sorted backwards) is part of what users see in their
state. Source: the Terraform AWS provider's documentation of ``aws_iam_policy_document``, and its tests.
"""

import json
from collections.abc import Iterable
from typing import Any, cast

from local.aws.model import Fault
from local.aws.values import Properties

_VERSIONS = ("2012-10-17", "2008-10-17")
_LISTS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "notPrincipals": "NotPrincipal"}
_STATEMENT = ("Sid", "Effect", *_LISTS.values(), *_PRINCIPALS.values(), "Condition")
_KNOWN = _LISTS.keys() | _PRINCIPALS.keys() | {"sid", "effect", "conditions"}


def policy_document(args: Properties, faults: list[Fault]) -> Properties:
    """The document as ``json`` and ``minifiedJson``; what is wrong with the arguments is added to ``faults``."""
    version = args.get("version", _VERSIONS[0])
    if version not in _VERSIONS:
        faults.append(Fault("version", f"{version!r} is given; allowed are {', '.join(_VERSIONS)}"))
    merged: Properties = {}
    sources = list(_documents(args, "sourcePolicyDocuments", faults))
    _refuse_twins((one for source in sources for one in source.get("Statement", [])), "sourcePolicyDocuments", faults)
    for source in sources:
        _merge(merged, source)
    statements = [
        _statement(one, f"statements[{index}]", version, faults)
        for index, one in enumerate(args.get("statements") or [])
    ]
    _refuse_twins(statements, "statements", faults)
    own = {"Version": version, "Id": args.get("policyId"), "Statement": statements}
    _merge(merged, own)
    for override in _documents(args, "overridePolicyDocuments", faults):
        _merge(merged, override)
    document = {key: merged[key] for key in ("Version", "Id", "Statement") if merged.get(key)}
    # As Go writes it: these three are escaped.
    text = json.dumps(document, indent=2, ensure_ascii=False)
    small = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return {**args, "version": version, "json": _escaped(text), "minifiedJson": _escaped(small)}


def _escaped(text: str) -> str:
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _statement(given: Properties, path: str, version: str, faults: list[Fault]) -> Properties:
    for name in sorted(given.keys() - _KNOWN):
        faults.append(Fault(f"{path}.{name}", f"is not known here; known are {', '.join(sorted(_KNOWN))}"))
    effect = given.get("effect", "Allow")
    if effect not in ("Allow", "Deny"):
        faults.append(Fault(f"{path}.effect", f"{effect!r} is given; allowed are Allow, Deny"))
    sid = given.get("sid") or ""
    if sid and not (sid.isascii() and sid.isalnum()):
        faults.append(Fault(f"{path}.sid", f"{sid!r} is given; allowed are letters and digits"))
    result: Properties = {"Sid": sid, "Effect": effect}
    for name, key in _LISTS.items():
        values = _unlike(_each(given.get(name)))
        if name.lower().endswith("resources"):
            values = [_with_variables(value, f"{path}.{name}", version, faults) for value in values]
        result[key] = _one_or_many(sorted(values, reverse=True))
    for name, key in _PRINCIPALS.items():
        result[key] = _principals(_each(given.get(name)), f"{path}.{name}", version, faults)
    result["Condition"] = _conditions(_each(given.get("conditions")), f"{path}.conditions", version, faults)
    return _ordered(result)


def _principals(given: list[Any], path: str, version: str, faults: list[Fault]) -> Any:
    grouped: dict[str, list[str]] = {}
    for index, one in enumerate(given):
        at = f"{path}[{index}].identifiers"
        identifiers = [_with_variables(value, at, version, faults) for value in _unlike(_each(one.get("identifiers")))]
        grouped.setdefault(str(one.get("type")), []).extend(sorted(identifiers, reverse=True))
    if grouped == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_many(grouped[kind]) for kind in sorted(grouped)}


def _conditions(given: list[Any], path: str, version: str, faults: list[Fault]) -> Any:
    grouped: dict[str, dict[str, list[str]]] = {}
    for index, one in enumerate(given):
        values = [_with_variables(value, f"{path}[{index}].values", version, faults) for value in _each(one["values"])]
        grouped.setdefault(str(one["test"]), {}).setdefault(str(one["variable"]), []).extend(values)
    return {
        test: {variable: _single(grouped[test][variable]) for variable in sorted(grouped[test])}
        for test in sorted(grouped)
    }


def _merge(document: Properties, more: Properties) -> None:
    """Take over what ``more`` says; a statement with a known Sid takes the other's place."""
    if more.get("Id"):
        document["Id"] = more["Id"]
    document["Version"] = max(document.get("Version", ""), more.get("Version") or "")
    statements: list[Properties] = document.setdefault("Statement", [])
    for statement in more.get("Statement", []):
        sid = statement.get("Sid")
        place = next((at for at, one in enumerate(statements) if sid and one.get("Sid") == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement


def _documents(args: Properties, name: str, faults: list[Fault]) -> Iterable[Properties]:
    for index, text in enumerate(args.get(name) or []):
        try:
            document = cast(Properties, json.loads(text))
            statements = [_read(one) for one in _each(document.get("Statement"))]
        except (TypeError, ValueError, AttributeError) as error:
            faults.append(Fault(f"{name}[{index}]", f"is not a policy document: {error}"))
            continue
        yield {**document, "Statement": statements}


def _read(statement: Properties) -> Properties:
    """A statement of a given document, in the form in which the real provider writes it again."""
    result = dict(statement)
    for key in _PRINCIPALS.values():
        if isinstance(result.get(key), dict):
            held: dict[str, Any] = result[key]
            result[key] = {
                kind: sorted(cast(list[str], held[kind]), reverse=True) if isinstance(held[kind], list) else held[kind]
                for kind in sorted(held)
            }
    tests: dict[str, dict[str, Any]] = result.get("Condition") or {}
    result["Condition"] = {
        test: {variable: _single(list(map(_text, _each(tests[test][variable])))) for variable in sorted(tests[test])}
        for test in sorted(tests)
    }
    return _ordered(result)


def _ordered(statement: Properties) -> Properties:
    return {key: statement[key] for key in _STATEMENT if statement.get(key) not in (None, "", [], {})}


def _refuse_twins(statements: Iterable[Properties], path: str, faults: list[Fault]) -> None:
    sids = [one["Sid"] for one in statements if one.get("Sid")]
    for sid in sorted({sid for sid in sids if sids.count(sid) > 1}):
        faults.append(Fault(path, f"has the Sid {sid} more than once; remove it or make it unique"))


def _with_variables(value: Any, path: str, version: str, faults: list[Fault]) -> str:
    """``&{aws:username}`` stands for the policy variable ``${aws:username}``."""
    if "&{" in str(value) and version == _VERSIONS[1]:
        faults.append(Fault(path, f"holds &{{ in {value!r}, which version {version} does not support"))
    return str(value).replace("&{", "${")


def _one_or_many(values: list[str]) -> Any:
    return _single(values) if values else None


def _single(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _unlike(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
