"""The canonical text: every map has one, and no other text is read as a map."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold_shards import MapError, ShardMap, operations
from tenfold_shards.codec import decode, encode


@st.composite
def maps(draw: st.DrawFn) -> ShardMap:
    weights = draw(st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True), st.integers(1, 9)))
    made = ShardMap.create(weights or {"only": 1})
    for key in draw(st.lists(st.integers(-9, 9) | st.text(max_size=5) | st.binary(max_size=5), max_size=4)):
        with suppress(MapError):  # it is there already
            made = operations.isolate(made, key, draw(st.sampled_from(made.names))).after
    return made


@settings(deadline=None, max_examples=60)
@given(maps())
def test_a_map_is_its_text_and_the_text_is_the_map(made: ShardMap) -> None:
    text = encode(made)
    again = decode(text)
    assert again == made
    assert encode(again) == text


@settings(deadline=None, max_examples=150)
@given(maps(), st.data())
def test_a_text_with_one_character_changed_is_refused_or_another_map(made: ShardMap, data: st.DataObject) -> None:
    text = encode(made)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters(codec="utf-8")) + text[at + 1 :]
    with suppress(MapError):
        # What is read is written back as it was: no two texts are the same map.
        assert encode(decode(changed)) == changed
