"""Function: every default, every option, every refusal, and what may change without a caller's noticing."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Function, FunctionArgs
from tenfold.errors import TenfoldError
from tenfold.function_access import delivery, stream_reading
from tests.components.building import UNKNOWN, Built, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "function.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
NEWS = "arn:aws:sns:us-east-1:123456789012:news"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
TABLE_STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01"
KINESIS = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
DLQ = "arn:aws:sqs:us-east-1:123456789012:thumbs-dlq"
LIVE = "arn:aws:lambda:us-east-1:123456789012:thumbs-live"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b"],
    "public_subnet_ids": ["subnet-1", "subnet-2"],
    "app_subnet_ids": ["subnet-3", "subnet-4"],
    "data_subnet_ids": ["subnet-5", "subnet-6"],
}
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PERMISSION = "aws:lambda/permission:Permission"


def code(**args: Any) -> dict[str, Any]:
    archive = pulumi.AssetArchive({"main.py": pulumi.StringAsset("def handle(event, context): ...")})
    return {"archive": archive, "handler": "main.handle", **args}


def function(preview: bool = False, **args: Any) -> Built[Function]:
    return build(lambda: Function("thumbs", FunctionArgs(**cast("Any", {"code": code(), **args}))), preview=preview)


def statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return found["Statement"]


def allowed(built: Built[Any]) -> dict[str, set[str]]:
    """What the function's role may do, as the actions on each resource."""
    result: dict[str, set[str]] = {}
    for statement in statements(built["thumbs-function-policy"].inputs["policy"]):
        assert statement["Effect"] == "Allow"
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            result.setdefault(resource, set()).update(statement["Action"])
    return result


LOGS = "arn:aws:cloudwatch:us-east-1:123456789012:thumbs-function-logs:*"
TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
AT_LEAST = {
    DLQ: {"sqs:SendMessage"},
    LOGS: {"logs:CreateLogStream", "logs:PutLogEvents"},
    "*": TRACES,
}


def test_by_default_it_is_small_traced_and_logs_json_for_30_days() -> None:
    built = function()
    inputs = built["thumbs-function"].inputs
    assert (inputs["runtime"], inputs["handler"]) == ("python3.13", "main.handle")
    assert (inputs["memorySize"], inputs["timeout"], inputs["architectures"]) == (256, 30, ["arm64"])
    assert inputs["ephemeralStorage"] == {"size": 512}
    assert inputs["tracingConfig"] == {"mode": "Active"}
    assert inputs["loggingConfig"]["logFormat"] == "JSON"
    assert inputs["loggingConfig"]["logGroup"] == "thumbs-function-logs-0a1b2c"
    assert built["thumbs-function-logs"].inputs == {"retentionInDays": 30}
    assert inputs.keys().isdisjoint({"environment", "vpcConfig", "reservedConcurrentExecutions", "layers"})
    assert {resource.name for resource in built.resources} == {
        "thumbs",
        *(f"thumbs-{kind}" for kind in ("function", "function-logs", "function-role", "function-policy", "live")),
        *(f"thumbs-{kind}" for kind in ("asynchronous", "dlq", "dlq-policy")),
        *(f"thumbs-{kind}-alarm" for kind in ("error", "throttle", "duration", "dlq")),
    }


