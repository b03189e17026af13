"""QueueService: every default, every option, every refusal, and what may change without losing a message."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import QueueService, QueueServiceArgs, Table, WorkerArchitecture
from tenfold.errors import TenfoldError
from tests.components.building import UNKNOWN, Built, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "queue_service.txt"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs-queue"
DLQ = "arn:aws:sqs:us-east-1:123456789012:jobs-dlq"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs-queue"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CONSUMES = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}


def code() -> pulumi.Archive:
    return pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})


def worker(**args: Any) -> dict[str, Any]:
    return {"code": code(), "handler": "handler.handle", **args}


def service(preview: bool = False, **args: Any) -> Built[QueueService]:
    return build(lambda: QueueService("jobs", QueueServiceArgs(**args)), preview=preview)


def working(preview: bool = False, **args: Any) -> Built[QueueService]:
    """A service with a worker of some arguments."""
    return service(preview=preview, worker=worker(**args))


def sized(size: dict[str, Any]) -> Built[QueueService]:
    """A service of some sizes, its worker's among them."""
    args = {**size, "worker": worker(**size["worker"])} if "worker" in size else size
    return build(lambda: QueueService("jobs", cast("QueueServiceArgs", args)))


def statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return found["Statement"]


def test_the_queue_is_encrypted_polled_long_and_keeps_messages_for_four_days() -> None:
    queue = service()["jobs-queue"].inputs
    assert queue["sqsManagedSseEnabled"] is True
    assert queue["receiveWaitTimeSeconds"] == 20
    assert queue["messageRetentionSeconds"] == 4 * 86_400
    assert queue["visibilityTimeoutSeconds"] == 30


def test_a_message_that_fails_five_times_is_kept_for_fourteen_days() -> None:
    built = service()
    assert json.loads(built["jobs-queue"].inputs["redrivePolicy"]) == {"deadLetterTargetArn": DLQ, "maxReceiveCount": 5}
    dead = built["jobs-dlq"].inputs
    assert (dead["messageRetentionSeconds"], dead["sqsManagedSseEnabled"]) == (14 * 86_400, True)
    assert "redrivePolicy" not in dead


def test_dead_letters_come_from_this_queue_alone() -> None:
    allow = service()["jobs-dlq-redrive-allow"].inputs
    assert allow["queueUrl"].endswith("/jobs-dlq")
    assert json.loads(allow["redriveAllowPolicy"]) == {"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE]}


@pytest.mark.parametrize(("kind", "arn"), [("queue", QUEUE), ("dlq", DLQ)])
def test_both_queues_refuse_what_does_not_come_over_tls(kind: str, arn: str) -> None:
    policy = service()[f"jobs-{kind}-policy"].inputs
    assert policy["queueUrl"].endswith(f"/jobs-{kind}")
    (denial,) = statements(policy["policy"])
    assert (denial["Effect"], denial["Principal"], denial["Action"], denial["Resource"]) == ("Deny", "*", "sqs:*", arn)
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_queue_can_be_others() -> None:
    seconds = pulumi.Output.from_input(3600)
    built = service(visibility_timeout_seconds=120, retention_seconds=seconds, max_receive_count=3)
    queue = built["jobs-queue"].inputs
    assert (queue["visibilityTimeoutSeconds"], queue["messageRetentionSeconds"]) == (120, 3600)
    assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] == 3


def test_a_fifo_queue_orders_and_deduplicates_within_a_group_and_so_does_its_dead_letter_queue() -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
    built = service(fifo=True, content_based_deduplication=True)
    for name in ("jobs-queue", "jobs-dlq"):
        queue = built[name].inputs
        assert queue["fifoQueue"] is True
        assert (queue["deduplicationScope"], queue["fifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")
    assert built["jobs-queue"].inputs["contentBasedDeduplication"] is True


def test_a_standard_queue_says_nothing_of_fifo() -> None:
    words = {"fifoQueue", "deduplicationScope", "fifoThroughputLimit", "contentBasedDeduplication"}
    built = service()
    assert not words & built["jobs-queue"].inputs.keys()
    assert not words & built["jobs-dlq"].inputs.keys()


@pytest.mark.parametrize("key", [KEY, pulumi.Output.from_input(KEY)], ids=["known", "later"])
def test_a_key_of_ones_own_encrypts_both_queues_and_is_in_every_permission(key: Any) -> None:
    built = service(kms_key_arn=key, worker=worker())
    for name in ("jobs-queue", "jobs-dlq"):
        assert built[name].inputs["kmsMasterKeyId"] == KEY
        assert "sqsManagedSseEnabled" not in built[name].inputs
    own = statements(built["jobs-worker-policy"].inputs["policy"])
    assert [each["Action"] for each in own if each["Resource"] == KEY] == [["kms:Decrypt"]]
    for output, actions in (
        ("consumer", ["kms:Decrypt"]),
        ("sender", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("redrive", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ):
        found = statements(built.value(getattr(built.result, f"{output}_policy_json")))
        assert [each["Action"] for each in found if each["Resource"] == KEY] == [actions]


SENDERS: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None]] = {
    "sns": (
        "arn:aws:sns:us-east-1:210987654321:orders",
        {"Service": "sns.amazonaws.com"},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:210987654321:orders"}},
    ),
    "s3": (
        "arn:aws:s3:::uploads",
        {"Service": "s3.amazonaws.com"},
        {
            "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::uploads"},
            "StringEquals": {"aws:SourceAccount": "123456789012"},
        },
    ),
    "events": (
        "arn:aws:events:us-east-1:123456789012:rule/nightly",
        {"Service": "events.amazonaws.com"},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/nightly"}},
    ),
    "iam": ("arn:aws:iam::210987654321:role/shop", {"AWS": "arn:aws:iam::210987654321:role/shop"}, None),
}


