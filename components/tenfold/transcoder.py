"""Transcoding without servers: an upload becomes what players take, by a service that has done it for years.

*Scaling on AWS (Part 4): > One Million Users* says not to reinvent the wheel, and names transcoding first. This is AWS
Elemental MediaConvert with all that it needs to be left alone: an upload starts its job, a job that cannot start now
waits, one that would cost too much is refused, and somebody is told how each one ended.

See https://docs.aws.amazon.com/mediaconvert/latest/ug/what-is.html.
"""

from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.bucket import BUCKET_CHILDREN
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.grants import grant
from tenfold.queue_service import QUEUE_ACTING, QUEUE_CHILDREN
from tenfold.role_policies import service_trust
from tenfold.transcoder_access import read_policy, service_policy, upload_policy
from tenfold.transcoder_alarms import ALARM_CHILDREN, event_alarms, job_alarms
from tenfold.transcoder_arguments import TranscoderArgs
from tenfold.transcoder_buckets import TranscoderBucket, outputs_bucket, tell_uploads, uploads_bucket
from tenfold.transcoder_events import EVENT_CHILDREN, transcoder_events
from tenfold.transcoder_faults import TRANSCODER_RULES, name_faults
from tenfold.transcoder_starter import transcoder_starter

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

        uploads, outputs = uploads_bucket(self, args), outputs_bucket(self, args)
        prefix = args.get("uploads", {}).get("prefix", "")
        queues = _queues(self, args)
        role, permissions = _role(self, prefix, uploads, outputs)
        start = transcoder_starter(self, args, (uploads, outputs), queues, role, [permissions])
        tell_uploads(args, uploads, start)
        events = transcoder_events(self, args, queues.values())
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
        self.upload_policy_json = uploads.store.apply(lambda store: upload_policy(store, prefix))
        self.read_policy_json = outputs.store.apply(read_policy)
        parts = {"uploads": uploads.made, "outputs": outputs.made, "start": start}
        self.alarm_arns = alarms.arns({key: part.alarm_arns for key, part in parts.items() if part})
        self.register_outputs({output: getattr(self, output) for output in Transcoder.__annotations__})

    def grant_upload(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role put uploads, which it can neither read nor delete."""
        return grant(self, "upload-grant", role, self.upload_policy_json)

    def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role list and read outputs."""
        return grant(self, "read-grant", role, self.read_policy_json)


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
            opts=opts,
        )
    queues[""] = aws.mediaconvert.Queue(
        f"{name}-queue",
        description=f"Jobs of {name}",
        concurrent_jobs=queue.get("concurrent_jobs"),
        opts=opts,
    )
    return queues


def _role(
    component: Transcoder, prefix: str, uploads: TranscoderBucket, outputs: TranscoderBucket
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """The role that MediaConvert takes for jobs, and what it may do."""
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    role = aws.iam.Role(
        f"{name}-role",
        description=f"MediaConvert's jobs of {name}",
        assume_role_policy=service_trust("mediaconvert"),
        opts=opts,
    )
    permissions = aws.iam.RolePolicy(
        f"{name}-role-policy",
        role=role.name,
        policy=pulumi.Output.all(uploads.store, outputs.store).apply(
            lambda stores: service_policy(stores[0], prefix, stores[1])
        ),
        opts=opts,
    )
    return role, permissions


def _environment(name: str, prefix: str, uploads: str, outputs: str) -> dict[str, str]:
    return {
        variable(f"{name}_UPLOADS_BUCKET"): uploads,
        variable(f"{name}_UPLOADS_PREFIX"): prefix,
        variable(f"{name}_OUTPUTS_BUCKET"): outputs,
    }
