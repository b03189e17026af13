"""What applications log: how long it is kept, how many errors there are, and questions that are asked again and again.

See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.monitoring_arguments import MonitoringArgs, MonitoringLogGroupArgs

_ERROR = '{ ($.level = "ERROR") || ($.level = "CRITICAL") }'
_NAMESPACE = "Tenfold/Logs"
QUERIES: Mapping[str, str] = {
    "errors": """fields @timestamp, service, message, @message
| filter level in ["ERROR", "CRITICAL"]
| stats count(*) as errors, latest(message) as last by service, bin(5m)
| sort errors desc""",
    "slowest-requests": """fields @timestamp, service, path, duration_ms
| filter ispresent(duration_ms)
| sort duration_ms desc
| limit 50""",
    "cold-starts": """filter @type = "REPORT"
| stats count(*) as calls, count(@initDuration) as cold_starts, max(@initDuration) as slowest_ms by @log, bin(1h)
| sort cold_starts desc""",
    "throttles": """fields @timestamp, @log, @message
| filter @message like /(?i)(throttl|TooManyRequests|ProvisionedThroughputExceeded|Rate exceeded|SlowDown)/
| stats count(*) as throttles by @log, bin(5m)
| sort throttles desc""",
}
"""The queries that are always there, by name."""


def log_groups(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, alarms: Alarms
) -> dict[str, pulumi.Output[str]]:
    """The names of the log groups by theirs here, each with a count of its errors and an alarm on it."""
    return {key: _group(monitoring, key, group, alarms) for key, group in args.get("log_groups", {}).items()}


def _group(
    monitoring: pulumi.ComponentResource, key: str, args: MonitoringLogGroupArgs, alarms: Alarms
) -> pulumi.Output[str]:
    name = monitoring.pulumi_resource_name
    if "log_group_name" in args:
        group_name = pulumi.Output.from_input(args["log_group_name"])
    else:
        group_name = aws.cloudwatch.LogGroup(
            f"{name}-logs-{key}",
            retention_in_days=args.get("retention_days", 30),
            kms_key_id=args.get("kms_key_arn"),
            opts=pulumi.ResourceOptions(parent=monitoring),
        ).name
    aws.cloudwatch.LogMetricFilter(
        f"{name}-errors-{key}",
        log_group_name=group_name,
        pattern=args.get("error_pattern", _ERROR),
        metric_transformation={
            # The group's own name, which no other of the account and region has.
            "name": group_name,
            "namespace": _NAMESPACE,
            "value": "1",
            "default_value": "0",
            "unit": "Count",
        },
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
    alarms.add(
        "log-error-alarm",
        f"{key} logs too many errors; ask the query `errors` of {name} which.",
        AlarmSeverity.CRITICAL if args.get("critical", False) else AlarmSeverity.WARNING,
        key=key,
        namespace=_NAMESPACE,
        metric_name=group_name,
        statistic="Sum",
        period=300,
        evaluation_periods=2,
        threshold=args.get("error_threshold", 10),
    )
    return group_name


def queries(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, groups: Mapping[str, pulumi.Output[str]]
) -> None:
    """The saved queries on all log groups, in a folder of their own; none without a log group."""
    name = monitoring.pulumi_resource_name
    asked = {**QUERIES, **args.get("queries", {})} if groups else {}
    for key, query in asked.items():
        aws.cloudwatch.QueryDefinition(
            f"{name}-query-{key}",
            name=f"{name}-{pulumi.get_stack()}/{key}",
            query_string=query,
            log_group_names=[groups[group] for group in sorted(groups)],
            opts=pulumi.ResourceOptions(parent=monitoring),
        )
