"""Encryption: data is encrypted where it rests, by a key whose owner says who may read."""

from pulumi_policy import Severity

from .flags import not_switched_off, switched_on, switched_on_in_cache
from .rule import ADVISORY, Settings, control, resource_rule, stack_rule
from .tokens import (
    CACHE_REPLICATION_GROUP,
    DOCDB_CLUSTER,
    EBS_VOLUME,
    EFS_FILE_SYSTEM,
    INSTANCE,
    KINESIS_STREAM,
    KMS_KEY,
    LAUNCH_TEMPLATE,
    METRIC_ALARM,
    NEPTUNE_CLUSTER,
    OPENSEARCH_DOMAIN,
    QUEUE,
    RDS_CLUSTER,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
    SNS_TOPIC,
)
from .view import Findings, Resource, Stack, attempt, some


@resource_rule(
    "sec-sqs-encryption",
    on=(QUEUE,),
    title="Queues are encrypted",
    severity=Severity.MEDIUM,
    remediation="Set sqsManagedSseEnabled to true, or kmsMasterKeyId to a key.",
    source=control("SQS.1", "CKV_AWS_27", "CKV2_AWS_73", practice="SEC08-BP02"),
    safe_to_set="sqsManagedSseEnabled becomes true: the key is SQS's own, which nobody needs a permission for.",
)
def queue_is_encrypted(queue: Resource, _: Settings) -> Findings:
    """A queue encrypts its messages.

    SQS encrypts new queues by a key of its own unless told not to; a key in KMS also says who may read.
    """
    managed = queue["sqsManagedSseEnabled"]
    key = queue["kmsMasterKeyId"]
    if not key.given and managed.flag() is False:
        yield managed.violates(
            allowed="true, or a kmsMasterKeyId", fix="set sqsManagedSseEnabled to true.", set_to=True
        )


@stack_rule(
    "sec-sns-encryption",
    on=(SNS_TOPIC,),
    title="Topics have a key that those who publish may use",
    severity=Severity.MEDIUM,
    remediation="Set kmsMasterKeyId to a key of your own, whose policy lets the publishing services use it.",
    source=control("SNS.1", "CKV_AWS_26", practice="SEC08-BP02"),
    level=ADVISORY,
)
def topic_has_usable_key(topic: Resource, stack: Stack, _: Settings) -> Findings:
    """A topic of alarms that is encrypted by KMS has a key that CloudWatch can be allowed to use.

    The policy of alias/aws/sns cannot be changed: an alarm that publishes there is lost, and nobody is told. A topic
    without a key is on disks that AWS encrypts.
    """
    key = topic["kmsMasterKeyId"]
    managed = (key.text() or "").endswith("alias/aws/sns")
    if managed and some(stack.referrers(topic, METRIC_ALARM, "alarmActions")):
        yield key.violates(
            allowed="a key of your own", fix="create a key that the publishing services may use, and set it here."
        )


_AT_REST = {
    RDS_INSTANCE: "storageEncrypted",
    RDS_CLUSTER: "storageEncrypted",
    DOCDB_CLUSTER: "storageEncrypted",
    NEPTUNE_CLUSTER: "storageEncrypted",
    REDSHIFT_CLUSTER: "encrypted",
}


@resource_rule(
    "sec-rds-encryption",
    on=tuple(_AT_REST),
    title="Databases are encrypted",
    severity=Severity.HIGH,
    remediation="Set storageEncrypted to true; a database that exists is made anew from an encrypted snapshot.",
    source=control("RDS.3", "CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_64", practice="SEC08-BP02"),
)
def database_is_encrypted(database: Resource, _: Settings) -> Findings:
    """A database encrypts its disks, and with them its backups and snapshots.

    It cannot be switched on later. A replica and a restored database are as their source is. So say RDS.27,
    DocumentDB.1, Neptune.1 and Redshift.10.
    """
    sources = ("replicateSourceDb", "snapshotIdentifier", "replicationSourceIdentifier", "restoreToPointInTime")
    encrypted = database[_AT_REST[database.type]]
    if not encrypted.given and any(database[name].given for name in sources):
        return
    # Redshift encrypts by itself since 2025.
    check = not_switched_off if database.type == REDSHIFT_CLUSTER else switched_on
    yield from check(encrypted)


@resource_rule(
    "sec-elasticache-encryption",
    on=(CACHE_REPLICATION_GROUP,),
    title="Caches are encrypted",
    severity=Severity.MEDIUM,
    remediation="Set atRestEncryptionEnabled to true. It replaces the cache.",
    source=control("ElastiCache.4", "CKV_AWS_29", practice="SEC08-BP02"),
)
def cache_is_encrypted(cache: Resource, _: Settings) -> Findings:
    """A cache encrypts what it writes to disk: its snapshots, and what it synchronises.

    It cannot be switched on later. Valkey does it by itself.
    """
    yield from switched_on_in_cache(cache, "atRestEncryptionEnabled")


