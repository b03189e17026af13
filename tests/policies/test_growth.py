"""What a verdict costs as a stack grows: counted in calls, which are the same on every machine."""

import sys
from typing import Any

import pulumi_aws as aws
import pytest

from tenfold_policies.analyzer import Analyzer
from tenfold_policies.pack import policies
from tests.policies.judging import Program, run


def alarmed(count: int) -> None:
    """Queues with dead letters, which composite alarms watch, and functions that topics may call."""
    for number in range(count):
        sink = aws.sqs.Queue(f"dead-{number}")
        alarm = aws.cloudwatch.MetricAlarm(
            f"dead-{number}",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": sink.name},
        )
        aws.cloudwatch.CompositeAlarm(
            f"dead-{number}",
            alarm_name=f"dead-{number}",
            alarm_rule=alarm.name.apply(lambda name: f'ALARM("{name}")'),
            alarm_actions=["arn:aws:sns:us-east-1:123456789012:pager"],
        )
        queue = aws.sqs.Queue(
            f"jobs-{number}", redrive_policy=sink.arn.apply(lambda arn: f'{{"deadLetterTargetArn": "{arn}"}}')
        )
        topic = aws.sns.Topic(f"events-{number}")
        aws.sns.TopicSubscription(f"jobs-{number}", topic=topic.arn, protocol="sqs", endpoint=queue.arn)
        aws.lambda_.Function(f"work-{number}", role="arn:aws:iam::123456789012:role/work", runtime="python3.13")


def subnets(count: int) -> None:
    """Subnets of VPCs that the stack does not hold."""
    for number in range(count):
        aws.ec2.Subnet(f"app-{number}", vpc_id=f"vpc-{number}", availability_zone="us-east-1a")


def shards(count: int) -> None:
    """Shards of one cluster."""
    for number in range(count):
        aws.rds.Cluster(
            f"users-{number}",
            engine="aurora-postgresql",
            engine_version="16.4",
            manage_master_user_password=True,
            tags={"Shard": f"s{number}", "ShardedCluster": "users"},
        )


def scaled(count: int) -> None:
    """Tables whose capacity follows the traffic."""
    for number in range(count):
        table = aws.dynamodb.Table(f"t{number}", hash_key="k", attributes=[{"name": "k", "type": "S"}])
        for access in ("Read", "Write"):
            aws.appautoscaling.Policy(
                f"{access}-{number}",
                policy_type="TargetTrackingScaling",
                resource_id=table.name.apply(lambda name: f"table/{name}"),
                scalable_dimension=f"dynamodb:table:{access}CapacityUnits",
                service_namespace="dynamodb",
            )


def calls(program: Program, *, preview: bool) -> int:
    """How many calls of functions judging the stack of a program takes."""
    asked = run(program, preview=preview).stack
    analyzer = Analyzer(policies())
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    sys.setprofile(count)
    try:
        analyzer.AnalyzeStack(asked, None)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("program", [alarmed, subnets, shards, scaled])
def test_four_times_the_resources_cost_four_times_as_much(program: Any, preview: bool) -> None:
    few, many = (calls(lambda count=count: program(count), preview=preview) for count in (8, 32))
    assert many < 4.2 * few
