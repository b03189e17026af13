"""CloudWatch Logs: what is counted in what is logged, and questions that are asked again and again."""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType

_TRANSFORMATION = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}


def _filter(properties: Properties) -> Properties:
    """The transformation is a list of one in AWS, with longer names."""
    given = properties.get("metricTransformation")
    if not isinstance(given, dict):
        return properties
    rest = {name: value for name, value in properties.items() if name != "metricTransformation"}
    return {**rest, "metricTransformations": [{_TRANSFORMATION.get(name, name): v for name, v in given.items()}]}


def _filter_back(properties: Properties) -> Properties:
    rest = {name: value for name, value in properties.items() if name != "metricTransformations"}
    told: list[dict[str, Any]] = properties.get("metricTransformations") or []
    if not told:
        return rest
    short = {long: name for name, long in _TRANSFORMATION.items()}
    return {**rest, "metricTransformation": {short.get(name, name): value for name, value in told[0].items()}}


METRIC_FILTER = ResourceType(
    token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
    service="logs",
    create=Operation(name="put_metric_filter"),
    id="$name",
    read=(
        Read(
            name="describe_metric_filters",
            params={"logGroupName": "$logGroupName", "filterNamePrefix": "$name"},
            at="metricFilters[?filterName=='$name'] | [0]",
        ),
    ),
    update=(Operation(name="put_metric_filter", whole=True),),
    delete=Operation(name="delete_metric_filter", params={"logGroupName": "$logGroupName", "filterName": "$name"}),
    names={"name": "filterName", "pattern": "filterPattern"},
    replace_on=frozenset({"name", "logGroupName"}),
    prepare=_filter,
    restore=_filter_back,
    naming=Naming(limit=512),
)

QUERY_DEFINITION = ResourceType(
    token="aws:cloudwatch/queryDefinition:QueryDefinition",
    service="logs",
    create=Operation(name="put_query_definition"),
    id="queryDefinitionId",
    update=(Operation(name="put_query_definition", params={"queryDefinitionId": "$id"}),),
    outputs={"queryDefinitionId": "$id", "arn": "arn:aws:logs:$region:$account:query-definition:$id"},
    recorded="the emulator keeps no queries of CloudWatch Logs",
    recorded_id="00000000-0000-4000-8000-$digits",
)
