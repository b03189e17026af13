"""Topics on the real engine and the embedded AWS: what a program or an alarm publishes reaches who must know."""

import json
import time
from typing import Any

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi, pulumi_aws as aws
from tenfold import Function, QueueService, Topic

config = pulumi.Config()
seen, jobs = aws.sqs.Queue("seen"), aws.sqs.Queue("jobs")
witness = Function("witness", {
    "code": {"folder": "code", "handler": "main.handle", "runtime": "python3.12"},
    "environment": {"SEEN": seen.url},
    "policies": {"seen": seen.arn.apply(lambda arn: pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}]}))},
})
news = Topic("news", {
    "subscribers": {
        "jobs": {
            "queue": {"queue_arn": jobs.arn, "queue_url": jobs.url},
            "filter": {"kind": [{"prefix": "order"}]},
            "raw": True,
        },
        "witness": {"function_arn": witness.function_arn},
        **({"operator": {"email": "operator@example.com"}} if config.get_bool("more") else {}),
    },
    **({"https_delivery": {"retries": 5}, "delivery_logs": {}} if config.get_bool("more") else {}),
})
offers = Topic("offers", {"own_kms_key": config.get_bool("more") or False})
# One queue of two topics: its own policy names both, whoever of the two sides subscribes.
audit = QueueService("audit", {
    "senders": {"news": news.topic_arn},
    "topics": {"offers": {"topic_arn": offers.topic_arn}},
})
news.subscribe("audit", {"queue": {"queue_arn": audit.queue_arn}}, pulumi.ResourceOptions(depends_on=[audit]))
steps = aws.sqs.Queue("steps", fifo_queue=True)
ordered = Topic("ordered", {
    "fifo": True,
    "content_based_deduplication": True,
    "subscribers": {"steps": {"queue": {"queue_arn": steps.arn, "queue_url": steps.url}, "raw": True}},
    **({"archive_days": 30} if config.get_bool("more") else {}),
})
fire = aws.cloudwatch.MetricAlarm("fire", namespace="Shop", metric_name="Fires", statistic="Sum", period=60,
    evaluation_periods=1, comparison_operator="GreaterThanThreshold", threshold=0, alarm_actions=[news.topic_arn])
for name, value in {"seen": seen.url, "jobs": jobs.url, "audit": audit.queue_url, "steps": steps.url,
    "news": news.topic_arn, "offers": offers.topic_arn, "ordered": ordered.topic_arn, "fire": fire.name,
    "dlqs": news.dlq_urls, "subscriptions": news.subscription_arns}.items():
    pulumi.export(name, value)
"""
CODE = """
import json, os
import boto3

def handle(event, context):
    for record in event["Records"]:
        boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=record["Sns"]["Message"])
"""


def _messages(stack: Stack, url: str, count: int, seconds: float = 20) -> list[str]:
    """What arrives in a queue until it is as many, and a little longer."""
    sqs, found, until = stack.client("sqs"), list[str](), time.monotonic() + seconds
    while time.monotonic() < until:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(message["Body"])
        if len(found) >= count:
            until = min(until, time.monotonic() + 1)
        time.sleep(0.1)
    return sorted(found)


def _publish(stack: Stack, topic: str, message: str, kind: str = "") -> None:
    attributes = {"kind": {"DataType": "String", "StringValue": kind}} if kind else {}
    stack.client("sns").publish(TopicArn=topic, Message=message, MessageAttributes=attributes)


def _sources(stack: Stack, url: str) -> list[str]:
    """The topics that a queue's policy lets send."""
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    allowed = [each for each in json.loads(found)["Statement"] if each["Effect"] == "Allow"]
    return sorted(each["Condition"]["ArnEquals"]["aws:SourceArn"] for each in allowed)


def _subscriptions(stack: Stack, topic: str) -> dict[str, Any]:
    sns = stack.client("sns")
    arns = [each["SubscriptionArn"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]
    return {arn: sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"] for arn in arns}


def test_what_is_published_reaches_each_subscriber_and_growing_replaces_nothing(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    (stack.root / "code").mkdir(exist_ok=True)
    (stack.root / "code" / "main.py").write_text(CODE)
    stack.up()
    made = stack.outputs()

    _publish(stack, made["news"], "an order", "order-placed")
    _publish(stack, made["news"], "a refund", "refund")
    _publish(stack, made["offers"], "an offer")
    assert _messages(stack, made["jobs"], 1) == ["an order"]
    assert _messages(stack, made["seen"], 2) == ["a refund", "an order"]
    envelopes = [json.loads(body) for body in _messages(stack, made["audit"], 3)]
    heard = sorted((each["TopicArn"] == made["news"], each["Message"]) for each in envelopes)
    assert heard == [(False, "an offer"), (True, "a refund"), (True, "an order")]
    assert _sources(stack, made["audit"]) == sorted([made["news"], made["offers"]])
    assert _sources(stack, made["jobs"]) == _sources(stack, made["dlqs"]["jobs"]) == [made["news"]]

    for _ in range(2):
        stack.client("sns").publish(TopicArn=made["ordered"], Message="once", MessageGroupId="g")
    assert _messages(stack, made["steps"], 1) == ["once"]

    # The article's way of an alarm: to a topic, and from there to whoever must know.
    stack.client("cloudwatch").set_alarm_state(AlarmName=made["fire"], StateValue="ALARM", StateReason="a test")
    (told,) = [json.loads(body) for body in _messages(stack, made["seen"], 1)]
    assert (told["AlarmName"], told["NewStateValue"]) == (made["fire"], "ALARM")
    assert not _messages(stack, made["jobs"], 1, seconds=1)

    before = _subscriptions(stack, made["news"])
    stack.run("config", "set", "more", "true")
    assert "replaced" not in stack.up()
    after = stack.outputs()
    assert {key: after["subscriptions"][key] for key in made["subscriptions"]} == made["subscriptions"]
    assert before.items() <= _subscriptions(stack, made["news"]).items()
    assert [after[key] == made[key] for key in ("news", "offers", "ordered")] == [True] * 3
    offers = stack.client("sns").get_topic_attributes(TopicArn=made["offers"])["Attributes"]
    assert ":key/" in offers["KmsMasterKeyId"]
    _publish(stack, made["news"], "another order", "order-placed")
    assert _messages(stack, made["jobs"], 1) == ["another order"]
    assert "unchanged" in stack.up("--refresh")
    stack.run("destroy", "--yes", "--skip-preview")
    assert not stack.client("sns").list_topics()["Topics"]
    assert not stack.client("sqs").list_queues().get("QueueUrls")
