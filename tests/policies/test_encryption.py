"""Rules of encryption, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(**properties: Any) -> aws.sqs.Queue:
    return aws.sqs.Queue("jobs", **properties)


def topic(key: Any = None) -> None:
    news = aws.sns.Topic("news", kms_master_key_id=key)
    aws.cloudwatch.MetricAlarm(
        "busy", comparison_operator="GreaterThanThreshold", evaluation_periods=1, alarm_actions=[news.arn]
    )


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


def warehouse(**properties: Any) -> None:
    aws.redshift.Cluster("facts", cluster_identifier="facts", node_type="ra3.large", **properties)


def cache(**properties: Any) -> None:
    aws.elasticache.ReplicationGroup("cache", description="hot", **properties)


def files(**properties: Any) -> None:
    aws.efs.FileSystem("files", **properties)


def volume(**properties: Any) -> None:
    aws.ebs.Volume("disk", availability_zone="us-east-1a", size=8, **properties)


def template(**ebs: Any) -> None:
    mapping: Any = {"device_name": "/dev/xvda", "ebs": ebs}
    aws.ec2.LaunchTemplate("web", block_device_mappings=[mapping])


def machine(**root: Any) -> None:
    disk: Any = root
    aws.ec2.Instance("web", root_block_device=disk)


def stream(**properties: Any) -> None:
    aws.kinesis.Stream("clicks", **properties)


def search(enabled: Any = None) -> None:
    aws.opensearch.Domain("search", encrypt_at_rest=None if enabled is None else {"enabled": enabled})


def key(**properties: Any) -> None:
    aws.kms.Key("data", **properties)


SETTING = "atRestEncryptionEnabled"
OWN_KEY = "arn:aws:kms:us-east-1:123456789012:key/1"

CASES = [
    passes("sec-sqs-encryption", "the default of SQS", queue),
    passes("sec-sqs-encryption", "SQS's own key", lambda: queue(sqs_managed_sse_enabled=True)),
    passes("sec-sqs-encryption", "not known", lambda: queue(sqs_managed_sse_enabled=later(True)), left=("jobs",)),
    passes(
        "sec-sqs-encryption",
        "a key in KMS",
        lambda: queue(sqs_managed_sse_enabled=False, kms_master_key_id="alias/jobs"),
    ),
    refuses(
        "sec-sqs-encryption",
        "switched off",
        lambda: queue(sqs_managed_sse_enabled=False),
        ("jobs", "sqsManagedSseEnabled", "false", "true, or a kmsMasterKeyId"),
    ),
    passes("sec-sns-encryption", "AWS's disks", topic),
    passes("sec-sns-encryption", "a key of its own", lambda: topic("alias/news")),
    passes("sec-sns-encryption", "no alarms", lambda: aws.sns.Topic("news", kms_master_key_id="alias/aws/sns")),
    passes("sec-sns-encryption", "not known", lambda: topic(later(OWN_KEY)), left=("news",)),
    refuses(
        "sec-sns-encryption",
        "a key that no service may use",
        lambda: topic("alias/aws/sns"),
        ("news", "kmsMasterKeyId", '"alias/aws/sns"', "a key of your own"),
    ),
    passes("sec-rds-encryption", "encrypted", lambda: instance(storage_encrypted=True)),
    passes("sec-rds-encryption", "a replica", lambda: instance(replicate_source_db="primary")),
    passes("sec-rds-encryption", "the default of Redshift", warehouse),
    passes("sec-rds-encryption", "not known", lambda: instance(storage_encrypted=later(True)), left=("orders",)),
    refuses("sec-rds-encryption", "the default", instance, ("orders", "storageEncrypted", "nothing", "true")),
    refuses(
        "sec-rds-encryption",
        "restored, and told not to",
        lambda: instance(snapshot_identifier="old", storage_encrypted=False),
        ("orders", "storageEncrypted", "false", "true"),
    ),
    refuses(
        "sec-rds-encryption",
        "a warehouse without",
        lambda: warehouse(encrypted="false"),
        ("facts", "encrypted", '"false"', "true"),
    ),
    passes("sec-elasticache-encryption", "encrypted", lambda: cache(at_rest_encryption_enabled=True)),
    passes("sec-elasticache-encryption", "the default of Valkey", lambda: cache(engine="valkey")),
    passes(
        "sec-elasticache-encryption",
        "not known",
        lambda: cache(at_rest_encryption_enabled=later(True)),
        left=("cache",),
    ),
    refuses("sec-elasticache-encryption", "the default", cache, ("cache", SETTING, "nothing", "true")),
    refuses(
        "sec-elasticache-encryption",
        "Valkey without",
        lambda: cache(engine="valkey", at_rest_encryption_enabled=False),
        ("cache", SETTING, "false", "true"),
    ),
    passes("sec-elasticache-auth", "users", lambda: cache(user_group_ids=["app"])),
    passes("sec-elasticache-auth", "a password", lambda: cache(auth_token=later("0123456789abcdef"))),
    passes("sec-elasticache-auth", "not known", lambda: cache(user_group_ids=later(["app"])), left=("cache",)),
    refuses("sec-elasticache-auth", "nobody is asked", cache, ("cache", "userGroupIds", "nothing", "a user group")),
    passes("sec-efs-encryption", "encrypted", lambda: files(encrypted=True)),
    passes("sec-efs-encryption", "not known", lambda: files(encrypted=later(True)), left=("files",)),
    refuses("sec-efs-encryption", "the default", files, ("files", "encrypted", "nothing", "true")),
    passes("sec-ebs-encryption", "encrypted", lambda: volume(encrypted=True)),
    passes("sec-ebs-encryption", "a template that says nothing", template),
    passes("sec-ebs-encryption", "an encrypted root", lambda: machine(encrypted=True)),
    passes("sec-ebs-encryption", "not known", lambda: template(encrypted=later("true")), left=("web",)),
    refuses("sec-ebs-encryption", "a volume", volume, ("disk", "encrypted", "nothing", "true")),
    refuses(
        "sec-ebs-encryption",
        "a template",
        lambda: template(encrypted="false"),
        ("web", "blockDeviceMappings[0].ebs.encrypted", '"false"', "true"),
    ),
    refuses(
        "sec-ebs-encryption",
        "a root",
        lambda: machine(encrypted=False),
        ("web", "rootBlockDevice.encrypted", "false", "true"),
    ),
    passes("sec-kinesis-encryption", "a key", lambda: stream(encryption_type="KMS", kms_key_id="alias/aws/kinesis")),
    passes("sec-kinesis-encryption", "not known", lambda: stream(encryption_type=later("KMS")), left=("clicks",)),
    refuses("sec-kinesis-encryption", "the default", stream, ("clicks", "encryptionType", "nothing", '"KMS"')),
    passes("sec-opensearch-encryption", "encrypted", lambda: search(True)),
    passes("sec-opensearch-encryption", "not known", lambda: search(later(True)), left=("search",)),
    refuses("sec-opensearch-encryption", "the default", search, ("search", "encryptAtRest.enabled", "nothing", "true")),
    passes("sec-kms-rotation", "rotated", lambda: key(enable_key_rotation=True)),
    passes("sec-kms-rotation", "a key for signing", lambda: key(customer_master_key_spec="ECC_NIST_P256")),
    passes("sec-kms-rotation", "not known", lambda: key(enable_key_rotation=later(True)), left=("data",)),
    refuses("sec-kms-rotation", "the default", key, ("data", "enableKeyRotation", "nothing", "true")),
    refuses(
        "sec-rds-encryption",
        "a cluster",
        lambda: aws.rds.Cluster("orders", engine="aurora-postgresql"),
        ("orders", "storageEncrypted", "nothing", "true"),
    ),
    refuses(
        "sec-rds-encryption",
        "documents",
        lambda: aws.docdb.Cluster("documents"),
        ("documents", "storageEncrypted", "nothing", "true"),
    ),
    refuses(
        "sec-rds-encryption",
        "a graph",
        lambda: aws.neptune.Cluster("graph"),
        ("graph", "storageEncrypted", "nothing", "true"),
    ),
    passes("sec-rds-encryption", "restored from a snapshot", lambda: instance(snapshot_identifier="old")),
    passes(
        "sec-rds-encryption",
        "a replica of a cluster",
        lambda: aws.rds.Cluster("orders", engine="aurora-postgresql", replication_source_identifier="primary"),
    ),
    passes(
        "sec-rds-encryption",
        "restored to a point in time",
        lambda: instance(restore_to_point_in_time={"source_db_instance_identifier": "old"}),
    ),
    passes(
        "sec-elasticache-auth",
        "a password that the state does not hold",
        lambda: cache(auth_token_wo="0123456789abcdef"),
    ),
    passes(
        "sec-elasticache-auth", "a secondary, whose primary asks", lambda: cache(global_replication_group_id="users")
    ),
    # AWS asks for encrypted beside a key, and refuses a key alone.
    refuses(
        "sec-efs-encryption",
        "a key alone",
        lambda: files(kms_key_id=OWN_KEY),
        ("files", "encrypted", "nothing", "true"),
    ),
    refuses(
        "sec-ebs-encryption",
        "a key alone",
        lambda: volume(kms_key_id=OWN_KEY),
        ("disk", "encrypted", "nothing", "true"),
    ),
    refuses(
        "sec-ebs-encryption",
        "the second disk of an instance",
        lambda: aws.ec2.Instance(
            "web",
            ebs_block_devices=[
                {"device_name": "/dev/sdf", "encrypted": True},
                {"device_name": "/dev/sdg", "encrypted": False},
            ],
        ),
        ("web", "ebsBlockDevices[1].encrypted", "false", "true"),
    ),
    passes("sec-kms-rotation", "a key of one's own store", lambda: key(custom_key_store_id="cks-1")),
    refuses(
        "sec-kms-rotation",
        "a symmetric key that says so",
        lambda: key(customer_master_key_spec="SYMMETRIC_DEFAULT"),
        ("data", "enableKeyRotation", "nothing", "true"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
