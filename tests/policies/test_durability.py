"""Rules of durability, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses


def table(**properties: Any) -> None:
    aws.dynamodb.Table("carts", hash_key="id", attributes=[{"name": "id", "type": "S"}], **properties)


def balancer(**properties: Any) -> None:
    aws.lb.LoadBalancer("edge", **properties)


def logs(**properties: Any) -> None:
    aws.cloudwatch.LogGroup("web", **properties)


CASES = [
    passes("dur-dynamodb-pitr", "recovery", lambda: table(point_in_time_recovery={"enabled": True})),
    refuses("dur-dynamodb-pitr", "the default", table, ("carts", "pointInTimeRecovery.enabled", "nothing", "true")),
    refuses(
        "dur-dynamodb-pitr",
        "switched off",
        lambda: table(point_in_time_recovery={"enabled": False}),
        ("carts", "pointInTimeRecovery.enabled", "false", "true"),
    ),
    passes("dur-deletion-protection", "a protected table", lambda: table(deletion_protection_enabled=True)),
    passes("dur-deletion-protection", "a protected balancer", lambda: balancer(enable_deletion_protection=True)),
    refuses("dur-deletion-protection", "a table", table, ("carts", "deletionProtectionEnabled", "nothing", "true")),
    refuses(
        "dur-deletion-protection",
        "a balancer",
        lambda: balancer(enable_deletion_protection=False),
        ("edge", "enableDeletionProtection", "false", "true"),
    ),
    passes("dur-log-retention", "a month", lambda: logs(retention_in_days=30)),
    passes("dur-log-retention", "a day, where that is allowed", lambda: logs(retention_in_days=1), minimumDays=1),
    refuses(
        "dur-log-retention",
        "the default",
        logs,
        ("web", "retentionInDays", "nothing, which is for ever", "7 days or more, stated"),
    ),
    refuses(
        "dur-log-retention",
        "five days",
        lambda: logs(retention_in_days=5),
        ("web", "retentionInDays", "5", "7 days or more, stated"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
