"""The difference of two bills, with what is not in it."""

from collections.abc import Mapping
from typing import Any

import pytest

from pull_requests.cost import CostChange, cost_change
from pull_requests.reading import parse
from tests.pull_requests.engine import Step, events, summary, urn

INSTANCE, GROUP, TEMPLATE = (
    "aws:ec2/instance:Instance",
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
)
QUEUE, PARAMETER = "aws:sqs/queue:Queue", "aws:ssm/parameter:Parameter"
WEB, API = urn("tenfold:index:WebTier", "web"), urn("tenfold:index:WebTier", "api")


def price(type_: str, properties: Mapping[str, Any]) -> float | None:
    """An instance costs what its type says; a group its least number of them."""
    each = {"small": 10.0, "large": 40.0}.get(str(properties.get("instanceType")))
    if type_ == TEMPLATE:
        return 0.0
    if type_ not in (INSTANCE, GROUP) or each is None:
        return None
    return each * properties.get("minSize", 1)


def found(*steps: Step | dict[str, Any]) -> CostChange:
    return cost_change(parse(events(*steps), None, "prod"), price, {QUEUE: "SQS"}.get)


def test_what_comes_is_added_and_what_goes_is_taken_away() -> None:
    cost = found(
        Step("create", "a", INSTANCE, new={"instanceType": "large"}),
        Step("delete", "b", INSTANCE, old={"instanceType": "small"}),
        summary(),
    )
    assert (cost.usd, cost.by_type) == (30.0, {INSTANCE: 30.0})


@pytest.mark.parametrize("op", ["update", "replace"])
def test_a_change_of_size_is_the_difference(op: str) -> None:
    cost = found(Step(op, "a", INSTANCE, {"instanceType": "small"}, {"instanceType": "large"}), summary())
    assert cost.usd == 30.0


def test_a_replacement_in_three_steps_counts_once() -> None:
    sizes = {"instanceType": "small"}, {"instanceType": "large"}
    steps = [Step(op, "a", INSTANCE, *sizes) for op in ("create-replacement", "replace")]
    assert found(*steps, Step("delete-replaced", "a", INSTANCE, old=sizes[0]), summary()).usd == 30.0


def test_a_group_costs_by_the_template_beside_it_though_the_group_itself_stays() -> None:
    cost = found(
        Step("update", "t", TEMPLATE, {"instanceType": "small"}, {"instanceType": "large"}, parent=WEB),
        Step("same", "g", GROUP, {"minSize": 3}, {"minSize": 3}, parent=WEB),
        Step("same", "t2", TEMPLATE, {"instanceType": "small"}, {"instanceType": "small"}, parent=API),
        Step("same", "g2", GROUP, {"minSize": 2}, {"minSize": 2}, parent=API),
        summary(),
    )
    assert cost.usd == 90.0
    assert cost.by_type == {GROUP: 90.0}
    assert not cost.unpriced


def test_what_has_no_price_is_counted_where_it_changes_and_nowhere_else() -> None:
    cost = found(
        Step("create", "q", QUEUE, new={}),
        Step("update", "p", PARAMETER, old={}, new={}),
        Step("create", "i", INSTANCE, new={"instanceType": "odd"}),
        Step("same", "r", PARAMETER, old={}, new={}),
        summary(),
    )
    assert cost.by_use == {"SQS": 1}
    assert cost.unpriced == {PARAMETER: 1, INSTANCE: 1}
    assert not cost.by_type


def test_a_change_to_a_size_without_a_price_is_no_saving() -> None:
    cost = found(Step("update", "a", INSTANCE, {"instanceType": "large"}, {"instanceType": "odd"}), summary())
    assert cost.usd == 0
    assert cost.unpriced == {INSTANCE: 1}


def test_a_preview_that_did_not_end_has_no_bill_to_speak_of() -> None:
    assert not found(Step("create", "a", INSTANCE, new={"instanceType": "large"})).ended
