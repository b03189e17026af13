"""Who may do what with a function, and what the function's role may do: IAM policies that name each action and ARN.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html.
"""

from collections.abc import Sequence

from tenfold.errors import TenfoldError
from tenfold.policy_documents import Statement, policy_document, tls_alone

# What Lambda does in the function's name to put it into a network, and what the function's own code has no need of.
_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_DELIVERIES = {
    "events": ("events:PutEvents",),
    "lambda": ("lambda:InvokeFunction",),
    "s3": ("s3:ListBucket", "s3:PutObject"),
    "sns": ("sns:Publish",),
    "sqs": ("sqs:SendMessage",),
}
_QUEUE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
_STREAMS = {
    "dynamodb": ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    "kinesis": ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
}


def allowed(actions: Sequence[str], *resources: str) -> Statement:
    """A statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}


def invoke_policy(live_arn: str, *, url: bool) -> str:
    """The IAM policy of those who call the function, by its URL too where it has one."""
    return policy_document(
        [allowed(["lambda:InvokeFunction", *(["lambda:InvokeFunctionUrl"] if url else [])], live_arn)]
    )


def delivery(arn: str) -> Statement:
    """What the function's role may do to deliver results and failures to a destination."""
    if not is_destination(arn, failure=True):
        raise TenfoldError(f"A function delivers to a queue, topic, function, event bus or bucket, and not to {arn!r}.")
    service = arn.split(":")[2]
    resources = (arn, f"{arn}/*") if service == "s3" else (arn,)
    return allowed(_DELIVERIES[service], *resources)


def is_destination(arn: str, *, failure: bool) -> bool:
    """Whether Lambda delivers to an ARN: to a bucket what failed alone."""
    parts = arn.split(":")
    return len(parts) >= 6 and parts[2] in _DELIVERIES and (failure or parts[2] != "s3")


def queue_reading(arn: str) -> Statement:
    """What the function's role may do with a queue that it reads."""
    return allowed(_QUEUE, arn)


def stream_reading(arn: str) -> Statement:
    """What the function's role may do with a stream that it reads."""
    if not is_stream(arn):
        raise TenfoldError(f"A function reads streams of DynamoDB tables and of Kinesis, and not {arn!r}.")
    service = arn.split(":")[2]
    return allowed([f"{service}:{action}" for action in _STREAMS[service]], arn)


def is_stream(arn: str) -> bool:
    """Whether an ARN is a stream's that a function can read; a table without a stream has an empty one."""
    parts = arn.split(":")
    return len(parts) >= 6 and parts[2] in _STREAMS and "stream/" in arn


def network_use() -> Statement:
    """What Lambda does with the function's role in its network: interfaces have no ARN before they are there."""
    return {"Sid": "Network", **allowed(_INTERFACES, "*")}


def no_network_changes(function_arn: str) -> str:
    """The IAM policy that keeps the function's own code from what its role may do for Lambda."""
    denied = {
        "Sid": "NetworkIsForLambda",
        "Effect": "Deny",
        "Action": sorted(_INTERFACES),
        "Resource": "*",
        "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": function_arn}},
    }
    return policy_document([denied])


def dead_letter_policy(queue_arn: str, topic_arns: Sequence[str]) -> str:
    """The policy of the function's dead-letter queue: nothing without TLS, and topics whose message nobody took."""
    denied = tls_alone("sqs:*", queue_arn)
    topics = {
        "Sid": "Topics",
        **allowed(["sqs:SendMessage"], queue_arn),
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topic_arns)}},
    }
    return policy_document([denied, *([topics] if topic_arns else [])])


def scheduler_trust(account: str) -> str:
    """The trust policy of a role that EventBridge Scheduler takes, for schedules of the account alone."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return policy_document([statement])


def schedule_policy(live_arn: str, dlq_arn: str) -> str:
    """The IAM policy of the function's schedules."""
    return policy_document([allowed(["lambda:InvokeFunction"], live_arn), allowed(["sqs:SendMessage"], dlq_arn)])
