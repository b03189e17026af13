"""What a program says of a transcoder."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs, handed_on
from tenfold.arguments import Children
from tenfold.bucket_arguments import BucketCorsArgs


class TranscoderPreset(StrEnum):
    """What is made of each upload. Nothing is made larger than the upload is."""

    HLS = "hls"
    """For players: H.264 and AAC in four sizes, 1080 to 360 lines, in segments of 6 seconds: `hls/index.m3u8`."""
    MP4 = "mp4"
    """One file to download or to play at once: H.264 and AAC, up to 1080 lines: `mp4/index.mp4`."""
    THUMBNAILS = "thumbnails"
    """A JPEG of up to 640 x 360 each 10 seconds, the first one first: `thumbnails/index.0000000.jpg`. MediaConvert
    makes them beside another output only."""


class TranscoderAcceleration(StrEnum):
    """Whether MediaConvert works on parts of a video at the same time, at its higher price."""

    DISABLED = "disabled"
    """Never."""
    PREFERRED = "preferred"
    """Where it can."""
    ENABLED = "enabled"
    """Always; a job for which it is impossible fails."""


class TranscoderEventStatus(StrEnum):
    """What becomes of a job, and is told."""

    COMPLETE = "COMPLETE"
    """All outputs are there, and the event names them."""
    ERROR = "ERROR"
    """The job failed, and the event says why."""
    CANCELED = "CANCELED"
    """Somebody canceled it."""
    REJECTED = "REJECTED"
    """There is no job: the upload is too long, too large or no video, and the event says so."""


class TranscoderUploadsArgs(TypedDict):
    """Where uploads come from."""

    bucket_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a bucket that exists already, in place of one made here. It has one list of whom it tells, so the
    program adds this queue to it: `uploads.notify({"queues": {"start": {"queue_arn": video.start_queue_arn}}})`."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key of the bucket that exists already, where it has one."""
    prefix: NotRequired[str]
    """The beginning of the keys that are transcoded and that uploaders may write: `films/`; any by default."""
    suffixes: NotRequired[list[str]]
    """The file extensions that are transcoded, as they are written: `[".mp4", ".MP4", ".mov"]`; any by default."""
    cors: NotRequired[list[BucketCorsArgs]]
    """Which web pages may upload from a browser, by default with PUT and POST; none by default."""
    expire_days: NotRequired[int]
    """Days until an upload expires; it is kept by default, to be transcoded again."""


class TranscoderOutputsArgs(TypedDict):
    """Where outputs go."""

    bucket_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a bucket that exists already, in place of one made here; not that of the uploads."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key of the bucket that exists already, where it has one."""
    cors: NotRequired[list[BucketCorsArgs]]
    """Which web pages may play outputs from the bucket itself; none by default, as a CDN stands before it."""


class TranscoderJobArgs(TypedDict):
    """What holds for all jobs, whatever their presets."""

    priority: NotRequired[int]
    """Which jobs come first in the queue, -50 to 50; 0 by default."""
    acceleration: NotRequired[TranscoderAcceleration]
    """Whether MediaConvert works on parts of a video at the same time: `disabled` (default), `preferred`, `enabled`."""
    input: NotRequired[dict[str, Any]]
    """Settings of the input, as `Input` of MediaConvert's API has them, in place of those of the same name:
    `{"DeblockFilter": "ENABLED"}`. By default its first audio track is taken, and a video of a phone is turned
    upright."""


class TranscoderLimitsArgs(TypedDict):
    """What bounds the cost of an upload. What is beyond is rejected, which is told as an event, and not tried again."""

    max_input_minutes: NotRequired[float]
    """The longest upload, in minutes; 180 by default. MediaConvert's Probe reads each upload's length before its job;
    one whose length it cannot tell is rejected. 0 for no bound, and no Probe."""
    max_input_gb: NotRequired[float]
    """The largest upload, in GB of 10^9 bytes; 20 by default, 0 for no bound."""


