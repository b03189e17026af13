"""The arguments of `Monitoring`: what is watched, who is told, and what is kept."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs


class MonitoringServiceKind(StrEnum):
    """What a service is, which decides its graphs and the identifiers that they need."""

    SITE = "site"
    """A `StaticSite` or another CloudFront distribution: `distribution_id`."""
    WEB_TIER = "web_tier"
    """A `WebTier`: `load_balancer_arn` and `target_group_arn`. It has a service level objective."""
    QUEUE = "queue"
    """A `QueueService`: `queue_name`, and by choice `dlq_name`."""
    PIPELINE = "pipeline"
    """A `Pipeline`: the name or the URL of each step's queue, by step: `{"encode": pipeline.queue_urls["encode"]}`."""
    FUNCTION = "function"
    """A `Function`: `function_name`."""
    TABLE = "table"
    """A `Table` or a `SessionStore` in DynamoDB: `table_name`."""
    DATABASE = "database"
    """A `Database`: its `identifier` as `cluster` on Aurora, else as `instance`."""
    SHARDS = "shards"
    """Databases on Aurora by name: the `identifiers` of a `ShardedCluster` or of `FederatedDatabases`."""
    CACHE = "cache"
    """A `Cache`: its `identifier` as `nodes`, or as `serverless`."""
    BUCKET = "bucket"
    """A `Bucket`: `bucket_name`."""
    TOPIC = "topic"
    """An SNS topic: `topic_name`."""
    MAIL = "mail"
    """Mails through SES: none, for SES counts by account."""
    TRANSCODER = "transcoder"
    """Jobs of MediaConvert: `queue_arn`."""
    OTHER = "other"
    """Whatever else has alarms: none, and no graphs."""


class MonitoringTier(StrEnum):
    """Where on the dashboard a service stands, from the users inwards."""

    EDGE = "edge"
    """What answers near the users: sites and distributions."""
    WEB = "web"
    """Web tiers."""
    QUEUES = "queues"
    """Queues, pipelines and topics."""
    FUNCTIONS = "functions"
    """Functions."""
    DATA = "data"
    """Tables, databases and buckets."""
    CACHE = "cache"
    """Caches."""
    SHARDS = "shards"
    """Databases among which keys are spread."""
    MAIL = "mail"
    """Mails."""
    TRANSCODING = "transcoding"
    """Films."""


class MonitoringObjectiveArgs(TypedDict):
    """How many of a web tier's requests are to succeed, over any 30 days."""

    availability_percent: NotRequired[float]
    """The share of requests that are to have no 5XX answer, 95 to 99.999 percent; 99.9 by default. What is missing to
    100 is the error budget, and alarms ring by how fast it is spent."""
    minimum_requests: NotRequired[int]
    """How many requests the last hour, 6 hours or days must have had before an alarm on them rings, so that one failed
    request of a quiet night wakes nobody; 100 by default."""
    balancer_errors: NotRequired[bool]
    """Whether the load balancer's own 5XX answers count; True by default. False for tiers that share a balancer."""


class MonitoringServiceArgs(TypedDict):
    """One service: its alarms become one notification, and its metrics a row of the dashboard."""

    kind: MonitoringServiceKind
    """What it is, as its value: `"web_tier"`."""
    alarm_arns: NotRequired[pulumi.Input[dict[str, str]]]
    """Its alarms, as the component says of itself: `web.alarm_arns`; up to 100, all of one region."""
    identifiers: NotRequired[dict[str, pulumi.Input[str]]]
    """What its metrics are found by, as its kind says: `{"function_name": resize.function_name}`."""
    tier: NotRequired[MonitoringTier]
    """Its tier on the dashboard; by default that of its kind. A `Database` that is a shard is one of `shards`."""
    critical: NotRequired[Sequence[str]]
    """The kinds of its alarms that are critical, as `overrides` of its component name them; by default those that the
    components of this package call critical themselves. All others are warnings."""
    parts: NotRequired[Sequence[str]]
    """Parts of it that notify on their own, as a component of many names them in `alarm_arns` before the stroke:
    `["east"]` for `east/cpu-alarm`. For more than 100 alarms, which are as many as a composite alarm watches; none by
    default."""
    objective: NotRequired[MonitoringObjectiveArgs]
    """The service level objective of a web tier; 99.9 percent by default."""
    traffic_anomaly: NotRequired[bool]
    """Whether there is a warning when a web tier has far fewer requests than at other such times; False by default. It
    learns for two weeks, and rings on holidays."""


class MonitoringSubscribersArgs(TypedDict):
    """Whom a topic tells, each by a name of letters and digits."""

    emails: NotRequired[dict[str, pulumi.Input[str]]]
    """Addresses; each gets a mail with a link that confirms it."""
    https: NotRequired[dict[str, pulumi.Input[str]]]
    """Endpoints of `https://`, such as those of PagerDuty and Opsgenie, which confirm by themselves."""
    queues: NotRequired[dict[str, pulumi.Input[str]]]
    """The ARNs of SQS queues, whose policies let the topic send: `senders` of a `QueueService`."""
    functions: NotRequired[dict[str, pulumi.Input[str]]]
    """The ARNs of Lambda functions; the topic gets the permission to call them."""


