"""Rules of EventBridge's live in the emulator as their entry says, and tell their targets."""

import json
from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _pattern(*statuses: str) -> str:
    return json.dumps({"source": ["aws.mediaconvert"], "detail": {"status": [*statuses]}})


def _rule(world: World, made: Made) -> Any:
    found = world.client("events").describe_rule(Name=made.id)
    return {**only(found, "Description", "State"), "pattern": json.loads(found["EventPattern"])}


def _some_rule(world: World) -> str:
    name = world.new_name()
    world.client("events").put_rule(Name=name, EventPattern=_pattern("COMPLETE"))
    return name


def _target(world: World, made: Made) -> Any:
    found = world.client("events").list_targets_by_rule(Rule=made.inputs["rule"])["Targets"][0]
    return {
        **only(found, "Id", "InputPath", "RetryPolicy"),
        "told": found["Arn"] == world.topic,
        "letters": found["DeadLetterConfig"]["Arn"] == world.queue_arn,
    }


CASES = [
    Case(
        token="aws:cloudwatch/eventRule:EventRule",
        inputs=lambda world: {"description": "jobs", "eventPattern": _pattern("ERROR"), "tags": {"team": "video"}},
        look=_rule,
        made={
            "Description": "jobs",
            "State": "ENABLED",
            "pattern": {"source": ["aws.mediaconvert"], "detail": {"status": ["ERROR"]}},
        },
        change=lambda world: {"eventPattern": _pattern("ERROR", "COMPLETE"), "state": "DISABLED"},
        changed={
            "Description": "jobs",
            "State": "DISABLED",
            "pattern": {"source": ["aws.mediaconvert"], "detail": {"status": ["ERROR", "COMPLETE"]}},
        },
        meddle=lambda world, made: world.client("events").put_rule(
            Name=made.id, Description="others", EventPattern=_pattern("ERROR", "COMPLETE"), State="DISABLED"
        ),
        drifts=("description",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        inputs=lambda world: {
            "rule": _some_rule(world),
            "targetId": "events",
            "arn": world.topic,
            "retryPolicy": {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 3600},
            "deadLetterConfig": {"arn": world.queue_arn},
        },
        look=_target,
        made={
            "Id": "events",
            "InputPath": None,
            "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 3600},
            "told": True,
            "letters": True,
        },
        change=lambda world: {
            "inputPath": "$.detail",
            "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60},
        },
        changed={
            "Id": "events",
            "InputPath": "$.detail",
            "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60},
            "told": True,
            "letters": True,
        },
        meddle=lambda world, made: world.client("events").put_targets(
            Rule=made.inputs["rule"],
            Targets=[
                {
                    "Id": "events",
                    "Arn": world.topic,
                    "InputPath": "$.source",
                    "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60},
                    "DeadLetterConfig": {"Arn": world.queue_arn},
                }
            ],
        ),
        drifts=("inputPath",),
    ),
]


@parametrize(CASES)
def test_rules_and_targets_live_as_their_entries_say(case: Case, world: World) -> None:
    live(case, world)
