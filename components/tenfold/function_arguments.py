"""What a `Function` is given: its code, how it is called, and what sends it events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.placement import NetworkPlacement


class FunctionArchitecture(StrEnum):
    """The processor that a function's code runs on."""

    ARM64 = "arm64"
    """AWS Graviton: a fifth cheaper."""
    X86_64 = "x86_64"
    """Intel or AMD, for packages that have native code for it alone."""


class FunctionStreamStart(StrEnum):
    """Where in a stream a function begins to read when its source is made."""

    OLDEST = "oldest"
    """With the oldest record that the stream still has."""
    NEWEST = "newest"
    """With the records that come from then on."""


class FunctionTopicFilterScope(StrEnum):
    """What of a topic's message a filter is held against."""

    ATTRIBUTES = "attributes"
    """The message's attributes."""
    BODY = "body"
    """The message itself, a JSON document."""


class FunctionCodeArgs(TypedDict):
    """The code of a function: one of `folder`, `archive` and `image_uri`.

    A folder is seen from where the program runs. Its `requirements.txt` pins each package by `==`, so that an update of
    a program that nobody changed changes nothing; `uv pip compile` writes such a file. uv installs them, or pip where
    there is no uv, once for the same pins, runtime and processor. A change to an image, or back, makes a new function.
    """

    folder: NotRequired[str]
    """A folder of Python code; what its `requirements.txt` pins is installed for the runtime beside the code."""
    archive: NotRequired[pulumi.Input[pulumi.Archive]]
    """The code as it is deployed, with all that it needs: `pulumi.FileArchive("build/thumbnails.zip")`."""
    image_uri: NotRequired[pulumi.Input[str]]
    """A container image in Amazon ECR, best by its digest: `<repository>@sha256:...`."""
    handler: NotRequired[pulumi.Input[str]]
    """The function in the code that gets the events: `main.handle`; for an image its command."""
    runtime: NotRequired[str]
    """The Lambda runtime of a folder or an archive; `python3.13` by default."""
    architecture: NotRequired[FunctionArchitecture]
    """The processor that the code runs on: `arm64` or `x86_64`; `arm64` by default."""
    layers: NotRequired[list[pulumi.Input[str]]]
    """The ARNs of layer versions, up to 5, for a folder or an archive; none by default."""


class FunctionConcurrencyArgs(TypedDict):
    """How many events a function works on at the same time."""

    reserved: NotRequired[pulumi.Input[int]]
    """How many at the most, kept free for it in the account; by default it shares what the account has."""
    provisioned: NotRequired[pulumi.Input[int]]
    """How many environments stand ready for calls without a cold start, and cost money all day; none by default."""


class FunctionCanaryArgs(TypedDict):
    """A new version that gets a part of the calls at first."""

    stable_version: pulumi.Input[str]
    """The version that keeps the other calls, as the output `version` told it before the change: `"7"`."""
    percent: NotRequired[pulumi.Input[float]]
    """How many percent of the calls go to the newest version, 0 to 99; 10 by default, and 0 takes it back."""


class FunctionAsynchronousArgs(TypedDict):
    """What becomes of events that nobody waits for: those of buckets, topics, schedules and `Event` calls."""

    retries: NotRequired[pulumi.Input[int]]
    """How often an event that failed is tried again, 0 to 2; 2 by default."""
    maximum_age_seconds: NotRequired[pulumi.Input[int]]
    """How old an event may get before it counts as failed, 60 to 21600 seconds; 21600 (6 hours) by default."""
    on_failure_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a queue, topic, function, event bus or bucket that gets what failed, not its own dead-letter queue."""
    on_success_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a queue, topic, function or event bus that gets each result; by default nobody does."""


class FunctionUrlCorsArgs(TypedDict):
    """Which web pages may call a function's URL from a browser."""

    origins: list[str]
    """The pages' origins: `["https://www.example.com"]`, or `["*"]` for all."""
    methods: NotRequired[list[str]]
    """The HTTP methods that they may use; `["*"]` by default."""
    headers: NotRequired[list[str]]
    """The request headers that they may send; those that browsers always allow by default."""
    exposed_headers: NotRequired[list[str]]
    """The response headers that they may read; those that browsers always allow by default."""
    credentials: NotRequired[bool]
    """Whether cookies are sent along; not by default, and never to all origins."""
    max_age_seconds: NotRequired[int]
    """How long a browser may remember the answer, 0 to 86400 seconds; 0 by default."""


class FunctionUrlArgs(TypedDict):
    """An HTTPS address of a function."""

    public: NotRequired[bool]
    """Whether everybody may call it; by default only those may whom IAM allows to, with a signed request."""
    streaming: NotRequired[bool]
    """Whether the answer is sent as it is made; by default it is sent as a whole."""
    cors: NotRequired[FunctionUrlCorsArgs]
    """Which web pages may call it from a browser; none by default."""


