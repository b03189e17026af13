"""Arguments of components: what a program may give, what becomes of it, and what the refusal says."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown

from tenfold.arguments import bounded, checked, is_known
from tenfold.errors import ArgumentError, Fault, TenfoldError

CHILDREN: Mapping[str, type[pulumi.CustomResource]] = {"queue": aws.sqs.Queue, "queue-policy": aws.sqs.QueuePolicy}


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark_blue"


class Inner(TypedDict):
    key: str
    colour: NotRequired[Colour]


class Base(TypedDict):
    count: int


class Shape(Base):
    text: NotRequired[str]
    flag: NotRequired[bool]
    share: NotRequired[float]
    colour: NotRequired[Colour]
    names: NotRequired[list[str]]
    inner: NotRequired[Inner]
    by_name: NotRequired[dict[str, Inner]]
    label: NotRequired[pulumi.Input[str]]
    size: NotRequired[pulumi.Input[int]]
    ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    variables: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    place: NotRequired[pulumi.Input[Inner]]
    code: NotRequired[pulumi.Input[pulumi.Archive]]
    perhaps: NotRequired[int | None]
    anything: NotRequired[Any]
    overrides: NotRequired[dict[str, dict[str, Any]]]


def check(args: object, *rules: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", checked("Thing", "my", Shape, args, CHILDREN, *rules))


def faults(args: object, *rules: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(ArgumentError) as caught:
        check(args, *rules)
    return {fault.path: (fault.given, fault.allowed) for fault in caught.value.faults}


def output(value: object) -> Any:
    """A value that is known only later."""
    loop = asyncio.new_event_loop()
    future: asyncio.Future[Any] = loop.create_future()
    future.set_result(value)
    return pulumi.Output({*()}, future, future)


def test_plain_values_of_the_right_types_stay_as_they_are() -> None:
    args: dict[str, Any] = {
        "count": 2,
        "text": "a",
        "flag": False,
        "share": 0.5,
        "colour": Colour.RED,
        "names": ["a", "b"],
        "inner": {"key": "k"},
        "by_name": {"x": {"key": "k", "colour": Colour.DARK_BLUE}},
        "label": "l",
        "size": 3,
        "ids": ["i"],
        "variables": {"A": "b"},
        "place": {"key": "k"},
        "anything": {"at": [1, None]},
    }
    assert check(args) == args


def test_choices_become_members_of_their_enum_at_any_depth() -> None:
    found = check({"count": 1, "colour": "dark_blue", "by_name": {"x": {"key": "k", "colour": "red"}}})
    assert found["colour"] is Colour.DARK_BLUE
    assert found["by_name"]["x"]["colour"] is Colour.RED


@given(st.integers(-(2**53), 2**53))
def test_a_whole_number_that_arrives_as_a_float_becomes_an_int(number: int) -> None:
    found = check({"count": float(number), "size": float(number)})
    assert (found["count"], type(found["count"])) == (number, int)
    assert (found["size"], type(found["size"])) == (number, int)


@given(st.floats().filter(lambda number: not number.is_integer()))
def test_a_broken_number_is_no_whole_one(number: float) -> None:
    assert faults({"count": number})["count"][1] == "a whole number"


@given(st.integers(-1000, 1000))
def test_a_whole_number_is_a_number(number: int) -> None:
    found = check({"count": 1, "share": number})["share"]
    assert (found, type(found)) == (number, float)


@pytest.mark.parametrize("key", ["count", "share", "size", "text", "label"])
def test_true_is_neither_a_number_nor_a_text(key: str) -> None:
    assert faults({"count": 1, key: True})[key][0] == "True is given"


def test_nothing_is_the_same_as_no_argument() -> None:
    assert check({"count": 1, "text": None, "inner": None, "perhaps": None}) == {"count": 1}
    assert check({"count": 1, "inner": {"key": "k", "colour": None}}) == {"count": 1, "inner": {"key": "k"}}


def test_what_is_required_and_not_there_is_a_fault_inherited_or_nested() -> None:
    missing = "nothing is given"
    assert faults(None) == {"count": (missing, "a whole number; it is required")}
    found = faults({"count": None, "inner": {}, "by_name": {"x": {}}})
    assert {path: given for path, (given, _) in found.items()} == {
        "count": missing,
        "inner.key": missing,
        "by_name.x.key": missing,
    }


def test_an_argument_that_does_not_exist_is_refused_with_the_closest_that_does() -> None:
    found = faults({"count": 1, "colur": "red", "inner": {"key": "k", "kye": "k"}})
    assert found["colur"][0] == "there is no such argument"
    assert found["colur"][1].endswith("; did you mean colour?")
    assert found["inner.kye"][1] == "colour, key; did you mean key?"


WRONG: list[tuple[str, Any, str, str]] = [
    ("count", "2", "count", "a whole number"),
    ("text", 2, "text", "a text"),
    ("flag", "yes", "flag", "True or False"),
    ("flag", 1, "flag", "True or False"),
    ("share", "half", "share", "a number"),
    ("colour", "green", "colour", "'red', 'dark_blue'"),
    ("names", "a", "names", "a list, each item a text"),
    ("names", ["a", 2], "names[1]", "a text"),
    ("inner", "k", "inner", "a dict with the keys of Inner"),
    ("inner", {"key": 2}, "inner.key", "a text"),
    ("by_name", [], "by_name", "a dict, each value a dict with the keys of Inner"),
    ("by_name", {"x": {"key": "k", "colour": "green"}}, "by_name.x.colour", "'red', 'dark_blue'"),
    ("label", 2, "label", "a text"),
    ("size", "2", "size", "a whole number"),
    ("ids", "i", "ids", "a list, each item a text"),
    ("ids", [2], "ids[0]", "a text"),
    ("variables", {"A": 2}, "variables.A", "a text"),
    ("place", {"key": 2}, "place.key", "a text"),
    ("code", "handler.py", "code", "Archive"),
    ("perhaps", "2", "perhaps", "a whole number"),
    ("overrides", {"queue": 5}, "overrides.queue", "a dict, each value any value"),
    ("overrides", [], "overrides", "a dict, each value a dict, each value any value"),
]


@pytest.mark.parametrize(("key", "value", "path", "allowed"), WRONG)
def test_a_value_of_another_type_is_refused_with_its_path(key: str, value: Any, path: str, allowed: str) -> None:
    found = faults({"count": 1, key: value})
    assert found.keys() == {path}
    assert found[path][1] == allowed


def test_arguments_that_are_no_dict_are_refused() -> None:
    assert faults(["count"]) == {"args": ("['count'] is given", "a dict with the keys of Shape")}


@pytest.mark.parametrize("later", [output("v"), Unknown(), asyncio.Future(loop=asyncio.new_event_loop())])
def test_what_flows_into_resources_may_be_known_later_and_structure_may_not(later: Any) -> None:
    flowing = {"label": later, "size": later, "ids": later, "variables": {"A": later}, "place": later, "code": later}
    assert check({"count": 1, **flowing, "anything": later}) == {"count": 1, **flowing, "anything": later}
    assert check({"count": 1, "ids": [later, "i"], "place": {"key": "k"}})["ids"] == [later, "i"]
    found = faults({"count": later, "colour": later, "names": [later], "inner": {"key": later}})
    assert found.keys() == {"count", "colour", "names[0]", "inner.key"}
    told = "a whole number that is known before anything exists: it decides which resources there are"
    assert found["count"] == ("an Output is given", told)


def test_only_outputs_awaitables_and_unknowns_are_not_known() -> None:
    assert all(is_known(value) for value in (None, 0, "", {}, [], object()))
    assert not any(is_known(value) for value in (output(1), Unknown()))


def test_overrides_name_a_child_and_a_property_of_its_resource() -> None:
    check({"count": 1, "overrides": {"queue": {"visibility_timeout_seconds": output(5)}, "queue-policy": {}}})
    found = faults({"count": 1, "overrides": {"que": {}, "queue": {"visibilityTimeoutSeconds": 5}}})
    assert found["overrides.que"] == ("there is no such child", "queue, queue-policy; did you mean queue?")
    given, allowed = found["overrides.queue.visibilityTimeoutSeconds"]
    assert given == "Queue has no such property"
    assert allowed.endswith("did you mean visibility_timeout_seconds?")


@pytest.mark.parametrize("name", ["opts", "resource_name", "self", "__self__", "__props__"])
def test_what_is_no_property_of_a_resource_cannot_be_overridden(name: str) -> None:
    assert faults({"count": 1, "overrides": {"queue": {name: 1}}}).keys() == {f"overrides.queue.{name}"}


def even(args: Shape) -> Iterable[Fault]:
    if args["count"] % 2:
        yield Fault("count", f"{args['count']} is given", "an even number")


def short(args: Shape) -> Iterable[Fault]:
    yield from bounded("text", len(args.get("text", "")), 0, 3, "letters")
    if "flag" in args:
        yield Fault("flag", "it is given", "nothing")


def test_rules_add_what_no_type_says() -> None:
    assert check({"count": 2, "text": "abc"}, even, short)["count"] == 2
    assert faults({"count": 3, "text": "abcd"}, even, short) == {
        "count": ("3 is given", "an even number"),
        "text": ("4 is given", "0 to 3 letters"),
    }


def test_a_rule_does_not_judge_what_has_a_fault_already_and_the_other_rules_still_judge() -> None:
    assert faults({"count": "three", "text": "abcd", "flag": "yes", "colour": "green"}, even, short) == {
        "count": ("'three' is given", "a whole number"),
        "text": ("4 is given", "0 to 3 letters"),
        "flag": ("'yes' is given", "True or False"),
        "colour": ("'green' is given", "'red', 'dark_blue'"),
    }


def test_rules_see_values_as_components_do() -> None:
    seen: list[Any] = []

    def look(args: Shape) -> Iterable[Fault]:
        seen.extend([args["count"], args.get("colour"), "text" in args])
        yield from ()

    check({"count": 2.0, "colour": "red", "text": None}, look)
    assert seen == [2, Colour.RED, False]


@given(
    low=st.integers(-1000, 1000),
    high=st.integers(-1000, 1000),
    value=st.one_of(st.integers(-2000, 2000), st.floats(-2000, 2000)),
)
def test_a_number_is_bounded_by_both_ends_inclusively(low: int, high: int, value: float) -> None:
    assert bool(list(bounded("n", value, low, high, "things"))) is (value < low or value > high)


@pytest.mark.parametrize("value", [None, output(5), "5"])
def test_what_is_no_known_number_is_not_bounded(value: object) -> None:
    assert list(bounded("n", value, 0, 1, "things")) == []


def test_the_message_names_component_paths_what_is_given_and_what_is_allowed() -> None:
    with pytest.raises(TenfoldError) as caught:
        check({"count": "two", "flag": "yes"})
    assert str(caught.value) == (
        "Thing 'my' has 2 faults in its arguments:\n"
        "  count: 'two' is given; allowed: a whole number\n"
        "  flag: 'yes' is given; allowed: True or False"
    )
    # Pulumi shows the message of a RunError alone, without a traceback.
    assert isinstance(caught.value, pulumi.RunError)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
KEYS = st.one_of(st.sampled_from(sorted(Shape.__annotations__)), st.text())


def outcome(args: object) -> dict[str, Any] | ArgumentError:
    try:
        return check(args, even, short)
    except ArgumentError as error:
        return error


@given(st.one_of(VALUES, st.dictionaries(KEYS, VALUES)))
def test_whatever_is_given_is_either_taken_or_refused_with_faults(args: Any) -> None:
    found = outcome(args)
    if isinstance(found, ArgumentError):
        assert found.faults
        assert all(fault.path in str(found) for fault in found.faults)
    else:
        assert isinstance(found["count"], int)
        assert found.keys() <= Shape.__annotations__.keys()


@given(st.dictionaries(st.sampled_from(sorted(Shape.__annotations__)), VALUES))
def test_what_was_checked_passes_again_unchanged(args: dict[str, Any]) -> None:
    once = outcome({"count": 2, **args})
    if not isinstance(once, ArgumentError):
        assert repr(outcome(once)) == repr(once)
