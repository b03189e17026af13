"""CloudWatch: alarms, dashboards, and log groups."""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_TAGGING = Tagging(
    tag="tag_resource",
    untag="untag_resource",
    params={"ResourceARN": "$arn"},
    read=Read(name="list_tags_for_resource", params={"ResourceARN": "$arn"}, at="Tags"),
)
_OF_METRIC = {"metricName", "namespace", "dimensions"}
_OF_STATISTIC = {"period", "stat", "unit"}


def _query(query: Any) -> Any:
    """Metric and statistic are one block in the program and two in AWS."""
    metric = query.get("metric") if isinstance(query, dict) else None
    if not isinstance(metric, dict):
        return query
    rest = {name: value for name, value in query.items() if name != "metric"}
    statistic = {name: value for name, value in metric.items() if name not in _OF_METRIC}
    return {**rest, "metricStat": {"metric": {k: v for k, v in metric.items() if k in _OF_METRIC}, **statistic}}


def _query_back(query: Properties) -> Properties:
    rest = {name: value for name, value in query.items() if name != "metricStat"}
    statistic = query.get("metricStat")
    if not statistic:
        return rest
    metric = {name: statistic[name] for name in _OF_STATISTIC if name in statistic} | statistic.get("metric", {})
    if isinstance(metric.get("dimensions"), list):
        metric["dimensions"] = {one["name"]: one["value"] for one in metric["dimensions"]}
    return {**rest, "metric": metric}


def _alarm(properties: Properties) -> Properties:
    queries = properties.get("metricQueries")
    return {**properties, "metricQueries": list(map(_query, queries))} if isinstance(queries, list) else properties


def _alarm_back(properties: Properties) -> Properties:
    queries = properties.get("metricQueries")
    return {**properties, "metricQueries": list(map(_query_back, queries))} if isinstance(queries, list) else properties


METRIC_ALARM = ResourceType(
    token="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create=Operation(name="put_metric_alarm"),
    id="$name",
    read=(
        Read(
            name="describe_alarms",
            params={"AlarmNames": ["$name"], "AlarmTypes": ["MetricAlarm"]},
            at="MetricAlarms[0]",
        ),
    ),
    update=(Operation(name="put_metric_alarm", never=frozenset({"tags"}), whole=True),),
    delete=Operation(name="delete_alarms", params={"AlarmNames": ["$id"]}),
    names={
        "name": "AlarmName",
        "metricQueries": "Metrics",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    },
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    limits={"treatMissingData": ("missing", "ignore", "breaching", "notBreaching")},
    outputs={"arn": "AlarmArn"},
    replace_on=frozenset({"name"}),
    not_returned={
        "metricQueries": "the emulator does not keep an alarm's metric math",
        "thresholdMetricId": "the emulator does not keep an alarm's metric math",
        "evaluateLowSampleCountPercentiles": "the emulator does not keep it",
    },
    prepare=_alarm,
    restore=_alarm_back,
    tagging=_TAGGING,
    naming=Naming(limit=255),
)

COMPOSITE_ALARM = ResourceType(
    token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
    service="cloudwatch",
    create=Operation(name="put_composite_alarm"),
    id="$alarmName",
    read=(
        Read(
            name="describe_alarms",
            params={"AlarmNames": ["$alarmName"], "AlarmTypes": ["CompositeAlarm"]},
            at="CompositeAlarms[0]",
        ),
    ),
    update=(Operation(name="put_composite_alarm", never=frozenset({"tags"}), whole=True),),
    delete=Operation(name="delete_alarms", params={"AlarmNames": ["$id"]}),
    moved={
        "actionsSuppressor.alarm": "actionsSuppressorAlarm",
        "actionsSuppressor.extensionPeriod": "actionsSuppressorExtensionPeriod",
        "actionsSuppressor.waitPeriod": "actionsSuppressorWaitPeriod",
    },
    names={"actionsSuppressorAlarm": "ActionsSuppressor"},
    defaults={"actionsEnabled": True},
    outputs={"arn": "AlarmArn"},
    replace_on=frozenset({"alarmName", "actionsEnabled"}),
    not_returned={
        f"actionsSuppressor.{name}": "the emulator does not keep what suppresses an alarm's actions"
        for name in ("alarm", "extensionPeriod", "waitPeriod")
    },
    tagging=_TAGGING,
)

DASHBOARD = ResourceType(
    token="aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    create=Operation(name="put_dashboard"),
    id="$dashboardName",
    read=(Read(name="get_dashboard", params={"DashboardName": "$dashboardName"}),),
    update=(Operation(name="put_dashboard"),),
    delete=Operation(name="delete_dashboards", params={"DashboardNames": ["$id"]}),
    outputs={"dashboardArn": "DashboardArn"},
    documents=frozenset({"dashboardBody"}),
    replace_on=frozenset({"dashboardName"}),
)


def _keep(_before: Properties, after: Properties) -> list[Properties]:
    days = after.get("retentionInDays") or 0
    return [{"retentionInDays": days}] if days else []


def _keep_forever(before: Properties, after: Properties) -> list[Properties]:
    return [{}] if before.get("retentionInDays") and not after.get("retentionInDays") else []


_RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)

LOG_GROUP = ResourceType(
    token="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=Operation(name="create_log_group", only=frozenset({"name", "kmsKeyId", "logGroupClass", "tags"})),
    id="$name",
    read=(
        Read(
            name="describe_log_groups",
            params={"logGroupNamePrefix": "$name"},
            at="logGroups[?logGroupName=='$name'] | [0]",
            also={"retentionInDays": "not_null(retentionInDays, `0`)"},
        ),
    ),
    update=(
        Operation(
            name="put_retention_policy",
            params={"logGroupName": "$id"},
            only=frozenset({"retentionInDays"}),
            steps=_keep,
        ),
        Operation(
            name="delete_retention_policy",
            params={"logGroupName": "$id"},
            only=frozenset({"retentionInDays"}),
            steps=_keep_forever,
        ),
        Operation(name="associate_kms_key", params={"logGroupName": "$id"}, only=frozenset({"kmsKeyId"})),
    ),
    delete=Operation(name="delete_log_group", params={"logGroupName": "$id"}),
    names={"name": "logGroupName", "retentionInDays": "retentionInDays"},
    defaults={"retentionInDays": 0},
    limits={"retentionInDays": _RETENTIONS},
    outputs={"arn": "arn:aws:logs:$region:$account:log-group:$name", "logGroupClass": "logGroupClass"},
    ignored=frozenset({"skipDestroy"}),
    replace_on=frozenset({"name", "logGroupClass"}),
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"resourceArn": "$arn"},
        read=Read(name="list_tags_for_resource", params={"resourceArn": "$arn"}, at="tags"),
    ),
    naming=Naming(limit=512),
)