class MonitoringLogGroupArgs(TypedDict):
    """The log group of an application, which counts its errors."""

    log_group_name: NotRequired[pulumi.Input[str]]
    """An existing group, such as `function.log_group_name`, in place of a new one."""
    retention_days: NotRequired[pulumi.Input[int]]
    """How long a new group keeps its events, in days that CloudWatch Logs knows; 30 by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts a new group, and whose policy lets CloudWatch Logs use it; a key of AWS by
    default."""
    error_pattern: NotRequired[pulumi.Input[str]]
    """The filter pattern of an error; by default a JSON event whose `level` is ERROR or CRITICAL."""
    critical: NotRequired[bool]
    """Whether too many errors are critical, and no warning; False by default."""
    error_threshold: NotRequired[pulumi.Input[int]]
    """How many errors in 5 minutes, twice in a row, are too many; 10 by default."""


class MonitoringSamplingArgs(TypedDict):
    """Which of some requests X-Ray traces."""

    rate: NotRequired[pulumi.Input[float]]
    """The share of requests traced beyond the reservoir, 0 to 1; 0.05 by default."""
    reservoir_per_second: NotRequired[pulumi.Input[int]]
    """How many requests a second are traced in any case; 1 by default."""
    priority: NotRequired[int]
    """Which rule counts where several match, 1 to 9999, the lowest first; 1000 by default."""
    service_name: NotRequired[pulumi.Input[str]]
    """The service's name, with `*` and `?`; any by default."""
    http_method: NotRequired[pulumi.Input[str]]
    """The method; any by default."""
    url_path: NotRequired[pulumi.Input[str]]
    """The path, with `*` and `?`; any by default: `/health*` with a rate of 0 traces no health checks."""


class MonitoringTracesArgs(TypedDict):
    """What X-Ray traces, and which traces are looked at together."""

    sampling: NotRequired[dict[str, MonitoringSamplingArgs]]
    """Sampling rules by name; none by default, with which X-Ray traces the first request of a second and 5 percent of
    the others."""
    groups: NotRequired[dict[str, pulumi.Input[str]]]
    """Filter expressions of groups by name; `errors` by default: `fault = true OR error = true`."""


class MonitoringBudgetArgs(TypedDict):
    """What the account may cost in a month."""

    monthly_usd: pulumi.Input[float]
    """The budget in US dollars a month."""
    forecast_percent: NotRequired[pulumi.Input[float]]
    """At which share of it, in percent, the month's forecast is told to the warning topic; 80 by default."""
    actual_percent: NotRequired[pulumi.Input[float]]
    """At which share of it, in percent, what was spent is told to the warning topic; 100 by default."""


class MonitoringArgs(TypedDict):
    """Arguments of `Monitoring`."""

    services: NotRequired[dict[str, MonitoringServiceArgs]]
    """What is watched, by name: `{"web": {"kind": "web_tier", "alarm_arns": web.alarm_arns, ...}}`; up to 100."""
    warning: NotRequired[MonitoringSubscribersArgs]
    """Who is told of warnings, which have time until the morning; nobody by default."""
    critical: NotRequired[MonitoringSubscribersArgs]
    """Who is told at once, of what users suffer from; nobody by default."""
    edge_topics: NotRequired[bool]
    """Whether there are topics in us-east-1 too, with the same subscribers, for an environment in another region: the
    alarms of CloudFront are there, and notify there alone. False by default, and with existing topics."""
    publishers: NotRequired[Sequence[str]]
    """Further services that may publish to the topics: `["events.rds"]` for events of databases; none by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts the topics, and whose policy lets CloudWatch use it; by default one is
    made."""
    maintenance_alarm_arn: NotRequired[pulumi.Input[str]]
    """The ARN of an alarm that is in ALARM during maintenance, while services notify nobody; none by default."""
    dashboard_name: NotRequired[pulumi.Input[str]]
    """The dashboard's name; by default those of the component and of the stack."""
    log_groups: NotRequired[dict[str, MonitoringLogGroupArgs]]
    """Log groups of applications, by name, with an alarm on their errors; none by default."""
    queries: NotRequired[dict[str, str]]
    """Queries of CloudWatch Logs Insights on these log groups, by name, beside those that are always there: `errors`,
    `slowest-requests`, `cold-starts` and `throttles`."""
    traces: NotRequired[MonitoringTracesArgs]
    """What X-Ray traces; what it does by itself by default."""
    budget: NotRequired[MonitoringBudgetArgs]
    """A budget of the account; none by default."""
    alarms: NotRequired[AlarmsArgs]
    """Existing topics, which take the place of new ones with their key and subscribers, and the kinds of its own alarms
    that are off: `{"off": ["burn-alarm"]}` leaves out those on the service level objectives."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"warning-topic": {"display_name": "Shop"}}`."""
