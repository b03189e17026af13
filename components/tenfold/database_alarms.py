"""The alarms of a database: what its users would notice, before they do.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html. CloudWatch counts deadlocks of Aurora alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.database_arguments import DatabaseArgs
from tenfold.database_cluster import readers_of
from tenfold.database_engine import GIB, facts_of, is_serverless, max_connections, memory_gib
from tenfold.database_instance import allocated_gb
from tenfold.database_server import DatabaseServer

_Add = Callable[..., object]


def database_alarms(
    component: pulumi.ComponentResource, args: DatabaseArgs, server: DatabaseServer
) -> pulumi.Output[dict[str, str]]:
    """Alarms on load, connections and memory, and on what the engine or its storage runs out of."""
    alarms = Alarms(component, args)

    def add(kind: str, advice: str, severity: AlarmSeverity = AlarmSeverity.WARNING, **properties: Any) -> None:
        # A quarter of an hour, unless told otherwise. A paused database says nothing.
        common: dict[str, Any] = {
            "namespace": "AWS/RDS",
            "statistic": "Average",
            "period": 300,
            "evaluation_periods": 3,
        }
        alarms.add(kind, f"Database {component.pulumi_resource_name}: {advice}", severity, **{**common, **properties})

    if facts_of(args).aurora:
        _cluster_alarms(add, args, {"DBClusterIdentifier": server.identifier})
    else:
        _instance_alarms(add, args, server)
    return alarms.arns()


def _cluster_alarms(add: _Add, args: DatabaseArgs, cluster: Mapping[str, pulumi.Input[str]]) -> None:
    metric, most, what = ("CPUUtilization", 85, "CPU")
    if is_serverless(args):
        metric, most, what = ("ACUUtilization", 90, "its greatest capacity")
    advice = f"the {{}} at {most} % of {what}; look for slow statements, or raise the capacity."
    writer, readers = {**cluster, "Role": "WRITER"}, {**cluster, "Role": "READER"}
    add("load-alarm", advice.format("writer is"), metric_name=metric, dimensions=writer, threshold=most)
    if readers_of(args) or "reader_scaling" in args:
        add("reader-load-alarm", advice.format("readers are"), metric_name=metric, dimensions=readers, threshold=most)
        add(
            "lag-alarm",
            "a reader is 2 s behind the writer; look for long transactions, or give readers the writer's class.",
            metric_name="AuroraReplicaLagMaximum",
            dimensions=cluster,
            statistic="Maximum",
            period=60,
            evaluation_periods=5,
            threshold=2000,
        )
    _shared_alarms(add, args, cluster)
    # One a minute; the metric counts by the second.
    deadlocks = "statements deadlock; their transactions lock in different orders."
    add("deadlock-alarm", deadlocks, metric_name="Deadlocks", dimensions=writer, threshold=0.0167)


def _shared_alarms(add: _Add, args: DatabaseArgs, dimensions: Mapping[str, pulumi.Input[str]]) -> None:
    """Those that clusters and instances have in common; of a cluster, the worst of its instances counts."""
    connections, memory = max_connections(args), (memory_gib(args) or 0) * GIB
    add(
        "connections-alarm",
        f"80 % of about {connections} connections are taken; share them by a proxy or smaller pools.",
        metric_name="DatabaseConnections",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=int(connections * 0.8),
    )
    add(
        "memory-alarm",
        "a tenth of its memory is left; raise the capacity.",
        AlarmSeverity.CRITICAL,
        metric_name="FreeableMemory",
        dimensions=dimensions,
        statistic="Minimum",
        comparison_operator="LessThanThreshold",
        threshold=memory / 10,
    )
    if facts_of(args).postgres:
        # Half of those that there are: at the end PostgreSQL takes no more writes.
        add(
            "transaction-ids-alarm",
            "a billion transaction ids wait for autovacuum; look for what holds it up, such as an old transaction, a "
            "prepared one or a replication slot.",
            metric_name="MaximumUsedTransactionIDs",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=1_000_000_000,
        )


def _instance_alarms(add: _Add, args: DatabaseArgs, server: DatabaseServer) -> None:
    primary = {"DBInstanceIdentifier": server.identifier}
    advice = "its CPU is at 85 %; look for slow statements, or take a larger class."
    add("load-alarm", advice, metric_name="CPUUtilization", dimensions=primary, threshold=85)
    _shared_alarms(add, args, primary)
    add(
        "storage-alarm",
        "a tenth of its volume is left, and it does not grow; raise storage.max_gb.",
        AlarmSeverity.CRITICAL,
        metric_name="FreeStorageSpace",
        dimensions=primary,
        comparison_operator="LessThanThreshold",
        threshold=allocated_gb(args) * GIB / 10,
    )
    for key, identifier in server.replicas.items():
        replica = {"DBInstanceIdentifier": identifier}
        advice = f"the CPU of reader {key} is at 85 %; look for slow statements, or take a larger class."
        add("reader-load-alarm", advice, key=key, metric_name="CPUUtilization", dimensions=replica, threshold=85)
        advice = f"reader {key} is a minute behind; look for long transactions, or take a larger class."
        add("lag-alarm", advice, key=key, metric_name="ReplicaLag", dimensions=replica, threshold=60)
