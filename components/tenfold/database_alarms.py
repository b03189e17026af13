"""The alarms of a database: what its users would notice, before they do.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html. CloudWatch counts deadlocks of Aurora alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarm_actions import alarm_actions
from tenfold.database_arguments import DatabaseArgs
from tenfold.database_cluster import readers_of
from tenfold.database_engine import GIB, facts_of, is_serverless, max_connections, memory_gib
from tenfold.database_instance import allocated_gb
from tenfold.database_server import DatabaseServer

Dimensions = Mapping[str, pulumi.Input[str]]


def database_alarms(component: pulumi.ComponentResource, args: DatabaseArgs, server: DatabaseServer) -> None:
    """Alarms on load, connections and memory, and on what the engine or its storage runs out of."""
    actions = alarm_actions(args)
    alarms = _Alarms(component, actions)
    if facts_of(args).aurora:
        _cluster_alarms(alarms, args, {"DBClusterIdentifier": server.identifier})
    else:
        _instance_alarms(alarms, args, server)


class _Alarms:
    """Makes the alarms of one database; each says what to do."""

    def __init__(self, component: pulumi.ComponentResource, actions: Sequence[pulumi.Input[str]]) -> None:
        self.component = component
        self.actions = actions

    def above(self, kind: str, metric: str, dimensions: Dimensions, threshold: float, advice: str, **how: Any) -> None:
        """An alarm where a metric is above a threshold for a quarter of an hour, or as long as `how` says."""
        self._alarm(kind, metric, dimensions, "GreaterThanThreshold", threshold, advice, how)

    def below(self, kind: str, metric: str, dimensions: Dimensions, threshold: float, advice: str, **how: Any) -> None:
        """An alarm where a metric is below a threshold for a quarter of an hour, or as long as `how` says."""
        self._alarm(kind, metric, dimensions, "LessThanThreshold", threshold, advice, how)

    def _alarm(
        self,
        kind: str,
        metric: str,
        dimensions: Dimensions,
        comparison: str,
        threshold: float,
        advice: str,
        how: Mapping[str, Any],
    ) -> None:
        name = self.component.pulumi_resource_name
        periods = how.get("periods", 3)
        aws.cloudwatch.MetricAlarm(
            f"{name}-{kind}",
            alarm_description=f"Database {name}: {advice}",
            namespace="AWS/RDS",
            metric_name=metric,
            dimensions=dimensions,
            statistic=how.get("statistic", "Average"),
            period=how.get("period", 300),
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            comparison_operator=comparison,
            threshold=threshold,
            # A paused database says nothing.
            treat_missing_data="notBreaching",
            alarm_actions=self.actions,
            ok_actions=self.actions,
            opts=pulumi.ResourceOptions(parent=self.component),
        )


def _cluster_alarms(alarms: _Alarms, args: DatabaseArgs, cluster: Dimensions) -> None:
    metric, most, what = ("CPUUtilization", 85, "CPU")
    if is_serverless(args):
        metric, most, what = ("ACUUtilization", 90, "its greatest capacity")
    advice = f"the {{}} at {most} % of {what}; look for slow statements, or raise the capacity."
    alarms.above("load-alarm", metric, {**cluster, "Role": "WRITER"}, most, advice.format("writer is"))
    if readers_of(args) or "reader_scaling" in args:
        readers = {**cluster, "Role": "READER"}
        alarms.above("reader-load-alarm", metric, readers, most, advice.format("readers are"))
        _lag_alarm(alarms, cluster)
    _shared_alarms(alarms, args, cluster)
    # One a minute; the metric counts by the second.
    deadlocks = "statements deadlock; their transactions lock in different orders."
    alarms.above("deadlock-alarm", "Deadlocks", {**cluster, "Role": "WRITER"}, 0.0167, deadlocks)


def _lag_alarm(alarms: _Alarms, cluster: Dimensions) -> None:
    advice = "a reader is 2 s behind the writer; look for long transactions, or give readers the writer's class."
    how = {"statistic": "Maximum", "period": 60, "periods": 5}
    alarms.above("lag-alarm", "AuroraReplicaLagMaximum", cluster, 2000, advice, **how)


def _shared_alarms(alarms: _Alarms, args: DatabaseArgs, dimensions: Dimensions) -> None:
    """Those that clusters and instances have in common; of a cluster, the worst of its instances counts."""
    connections, memory = max_connections(args), (memory_gib(args) or 0) * GIB
    advice = f"80 % of about {connections} connections are taken; share them by a proxy or smaller pools."
    limit = int(connections * 0.8)
    alarms.above("connections-alarm", "DatabaseConnections", dimensions, limit, advice, statistic="Maximum")
    advice = "a tenth of its memory is left; raise the capacity."
    alarms.below("memory-alarm", "FreeableMemory", dimensions, memory / 10, advice, statistic="Minimum")


def _instance_alarms(alarms: _Alarms, args: DatabaseArgs, server: DatabaseServer) -> None:
    primary = {"DBInstanceIdentifier": server.identifier}
    advice = "its CPU is at 85 %; look for slow statements, or take a larger class."
    alarms.above("load-alarm", "CPUUtilization", primary, 85, advice)
    _shared_alarms(alarms, args, primary)
    advice = "a tenth of its volume is left, and it does not grow; raise storage.max_gb."
    alarms.below("storage-alarm", "FreeStorageSpace", primary, allocated_gb(args) * GIB / 10, advice)
    for key, identifier in server.replicas.items():
        replica = {"DBInstanceIdentifier": identifier}
        advice = f"the CPU of reader {key} is at 85 %; look for slow statements, or take a larger class."
        alarms.above(f"reader-load-alarm-{key}", "CPUUtilization", replica, 85, advice)
        advice = f"reader {key} is a minute behind; look for long transactions, or take a larger class."
        alarms.above(f"lag-alarm-{key}", "ReplicaLag", replica, 60, advice)
