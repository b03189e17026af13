"""Alarms on shards that do much more than others; each shard has those of a database beside them.

CloudWatch computes an alarm from ten metrics at most, so the shards of a larger cluster are compared in groups of
neighbours by name, the last of a group with the first of the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenfold.alarms import Alarms
from tenfold.database import Database

_MOST = 10
_GIB = 2**30


def imbalance_alarms(alarms: Alarms, name: str, shards: Mapping[str, Database], *, aurora: bool) -> None:
    """Alarms where one shard is much busier, or on Aurora much larger, than its neighbours are on average."""
    dimension = "DBClusterIdentifier" if aurora else "DBInstanceIdentifier"
    for first, group in _groups(sorted(shards)):
        members = {shard: {dimension: shards[shard].identifier} for shard in group}
        whose = f"Shards {', '.join(group)} of {name}: one of them"
        alarms.add(
            "busy-alarm",
            f"{whose} is busier than the others by 30 percent of a CPU: look for a large customer with "
            "`tenfold-shards show`, isolate its key or rebalance by weights.",
            key=first,
            metric_queries=_apart("MAX(METRICS()) - AVG(METRICS())", "CPUUtilization", members, period=300),
            evaluation_periods=3,
            threshold=30,
        )
        if aurora:
            # Volumes that are almost empty differ by chance.
            expression = f"IF(AVG(METRICS()) > {10 * _GIB}, MAX(METRICS()) / AVG(METRICS()), 1)"
            alarms.add(
                "size-alarm",
                f"{whose} has half as much again as they have on average: rebalance, or split it.",
                key=first,
                metric_queries=_apart(expression, "VolumeBytesUsed", members, period=3600),
                evaluation_periods=3,
                threshold=1.5,
            )


def _groups(shards: Sequence[str]) -> Iterable[tuple[str, Sequence[str]]]:
    """Groups by the name of their first shard; none where there is nothing to compare."""
    for start in range(0, max(len(shards) - 1, 0), _MOST - 1):
        yield shards[start], shards[start : start + _MOST]


def _apart(expression: str, metric: str, members: Mapping[str, Any], *, period: int) -> list[dict[str, Any]]:
    return [
        {"id": "apart", "expression": expression, "label": "How far apart they are", "return_data": True},
        *(
            {
                "id": f"shard{index}",
                "label": shard,
                "metric": {
                    "namespace": "AWS/RDS",
                    "metric_name": metric,
                    "dimensions": dimensions,
                    "stat": "Average",
                    "period": period,
                },
            }
            for index, (shard, dimensions) in enumerate(members.items())
        ),
    ]