class TranscoderStartArgs(TypedDict):
    """How jobs are started: by a function that reads a queue of uploads."""

    max_receive_count: NotRequired[pulumi.Input[int]]
    """How often a job's start is tried before the upload is a dead letter, 1 to 1000; 10 by default, six minutes
    apart, so that MediaConvert may be away for an hour."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """How many jobs are started at the same time at the most, 2 to 1000; 5 by default: MediaConvert takes a few
    requests a second."""
    environment: NotRequired[dict[str, pulumi.Input[str]]]
    """Further environment variables of the function; none by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days its logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


class TranscoderQueueArgs(TypedDict):
    """MediaConvert's own queue, in which jobs wait for their turn."""

    concurrent_jobs: NotRequired[pulumi.Input[int]]
    """How many jobs run at the same time at the most, 1 or more; as many as the account's quota lets by default."""
    reserved_slots: NotRequired[pulumi.Input[int]]
    """How many jobs run at the same time at a fixed price, in a second queue that is then first: a commitment for a
    year, in which they can become more and not less; none by default."""
    reserved_renewal: NotRequired[bool]
    """Whether the commitment is renewed after its year; not by default."""
    reserved_wait_minutes: NotRequired[int]
    """How long a job waits for a reserved slot before it goes to the on-demand queue, 1 to 4320 minutes; 15 by
    default."""
    waiting_alarm_seconds: NotRequired[pulumi.Input[int]]
    """How long a job may wait before the alarm; 1800 seconds by default."""


class TranscoderEventsArgs(TypedDict):
    """Who is told what became of an upload."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a topic that exists already, in place of one made here. Its policy must let EventBridge publish."""
    queue_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a queue that is told in place of a topic: a queue service's `queue_arn`, one of whose `senders` is
    `events_rule_arn`."""
    statuses: NotRequired[list[TranscoderEventStatus]]
    """What is told: `COMPLETE`, `ERROR`, `CANCELED`, `REJECTED`; all of them by default."""
    maximum_age_seconds: NotRequired[pulumi.Input[int]]
    """How long EventBridge tries to tell before it puts the event into a dead-letter queue, 60 to 86400 seconds; 86400
    by default, with 185 tries."""


class TranscoderArgs(TypedDict):
    """Arguments of `Transcoder`. What decides which resources there are is a plain value."""

    presets: NotRequired[list[TranscoderPreset]]
    """What is made of each upload: `hls`, `mp4`, `thumbnails`; `["hls", "thumbnails"]` by default, none of them beside
    `own_presets`."""
    own_presets: NotRequired[dict[str, dict[str, Any]]]
    """Presets of your own by a name that is a folder of the outputs, each an `OutputGroup` as MediaConvert's API and
    the JSON of its console have it, without `Name` and `Destination`: `{"square": json.loads(path.read_text())}`."""
    job: NotRequired[TranscoderJobArgs]
    """What holds for all jobs: priority, acceleration, settings of the input."""
    limits: NotRequired[TranscoderLimitsArgs]
    """What bounds the cost of an upload: 180 minutes and 20 GB by default."""
    uploads: NotRequired[TranscoderUploadsArgs]
    """Where uploads come from: a bucket of its own by default, of which all objects are transcoded."""
    outputs: NotRequired[TranscoderOutputsArgs]
    """Where outputs go: a bucket of its own by default."""
    start: NotRequired[TranscoderStartArgs]
    """How jobs are started, and how often that is tried."""
    queue: NotRequired[TranscoderQueueArgs]
    """How many jobs run at the same time, and at which prices: on demand by default."""
    events: NotRequired[TranscoderEventsArgs]
    """Who is told what became of an upload: a topic of its own by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key that encrypts buckets, queues and the topic made here; keys of the services' own by default.
    Its policy must let `events.amazonaws.com` and `s3.amazonaws.com` use it."""
    deletion_protection: NotRequired[bool]
    """Whether Pulumi refuses to delete the buckets made here; it does by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them; AWS's bill splits the cost of jobs by those of the queue."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"queue": {"status": "PAUSED"}}`; buckets and the start queue are
    reached by Pulumi's `transforms`."""


def shared(args: TranscoderArgs, children: Children) -> dict[str, Any]:
    """What a part of a transcoder is given as it is: the key, the tags, and alarms of its own kinds."""
    given = cast("Mapping[str, Any]", args)
    return {**{key: given[key] for key in ("kms_key_arn", "tags") if key in given}, **handed_on(args, children)}
