"""The rule of session stores, on programs that it passes and programs that it refuses."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses

LAYER = "a DynamoDB table or an ElastiCache cache for sessions"


def web(*, database: bool = True, table: bool = False, cache: bool = False) -> None:
    actions: Any = [{"type": "fixed-response", "fixed_response": {"content_type": "text/plain"}}]
    aws.lb.Listener("web", load_balancer_arn="arn:web", port=443, default_actions=actions)
    if database:
        aws.rds.Instance("orders", instance_class="db.t4g.medium")
    if table:
        aws.dynamodb.Table("sessions", hash_key="id", attributes=[{"name": "id", "type": "S"}])
    if cache:
        aws.elasticache.ReplicationGroup("sessions", description="Sessions")


STORES: dict[str, Callable[[], object]] = {
    "one node of Memcached": lambda: aws.elasticache.Cluster("sessions", engine="memcached", num_cache_nodes=1),
    "a serverless cache": lambda: aws.elasticache.ServerlessCache("sessions", engine="valkey", name="sessions"),
}


CASES = [
    passes("sta-session-store", "a table", lambda: web(table=True)),
    passes("sta-session-store", "a cache", lambda: web(cache=True)),
    passes("sta-session-store", "no web tier", lambda: aws.rds.Instance("orders", instance_class="db.t4g.medium")),
    passes("sta-session-store", "data in another stack", lambda: web(database=False)),
    refuses(
        "sta-session-store",
        "a relational database alone",
        web,
        ("web", "loadBalancerArn", "a web tier whose only store is a relational database", LAYER),
    ),
    *(passes("sta-session-store", title, lambda store=store: (web(), store())) for title, store in STORES.items()),
    refuses(
        "sta-session-store",
        "an Aurora cluster alone",
        lambda: (web(database=False), aws.rds.Cluster("orders", engine="aurora-postgresql")),
        ("web", "loadBalancerArn", "a web tier whose only store is a relational database", LAYER),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
