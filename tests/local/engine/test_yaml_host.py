"""When the host of programs in YAML is built, and when it is not."""

import pytest

from local.engine.find import Engine, EngineError, find_engine
from local.engine.yaml_host import provide_yaml_host
from tests.local.engine.conftest import Machine, Told

_CLOSED = "http://127.0.0.1:9"


def _built_engine(machine: Machine, told: Told) -> Engine:
    machine.go()
    return find_engine(told, environment=machine.environment, releases=_CLOSED)


def _provide(engine: Engine, machine: Machine, told: Told) -> None:
    provide_yaml_host(engine, told, environment=machine.environment)


def test_a_search_for_an_engine_builds_none(machine: Machine, told: Told) -> None:
    engine = _built_engine(machine, told)

    assert not engine.pulumi.with_name("pulumi-language-yaml").exists()
    assert len(machine.go_calls("build")) == 1


def test_it_is_built_once_beside_an_engine_that_was_built(machine: Machine, told: Told) -> None:
    engine = _built_engine(machine, told)

    _provide(engine, machine, told)
    _provide(engine, machine, told)

    assert engine.pulumi.with_name("pulumi-language-yaml").stat().st_mode & 0o111
    assert len(machine.go_calls("build")) == 2
    assert sum(line.startswith("Building what runs programs in YAML 1.30.0") for line in told.said) == 1
    assert sorted(path.name for path in machine.engines.iterdir()) == sorted(["lock", engine.pulumi.parents[1].name])
    # The engine is as good as before.
    assert find_engine(told, environment=machine.environment, releases=_CLOSED) == engine


def test_an_installation_has_one_and_is_left_alone(machine: Machine, told: Told) -> None:
    machine.pulumi("v3.240.0")
    machine.script("pulumi-language-yaml", "#!/bin/sh\n")
    machine.go()

    _provide(find_engine(told, environment=machine.environment), machine, told)

    assert machine.go_calls("build") == []


def test_an_installation_without_one_is_refused_and_not_added_to(machine: Machine, told: Told) -> None:
    named = machine.pulumi("v3.240.0", machine.root / "elsewhere")
    machine.go()
    engine = find_engine(told, environment={**machine.environment, "TENFOLD_PULUMI": str(named)})

    with pytest.raises(EngineError, match="has no pulumi-language-yaml beside it") as refused:
        _provide(engine, machine, told)
    assert str(named) in str(refused.value)
    assert machine.go_calls("build") == []


def test_a_build_that_fails_tells_why_and_leaves_the_engine(machine: Machine, told: Told) -> None:
    engine = _built_engine(machine, told)
    machine.go(while_building='echo "go: example.com/two: 404 Not Found" >&2; exit 1')

    with pytest.raises(EngineError, match="404 Not Found"):
        _provide(engine, machine, told)
    assert not engine.pulumi.with_name("pulumi-language-yaml").exists()
    assert find_engine(told, environment=machine.environment, releases=_CLOSED) == engine
