"""The canonical text: every map has one, and no other text is read as a map."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold_shards import MapError, ShardMap, operations
from tenfold_shards.codec import decode, encode

_GOLDEN = Path(__file__).parent / "golden" / "map.json"


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


@pytest.mark.parametrize(
    "value",
    [
        *("[" * depth + "]" * depth for depth in (20, 500, 900, 940, 960, 980, 100_000)),
        *('{"a":' * depth + "1" + "}" * depth for depth in (20, 900, 940, 960, 980)),
        "9" * 5000,
        "NaN",
    ],
    ids=len,
)
@pytest.mark.parametrize(
    "place", ['"version": 42', '"upper": "Müller"', '"key": "int:7"', '"schema": "tenfold-shards/map/1"']
)
def test_whatever_json_stands_in_a_map_it_is_refused_in_few_words(place: str, value: str) -> None:
    text = _GOLDEN.read_text()
    assert place in text
    with pytest.raises(MapError) as refused:
        decode(text.replace(place, place.partition(" ")[0] + " " + value))
    assert len(str(refused.value)) < 1000


def test_all_that_is_doubled_or_unknown_is_named_with_its_path() -> None:
    text = _GOLDEN.read_text()
    for old, new in (
        ('"version": 42', '"version": 42, "version": 43, "z": 1, "a": NaN'),
        ('"eu-2": {"weight": 1,', '"eu-1": {"weight": 1, "weight": 2, "size": 3,'),
    ):
        text = text.replace(old, new)
    with pytest.raises(MapError) as refused:
        decode(text)
    assert [fault.path for fault in refused.value.faults] == [
        "$.version",
        "$.z",
        "$.a",
        "$.shards.eu-1",
        "$.shards.eu-1.weight",
        "$.shards.eu-1.size",
    ]
