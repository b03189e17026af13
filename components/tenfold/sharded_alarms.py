"""Alarms on shards that do much more than others; each shard has those of a database beside them.

CloudWatch computes an alarm from ten metrics at most, so the shards of a larger cluster are compared in groups of
neighbours by name, the last of a group with the first of the next.
"""

from collections.abc import Iterable, Mapping, Sequence

import pulumi
import pulumi_aws as aws

from tenfold.database import Database

_MOST = 10
_GIB = 2**30


def imbalance_alarms(
    component: pulumi.ComponentResource,
    shards: Mapping[str, Database],
    *,
    aurora: bool,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    """Alarms where one shard is much busier, or on Aurora much larger, than its neighbours are on average."""
    for first, group in _groups(sorted(shards)):
        members = {shard: shards[shard] for shard in group}
        _alarm(
            component,
            f"busy-alarm-{first}",
            members,
            "CPUUtilization",
            aurora=aurora,
            expression="MAX(METRICS()) - AVG(METRICS())",
            threshold=30,
            period=300,
            advice="one of them is busier than the others by 30 percent of a CPU: look for a large customer with "
            "`tenfold-shards show`, isolate its key or rebalance by weights.",
            actions=actions,
        )
        if aurora:
            _alarm(
                component,
                f"size-alarm-{first}",
                members,
                "VolumeBytesUsed",
                aurora=True,
                # Volumes that are almost empty differ by chance.
                expression=f"IF(AVG(METRICS()) > {10 * _GIB}, MAX(METRICS()) / AVG(METRICS()), 1)",
                threshold=1.5,
                period=3600,
                advice="one of them has half as much again as they have on average: rebalance, or split it.",
                actions=actions,
            )


def _groups(shards: Sequence[str]) -> Iterable[tuple[str, Sequence[str]]]:
    """Groups by the name of their first shard; none where there is nothing to compare."""
    for start in range(0, max(len(shards) - 1, 0), _MOST - 1):
        yield shards[start], shards[start : start + _MOST]


def _alarm(
    component: pulumi.ComponentResource,
    kind: str,
    shards: Mapping[str, Database],
    metric: str,
    *,
    aurora: bool,
    expression: str,
    threshold: float,
    period: int,
    advice: str,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    name = component.pulumi_resource_name
    dimension = "DBClusterIdentifier" if aurora else "DBInstanceIdentifier"
    aws.cloudwatch.MetricAlarm(
        f"{name}-{kind}",
        alarm_description=f"Shards {', '.join(shards)} of {name}: {advice}",
        metric_queries=[
            {"id": "apart", "expression": expression, "label": "How far apart they are", "return_data": True},
            *(
                {
                    "id": f"shard{index}",
                    "label": shard,
                    "metric": {
                        "namespace": "AWS/RDS",
                        "metric_name": metric,
                        "dimensions": {dimension: database.identifier},
                        "stat": "Average",
                        "period": period,
                    },
                }
                for index, (shard, database) in enumerate(shards.items())
            ),
        ],
        evaluation_periods=3,
        datapoints_to_alarm=3,
        comparison_operator="GreaterThanThreshold",
        threshold=threshold,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=component),
    )
