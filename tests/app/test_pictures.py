"""The three steps of a picture: what is read from its first bytes, and how jobs are handed on."""

import io
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pictures import handler

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 12, 300)
# SOI, an APP0 segment of 16 bytes, then the frame: length 17, 8 bits, height 33, width 77.
JPEG = b"\xff\xd8\xff\xe0\x00\x10" + 14 * b"\x00" + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 33, 77) + b"\x03"


class Aws:
    """The clients that the steps use, with one picture in S3."""

    def __init__(self, picture: bytes) -> None:
        self.picture = picture
        self.sent: list[tuple[str, Any]] = []
        self.items: list[dict[str, Any]] = []

    def get_object(self, **_: Any) -> Any:
        return {"Body": io.BytesIO(self.picture)}

    def send_message(self, **message: Any) -> None:
        self.sent.append((message["QueueUrl"], json.loads(message["MessageBody"])))

    def publish(self, **message: Any) -> None:
        self.sent.append((message["TopicArn"], json.loads(message["Message"])))

    def put_item(self, **item: Any) -> None:
        self.items.append(item["Item"])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    stub = Aws(PNG)
    monkeypatch.setattr(handler, "_client", lambda _service: stub)
    monkeypatch.setattr(handler, "_table", lambda: stub)
    return stub


def batch(*jobs: Any) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": json.dumps(job)} for number, job in enumerate(jobs)]}


@pytest.mark.parametrize(
    ("head", "found"), [(PNG, ("png", 640, 480)), (GIF, ("gif", 12, 300)), (JPEG, ("jpeg", 77, 33))]
)
def test_the_first_bytes_say_format_and_size(head: bytes, found: tuple[str, int, int]) -> None:
    assert handler.size_of(head) == found


def _beginnings(picture: bytes) -> st.SearchStrategy[bytes]:
    return st.integers(0, len(picture)).map(lambda length: picture[:length])


@given(st.binary(max_size=64) | st.sampled_from([PNG, GIF, JPEG]).flatmap(_beginnings))
def test_whatever_is_uploaded_has_a_size_or_is_no_picture(head: bytes) -> None:
    try:
        kind, width, height = handler.size_of(head)
    except handler.NotAPictureError:
        return
    assert kind in ("png", "gif", "jpeg")
    assert min(width, height) >= 0


@given(st.integers(1, 65_535), st.integers(1, 65_535))
def test_a_thumbnail_fits_and_keeps_the_proportion_within_a_pixel(width: int, height: int) -> None:
    small_width, small_height = handler.thumbnail_of(width, height)
    scale = min(1.0, 320 / max(width, height))
    assert 1 <= small_width <= 320
    assert 1 <= small_height <= 320
    assert abs(small_width - width * scale) <= 1
    assert abs(small_height - height * scale) <= 1


def test_an_upload_starts_a_job_by_its_version(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICTURES_QUEUE_URL", "first")
    stored = {"key": "uploads/a+cat.png", "versionId": "v7", "eTag": "e"}
    handler.start({"Records": [{"s3": {"bucket": {"name": "pictures"}, "object": stored}}]}, None)
    assert aws.sent == [("first", {"job_id": "picture-v7", "bucket": "pictures", "key": "uploads/a cat.png"})]


def test_a_job_goes_from_step_to_step_and_ends_in_table_and_topic(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXT_QUEUE_URL", "next")
    job = {"job_id": "picture-v7", "bucket": "pictures", "key": "uploads/cat.png"}
    for step in (handler.inspect, handler.describe):
        assert step(batch(job), None) == {"batchItemFailures": []}
        _, job = aws.sent[-1]
    monkeypatch.delenv("NEXT_QUEUE_URL")
    monkeypatch.setenv("END_TOPIC_ARN", "topic")
    handler.publish(batch(job), None)
    ((place, told), (item,)) = (aws.sent[-1], aws.items)
    assert (place, told["kind"], told["thumbnail_width"], told["thumbnail_height"]) == (
        "topic",
        "picture-done",
        320,
        240,
    )
    assert (item["job_id"], item["format"], item["width"], item["status"]) == ("picture-v7", "png", 640, "done")


def test_what_is_no_picture_comes_back_alone(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXT_QUEUE_URL", "next")
    good = {"job_id": "a", "bucket": "pictures", "key": "uploads/cat.png"}
    assert handler.inspect(batch("no job", good), None) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert [place for place, _ in aws.sent] == ["next"]
