"""The alarms of a table and of each of its global indexes.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html. DynamoDB counts
`UserErrors` for an account and not for a table, so no table has an alarm on them.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
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
_FIVE_MINUTES: Mapping[str, Any] = {"namespace": "AWS/DynamoDB", "period": 60, "evaluation_periods": 5}


def table_alarms(
    component: pulumi.ComponentResource, table: aws.dynamodb.Table, args: TableArgs
) -> pulumi.Output[dict[str, str]]:
    """Alarms on throttled reads and writes, of the table and of each global index, and on DynamoDB's own errors.

    Where replicas follow, there is one on how long each takes.
    """
    alarms, name = Alarms(component, args), component.pulumi_resource_name
    for access in ("read", "write"):
        _throttle_alarm(alarms, name, table, access)
        for index in sorted(args.get("global_indexes", {})):
            _throttle_alarm(alarms, name, table, access, index)
    _system_error_alarm(alarms, name, table)
    given = args.get("global_table")
    # A replica with strong consistency is written to at once; nothing is late there.
    if given is not None and given.get("consistency") is not TableConsistency.STRONG:
        for region in sorted(given["replicas"]):
            _replication_alarm(alarms, name, table, region)
    return alarms.arns()


def _throttle_alarm(alarms: Alarms, name: str, table: aws.dynamodb.Table, access: str, index: str = "") -> None:
    # Clients retry what is throttled; only when it goes on do their users wait.
    alarms.add(
        f"index-{access}-throttle-alarm" if index else f"{access}-throttle-alarm",
        f"DynamoDB throttles {access}s of {f'index {index} of ' if index else ''}table {name}: "
        "look for a hot key; raise its capacity or its maximum.",
        AlarmSeverity.CRITICAL,
        key=index,
        **_FIVE_MINUTES,
        metric_name=f"{access.title()}ThrottleEvents",
        dimensions={"TableName": table.name, **({"GlobalSecondaryIndexName": index} if index else {})},
        statistic="Sum",
        threshold=0,
    )


def _system_error_alarm(alarms: Alarms, name: str, table: aws.dynamodb.Table) -> None:
    # An operation that nobody called has no value, which must not hide the errors of the others.
    errors = {"id": "errors", "expression": "SUM(FILL(METRICS(), 0))", "label": "System errors", "return_data": True}
    alarms.add(
        "system-error-alarm",
        f"DynamoDB itself fails requests to table {name}; see the AWS Health Dashboard.",
        AlarmSeverity.CRITICAL,
        metric_queries=[
            errors,
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
        threshold=0,
    )


def _replication_alarm(alarms: Alarms, name: str, table: aws.dynamodb.Table, region: str) -> None:
    alarms.add(
        "replication-alarm",
        f"The replica of table {name} in {region} is more than a minute late: its readers see old "
        "items, and what was written last is lost if this region is. See the AWS Health Dashboard of both.",
        # The region alone would read as an index.
        key=f"{region}-replica",
        **_FIVE_MINUTES,
        metric_name="ReplicationLatency",
        dimensions={"TableName": table.name, "ReceivingRegion": region},
        statistic="Average",
        threshold=60_000,
    )
