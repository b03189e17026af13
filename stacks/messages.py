"""Between the tiers: events and those who listen, jobs that wait in a queue, mail and push."""

import pulumi

from stacks.data import Tables
from stacks.parts import Environment, merged
from tenfold import (
    Mailer,
    MailerArgs,
    MobilePush,
    MobilePushApplicationArgs,
    QueueService,
    QueueServiceTopicArgs,
    QueueServiceWorkerArgs,
    Topic,
)
from tenfold import MonitoringServiceKind as Kind


def mail(environment: Environment) -> Mailer | None:
    """Managed email: from a domain of one's own, and to nobody whose mails come back."""
    given = environment.config.mail
    if given is None:
        return None
    args: MailerArgs = {
        "domain": given.domain,
        "deletion_protection": environment.config.protected,
        "tags": environment.tags,
    }
    if given.zone_id:
        args["zone_id"] = given.zone_id
    mailer = Mailer("mail", args)
    environment.watch("mail", mailer, Kind.MAIL)
    pulumi.export("mail_records", mailer.dns_records)
    pulumi.export("mail_feedback_topic_arn", mailer.feedback_topic_arn)
    return mailer


def events(environment: Environment, mail: Mailer | None) -> Topic:
    """Pub-sub: whoever listens. Publishers know no subscriber, and while one is away what it is to tell waits."""
    topic = Topic("events", {"tags": environment.tags})
    worker: QueueServiceWorkerArgs = {"code": code("notify"), "handler": "handler.handle"}
    if mail:
        worker["environment"] = mail.environment
        worker["policies"] = {"mail": mail.sender_policy_json}
    done: QueueServiceTopicArgs = {"topic_arn": topic.topic_arn, "filter": {"kind": ["job-done"]}, "raw": True}
    notify = QueueService("notify", {"worker": worker, "topics": {"events": done}, "tags": environment.tags})
    environment.give(environment.config.services, "events", topic.environment, topic.publisher_policy_json)
    environment.watch("events", topic, Kind.TOPIC, topic_name=topic.topic_name)
    environment.watch("notify", notify, Kind.QUEUE, queue_name=notify.queue_name, dlq_name=notify.dlq_name)
    pulumi.export("events_topic_arn", topic.topic_arn)
    return topic


def jobs(environment: Environment, tables: Tables, events: Topic) -> None:
    """Loose coupling: work waits in a queue while its worker is away."""
    given, results = environment.config.jobs, tables.results
    worker: QueueServiceWorkerArgs = {
        "code": code("worker"),
        "handler": "handler.handle",
        "timeout_seconds": given.timeout_seconds,
        "memory_mb": given.memory_mb,
        "batch_size": given.batch_size,
        "environment": merged(results.environment, events.environment),
        "policies": {"results": results.read_write_policy_json, "events": events.publisher_policy_json},
    }
    if given.maximum_concurrency:
        worker["maximum_concurrency"] = given.maximum_concurrency
    queue = QueueService("jobs", {"worker": worker, "tags": environment.tags})
    environment.give(["web"], "jobs", queue.environment, queue.sender_policy_json)
    environment.watch("jobs", queue, Kind.QUEUE, queue_name=queue.queue_name, dlq_name=queue.dlq_name)
    pulumi.export("jobs_queue_url", queue.queue_url)
    pulumi.export("jobs_dlq_url", queue.dlq_url)


def push(environment: Environment) -> None:
    """Mobile push: the apps on each platform, and audiences that hear of something at once."""
    given = environment.config.push
    if given is None:
        return
    applications: dict[str, MobilePushApplicationArgs] = {}
    for name, app in given.applications.items():
        applications[name] = {"platform": app.platform, "secret_arn": app.secret_arn}
        if app.sandbox:
            applications[name]["sandbox"] = True
    made = MobilePush(
        "app",
        {
            "applications": applications,
            "broadcast": given.audiences,
            "deletion_protection": environment.config.protected,
            "tags": environment.tags,
        },
    )
    environment.give(["web"], "devices", made.environment, made.register_policy_json)
    environment.watch("push", made, Kind.OTHER)


def code(name: str) -> pulumi.AssetArchive:
    """The code of one of the application's functions: a named file, so that what else lies there changes nothing."""
    return pulumi.AssetArchive({"handler.py": pulumi.FileAsset(f"app/{name}/handler.py")})
