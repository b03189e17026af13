"""Monitoring on the real engine and the embedded AWS: an alarm of a service makes a notification arrive."""

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
from tenfold import Monitoring, QueueService

mails = QueueService("mails", {})
tickets = aws.sqs.Queue("tickets")
monitoring = Monitoring("shop", {
    "services": {
        "mails": {"kind": "queue", "alarm_arns": mails.alarm_arns, "identifiers": {"queue_name": mails.queue_name}},
        "web": {"kind": "web_tier", "identifiers": {
            "load_balancer_arn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/1",
            "target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/2"}},
    },
    "critical": {"queues": {"tickets": tickets.arn}},
    "log_groups": {"app": {}},
    "traces": {"sampling": {"health": {"rate": 0}}},
    "budget": {"monthly_usd": 1000},
})
pulumi.export("alarms", mails.alarm_arns)
pulumi.export("tickets", tickets.url)
pulumi.export("topics", monitoring.alarms)
"""


def notified(stack: Stack, queue_url: str) -> dict[str, Any]:
    """The notification that arrives next."""
    for _ in range(10):
        found = stack.client("sqs").receive_message(QueueUrl=queue_url, WaitTimeSeconds=1).get("Messages", [])
        if found:
            stack.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=found[0]["ReceiptHandle"])
            return json.loads(json.loads(found[0]["Body"])["Message"])
        time.sleep(0.2)
    pytest.fail("no notification arrived")


def test_an_alarm_of_a_service_makes_one_notification(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.up()
    outputs = stack.outputs()
    cloudwatch = stack.client("cloudwatch")

    topics = {topic["TopicArn"] for topic in stack.client("sns").list_topics()["Topics"]}
    assert set(outputs["topics"].values()) <= topics
    board = json.loads(cloudwatch.get_dashboard(DashboardName="shop-local")["DashboardBody"])
    assert [widget["properties"]["markdown"] for widget in board["widgets"] if widget["type"] == "text"] == [
        *("# Web", "## web", "# Queues")
    ]
    composites = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {alarm["AlarmName"] for alarm in composites} == {
        f"shop-local-{service}-{severity}" for service in ("mails", "web") for severity in ("critical", "warning")
    }
    assert stack.client("budgets").describe_budgets(AccountId="000000000000")["Budgets"][0]["BudgetLimit"] == {
        "Amount": "1000.00",
        "Unit": "USD",
    }

    age = outputs["alarms"]["age-alarm"].rpartition(":")[2]
    cloudwatch.set_alarm_state(AlarmName=age, StateValue="ALARM", StateReason="a message waits")
    told = notified(stack, outputs["tickets"])
    # The composite alarm tells, and not the alarm of the queue.
    assert (told["AlarmName"], told["NewStateValue"]) == ("shop-local-mails-critical", "ALARM")
    cloudwatch.set_alarm_state(AlarmName=age, StateValue="OK", StateReason="it is done")
    assert notified(stack, outputs["tickets"])["NewStateValue"] == "OK"

    burning = cloudwatch.describe_alarms(AlarmNamePrefix="shop-burn-alarm-web-1h")["MetricAlarms"]
    assert len(burning) == 2
    states: list[str] = []
    for alarm in burning:
        cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="errors")
        found = cloudwatch.describe_alarms(AlarmNames=["shop-local-web-critical"], AlarmTypes=["CompositeAlarm"])
        states.append(found["CompositeAlarms"][0]["StateValue"])
    assert states == ["OK", "ALARM"]
    assert notified(stack, outputs["tickets"])["AlarmName"] == "shop-local-web-critical"

    assert " created" not in (said := stack.up("--refresh")), said
    assert " updated" not in said, said
