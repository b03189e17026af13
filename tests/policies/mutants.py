"""Mutants of a module: the same source with one small fault, each as code that can be run.

A fault is one that a slip of the hand makes: a comparison the other way round, a number off by one, a condition or a
line left out, a member missing from a list. Prose is left alone: docstrings, and what is told to people without being
held word by word.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, cast

PROSE = {"title", "remediation", "source", "description", "fix", "safe_to_set", "annotation", "returns"}
"""Arguments and fields that hold words for people, links or types. Rules' sources and levels are in the README."""


@dataclass(frozen=True)
class Place:
    """Where in a module something is.

    Attributes:
        scope: The function, class or constant it is in, such as `Value.flag`.
        first: The first line of its statement, without the body of one that has a body.
        last: The last line of that.
        imported: Whether it runs when the module is imported and not when a function is called.
        argument: The name of the argument it is part of, such as `on`.
    """

    scope: str = ""
    first: int = 0
    last: int = 0
    imported: bool = True
    argument: str = ""


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        name: What it is, so that it is the same one while its line and its function stay: `file scope: line | fault`.
        place: Where it is.
        code: The module with it.
    """

    name: str
    place: Place
    code: CodeType


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its lines."""
    tree, lines = ast.parse(source), source.splitlines()
    seen: Counter[str] = Counter()
    read = {name for name, _ in names(source)}
    for parent, field, index, node, place in _nodes(tree, Place()):
        if place.imported and place.scope.startswith("_") and place.scope not in read:
            # A constant of the module that prose alone reads, such as a link.
            continue
        for fault, mutated in _faults(node):
            name = f"{file} {place.scope}: {lines[_line(node) - 1].strip()} | {fault}"
            seen[name] += 1
            _put(parent, field, index, ast.fix_missing_locations(ast.copy_location(mutated, node)))
            code = compile(tree, file, "exec")
            _put(parent, field, index, node)
            yield Mutant(name if seen[name] == 1 else f"{name} ({seen[name]})", place, code)


def names(source: str) -> Iterator[tuple[str, Place]]:
    """The names that a module reads, and where."""
    for _, _, _, node, place in _nodes(ast.parse(source), Place()):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                yield name, place
            case _:
                pass


def rules(source: str) -> Iterator[tuple[str, str]]:
    """The functions of a module that are rules: the name of each, and that of its rule."""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=function, decorator_list=[ast.Call(args=[ast.Constant(value=str(rule))])]):
                yield function, rule
            case _:
                pass


def _line(node: ast.AST) -> int:
    return cast("int", getattr(node, "lineno", 1))


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _nodes(parent: ast.AST, place: Place) -> Iterator[tuple[ast.AST, str, int | None, ast.AST, Place]]:
    """Each node that may be replaced, below a node: its parent, the field and index it has there, and its place."""
    for field, value in ast.iter_fields(parent):
        if field in PROSE:
            continue
        for index, node in enumerate(cast("list[object]", value)) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST) and not _is_prose(parent, field, index, node):
                here = _place(parent, field, node, place)
                yield parent, field, index, node, here
                yield from _nodes(node, here)


