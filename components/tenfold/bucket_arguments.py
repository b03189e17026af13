"""What a `Bucket` is given: how long it keeps what, whom it tells, and where it puts copies."""

from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs


class BucketLifecycleArgs(TypedDict):
    """What becomes of objects as they get older."""

    prefix: NotRequired[str]
    """The beginning of the objects' keys: `logs/`; all objects by default."""
    minimum_bytes: NotRequired[int]
    """The size that an object must have for it, in bytes; any by default."""
    transitions: NotRequired[dict[str, int]]
    """Days until objects move to a storage class: `{"STANDARD_IA": 30, "GLACIER": 90}`; they stay by default."""
    expire_days: NotRequired[int]
    """Days until objects expire; never by default. With versions, the last one then stays for a while."""


class BucketCorsArgs(TypedDict):
    """Which web pages may ask for objects from a browser."""

    origins: list[str]
    """The pages' origins: `["https://www.example.com"]`, or `["*"]` for all."""
    methods: NotRequired[list[str]]
    """The HTTP methods that they may use; `["GET", "HEAD"]` by default."""
    headers: NotRequired[list[str]]
    """The request headers that they may send; `["*"]` by default."""
    exposed_headers: NotRequired[list[str]]
    """The response headers that they may read; `["ETag"]` by default, which uploads in parts need."""
    max_age_seconds: NotRequired[int]
    """How long a browser may remember the answer, in seconds; 3600 by default."""


class BucketFunctionTargetArgs(TypedDict):
    """A function that is called when something happens to objects. The permission for it is made here."""

    function_arn: pulumi.Input[str]
    """The ARN of the function or of its alias, in the bucket's account: a function's `function_arn`."""
    events: NotRequired[list[str]]
    """What happens, in S3's words: `["s3:ObjectRemoved:*"]`; `["s3:ObjectCreated:*"]` by default."""
    prefix: NotRequired[str]
    """The beginning of the objects' keys: `in/`; any by default."""
    suffix: NotRequired[str]
    """The end of the objects' keys: `.jpg`; any by default."""


class BucketQueueTargetArgs(TypedDict):
    """A queue that gets a message when something happens to objects."""

    queue_arn: pulumi.Input[str]
    """The ARN of a queue that is not FIFO and whose policy lets the bucket send: a queue service's `senders`."""
    events: NotRequired[list[str]]
    """What happens, in S3's words: `["s3:ObjectRemoved:*"]`; `["s3:ObjectCreated:*"]` by default."""
    prefix: NotRequired[str]
    """The beginning of the objects' keys: `in/`; any by default."""
    suffix: NotRequired[str]
    """The end of the objects' keys: `.jpg`; any by default."""


class BucketTopicTargetArgs(TypedDict):
    """A topic that gets a message when something happens to objects, for more than one who wants to know."""

    topic_arn: pulumi.Input[str]
    """The ARN of a topic that is not FIFO and whose policy lets the bucket publish."""
    events: NotRequired[list[str]]
    """What happens, in S3's words: `["s3:ObjectRemoved:*"]`; `["s3:ObjectCreated:*"]` by default."""
    prefix: NotRequired[str]
    """The beginning of the objects' keys: `in/`; any by default."""
    suffix: NotRequired[str]
    """The end of the objects' keys: `.jpg`; any by default."""


class BucketNotificationsArgs(TypedDict):
    """Whom a bucket tells what happens to its objects. Of an object's event S3 tells one target, or EventBridge."""

    functions: NotRequired[dict[str, BucketFunctionTargetArgs]]
    """Functions that are called, by a name that stays: `{"thumbnails": {"function_arn": thumbnails.function_arn}}`."""
    queues: NotRequired[dict[str, BucketQueueTargetArgs]]
    """Queues that get messages, by a name that stays; none by default."""
    topics: NotRequired[dict[str, BucketTopicTargetArgs]]
    """Topics that get messages, by a name that stays; none by default."""
    eventbridge: NotRequired[bool]
    """Whether EventBridge is told of everything, for rules of its own; not by default."""


class BucketReplicationArgs(TypedDict):
    """A second bucket that gets a copy of each new object, in another region or in the same."""

    bucket_arn: pulumi.Input[str]
    """The ARN of the other bucket, which must keep versions: another bucket's `bucket_arn`."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key that the copies are encrypted with, in the other region; needed where this bucket has one."""
    storage_class: NotRequired[str]
    """The copies' storage class: `STANDARD_IA`; that of the object by default."""
    prefix: NotRequired[str]
    """The beginning of the keys of the objects that are copied; all by default."""
    within_15_minutes: NotRequired[bool]
    """Whether S3 promises the copy within 15 minutes, at a price per GB; not by default."""


class BucketAccessLogsArgs(TypedDict):
    """A second bucket that gets a record of each request."""

    bucket_name: pulumi.Input[str]
    """The name of the other bucket, of the same region, which takes logs: its `access_log_account_id`."""
    prefix: NotRequired[str]
    """The beginning of the records' keys; the component's name and a slash by default."""


class BucketArgs(TypedDict):
    """Arguments of `Bucket`."""

    versioned: NotRequired[bool]
    """Whether what is overwritten or deleted is kept as an older version; it is by default."""
    noncurrent_version_days: NotRequired[int]
    """How many days older versions are kept, 1 to 3650; 90 by default."""
    abort_upload_days: NotRequired[int]
    """Days until the parts of an upload that was never finished are removed, 1 to 365; 7 by default."""
    lifecycle: NotRequired[dict[str, BucketLifecycleArgs]]
    """What becomes of objects as they get older, by a name that stays; they are kept as they are by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a key of yours that objects are encrypted with; a key of S3's own by default."""
    cors: NotRequired[list[BucketCorsArgs]]
    """Which web pages may ask for objects from a browser; none by default."""
    notifications: NotRequired[BucketNotificationsArgs]
    """Whom it tells what happens to its objects; nobody by default. A target that needs the bucket first comes later,
    by the method `notify`."""
    replication: NotRequired[BucketReplicationArgs]
    """A second bucket that gets a copy of each new object; none by default."""
    access_logs: NotRequired[BucketAccessLogsArgs]
    """A second bucket that gets a record of each request; none by default."""
    access_log_account_id: NotRequired[pulumi.Input[str]]
    """The account whose buckets may write records of requests here: `123456789012`; none by default."""
    policy_statements: NotRequired[dict[str, dict[str, Any]]]
    """Further statements of its policy, by their `Sid`; without a `Resource`, of bucket and objects."""
    request_metrics: NotRequired[bool]
    """Whether requests are measured, for alarms on errors, at about 5 dollars a month; they are by default."""
    deletion_protection: NotRequired[bool]
    """Whether Pulumi refuses to delete it; it does by default. S3 itself deletes no bucket that has objects."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"bucket": {"force_destroy": True}}`."""
