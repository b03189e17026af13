"""What holds for every component of the package, whichever it is; a new one is held to it by being exported."""

import inspect
import itertools
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, cast, is_typeddict

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.provider.experimental.component import ComponentProvider

import tenfold
from tenfold.hosting import Host, components_of
from tenfold_policies.pack import UNDECIDED
from tests.components.building import Built, Registered, build, refused
from tests.components.shapes import known_later, of_another_language, upside_down, wrongly_typed
from tests.policies.judging import Pack, run

ROOT = Path(__file__).parents[2]
COMPONENTS = components_of(tenfold)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app"
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
                "instances": {"spot_percent": 50, "on_demand_base": 3, "alternatives": ["m7gd.large"]},
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
}
# What holds data, or is the address that clients know, and the properties whose change makes AWS replace it.
IRREPLACEABLE = {
    "aws:dynamodb/table:Table": ("name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix", "objectLockEnabled"),
    "aws:cloudfront/distribution:Distribution": ("staging",),
    "aws:sqs/queue:Queue": ("name", "namePrefix", "fifoQueue"),
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
    "aws:ec2/vpc:Vpc": ("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/eip:Eip": ("domain", "publicIpv4Pool"),
}

# What would hold data, and is checked by nobody here.
HOLDS_DATA = {
    "aws:dynamodb/table:Table",
    "aws:docdb/cluster:Cluster",
    "aws:ebs/volume:Volume",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:kinesis/stream:Stream",
    "aws:kms/key:Key",
    "aws:neptune/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
}

components = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
every_use = pytest.mark.parametrize(
    ("component", "use"),
    [
        pytest.param(component, use, id=f"{component.__name__}-{use}")
        for component in COMPONENTS
        if component.__name__ in EXAMPLES
        for use in EXAMPLES[component.__name__].uses()
    ],
)


def made(component: Any, args: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> pulumi.ComponentResource:
    return component("it", args, opts)


def children(built: Built[Any]) -> list[Registered]:
    return [resource for resource in built.resources if resource.name != "it"]


def own(built: Built[Any]) -> list[Registered]:
    """Its children that are resources: those of a component within it are that one's."""
    return [child for child in built.resources if child.parent == built["it"].urn and ":index:" not in child.type]


def args_class(component: Any) -> Any:
    return inspect.signature(component.__init__).parameters["args"].annotation


def root(path: str) -> str:
    """The argument that a fault's path starts from."""
    return path.partition(".")[0].partition("[")[0]


def kinds(component: Any) -> set[str]:
    """The kinds of children that it lets overrides name."""
    args = {**EXAMPLES[component.__name__].least, "overrides": {"nobody": {}}}
    allowed = refused(lambda: made(component, args)).faults["overrides.nobody"][1]
    return set(allowed.split(";")[0].split(", "))


def kind_of(child: str, known: set[str]) -> str:
    suffix = child.removeprefix("it-")
    return max((kind for kind in known if suffix == kind or suffix.startswith(f"{kind}-")), key=len, default="")


def method_kind(grant: str) -> str:
    """The kind of child that a method such as `grant_read_write` makes."""
    return f"{grant.removeprefix('grant_').replace('_', '-')}-grant"


def urns(built: Built[Any]) -> set[str]:
    return {resource.urn for resource in built.resources}


def inputs(built: Built[Any]) -> dict[str, dict[str, Any]]:
    return {child.urn: comparable(child.inputs) for child in children(built)}


def comparable(value: Any) -> Any:
    """The value with assets and archives as what they hold, which two that hold the same are not equal by."""
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return type(value).__name__, comparable(vars(value))
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


@cache
def hosted() -> Host:
    return Host(COMPONENTS, "tenfold")


def nested(definitions: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, definition in definitions.items():
        for key, each in definition.get("properties", {}).items():
            yield f"{name}.{key}", each


def schema() -> dict[str, Any]:
    provider = ComponentProvider(COMPONENTS, "tenfold")
    return json.loads(cast("Any", provider).schema)


def test_every_component_has_an_example_here() -> None:
    assert EXAMPLES.keys() == {component.__name__ for component in COMPONENTS}


@components
def test_it_is_made_of_a_name_arguments_and_options(component: Any) -> None:
    parameters = inspect.signature(component.__init__).parameters
    assert list(parameters) == ["self", "name", "args", "opts"]
    assert parameters["name"].annotation is str
    assert parameters["opts"].annotation == pulumi.ResourceOptions | None
    assert parameters["opts"].default is None
    assert is_typeddict(args_class(component))


@components
def test_its_arguments_class_is_exported_with_it(component: Any) -> None:
    assert args_class(component) is getattr(tenfold, f"{component.__name__}Args")


@components
def test_it_has_at_most_20_inputs_with_tags_and_overrides_among_them(component: Any) -> None:
    inputs = inspect.get_annotations(args_class(component))
    assert len(inputs) <= 20
    assert {"tags", "overrides"} <= inputs.keys()


@components
def test_its_type_is_of_the_package(component: Any) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].least))
    assert built["it"].type == f"tenfold:index:{component.__name__}"


