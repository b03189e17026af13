"""Flow logs live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of


def _flow_log(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_flow_logs(FlowLogIds=[made.id])["FlowLogs"][0]
    return only(found, "ResourceId", "TrafficType", "LogDestination"), tags_of(found["Tags"])


def _untag(world: World, made: Made) -> None:
    world.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}])


_LOGS = "arn:aws:logs:eu-west-1:000000000000:log-group:flows"

CASES = [
    Case(
        token="aws:ec2/flowLog:FlowLog",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "trafficType": "ALL",
            "logDestination": _LOGS,
            "iamRoleArn": "arn:aws:iam::000000000000:role/flows",
            "maxAggregationInterval": 60,
            "tags": {"team": "a"},
        },
        look=_flow_log,
        made=lambda world, _: (
            {"ResourceId": world.vpc, "TrafficType": "ALL", "LogDestination": _LOGS},
            {"team": "a"},
        ),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: (
            {"ResourceId": world.vpc, "TrafficType": "ALL", "LogDestination": _LOGS},
            {"team": "b"},
        ),
        meddle=_untag,
        drifts=("tags",),
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_flow_log_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