@pytest.mark.parametrize("later", [False, True], ids=["known", "later"])
@pytest.mark.parametrize("kind", SENDERS)
def test_a_service_or_a_role_elsewhere_may_send_for_its_own_source_alone(kind: str, later: bool) -> None:
    arn, principal, condition = SENDERS[kind]
    built = service(senders={"other": pulumi.Output.from_input(arn) if later else arn})
    denial, allowed = statements(built["jobs-queue-policy"].inputs["policy"])
    assert denial["Effect"] == "Deny"
    assert (allowed["Effect"], allowed["Action"], allowed["Resource"]) == ("Allow", ["sqs:SendMessage"], QUEUE)
    assert (allowed["Principal"], allowed.get("Condition")) == (principal, condition)
    assert len(statements(built["jobs-dlq-policy"].inputs["policy"])) == 1


def test_one_more_sender_leaves_the_others_statements_as_they_are() -> None:
    def policy(**senders: str) -> list[dict[str, Any]]:
        return statements(service(senders=senders)["jobs-queue-policy"].inputs["policy"])

    one = policy(orders=SENDERS["sns"][0])
    two = policy(uploads=SENDERS["s3"][0], orders=SENDERS["sns"][0])
    assert [each for each in two if each in one] == one
    assert {each["Sid"] for each in two} == {"TlsAlone", "Senderorders", "Senderuploads"}


def test_a_sender_that_is_known_later_and_cannot_send_is_an_error() -> None:
    with pytest.raises(TenfoldError, match=r"senders.other of a queue: 'arn:aws:dynamodb:.*' is given; allowed: the"):
        service(senders={"other": pulumi.Output.from_input("arn:aws:dynamodb:us-east-1:123456789012:table/t")})


@pytest.mark.parametrize("later", [False, True], ids=["known", "later"])
def test_a_topic_sends_to_the_queue_and_what_it_cannot_send_is_a_dead_letter(later: bool) -> None:
    built = service(topics={"news": {"topic_arn": pulumi.Output.from_input(TOPIC) if later else TOPIC}})
    subscription = built["jobs-topic-news"]
    assert subscription.inputs == {
        "topic": TOPIC,
        "protocol": "sqs",
        "endpoint": QUEUE,
        "redrivePolicy": json.dumps({"deadLetterTargetArn": DLQ}),
    }
    assert {"jobs-queue-policy", "jobs-dlq-policy"} <= subscription.depends_on
    for kind in ("queue", "dlq"):
        _, allowed = statements(built[f"jobs-{kind}-policy"].inputs["policy"])
        assert (allowed["Principal"], allowed["Action"]) == ({"Service": "sns.amazonaws.com"}, ["sqs:SendMessage"])
        assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": TOPIC}}


def test_a_topic_s_messages_can_be_filtered_and_come_as_they_were_published() -> None:
    topic = {"topic_arn": TOPIC, "filter": {"kind": {"of": ["order"]}}, "filter_scope": "body", "raw": True}
    made = service(topics={"news": topic})["jobs-topic-news"].inputs
    assert json.loads(made["filterPolicy"]) == {"kind": {"of": ["order"]}}
    assert (made["filterPolicyScope"], made["rawMessageDelivery"]) == ("MessageBody", True)
    made = service(topics={"news": {"topic_arn": TOPIC, "filter": {"kind": ["a"]}}})["jobs-topic-news"].inputs
    assert made["filterPolicyScope"] == "MessageAttributes"


def test_a_message_must_fit_one_of_the_filters() -> None:
    source = working(filters=[{"body": {"kind": ["video"]}}, {"body": {"size": [{"numeric": [">", 5]}]}}])
    patterns = [each["pattern"] for each in source["jobs-worker-source"].inputs["filterCriteria"]["filters"]]
    assert [json.loads(pattern) for pattern in patterns] == [
        {"body": {"kind": ["video"]}},
        {"body": {"size": [{"numeric": [">", 5]}]}},
    ]
    assert "filterCriteria" not in working()["jobs-worker-source"].inputs


