"""Pipeline: steps in a row, each alone; what is handed on, what stays when the row changes, and what is refused."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Pipeline, PipelineArgs
from tenfold.hosting import Host
from tests.components.building import Built, Registered, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "pipeline.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
DONE = "arn:aws:sns:us-east-1:123456789012:done"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b"],
    "public_subnet_ids": ["subnet-1", "subnet-2"],
    "app_subnet_ids": ["subnet-3", "subnet-4"],
    "data_subnet_ids": ["subnet-5", "subnet-6"],
}


def worker(**args: Any) -> dict[str, Any]:
    code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    return {"code": code, "handler": "handler.handle", **args}


def step(name: str, **args: Any) -> dict[str, Any]:
    return {"name": name, **({} if "fleet" in args else {"worker": worker()}), **args}


THREE = [step("probe"), step("encode"), step("publish")]


def pipeline(steps: list[dict[str, Any]] = THREE, **args: Any) -> Built[Pipeline]:
    return build(lambda: Pipeline("video", cast("PipelineArgs", {"steps": steps, **args})))


def queue_url(step_name: str) -> str:
    return f"https://sqs.us-east-1.amazonaws.com/123456789012/video-{step_name}-queue"


def queue_arn(step_name: str) -> str:
    return f"arn:aws:sqs:us-east-1:123456789012:video-{step_name}-queue"


def statements(document: str) -> list[dict[str, Any]]:
    return json.loads(document)["Statement"]


def variables(built: Built[Any], step_name: str) -> dict[str, str]:
    return built[f"video-{step_name}-worker"].inputs["environment"]["variables"]


def test_each_step_has_a_queue_a_dead_letter_queue_and_a_worker_of_its_own() -> None:
    built = pipeline()
    for name in ("probe", "encode", "publish"):
        assert built[f"video-{name}"].type == "tenfold:index:QueueService"
        assert built[f"video-{name}"].parent == built["video"].urn
        assert built[f"video-{name}-worker-source"].inputs["eventSourceArn"] == queue_arn(name)
        redrive = json.loads(built[f"video-{name}-queue"].inputs["redrivePolicy"])
        assert redrive["deadLetterTargetArn"] == f"arn:aws:sqs:us-east-1:123456789012:video-{name}-dlq"
    assert len(built.of("aws:sqs/queue:Queue")) == 6


def test_a_worker_is_told_the_next_queue_and_the_last_one_the_topic() -> None:
    built = pipeline()
    assert variables(built, "probe") == {"NEXT_QUEUE_URL": queue_url("encode")}
    assert variables(built, "encode") == {"NEXT_QUEUE_URL": queue_url("publish")}
    assert variables(built, "publish") == {"END_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:video-end-topic"}


def test_a_worker_may_send_to_the_next_step_alone_and_the_last_one_publish() -> None:
    built = pipeline()
    for name, following in (("probe", "encode"), ("encode", "publish")):
        policy = built[f"video-{name}-worker-policy-next"].inputs
        assert policy["role"] == f"video-{name}-worker-role-0a1b2c"
        (statement,) = statements(policy["policy"])
        assert statement["Resource"] == queue_arn(following)
        assert set(statement["Action"]) == {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
    (statement,) = statements(built["video-publish-worker-policy-next"].inputs["policy"])
    assert statement["Action"] == ["sns:Publish"]
    assert statement["Resource"] == "arn:aws:sns:us-east-1:123456789012:video-end-topic"


def test_a_function_starts_with_the_permission_to_hand_on() -> None:
    built = pipeline()
    assert "video-probe-worker-policy-next" in built["video-probe-worker"].depends_on
    assert "video-probe-worker-policy-next" in built["video-probe-worker-source"].depends_on


def test_a_step_keeps_its_own_variables_and_policies() -> None:
    later = pulumi.Output.from_input({"LEVEL": "high"})
    for environment in ({"LEVEL": "high"}, later):
        own = worker(environment=environment, policies={"results": STATEMENT})
        built = pipeline([step("probe", worker=own), step("encode")])
        assert variables(built, "probe") == {"LEVEL": "high", "NEXT_QUEUE_URL": queue_url("encode")}
        assert built["video-probe-worker-policy-results"].inputs["policy"] == STATEMENT


def test_a_step_may_be_a_fleet_and_hands_on_the_same() -> None:
    fleet = {"placement": PLACEMENT, "container": {"image": "encoder:1"}, "timeout_seconds": 900}
    built = pipeline([step("probe"), step("encode", fleet=fleet), step("publish")])
    (container,) = json.loads(built["video-encode-worker-task"].inputs["containerDefinitions"])
    assert {each["name"]: each["value"] for each in container["environment"]} == {
        "QUEUE_URL": queue_url("encode"),
        "NEXT_QUEUE_URL": queue_url("publish"),
        "JOB_TIMEOUT_SECONDS": "900",
    }
    (statement,) = statements(built["video-encode-worker-policy-next"].inputs["policy"])
    assert statement["Resource"] == queue_arn("publish")
    assert built["video-encode-queue"].inputs["visibilityTimeoutSeconds"] == 930


def test_each_step_has_bounds_and_patience_of_its_own() -> None:
    own = step(
        "encode",
        worker=worker(maximum_concurrency=5, timeout_seconds=600),
        max_receive_count=10,
        retention_seconds=1_209_600,
        visibility_timeout_seconds=4000,
        oldest_message_alarm_seconds=7200,
        overrides={"queue": {"delay_seconds": 10}},
    )
    built = pipeline([step("probe"), own, step("publish")])
    queue, other = built["video-encode-queue"].inputs, built["video-probe-queue"].inputs
    assert (queue["visibilityTimeoutSeconds"], queue["messageRetentionSeconds"]) == (4000, 1_209_600)
    assert (queue["delaySeconds"], json.loads(queue["redrivePolicy"])["maxReceiveCount"]) == (10, 10)
    assert built["video-encode-worker-source"].inputs["scalingConfig"] == {"maximumConcurrency": 5}
    assert built["video-encode-age-alarm"].inputs["threshold"] == 7200
    assert (other["visibilityTimeoutSeconds"], json.loads(other["redrivePolicy"])["maxReceiveCount"]) == (180, 5)
    assert "delaySeconds" not in other


def test_the_end_is_a_topic_that_is_encrypted_and_refuses_what_does_not_come_over_tls() -> None:
    built = pipeline()
    assert built["video-end-topic"].inputs["kmsMasterKeyId"] == "alias/aws/sns"
    (denial,) = statements(built["video-end-topic-policy"].inputs["policy"])
    assert (denial["Effect"], denial["Principal"], denial["Action"]) == ("Deny", "*", "sns:Publish")
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_end_may_be_a_topic_that_exists() -> None:
    for topic in (DONE, pulumi.Output.from_input(DONE)):
        built = pipeline(end_topic_arn=topic)
        assert not [resource for resource in built.resources if "end-topic" in resource.name]
        assert variables(built, "publish") == {"END_TOPIC_ARN": DONE}
        (statement,) = statements(built["video-publish-worker-policy-next"].inputs["policy"])
        assert statement["Resource"] == DONE
        assert built.value(built.result.end_topic_arn) == DONE


def test_a_key_encrypts_every_step_and_the_end_and_every_step_may_use_it() -> None:
    built = pipeline(kms_key_arn=KEY)
    assert {queue.inputs["kmsMasterKeyId"] for queue in built.of("aws:sqs/queue:Queue")} == {KEY}
    assert built["video-end-topic"].inputs["kmsMasterKeyId"] == KEY
    for name in ("probe", "encode", "publish"):
        policy = statements(built[f"video-{name}-worker-policy-next"].inputs["policy"])
        assert {each["Resource"]: each["Action"] for each in policy}[KEY] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_others_send_to_the_first_step_alone() -> None:
    built = pipeline(senders={"uploads": "arn:aws:s3:::uploads"})
    allowed = {
        name: statements(built[f"video-{name}-queue-policy"].inputs["policy"])[1:]
        for name in ("probe", "encode", "publish")
    }
    assert [each["Principal"] for each in allowed["probe"]] == [{"Service": "s3.amazonaws.com"}]
    assert allowed["encode"] == allowed["publish"] == []


def test_every_step_and_the_end_are_alarmed_and_notify_the_topic() -> None:
    built = pipeline(alarms={"topic_arn": TOPIC})
    alarms = {alarm.name: alarm.inputs for alarm in built.of(ALARM)}
    kinds = ("dlq-alarm", "age-alarm", "worker-error-alarm", "worker-throttle-alarm")
    expected = {f"video-{name}-{kind}" for name in ("probe", "encode", "publish") for kind in kinds}
    assert alarms.keys() == expected | {"video-end-topic-alarm"}
    assert {tuple(alarm["alarmActions"]) for alarm in alarms.values()} == {(TOPIC,)}
    end = alarms["video-end-topic-alarm"]
    assert (end["namespace"], end["metricName"]) == ("AWS/SNS", "NumberOfNotificationsFailed")
    assert end["dimensions"] == {"TopicName": "video-end-topic-0a1b2c"}


def test_outputs_are_those_of_the_steps_by_their_names() -> None:
    built = pipeline()
    found = {name: built.value(getattr(built.result, name)) for name in Pipeline.__annotations__}
    assert (found["queue_url"], found["queue_arn"]) == (queue_url("probe"), queue_arn("probe"))
    assert found["environment"] == {"VIDEO_QUEUE_URL": queue_url("probe")}
    (sender,) = statements(found["sender_policy_json"])
    assert sender["Resource"] == queue_arn("probe")
    assert found["end_topic_arn"] == "arn:aws:sns:us-east-1:123456789012:video-end-topic"
    assert found["queue_urls"] == {name: queue_url(name) for name in ("probe", "encode", "publish")}
    assert found["dlq_urls"]["encode"] == "https://sqs.us-east-1.amazonaws.com/123456789012/video-encode-dlq"
    assert found["worker_role_names"]["encode"] == "video-encode-worker-role-0a1b2c"
    assert found["redrive_commands"]["encode"].endswith(
        "--source-arn arn:aws:sqs:us-east-1:123456789012:video-encode-dlq"
    )
    assert list(built.result.steps) == ["probe", "encode", "publish"]


def test_the_first_step_is_granted_to_roles_in_the_same_program() -> None:
    def program() -> None:
        video = Pipeline("video", cast("PipelineArgs", {"steps": THREE}))
        video.grant_send(aws.iam.Role("web", assume_role_policy=STATEMENT))

    grant = build(program)["video-send-grant-web"].inputs
    (statement,) = statements(grant["policy"])
    assert (grant["role"], statement["Resource"]) == ("web-0a1b2c", queue_arn("probe"))


def changed(before: Built[Any], after: Built[Any]) -> set[str]:
    """The names of resources that are in both and differ; assets hold the same."""

    def comparable(resource: Registered) -> str:
        return json.dumps(resource.inputs, sort_keys=True, default=lambda _: "an asset")

    old = {each.urn: each for each in before.resources}
    both = [each for each in after.resources if each.urn in old and each.type.startswith("aws:")]
    return {each.name for each in both if comparable(each) != comparable(old[each.urn])}


def test_a_step_that_is_put_in_the_middle_touches_the_one_before_it_alone() -> None:
    before, after = pipeline(), pipeline([step("probe"), step("scan"), step("encode"), step("publish")])
    gone = {each.urn for each in before.resources} - {each.urn for each in after.resources}
    assert gone == set()
    new = {each.name for each in after.resources} - {each.name for each in before.resources}
    assert all(name == "video-scan" or name.startswith("video-scan-") for name in new)
    assert changed(before, after) == {"video-probe-worker", "video-probe-worker-policy-next"}
    assert variables(after, "probe") == {"NEXT_QUEUE_URL": queue_url("scan")}
    assert variables(after, "scan") == {"NEXT_QUEUE_URL": queue_url("encode")}


def test_a_step_that_is_put_at_the_end_changes_where_the_last_one_hands_on_to() -> None:
    before, after = pipeline(), pipeline([*THREE, step("announce")])
    assert changed(before, after) == {"video-publish-worker", "video-publish-worker-policy-next"}


NAMES = st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=3, unique=True)


@settings(max_examples=10, deadline=None)
@given(names=NAMES, more=NAMES, data=st.data())
def test_no_step_that_stays_is_replaced_however_the_row_changes(names: list[str], more: list[str], data: Any) -> None:
    longer = data.draw(st.permutations([*names, *(name for name in more if name not in names)]))
    before, after = pipeline([step(name) for name in names]), pipeline([step(name) for name in longer])
    assert {each.urn for each in before.resources} <= {each.urn for each in after.resources}
    handing_on = {f"video-{name}-{kind}" for name in names for kind in ("worker", "worker-policy-next")}
    assert changed(before, after) <= handing_on


def test_the_order_of_steps_survives_the_way_from_another_language() -> None:
    steps = [{"name": name, "worker": worker(timeoutSeconds=20.0)} for name in ("probe", "encode", "publish")]
    host = Host([Pipeline], "tenfold")
    built = build(lambda: host.construct("video", "tenfold:index:Pipeline", {"steps": steps}))
    assert variables(built, "probe") == {"NEXT_QUEUE_URL": queue_url("encode")}
    assert variables(built, "encode") == {"NEXT_QUEUE_URL": queue_url("publish")}
    assert built["video-probe-worker"].inputs["timeout"] == 20


def test_tags_reach_every_step() -> None:
    built = pipeline(tags={"team": "media"})
    for name in ("video-end-topic", "video-probe-queue", "video-encode-worker", "video-publish-dlq-alarm"):
        assert built[name].inputs["tags"] == {"team": "media"}


def test_overrides_of_the_pipeline_and_of_a_step_win() -> None:
    steps = [step("probe", overrides={"dlq-alarm": {"threshold": 5}}), step("publish")]
    built = pipeline(steps, overrides={"end-topic": {"display_name": "Done"}})
    assert built["video-end-topic"].inputs["displayName"] == "Done"
    assert built["video-probe-dlq-alarm"].inputs["threshold"] == 5
    assert built["video-publish-dlq-alarm"].inputs["threshold"] == 0


def test_no_child_is_renamed() -> None:
    assert sorted(resource.urn for resource in pipeline().resources) == GOLDEN.read_text().splitlines()


@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
def test_the_policy_pack_has_nothing_to_say(preview: bool) -> None:
    fleet = {"placement": PLACEMENT, "instances": {}, "scaling": {"min_workers": 0}}
    steps = [step("probe"), step("encode", fleet=fleet), step("publish")]
    args = cast(
        "PipelineArgs", {"steps": steps, "alarms": {"topic_arn": TOPIC}, "senders": {"uploads": "arn:aws:s3:::u"}}
    )
    judged = Pack().judge(run(lambda: Pipeline("video", args), preview=preview))
    assert [(each.policyName, each.message) for each in judged if each.policyName != "undecided"] == []


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no step": ({"steps": []}, {"steps": "0 are given"}),
    "many steps": ({"steps": [step(f"s{number}") for number in range(21)]}, {"steps": "21 are given"}),
    "a step's name": ({"steps": [step("Probe")]}, {"steps[0].name": "'Probe' is given"}),
    "a name twice": ({"steps": [step("a"), step("b"), step("a")]}, {"steps[2].name": "'a' is given twice"}),
    "a name that is too long": ({"steps": [step("a" * 39)]}, {"steps[0].name": f"'video-{'a' * 39}' is given"}),
    "nobody works": ({"steps": [{"name": "a"}]}, {"steps[0]": "nobody works on it"}),
    "two kinds of worker": (
        {"steps": [step("a"), step("b", worker=worker(), fleet={"placement": PLACEMENT, "instances": {}})]},
        {"steps[1].worker": "it is given beside fleet"},
    ),
    "a worker's argument": (
        {"steps": [step("a"), step("b", worker=worker(timeout_seconds=901))]},
        {"steps[1].worker.timeout_seconds": "901 is given"},
    ),
    "a queue's argument": (
        {"steps": [step("a", max_receive_count=0)]},
        {"steps[0].max_receive_count": "0 is given"},
    ),
    "an unknown argument of a step": (
        {"steps": [step("a", fifo=True)]},
        {"steps[0].fifo": "there is no such argument"},
    ),
    "an unknown child of a step": (
        {"steps": [step("a", overrides={"queues": {}})]},
        {"steps[0].overrides.queues": "there is no such child"},
    ),
    "the name of the policy that is given": (
        {"steps": [step("a", worker=worker(policies={"next": STATEMENT}))]},
        {"steps[0].worker.policies.next": "it has this name"},
    ),
    "the name of a variable that is given": (
        {"steps": [step("a", worker=worker(environment={"END_TOPIC_ARN": "x"}))]},
        {"steps[0].worker.environment.END_TOPIC_ARN": "it has this name"},
    ),
    "no topic": ({"steps": THREE, "end_topic_arn": "done"}, {"end_topic_arn": "'done' is given"}),
    "a FIFO topic": ({"steps": THREE, "end_topic_arn": f"{DONE}.fifo"}, {"end_topic_arn": f"'{DONE}.fifo' is given"}),
    "a key's alias": ({"steps": THREE, "kms_key_arn": "alias/a"}, {"kms_key_arn": "'alias/a' is given"}),
    "no sender": ({"steps": THREE, "senders": {"a": "b"}}, {"senders.a": "'b' is given"}),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, faults = REFUSALS[case]
    refusal = refused(lambda: Pipeline("video", cast("PipelineArgs", args)))
    assert {path: given_there for path, (given_there, _) in refusal.faults.items()} == faults
    assert refusal.resources == ()


def test_the_faults_of_all_steps_are_told_at_once() -> None:
    steps = [step("a", max_receive_count=0), {"name": "b"}, step("c", worker=worker(batch_size=0))]
    refusal = refused(lambda: Pipeline("video", cast("PipelineArgs", {"steps": steps, "end_topic_arn": "done"})))
    assert refusal.faults.keys() == {
        "steps[0].max_receive_count",
        "steps[1]",
        "steps[2].worker.batch_size",
        "end_topic_arn",
    }
