"""Rules of backups, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def table(**properties: Any) -> None:
    aws.dynamodb.Table("carts", hash_key="id", attributes=[{"name": "id", "type": "S"}], **properties)


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


def cluster(**properties: Any) -> None:
    aws.rds.Cluster("orders", engine="aurora-postgresql", **properties)


def cache(**properties: Any) -> None:
    aws.elasticache.ReplicationGroup("cache", description="hot", **properties)


def files(**properties: Any) -> aws.efs.FileSystem:
    return aws.efs.FileSystem("files", **properties)


def with_policy(status: Any) -> None:
    aws.efs.BackupPolicy("files", file_system_id=files().id, backup_policy={"status": status})


def selected(store: Any, **properties: Any) -> None:
    role = "arn:aws:iam::123456789012:role/backup"
    aws.backup.Selection("daily", plan_id="plan-1", iam_role_arn=role, **properties)


def volume(**properties: Any) -> aws.ebs.Volume:
    return aws.ebs.Volume("disk", availability_zone="us-east-1a", size=8, **properties)


def in_plan() -> None:
    store = files()
    selected(store, resources=[store.arn])


def by_tag(tag: Any, **properties: Any) -> None:
    selected(volume(**properties), selection_tags=[{"type": "STRINGEQUALS", "key": "backup", "value": tag}])


def by_second_selection(first: Any) -> None:
    store = files()
    role = "arn:aws:iam::123456789012:role/backup"
    aws.backup.Selection("weekly", plan_id="plan-1", iam_role_arn=role, resources=[first])
    selected(store, resources=[store.arn])


def tagged_file_system(*keys: str) -> None:
    tags: Any = [{"type": "STRINGEQUALS", "key": key, "value": "daily"} for key in keys]
    selected(files(tags={"backup": "daily", "tier": "data"}), selection_tags=tags)


def tagged_by_provider() -> None:
    """A volume as the engine shows it: the provider's check adds its `defaultTags`, in `tagsAll`."""

    def check(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        return pulumi.ResourceTransformationResult({**arguments.props, "tagsAll": {"backup": "daily"}}, arguments.opts)

    by_tag("daily", opts=pulumi.ResourceOptions(transformations=[check]))


def volume_beside_file_system() -> None:
    with_policy("ENABLED")
    volume()


def of_another() -> None:
    volume()
    other = aws.ebs.Volume("other", availability_zone="us-east-1a", size=8)
    selected(other, resources=[other.arn])


def unplanned(name: str) -> tuple[str, str, str, str]:
    return name, "id", "no backup plan that selects it", "a backup Selection with its ARN or one of its tags"


CASES = [
    passes("dur-dynamodb-pitr", "recovery", lambda: table(point_in_time_recovery={"enabled": True})),
    passes(
        "dur-dynamodb-pitr",
        "recovery that is not known yet",
        lambda: table(point_in_time_recovery={"enabled": later(True)}),
        left=("carts",),
    ),
    refuses("dur-dynamodb-pitr", "the default", table, ("carts", "pointInTimeRecovery.enabled", "nothing", "true")),
    refuses(
        "dur-dynamodb-pitr",
        "switched off",
        lambda: table(point_in_time_recovery={"enabled": False}),
        ("carts", "pointInTimeRecovery.enabled", "false", "true"),
    ),
    passes("dur-rds-backup", "a week", lambda: instance(backup_retention_period=7)),
    passes("dur-rds-backup", "a replica", lambda: instance(replicate_source_db="primary")),
    passes("dur-rds-backup", "a day, where that will do", lambda: instance(backup_retention_period=1), minimumDays=1),
    passes("dur-rds-backup", "not known", lambda: instance(backup_retention_period=later(7)), left=("orders",)),
    refuses(
        "dur-rds-backup", "the default", instance, ("orders", "backupRetentionPeriod", "nothing", "7 days or more")
    ),
    refuses(
        "dur-rds-backup",
        "switched off",
        lambda: instance(backup_retention_period=0),
        ("orders", "backupRetentionPeriod", "0", "7 days or more"),
    ),
    refuses(
        "dur-rds-backup",
        "a warehouse, for a day",
        lambda: aws.redshift.Cluster(
            "facts", cluster_identifier="facts", node_type="ra3.large", automated_snapshot_retention_period=1
        ),
        ("facts", "automatedSnapshotRetentionPeriod", "1", "7 days or more"),
    ),
    passes("dur-elasticache-snapshots", "a day", lambda: cache(snapshot_retention_limit=1)),
    passes("dur-elasticache-snapshots", "not known", lambda: cache(snapshot_retention_limit=later(1)), left=("cache",)),
    passes("dur-elasticache-snapshots", "Memcached", lambda: aws.elasticache.Cluster("cache", engine="memcached")),
    passes(
        "dur-elasticache-snapshots",
        "a node of a group",
        lambda: aws.elasticache.Cluster("cache", replication_group_id="hot"),
    ),
    passes("dur-elasticache-snapshots", "none, on purpose", lambda: cache(snapshot_retention_limit=0)),
    refuses(
        "dur-elasticache-snapshots",
        "nothing said",
        cache,
        ("cache", "snapshotRetentionLimit", "nothing", "a number of days, or 0"),
    ),
    passes("dur-copy-tags-snapshots", "copied", lambda: instance(copy_tags_to_snapshot=True)),
    passes(
        "dur-copy-tags-snapshots", "not known", lambda: instance(copy_tags_to_snapshot=later(True)), left=("orders",)
    ),
    refuses("dur-copy-tags-snapshots", "the default", instance, ("orders", "copyTagsToSnapshot", "nothing", "true")),
    passes("dur-backup-plan", "a file system with a policy", lambda: with_policy("ENABLED")),
    passes("dur-backup-plan", "a file system in a plan", in_plan),
    passes("dur-backup-plan", "everything", lambda: selected(volume(), resources=["*"])),
    passes("dur-backup-plan", "every volume", lambda: selected(volume(), resources=["arn:aws:ec2:*:*:volume/*"])),
    passes("dur-backup-plan", "a volume by its tag", lambda: by_tag("daily", tags={"backup": "daily"})),
    passes(
        "dur-backup-plan", "a tag not known", lambda: by_tag(later("daily"), tags={"backup": "daily"}), left=("disk",)
    ),
    passes("dur-backup-plan", "a status that is not known yet", lambda: with_policy(later("ENABLED")), left=("files",)),
    refuses("dur-backup-plan", "a file system alone", files, unplanned("files")),
    refuses("dur-backup-plan", "a policy switched off", lambda: with_policy("DISABLED"), unplanned("files")),
    refuses("dur-backup-plan", "another tag", lambda: by_tag("daily", tags={"backup": "weekly"}), unplanned("disk")),
    refuses(
        "dur-backup-plan",
        "every file system, asked of a volume",
        lambda: selected(volume(), resources=["arn:aws:elasticfilesystem:*:*:file-system/*"]),
        unplanned("disk"),
    ),
    refuses(
        "dur-rds-backup",
        "a cluster, for six days",
        lambda: cluster(backup_retention_period=6),
        ("orders", "backupRetentionPeriod", "6", "7 days or more"),
    ),
    refuses(
        "dur-rds-backup",
        "documents, by default",
        lambda: aws.docdb.Cluster("documents"),
        ("documents", "backupRetentionPeriod", "nothing", "7 days or more"),
    ),
    refuses(
        "dur-rds-backup",
        "a graph, by default",
        lambda: aws.neptune.Cluster("graph"),
        ("graph", "backupRetentionPeriod", "nothing", "7 days or more"),
    ),
    refuses(
        "dur-elasticache-snapshots",
        "a node alone, of Redis",
        lambda: aws.elasticache.Cluster("cache", engine="redis"),
        ("cache", "snapshotRetentionLimit", "nothing", "a number of days, or 0"),
    ),
    refuses("dur-copy-tags-snapshots", "a cluster", cluster, ("orders", "copyTagsToSnapshot", "nothing", "true")),
    refuses(
        "dur-copy-tags-snapshots",
        "a graph",
        lambda: aws.neptune.Cluster("graph", copy_tags_to_snapshot=False),
        ("graph", "copyTagsToSnapshot", "false", "true"),
    ),
    refuses(
        "dur-rds-backup",
        "nothing said, where a day will do",
        instance,
        ("orders", "backupRetentionPeriod", "nothing", "1 days or more"),
        minimumDays=1,
    ),
    passes(
        "dur-rds-backup", "the longest that AWS keeps", lambda: instance(backup_retention_period=35), minimumDays=35
    ),
    passes(
        "dur-elasticache-snapshots",
        "a node alone, of Redis, with snapshots",
        lambda: aws.elasticache.Cluster("cache", engine="redis", snapshot_retention_limit=1),
    ),
    passes("dur-backup-plan", "the second of two selections", lambda: by_second_selection("arn:aws:ec2:*:*:volume/*")),
    passes(
        "dur-backup-plan",
        "a selection that is known beside one that is not",
        lambda: by_second_selection(later("arn:aws:ec2:*:*:volume/*")),
    ),
    passes(
        "dur-backup-plan",
        "every file system",
        lambda: selected(files(), resources=["arn:aws:elasticfilesystem:*:*:file-system/*"]),
    ),
    passes("dur-backup-plan", "the second of two tags", lambda: tagged_file_system("owner", "backup")),
    passes("dur-backup-plan", "a tag of the provider's", tagged_by_provider),
    refuses("dur-backup-plan", "a tag that it has not", lambda: tagged_file_system("owner"), unplanned("files")),
    refuses("dur-backup-plan", "a volume beside a file system", volume_beside_file_system, unplanned("disk")),
    refuses("dur-backup-plan", "another volume in a plan", of_another, unplanned("disk"), preview=(), left=("disk",)),
    passes(
        "dur-backup-plan",
        "a pattern for something else before it",
        lambda: selected(volume(), resources=["arn:aws:dynamodb:*:*:table/*", "arn:aws:ec2:*:*:volume/*"]),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
