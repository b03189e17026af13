"""What sends a function events: queues and streams that it reads, topics and schedules that call it.

Each source calls the alias `live`, so that a canary gets its part of them, too. What a source could not deliver goes to
the function's dead-letter queue; what a queue could not, to that queue's own.
See https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.function_access import schedule_policy, scheduler_trust
from tenfold.function_arguments import (
    FunctionQueueArgs,
    FunctionScheduleArgs,
    FunctionStreamArgs,
    FunctionStreamStart,
    FunctionTopicArgs,
)

_STARTS = {FunctionStreamStart.OLDEST: "TRIM_HORIZON", FunctionStreamStart.NEWEST: "LATEST"}
_SCOPES = {"attributes": "MessageAttributes", "body": "MessageBody"}


class Called(NamedTuple):
    """What sources call, and where they put what they could not deliver.

    Attributes:
        component: The component that it belongs to.
        function: The function.
        live: The alias that is called.
        dlq: The dead-letter queue.
        ready: What must be there before the first event: the function's permissions, and the way of what fails.
    """

    component: pulumi.ComponentResource
    function: aws.lambda_.Function
    live: aws.lambda_.Alias
    dlq: aws.sqs.Queue
    ready: Sequence[pulumi.Resource]


def read_queues(called: Called, queues: Mapping[str, FunctionQueueArgs]) -> None:
    """Has the function read queues."""
    for key, queue in queues.items():
        limit = queue.get("maximum_concurrency")
        aws.lambda_.EventSourceMapping(
            f"{called.component.pulumi_resource_name}-queue-{key}",
            event_source_arn=queue["queue_arn"],
            function_name=called.live.arn,
            batch_size=queue.get("batch_size", 10),
            maximum_batching_window_in_seconds=queue.get("batch_window_seconds", 0),
            # Without it, one message that fails has the whole batch done again.
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=None if limit is None else {"maximum_concurrency": limit},
            filter_criteria=_filters(queue.get("filters")),
            opts=pulumi.ResourceOptions(parent=called.component, depends_on=called.ready),
        )


def read_streams(
    called: Called,
    streams: Mapping[str, FunctionStreamArgs],
) -> None:
    """Has the function read streams."""
    for key, stream in streams.items():
        aws.lambda_.EventSourceMapping(
            f"{called.component.pulumi_resource_name}-stream-{key}",
            event_source_arn=stream["stream_arn"],
            function_name=called.live.arn,
            starting_position=_STARTS[stream.get("start", FunctionStreamStart.OLDEST)],
            batch_size=stream.get("batch_size", 100),
            maximum_batching_window_in_seconds=stream.get("batch_window_seconds", 0),
            parallelization_factor=stream.get("parallel_batches", 1),
            # A shard stands still behind a record that fails: it is found by halves, tried a few times, and put aside.
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=stream.get("retries", 5),
            maximum_record_age_in_seconds=stream.get("maximum_record_age_seconds", 86_400),
            destination_config={"on_failure": {"destination_arn": called.dlq.arn}},
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=_filters(stream.get("filters")),
            opts=pulumi.ResourceOptions(parent=called.component, depends_on=called.ready),
        )


def subscribe_to_topics(called: Called, topics: Mapping[str, FunctionTopicArgs]) -> None:
    """Has topics call the function."""
    name = called.component.pulumi_resource_name
    for key, topic in topics.items():
        permission = aws.lambda_.Permission(
            f"{name}-topic-permission-{key}",
            function=called.function.name,
            qualifier=called.live.name,
            action="lambda:InvokeFunction",
            principal="sns.amazonaws.com",
            source_arn=topic["topic_arn"],
            opts=pulumi.ResourceOptions(parent=called.component),
        )
        scope = topic.get("filter_scope")
        aws.sns.TopicSubscription(
            f"{name}-topic-{key}",
            topic=topic["topic_arn"],
            protocol="lambda",
            endpoint=called.live.arn,
            filter_policy=pulumi.Output.json_dumps(topic["filter"]) if "filter" in topic else None,
            filter_policy_scope=_SCOPES[scope or "attributes"] if "filter" in topic else None,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": called.dlq.arn}),
            opts=pulumi.ResourceOptions(parent=called.component, depends_on=[permission, *called.ready]),
        )


def call_by_schedules(called: Called, schedules: Mapping[str, FunctionScheduleArgs]) -> None:
    """Has schedules call the function, by one role that may do nothing else."""
    if not schedules:
        return
    role, policy = _scheduler(called)
    for key, schedule in schedules.items():
        window = schedule.get("window_minutes")
        aws.scheduler.Schedule(
            f"{called.component.pulumi_resource_name}-schedule-{key}",
            description=f"Calls {called.component.pulumi_resource_name}",
            schedule_expression=schedule["expression"],
            schedule_expression_timezone=schedule.get("timezone", "UTC"),
            flexible_time_window=(
                {"mode": "FLEXIBLE", "maximum_window_in_minutes": window} if window else {"mode": "OFF"}
            ),
            state="DISABLED" if schedule.get("paused", False) else "ENABLED",
            target={
                "arn": called.live.arn,
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps(schedule["payload"]) if "payload" in schedule else None,
                "retry_policy": {
                    "maximum_retry_attempts": schedule.get("retries", 185),
                    "maximum_event_age_in_seconds": schedule.get("maximum_age_seconds", 3600),
                },
                "dead_letter_config": {"arn": called.dlq.arn},
            },
            opts=pulumi.ResourceOptions(parent=called.component, depends_on=[policy, *called.ready]),
        )


def _scheduler(called: Called) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    name = called.component.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-schedule-role",
        description=f"The schedules of {name}",
        assume_role_policy=called.dlq.arn.apply(lambda arn: scheduler_trust(arn.split(":")[4])),
        opts=pulumi.ResourceOptions(parent=called.component),
    )
    policy = aws.iam.RolePolicy(
        f"{name}-schedule-policy",
        role=role.name,
        policy=pulumi.Output.all(called.live.arn, called.dlq.arn).apply(lambda arns: schedule_policy(*arns)),
        opts=pulumi.ResourceOptions(parent=called.component),
    )
    return role, policy


def _filters(patterns: Sequence[Mapping[str, Any]] | None) -> Any:
    if not patterns:
        return None
    return {"filters": [{"pattern": pulumi.Output.json_dumps(pattern)} for pattern in patterns]}
