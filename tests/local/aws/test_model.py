"""Properties become what AWS's models ask for, and come back; what does not fit is named by its path."""

from typing import Any, cast

import pytest
from botocore.model import DenormalizedStructureBuilder, Shape, StructureShape
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from local.aws.model import Fault, drifted, lower_camel, member_for, members, to_aws, to_pulumi
from local.aws.values import UNKNOWN

MODEL: dict[str, Any] = {
    "Name": {"type": "string", "min": 2, "max": 5},
    "Count": {"type": "integer", "min": 1, "max": 10},
    "Enabled": {"type": "boolean"},
    "Ratio": {"type": "double"},
    "Mode": {"type": "string", "enum": ["fast", "slow"]},
    "SubnetIds": {"type": "list", "member": {"type": "string"}},
    "Policy": {"type": "list", "member": {"type": "string"}},
    "Labels": {"type": "map", "key": {"type": "string"}, "value": {"type": "string"}},
    "Tags": {
        "type": "list",
        "member": {"type": "structure", "members": {"Key": {"type": "string"}, "Value": {"type": "string"}}},
    },
    "Rules": {
        "type": "list",
        "member": {
            "type": "structure",
            "members": {"Port": {"type": "integer"}, "From": {"type": "list", "member": {"type": "string"}}},
        },
    },
    "Options": {
        "type": "structure",
        "members": {"Level": {"type": "integer", "min": 1}, "Kind": {"type": "string"}},
    },
    "Switch": {"type": "structure", "members": {"Value": {"type": "boolean"}}},
    "KMSKeyId": {"type": "string"},
}


def _shape() -> StructureShape:
    return cast(StructureShape, cast(Any, DenormalizedStructureBuilder().with_members(MODEL)).build_model())


SHAPE: Shape = _shape()

words = st.text(alphabet="abcdefgh", min_size=2, max_size=5)
inputs = st.fixed_dictionaries(
    {},
    optional={
        "name": words,
        "count": st.integers(1, 10),
        "enabled": st.booleans(),
        "ratio": st.floats(0, 100),
        "mode": st.sampled_from(["fast", "slow"]),
        "subnetIds": st.lists(words, min_size=1, max_size=3, unique=True),
        "labels": st.dictionaries(words, words, min_size=1, max_size=3),
        "tags": st.dictionaries(words, words, min_size=1, max_size=3),
        "rules": st.lists(
            st.fixed_dictionaries({"port": st.integers(1, 9), "from": st.lists(words, min_size=1, max_size=2)}),
            min_size=1,
            max_size=3,
        ),
        "options": st.fixed_dictionaries({"level": st.integers(1, 9), "kind": words}),
        "kmsKeyId": words,
    },
)


def _converted(value: Any) -> tuple[Any, list[Fault]]:
    faults: list[Fault] = []
    return to_aws(SHAPE, value, "", {}, faults), faults


def _plain(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.path.lstrip("."), fault.reason) for fault in faults]


@given(inputs)
def test_what_fits_has_no_fault_and_comes_back_as_it_was(value: dict[str, Any]) -> None:
    converted, faults = _converted(value)
    assert faults == []
    assert to_pulumi(converted) == value


@given(inputs)
def test_what_aws_says_back_is_no_drift(value: dict[str, Any]) -> None:
    converted, _ = _converted(value)
    told = {**converted, "State": "active"}
    for name, item in told.items():
        if isinstance(item, list):
            told[name] = item[::-1]
    assert drifted(SHAPE, value, told, "", {}) == value


@given(inputs, inputs)
def test_drift_shows_what_aws_has_wherever_it_differs(wanted: dict[str, Any], other: dict[str, Any]) -> None:
    actual, _ = _converted(other)
    seen = drifted(SHAPE, wanted, actual, "", {})
    for name, value in wanted.items():
        now = seen.get(name)
        if _unordered(value) == _unordered(other.get(name)):
            assert now == value
        elif name in other:
            assert _unordered(now) == _unordered(other[name])
        elif value is not False:
            assert now is None or now == []


