"""One notification per service: composite alarms, behind which its own alarms say what it is.

A fault rings many alarms. Those of a service are therefore given no topic; a composite alarm rings when the first of
them does, and is quiet until the last one is. Critical ones and warnings have one each, and while the critical one
rings, the warnings' is suppressed.
See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.errors import TenfoldError
from tenfold.monitoring_arguments import MonitoringArgs, MonitoringServiceArgs
from tenfold.monitoring_arguments import MonitoringServiceKind as Kind
from tenfold.monitoring_objectives import Burning, objective_alarms, traffic_alarm
from tenfold.monitoring_topics import EDGE_REGION, Topics, at_edge

_DATABASE = frozenset({"memory-alarm", "storage-alarm"})
_TABLE = frozenset({"read-throttle-alarm", "write-throttle-alarm", "system-error-alarm"})
CRITICAL_ALARMS: Mapping[Kind, frozenset[str]] = {
    Kind.SITE: frozenset({"error-alarm"}),
    Kind.WEB_TIER: frozenset(
        {"alb-error-alarm", "latency-alarm", "target-error-alarm", "task-count-alarm", "unhealthy-alarm"}
    ),
    Kind.QUEUE: frozenset({"age-alarm"}),
    Kind.PIPELINE: frozenset({"age-alarm", "end-topic-alarm"}),
    Kind.FUNCTION: frozenset({"canary-error-alarm", "error-alarm", "iterator-age-alarm", "throttle-alarm"}),
    Kind.TABLE: _TABLE | {"index-read-throttle-alarm", "index-write-throttle-alarm"},
    Kind.DATABASE: _DATABASE,
    Kind.SHARDS: _DATABASE | _TABLE,
    Kind.CACHE: frozenset({"throttle-alarm"}),
    Kind.BUCKET: frozenset({"server-error-alarm"}),
    Kind.TOPIC: frozenset({"dlq-alarm", "lost-alarm"}),
    Kind.MAIL: _TABLE
    | {
        *("account-bounce-rate-alarm", "account-complaint-rate-alarm", "reject-alarm", "rendering-failure-alarm"),
        *("undelivered-alarm", "age-alarm"),
    },
    Kind.TRANSCODER: frozenset({"events-alarm", "events-dlq-alarm"}),
    Kind.OTHER: frozenset(
        {
            *("nat-port-alarm", "nat-instance-reboot-alarm", "nat-instance-recover-alarm"),
            *("failure-alarm", "age-alarm"),
        }
    ),
}
"""The kinds of alarms that the components of this package call critical themselves."""
_MOST_ALARMS = 100
_MOST_CHARACTERS = 10_240


def service_alarms(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, alarms: Alarms, home: Topics, edge: Topics
) -> dict[str, pulumi.Output[str]]:
    """The composite alarms of all services, by service and severity: `web/critical`.

    Args:
        monitoring: The component.
        args: Its arguments.
        alarms: Makes alarms that notify nobody themselves.
        home: The topics of the environment's region.
        edge: The topics of CloudFront's region.
    """
    found: dict[str, pulumi.Output[str]] = {}
    for service, each in args.get("services", {}).items():
        burning: list[Burning] = []
        traffic = None
        if each["kind"] is Kind.WEB_TIER:
            burning = objective_alarms(alarms, monitoring, service, each)
            traffic = traffic_alarm(alarms, monitoring, service, each) if each.get("traffic_anomaly", False) else None
        if not ("alarm_arns" in each or burning or traffic is not None):
            continue
        of_edge = each["kind"] is Kind.SITE and at_edge(args)
        notified = edge if of_edge else home
        given = pulumi.Output.all(
            each.get("alarm_arns", {}), [list(window) for window in burning], traffic, notified.warning
        )
        for part in ("", *each.get("parts", ())):
            rule = _rule_of(service, each, part, given)
            made = _composites(monitoring, args, f"{service}-{part}" if part else service, rule, notified, of_edge)
            found |= {f"{service}/{part}/{kind}" if part else f"{service}/{kind}": arn for kind, arn in made.items()}
    return found


_Rule = Callable[[AlarmSeverity], pulumi.Output[str]]


def _rule_of(service: str, args: MonitoringServiceArgs, part: str, given: pulumi.Output[list[Any]]) -> _Rule:
    """The rule of a severity, of a part or of what is of no part."""
    critical = frozenset(args.get("critical", CRITICAL_ALARMS[args["kind"]]))
    parts = frozenset(args.get("parts", ()))

    def rule(severity: AlarmSeverity) -> pulumi.Output[str]:
        def terms(
            arns: Mapping[str, str], burning: Sequence[Sequence[Any]], traffic: str | None, topic: str
        ) -> list[str]:
            _check_region(service, arns.values(), topic.split(":")[3])
            own = [
                _rings(arns[name])
                for name in sorted(arns)
                if _part(name, parts) == part and _severity(name, critical) is severity
            ]
            if part:
                return own
            both = [f"({_rings(long)} AND {_rings(short)})" for of, long, short in burning if of == severity]
            fewer = [_rings(traffic)] if traffic and severity is AlarmSeverity.WARNING else []
            return [*own, *both, *fewer]

        return given.apply(lambda found: _joined(service, terms(*found)))

    return rule


def _part(name: str, parts: frozenset[str]) -> str:
    owner = name.partition("/")[0] if "/" in name else ""
    return owner if owner in parts else ""


def _severity(name: str, critical: frozenset[str]) -> AlarmSeverity:
    """A kind, or a kind and a key: `nat-alarm`, `nat-alarm-us-east-1a`, `east/cpu-alarm`."""
    own = name.rpartition("/")[2]
    hit = any(own == kind or own.startswith(f"{kind}-") for kind in critical)
    return AlarmSeverity.CRITICAL if hit else AlarmSeverity.WARNING


def _rings(arn: str) -> str:
    # Names are half as long as ARNs, and a rule has so many characters.
    return f'ALARM("{arn.split(":", 5)[5].removeprefix("alarm:")}")'


def _joined(service: str, terms: Sequence[str]) -> str:
    # A rule that names nothing; alarms may come later.
    rule = " OR ".join(terms) or "FALSE"
    count = rule.count("ALARM(")
    if count > _MOST_ALARMS or len(rule) > _MOST_CHARACTERS:
        raise TenfoldError(
            f"services.{service}.alarm_arns: {count} alarms in a rule of {len(rule)} characters; allowed: "
            f"{_MOST_ALARMS} alarms and {_MOST_CHARACTERS} characters; name some of its `parts`, or make two services "
            "of it"
        )
    return rule


def _check_region(service: str, arns: Iterable[str], region: str) -> None:
    """Alarms of CloudFront are in its region, and so must be what watches them and whom that notifies."""
    elsewhere = sorted({arn.split(":")[3] for arn in arns} - {region})
    if elsewhere:
        raise TenfoldError(
            f"services.{service}.alarm_arns: alarms of {', '.join(elsewhere)}; allowed: those of {region}, where the "
            "topics are; a site's need `edge_topics` where the environment is in another region than us-east-1"
        )


def _composites(
    monitoring: pulumi.ComponentResource, args: MonitoringArgs, of: str, rule: _Rule, topics: Topics, of_edge: bool
) -> dict[str, pulumi.Output[str]]:
    name, region = monitoring.pulumi_resource_name, EDGE_REGION if of_edge else None
    described = f"{of} of {name}"

    def composite(
        kind: str,
        told: str,
        alarm_rule: pulumi.Input[str],
        topic: pulumi.Input[str] | None,
        quiet: pulumi.Input[str] | None,
    ) -> aws.cloudwatch.CompositeAlarm:
        actions = [] if topic is None else [topic]
        return aws.cloudwatch.CompositeAlarm(
            f"{name}-service-{kind}-{of}",
            alarm_name=f"{name}-{pulumi.get_stack()}-{of}-{kind}",
            alarm_description=told,
            alarm_rule=alarm_rule,
            alarm_actions=actions,
            ok_actions=actions,
            actions_suppressor=None
            if quiet is None
            # The alarms of a fault ring within minutes of each other, the critical one not always first.
            else {"alarm": quiet, "wait_period": 120, "extension_period": 120},
            region=region,
            opts=pulumi.ResourceOptions(parent=monitoring),
        )

    # It is in the environment's region, and suppresses there alone.
    maintenance = None if of_edge else args.get("maintenance_alarm_arn")
    critical = composite(
        "critical",
        f"Users of {described} suffer; its alarms that ring say from what, and what to do.",
        rule(AlarmSeverity.CRITICAL),
        topics.critical,
        maintenance,
    )
    quiet = critical
    if maintenance is not None:
        either = pulumi.Output.all(critical.arn, maintenance).apply(lambda arns: " OR ".join(map(_rings, arns)))
        told = f"Rings while warnings of {described} notify nobody: in maintenance, and while it is critical."
        quiet = composite("quiet", told, either, None, None)
    warning = composite(
        "warning",
        f"Something of {described} runs out or fails without users noticing yet; its alarms that ring say what.",
        rule(AlarmSeverity.WARNING),
        topics.warning,
        quiet.arn,
    )
    return {AlarmSeverity.CRITICAL.value: critical.arn, AlarmSeverity.WARNING.value: warning.arn}
