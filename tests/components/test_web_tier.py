"""WebTier: every default, every option, every refusal, and what may change without replacing what serves."""

import base64
import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Network, NetworkPlacement, WebTier, WebTierArgs
from tests.components.building import UNKNOWN, Built, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "web_tier.txt"
PLACEMENT: NetworkPlacement = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "public_subnet_ids": ["public-a", "public-b", "public-c"],
    "app_subnet_ids": ["app-a", "app-b", "app-c"],
    "data_subnet_ids": ["data-a", "data-b", "data-c"],
}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0f2c"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
IMAGES = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def tier(preview: bool = False, **args: Any) -> Built[WebTier]:
    return build(lambda: WebTier("web", cast("WebTierArgs", {"placement": PLACEMENT, **args})), preview=preview)


def ways_in(built: Built[WebTier], group: str) -> dict[str, tuple[str, int, int]]:
    """Who may reach a security group's members, and on which ports, by the rule's name."""
    return {
        rule.name: (
            rule.inputs.get("cidrIpv4") or rule.inputs["referencedSecurityGroupId"],
            rule.inputs["fromPort"],
            rule.inputs["toPort"],
        )
        for rule in built.of(INGRESS)
        if rule.inputs["securityGroupId"] == f"web-{group}-id"
    }


def test_by_default_everybody_reaches_the_balancer_over_http_alone() -> None:
    assert ways_in(tier(), "alb-sg") == {"web-alb-http-from-anywhere": ("0.0.0.0/0", 80, 80)}


def test_with_a_certificate_everybody_reaches_the_balancer_over_http_and_https() -> None:
    assert ways_in(tier(certificate_arn=CERTIFICATE), "alb-sg") == {
        "web-alb-http-from-anywhere": ("0.0.0.0/0", 80, 80),
        "web-alb-https-from-anywhere": ("0.0.0.0/0", 443, 443),
    }


def test_an_internal_balancer_is_reached_from_the_vpc_and_stands_in_the_app_subnets() -> None:
    built = tier(internal=True)
    assert ways_in(built, "alb-sg") == {"web-alb-http-from-vpc": ("10.0.0.0/16", 80, 80)}
    balancer = built["web-alb"].inputs
    assert (balancer["internal"], balancer["subnets"]) == (True, ["app-a", "app-b", "app-c"])


def test_clients_take_the_place_of_everybody() -> None:
    group = pulumi.Output.from_input("sg-shop")
    clients = {"cidrs": ["203.0.113.0/24", "198.51.100.7/32"], "security_group_ids": {"shop": group}}
    assert ways_in(tier(clients=clients, certificate_arn=CERTIFICATE), "alb-sg") == {
        f"web-alb-{protocol}-from-{key}": (client, port, port)
        for protocol, port in (("http", 80), ("https", 443))
        for key, client in {
            "203.0.113.0-24": "203.0.113.0/24",
            "198.51.100.7-32": "198.51.100.7/32",
            "shop": "sg-shop",
        }.items()
    }


def test_groups_alone_open_no_range() -> None:
    built = tier(internal=True, clients={"security_group_ids": {"shop": "sg-shop"}})
    assert ways_in(built, "alb-sg") == {"web-alb-http-from-shop": ("sg-shop", 80, 80)}


def test_everybody_written_out_is_the_rule_that_is_there_by_default() -> None:
    assert ways_in(tier(clients={"cidrs": ["0.0.0.0/0"]}), "alb-sg") == ways_in(tier(), "alb-sg")


@pytest.mark.parametrize(("args", "port"), [({}, 8080), ({"port": 3000}, 3000)])
def test_the_instances_are_reached_from_the_balancer_alone_on_their_port_alone(args: Any, port: int) -> None:
    built = tier(**args)
    assert ways_in(built, "instance-sg") == {"web-instances-from-alb": ("web-alb-sg-id", port, port)}
    assert len(built.of(INGRESS)) == 2
    assert built["web-tg"].inputs["port"] == port


def test_the_balancer_reaches_the_instances_and_they_the_vpc_and_https() -> None:
    rules = {
        rule.name: (
            rule.inputs["securityGroupId"],
            rule.inputs.get("cidrIpv4") or rule.inputs["referencedSecurityGroupId"],
            rule.inputs["ipProtocol"],
            rule.inputs["fromPort"],
            rule.inputs["toPort"],
        )
        for rule in tier().of(EGRESS)
    }
    assert rules == {
        "web-alb-to-instances": ("web-alb-sg-id", "web-instance-sg-id", "tcp", 8080, 8080),
        "web-instances-to-vpc": ("web-instance-sg-id", "10.0.0.0/16", "tcp", 0, 65535),
        "web-instances-to-internet": ("web-instance-sg-id", "0.0.0.0/0", "tcp", 443, 443),
    }


