"""The buckets of a transcoder, made here or there already: where uploads come from and outputs go."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import pulumi

from tenfold.bucket import BUCKET_CHILDREN, Bucket
from tenfold.bucket_arguments import BucketArgs, BucketNotificationsArgs
from tenfold.queue_service import QueueService
from tenfold.transcoder_access import Store
from tenfold.transcoder_arguments import TranscoderArgs, shared


class TranscoderBucket(NamedTuple):
    """A bucket of uploads or of outputs.

    Attributes:
        name: Its name.
        arn: Its ARN.
        store: Its ARN and that of its key, for policies.
        made: The component, where it is made here.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    store: pulumi.Output[Store]
    made: Bucket | None = None


def uploads_bucket(component: pulumi.ComponentResource, args: TranscoderArgs) -> TranscoderBucket:
    """The bucket that uploads come from."""
    uploads = args.get("uploads", {})
    settings: dict[str, Any] = {}
    if "cors" in uploads:
        settings["cors"] = [{"methods": ["PUT", "POST"], **rule} for rule in uploads["cors"]]
    if "expire_days" in uploads:
        of_uploads = {"prefix": uploads["prefix"]} if "prefix" in uploads else {}
        settings["lifecycle"] = {"uploads": {**of_uploads, "expire_days": uploads["expire_days"]}}
    return _bucket(component, args, "uploads", uploads, settings)


def outputs_bucket(component: pulumi.ComponentResource, args: TranscoderArgs) -> TranscoderBucket:
    """The bucket that outputs go to."""
    outputs = args.get("outputs", {})
    return _bucket(component, args, "outputs", outputs, {"cors": outputs["cors"]} if "cors" in outputs else {})


def tell_uploads(args: TranscoderArgs, uploads: TranscoderBucket, start: QueueService) -> None:
    """Has a bucket that is made here tell the queue of uploads. One of the program's has a list of its own."""
    if uploads.made is None:
        return
    given = args.get("uploads", {})
    target: dict[str, Any] = {"queue_arn": start.queue_arn}
    if "prefix" in given:
        target["prefix"] = given["prefix"]
    suffixes = given.get("suffixes", [])
    queues = {f"start-{suffix[1:]}": {**target, "suffix": suffix} for suffix in suffixes} or {"start": target}
    # S3 tries at once whether it may send.
    opts = pulumi.ResourceOptions(depends_on=[start])
    uploads.made.notify(cast("BucketNotificationsArgs", {"queues": queues}), opts)


def _bucket(
    component: pulumi.ComponentResource,
    args: TranscoderArgs,
    kind: str,
    given: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> TranscoderBucket:
    if "bucket_arn" in given:
        arn = pulumi.Output.from_input(cast("pulumi.Input[str]", given["bucket_arn"]))
        return TranscoderBucket(
            arn.apply(lambda text: text.rpartition(":")[2]), arn, _store(arn, given.get("kms_key_arn", ""))
        )
    bucket: dict[str, Any] = {
        "deletion_protection": args.get("deletion_protection", True),
        **shared(args, BUCKET_CHILDREN),
        **settings,
    }
    made = Bucket(
        f"{component.pulumi_resource_name}-{kind}",
        cast("BucketArgs", bucket),
        pulumi.ResourceOptions(parent=component),
    )
    store = _store(made.bucket_arn, args.get("kms_key_arn", ""))
    return TranscoderBucket(made.bucket_name, made.bucket_arn, store, made)


def _store(arn: pulumi.Output[str], key_arn: pulumi.Input[str]) -> pulumi.Output[Store]:
    return pulumi.Output.all(arn, key_arn).apply(lambda found: Store(found[0], found[1]))
