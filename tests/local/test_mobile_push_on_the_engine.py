"""Mobile push on the real engine and the embedded AWS: no credential is in the state, and a device that is gone goes.

What happens is asked of the embedded AWS through boto3, not of the program.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.push import PushClient, PushMessage
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi
from tenfold import MobilePush

config = pulumi.Config()
push = MobilePush("shop", {
    "applications": {
        "ios": {"platform": "apns", "credentials": config.require("apple")},
        "android": {"platform": "fcm", "secret_arn": config.require("google")},
    },
    "broadcast": ["news"],
    "deletion_protection": False,
})
for output in ("application_arns", "broadcast_topic_arns", "event_topic_arns"):
    pulumi.export(output, getattr(push, output))
"""
PEM = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"


def _soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 120
    while not true() and time.monotonic() < end:
        time.sleep(0.5)
    return true()


def test_it_comes_up_cleans_and_shows_no_credential(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    apple = {"signing_key": PEM, "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ", "bundle_id": "com.example.shop"}
    google = {"type": "service_account", "project_id": "shop", "private_key": PEM, "client_email": "a@b.c"}
    secrets = stack.client("secretsmanager")
    arn = secrets.create_secret(Name="google", SecretString=json.dumps(google))["ARN"]
    stack.run("config", "set", "google", arn)
    stack.run("config", "set", "--secret", "apple", json.dumps(apple))
    said = stack.up()
    outputs = stack.outputs()

    assert "hunter2" not in said
    assert "hunter2" not in stack.run("stack", "export")
    assert "hunter2" not in "".join(path.read_text() for path in _files(stack.root))
    sns = stack.client("sns")
    android = sns.get_platform_application_attributes(PlatformApplicationArn=outputs["application_arns"]["android"])
    assert json.loads(android["Attributes"]["PlatformCredential"]) == google

    push = PushClient(outputs["application_arns"], outputs["broadcast_topic_arns"], sns)
    gone, here = push.register_device("gone", "ios"), push.register_device("here", "ios")
    for device in (gone, here):
        push.subscribe(device, "news")
    assert push.broadcast("news", PushMessage(title="Shop", body="Grüße"))
    sns.set_endpoint_attributes(EndpointArn=gone, Attributes={"Enabled": "false"})
    for device in (gone, here):
        event = {"EventType": "DeliveryFailure", "FailureType": "EndpointDisabled", "EndpointArn": device}
        sns.publish(TopicArn=outputs["event_topic_arns"]["failed"], Message=json.dumps(event))

    news = outputs["broadcast_topic_arns"]["news"]
    assert _soon(lambda: _subscribers(sns, news) == [here])
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_endpoint_attributes(EndpointArn=gone)

    secrets.put_secret_value(SecretId="google", SecretString=json.dumps({**google, "project_id": "other"}))
    stack.up()
    assert stack.outputs()["application_arns"] == outputs["application_arns"]
    android = sns.get_platform_application_attributes(PlatformApplicationArn=outputs["application_arns"]["android"])
    assert json.loads(android["Attributes"]["PlatformCredential"])["project_id"] == "other"


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.suffix in (".json", ".yaml") and path.is_file()]


def _subscribers(sns: Any, topic: str) -> list[str]:
    return [each["Endpoint"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]
