"""The alarms of a table and of each of its global indexes.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html. DynamoDB counts
`UserErrors` for an account and not for a table, so no table has an alarm on them.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from tenfold.table_arguments import TableArgs, TableConsistency

# CloudWatch computes an alarm from ten metrics at most; these are the operations that applications call.
_OPERATIONS = (
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
)


def table_alarms(
    parent: pulumi.ComponentResource,
    table: aws.dynamodb.Table,
    args: TableArgs,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """Alarms on throttled reads and writes, of the table and of each global index, and on DynamoDB's own errors.

    Where replicas follow, there is one on how long each takes.
    """
    for access in ("read", "write"):
        _throttle_alarm(parent, table, access, None, actions)
        for index in sorted(args.get("global_indexes", {})):
            _throttle_alarm(parent, table, access, index, actions)
    _system_error_alarm(parent, table, actions)
    given = args.get("global_table")
    # A replica with strong consistency is written to at once; nothing is late there.
    if given is not None and given.get("consistency") is not TableConsistency.STRONG:
        for region in sorted(given["replicas"]):
            _replication_alarm(parent, table, region, actions)


def _throttle_alarm(
    parent: pulumi.ComponentResource,
    table: aws.dynamodb.Table,
    access: str,
    index: str | None,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    name = parent.pulumi_resource_name
    # Clients retry what is throttled; only when it goes on do their users wait.
    aws.cloudwatch.MetricAlarm(
        f"{name}-index-{access}-throttle-alarm-{index}" if index else f"{name}-{access}-throttle-alarm",
        alarm_description=f"DynamoDB throttles {access}s of {f'index {index} of ' if index else ''}table {name}: "
        "look for a hot key; raise its capacity or its maximum.",
        namespace="AWS/DynamoDB",
        metric_name=f"{access.title()}ThrottleEvents",
        dimensions={"TableName": table.name, **({"GlobalSecondaryIndexName": index} if index else {})},
        statistic="Sum",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=5,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _system_error_alarm(
    parent: pulumi.ComponentResource, table: aws.dynamodb.Table, actions: Sequence[pulumi.Input[str]]
) -> None:
    name = parent.pulumi_resource_name
    aws.cloudwatch.MetricAlarm(
        f"{name}-system-error-alarm",
        alarm_description=f"DynamoDB itself fails requests to table {name}; see the AWS Health Dashboard.",
        metric_queries=[
            # An operation that nobody called has no value, which must not hide the errors of the others.
            {"id": "errors", "expression": "SUM(FILL(METRICS(), 0))", "label": "System errors", "return_data": True},
            *(
                {
                    "id": operation[0].lower() + operation[1:],
                    "metric": {
                        "namespace": "AWS/DynamoDB",
                        "metric_name": "SystemErrors",
                        "dimensions": {"TableName": table.name, "Operation": operation},
                        "stat": "Sum",
                        "period": 60,
                    },
                }
                for operation in _OPERATIONS
            ),
        ],
        evaluation_periods=5,
        datapoints_to_alarm=5,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _replication_alarm(
    parent: pulumi.ComponentResource, table: aws.dynamodb.Table, region: str, actions: Sequence[pulumi.Input[str]]
) -> None:
    name = parent.pulumi_resource_name
    aws.cloudwatch.MetricAlarm(
        # The suffix is not the region alone, which would read as an index.
        f"{name}-replication-alarm-{region}-replica",
        alarm_description=f"The replica of table {name} in {region} is more than a minute late: its readers see old "
        "items, and what was written last is lost if this region is. See the AWS Health Dashboard of both.",
        namespace="AWS/DynamoDB",
        metric_name="ReplicationLatency",
        dimensions={"TableName": table.name, "ReceivingRegion": region},
        statistic="Average",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=5,
        comparison_operator="GreaterThanThreshold",
        threshold=60_000,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=parent),
    )
