"""The alarms of a cache: what makes it slow, forgetful or full, of the worst of its nodes.

See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html and
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pulumi

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.cache_arguments import CacheArgs
from tenfold.cache_server import CachePlace, CacheServer, is_serverless, replicas_of, shards_of
from tenfold.cache_serverless import max_ecpu_per_second, max_storage_gb

_GB = 1_000_000_000
_CONNECTIONS = 65_000
"""How many connections a node takes."""
_PERIOD = 300
_Add = Callable[..., object]


def cache_alarms(
    component: pulumi.ComponentResource, args: CacheArgs, place: CachePlace, server: CacheServer
) -> pulumi.Output[dict[str, str]]:
    """Alarms on load, memory, evictions, lagging replicas and connections, or on what a serverless cache reaches."""
    alarms = Alarms(component, args)

    def add(kind: str, advice: str, severity: AlarmSeverity = AlarmSeverity.WARNING, **properties: Any) -> None:
        text = f"Cache {component.pulumi_resource_name}: {advice}"
        alarms.add(kind, text, severity, evaluation_periods=3, **properties)

    shards = shards_of(args)
    if is_serverless(args):
        _serverless_alarms(add, args, place)
    elif shards is None:
        _node_alarms(add, args, server.members)
    else:
        for number in range(1, shards + 1):
            shard = f"{number:04d}"
            members = pulumi.Output.all(place.identifier, server.members).apply(
                lambda found, shard=shard: [each for each in found[1] if each.startswith(f"{found[0]}-{shard}-")]
            )
            _node_alarms(add, args, members, shard)
    return alarms.arns()


def _node_alarms(add: _Add, args: CacheArgs, members: pulumi.Output[Any], shard: str = "") -> None:
    """The alarms of a primary and its replicas, each on the worst of them."""
    monitoring = args.get("monitoring", {})
    whose = f" of shard {shard}" if shard else ""
    # What AWS calls a shard is a name and not a place in a list, which no child is called by.
    key = f"{shard}-shard" if shard else ""

    def alarm(kind: str, metric: str, statistic: str, threshold: float, advice: str, *severity: AlarmSeverity) -> None:
        queries = members.apply(lambda names: _worst_of(names, metric, statistic))
        add(kind, f"a node{whose} {advice}", *severity, key=key, threshold=threshold, metric_queries=queries)

    advice = "is at 80 % of what its engine can do; look for slow commands, add shards, or take a larger type."
    alarm("cpu-alarm", "EngineCPUUtilization", "Average", 80, advice)
    memory = monitoring.get("memory_percent", 90)
    advice = f"is full to {memory:g} %; let keys expire sooner, add shards, or take a larger type."
    alarm("memory-alarm", "DatabaseMemoryUsagePercentage", "Maximum", memory, advice)
    evictions = monitoring.get("evictions_per_minute", 100)
    advice = f"forgets more than {evictions:g} keys a minute for want of memory; add shards, or take a larger type."
    alarm("eviction-alarm", "Evictions", "Sum", evictions * _PERIOD / 60, advice)
    advice = "has 80 % of the connections that it takes; share them by pools."
    alarm("connections-alarm", "CurrConnections", "Maximum", int(_CONNECTIONS * 0.8), advice)
    if replicas_of(args):
        advice = "is 10 s behind its primary: what was written last is lost if that fails. Look for bursts of writes."
        alarm("lag-alarm", "ReplicationLag", "Maximum", 10, advice)


def _worst_of(members: Sequence[str], metric: str, statistic: str) -> list[dict[str, Any]]:
    # A node that says nothing, such as a primary of its lag, must not hide the others.
    worst = {"id": "worst", "expression": "MAX(FILL(METRICS(), 0))", "label": f"Worst {metric}", "return_data": True}
    return [
        worst,
        *(
            {
                "id": f"node{member.rpartition('-')[2]}",
                "metric": {
                    "namespace": "AWS/ElastiCache",
                    "metric_name": metric,
                    "dimensions": {"CacheClusterId": member},
                    "stat": statistic,
                    "period": _PERIOD,
                },
            }
            for member in members
        ),
    ]


def _serverless_alarms(add: _Add, args: CacheArgs, place: CachePlace) -> None:
    def alarm(kind: str, metric: str, statistic: str, threshold: float, advice: str, *severity: AlarmSeverity) -> None:
        add(
            kind,
            advice,
            *severity,
            threshold=threshold,
            namespace="AWS/ElastiCache",
            metric_name=metric,
            dimensions={"clusterId": place.identifier},
            statistic=statistic,
            period=_PERIOD,
        )

    advice = "it throttles commands; raise serverless.max_ecpu_per_second, or look for a hot key."
    alarm("throttle-alarm", "ThrottledCmds", "Sum", 0, advice, AlarmSeverity.CRITICAL)
    most = max_storage_gb(args)
    advice = f"it holds 75 % of {most} GB; let keys expire sooner, or raise serverless.max_storage_gb."
    alarm("memory-alarm", "BytesUsedForCache", "Maximum", most * _GB * 0.75, advice)
    units = max_ecpu_per_second(args)
    advice = f"it does 75 % of {units} units a second; raise serverless.max_ecpu_per_second before it throttles."
    alarm("cpu-alarm", "ElastiCacheProcessingUnits", "Sum", units * _PERIOD * 0.75, advice)
    evictions = args.get("monitoring", {}).get("evictions_per_minute", 100)
    advice = f"it forgets more than {evictions:g} keys a minute; raise serverless.max_storage_gb."
    alarm("eviction-alarm", "Evictions", "Sum", evictions * _PERIOD / 60, advice)
