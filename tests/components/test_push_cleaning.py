"""The function that removes devices which are gone, against SNS as the emulator has it.

The emulator disables no endpoint by itself; that is done here, as SNS does it.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any, cast

import boto3
import pytest

from local.emulator import Emulator
from tenfold import push_cleaning


@pytest.fixture
def sns(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    environment = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    push_cleaning._sns.cache_clear()
    return cast("Any", boto3.client)("sns")


@pytest.fixture
def topic(sns: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    made = sns.create_topic(Name=f"news-{uuid.uuid4().hex[:8]}")["TopicArn"]
    monkeypatch.setenv("BROADCAST_TOPICS", json.dumps([made]))
    return made


@pytest.fixture
def device(sns: Any) -> Callable[..., str]:
    name = f"a{uuid.uuid4().hex[:8]}"
    application = sns.create_platform_application(Name=name, Platform="GCM", Attributes={"PlatformCredential": "x"})

    def made(token: str = "token", *, enabled: bool) -> str:
        arn = sns.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token=token)
        state = {"Enabled": str(enabled).lower()}
        sns.set_endpoint_attributes(EndpointArn=arn["EndpointArn"], Attributes=state)
        return arn["EndpointArn"]

    return made


def failure(endpoint: str, kind: str = "EndpointDisabled") -> dict[str, Any]:
    """What SNS tells, as its documentation shows it."""
    return {
        "DeliveryAttempts": 1,
        "EndpointArn": endpoint,
        "EventType": "DeliveryFailure",
        "FailureMessage": "Endpoint is disabled",
        "FailureType": kind,
        "MessageId": "4e658b3c-8738-5a67-a13b-d86089f45074",
        "Resource": "arn:aws:sns:us-east-1:000000000000:app/GCM/shop",
        "Service": "SNS",
        "Time": "2026-04-26T17:29:48.732Z",
    }


def batch(*bodies: object) -> dict[str, Any]:
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    return {"Records": [{"messageId": str(index), "body": text} for index, text in enumerate(texts)]}


def exists(sns: Any, endpoint: str) -> bool:
    try:
        return bool(sns.get_endpoint_attributes(EndpointArn=endpoint))
    except sns.exceptions.NotFoundException:
        return False


def subscribers(sns: Any, topic: str) -> list[str]:
    return [each["Endpoint"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]


@pytest.mark.parametrize("kind", ["EndpointDisabled", "InvalidPlatformToken"])
def test_a_device_that_is_gone_is_removed(sns: Any, topic: str, device: Callable[..., str], kind: str) -> None:
    gone, other = device("gone", enabled=False), device("other", enabled=False)
    assert push_cleaning.handle(batch(failure(gone, kind)), None) == {"batchItemFailures": []}
    assert not exists(sns, gone)
    assert exists(sns, other)
    assert subscribers(sns, topic) == []


def test_its_subscriptions_go_with_it_and_no_others(sns: Any, topic: str, device: Callable[..., str]) -> None:
    gone, other = device("gone", enabled=False), device("other", enabled=True)
    for endpoint in (gone, other):
        sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=endpoint)
    push_cleaning.handle(batch(failure(gone)), None)
    assert subscribers(sns, topic) == [other]


def test_a_device_that_has_registered_again_meanwhile_stays(sns: Any, topic: str, device: Callable[..., str]) -> None:
    back = device(enabled=True)
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=back)
    assert push_cleaning.handle(batch(failure(back)), None) == {"batchItemFailures": []}
    assert exists(sns, back)
    assert subscribers(sns, topic) == [back]


@pytest.mark.parametrize("kind", ["PlatformApplicationDisabled", "NotificationTTLTimedout", "UnknownError", ""])
def test_a_failure_that_does_not_lie_with_the_device_removes_nobody(
    sns: Any, topic: str, device: Callable[..., str], kind: str
) -> None:
    disabled = device(enabled=False)
    assert push_cleaning.handle(batch(failure(disabled, kind)), None) == {"batchItemFailures": []}
    assert exists(sns, disabled)


def test_an_event_of_another_kind_removes_nobody(sns: Any, topic: str, device: Callable[..., str]) -> None:
    disabled = device(enabled=False)
    event = {**failure(disabled), "EventType": "EndpointUpdated"}
    assert push_cleaning.handle(batch(event), None) == {"batchItemFailures": []}
    assert exists(sns, disabled)


def test_a_device_that_was_removed_before_is_no_failure(sns: Any, topic: str, device: Callable[..., str]) -> None:
    gone = device(enabled=False)
    assert push_cleaning.handle(batch(failure(gone), failure(gone)), None) == {"batchItemFailures": []}
    assert not exists(sns, gone)


def test_a_message_that_cannot_be_read_comes_back_alone(sns: Any, topic: str, device: Callable[..., str]) -> None:
    gone = device(enabled=False)
    answer = push_cleaning.handle(batch("no JSON", failure(gone), {"EventType": "DeliveryFailure"}), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert not exists(sns, gone)


def test_what_sns_refuses_comes_back(sns: Any, device: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    gone = device(enabled=False)
    monkeypatch.setenv("BROADCAST_TOPICS", json.dumps(["arn:aws:sns:us-east-1:000000000000:nothing"]))
    answer = push_cleaning.handle(batch(failure(gone)), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert exists(sns, gone)
