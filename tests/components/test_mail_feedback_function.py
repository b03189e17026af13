"""What the mailer's function writes down of SES's events, in a DynamoDB that answers: the embedded AWS's.

The events are those of SES's own documentation:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html.
"""

import importlib.util
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.emulator import Emulator

_FILE = Path(__file__).resolve().parents[2] / "components" / "tenfold" / "mail_feedback_function.py"
NOW = "2026-11-25T00:41:02.669Z"
LATER = "2026-11-26T00:41:02.669Z"
_tables = count()


@pytest.fixture
def table(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty table, which the environment names, as the mailer has it."""
    environment = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "SUPPRESSION_TABLE": f"suppression-{next(_tables)}",
        "SOFT_BOUNCE_LIMIT": "3",
        "SOFT_BOUNCE_DAYS": "7",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return cast("Any", boto3.resource("dynamodb")).create_table(
        TableName=environment["SUPPRESSION_TABLE"],
        KeySchema=[{"AttributeName": "address", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "address", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def function() -> Any:
    """The function as a new process of Lambda has it: by its file alone, without the package around it."""
    spec = importlib.util.spec_from_file_location("mail_feedback_function", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def batch(*bodies: object) -> list[str]:
    """The numbers of the messages that a new function reports as failed."""
    records = [
        {"messageId": str(number), "body": body if isinstance(body, str) else json.dumps(body)}
        for number, body in enumerate(bodies)
    ]
    answer = function().handle({"Records": records}, None)
    assert answer.keys() == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def mail(message_id: str = "m-1") -> dict[str, Any]:
    return {
        "timestamp": "2026-11-25T00:40:02.012Z",
        "source": "Sender Name <sender@example.com>",
        "sourceArn": "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",
        "sendingAccountId": "123456789012",
        "messageId": message_id,
        "destination": ["recipient@example.com"],
        "headersTruncated": False,
        "headers": [{"name": "From", "value": "Sender Name <sender@example.com>"}],
        "commonHeaders": {"from": ["Sender Name <sender@example.com>"], "to": ["recipient@example.com"]},
        "tags": {"ses:configuration-set": ["ConfigSet"], "ses:from-domain": ["example.com"]},
    }


def bounce(
    *addresses: str, kind: str = "Permanent", detail: str = "General", at: str = NOW, message_id: str = "m-1"
) -> dict[str, Any]:
    recipients = [
        {
            "emailAddress": address,
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
        for address in addresses
    ]
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": detail,
            "bouncedRecipients": recipients,
            "timestamp": at,
            "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
            "reportingMTA": "dsn; mta.example.com",
        },
        "mail": mail(message_id),
    }


def soft(address: str, message_id: str, *, at: str | None = None, **more: str) -> dict[str, Any]:
    return bounce(address, kind="Transient", message_id=message_id, at=at or ago(timedelta()), **more)


def complaint(*addresses: str, at: str = NOW, feedback: str | None = "abuse") -> dict[str, Any]:
    return {
        "eventType": "Complaint",
        "complaint": {
            "complainedRecipients": [{"emailAddress": address} for address in addresses],
            "timestamp": at,
            "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
            "complaintSubType": None,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": feedback,
            "arrivalDate": at,
        },
        "mail": mail(),
    }


def ago(time_ago: timedelta) -> str:
    return (datetime.now(UTC) - time_ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def item(table: Any, address: str) -> dict[str, Any] | None:
    return table.get_item(Key={"address": address}).get("Item")


def items(table: Any) -> dict[str, Any]:
    return {found["address"]: found for found in table.scan()["Items"]}


def test_a_hard_bounce_is_written_down_for_ever(table: Any) -> None:
    assert batch(bounce("recipient@example.com")) == []
    assert item(table, "recipient@example.com") == {
        "address": "recipient@example.com",
        "reason": "bounce",
        "detail": "General",
        "at": NOW,
        "message_id": "m-1",
    }


def test_a_complaint_is_written_down_for_ever(table: Any) -> None:
    assert batch(complaint("recipient@example.com"), complaint("other@example.com", feedback=None)) == []
    assert item(table, "recipient@example.com") == {
        "address": "recipient@example.com",
        "reason": "complaint",
        "detail": "abuse",
        "at": NOW,
        "message_id": "m-1",
    }
    assert items(table)["other@example.com"]["detail"] == "unknown"


def test_who_takes_a_mail_out_of_the_folder_for_spam_does_not_complain(table: Any) -> None:
    assert batch(complaint("recipient@example.com", feedback="not-spam")) == []
    assert items(table) == {}


def test_each_recipient_of_an_event_has_an_item_of_its_own_under_the_address_alone(table: Any) -> None:
    assert batch(bounce("a@example.com", "Jane Doe <B@Example.com>"), complaint('"Doe, John" <c@example.com>')) == []
    assert {address: found["reason"] for address, found in items(table).items()} == {
        "a@example.com": "bounce",
        "b@example.com": "bounce",
        "c@example.com": "complaint",
    }


def test_a_complaint_is_more_than_a_bounce_in_either_order(table: Any) -> None:
    assert batch(bounce("a@example.com"), complaint("a@example.com", at=LATER)) == []
    assert batch(complaint("b@example.com", at=LATER), bounce("b@example.com")) == []
    assert {address: (found["reason"], found["at"]) for address, found in items(table).items()} == {
        "a@example.com": ("complaint", LATER),
        "b@example.com": ("complaint", LATER),
    }


def test_the_first_of_several_bounces_stands_in_either_order(table: Any) -> None:
    assert batch(bounce("a@example.com"), bounce("a@example.com", at=LATER, message_id="m-2")) == []
    assert batch(bounce("b@example.com", at=LATER, message_id="m-2"), bounce("b@example.com")) == []
    assert {found["message_id"] for found in items(table).values()} == {"m-1"}


def test_soft_bounces_are_counted_until_they_expire(table: Any) -> None:
    first = ago(timedelta(days=1))
    assert batch(soft("a@example.com", "m-1", at=first), soft("a@example.com", "m-2", detail="MailboxFull")) == []
    assert item(table, "a@example.com") == {
        "address": "a@example.com",
        "soft_bounces": {"m-1", "m-2"},
        "expires_at": int(datetime.fromisoformat(first).timestamp()) + 7 * 86_400,
    }


def test_an_address_that_bounces_softly_too_often_gets_no_mail_for_some_days(table: Any) -> None:
    last = ago(timedelta(hours=1))
    events = [soft("a@example.com", f"m-{number}") for number in (1, 2)]
    assert batch(*events, soft("a@example.com", "m-3", at=last, detail="MailboxFull")) == []
    found = item(table, "a@example.com")
    assert found is not None
    assert (found["reason"], found["detail"], found["message_id"]) == ("soft_bounces", "MailboxFull", "m-3")
    assert found["at"] == last
    assert found["expires_at"] == int(datetime.fromisoformat(last).timestamp()) + 7 * 86_400
    # A fourth changes nothing.
    assert batch(soft("a@example.com", "m-4")) == []
    assert item(table, "a@example.com") == found


def test_a_bounce_of_unknown_kind_is_a_soft_one(table: Any) -> None:
    assert batch(bounce("a@example.com", kind="Undetermined", detail="Undetermined", at=ago(timedelta()))) == []
    assert items(table)["a@example.com"]["soft_bounces"] == {"m-1"}


@pytest.mark.parametrize("detail", ["MessageTooLarge", "ContentRejected", "AttachmentRejected"])
def test_a_mail_that_is_refused_for_what_it_holds_says_nothing_of_the_address(table: Any, detail: str) -> None:
    assert batch(soft("a@example.com", "m-1", detail=detail)) == []
    assert items(table) == {}


def test_a_soft_bounce_changes_nothing_about_a_hard_one_and_a_hard_one_ends_the_counting(table: Any) -> None:
    assert batch(bounce("a@example.com"), *(soft("a@example.com", f"m-{number}") for number in range(5))) == []
    assert batch(soft("b@example.com", "m-9"), bounce("b@example.com")) == []
    found = items(table)
    assert {**found["a@example.com"], "address": ""} == {**found["b@example.com"], "address": ""}
    assert "expires_at" not in found["a@example.com"]


def test_what_has_expired_and_is_not_removed_yet_does_not_count(table: Any) -> None:
    old = {"expires_at": int(time.time()) - 1, "soft_bounces": {"m-1", "m-2", "m-3"}}
    table.put_item(Item={"address": "a@example.com", **old})
    table.put_item(Item={"address": "b@example.com", "reason": "soft_bounces", **old})
    assert batch(soft("a@example.com", "m-4"), soft("b@example.com", "m-4")) == []
    assert [(found["soft_bounces"], found.get("reason")) for found in items(table).values()] == [({"m-4"}, None)] * 2


def test_a_soft_bounce_that_comes_after_its_days_is_none(table: Any) -> None:
    assert batch(soft("a@example.com", "m-1", at=ago(timedelta(days=7, seconds=1)))) == []
    assert items(table) == {}


def test_other_events_are_logged_with_their_reason_and_without_an_address(
    table: Any, caplog: pytest.LogCaptureFixture
) -> None:
    delayed = {
        "eventType": "DeliveryDelay",
        "mail": mail("m-1"),
        "deliveryDelay": {
            "timestamp": "2026-11-25T00:25:38.237Z",
            "delayType": "TransientCommunicationFailure",
            "expirationTime": "2026-11-25T00:25:38.237Z",
            "delayedRecipients": [
                {"emailAddress": "recipient@example.com", "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1"}
            ],
        },
    }
    rejected = {"eventType": "Reject", "mail": mail("m-2"), "reject": {"reason": "Bad content"}}
    failure = {"templateName": "welcome", "errorMessage": "Attribute 'name' is not present in the rendering data."}
    failed = {"eventType": "Rendering Failure", "mail": mail("m-3"), "failure": failure}
    with caplog.at_level(logging.INFO):
        assert batch(delayed, rejected, failed, bounce("recipient@example.com")) == []
    assert [record.getMessage() for record in caplog.records if record.name == "mail_feedback_function"] == [
        "mail m-1: DeliveryDelay, TransientCommunicationFailure",
        "mail m-2: Reject, Bad content",
        "mail m-3: Rendering Failure, welcome, Attribute 'name' is not present in the rendering data.",
        "mail m-1: Permanent bounce, General",
    ]


def test_the_greeting_that_ses_sends_to_a_new_topic_is_no_failure(table: Any) -> None:
    assert batch("Successfully validated SNS topic for Amazon SES event publishing.") == []


def test_what_is_no_event_fails_alone(table: Any) -> None:
    no_recipients = bounce()
    del no_recipients["bounce"]["bouncedRecipients"]
    wrong = ["no json", "[]", {}, {"eventType": "Bounce", "mail": mail()}, no_recipients, bounce("")]
    assert batch(*wrong, bounce("a@example.com")) == ["0", "1", "2", "3", "4", "5"]
    assert list(items(table)) == ["a@example.com"]


def test_a_table_that_does_not_answer_fails_the_message(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPRESSION_TABLE", "nowhere")
    assert batch(bounce("a@example.com"), soft("a@example.com", "m-1")) == ["0", "1"]


def _events() -> st.SearchStrategy[Any]:
    hard = st.builds(
        lambda at: bounce("a@example.com", at=at, message_id=f"bounce at {at}"), st.sampled_from([NOW, LATER])
    )
    complained = st.builds(lambda at: complaint("a@example.com", at=at), st.sampled_from([NOW, LATER]))
    softly = st.builds(lambda number: ("soft", number), st.integers(1, 2))
    return st.lists(st.one_of(hard, complained, softly), min_size=1, max_size=5)


@given(events=_events(), order=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_events_may_come_twice_and_in_any_order(table: Any, events: list[Any], order: Any) -> None:
    at = ago(timedelta())
    told = [soft("a@example.com", f"m-{one[1]}", at=at) if isinstance(one, tuple) else one for one in events]
    seen: list[Any] = []
    for several in (told, order.sample(told + told, 2 * len(told))):
        table.delete_item(Key={"address": "a@example.com"})
        assert batch(*several) == []
        seen.append(item(table, "a@example.com"))
    assert seen[0] == seen[1]
