"""What must be switched on or off: what is not set, what is said, and what mends it."""

from collections.abc import Callable
from typing import Any

import pytest

from tenfold_policies.flags import not_switched_off, not_switched_on, switched_on, switched_on_in_cache
from tenfold_policies.view import UNKNOWN, Change, Findings, Resource, Undecided, Value


def cache(**properties: Any) -> Resource:
    return Resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache", "urn:cache", properties)


@pytest.mark.parametrize(
    ("ask", "raw", "found", "mended_by"),
    [
        (switched_on, None, "nothing", True),
        (switched_on, False, "false", True),
        (switched_on, "false", '"false"', True),
        (switched_on, True, None, None),
        (switched_on, "true", None, None),
        (not_switched_off, False, "false", True),
        (not_switched_off, None, None, None),
        (not_switched_off, True, None, None),
        (not_switched_on, True, "true", False),
        (not_switched_on, None, None, None),
        (not_switched_on, False, None, None),
    ],
)
def test_a_flag_on_the_wrong_side_is_refused_and_the_other_side_mends_it(
    ask: Callable[[Value], Findings], raw: object, found: str | None, mended_by: bool | None
) -> None:
    findings = list(ask(cache(flag=raw)["flag"]))
    if mended_by is None:
        assert findings == []
        return
    (finding,) = findings
    allowed = "true" if mended_by else "false"
    assert f" flag: found {found}, allowed {allowed}. Fix: set flag to {allowed}" in finding.text
    assert finding.change == Change("flag", mended_by)


@pytest.mark.parametrize("ask", [switched_on, not_switched_off, not_switched_on])
def test_a_fix_may_be_said_in_other_words_and_an_unknown_flag_is_open(ask: Callable[..., Findings]) -> None:
    (finding,) = ask(cache(flag=ask is not_switched_on)["flag"], fix="ask for it.")
    assert finding.text.endswith("Fix: ask for it.")
    with pytest.raises(Undecided):
        list(ask(cache(flag=UNKNOWN)["flag"]))


@pytest.mark.parametrize(
    ("properties", "refused"),
    [
        ({}, True),
        ({"engine": "redis"}, True),
        ({"engine": "redis", "on": True}, False),
        ({"engine": "valkey"}, False),
        ({"engine": "valkey", "on": False}, True),
        ({"engine": "valkey", "on": True}, False),
        ({"globalReplicationGroupId": "global-1"}, False),
        ({"globalReplicationGroupId": UNKNOWN}, False),
        ({"globalReplicationGroupId": "global-1", "engine": "redis", "on": False}, False),
    ],
)
def test_a_cache_has_a_flag_on_unless_valkey_or_its_primary_gives_it(properties: dict[str, Any], refused: bool) -> None:
    findings = list(switched_on_in_cache(cache(**properties), "on"))
    assert [finding.change for finding in findings] == ([Change("on", True)] if refused else [])
