"""Monitoring on the real engine and the embedded AWS: an alarm of a service makes a notification arrive."""

import json
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


def notified(stack: Stack, queue_url: str) -> list[tuple[str, str]]:
    """The alarms and states that the queue was told of since it was asked last."""
    told: list[tuple[str, str]] = []
    while found := stack.client("sqs").receive_message(QueueUrl=queue_url, WaitTimeSeconds=1).get("Messages", []):
        stack.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=found[0]["ReceiptHandle"])
        message = json.loads(json.loads(found[0]["Body"])["Message"])
        told.append((message["AlarmName"], message["NewStateValue"]))
    return told


def ring(cloudwatch: Any, alarms: list[dict[str, Any]]) -> None:
    for alarm in alarms:
        cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="errors")


def state(cloudwatch: Any, name: str) -> str:
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return found["CompositeAlarms"][0]["StateValue"]


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

    # A composite alarm that is new becomes OK.
    notified(stack, outputs["tickets"])
    age = outputs["alarms"]["age-alarm"].rpartition(":")[2]
    cloudwatch.set_alarm_state(AlarmName=age, StateValue="ALARM", StateReason="a message waits")
    # The composite alarm tells, and not the alarm of the queue.
    assert notified(stack, outputs["tickets"]) == [("shop-local-mails-critical", "ALARM")]
    cloudwatch.set_alarm_state(AlarmName=age, StateValue="OK", StateReason="it is done")
    assert notified(stack, outputs["tickets"]) == [("shop-local-mails-critical", "OK")]

    burning = cloudwatch.describe_alarms(AlarmNamePrefix="shop-burn-alarm-web-1h")["MetricAlarms"]
    assert len(burning) == 2
    ring(cloudwatch, burning[:1])
    assert state(cloudwatch, "shop-local-web-critical") == "OK"
    for _ in range(10):
        # The emulator evaluates its alarms too, and may undo what is set between the two.
        ring(cloudwatch, burning)
        if state(cloudwatch, "shop-local-web-critical") == "ALARM":
            break
    assert ("shop-local-web-critical", "ALARM") in notified(stack, outputs["tickets"])

    assert " created" not in (said := stack.up("--refresh")), said
    assert " updated" not in said, said
