"""Rules of multi-AZ for what serves, each on programs that it passes and programs that it refuses."""

from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses
from tests.policies.networks import network

TWO_ZONES = "at least 2 availability zones"
SPOT: Any = {"on_demand_percentage_above_base_capacity": 0}
SERVER = {"domain_name": "web.example.com", "origin_id": "web"}
PORTS: Any = {
    "http_port": 80,
    "https_port": 443,
    "origin_protocol_policy": "https-only",
    "origin_ssl_protocols": ["TLSv1.2"],
}

SERVERS: Any = {**SERVER, "custom_origin_config": PORTS}
CALLERS: dict[str, Any] = {
    "service_registries": {"registry_arn": "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-web"},
    "service_connect_configuration": {"enabled": True},
    "vpc_lattice_configurations": [{"port_name": "http", "role_arn": "arn:role", "target_group_arn": "arn:web"}],
}


def later(value: Any) -> pulumi.Output[Any]:
    """A value that only the update tells."""
    return aws.ec2.Vpc("later", cidr_block="10.9.0.0/16").id.apply(lambda _: value)


def service(*subnets: str, least: Any = None, **properties: Any) -> None:
    net = network(*(subnets or ("app-a", "app-b")))
    arguments: dict[str, Any] = {
        "desired_count": 2,
        "network_configuration": {"subnets": net.ids()},
        "load_balancers": [{"container_name": "web", "container_port": 8080, "target_group_arn": "arn:web"}],
    } | properties
    web = aws.ecs.Service("web", **arguments)
    if least is not None:
        aws.appautoscaling.Target(
            "web-scaling",
            min_capacity=least,
            max_capacity=9,
            resource_id=web.name.apply(lambda name: f"service/shop/{name}"),
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
        )


def mixture(*types: Any, distribution: Any = SPOT, **override: Any) -> None:
    policy: Any = {
        "launch_template": {
            "launch_template_specification": {"launch_template_id": "lt-0123"},
            "overrides": [*({"instance_type": kind} for kind in types), *([override] if override else [])],
        },
        "instances_distribution": distribution,
    }
    aws.autoscaling.Group("web", min_size=2, max_size=4, mixed_instances_policy=policy)


