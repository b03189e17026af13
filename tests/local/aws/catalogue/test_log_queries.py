"""Metric filters live in the emulator as their entry says; saved queries are on record."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize


def _group(world: World) -> str:
    name = world.new_name()
    world.client("logs").create_log_group(logGroupName=name)
    return name


def _transformation(value: str) -> dict[str, Any]:
    return {"name": "Errors", "namespace": "Own", "value": value, "defaultValue": "0", "unit": "Count"}


def _filter(world: World, made: Made) -> Any:
    found = world.client("logs").describe_metric_filters(logGroupName=made.inputs["logGroupName"])["metricFilters"]
    if not found:
        return None
    return found[0]["filterPattern"], found[0]["metricTransformations"][0]["metricValue"]


CASES = [
    Case(
        token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        inputs=lambda world: {
            "logGroupName": _group(world),
            "pattern": '{ $.level = "ERROR" }',
            "metricTransformation": _transformation("1"),
        },
        look=_filter,
        made=('{ $.level = "ERROR" }', "1"),
        change=lambda _: {"pattern": "ERROR", "metricTransformation": _transformation("2")},
        changed=("ERROR", "2"),
    )
]


@parametrize(CASES)
def test_a_metric_filter_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_query_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:cloudwatch/queryDefinition:QueryDefinition"]
    assert kind.recorded
    given = {"name": "shop/errors", "queryString": "filter level = 'ERROR'", "logGroupNames": ["web"]}
    inputs, faults = resources.check(world.account, kind, "q", b"", {}, given)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert state["queryDefinitionId"] == identity
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    assert resources.compare(world.account, kind, inputs, {**inputs, "name": "shop/others"}).replaces == ()
    assert [fault.path for fault in resources.check(world.account, kind, "q", b"", {}, {**given, "query": "x"})[1]] == [
        "query"
    ]
