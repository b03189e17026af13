"""Pictures of the sample application: an upload starts a job of three steps, each a function on a queue of its own.

    upload -> start -> [inspect] -> [describe] -> [publish] -> topic

A step takes a job from its queue, adds what it found out, and hands it on; one that fails comes back alone, and the
jobs behind it wait in that step's queue. What a step does twice it does to the same effect.

Configured by the pipeline: PICTURES_QUEUE_URL for what an upload starts, NEXT_QUEUE_URL or END_TOPIC_ARN where a job
goes from here. The last step keeps the result in RESULTS_TABLE.
"""

import json
import logging
import os
import struct
import time
from collections.abc import Callable
from functools import cache
from typing import Any, cast
from urllib.parse import unquote_plus

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

THUMBNAIL_PIXELS = 320
_HEAD_BYTES = 65_536
_KEPT_SECONDS = 7 * 86_400

Job = dict[str, Any]


class NotAPictureError(Exception):
    """What was uploaded is none that the application shows; after a few tries its job is a dead letter."""


def start(event: dict[str, Any], _context: object) -> None:
    """Starts a job for each upload that S3 tells of. S3 may tell twice; the job's id is the upload's version."""
    for record in event["Records"]:
        stored = record["s3"]["object"]
        key, version = unquote_plus(stored["key"]), stored.get("versionId") or stored["eTag"]
        job: Job = {"job_id": f"picture-{version}", "bucket": record["s3"]["bucket"]["name"], "key": key}
        _client("sqs").send_message(QueueUrl=os.environ["PICTURES_QUEUE_URL"], MessageBody=json.dumps(job))


def inspect(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The first step: what the picture is, and how large, from its first bytes."""
    return _each(event, _inspected)


def describe(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The second step: the size of its thumbnail."""
    return _each(event, _described)


def publish(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The last step: keeps the result, and tells the topic."""
    return _each(event, _published)


def size_of(head: bytes) -> tuple[str, int, int]:
    """The format, width and height in pixels of a PNG, GIF or JPEG, by its first bytes.

    Raises:
        NotAPictureError: It is none of them.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return ("png", *struct.unpack(">II", head[16:24]))
    if head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        return ("gif", *struct.unpack("<HH", head[6:10]))
    if head.startswith(b"\xff\xd8"):
        return ("jpeg", *_jpeg_size(head))
    raise NotAPictureError("it begins like no PNG, GIF or JPEG")


def thumbnail_of(width: int, height: int) -> tuple[int, int]:
    """The size of a thumbnail: the longer side at most `THUMBNAIL_PIXELS`, in the picture's proportion."""
    longest = max(width, height, THUMBNAIL_PIXELS)
    return max(1, width * THUMBNAIL_PIXELS // longest), max(1, height * THUMBNAIL_PIXELS // longest)


def _jpeg_size(head: bytes) -> tuple[int, int]:
    """From the frame's header, which stands behind segments that say their own length."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], struct.unpack(">H", head[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise NotAPictureError("it is a JPEG without a frame")


def _inspected(job: Job) -> Job:
    stored = _client("s3").get_object(Bucket=job["bucket"], Key=job["key"], Range=f"bytes=0-{_HEAD_BYTES - 1}")
    kind, width, height = size_of(stored["Body"].read())
    return {**job, "format": kind, "width": width, "height": height}


def _described(job: Job) -> Job:
    width, height = thumbnail_of(job["width"], job["height"])
    return {**job, "thumbnail_width": width, "thumbnail_height": height}


def _published(job: Job) -> Job:
    now = int(time.time())
    item = {**job, "status": "done", "finished_at": now, "expires_at": now + _KEPT_SECONDS}
    _table().put_item(Item=item)
    return {**job, "kind": "picture-done"}


def _each(event: dict[str, Any], step: Callable[[Job], Job]) -> dict[str, Any]:
    """Does a step for each message of a batch. The answer names those that failed; Lambda deletes the others."""
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            _hand_on(step(json.loads(message["body"])))
        except Exception:
            # Whatever it was, it must not take the other messages of the batch with it.
            logger.exception("message %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _hand_on(job: Job) -> None:
    queue_url, text = os.environ.get("NEXT_QUEUE_URL"), json.dumps(job)
    if queue_url:
        _client("sqs").send_message(QueueUrl=queue_url, MessageBody=text)
        return
    kind = {"kind": {"DataType": "String", "StringValue": job["kind"]}}
    _client("sns").publish(TopicArn=os.environ["END_TOPIC_ARN"], Message=text, MessageAttributes=kind)


@cache
def _client(service: str) -> Any:
    return cast("Any", boto3).client(service)


@cache
def _table() -> Any:
    return cast("Any", boto3.resource("dynamodb")).Table(os.environ["RESULTS_TABLE"])
