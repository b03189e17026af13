"""CloudWatch: alarms, and the log groups of CloudWatch Logs."""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging


def _dimensions(value: Any) -> Any:
    return [{"name": name, "value": item} for name, item in value.items()] if isinstance(value, dict) else value


def _query(query: Any) -> Any:
    if not isinstance(query, dict):
        return query
    result = {name: value for name, value in query.items() if name != "metric"}
    if isinstance(metric := query.get("metric"), dict):
        of = {name: metric[name] for name in ("namespace", "metricName") if name in metric}
        of |= {"dimensions": _dimensions(metric["dimensions"])} if metric.get("dimensions") else {}
        stat = {name: metric[name] for name in ("period", "stat", "unit") if metric.get(name)}
        result["metricStat"] = {"metric": of, **stat}
    return result


def _prepare(properties: Properties) -> Properties:
    result = dict(properties)
    if "dimensions" in properties:
        result["dimensions"] = _dimensions(properties["dimensions"])
    if isinstance(properties.get("metricQueries"), list):
        result["metricQueries"] = [_query(query) for query in properties["metricQueries"]]
    return result


def _restore(properties: Properties) -> Properties:
    result = dict(properties)
    if isinstance(properties.get("dimensions"), list):
        result["dimensions"] = {one["name"]: one["value"] for one in properties["dimensions"]}
    return result


METRIC_ALARM = ResourceType(
    token="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create=Operation(name="put_metric_alarm"),
    id="$name",
    read=(Read(name="describe_alarms", params={"AlarmNames": ["$id"]}, at="MetricAlarms[0]"),),
    # It puts the whole alarm: what is left out goes back to AWS's default.
    update=(Operation(name="put_metric_alarm", params={"AlarmName": "$id"}, whole=True, never=frozenset({"tags"})),),
    delete=Operation(name="delete_alarms", params={"AlarmNames": ["$id"]}),
    names={
        "name": "AlarmName",
        "metricQueries": "Metrics",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    },
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    outputs={"arn": "AlarmArn"},
    replace_on=frozenset({"name"}),
    prepare=_prepare,
    restore=_restore,
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceARN": "$arn"},
        read=Read(name="list_tags_for_resource", params={"ResourceARN": "$arn"}, at="Tags"),
    ),
    naming=Naming(limit=255),
)


def _retention(gone: bool) -> Any:
    """0 stands for ever, which AWS has as no policy at all."""

    def steps(before: Properties, after: Properties) -> list[Properties]:
        old, new = (one.get("retentionInDays") or 0 for one in (before, after))
        if old == new or (new == 0) != gone:
            return []
        return [{}] if gone else [{"retentionInDays": new}]

    return steps


LOG_GROUP = ResourceType(
    token="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=Operation(name="create_log_group", only=frozenset({"name", "kmsKeyId", "logGroupClass", "tags"})),
    id="$name",
    read=(
        Read(
            name="describe_log_groups",
            params={"logGroupNamePrefix": "$id"},
            at="logGroups[?logGroupName=='$id'] | [0]",
        ),
    ),
    update=(
        Operation(
            name="put_retention_policy",
            params={"logGroupName": "$id"},
            only=frozenset({"retentionInDays"}),
            steps=_retention(gone=False),
        ),
        Operation(
            name="delete_retention_policy",
            params={"logGroupName": "$id"},
            only=frozenset({"retentionInDays"}),
            steps=_retention(gone=True),
        ),
    ),
    delete=Operation(name="delete_log_group", params={"logGroupName": "$id"}),
    names={"name": "logGroupName"},
    outputs={"arn": "arn:aws:logs:$region:$account:log-group:$name"},
    ignored=frozenset({"skipDestroy"}),
    limits={
        "retentionInDays": (
            *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
            *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
        )
    },
    replace_on=frozenset({"name", "logGroupClass"}),
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"resourceArn": "$arn"},
        read=Read(name="list_tags_for_resource", params={"resourceArn": "$arn"}, at="tags"),
    ),
    naming=Naming(limit=512),
)
