"""QueueService with workers that fetch messages themselves: on Fargate, on instances, and how many there are."""

import base64
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold import QueueService, QueueServiceArgs
from tenfold.queue_scaling import WAKE_EXPRESSION, backlog_expression
from tests.components.building import UNKNOWN, Built, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs-queue"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs-queue"
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b"],
    "public_subnet_ids": ["subnet-1", "subnet-2"],
    "app_subnet_ids": ["subnet-3", "subnet-4"],
    "data_subnet_ids": ["subnet-5", "subnet-6"],
}
KINDS: dict[str, dict[str, Any]] = {"container": {"image": "encoder:1"}, "instances": {}}
kinds = pytest.mark.parametrize("kind", KINDS)


def fleet(kind: str, *, preview: bool = False, of_kind: dict[str, Any] | None = None, **args: Any) -> Built[Any]:
    """A service with a fleet of some kind, of some arguments."""
    given_args = {"placement": PLACEMENT, kind: {**KINDS[kind], **(of_kind or {})}, **args}
    return build(lambda: QueueService("jobs", cast("QueueServiceArgs", {"fleet": given_args})), preview=preview)


def refusal(**args: Any) -> dict[str, tuple[str, str]]:
    """What is said of a fleet's arguments."""
    given_args = {"placement": PLACEMENT, **args}
    found = refused(lambda: QueueService("jobs", cast("QueueServiceArgs", {"fleet": given_args})))
    assert found.resources == ()
    return found.faults


def statements(document: str) -> list[dict[str, Any]]:
    return json.loads(document)["Statement"]


def environment(built: Built[Any]) -> dict[str, str]:
    """The variables of a task's container."""
    (container,) = json.loads(built["jobs-worker-task"].inputs["containerDefinitions"])
    return {each["name"]: each["value"] for each in container["environment"]}


def script(built: Built[Any]) -> str:
    return base64.b64decode(built["jobs-worker-launch-template"].inputs["userData"]).decode()


def test_a_task_runs_in_the_private_subnets_and_is_told_its_queue() -> None:
    built = fleet("container")
    service = built["jobs-worker-service"].inputs
    network = service["networkConfiguration"]
    assert (network["subnets"], network["assignPublicIp"]) == (["subnet-3", "subnet-4"], False)
    assert network["securityGroups"] == ["jobs-worker-sg-id"]
    assert "loadBalancers" not in service
    assert environment(built) == {"QUEUE_URL": URL, "JOB_TIMEOUT_SECONDS": "300"}


def test_a_task_has_two_minutes_for_the_job_in_hand_when_it_is_to_end() -> None:
    def stop_timeout(**container: Any) -> int:
        built = fleet("container", of_kind=container)
        return json.loads(built["jobs-worker-task"].inputs["containerDefinitions"])[0]["stopTimeout"]

    assert stop_timeout() == 120
    assert stop_timeout(stop_timeout_seconds=10) == 10


@pytest.mark.parametrize("later", [False, True], ids=["known", "later"])
def test_a_task_has_the_variables_of_its_container_and_of_its_fleet(later: bool) -> None:
    variables: Any = {"LEVEL": "high", "QUEUE_URL": "mine"}
    built = fleet(
        "container",
        of_kind={"environment": {"CODEC": "av1"}},
        environment=pulumi.Output.from_input(variables) if later else variables,
        timeout_seconds=60,
    )
    assert environment(built) == {"CODEC": "av1", "LEVEL": "high", "QUEUE_URL": URL, "JOB_TIMEOUT_SECONDS": "60"}


