"""Backups: what is written stays readable as it was, also after the write that should not have been."""

from fnmatch import fnmatchcase

from pulumi_policy import Severity

from .flags import switched_on
from .rule import ADVISORY, Parameter, Settings, control, resource_rule, stack_rule
from .tokens import (
    BACKUP_SELECTION,
    CACHE_CLUSTER,
    CACHE_REPLICATION_GROUP,
    DOCDB_CLUSTER,
    DYNAMODB_TABLE,
    EBS_VOLUME,
    EFS_BACKUP_POLICY,
    EFS_FILE_SYSTEM,
    NEPTUNE_CLUSTER,
    RDS_CLUSTER,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
)
from .view import Findings, Resource, Stack, Undecided, Value, some


@resource_rule(
    "dur-dynamodb-pitr",
    on=(DYNAMODB_TABLE,),
    title="Tables have point-in-time recovery",
    severity=Severity.HIGH,
    remediation="Set pointInTimeRecovery.enabled to true.",
    source=control("DynamoDB.2", "CKV_AWS_28", practice="REL09-BP03"),
    safe_to_set="pointInTimeRecovery.enabled becomes true: the past is kept aside, and capacity is untouched.",
)
def table_has_recovery(table: Resource, _: Settings) -> Findings:
    """A DynamoDB table can be restored to any second of the last days.

    Replicas copy a bad write at once; only a copy of the past undoes it.
    """
    yield from switched_on(table["pointInTimeRecovery.enabled"])


_RETENTION = {
    RDS_INSTANCE: "backupRetentionPeriod",
    RDS_CLUSTER: "backupRetentionPeriod",
    DOCDB_CLUSTER: "backupRetentionPeriod",
    NEPTUNE_CLUSTER: "backupRetentionPeriod",
    REDSHIFT_CLUSTER: "automatedSnapshotRetentionPeriod",
}


@resource_rule(
    "dur-rds-backup",
    on=tuple(_RETENTION),
    title="Databases keep backups of a week",
    severity=Severity.HIGH,
    remediation="Set backupRetentionPeriod to how many days back the database may have to be restored.",
    source=control("RDS.11", "CKV_AWS_133", practice="REL09-BP03"),
    parameters=(Parameter("minimumDays", 7, "The least number of days.", minimum=1, maximum=35),),
)
def database_is_backed_up(database: Resource, settings: Settings) -> Findings:
    """A database can be restored to any second of the last days.

    A mistake on Friday is found on Monday. A replica is restored from its source. Security Hub asks the same in
    DocumentDB.2, Neptune.5 and Redshift.3.
    """
    if database["replicateSourceDb"].given:
        return
    days, least = database[_RETENTION[database.type]], settings.integer("minimumDays")
    if (days.integer() or 0) < least:
        yield days.violates(allowed=f"{least} days or more", fix=f"set {days.path} to {least} or more.")


@resource_rule(
    "dur-elasticache-snapshots",
    on=(CACHE_REPLICATION_GROUP, CACHE_CLUSTER),
    title="Caches keep snapshots, or say that they keep none",
    severity=Severity.LOW,
    remediation="Set snapshotRetentionLimit to one day or more, or to 0 for a cache that may be lost.",
    source=control("ElastiCache.1", "CKV_AWS_134", practice="REL09-BP03"),
    level=ADVISORY,
)
def cache_keeps_snapshots(cache: Resource, _: Settings) -> Findings:
    """A cache says whether its memory is worth keeping.

    A cache that starts empty sends every request to the database; from a snapshot it starts warm. One that is meant to
    be lost says so by 0. Memcached has no snapshots.
    """
    if cache["engine"].text() == "memcached" or cache["replicationGroupId"].given:
        return
    days = cache["snapshotRetentionLimit"]
    if days.integer() is None:
        yield days.violates(allowed="a number of days, or 0", fix="set snapshotRetentionLimit to 1 or more.")


@resource_rule(
    "dur-copy-tags-snapshots",
    on=(RDS_INSTANCE, RDS_CLUSTER, NEPTUNE_CLUSTER),
    title="Snapshots have the tags of their database",
    severity=Severity.LOW,
    remediation="Set copyTagsToSnapshot to true.",
    source=control("RDS.17", "CKV_AWS_313", "CKV2_AWS_60", practice="COST03-BP02"),
    safe_to_set="copyTagsToSnapshot becomes true: new snapshots get tags, and the database does not notice.",
    level=ADVISORY,
)
def snapshots_have_tags(database: Resource, _: Settings) -> Findings:
    """A snapshot has the tags of its database.

    Without them nobody knows years later whose data it is, who pays for it, and whether it may go.
    """
    yield from switched_on(database["copyTagsToSnapshot"])


@stack_rule(
    "dur-backup-plan",
    on=(EFS_FILE_SYSTEM, EBS_VOLUME),
    title="What has no backups of its own is in a backup plan",
    severity=Severity.MEDIUM,
    remediation="Name the resource in a backup Selection; a file system may have a BackupPolicy in its place.",
    source=control("EFS.2", "CKV2_AWS_18", practice="REL09-BP03"),
    level=ADVISORY,
)
def in_backup_plan(store: Resource, stack: Stack, _: Settings) -> Findings:
    """A file system or volume is backed up by a plan of AWS Backup.

    Databases, tables and buckets keep a past of their own, which other rules ask for; these keep none.
    """
    policies = stack.referrers(store, EFS_BACKUP_POLICY, "fileSystemId")
    if store.type == EFS_FILE_SYSTEM and some(policies, _enabled):
        return
    if not _selected(store, stack):
        yield store["id"].violates(
            found="no backup plan that selects it",
            allowed="a backup Selection with its ARN or one of its tags",
            fix="name its ARN in the resources of a backup Selection.",
        )


def _enabled(policy: Resource) -> bool:
    return policy["backupPolicy.status"].text() == "ENABLED"


def _selected(store: Resource, stack: Stack) -> bool:
    """Whether a selection has the resource by its ARN, by a pattern, or by a tag."""
    doubts: list[Undecided] = []
    for selection in stack.of(BACKUP_SELECTION):
        resources = selection["resources"]
        links = stack.links(resources, store.type)
        try:
            if store in links.resources or any(_matches(item, store) for item in resources.items()):
                return True
            if any(_tagged(tag, store) for tag in selection["selectionTags"].items()):
                return True
        except Undecided as undecided:
            doubts.append(undecided)
    if doubts:
        raise doubts[0]
    return False


def _matches(pattern: Value, store: Resource) -> bool:
    kind = "elasticfilesystem:r:1:file-system" if store.type == EFS_FILE_SYSTEM else "ec2:r:1:volume"
    return fnmatchcase(f"arn:aws:{kind}/any", pattern.text() or "")


def _tagged(tag: Value, store: Resource) -> bool:
    key, value = tag["key"].text() or "", tag["value"].text()
    return any(store[tags][key].text() == value for tags in ("tags", "tagsAll"))
