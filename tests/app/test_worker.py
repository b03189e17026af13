"""The sample's worker: every job once, a failing one alone, and nothing lost."""

import hashlib
import importlib.util
import json
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.emulator import Emulator

_HANDLER = Path(__file__).resolve().parents[2] / "app" / "worker" / "handler.py"


def worker() -> Any:
    """The worker as a new process of Lambda has it: by its file alone, without the checkout around it."""
    spec = importlib.util.spec_from_file_location("handler", _HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def message(message_id: str, body: object) -> dict[str, Any]:
    """A message as Lambda reads it from a queue."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": message_id,
        "receiptHandle": f"handle of {message_id}",
        "body": text,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:jobs",
        "awsRegion": "us-east-1",
    }


def batch(*messages: dict[str, Any]) -> list[str]:
    """The ids of the messages that a new worker reports as failed."""
    answer = worker().handle({"Records": list(messages)}, None)
    assert answer.keys() == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_job_is_done_and_its_result_stored(results: Any) -> None:
    before = int(time.time())
    assert batch(message("m1", {"job_id": "j1", "numbers": [1, 2]})) == []
    item = results.get_item(Key={"job_id": "j1"})["Item"]
    assert item["status"] == "done"
    assert item["job"] == '{"numbers": [1, 2]}'
    assert item["digest"] == hashlib.sha256(b'{"numbers": [1, 2]}').hexdigest()
    assert before <= item["finished_at"] <= time.time()


def test_results_expire_after_a_week_unless_told_otherwise(results: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    batch(message("m1", {"job_id": "week"}))
    monkeypatch.setenv("RESULTS_DAYS", "2")
    batch(message("m2", {"job_id": "two days"}))
    kept = {item["job_id"]: item["expires_at"] - item["finished_at"] for item in results.scan()["Items"]}
    assert kept == {"week": 604_800, "two days": 172_800}


def test_a_job_that_is_delivered_twice_changes_nothing_the_second_time(results: Any) -> None:
    results.put_item(Item={"job_id": "j1", "status": "done", "digest": "the first one's"})
    assert batch(message("m1", {"job_id": "j1"})) == []
    assert results.get_item(Key={"job_id": "j1"})["Item"]["digest"] == "the first one's"


def test_a_job_that_is_twice_in_a_batch_is_done_once(results: Any) -> None:
    assert batch(message("m1", {"job_id": "j1"}), message("m2", {"job_id": "j1"})) == []
    assert results.scan()["Count"] == 1


def test_a_job_that_asks_to_fail_comes_back_alone_and_each_time(results: Any) -> None:
    jobs = [
        message("m1", {"job_id": "j1"}),
        message("m2", {"job_id": "j2", "fail": True}),
        message("m3", {"job_id": "j3"}),
    ]
    assert batch(*jobs) == ["m2"]
    assert {item["job_id"] for item in results.scan()["Items"]} == {"j1", "j3"}
    assert batch(jobs[1]) == ["m2"]


@pytest.mark.parametrize("fail", [False, None, "true", 1])
def test_only_true_asks_to_fail(results: Any, fail: object) -> None:
    assert batch(message("m1", {"job_id": "j1", "fail": fail})) == []


@pytest.mark.parametrize("body", ["", "no json", "[]", '"j1"', "null", "{}", '{"job_id": 7}', '{"job_id": ""}'])
def test_what_is_no_job_comes_back_and_spares_the_others(results: Any, body: str) -> None:
    assert batch(message("bad", body), message("good", {"job_id": "j1"})) == ["bad"]
    assert [item["job_id"] for item in results.scan()["Items"]] == ["j1"]


def test_a_topic_hears_of_each_job_that_is_done_and_of_no_other(
    results: Any, sqs: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sns: Any = boto3.client("sns")
    topic = sns.create_topic(Name="events")["TopicArn"]
    queue = sqs.create_queue(QueueName="hears")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    monkeypatch.setenv("EVENTS_TOPIC_ARN", topic)
    assert batch(message("m1", {"job_id": "j1", "notify": "ann@example.com"}), message("m2", {"fail": True})) == ["m2"]
    (heard,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)["Messages"]
    assert json.loads(heard["Body"]) == {"kind": "job-done", "job_id": "j1", "notify": "ann@example.com"}


def test_while_the_table_is_away_every_job_comes_back(results: Any) -> None:
    results.delete()
    assert batch(message("m1", {"job_id": "j1"}), message("m2", {"job_id": "j2"})) == ["m1", "m2"]


def test_an_empty_batch_has_no_failures(results: Any) -> None:
    assert batch() == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(job=st.dictionaries(st.text().filter(lambda key: key not in ("job_id", "fail")), _JSON, max_size=4))
def test_any_job_that_does_not_ask_to_fail_is_done_and_keeps_what_was_sent(results: Any, job: dict[str, Any]) -> None:
    job_id = hashlib.sha256(json.dumps(job).encode()).hexdigest()
    assert batch(message("m1", {**job, "job_id": job_id})) == []
    assert json.loads(results.get_item(Key={"job_id": job_id})["Item"]["job"]) == job


def test_a_failure_says_why_in_the_log_and_names_the_message(results: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        batch(message("m1", {"job_id": "j1", "fail": True}))
    assert "message m1 failed" in caplog.text
    assert "job j1 asks to fail" in caplog.text
