"""The worker of a queue as a Lambda function: what it may do, and how it gets messages.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from tenfold.lambda_function import LambdaFunction, lambda_function
from tenfold.queue_access import consume_statement


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
) -> LambdaFunction:
    """The function that works on a queue's messages."""
    name = service.pulumi_resource_name
    worker = lambda_function(
        service,
        "worker",
        description=f"Works on the messages of {name}",
        role_description=f"The worker of {name}",
        package={"code": code, "handler": handler, "runtime": runtime},
        architecture=architecture,
        memory_mb=memory_mb,
        timeout_seconds=timeout_seconds,
        environment=environment,
        statements=queue.arn.apply(lambda arn: [{"Sid": "Queue", **consume_statement(arn)}]),
        policies=policies,
        log_retention_days=log_retention_days,
    )
    aws.lambda_.EventSourceMapping(
        f"{name}-worker-source",
        event_source_arn=queue.arn,
        function_name=worker.function.name,
        batch_size=batch_size,
        maximum_batching_window_in_seconds=batch_window_seconds,
        # Without it, one message that fails has the whole batch done again.
        function_response_types=["ReportBatchItemFailures"],
        # Not the function's own concurrency: a queue that is held back loses no tries, a throttled function does.
        scaling_config=None if maximum_concurrency is None else {"maximum_concurrency": maximum_concurrency},
        opts=pulumi.ResourceOptions(parent=service, depends_on=worker.permissions),
    )
    return worker
