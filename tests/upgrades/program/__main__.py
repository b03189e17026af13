"""Every component, with the arguments of the version that `../released` was recorded with.

What stands here is part of the record: an argument is added for a component that is new, and none is changed.
"""

import json

import pulumi
import pulumi_aws as aws

import tenfold
from tenfold.alarms import AlarmsArgs

ZONES = ["us-east-1a", "us-east-1b"]
HANDLER = pulumi.AssetArchive({"main.py": pulumi.StringAsset("def handle(event, context):\n    return event\n")})
CREDENTIALS = json.dumps(
    {
        "type": "service_account",
        "project_id": "shop",
        "client_email": "push@shop.iam.gserviceaccount.com",
        "private_key": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)

network = tenfold.Network("main", {"zone_names": ZONES, "interface_endpoints": ["sqs"]})
reader = aws.iam.Role("reader", assume_role_policy=TRUST)
zone = aws.route53.Zone("shop", name="shop.example.com")

operators = tenfold.Topic("operators", {"subscribers": {"pager": {"email": "operators@example.com"}}})
alarms: AlarmsArgs = {"topic_arn": operators.topic_arn}

results = tenfold.Table(
    "results",
    {
        "hash_key": "id",
        "attributes": {"id": "S", "at": "N"},
        "global_indexes": {"by-time": {"hash_key": "at"}},
        "provisioned": {"read_units": 5, "write_units": 5, "max_read_units": 50, "max_write_units": 50},
        "stream": tenfold.TableStream.NEW_AND_OLD_IMAGES,
        "alarms": alarms,
    },
)
results.grant_read(reader)

web = tenfold.WebTier(
    "web",
    {
        "placement": network.placement,
        "load_balancer": {"web_acl": {}},
        "scaling": {"schedules": {"morning": {"cron": "30 7 * * 1-5", "min_size": 10}}},
        "policies": {"results": results.read_policy_json},
        "alarms": alarms,
    },
)
search = tenfold.WebTier(
    "search",
    {
        "placement": network.placement,
        "container": {"image": "search:1", "environment": {"STAGE": "prod"}},
        "route": {"balancer": web.balancer, "priority": 10, "paths": ["/search/*"]},
    },
)
clients: dict[str, pulumi.Input[str]] = {"web": web.security_group_id}

tenfold.Database(
    "orders",
    {"placement": network.placement, "clients": clients, "readers": {"standby": {}}, "proxy": {}, "alarms": alarms},
)
tenfold.Database("reports", {"placement": network.placement, "engine": tenfold.DatabaseEngine.POSTGRES})
tenfold.FederatedDatabases(
    "shop",
    {
        "placement": network.placement,
        "functions": {"forum": {"database": "main", "clients": clients}, "users": {"database": "main"}},
    },
)
tenfold.ShardedCluster(
    "users", {"placement": network.placement, "shards": {"east": {}, "west": {"weight": 2}}, "clients": clients}
)
tenfold.Cache("pages", {"placement": network.placement, "clients": clients, "nodes": {"replicas": 1}})
tenfold.SessionStore("sessions", {}).grant_use(reader)
tenfold.SessionStore(
    "game",
    {"store": tenfold.SessionStoreKind.CACHE, "placement": network.placement, "clients": clients, "serverless": {}},
)

news = tenfold.Topic("news", {"delivery_logs": {}})
jobs = tenfold.QueueService(
    "jobs",
    {
        "worker": {"code": HANDLER, "handler": "main.handle"},
        "topics": {"news": {"topic_arn": news.topic_arn}},
        "alarms": alarms,
    },
)
jobs.grant_send(reader)
tenfold.QueueService(
    "videos",
    {"fifo": True, "fleet": {"placement": network.placement, "container": {"image": "encoder:1"}, "scaling": {}}},
)
tenfold.QueueService("scans", {"fleet": {"placement": network.placement, "instances": {}}})
tenfold.Pipeline(
    "mails",
    {
        "steps": [
            {"name": "render", "worker": {"code": HANDLER, "handler": "main.handle"}},
            {"name": "send", "worker": {"code": HANDLER, "handler": "main.handle"}},
        ]
    },
)

images = tenfold.Function(
    "images",
    {
        "code": {"archive": HANDLER, "handler": "main.handle"},
        "placement": network.placement,
        "concurrency": {"provisioned": 2},
        "url": {},
        "schedules": {"nightly": {"expression": "cron(0 3 * * ? *)"}},
        "streams": {"results": {"stream_arn": results.stream_arn}},
        "policies": {"results": results.stream_policy_json},
    },
)
uploads = tenfold.Bucket("uploads", {"lifecycle": {"old": {"transitions": {"STANDARD_IA": 30}}}})
uploads.notify({"functions": {"images": {"function_arn": images.function_arn}}})
tenfold.StaticSite("pages-site", {"failover_region": "us-west-2", "web_acl": {}})
tenfold.Transcoder("films", {"presets": [tenfold.TranscoderPreset.HLS]})
tenfold.Mailer(
    "mail",
    {
        "domain": "shop.example.com",
        "zone_id": zone.zone_id,
        "templates": {"welcome": {"subject": "Welcome, {{name}}", "text": "Hello"}},
    },
)
tenfold.MobilePush(
    "push",
    {
        "applications": {
            "android": {"platform": tenfold.MobilePushPlatform.FCM, "credentials": pulumi.Output.secret(CREDENTIALS)}
        },
        "broadcast": ["news"],
    },
)
tenfold.Monitoring(
    "health",
    {
        "services": {
            "web": {
                "kind": tenfold.MonitoringServiceKind.WEB_TIER,
                "alarm_arns": web.alarm_arns,
                "identifiers": {"load_balancer_arn": web.load_balancer_arn, "target_group_arn": web.target_group_arn},
                "objective": {"availability_percent": 99.9},
            },
        },
        "critical": {"emails": {"team": "team@example.com"}},
        "log_groups": {"search": {"log_group_name": search.log_group_name}},
        "budget": {"monthly_usd": 1000},
    },
)
