"""Capacity that follows the traffic, of a table and of each of its global indexes.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html.
"""

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from tenfold.table_arguments import TableArgs, TableCapacityArgs

_TARGET_PERCENT = 70.0


def followed_units(args: TableArgs) -> list[str]:
    """The properties of the table that AWS changes, and an update must leave alone.

    Those of indexes are not among them: an index is known to Pulumi by its place in a list, which another one may take.
    """
    capacity = args.get("provisioned")
    if capacity is None:
        return []
    return [f"{access}Capacity" for access, _, most in _bounds(capacity) if most is not None]


def follow_traffic(parent: pulumi.ComponentResource, table: aws.dynamodb.Table, args: TableArgs) -> None:
    """Let the capacity follow the traffic where it has bounds."""
    given = args.get("provisioned")
    if given is None:
        return
    _follow(parent, table, None, given)
    for name, index in sorted(args.get("global_indexes", {}).items()):
        _follow(parent, table, name, index.get("provisioned", given))


def _follow(
    parent: pulumi.ComponentResource, table: aws.dynamodb.Table, index: str | None, capacity: TableCapacityArgs
) -> None:
    for access, least, most in _bounds(capacity):
        if most is None:
            continue
        kind, suffix = (f"index-{access}", f"-{index}") if index else (access, "")
        name = f"{parent.pulumi_resource_name}-{kind}-scaling"
        target = aws.appautoscaling.Target(
            f"{name}-target{suffix}",
            service_namespace="dynamodb",
            resource_id=table.name.apply(
                lambda table_name: f"table/{table_name}" + (f"/index/{index}" if index else "")
            ),
            scalable_dimension=f"dynamodb:{'index' if index else 'table'}:{access.title()}CapacityUnits",
            min_capacity=least,
            max_capacity=most,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        aws.appautoscaling.Policy(
            f"{name}{suffix}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration={
                "target_value": capacity.get("target_percent", _TARGET_PERCENT),
                "predefined_metric_specification": {
                    "predefined_metric_type": f"DynamoDB{access.title()}CapacityUtilization"
                },
            },
            opts=pulumi.ResourceOptions(parent=parent),
        )


def _bounds(capacity: TableCapacityArgs) -> Iterable[tuple[str, int, int | None]]:
    """The least and the most of reads and of writes; no most where the capacity is fixed."""
    yield "read", capacity["read_units"], capacity.get("max_read_units")
    yield "write", capacity["write_units"], capacity.get("max_write_units")
