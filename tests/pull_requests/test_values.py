"""A property is one short line on both sides, without secrets, and around what differs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pull_requests.preview import Action, Change, State
from pull_requests.values import before_and_after
from tests.pull_requests.engine import TABLE, UNKNOWN, secret

ASSET = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "hash": "0123456789abcdef"}
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def change(old: Any, new: Any, *, outputs: dict[str, Any] | None = None, inputs_alone: bool = True) -> Change:
    before = State(TABLE, inputs={"key": old}, outputs=outputs or {})
    paths = {"key": inputs_alone}
    return Change("urn", Action.CHANGED, TABLE, "", before, State(TABLE, inputs={"key": new}), paths=paths)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "a"),
        ("", '""'),
        (" \n ", "(white space)"),
        ("one\ntwo", "one two"),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        (["a", 1], '["a", 1]'),
        ({"__defaults": [], "a": "ü"}, '{"a": "ü"}'),
        (UNKNOWN, "(known after the update)"),
        (["a", UNKNOWN], '["a", "(known after the update)"]'),
        (f"arn:{UNKNOWN}", "arn:(known after the update)"),
        (ASSET, "(files, hash 01234567)"),
        ({"4dabf18193072939515e22adb298388d": OUTPUT, "value": "x"}, "x"),
        ({"4dabf18193072939515e22adb298388d": OUTPUT}, "(known after the update)"),
        (secret("hunter2"), "(secret)"),
        ("[secret]", "(secret)"),
        ({"a": [secret("hunter2")]}, '{"a": ["(secret)"]}'),
        ({"masterPassword": "hunter2", "name": "x"}, '{"masterPassword": "(secret)", "name": "x"}'),
    ],
)
def test_a_value_reads_as_what_it_is(value: Any, shown: str) -> None:
    assert before_and_after(change("", value), "key")[1] == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("environment.variables.STAGE", "prod"),
        ('tags["a.b"]', "dotted"),
        ('tags["say \\"hi\\""]', "quoted"),
        ("rules[1].port", "443"),
        ("rules[7].port", "(nothing)"),
        ("nothing.here", "(nothing)"),
        ("later.than.this", "(known after the update)"),
    ],
)
def test_a_path_leads_to_its_value(path: str, shown: str) -> None:
    inputs = {
        "environment": {"variables": {"STAGE": "prod"}},
        "tags": {"a.b": "dotted", 'say "hi"': "quoted"},
        "rules": [{"port": 80}, {"port": 443}],
        "later": UNKNOWN,
    }
    made = Change("urn", Action.CREATED, TABLE, "", None, State(TABLE, inputs=inputs))
    assert before_and_after(made, path) == ("(nothing)", shown)


def test_a_difference_from_aws_shows_what_aws_has() -> None:
    drifted = change("given", "wanted", outputs={"key": "found"}, inputs_alone=False)
    assert before_and_after(drifted, "key") == ("found", "wanted")
    assert before_and_after(change("given", "wanted", outputs={"key": "found"}), "key") == ("given", "wanted")


def test_what_any_side_holds_as_a_secret_is_one_on_both() -> None:
    assert before_and_after(change(secret("a"), "plain"), "key") == ("(secret)", "(secret)")
    assert before_and_after(change("plain", "text", outputs={"key": secret("a")}), "key") == ("(secret)", "(secret)")


@pytest.mark.parametrize(
    "name", ["password", "masterPassword", "passwordWo", "secretString", "privateKey", "authToken"]
)
def test_what_is_called_a_secret_is_one_in_plain_text_too(name: str) -> None:
    new = State(TABLE, inputs={name: "hunter2"})
    assert before_and_after(Change("urn", Action.CREATED, TABLE, "", None, new), name) == ("(secret)", "(secret)")


@pytest.mark.parametrize("name", ["secretArn", "passwordPolicy", "tokenKeyId", "keyName"])
def test_what_only_sounds_like_a_secret_is_shown(name: str) -> None:
    new = State(TABLE, inputs={name: "x"})
    assert before_and_after(Change("urn", Action.CREATED, TABLE, "", None, new), name)[1] == "x"


def test_long_values_are_cut_to_where_they_differ() -> None:
    same = "x" * 500
    old, new = before_and_after(change(f"{same}-a-{same}", f"{same}-b-{same}"), "key")
    assert "-a-" in old
    assert "-b-" in new
    assert old.startswith("…")
    assert old.endswith("…")
    assert max(len(old), len(new)) <= 82


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_two_values_that_differ_look_different_however_long(old: str, new: str) -> None:
    shown = before_and_after(change(old, new), "key")
    assert all("\n" not in text and len(text) <= 82 for text in shown)
    if " ".join(old.split()) != " ".join(new.split()):
        assert shown[0] != shown[1] or UNKNOWN in old + new
