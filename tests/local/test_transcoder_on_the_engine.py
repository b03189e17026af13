"""A transcoder on the real engine and the embedded AWS, with a stand-in for MediaConvert, which the emulator lacks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

PROGRAM = """
import pulumi, pulumi_aws as aws
from tenfold import QueueService, Transcoder

def quick(child):
    # Six minutes until the next try are long for a test.
    props = dict(child.props)
    if child.name == "video-start-queue":
        props["visibility_timeout_seconds"] = 3
    if child.type_ == "aws:s3/bucket:Bucket":
        props["force_destroy"] = True
    return pulumi.ResourceTransformationResult(props, child.opts)

video = Transcoder(
    "video",
    {
        "limits": {"max_input_minutes": 10},
        "uploads": {"prefix": "films/", "suffixes": [".mp4"]},
        "start": {
            "max_receive_count": 3,
            "environment": {"AWS_ENDPOINT_URL_MEDIACONVERT": pulumi.Config().require("mediaconvert")},
        },
        "deletion_protection": False,
    },
    pulumi.ResourceOptions(transformations=[quick]),
)
told = QueueService("told", {"senders": {"video": video.events_topic_arn}})
aws.sns.TopicSubscription(
    "told", topic=video.events_topic_arn, protocol="sqs", endpoint=told.queue_arn, raw_message_delivery=True
)
for name in ("uploads_bucket_name", "outputs_bucket_name", "queue_arn", "events_rule_arn", "start_queue_url",
    "start_dlq_url"):
    pulumi.export(name, getattr(video, name))
pulumi.export("told", told.queue_url)
"""


class MediaConvert(ThreadingHTTPServer):
    """What the function asks of MediaConvert, by its REST API: it keeps jobs, and never transcodes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.jobs: list[dict[str, Any]] = []
        self.refused = 0

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/search"):
            return 200, {"jobs": self.jobs}
        if path.endswith("/probe"):
            seconds = 3600 if "long" in body["inputFiles"][0]["fileUrl"] else 60
            return 200, {"probeResults": [{"container": {"duration": seconds}}]}
        if "broken" in body["settings"]["inputs"][0]["fileInput"]:
            self.refused += 1
            return 400, {"message": "refused"}
        self.jobs.append(body)
        return 201, {"job": {**body, "id": str(len(self.jobs))}}


class _Requests(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._send({})

    def do_POST(self) -> None:
        self._send(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's word
        pass

    def _send(self, body: dict[str, Any]) -> None:
        assert isinstance(self.server, MediaConvert)
        status, answer = self.server.answer(self.path.partition("?")[0], body)
        sent = json.dumps(answer).encode()
        self.send_response(status)
        if status == 400:
            self.send_header("x-amzn-ErrorType", "BadRequestException")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


@pytest.fixture
def mediaconvert() -> Iterator[MediaConvert]:
    with MediaConvert() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def _until(happened: Callable[[], Any], seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < until
        time.sleep(0.2)
    return found


def _waiting(sqs: Any, url: str) -> int:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(int(found[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible"))


@pytest.mark.deep
def test_an_upload_has_one_job_and_each_end_is_told(stack: Stack, mediaconvert: MediaConvert) -> None:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.run("config", "set", "mediaconvert", f"http://127.0.0.1:{mediaconvert.server_port}")
    stack.up()
    made = stack.outputs()
    s3, sqs, events = (stack.client(name) for name in ("s3", "sqs", "events"))
    with pytest.raises(ClientError):
        # Without the stand-in each job's start fails, and uploads become dead letters.
        stack.client("mediaconvert").list_queues()

    def upload(key: str) -> None:
        s3.put_object(Bucket=made["uploads_bucket_name"], Key=key, Body=b"film")

    def received(url: str) -> list[Any]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    upload("films/notes.txt")
    upload("other/b.mp4")
    upload("films/a film+1.mp4")
    (job,) = _until(lambda: mediaconvert.jobs)
    assert job["settings"]["inputs"][0]["fileInput"] == f"s3://{made['uploads_bucket_name']}/films/a film+1.mp4"
    hls = next(group for group in job["settings"]["outputGroups"] if group["name"] == "hls")
    destination = hls["outputGroupSettings"]["hlsGroupSettings"]["destination"]
    assert destination == f"s3://{made['outputs_bucket_name']}/films/a!20film!2b1.mp4/hls/index"
    assert job["queue"] == made["queue_arn"]
    assert job["userMetadata"]["key"] == "films/a%20film%2B1.mp4"

    # An event that comes twice, as S3 and SQS may send it.
    place = {"bucket": {"name": made["uploads_bucket_name"]}, "object": {"key": "other/b.mp4", "sequencer": "00A1"}}
    body = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": place}]})
    for _ in range(2):
        sqs.send_message(QueueUrl=made["start_queue_url"], MessageBody=body)
        _until(lambda: mediaconvert.jobs[1:])

    upload("films/long.mp4")
    upload("films/broken.mp4")
    (rejected,) = _until(lambda: received(made["told"]))
    assert (rejected["source"], rejected["detail"]["status"]) == ("tenfold.transcoder", "REJECTED")
    assert rejected["detail"]["errorMessage"] == "it takes 60.0 minutes, and 10 are allowed"
    assert rejected["detail"]["userMetadata"]["key"] == "films/long.mp4"

    (letter,) = _until(lambda: received(made["start_dlq_url"]))
    assert [record["s3"]["object"]["key"] for record in letter["Records"]] == ["films/broken.mp4"]
    assert mediaconvert.refused == 3

    # What MediaConvert sends itself cannot be sent by others; the rule is asked whether it would take it.
    rule = events.describe_rule(Name=made["events_rule_arn"].rpartition("/")[2])
    event = {
        "id": "1",
        "account": "000000000000",
        "region": "us-east-1",
        "time": "2026-01-07T23:35:20Z",
        "source": "aws.mediaconvert",
        "detail-type": "MediaConvert Job State Change",
        "resources": [],
    }
    for queue, status, taken in [
        (made["queue_arn"], "COMPLETE", True),
        (made["queue_arn"], "ERROR", True),
        (made["queue_arn"], "PROGRESSING", False),
        (f"{made['queue_arn']}-other", "COMPLETE", False),
    ]:
        text = json.dumps({**event, "detail": {"queue": queue, "status": status, "jobId": "1"}})
        assert events.test_event_pattern(EventPattern=rule["EventPattern"], Event=text)["Result"] is taken
    _until(lambda: _waiting(sqs, made["start_queue_url"]) == 0)
    assert [each["userMetadata"]["key"] for each in mediaconvert.jobs] == ["films/a%20film%2B1.mp4", "other/b.mp4"]
