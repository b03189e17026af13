"""The web tier's server: what it answers, and that it keeps nothing."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Generator
from typing import Any, cast

import boto3
import pytest

from app.web.server import MAXIMUM_BODY_BYTES, Server


@pytest.fixture
def queue_url(results: Any) -> str:
    return cast("Any", boto3).client("sqs").create_queue(QueueName=results.name)["QueueUrl"]


@pytest.fixture
def address(queue_url: str, results: Any) -> Generator[str]:
    with Server(("127.0.0.1", 0), queue_url, results.name) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _ask(url: str, body: bytes | None = None) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_it_is_healthy_while_it_serves(address: str) -> None:
    assert _ask(f"{address}/healthz") == (200, {"status": "ok", "service": "web"})


def test_a_job_is_handed_to_the_queue_with_an_id_of_its_own(address: str, queue_url: str) -> None:
    status, answer = _ask(f"{address}/jobs", b'{"size": 3, "job_id": "chosen by the client"}')
    assert (status, answer["result"]) == (202, f"/jobs/{answer['job_id']}")
    (message,) = cast("Any", boto3).client("sqs").receive_message(QueueUrl=queue_url)["Messages"]
    assert json.loads(message["Body"]) == {"size": 3, "job_id": answer["job_id"]}
    assert answer["job_id"] != "chosen by the client"


def test_a_result_is_read_from_the_table_by_any_server(address: str, results: Any, queue_url: str) -> None:
    assert _ask(f"{address}/jobs/7")[0] == 404
    results.put_item(Item={"job_id": "7", "status": "done", "finished_at": 5})
    assert _ask(f"{address}/jobs/7") == (200, {"job_id": "7", "status": "done", "finished_at": 5})


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b'"text"', b"x" * (MAXIMUM_BODY_BYTES + 1)])
def test_what_is_no_job_is_refused_and_queues_nothing(address: str, queue_url: str, body: bytes) -> None:
    status, answer = _ask(f"{address}/jobs", body)
    assert status == 400
    assert answer["error"]
    assert "Messages" not in cast("Any", boto3).client("sqs").receive_message(QueueUrl=queue_url)


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs/", "/healthz/x"])
def test_other_paths_are_not_found(address: str, path: str) -> None:
    assert _ask(f"{address}{path}")[0] == 404


def test_a_job_posted_elsewhere_is_not_found(address: str) -> None:
    assert _ask(f"{address}/job", b"{}")[0] == 404
