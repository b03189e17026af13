"""Web tiers on the real engine and the embedded AWS: two behind one balancer, grown, given a domain, and gone."""

from typing import Any

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi, pulumi_aws as aws

from tenfold import Network, WebTier

config = pulumi.Config()
under_its_name = {}
if config.get_bool("domain"):
    zone = aws.route53.Zone("zone", name="example.com")
    under_its_name = {"domain": {"name": "shop.example.com", "zone_id": zone.zone_id}}
network = Network("main", {"nat": "none", "flow_logs": "none"})
shop = WebTier(
    "shop",
    {
        "placement": network.placement,
        "deletion_protection": False,
        "load_balancer": {"web_acl": {}},
        "instances": {"spot_percent": config.get_int("spot") or 50},
        "scaling": {"schedules": {"evening": {"cron": "0 17 * * *", "min_size": 6}}},
        **under_its_name,
    },
)
search = WebTier(
    "search",
    {
        "placement": network.placement,
        "container": {"image": config.get("image") or "shop/search:1", "spot_percent": config.get_int("spot") or 50},
        "port": 80,
        "min_size": 2,
        "route": {"balancer": shop.balancer, "priority": 10, "paths": ["/search/*"]},
    },
)
pulumi.export("url", shop.url)
pulumi.export("balancer", shop.load_balancer_arn)
pulumi.export("listener", shop.listener_arn)
pulumi.export("targets", search.target_group_arn)
pulumi.export("cluster", search.cluster_arn)
pulumi.export("service", search.service_name)
pulumi.export("group", shop.autoscaling_group_name)
pulumi.export("logs", shop.access_log_bucket)
"""


def service(stack: Stack, found: dict[str, Any]) -> Any:
    answer = stack.client("ecs").describe_services(cluster=found["cluster"], services=[found["service"]])
    return answer["services"][0]


def test_two_tiers_share_a_balancer_grow_and_go(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    found = stack.outputs()
    _looks_right(stack, found)
    # What AWS says is what the program asks for.
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes")

    first = service(stack, found)
    stack.run("config", "set", "image", "shop/search:2")
    stack.run("config", "set", "spot", "70")
    assert " replaced" in stack.up()  # the task definition, of which each change is a new revision
    second = service(stack, found)
    assert (second["serviceArn"], second["status"]) == (first["serviceArn"], "ACTIVE")
    assert second["taskDefinition"] != first["taskDefinition"]
    assert [one["weight"] for one in second["capacityProviderStrategy"]] == [30, 70]

    stack.run("config", "set", "domain", "true")
    stack.up()
    secure = stack.outputs()
    assert (secure["url"], secure["balancer"]) == ("https://shop.example.com", found["balancer"])
    listeners = stack.client("elbv2").describe_listeners(LoadBalancerArn=found["balancer"])["Listeners"]
    first_actions = {one["Protocol"]: one["DefaultActions"][0]["Type"] for one in listeners}
    assert first_actions == {"HTTP": "redirect", "HTTPS": "forward"}
    _looks_right(stack, secure)

    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert stack.client("ecs").list_clusters()["clusterArns"] == []


def _looks_right(stack: Stack, found: dict[str, Any]) -> None:
    rules = stack.client("elbv2").describe_rules(ListenerArn=found["listener"])["Rules"]
    (rule,) = [one for one in rules if one["Priority"] == "10"]
    assert rule["Conditions"][0]["PathPatternConfig"]["Values"] == ["/search/*"]
    assert rule["Actions"][0]["TargetGroupArn"] == found["targets"]
    made = service(stack, found)
    assert (made["desiredCount"], made["loadBalancers"][0]["targetGroupArn"]) == (2, found["targets"])
    assert made["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is True
    actions = stack.client("autoscaling").describe_scheduled_actions(AutoScalingGroupName=found["group"])
    assert [one["MinSize"] for one in actions["ScheduledUpdateGroupActions"]] == [6]
    attributes = stack.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=found["balancer"])
    said = {one["Key"]: one["Value"] for one in attributes["Attributes"]}
    assert (said["access_logs.s3.enabled"], said["access_logs.s3.bucket"]) == ("true", found["logs"])
    assert found["logs"] in {bucket["Name"] for bucket in stack.client("s3").list_buckets()["Buckets"]}
