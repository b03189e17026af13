"""What an upload's job is: where it reads, where it writes, and what tells it from every other.

This module goes to Lambda with the function that starts jobs, so it imports nothing of the package.
See https://docs.aws.amazon.com/mediaconvert/latest/apireference/jobs.html.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_plus

EVENT_SOURCE, EVENT_TYPE = "aws.mediaconvert", "MediaConvert Job State Change"
REJECTION_SOURCE, REJECTION_TYPE = "tenfold.transcoder", "Upload Rejected"
"""What tells the events of rejected uploads from those of jobs."""
DESTINATIONS = {
    "CMAF_GROUP_SETTINGS": "CmafGroupSettings",
    "DASH_ISO_GROUP_SETTINGS": "DashIsoGroupSettings",
    "FILE_GROUP_SETTINGS": "FileGroupSettings",
    "HLS_GROUP_SETTINGS": "HlsGroupSettings",
    "MS_SMOOTH_GROUP_SETTINGS": "MsSmoothGroupSettings",
}
"""The member of an output group's settings that says where it writes, by the group's type."""
# What S3 and MediaConvert both take as it is; `$` begins a format identifier of MediaConvert's.
_UNSAFE = re.compile(rb"[^A-Za-z0-9_./-]")
_EMPTY_OR_DOTS = re.compile(r"(?:^|(?<=/))(?:/|(\.{1,2})(?=/|$))")
# S3 allows 1024 bytes, and the names of files come after it.
_LONGEST = 700


@dataclass(frozen=True)
class Upload:
    """An object that was put into the bucket of uploads.

    Attributes:
        bucket: The bucket's name.
        key: The object's key, decoded.
        sequencer: What S3 tells one upload to a key from the next by.
    """

    bucket: str
    key: str
    sequencer: str

    @property
    def uri(self) -> str:
        """Where MediaConvert reads it."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def token(self) -> str:
        """What is the same for each event of this upload, and for no other: 64 hexadecimal digits."""
        return hashlib.sha256("\n".join([self.bucket, self.sequencer, self.key]).encode()).hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        """What the job's events tell of it; the key is percent-encoded, as not all characters can be in there."""
        return {"bucket": self.bucket, "key": quote(self.key), "upload": self.token}


@dataclass(frozen=True)
class Place:
    """Where jobs run and write.

    Attributes:
        queue_arn: The queue that a job is sent to.
        role_arn: The role that MediaConvert takes.
        bucket: The name of the bucket of outputs.
        overflow_queue_arn: The queue that a job goes to where it waits too long; empty without one.
        overflow_minutes: How long that is.
    """

    queue_arn: str
    role_arn: str
    bucket: str
    overflow_queue_arn: str = ""
    overflow_minutes: int = 0


def uploads_of(body: str) -> list[Upload]:
    """The uploads that a message of S3's tells of; none where it is S3's first one, a test."""
    return [
        Upload(
            record["s3"]["bucket"]["name"],
            unquote_plus(record["s3"]["object"]["key"]),
            record["s3"]["object"].get("sequencer", ""),
        )
        for record in json.loads(body).get("Records", [])
        if record.get("eventName", "").startswith("ObjectCreated")
    ]


def folder(key: str) -> str:
    """The folder of an upload's outputs: its key, in which a byte that is no safe character is `!` and two digits.

    `films/a film.mp4` is `films/a!20film.mp4`. Two keys never have the same folder. A key that would be too long is
    its beginning, `!!` and a digest.
    """
    safe = _UNSAFE.sub(lambda found: b"!%02x" % found[0][0], key.encode()).decode()
    safe = _EMPTY_OR_DOTS.sub(lambda found: "".join(f"!{ord(letter):02x}" for letter in found[0]), safe)
    if safe.endswith("/"):
        safe = f"{safe[:-1]}!2f"
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[: _LONGEST - 66]}!!{hashlib.sha256(key.encode()).hexdigest()}"


def job_of(template: Mapping[str, Any], upload: Upload, place: Place) -> dict[str, Any]:
    """The parameters of `CreateJob` for an upload.

    Args:
        template: What is the same for all jobs: `Settings` with one input and with output groups that have names,
            and other parameters.
        upload: The upload.
        place: Where the job runs and writes.
    """
    settings = template["Settings"]
    (source,) = settings["Inputs"]
    job: dict[str, Any] = {
        **template,
        "Queue": place.queue_arn,
        "Role": place.role_arn,
        "ClientRequestToken": upload.token,
        "UserMetadata": upload.metadata,
        "Settings": {
            **settings,
            "Inputs": [{**source, "FileInput": upload.uri}],
            "OutputGroups": _with_destinations(settings["OutputGroups"], f"s3://{place.bucket}/{folder(upload.key)}"),
        },
    }
    if place.overflow_queue_arn:
        job["HopDestinations"] = [{"Queue": place.overflow_queue_arn, "WaitMinutes": place.overflow_minutes}]
    return job


def _with_destinations(groups: Sequence[Mapping[str, Any]], home: str) -> list[dict[str, Any]]:
    return [_with_destination(group, f"{home}/{group['Name']}/index") for group in groups]


def _with_destination(group: Mapping[str, Any], destination: str) -> dict[str, Any]:
    settings = group["OutputGroupSettings"]
    member = DESTINATIONS[settings["Type"]]
    return {
        **group,
        "OutputGroupSettings": {**settings, member: {**settings.get(member, {}), "Destination": destination}},
    }