def test_security_groups_hold_no_rules_of_their_own() -> None:
    for group in tier().of("aws:ec2/securityGroup:SecurityGroup"):
        assert group.inputs["vpcId"] == "vpc-1"
        assert not {"ingress", "egress"} & group.inputs.keys()


def test_the_balancer_faces_the_internet_protected_and_strict() -> None:
    balancer = tier()["web-alb"].inputs
    assert balancer["loadBalancerType"] == "application"
    assert (balancer["internal"], balancer["subnets"]) == (False, ["public-a", "public-b", "public-c"])
    assert balancer["securityGroups"] == ["web-alb-sg-id"]
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["enableDeletionProtection"] is True
    assert balancer["enableZonalShift"] is True
    assert balancer["idleTimeout"] == 60


def test_the_balancer_can_be_unprotected_and_patient() -> None:
    balancer = tier(deletion_protection=False, idle_timeout_seconds=300)["web-alb"].inputs
    assert (balancer["enableDeletionProtection"], balancer["idleTimeout"]) == (False, 300)


def test_without_a_certificate_http_forwards() -> None:
    built = tier()
    (listener,) = built.of("aws:lb/listener:Listener")
    assert (listener.inputs["protocol"], listener.inputs["port"]) == ("HTTP", 80)
    (action,) = listener.inputs["defaultActions"]
    assert (action["type"], action["targetGroupArn"]) == ("forward", "arn:aws:lb:us-east-1:123456789012:web-tg")
    assert built.value(built.result.url) == "http://web-alb.us-east-1.amazonaws.com"
    assert built.value(built.result.listener_arn).endswith(":web-http")


