"""The platform of one environment, read top to bottom in the order of *Scaling on AWS (Part 4): > One Million Users*.

Environments differ by their configuration alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from stacks.config import EnvironmentConfig, MailConfig, MediaConfig, PushConfig
from stacks.web_server import user_data
from tenfold import (
    Mailer,
    MailerArgs,
    MobilePush,
    MobilePushApplicationArgs,
    Monitoring,
    MonitoringArgs,
    MonitoringServiceArgs,
    MonitoringServiceKind,
    Network,
    QueueService,
    QueueServiceTopicArgs,
    QueueServiceWorkerArgs,
    SessionStore,
    Table,
    Topic,
    Transcoder,
    WebTier,
    WebTierArgs,
)

Tags = dict[str, pulumi.Input[str]]
Environment = pulumi.Output[dict[str, str]]


def build(config: EnvironmentConfig) -> None:
    """Register everything that the environment consists of, and export where it can be reached."""
    tags: Tags = {"project": "tenfold", "environment": config.name}
    network = _network(config, tags)
    results = _results(config, tags)
    mail = _mail(config, config.mail, tags) if config.mail else None
    push = _push(config, config.push, tags) if config.push else None
    events = Topic("events", {"tags": tags})
    notify = _notify(tags, events, mail)
    jobs = _jobs(config, tags, results, events)
    media = _media(config, config.media, tags) if config.media else None
    sessions = _sessions(config, tags)
    web = _web(config, tags, network, sessions, jobs, results, media, push)
    watched: dict[str, MonitoringServiceArgs] = {
        "web": _watched(
            web,
            MonitoringServiceKind.WEB_TIER,
            load_balancer_arn=web.load_balancer_arn,
            target_group_arn=web.target_group_arn,
        ),
        "jobs": _watched(jobs, MonitoringServiceKind.QUEUE, queue_name=jobs.queue_name, dlq_name=jobs.dlq_name),
        "notify": _watched(notify, MonitoringServiceKind.QUEUE, queue_name=notify.queue_name, dlq_name=notify.dlq_name),
        "events": _watched(events, MonitoringServiceKind.TOPIC, topic_name=events.topic_name),
        "sessions": _watched(sessions, MonitoringServiceKind.TABLE, table_name=sessions.table_name),
        "results": _watched(results, MonitoringServiceKind.TABLE, table_name=results.table_name),
        "network": _watched(network, MonitoringServiceKind.OTHER),
    }
    if mail:
        watched["mail"] = _watched(mail, MonitoringServiceKind.MAIL)
        pulumi.export("mail_records", mail.dns_records)
        pulumi.export("mail_feedback_topic_arn", mail.feedback_topic_arn)
    if push:
        watched["push"] = _watched(push, MonitoringServiceKind.OTHER)
    if media:
        watched["media"] = _watched(media, MonitoringServiceKind.TRANSCODER, queue_arn=media.queue_arn)
        pulumi.export("uploads_bucket", media.uploads_bucket_name)
    monitoring = _monitoring(config, tags, watched)
    pulumi.export("web_url", web.url)
    pulumi.export("jobs_queue_url", jobs.queue_url)
    pulumi.export("jobs_dlq_url", jobs.dlq_url)
    pulumi.export("results_table", results.table_name)
    pulumi.export("events_topic_arn", events.topic_arn)
    pulumi.export("warning_topic_arn", monitoring.topic_arn)
    pulumi.export("critical_topic_arn", monitoring.critical_topic_arn)
    pulumi.export("dashboard", monitoring.dashboard_name)
    pulumi.export("web_group", web.autoscaling_group_name)
    pulumi.export("placement", network.placement)


def _network(config: EnvironmentConfig, tags: Tags) -> Network:
    """Multi-AZ: every tier in every zone."""
    return Network(
        "network",
        {
            "zones": config.network.zones,
            "cidr_block": config.network.cidr_block,
            "nat": config.network.nat,
            "flow_log_retention_days": config.network.flow_log_retention_days,
            "tags": tags,
        },
    )


def _results(config: EnvironmentConfig, tags: Tags) -> Table:
    """NoSQL, and state moved off the tiers: what the workers have found out, for as long as somebody may ask."""
    return Table(
        "results",
        {
            "hash_key": "job_id",
            "attributes": {"job_id": "S"},
            "ttl_attribute": "expires_at",
            "deletion_protection": config.protected,
            "tags": tags,
        },
    )


def _mail(config: EnvironmentConfig, given: MailConfig, tags: Tags) -> Mailer:
    """Managed email: from a domain of one's own, and to nobody whose mails come back."""
    args: MailerArgs = {"domain": given.domain, "deletion_protection": config.protected, "tags": tags}
    if given.zone_id:
        args["zone_id"] = given.zone_id
    return Mailer("mail", args)


def _push(config: EnvironmentConfig, given: PushConfig, tags: Tags) -> MobilePush:
    """Mobile push: the apps on each platform, and audiences that hear of something at once."""
    applications: dict[str, MobilePushApplicationArgs] = {}
    for name, app in given.applications.items():
        applications[name] = {"platform": app.platform, "secret_arn": app.secret_arn}
        if app.sandbox:
            applications[name]["sandbox"] = True
    return MobilePush(
        "app",
        {
            "applications": applications,
            "broadcast": given.audiences,
            "deletion_protection": config.protected,
            "tags": tags,
        },
    )