def _unordered(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=repr)
    return {key: _unordered(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(inputs, st.data())
def test_an_unknown_value_passes_at_any_place(value: dict[str, Any], data: st.DataObject) -> None:
    for name in value:
        if data.draw(st.booleans()):
            value = {**value, name: UNKNOWN}
    converted, faults = _converted(value)
    assert faults == []
    assert sum(item == UNKNOWN for item in converted.values()) == sum(item == UNKNOWN for item in value.values())


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"colour": 1}, "colour", "is not known here; known are "),
        ({"options": {"leve": 1}}, "options.leve", "is not known here; known are kind, level"),
        ({"mode": "quick"}, "mode", "'quick' is given; allowed are fast, slow"),
        ({"count": 11}, "count", "11 given; allowed are 1 to 10"),
        ({"count": "many"}, "count", "'many' is given, a value of type integer is wanted"),
        ({"count": 1.5}, "count", "1.5 is given, a value of type integer is wanted"),
        ({"count": True}, "count", "True is given, a value of type integer is wanted"),
        ({"name": "a"}, "name", "1 characters given; allowed are 2 to 5"),
        ({"name": ["a"]}, "name", "['a'] is given, a value of type string is wanted"),
        ({"enabled": "perhaps"}, "enabled", "'perhaps' is given, a value of type boolean is wanted"),
        ({"options": "x"}, "options", "'x' is given, an object is wanted"),
        ({"labels": "x"}, "labels", "'x' is given, a map is wanted"),
        ({"options": {"level": 0}}, "options.level", "0 given; allowed are 1 to any"),
        ({"rules": [{"port": 1}, {"port": "x"}]}, "rules[1].port", "'x' is given, a value of type integer is wanted"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_its_path(value: dict[str, Any], path: str, reason: str) -> None:
    ((at, why),) = _plain(_converted(value)[1])
    assert at == path
    assert why.startswith(reason)


def test_all_faults_are_found_at_once() -> None:
    _, faults = _converted({"count": 0, "mode": "x", "options": {"level": "y"}})
    assert [fault.path.lstrip(".") for fault in faults] == ["count", "mode", "options.level"]


def test_a_required_member_that_is_missing_is_a_fault() -> None:
    shape = cast(Any, get_session()).get_service_model("elbv2").shape_for("Action")
    faults: list[Fault] = []
    to_aws(shape, {"targetGroupArn": "x"}, "defaultActions[0]", {}, faults)
    assert faults == [Fault("defaultActions[0].type", "is required and missing")]


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("subnetIds", "SubnetIds"),
        ("subnetId", "SubnetIds"),
        ("policies", "Policy"),
        ("rule", "Rules"),
        ("kmsKeyId", "KMSKeyId"),
        ("names", None),
        ("counts", None),
        ("colour", None),
    ],
)
def test_lists_may_be_named_in_singular_or_plural_and_nothing_else(name: str, member: str | None) -> None:
    assert member_for(_shape(), name, {}) == member


def test_a_name_that_differs_is_found_by_its_path_first() -> None:
    names = {"first.id": "Name", "id": "Mode"}
    assert member_for(_shape(), "first.id", names) == "Name"
    assert member_for(_shape(), "list[3].second.id", names) == "Mode"


def test_blocks_that_pulumi_flattens_are_lists_and_objects_alike() -> None:
    assert _converted({"rules": {"port": 1}})[0] == {"Rules": [{"Port": 1}]}
    assert _converted({"options": [{"level": 1}]})[0] == {"Options": {"Level": 1}}
    assert _converted({"switch": True})[0] == {"Switch": {"Value": True}}


@pytest.mark.parametrize(
    ("member", "name"),
    [("VpcId", "vpcId"), ("ARN", "arn"), ("DBName", "dbName"), ("SSEDescription", "sseDescription"), ("id", "id")],
)
def test_a_member_is_spelt_as_pulumi_does(member: str, name: str) -> None:
    assert lower_camel(member) == name


@given(st.recursive(words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)))
def test_our_names_become_members_and_come_back(value: Any) -> None:
    assert to_pulumi(members(value)) == value