@resource_rule(
    "sec-elasticache-auth",
    on=(CACHE_REPLICATION_GROUP,),
    title="Caches ask who calls",
    severity=Severity.MEDIUM,
    remediation="Set userGroupIds to a group of users, or authToken.",
    source=control("ElastiCache.6", "CKV_AWS_31", practice="SEC03-BP02"),
    level=ADVISORY,
)
def cache_asks_who_calls(cache: Resource, _: Settings) -> Findings:
    """A cache has users with their own rights, or at least a password.

    Whoever reaches the port reads every session otherwise.
    """
    users = cache["userGroupIds"]
    token = any(cache[name].given for name in ("authToken", "authTokenWo", "globalReplicationGroupId"))
    if not token and users.absent:
        yield users.violates(allowed="a user group", fix="set userGroupIds, or authToken.")


@resource_rule(
    "sec-efs-encryption",
    on=(EFS_FILE_SYSTEM,),
    title="File systems are encrypted",
    severity=Severity.HIGH,
    remediation="Set encrypted to true. It replaces the file system.",
    source=control("EFS.1", "CKV_AWS_42", practice="SEC08-BP02"),
)
def file_system_is_encrypted(files: Resource, _: Settings) -> Findings:
    """A file system encrypts its files.

    It cannot be switched on later: all files have to be copied to a new one.
    """
    # Also beside a kmsKeyId: AWS does not take a key alone.
    yield from switched_on(files["encrypted"])


@resource_rule(
    "sec-ebs-encryption",
    on=(EBS_VOLUME, LAUNCH_TEMPLATE, INSTANCE),
    title="Volumes are encrypted",
    severity=Severity.MEDIUM,
    remediation="Set encrypted to true, and let the account encrypt by default with ebs.EncryptionByDefault.",
    source=control("EC2.3", "CKV_AWS_3", "CKV_AWS_8", practice="SEC08-BP02"),
)
def volume_is_encrypted(resource: Resource, _: Settings) -> Findings:
    """A volume is not said to be without encryption, and one on its own says that it has it.

    Where an instance's volumes say nothing, the image and the account's default decide. So says EC2.7.
    """
    if resource.type == EBS_VOLUME:
        yield from switched_on(resource["encrypted"])
    of_instance = [resource["rootBlockDevice"], *resource["ebsBlockDevices"].items()]
    of_template = [mapping["ebs"] for mapping in resource["blockDeviceMappings"].items()]
    for volume in (*of_instance, *of_template):
        yield from attempt(not_switched_off(volume["encrypted"]))


@resource_rule(
    "sec-kinesis-encryption",
    on=(KINESIS_STREAM,),
    title="Streams are encrypted",
    severity=Severity.MEDIUM,
    remediation='Set encryptionType to "KMS" and kmsKeyId to "alias/aws/kinesis" or a key.',
    source=control("Kinesis.1", "CKV_AWS_43", practice="SEC08-BP02"),
)
def stream_is_encrypted(stream: Resource, _: Settings) -> Findings:
    """A stream encrypts its records.

    By default it does not, and records wait there for days.
    """
    kind = stream["encryptionType"]
    if kind.text() != "KMS":
        yield kind.violates(allowed='"KMS"', fix='set encryptionType to "KMS" and kmsKeyId to "alias/aws/kinesis".')


@resource_rule(
    "sec-opensearch-encryption",
    on=(OPENSEARCH_DOMAIN,),
    title="Search domains are encrypted",
    severity=Severity.MEDIUM,
    remediation="Set encryptAtRest.enabled to true.",
    source=control("Opensearch.1", "CKV_AWS_5", practice="SEC08-BP02"),
)
def search_is_encrypted(domain: Resource, _: Settings) -> Findings:
    """A search domain encrypts its indexes and snapshots.

    An index holds the text of what it finds.
    """
    yield from switched_on(domain["encryptAtRest.enabled"])


@resource_rule(
    "sec-kms-rotation",
    on=(KMS_KEY,),
    title="Keys are rotated",
    severity=Severity.MEDIUM,
    remediation="Set enableKeyRotation to true.",
    source=control("KMS.4", "CKV_AWS_7", practice="SEC08-BP01"),
    safe_to_set="enableKeyRotation becomes true: the key keeps its ARN, and what it encrypted stays readable.",
)
def key_is_rotated(key: Resource, _: Settings) -> Findings:
    """A key of KMS gets new material each year.

    Old data stays readable, and less of it hangs on one key. AWS cannot rotate keys for signing, or of one's own store.
    """
    spec = key["customerMasterKeySpec"]
    if spec.text() in {None, "SYMMETRIC_DEFAULT"} and not key["customKeyStoreId"].given:
        yield from switched_on(key["enableKeyRotation"])
