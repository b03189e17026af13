"""The sample's notifications: a mail to who asked for one, and to nobody who bounced."""

import importlib.util
import json
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.emulator import Emulator
from tests.app.test_worker import message

_HANDLER = Path(__file__).resolve().parents[2] / "app" / "notify" / "handler.py"
_CREDENTIALS: Any = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}


@pytest.fixture
def suppressed(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """The table of addresses that get no mail, in an environment as the mailer describes it."""
    ses: Any = boto3.client("sesv2", endpoint_url=emulator.endpoint, **_CREDENTIALS)
    names = {each["IdentityName"] for each in ses.list_email_identities()["EmailIdentities"]}
    if "shop.example.com" not in names:
        ses.create_email_identity(EmailIdentity="shop.example.com")
        ses.create_configuration_set(ConfigurationSetName="mail")
    environment = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "MAIL_FROM": "hello@shop.example.com",
        "MAIL_CONFIGURATION_SET": "mail",
        "MAIL_SUPPRESSION_TABLE": f"suppressed-{abs(hash(request.node.name))}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    tables: Any = boto3.resource("dynamodb", endpoint_url=emulator.endpoint, **_CREDENTIALS)
    return tables.create_table(
        TableName=environment["MAIL_SUPPRESSION_TABLE"],
        KeySchema=[{"AttributeName": "address", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "address", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def handler() -> Any:
    """The function as a new process of Lambda has it: by its file alone, without the checkout around it."""
    spec = importlib.util.spec_from_file_location("notify", _HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("done", "sent"),
    [
        ({"job_id": "j1", "notify": "ann@example.com"}, True),
        ({"job_id": "j1", "notify": " Ann@Example.com "}, True),
        ({"job_id": "j1", "notify": None}, False),
        ({"job_id": "j1"}, False),
    ],
)
def test_who_asked_gets_a_mail(suppressed: Any, done: dict[str, Any], sent: bool) -> None:
    assert handler().tell(done) is sent


@pytest.mark.parametrize(
    ("item", "sent"),
    [
        ({"reason": "bounce"}, False),
        ({"reason": "soft_bounces", "expires_at": int(time.time()) + 3600}, False),
        ({"reason": "soft_bounces", "expires_at": int(time.time()) - 3600}, True),
        ({"soft_bounces": 1, "expires_at": int(time.time()) + 3600}, True),
    ],
)
def test_an_address_that_bounced_gets_none_as_long_as_that_counts(
    suppressed: Any, item: dict[str, Any], sent: bool
) -> None:
    suppressed.put_item(Item={"address": "ann@example.com", **item})
    assert handler().tell({"job_id": "j1", "notify": "Ann@example.com"}) is sent


def test_without_a_mailer_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_FROM", raising=False)
    assert handler().tell({"job_id": "j1", "notify": "ann@example.com"}) is False


def test_events_that_fail_come_back_alone(suppressed: Any) -> None:
    events = [message("good", {"job_id": "j1", "notify": "ann@example.com"}), message("bad", "no json")]
    assert handler().handle({"Records": events}, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}


def test_while_mail_is_away_an_event_comes_back(suppressed: Any) -> None:
    suppressed.delete()
    event = message("m1", json.dumps({"job_id": "j1", "notify": "ann@example.com"}))
    assert handler().handle({"Records": [event]}, None) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