def _notify(tags: Tags, events: Topic, mail: Mailer | None) -> QueueService:
    """Pub-sub: a subscriber of events. Publishers do not know it, and while it is away what it is to tell waits."""
    worker: QueueServiceWorkerArgs = {
        "code": pulumi.AssetArchive({"handler.py": pulumi.FileAsset("app/notify/handler.py")}),
        "handler": "handler.handle",
    }
    if mail:
        worker["environment"] = mail.environment
        worker["policies"] = {"mail": mail.sender_policy_json}
    done: QueueServiceTopicArgs = {"topic_arn": events.topic_arn, "filter": {"kind": ["job-done"]}, "raw": True}
    return QueueService("notify", {"worker": worker, "topics": {"events": done}, "tags": tags})


def _jobs(config: EnvironmentConfig, tags: Tags, results: Table, events: Topic) -> QueueService:
    """Loose coupling: work waits in a queue while its worker is away."""
    worker: QueueServiceWorkerArgs = {
        # Named files, so that what else lies in the folder does not change the function.
        "code": pulumi.AssetArchive({"handler.py": pulumi.FileAsset("app/worker/handler.py")}),
        "handler": "handler.handle",
        "timeout_seconds": config.jobs.timeout_seconds,
        "memory_mb": config.jobs.memory_mb,
        "batch_size": config.jobs.batch_size,
        "environment": _merged(results.environment, events.environment),
        "policies": {"results": results.read_write_policy_json, "events": events.publisher_policy_json},
    }
    if config.jobs.maximum_concurrency:
        worker["maximum_concurrency"] = config.jobs.maximum_concurrency
    return QueueService("jobs", {"worker": worker, "tags": tags})


def _media(config: EnvironmentConfig, given: MediaConfig, tags: Tags) -> Transcoder:
    """Transcoding, on S3 events: an upload starts a job."""
    return Transcoder(
        "media",
        {
            "limits": {"max_input_minutes": given.max_input_minutes},
            "deletion_protection": config.protected,
            "tags": tags,
        },
    )


def _sessions(config: EnvironmentConfig, tags: Tags) -> SessionStore:
    """State moved off the tiers: any instance finds the session of any user, and none holds one."""
    return SessionStore("web", {"deletion_protection": config.protected, "tags": tags})


def _web(
    config: EnvironmentConfig,
    tags: Tags,
    network: Network,
    sessions: SessionStore,
    jobs: QueueService,
    results: Table,
    media: Transcoder | None,
    push: MobilePush | None,
) -> WebTier:
    """The stateless tier: any instance may answer any request, and none is missed."""
    environments = [sessions.environment, jobs.environment, results.environment]
    policies: dict[str, pulumi.Input[str]] = {
        "sessions": sessions.read_write_policy_json,
        "jobs": jobs.sender_policy_json,
        "results": results.read_policy_json,
    }
    if media:
        environments.append(media.environment)
        policies["uploads"] = media.upload_policy_json
    if push:
        environments.append(push.environment)
        policies["devices"] = push.register_policy_json
    args: WebTierArgs = {
        "placement": network.placement,
        "instances": {"type": config.web.instance_type, "user_data": _merged(*environments).apply(user_data)},
        "policies": policies,
        "min_size": config.web.min_size,
        "max_size": config.web.max_size,
        "deletion_protection": config.protected,
        "tags": tags,
    }
    if config.web.certificate_arn:
        args["certificate_arn"] = config.web.certificate_arn
    return WebTier("web", args)


def _watched(component: Any, kind: MonitoringServiceKind, **identifiers: pulumi.Input[str]) -> MonitoringServiceArgs:
    """A service as monitoring knows it: its alarms notify together, and its metrics are on the dashboard."""
    watched: MonitoringServiceArgs = {"kind": kind, "alarm_arns": component.alarm_arns}
    if identifiers:
        watched["identifiers"] = identifiers
    return watched


def _monitoring(config: EnvironmentConfig, tags: Tags, services: dict[str, MonitoringServiceArgs]) -> Monitoring:
    """Monitoring and logging: one notification for each service that is in trouble, one look at all of them."""
    email = config.monitoring.email
    critical = config.monitoring.critical_email or email
    args: MonitoringArgs = {"services": services, "tags": tags}
    if email:
        args["warning"] = {"emails": {"operators": email}}
    if critical:
        args["critical"] = {"emails": {"operators": critical}}
    if config.monitoring.monthly_usd:
        args["budget"] = {"monthly_usd": config.monitoring.monthly_usd}
    return Monitoring("monitoring", args)


def _merged(*environments: Environment) -> Environment:
    """The variables of several components."""

    def merge(found: Sequence[Mapping[str, str]]) -> dict[str, str]:
        return {name: value for each in found for name, value in each.items()}

    return pulumi.Output.all(*environments).apply(merge)