class FunctionQueueArgs(TypedDict):
    """A queue that a function reads. The function must return the messages that failed, as `batchItemFailures`."""

    queue_arn: pulumi.Input[str]
    """The queue's ARN; its visibility timeout must be 6 times the function's timeout, plus the batch window."""
    batch_size: NotRequired[int]
    """How many messages the function takes at once, 1 to 10000; above 10 with a batch window; 10 by default."""
    batch_window_seconds: NotRequired[int]
    """How long a batch may wait to fill up, 0 to 300 seconds; 0 by default."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """How many batches are worked on at the same time at the most, 2 to 1000; as many as the account has by default."""
    filters: NotRequired[list[dict[str, Any]]]
    """Patterns of which a message must fit one, else it is deleted unread: `[{"body": {"kind": ["video"]}}]`."""


class FunctionTopicArgs(TypedDict):
    """A topic whose messages a function gets."""

    topic_arn: pulumi.Input[str]
    """The topic's ARN."""
    filter: NotRequired[dict[str, Any]]
    """The filter policy that a message must fit: `{"kind": ["video"]}`; each message by default."""
    filter_scope: NotRequired[FunctionTopicFilterScope]
    """What the filter is held against, `attributes` or `body`; `attributes` by default."""


class FunctionStreamArgs(TypedDict):
    """A stream of a DynamoDB table or of Kinesis. The function must return what failed, as `batchItemFailures`."""

    stream_arn: pulumi.Input[str]
    """The stream's ARN."""
    start: NotRequired[FunctionStreamStart]
    """Where it begins to read, `oldest` or `newest`; `oldest` by default. A change makes a new source."""
    batch_size: NotRequired[int]
    """How many records the function takes at once, 1 to 10000; 100 by default."""
    batch_window_seconds: NotRequired[int]
    """How long a batch may wait to fill up, 0 to 300 seconds; 0 by default."""
    parallel_batches: NotRequired[pulumi.Input[int]]
    """How many batches of a shard are worked on at the same time, 1 to 10; 1 by default."""
    retries: NotRequired[pulumi.Input[int]]
    """How often a batch that failed is tried again, 0 to 10000; 5 by default, then it goes to the dead-letter queue."""
    maximum_record_age_seconds: NotRequired[pulumi.Input[int]]
    """How old a record may get before it is given up, 60 to 604800 seconds; 86400 (a day) by default."""
    filters: NotRequired[list[dict[str, Any]]]
    """Patterns of which a record must fit one: `[{"eventName": ["INSERT"]}]`; each record by default."""


class FunctionScheduleArgs(TypedDict):
    """A schedule that calls a function."""

    expression: pulumi.Input[str]
    """When it calls: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` or, once, `at(2027-01-01T00:00:00)`."""
    timezone: NotRequired[pulumi.Input[str]]
    """The time zone of the expression, with its summer time: `Europe/Berlin`; `UTC` by default."""
    payload: NotRequired[dict[str, Any]]
    """The event that the function gets; Scheduler's own, with the schedule's ARN and time, by default."""
    window_minutes: NotRequired[int]
    """How many minutes later the call may come, 1 to 1440, to spread the load; it comes on time by default."""
    retries: NotRequired[pulumi.Input[int]]
    """How often a call that Lambda did not take is tried again, 0 to 185; 185 by default."""
    maximum_age_seconds: NotRequired[pulumi.Input[int]]
    """How late a call may come before it goes to the dead-letter queue, 60 to 86400 seconds; 3600 by default."""
    paused: NotRequired[bool]
    """Whether it makes no calls for now; it makes them by default."""


class FunctionArgs(TypedDict):
    """Arguments of `Function`."""

    code: FunctionCodeArgs
    """The code: a folder that is built, an archive or a container image, and how it is run."""
    memory_mb: NotRequired[pulumi.Input[int]]
    """The memory in MB, 128 to 10240, and with it the share of a processor; 256 by default."""
    timeout_seconds: NotRequired[int]
    """How long one call may take, 1 to 900 seconds; 30 by default."""
    ephemeral_storage_mb: NotRequired[pulumi.Input[int]]
    """The space in `/tmp` in MB, 512 to 10240; 512 by default."""
    environment: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """The environment variables of the function; none by default."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of its role, as JSON by a name that stays: `{"results": results.read_write_policy_json}`."""
    placement: NotRequired[pulumi.Input[NetworkPlacement]]
    """The network that it runs in, a network's `placement`; in none by default: it reaches the internet alone."""
    concurrency: NotRequired[FunctionConcurrencyArgs]
    """How many events it works on at the same time; as many as the account allows, with cold starts, by default."""
    canary: NotRequired[FunctionCanaryArgs]
    """A part of the calls for the newest version; by default it gets all as soon as it is there."""
    asynchronous: NotRequired[FunctionAsynchronousArgs]
    """Retries and destinations of events that nobody waits for; 2 retries, then its dead-letter queue, by default."""
    url: NotRequired[FunctionUrlArgs]
    """An HTTPS address of the function; none by default."""
    queues: NotRequired[dict[str, FunctionQueueArgs]]
    """Queues that it reads, by a name that stays: `{"jobs": {"queue_arn": jobs.queue_arn}}`; none by default."""
    topics: NotRequired[dict[str, FunctionTopicArgs]]
    """Topics whose messages it gets, by a name that stays; none by default."""
    streams: NotRequired[dict[str, FunctionStreamArgs]]
    """Streams that it reads, by a name that stays: `{"orders": {"stream_arn": orders.stream_arn}}`; none by default."""
    schedules: NotRequired[dict[str, FunctionScheduleArgs]]
    """Schedules that call it, by a name that stays: `{"nightly": {"expression": "cron(0 3 * * ? *)"}}`."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"function": {"snap_start": {"apply_on": "PublishedVersions"}}}`."""
