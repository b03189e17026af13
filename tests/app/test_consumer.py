"""The worker that fetches jobs itself: every job once, a failing one alone, nothing lost, nobody stopped at work."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from local.emulator import Emulator
from tests.app.programs import FLEET, alone


@pytest.fixture(scope="module")
def consumer() -> Any:
    """The module as a container has it: by its file alone."""
    return alone("consumer")


@pytest.fixture
def queue(sqs: Any) -> str:
    name = f"fleet-{uuid.uuid4().hex[:8]}"
    return sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "60"})["QueueUrl"]


class Recorded:
    """Protection that notes what it is asked for."""

    def __init__(self) -> None:
        self.said: list[object] = []

    def on(self, seconds: int) -> None:
        self.said.append(seconds)

    def off(self) -> None:
        self.said.append("off")


def work(consumer: Any, sqs: Any, queue: str, handle: Callable[[Any], object], **options: Any) -> Recorded:
    """Run a consumer until a poll finds nothing."""
    protected = options.pop("protected", Recorded())
    made = consumer.Consumer(
        sqs, queue, handle, timeout_seconds=options.pop("timeout_seconds", 30), protected=protected, poll_seconds=0
    )
    real = made._next

    def next_or_end() -> Any:
        found = real()
        if found is None:
            made.end()
        return found

    made._next = next_or_end
    made.run()
    return protected


def counts(sqs: Any, queue: str) -> tuple[int, int]:
    """How many messages are visible, and how many are in flight."""
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])


def test_every_job_is_done_once_and_its_message_deleted(consumer: Any, sqs: Any, queue: str) -> None:
    for number in range(5):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    done: list[str] = []
    work(consumer, sqs, queue, lambda message: done.append(message["Body"]))
    assert sorted(done) == ["0", "1", "2", "3", "4"]
    assert counts(sqs, queue) == (0, 0)


def test_a_job_that_fails_comes_back_later_and_the_others_are_done(consumer: Any, sqs: Any, queue: str) -> None:
    for body in ("good", "bad", "fine"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    done: list[str] = []

    def handle(message: Any) -> None:
        if message["Body"] == "bad":
            raise RuntimeError("cannot")
        done.append(message["Body"])

    work(consumer, sqs, queue, handle)
    assert sorted(done) == ["fine", "good"]
    # Hidden for ten seconds, not for the queue's sixty.
    assert counts(sqs, queue) == (0, 1)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 10), (2, 20), (4, 80), (7, 640), (8, 900), (1000, 900)])
def test_the_pause_before_the_next_try_doubles_up_to_a_quarter_of_an_hour(
    consumer: Any, tries: int, seconds: int
) -> None:
    calls: list[Any] = []

    class Sqs:
        def change_message_visibility(self, **given: Any) -> None:
            calls.append(given["VisibilityTimeout"])

    def fails(_: Any) -> None:
        raise RuntimeError("cannot")

    made = consumer.Consumer(Sqs(), "url", fails, timeout_seconds=30, protected=consumer.NoProtection())
    made._do({"MessageId": "m", "ReceiptHandle": "r", "Attributes": {"ApproximateReceiveCount": str(tries)}})
    assert calls == [seconds]


def test_a_job_that_takes_too_long_is_interrupted_and_comes_back(consumer: Any, sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="slow")
    started = time.monotonic()
    work(consumer, sqs, queue, lambda _: time.sleep(30), timeout_seconds=1)
    assert time.monotonic() - started < 10
    assert counts(sqs, queue) == (0, 1)


def test_a_worker_is_protected_from_its_first_job_until_there_is_none(consumer: Any, sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="a")
    order: list[object] = []
    protected = Recorded()
    protected.said = order
    work(consumer, sqs, queue, lambda _: order.append("job"), protected=protected)
    assert order == ["off", 30, "job", "off", "off"]


def test_a_protection_that_cannot_be_had_stops_no_job(consumer: Any, sqs: Any, queue: str) -> None:
    class Refused:
        def on(self, seconds: int) -> None:
            raise ValueError("no")

        def off(self) -> None:
            raise ValueError("no")

    sqs.send_message(QueueUrl=queue, MessageBody="a")
    done: list[str] = []
    work(consumer, sqs, queue, lambda message: done.append(message["Body"]), protected=Refused())
    assert done == ["a"]
    assert counts(sqs, queue) == (0, 0)


class Endpoint(ThreadingHTTPServer):
    """A local service that notes what it is asked."""

    def __init__(self, answers: dict[tuple[str, str], tuple[int, str]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, str, str]] = []
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        server = cast(Endpoint, self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        token = self.headers.get("X-aws-ec2-metadata-token", "")
        server.asked.append((self.command, self.path, body, token))
        status, text = server.answers.get((self.command, self.path), (404, "{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def endpoint() -> Generator[Endpoint]:
    server = Endpoint({})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


STATE = "/api/task/task-protection/v1/state"


def test_a_task_protects_itself_at_its_agent_for_the_job_and_some_more(consumer: Any, endpoint: Endpoint) -> None:
    endpoint.answers[("PUT", STATE)] = (200, '{"protection": {"ProtectionEnabled": true}}')
    task = consumer.protection({"ECS_AGENT_URI": f"{endpoint.url}/api/task"})
    task.on(300)
    task.on(300)
    task.off()
    task.off()
    assert [(method, path, json.loads(body)) for method, path, body, _ in endpoint.asked] == [
        ("PUT", STATE, {"ProtectionEnabled": True, "ExpiresInMinutes": 15}),
        ("PUT", STATE, {"ProtectionEnabled": False}),
    ]


def test_a_task_asks_again_before_its_protection_ends(
    consumer: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.answers[("PUT", STATE)] = (200, '{"protection": {}}')
    now = [1000.0]
    monkeypatch.setattr(consumer.time, "monotonic", lambda: now[0])
    task = consumer.TaskProtection(f"{endpoint.url}/api/task")
    for _ in range(4):
        task.on(300)
        now[0] += 250
    # 15 minutes: those of the jobs at 0, 250 and 500 seconds end within, that at 750 does not.
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 11), (60, 11), (61, 12), (43_170, 730), (200_000, 2880)])
def test_a_protection_is_never_shorter_than_the_job_nor_longer_than_two_days(
    consumer: Any, endpoint: Endpoint, seconds: int, minutes: int
) -> None:
    endpoint.answers[("PUT", STATE)] = (200, '{"protection": {}}')
    consumer.TaskProtection(f"{endpoint.url}/api/task").on(seconds)
    assert json.loads(endpoint.asked[0][2])["ExpiresInMinutes"] == minutes


@pytest.mark.parametrize(("status", "text"), [(200, '{"failure": {"Reason": "TASK_NOT_VALID"}}'), (403, "{}")])
def test_an_agent_that_refuses_is_an_error(consumer: Any, endpoint: Endpoint, status: int, text: str) -> None:
    endpoint.answers[("PUT", STATE)] = (status, text)
    with pytest.raises(ValueError, match="answers"):
        consumer.TaskProtection(f"{endpoint.url}/api/task").on(300)


class Groups:
    """Auto Scaling as far as an instance asks: the emulator has no protection."""

    def __init__(self) -> None:
        self.set: list[dict[str, Any]] = []

    def describe_auto_scaling_instances(self, **given: Any) -> dict[str, Any]:
        assert given == {"InstanceIds": ["i-1"]}
        return {"AutoScalingInstances": [{"InstanceId": "i-1", "AutoScalingGroupName": "jobs-worker-asg"}]}

    def set_instance_protection(self, **given: Any) -> None:
        self.set.append(given)


def test_an_instance_finds_its_id_and_protects_itself_in_its_group(
    consumer: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.answers[("PUT", "/latest/api/token")] = (200, "token-1")
    endpoint.answers[("GET", "/latest/meta-data/instance-id")] = (200, "i-1")
    groups = Groups()
    monkeypatch.setattr(consumer.boto3, "client", lambda _: groups)
    environment = {"SCALE_IN_PROTECTION": "instance", "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint.url}
    instance = consumer.protection(environment)
    # One that was killed may have left it on: the first word is always said.
    for step in (instance.off, lambda: instance.on(300), lambda: instance.on(300), instance.off):
        step()
    assert [one["ProtectedFromScaleIn"] for one in groups.set] == [False, True, False]
    assert {(one["AutoScalingGroupName"], *one["InstanceIds"]) for one in groups.set} == {("jobs-worker-asg", "i-1")}
    assert endpoint.asked[1][3] == "token-1"


def test_elsewhere_there_is_nothing_to_protect(consumer: Any) -> None:
    assert isinstance(consumer.protection({}), consumer.NoProtection)


def test_the_calls_of_protection_are_those_of_boto3(consumer: Any) -> None:
    client = cast("Any", boto3).client("autoscaling", region_name="us-east-1")
    members = client.meta.service_model.operation_model("SetInstanceProtection").input_shape.members
    assert set(members) == {"InstanceIds", "AutoScalingGroupName", "ProtectedFromScaleIn"}


def test_the_command_ends_at_sigterm_after_the_job_in_hand(
    emulator: Emulator, sqs: Any, queue: str, tmp_path: Path
) -> None:
    (tmp_path / "jobs.py").write_text(
        "import pathlib, time\n"
        "def handle(message):\n"
        "    pathlib.Path('started').touch()\n"
        "    time.sleep(2)\n"
        "    pathlib.Path('done').write_text(message['Body'])\n"
    )
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "QUEUE_URL": queue,
        "JOB_TIMEOUT_SECONDS": "30",
    }
    for body in ("first", "second"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    process = subprocess.Popen(
        [sys.executable, str(FLEET / "consumer.py"), "jobs:handle"], cwd=tmp_path, env=environment
    )
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
    assert (tmp_path / "done").exists()
    visible, in_flight = counts(sqs, queue)
    # The other one was not begun, and waits for another worker.
    assert (visible, in_flight) == (1, 0)


def test_the_command_says_how_it_is_called() -> None:
    said = subprocess.run([sys.executable, str(FLEET / "consumer.py")], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (1, "usage: python consumer.py MODULE:FUNCTION\n")
