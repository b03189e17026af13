"""Every resource that can fail has an alarm on it, in every use of every component, or a reason why it has none."""

from collections.abc import Iterator
from typing import Any

import pytest

import tenfold
from tenfold import MonitoringServiceKind as Kind
from tenfold.hosting import components_of
from tests.components.building import Built, Registered, build
from tests.components.recorded import recorded
from tests.components.uses import EXAMPLES, TOPIC

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ALARMABLE = frozenset(
    {
        "aws:autoscaling/group:Group",
        "aws:cloudfront/distribution:Distribution",
        "aws:dynamodb/table:Table",
        "aws:ec2/instance:Instance",
        "aws:ec2/natGateway:NatGateway",
        "aws:ecs/service:Service",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/serverlessCache:ServerlessCache",
        "aws:lambda/function:Function",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "aws:mediaconvert/queue:Queue",
        "aws:rds/cluster:Cluster",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:rds/instance:Instance",
        "aws:rds/proxy:Proxy",
        "aws:s3/bucket:Bucket",
        "aws:sesv2/configurationSet:ConfigurationSet",
        "aws:sns/platformApplication:PlatformApplication",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
    }
)
"""What CloudWatch has metrics of that tell of a fault."""
_OWN_TOPIC = "an alarm on it would notify it; what it could not deliver is in a queue that has one"
_ONE_QUEUE = "its one subscriber is a queue, whose oldest message and dead letters have alarms"
_LOGS = "it holds logs, and nobody waits for it"
EXEMPT = {
    "WebTier": {
        "-asg": "it replaces what fails; what it cannot heal is unhealthy in the target group, which has an alarm",
        "-access-logs": _LOGS,
    },
    "QueueService": {
        "-worker-asg": "workers that are away or too few are told of by the queue's oldest message",
        "-worker-service": "workers that are away or too few are told of by the queue's oldest message",
    },
    "Database": {"-proxy": "it fails with its database, whose load and connections have alarms"},
    "StaticSite": {
        "-log-bucket": _LOGS,
        "-bucket": "CloudFront alone reads it, and counts its failures among its own 5XX answers",
    },
    "Monitoring": {"-warning-topic": _OWN_TOPIC, "-critical-topic": _OWN_TOPIC},
    "Mailer": {"-feedback-topic": _ONE_QUEUE},
    "MobilePush": {
        "-event-": _ONE_QUEUE,
        "-broadcast-": "devices that it cannot reach are counted by the application of their platform",
    },
}
"""Why some have no alarm of their own, by component and by a part of their names."""


def uses() -> Iterator[Any]:
    for component in components_of(tenfold):
        for use in EXAMPLES[component.__name__].uses() if component.__name__ in EXAMPLES else ():
            yield pytest.param(component, use, id=f"{component.__name__}-{use}")


def watched(built: Built[Any]) -> set[str]:
    """The values of all dimensions that alarms watch."""
    found: set[str] = set()
    for alarm in built.of(ALARM):
        metrics = [query["metric"] for query in alarm.inputs.get("metricQueries", []) if "metric" in query]
        for metric in [alarm.inputs, *metrics]:
            found |= {str(value) for value in metric.get("dimensions", {}).values()}
    return found


def names(resource: Registered) -> set[str]:
    """What a dimension may call it: the names that AWS, or the mock of it, gives."""
    given = ("name", "clusterIdentifier", "identifier", "replicationGroupId", "configurationSetName", "bucket")
    return {
        *(str(resource.inputs[key]) for key in given if key in resource.inputs),
        *(f"{resource.name}{end}" for end in ("-id", "-0a1b2c", "/0a1b2c")),
    }


def is_watched(resource: Registered, values: set[str]) -> bool:
    # A cache's nodes are named after it, and an ARN ends with what is meant.
    return any(
        value.startswith(name) or value.endswith(f":{resource.name}") for name in names(resource) for value in values
    )


def reason(resource: Registered) -> str:
    owner = resource.parent.rpartition("tenfold:index:")[2].partition("::")[0]
    return next((why for part, why in EXEMPT.get(owner, {}).items() if part in resource.name), "")


@pytest.mark.parametrize(("component", "use"), uses())
def test_what_can_fail_has_an_alarm_or_a_reason_why_it_has_none(component: Any, use: str) -> None:
    made = recorded(component, use)
    values = watched(made)
    silent = [
        f"{resource.type} {resource.name}"
        for resource in made.resources
        if resource.type in ALARMABLE and not is_watched(resource, values) and not reason(resource)
    ]
    assert silent == []


KINDS = {
    "Bucket": Kind.BUCKET,
    "Cache": Kind.CACHE,
    "Database": Kind.DATABASE,
    "FederatedDatabases": Kind.SHARDS,
    "Function": Kind.FUNCTION,
    "Mailer": Kind.MAIL,
    "MobilePush": Kind.OTHER,
    "Network": Kind.OTHER,
    "Pipeline": Kind.PIPELINE,
    "QueueService": Kind.QUEUE,
    "ShardedCluster": Kind.SHARDS,
    "StaticSite": Kind.SITE,
    "Table": Kind.TABLE,
    "Topic": Kind.TOPIC,
    "WebTier": Kind.WEB_TIER,
}
"""What components are as services of `Monitoring`."""


@pytest.mark.parametrize("component", KINDS)
def test_monitoring_calls_critical_what_a_component_calls_so_itself(component: str) -> None:
    topics = {"alarms": {"topic_arn": TOPIC, "critical_topic_arn": f"{TOPIC}-critical"}}
    made = build(lambda: getattr(tenfold, component)("it", {**EXAMPLES[component].full, **topics}))
    arns = made.value(made.result.alarm_arns)
    ours = {
        name: f"{TOPIC}-critical" in made[arn.rpartition(":")[2]].inputs["alarmActions"] for name, arn in arns.items()
    }
    service: Any = {"kind": KINDS[component].value, "alarm_arns": arns, "identifiers": {}}
    if KINDS[component] is Kind.WEB_TIER:
        service["identifiers"] = {"load_balancer_arn": "a", "target_group_arn": "b"}
    watching = build(lambda: tenfold.Monitoring("all", {"services": {"one": service}}))
    rule = watching["all-service-critical-one"].inputs["alarmRule"]
    assert {name: f'ALARM("{arns[name].rpartition(":")[2]}")' in rule for name in arns} == ours
