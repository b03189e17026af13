"""Names of time zones, on a machine that has their database and on one that has none."""

import pytest

from tenfold import time_zones


@pytest.mark.parametrize(("name", "known"), [("Europe/Berlin", True), ("UTC", True), ("Europe/Berlim", False)])
def test_a_zone_is_known_by_its_iana_name(name: str, known: bool) -> None:
    assert time_zones.is_time_zone(name) is known


def test_without_the_database_every_name_may_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_zones, "_known", set[str])
    assert time_zones.is_time_zone("Europe/Berlim")