def _is_prose(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> bool:
    """Whether a node holds nothing that a program does."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.keyword(arg=str(name)):
            return name in PROSE
        case ast.Constant(value=str(text)):
            named = isinstance(parent, ast.Call) and index == 0 and _called(parent) in _NAMING
            return named or _is_sentence(text) or text.startswith("https://")
        case ast.JoinedStr(values=parts):
            return _is_sentence("".join(str(part.value) for part in parts if isinstance(part, ast.Constant)))
        case ast.Call():
            return field == "decorator_list" and _called(node) == "dataclass"
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case _:
            return False


def _is_sentence(text: str) -> bool:
    return " " in text and text.rstrip().endswith((".", ". Fix:"))


_NAMING = {"resource_rule", "stack_rule", "cast", "Source", "control"}


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _place(parent: ast.AST, field: str, node: ast.AST, place: Place) -> Place:
    runs = isinstance(parent, ast.FunctionDef | ast.Lambda) and field == "body"
    place = replace(place, imported=place.imported and not runs)
    if isinstance(node, ast.keyword):
        return replace(place, argument=node.arg or "")
    if not isinstance(node, ast.stmt):
        return place
    body = cast("list[ast.stmt] | None", getattr(node, "body", None))
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    place = replace(place, first=first, last=body[0].lineno - 1 if body else node.end_lineno or node.lineno)
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return replace(place, scope=f"{place.scope}.{name}".strip("."))
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return replace(place, scope=f"{place.scope}.{name}".strip(".")) if place.imported else place
        case _:
            return place


Fault = tuple[str, ast.AST]


def _faults(node: ast.AST) -> Iterator[Fault]:
    find = cast("Callable[[Any], Iterator[Fault]] | None", _FINDERS.get(type(node)))
    if find is not None:
        yield from find(node)


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def _of_comparison(node: ast.Compare) -> Iterator[Fault]:
    for index, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            changed = _with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
            yield f"{_text(node)} -> {_text(changed)}", changed


def _of_logic(node: ast.BoolOp) -> Iterator[Fault]:
    changed = _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield f"{_text(node)} -> {_text(changed)}", changed
    for index, operand in enumerate(node.values):
        rest = [*node.values[:index], *node.values[index + 1 :]]
        yield f"without {_text(operand)}", _with(node, values=rest) if len(rest) > 1 else rest[0]


def _of_sign(node: ast.UnaryOp) -> Iterator[Fault]:
    yield f"{_text(node)} -> {_text(node.operand)}", node.operand


_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


def _of_arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Fault]:
    other = _OPERATORS.get(type(node.op))
    if other is not None:
        changed = _with(node, op=other())
        yield f"{_text(node)} -> {_text(changed)}", changed
    if isinstance(node, ast.AugAssign):
        yield from _of_statement(node)


def _of_constant(node: ast.Constant) -> Iterator[Fault]:
    match node.value:
        case bool(value):
            others: list[bool | float | str] = [not value]
        case int(value) | float(value):
            others = [value + 1, value - 1]
        case str(value):
            others = [f"{value}~"]
        case _:
            others = []
    for other in others:
        yield f"{node.value!r} -> {other!r}", ast.Constant(other)


def _of_members(node: ast.Tuple | ast.List | ast.Set) -> Iterator[Fault]:
    # An empty set has no literal, and what is assigned to must have as many members as it gets.
    if isinstance(getattr(node, "ctx", None), ast.Store) or (isinstance(node, ast.Set) and len(node.elts) == 1):
        return
    for index, member in enumerate(node.elts):
        yield f"without {_text(member)}", _with(node, elts=[*node.elts[:index], *node.elts[index + 1 :]])


def _of_entries(node: ast.Dict) -> Iterator[Fault]:
    for index, key in enumerate(node.keys):
        label = _text(key) if key else f"**{_text(node.values[index])}"
        keys = [*node.keys[:index], *node.keys[index + 1 :]]
        yield f"without {label}", _with(node, keys=keys, values=[*node.values[:index], *node.values[index + 1 :]])


_SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
_ON_TEXT = {"lower", "upper", "strip", "removeprefix", "removesuffix"}


def _of_call(node: ast.Call) -> Iterator[Fault]:
    match node.func:
        case ast.Name(id=name) if name in _SWAPPED:
            changed = _with(node, func=ast.copy_location(ast.Name(_SWAPPED[name], ast.Load()), node.func))
            yield f"{name}() -> {_SWAPPED[name]}()", changed
        case ast.Attribute(value=value, attr=attr) if attr in _ON_TEXT:
            yield f"without .{attr}()", value
        case _:
            pass
    needed = {"on", "severity"} if _called(node) in _NAMING else set[str]()
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in PROSE | needed:
            yield f"without {keyword.arg}=", _with(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])


def _of_condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[Fault]:
    for always in (False,) if isinstance(node, ast.While) else (True, False):
        yield f"{_text(node.test)} -> {always}", _with(node, test=ast.Constant(always))


def _of_comprehension(node: ast.comprehension) -> Iterator[Fault]:
    for index, test in enumerate(node.ifs):
        rest = [*node.ifs[:index], *node.ifs[index + 1 :]]
        yield f"without if {_text(test)}", _with(node, ifs=rest)
        yield f"if not {_text(test)}", _with(node, ifs=[*rest, ast.UnaryOp(ast.Not(), test)])


def _of_statement(node: ast.stmt) -> Iterator[Fault]:
    yield f"without {_text(node)}", ast.Pass()


def _of_assignment(node: ast.Assign) -> Iterator[Fault]:
    # Without a name that is read later, a module merely fails.
    if not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield from _of_statement(node)


def _of_jump(node: ast.Continue | ast.Break) -> Iterator[Fault]:
    other = ast.Break() if isinstance(node, ast.Continue) else ast.Continue()
    yield f"{_text(node)} -> {_text(other)}", other
    yield from _of_statement(node)


def _of_return(node: ast.Return) -> Iterator[Fault]:
    match node.value:
        case None:
            yield from _of_statement(node)
        case ast.Constant(value=None | False):
            pass
        case _:
            yield f"{_text(node)} -> return None", _with(node, value=ast.Constant(None))


_NAMES = {"ADVISORY": "MANDATORY", "MANDATORY": "ADVISORY"}
_SEVERITIES = {"LOW": "MEDIUM", "MEDIUM": "HIGH", "HIGH": "CRITICAL", "CRITICAL": "LOW"}


def _of_name(node: ast.Name) -> Iterator[Fault]:
    if node.id in _NAMES and isinstance(node.ctx, ast.Load):
        yield f"{node.id} -> {_NAMES[node.id]}", ast.Name(_NAMES[node.id], ast.Load())


def _of_attribute(node: ast.Attribute) -> Iterator[Fault]:
    if isinstance(node.value, ast.Name) and node.value.id == "Severity":
        yield f"{node.attr} -> {_SEVERITIES[node.attr]}", _with(node, attr=_SEVERITIES[node.attr])


_FINDERS: dict[type[ast.AST], Callable[..., Iterator[Fault]]] = {
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_logic,
    ast.UnaryOp: _of_sign,
    ast.BinOp: _of_arithmetic,
    ast.AugAssign: _of_arithmetic,
    ast.Constant: _of_constant,
    ast.Tuple: _of_members,
    ast.List: _of_members,
    ast.Set: _of_members,
    ast.Dict: _of_entries,
    ast.Call: _of_call,
    ast.If: _of_condition,
    ast.IfExp: _of_condition,
    ast.While: _of_condition,
    ast.comprehension: _of_comprehension,
    ast.Expr: _of_statement,
    ast.Raise: _of_statement,
    ast.Assign: _of_assignment,
    ast.Continue: _of_jump,
    ast.Break: _of_jump,
    ast.Return: _of_return,
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
}
