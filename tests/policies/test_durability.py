"""Rules of durability, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def table(**properties: Any) -> None:
    aws.dynamodb.Table("carts", hash_key="id", attributes=[{"name": "id", "type": "S"}], **properties)


def balancer(**properties: Any) -> None:
    aws.lb.LoadBalancer("edge", **properties)


def logs(**properties: Any) -> None:
    aws.cloudwatch.LogGroup("web", **properties)


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


def cluster(**properties: Any) -> None:
    aws.rds.Cluster("orders", engine="aurora-postgresql", **properties)


def bucket(**properties: Any) -> None:
    aws.s3.Bucket("files", **properties)


def key(**properties: Any) -> None:
    aws.kms.Key("data", **properties)


def files(*, protect: bool = False) -> None:
    aws.efs.FileSystem("files", opts=pulumi.ResourceOptions(protect=protect))


def volume(**properties: Any) -> None:
    aws.ebs.Volume("disk", availability_zone="us-east-1a", size=8, **properties)


UNPROTECTED = ("deletionProtection", "nothing", "true")

CASES = [
    passes("dur-deletion-protection", "a protected table", lambda: table(deletion_protection_enabled=True)),
    passes("dur-deletion-protection", "a protected balancer", lambda: balancer(enable_deletion_protection=True)),
    passes("dur-deletion-protection", "a protected database", lambda: instance(deletion_protection=True)),
    passes("dur-deletion-protection", "a replica", lambda: instance(replicate_source_db="orders-primary")),
    passes(
        "dur-deletion-protection",
        "protection that is not known yet",
        lambda: cluster(deletion_protection=later(True)),
        left=("orders",),
    ),
    refuses("dur-deletion-protection", "a table", table, ("carts", "deletionProtectionEnabled", "nothing", "true")),
    refuses("dur-deletion-protection", "a database", instance, ("orders", *UNPROTECTED)),
    refuses("dur-deletion-protection", "a cluster", cluster, ("orders", *UNPROTECTED)),
    refuses(
        "dur-deletion-protection", "documents", lambda: aws.docdb.Cluster("documents"), ("documents", *UNPROTECTED)
    ),
    refuses("dur-deletion-protection", "a graph", lambda: aws.neptune.Cluster("graph"), ("graph", *UNPROTECTED)),
    refuses(
        "dur-deletion-protection",
        "a balancer",
        lambda: balancer(enable_deletion_protection=False),
        ("edge", "enableDeletionProtection", "false", "true"),
    ),
    passes("dur-final-snapshot", "the default of AWS", instance),
    passes(
        "dur-final-snapshot", "a replica", lambda: instance(replicate_source_db="primary", skip_final_snapshot=True)
    ),
    passes("dur-final-snapshot", "not known", lambda: cluster(skip_final_snapshot=later(False)), left=("orders",)),
    refuses(
        "dur-final-snapshot",
        "skipped",
        lambda: cluster(skip_final_snapshot=True),
        ("orders", "skipFinalSnapshot", "true", "false"),
    ),
    passes("dur-pulumi-protect", "protected", lambda: files(protect=True)),
    passes("dur-pulumi-protect", "a final snapshot", lambda: volume(final_snapshot=True)),
    passes("dur-pulumi-protect", "not known", lambda: volume(final_snapshot=later(True)), left=("disk",)),
    refuses("dur-pulumi-protect", "a file system", files, ("files", "id", "no protect option", "protect")),
    passes("dur-s3-no-force-destroy", "the default", bucket),
    passes("dur-s3-no-force-destroy", "not known", lambda: bucket(force_destroy=later(False)), left=("files",)),
    refuses(
        "dur-s3-no-force-destroy",
        "emptied",
        lambda: bucket(force_destroy=True),
        ("files", "forceDestroy", "true", "false"),
    ),
    refuses(
        "dur-s3-no-force-destroy",
        "emptied, by the older name of buckets",
        lambda: aws.s3.BucketV2("files", force_destroy=True),
        ("files", "forceDestroy", "true", "false"),
    ),
    passes("dur-kms-deletion-window", "the default", key),
    passes(
        "dur-kms-deletion-window", "a week, where that will do", lambda: key(deletion_window_in_days=7), minimumDays=7
    ),
    passes("dur-kms-deletion-window", "not known", lambda: key(deletion_window_in_days=later(30)), left=("data",)),
    refuses(
        "dur-kms-deletion-window",
        "a week",
        lambda: key(deletion_window_in_days=7),
        ("data", "deletionWindowInDays", "7", "30 or more"),
    ),
    passes("dur-log-retention", "a month", lambda: logs(retention_in_days=30)),
    passes("dur-log-retention", "not known", lambda: logs(retention_in_days=later(30)), left=("web",)),
    passes("dur-log-retention", "a day, where that is allowed", lambda: logs(retention_in_days=1), minimumDays=1),
    refuses(
        "dur-log-retention",
        "the default",
        logs,
        ("web", "retentionInDays", "nothing, which is for ever", "7 days or more, stated"),
    ),
    refuses(
        "dur-log-retention",
        "five days",
        lambda: logs(retention_in_days=5),
        ("web", "retentionInDays", "5", "7 days or more, stated"),
    ),
    refuses(
        "dur-final-snapshot",
        "a database without",
        lambda: instance(skip_final_snapshot=True),
        ("orders", "skipFinalSnapshot", "true", "false"),
    ),
    refuses(
        "dur-final-snapshot",
        "documents without",
        lambda: aws.docdb.Cluster("documents", skip_final_snapshot=True),
        ("documents", "skipFinalSnapshot", "true", "false"),
    ),
    refuses(
        "dur-final-snapshot",
        "a graph without",
        lambda: aws.neptune.Cluster("graph", skip_final_snapshot=True),
        ("graph", "skipFinalSnapshot", "true", "false"),
    ),
    refuses(
        "dur-final-snapshot",
        "a warehouse without",
        lambda: aws.redshift.Cluster(
            "facts", cluster_identifier="facts", node_type="ra3.large", skip_final_snapshot=True
        ),
        ("facts", "skipFinalSnapshot", "true", "false"),
    ),
    refuses(
        "dur-pulumi-protect",
        "a search domain",
        lambda: aws.opensearch.Domain("search"),
        ("search", "id", "no protect option", "protect"),
    ),
    refuses(
        "dur-pulumi-protect",
        "a stream",
        lambda: aws.kinesis.Stream("clicks"),
        ("clicks", "id", "no protect option", "protect"),
    ),
    refuses("dur-pulumi-protect", "a volume", volume, ("disk", "id", "no protect option", "protect")),
    refuses(
        "dur-pulumi-protect",
        "a volume that leaves nothing",
        lambda: volume(final_snapshot=False),
        ("disk", "id", "no protect option", "protect"),
    ),
    refuses(
        "dur-log-retention",
        "for ever, where a day will do",
        logs,
        ("web", "retentionInDays", "nothing, which is for ever", "1 days or more, stated"),
        minimumDays=1,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