def distribution(*origins: Any, **properties: Any) -> None:
    aws.cloudfront.Distribution(
        "site",
        enabled=True,
        origins=list(origins),
        default_cache_behavior={
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
            "target_origin_id": "web",
            "viewer_protocol_policy": "https-only",
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
        **properties,
    )


CASES = [
    passes("maz-ecs-service", "two tasks in two zones", service),
    passes("maz-ecs-service", "a daemon", lambda: service("app-a", scheduling_strategy="DAEMON", desired_count=None)),
    passes("maz-ecs-service", "scaled from two tasks on", lambda: service(desired_count=None, least=2)),
    passes("maz-ecs-service", "one task that nobody calls", lambda: service(desired_count=1, load_balancers=None)),
    passes(
        "maz-ecs-service",
        "subnets of another stack",
        lambda: service(network_configuration={"subnets": ["subnet-0aaa", "subnet-0bbb"]}),
        left=("web",),
        left_after=("web",),
    ),
    passes("maz-ecs-service", "a count that the update tells", lambda: service(desired_count=later(2)), left=("web",)),
    refuses(
        "maz-ecs-service",
        "one zone",
        lambda: service("app-a", "data-a"),
        ("web", "networkConfiguration.subnets", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-ecs-service",
        "one task",
        lambda: service(desired_count=1),
        ("web", "desiredCount", "1", "at least 2"),
    ),
    refuses(
        "maz-ecs-service",
        "scaled from one task on",
        lambda: service(desired_count=1, least=1),
        ("web", "desiredCount", "1", "at least 2"),
    ),
    refuses(
        "maz-ecs-service",
        "two tasks where three are asked for",
        service,
        ("web", "desiredCount", "2", "at least 3"),
        minimumTasks=3,
    ),
    passes("maz-asg-instance-types", "two types on Spot", lambda: mixture("m7g.large", "m6g.large")),
    passes(
        "maz-asg-instance-types",
        "types by what they must have",
        lambda: mixture(instance_requirements={"memory_mib": {"min": 4096}, "vcpu_count": {"min": 2}}),
    ),
    passes(
        "maz-asg-instance-types",
        "a share that the update tells",
        lambda: mixture("m7g.large", distribution={"on_demand_percentage_above_base_capacity": later(100)}),
        left=("web",),
    ),
    refuses(
        "maz-asg-instance-types",
        "one type on Spot",
        lambda: mixture("m7g.large"),
        ("web", "mixedInstancesPolicy.launchTemplate.overrides", "1 instance type", "at least 2"),
    ),
    refuses(
        "maz-asg-instance-types",
        "two types where three are asked for",
        lambda: mixture("m7g.large", "m6g.large"),
        ("web", "mixedInstancesPolicy.launchTemplate.overrides", "2 instance types", "at least 3"),
        minimumTypes=3,
    ),
    passes(
        "maz-asg-instance-types", "one type on demand", lambda: aws.autoscaling.Group("web", min_size=2, max_size=4)
    ),
    passes(
        "maz-asg-instance-types",
        "a mixture on demand",
        lambda: mixture("m7g.large", distribution={"on_demand_percentage_above_base_capacity": 100}),
    ),
    passes(
        "maz-cloudfront-origin-failover",
        "servers with another origin",
        lambda: distribution(
            {**SERVER, "custom_origin_config": PORTS},
            origin_groups=[
                {
                    "origin_id": "both",
                    "failover_criteria": {"status_codes": [503]},
                    "members": [{"origin_id": "web"}, {"origin_id": "page"}],
                }
            ],
        ),
    ),
    passes(
        "maz-cloudfront-origin-failover",
        "groups that the update tells",
        lambda: distribution(
            {**SERVER, "custom_origin_config": PORTS},
            origin_groups=later([{"origin_id": "both", "failover_criteria": {"status_codes": [503]}, "members": []}]),
        ),
        left=("site",),
    ),
    refuses(
        "maz-cloudfront-origin-failover",
        "servers alone",
        lambda: distribution({**SERVER, "custom_origin_config": PORTS}),
        ("site", "originGroups", "nothing", "a group of two origins"),
    ),
    passes("maz-cloudfront-origin-failover", "a bucket", lambda: distribution(SERVER)),
    *(
        refuses(
            "maz-ecs-service",
            f"one task that is called by {caller}",
            lambda caller=caller, how=how: service(desired_count=1, load_balancers=None, **{caller: how}),
            ("web", "desiredCount", "1", "at least 2"),
        )
        for caller, how in CALLERS.items()
    ),
    passes("maz-ecs-service", "no subnets of its own", lambda: service(network_configuration=None)),
    replace(
        refuses(
            "maz-ecs-service",
            "one task in subnets of another stack",
            lambda: service(desired_count=1, network_configuration={"subnets": ["subnet-0aaa", "subnet-0bbb"]}),
            ("web", "desiredCount", "1", "at least 2"),
            left=("web",),
        ),
        left_after=("web",),
    ),
    refuses(
        "maz-ecs-service",
        "no number of tasks, which is none",
        lambda: service(desired_count=None),
        ("web", "desiredCount", "nothing", "at least 1"),
        minimumTasks=1,
    ),
    refuses(
        "maz-ecs-service",
        "scaled from none on",
        lambda: service(desired_count=0, least=0),
        ("web", "desiredCount", "0", "at least 1"),
        minimumTasks=1,
    ),
    passes("maz-ecs-service", "one task where one will do", lambda: service(desired_count=1), minimumTasks=1),
    passes(
        "maz-ecs-service",
        "scaled from a number on that the update tells",
        lambda: service(desired_count=1, least=later(2)),
        left=("web",),
    ),
    passes(
        "maz-asg-instance-types",
        "a type by name, and others by what they must have",
        lambda: mixture("m7g.large", instance_requirements={"memory_mib": {"min": 4096}, "vcpu_count": {"min": 2}}),
    ),
    passes(
        "maz-asg-instance-types",
        "a mixture without a share, which is on demand",
        lambda: mixture("m7g.large", distribution={"on_demand_base_capacity": 1}),
    ),
    passes(
        "maz-asg-instance-types",
        "types that the update tells",
        lambda: mixture("m7g.large", later("m6g.large")),
        left=("web",),
    ),
    refuses(
        "maz-asg-instance-types",
        "one type, a hundredth of it on Spot",
        lambda: mixture("m7g.large", distribution={"on_demand_percentage_above_base_capacity": 99}),
        ("web", "mixedInstancesPolicy.launchTemplate.overrides", "1 instance type", "at least 2"),
    ),
    refuses(
        "maz-asg-instance-types",
        "the same type twice",
        lambda: mixture("m7g.large", "m7g.large"),
        ("web", "mixedInstancesPolicy.launchTemplate.overrides", "1 instance type", "at least 2"),
    ),
    refuses(
        "maz-asg-instance-types",
        "the type of the launch template",
        mixture,
        ("web", "mixedInstancesPolicy.launchTemplate.overrides", "0 instance types", "at least 2"),
    ),
    refuses(
        "maz-cloudfront-origin-failover",
        "servers beside a bucket",
        lambda: distribution({"domain_name": "shop.s3.amazonaws.com", "origin_id": "files"}, SERVERS),
        ("site", "originGroups", "nothing", "a group of two origins"),
    ),
    passes(
        "maz-cloudfront-origin-failover",
        "a bucket, and groups that the update tells",
        lambda: distribution(SERVER, origin_groups=later([])),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
