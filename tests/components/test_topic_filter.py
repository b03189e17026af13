"""Filters of a topic's subscribers: what SNS would refuse in the middle of an update is refused before it begins.

The limits are those of https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html.
"""

from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.topic_filter import combinations, filter_faults


def paths(policy: dict[str, Any], *, body: bool = False) -> list[str]:
    return [fault.path.removeprefix("filter").removeprefix(".") for fault in filter_faults("filter", policy, body=body)]


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": ["order", "refund"]},
        {"price": [{"numeric": [">", 0, "<=", 150]}], "kind": [{"anything-but": ["rugby", "tennis"]}]},
        {"price": [{"numeric": ["=", 301.5]}, {"anything-but": [100, 500]}, 7]},
        {"kind": [{"prefix": "bas"}, {"suffix": "ball"}, {"equals-ignore-case": "TENNIS"}, {"wildcard": "*ball"}]},
        {"kind": [{"anything-but": {"prefix": "bas"}}, {"anything-but": {"suffix": "x"}}, {"anything-but": "x"}]},
        {"kind": [{"anything-but": {"wildcard": "*ball"}}]},
        {"ip": [{"cidr": "10.0.0.0/24"}], "seen": [{"exists": False}], "flag": [True, False, None]},
        {"source": ["shop"], "$or": [{"kind": ["order"]}, {"price": [{"numeric": [">", 5]}]}]},
        {"$or": ["no", "operator"]},
        {key: ["x"] for key in "abcde"},
        {"a": list(map(str, range(150)))},
    ],
)
def test_a_filter_as_the_documentation_has_it_is_taken(policy: dict[str, Any]) -> None:
    assert paths(policy) == paths(policy, body=True) == []


def test_the_body_s_parts_can_be_looked_into() -> None:
    policy = {"order": {"customer": {"country": ["de", "fr"]}}, "kind": ["order"]}
    assert paths(policy, body=True) == []
    assert paths(policy) == ["order"]


def test_the_body_s_nested_keys_do_not_count_among_five() -> None:
    policy = {"a": {key: ["x"] for key in "abc"}, "b": ["x"], "c": ["x"], "d": ["x"], "e": ["x"]}
    assert paths(policy, body=True) == []
    assert paths({**policy, "f": ["x"]}, body=True) == [""]


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({}, ""),
        ({key: ["x"] for key in "abcdef"}, ""),
        ({"a": list(map(str, range(151)))}, ""),
        ({"a": "x"}, "a"),
        ({"a": []}, "a"),
        ({"a": [["x"]]}, "a[0]"),
        ({"a": ["x", 1_000_000_001]}, "a[1]"),
        ({"a": [0.123456]}, "a[0]"),
        ({"a": [{}]}, "a[0]"),
        ({"a": [{"prefix": "x", "suffix": "y"}]}, "a[0]"),
        ({"a": [{"like": "x"}]}, "a[0]"),
        ({"a": [{"prefix": 1}]}, "a[0].prefix"),
        ({"a": [{"suffix": ""}]}, "a[0].suffix"),
        ({"a": [{"equals-ignore-case": None}]}, "a[0].equals-ignore-case"),
        ({"a": [{"wildcard": "a**b"}]}, "a[0].wildcard"),
        ({"a": [{"exists": "yes"}]}, "a[0].exists"),
        ({"a": [{"cidr": "10.0.0.0/33"}]}, "a[0].cidr"),
        ({"a": [{"cidr": 10}]}, "a[0].cidr"),
        ({"a": [{"numeric": 5}]}, "a[0].numeric"),
        ({"a": [{"numeric": ["~", 5]}]}, "a[0].numeric"),
        ({"a": [{"numeric": ["<", "5"]}]}, "a[0].numeric"),
        ({"a": [{"numeric": ["<", True]}]}, "a[0].numeric"),
        ({"a": [{"numeric": ["<", 5, ">", 1]}]}, "a[0].numeric"),
        ({"a": [{"numeric": [">", 5, "<", 1]}]}, "a[0].numeric"),
        ({"a": [{"numeric": [">", 1e10]}]}, "a[0].numeric"),
        ({"a": [{"anything-but": []}]}, "a[0].anything-but"),
        ({"a": [{"anything-but": ["x", 1]}]}, "a[0].anything-but"),
        ({"a": [{"anything-but": {"cidr": "10.0.0.0/8"}}]}, "a[0].anything-but"),
        ({"a": [{"anything-but": {"prefix": 1}}]}, "a[0].anything-but.prefix"),
        ({"$or": [{"a": ["x"]}, {"b": "y"}]}, "$or[1].b"),
    ],
)
def test_a_filter_that_sns_refuses_is_refused(policy: dict[str, Any], path: str) -> None:
    assert paths(policy) == paths(policy, body=True) == [path]


def test_combinations_are_counted_as_the_documentation_does() -> None:
    flat = {"key_a": ["value_one", "value_two", "value_three"], "key_b": ["value_one"], "key_c": ["one", "two"]}
    assert combinations(flat) == 3 * 1 * 2
    four, three = ["one", "two", "three", "four"], ["one", "two", "three"]
    nested = {"key_a": {"key_b": {"key_c": four}}, "key_d": {"key_e": three}, "key_f": ["one", "two", "three"]}
    # Four values in the third level, three in the second, three in the first.
    assert combinations(nested) == (4 * 3) * (3 * 2) * (3 * 1)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_a_flat_filter_is_refused_where_its_values_multiply_to_more_than_150(counts: list[int]) -> None:
    policy = {f"k{index}": list(map(str, range(count))) for index, count in enumerate(counts)}
    assert paths(policy) == ([""] if prod(counts) > 150 else [])
