"""Session stores: what a stateless tier remembers of its users is where every instance finds it.

*Scaling on AWS (Part 4): > One Million Users* shifts sessions off the web tier, into ElastiCache or DynamoDB.
"""

from pulumi_policy import Severity

from .rule import ADVISORY, Settings, Source, stack_rule
from .tokens import (
    CACHE_CLUSTER,
    CACHE_REPLICATION_GROUP,
    CACHE_SERVERLESS,
    DYNAMODB_TABLE,
    LISTENER,
    RDS_CLUSTER,
    RDS_INSTANCE,
)
from .view import Findings, Resource, Stack

_STORES = (DYNAMODB_TABLE, CACHE_REPLICATION_GROUP, CACHE_CLUSTER, CACHE_SERVERLESS)
_DATABASES = (RDS_CLUSTER, RDS_INSTANCE)


@stack_rule(
    "sta-session-store",
    on=(LISTENER,),
    title="Web tiers have a store for sessions",
    severity=Severity.LOW,
    remediation="Create a DynamoDB table, or an ElastiCache replication group, for sessions.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html",
        well_architected="REL05-BP06",
    ),
    level=ADVISORY,
)
def web_has_session_store(listener: Resource, stack: Stack, _: Settings) -> Findings:
    """A web tier with a relational database has a store for sessions beside it.

    Without one, sessions are in the memory of an instance, and lost with it, or in the database, where each click
    writes a row. A stack that has no database is passed over: what it keeps is in another one. A tier that has no
    sessions needs an exemption that says so.
    """
    if stack.of(*_STORES) or not stack.of(*_DATABASES):
        return
    yield listener["loadBalancerArn"].violates(
        found="a web tier whose only store is a relational database",
        allowed="a DynamoDB table or an ElastiCache cache for sessions",
        fix="create one, and keep the sessions in it.",
    )
