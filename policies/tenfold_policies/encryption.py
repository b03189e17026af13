"""Encryption: data is encrypted where it rests and where it travels."""

from pulumi_policy import Severity

from .rule import Settings, Source, resource_rule
from .tokens import QUEUE
from .view import Findings, Resource


@resource_rule(
    "sec-sqs-encryption",
    on=(QUEUE,),
    title="Queues are encrypted",
    severity=Severity.MEDIUM,
    remediation="Set sqsManagedSseEnabled to true, or kmsMasterKeyId to a key.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-1",
        security_hub="SQS.1",
        checkov=("CKV_AWS_27", "CKV2_AWS_73"),
        well_architected="SEC08-BP02",
    ),
)
def queue_is_encrypted(queue: Resource, _: Settings) -> Findings:
    """A queue encrypts its messages.

    SQS encrypts new queues by a key of its own unless told not to; a key in KMS also says who may read.
    """
    managed = queue["sqsManagedSseEnabled"]
    key = queue["kmsMasterKeyId"]
    if not key.given and managed.flag() is False:
        yield managed.violates(allowed="true, or a kmsMasterKeyId", fix="set sqsManagedSseEnabled to true.")
