"""How each component is used in the tests that hold for all of them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from pull_requests.data_holders import HOLDERS
from tests.components.building import CREDENTIALS

ROOT = Path(__file__).parents[2]
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app"
SQS = "arn:aws:sqs:us-east-1:123456789012"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm"
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/2"
PRESET = {
    "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}},
    "Outputs": [{"ContainerSettings": {"Container": "MP4"}, "VideoDescription": {"Width": 600, "Height": 600}}],
}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:images:live"
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ZONES,
    "public_subnet_ids": ["subnet-1", "subnet-2", "subnet-3"],
    "app_subnet_ids": ["subnet-4", "subnet-5", "subnet-6"],
    "data_subnet_ids": ["subnet-7", "subnet-8", "subnet-9"],
}
BALANCER = {
    "listener_arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/web/1/2",
    "load_balancer_arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1",
    "arn_suffix": "app/web/1",
    "security_group_id": "sg-1",
    "dns_name": "web-1.us-east-1.elb.amazonaws.com",
    "zone_id": "Z35SXDOTRQ7X7K",
    "url": "https://web-1.us-east-1.elb.amazonaws.com",
}


@dataclass(frozen=True)
class Example:
    """How a component is used.

    Attributes:
        least: The arguments that it cannot do without.
        full: Arguments with which it has every kind of child.
        sizes: Arguments that change as an environment grows, in that order.
        wrong: Beside the least, two or more top-level arguments of which each has a fault of its own: out of range,
            impossible, at odds with another. None is of a wrong type, which is tried for all arguments.
        others: Arguments by what they are for, with the children that the full ones exclude: `{"fargate": {...}}`.
    """

    least: dict[str, Any]
    full: dict[str, Any]
    sizes: list[dict[str, Any]]
    wrong: dict[str, Any]
    others: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def uses(self) -> dict[str, dict[str, Any]]:
        """All the ways in which it is used here."""
        return {"least": self.least, "full": self.full, **self.others}


def worker(**args: Any) -> dict[str, Any]:
    code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    return {"code": code, "handler": "handler.handle", **args}


def code() -> dict[str, Any]:
    archive = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    return {"archive": archive, "handler": "handler.handle"}


EXAMPLES = {
    "Network": Example(
        least={"zone_names": ZONES},
        full={"zone_names": ZONES, "ipv6": True, "interface_endpoints": ["secretsmanager", "ecr.api"]},
        sizes=[
            {"zone_names": ZONES[:2], "tiers": ["public", "app"], "nat": "none", "flow_logs": "none"},
            {"zone_names": ZONES[:2], "nat": "single", "flow_logs": "rejected"},
            {"zone_names": ZONES},
            {"zone_names": [*ZONES, "us-east-1d"], "flow_log_retention_days": 365},
            {"zone_names": [*ZONES, "us-east-1d"], "ipv6": True, "interface_endpoints": ["sqs"]},
        ],
        wrong={"cidr_block": "10.0.0.0/28", "gateway_endpoints": ["ec2"], "flow_log_retention_days": 31},
        others={
            "regional": {"zone_names": ZONES, "tiers": ["app", "data"], "nat": "regional"},
            "instance": {"zone_names": ZONES, "nat": "instance", "nat_instance": {"image_id": "ami-1"}},
        },
    ),
    "Table": Example(
        least={"hash_key": "id", "attributes": {"id": "S"}},
        full={
            "hash_key": "id",
            "attributes": {"id": "S", "at": "N"},
            "global_indexes": {"by-time": {"hash_key": "at"}},
            "provisioned": {"read_units": 5, "write_units": 5, "max_read_units": 50, "max_write_units": 50},
            "global_table": {"replicas": {"eu-west-1": {}}},
            "kinesis_stream_arn": "arn:aws:kinesis:us-east-1:123456789012:stream/changes",
            "resource_policy_json": STATEMENT,
            "contributor_insights": True,
        },
        sizes=[
            {"deletion_protection": False, "point_in_time_recovery_days": 0},
            {"provisioned": {"read_units": 5, "write_units": 5}},
            {"provisioned": {"read_units": 500, "write_units": 50}, "ttl_attribute": "until"},
            {"provisioned": {"read_units": 500, "write_units": 50, "max_read_units": 5000}},
            {"stream": "new_and_old_images", "global_table": {"replicas": {"eu-west-1": {}}}},
            {"attributes": {"id": "S", "at": "N"}, "global_indexes": {"by-time": {"hash_key": "at"}}},
        ],
        wrong={
            "range_key": "at",
            "point_in_time_recovery_days": 36,
            "provisioned": {"read_units": 0, "write_units": 1},
        },
    ),
    "WebTier": Example(
        least={"placement": PLACEMENT},
        full={
            "placement": PLACEMENT,
            "domain": {"name": "www.example.com", "zone_id": "Z0123456789ABCDEFGHIJ", "aliases": ["example.com"]},
            "load_balancer": {"web_acl": {}},
            "scaling": {"schedules": {"morning": {"cron": "30 7 * * 1-5", "min_size": 10}}},
            "policies": {"jobs": STATEMENT},
        },
        sizes=[
            {"min_size": 2, "max_size": 2, "deletion_protection": False},
            {"min_size": 3, "max_size": 12},
            {"min_size": 30, "max_size": 300, "instances": {"type": "m7g.4xlarge"}},
            {"min_size": 30, "scaling": {"survives_zone_loss": True}, "load_balancer": {"web_acl": {}}},
            {"min_size": 30, "container": {"image": "shop:1", "cpu": 4096, "memory_mb": 16_384}},
        ],
        wrong={"port": 0, "health_check_path": "healthz", "clients": {"cidrs": ["10.0.0.1/8"]}},
        others={
            "spot": {
                "placement": PLACEMENT,
                "instances": {
                    "spot_percent": 50,
                    "on_demand_base": 3,
                    "alternatives": ["m7gd.large"],
                    "security_group_ids": {"forum": "sg-0f0123456789abcde"},
                },
            },
            "tasks": {
                "placement": PLACEMENT,
                "container": {
                    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.2",
                    "environment": {"STAGE": "prod"},
                    "secrets": {"TOKEN": "arn:aws:ssm:us-east-1:123456789012:parameter/shop/token"},
                    "spot_percent": 50,
                    "execute_command": True,
                },
                "policies": {"jobs": STATEMENT},
                "scaling": {
                    "memory_percent": 70,
                    "schedules": {"evening": {"cron": "0 20 * * *", "min_size": 2, "max_size": 6}},
                },
            },
            "routed": {
                "placement": PLACEMENT,
                "container": {
                    "image": "shop:1.4.2",
                    "cluster_arn": "arn:aws:ecs:us-east-1:123456789012:cluster/main",
                },
                "domain": {"name": "api.example.com", "zone_id": "Z0123456789ABCDEFGHIJ"},
                "route": {"balancer": BALANCER, "priority": 10, "paths": ["/v1/*"]},
            },
        },
    ),
    "Function": Example(
        least={"code": code()},
        full={
            "code": code(),
            "placement": PLACEMENT,
            "policies": {"results": STATEMENT},
            "concurrency": {"reserved": 10, "provisioned": 2},
            "canary": {"stable_version": "7"},
            "asynchronous": {"on_success_arn": TOPIC},
            "url": {"public": True},
            "queues": {"jobs": {"queue_arn": "arn:aws:sqs:us-east-1:123456789012:jobs"}},
            "topics": {"orders": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:orders"}},
            "streams": {"orders": {"stream_arn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026"}},
            "schedules": {"nightly": {"expression": "cron(0 3 * * ? *)", "payload": {"kind": "clean"}}},
        },
        sizes=[
            {},
            {"memory_mb": 1024, "timeout_seconds": 900, "ephemeral_storage_mb": 10_240},
            {"placement": PLACEMENT, "concurrency": {"provisioned": 10}},
            {"canary": {"stable_version": "7"}, "schedules": {"nightly": {"expression": "rate(1 day)"}}},
        ],
        wrong={
            "memory_mb": 127,
            "canary": {"stable_version": "live"},
            "concurrency": {"reserved": 1, "provisioned": 2},
            "schedules": {"nightly": {"expression": "at night"}},
        },
        others={"image": {"code": {"image_uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/it@sha256:1"}}},
    ),
    "Bucket": Example(
        least={},
        full={
            "kms_key_arn": KEY,
            "lifecycle": {"logs": {"prefix": "logs/", "expire_days": 365, "transitions": {"GLACIER": 90}}},
            "cors": [{"origins": ["https://www.example.com"]}],
            "notifications": {
                "functions": {"images": {"function_arn": FUNCTION, "prefix": "images/"}},
                "queues": {"videos": {"queue_arn": "arn:aws:sqs:us-east-1:123456789012:videos", "prefix": "videos/"}},
            },
            "replication": {
                "bucket_arn": "arn:aws:s3:::elsewhere",
                "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/2",
            },
            "access_logs": {"bucket_name": "logs"},
        },
        sizes=[
            {"deletion_protection": False, "versioned": False, "request_metrics": False},
            {},
            {"lifecycle": {"old": {"transitions": {"STANDARD_IA": 30}}}, "notifications": {"eventbridge": True}},
            {"kms_key_arn": KEY, "replication": {"bucket_arn": "arn:aws:s3:::elsewhere", "kms_key_arn": KEY}},
        ],
        wrong={
            "abort_upload_days": 0,
            "lifecycle": {"old": {"transitions": {"STANDARD_IA": 29}}},
            "notifications": {"functions": {"one": {"function_arn": "f"}}},
        },
    ),
    "QueueService": Example(
        least={},
        full={
            "worker": worker(policies={"results": STATEMENT}, filters=[{"body": {"kind": ["video"]}}]),
            "kms_key_arn": KEY,
            "senders": {"uploads": "arn:aws:s3:::uploads", "orders": "arn:aws:sns:us-east-1:123456789012:orders"},
            "topics": {"news": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:news"}},
        },
        sizes=[
            {},
            {"worker": worker()},
            {"worker": worker(memory_mb=2048, timeout_seconds=900, batch_size=100, batch_window_seconds=5)},
            {"retention_seconds": 1_209_600, "oldest_message_alarm_seconds": 60},
            {"fleet": {"placement": PLACEMENT, "container": {"image": "encoder:1"}}, "kms_key_arn": KEY},
            {"fleet": {"placement": PLACEMENT, "instances": {}, "scaling": {"max_workers": 500}}},
        ],
        wrong={"retention_seconds": 59, "max_receive_count": 0, "worker": worker(timeout_seconds=901)},
        others={
            "tasks": {
                "fifo": True,
                "fleet": {
                    "placement": PLACEMENT,
                    "container": {"image": "encoder:1", "environment": {"LEVEL": "high"}, "execute_command": True},
                    "policies": {"results": STATEMENT},
                    "scaling": {"min_workers": 0, "acceptable_wait_seconds": 600, "seconds_per_message": 30},
                },
            },
            "instances": {
                "fleet": {
                    "placement": PLACEMENT,
                    "instances": {"user_data": "#!/bin/bash\nsystemctl start encoder"},
                    "environment": {"LEVEL": "high"},
                    "policies": {"results": STATEMENT},
                    "scaling": {"min_workers": 0},
                },
            },
        },
    ),
    "Pipeline": Example(
        least={"steps": [{"name": "encode", "worker": worker()}]},
        full={
            "steps": [
                {"name": "probe", "worker": worker(policies={"results": STATEMENT}, environment={"LEVEL": "high"})},
                {"name": "encode", "fleet": {"placement": PLACEMENT, "container": {"image": "encoder:1"}}},
                {"name": "publish", "worker": worker(), "max_receive_count": 10},
            ],
            "senders": {"uploads": "arn:aws:s3:::uploads"},
            "kms_key_arn": KEY,
        },
        sizes=[
            {"steps": [{"name": "encode", "worker": worker()}]},
            {"steps": [{"name": "probe", "worker": worker()}, {"name": "encode", "worker": worker()}]},
            {
                "steps": [
                    {"name": "probe", "worker": worker()},
                    {"name": "scan", "worker": worker()},
                    {"name": "encode", "fleet": {"placement": PLACEMENT, "container": {"image": "encoder:1"}}},
                    {"name": "publish", "worker": worker()},
                ]
            },
        ],
        wrong={"steps": [{"name": "Probe"}], "end_topic_arn": "done", "senders": {"a b": TOPIC}},
        others={"told": {"steps": [{"name": "encode", "worker": worker()}], "end_topic_arn": TOPIC}},
    ),
    "StaticSite": Example(
        least={},
        full={
            "content": str(ROOT / "examples" / "static_site" / "public"),
            "domain": {"name": "www.example.com", "aliases": ["example.com"], "zone_id": "Z123"},
            "web_acl": {},
            "failover_region": "eu-central-1",
            "headers": {"custom": {"Permissions-Policy": "camera=()"}},
        },
        sizes=[
            {"access_log_days": 0, "price_class": "cheapest"},
            {"content": str(ROOT / "examples" / "static_site" / "public")},
            {"domain": {"name": "www.example.com", "zone_id": "Z123"}, "routing": "single_page"},
            {"failover_region": "eu-central-1", "web_acl": {"rate_limit": 10_000}, "deletion_protection": False},
        ],
        wrong={"access_log_days": -1, "failover_region": "Europe", "not_found_page": "/404"},
        others={
            "adopted": {
                "bucket": {"name": "files", "region": "eu-west-1"},
                "web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/1a2b",
                "routing": "single_page",
            },
        },
    ),
    "Database": Example(
        least={"placement": PLACEMENT},
        full={
            "placement": PLACEMENT,
            "clients": {"web": "sg-1"},
            "reader_scaling": {"max_readers": 5},
            "access": {"rotation_days": 30, "secret_kms_key_arn": KEY},
            "proxy": {},
            "monitoring": {"enhanced_seconds": 60, "event_topic_arn": TOPIC},
        },
        sizes=[
            {"capacity": {"min_acu": 0, "max_acu": 1}, "readers": {}, "deletion_protection": False},
            {"capacity": {"max_acu": 4}, "readers": {}},
            {"capacity": {"min_acu": 2, "max_acu": 64}, "backup": {"retention_days": 35}},
            {"capacity": {"instance_class": "db.r8g.large"}, "storage": {"io_optimized": True}, "proxy": {}},
            {
                "capacity": {"instance_class": "db.r8g.8xlarge"},
                "readers": {"standby": {}, "search": {"zone": "us-east-1c"}},
                "reader_scaling": {"max_readers": 15},
                "proxy": {},
                "engine_version": "18",
                "maintenance": {"allow_major_version_upgrade": True},
            },
        ],
        wrong={
            "engine_version": "9.6",
            "capacity": {"max_acu": 0.7},
            "database_name": "1st",
            "backup": {"retention_days": 1},
            "clients": {"web": "10.0.0.0/16"},
        },
        others={
            "instance": {
                "placement": PLACEMENT,
                "engine": "postgres",
                "readers": {"reports": {}},
                "monitoring": {"enhanced_seconds": 60, "event_topic_arn": TOPIC},
                "proxy": {
                    "iam": False,
                    "secret_arns": {"app": "arn:aws:secretsmanager:us-east-1:123456789012:secret:app"},
                },
            },
            "mysql": {"placement": PLACEMENT, "engine": "mysql", "storage": {"allocated_gb": 400, "iops": 16_000}},
            "aurora-mysql": {"placement": PLACEMENT, "engine": "aurora-mysql", "capacity": {"max_acu": 8}},
            "restored": {"placement": PLACEMENT, "restore": {"snapshot_identifier": "orders-final"}},
        },
    ),
    "FederatedDatabases": Example(
        least={"placement": PLACEMENT, "functions": {"forum": {}}},
        full={
            "placement": PLACEMENT,
            "functions": {
                "forum": {"database": "main", "clients": {"web": "sg-1"}},
                "products": {"clients": {"web": "sg-1", "search": "sg-2"}, "database_name": "products"},
                "users": {"database": "main", "also_in": "users", "clients": {"web": "sg-1", "login": "sg-3"}},
            },
            "databases": {"products": {"engine": "mysql"}, "users": {"capacity": {"max_acu": 64}, "proxy": {}}},
            "defaults": {"backup": {"retention_days": 14}},
        },
        sizes=[
            {"functions": {"forum": {"database": "main"}, "users": {"database": "main"}}},
            {"functions": {"forum": {"database": "main"}, "users": {"database": "main", "also_in": "users"}}},
            {
                "functions": {"forum": {"database": "main"}, "users": {"also_in": "main"}},
                "databases": {"users": {"capacity": {"max_acu": 64}}},
            },
            {"functions": {"forum": {"database": "main"}, "users": {}, "products": {}}},
        ],
        wrong={"databases": {"users": {"database_name": "1st"}}, "defaults": {"backup": {"retention_days": 1}}},
    ),
    "ShardedCluster": Example(
        least={"placement": PLACEMENT, "shards": {"east": {}}},
        full={
            "placement": PLACEMENT,
            "shards": {"east": {"weight": 2, "capacity": {"max_acu": 64}}, "west": {}},
            "ranges": [{"lower": "A", "upper": "N", "shard": "east"}, {"lower": "N", "shard": "west"}],
            "database": {"backup": {"retention_days": 14}},
            "clients": {"web": "sg-1"},
        },
        sizes=[
            {"shards": {"east": {}}, "deletion_protection": False},
            {"shards": {"east": {}, "west": {}}, "clients": {"web": "sg-1"}},
            {"shards": {"east": {"capacity": {"max_acu": 64}}, "west": {}, "north": {"weight": 3}}},
            {
                "shards": {"east": {}, "west": {}, "north": {}, "far": {"readers": {"standby": {}, "reports": {}}}},
                "database": {"backup": {"retention_days": 35}},
            },
        ],
        wrong={
            "shards": {"East": {}},
            "database": {"engine": "mysql"},
            "map_name": "",
        },
    ),
    "Cache": Example(
        least={"placement": PLACEMENT},
        full={
            "placement": PLACEMENT,
            "clients": {"web": "sg-1"},
            "engine": "redis",
            "access": {"users": {"reports": "on ~report:* +@read"}, "security_group_ids": {"shared": "sg-2"}},
            "kms_key_arn": KEY,
            "parameters": {"notify-keyspace-events": "Ex"},
            "monitoring": {"event_topic_arn": TOPIC},
        },
        sizes=[
            {"nodes": {"type": "cache.t4g.small", "replicas": 0}, "deletion_protection": False},
            {"nodes": {"type": "cache.m7g.large"}, "snapshots": {"retention_days": 0}},
            {"nodes": {"type": "cache.r7g.4xlarge", "replicas": 5}, "clients": {"web": "sg-1", "jobs": "sg-2"}},
            {"nodes": {"type": "cache.r7g.4xlarge", "replicas": 5}, "engine_version": "9.0"},
        ],
        wrong={
            "engine_version": "6.2",
            "nodes": {"replicas": 6},
            "snapshots": {"window": "at night"},
            "clients": {"web": "10.0.0.0/16"},
        },
        others={
            "cluster": {"placement": PLACEMENT, "nodes": {"shards": 3, "replicas": 2}},
            "serverless": {"placement": PLACEMENT, "serverless": {}, "clients": {"web": "sg-1"}},
        },
    ),
    "Mailer": Example(
        least={"domain": "example.com"},
        full={
            "domain": "example.com",
            "zone_id": "Z0123456789ABCDEFGHIJ",
            "from_addresses": ["hello@example.com", "receipts@shop.example.com"],
            "dmarc": {"policy": "reject", "report_addresses": ["dmarc@example.com"]},
            "sandbox_addresses": ["jane@example.org"],
            "templates": {"welcome": {"subject": "Welcome, {{name}}", "html": "<p>Hello</p>", "text": "Hello"}},
            "tracking_domain": "click.example.com",
            "daily_quota": 50_000,
            "kms_key_arn": KEY,
        },
        sizes=[
            {"deletion_protection": False},
            {"zone_id": "Z0123456789ABCDEFGHIJ", "templates": {"welcome": {"subject": "Welcome", "text": "Hello"}}},
            {"daily_quota": 50_000, "feedback": {"soft_bounce_limit": 3, "soft_bounce_days": 30}},
            {"daily_quota": 5_000_000, "tracking_domain": "click.example.com", "kms_key_arn": KEY},
        ],
        wrong={
            "from_addresses": ["hello@example.org"],
            "feedback": {"soft_bounce_limit": 0},
            "templates": {"welcome": {"subject": "Welcome, {{name}", "text": "Hello"}},
            "daily_quota": 0,
        },
    ),
    "SessionStore": Example(
        least={},
        full={"kms_key_arn": KEY, "ttl_seconds": 3600},
        sizes=[
            {"deletion_protection": False, "point_in_time_recovery_days": 0},
            {"ttl_seconds": 2_592_000},
            {"point_in_time_recovery_days": 35, "kms_key_arn": KEY},
        ],
        wrong={"ttl_seconds": 0, "nodes": {}, "point_in_time_recovery_days": 36},
        others={
            "cache": {"store": "cache", "placement": PLACEMENT, "clients": {"web": "sg-1"}, "nodes": {"replicas": 2}},
            "serverless": {"store": "cache", "placement": PLACEMENT, "serverless": {"max_storage_gb": 10}},
        },
    ),
    "MobilePush": Example(
        least={"applications": {"ios": {"platform": "apns", "secret_arn": SECRET}}},
        full={
            "applications": {
                "ios": {"platform": "apns", "secret_arn": SECRET},
                "ios-test": {"platform": "apns", "sandbox": True, "secret_arn": SECRET},
                "android": {"platform": "fcm", "secret_arn": SECRET},
                "fire": {"platform": "adm", "secret_arn": SECRET},
                "windows": {"platform": "wns", "secret_arn": SECRET},
                "china": {"platform": "baidu", "secret_arn": SECRET},
            },
            "broadcast": ["news", "offers"],
        },
        sizes=[
            {"events": ["failed"], "delivery_logs": {"enabled": False}},
            {"broadcast": ["news"], "delivery_logs": {"success_percent": 1}},
            {"broadcast": ["news", "offers"], "cleaning": {"maximum_concurrency": 10}},
            {
                "applications": {
                    "ios": {"platform": "apns", "secret_arn": f"{SECRET}-new"},
                    "android": {"platform": "fcm", "secret_arn": SECRET},
                },
                "broadcast": ["news", "offers"],
            },
        ],
        wrong={"broadcast": ["news", "news"], "kms_key_arn": "alias/push", "delivery_logs": {"success_percent": 101}},
        others={
            "bare": {
                "applications": {"ios": {"platform": "apns", "secret_arn": SECRET}},
                "events": [],
                "delivery_logs": {"enabled": False},
            },
            "own key": {
                "applications": {"android": {"platform": "fcm", "credentials": json.dumps(dict(CREDENTIALS))}},
                "kms_key_arn": KEY,
            },
        },
    ),
    "Topic": Example(
        least={},
        full={
            "subscribers": {
                "jobs": {
                    "queue": {"queue_arn": f"{SQS}:jobs", "queue_url": "https://sqs.us-east-1.amazonaws.com/1/jobs"},
                    "filter": {"kind": ["order"]},
                    "raw": True,
                },
                "mails": {"queue": {"queue_arn": f"{SQS}:mails"}, "filter": {"a": {"b": [1]}}, "filter_scope": "body"},
                "images": {"function_arn": FUNCTION},
                "partner": {"https": {"url": "https://www.example.com/hook", "delivery": {"retries": 10}}},
                "operator": {"email": "operator@example.com", "dlq": False},
                "pager": {"sms": "+12065550100"},
                "lake": {"firehose_arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/lake"},
            },
            "publishers": {
                "services": {"uploads": {"service": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::uploads"}},
                "account_ids": ["210987654321"],
            },
            "delivery_logs": {"success_percent": 10},
            "data_protection_policy_json": STATEMENT,
            "https_delivery": {"retries": 5},
        },
        sizes=[
            {"own_kms_key": False},
            {},
            {"subscribers": {"jobs": {"queue": {"queue_arn": f"{SQS}:jobs"}}}, "delivery_logs": {}},
            {
                "subscribers": {"jobs": {"queue": {"queue_arn": f"{SQS}:jobs"}}, "images": {"function_arn": FUNCTION}},
                "publishers": {"account_ids": ["210987654321"]},
                "https_delivery": {"max_per_second": 100},
                "tracing": False,
                "display_name": "Shop",
            },
        ],
        wrong={
            "archive_days": 0,
            "display_name": "x" * 101,
            "subscribers": {"jobs": {}},
            "content_based_deduplication": True,
        },
        others={
            "fifo": {
                "fifo": True,
                "archive_days": 30,
                "throughput_scope": "topic",
                "subscribers": {
                    "jobs": {
                        "queue": {"queue_arn": f"{SQS}:jobs.fifo"},
                        "replay": {"start": "2026-11-25T08:00:00.000Z"},
                    }
                },
            },
        },
    ),
    "Monitoring": Example(
        least={},
        full={
            "services": {
                "web": {
                    "kind": "web_tier",
                    "alarm_arns": {"unhealthy-alarm": f"{ALARM}:web-unhealthy"},
                    "identifiers": {"load_balancer_arn": BALANCER["load_balancer_arn"], "target_group_arn": TARGETS},
                    "objective": {"availability_percent": 99.95},
                    "traffic_anomaly": True,
                },
                "orders": {
                    "kind": "shards",
                    "alarm_arns": {"east/memory-alarm": f"{ALARM}:east", "west/lag-alarm": f"{ALARM}:west"},
                    "identifiers": {"east": "orders-east", "west": "orders-west"},
                    "parts": ["east"],
                },
                "pages": {"kind": "site", "alarm_arns": {"error-alarm": f"{ALARM}:pages"}},
                "images": {"kind": "queue", "identifiers": {"queue_name": "images", "dlq_name": "images-dlq"}},
            },
            **{
                severity: {
                    "emails": {"team": "team@example.com"},
                    "https": {"pager": "https://events.example.com/1"},
                    "queues": {"tickets": "arn:aws:sqs:us-east-1:123456789012:tickets"},
                    "functions": {"chat": FUNCTION},
                }
                for severity in ("warning", "critical")
            },
            "edge_topics": True,
            "publishers": ["events.rds"],
            "maintenance_alarm_arn": f"{ALARM}:maintenance",
            "log_groups": {
                "web": {"kms_key_arn": KEY, "critical": True},
                "resize": {"log_group_name": "/aws/lambda/resize"},
            },
            "queries": {"slow": "filter duration_ms > 1000"},
            "traces": {"sampling": {"health": {"rate": 0, "url_path": "/health*"}}},
            "budget": {"monthly_usd": 1000},
        },
        sizes=[
            {},
            {"warning": {"emails": {"team": "team@example.com"}}, "log_groups": {"web": {}}},
            {"services": {"images": {"kind": "queue", "alarm_arns": {"age-alarm": f"{ALARM}:age"}}}},
            {"edge_topics": True, "publishers": ["events"], "budget": {"monthly_usd": 10_000}},
        ],
        wrong={
            "services": {"pages": {"kind": "site", "objective": {}}},
            "publishers": ["events.amazonaws.com"],
            "queries": {"slow": "filter duration_ms > 1000"},
            "kms_key_arn": "alias/alarms",
        },
        others={"own key": {"kms_key_arn": KEY}},
    ),
    "Transcoder": Example(
        least={},
        full={
            "presets": ["hls", "mp4", "thumbnails"],
            "own_presets": {"square": PRESET},
            "job": {"priority": 5, "acceleration": "preferred", "input": {"DeblockFilter": "ENABLED"}},
            "uploads": {
                "prefix": "films/",
                "suffixes": [".mp4", ".mov"],
                "cors": [{"origins": ["*"]}],
                "expire_days": 9,
            },
            "start": {"environment": {"LEVEL": "high"}},
            "queue": {"concurrent_jobs": 20, "reserved_slots": 2},
            "kms_key_arn": KEY,
        },
        sizes=[
            {"deletion_protection": False, "limits": {"max_input_minutes": 10, "max_input_gb": 1}},
            {"presets": ["hls", "mp4"], "queue": {"concurrent_jobs": 20}},
            {"queue": {"concurrent_jobs": 200, "reserved_slots": 5}, "kms_key_arn": KEY},
        ],
        wrong={"presets": ["thumbnails"], "limits": {"max_input_minutes": -1}, "queue": {"reserved_renewal": True}},
        others={
            "existing": {
                "uploads": {"bucket_arn": "arn:aws:s3:::films"},
                "outputs": {"bucket_arn": "arn:aws:s3:::videos", "kms_key_arn": KEY},
                "events": {"queue_arn": "arn:aws:sqs:us-east-1:123456789012:videos", "statuses": ["COMPLETE", "ERROR"]},
            },
        },
    ),
}
# What holds data, or is the address that clients know, and the properties whose change makes AWS replace it.
IRREPLACEABLE = {
    "aws:dynamodb/table:Table": ("name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix", "objectLockEnabled"),
    "aws:cloudfront/distribution:Distribution": ("staging",),
    "aws:sqs/queue:Queue": ("name", "namePrefix", "fifoQueue"),
    "aws:sns/topic:Topic": ("name", "namePrefix", "fifoTopic"),
    "aws:kms/key:Key": ("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"),
    "aws:lb/loadBalancer:LoadBalancer": ("name", "namePrefix", "internal", "loadBalancerType"),
    "aws:rds/cluster:Cluster": (
        *("clusterIdentifier", "databaseName", "dbSubnetGroupName", "engine", "engineMode", "kmsKeyId"),
        *("masterUsername", "storageEncrypted"),
    ),
    "aws:rds/instance:Instance": ("dbName", "engine", "identifier", "kmsKeyId", "storageEncrypted", "username"),
    "aws:rds/proxy:Proxy": ("name", "engineFamily", "vpcSubnetIds"),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        *("atRestEncryptionEnabled", "engine", "kmsKeyId", "port", "replicationGroupId", "subnetGroupName"),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": ("kmsKeyId", "name"),
    "aws:sns/platformApplication:PlatformApplication": ("name", "platform"),
    "aws:sesv2/emailIdentity:EmailIdentity": ("emailIdentity",),
    "aws:sesv2/configurationSet:ConfigurationSet": ("configurationSetName",),
    "aws:ec2/vpc:Vpc": ("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/eip:Eip": ("domain", "publicIpv4Pool"),
}

# What would hold data, and is checked by nobody here. A log group may be replaced: what it held is read somewhere else.
HOLDS_DATA = HOLDERS.keys() - {"aws:cloudwatch/logGroup:LogGroup"}
