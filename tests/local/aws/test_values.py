"""What the engine sends means the same when it comes back, and archives are zip files of their content alone."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.aws.values import UNKNOWN, content, decode, encode, has_unknown, same

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

scalars = st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
properties = st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=5)


def _asset(text: str, **more: Any) -> dict[str, Any]:
    return {_SIGNATURE: _ASSET, "text": text, **more}


def _archive(**assets: Any) -> dict[str, Any]:
    return {_SIGNATURE: _ARCHIVE, "assets": assets}


def _unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@given(properties)
def test_properties_come_back_as_they_were_sent(sent: dict[str, Any]) -> None:
    assert decode(encode(sent)) == sent


@given(values)
def test_a_value_is_the_same_as_itself_and_as_its_json(value: Any) -> None:
    assert same(value, value)
    assert same(value, json.loads(json.dumps(value)))
    if isinstance(value, dict | list):
        assert same(json.dumps(value, indent=3, sort_keys=True), json.dumps(value))


@given(st.lists(scalars, min_size=2, max_size=6), st.randoms())
def test_the_order_of_a_list_counts_only_where_it_is_asked_to(value: list[Any], random: Any) -> None:
    turned = random.sample(value, len(value))
    assert same(value, turned, ordered=False)
    assert same(value, turned) == all(same(left, right) for left, right in zip(value, turned, strict=True))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 2),
        (True, False),
        ("a", "b"),
        ([1], [1, 1]),
        ([1, 1, 2], [1, 2, 2]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ('{"a": 1}', '{"a": 2}'),
        ("[1]", [2]),
        (None, "None"),
        ([], "[]x"),
        ({"a": [1]}, {"a": 1}),
    ],
)
def test_what_differs_is_not_the_same(left: Any, right: Any) -> None:
    assert not same(left, right)
    assert not same(right, left)
    assert not same(left, right, ordered=False)


@pytest.mark.parametrize(
    ("left", "right"), [(1, "1"), (True, "true"), (30, 30.0), ('{"a": [1, 2]}', {"a": [1, 2]}), ("[1]", "[ 1 ]")]
)
def test_aws_may_spell_a_value_in_another_way(left: Any, right: Any) -> None:
    assert same(left, right)
    assert same(right, left)


def test_assets_are_the_same_where_their_content_is() -> None:
    assert same(_asset("", hash="1"), _asset("other", hash="1"))
    assert not same(_asset("a", hash="1"), _asset("a", hash="2"))
    assert not same(_asset("a"), _asset("b"))


@given(values)
def test_an_unknown_is_found_at_any_depth(value: Any) -> None:
    assert has_unknown({"a": [value, {"b": UNKNOWN}]})


def test_an_archive_holds_texts_files_folders_and_other_archives(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "x.py").write_text("x")
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as made:
        made.writestr("y.py", "y")
    archive = _archive(
        **{
            "a.py": _asset("a"),
            "lib": {_SIGNATURE: _ARCHIVE, "path": str(tmp_path / "folder")},
            "zipped": {_SIGNATURE: _ARCHIVE, "path": str(tmp_path / "made.zip")},
            "file.py": {_SIGNATURE: _ASSET, "path": str(tmp_path / "folder" / "deep" / "x.py")},
        }
    )
    assert _unzipped(content(archive)) == {
        "a.py": b"a",
        "lib/deep/x.py": b"x",
        "zipped/y.py": b"y",
        "file.py": b"x",
    }


def test_a_folder_is_an_archive_and_a_zip_file_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.py").write_text("x")
    assert _unzipped(content({_SIGNATURE: _ARCHIVE, "path": str(tmp_path / "folder")})) == {"x.py": b"x"}
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as made:
        made.writestr("y.py", "y")
    assert content({_SIGNATURE: _ARCHIVE, "path": str(tmp_path / "made.zip")}) == (tmp_path / "made.zip").read_bytes()


def test_the_same_files_make_the_same_archive_in_any_order() -> None:
    assert content(_archive(a=_asset("1"), b=_asset("2"))) == content(_archive(b=_asset("2"), a=_asset("1")))


def test_an_asset_somewhere_else_is_refused_by_its_address() -> None:
    with pytest.raises(ValueError, match=r"https://a\.example/x"):
        content({_SIGNATURE: _ASSET, "uri": "https://a.example/x"})