def test_programs_in_other_languages_find_every_component_and_its_documentation() -> None:
    whole = schema()
    assert set(whole["resources"]) == {f"tenfold:index:{component.__name__}" for component in COMPONENTS}
    undocumented = [token for token, resource in whole["resources"].items() if not resource.get("description")]
    for token, resource in whole["resources"].items():
        for kind in ("inputProperties", "properties"):
            missing = [key for key, each in resource[kind].items() if not each.get("description")]
            undocumented += [f"{token} {kind} {key}" for key in missing]
    undocumented += [path for path, each in nested(whole["types"]) if not each.get("description")]
    assert undocumented == []


def test_arguments_of_other_languages_are_those_of_python() -> None:
    resources = schema()["resources"]
    for component in COMPONENTS:
        shape = args_class(component)
        found = resources[f"tenfold:index:{component.__name__}"]
        assert len(found["inputProperties"]) == len(inspect.get_annotations(shape))
        assert len(found.get("requiredInputs", [])) == len(shape.__required_keys__)


def test_the_hosts_requirements_are_the_packages() -> None:
    project = tomllib.loads((ROOT / "components" / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "components" / "requirements.txt").read_text().splitlines()
    # The shard map's package lies beside this one.
    named = [line.replace("../shards", "tenfold-shards") for line in lines if not line.startswith("#")]
    assert named == project["dependencies"]


@components
def test_an_argument_that_does_not_exist_is_refused_before_anything_is_registered(component: Any) -> None:
    refusal = refused(lambda: made(component, {**EXAMPLES[component.__name__].least, "colour": "red"}))
    assert refusal.text.startswith(
        f"{component.__name__} 'it' has 1 fault in its arguments:\n  colour: there is no such"
    )
    assert refusal.resources == ()


@components
def test_arguments_that_are_no_dict_are_refused(component: Any) -> None:
    refusal = refused(lambda: made(component, cast("Any", "small")))
    assert refusal.faults["args"][1] == f"a dict with the keys of {component.__name__}Args"


@components
def test_arguments_of_wrong_types_are_told_of_all_at_once(component: Any) -> None:
    wrong = {**wrongly_typed(args_class(component)), "colour": "red"}
    refusal = refused(lambda: made(component, wrong))
    assert refusal.faults.keys() == wrong.keys()
    assert refusal.resources == ()


@components
def test_arguments_that_are_impossible_are_told_of_all_at_once(component: Any) -> None:
    example = EXAMPLES[component.__name__]
    assert len(example.wrong) >= 2
    wrong = {**example.wrong, "colour": "red", "overrides": {"nobody": {}}}
    refusal = refused(lambda: made(component, {**example.least, **wrong}))
    assert {root(path) for path in refusal.faults} == wrong.keys()
    assert refusal.text.startswith(f"{component.__name__} 'it' has {len(refusal.faults)} faults in its arguments:\n")
    assert all(given and allowed for given, allowed in refusal.faults.values())
    assert refusal.resources == ()


@every_use
def test_every_annotated_output_is_set_and_registered(component: Any, use: str) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].uses()[use]))
    outputs = inspect.get_annotations(component).keys()
    assert outputs
    assert outputs == built["it"].outputs.keys()
    assert all(built.value(getattr(built.result, name)) is not None for name in outputs)


@every_use
def test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know(component: Any, use: str) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].uses()[use]))
    parents = {resource.urn for resource in built.resources if ":index:" in resource.type}
    for child in children(built):
        assert child.parent in parents
        assert child.name.startswith("it-")
    for child in own(built):
        assert kind_of(child.name, kinds(component)), child.name


@every_use
def test_no_child_is_named_by_an_index(component: Any, use: str) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].uses()[use]))
    assert not [child.name for child in children(built) if child.name.rpartition("-")[2].isdigit()]


@components
def test_every_kind_that_overrides_know_is_seen_here_or_granted(component: Any) -> None:
    known = kinds(component)
    uses = EXAMPLES[component.__name__].uses().values()
    built = [build(partial(made, component, args)) for args in uses]
    seen = {kind_of(child.name, known) for each in built for child in own(each)}
    granted = {kind for kind in known if kind.endswith("-grant")}
    assert known - granted == seen - granted


