"""WebTier's sizes: spare capacity for the loss of a zone, sizes by the clock, a mixture of types and Spot."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pulumi
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenfold import WebTier, WebTierArgs
from tenfold.errors import TenfoldError
from tenfold.web_capacity import size_with_spare_zone
from tenfold.web_schedules import aws_cron
from tests.components.building import Built, refused
from tests.components.test_web_tier import PLACEMENT, tier

CONTAINER = {"image": "public.ecr.aws/nginx/nginx:1.29"}
SURVIVES = {"survives_zone_loss": True}


def zones(count: int) -> dict[str, Any]:
    return {**PLACEMENT, "zones": [f"us-east-1{letter}" for letter in "abcdef"[:count]]}


def sizes(built: Built[WebTier]) -> tuple[int, int]:
    """The least and the most instances or tasks."""
    if "web-asg" in built:
        return built["web-asg"].inputs["minSize"], built["web-asg"].inputs["maxSize"]
    return built["web-tasks"].inputs["minCapacity"], built["web-tasks"].inputs["maxCapacity"]


@pytest.mark.parametrize(
    ("size", "count", "needed"),
    # By hand: of 5 over three zones one zone has at most 2, of 6 over two it has 3, of 4 over four it has 1.
    [(3, 3, 5), (3, 2, 6), (3, 4, 4), (2, 3, 3), (1, 3, 2), (4, 3, 6), (30, 3, 45), (10, 6, 12)],
)
def test_the_loss_of_a_zone_leaves_the_least_size(size: int, count: int, needed: int) -> None:
    for placement in (zones(count), pulumi.Output.from_input(zones(count))):
        args: dict[str, Any] = {"placement": placement, "min_size": size, "scaling": SURVIVES}
        for built in (tier(**args), tier(**args, container=CONTAINER)):
            assert sizes(built) == (needed, max(4 * size, needed))


@given(size=st.integers(1, 10_000), count=st.integers(2, 6))
def test_what_is_left_is_enough_and_nothing_is_wasted(size: int, count: int) -> None:
    def left(instances: int) -> int:
        # Spread evenly, the fullest zone has one more than the others where they do not divide.
        return instances - -(-instances // count)

    needed = size_with_spare_zone(size, count)
    assert left(needed) >= size
    assert left(needed - 1) < size


def test_by_default_nothing_is_spare() -> None:
    assert sizes(tier()) == (3, 12)
    assert sizes(tier(scaling={"survives_zone_loss": False})) == (3, 12)


def test_schedules_have_spare_capacity_too() -> None:
    scaling = {**SURVIVES, "schedules": {"morning": {"cron": "0 7 * * *", "min_size": 6}}}
    assert tier(scaling=scaling)["web-schedule-morning"].inputs["minSize"] == 9
    action = tier(scaling=scaling, container=CONTAINER)["web-task-schedule-morning"].inputs
    assert action["scalableTargetAction"]["minCapacity"] == 9


@pytest.mark.parametrize(
    ("args", "path", "allowed"),
    [
        ({"placement": zones(1)}, "scaling.survives_zone_loss", "two zones or more"),
        ({"min_size": 3, "max_size": 4}, "max_size", "5 or more instances"),
    ],
)
def test_zones_and_sizes_that_leave_too_little_are_refused(args: Any, path: str, allowed: str) -> None:
    whole = {"placement": PLACEMENT, "scaling": SURVIVES, **args}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", whole)))
    assert refusal.faults.keys() == {path}
    assert refusal.faults[path][1] == allowed


def test_one_zone_that_is_known_later_fails_then() -> None:
    with pytest.raises(Exception, match="1 zone is in the placement"):
        tier(placement=pulumi.Output.from_input(zones(1)), scaling=SURVIVES)
    with pytest.raises(TenfoldError):
        size_with_spare_zone(3, 1)


def test_instances_have_sizes_by_the_clock() -> None:
    schedules = {
        "morning": {"cron": "30 7 * * 1-5", "min_size": 10, "time_zone": "Europe/Berlin"},
        "sale": {"cron": "0 0 29 11 *", "min_size": 50, "max_size": 200},
        "night": {"cron": "0 22 * * *", "max_size": 6},
    }
    built = tier(scaling={"schedules": schedules})
    found = {schedule.name: schedule.inputs for schedule in built.of("aws:autoscaling/schedule:Schedule")}
    assert {
        name: (one["recurrence"], one["timeZone"], one["minSize"], one["maxSize"]) for name, one in found.items()
    } == {
        # -1 leaves a size as it is.
        "web-schedule-morning": ("30 7 * * 1-5", "Europe/Berlin", 10, -1),
        "web-schedule-sale": ("0 0 29 11 *", "UTC", 50, 200),
        "web-schedule-night": ("0 22 * * *", "UTC", -1, 6),
    }
    assert {one["desiredCapacity"] for one in found.values()} == {-1}
    assert found["web-schedule-sale"]["scheduledActionName"] == "sale"
    assert {one["autoscalingGroupName"] for one in found.values()} == {"web-asg-0a1b2c"}


def test_tasks_have_sizes_by_the_clock() -> None:
    schedules = {
        "morning": {"cron": "30 7 * * 1-5", "min_size": 10, "time_zone": "Europe/Berlin"},
        "night": {"cron": "0 22 * * *", "max_size": 6},
    }
    built = tier(container=CONTAINER, scaling={"schedules": schedules})
    found = {one.name: one.inputs for one in built.of("aws:appautoscaling/scheduledAction:ScheduledAction")}
    assert {name: (one["schedule"], one["timezone"], one["scalableTargetAction"]) for name, one in found.items()} == {
        "web-task-schedule-morning": (
            "cron(30 7 ? * MON,TUE,WED,THU,FRI *)",
            "Europe/Berlin",
            {"minCapacity": 10},
        ),
        "web-task-schedule-night": ("cron(0 22 * * ? *)", "UTC", {"maxCapacity": 6}),
    }
    assert {one["resourceId"] for one in found.values()} == {"service/web-cluster-0a1b2c/web-service-0a1b2c"}


@pytest.mark.parametrize(
    ("unix", "aws"),
    # AWS's days of the week have names, and start with Sunday; one of the two days is a question mark.
    [
        ("0 8 * * *", "cron(0 8 * * ? *)"),
        ("*/5 * 1 * *", "cron(*/5 * 1 * ? *)"),
        ("0 8 * * 0", "cron(0 8 ? * SUN *)"),
        ("0 8 * * 7", "cron(0 8 ? * SUN *)"),
        ("0 8 * * 1,3", "cron(0 8 ? * MON,WED *)"),
        ("0 8 * 6-8 5-7", "cron(0 8 ? 6-8 SUN,FRI,SAT *)"),
    ],
)
def test_expressions_of_unix_become_those_of_application_auto_scaling(unix: str, aws: str) -> None:
    assert aws_cron(unix) == aws


_NAMES = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
_START = datetime(2026, 1, 1)


def _matches(field: str, number: int) -> bool:
    """Whether a number is in a field of a cron expression, for both dialects."""
    if field in ("*", "?"):
        return True
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = ("0-9999" if span == "*" else span).partition("-")
        if int(low) <= number <= int(high or low) and (number - int(low)) % int(step or 1) == 0:
            return True
    return False


def _unix_fires(cron: str) -> Callable[[datetime], bool]:
    minute, hour, day, month, weekday = cron.split()

    def fires(time: datetime) -> bool:
        numbers = {(time.weekday() + 1) % 7, 7 if time.weekday() == 6 else -1}
        return (
            _matches(minute, time.minute)
            and _matches(hour, time.hour)
            and _matches(day, time.day)
            and _matches(month, time.month)
            and (weekday == "*" or any(_matches(weekday, number) for number in numbers))
        )

    return fires


def _aws_fires(cron: str) -> Callable[[datetime], bool]:
    found = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)", cron)
    assert found, cron
    minute, hour, day, month, weekday = found.groups()
    assert (day == "?") != (weekday == "?"), "AWS takes a question mark in exactly one of the two"

    def fires(time: datetime) -> bool:
        return (
            _matches(minute, time.minute)
            and _matches(hour, time.hour)
            and _matches(day, time.day)
            and _matches(month, time.month)
            and (weekday == "?" or _NAMES[time.weekday()] in weekday.split(","))
        )

    return fires


def _span(low: int, high: int) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return pairs.map(lambda pair: f"{pair[0]}-{pair[1]}" if pair[0] < pair[1] else str(pair[0]))


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    return st.one_of(st.just("*"), st.lists(_span(low, high), min_size=1, max_size=3).map(",".join))


@settings(deadline=None)
@given(
    fields=st.tuples(_field(0, 59), _field(0, 23), _field(1, 31), _field(1, 12), _field(0, 7)),
    minutes=st.lists(st.integers(0, 527_040), min_size=20, max_size=40),
)
def test_both_dialects_fire_at_the_same_times(fields: tuple[str, ...], minutes: list[int]) -> None:
    assume(fields[2] == "*" or fields[4] == "*")
    cron = " ".join(fields)
    unix, aws = _unix_fires(cron), _aws_fires(aws_cron(cron))
    for time in (_START + timedelta(minutes=minute) for minute in minutes):
        assert unix(time) == aws(time), (cron, aws_cron(cron), time)


SCHEDULES: dict[str, tuple[dict[str, Any], str]] = {
    "four fields": ({"cron": "0 7 * *", "min_size": 3}, "cron: '0 7 * *' is given; allowed: five fields: minute, hour"),
    "no such hour": ({"cron": "0 24 * * *", "min_size": 3}, "cron: '0 24 * * *' is given, and its hour is wrong"),
    "a word": ({"cron": "0 7 * * MON", "min_size": 3}, "and its day of the week is wrong; allowed: numbers, lists"),
    "backwards": ({"cron": "0 9-7 * * *", "min_size": 3}, "cron: '0 9-7 * * *' is given, and its hour is wrong"),
    "steps of a number": ({"cron": "5/5 7 * * *", "min_size": 3}, "cron: '5/5 7 * * *' is given, and its minute is"),
    "both days": ({"cron": "0 7 1 * 1", "min_size": 3}, "cron: '0 7 1 * 1' is given, with both days; allowed: a day"),
    "steps of days": ({"cron": "0 7 * * */2", "min_size": 3}, "cron: '0 7 * * */2' is given; allowed: days of the"),
    "no size": ({"cron": "0 7 * * *"}, "scaling.schedules.morning: no size is given; allowed: min_size, max_size or"),
    "too many": ({"cron": "0 7 * * *", "max_size": 10_001}, "max_size: 10001 is given; allowed: 0 to 10000"),
    "a maximum below": (
        {"cron": "0 7 * * *", "min_size": 5, "max_size": 4},
        "max_size: 4 is given, with 5 as min_size; allowed: 5 or more",
    ),
    "above the maximum": (
        {"cron": "0 7 * * *", "min_size": 13},
        "min_size: 13 is given, with 12 as max_size; allowed: up to 12, or with a max_size of the schedule's own",
    ),
    "no time zone": (
        {"cron": "0 7 * * *", "min_size": 3, "time_zone": "Berlin"},
        "time_zone: 'Berlin' is given; allowed: a time zone by its IANA name: Europe/Berlin",
    ),
}


@pytest.mark.parametrize("case", SCHEDULES)
def test_a_schedule_that_cannot_be_is_refused(case: str) -> None:
    schedule, text = SCHEDULES[case]
    args = {"placement": PLACEMENT, "scaling": {"schedules": {"morning": schedule}}}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.text.startswith("WebTier 'web' has 1 fault in its arguments:\n  scaling.schedules.morning")
    assert text in refusal.text


def test_a_schedules_name_is_one_that_a_resource_can_have() -> None:
    args = {"placement": PLACEMENT, "scaling": {"schedules": {"a b": {"cron": "0 7 * * *", "min_size": 3}}}}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.faults.keys() == {"scaling.schedules.a b"}


def test_by_default_a_group_starts_one_type_at_the_regular_price() -> None:
    group = tier()["web-asg"].inputs
    assert "mixedInstancesPolicy" not in group
    assert "launchTemplate" in group


def test_a_group_can_be_a_mixture_of_types_and_spot() -> None:
    instances = {"type": "m7g.large", "alternatives": ["m6g.large", "m7gd.large"], "spot_percent": 70}
    group = tier(instances={**instances, "on_demand_base": 3})["web-asg"].inputs
    assert "launchTemplate" not in group
    mixture = group["mixedInstancesPolicy"]
    assert mixture["launchTemplate"] == {
        "launchTemplateSpecification": {"launchTemplateId": "web-launch-template-id", "version": "1"},
        "overrides": [{"instanceType": "m7g.large"}, {"instanceType": "m6g.large"}, {"instanceType": "m7gd.large"}],
    }
    assert mixture["instancesDistribution"] == {
        "onDemandAllocationStrategy": "prioritized",
        "onDemandBaseCapacity": 3,
        "onDemandPercentageAboveBaseCapacity": 30,
        "spotAllocationStrategy": "price-capacity-optimized",
    }
    assert group["capacityRebalance"] is True


def test_other_types_alone_are_no_spot() -> None:
    group = tier(instances={"alternatives": ["m6g.large"]})["web-asg"].inputs
    assert group["mixedInstancesPolicy"]["instancesDistribution"]["onDemandPercentageAboveBaseCapacity"] == 100
    assert group["capacityRebalance"] is False


@pytest.mark.parametrize(
    ("instances", "path"),
    [
        ({"spot_percent": 101}, "instances.spot_percent"),
        ({"on_demand_base": -1}, "instances.on_demand_base"),
        ({"alternatives": ["large"]}, "instances.alternatives[0]"),
        ({"alternatives": ["m7g.large"]}, "instances.alternatives[0]"),
        ({"alternatives": ["m6g.large", "m6g.large"]}, "instances.alternatives[1]"),
        ({"alternatives": ["m7i.large"]}, "instances.alternatives[0]"),
        ({"type": "m7i.large", "alternatives": ["m7g.large"]}, "instances.alternatives[0]"),
    ],
)
def test_a_mixture_that_cannot_be_is_refused(instances: Any, path: str) -> None:
    args = {"placement": PLACEMENT, "instances": instances}
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", args)))
    assert refusal.faults.keys() == {path}


def test_a_group_that_becomes_a_mixture_stays() -> None:
    before, after = tier(), tier(instances={"spot_percent": 50})
    assert {resource.urn for resource in before.resources} == {resource.urn for resource in after.resources}