def test_with_a_certificate_https_forwards_and_http_redirects() -> None:
    built = tier(certificate_arn=pulumi.Output.from_input(CERTIFICATE))
    https, http = built["web-https"].inputs, built["web-http"].inputs
    assert (https["protocol"], https["port"], https["certificateArn"]) == ("HTTPS", 443, CERTIFICATE)
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert https["defaultActions"][0]["targetGroupArn"].endswith(":web-tg")
    assert http["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]
    assert built.value(built.result.url) == "https://web-alb.us-east-1.amazonaws.com"
    assert built.value(built.result.listener_arn).endswith(":web-https")


def test_a_certificate_adds_https_and_replaces_nothing() -> None:
    before, after = tier(), tier(certificate_arn=CERTIFICATE)
    added = {resource.name for resource in after.resources} - {resource.name for resource in before.resources}
    assert added == {"web-https", "web-alb-https-from-anywhere"}
    changed = {
        resource.name
        for resource in before.resources
        if resource.name != "web" and after[resource.name].inputs != resource.inputs
    }
    assert changed == {"web-http"}


def test_the_target_group_checks_health_drains_fast_and_sticks_nobody() -> None:
    group = tier()["web-tg"].inputs
    assert (group["targetType"], group["protocol"], group["vpcId"]) == ("instance", "HTTP", "vpc-1")
    # Out after half a minute of failures, in after two answers.
    assert group["healthCheck"] == {
        "enabled": True,
        "protocol": "HTTP",
        "path": "/healthz",
        "matcher": "200",
        "interval": 10,
        "timeout": 5,
        "healthyThreshold": 2,
        "unhealthyThreshold": 3,
    }
    assert group["deregistrationDelay"] == 30
    assert group["stickiness"]["enabled"] is False


def test_the_health_check_has_the_path_that_is_given() -> None:
    assert tier(health_check_path="/ready")["web-tg"].inputs["healthCheck"]["path"] == "/ready"


def test_an_instance_asks_for_tokens_and_has_one_encrypted_volume_and_no_address() -> None:
    template = tier()["web-launch-template"].inputs
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    (volume,) = template["blockDeviceMappings"]
    assert volume["deviceName"] == "/dev/xvda"
    ebs = {"volumeType": "gp3", "volumeSize": 16, "encrypted": "true", "deleteOnTermination": "true"}
    assert volume["ebs"] == ebs
    assert template["monitoring"] == {"enabled": True}
    assert template["vpcSecurityGroupIds"] == ["web-instance-sg-id"]
    assert template["iamInstanceProfile"] == {"arn": "arn:aws:iam:us-east-1:123456789012:web-profile"}
    assert not {"networkInterfaces", "keyName", "userData"} & template.keys()
    assert template["updateDefaultVersion"] is True


@pytest.mark.parametrize(
    ("kind", "processor"),
    [
        ("m7g.large", "arm64"),
        ("t4g.small", "arm64"),
        ("c7gn.medium", "arm64"),
        ("x2gd.metal", "arm64"),
        ("im4gn.large", "arm64"),
        ("is4gen.large", "arm64"),
        ("g5g.xlarge", "arm64"),
        ("a1.large", "arm64"),
        ("m8gb.large", "arm64"),
        ("m7i.large", "x86_64"),
        ("t3.micro", "x86_64"),
        ("g5.xlarge", "x86_64"),
        ("g4dn.xlarge", "x86_64"),
        ("c7a.large", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("u-6tb1.metal", "x86_64"),
    ],
)
def test_the_default_image_is_one_for_the_types_processor(kind: str, processor: str) -> None:
    for given_type in (kind, pulumi.Output.from_input(kind)):
        template = tier(instances={"type": given_type})["web-launch-template"].inputs
        assert (template["instanceType"], template["imageId"]) == (kind, f"{IMAGES}-{processor}")


def test_instances_can_be_others() -> None:
    instances = {"image_id": "ami-0123", "user_data": "#!/bin/sh\necho schön\n", "root_volume_gb": 40}
    template = tier(instances=instances)["web-launch-template"].inputs
    assert template["imageId"] == "ami-0123"
    assert base64.b64decode(template["userData"]).decode() == "#!/bin/sh\necho schön\n"
    assert template["blockDeviceMappings"][0]["ebs"]["volumeSize"] == 40


FURTHER_GROUPS = {"forum": "sg-forum", "products": "sg-products"}


def test_instances_and_tasks_can_be_in_further_security_groups() -> None:
    own = ["web-instance-sg-id", *FURTHER_GROUPS.values()]
    template = tier(instances={"security_group_ids": FURTHER_GROUPS})["web-launch-template"].inputs
    assert template["vpcSecurityGroupIds"] == own
    container = {"image": "public.ecr.aws/nginx/nginx:1.29", "security_group_ids": FURTHER_GROUPS}
    service = tier(container=container)["web-service"].inputs
    assert service["networkConfiguration"]["securityGroups"][1:] == own[1:]


def test_the_default_type_is_one_with_steady_performance() -> None:
    template = tier()["web-launch-template"].inputs
    assert (template["instanceType"], template["imageId"]) == ("m7g.large", f"{IMAGES}-arm64")


def test_the_fleet_is_in_private_subnets_and_heals_by_the_balancers_checks() -> None:
    group = tier()["web-asg"].inputs
    assert group["vpcZoneIdentifiers"] == ["app-a", "app-b", "app-c"]
    assert group["targetGroupArns"] == ["arn:aws:lb:us-east-1:123456789012:web-tg"]
    assert (group["healthCheckType"], group["healthCheckGracePeriod"]) == ("ELB", 300)
    assert (group["minSize"], group["maxSize"]) == (3, 12)
    assert group["defaultInstanceWarmup"] == 120
    assert {"GroupInServiceInstances", "GroupDesiredCapacity"} <= set(group["enabledMetrics"])
    # Left out, or each update would undo what the scaling policies have done.
    assert "desiredCapacity" not in group


def test_a_new_template_version_is_rolled_out_without_losing_capacity() -> None:
    group = tier()["web-asg"].inputs
    assert group["launchTemplate"] == {"id": "web-launch-template-id", "version": "1"}
    assert group["instanceRefresh"]["strategy"] == "Rolling"
    preferences = group["instanceRefresh"]["preferences"]
    assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 110)


@pytest.mark.parametrize(
    ("image", "rolls_back"), [(None, False), ("ami-0123", True), ("resolve:ssm:/images/web", False)]
)
def test_a_failed_roll_out_goes_back_where_auto_scaling_can(image: str | None, rolls_back: bool) -> None:
    # Auto Scaling refuses autoRollback for a template whose image is a parameter.
    for given_image in (image, pulumi.Output.from_input(image)) if image else (image,):
        group = tier(instances={"image_id": given_image})["web-asg"].inputs
        assert group["instanceRefresh"]["preferences"]["autoRollback"] is rolls_back


def test_instances_start_when_they_can_work_and_be_reached() -> None:
    ready = {"web-instances-from-alb", "web-instances-to-vpc", "web-instances-to-internet"}
    assert ready | {"web-http"} <= tier()["web-asg"].depends_on
    secure = tier(certificate_arn=CERTIFICATE, policies={"jobs": STATEMENT})
    assert ready | {"web-https", "web-policy-jobs"} <= secure["web-asg"].depends_on


@pytest.mark.parametrize(
    ("args", "sizes"),
    [({"min_size": 2}, (2, 8)), ({"min_size": 20, "max_size": 30}, (20, 30)), ({"min_size": 5, "max_size": 5}, (5, 5))],
)
def test_sizes_are_those_given_and_the_maximum_follows_the_minimum(args: Any, sizes: tuple[int, int]) -> None:
    group = tier(**args)["web-asg"].inputs
    assert (group["minSize"], group["maxSize"]) == sizes


def targets(built: Built[WebTier]) -> dict[str, Any]:
    """The target of each scaling policy by its metric."""
    found = {}
    for policy in built.of("aws:autoscaling/policy:Policy"):
        assert policy.inputs["policyType"] == "TargetTrackingScaling"
        assert policy.inputs["autoscalingGroupName"] == "web-asg-0a1b2c"
        tracking = policy.inputs["targetTrackingConfiguration"]
        found[tracking["predefinedMetricSpecification"]["predefinedMetricType"]] = tracking["targetValue"]
    return found


def test_the_fleet_follows_cpu_and_requests() -> None:
    assert targets(tier()) == {"ASGAverageCPUUtilization": 60, "ALBRequestCountPerTarget": 3000}
    scaling = {"cpu_percent": 45, "requests_per_minute": pulumi.Output.from_input(600.5)}
    assert targets(tier(scaling=scaling)) == {"ASGAverageCPUUtilization": 45, "ALBRequestCountPerTarget": 600.5}


def test_requests_are_counted_in_the_target_group_that_a_listener_forwards_to() -> None:
    built = tier()
    policy = built["web-requests-scaling"]
    label = policy.inputs["targetTrackingConfiguration"]["predefinedMetricSpecification"]["resourceLabel"]
    assert label == "web-alb/0a1b2c/web-tg/0a1b2c"
    assert "web-http" in policy.depends_on


def test_the_role_may_do_nothing_but_what_it_is_given() -> None:
    built = tier()
    (trust,) = json.loads(built["web-role"].inputs["assumeRolePolicy"])["Statement"]
    assert (trust["Principal"], trust["Action"]) == ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole")
    assert not {"managedPolicyArns", "inlinePolicies"} & built["web-role"].inputs.keys()
    assert not built.of("aws:iam/rolePolicy:RolePolicy")
    assert not built.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert built["web-profile"].inputs["role"] == "web-role-0a1b2c"


def test_policies_are_attached_to_the_role_by_name() -> None:
    policies = {"jobs": STATEMENT, "results": pulumi.Output.from_input(STATEMENT)}
    built = tier(policies=policies)
    attached = {
        policy.name: (policy.inputs["role"], policy.inputs["policy"])
        for policy in built.of("aws:iam/rolePolicy:RolePolicy")
    }
    assert attached == {
        "web-policy-jobs": ("web-role-0a1b2c", STATEMENT),
        "web-policy-results": ("web-role-0a1b2c", STATEMENT),
    }


def test_the_role_is_there_for_grants_in_the_same_program() -> None:
    def program() -> None:
        web = WebTier("web", {"placement": PLACEMENT})
        aws.iam.RolePolicy("grant", role=web.role.name, policy=STATEMENT)

    assert build(program)["grant"].inputs["role"] == "web-role-0a1b2c"


def test_errors_are_alarmed_as_a_share_of_the_requests() -> None:
    built = tier()
    both = {"LoadBalancer": "web-alb/0a1b2c", "TargetGroup": "web-tg/0a1b2c"}
    expected = {
        "web-target-error-alarm": ({"HTTPCode_Target_5XX_Count", "RequestCount"}, both),
        "web-alb-error-alarm": ({"HTTPCode_ELB_5XX_Count", "RequestCount"}, {"LoadBalancer": "web-alb/0a1b2c"}),
    }
    for name, (metrics, dimensions) in expected.items():
        alarm = built[name].inputs
        share, *counts = alarm["metricQueries"]
        assert (share["returnData"], alarm["threshold"]) == (True, 1)
        assert {count["metric"]["metricName"] for count in counts} == metrics
        assert all(count["metric"]["dimensions"] == dimensions for count in counts)
        assert all(count["id"] in share["expression"] for count in counts)


def test_unhealthy_instances_and_slow_answers_are_alarmed() -> None:
    built = tier()
    both = {"LoadBalancer": "web-alb/0a1b2c", "TargetGroup": "web-tg/0a1b2c"}
    unhealthy, latency = built["web-unhealthy-alarm"].inputs, built["web-latency-alarm"].inputs
    assert (unhealthy["namespace"], unhealthy["metricName"]) == ("AWS/ApplicationELB", "UnHealthyHostCount")
    assert (unhealthy["statistic"], unhealthy["threshold"], unhealthy["dimensions"]) == ("Maximum", 0, both)
    assert (latency["metricName"], latency["extendedStatistic"]) == ("TargetResponseTime", "p99")
    assert (latency["threshold"], latency["dimensions"]) == (1, both)


def test_alarms_wait_for_what_lasts() -> None:
    # Datapoints over the threshold, of the last minutes.
    windows = {
        alarm.name: (alarm.inputs["datapointsToAlarm"], alarm.inputs["evaluationPeriods"]) for alarm in tier().of(ALARM)
    }
    assert windows == {
        "web-target-error-alarm": (3, 5),
        "web-alb-error-alarm": (3, 5),
        "web-latency-alarm": (5, 5),
        "web-unhealthy-alarm": (10, 10),
    }
    periods = {alarm.inputs["period"] for alarm in tier().of(ALARM) if "period" in alarm.inputs}
    queries = [query for alarm in tier().of(ALARM) for query in alarm.inputs.get("metricQueries", [])]
    assert periods | {query["metric"]["period"] for query in queries if "metric" in query} == {60}


@pytest.mark.parametrize(("args", "actions"), [({}, []), ({"alarms": {"topic_arn": TOPIC}}, [TOPIC])])
def test_alarms_notify_the_topic_and_exist_without_one(args: Any, actions: list[str]) -> None:
    alarms = tier(**args).of(ALARM)
    assert len(alarms) == 4
    for alarm in alarms:
        assert (alarm.inputs["alarmActions"], alarm.inputs["okActions"]) == (actions, actions)
        assert alarm.inputs["treatMissingData"] == "notBreaching"


def test_tags_reach_everything_that_can_have_them_and_the_instances() -> None:
    built = tier(tags={"team": "shop", "Name": "ignored"}, certificate_arn=CERTIFICATE)
    tagless = {"web", "web-cpu-scaling", "web-requests-scaling", "web-asg"}
    tagless |= {"web-access-logs-access", "web-access-logs-policy", "web-access-logs-lifecycle"}
    for resource in built.resources:
        if resource.name not in tagless:
            assert resource.inputs["tags"]["team"] == "shop", resource.name
    assert built["web-asg"].inputs["tags"] == [
        {"key": "team", "value": "shop", "propagateAtLaunch": True},
        {"key": "Name", "value": "web", "propagateAtLaunch": True},
    ]
    (volume,) = built["web-launch-template"].inputs["tagSpecifications"]
    assert volume == {"resourceType": "volume", "tags": {"team": "shop", "Name": "web"}}


def test_overrides_win() -> None:
    built = tier(overrides={"latency-alarm": {"threshold": 0.5}, "asg": {"max_instance_lifetime": 604_800}})
    assert built["web-latency-alarm"].inputs["threshold"] == 0.5
    assert built["web-asg"].inputs["maxInstanceLifetime"] == 604_800


def test_outputs_are_those_of_the_children() -> None:
    built = tier()
    found = {name: built.value(getattr(built.result, name)) for name in WebTier.__annotations__}
    assert found == {
        "url": "http://web-alb.us-east-1.amazonaws.com",
        "dns_name": "web-alb.us-east-1.amazonaws.com",
        "zone_id": "Z0123456789",
        "balancer": {
            "listener_arn": "arn:aws:lb:us-east-1:123456789012:web-http",
            "load_balancer_arn": "arn:aws:lb:us-east-1:123456789012:web-alb",
            "arn_suffix": "web-alb/0a1b2c",
            "security_group_id": "web-alb-sg-id",
            "dns_name": "web-alb.us-east-1.amazonaws.com",
            "zone_id": "Z0123456789",
            "url": "http://web-alb.us-east-1.amazonaws.com",
        },
        "access_log_bucket": "web-access-logs-id",
        "load_balancer_arn": "arn:aws:lb:us-east-1:123456789012:web-alb",
        "listener_arn": "arn:aws:lb:us-east-1:123456789012:web-http",
        "target_group_arn": "arn:aws:lb:us-east-1:123456789012:web-tg",
        "balancer_security_group_id": "web-alb-sg-id",
        "security_group_id": "web-instance-sg-id",
        "role_name": "web-role-0a1b2c",
        "role_arn": "arn:aws:iam:us-east-1:123456789012:web-role",
        "launch_template_id": "web-launch-template-id",
        "autoscaling_group_name": "web-asg-0a1b2c",
        "cluster_arn": "",
        "service_name": "",
        "log_group_name": "",
        "alarm_arns": {
            kind: f"arn:aws:cloudwatch:us-east-1:123456789012:web-{kind}"
            for kind in ("alb-error-alarm", "latency-alarm", "target-error-alarm", "unhealthy-alarm")
        },
    }
    assert set(built["web"].outputs) == set(found)


def test_a_placement_from_another_stack_serves_as_well() -> None:
    given_placement = pulumi.Output.from_input(cast("Any", PLACEMENT))
    assert tier(placement=given_placement)["web-asg"].inputs["vpcZoneIdentifiers"] == ["app-a", "app-b", "app-c"]


def test_a_preview_leaves_open_what_aws_fills_in() -> None:
    built = tier(preview=True)
    assert built["web-asg"].inputs["targetGroupArns"] == [UNKNOWN]
    assert built.value(built.result.url) is None


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=2, max_size=2),
    types=st.lists(st.sampled_from(["t4g.small", "m7g.large", "c8g.4xlarge", "m7i.large"]), min_size=2, max_size=2),
    disks=st.lists(st.integers(8, 200), min_size=2, max_size=2),
    loads=st.lists(st.tuples(st.integers(1, 100), st.integers(1, 100_000)), min_size=2, max_size=2),
)
def test_growing_and_shrinking_replace_nothing(
    sizes: list[tuple[int, int]], types: list[str], disks: list[int], loads: list[tuple[int, int]]
) -> None:
    before, after = (
        tier(
            min_size=sizes[i][0],
            max_size=sum(sizes[i]),
            instances={"type": types[i], "root_volume_gb": disks[i]},
            scaling={"cpu_percent": loads[i][0], "requests_per_minute": loads[i][1]},
        )
        for i in range(2)
    )
    assert {resource.urn for resource in before.resources} == {resource.urn for resource in after.resources}
    changed = {
        (resource.name, key)
        for resource in before.resources
        if resource.name != "web"
        for key, value in resource.inputs.items()
        if after[resource.name].inputs[key] != value
    }
    # Each of these changes in place, by the provider's own documentation.
    assert changed <= {
        ("web-asg", "minSize"),
        ("web-asg", "maxSize"),
        ("web-launch-template", "instanceType"),
        ("web-launch-template", "imageId"),
        ("web-launch-template", "blockDeviceMappings"),
        ("web-cpu-scaling", "targetTrackingConfiguration"),
        ("web-requests-scaling", "targetTrackingConfiguration"),
    }