@components
def test_a_grant_is_a_child_of_its_own_kind_for_each_role(component: Any) -> None:
    methods = [name for name in vars(component) if name.startswith("grant_")]
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})

    def granted() -> None:
        one = made(component, EXAMPLES[component.__name__].full)
        for method in methods:
            for name in ("reader", "writer"):
                getattr(one, method)(aws.iam.Role(f"{method}-{name}", assume_role_policy=trust))

    built = build(granted)
    seen = [child for child in children(built) if child.parent == built["it"].urn and child.name.endswith("er")]
    expected = {f"it-{method_kind(method)}-{method}-{name}" for method in methods for name in ("reader", "writer")}
    assert expected <= {child.name for child in seen}
    assert {kind for kind in kinds(component) if kind.endswith("-grant")} == {method_kind(each) for each in methods}
    assert all(inspect.getdoc(getattr(component, method)) for method in methods)


@every_use
def test_tags_reach_every_child_that_can_have_them(component: Any, use: str) -> None:
    taggable: set[str] = set()

    def look(child: pulumi.ResourceTransformationArgs) -> None:
        if "tags" in child.props and child.name != "it":
            taggable.add(child.name)

    args = {**EXAMPLES[component.__name__].uses()[use], "tags": {"team": "web"}}
    opts = pulumi.ResourceOptions(transformations=[cast("Any", look)])
    built = build(lambda: made(component, args, opts))
    assert taggable
    for name in taggable:
        tags = built[name].inputs["tags"]
        # An Auto Scaling group's are blocks.
        found = tags if isinstance(tags, dict) else {tag["key"]: tag["value"] for tag in tags}
        assert found.get("team") == "web", name


@every_use
def test_alarms_notify_the_topic_and_exist_without_one(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    silent = build(lambda: made(component, args)).of("aws:cloudwatch/metricAlarm:MetricAlarm")
    loud = build(lambda: made(component, {**args, "alarm_topic_arn": TOPIC}))
    alarms = loud.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert alarms or use != "full"
    assert {alarm.name for alarm in alarms} == {alarm.name for alarm in silent}
    # What an alarm lets EC2 do by itself, such as a reboot, notifies nobody; one that scales a fleet does nothing else.
    told = [[action for action in alarm.inputs["alarmActions"] if ":automate:" not in action] for alarm in alarms]
    assert all(actions == [TOPIC] for actions in told if not any("autoscaling" in action for action in actions))
    assert all(alarm.inputs.get("alarmDescription") for alarm in alarms)


@every_use
def test_a_preview_of_a_new_one_registers_what_its_update_does(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    previewed = build(lambda: made(component, args), preview=True)
    updated = build(lambda: made(component, args))
    assert urns(previewed) == urns(updated)


@every_use
def test_values_that_nobody_knows_yet_change_no_resource(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]

    def previewed() -> pulumi.ComponentResource:
        unknown = aws.sns.Topic("unknown").arn
        return made(component, known_later(args_class(component), args, lambda *_: unknown))

    assert urns(build(previewed, preview=True)) - urns(build(lambda: aws.sns.Topic("unknown"))) == urns(
        build(lambda: made(component, args))
    )


@every_use
def test_values_that_come_later_are_as_good_as_plain_ones(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    later = known_later(args_class(component), args, lambda _, value: pulumi.Output.from_input(value))
    assert inputs(build(lambda: made(component, later))) == inputs(build(lambda: made(component, args)))


@every_use
def test_the_order_of_arguments_changes_nothing(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    assert inputs(build(lambda: made(component, upside_down(args)))) == inputs(build(lambda: made(component, args)))


@every_use
def test_a_program_in_another_language_gets_the_same_resources(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    shape = args_class(component)
    later = known_later(shape, args, lambda hint, value: pulumi.Output.from_input(of_another_language(hint, value)))
    expected = inputs(build(lambda: made(component, args)))
    for sent in (of_another_language(shape, args), of_another_language(shape, later)):
        token = f"tenfold:index:{component.__name__}"
        built = build(partial(hosted().construct, "it", token, sent))
        assert inputs(built) == expected


@components
def test_growing_replaces_nothing_that_holds_data(component: Any) -> None:
    example = EXAMPLES[component.__name__]

    def kept(size: dict[str, Any]) -> dict[str, list[Any]]:
        built = build(lambda: made(component, {**example.least, **size}))
        return {
            child.urn: [child.inputs.get(key) for key in IRREPLACEABLE[child.type]]
            for child in children(built)
            if child.type in IRREPLACEABLE
        }

    stages = [kept(size) for size in example.sizes]
    assert stages[0]
    for small, large in itertools.combinations(stages, 2):
        assert small.items() <= large.items()


@every_use
def test_nothing_that_holds_data_goes_unlooked_at(component: Any, use: str) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].uses()[use]))
    assert {child.type for child in children(built)} & HOLDS_DATA <= IRREPLACEABLE.keys()


@every_use
@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
def test_the_policy_pack_has_nothing_to_say(component: Any, use: str, preview: bool) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    diagnostics = Pack().judge(run(lambda: made(component, {**args, "alarm_topic_arn": TOPIC}), preview=preview))
    # Verdicts on subnets of another stack stay open.
    assert [each.message for each in diagnostics if each.policyName != UNDECIDED] == []
