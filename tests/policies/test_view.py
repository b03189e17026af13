"""What rules see of properties: known, absent or unknown, never a proxy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import proxy

from tenfold_policies.view import UNKNOWN, Finding, Referrers, Resource, Stack, Undecided, attempt, plain, some

SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:autoscaling/group:Group"
SENTINELS = [value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def resource(properties: dict[str, Any], name: str = "web", type_: str = GROUP, **references: list[str]) -> Resource:
    return Resource(type_, name, f"urn:pulumi:dev::shop::{type_}::{name}", properties, references)


def subnet(name: str, identity: str = "id", value: object = UNKNOWN) -> Resource:
    return resource({identity: value}, name, SUBNET)


def refers(ids: Any, *targets: Resource) -> Resource:
    return resource({"subnets": ids}, subnets=[target.urn for target in targets])


@given(PLAIN)
def test_the_sdks_proxies_become_what_they_hold(value: object) -> None:
    assert plain(proxy.unknown_checking_proxy({"key": value})) == {"key": value}


@pytest.mark.parametrize("sentinel", SENTINELS)
def test_what_the_engine_marks_as_unknown_is_unknown(sentinel: str) -> None:
    assert plain(proxy.unknown_checking_proxy({"key": [sentinel]})) == {"key": [UNKNOWN]}


def test_there_are_seven_kinds_of_unknown() -> None:
    assert len(SENTINELS) == 7


@given(st.integers(-(2**40), 2**40))
def test_the_engines_floats_are_whole_numbers_again(number: int) -> None:
    assert repr(plain(float(number))) == repr(number)


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_what_the_provider_writes_for_nothing_is_absent(empty: object) -> None:
    value = resource({"key": empty})["key"]
    assert value.absent
    assert not value.given
    assert not value.unknown
    assert value.text() is None
    assert value.items() == []


@pytest.mark.parametrize("zero", [0, False, "0"])
def test_nought_is_something(zero: object) -> None:
    assert not resource({"key": zero})["key"].absent


def test_below_an_absent_value_all_is_absent_and_keeps_its_path() -> None:
    value = resource({})["metadataOptions.httpTokens"]
    assert value.absent
    assert value.path == "metadataOptions.httpTokens"


def test_below_an_unknown_value_all_is_unknown_and_the_message_names_that_value() -> None:
    value = resource({"options": UNKNOWN})["options.inner.tokens"]
    assert value.unknown
    assert value.given
    with pytest.raises(Undecided, match=r"web \(aws:autoscaling/group:Group\) options is not known until the update"):
        value.text()


def test_a_path_leads_into_a_document_in_json() -> None:
    policy = json.dumps({"Statement": [{"Effect": "Deny"}], "count": 5})
    value = resource({"policy": policy})["policy.Statement"]
    assert value.items()[0]["Effect"].text() == "Deny"
    assert resource({"policy": policy})["policy.count"].integer() == 5


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", "{", "null", "[" * 100_000])
def test_below_a_text_that_is_no_document_nothing_is(text: str) -> None:
    assert resource({"policy": text})["policy.Statement"].absent


@pytest.mark.parametrize(
    ("raw", "integer", "flag"),
    [(5, 5, None), ("5", 5, None), ("-5", -5, None), (True, None, True), ("True", None, True), ("false", None, False)],
)
def test_numbers_and_truths_are_read_from_texts(raw: object, integer: int | None, flag: bool | None) -> None:
    value = resource({"key": raw})["key"]
    assert (value.integer(), value.flag()) == (integer, flag)


@pytest.mark.parametrize("raw", ["five", "5.5", "", [5], {"a": 1}, "9" * 40, "٣"])
def test_what_is_no_number_is_none(raw: object) -> None:
    value = resource({"key": raw})["key"]
    assert value.integer() is None
    assert value.flag() is None


def test_a_violation_names_resource_property_found_allowed_and_fix() -> None:
    finding = resource({"key": [1, "a"]})["key"].violates(allowed="nothing", fix="remove it.")
    assert finding.text == 'web (aws:autoscaling/group:Group) key: found [1, "a"], allowed nothing. Fix: remove it.'
    assert finding.decided


@pytest.mark.parametrize("identity", ["id", "arn", "name", "url"])
def test_a_reference_is_found_by_each_identity(identity: str) -> None:
    target = subnet("app-a", identity, "this")
    user = refers(["this"])
    (found,) = Stack([target, subnet("app-b", identity, "that"), user]).links(user["subnets"], SUBNET).all()
    assert found.urn == target.urn


def test_unknown_references_are_those_that_it_was_made_from() -> None:
    a, b = subnet("app-a"), subnet("app-b")
    user = refers([UNKNOWN, UNKNOWN], a, b)
    found = Stack([a, b, user]).links(user["subnets"], SUBNET).all()
    assert [target.name for target in found] == ["app-a", "app-b"]


def test_a_choice_among_what_it_was_made_from_is_open() -> None:
    a, b = subnet("app-a"), subnet("app-b")
    user = refers([UNKNOWN], a, b)
    with pytest.raises(Undecided):
        Stack([a, b, user]).links(user["subnets"], SUBNET).all()


def test_a_reference_that_leaves_the_stack_is_open_for_good() -> None:
    user = refers(["subnet-0123"])
    with pytest.raises(Undecided, match=r"subnets names subnet-0123, outside of this stack"):
        Stack([user]).links(user["subnets"], SUBNET).all()


def test_an_unknown_property_that_was_made_from_nothing_was_not_given() -> None:
    user = resource({"policy": UNKNOWN, "subnets": UNKNOWN}, subnets=["urn:somewhere"])
    (seen,) = Stack([user]).of(GROUP)
    assert seen["policy"].absent
    assert seen["subnets"].unknown


def test_an_unknown_value_ends_one_check_alone() -> None:
    unknown, known = resource({"a": UNKNOWN, "b": 1})["a"], resource({"b": 1})["b"]

    def checks() -> Any:
        yield known.violates(allowed="2", fix="mend it.")
        unknown.text()
        raise AssertionError("never reached")

    decided, left = attempt(checks())
    assert decided.decided
    assert left == Finding(
        unknown.resource.urn, "web (aws:autoscaling/group:Group) a is not known until the update", decided=False
    )


def test_one_certain_referrer_settles_what_others_leave_open() -> None:
    open_, sure = resource({"on": UNKNOWN}, "open"), resource({"on": True}, "sure")
    doubt = Undecided(open_["on"])

    def is_on(each: Resource) -> bool:
        return each["on"].flag() is True

    assert some(Referrers((open_, sure), (doubt,)), is_on)
    with pytest.raises(Undecided):
        some(Referrers((open_,), ()), is_on)
    with pytest.raises(Undecided):
        some(Referrers((), (doubt,)), is_on)
    assert not some(Referrers((), ()), is_on)
