"""What rules see of properties: known, absent or unknown, never a proxy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import Secret, proxy

from tenfold_policies.view import UNKNOWN, Change, Finding, Referrers, Resource, Stack, Undecided, attempt, plain, some

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


def test_a_message_names_the_first_unknown_value_on_the_way() -> None:
    value = resource({"options": {"inner": {"tokens": UNKNOWN}}})["options"]["inner.tokens.first.second"]
    assert value.path == "options.inner.tokens"
    assert value.unknown


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
    assert finding.change is None


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


@pytest.mark.parametrize("value", [b"text", 1.5, float("inf")])
def test_what_is_no_value_of_json_stays_as_it_is(value: object) -> None:
    assert plain(value) == value


def test_a_secret_is_its_value() -> None:
    assert plain(proxy.unknown_checking_proxy({"key": Secret(["a"])})) == {"key": ["a"]}


def test_a_name_may_hold_what_parts_a_urn() -> None:
    assert Finding("urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs::fast", "").name == "jobs::fast"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        ({}, "nothing"),
        ({"a": 1}, "a value"),
        (UNKNOWN, "a value"),
        (0, "0"),
        (False, "false"),
        ("a", '"a"'),
        ([UNKNOWN], '["UNKNOWN"]'),
    ],
)
def test_a_message_shows_a_value_and_no_more_than_that_it_is_there_where_it_is_large(raw: object, shown: str) -> None:
    value = resource({"key": raw})["key"]
    assert value.shown() == shown
    assert f"key: found {shown}, allowed" in value.violates(allowed="1", fix="mend it.").text


def test_a_violation_tells_what_is_found_in_other_words_and_what_mends_it() -> None:
    finding = resource({"key": 1})["key"].violates(allowed="0", fix="mend it.", found="one", set_to=0)
    assert "found one, allowed 0" in finding.text
    assert finding.change == Change("key", 0)


@pytest.mark.parametrize(
    ("raw", "paths"),
    [([1, UNKNOWN], ["key[0]", "key[1]"]), (UNKNOWN, None), ("a", ["key"]), (0, ["key"]), ({"a": 1}, ["key"])],
)
def test_the_items_of_a_list_are_named_by_their_place_and_a_single_value_is_one(
    raw: object, paths: list[str] | None
) -> None:
    value = resource({"key": raw})["key"]
    if paths is None:
        with pytest.raises(Undecided):
            value.items()
    else:
        assert [item.path for item in value.items()] == paths
        assert {item.resource.name for item in value.items()} == {"web"}


@pytest.mark.parametrize("raw", ['[{"name": "a"}, {"name": "b"}]', [{"name": "a"}, {"name": "b"}]])
def test_a_list_may_be_written_as_json(raw: object) -> None:
    found = resource({"key": raw})["key"].elements()
    assert [(each.path, each["name"].text()) for each in found] == [("key[0]", "a"), ("key[1]", "b")]


def test_what_is_no_text_is_none_among_texts_and_an_unknown_one_leaves_them_open() -> None:
    assert resource({"key": ["a", 1, "", "b"]})["key"].texts() == ["a", "b"]
    assert resource({"key": 1})["key"].text() is None
    with pytest.raises(Undecided):
        resource({"key": ["a", UNKNOWN]})["key"].texts()


@pytest.mark.parametrize(("text", "integer"), [("9" * 18, 10**18 - 1), ("9" * 19, None)])
def test_a_number_in_a_text_is_one_that_aws_can_mean(text: str, integer: int | None) -> None:
    assert resource({"key": text})["key"].integer() == integer


def test_a_resource_is_shown_with_what_its_program_gave_alone() -> None:
    given = resource({"a": UNKNOWN, "b": UNKNOWN, "c": 1}, b=["urn:somewhere"]).as_given()
    assert dict(given.properties) == {"b": UNKNOWN, "c": 1}
    assert given.label == "web (aws:autoscaling/group:Group)"


def test_a_resource_is_as_pulumi_makes_it_unless_its_program_says_more() -> None:
    plainly = Resource(SUBNET, "app-a", "urn", {})
    assert (plainly.references, plainly.protect, plainly.ignores) == ({}, False, frozenset())


def test_the_one_that_a_property_names_is_open_where_it_names_several() -> None:
    a, b = subnet("app-a", "id", "a"), subnet("app-b", "id", "b")
    stack = Stack([a, b])
    assert stack.links(refers("b", a, b)["subnets"], SUBNET).one().name == "app-b"
    with pytest.raises(Undecided):
        stack.links(refers(["a", "b"])["subnets"], SUBNET).one()
    with pytest.raises(Undecided):
        stack.links(refers([])["subnets"], SUBNET).one()


def test_what_is_told_of_links_by_what_is_known() -> None:
    a, b = subnet("app-a", "id", "a"), subnet("app-b")
    other = resource({}, "other")
    stack = Stack([a, b, other])
    table = {
        "all known": (refers(["a"], a), ["app-a"], (), 0, False),
        "one known, one made from": (refers(["a", UNKNOWN], a, b), ["app-a", "app-b"], (), 0, False),
        "one outside": (refers(["a", "x"], a), ["app-a"], ("x",), 0, False),
        "one outside, one hidden": (refers(["x", UNKNOWN]), [], ("x",), 1, False),
        "two hidden": (refers([UNKNOWN, UNKNOWN], b), [], (), 2, False),
        "unknown as a whole": (refers(UNKNOWN, a, b, other), ["app-a", "app-b"], (), 0, True),
        "unknown, of another type": (refers(UNKNOWN, other), [], (), None, True),
        "unknown, of another stack": (refers(UNKNOWN), [], (), None, True),
    }
    for title, (user, names, outside, hidden, derived) in table.items():
        found = stack.links(user["subnets"], SUBNET)
        assert [target.name for target in found.resources] == names, title
        assert (found.outside, found.hidden, found.derived) == (outside, hidden, derived), title


def test_references_outside_of_the_stack_are_all_named() -> None:
    user = refers(["subnet-1", "subnet-2"])
    with pytest.raises(Undecided, match=r"subnets names subnet-1, subnet-2, outside of this stack$"):
        Stack([user]).links(user["subnets"], SUBNET).all()


def test_an_empty_identity_is_none() -> None:
    user = refers([""])
    assert Stack([subnet("app-a", "id", ""), user]).links(user["subnets"], SUBNET).resources == ()


def test_no_name_is_that_of_an_unknown_reference() -> None:
    odd = subnet("odd", "name", repr(UNKNOWN))
    user = refers([UNKNOWN])
    assert Stack([odd, user]).links(user["subnets"], SUBNET).hidden == 1


def test_a_reference_deep_in_a_property_is_made_from_what_the_property_is() -> None:
    target = subnet("app-a")
    properties: dict[str, Any] = {"subnets": [{"id": UNKNOWN}], "network": {"subnet": UNKNOWN}}
    user = resource(properties, subnets=[target.urn], network=[target.urn])
    stack = Stack([target, user])
    assert stack.links(user["subnets"].items()[0]["id"], SUBNET).one().name == "app-a"
    assert stack.links(user["network.subnet"], SUBNET).one().name == "app-a"


def test_referrers_are_known_by_type_property_and_target() -> None:
    a, b = subnet("app-a", "id", "a"), subnet("app-b", "id", "b")
    one = resource({"subnets": ["a"], "spare": "b"}, "one")
    both = resource({"subnets": ["a", "b"]}, "both")
    hidden = resource({"subnets": [UNKNOWN]}, "hidden", subnets=["urn:somewhere"])
    stack = Stack([a, b, one, both, hidden])

    def names(target: Resource, path: str) -> list[str]:
        return [each.name for each in stack.referrers(target, GROUP, path).resources]

    assert (names(a, "subnets"), names(b, "subnets")) == (["one", "both"], ["both"])
    assert (names(a, "spare"), names(b, "spare")) == ([], ["one"])
    for doubts in (stack.referrers(a, GROUP, "subnets").doubts, stack.doubts(SUBNET, GROUP, "subnets")):
        assert [str(each) for each in doubts] == [
            "hidden (aws:autoscaling/group:Group) subnets is not known until the update"
        ]
    assert stack.doubts(SUBNET, GROUP, "spare") == ()
    assert stack.referrers(a, SUBNET, "subnets").resources == ()


def test_what_is_derived_of_a_stack_is_made_once_for_each_question() -> None:
    asked: list[tuple[str, ...]] = []

    def count(stack: Stack, *types: str) -> int:
        asked.append(types)
        return len(stack.of(*types))

    stack = Stack([subnet("app-a"), subnet("app-b"), refers([])])
    assert [stack.once(count, SUBNET), stack.once(count, GROUP), stack.once(count, SUBNET)] == [2, 1, 2]
    assert stack.once(count, GROUP, SUBNET) == 3
    assert asked == [(SUBNET,), (GROUP,), (GROUP, SUBNET)]
    assert stack.once(lambda stack, of: [each.name for each in stack.of(of)], SUBNET) == ["app-a", "app-b"]


def test_any_referrer_is_one_where_nothing_is_asked_of_it() -> None:
    assert some(Referrers((refers([]),), ()))
    assert not some(Referrers((resource({"on": False}),), ()), lambda each: each["on"].flag() is True)
