"""Foreign text stays text, whatever it holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pull_requests.markdown import block, code, prose, table


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("orders", "`orders`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a|b", "`a\\|b`"),
        ("a\nb", "`a b`"),
        ("", "` `"),
        ("<b>@all</b>", "`<b>@all</b>`"),
        ("x" * 300, f"`{'x' * 255}…`"),
    ],
)
def test_a_name_is_code(text: str, written: str) -> None:
    assert code(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, text: 1.5-2", "plain, text: 1.5-2"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("[a](b)", "\\[a\\]\\(b\\)"),
        ("a | b", "a \\| b"),
        ("see #12", "see \\#12"),
        ("@team", "@\u200bteam"),
        ("a@ b", "a@ b"),
        ("5 $ or 6 $", "5 \\$ or 6 \\$"),
        ("one\n# two", "one \\# two"),
        ("&lt;", "\\&lt;"),
        ("a\\|b", "a\\\\\\|b"),
    ],
)
def test_prose_has_no_markup_link_or_mention(text: str, written: str) -> None:
    assert prose(text) == written


@settings(deadline=None)
@given(st.text(max_size=400))
def test_code_ends_where_it_should(text: str) -> None:
    written = code(text)
    fence = re.match(r"`+", written)
    assert fence
    assert written.endswith(fence[0])
    runs = re.findall(r"`+", written)
    assert runs.count(fence[0]) == 2
    assert "\n" not in written


@settings(deadline=None)
@given(st.text(max_size=4000))
def test_a_block_ends_where_it_should(text: str) -> None:
    first, *_, last = block(text).split("\n")
    assert first == f"{last}text"
    assert last not in text
    assert len(block(text)) < 2 * len(text) + 20


def test_a_table_is_a_head_a_rule_and_rows() -> None:
    assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
