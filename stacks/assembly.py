"""The platform of one environment, read top to bottom in the order of *Scaling on AWS (Part 4): > One Million Users*.

Environments differ by their configuration alone.
"""

import pulumi
import pulumi_aws as aws

from stacks.config import EnvironmentConfig
from stacks.web_server import user_data
from tenfold import Network, QueueService, QueueServiceWorkerArgs, Table, WebTier, WebTierArgs


def build(config: EnvironmentConfig) -> None:
    """Register everything that the environment consists of, and export where it can be reached."""
    tags: dict[str, pulumi.Input[str]] = {"project": "tenfold", "environment": config.name}
    alarms = _alarm_topic(config, tags)
    network = _network(config, tags, alarms)
    results = _results(config, tags, alarms)
    jobs = _jobs(config, tags, alarms, results)
    web = _web(config, tags, alarms, network, jobs, results)
    pulumi.export("web_url", web.url)
    pulumi.export("jobs_queue_url", jobs.queue_url)
    pulumi.export("jobs_dlq_url", jobs.dlq_url)
    pulumi.export("results_table", results.table_name)
    pulumi.export("alarms_topic_arn", alarms.arn)
    pulumi.export("web_group", web.autoscaling_group_name)
    pulumi.export("placement", network.placement)


def _alarm_topic(config: EnvironmentConfig, tags: dict[str, pulumi.Input[str]]) -> aws.sns.Topic:
    """Where every component's alarms go."""
    topic = aws.sns.Topic("alarms", tags=tags)
    if config.alarms.email:
        aws.sns.TopicSubscription(
            "alarms-email",
            topic=topic.arn,
            protocol="email",
            endpoint=config.alarms.email,
            opts=pulumi.ResourceOptions(parent=topic),
        )
    return topic


def _network(config: EnvironmentConfig, tags: dict[str, pulumi.Input[str]], alarms: aws.sns.Topic) -> Network:
    """Multi-AZ: every tier in every zone."""
    return Network(
        "network",
        {
            "zones": config.network.zones,
            "cidr_block": config.network.cidr_block,
            "nat": config.network.nat,
            "flow_log_retention_days": config.network.flow_log_retention_days,
            "alarms": {"topic_arn": alarms.arn},
            "tags": tags,
        },
    )


def _results(config: EnvironmentConfig, tags: dict[str, pulumi.Input[str]], alarms: aws.sns.Topic) -> Table:
    """NoSQL, and state moved off the tiers: what the workers have found out, for as long as somebody may ask."""
    return Table(
        "results",
        {
            "hash_key": "job_id",
            "attributes": {"job_id": "S"},
            "ttl_attribute": "expires_at",
            "deletion_protection": config.protected,
            "alarms": {"topic_arn": alarms.arn},
            "tags": tags,
        },
    )


def _jobs(
    config: EnvironmentConfig, tags: dict[str, pulumi.Input[str]], alarms: aws.sns.Topic, results: Table
) -> QueueService:
    """Loose coupling: work waits in a queue while its worker is away."""
    worker: QueueServiceWorkerArgs = {
        # Named files, so that what else lies in the folder does not change the function.
        "code": pulumi.AssetArchive({"handler.py": pulumi.FileAsset("app/worker/handler.py")}),
        "handler": "handler.handle",
        "timeout_seconds": config.jobs.timeout_seconds,
        "memory_mb": config.jobs.memory_mb,
        "batch_size": config.jobs.batch_size,
        "environment": results.environment,
        "policies": {"results": results.read_write_policy_json},
    }
    if config.jobs.maximum_concurrency:
        worker["maximum_concurrency"] = config.jobs.maximum_concurrency
    return QueueService("jobs", {"worker": worker, "alarms": {"topic_arn": alarms.arn}, "tags": tags})


def _web(
    config: EnvironmentConfig,
    tags: dict[str, pulumi.Input[str]],
    alarms: aws.sns.Topic,
    network: Network,
    jobs: QueueService,
    results: Table,
) -> WebTier:
    """The stateless tier: any instance may answer any request, and none is missed."""
    environment = pulumi.Output.all(jobs.environment, results.environment).apply(lambda both: {**both[0], **both[1]})
    args: WebTierArgs = {
        "placement": network.placement,
        "instances": {"type": config.web.instance_type, "user_data": environment.apply(user_data)},
        "policies": {"jobs": jobs.sender_policy_json, "results": results.read_policy_json},
        "min_size": config.web.min_size,
        "max_size": config.web.max_size,
        "deletion_protection": config.protected,
        "alarms": {"topic_arn": alarms.arn},
        "tags": tags,
    }
    if config.web.certificate_arn:
        args["certificate_arn"] = config.web.certificate_arn
    return WebTier("web", args)