@kinds
def test_workers_are_reached_by_nobody_and_reach_the_network_and_aws(kind: str) -> None:
    built = fleet(kind)
    assert built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") == []
    group = built["jobs-worker-sg"].inputs
    assert group["vpcId"] == "vpc-1"
    assert not {"ingress", "egress"} & group.keys()
    ways = {
        (rule.inputs["cidrIpv4"], rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in built.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    }
    assert ways == {("10.0.0.0/16", "tcp", 0, 65_535), ("0.0.0.0/0", "tcp", 443, 443)}


@pytest.mark.parametrize(("kind", "principal"), [("container", "ecs-tasks"), ("instances", "ec2")])
def test_workers_may_use_this_queue_and_protect_themselves_and_nothing_else(kind: str, principal: str) -> None:
    built = fleet(kind, policies={"results": STATEMENT})
    (trust,) = statements(built["jobs-worker-role"].inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": f"{principal}.amazonaws.com"}
    of_role = {
        policy.name: statements(policy.inputs["policy"])
        for policy in built.of("aws:iam/rolePolicy:RolePolicy")
        if policy.inputs["role"] == "jobs-worker-role-0a1b2c"
    }
    assert of_role.keys() == {"jobs-worker-policy", "jobs-worker-policy-results", "jobs-worker-protection"}
    (queue,) = of_role["jobs-worker-policy"]
    assert queue["Resource"] == QUEUE
    assert set(queue["Action"]) == {
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    }
    own, *others = of_role["jobs-worker-protection"]
    if kind == "container":
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
        assert set(own["Action"]) == {"ecs:GetTaskProtection", "ecs:UpdateTaskProtection"}
        assert others == []
    else:
        assert own["Action"] == ["autoscaling:SetInstanceProtection"]
        assert own["Resource"] == "arn:aws:autoscaling:us-east-1:123456789012:jobs-worker-asg"
        assert [(each["Action"], each["Resource"]) for each in others] == [
            (["autoscaling:DescribeAutoScalingInstances"], "*")
        ]


def test_a_task_may_protect_tasks_of_its_own_cluster_alone() -> None:
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/main"
    built = fleet("container", of_kind={"cluster_arn": cluster})
    (own,) = statements(built["jobs-worker-protection"].inputs["policy"])
    assert own["Resource"] == "arn:aws:ecs:us-east-1:123456789012:task/main/*"


@kinds
def test_nothing_starts_before_it_may_work(kind: str) -> None:
    built = fleet(kind, policies={"results": STATEMENT})
    started = built["jobs-worker-service" if kind == "container" else "jobs-worker-asg"]
    assert {
        "jobs-worker-policy",
        "jobs-worker-policy-results",
        "jobs-worker-to-vpc",
        "jobs-worker-to-internet",
    } <= started.depends_on


def test_an_instance_finds_its_variables_in_a_file_before_the_callers_script_runs(tmp_path: Path) -> None:
    value = 'a "quoted" $HOME `id` \\ word'
    built = fleet(
        "instances", of_kind={"user_data": "#!/bin/sh\ntouch done"}, environment={"A": value, "LEVEL": "high"}
    )
    text = script(built)
    assert text.startswith("#!/bin/bash\n")
    run_here = text.replace("/etc/tenfold", str(tmp_path / "etc"))
    subprocess.run(["bash", "-euc", run_here], cwd=tmp_path, check=True)
    assert (tmp_path / "done").exists()
    lines = (tmp_path / "etc" / "worker.env").read_text().splitlines()
    assert [line.partition("=")[0] for line in lines] == sorted(line.partition("=")[0] for line in lines)
    read = f'set -a; . {shlex.quote(str(tmp_path / "etc" / "worker.env"))}; printf "%s\\n" "$A" "$QUEUE_URL" "$LEVEL" '
    read += '"$JOB_TIMEOUT_SECONDS" "$SCALE_IN_PROTECTION"'
    found = subprocess.run(["bash", "-c", read], capture_output=True, text=True, check=True).stdout.splitlines()
    assert found == [value, URL, "high", "300", "instance"]


def test_instances_stand_in_the_private_subnets_and_heal_by_ec2s_own_checks() -> None:
    group = fleet("instances")["jobs-worker-asg"].inputs
    assert group["vpcZoneIdentifiers"] == ["subnet-3", "subnet-4"]
    assert group["healthCheckType"] == "EC2"
    assert {"GroupInServiceInstances", "GroupDesiredCapacity"} <= set(group["enabledMetrics"])


def test_a_new_version_waits_for_instances_that_have_a_job_in_hand() -> None:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
    refresh = fleet("instances")["jobs-worker-asg"].inputs["instanceRefresh"]
    assert refresh["preferences"]["scaleInProtectedInstances"] == "Wait"


@kinds
def test_there_are_two_to_ten_workers_unless_told_otherwise(kind: str) -> None:
    def bounds(**scaling: Any) -> tuple[int, int]:
        built = fleet(kind, scaling=scaling) if scaling else fleet(kind)
        if kind == "container":
            found = built["jobs-worker-tasks"].inputs
            assert built["jobs-worker-service"].inputs["desiredCount"] == found["minCapacity"]
            return found["minCapacity"], found["maxCapacity"]
        found = built["jobs-worker-asg"].inputs
        return found["minSize"], found["maxSize"]

    assert bounds() == (2, 10)
    assert bounds(min_workers=20) == (20, 40)
    assert bounds(min_workers=0, max_workers=1) == (0, 1)


def tracked(built: Built[Any]) -> tuple[float, dict[str, dict[str, Any]]]:
    """The target, and the metrics by their ids."""
    if "jobs-tasks-by-backlog" in built:
        policy = built["jobs-tasks-by-backlog"].inputs
        tracking = policy["targetTrackingScalingPolicyConfiguration"]
    else:
        policy = built["jobs-instances-by-backlog"].inputs
        tracking = policy["targetTrackingConfiguration"]
    assert policy["policyType"] == "TargetTrackingScaling"
    assert not tracking.get("disableScaleIn", False)
    metrics = tracking["customizedMetricSpecification"]["metrics"]
    return tracking["targetValue"], {metric["id"]: metric for metric in metrics}


def named(metric: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    found = metric["metricStat"]["metric"]
    return found["namespace"], found["metricName"], {each["name"]: each["value"] for each in found["dimensions"]}


@pytest.mark.parametrize(
    ("kind", "workers"),
    [
        (
            "container",
            (
                "ECS/ContainerInsights",
                "RunningTaskCount",
                {"ClusterName": "jobs-worker-cluster-0a1b2c", "ServiceName": "jobs-worker-service-0a1b2c"},
            ),
        ),
        (
            "instances",
            ("AWS/AutoScaling", "GroupInServiceInstances", {"AutoScalingGroupName": "jobs-worker-asg-0a1b2c"}),
        ),
    ],
)
def test_the_number_of_workers_follows_the_messages_for_each_of_them(kind: str, workers: Any) -> None:
    # https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    target, metrics = tracked(fleet(kind))
    assert target == 10
    queue = {"QueueName": "jobs-queue-0a1b2c"}
    assert named(metrics["visible"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue)
    assert named(metrics["in_flight"]) == ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", queue)
    assert named(metrics["workers"]) == workers
    assert [key for key, metric in metrics.items() if metric["returnData"]] == ["backlog"]
    assert set(re.findall(r"[a-z_]+", metrics["backlog"]["expression"])) == {"visible", "in_flight", "workers"}


def test_a_cluster_of_ones_own_tells_how_many_tasks_run() -> None:
    settings = fleet("container")["jobs-worker-cluster"].inputs["settings"]
    assert settings == [{"name": "containerInsights", "value": "enabled"}]


@pytest.mark.parametrize(
    ("scaling", "target"),
    [
        # AWS's own example: a latency of 10 seconds at 0.1 seconds a message is a backlog of 100.
        ({"acceptable_wait_seconds": 10, "seconds_per_message": 0.1}, 100),
        ({"acceptable_wait_seconds": 600, "seconds_per_message": 30}, 20),
        ({"backlog_per_worker": 2.5}, 2.5),
        ({"min_workers": 1}, 10),
    ],
)
@kinds
def test_the_backlog_is_the_wait_that_is_accepted_by_the_time_of_a_message(
    kind: str, scaling: dict[str, Any], target: float
) -> None:
    found, metrics = tracked(fleet(kind, scaling=scaling))
    assert found == pytest.approx(target)
    assert f"visible > {target:g}," in metrics["backlog"]["expression"]


def metric_math(expression: str, **values: float) -> float:
    """What CloudWatch makes of an expression, as far as ours goes."""
    text = expression.replace("IF(", "choose(").replace(" AND ", " and ")

    def choose(condition: object, yes: float, no: float) -> float:
        return yes if condition else no

    return eval(text, {"__builtins__": {}, "choose": choose, "FILL": lambda series, _: series}, values)


targets = st.floats(0.001, 10_000).map(lambda target: round(target, 3))
counts = st.integers(0, 100_000)


@given(target=targets, visible=counts, in_flight=counts, workers=st.integers(0, 5000))
def test_as_long_as_there_is_work_one_worker_is_asked_for_and_none_without(
    target: float, visible: int, in_flight: int, workers: int
) -> None:
    backlog = metric_math(backlog_expression(target), visible=visible, in_flight=in_flight, workers=workers)
    # Target tracking wants as many workers as make the metric its target.
    wanted = max(workers, 1) * backlog / target
    if visible + in_flight == 0:
        assert wanted == 0
    else:
        assert wanted == pytest.approx(max(1, visible / target), rel=1e-6)


@given(visible=counts, in_flight=counts, workers=st.integers(0, 100))
def test_a_worker_is_woken_where_there_is_work_and_none_is_wanted(visible: int, in_flight: int, workers: int) -> None:
    woken = metric_math(WAKE_EXPRESSION, visible=visible, in_flight=in_flight, workers=workers)
    assert woken == (1 if visible + in_flight > 0 and workers == 0 else 0)


@given(target=st.floats(0.001, 1_209_600_000))
def test_the_expression_has_no_exponent_whatever_the_target(target: float) -> None:
    assert not re.search(r"\d[eE]", backlog_expression(target))


@pytest.mark.parametrize(
    ("kind", "policy", "wanted"),
    [
        ("container", "jobs-tasks-wake", "DesiredTaskCount"),
        ("instances", "jobs-instances-wake", "GroupDesiredCapacity"),
    ],
)
def test_a_fleet_of_none_gets_its_first_worker_by_one_message(kind: str, policy: str, wanted: str) -> None:
    built = fleet(kind, scaling={"min_workers": 0})
    alarm = built["jobs-wake-alarm"].inputs
    namespace = "appautoscaling" if kind == "container" else "autoscaling"
    assert alarm["alarmActions"] == [f"arn:aws:{namespace}:us-east-1:123456789012:{policy}"]
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert (alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (2, 2)
    assert alarm["treatMissingData"] == "notBreaching"
    queries = {query["id"]: query for query in alarm["metricQueries"]}
    assert queries["wake"]["expression"] == WAKE_EXPRESSION
    assert queries["workers"]["metric"]["metricName"] == wanted
    assert {query["metric"]["period"] for query in queries.values() if "metric" in query} == {60}
    step = built[policy].inputs
    step = step.get("stepScalingPolicyConfiguration", step)
    assert step["adjustmentType"] == "ChangeInCapacity"
    assert step["stepAdjustments"] == [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}]


@kinds
def test_a_fleet_that_is_never_none_needs_nobody_to_wake_it(kind: str) -> None:
    built = fleet(kind, scaling={"min_workers": 1})
    assert [resource.name for resource in built.resources if "wake" in resource.name] == []


@kinds
@pytest.mark.parametrize("seconds", [1, 300, 43_170])
def test_a_message_in_hand_is_hidden_as_long_as_its_job_may_take_and_longer(kind: str, seconds: int) -> None:
    built = fleet(kind, timeout_seconds=seconds)
    assert built["jobs-queue"].inputs["visibilityTimeoutSeconds"] == seconds + 30
    assert built["jobs-age-alarm"].inputs["threshold"] == max(900, seconds + 30)


@kinds
def test_outputs_tell_the_fleet(kind: str) -> None:
    built = fleet(kind)
    found = {name: built.value(getattr(built.result, name)) for name in QueueService.__annotations__}
    assert found["worker_role_name"] == "jobs-worker-role-0a1b2c"
    assert found["worker_security_group_id"] == "jobs-worker-sg-id"
    assert found["worker_function_name"] == found["worker_function_arn"] == ""
    if kind == "container":
        assert found["worker_cluster_name"] == "jobs-worker-cluster-0a1b2c"
        assert found["worker_service_name"] == "jobs-worker-service-0a1b2c"
        assert found["worker_log_group_name"] == "jobs-worker-logs-0a1b2c"
        assert found["worker_autoscaling_group_name"] == ""
    else:
        assert found["worker_autoscaling_group_name"] == "jobs-worker-asg-0a1b2c"
        assert found["worker_cluster_name"] == found["worker_service_name"] == found["worker_log_group_name"] == ""
    assert built.result.worker_role is not None


def test_the_kind_of_worker_can_change_and_the_queues_stay() -> None:
    code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    worker = {"worker": {"code": code, "handler": "handler.handle", "timeout_seconds": 45}}
    by_function = build(lambda: QueueService("jobs", cast("QueueServiceArgs", worker)))
    in_place = {"visibilityTimeoutSeconds"}
    for kind in KINDS:
        after = fleet(kind)
        for name in ("jobs-queue", "jobs-dlq", "jobs-queue-policy", "jobs-worker-role"):
            assert by_function[name].urn == after[name].urn
        one, other = by_function["jobs-queue"].inputs, after["jobs-queue"].inputs
        assert {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)} == in_place


@kinds
def test_no_child_is_renamed(kind: str) -> None:
    built = fleet(kind, policies={"results": STATEMENT}, scaling={"min_workers": 0})
    golden = (GOLDEN / f"queue_service_{kind}.txt").read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources) == golden


@kinds
def test_a_preview_knows_the_bounds_and_leaves_the_rest_open(kind: str) -> None:
    built = fleet(kind, preview=True)
    assert built["jobs-queue"].inputs["visibilityTimeoutSeconds"] == 330
    _, metrics = tracked(built)
    assert metrics["visible"]["metricStat"]["metric"]["dimensions"] == [{"name": "QueueName", "value": UNKNOWN}]


@kinds
@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
@pytest.mark.parametrize("scaling", [{}, {"min_workers": 0}, {"min_workers": 1, "max_workers": 100}])
def test_the_policy_pack_has_nothing_to_say(kind: str, preview: bool, scaling: dict[str, Any]) -> None:
    args = {"placement": PLACEMENT, kind: KINDS[kind], "scaling": scaling}

    def program() -> None:
        QueueService("jobs", cast("QueueServiceArgs", {"alarms": {"topic_arn": TOPIC}, "fleet": args}))

    judged = Pack().judge(run(program, preview=preview))
    assert [(each.policyName, each.message) for each in judged if each.policyName != "undecided"] == []


FIT = {"container": KINDS["container"]}
REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "nobody": ({}, "fleet", "neither is given"),
    "both": ({**FIT, "instances": {}}, "fleet", "container and instances is given"),
    "no time": ({**FIT, "timeout_seconds": 0}, "fleet.timeout_seconds", "0 is given"),
    "longer than a message can be hidden": (
        {**FIT, "timeout_seconds": 43_171},
        "fleet.timeout_seconds",
        "43171 is given",
    ),
    "no policy": ({**FIT, "policies": {"results": "{}"}}, "fleet.policies.results", "'{}' is given"),
    "a variable's name": ({**FIT, "environment": {"MY-LEVEL": "1"}}, "fleet.environment.MY-LEVEL", "it has this name"),
    "a container's size": ({"container": {"image": "a:1", "cpu": 3}}, "fleet.container.cpu", "3 is given"),
    "an instance's type": ({"instances": {"type": "large"}}, "fleet.instances.type", "'large' is given"),
    "no shell script": (
        {"instances": {"user_data": "#cloud-config\npackages: []"}},
        "fleet.instances.user_data",
        "'#cloud-config' is its first line",
    ),
    "fewer than none": ({**FIT, "scaling": {"min_workers": -1}}, "fleet.scaling.min_workers", "-1 is given"),
    "a fixed number": (
        {**FIT, "scaling": {"min_workers": 4, "max_workers": 4}},
        "fleet.scaling.max_workers",
        "4 is given",
    ),
    "nobody ever": (
        {**FIT, "scaling": {"min_workers": 0, "max_workers": 0}},
        "fleet.scaling.max_workers",
        "0 is given",
    ),
    "a wait alone": (
        {**FIT, "scaling": {"acceptable_wait_seconds": 60}},
        "fleet.scaling.seconds_per_message",
        "nothing is given, but acceptable_wait_seconds is",
    ),
    "a duration alone": (
        {**FIT, "scaling": {"seconds_per_message": 60}},
        "fleet.scaling.acceptable_wait_seconds",
        "nothing is given, but seconds_per_message is",
    ),
    "two ways to say it": (
        {**FIT, "scaling": {"acceptable_wait_seconds": 60, "seconds_per_message": 1, "backlog_per_worker": 60}},
        "fleet.scaling.backlog_per_worker",
        "60 is given",
    ),
    "no backlog": ({**FIT, "scaling": {"backlog_per_worker": 0}}, "fleet.scaling.backlog_per_worker", "0 is given"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, path, given_there = REFUSALS[case]
    faults = refusal(**args)
    assert list(faults) == [path]
    assert faults[path][0] == given_there


def test_a_worker_beside_a_fleet_and_a_visibility_that_is_too_short_are_refused() -> None:
    code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    args = {"worker": {"code": code, "handler": "handler.handle"}, "fleet": {"placement": PLACEMENT, **FIT}}
    both = refused(lambda: QueueService("jobs", cast("QueueServiceArgs", args)))
    assert both.faults["worker"] == ("it is given beside fleet", "one of worker and fleet")
    short = {"visibility_timeout_seconds": 89, "fleet": {"placement": PLACEMENT, **FIT, "timeout_seconds": 60}}
    found = refused(lambda: QueueService("jobs", cast("QueueServiceArgs", short)))
    assert found.faults == {
        "visibility_timeout_seconds": (
            "89 is given",
            "90 to 43200 seconds: the 60 seconds of a job, and 30 to delete its message",
        )
    }


def test_a_name_leaves_room_for_the_longest_role() -> None:
    args = cast("QueueServiceArgs", {"fleet": {"placement": PLACEMENT, **FIT}})
    built = build(lambda: QueueService("a" * 34, args))
    assert max(len(f"{role.name}-0123456") for role in built.of("aws:iam/role:Role")) == 64
    assert refused(lambda: QueueService("a" * 35, args)).faults.keys() == {"name"}
