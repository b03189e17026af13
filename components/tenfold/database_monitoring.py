"""What is seen of a database: its logs, its operating system, and what RDS says happened to it.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.html.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.database_access import monitoring_policy
from tenfold.database_arguments import DatabaseArgs, DatabaseInsights
from tenfold.database_engine import facts_of
from tenfold.role_policies import service_trust

_OF_CLUSTERS = ("failover", "failure", "maintenance")
_OF_INSTANCES = ("failover", "failure", "low storage", "maintenance", "recovery")


def log_groups(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    kind: str,
    identifier: pulumi.Output[str],
    suffix: str = "",
) -> list[aws.cloudwatch.LogGroup]:
    """The groups that RDS writes a database's logs to; made by RDS itself they would keep them for ever.

    Args:
        component: The component whose children they are.
        args: Its arguments.
        kind: What has the logs: `cluster` or `instance`.
        identifier: Its identifier.
        suffix: What tells its groups from those of others.
    """
    return [
        aws.cloudwatch.LogGroup(
            f"{component.pulumi_resource_name}-logs-{log}{suffix}",
            name=identifier.apply(lambda found, log=log: f"/aws/rds/{kind}/{found}/{log}"),
            retention_in_days=args.get("monitoring", {}).get("log_retention_days", 30),
            opts=pulumi.ResourceOptions(parent=component),
        )
        for log in facts_of(args).logs
    ]


def insights(args: DatabaseArgs) -> dict[str, Any]:
    """How far Database Insights looks, as properties of a cluster or an instance."""
    mode = args.get("monitoring", {}).get("insights", DatabaseInsights.STANDARD)
    if mode is DatabaseInsights.NONE:
        return {"performance_insights_enabled": False}
    return {
        "database_insights_mode": mode.value,
        "performance_insights_enabled": True,
        "performance_insights_retention_period": 465 if mode is DatabaseInsights.ADVANCED else 7,
    }


def enhanced_monitoring(component: pulumi.ComponentResource, args: DatabaseArgs, arn: pulumi.Output[str]) -> Any:
    """How often the operating system is looked at, as properties of an instance, with the role that it takes."""
    seconds = args.get("monitoring", {}).get("enhanced_seconds", 0)
    if not seconds:
        return {}
    name = component.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-monitoring-role",
        assume_role_policy=service_trust("monitoring.rds"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    policy = aws.iam.RolePolicy(
        f"{name}-monitoring-policy",
        role=role.name,
        policy=arn.apply(monitoring_policy),
        opts=pulumi.ResourceOptions(parent=component),
    )
    # RDS refuses a role that may not write yet.
    ready = pulumi.Output.all(role.arn, policy.id).apply(lambda found: found[0])
    return {"monitoring_interval": seconds, "monitoring_role_arn": ready}


def event_subscription(
    component: pulumi.ComponentResource, args: DatabaseArgs, identifiers: Sequence[pulumi.Output[str]]
) -> None:
    """Tells a topic of failovers, failures and maintenance."""
    monitoring = args.get("monitoring", {})
    if "event_topic_arn" not in monitoring:
        return
    aurora = facts_of(args).aurora
    aws.rds.EventSubscription(
        f"{component.pulumi_resource_name}-events",
        sns_topic=monitoring["event_topic_arn"],
        source_type="db-cluster" if aurora else "db-instance",
        source_ids=identifiers,
        event_categories=_OF_CLUSTERS if aurora else _OF_INSTANCES,
        opts=pulumi.ResourceOptions(parent=component),
    )