def test_who_sends_dead_letters_back_may_do_that_alone() -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    built = service()
    allowed = {
        each["Resource"]: set(each["Action"]) for each in statements(built.value(built.result.redrive_policy_json))
    }
    assert allowed == {
        DLQ: {
            "sqs:StartMessageMoveTask",
            "sqs:CancelMessageMoveTask",
            "sqs:ListMessageMoveTasks",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        },
        QUEUE: {"sqs:SendMessage"},
    }


def test_without_a_worker_there_is_a_queue_alone() -> None:
    built = service()
    assert {resource.name for resource in built.resources} == {
        "jobs",
        "jobs-queue",
        "jobs-queue-policy",
        "jobs-dlq",
        "jobs-dlq-policy",
        "jobs-dlq-redrive-allow",
        "jobs-dlq-alarm",
        "jobs-age-alarm",
    }
    of_workers = [output for output in QueueService.__annotations__ if output.startswith("worker_")]
    assert len(of_workers) == 8
    for output in of_workers:
        assert built.value(getattr(built.result, output)) == ""
    assert built.result.worker_role is None


def test_the_worker_is_a_traced_function_on_graviton() -> None:
    function = working()["jobs-worker"].inputs
    assert (function["runtime"], function["handler"]) == ("python3.13", "handler.handle")
    assert (function["memorySize"], function["timeout"], function["architectures"]) == (256, 30, ["arm64"])
    assert function["tracingConfig"] == {"mode": "Active"}
    assert list(function["code"].assets) == ["handler.py"]
    assert not {"environment", "reservedConcurrentExecutions", "vpcConfig"} & function.keys()


def test_the_worker_logs_json_into_a_group_of_its_own() -> None:
    built = working()
    logging = built["jobs-worker"].inputs["loggingConfig"]
    assert (logging["logFormat"], logging["logGroup"]) == ("JSON", "jobs-worker-logs-0a1b2c")
    assert built["jobs-worker-logs"].inputs["retentionInDays"] == 30


def test_the_worker_can_be_others() -> None:
    built = working(
        runtime="python3.12",
        architecture="x86_64",
        memory_mb=1024,
        timeout_seconds=60,
        environment={"LEVEL": "high"},
        log_retention_days=365,
    )
    function = built["jobs-worker"].inputs
    assert (function["runtime"], function["architectures"]) == ("python3.12", ["x86_64"])
    assert (function["memorySize"], function["timeout"]) == (1024, 60)
    assert function["environment"] == {"variables": {"LEVEL": "high"}}
    assert built["jobs-worker-logs"].inputs["retentionInDays"] == 365


def test_an_architecture_can_be_a_member_of_its_enum() -> None:
    assert working(architecture=WorkerArchitecture.X86_64)["jobs-worker"].inputs["architectures"] == ["x86_64"]


