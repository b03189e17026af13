"""Transcoding without servers: an upload becomes what players take, by a service that has done it for years.

*Scaling on AWS (Part 4): > One Million Users* says not to reinvent the wheel, and names transcoding first. This is AWS
Elemental MediaConvert with all that it needs to be left alone: an upload starts its job, a job that cannot start now
waits, one that would cost too much is refused, and somebody is told how each one ended.

See https://docs.aws.amazon.com/mediaconvert/latest/ug/what-is.html.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults, handed_on
from tenfold.arguments import Children, checked
from tenfold.bucket import BUCKET_CHILDREN, Bucket
from tenfold.bucket_arguments import BucketArgs, BucketNotificationsArgs
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.grants import grant
from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_service import QUEUE_ACTING, QUEUE_CHILDREN, QueueService
from tenfold.role_policies import service_trust
from tenfold.transcoder_access import Store, read_policy, service_policy, starter_policy, upload_policy
from tenfold.transcoder_alarms import ALARM_CHILDREN, event_alarms, job_alarms
from tenfold.transcoder_arguments import TranscoderArgs
from tenfold.transcoder_events import EVENT_CHILDREN, transcoder_events
from tenfold.transcoder_faults import TRANSCODER_RULES, name_faults
from tenfold.transcoder_presets import job_template

_CHILDREN: Children = {
    "queue": aws.mediaconvert.Queue,
    "reserved-queue": aws.mediaconvert.Queue,
    "role": aws.iam.Role,
    "role-policy": aws.iam.RolePolicy,
    **EVENT_CHILDREN,
    **ALARM_CHILDREN,
    "upload-grant": aws.iam.RolePolicy,
    "read-grant": aws.iam.RolePolicy,
}
_WITH_PARTS: Children = {**BUCKET_CHILDREN, **QUEUE_CHILDREN, **_CHILDREN}
_SHIPPED = ("transcoder_start.py", "transcoder_job.py", "transcoder_model.py")


class Transcoder(pulumi.ComponentResource):
    """Uploads that become videos: two buckets, AWS Elemental MediaConvert between them, and a topic that tells.

    Each object that is put into the bucket of uploads starts one job, which makes of it what the presets say. Outputs
    of `films/a film.mp4` are in the folder `films/a!20film.mp4` of the other bucket, one folder for each preset:
    `hls/index.m3u8`. A byte of a key that is no letter, digit or one of `_./-` is `!` and two hexadecimal digits there,
    so that no two uploads share a folder. An upload to the same key again makes its outputs again.

    A message waits in a queue until its job is started; a job that MediaConvert does not take now is tried again, and
    becomes a dead letter after an hour. An event that comes twice starts no second job: the function asks MediaConvert
    for a job of the same upload, and gives it the same token. An upload that is too long, too large or no video has no
    job and is not tried again. The topic is told of it with `REJECTED`, and of jobs with `COMPLETE`, `ERROR` and
    `CANCELED`, as EventBridge has them; `detail.userMetadata` has the `bucket` and the percent-encoded `key` of the
    upload. An event that comes twice may be told twice. A job that ended with `ERROR` is not started again, since most
    fail for what is in their upload: put the object again, or copy it onto itself, once the cause is mended.

    MediaConvert's role may read uploads and write outputs, and nothing else. There are alarms on jobs that fail or
    wait, on uploads whose job could not be started, on the function, and on news that did not arrive.
    """

    queue_arn: pulumi.Output[str]
    """The ARN of MediaConvert's on-demand queue."""
    reserved_queue_arn: pulumi.Output[str]
    """The ARN of MediaConvert's reserved queue; empty without one."""
    role_arn: pulumi.Output[str]
    """The ARN of the role that MediaConvert takes for jobs."""
    uploads_bucket_name: pulumi.Output[str]
    """The name of the bucket of uploads."""
    uploads_bucket_arn: pulumi.Output[str]
    """The ARN of the bucket of uploads."""
    outputs_bucket_name: pulumi.Output[str]
    """The name of the bucket of outputs."""
    outputs_bucket_arn: pulumi.Output[str]
    """The ARN of the bucket of outputs."""
    start_queue_arn: pulumi.Output[str]
    """The ARN of the queue of uploads whose job is to be started, for the notification of a bucket of the program's."""
    start_queue_url: pulumi.Output[str]
    """The URL of the queue of uploads whose job is to be started."""
    start_dlq_url: pulumi.Output[str]
    """The URL of the dead letters: uploads whose job could not be started."""
    start_function_name: pulumi.Output[str]
    """The function that starts jobs."""
    start_log_group_name: pulumi.Output[str]
    """The log group of the function that starts jobs."""
    redrive_command: pulumi.Output[str]
    """The command of the AWS CLI that tries again to start the jobs of dead letters, once their cause is mended."""
    events_topic_arn: pulumi.Output[str]
    """The ARN of the topic that is told what became of uploads; empty where a queue is told."""
    events_rule_arn: pulumi.Output[str]
    """The ARN of the rule that tells what became of uploads, which the policy of a topic or queue must let."""
    events_dlq_url: pulumi.Output[str]
    """The URL of the queue of events that could not be delivered."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it, the component's name in capitals: `<NAME>_UPLOADS_BUCKET`,
    `<NAME>_UPLOADS_PREFIX`, `<NAME>_OUTPUTS_BUCKET`."""
    upload_policy_json: pulumi.Output[str]
    """The IAM policy of uploaders, who can neither read nor delete; a presigned URL has its signer's rights."""
    read_policy_json: pulumi.Output[str]
    """The IAM policy of those who read outputs."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `job-error-alarm`, and those of its parts: `start/dlq-alarm`,
    `uploads/server-error-alarm`."""

    def __init__(self, name: str, args: TranscoderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarms_rule = partial(alarm_faults, children=_WITH_PARTS, acting=QUEUE_ACTING)
        rules = (lambda _: name_faults(name), *TRANSCODER_RULES, alarms_rule)
        args = checked("Transcoder", name, TranscoderArgs, args, _CHILDREN, *rules)
        super().__init__("tenfold:index:Transcoder", name, {**args}, inherited(name, args, _CHILDREN, opts))

        uploads, outputs = _place(self, args, "uploads"), _place(self, args, "outputs")
        stores = pulumi.Output.all(uploads.store, outputs.store)
        prefix = args.get("uploads", {}).get("prefix", "")
        queues = _queues(self, args)
        arns = pulumi.Output.all(*(queue.arn for queue in queues.values()))
        role, policy = _role(self, stores, prefix)
        permissions = _starter_policy(stores, prefix, arns, role)
        start = _start(self, args, uploads, permissions, _starter_environment(args, queues, role, outputs), policy)
        _listen(args, uploads, start)
        events = transcoder_events(self, args, arns)
        alarms = Alarms(self, args)
        job_alarms(alarms, name, queues, args.get("queue", {}).get("waiting_alarm_seconds", 1800))
        event_alarms(alarms, name, events)

        self.queue_arn = queues[""].arn
        self.reserved_queue_arn = queues["reserved"].arn if "reserved" in queues else pulumi.Output.from_input("")
        self.role_arn = role.arn
        self.uploads_bucket_name, self.uploads_bucket_arn = uploads.name, uploads.arn
        self.outputs_bucket_name, self.outputs_bucket_arn = outputs.name, outputs.arn
        self.start_queue_arn = start.queue_arn
        self.start_queue_url = start.queue_url
        self.start_dlq_url = start.dlq_url
        self.start_function_name = start.worker_function_name
        self.start_log_group_name = start.worker_log_group_name
        self.redrive_command = start.redrive_command
        self.events_topic_arn = events.topic_arn
        self.events_rule_arn = events.rule.arn
        self.events_dlq_url = events.dlq.url
        self.environment = pulumi.Output.all(uploads.name, outputs.name).apply(
            lambda names: _environment(name, prefix, *names)
        )
        self.upload_policy_json = uploads.store.apply(lambda store: upload_policy(Store(*store), prefix))
        self.read_policy_json = outputs.store.apply(lambda store: read_policy(Store(*store)))
        parts = {each.kind: each.bucket.alarm_arns for each in (uploads, outputs) if each.bucket}
        self.alarm_arns = alarms.arns({"start": start.alarm_arns, **parts})
        self.register_outputs({output: getattr(self, output) for output in Transcoder.__annotations__})

    def grant_upload(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role put uploads, which it can neither read nor delete."""
        return grant(self, "upload-grant", role, self.upload_policy_json)

    def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role list and read outputs."""
        return grant(self, "read-grant", role, self.read_policy_json)


class _Place(NamedTuple):
    """A bucket of uploads or of outputs, and the component where it is made here."""

    kind: str
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    store: pulumi.Output[list[str]]
    bucket: Bucket | None = None


def _place(component: Transcoder, args: TranscoderArgs, kind: str) -> _Place:
    given = cast("Mapping[str, Any]", args.get(kind, {}))
    if "bucket_arn" in given:
        arn = pulumi.Output.from_input(cast("pulumi.Input[str]", given["bucket_arn"]))
        store = pulumi.Output.all(arn, given.get("kms_key_arn", ""))
        return _Place(kind, arn.apply(lambda text: text.rpartition(":")[2]), arn, store)
    bucket = Bucket(
        f"{component.pulumi_resource_name}-{kind}",
        cast("BucketArgs", _bucket_args(args, given, kind)),
        pulumi.ResourceOptions(parent=component),
    )
    store = pulumi.Output.all(bucket.bucket_arn, args.get("kms_key_arn", ""))
    return _Place(kind, bucket.bucket_name, bucket.bucket_arn, store, bucket)


def _bucket_args(args: TranscoderArgs, given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    cors = given.get("cors")
    if kind == "uploads" and cors:
        cors = [{"methods": ["PUT", "POST"], **rule} for rule in cors]
    bucket: dict[str, Any] = {
        "deletion_protection": args.get("deletion_protection", True),
        **handed_on(args, BUCKET_CHILDREN),
        **_given(args, "kms_key_arn", "tags"),
        **({"cors": cors} if cors else {}),
    }
    if "expire_days" in given:
        rule = {"prefix": given.get("prefix", ""), "expire_days": given["expire_days"]}
        bucket["lifecycle"] = {"uploads": {key: value for key, value in rule.items() if value}}
    return bucket


def _queues(component: Transcoder, args: TranscoderArgs) -> dict[str, aws.mediaconvert.Queue]:
    """MediaConvert's queues in the order in which a job goes through them; the on-demand one has no key."""
    queue, name = args.get("queue", {}), component.pulumi_resource_name
    opts = pulumi.ResourceOptions(parent=component)
    queues: dict[str, aws.mediaconvert.Queue] = {}
    if "reserved_slots" in queue:
        # A queue of its own: one that changes its prices is another queue, and jobs in it are lost.
        queues["reserved"] = aws.mediaconvert.Queue(
            f"{name}-reserved-queue",
            description=f"Jobs of {name}, at a fixed price",
            pricing_plan="RESERVED",
            reservation_plan_settings={
                "commitment": "ONE_YEAR",
                "renewal_type": "AUTO_RENEW" if queue.get("reserved_renewal", False) else "EXPIRE",
                "reserved_slots": queue["reserved_slots"],
            },
            tags={},
            opts=opts,
        )
    queues[""] = aws.mediaconvert.Queue(
        f"{name}-queue",
        description=f"Jobs of {name}",
        concurrent_jobs=queue.get("concurrent_jobs"),
        tags={},
        opts=opts,
    )
    return queues


def _role(component: Transcoder, stores: pulumi.Output[Any], prefix: str) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    role = aws.iam.Role(
        f"{name}-role",
        description=f"MediaConvert's jobs of {name}",
        assume_role_policy=service_trust("mediaconvert"),
        opts=opts,
    )
    policy = aws.iam.RolePolicy(
        f"{name}-role-policy",
        role=role.name,
        policy=stores.apply(lambda found: service_policy(Store(*found[0]), prefix, Store(*found[1]))),
        opts=opts,
    )
    return role, policy


def _starter_policy(
    stores: pulumi.Output[Any], prefix: str, queue_arns: pulumi.Output[list[str]], role: aws.iam.Role
) -> pulumi.Output[str]:
    return pulumi.Output.all(stores, queue_arns, role.arn).apply(
        lambda found: starter_policy(Store(*found[0][0]), prefix, found[1], found[2])
    )


def _starter_environment(
    args: TranscoderArgs, queues: Mapping[str, aws.mediaconvert.Queue], role: aws.iam.Role, outputs: _Place
) -> dict[str, pulumi.Input[str]]:
    queue, limits = args.get("queue", {}), args.get("limits", {})
    first, *overflow = queues.values()
    return {
        **args.get("start", {}).get("environment", {}),
        "TRANSCODER_QUEUE_ARN": first.arn,
        "TRANSCODER_OVERFLOW_QUEUE_ARN": overflow[0].arn if overflow else "",
        "TRANSCODER_OVERFLOW_MINUTES": str(queue.get("reserved_wait_minutes", 15) if overflow else 0),
        "TRANSCODER_ROLE_ARN": role.arn,
        "TRANSCODER_OUTPUTS_BUCKET": outputs.name,
        "TRANSCODER_MAX_INPUT_MINUTES": f"{limits.get('max_input_minutes', 180):g}",
        "TRANSCODER_MAX_INPUT_GB": f"{limits.get('max_input_gb', 20):g}",
    }


def _start(
    component: Transcoder,
    args: TranscoderArgs,
    uploads: _Place,
    permissions: pulumi.Output[str],
    environment: dict[str, pulumi.Input[str]],
    role_policy: aws.iam.RolePolicy,
) -> QueueService:
    """The queue of uploads and the function that starts their jobs, after what MediaConvert may do for these."""
    start = args.get("start", {})
    service: dict[str, Any] = {
        "worker": {
            "code": _code(job_template(args)),
            "handler": "tenfold.transcoder_start.handle",
            # One upload at a time: another one's probe would take the time of this one.
            "batch_size": 1,
            "timeout_seconds": 60,
            "memory_mb": 512,
            "maximum_concurrency": start.get("maximum_concurrency", 5),
            "environment": environment,
            "policies": {"jobs": permissions},
            "log_retention_days": start.get("log_retention_days", 30),
        },
        "senders": {"uploads": uploads.arn},
        "max_receive_count": start.get("max_receive_count", 10),
        **handed_on(args, QUEUE_CHILDREN),
        **_given(args, "kms_key_arn", "tags"),
    }
    return QueueService(
        f"{component.pulumi_resource_name}-start",
        cast("QueueServiceArgs", service),
        pulumi.ResourceOptions(parent=component, depends_on=[role_policy]),
    )


def _code(template: str) -> pulumi.Archive:
    """The function's code: the modules of this package that it is made of, and what all jobs have in common."""
    here = Path(__file__).parent
    modules = {f"tenfold/{name}": pulumi.FileAsset(str(here / name)) for name in _SHIPPED}
    return pulumi.AssetArchive(
        {
            "tenfold/__init__.py": pulumi.StringAsset('"""What starts jobs."""\n'),
            "tenfold/transcoder_template.json": pulumi.StringAsset(template),
            **modules,
        }
    )


def _listen(args: TranscoderArgs, uploads: _Place, start: QueueService) -> None:
    """Has the bucket made here tell the queue of uploads. One of the program's has a list of its own."""
    if uploads.bucket is None:
        return
    given = args.get("uploads", {})
    target: dict[str, Any] = {
        "queue_arn": start.queue_arn,
        **({"prefix": given["prefix"]} if "prefix" in given else {}),
    }
    suffixes = given.get("suffixes", [])
    queues = {f"start-{suffix[1:]}": {**target, "suffix": suffix} for suffix in suffixes} or {"start": target}
    # S3 tries at once whether it may send.
    uploads.bucket.notify(
        cast("BucketNotificationsArgs", {"queues": queues}), pulumi.ResourceOptions(depends_on=[start])
    )


def _environment(name: str, prefix: str, uploads: str, outputs: str) -> dict[str, str]:
    return {
        variable(f"{name}_UPLOADS_BUCKET"): uploads,
        variable(f"{name}_UPLOADS_PREFIX"): prefix,
        variable(f"{name}_OUTPUTS_BUCKET"): outputs,
    }


def _given(args: TranscoderArgs, *keys: str) -> dict[str, Any]:
    return {key: args[key] for key in keys if key in args}