def test_no_child_is_renamed() -> None:
    built = tier(
        certificate_arn=CERTIFICATE,
        clients={"cidrs": ["0.0.0.0/0", "203.0.113.0/24"], "security_group_ids": {"shop": "sg-shop"}},
        policies={"jobs": STATEMENT},
    )
    golden = GOLDEN.read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources) == golden
    assert {resource.urn for resource in tier().resources} < set(golden)


def test_children_belong_to_the_component() -> None:
    built = tier(certificate_arn=CERTIFICATE, policies={"jobs": STATEMENT})
    assert {resource.parent for resource in built.resources if resource.name != "web"} == {built["web"].urn}


def platform(**args: Any) -> Any:
    """A program of a network and a web tier in it."""

    def program() -> None:
        zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
        network = Network("main", {"zone_names": zones, "alarms": {"topic_arn": TOPIC}})
        WebTier("web", cast("WebTierArgs", {"placement": network.placement, **args}))

    return program


@pytest.mark.parametrize("args", [{}, {"internal": True}, {"certificate_arn": CERTIFICATE}, {"min_size": 2}])
def test_the_policy_pack_has_nothing_to_say(args: dict[str, Any]) -> None:
    judged = Pack().judge(run(platform(**args), preview=False))
    assert [(each.policyName, each.message) for each in judged] == []
    previewed = Pack().judge(run(platform(**args), preview=True))
    assert [each.message for each in previewed if each.policyName != "undecided"] == []