def test_its_role_may_write_logs_traces_and_dead_letters_and_nothing_else() -> None:
    built = function()
    assert allowed(built) == AT_LEAST
    assert statements(built["thumbs-function-role"].inputs["assumeRolePolicy"]) == [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    assert "thumbs-function-policy" in built["thumbs-function"].depends_on


def test_callers_call_an_alias_whose_arn_stays_and_which_has_the_newest_version() -> None:
    built = function()
    assert built["thumbs-function"].inputs["publish"] is True
    live = built["thumbs-live"].inputs
    assert (live["name"], live["functionVersion"]) == ("live", "8")
    assert "routingConfig" not in live


def test_a_canary_gives_the_newest_version_a_part_of_the_calls_and_has_an_alarm_of_its_own() -> None:
    built = function(canary={"stable_version": "7", "percent": 5})
    live = built["thumbs-live"].inputs
    assert (live["functionVersion"], live["routingConfig"]) == ("7", {"additionalVersionWeights": {"8": 0.05}})
    assert built["thumbs-canary-error-alarm"].inputs["dimensions"] == {
        "FunctionName": "thumbs-function-0a1b2c",
        "Resource": "thumbs-function-0a1b2c:live",
        "ExecutedVersion": "8",
    }
    assert function(canary={"stable_version": "7"})["thumbs-live"].inputs["routingConfig"] == {
        "additionalVersionWeights": {"8": 0.1}
    }


@pytest.mark.parametrize("canary", [{"stable_version": "7", "percent": 0}, {"stable_version": "8"}])
def test_a_canary_that_is_taken_back_or_that_nothing_follows_is_one_version(canary: dict[str, Any]) -> None:
    live = function(canary=canary)["thumbs-live"].inputs
    assert live["functionVersion"] == canary["stable_version"]
    assert live["routingConfig"] == {"additionalVersionWeights": {}}


def test_options_of_its_size_reach_it() -> None:
    built = function(
        memory_mb=2048,
        timeout_seconds=120,
        ephemeral_storage_mb=1024,
        environment={"LEVEL": "high"},
        log_retention_days=365,
        concurrency={"reserved": 20, "provisioned": 3},
        code=code(runtime="python3.12", architecture="x86_64", layers=["arn:aws:lambda:us-east-1:1:layer:a:1"]),
    )
    inputs = built["thumbs-function"].inputs
    assert (inputs["memorySize"], inputs["timeout"], inputs["ephemeralStorage"]) == (2048, 120, {"size": 1024})
    assert inputs["environment"] == {"variables": {"LEVEL": "high"}}
    assert (inputs["runtime"], inputs["architectures"]) == ("python3.12", ["x86_64"])
    assert inputs["layers"] == ["arn:aws:lambda:us-east-1:1:layer:a:1"]
    assert inputs["reservedConcurrentExecutions"] == 20
    assert built["thumbs-function-logs"].inputs["retentionInDays"] == 365
    provisioned = built["thumbs-provisioned"].inputs
    assert (provisioned["qualifier"], provisioned["provisionedConcurrentExecutions"]) == ("live", 3)


def test_no_calls_at_all_can_be_reserved_to_stop_it() -> None:
    assert function(concurrency={"reserved": 0})["thumbs-function"].inputs["reservedConcurrentExecutions"] == 0


def test_an_image_needs_no_handler_and_takes_one_as_its_command() -> None:
    plain = function(code={"image_uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/it:1"})["thumbs-function"].inputs
    assert (plain["packageType"], plain["imageUri"][-4:]) == ("Image", "it:1")
    assert plain.keys().isdisjoint({"runtime", "handler", "code", "imageConfig", "layers"})
    commanded = function(code={"image_uri": "it:1", "handler": "main.handle"})["thumbs-function"].inputs
    assert commanded["imageConfig"] == {"commands": ["main.handle"]}


def test_in_a_network_it_has_a_group_of_its_own_that_nobody_enters() -> None:
    built = function(placement=PLACEMENT)
    assert built["thumbs-function"].inputs["vpcConfig"] == {
        "subnetIds": ["subnet-3", "subnet-4"],
        "securityGroupIds": ["thumbs-sg-id"],
    }
    assert built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") == []
    ways = {
        rule.name: (rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in built.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    }
    assert ways == {
        "thumbs-sg-to-vpc": ("10.0.0.0/16", 0, 65_535),
        "thumbs-sg-to-internet": ("0.0.0.0/0", 443, 443),
    }
    assert built.value(built.result.security_group_id) == "thumbs-sg-id"


def test_only_lambda_itself_may_use_its_permissions_on_networks() -> None:
    built = function(placement=PLACEMENT)
    network = allowed(built)["*"] - TRACES
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    assert network == {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    }
    [denial] = statements(built["thumbs-network-denial"].inputs["policy"])
    assert (denial["Effect"], set(denial["Action"])) == ("Deny", network)
    assert denial["Condition"] == {
        "ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:123456789012:thumbs-function"}
    }
    assert "thumbs-network-denial" in built["thumbs-live"].depends_on


def test_an_event_that_failed_is_tried_twice_more_and_then_a_dead_letter_for_14_days() -> None:
    built = function()
    asynchronous = built["thumbs-asynchronous"].inputs
    assert (asynchronous["qualifier"], asynchronous["maximumRetryAttempts"]) == ("live", 2)
    assert asynchronous["maximumEventAgeInSeconds"] == 21_600
    assert "destinationConfig" not in asynchronous
    assert built["thumbs-function"].inputs["deadLetterConfig"] == {"targetArn": DLQ}
    dlq = built["thumbs-dlq"].inputs
    assert (dlq["messageRetentionSeconds"], dlq["sqsManagedSseEnabled"]) == (1_209_600, True)
    assert json.loads(dlq["redriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
    [denial] = statements(built["thumbs-dlq-policy"].inputs["policy"])
    assert (denial["Effect"], denial["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize(
    ("arn", "action", "resources"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:failed", "sqs:SendMessage", 1),
        ("arn:aws:sns:us-east-1:123456789012:failed", "sns:Publish", 1),
        ("arn:aws:lambda:us-east-1:123456789012:function:failed", "lambda:InvokeFunction", 1),
        ("arn:aws:events:us-east-1:123456789012:event-bus/failed", "events:PutEvents", 1),
        ("arn:aws:s3:::failed", "s3:PutObject", 2),
    ],
)
def test_what_failed_goes_where_it_is_told(arn: str, action: str, resources: int) -> None:
    built = function(asynchronous={"on_failure_arn": pulumi.Output.from_input(arn), "retries": 0})
    asynchronous = built["thumbs-asynchronous"].inputs
    assert asynchronous["destinationConfig"] == {"onFailure": {"destination": arn}}
    assert asynchronous["maximumRetryAttempts"] == 0
    assert "deadLetterConfig" not in built["thumbs-function"].inputs
    found = allowed(built)
    assert action in found[arn]
    assert len(found) == len(AT_LEAST) + resources


def test_results_go_where_they_are_told() -> None:
    built = function(asynchronous={"on_success_arn": NEWS, "maximum_age_seconds": 60})
    asynchronous = built["thumbs-asynchronous"].inputs
    assert asynchronous["destinationConfig"] == {"onSuccess": {"destination": NEWS}}
    assert asynchronous["maximumEventAgeInSeconds"] == 60
    assert built["thumbs-function"].inputs["deadLetterConfig"] == {"targetArn": DLQ}
    assert allowed(built) == {**AT_LEAST, NEWS: {"sns:Publish"}}


def test_a_url_is_for_those_whom_iam_allows() -> None:
    built = function(url={})
    url = built["thumbs-url"].inputs
    assert (url["authorizationType"], url["qualifier"], url["invokeMode"]) == ("AWS_IAM", "live", "BUFFERED")
    assert "cors" not in url
    assert built.of(PERMISSION) == []
    assert built.value(built.result.function_url) == "https://thumbs-url.lambda-url.us-east-1.on.aws/"
    [statement] = statements(built.value(built.result.invoke_policy_json))
    assert statement["Action"] == ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]


def test_a_public_url_lets_everybody_call_by_it_alone() -> None:
    built = function(url={"public": True, "streaming": True, "cors": {"origins": ["https://a.com"]}})
    url = built["thumbs-url"].inputs
    assert (url["authorizationType"], url["invokeMode"]) == ("NONE", "RESPONSE_STREAM")
    assert url["cors"] == {
        "allowOrigins": ["https://a.com"],
        "allowMethods": ["*"],
        "allowCredentials": False,
        "maxAge": 0,
    }
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    permissions = {
        permission.inputs["action"]: (
            permission.inputs["principal"],
            permission.inputs["qualifier"],
            permission.inputs.get("functionUrlAuthType"),
            permission.inputs.get("invokedViaFunctionUrl"),
        )
        for permission in built.of(PERMISSION)
    }
    assert permissions == {
        "lambda:InvokeFunctionUrl": ("*", "live", "NONE", None),
        "lambda:InvokeFunction": ("*", "live", None, True),
    }


def test_a_queue_is_read_in_batches_of_which_failed_messages_come_back() -> None:
    built = function(queues={"jobs": {"queue_arn": QUEUE}})
    source = built["thumbs-queue-jobs"].inputs
    assert source == {
        "eventSourceArn": QUEUE,
        "functionName": LIVE,
        "batchSize": 10,
        "maximumBatchingWindowInSeconds": 0,
        "functionResponseTypes": ["ReportBatchItemFailures"],
    }
    reads = {"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
    assert allowed(built) == {**AT_LEAST, QUEUE: reads}
    assert {"thumbs-function-policy", "thumbs-asynchronous"} <= built["thumbs-queue-jobs"].depends_on


def test_a_queue_is_read_as_it_is_told() -> None:
    given = {
        "queue_arn": QUEUE,
        "batch_size": 100,
        "batch_window_seconds": 5,
        "maximum_concurrency": 7,
        "filters": [{"body": {"kind": ["video"]}}],
    }
    source = function(queues={"jobs": given})["thumbs-queue-jobs"].inputs
    assert (source["batchSize"], source["maximumBatchingWindowInSeconds"]) == (100, 5)
    assert source["scalingConfig"] == {"maximumConcurrency": 7}
    assert [json.loads(one["pattern"]) for one in source["filterCriteria"]["filters"]] == given["filters"]


def test_a_stream_stands_still_behind_no_record() -> None:
    built = function(streams={"orders": {"stream_arn": TABLE_STREAM}})
    source = built["thumbs-stream-orders"].inputs
    assert source == {
        "eventSourceArn": TABLE_STREAM,
        "functionName": LIVE,
        "startingPosition": "TRIM_HORIZON",
        "batchSize": 100,
        "maximumBatchingWindowInSeconds": 0,
        "parallelizationFactor": 1,
        "bisectBatchOnFunctionError": True,
        "maximumRetryAttempts": 5,
        "maximumRecordAgeInSeconds": 86_400,
        "destinationConfig": {"onFailure": {"destinationArn": DLQ}},
        "functionResponseTypes": ["ReportBatchItemFailures"],
    }
    alarm = built["thumbs-iterator-age-alarm"].inputs
    assert (alarm["metricName"], alarm["statistic"], alarm["threshold"]) == ("IteratorAge", "Maximum", 300_000)


def test_a_stream_is_read_as_it_is_told() -> None:
    given = {
        "stream_arn": KINESIS,
        "start": "newest",
        "batch_size": 10,
        "batch_window_seconds": 1,
        "parallel_batches": 4,
        "retries": 2,
        "maximum_record_age_seconds": 60,
        "filters": [{"data": {"kind": ["click"]}}],
    }
    source = function(streams={"clicks": given})["thumbs-stream-clicks"].inputs
    assert (source["startingPosition"], source["batchSize"], source["parallelizationFactor"]) == ("LATEST", 10, 4)
    assert (source["maximumRetryAttempts"], source["maximumRecordAgeInSeconds"]) == (2, 60)
    assert [json.loads(one["pattern"]) for one in source["filterCriteria"]["filters"]] == given["filters"]


@pytest.mark.parametrize(
    ("arn", "reads"),
    [
        (TABLE_STREAM, {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}),
        (KINESIS, {"DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"}),
    ],
)
def test_a_stream_is_read_with_the_permissions_of_its_kind(arn: str, reads: set[str]) -> None:
    built = function(streams={"it": {"stream_arn": pulumi.Output.from_input(arn)}})
    assert allowed(built) == {**AT_LEAST, arn: {f"{arn.split(':')[2]}:{read}" for read in reads}}


def test_a_topic_may_call_it_and_leaves_what_it_could_not_deliver() -> None:
    built = function(topics={"news": {"topic_arn": NEWS, "filter": {"kind": ["urgent"]}, "filter_scope": "body"}})
    subscription = built["thumbs-topic-news"].inputs
    assert (subscription["topic"], subscription["protocol"], subscription["endpoint"]) == (NEWS, "lambda", LIVE)
    assert json.loads(subscription["filterPolicy"]) == {"kind": ["urgent"]}
    assert subscription["filterPolicyScope"] == "MessageBody"
    assert json.loads(subscription["redrivePolicy"]) == {"deadLetterTargetArn": DLQ}
    permission = built["thumbs-topic-permission-news"].inputs
    assert (permission["principal"], permission["sourceArn"]) == ("sns.amazonaws.com", NEWS)
    assert (permission["action"], permission["qualifier"]) == ("lambda:InvokeFunction", "live")
    assert {"thumbs-topic-permission-news", "thumbs-dlq-policy"} <= built["thumbs-topic-news"].depends_on
    _, sends = statements(built["thumbs-dlq-policy"].inputs["policy"])
    assert (sends["Principal"], sends["Resource"]) == ({"Service": "sns.amazonaws.com"}, [DLQ])
    assert sends["Condition"] == {"ArnEquals": {"aws:SourceArn": [NEWS]}}


def test_a_topic_without_a_filter_sends_everything() -> None:
    subscription = function(topics={"news": {"topic_arn": NEWS}})["thumbs-topic-news"].inputs
    assert subscription.keys().isdisjoint({"filterPolicy", "filterPolicyScope"})
    filtered = function(topics={"news": {"topic_arn": NEWS, "filter": {"kind": ["a"]}}})["thumbs-topic-news"].inputs
    assert filtered["filterPolicyScope"] == "MessageAttributes"


def test_a_schedule_calls_it_on_time_by_a_role_for_that_alone() -> None:
    built = function(schedules={"nightly": {"expression": "cron(0 3 * * ? *)"}})
    schedule = built["thumbs-schedule-nightly"].inputs
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == ("cron(0 3 * * ? *)", "UTC")
    assert (schedule["flexibleTimeWindow"], schedule["state"]) == ({"mode": "OFF"}, "ENABLED")
    assert schedule["target"] == {
        "arn": LIVE,
        "roleArn": "arn:aws:iam:us-east-1:123456789012:thumbs-schedule-role",
        "retryPolicy": {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 3600},
        "deadLetterConfig": {"arn": DLQ},
    }
    [trust] = statements(built["thumbs-schedule-role"].inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    may = {
        (*statement["Action"], *statement["Resource"])
        for statement in statements(built["thumbs-schedule-policy"].inputs["policy"])
    }
    assert may == {("lambda:InvokeFunction", LIVE), ("sqs:SendMessage", DLQ)}


def test_a_schedule_is_as_it_is_told() -> None:
    given = {
        "expression": "rate(5 minutes)",
        "timezone": "Europe/Berlin",
        "payload": {"kind": "clean"},
        "window_minutes": 15,
        "retries": 3,
        "maximum_age_seconds": 60,
        "paused": True,
    }
    schedule = function(schedules={"often": given})["thumbs-schedule-often"].inputs
    assert schedule["scheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert schedule["state"] == "DISABLED"
    assert json.loads(schedule["target"]["input"]) == {"kind": "clean"}
    assert schedule["target"]["retryPolicy"] == {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60}


def test_alarms_watch_what_a_user_would_notice() -> None:
    built = function(timeout_seconds=10, alarms={"topic_arn": TOPIC})
    watched = {
        alarm.name: (alarm.inputs["metricName"], alarm.inputs["statistic"], alarm.inputs["threshold"])
        for alarm in built.of(ALARM)
    }
    assert watched == {
        "thumbs-error-alarm": ("Errors", "Sum", 0),
        "thumbs-throttle-alarm": ("Throttles", "Sum", 0),
        # Nine tenths of ten seconds, in milliseconds.
        "thumbs-duration-alarm": ("Duration", "Maximum", 9000),
        "thumbs-dlq-alarm": ("ApproximateNumberOfMessagesVisible", "Maximum", 0),
    }
    dimensions = {alarm.name: alarm.inputs["dimensions"] for alarm in built.of(ALARM)}
    assert dimensions["thumbs-dlq-alarm"] == {"QueueName": "thumbs-dlq-0a1b2c"}
    assert dimensions["thumbs-error-alarm"] == {"FunctionName": "thumbs-function-0a1b2c"}
    assert {tuple(alarm.inputs["okActions"]) for alarm in built.of(ALARM)} == {(TOPIC,)}


def test_policies_are_attached_to_its_role_before_it_runs() -> None:
    built = function(policies={"results": STATEMENT})
    policy = built["thumbs-function-policy-results"]
    assert (policy.inputs["role"], policy.inputs["policy"]) == ("thumbs-function-role-0a1b2c", STATEMENT)
    assert policy.name in built["thumbs-function"].depends_on


def test_a_role_is_let_call_it() -> None:
    def program() -> None:
        role = aws.iam.Role("web", assume_role_policy=STATEMENT)
        Function("thumbs", FunctionArgs(code=cast("Any", code()))).grant_invoke(role)

    grant = build(program)["thumbs-invoke-grant-web"].inputs
    assert grant["role"] == "web-0a1b2c"
    assert statements(grant["policy"]) == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [LIVE]},
    ]


def test_outputs_are_those_of_the_children() -> None:
    built = function()
    found = {name: built.value(getattr(built.result, name)) for name in Function.__annotations__}
    del found["invoke_policy_json"]
    assert found == {
        "function_name": "thumbs-function-0a1b2c",
        "function_arn": LIVE,
        "unqualified_arn": "arn:aws:lambda:us-east-1:123456789012:thumbs-function",
        "invoke_arn": "arn:aws:apigateway:us-east-1:lambda:thumbs-live",
        "version": "8",
        "function_url": "",
        "environment": {"THUMBS_FUNCTION": LIVE},
        "role_name": "thumbs-function-role-0a1b2c",
        "role_arn": "arn:aws:iam:us-east-1:123456789012:thumbs-function-role",
        "log_group_name": "thumbs-function-logs-0a1b2c",
        "dlq_name": "thumbs-dlq-0a1b2c",
        "dlq_url": "https://sqs.us-east-1.amazonaws.com/123456789012/thumbs-dlq",
        "dlq_arn": DLQ,
        "security_group_id": "",
        "alarm_arns": {
            kind: f"arn:aws:cloudwatch:us-east-1:123456789012:thumbs-{kind}"
            for kind in ("dlq-alarm", "duration-alarm", "error-alarm", "throttle-alarm")
        },
    }


def test_overrides_win() -> None:
    overrides = {"function": {"snap_start": {"apply_on": "PublishedVersions"}}, "dlq": {"delay_seconds": 5}}
    built = function(overrides=overrides)
    assert built["thumbs-function"].inputs["snapStart"] == {"applyOn": "PublishedVersions"}
    assert built["thumbs-dlq"].inputs["delaySeconds"] == 5


def test_a_preview_knows_what_is_given_and_leaves_the_rest_open() -> None:
    built = function(preview=True, topics={"news": {"topic_arn": NEWS}}, canary={"stable_version": "7"})
    assert built["thumbs-live"].inputs["functionVersion"] == "7"
    assert built["thumbs-live"].inputs["routingConfig"]["additionalVersionWeights"] == UNKNOWN
    assert built["thumbs-topic-news"].inputs["topic"] == NEWS
    assert built.value(built.result.function_arn) is None


FULL: dict[str, Any] = {
    "placement": PLACEMENT,
    "policies": {"results": STATEMENT},
    "concurrency": {"provisioned": 1},
    "canary": {"stable_version": "7"},
    "url": {"public": True},
    "queues": {"jobs": {"queue_arn": QUEUE}},
    "topics": {"news": {"topic_arn": NEWS}},
    "streams": {"orders": {"stream_arn": TABLE_STREAM}},
    "schedules": {"nightly": {"expression": "rate(1 day)"}},
}


def test_no_child_is_renamed() -> None:
    def program() -> None:
        thumbs = Function("thumbs", cast("Any", {"code": code(), **FULL}))
        thumbs.grant_invoke(aws.iam.Role("web", assume_role_policy=STATEMENT))

    built = build(program)
    golden = GOLDEN.read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources if resource.name != "web") == golden
    assert {resource.urn for resource in function().resources} < set(golden)


sizes = st.fixed_dictionaries(
    {"memory_mb": st.integers(128, 10_240), "timeout_seconds": st.integers(1, 900)},
    optional={
        "ephemeral_storage_mb": st.integers(512, 10_240),
        "log_retention_days": st.sampled_from([1, 30, 365, 3653]),
        "concurrency": st.fixed_dictionaries({}, optional={"provisioned": st.integers(1, 100)}),
        "canary": st.fixed_dictionaries({"stable_version": st.integers(1, 99).map(str)}),
        "url": st.just({}),
        "schedules": st.just({"often": {"expression": "rate(1 minute)"}}),
    },
)


@settings(max_examples=15, deadline=None)
@given(small=sizes, large=sizes)
def test_no_size_changes_what_callers_know(small: dict[str, Any], large: dict[str, Any]) -> None:
    before, after = function(**small), function(**large)
    for name in ("thumbs-function", "thumbs-live", "thumbs-dlq"):
        assert before[name].urn == after[name].urn
    for key in ("name", "functionName", "namePrefix", "fifoQueue", "packageType"):
        for name in ("thumbs-function", "thumbs-live", "thumbs-dlq"):
            assert before[name].inputs.get(key) == after[name].inputs.get(key)


def test_the_policy_pack_sees_a_queue_that_gives_too_little_time() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=30)
        Function("thumbs", cast("Any", {"code": code(), "queues": {"jobs": {"queue_arn": queue.arn}}}))

    judged = Pack().judge(run(program, preview=False))
    assert "dec-visibility-6x-lambda" in {each.policyName for each in judged}


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no code": ({"code": {}}, "code: nothing is given; allowed: one of folder, archive and image_uri"),
    "two codes": (
        {"code": code(image_uri="it:1")},
        "code: archive and image_uri are given; allowed: one of folder, archive and image_uri",
    ),
    "no handler": (
        {"code": {"archive": pulumi.FileArchive(".")}},
        "code.handler: nothing is given; allowed: a text: the function in the code, main.handle",
    ),
    "an image's runtime": (
        {"code": {"image_uri": "it:1", "runtime": "python3.13"}},
        "code.runtime: it is given beside image_uri; allowed: nothing: the image has it in itself",
    ),
    "many layers": ({"code": code(layers=["a"] * 6)}, "code.layers: 6 is given; allowed: 0 to 5 layers"),
    "no such folder": (
        {"code": {"folder": "no/such", "handler": "main.handle"}},
        "code.folder: 'no/such' is given; allowed: a folder, seen from",
    ),
    "little memory": ({"memory_mb": 127}, "memory_mb: 127 is given; allowed: 128 to 10240 MB"),
    "much time": ({"timeout_seconds": 901}, "timeout_seconds: 901 is given; allowed: 1 to 900 seconds"),
    "a timeout that is unknown": (
        {"timeout_seconds": pulumi.Output.from_input(30)},
        "timeout_seconds: an Output is given; allowed: a whole number that is known before anything exists",
    ),
    "little space": ({"ephemeral_storage_mb": 511}, "ephemeral_storage_mb: 511 is given; allowed: 512 to 10240 MB"),
    "a variable's name": (
        {"environment": {"MY-LEVEL": "high"}},
        "environment.MY-LEVEL: it has this name; allowed: a letter, and one or more letters, digits and",
    ),
    "no policy": ({"policies": {"a": "{}"}}, "policies.a: '{}' is given; allowed: an IAM policy"),
    "a retention nobody knows": ({"log_retention_days": 31}, "log_retention_days: 31 is given; allowed: one of 1, 3"),
    "more ready than may run": (
        {"concurrency": {"reserved": 1, "provisioned": 2}},
        "concurrency.provisioned: 2 is given, with 1 as reserved; allowed: up to 1 environments",
    ),
    "none ready": (
        {"concurrency": {"provisioned": 0}},
        "concurrency.provisioned: 0 is given; allowed: 1 to 100000 environments",
    ),
    "a canary for all": (
        {"canary": {"stable_version": "7", "percent": 100}},
        "canary.percent: 100 is given; allowed: 0 to 99 percent",
    ),
    "a canary's name": (
        {"canary": {"stable_version": "live"}},
        "canary.stable_version: 'live' is given; allowed: a version's number: '7'",
    ),
    "many tries": ({"asynchronous": {"retries": 3}}, "asynchronous.retries: 3 is given; allowed: 0 to 2 tries"),
    "a short life": (
        {"asynchronous": {"maximum_age_seconds": 59}},
        "asynchronous.maximum_age_seconds: 59 is given; allowed: 60 to 21600 seconds",
    ),
    "no destination": (
        {"asynchronous": {"on_failure_arn": "arn:aws:dynamodb:us-east-1:123456789012:table/t"}},
        "asynchronous.on_failure_arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/t' is given; allowed: the ARN of",
    ),
    "results in a bucket": (
        {"asynchronous": {"on_success_arn": "arn:aws:s3:::results"}},
        "asynchronous.on_success_arn: 'arn:aws:s3:::results' is given; allowed: the ARN of a queue, a topic,",
    ),
    "cookies for everybody": (
        {"url": {"cors": {"origins": ["*"], "credentials": True}}},
        "url.cors.credentials: True is given with all origins; allowed: False, or the origins one by one",
    ),
    "nobody's pages": (
        {"url": {"cors": {"origins": []}}},
        "url.cors.origins: nobody is given; allowed: one origin or more",
    ),
    "no such method": (
        {"url": {"cors": {"origins": ["*"], "methods": ["OPTIONS"]}}},
        "url.cors.methods[0]: 'OPTIONS' is given; allowed: GET, HEAD, POST, PUT, PATCH, DELETE, *",
    ),
    "no queue": (
        {"queues": {"jobs": {"queue_arn": NEWS}}},
        f"queues.jobs.queue_arn: '{NEWS}' is given; allowed: the ARN of a queue",
    ),
    "a batch that cannot fill": (
        {"queues": {"jobs": {"queue_arn": QUEUE, "batch_size": 11}}},
        "queues.jobs.batch_size: 11 is given without a batch window; allowed: 1 to 10 messages, or a",
    ),
    "one at a time": (
        {"queues": {"jobs": {"queue_arn": QUEUE, "maximum_concurrency": 1}}},
        "queues.jobs.maximum_concurrency: 1 is given; allowed: 2 to 1000 batches at a time",
    ),
    "many filters": (
        {"queues": {"jobs": {"queue_arn": QUEUE, "filters": [{"body": {"a": [1]}}] * 11}}},
        "queues.jobs.filters: 11 is given; allowed: 1 to 10 patterns",
    ),
    "a source's name": (
        {"queues": {"a b": {"queue_arn": QUEUE}}},
        "queues.a b: it has this name; allowed: a letter, and up to 29 letters, digits, underscores and hyphens",
    ),
    "a FIFO topic": (
        {"topics": {"news": {"topic_arn": f"{NEWS}.fifo"}}},
        f"topics.news.topic_arn: '{NEWS}.fifo' is given; allowed: the ARN of a topic; a FIFO topic sends to queues",
    ),
    "a scope of nothing": (
        {"topics": {"news": {"topic_arn": NEWS, "filter_scope": "body"}}},
        "topics.news.filter_scope: it is given without a filter; allowed: nothing, or a filter beside it",
    ),
    "a table": (
        {"streams": {"orders": {"stream_arn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders"}}},
        "streams.orders.stream_arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders' is given; allowed: the ARN",
    ),
    "many batches": (
        {"streams": {"orders": {"stream_arn": TABLE_STREAM, "parallel_batches": 11}}},
        "streams.orders.parallel_batches: 11 is given; allowed: 1 to 10 batches",
    ),
    "no time": (
        {"schedules": {"often": {"expression": "5 minutes"}}},
        "schedules.often.expression: '5 minutes' is given; allowed: rate(5 minutes), cron(0 8 ? * MON-FRI *) or at(",
    ),
    "no such zone": (
        {"schedules": {"often": {"expression": "rate(1 day)", "timezone": "Europe/Berlim"}}},
        "schedules.often.timezone: 'Europe/Berlim' is given; allowed: a time zone of the IANA: Europe/Berlin",
    ),
    "many tries of a call": (
        {"schedules": {"often": {"expression": "rate(1 day)", "retries": 186}}},
        "schedules.often.retries: 186 is given; allowed: 0 to 185 tries",
    ),
    "no such argument": ({"memory": 3}, "memory: there is no such argument; allowed: alarms"),
    "no such child": ({"overrides": {"functions": {}}}, "overrides.functions: there is no such child; allowed:"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: Function("thumbs", cast("Any", {"code": code(), **args})))
    assert refusal.text.startswith("Function 'thumbs' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


@pytest.mark.parametrize("name", ["", "a" * 43, "my thumbs", "thumbs.it"])
def test_a_name_that_makes_no_names_on_aws_is_refused(name: str) -> None:
    assert refused(lambda: Function(name, cast("Any", {"code": code()}))).faults.keys() == {"name"}


def test_the_longest_names_leave_room_for_pulumis_random_characters() -> None:
    name, key = "a" * 42, "k" * 30
    sources = {"topics": {key: {"topic_arn": NEWS}}, "schedules": {"kkkk": {"expression": "rate(1 day)"}}}
    built = build(lambda: Function(name, cast("Any", {"code": code(), **sources})))
    limits = {
        "aws:iam/role:Role": 64,
        "aws:lambda/function:Function": 64,
        "aws:scheduler/schedule:Schedule": 64,
        "aws:sqs/queue:Queue": 80,
        PERMISSION: 100,
    }
    for token, limit in limits.items():
        assert max(len(f"{resource.name}-0123456") for resource in built.of(token)) <= limit
    longer = {"schedules": {"kkkkk": {"expression": "rate(1 day)"}}}
    refusal = refused(lambda: Function(name, cast("Any", {"code": code(), **longer})))
    assert refusal.faults.keys() == {"schedules.kkkkk"}


def test_what_turns_out_to_be_no_source_is_told_in_words() -> None:
    with pytest.raises(TenfoldError, match="delivers to a queue, topic, function, event bus or bucket, and not to 'x'"):
        delivery("x")
    with pytest.raises(TenfoldError, match="reads streams of DynamoDB tables and of Kinesis, and not ''"):
        stream_reading("")
