"""Prices are AWS's list prices where they are known, and none where they are not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.prices import AS_OF, BY_USE, SOURCES, ec2_hourly_usd, monthly_usd, paid_by_use

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
GROUP, INSTANCE = "aws:autoscaling/group:Group", "aws:ec2/instance:Instance"
DATABASE, AURORA = "aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"
CACHE, BALANCER = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:lb/loadBalancer:LoadBalancer"


@pytest.mark.parametrize(
    ("instance_type", "usd"),
    [
        # As AWS lists them; the table itself holds one size of each family.
        ("t4g.nano", 0.0042),
        ("t4g.micro", 0.0084),
        ("t4g.small", 0.0168),
        ("t4g.2xlarge", 0.2688),
        ("t3.medium", 0.0416),
        ("m7g.medium", 0.0408),
        ("m7g.4xlarge", 0.6528),
        ("m7g.16xlarge", 2.6112),
        ("m6g.8xlarge", 1.232),
        ("m5.4xlarge", 0.768),
        ("c7g.large", 0.0725),
        ("c7g.4xlarge", 0.58),
        ("c6i.8xlarge", 1.36),
    ],
)
def test_an_instance_costs_what_aws_lists(instance_type: str, usd: float) -> None:
    assert ec2_hourly_usd(instance_type) == pytest.approx(usd)


@pytest.mark.parametrize("instance_type", ["m7g.nano", "t4g.4xlarge", "p5.48xlarge", "m7g", "", UNKNOWN, None, 3])
def test_what_is_not_listed_has_no_price(instance_type: Any) -> None:
    assert ec2_hourly_usd(instance_type) is None
    assert monthly_usd(INSTANCE, {"instanceType": instance_type}) is None


@pytest.mark.parametrize(
    ("type_", "properties", "usd"),
    [
        ("aws:ec2/natGateway:NatGateway", {}, 32.85),
        ("aws:ec2/eip:Eip", {}, 3.65),
        (BALANCER, {}, 16.425),
        (BALANCER, {"loadBalancerType": "gateway"}, None),
        (GROUP, {"minSize": 3, "instanceType": "t4g.small"}, 3 * 12.264),
        (GROUP, {"minSize": 0, "instanceType": "t4g.small"}, 0),
        (GROUP, {"minSize": 3}, None),
        (GROUP, {"minSize": UNKNOWN, "instanceType": "t4g.small"}, None),
        (GROUP, {"minSize": 3, "instanceType": "t4g.small", "mixedInstancesPolicy": {}}, 3 * 12.264),
        (GROUP, {"minSize": 3, "instanceType": "t4g.small", "mixedInstancesPolicy": {"a": 1}}, None),
        # db.t4g.micro with 20 GB: 11.68 and 2.30, and both twice for two zones.
        (DATABASE, {"instanceClass": "db.t4g.micro", "allocatedStorage": 20}, 13.98),
        (DATABASE, {"instanceClass": "db.t4g.micro", "allocatedStorage": 20, "multiAz": True}, 27.96),
        (DATABASE, {"instanceClass": "db.t4g.micro", "allocatedStorage": 20, "engine": "oracle-ee"}, None),
        (DATABASE, {"instanceClass": "db.t4g.micro"}, None),
        (AURORA, {"instanceClass": "db.r6g.large"}, 189.8),
        (AURORA, {"instanceClass": "db.serverless"}, None),
        # 2 ACU at 0.12 dollars for 730 hours.
        (AURORA, {"instanceClass": "db.serverless", "minCapacity": 2}, 175.20),
        (CACHE, {"nodeType": "cache.t4g.micro", "engine": "redis", "numCacheClusters": 2}, 23.36),
        (CACHE, {"nodeType": "cache.t4g.micro", "engine": "valkey", "numCacheClusters": 2}, 18.688),
        (CACHE, {"nodeType": "cache.r7g.large", "numNodeGroups": 3, "replicasPerNodeGroup": 1}, 6 * 159.87),
        (CACHE, {"nodeType": "cache.r7g.large"}, None),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricName": "x"}, 0.10),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"expression": "a + b"}, {"metric": {}}, {"metric": {}}]},
            0.20,
        ),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]}, 14.60),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface", "subnetIds": UNKNOWN}, None),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {}, 0),
        ("aws:ebs/volume:Volume", {"type": "gp3", "size": 100}, 8.00),
        ("aws:iam/role:Role", {}, 0),
        ("aws:sqs/queue:Queue", {}, None),
        ("aws:x/y:Z", {}, None),
    ],
)
def test_a_month_costs(type_: str, properties: dict[str, Any], usd: float | None) -> None:
    """730 hours of what AWS lists for one."""
    assert monthly_usd(type_, properties) == (None if usd is None else pytest.approx(usd))


def test_another_region_has_no_price() -> None:
    assert monthly_usd(INSTANCE, {"instanceType": "t4g.small", "region": "us-east-1"}) == pytest.approx(12.264)
    assert monthly_usd(INSTANCE, {"instanceType": "t4g.small", "region": "eu-west-1"}) is None


def test_what_is_paid_by_use_has_no_price_by_the_month() -> None:
    assert paid_by_use("aws:dynamodb/table:Table") == "DynamoDB"
    assert paid_by_use("aws:ec2/natGateway:NatGateway") is None
    assert [type_ for type_ in BY_USE if monthly_usd(type_, {}) is not None] == []


def test_prices_have_a_day_and_a_page() -> None:
    assert AS_OF == "2026-06"
    assert all(page.startswith("https://aws.amazon.com/") for page in SOURCES.values())


@settings(deadline=None)
@given(
    st.sampled_from([GROUP, INSTANCE, DATABASE, AURORA, CACHE, BALANCER, "aws:ebs/volume:Volume"]),
    st.dictionaries(
        st.sampled_from(["instanceType", "instanceClass", "nodeType", "minSize", "allocatedStorage", "size", "region"]),
        st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5) | st.just(UNKNOWN) | st.lists(st.none()),
    ),
)
def test_whatever_stands_in_a_property_a_price_is_a_number_or_none(type_: str, properties: dict[str, Any]) -> None:
    price = monthly_usd(type_, properties)
    assert price is None or price >= 0
