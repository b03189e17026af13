"""Which metrics of a service tell how it is: at most three graphs, the ones to look at first.

Rows of metrics are as CloudWatch's dashboards have them.
See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tenfold.monitoring_arguments import MonitoringServiceKind as Kind

Row = list[Any]


class Graph(NamedTuple):
    """A graph.

    Attributes:
        title: What it shows, with its unit.
        rows: Its metrics.
        region: Where they are, if not where the environment is.
        period: Over how many seconds each datapoint is taken.
    """

    title: str
    rows: Sequence[Row]
    region: str = ""
    period: int = 60


def graphs(kind: Kind, identifiers: Mapping[str, str]) -> list[Graph]:
    """The graphs of a service of some kind, by its identifiers; none without them."""
    if not identifiers and kind is not Kind.MAIL:
        return []
    return _GRAPHS[kind](identifiers)


def _rows(namespace: str, dimensions: Mapping[str, str], metrics: Mapping[str, str]) -> list[Row]:
    """Rows of metrics that have their dimensions in common: statistic by metric."""
    of = [part for pair in dimensions.items() for part in pair]
    return [[namespace, metric, *of, {"stat": statistic}] for metric, statistic in metrics.items()]


def _site(found: Mapping[str, str]) -> list[Graph]:
    of = {"DistributionId": found["distribution_id"], "Region": "Global"}

    def graph(title: str, metrics: Mapping[str, str]) -> Graph:
        return Graph(title, _rows("AWS/CloudFront", of, metrics), region="us-east-1")

    return [
        graph("Requests", {"Requests": "Sum"}),
        graph("Errors, in percent", {"4xxErrorRate": "Average", "5xxErrorRate": "Average"}),
        graph("Bytes to users", {"BytesDownloaded": "Sum"}),
    ]


def _web_tier(found: Mapping[str, str]) -> list[Graph]:
    balancer = {"LoadBalancer": found["load_balancer_arn"].split(":loadbalancer/")[-1]}
    targets = {"TargetGroup": found["target_group_arn"].split(":")[-1], **balancer}
    name = "AWS/ApplicationELB"
    return [
        Graph("Requests", _rows(name, targets, {"RequestCount": "Sum"})),
        Graph(
            "5XX answers",
            [
                *_rows(name, targets, {"HTTPCode_Target_5XX_Count": "Sum"}),
                *_rows(name, balancer, {"HTTPCode_ELB_5XX_Count": "Sum"}),
            ],
        ),
        Graph(
            "Seconds to answer",
            [
                *_rows(name, targets, {"TargetResponseTime": "p50"}),
                *_rows(name, targets, {"TargetResponseTime": "p99"}),
            ],
        ),
    ]


def _queue(found: Mapping[str, str]) -> list[Graph]:
    of = {"QueueName": found["queue_name"]}
    visible = _rows("AWS/SQS", of, {"ApproximateNumberOfMessagesVisible": "Maximum"})
    if "dlq_name" in found:
        visible += _rows("AWS/SQS", {"QueueName": found["dlq_name"]}, {"ApproximateNumberOfMessagesVisible": "Maximum"})
    return [
        Graph("Messages that wait", visible),
        Graph("Age of the oldest, in seconds", _rows("AWS/SQS", of, {"ApproximateAgeOfOldestMessage": "Maximum"})),
        Graph(
            "Messages sent and done",
            _rows("AWS/SQS", of, {"NumberOfMessagesSent": "Sum", "NumberOfMessagesDeleted": "Sum"}),
        ),
    ]


def _pipeline(found: Mapping[str, str]) -> list[Graph]:
    def each(metric: str, statistic: str) -> list[Row]:
        return [
            # A queue's URL ends with its name.
            ["AWS/SQS", metric, "QueueName", queue.rpartition("/")[2], {"stat": statistic, "label": step}]
            for step, queue in sorted(found.items())
        ]

    return [
        Graph("Messages that wait", each("ApproximateNumberOfMessagesVisible", "Maximum")),
        Graph("Age of the oldest, in seconds", each("ApproximateAgeOfOldestMessage", "Maximum")),
        Graph("Messages done", each("NumberOfMessagesDeleted", "Sum")),
    ]


def _function(found: Mapping[str, str]) -> list[Graph]:
    of = {"FunctionName": found["function_name"]}
    name = "AWS/Lambda"
    return [
        Graph("Calls", _rows(name, of, {"Invocations": "Sum", "ConcurrentExecutions": "Maximum"})),
        Graph("Errors and throttles", _rows(name, of, {"Errors": "Sum", "Throttles": "Sum"})),
        Graph("Milliseconds", [*_rows(name, of, {"Duration": "p50"}), *_rows(name, of, {"Duration": "p99"})]),
    ]


def _table(found: Mapping[str, str]) -> list[Graph]:
    of, name = {"TableName": found["table_name"]}, "AWS/DynamoDB"
    return [
        Graph(
            "Units consumed", _rows(name, of, {"ConsumedReadCapacityUnits": "Sum", "ConsumedWriteCapacityUnits": "Sum"})
        ),
        Graph("Throttled", _rows(name, of, {"ReadThrottleEvents": "Sum", "WriteThrottleEvents": "Sum"})),
        Graph(
            "Milliseconds",
            [
                ["AWS/DynamoDB", "SuccessfulRequestLatency", "TableName", found["table_name"], "Operation", operation]
                for operation in ("GetItem", "PutItem", "Query", "UpdateItem")
            ],
        ),
    ]


def _database(found: Mapping[str, str]) -> list[Graph]:
    if "cluster" in found:
        of = {"DBClusterIdentifier": found["cluster"]}
        last = Graph("Milliseconds of replica lag", _rows("AWS/RDS", of, {"AuroraReplicaLagMaximum": "Maximum"}))
    else:
        of = {"DBInstanceIdentifier": found["instance"]}
        last = Graph("Bytes free", _rows("AWS/RDS", of, {"FreeStorageSpace": "Minimum", "FreeableMemory": "Minimum"}))
    return [
        Graph("CPU, in percent", _rows("AWS/RDS", of, {"CPUUtilization": "Maximum"})),
        Graph("Connections", _rows("AWS/RDS", of, {"DatabaseConnections": "Maximum"})),
        last,
    ]


def _shards(found: Mapping[str, str]) -> list[Graph]:
    def each(metric: str) -> list[Row]:
        return [
            ["AWS/RDS", metric, "DBClusterIdentifier", cluster, {"stat": "Maximum", "label": shard}]
            for shard, cluster in sorted(found.items())
        ]

    return [
        Graph("CPU, in percent", each("CPUUtilization")),
        Graph("Connections", each("DatabaseConnections")),
        Graph("Bytes", each("VolumeBytesUsed"), period=3600),
    ]


def _cache(found: Mapping[str, str]) -> list[Graph]:
    if "serverless" in found:
        of = {"clusterId": found["serverless"]}
        return [
            Graph("Units", _rows("AWS/ElastiCache", of, {"ElastiCacheProcessingUnits": "Sum"})),
            Graph("Bytes", _rows("AWS/ElastiCache", of, {"BytesUsedForCache": "Maximum"})),
            Graph("Evicted and throttled", _rows("AWS/ElastiCache", of, {"Evictions": "Sum", "ThrottledCmds": "Sum"})),
        ]

    def each(metric: str, statistic: str) -> list[Row]:
        # Nodes are named after the cache and come and go with its size.
        search = f'{{AWS/ElastiCache,CacheClusterId}} MetricName="{metric}" CacheClusterId={found["nodes"]}'
        return [[{"expression": f"SEARCH('{search}', '{statistic}', 60)", "id": "nodes"}]]

    return [
        Graph("Engine's CPU, in percent", each("EngineCPUUtilization", "Average")),
        Graph("Memory, in percent", each("DatabaseMemoryUsagePercentage", "Maximum")),
        Graph("Evicted", each("Evictions", "Sum")),
    ]


def _bucket(found: Mapping[str, str]) -> list[Graph]:
    # The filter by which `Bucket` measures its requests.
    requests = {"BucketName": found["bucket_name"], "FilterId": "all"}
    size = {"BucketName": found["bucket_name"], "StorageType": "StandardStorage"}
    return [
        Graph("Requests", _rows("AWS/S3", requests, {"AllRequests": "Sum"})),
        Graph("Errors", _rows("AWS/S3", requests, {"4xxErrors": "Sum", "5xxErrors": "Sum"})),
        Graph("Bytes stored", _rows("AWS/S3", size, {"BucketSizeBytes": "Average"}), period=86_400),
    ]


def _topic(found: Mapping[str, str]) -> list[Graph]:
    of = {"TopicName": found["topic_name"]}
    return [
        Graph("Published", _rows("AWS/SNS", of, {"NumberOfMessagesPublished": "Sum"})),
        Graph(
            "Delivered and failed",
            _rows("AWS/SNS", of, {"NumberOfNotificationsDelivered": "Sum", "NumberOfNotificationsFailed": "Sum"}),
        ),
    ]


def _mail(_: Mapping[str, str]) -> list[Graph]:
    return [
        Graph("Mails", _rows("AWS/SES", {}, {"Send": "Sum", "Delivery": "Sum"}), period=300),
        Graph("Bounces and complaints", _rows("AWS/SES", {}, {"Bounce": "Sum", "Complaint": "Sum"}), period=300),
        Graph(
            "Reputation: shares that bounce and complain",
            _rows("AWS/SES", {}, {"Reputation.BounceRate": "Average", "Reputation.ComplaintRate": "Average"}),
            period=3600,
        ),
    ]


def _transcoder(found: Mapping[str, str]) -> list[Graph]:
    of, name = {"Queue": found["queue_arn"]}, "AWS/MediaConvert"
    return [
        Graph("Jobs", _rows(name, of, {"JobsCompletedCount": "Sum", "JobsErroredCount": "Sum"}), period=300),
        Graph("Milliseconds until a job starts", _rows(name, of, {"StandbyTime": "Maximum"}), period=300),
        Graph("Milliseconds of encoding", _rows(name, of, {"TranscodingTime": "Average"}), period=300),
    ]


def _other(_: Mapping[str, str]) -> list[Graph]:
    return []


_GRAPHS = {
    Kind.SITE: _site,
    Kind.WEB_TIER: _web_tier,
    Kind.QUEUE: _queue,
    Kind.PIPELINE: _pipeline,
    Kind.FUNCTION: _function,
    Kind.TABLE: _table,
    Kind.DATABASE: _database,
    Kind.SHARDS: _shards,
    Kind.CACHE: _cache,
    Kind.BUCKET: _bucket,
    Kind.TOPIC: _topic,
    Kind.MAIL: _mail,
    Kind.TRANSCODER: _transcoder,
    Kind.OTHER: _other,
}
