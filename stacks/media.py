"""Functions on S3's events: pictures in a job of three steps, and films that are transcoded."""

import pulumi

from stacks.data import Tables
from stacks.messages import code
from stacks.parts import Environment, merged
from tenfold import Bucket, Function, Pipeline, PipelineStepArgs, QueueServiceWorkerArgs, Topic, Transcoder
from tenfold import MonitoringServiceKind as Kind

STEPS = ("inspect", "describe", "publish")
"""The article's job: three steps with a queue before each."""


def pictures(environment: Environment, tables: Tables, events: Topic) -> None:
    """A job of three steps, started by an upload: a step that fails holds up its own jobs, and no other step."""
    config = environment.config
    if config.pictures is None:
        return
    uploads = Bucket("pictures", {"deletion_protection": config.protected, "tags": environment.tags})
    pipeline = Pipeline(
        "pictures",
        {
            "steps": [_step(environment, step, uploads, tables) for step in STEPS],
            "end_topic_arn": events.topic_arn,
            "tags": environment.tags,
        },
    )
    start = Function(
        "pictures",
        {
            "code": {"archive": code("pictures"), "handler": "handler.start"},
            "environment": pipeline.environment,
            "policies": {"steps": pipeline.sender_policy_json},
            "tags": environment.tags,
        },
    )
    uploads.notify(
        {"functions": {"start": {"function_arn": start.function_arn, "prefix": "uploads/"}}},
        pulumi.ResourceOptions(depends_on=[start]),
    )
    environment.give(["web"], "pictures", uploads.environment, uploads.write_policy_json)
    environment.watch("picture-uploads", uploads, Kind.BUCKET, bucket_name=uploads.bucket_name)
    environment.watch("picture-starts", start, Kind.FUNCTION, function_name=start.function_name)
    environment.watch("pictures", pipeline, Kind.PIPELINE, **{step: _url(pipeline, step) for step in STEPS})
    pulumi.export("pictures_bucket", uploads.bucket_name)


def _step(environment: Environment, step: str, uploads: Bucket, tables: Tables) -> PipelineStepArgs:
    results = tables.results
    policies: dict[str, dict[str, pulumi.Input[str]]] = {
        "inspect": {"pictures": uploads.read_policy_json},
        "describe": {},
        "publish": {"results": results.read_write_policy_json},
    }
    worker: QueueServiceWorkerArgs = {
        "code": code("pictures"),
        "handler": f"handler.{step}",
        "environment": merged(uploads.environment, results.environment),
        "policies": policies[step],
    }
    if environment.config.pictures and environment.config.pictures.maximum_concurrency:
        worker["maximum_concurrency"] = environment.config.pictures.maximum_concurrency
    return {"name": step, "worker": worker}


def _url(pipeline: Pipeline, step: str) -> pulumi.Output[str]:
    return pipeline.queue_urls.apply(lambda found: found[step])


def films(environment: Environment) -> None:
    """Transcoding, on S3 events: an upload starts a job."""
    given = environment.config.media
    if given is None:
        return
    transcoder = Transcoder(
        "media",
        {
            "limits": {"max_input_minutes": given.max_input_minutes},
            "deletion_protection": environment.config.protected,
            "tags": environment.tags,
        },
    )
    environment.give(["web"], "uploads", transcoder.environment, transcoder.upload_policy_json)
    environment.watch("media", transcoder, Kind.TRANSCODER, queue_arn=transcoder.queue_arn)
    pulumi.export("uploads_bucket", transcoder.uploads_bucket_name)