def test_the_policy_pack_sees_what_the_component_is_told_to_loosen() -> None:
    program = platform(
        min_size=1,
        deletion_protection=False,
        overrides={"launch-template": {"metadata_options": {"http_tokens": "optional"}}},
    )
    judged = Pack().judge(run(program, preview=False))
    assert {each.policyName for each in judged} == {
        "sca-asg-bounds",
        "dur-deletion-protection",
        "dur-s3-no-force-destroy",
        "sec-imdsv2",
    }


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no instance": ({"min_size": 0}, "min_size: 0 is given; allowed: 1 to 10000 instances"),
    "too many": ({"max_size": 10_001}, "max_size: 10001 is given; allowed: 1 to 10000 instances"),
    "a maximum below": (
        {"min_size": 4, "max_size": 3},
        "max_size: 3 is given, with 4 as min_size; allowed: 4 or more instances",
    ),
    "a maximum below the default": ({"max_size": 2}, "max_size: 2 is given, with 3 as min_size; allowed: 3 or more"),
    "a size that is unknown": ({"min_size": pulumi.Output.from_input(3)}, "min_size: an Output is given; allowed: a"),
    "no port": ({"port": 0}, "port: 0 is given; allowed: 1 to 65535 (a TCP port)"),
    "no such port": ({"port": 65_536}, "port: 65536 is given; allowed: 1 to 65535 (a TCP port)"),
    "a relative path": (
        {"health_check_path": "healthz"},
        "health_check_path: 'healthz' is given; allowed: a path that",
    ),
    "a path with a blank": ({"health_check_path": "/a b"}, "health_check_path: '/a b' is given; allowed: a path that"),
    "a long path": ({"health_check_path": "/" + 1024 * "a"}, "allowed: a path that starts with /, up to 1024"),
    "no certificate": ({"certificate_arn": "web.pem"}, "certificate_arn: 'web.pem' is given; allowed: a certificate's"),
    "another ARN": ({"certificate_arn": TOPIC}, f"certificate_arn: '{TOPIC}' is given; allowed: a certificate's ARN"),
    "no patience": ({"idle_timeout_seconds": 0}, "idle_timeout_seconds: 0 is given; allowed: 1 to 4000 seconds"),
    "too patient": ({"idle_timeout_seconds": 4001}, "idle_timeout_seconds: 4001 is given; allowed: 1 to 4000 seconds"),
    "no clients": ({"clients": {}}, "clients: nobody is given; allowed: cidrs, security_group_ids or both"),
    "no range": ({"clients": {"cidrs": ["office"]}}, "clients.cidrs[0]: 'office' is given; allowed: an IPv4 range"),
    "an address": ({"clients": {"cidrs": ["10.0.0.1"]}}, "clients.cidrs[0]: '10.0.0.1' is given; allowed: an IPv4"),
    "host bits": ({"clients": {"cidrs": ["10.0.0.1/8"]}}, "clients.cidrs[0]: '10.0.0.1/8' is given; allowed: an IPv4"),
    "IPv6": ({"clients": {"cidrs": ["::/0"]}}, "clients.cidrs[0]: '::/0' is given; allowed: an IPv4 range"),
    "a range twice": (
        {"clients": {"cidrs": ["10.0.0.0/8", "10.0.0.0/8"]}},
        "clients.cidrs[1]: '10.0.0.0/8' is given twice; allowed: each range once",
    ),
    "a group's name": (
        {"clients": {"security_group_ids": {"10.0.0.0-8": "sg-1"}}},
        "clients.security_group_ids.10.0.0.0-8: it has this name; allowed: a letter, and up to 39",
    ),
    "no instance type": (
        {"instances": {"type": "large"}},
        "instances.type: 'large' is given; allowed: an instance type",
    ),
    "no image": ({"instances": {"image_id": "al2023"}}, "instances.image_id: 'al2023' is given; allowed: ami-... or a"),
    "a long script": (
        {"instances": {"user_data": 16_385 * "x"}},
        "instances.user_data: 16385 bytes are given; allowed: up to 16384 bytes; have the script fetch what is longer",
    ),
    "too many security groups": (
        {"instances": {"security_group_ids": {f"g{number}": f"sg-{number}" for number in range(16)}}},
        "instances.security_group_ids: 16 is given; allowed: 0 to 15 security groups beside its own",
    ),
    "a small disk": ({"instances": {"root_volume_gb": 7}}, "instances.root_volume_gb: 7 is given; allowed: 8 to 16384"),
    "no such part": (
        {"instances": {"typ": "m7g.large"}},
        "instances.typ: there is no such argument; allowed: alternatives, image_id",
    ),
    "no CPU": ({"scaling": {"cpu_percent": 0}}, "scaling.cpu_percent: 0 is given; allowed: 1 to 100 percent"),
    "too much CPU": ({"scaling": {"cpu_percent": 101}}, "scaling.cpu_percent: 101 is given; allowed: 1 to 100 percent"),
    "no requests": (
        {"scaling": {"requests_per_minute": 0}},
        "scaling.requests_per_minute: 0 is given; allowed: 1 to 100000 requests",
    ),
    "no JSON": ({"policies": {"jobs": "allow"}}, "policies.jobs: 'allow' is given; allowed: an IAM policy: a JSON"),
    "no statement": ({"policies": {"jobs": "{}"}}, "policies.jobs: '{}' is given; allowed: an IAM policy: a JSON"),
    "a list": ({"policies": {"jobs": "[]"}}, "policies.jobs: '[]' is given; allowed: an IAM policy: a JSON document"),
    "a policy's name": ({"policies": {"a b": STATEMENT}}, "policies.a b: it has this name; allowed: 1 to 40 letters"),
    "no placement": ({"placement": None}, "placement: nothing is given; allowed: a dict with the keys of"),
    "no subnets": ({"placement": {**PLACEMENT, "app_subnet_ids": None}}, "placement.app_subnet_ids: nothing is given"),
    "no such argument": ({"min": 3}, "min: there is no such argument; allowed: alarms"),
    "no such child": ({"overrides": {"alb2": {}}}, "overrides.alb2: there is no such child; allowed: a-record"),
    "no such property": (
        {"overrides": {"alb": {"timeout": 3}}},
        "overrides.alb.timeout: LoadBalancer has no such property",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", {"placement": PLACEMENT, **args})))
    assert refusal.text.startswith("WebTier 'web' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


@pytest.mark.parametrize("name", ["a" * 21, "internal-shop", "my_web", "-web", ""])
def test_a_name_that_makes_no_name_of_a_balancer_is_refused(name: str) -> None:
    refusal = refused(lambda: WebTier(name, {"placement": PLACEMENT}))
    assert refusal.faults.keys() == {"name"}
    assert refusal.faults["name"][1].startswith("1 to 20 letters, digits and hyphens")


def test_the_longest_name_leaves_room_for_pulumis_random_characters() -> None:
    built = build(lambda: WebTier("a" * 20, {"placement": PLACEMENT}))
    for token in ("aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"):
        (resource,) = built.of(token)
        assert len(f"{resource.name}-0123456") <= 32


def test_all_faults_are_told_at_once() -> None:
    args = {
        "placement": PLACEMENT,
        "min_size": 0,
        "port": "http",
        "idle_timeout_seconds": 0,
        "health_check_path": "healthz",
        "clients": {"cidrs": ["office"]},
        "instances": {"type": "large", "root_volume_gb": 1},
        "scaling": {"cpu_percent": 0},
        "policies": {"jobs": "{}"},
        "colour": "red",
        "overrides": {"nlb": {}},
    }
    refusal = refused(lambda: WebTier("my_web", cast("WebTierArgs", args)))
    assert refusal.faults.keys() == {
        "name",
        "min_size",
        "port",
        "idle_timeout_seconds",
        "health_check_path",
        "clients.cidrs[0]",
        "instances.type",
        "instances.root_volume_gb",
        "scaling.cpu_percent",
        "policies.jobs",
        "colour",
        "overrides.nlb",
    }
