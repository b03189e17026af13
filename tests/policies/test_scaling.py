"""Rules of scaling, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def group(**properties: Any) -> aws.autoscaling.Group:
    bounds: dict[str, Any] = {"max_size": 6, "min_size": 2}
    return aws.autoscaling.Group("web", **(bounds | properties))


def scaled(**policy: Any) -> None:
    tracking: dict[str, Any] = {
        "policy_type": "TargetTrackingScaling",
        "target_tracking_configuration": {
            "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
            "target_value": 50,
        },
    }
    aws.autoscaling.Policy("cpu", autoscaling_group_name=group().name, **(tracking | policy))


NO_POLICY = (
    "web",
    "name",
    "no scaling policy for the group",
    "a policy of type PredictiveScaling, StepScaling, TargetTrackingScaling",
)


def fed_by_queue(namespace: str = "AWS/SQS", **properties: Any) -> None:
    visible = {"namespace": namespace, "metric_name": "ApproximateNumberOfMessagesVisible"}
    tracking: Any = {
        "customized_metric_specification": {
            "metrics": [
                {"id": "visible", "metric_stat": {"metric": visible, "stat": "Sum"}, "return_data": False},
                {"id": "backlog", "expression": "visible / 2"},
            ]
        },
        "target_value": 10,
    }
    aws.autoscaling.Policy(
        "backlog",
        autoscaling_group_name=group(**properties).name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration=tracking,
    )


def scaled_by_load_from_one() -> None:
    one: Any = {
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 50,
    }
    aws.autoscaling.Policy(
        "cpu",
        autoscaling_group_name=group(min_size=1).name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration=one,
    )


CASES = [
    passes("sca-asg-bounds", "two to six", group),
    passes("sca-asg-bounds", "one to six, where that is allowed", lambda: group(min_size=1), minimumInstances=1),
    refuses("sca-asg-bounds", "one", lambda: group(min_size=1), ("web", "minSize", "1", "2 or more")),
    refuses(
        "sca-asg-bounds", "a fixed number", lambda: group(min_size=6), ("web", "maxSize", "6", "more than minSize (6)")
    ),
    refuses(
        "sca-asg-bounds",
        "one for ever",
        lambda: group(min_size=1, max_size=1),
        ("web", "minSize", "1", "2 or more"),
        ("web", "maxSize", "1", "more than minSize (1)"),
    ),
    passes("sca-asg-bounds", "none, fed by a queue", lambda: fed_by_queue(min_size=0)),
    refuses(
        "sca-asg-bounds",
        "a fixed number, fed by a queue",
        lambda: fed_by_queue(min_size=1, max_size=1),
        ("web", "maxSize", "1", "more than minSize (1)"),
    ),
    refuses("sca-asg-bounds", "one, scaled by load", scaled_by_load_from_one, ("web", "minSize", "1", "2 or more")),
    passes("sca-asg-policy", "target tracking", scaled),
    passes("sca-asg-policy", "steps", lambda: scaled(policy_type="StepScaling", target_tracking_configuration=None)),
    refuses("sca-asg-policy", "no policy", group, NO_POLICY),
    refuses("sca-asg-policy", "a policy that is switched off", lambda: scaled(enabled=False), NO_POLICY),
    refuses(
        "sca-asg-policy",
        "a policy that somebody has to run",
        lambda: scaled(policy_type="SimpleScaling", target_tracking_configuration=None),
        NO_POLICY,
    ),
    refuses(
        "sca-asg-bounds",
        "one, fed by something that no queue measures",
        lambda: fed_by_queue("Shop", min_size=1),
        ("web", "minSize", "1", "2 or more"),
    ),
    refuses(
        "sca-asg-bounds",
        "one to a number that the update tells",
        lambda: group(min_size=1, max_size=later(6)),
        ("web", "minSize", "1", "2 or more"),
        left=("web",),
    ),
    passes("sca-asg-bounds", "from a number that the update tells", lambda: group(min_size=later(2)), left=("web",)),
    passes("sca-asg-policy", "forecasts", lambda: scaled(policy_type="PredictiveScaling")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
