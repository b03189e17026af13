"""The environments' configuration: what is read, and what is refused in which words."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.config import ConfigurationError, parse, parse_global
from tests.stacks.environments import ENVIRONMENTS, environment_config, global_config


def faults_of(**given: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        parse("dev", {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()})
    return list(error.value.faults)


def test_nothing_configured_is_an_environment_that_people_depend_on() -> None:
    config = parse("prod", {})
    assert (config.network.zones, config.network.nat.value, config.protected) == (3, "per_zone", True)
    assert config.web.min_size >= config.network.zones


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_each_committed_configuration_is_valid(stack: str) -> None:
    config = environment_config(stack)
    assert (config.name, config.network.zones) == (stack, 3)


def test_the_account_s_committed_configuration_names_each_environment_that_is_deployed() -> None:
    assert {*global_config().environments} == {*ENVIRONMENTS} - {"local"}


def test_the_number_of_users_gives_the_defaults_and_each_can_be_another() -> None:
    small = parse("dev", {"users": "200000"})
    assert (small.services, small.shards) == ({}, None)
    large = parse("dev", {"users": "6000000", "shards": '{"count": 12}', "databases": '{"main": {"readers": 5}}'})
    assert large.shards is not None
    assert (large.shards.count, large.shards.min_acu) == (12, 2)
    assert (large.databases["main"].readers, large.databases["forum"].readers) == (5, 2)


def test_null_takes_a_default_away() -> None:
    config = parse("dev", {"cache": "null", "services": '{"forum": null}', "site": "null"})
    assert (config.cache, config.site) == (None, None)
    assert set(config.services) == {"users", "products"}
    assert parse("dev", {"services": "null"}).services == {}


def test_every_fault_is_told_at_once_with_its_path() -> None:
    faults = faults_of(
        network={"zones": 1, "nat": "gateway"}, web={"min_size": 5, "max_size": 2}, jbs={}, protected="perhaps"
    )
    text = "\n".join(faults)
    assert len(faults) == 5
    assert "tenfold:network.zones: 1 is given" in text
    assert "tenfold:network.nat: 'gateway' is given" in text
    assert "'per_zone'" in text
    assert "tenfold:web: min_size 5 is over max_size 2" in text
    assert "tenfold:jbs: there is no such key; allowed: " in text
    assert "did you mean jobs?" in text
    assert "tenfold:protected: 'perhaps' is given" in text


def test_an_unknown_key_in_a_section_names_the_known_ones() -> None:
    (fault,) = faults_of(web={"minsize": 2})
    assert fault.startswith("tenfold:web.minsize: there is no such key; allowed: instance_type, min_size")
    assert fault.endswith("did you mean min_size?")


def test_a_section_that_is_no_map_is_refused_by_its_path() -> None:
    (fault,) = faults_of(web="large")
    assert fault.startswith("tenfold:web: 'large' is given")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"functions": {"forum": {"database": "frum"}}},
            "functions.forum.database is 'frum', which databases",
        ),
        ({"web": {"host": "www"}}, "web.host is 'www', without a domain that it is in; set domain"),
        ({"services": {"web": {}}}, "web is the tier before the services"),
        ({"databases": {"main": {"min_acu": 64, "max_acu": 8}}}, "min_acu 64.0 is over max_acu 8.0"),
        (
            {"databases": {"main": {"max_acus": 8}}},
            "databases.main.max_acus: there is no such key; allowed: min_acu",
        ),
        ({"shards": {"count": 0}}, "shards.count: 0 is given"),
        ({"users": 0}, "users: 0 is given"),
        ({"users": "many"}, "users: 'many' is given"),
    ],
)
def test_what_does_not_fit_together_is_refused(given: dict[str, Any], told: str) -> None:
    assert told in "\n".join(faults_of(**given))


def test_the_account_s_faults_are_told_like_those_of_environments() -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_global("global", {"domain": "tenfold", "environments": "[]", "zone": "Z1"})
    text = str(error.value)
    assert text.startswith("stacks/Pulumi.global.yaml has 4 faults:\n")
    for told in (
        "zone: there is no such key",
        "domain: 'tenfold' is given",
        "repository: ",
        "environments: [] is given",
    ):
        assert told in text


def test_the_message_names_the_file() -> None:
    with pytest.raises(ConfigurationError, match=r"stacks/Pulumi\.dev\.yaml has 1 fault:\n  tenfold:network\.zones"):
        parse("dev", {"network": '{"zones": 9}'})


@given(st.dictionaries(st.text(), st.text() | st.from_type(type(None)).map(json.dumps)))
def test_whatever_is_configured_is_read_or_refused_in_words(given: dict[str, str]) -> None:
    with suppress(ConfigurationError):
        assert parse("dev", given).name == "dev"