def test_the_worker_takes_batches_and_reports_failures_one_by_one() -> None:
    source = working()["jobs-worker-source"].inputs
    assert (source["eventSourceArn"], source["functionName"]) == (QUEUE, "jobs-worker-0a1b2c")
    assert source["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (source["batchSize"], source["maximumBatchingWindowInSeconds"]) == (10, 0)
    assert "scalingConfig" not in source


def test_batches_and_concurrency_can_be_others() -> None:
    source = working(batch_size=500, batch_window_seconds=5, maximum_concurrency=40)["jobs-worker-source"].inputs
    assert (source["batchSize"], source["maximumBatchingWindowInSeconds"]) == (500, 5)
    assert source["scalingConfig"] == {"maximumConcurrency": 40}


@pytest.mark.parametrize(
    ("args", "seconds"),
    [
        ({}, 180),
        ({"timeout_seconds": 1}, 6),
        ({"timeout_seconds": 900}, 5400),
        ({"timeout_seconds": 60, "batch_size": 100, "batch_window_seconds": 20}, 380),
    ],
)
def test_a_message_in_hand_is_hidden_for_six_times_the_workers_timeout_and_the_window(args: Any, seconds: int) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    assert working(**args)["jobs-queue"].inputs["visibilityTimeoutSeconds"] == seconds


@pytest.mark.parametrize("seconds", [180, 43_200])
def test_a_visibility_that_is_long_enough_is_taken_and_one_that_is_an_output_too(seconds: int) -> None:
    for given_seconds in (seconds, pulumi.Output.from_input(seconds)):
        built = service(worker=worker(), visibility_timeout_seconds=given_seconds)
        assert built["jobs-queue"].inputs["visibilityTimeoutSeconds"] == seconds


def test_the_worker_may_use_this_queue_its_logs_and_tracing_and_nothing_else() -> None:
    built = working()
    (trust,) = statements(built["jobs-worker-role"].inputs["assumeRolePolicy"])
    assert (trust["Principal"], trust["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
    assert not {"managedPolicyArns", "inlinePolicies"} & built["jobs-worker-role"].inputs.keys()
    (policy,) = built.of("aws:iam/rolePolicy:RolePolicy")
    assert policy.inputs["role"] == "jobs-worker-role-0a1b2c"
    allowed = {statement["Resource"]: set(statement["Action"]) for statement in statements(policy.inputs["policy"])}
    assert allowed == {
        QUEUE: CONSUMES,
        "arn:aws:cloudwatch:us-east-1:123456789012:jobs-worker-logs:*": {"logs:CreateLogStream", "logs:PutLogEvents"},
        # X-Ray has no resources to name.
        "*": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
    }


def test_the_worker_gets_further_policies_by_name_before_its_first_message() -> None:
    policies = {"results": pulumi.Output.from_input(STATEMENT), "mail": STATEMENT}
    built = working(policies=policies)
    for key in policies:
        policy = built[f"jobs-worker-policy-{key}"].inputs
        assert (policy["role"], policy["policy"]) == ("jobs-worker-role-0a1b2c", STATEMENT)
    needed = {"jobs-worker-policy", "jobs-worker-policy-results", "jobs-worker-policy-mail"}
    assert needed <= built["jobs-worker"].depends_on
    assert needed <= built["jobs-worker-source"].depends_on


def test_a_tables_variables_and_policy_are_taken_as_they_are() -> None:
    def program() -> QueueService:
        results = Table("results", {"hash_key": "job_id", "attributes": {"job_id": "S"}})
        return QueueService(
            "jobs",
            {
                "worker": {
                    "code": code(),
                    "handler": "handler.handle",
                    "environment": results.environment,
                    "policies": {"results": results.read_write_policy_json},
                }
            },
        )

    built = build(program)
    assert built["jobs-worker"].inputs["environment"] == {"variables": {"RESULTS_TABLE": "results-table-0a1b2c"}}
    (statement,) = statements(built["jobs-worker-policy-results"].inputs["policy"])
    assert statement["Resource"] == ["arn:aws:dynamodb:us-east-1:123456789012:results-table"]


def test_the_workers_role_is_there_for_grants_in_the_same_program() -> None:
    def program() -> None:
        jobs = QueueService("jobs", cast("Any", {"worker": worker()}))
        mail = QueueService("mail", {})
        assert jobs.worker_role is not None
        mail.grant_send(jobs.worker_role)

    grant = build(program)["mail-send-grant-jobs-worker-role"]
    assert grant.inputs["role"] == "jobs-worker-role-0a1b2c"


@pytest.mark.parametrize(
    ("kind", "actions"),
    [("send", {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}), ("consume", CONSUMES)],
)
def test_grants_name_this_queue_and_each_action(kind: str, actions: set[str]) -> None:
    def program() -> QueueService:
        jobs = QueueService("jobs", {})
        role = aws.iam.Role("web-role", assume_role_policy=STATEMENT)
        getattr(jobs, f"grant_{kind}")(role)
        return jobs

    built = build(program)
    grant = built[f"jobs-{kind}-grant-web-role"]
    assert (grant.parent, grant.inputs["role"]) == (built["jobs"].urn, "web-role-0a1b2c")
    (statement,) = statements(grant.inputs["policy"])
    assert (statement["Effect"], set(statement["Action"]), statement["Resource"]) == ("Allow", actions, QUEUE)
    as_data = {"send": built.result.sender_policy_json, "consume": built.result.consumer_policy_json}
    assert built.value(as_data[kind]) == grant.inputs["policy"]


def test_a_dead_letter_and_a_message_that_waits_are_alarmed() -> None:
    built = service()
    dead, age = built["jobs-dlq-alarm"].inputs, built["jobs-age-alarm"].inputs
    assert (dead["namespace"], dead["metricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (dead["dimensions"], dead["threshold"]) == ({"QueueName": "jobs-dlq-0a1b2c"}, 0)
    assert (dead["comparisonOperator"], dead["evaluationPeriods"]) == ("GreaterThanThreshold", 1)
    assert (age["namespace"], age["metricName"]) == ("AWS/SQS", "ApproximateAgeOfOldestMessage")
    assert (age["dimensions"], age["threshold"]) == ({"QueueName": "jobs-queue-0a1b2c"}, 900)


@pytest.mark.parametrize(
    ("args", "seconds"),
    [
        ({"oldest_message_alarm_seconds": 60}, 60),
        ({"worker": {"timeout_seconds": 30}}, 900),
        # One more try of a slow worker is no reason to wake anybody.
        ({"worker": {"timeout_seconds": 900}}, 5400),
        ({"worker": {"timeout_seconds": 900}, "oldest_message_alarm_seconds": 600}, 600),
    ],
)
def test_how_long_a_message_may_wait_can_be_said_and_follows_the_worker(args: Any, seconds: int) -> None:
    built = sized(args)
    assert built["jobs-age-alarm"].inputs["threshold"] == seconds


def test_a_worker_that_fails_or_is_throttled_is_alarmed() -> None:
    built = working()
    for kind, metric in (("error", "Errors"), ("throttle", "Throttles")):
        alarm = built[f"jobs-worker-{kind}-alarm"].inputs
        assert (alarm["namespace"], alarm["metricName"], alarm["statistic"]) == ("AWS/Lambda", metric, "Sum")
        assert (alarm["dimensions"], alarm["threshold"]) == ({"FunctionName": "jobs-worker-0a1b2c"}, 0)


def test_dead_letters_are_told_at_once_and_the_rest_when_it_lasts() -> None:
    windows = {
        alarm.name: (
            alarm.inputs.get("datapointsToAlarm", 1),
            alarm.inputs["evaluationPeriods"],
            alarm.inputs["period"],
        )
        for alarm in working().of(ALARM)
    }
    assert windows == {
        "jobs-dlq-alarm": (1, 1, 60),
        "jobs-age-alarm": (3, 3, 60),
        "jobs-worker-error-alarm": (3, 5, 60),
        "jobs-worker-throttle-alarm": (3, 5, 60),
    }


@pytest.mark.parametrize(("args", "actions"), [({}, []), ({"alarms": {"topic_arn": TOPIC}}, [TOPIC])])
def test_alarms_notify_the_topic_and_exist_without_one(args: Any, actions: list[str]) -> None:
    alarms = service(worker=worker(), **args).of(ALARM)
    assert len(alarms) == 4
    for alarm in alarms:
        assert (alarm.inputs["alarmActions"], alarm.inputs["okActions"]) == (actions, actions)
        assert alarm.inputs["treatMissingData"] == "notBreaching"


def test_tags_reach_everything_that_can_have_them() -> None:
    built = service(worker=worker(), tags={"team": "shop"})
    taggable = {
        "aws:sqs/queue:Queue",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:iam/role:Role",
        "aws:lambda/function:Function",
        "aws:lambda/eventSourceMapping:EventSourceMapping",
    }
    tagged = {resource.type for resource in built.resources if resource.inputs.get("tags") == {"team": "shop"}}
    assert tagged - {"tenfold:index:QueueService"} == taggable


def test_overrides_win() -> None:
    overrides = {"queue": {"delay_seconds": 10}, "dlq-alarm": {"threshold": 5}, "worker": {"description": "mine"}}
    built = service(worker=worker(), overrides=overrides)
    assert built["jobs-queue"].inputs["delaySeconds"] == 10
    assert "delaySeconds" not in built["jobs-dlq"].inputs
    assert built["jobs-dlq-alarm"].inputs["threshold"] == 5
    assert built["jobs-worker"].inputs["description"] == "mine"


def test_outputs_are_those_of_the_children() -> None:
    built = working()
    found = {name: built.value(getattr(built.result, name)) for name in QueueService.__annotations__}
    policies = {name: statements(found.pop(f"{name}_policy_json")) for name in ("sender", "consumer")}
    assert {statement["Resource"] for each in policies.values() for statement in each} == {QUEUE}
    assert {each["Resource"] for each in statements(found.pop("redrive_policy_json"))} == {QUEUE, DLQ}
    assert found == {
        "queue_url": URL,
        "queue_arn": QUEUE,
        "queue_name": "jobs-queue-0a1b2c",
        "dlq_url": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs-dlq",
        "dlq_arn": DLQ,
        "dlq_name": "jobs-dlq-0a1b2c",
        "environment": {"JOBS_QUEUE_URL": URL},
        "redrive_command": f"aws sqs start-message-move-task --region us-east-1 --source-arn {DLQ}",
        "worker_function_name": "jobs-worker-0a1b2c",
        "worker_function_arn": "arn:aws:lambda:us-east-1:123456789012:jobs-worker",
        "worker_role_name": "jobs-worker-role-0a1b2c",
        "worker_log_group_name": "jobs-worker-logs-0a1b2c",
        **{f"worker_{kind}": "" for kind in ("cluster_name", "service_name", "autoscaling_group_name")},
        "worker_security_group_id": "",
        "alarm_arns": {
            kind: f"arn:aws:cloudwatch:us-east-1:123456789012:jobs-{kind}"
            for kind in ("age-alarm", "dlq-alarm", "worker-error-alarm", "worker-throttle-alarm")
        },
    }
    assert set(built["jobs"].outputs) == set(QueueService.__annotations__)


def test_the_variable_has_a_name_that_a_shell_takes() -> None:
    built = build(lambda: QueueService("video-jobs", {}))
    assert set(built.value(built.result.environment)) == {"VIDEO_JOBS_QUEUE_URL"}


def test_a_preview_knows_what_is_given_and_leaves_the_rest_open() -> None:
    built = working(preview=True)
    queue = built["jobs-queue"].inputs
    assert (queue["visibilityTimeoutSeconds"], queue["redrivePolicy"]) == (180, UNKNOWN)
    assert built["jobs-worker-source"].inputs["eventSourceArn"] == UNKNOWN
    assert built.value(built.result.queue_url) is None


sizes = st.fixed_dictionaries(
    {"retention_seconds": st.integers(60, 1_209_600), "max_receive_count": st.integers(1, 1000)},
    optional={
        "worker": st.fixed_dictionaries(
            {
                "timeout_seconds": st.integers(1, 900),
                "memory_mb": st.integers(128, 10_240),
                "batch_size": st.integers(1, 10),
                "batch_window_seconds": st.integers(0, 300),
                "maximum_concurrency": st.integers(2, 1000),
            }
        )
    },
)


@settings(max_examples=25, deadline=None)
@given(small=sizes, large=sizes)
def test_no_size_replaces_a_queue(small: dict[str, Any], large: dict[str, Any]) -> None:
    before, after = sized(small), sized(large)
    in_place = {"visibilityTimeoutSeconds", "messageRetentionSeconds", "redrivePolicy"}
    for name in ("jobs-queue", "jobs-dlq", "jobs-queue-policy", "jobs-dlq-policy", "jobs-dlq-redrive-allow"):
        assert before[name].urn == after[name].urn
        one, other = before[name].inputs, after[name].inputs
        assert {key: one[key] for key in one.keys() - in_place} == {key: other[key] for key in other.keys() - in_place}


def test_no_child_is_renamed() -> None:
    def program() -> None:
        policies = {"results": STATEMENT}
        topics = {"news": {"topic_arn": TOPIC}}
        jobs = QueueService("jobs", cast("Any", {"worker": worker(policies=policies), "topics": topics}))
        role = aws.iam.Role("web", assume_role_policy=STATEMENT)
        jobs.grant_send(role)
        jobs.grant_consume(role)
        jobs.grant_redrive(role)

    built = build(program)
    golden = GOLDEN.read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources if resource.name != "web") == golden
    assert {resource.urn for resource in service().resources} < set(golden)
    assert {resource.parent for resource in built.resources if resource.name not in ("web", "jobs")} == {
        built["jobs"].urn
    }


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"worker": worker()},
        {"worker": worker(timeout_seconds=900, batch_size=1000, batch_window_seconds=300, maximum_concurrency=5)},
        {"retention_seconds": 1_209_600, "visibility_timeout_seconds": 0},
        {"fifo": True, "worker": worker(), "kms_key_arn": KEY},
        {"senders": {"orders": TOPIC, "uploads": "arn:aws:s3:::uploads"}},
    ],
)
def test_the_policy_pack_has_nothing_to_say(args: dict[str, Any]) -> None:
    def program() -> None:
        QueueService("jobs", cast("Any", {"alarms": {"topic_arn": TOPIC}, **args}))

    judged = Pack().judge(run(program, preview=False))
    assert [(each.policyName, each.message) for each in judged] == []
    previewed = Pack().judge(run(program, preview=True))
    assert [each.message for each in previewed if each.policyName != "undecided"] == []


def test_the_policy_pack_asks_for_someone_who_is_told() -> None:
    judged = Pack().judge(run(lambda: QueueService("jobs", {}), preview=False))
    assert [each.policyName for each in judged] == ["dec-dlq-alarm"]


def test_the_policy_pack_sees_what_the_component_is_told_to_loosen() -> None:
    overrides = {
        "queue": {"visibility_timeout_seconds": 30},
        "dlq": {"message_retention_seconds": 60},
        "worker-source": {"function_response_types": []},
    }
    args = {"alarms": {"topic_arn": TOPIC}, "worker": worker(), "max_receive_count": 1, "overrides": overrides}
    judged = Pack().judge(run(lambda: QueueService("jobs", cast("Any", args)), preview=False))
    assert {each.policyName for each in judged} == {
        "dec-visibility-6x-lambda",
        "dec-dlq-retention",
        "dec-batch-item-failures",
        "dec-dlq-max-receive",
    }


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "visible before": (
        {"visibility_timeout_seconds": -1},
        "visibility_timeout_seconds: -1 is given; allowed: 0 to 43200",
    ),
    "hidden for long": (
        {"visibility_timeout_seconds": 43_201},
        "visibility_timeout_seconds: 43201 is given; allowed: 0 to 43200 seconds",
    ),
    "visible while it is worked on": (
        {"visibility_timeout_seconds": 179, "worker": worker()},
        "visibility_timeout_seconds: 179 is given; allowed: 180 to 43200 seconds: 6 times the worker's 30 seconds and",
    ),
    "visible while it waits for its batch": (
        {"visibility_timeout_seconds": 69, "worker": worker(timeout_seconds=10, batch_window_seconds=10)},
        "visibility_timeout_seconds: 69 is given; allowed: 70 to 43200 seconds: 6 times the worker's 10 seconds and",
    ),
    "kept too short": ({"retention_seconds": 59}, "retention_seconds: 59 is given; allowed: 60 to 1209600 seconds"),
    "kept too long": (
        {"retention_seconds": 1_209_601},
        "retention_seconds: 1209601 is given; allowed: 60 to 1209600 seconds",
    ),
    "no try": ({"max_receive_count": 0}, "max_receive_count: 0 is given; allowed: 1 to 1000 tries"),
    "many tries": ({"max_receive_count": 1001}, "max_receive_count: 1001 is given; allowed: 1 to 1000 tries"),
    "an early alarm": (
        {"oldest_message_alarm_seconds": 59},
        "oldest_message_alarm_seconds: 59 is given; allowed: 60 to 1209600 seconds",
    ),
    "no code": ({"worker": {"handler": "handler.handle"}}, "worker.code: nothing is given; allowed: Archive; it is"),
    "a path for code": ({"worker": worker(code="app/worker")}, "worker.code: 'app/worker' is given; allowed: Archive"),
    "no handler": ({"worker": {"code": code()}}, "worker.handler: nothing is given; allowed: a text; it is required"),
    "little memory": ({"worker": worker(memory_mb=127)}, "worker.memory_mb: 127 is given; allowed: 128 to 10240 MB"),
    "much memory": ({"worker": worker(memory_mb=10_241)}, "worker.memory_mb: 10241 is given; allowed: 128 to 10240 MB"),
    "no time": ({"worker": worker(timeout_seconds=0)}, "worker.timeout_seconds: 0 is given; allowed: 1 to 900 seconds"),
    "much time": (
        {"worker": worker(timeout_seconds=901)},
        "worker.timeout_seconds: 901 is given; allowed: 1 to 900 seconds",
    ),
    "a timeout that is unknown": (
        {"worker": worker(timeout_seconds=pulumi.Output.from_input(30))},
        "worker.timeout_seconds: an Output is given; allowed: a whole number that is known before anything exists",
    ),
    "no such architecture": (
        {"worker": worker(architecture="riscv")},
        "worker.architecture: 'riscv' is given; allowed: 'arm64', 'x86_64'",
    ),
    "one at a time": (
        {"worker": worker(maximum_concurrency=1)},
        "worker.maximum_concurrency: 1 is given; allowed: 2 to 1000 batches at a time",
    ),
    "an empty batch": ({"worker": worker(batch_size=0)}, "worker.batch_size: 0 is given; allowed: 1 to 10000 messages"),
    "a batch too large": (
        {"worker": worker(batch_size=10_001, batch_window_seconds=1)},
        "worker.batch_size: 10001 is given; allowed: 1 to 10000 messages",
    ),
    "a batch that cannot fill": (
        {"worker": worker(batch_size=11)},
        "worker.batch_size: 11 is given without a batch window; allowed: 1 to 10 messages, or a batch_window_seconds",
    ),
    "a long window": (
        {"worker": worker(batch_window_seconds=301)},
        "worker.batch_window_seconds: 301 is given; allowed: 0 to 300 seconds",
    ),
    "a retention nobody knows": (
        {"worker": worker(log_retention_days=31)},
        "worker.log_retention_days: 31 is given; allowed: one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400,",
    ),
    "a variable's name": (
        {"worker": worker(environment={"MY-LEVEL": "high"})},
        "worker.environment.MY-LEVEL: it has this name; allowed: a letter, and one or more letters, digits and",
    ),
    "a variable that is no text": (
        {"worker": worker(environment={"LEVEL": 3})},
        "worker.environment.LEVEL: 3 is given; allowed: a text",
    ),
    "no policy": (
        {"worker": worker(policies={"results": "{}"})},
        "worker.policies.results: '{}' is given; allowed: an IAM policy: a JSON document with a Statement",
    ),
    "a policy's name": (
        {"worker": worker(policies={"a b": STATEMENT})},
        "worker.policies.a b: it has this name; allowed: 1 to 40 letters, digits, underscores and hyphens",
    ),
    "ids of a standard queue": (
        {"content_based_deduplication": True},
        "content_based_deduplication: it is given without fifo; allowed: a FIFO queue alone can do so",
    ),
    "a batch of a FIFO queue": (
        {"fifo": True, "worker": worker(batch_size=11)},
        "worker.batch_size: 11 is given; allowed: 1 to 10 messages of a FIFO queue",
    ),
    "a window of a FIFO queue": (
        {"fifo": True, "worker": worker(batch_window_seconds=1)},
        "worker.batch_window_seconds: 1 is given; allowed: 0 with a FIFO queue",
    ),
    "a bucket to a FIFO queue": (
        {"fifo": True, "senders": {"uploads": "arn:aws:s3:::uploads"}},
        "senders.uploads: a bucket is given; allowed: a queue without fifo",
    ),
    "a standard topic to a FIFO queue": (
        {"fifo": True, "senders": {"orders": TOPIC}},
        f"senders.orders: '{TOPIC}' is given; allowed: a FIFO topic",
    ),
    "a standard topic of a FIFO queue": (
        {"fifo": True, "topics": {"orders": {"topic_arn": TOPIC}}},
        f"topics.orders.topic_arn: '{TOPIC}' is given; allowed: a FIFO topic",
    ),
    "a topic that is none": (
        {"topics": {"orders": {"topic_arn": QUEUE}}},
        f"topics.orders.topic_arn: '{QUEUE}' is given; allowed: the ARN of a topic",
    ),
    "a topic without a name": (
        {"topics": {"order-news": {"topic_arn": TOPIC}}},
        "topics.order-news: it has this name; allowed: 1 to 30 letters and digits",
    ),
    "a topic's filter that SNS refuses": (
        {"topics": {"orders": {"topic_arn": TOPIC, "filter": {"kind": "order"}}}},
        "topics.orders.filter.kind: 'order' is given; allowed: a list",
    ),
    "a scope of no filter": (
        {"topics": {"orders": {"topic_arn": TOPIC, "filter_scope": "body"}}},
        "topics.orders.filter_scope: it is given without a filter; allowed: nothing, or a filter",
    ),
    "a key's alias": (
        {"kms_key_arn": "alias/jobs"},
        "kms_key_arn: 'alias/jobs' is given; allowed: a key's ARN: arn:aws:kms:us-east-1:123456789012:key/...",
    ),
    "a sender that cannot send": (
        {"senders": {"table": "arn:aws:dynamodb:us-east-1:123456789012:table/t"}},
        "senders.table: 'arn:aws:dynamodb:us-east-1:123456789012:table/t' is given; allowed: the ARN of an SNS topic,",
    ),
    "a sender's name": (
        {"senders": {"the-orders": TOPIC}},
        "senders.the-orders: it has this name; allowed: 1 to 40 letters and digits",
    ),
    "no filter": ({"worker": worker(filters=[])}, "worker.filters: 0 are given; allowed: 1 to 5 patterns"),
    "many filters": (
        {"worker": worker(filters=[{"body": {"kind": [kind]}} for kind in "abcdef"])},
        "worker.filters: 6 are given; allowed: 1 to 5 patterns",
    ),
    "no such part": ({"worker": worker(memory=3)}, "worker.memory: there is no such argument; allowed: architecture"),
    "no such argument": ({"fifo_queue": True}, "fifo_queue: there is no such argument; allowed: alarms"),
    "no such child": ({"overrides": {"queues": {}}}, "overrides.queues: there is no such child; allowed: age-alarm"),
    "no such property": (
        {"overrides": {"queue": {"delay": 3}}},
        "overrides.queue.delay: Queue has no such property; allowed: content_based_deduplication",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: QueueService("jobs", cast("QueueServiceArgs", args)))
    assert refusal.text.startswith("QueueService 'jobs' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


@pytest.mark.parametrize("name", ["", "a" * 45, "my jobs", "jobs.fifo"])
def test_a_name_that_makes_no_names_on_aws_is_refused(name: str) -> None:
    assert refused(lambda: QueueService(name, {})).faults.keys() == {"name"}


def test_the_longest_name_leaves_room_for_pulumis_random_characters() -> None:
    built = build(lambda: QueueService("a" * 44, cast("Any", {"worker": worker()})))
    limits = {"aws:iam/role:Role": 64, "aws:lambda/function:Function": 64, "aws:sqs/queue:Queue": 80}
    for token, limit in limits.items():
        assert max(len(f"{resource.name}-0123456") for resource in built.of(token)) <= limit


def test_all_faults_are_told_at_once() -> None:
    args = {
        "visibility_timeout_seconds": 50_000,
        "retention_seconds": 1,
        "max_receive_count": "five",
        "oldest_message_alarm_seconds": 0,
        "worker": worker(memory_mb=1, timeout_seconds=0, batch_size=0, policies={"results": "{}"}),
        "colour": "red",
        "overrides": {"queues": {}},
    }
    refusal = refused(lambda: QueueService("my jobs", cast("QueueServiceArgs", args)))
    assert refusal.faults.keys() == {
        "name",
        "visibility_timeout_seconds",
        "retention_seconds",
        "max_receive_count",
        "oldest_message_alarm_seconds",
        "worker.memory_mb",
        "worker.timeout_seconds",
        "worker.batch_size",
        "worker.policies.results",
        "colour",
        "overrides.queues",
    }
