"""Schedules live in the emulator as their entry says."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _target(world: World, payload: str) -> dict[str, Any]:
    return {
        "arn": world.client("lambda").get_function(FunctionName=world.function)["Configuration"]["FunctionArn"],
        "roleArn": world.role,
        "input": payload,
        "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60},
        "deadLetterConfig": {"arn": world.queue_arn},
    }


def _schedule(world: World, made: Made) -> Any:
    found = world.client("scheduler").get_schedule(Name=made.inputs["name"], GroupName="default")
    return {
        **only(found, "ScheduleExpression", "ScheduleExpressionTimezone", "State", "FlexibleTimeWindow"),
        "input": found["Target"]["Input"],
        "letters": found["Target"]["DeadLetterConfig"]["Arn"] == world.queue_arn,
        "retry": found["Target"]["RetryPolicy"],
    }


_RETRY = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60}

CASES = [
    Case(
        token="aws:scheduler/schedule:Schedule",
        inputs=lambda world: {
            "scheduleExpression": "cron(0 3 * * ? *)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
            "target": _target(world, '{"a": 1}'),
        },
        look=_schedule,
        made={
            "ScheduleExpression": "cron(0 3 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "State": "ENABLED",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
            "input": '{"a": 1}',
            "letters": True,
            "retry": _RETRY,
        },
        change=lambda world: {
            "scheduleExpression": "rate(1 hour)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "state": "DISABLED",
            "target": _target(world, '{"a": 2}'),
        },
        changed={
            "ScheduleExpression": "rate(1 hour)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "State": "DISABLED",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "input": '{"a": 2}',
            "letters": True,
            "retry": _RETRY,
        },
        meddle=lambda world, made: world.client("scheduler").update_schedule(
            Name=made.inputs["name"],
            GroupName="default",
            ScheduleExpression="rate(2 hours)",
            ScheduleExpressionTimezone="Europe/Berlin",
            FlexibleTimeWindow={"Mode": "OFF"},
            State="DISABLED",
            Target=world.client("scheduler").get_schedule(Name=made.inputs["name"], GroupName="default")["Target"],
        ),
        drifts=("scheduleExpression",),
        outputs={"arn": ...},
    )
]


@parametrize(CASES)
def test_a_schedule_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
