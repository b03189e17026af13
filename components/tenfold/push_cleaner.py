"""The removal of devices that can no longer be reached: a queue of failures, and the function that works on them.

A campaign can make tens of thousands of failures at once; the queue holds them back, so that the function does not use
up SNS's limits on calls that registrations need.
"""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import handed_on
from tenfold.function_package import own_module
from tenfold.policy_documents import policy_document
from tenfold.push_access import cleaning_statements
from tenfold.push_arguments import MobilePushArgs
from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_service import QUEUE_CHILDREN, QueueService


def cleaner(
    component: pulumi.ComponentResource,
    args: MobilePushArgs,
    failures: aws.sns.Topic,
    application_arns: pulumi.Output[Mapping[str, str]],
    topic_arns: pulumi.Output[Mapping[str, str]],
) -> QueueService:
    """The queue service that removes devices.

    Args:
        component: The component that it belongs to.
        args: The component's arguments.
        failures: The topic that SNS tells of messages which cannot be delivered.
        application_arns: The applications whose devices it may remove.
        topic_arns: The audiences that it may remove them from.
    """
    cleaning = args.get("cleaning", {})
    statements = pulumi.Output.all(application_arns, topic_arns).apply(
        lambda found: cleaning_statements(found[0], found[1])
    )
    worker: dict[str, Any] = {
        "code": own_module("push_cleaning"),
        "handler": "push_cleaning.handle",
        "timeout_seconds": 60,
        "maximum_concurrency": cleaning.get("maximum_concurrency", 2),
        "environment": {
            "BROADCAST_TOPICS": pulumi.Output.json_dumps(topic_arns.apply(lambda found: sorted(found.values())))
        },
        "policies": {"devices": statements.apply(policy_document)},
        "log_retention_days": cleaning.get("log_retention_days", 30),
    }
    service: dict[str, Any] = {
        "worker": worker,
        "topics": {"failures": {"topic_arn": failures.arn, "raw": True}},
        **{key: value for key, value in args.items() if key in ("kms_key_arn", "tags")},
        **handed_on(args, QUEUE_CHILDREN),
    }
    opts = pulumi.ResourceOptions(parent=component)
    return QueueService(f"{component.pulumi_resource_name}-cleaner", cast("QueueServiceArgs", service), opts)
