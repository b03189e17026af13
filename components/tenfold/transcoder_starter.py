"""What starts jobs: a queue of uploads, and the function that reads it, with its code and its permissions.

See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_service import QUEUE_CHILDREN, QueueService
from tenfold.transcoder_access import starter_policy
from tenfold.transcoder_arguments import TranscoderArgs, shared
from tenfold.transcoder_buckets import TranscoderBucket
from tenfold.transcoder_presets import job_template

_MODULES = ("transcoder_start.py", "transcoder_job.py", "transcoder_model.py")


def transcoder_starter(
    component: pulumi.ComponentResource,
    args: TranscoderArgs,
    buckets: tuple[TranscoderBucket, TranscoderBucket],
    queues: Mapping[str, aws.mediaconvert.Queue],
    role: aws.iam.Role,
    ready: list[pulumi.Resource],
) -> QueueService:
    """The queue of uploads and its function.

    Args:
        component: The transcoder.
        args: Its arguments.
        buckets: That of uploads and that of outputs.
        queues: MediaConvert's queues, the one that jobs are sent to first.
        role: The role that MediaConvert takes for jobs.
        ready: What a job needs, so that none is started before.
    """
    start = args.get("start", {})
    uploads, outputs = buckets
    service: dict[str, Any] = {
        "worker": {
            "code": _code(job_template(args)),
            "handler": "tenfold.transcoder_start.handle",
            # One upload at a time: another one's probe would take the time of this one.
            "batch_size": 1,
            "timeout_seconds": 60,
            "memory_mb": 512,
            "maximum_concurrency": start.get("maximum_concurrency", 5),
            "environment": _environment(args, outputs, queues, role),
            "policies": {"jobs": _permissions(args, uploads, queues, role)},
            "log_retention_days": start.get("log_retention_days", 30),
        },
        "senders": {"uploads": uploads.arn},
        "max_receive_count": start.get("max_receive_count", 10),
        **shared(args, QUEUE_CHILDREN),
    }
    return QueueService(
        f"{component.pulumi_resource_name}-start",
        cast("QueueServiceArgs", service),
        pulumi.ResourceOptions(parent=component, depends_on=ready),
    )


def _code(template: str) -> pulumi.Archive:
    """The modules of this package that the function is made of, and what all jobs have in common."""
    here = Path(__file__).parent
    modules = {f"tenfold/{name}": pulumi.FileAsset(str(here / name)) for name in _MODULES}
    return pulumi.AssetArchive(
        {
            "tenfold/__init__.py": pulumi.StringAsset('"""What starts jobs."""\n'),
            "tenfold/transcoder_template.json": pulumi.StringAsset(template),
            **modules,
        }
    )


def _environment(
    args: TranscoderArgs,
    outputs: TranscoderBucket,
    queues: Mapping[str, aws.mediaconvert.Queue],
    role: aws.iam.Role,
) -> dict[str, pulumi.Input[str]]:
    limits = args.get("limits", {})
    first, *overflow = queues.values()
    variables: dict[str, pulumi.Input[str]] = {
        **args.get("start", {}).get("environment", {}),
        "TRANSCODER_QUEUE_ARN": first.arn,
        "TRANSCODER_ROLE_ARN": role.arn,
        "TRANSCODER_OUTPUTS_BUCKET": outputs.name,
        "TRANSCODER_MAX_INPUT_MINUTES": f"{limits.get('max_input_minutes', 180):g}",
        "TRANSCODER_MAX_INPUT_GB": f"{limits.get('max_input_gb', 20):g}",
    }
    if overflow:
        variables["TRANSCODER_OVERFLOW_QUEUE_ARN"] = overflow[0].arn
        variables["TRANSCODER_OVERFLOW_MINUTES"] = str(args.get("queue", {}).get("reserved_wait_minutes", 15))
    return variables


def _permissions(
    args: TranscoderArgs,
    uploads: TranscoderBucket,
    queues: Mapping[str, aws.mediaconvert.Queue],
    role: aws.iam.Role,
) -> pulumi.Output[str]:
    prefix = args.get("uploads", {}).get("prefix", "")
    arns = pulumi.Output.all(*(queue.arn for queue in queues.values()))
    return pulumi.Output.all(uploads.store, arns, role.arn).apply(
        lambda found: starter_policy(found[0], prefix, found[1], found[2])
    )
