"""The environments' configuration: what is read, and what is refused in which words."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stacks.config import ConfigurationError, parse

STACKS = Path(__file__).resolve().parents[2] / "stacks"


def faults_of(**given: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        parse("dev", {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()})
    return list(error.value.faults)


def test_nothing_configured_is_an_environment_that_people_depend_on() -> None:
    config = parse("prod", {})
    assert (config.network.zones, config.network.nat.value, config.protected) == (3, "per_zone", True)
    assert config.web.min_size >= config.network.zones


@pytest.mark.parametrize("file", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_each_committed_configuration_is_valid(file: Path) -> None:
    settings = yaml.safe_load(file.read_text())["config"]
    ours = {
        key.removeprefix("tenfold:"): json.dumps(value) for key, value in settings.items() if key.startswith("tenfold:")
    }
    assert parse(file.name.split(".")[1], ours).network.zones >= 2


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


def test_the_message_names_the_file() -> None:
    with pytest.raises(ConfigurationError, match=r"stacks/Pulumi\.dev\.yaml has 1 fault:\n  tenfold:network\.zones"):
        parse("dev", {"network": '{"zones": 9}'})


@given(st.dictionaries(st.text(), st.text() | st.from_type(type(None)).map(json.dumps)))
def test_whatever_is_configured_is_read_or_refused_in_words(given: dict[str, str]) -> None:
    with suppress(ConfigurationError):
        assert parse("dev", given).name == "dev"
