"""Secrets and values on their way through the provider."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from local.aws.differences import differences
from local.aws.secrets import conceal, hide, reveal
from local.aws.values import decode, encode, same
from tests.local.aws.asking import SIGNATURE, secret

names = st.text("abcdefg", min_size=1, max_size=3)
scalars = st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.floats(-1e6, 1e6).map(float)


def _values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))


plain = st.dictionaries(names, _values(scalars), max_size=4)
with_secrets = st.dictionaries(names, _values(scalars | scalars.map(secret)), max_size=4)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return SIGNATURE in value or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _bare_leaves(value: Any) -> list[Any]:
    """The values that nothing marks as secret."""
    if isinstance(value, dict):
        return [] if SIGNATURE in value else [leaf for item in value.values() for leaf in _bare_leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _bare_leaves(item)]
    return [value]


@given(plain)
def test_values_survive_the_way_over_the_wire(properties: dict[str, Any]) -> None:
    assert decode(encode(properties)) == properties


@given(plain)
def test_what_has_no_secret_is_not_touched(properties: dict[str, Any]) -> None:
    assert reveal(properties) == (properties, set())


@given(with_secrets)
def test_a_revealed_value_holds_no_mark_and_a_concealed_one_all_of_them(properties: dict[str, Any]) -> None:
    bare, paths = reveal(properties)
    assert not _holds_secret(bare)
    again = conceal(bare, paths)
    assert reveal(again)[0] == bare
    assert reveal(again)[1] == paths
    unmarked = _bare_leaves(properties)
    assert all(leaf in unmarked for leaf in _bare_leaves(again)), "a secret lost its mark"


@given(st.text("xyz", min_size=12, max_size=12), _values(scalars), names)
def test_a_secret_is_not_bare_in_an_answer_of_any_shape(text: str, other: Any, name: str) -> None:
    _, paths = reveal({name: {"inner": [secret(text)]}})
    for answer in ({name: text}, {name: [text]}, {name: {"inner": text}}, {name: {"inner": [other, text]}}):
        assert text not in _bare_leaves(conceal(answer, paths))
        assert text not in str(hide(answer, paths))


def test_a_secret_tag_is_secret_among_all_tags() -> None:
    bare, paths = reveal({"tags": {"a": secret("s"), "b": "open"}})
    answer = {**bare, "tagsAll": {**bare["tags"], "team": "t"}}
    assert conceal(answer, paths)["tagsAll"] == {"a": secret("s"), "b": "open", "team": "t"}


@given(st.dictionaries(names, _values(scalars), min_size=1), st.dictionaries(names, _values(scalars)))
def test_a_difference_is_found_where_and_only_where_there_is_one(olds: dict[str, Any], news: dict[str, Any]) -> None:
    for name in olds.keys() & news.keys():
        if not same(olds[name], news[name]):
            assert all(one.path.startswith(name) for one in differences(name, olds, news))
    for name in olds.keys() - news.keys():
        assert [one.kind for one in differences(name, olds, news)] == ["DELETE"]
    for name in news.keys() - olds.keys():
        assert [one.kind for one in differences(name, olds, news)] == ["ADD"]


def test_a_difference_is_named_by_its_path() -> None:
    olds = {"ingress": [{"cidrBlocks": ["a", "b"], "port": 1}], "tags": {"k8s.io/x": "1"}}
    news = {"ingress": [{"cidrBlocks": ["a", "c"], "port": "1"}, {}], "tags": {}}
    assert differences("ingress", olds, news) == [("ingress[0].cidrBlocks[1]", "UPDATE"), ("ingress[1]", "ADD")]
    assert differences("tags", olds, news) == [('tags["k8s.io/x"]', "DELETE")]
