"""The dashboard of an environment: a row of widgets for each service, from the users inwards.

A dashboard has 24 columns. See
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.monitoring_arguments import MonitoringArgs, MonitoringServiceArgs, MonitoringServiceKind, MonitoringTier
from tenfold.monitoring_graphs import Graph, graphs

Widget = dict[str, Any]
_COLUMNS = 24
_WIDTH = 6
_HEIGHT = 6
_MOST_ALARMS = 100
_TIERS = {
    MonitoringServiceKind.SITE: MonitoringTier.EDGE,
    MonitoringServiceKind.WEB_TIER: MonitoringTier.WEB,
    MonitoringServiceKind.QUEUE: MonitoringTier.QUEUES,
    MonitoringServiceKind.PIPELINE: MonitoringTier.QUEUES,
    MonitoringServiceKind.TOPIC: MonitoringTier.QUEUES,
    MonitoringServiceKind.FUNCTION: MonitoringTier.FUNCTIONS,
    MonitoringServiceKind.TABLE: MonitoringTier.DATA,
    MonitoringServiceKind.DATABASE: MonitoringTier.DATA,
    MonitoringServiceKind.BUCKET: MonitoringTier.DATA,
    MonitoringServiceKind.SHARDS: MonitoringTier.SHARDS,
    MonitoringServiceKind.CACHE: MonitoringTier.CACHE,
    MonitoringServiceKind.MAIL: MonitoringTier.MAIL,
    MonitoringServiceKind.TRANSCODER: MonitoringTier.TRANSCODING,
    MonitoringServiceKind.OTHER: MonitoringTier.DATA,
}


def dashboard(
    monitoring: pulumi.ComponentResource,
    args: MonitoringArgs,
    composites: Mapping[str, pulumi.Output[str]],
    topic_arn: pulumi.Input[str],
) -> aws.cloudwatch.Dashboard:
    """A row for each service: which of its alarms ring, and its graphs. On top, which services have a fault."""
    name = monitoring.pulumi_resource_name
    services = args.get("services", {})
    facts = {service: [each.get("identifiers", {}), each.get("alarm_arns", {})] for service, each in services.items()}
    found = pulumi.Output.all(topic_arn, facts, dict(composites))
    return aws.cloudwatch.Dashboard(
        f"{name}-dashboard",
        dashboard_name=args.get("dashboard_name", f"{name}-{pulumi.get_stack()}"),
        dashboard_body=found.apply(lambda known: _body(name, services, *known)),
        opts=pulumi.ResourceOptions(parent=monitoring),
    )


def tier_of(service: MonitoringServiceArgs) -> MonitoringTier:
    """Where a service stands."""
    return service.get("tier", _TIERS[service["kind"]])


def _body(
    name: str,
    services: Mapping[str, MonitoringServiceArgs],
    topic_arn: str,
    facts: Mapping[str, Sequence[Any]],
    composites: Mapping[str, str],
) -> str:
    region = topic_arn.split(":")[3]
    rows = list(_rows(name, services, region, facts, composites))
    return json.dumps({"start": "-PT6H", "widgets": list(_placed(rows))})


def _rows(
    name: str,
    services: Mapping[str, MonitoringServiceArgs],
    region: str,
    facts: Mapping[str, Sequence[Any]],
    composites: Mapping[str, str],
) -> Iterator[list[Widget]]:
    names = sorted(composites)
    for start in range(0, len(names), _MOST_ALARMS):
        arns = [composites[key] for key in names[start : start + _MOST_ALARMS]]
        yield [_alarms(f"Services of {name}", arns, width=_COLUMNS)]
    for tier in MonitoringTier:
        members = sorted(service for service, each in services.items() if tier_of(each) is tier)
        if members:
            yield [_text(f"# {tier.value.capitalize()}", width=_COLUMNS, height=1)]
        for service in members:
            identifiers, arns = facts[service]
            shown = graphs(services[service]["kind"], identifiers)
            own = {key: arn for key, arn in composites.items() if key.startswith(f"{service}/")}
            # More alarms than a widget holds are shown by those that watch them.
            yield [
                _status(service, arns if len(arns) <= _MOST_ALARMS else own),
                *(_graph(service, graph, region) for graph in shown),
            ]


def _placed(rows: Sequence[Sequence[Widget]]) -> Iterator[Widget]:
    """The widgets of each row side by side, and rows below each other."""
    y = 0
    for row in rows:
        x = 0
        for widget in row:
            yield {**widget, "x": x, "y": y}
            x += widget["width"]
        y += max(widget["height"] for widget in row)


def _status(service: str, arns: Mapping[str, str]) -> Widget:
    if not arns:
        return _text(f"## {service}", width=_WIDTH, height=_HEIGHT)
    return _alarms(service, [arns[kind] for kind in sorted(arns)], width=_WIDTH)


def _alarms(title: str, arns: Sequence[str], *, width: int) -> Widget:
    properties = {"title": title, "alarms": list(arns), "sortBy": "stateUpdatedTimestamp"}
    return {"type": "alarm", "width": width, "height": _HEIGHT, "properties": properties}


def _text(markdown: str, *, width: int, height: int) -> Widget:
    return {"type": "text", "width": width, "height": height, "properties": {"markdown": markdown}}


def _graph(service: str, graph: Graph, region: str) -> Widget:
    properties = {
        "title": f"{service}: {graph.title}",
        "metrics": graph.rows,
        "region": graph.region or region,
        "period": graph.period,
        "view": "timeSeries",
        "yAxis": {"left": {"min": 0}},
    }
    return {"type": "metric", "width": _WIDTH, "height": _HEIGHT, "properties": properties}
