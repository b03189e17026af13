"""Queues live in the emulator as their entries say."""

import json
from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, policy


def _attributes(world: World, made: Made) -> dict[str, Any]:
    return world.client("sqs").get_queue_attributes(QueueUrl=made.id, AttributeNames=["All"])["Attributes"]


def _queue(world: World, made: Made) -> Any:
    names = ("VisibilityTimeout", "MessageRetentionPeriod", "SqsManagedSseEnabled")
    return only(_attributes(world, made), *names), world.client("sqs").list_queue_tags(QueueUrl=made.id).get("Tags")


def _fifo(world: World, made: Made) -> Any:
    found = _attributes(world, made)
    redrive = json.loads(found.get("RedrivePolicy") or "null")
    return found["FifoQueue"], found["DeduplicationScope"], redrive, made.id.endswith(".fifo")


def _document(attribute: str) -> Any:
    def look(world: World, made: Made) -> Any:
        return json.loads(_attributes(world, made)[attribute])

    return look


def _set(attribute: str, value: str) -> Any:
    def meddle(world: World, made: Made) -> None:
        world.client("sqs").set_queue_attributes(QueueUrl=made.id, Attributes={attribute: value})

    return meddle


def _redrive(world: World, count: int) -> dict[str, Any]:
    return {"deadLetterTargetArn": world.queue_arn, "maxReceiveCount": count}


CASES = [
    Case(
        token="aws:sqs/queue:Queue",
        inputs=lambda _: {
            "visibilityTimeoutSeconds": 60,
            "messageRetentionSeconds": 1209600,
            "sqsManagedSseEnabled": True,
            "tags": {"team": "a"},
        },
        look=_queue,
        made=(
            {"VisibilityTimeout": "60", "MessageRetentionPeriod": "1209600", "SqsManagedSseEnabled": "true"},
            {"team": "a"},
        ),
        change=lambda _: {"visibilityTimeoutSeconds": 90, "tags": {"new": "b"}},
        changed=(
            {"VisibilityTimeout": "90", "MessageRetentionPeriod": "1209600", "SqsManagedSseEnabled": "true"},
            {"new": "b"},
        ),
        meddle=_set("VisibilityTimeout", "5"),
        drifts=("visibilityTimeoutSeconds",),
        outputs={"arn": ..., "url": lambda _, made: made.id, "sqsManagedSseEnabled": True},
    ),
    Case(
        token="aws:sqs/queue:Queue",
        inputs=lambda world: {
            "fifoQueue": True,
            "contentBasedDeduplication": True,
            "deduplicationScope": "messageGroup",
            "fifoThroughputLimit": "perMessageGroupId",
            "redrivePolicy": json.dumps(_redrive(world, 4)),
        },
        look=_fifo,
        made=lambda world, _: ("true", "messageGroup", _redrive(world, 4), True),
        change=lambda _: {"redrivePolicy": None},
        changed=("true", "messageGroup", None, True),
    ),
    Case(
        token="aws:sqs/queuePolicy:QueuePolicy",
        inputs=lambda world: {"queueUrl": world.queue, "policy": policy("sqs:SendMessage")},
        look=_document("Policy"),
        made=json.loads(policy("sqs:SendMessage")),
        change=lambda _: {"policy": policy("sqs:ReceiveMessage")},
        changed=json.loads(policy("sqs:ReceiveMessage")),
        meddle=_set("Policy", policy("sqs:*")),
        drifts=("policy",),
    ),
    Case(
        token="aws:sqs/redrivePolicy:RedrivePolicy",
        inputs=lambda world: {"queueUrl": world.queue, "redrivePolicy": json.dumps(_redrive(world, 4))},
        look=_document("RedrivePolicy"),
        made=lambda world, _: _redrive(world, 4),
        change=lambda world: {"redrivePolicy": json.dumps(_redrive(world, 5))},
        changed=lambda world, _: _redrive(world, 5),
        meddle=lambda world, made: _set("RedrivePolicy", json.dumps(_redrive(world, 9)))(world, made),
        drifts=("redrivePolicy",),
    ),
    Case(
        token="aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        inputs=lambda world: {"queueUrl": world.queue, "redriveAllowPolicy": '{"redrivePermission": "denyAll"}'},
        look=_document("RedriveAllowPolicy"),
        made={"redrivePermission": "denyAll"},
        change=lambda _: {"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'},
        changed={"redrivePermission": "allowAll"},
        meddle=_set("RedriveAllowPolicy", '{"redrivePermission": "denyAll"}'),
        drifts=("redriveAllowPolicy",),
    ),
]


@parametrize(CASES)
def test_a_queue_s_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
