"""State off the tiers: files go to Amazon S3, which holds any number of them and tells who must know.

*Scaling on AWS (Part 4): > One Million Users* keeps nothing on a server that could not be lost with it, and serves what
does not change without one. This is one such bucket with what keeps it safe: nobody from outside, nothing without TLS,
older versions for a mistake, copies for a disaster, and one list of those who are told of new objects.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, checked
from tenfold.bucket_access import bucket_policy, read_policy, read_write_policy, write_policy
from tenfold.bucket_alarms import bucket_alarms
from tenfold.bucket_arguments import BucketArgs, BucketNotificationsArgs
from tenfold.bucket_faults import BUCKET_RULES, name_faults, notification_faults
from tenfold.bucket_lifecycle import bucket_lifecycle
from tenfold.bucket_notification import bucket_notification
from tenfold.bucket_replication import replicate
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.errors import TenfoldError
from tenfold.grants import grant

BUCKET_CHILDREN: Children = {
    "bucket": aws.s3.Bucket,
    "public-access-block": aws.s3.BucketPublicAccessBlock,
    "ownership": aws.s3.BucketOwnershipControls,
    "encryption": aws.s3.BucketServerSideEncryptionConfiguration,
    "versioning": aws.s3.BucketVersioning,
    "policy": aws.s3.BucketPolicy,
    "lifecycle": aws.s3.BucketLifecycleConfiguration,
    "cors": aws.s3.BucketCorsConfiguration,
    "access-logs": aws.s3.BucketLogging,
    "replication": aws.s3.BucketReplicationConfig,
    "replication-role": aws.iam.Role,
    "replication-policy": aws.iam.RolePolicy,
    "notification": aws.s3.BucketNotification,
    "function-permission": aws.lambda_.Permission,
    "metrics": aws.s3.BucketMetric,
    "client-error-alarm": aws.cloudwatch.MetricAlarm,
    "server-error-alarm": aws.cloudwatch.MetricAlarm,
    "replication-alarm": aws.cloudwatch.MetricAlarm,
    "read-grant": aws.iam.RolePolicy,
    "write-grant": aws.iam.RolePolicy,
    "read-write-grant": aws.iam.RolePolicy,
}


class Bucket(pulumi.ComponentResource):
    """An S3 bucket, whom it tells of its objects, where it puts copies, and the policies of those who use it.

    By default objects are encrypted, belong to the bucket's owner alone, cannot be made public and come over TLS alone.
    What is overwritten or deleted stays for 90 days as an older version, uploads that were never finished go after 7.
    Pulumi refuses to delete the bucket, and S3 refuses as long as it has objects. Requests are measured, with alarms on
    those that are refused and those that fail.

    A bucket has one list of targets in S3, which a second notification would overwrite without a word: this one is made
    of all of them. A function may be called by its permission, which is made here; a queue and a topic must allow the
    bucket in a policy of their own.
    """

    bucket_name: pulumi.Output[str]
    """The bucket's name on AWS."""
    bucket_arn: pulumi.Output[str]
    """The bucket's ARN."""
    bucket_regional_domain_name: pulumi.Output[str]
    """The bucket's address in its region, as CloudFront takes it for an origin."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_BUCKET`, the component's name in capitals."""
    read_policy_json: pulumi.Output[str]
    """The IAM policy of its readers."""
    write_policy_json: pulumi.Output[str]
    """The IAM policy of its writers, who delete too and cannot read."""
    read_write_policy_json: pulumi.Output[str]
    """The IAM policy of those who read and write."""
    replication_role_arn: pulumi.Output[str]
    """The ARN of the role that copies objects, which a bucket of another account must allow; empty without copies."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `server-error-alarm`; empty without any."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (lambda _: name_faults(name), *BUCKET_RULES, partial(alarm_faults, children=BUCKET_CHILDREN))
        args = checked("Bucket", name, BucketArgs, args, BUCKET_CHILDREN, *rules)
        super().__init__("tenfold:index:Bucket", name, {**args}, inherited(name, args, BUCKET_CHILDREN, opts))

        self._bucket = _bucket(self, args)
        _closed(self, args, self._bucket)
        versions = _versions(self, args, self._bucket)
        _cors(self, args, self._bucket)
        _access_logs(self, args, self._bucket)
        role = _replication(self, args, self._bucket, versions)
        self._notification = _notification(self, args, self._bucket)
        self.alarm_arns = bucket_alarms(self, args, self._bucket)

        self.bucket_name = self._bucket.bucket
        self.bucket_arn = self._bucket.arn
        self.bucket_regional_domain_name = self._bucket.bucket_regional_domain_name
        self.environment = self._bucket.bucket.apply(lambda bucket_name: {variable(f"{name}_BUCKET"): bucket_name})
        self.read_policy_json = _policy(args, self._bucket, read_policy)
        self.write_policy_json = _policy(args, self._bucket, write_policy)
        self.read_write_policy_json = _policy(args, self._bucket, read_write_policy)
        self.replication_role_arn = role.arn if role else pulumi.Output.from_input("")
        self.register_outputs({output: getattr(self, output) for output in Bucket.__annotations__})

    def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role list and read objects."""
        return grant(self, "read-grant", role, self.read_policy_json)

    def grant_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role write and delete objects, and not read them."""
        return grant(self, "write-grant", role, self.write_policy_json)

    def grant_read_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role list, read, write and delete objects."""
        return grant(self, "read-write-grant", role, self.read_write_policy_json)

    def notify(self, notifications: BucketNotificationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Tells targets that could not be there before the bucket, such as a queue whose policy names it.

        Args:
            notifications: The targets, all of them: as the argument `notifications`.
            opts: What they must wait for: `pulumi.ResourceOptions(depends_on=[jobs])`.

        Raises:
            ArgumentError: Something is wrong with a target.
            TenfoldError: The bucket has its targets already.
        """
        name = self.pulumi_resource_name
        if self._notification is not None:
            raise TenfoldError(f"Bucket {name!r} has its targets already, and S3 has one list; give all at once.")
        rules = (notification_faults,)
        notifications = checked("Bucket", name, BucketNotificationsArgs, notifications, BUCKET_CHILDREN, *rules)
        self._notification = bucket_notification(self, self._bucket, notifications, opts)


def _bucket(component: Bucket, args: BucketArgs) -> aws.s3.Bucket:
    protected = args.get("deletion_protection", True)
    return aws.s3.Bucket(
        f"{component.pulumi_resource_name}-bucket",
        # Where the bucket is not protected by itself it is as its component is.
        opts=pulumi.ResourceOptions(parent=component, protect=True if protected else None),
    )


def _closed(component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket) -> None:
    """Encrypted, of one owner, never public, over TLS alone."""
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    block = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access-block",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=opts
    )
    key = args.get("kms_key_arn")
    default: Any = (
        {"sse_algorithm": "AES256"} if key is None else {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        # With a key of the bucket's, S3 asks KMS once for many objects.
        rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": key is not None}],
        opts=opts,
    )
    found = pulumi.Output.all(bucket.arn, args.get("access_log_account_id"), args.get("policy_statements", {}))
    aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=found.apply(lambda given: bucket_policy(*given)),
        # S3 refuses two changes of who may do what at once.
        opts=pulumi.ResourceOptions(parent=component, depends_on=[block]),
    )


def _versions(component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket) -> list[pulumi.Resource]:
    """Older versions, and how long they and other objects are kept."""
    versioned = args.get("versioned", True)
    versions: list[pulumi.Resource] = []
    if versioned:
        versions.append(
            aws.s3.BucketVersioning(
                f"{component.pulumi_resource_name}-versioning",
                bucket=bucket.bucket,
                versioning_configuration={"status": "Enabled"},
                opts=pulumi.ResourceOptions(parent=component),
            )
        )
    bucket_lifecycle(
        component,
        bucket,
        abort_upload_days=args.get("abort_upload_days", 7),
        noncurrent_version_days=args.get("noncurrent_version_days", 90) if versioned else None,
        lifecycle=args.get("lifecycle", {}),
        after=versions,
    )
    return versions


def _cors(component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket) -> None:
    if not args.get("cors"):
        return
    aws.s3.BucketCorsConfiguration(
        f"{component.pulumi_resource_name}-cors",
        bucket=bucket.bucket,
        cors_rules=[
            {
                "allowed_origins": rule["origins"],
                "allowed_methods": rule.get("methods", ["GET", "HEAD"]),
                "allowed_headers": rule.get("headers", ["*"]),
                "expose_headers": rule.get("exposed_headers", ["ETag"]),
                "max_age_seconds": rule.get("max_age_seconds", 3600),
            }
            for rule in args.get("cors", [])
        ],
        opts=pulumi.ResourceOptions(parent=component),
    )


def _access_logs(component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket) -> None:
    logs = args.get("access_logs")
    if logs is None:
        return
    name = component.pulumi_resource_name
    aws.s3.BucketLogging(
        f"{name}-access-logs",
        bucket=bucket.bucket,
        target_bucket=logs["bucket_name"],
        target_prefix=logs.get("prefix", f"{name}/"),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _replication(
    component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket, versions: Sequence[pulumi.Resource]
) -> aws.iam.Role | None:
    replication = args.get("replication")
    if replication is None:
        return None
    return replicate(component, bucket, replication, args.get("kms_key_arn"), versions)


def _notification(component: Bucket, args: BucketArgs, bucket: aws.s3.Bucket) -> aws.s3.BucketNotification | None:
    notifications = args.get("notifications")
    return None if notifications is None else bucket_notification(component, bucket, notifications)


def _policy(args: BucketArgs, bucket: aws.s3.Bucket, policy: Callable[[str, str | None], str]) -> pulumi.Output[str]:
    return pulumi.Output.all(bucket.arn, args.get("kms_key_arn")).apply(lambda arns: policy(arns[0], arns[1]))
