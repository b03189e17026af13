"""The worker of a queue as a Lambda function: what it may do, where it logs, how it gets messages.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.queue_access import consume_statement, policy_document
from tenfold.role_policies import role_policies, service_trust


class Worker(NamedTuple):
    """A worker's function with its role and its log group."""

    function: aws.lambda_.Function
    role: aws.iam.Role
    logs: aws.cloudwatch.LogGroup


def lambda_worker(
    service: pulumi.ComponentResource,
    queue: aws.sqs.Queue,
    *,
    code: pulumi.Input[pulumi.Archive],
    handler: pulumi.Input[str],
    runtime: pulumi.Input[str],
    architecture: str,
    memory_mb: pulumi.Input[int],
    timeout_seconds: int,
    environment: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None,
    policies: Mapping[str, pulumi.Input[str]],
    batch_size: int,
    batch_window_seconds: int,
    maximum_concurrency: pulumi.Input[int] | None,
    log_retention_days: pulumi.Input[int],
) -> Worker:
    """The function that works on a queue's messages."""
    name = service.pulumi_resource_name
    logs = aws.cloudwatch.LogGroup(
        f"{name}-worker-logs", retention_in_days=log_retention_days, opts=pulumi.ResourceOptions(parent=service)
    )
    role, permissions = _role(service, queue, logs, policies)
    function = aws.lambda_.Function(
        f"{name}-worker",
        description=f"Works on the messages of {name}",
        code=code,
        handler=handler,
        runtime=runtime,
        architectures=[architecture],
        memory_size=memory_mb,
        timeout=timeout_seconds,
        environment=None if environment is None else {"variables": environment},
        role=role.arn,
        tracing_config={"mode": "Active"},
        # Its own group: Lambda would make one that keeps logs for ever, and that nobody removes.
        logging_config={
            "log_format": "JSON",
            "log_group": logs.name,
            "application_log_level": "INFO",
            "system_log_level": "INFO",
        },
        # Its first messages arrive at once, and must find it allowed to work on them.
        opts=pulumi.ResourceOptions(parent=service, depends_on=permissions),
    )
    aws.lambda_.EventSourceMapping(
        f"{name}-worker-source",
        event_source_arn=queue.arn,
        function_name=function.name,
        batch_size=batch_size,
        maximum_batching_window_in_seconds=batch_window_seconds,
        # Without it, one message that fails has the whole batch done again.
        function_response_types=["ReportBatchItemFailures"],
        # Not the function's own concurrency: a queue that is held back loses no tries, a throttled function does.
        scaling_config=None if maximum_concurrency is None else {"maximum_concurrency": maximum_concurrency},
        opts=pulumi.ResourceOptions(parent=service, depends_on=permissions),
    )
    return Worker(function, role, logs)


def _role(
    service: pulumi.ComponentResource,
    queue: aws.sqs.Queue,
    logs: aws.cloudwatch.LogGroup,
    policies: Mapping[str, pulumi.Input[str]],
) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy]]:
    name = service.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-worker-role",
        description=f"The worker of {name}",
        assume_role_policy=service_trust("lambda"),
        opts=pulumi.ResourceOptions(parent=service),
    )
    own = aws.iam.RolePolicy(
        f"{name}-worker-policy",
        role=role.name,
        policy=pulumi.Output.all(queue.arn, logs.arn).apply(lambda arns: _permissions(*arns)),
        opts=pulumi.ResourceOptions(parent=service),
    )
    return role, [own, *role_policies(service, "worker-policy", role, policies)]


def _permissions(queue_arn: str, log_group_arn: str) -> str:
    return policy_document(
        {"Sid": "Queue", **consume_statement(queue_arn)},
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{log_group_arn}:*",
        },
        {
            # Segments belong to no resource that could be named.
            "Sid": "Traces",
            "Effect": "Allow",
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    )
