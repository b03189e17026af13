"""Streams live in the emulator as their entry says."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _stream(world: World, made: Made) -> Any:
    name = made.inputs["name"]
    found = world.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    tags = tags_of(world.client("kinesis").list_tags_for_stream(StreamName=name)["Tags"])
    return {**only(found, "OpenShardCount", "RetentionPeriodHours", "EncryptionType"), "tags": tags}


CASES = [
    Case(
        token="aws:kinesis/stream:Stream",
        inputs=lambda world: {
            "shardCount": 2,
            "retentionPeriod": 48,
            "encryptionType": "KMS",
            "kmsKeyId": world.keys[0],
            "tags": {"team": "a"},
        },
        look=_stream,
        made={"OpenShardCount": 2, "RetentionPeriodHours": 48, "EncryptionType": "KMS", "tags": {"team": "a"}},
        change=lambda _: {
            "shardCount": 4,
            "retentionPeriod": 24,
            "encryptionType": "NONE",
            "kmsKeyId": None,
            "tags": {"team": "b"},
        },
        changed={"OpenShardCount": 4, "RetentionPeriodHours": 24, "EncryptionType": "NONE", "tags": {"team": "b"}},
        meddle=lambda world, made: world.client("kinesis").increase_stream_retention_period(
            StreamName=made.inputs["name"], RetentionPeriodHours=72
        ),
        drifts=("retentionPeriod",),
        outputs={"arn": lambda _, made: made.id},
    )
]


@parametrize(CASES)
def test_a_stream_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
