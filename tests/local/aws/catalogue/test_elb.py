"""Load balancers, target groups, listeners and rules live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _tags(world: World, made: Made) -> dict[str, str]:
    return tags_of(world.client("elbv2").describe_tags(ResourceArns=[made.id])["TagDescriptions"][0]["Tags"])


def _balancer(world: World, made: Made) -> Any:
    found = world.client("elbv2").describe_load_balancers(LoadBalancerArns=[made.id])["LoadBalancers"][0]
    attributes = tags_of(world.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=made.id)["Attributes"])
    return {
        "scheme": found["Scheme"],
        "zones": len(found["AvailabilityZones"]),
        "groups": found["SecurityGroups"],
        "idle": attributes["idle_timeout.timeout_seconds"],
        "logs": attributes["access_logs.s3.enabled"],
        "drop": attributes["routing.http.drop_invalid_header_fields.enabled"],
        "protected": attributes["deletion_protection.enabled"],
        "tags": _tags(world, made),
    }


def _target_group(world: World, made: Made) -> Any:
    found = world.client("elbv2").describe_target_groups(TargetGroupArns=[made.id])["TargetGroups"][0]
    attributes = tags_of(world.client("elbv2").describe_target_group_attributes(TargetGroupArn=made.id)["Attributes"])
    return {
        **only(found, "Port", "Protocol", "HealthCheckPath", "HealthCheckIntervalSeconds"),
        "codes": found["Matcher"]["HttpCode"],
        "delay": attributes["deregistration_delay.timeout_seconds"],
        "sticky": attributes["stickiness.enabled"],
        "tags": _tags(world, made),
    }


def _listener(world: World, made: Made) -> Any:
    found = world.client("elbv2").describe_listeners(ListenerArns=[made.id])["Listeners"][0]
    action = found["DefaultActions"][0]
    return {
        "port": found["Port"],
        "certificate": [one["CertificateArn"] for one in found.get("Certificates", [])],
        "action": action["Type"],
        "to": action.get("TargetGroupArn") or action.get("RedirectConfig", {}).get("StatusCode"),
    }


def _rule(world: World, made: Made) -> Any:
    found = world.client("elbv2").describe_rules(RuleArns=[made.id])["Rules"][0]
    return {
        "priority": found["Priority"],
        "when": {one["Field"]: one.get("Values") or one.get("HttpHeaderConfig") for one in found["Conditions"]},
        "answer": found["Actions"][0]["FixedResponseConfig"]["StatusCode"],
    }


def _certificate(name: str) -> str:
    return f"arn:aws:acm:eu-west-1:000000000000:certificate/{name}"


_FIXED = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "503"}}

CASES = [
    Case(
        token="aws:lb/loadBalancer:LoadBalancer",
        inputs=lambda world: {
            "internal": True,
            "subnets": world.subnets[:2],
            "securityGroups": world.groups[:1],
            "idleTimeout": 70,
            "dropInvalidHeaderFields": True,
            "desyncMitigationMode": "strictest",
            "accessLogs": {"bucket": "logs", "prefix": "lb", "enabled": True},
            "enableDeletionProtection": True,
            "tags": {"team": "a"},
        },
        look=_balancer,
        made=lambda world, _: {
            "scheme": "internal",
            "zones": 2,
            "groups": world.groups[:1],
            "idle": "70",
            "logs": "true",
            "drop": "true",
            "protected": "true",
            "tags": {"team": "a"},
        },
        change=lambda world: {
            "subnets": world.subnets,
            "securityGroups": world.groups,
            "idleTimeout": 50,
            "accessLogs": None,
            "enableDeletionProtection": False,
            "tags": {"team": "b"},
        },
        changed=lambda world, _: {
            "scheme": "internal",
            "zones": 3,
            "groups": world.groups,
            "idle": "50",
            "logs": "false",
            "drop": "true",
            "protected": "false",
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=made.id, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "5"}]
        ),
        drifts=("idleTimeout",),
        outputs={
            "arn": ...,
            "dnsName": ...,
            "zoneId": ...,
            "arnSuffix": lambda _, made: made.id.split("loadbalancer/")[1],
        },
    ),
    Case(
        token="aws:lb/targetGroup:TargetGroup",
        inputs=lambda world: {
            "port": 80,
            "protocol": "HTTP",
            "vpcId": world.vpc,
            "deregistrationDelay": 30,
            "healthCheck": {
                "path": "/health",
                "interval": 10,
                "timeout": 5,
                "matcher": "200-299",
                "healthyThreshold": 2,
            },
            "stickiness": {"type": "lb_cookie", "cookieDuration": 60},
            "tags": {"team": "a"},
        },
        look=_target_group,
        made={
            "Port": 80,
            "Protocol": "HTTP",
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 10,
            "codes": "200-299",
            "delay": "30",
            "sticky": "true",
            "tags": {"team": "a"},
        },
        change=lambda _: {
            "healthCheck": {"path": "/ready", "interval": 15, "timeout": 5, "matcher": "200", "healthyThreshold": 2},
            "deregistrationDelay": 10,
            "stickiness": None,
        },
        changed={
            "Port": 80,
            "Protocol": "HTTP",
            "HealthCheckPath": "/ready",
            "HealthCheckIntervalSeconds": 15,
            "codes": "200",
            "delay": "10",
            "sticky": "false",
            "tags": {"team": "a"},
        },
        meddle=lambda world, made: world.client("elbv2").modify_target_group(
            TargetGroupArn=made.id, HealthCheckPath="/", Matcher={"HttpCode": "200-499"}
        ),
        drifts=("healthCheck",),
        outputs={"arn": ..., "arnSuffix": lambda _, made: made.id.rpartition(":")[2]},
    ),
    Case(
        token="aws:lb/listener:Listener",
        inputs=lambda world: {
            "loadBalancerArn": world.balancer,
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "certificateArn": _certificate("one"),
            "defaultActions": [{"type": "forward", "targetGroupArn": world.targets[0]}],
        },
        look=_listener,
        made=lambda world, _: {
            "port": 443,
            "certificate": [_certificate("one")],
            "action": "forward",
            "to": world.targets[0],
        },
        change=lambda world: {
            "certificateArn": _certificate("two"),
            "defaultActions": [{"type": "forward", "forward": {"targetGroups": [{"arn": world.targets[1]}]}}],
        },
        changed=lambda world, _: {
            "port": 443,
            "certificate": [_certificate("two")],
            "action": "forward",
            "to": world.targets[1],
        },
        meddle=lambda world, made: world.client("elbv2").modify_listener(
            ListenerArn=made.id, Certificates=[{"CertificateArn": _certificate("three")}]
        ),
        drifts=("certificateArn",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:lb/listener:Listener",
        inputs=lambda world: {
            "loadBalancerArn": world.balancer,
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
            ],
        },
        look=_listener,
        made={"port": 80, "certificate": [], "action": "redirect", "to": "HTTP_301"},
        meddle=lambda world, made: world.client("elbv2").modify_listener(
            ListenerArn=made.id, DefaultActions=[{"Type": "forward", "TargetGroupArn": world.targets[0]}]
        ),
        drifts=("defaultActions",),
    ),
    Case(
        token="aws:lb/listenerRule:ListenerRule",
        inputs=lambda world: {
            "listenerArn": world.listener,
            "priority": 10,
            "actions": [_FIXED],
            "conditions": [
                {"pathPattern": {"values": ["/a/*"]}},
                {"httpHeader": {"httpHeaderName": "X-A", "values": ["1"]}},
            ],
        },
        look=_rule,
        made={
            "priority": "10",
            "when": {"path-pattern": ["/a/*"], "http-header": {"HttpHeaderName": "X-A", "Values": ["1"]}},
            "answer": "503",
        },
        change=lambda _: {"priority": 20, "conditions": [{"hostHeader": {"values": ["a.example"]}}]},
        changed={"priority": "20", "when": {"host-header": ["a.example"]}, "answer": "503"},
        meddle=lambda world, made: world.client("elbv2").modify_rule(
            RuleArn=made.id,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["b.example"]}}],
        ),
        drifts=("conditions",),
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_balancer_s_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
