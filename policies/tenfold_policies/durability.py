"""Durability: data survives mistakes, and what happened can be read afterwards.

*Scaling on AWS (Part 4): > One Million Users* moves state off the tiers into data stores; these rules keep what is
there.
"""

from pulumi_policy import Severity

from .flags import not_switched_on, switched_on
from .rule import ADVISORY, Parameter, Settings, Source, control, resource_rule
from .tokens import (
    BUCKET,
    DOCDB_CLUSTER,
    DYNAMODB_TABLE,
    EBS_VOLUME,
    EFS_FILE_SYSTEM,
    KINESIS_STREAM,
    KMS_KEY,
    LOAD_BALANCER,
    LOG_GROUP,
    NEPTUNE_CLUSTER,
    OPENSEARCH_DOMAIN,
    RDS_CLUSTER,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
)
from .view import Findings, Resource

_DELETION_PROTECTION = {
    DYNAMODB_TABLE: "deletionProtectionEnabled",
    LOAD_BALANCER: "enableDeletionProtection",
    RDS_INSTANCE: "deletionProtection",
    RDS_CLUSTER: "deletionProtection",
    DOCDB_CLUSTER: "deletionProtection",
    NEPTUNE_CLUSTER: "deletionProtection",
}


@resource_rule(
    "dur-deletion-protection",
    on=tuple(_DELETION_PROTECTION),
    title="Tables, databases and load balancers are protected from deletion",
    severity=Severity.MEDIUM,
    remediation="Turn deletion protection on; to delete the resource on purpose, turn it off in an update of its own.",
    source=control("DynamoDB.6", "CKV_AWS_139", "CKV_AWS_150", "CKV_AWS_293", practice="REL09-BP01"),
    safe_to_set="Deletion protection goes on: nothing changes until someone deletes the resource, and is refused.",
)
def protected_from_deletion(resource: Resource, _: Settings) -> Findings:
    """What holds data, or is the address of the service, cannot be deleted in passing.

    One renamed resource in a program is a delete and a create. Security Hub asks the same of load balancers in ELB.6,
    of databases in RDS.7, RDS.8, DocumentDB.5 and Neptune.4. A replica of a database may go.
    """
    if not resource["replicateSourceDb"].given:
        yield from switched_on(resource[_DELETION_PROTECTION[resource.type]])


@resource_rule(
    "dur-final-snapshot",
    on=(RDS_INSTANCE, RDS_CLUSTER, DOCDB_CLUSTER, NEPTUNE_CLUSTER, REDSHIFT_CLUSTER),
    title="A database leaves a snapshot",
    severity=Severity.HIGH,
    remediation="Set skipFinalSnapshot to false and finalSnapshotIdentifier to a name.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
        well_architected="REL09-BP01",
    ),
)
def leaves_final_snapshot(database: Resource, _: Settings) -> Findings:
    """A database that is deleted leaves a last snapshot.

    Its automated backups may go with it; the snapshot is what undoes a deletion that was a mistake.
    """
    if not database["replicateSourceDb"].given:
        fix = "set skipFinalSnapshot to false and name the snapshot in finalSnapshotIdentifier."
        yield from not_switched_on(database["skipFinalSnapshot"], fix)


@resource_rule(
    "dur-pulumi-protect",
    on=(EFS_FILE_SYSTEM, OPENSEARCH_DOMAIN, KINESIS_STREAM, EBS_VOLUME),
    title="Pulumi protects data that AWS does not",
    severity=Severity.MEDIUM,
    remediation="Give the resource the option protect=True; to delete it, take that away in an update of its own.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_backing_up_data_identified_backups_data.html",
        well_architected="REL09-BP01",
    ),
    level=ADVISORY,
)
def pulumi_protects(resource: Resource, _: Settings) -> Findings:
    """A data store that AWS would delete at a word has Pulumi's `protect` option.

    These types have no deletion protection of their own. A volume may leave a final snapshot in its place.
    """
    if resource.protect or resource["finalSnapshot"].flag() is True:
        return
    yield resource["id"].violates(
        found="no protect option", allowed="protect", fix="give the resource the option protect=True."
    )


@resource_rule(
    "dur-s3-no-force-destroy",
    on=(BUCKET,),
    title="Buckets with objects are not deleted",
    severity=Severity.HIGH,
    remediation="Set forceDestroy to false; empty the bucket by hand before it goes.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html", well_architected="REL09-BP01"
    ),
    safe_to_set="forceDestroy becomes false, which the provider alone reads, when the bucket is deleted.",
)
def bucket_is_not_emptied(bucket: Resource, _: Settings) -> Findings:
    """A bucket is deleted only where it is empty.

    S3 refuses to delete a bucket that holds objects; forceDestroy deletes them all first, with every version.
    """
    yield from not_switched_on(bucket["forceDestroy"])


@resource_rule(
    "dur-kms-deletion-window",
    on=(KMS_KEY,),
    title="Keys wait before they are deleted",
    severity=Severity.HIGH,
    remediation="Set deletionWindowInDays to 30, or remove it.",
    source=control("KMS.3", practice="SEC08-BP01"),
    parameters=(Parameter("minimumDays", 30, "The least number of days.", minimum=7, maximum=30),),
    safe_to_set="deletionWindowInDays becomes its minimum, which is read when the key is deleted.",
)
def key_waits(key: Resource, settings: Settings) -> Findings:
    """A key of KMS waits as long as it may before it is deleted.

    What it encrypts is gone with it. In that time whoever still needs the key finds out.
    """
    days, least = key["deletionWindowInDays"], settings.integer("minimumDays")
    if (days.integer() or 30) < least:
        fix = f"set deletionWindowInDays to {least}, or remove it."
        yield days.violates(allowed=f"{least} or more", fix=fix, set_to=least)


@resource_rule(
    "dur-log-retention",
    on=(LOG_GROUP,),
    title="Logs are kept for a stated time",
    severity=Severity.LOW,
    remediation="Set retentionInDays to how long the logs are needed.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
        checkov=("CKV_AWS_66",),
        well_architected="COST04-BP05",
    ),
    level=ADVISORY,
    parameters=(Parameter("minimumDays", 7, "The least number of days.", minimum=1, maximum=3653),),
)
def logs_are_kept(group: Resource, settings: Settings) -> Findings:
    """A log group keeps its events for a stated number of days.

    By default they are kept, and paid for, for ever; kept for a day, they are gone before Monday.
    """
    days = group["retentionInDays"]
    least = settings.integer("minimumDays")
    if (days.integer() or 0) < least:
        yield days.violates(
            found="nothing, which is for ever" if not days.integer() else None,
            allowed=f"{least} days or more, stated",
            fix=f"set retentionInDays to {least} or more.",
        )
