"""Topic: every default, every subscriber, every refusal, and what may change without losing a message."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest

from tenfold.errors import TenfoldError
from tenfold.topic import Topic
from tenfold.topic_arguments import TopicArgs, TopicSubscriberArgs
from tests.components.building import Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "topic.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:news-topic"
ALARMS = "arn:aws:sns:us-east-1:123456789012:alarms"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OWN_KEY = "arn:aws:kms:us-east-1:123456789012:news-key"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:images"
STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/lake"
ROOT = "arn:aws:iam::123456789012:root"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ENDPOINTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "queue": ({"queue": {"queue_arn": QUEUE}}, "sqs", QUEUE),
    "function": ({"function_arn": FUNCTION}, "lambda", FUNCTION),
    "https": ({"https": {"url": "https://www.example.com/hook"}}, "https", "https://www.example.com/hook"),
    "email": ({"email": "operator@example.com"}, "email", "operator@example.com"),
    "sms": ({"sms": "+12065550100"}, "sms", "+12065550100"),
    "firehose": ({"firehose_arn": STREAM}, "firehose", STREAM),
}
"""A subscriber of each kind, with the protocol and the endpoint that SNS knows it by."""


def topic(preview: bool = False, **args: Any) -> Built[Topic]:
    return build(lambda: Topic("news", cast("TopicArgs", args)), preview=preview)


def told(**subscriber: Any) -> Built[Topic]:
    """A topic with one subscriber, `jobs`."""
    return topic(subscribers={"jobs": subscriber})


def faults(**args: Any) -> dict[str, tuple[str, str]]:
    refusal = refused(lambda: Topic("news", cast("TopicArgs", args)))
    assert refusal.resources == ()
    return refusal.faults


def wrong(**subscriber: Any) -> dict[str, tuple[str, str]]:
    """The faults of a subscriber, `jobs`, by what follows its path."""
    found = faults(subscribers={"jobs": subscriber})
    return {path.removeprefix("subscribers.jobs").removeprefix("."): fault for path, fault in found.items()}


def statements(document: str) -> dict[str, dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return {statement.get("Sid", str(index)): statement for index, statement in enumerate(found["Statement"])}


def test_a_topic_is_signed_with_sha_256_and_seen_by_x_ray() -> None:
    made = topic()["news-topic"].inputs
    assert (made["signatureVersion"], made["tracingConfig"]) == (2, "Active")
    assert not {"fifoTopic", "archivePolicy", "deliveryPolicy", "displayName"} & made.keys()


def test_a_topic_can_be_others() -> None:
    made = topic(tracing=False, display_name=pulumi.Output.from_input("Shop"))["news-topic"].inputs
    assert (made["tracingConfig"], made["displayName"]) == ("PassThrough", "Shop")


def test_messages_are_encrypted_with_a_key_of_the_topic_s_own_that_changes_each_year() -> None:
    built = topic()
    assert built["news-topic"].inputs["kmsMasterKeyId"] == OWN_KEY
    key = built["news-key"].inputs
    # SNS tries for up to 23 days: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert built.value(built.result.kms_key_arn) == OWN_KEY


def test_the_key_is_for_this_topic_s_publishers_alone() -> None:
    services = {"uploads": {"service": "s3.amazonaws.com"}, "mails": {"service": "ses.amazonaws.com"}}
    built = topic(publishers={"services": services, "account_ids": ["210987654321"]})
    policy = built["news-key-policy"].inputs
    assert policy["keyId"] == "news-key-id"
    found = statements(policy["policy"])
    assert found["Account"]["Principal"] == {"AWS": ROOT}
    publishers = found["Publishers"]
    assert publishers["Principal"] == {
        "Service": ["cloudwatch.amazonaws.com", "s3.amazonaws.com", "ses.amazonaws.com"],
        "AWS": ["arn:aws:iam::210987654321:root"],
    }
    assert set(publishers["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert publishers["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": TOPIC}}


def test_a_key_that_no_service_uses_is_for_the_account_s_roles() -> None:
    built = topic(publishers={"cloudwatch_alarms": False})
    assert statements(built["news-key-policy"].inputs["policy"]).keys() == {"Account"}


@pytest.mark.parametrize("key", [KEY, pulumi.Output.from_input(KEY)], ids=["known", "later"])
def test_another_key_can_be_given(key: Any) -> None:
    built = topic(kms_key_arn=key)
    assert built["news-topic"].inputs["kmsMasterKeyId"] == KEY
    assert "news-key" not in built
    assert "news-key-policy" not in built
    assert statements(built.value(built.result.publisher_policy_json))["Key"]["Resource"] == KEY


def test_a_topic_can_do_without_a_key() -> None:
    built = topic(own_kms_key=False)
    assert "kmsMasterKeyId" not in built["news-topic"].inputs
    assert not built.of("aws:kms/key:Key")
    assert built.value(built.result.kms_key_arn) == ""
    assert statements(built.value(built.result.publisher_policy_json)).keys() == {"Topic"}


def test_a_fifo_topic_counts_and_compares_within_a_message_group() -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/fifo-high-throughput.html
    made = topic(fifo=True, content_based_deduplication=True)["news-topic"].inputs
    assert (made["fifoTopic"], made["contentBasedDeduplication"]) == (True, True)
    assert made["fifoThroughputScope"] == "MessageGroup"
    assert "tracingConfig" not in made
    assert topic(fifo=True, throughput_scope="topic")["news-topic"].inputs["fifoThroughputScope"] == "Topic"


@pytest.mark.parametrize("days", [365, pulumi.Output.from_input(365)], ids=["known", "later"])
def test_a_fifo_topic_can_keep_what_was_published_for_replays(days: Any) -> None:
    subscriber = {"queue": {"queue_arn": f"{QUEUE}.fifo"}, "replay": {"start": "2026-11-25T08:00:00.000Z"}}
    built = topic(fifo=True, archive_days=days, subscribers={"jobs": subscriber})
    assert json.loads(built["news-topic"].inputs["archivePolicy"]) == {"MessageRetentionPeriod": 365}
    replay = built["news-subscription-jobs"].inputs["replayPolicy"]
    assert json.loads(replay) == {"PointType": "Timestamp", "StartingPoint": "2026-11-25T08:00:00.000Z"}


def test_a_replay_can_have_an_end() -> None:
    replay = {"start": "2026-11-25T08:00:00Z", "end": "2026-11-25T09:00:00Z"}
    subscriber = {"queue": {"queue_arn": f"{QUEUE}.fifo"}, "replay": replay}
    built = topic(fifo=True, archive_days=30, subscribers={"jobs": subscriber})
    assert json.loads(built["news-subscription-jobs"].inputs["replayPolicy"]) == {
        "PointType": "Timestamp",
        "StartingPoint": "2026-11-25T08:00:00Z",
        "EndingPoint": "2026-11-25T09:00:00Z",
    }


def test_a_topic_refuses_what_does_not_come_over_tls_and_lets_the_account_s_alarms_publish() -> None:
    policy = topic()["news-topic-policy"].inputs
    assert policy["arn"] == TOPIC
    found = statements(policy["policy"])
    assert found.keys() == {"TlsAlone", "Alarms"}
    denied = found["TlsAlone"]
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", "*", TOPIC)
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes"} <= set(denied["Action"])
    allowed = found["Alarms"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (allowed["Action"], allowed["Resource"]) == (["sns:Publish"], TOPIC)
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


@pytest.mark.parametrize("args", [{"fifo": True}, {"publishers": {"cloudwatch_alarms": False}}], ids=["fifo", "off"])
def test_alarms_need_not_publish(args: dict[str, Any]) -> None:
    built = topic(**args)
    assert statements(built["news-topic-policy"].inputs["policy"]).keys() == {"TlsAlone"}


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ({"service": "budgets.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": "123456789012"}}),
        (
            {"service": "ses.amazonaws.com", "source_account_id": "210987654321"},
            {"StringEquals": {"aws:SourceAccount": "210987654321"}},
        ),
        (
            {"service": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::uploads"},
            {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"},
            },
        ),
        (
            {
                "service": "events.amazonaws.com",
                "source_arn": pulumi.Output.from_input("arn:aws:events:us-east-1:123456789012:rule/nightly"),
            },
            {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/nightly"}},
        ),
    ],
    ids=["the account's", "another account's", "a bucket's", "a rule's"],
)
def test_a_service_publishes_for_one_account_or_one_source(service: Any, condition: dict[str, Any]) -> None:
    found = statements(topic(publishers={"services": {"it": service}})["news-topic-policy"].inputs["policy"])
    assert found["Serviceit"]["Principal"] == {"Service": service["service"]}
    assert found["Serviceit"]["Action"] == ["sns:Publish"]
    assert found["Serviceit"]["Condition"] == condition


def test_another_account_may_publish_and_nothing_else() -> None:
    found = statements(topic(publishers={"account_ids": ["210987654321"]})["news-topic-policy"].inputs["policy"])
    allowed = found["Account210987654321"]
    assert allowed["Principal"] == {"AWS": "arn:aws:iam::210987654321:root"}
    assert (allowed["Effect"], allowed["Action"], allowed["Resource"]) == ("Allow", ["sns:Publish"], TOPIC)


def test_a_publisher_may_publish_to_this_topic_and_use_its_key() -> None:
    built = topic()
    found = statements(built.value(built.result.publisher_policy_json))
    assert (found["Topic"]["Action"], found["Topic"]["Resource"]) == (["sns:Publish"], TOPIC)
    assert set(found["Key"]["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert found["Key"]["Resource"] == OWN_KEY


def test_programs_find_the_topic_in_their_environment() -> None:
    built = build(lambda: Topic("order-news", {}))
    arn = "arn:aws:sns:us-east-1:123456789012:order-news-topic"
    assert built.value(built.result.environment) == {"ORDER_NEWS_TOPIC_ARN": arn}
    assert built.value(built.result.topic_arn) == arn
    assert built.value(built.result.topic_name) == "order-news-topic-0a1b2c"


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_each_kind_of_subscriber_is_subscribed(kind: str) -> None:
    subscriber, protocol, endpoint = ENDPOINTS[kind]
    subscription = told(**subscriber)["news-subscription-jobs"].inputs
    assert (subscription["topic"], subscription["protocol"], subscription["endpoint"]) == (TOPIC, protocol, endpoint)
    assert not {"filterPolicy", "filterPolicyScope", "rawMessageDelivery", "replayPolicy"} & subscription.keys()


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_what_a_subscriber_cannot_be_given_is_kept_in_a_queue_of_its_own(kind: str) -> None:
    built = told(**ENDPOINTS[kind][0])
    redrive = built["news-subscription-jobs"].inputs["redrivePolicy"]
    dlq = "arn:aws:sqs:us-east-1:123456789012:news-dlq-jobs"
    assert json.loads(redrive) == {"deadLetterTargetArn": dlq}
    queue = built["news-dlq-jobs"].inputs
    assert (queue["messageRetentionSeconds"], queue["sqsManagedSseEnabled"]) == (14 * 86_400, True)
    assert json.loads(queue["redriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
    found = statements(built["news-dlq-policy-jobs"].inputs["policy"])
    assert found.keys() == {"TlsAlone", "Sendertopic"}
    assert found["TlsAlone"]["Effect"] == "Deny"
    assert found["Sendertopic"]["Principal"] == {"Service": "sns.amazonaws.com"}
    assert found["Sendertopic"]["Action"] == ["sqs:SendMessage"]
    assert found["Sendertopic"]["Condition"] == {"ArnEquals": {"aws:SourceArn": TOPIC}}
    assert "news-dlq-policy-jobs" in built["news-subscription-jobs"].depends_on
    assert built.value(built.result.dlq_arns) == {"jobs": dlq}
    assert built.value(built.result.dlq_urls)["jobs"].endswith("/news-dlq-jobs")


def test_a_subscriber_can_do_without_dead_letters() -> None:
    built = told(email="operator@example.com", dlq=False)
    assert not built.of("aws:sqs/queue:Queue")
    assert "redrivePolicy" not in built["news-subscription-jobs"].inputs
    assert built.value(built.result.dlq_arns) == {}


def test_the_dead_letters_of_a_fifo_topic_are_in_a_fifo_queue() -> None:
    built = topic(fifo=True, subscribers={"jobs": {"queue": {"queue_arn": f"{QUEUE}.fifo"}}})
    assert built["news-dlq-jobs"].inputs["fifoQueue"] is True


def test_a_fifo_topic_delivers_to_standard_queues_too() -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
    built = topic(fifo=True, subscribers={"jobs": {"queue": {"queue_arn": QUEUE}}})
    assert built["news-subscription-jobs"].inputs["endpoint"] == QUEUE


def test_a_queue_that_is_given_by_its_url_gets_a_policy_that_allows_the_topic_and_other_senders() -> None:
    other = pulumi.Output.from_input(ALARMS)
    built = told(queue={"queue_arn": QUEUE, "queue_url": URL, "senders": {"alarms": other}})
    policy = built["news-queue-policy-jobs"].inputs
    assert policy["queueUrl"] == URL
    found = statements(policy["policy"])
    assert found.keys() == {"TlsAlone", "Sendertopic", "Senderalarms"}
    sources = {sid: each["Condition"]["ArnEquals"]["aws:SourceArn"] for sid, each in found.items() if sid[0] == "S"}
    assert sources == {"Sendertopic": TOPIC, "Senderalarms": ALARMS}
    assert {each["Resource"] for each in found.values()} == {QUEUE}
    assert "news-queue-policy-jobs" in built["news-subscription-jobs"].depends_on


def test_a_queue_that_has_a_policy_keeps_it() -> None:
    assert [each.name for each in told(queue={"queue_arn": QUEUE}).of("aws:sqs/queuePolicy:QueuePolicy")] == [
        "news-dlq-policy-jobs"
    ]


@pytest.mark.parametrize(
    ("arn", "qualifier"), [(FUNCTION, None), (f"{FUNCTION}:live", "live")], ids=["function", "alias"]
)
def test_a_function_may_be_called_by_this_topic_alone(arn: str, qualifier: str | None) -> None:
    built = told(function_arn=pulumi.Output.from_input(arn))
    permission = built["news-function-permission-jobs"].inputs
    assert (permission["function"], permission.get("qualifier")) == (FUNCTION, qualifier)
    assert (permission["action"], permission["principal"]) == ("lambda:InvokeFunction", "sns.amazonaws.com")
    assert permission["sourceArn"] == TOPIC
    assert built["news-subscription-jobs"].inputs["endpoint"] == arn
    assert "news-function-permission-jobs" in built["news-subscription-jobs"].depends_on


def test_a_stream_is_written_to_by_a_role_that_may_do_nothing_else() -> None:
    built = told(firehose_arn=STREAM)
    assert built["news-subscription-jobs"].inputs["subscriptionRoleArn"].endswith("news-firehose-role-jobs")
    (trust,) = statements(built["news-firehose-role-jobs"].inputs["assumeRolePolicy"]).values()
    assert trust["Principal"] == {"Service": "sns.amazonaws.com"}
    (allowed,) = statements(built["news-firehose-policy-jobs"].inputs["policy"]).values()
    assert {"firehose:PutRecord", "firehose:PutRecordBatch"} < set(allowed["Action"])
    assert (allowed["Resource"], "*" in "".join(allowed["Action"])) == (STREAM, False)
    assert "news-firehose-policy-jobs" in built["news-subscription-jobs"].depends_on


def test_an_endpoint_can_confirm_by_itself_and_be_tried_in_its_own_way() -> None:
    delivery = {"retries": 10, "min_delay_seconds": 30, "backoff": "exponential", "max_per_second": 50}
    https = {"url": "https://example.com", "auto_confirms": True, "confirmation_minutes": 5, "delivery": delivery}
    made = told(https=https)["news-subscription-jobs"].inputs
    assert (made["endpointAutoConfirms"], made["confirmationTimeoutInMinutes"]) == (True, 5)
    assert json.loads(made["deliveryPolicy"]) == {
        "healthyRetryPolicy": {
            "numRetries": 10,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "numMaxDelayRetries": 0,
            "minDelayTarget": 30,
            "maxDelayTarget": 30,
            "backoffFunction": "exponential",
        },
        "throttlePolicy": {"maxReceivesPerSecond": 50},
    }


def test_all_endpoints_can_be_tried_in_another_way() -> None:
    built = topic(https_delivery={"max_delay_seconds": 600, "max_per_second": pulumi.Output.from_input(5)})
    http = json.loads(built["news-topic"].inputs["deliveryPolicy"])["http"]
    retries = http["defaultHealthyRetryPolicy"]
    assert (retries["numRetries"], retries["minDelayTarget"], retries["maxDelayTarget"]) == (3, 20, 600)
    assert retries["backoffFunction"] == "linear"
    assert http["defaultThrottlePolicy"] == {"maxReceivesPerSecond": 5}


def test_a_subscriber_gets_what_its_filter_lets_through_and_as_it_was_published() -> None:
    made = told(queue={"queue_arn": QUEUE}, filter={"kind": ["order"]}, raw=True)["news-subscription-jobs"].inputs
    assert json.loads(made["filterPolicy"]) == {"kind": ["order"]}
    assert (made["filterPolicyScope"], made["rawMessageDelivery"]) == ("MessageAttributes", True)
    made = told(email="a@b.example", filter={"kind": {"of": ["order"]}}, filter_scope="body")["news-subscription-jobs"]
    assert made.inputs["filterPolicyScope"] == "MessageBody"


def test_a_subscriber_comes_and_goes_and_touches_no_other() -> None:
    few = topic(subscribers={"jobs": {"queue": {"queue_arn": QUEUE}}, "mails": {"email": "a@b.example"}})
    more = topic(
        subscribers={
            "archive": {"firehose_arn": STREAM},
            "jobs": {"queue": {"queue_arn": QUEUE}},
            "mails": {"email": "a@b.example"},
        }
    )
    inputs = {each.urn: each.inputs for each in more.resources if each.name != "news"}
    assert all(inputs[each.urn] == each.inputs for each in few.resources if each.name != "news")
    new = {each.name for each in more.resources} - {each.name for each in few.resources}
    assert all(name.endswith("-archive") for name in new)


def test_subscriptions_are_told_by_name() -> None:
    built = topic(subscribers={"jobs": {"queue": {"queue_arn": QUEUE}}, "mails": {"email": "a@b.example"}})
    assert built.value(built.result.subscription_arns) == {
        key: f"arn:aws:sns:us-east-1:123456789012:news-subscription-{key}" for key in ("jobs", "mails")
    }


def test_a_queue_that_names_the_topic_subscribes_after_it() -> None:
    def program() -> Topic:
        news = Topic("news", {"alarms": {"topic_arn": ALARMS}})
        jobs = aws.sqs.Queue("jobs")
        news.subscribe("jobs", {"queue": {"queue_arn": jobs.arn}}, pulumi.ResourceOptions(depends_on=[jobs]))
        return news

    built = build(program)
    subscription = built["news-subscription-jobs"]
    assert subscription.inputs["endpoint"] == "arn:aws:sqs:us-east-1:123456789012:jobs"
    assert {"jobs", "news-dlq-policy-jobs"} <= subscription.depends_on
    assert subscription.parent == built["news"].urn
    assert built["news-dlq-alarm-jobs"].inputs["alarmActions"] == [ALARMS]


def test_a_subscriber_that_comes_later_is_looked_at_too() -> None:
    def subscribing(name: str, subscriber: dict[str, Any]) -> None:
        news = Topic("news", {"subscribers": {"jobs": {"queue": {"queue_arn": QUEUE}}}})
        news.subscribe(name, cast("TopicSubscriberArgs", subscriber))

    assert refused(lambda: subscribing("mails", {"email": "nobody"})).faults.keys() == {"subscribers.mails.email"}
    twice = refused(lambda: subscribing("again", {"queue": {"queue_arn": QUEUE}})).faults
    assert len(twice) == 1
    with pytest.raises(TenfoldError, match="has a subscriber 'jobs' already"):
        build(lambda: subscribing("jobs", {"email": "a@b.example"}))


def test_deliveries_are_logged_by_a_role_into_groups_that_do_not_keep_them_for_ever() -> None:
    built = topic(delivery_logs={"success_percent": 10})
    made = built["news-topic"].inputs
    role = "arn:aws:iam:us-east-1:123456789012:news-delivery-role"
    for prefix in ("application", "firehose", "http", "lambda", "sqs"):
        assert made[f"{prefix}SuccessFeedbackRoleArn"] == made[f"{prefix}FailureFeedbackRoleArn"] == role
        assert made[f"{prefix}SuccessFeedbackSampleRate"] == 10
    # https://docs.aws.amazon.com/sns/latest/dg/msg-status-sdk.html
    names = {key: built[f"news-delivery-logs-{key}"].inputs for key in ("success", "failure")}
    assert names["success"]["name"] == "sns/us-east-1/123456789012/news-topic"
    assert names["failure"]["name"] == "sns/us-east-1/123456789012/news-topic/Failure"
    assert {each["retentionInDays"] for each in names.values()} == {30}
    (allowed,) = statements(built["news-delivery-policy"].inputs["policy"]).values()
    assert {"logs:CreateLogStream", "logs:PutLogEvents"} <= set(allowed["Action"])
    assert len(allowed["Resource"]) == 2
    assert all("news-delivery-logs-" in arn for arn in allowed["Resource"])


def test_failures_of_some_kinds_alone_can_be_logged() -> None:
    built = topic(delivery_logs={"protocols": ["https"], "retention_days": 7})
    made = built["news-topic"].inputs
    assert {key for key in made if "Feedback" in key} == {
        "httpSuccessFeedbackRoleArn",
        "httpFailureFeedbackRoleArn",
        "httpSuccessFeedbackSampleRate",
    }
    assert made["httpSuccessFeedbackSampleRate"] == 0
    assert built["news-delivery-logs-failure"].inputs["retentionInDays"] == 7


def test_a_data_protection_policy_is_the_topic_s() -> None:
    policy = json.dumps({"Name": "cards", "Statement": []})
    made = topic(data_protection_policy_json=policy)["news-data-protection"].inputs
    assert (made["arn"], json.loads(made["policy"])) == (TOPIC, json.loads(policy))


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("failed-alarm", "NumberOfNotificationsFailed"),
        ("lost-alarm", "NumberOfNotificationsFailedToRedriveToDlq"),
        ("attributes-alarm", "NumberOfNotificationsFilteredOut-InvalidAttributes"),
        ("body-alarm", "NumberOfNotificationsFilteredOut-InvalidMessageBody"),
    ],
)
def test_somebody_is_told_of_messages_that_do_not_arrive(kind: str, metric: str) -> None:
    alarm = topic(alarms={"topic_arn": ALARMS})[f"news-{kind}"].inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/SNS", metric)
    assert alarm["dimensions"] == {"TopicName": "news-topic-0a1b2c"}
    assert (alarm["statistic"], alarm["comparisonOperator"]) == ("Sum", "GreaterThanThreshold")
    assert (alarm["threshold"], alarm["treatMissingData"]) == (0, "notBreaching")
    assert alarm["alarmActions"] == [ALARMS]


def test_somebody_is_told_of_dead_letters_by_the_subscriber_s_name() -> None:
    built = topic(subscribers={"jobs": {"queue": {"queue_arn": QUEUE}}}, alarms={"critical_topic_arn": ALARMS})
    alarm = built["news-dlq-alarm-jobs"].inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["dimensions"] == {"QueueName": "news-dlq-jobs-0a1b2c"}
    assert (alarm["statistic"], alarm["threshold"]) == ("Maximum", 0)
    critical = {each.name for each in built.of(ALARM) if each.inputs["alarmActions"] == [ALARMS]}
    assert critical == {"news-dlq-alarm-jobs", "news-lost-alarm"}
    assert built.value(built.result.alarm_arns).keys() == {
        "attributes-alarm",
        "body-alarm",
        "dlq-alarm-jobs",
        "failed-alarm",
        "lost-alarm",
    }


def test_alarms_can_be_off() -> None:
    off = ["attributes-alarm", "body-alarm", "dlq-alarm", "failed-alarm", "lost-alarm"]
    assert not topic(subscribers={"jobs": {"queue": {"queue_arn": QUEUE}}}, alarms={"off": off}).of(ALARM)
    assert faults(alarms={"off": ["age-alarm"]}).keys() == {"alarms.off[0]"}


def test_a_role_may_publish_by_a_grant() -> None:
    def program() -> None:
        Topic("news", {}).grant_publish(aws.iam.Role("web", assume_role_policy="{}"))

    grant = build(program)["news-publish-grant-web"].inputs
    assert grant["role"] == "web-0a1b2c"
    assert statements(grant["policy"]).keys() == {"Topic", "Key"}


@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({"content_based_deduplication": True}, "content_based_deduplication"),
        ({"throughput_scope": "topic"}, "throughput_scope"),
        ({"archive_days": 30}, "archive_days"),
        ({"fifo": True, "archive_days": 0}, "archive_days"),
        ({"fifo": True, "archive_days": 366}, "archive_days"),
        ({"fifo": True, "tracing": True}, "tracing"),
        ({"fifo": True, "data_protection_policy_json": "{}"}, "data_protection_policy_json"),
        ({"data_protection_policy_json": "none"}, "data_protection_policy_json"),
        ({"data_protection_policy_json": "[]"}, "data_protection_policy_json"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"kms_key_arn": "alias/aws/sns"}, "kms_key_arn"),
        ({"kms_key_arn": KEY, "own_kms_key": True}, "own_kms_key"),
        ({"delivery_logs": {"success_percent": 101}}, "delivery_logs.success_percent"),
        ({"delivery_logs": {"retention_days": 31}}, "delivery_logs.retention_days"),
        ({"delivery_logs": {"protocols": []}}, "delivery_logs.protocols"),
        ({"https_delivery": {"retries": 101}}, "https_delivery.retries"),
        ({"https_delivery": {"retries": 61, "min_delay_seconds": 60}}, "https_delivery.retries"),
        ({"https_delivery": {"min_delay_seconds": 0}}, "https_delivery.min_delay_seconds"),
        ({"https_delivery": {"max_delay_seconds": 19}}, "https_delivery.max_delay_seconds"),
        ({"https_delivery": {"max_per_second": 0}}, "https_delivery.max_per_second"),
        ({"publishers": {"account_ids": ["1", "210987654321"]}}, "publishers.account_ids[0]"),
        ({"fifo": True, "publishers": {"cloudwatch_alarms": True}}, "publishers.cloudwatch_alarms"),
        ({"publishers": {"services": {"up-loads": {"service": "s3.amazonaws.com"}}}}, "publishers.services.up-loads"),
        ({"publishers": {"services": {"a": {"service": "s3"}}}}, "publishers.services.a.service"),
        (
            {"fifo": True, "publishers": {"services": {"a": {"service": "s3.amazonaws.com"}}}},
            "publishers.services.a.service",
        ),
        (
            {"publishers": {"services": {"a": {"service": "s3.amazonaws.com", "source_arn": "uploads"}}}},
            "publishers.services.a.source_arn",
        ),
        (
            {"publishers": {"services": {"a": {"service": "s3.amazonaws.com", "source_account_id": "1"}}}},
            "publishers.services.a.source_account_id",
        ),
    ],
)
def test_a_topic_that_cannot_be_is_refused(args: dict[str, Any], path: str) -> None:
    assert faults(**args).keys() == {path}


@pytest.mark.parametrize("name", ["", "no blanks", "x" * 41])
def test_a_name_that_aws_cannot_have_is_refused(name: str) -> None:
    assert refused(lambda: Topic(name, {})).faults.keys() == {"name"}


@pytest.mark.parametrize(
    ("subscriber", "path"),
    [
        ({}, ""),
        ({"email": "a@b.example", "sms": "+12065550100"}, ""),
        ({"queue": {"queue_arn": "jobs"}}, "queue.queue_arn"),
        ({"queue": {"queue_arn": f"{QUEUE}.fifo"}}, "queue.queue_arn"),
        ({"queue": {"queue_arn": QUEUE, "senders": {"a": ALARMS}}}, "queue.senders"),
        ({"queue": {"queue_arn": QUEUE, "queue_url": URL, "senders": {"topic": ALARMS}}}, "queue.senders.topic"),
        ({"queue": {"queue_arn": QUEUE, "queue_url": URL, "senders": {"a": "all"}}}, "queue.senders.a"),
        ({"function_arn": "images"}, "function_arn"),
        ({"https": {"url": "http://example.com"}}, "https.url"),
        ({"https": {"url": "https://example.com", "confirmation_minutes": 0}}, "https.confirmation_minutes"),
        ({"https": {"url": "https://example.com", "delivery": {"retries": -1}}}, "https.delivery.retries"),
        ({"email": "nobody"}, "email"),
        ({"sms": "2065550100"}, "sms"),
        ({"firehose_arn": "lake"}, "firehose_arn"),
        ({"email": "a@b.example", "raw": True}, "raw"),
        ({"function_arn": FUNCTION, "raw": True}, "raw"),
        ({"email": "a@b.example", "filter_scope": "body"}, "filter_scope"),
        ({"queue": {"queue_arn": QUEUE}, "replay": {"start": "2026-11-25T08:00:00Z"}}, "replay"),
    ],
)
def test_a_subscriber_that_cannot_be_is_refused(subscriber: dict[str, Any], path: str) -> None:
    assert wrong(**subscriber).keys() == {path}


@pytest.mark.parametrize("kind", [kind for kind in ENDPOINTS if kind != "queue"])
def test_a_fifo_topic_delivers_to_queues_alone(kind: str) -> None:
    found = faults(fifo=True, subscribers={"jobs": ENDPOINTS[kind][0]})
    assert all("FIFO topic delivers to queues alone" in allowed for _, allowed in found.values())
    assert len(found) == 1


@pytest.mark.parametrize(
    ("replay", "path"),
    [
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-13-25T08:00:00Z"}, "start"),
        ({"start": "2026-11-25T08:00:00Z", "end": "2026-11-25T08:00:00Z"}, "end"),
    ],
)
def test_a_replay_of_no_time_is_refused(replay: dict[str, str], path: str) -> None:
    subscriber = {"queue": {"queue_arn": f"{QUEUE}.fifo"}, "replay": replay}
    found = faults(fifo=True, archive_days=30, subscribers={"jobs": subscriber})
    assert found.keys() == {f"subscribers.jobs.replay.{path}"}


@pytest.mark.parametrize("key", ["1st", "no blanks", "jobs-", "jobs-2", "x" * 21])
def test_a_subscriber_s_name_that_names_no_resource_is_refused(key: str) -> None:
    assert faults(subscribers={key: {"email": "a@b.example"}}).keys() == {f"subscribers.{key}"}


def test_a_stream_s_name_leaves_room_for_its_role_s() -> None:
    stream = {"subscribers": {"x" * 20: {"firehose_arn": STREAM}}}
    assert len(refused(lambda: Topic("n" * 22, cast("TopicArgs", stream))).faults) == 1
    assert build(lambda: Topic("n" * 21, cast("TopicArgs", stream)))


def test_two_subscribers_with_one_endpoint_are_refused() -> None:
    found = faults(subscribers={"a": {"email": "a@b.example"}, "b": {"email": "a@b.example"}})
    assert found.keys() == {"subscribers.b.email"}


def test_all_faults_are_told_at_once() -> None:
    found = faults(
        archive_days=30,
        display_name="x" * 101,
        subscribers={"a": {"email": "nobody", "filter": {}}, "b": {"sms": "1", "raw": True}},
    )
    assert found.keys() == {
        "archive_days",
        "display_name",
        "subscribers.a.email",
        "subscribers.a.filter",
        "subscribers.b.raw",
        "subscribers.b.sms",
    }


def test_values_that_are_not_known_yet_are_not_looked_at() -> None:
    def program() -> Topic:
        unknown = aws.sqs.Queue("unknown").arn
        return Topic(
            "news",
            {
                "subscribers": {
                    "a": {"queue": {"queue_arn": unknown}},
                    "b": {"function_arn": unknown},
                    "c": {"email": unknown},
                    "d": {"https": {"url": unknown}},
                },
                "display_name": unknown,
                "kms_key_arn": unknown,
            },
        )

    assert len(build(program, preview=True).of(SUBSCRIPTION)) == 4


def test_the_names_of_children_stay() -> None:
    def program() -> None:
        news = Topic(
            "news",
            {
                "subscribers": cast(
                    "dict[str, TopicSubscriberArgs]",
                    {
                        **{kind: subscriber for kind, (subscriber, _, _) in ENDPOINTS.items()},
                        "queue": {"queue": {"queue_arn": QUEUE, "queue_url": URL}},
                    },
                ),
                "delivery_logs": {},
                "data_protection_policy_json": "{}",
            },
        )
        news.grant_publish(aws.iam.Role("web", assume_role_policy="{}"))

    built = build(program)
    assert sorted(each.urn for each in built.resources if each.name != "web") == GOLDEN.read_text().splitlines()
