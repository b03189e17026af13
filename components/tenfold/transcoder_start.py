"""The function that starts a job for each upload: at least one, and no second one for an event that comes again.

It runs on Lambda, for messages of an SQS queue. An upload that must not be transcoded is told to EventBridge, as a job
is that ended; one whose job cannot be started now comes back, and at last becomes a dead letter.
This module imports nothing of the package but what goes to Lambda with it.
"""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tenfold.transcoder_job import REJECTION_SOURCE, REJECTION_TYPE, Place, Upload, job_of, uploads_of
from tenfold.transcoder_model import job_mistakes

logger = logging.getLogger()
# MediaConvert looks for the end of a URI too, and for no more than these.
_SEARCHED_CHARACTERS = 300


class RejectedError(Exception):
    """An upload that is never transcoded, with the reason."""


class NotStartedError(Exception):
    """A job that MediaConvert would refuse."""


@dataclass(frozen=True)
class Limits:
    """What an upload may be at the most; 0 for no bound."""

    minutes: float
    gigabytes: float


class Starter:
    """Starts jobs for uploads."""

    def __init__(self, clients: Mapping[str, Any], template: Mapping[str, Any], place: Place, limits: Limits) -> None:
        """For boto3's clients of `mediaconvert`, `s3` and `events`, what jobs have in common, and where they run."""
        self._mediaconvert, self._s3, self._events = (clients[name] for name in ("mediaconvert", "s3", "events"))
        self._template, self._place, self._limits = template, place, limits

    def take(self, upload: Upload) -> None:
        """Start the job of an upload, or tell that there will be none."""
        size = self._size(upload)
        if size is None:
            logger.info("%s is gone, or a folder", upload.uri)
            return
        try:
            self._start(upload, size)
        except RejectedError as reason:
            logger.warning("%s is rejected: %s", upload.uri, reason)
            self._tell(upload, str(reason))

    def _start(self, upload: Upload, size: int) -> None:
        if upload.bucket == self._place.bucket:
            raise RejectedError("it is in the bucket of outputs, where each output would be an upload again")
        if self._limits.gigabytes and size > self._limits.gigabytes * 10**9:
            raise RejectedError(f"it has {size / 10**9:.1f} GB, and {self._limits.gigabytes:g} are allowed")
        if self._started(upload):
            logger.info("%s has its job already", upload.uri)
            return
        if self._limits.minutes:
            self._check_length(upload)
        job = job_of(self._template, upload, self._place)
        if mistakes := list(job_mistakes(job)):
            raise NotStartedError(
                "; ".join(f"{path}: {given}; allowed: {allowed}" for path, given, allowed in mistakes)
            )
        answer = self._mediaconvert.create_job(**job)
        logger.info("%s is transcoded by job %s", upload.uri, answer["Job"]["Id"])

    def _size(self, upload: Upload) -> int | None:
        """The object's size in bytes; None where there is none, or a folder as S3's console makes them."""
        if upload.key.endswith("/"):
            return None
        try:
            return self._s3.head_object(Bucket=upload.bucket, Key=upload.key)["ContentLength"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
                return None
            raise

    def _started(self, upload: Upload) -> bool:
        """Whether there is a job: MediaConvert itself knows a token again for one minute only."""
        queues = filter(None, [self._place.queue_arn, self._place.overflow_queue_arn])
        return any(self._has_job(upload, queue) for queue in queues)

    def _has_job(self, upload: Upload, queue: str) -> bool:
        asked: dict[str, Any] = {"InputFile": upload.uri[-_SEARCHED_CHARACTERS:], "Queue": queue, "MaxResults": 20}
        while True:
            answer = self._mediaconvert.search_jobs(**asked)
            if any(job.get("UserMetadata", {}).get("upload") == upload.token for job in answer.get("Jobs", [])):
                return True
            if not answer.get("NextToken"):
                return False
            asked["NextToken"] = answer["NextToken"]

    def _check_length(self, upload: Upload) -> None:
        try:
            found = self._mediaconvert.probe(InputFiles=[{"FileUrl": upload.uri}])
        except self._mediaconvert.exceptions.BadRequestException as error:
            raise RejectedError(f"MediaConvert cannot read it: {error.response['Error'].get('Message', '')}") from error
        seconds = next((each.get("Container", {}).get("Duration") for each in found.get("ProbeResults", [])), None)
        if seconds is None:
            raise RejectedError("its length cannot be told")
        if seconds > self._limits.minutes * 60:
            raise RejectedError(f"it takes {seconds / 60:.1f} minutes, and {self._limits.minutes:g} are allowed")

    def _tell(self, upload: Upload, reason: str) -> None:
        """Tell it as MediaConvert tells of a job, so that one rule and one consumer are enough."""
        detail = {
            "status": "REJECTED",
            "queue": self._place.queue_arn,
            "errorMessage": reason,
            "userMetadata": upload.metadata,
        }
        entry = {"Source": REJECTION_SOURCE, "DetailType": REJECTION_TYPE, "Detail": json.dumps(detail)}
        answer = self._events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise NotStartedError(f"EventBridge did not take the rejection: {answer['Entries']}")


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: messages that failed are named, and come back."""
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            for upload in uploads_of(record["body"]):
                _starter().take(upload)
        except Exception:
            logger.exception("message %s is tried again", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


@cache
def _starter() -> Starter:
    given = os.environ
    config = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=30)
    names = ("mediaconvert", "s3", "events")
    clients: dict[str, Any] = {name: boto3.client(name, config=config) for name in names}  # pyright: ignore
    place = Place(
        queue_arn=given["TRANSCODER_QUEUE_ARN"],
        role_arn=given["TRANSCODER_ROLE_ARN"],
        bucket=given["TRANSCODER_OUTPUTS_BUCKET"],
        overflow_queue_arn=given.get("TRANSCODER_OVERFLOW_QUEUE_ARN", ""),
        overflow_minutes=int(given.get("TRANSCODER_OVERFLOW_MINUTES", "0")),
    )
    limits = Limits(float(given["TRANSCODER_MAX_INPUT_MINUTES"]), float(given["TRANSCODER_MAX_INPUT_GB"]))
    template = json.loads(Path(__file__).with_name("transcoder_template.json").read_text())
    return Starter(clients, template, place, limits)
