"""The alarms of a component: whom they notify, which are not wanted, and what they have in common.

Each is a child of its own kind, so `overrides` changes its threshold as it changes any other property, and
`alarms.off` leaves it out. Which there are follows CloudWatch's recommended alarms; see
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children
from tenfold.errors import Fault


class AlarmSeverity(StrEnum):
    """How soon somebody has to look."""

    CRITICAL = "critical"
    """Now: users get errors, wait, or lose something."""
    WARNING = "warning"
    """Within a day or so: something runs out, or fails without users noticing yet."""


class AlarmsArgs(TypedDict):
    """Whom the alarms of a component notify, and which are not wanted."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that alarms notify; without it they change state and notify nobody."""
    critical_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that critical alarms notify; that of `topic_arn` by default."""
    off: NotRequired[list[str]]
    """The kinds of alarms that are not made, by their names in `overrides`, `["latency-alarm"]`; none by default. They
    are known before anything exists."""


class Alarms:
    """Makes the alarms of one component, and knows those that it made."""

    def __init__(self, component: pulumi.ComponentResource, args: Mapping[str, Any]) -> None:
        """For a component and its arguments, of which `alarms` counts."""
        self._component = component
        self._args = cast("AlarmsArgs", args.get("alarms", {}))
        self._made: dict[str, pulumi.Output[str]] = {}

    def add(
        self,
        kind: str,
        description: str,
        severity: AlarmSeverity = AlarmSeverity.WARNING,
        *,
        key: str = "",
        actions: Sequence[pulumi.Input[str]] = (),
        **properties: Any,
    ) -> aws.cloudwatch.MetricAlarm | None:
        """Make an alarm, unless it is off. It is above its threshold, and quiet without data, unless told otherwise.

        Args:
            kind: The child's kind, which is the stable part of its name: `dlq-alarm`.
            description: What is wrong and what to do.
            severity: Which topic it notifies.
            key: What tells it from others of its kind, such as a zone.
            actions: What it does besides notifying when it rings, such as a reboot.
            properties: The alarm's own, as `aws.cloudwatch.MetricAlarm` names them.
        """
        if kind in self._args.get("off", ()):
            return None
        name = f"{kind}-{key}" if key else kind
        topics = self.topics(severity)
        common: dict[str, Any] = {
            "comparison_operator": "GreaterThanThreshold",
            "treat_missing_data": "notBreaching",
            "datapoints_to_alarm": properties.get("evaluation_periods"),
        }
        alarm = aws.cloudwatch.MetricAlarm(
            f"{self._component.pulumi_resource_name}-{name}",
            alarm_description=description,
            alarm_actions=[*actions, *topics],
            ok_actions=topics,
            opts=pulumi.ResourceOptions(parent=self._component),
            **{**common, **properties},
        )
        self._made[name] = alarm.arn
        return alarm

    def topics(self, severity: AlarmSeverity) -> list[pulumi.Input[str]]:
        """The topic that alarms of a severity notify; nobody without one."""
        topic = self._args.get("topic_arn")
        if severity is AlarmSeverity.CRITICAL:
            topic = self._args.get("critical_topic_arn", topic)
        return [] if topic is None else [topic]

    def arns(self, parts: Mapping[str, pulumi.Output[dict[str, str]]] | None = None) -> pulumi.Output[dict[str, str]]:
        """The ARNs of the alarms that were made, by kind, and by kind and key where there are several.

        Args:
            parts: Those of components within it, by a key that stands in front of theirs: `thumbnail/age-alarm`.
        """
        return pulumi.Output.all(self._made, dict(parts or {})).apply(lambda found: _joined(found[0], found[1]))


def _joined(own: Mapping[str, str], parts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {**own, **{f"{part}/{name}": arn for part, arns in parts.items() for name, arn in arns.items()}}


def alarm_faults(
    args: Mapping[str, Any], children: Children, acting: Mapping[str, str] | None = None
) -> Iterable[Fault]:
    """What is wrong with the alarms that a component's arguments turn off.

    Args:
        args: The component's arguments.
        children: Its kinds of children, with those of components within it that it hands its alarms on to.
        acting: What alarms do that cannot be turned off, by kind: `{"wake-alarm": "starts the first worker"}`.
    """
    does = acting or {}
    allowed = ", ".join(sorted(_alarm_kinds(children) - does.keys()))
    for index, kind in enumerate(args.get("alarms", {}).get("off", ())):
        if kind in does:
            yield Fault(f"alarms.off[{index}]", f"{kind} does more than notify: it {does[kind]}", allowed)
        elif kind not in _alarm_kinds(children):
            yield Fault(f"alarms.off[{index}]", f"there is no alarm {kind!r}", allowed)


def handed_on(args: Mapping[str, Any], children: Children) -> dict[str, Any]:
    """The argument `alarms` of a component within another one: its topics, and those off that are of its kinds."""
    if "alarms" not in args:
        return {}
    off = [kind for kind in args["alarms"].get("off", ()) if kind in _alarm_kinds(children)]
    return {"alarms": {**args["alarms"], "off": off}}


def _alarm_kinds(children: Children) -> set[str]:
    return {kind for kind, child in children.items() if child is aws.cloudwatch.MetricAlarm}


def computed(
    expression: str,
    label: str,
    metrics: Mapping[str, str],
    *,
    namespace: str,
    dimensions: Mapping[str, Any],
    statistic: str = "Sum",
    period: int = 60,
) -> list[dict[str, Any]]:
    """The `metric_queries` of an alarm on metrics that have namespace and dimensions in common.

    Args:
        expression: CloudWatch metric math over the ids of `metrics`.
        label: What the expression's value is, with its unit.
        metrics: Names of metrics by their ids in the expression.
        namespace: The metrics' namespace.
        dimensions: The metrics' dimensions.
        statistic: The metrics' statistic.
        period: Over how many seconds each datapoint is taken.
    """
    return [
        {"id": "computed", "expression": expression, "label": label, "return_data": True},
        *(
            {
                "id": query,
                "metric": {
                    "namespace": namespace,
                    "metric_name": metric,
                    "dimensions": dimensions,
                    "stat": statistic,
                    "period": period,
                },
            }
            for query, metric in metrics.items()
        ),
    ]
