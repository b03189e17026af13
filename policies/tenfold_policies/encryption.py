"""Encryption: data is encrypted where it rests and where it travels."""

from pulumi_policy import Severity

from .rule import Settings, Source, resource_rule, stack_rule
from .tokens import QUEUE, QUEUE_POLICY
from .view import Findings, Resource, Stack, Undecided, Value, some


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


@stack_rule(
    "sec-queue-tls",
    on=(QUEUE,),
    title="Queues refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Attach a QueuePolicy that denies sqs:* to everyone where aws:SecureTransport is false.",
    source=Source(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
        well_architected="SEC09-BP02",
    ),
)
def queue_requires_tls(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """A queue denies requests that do not come over TLS.

    A message in clear text can be read and changed by whoever carries it.
    """
    own = queue["policy"]
    doubt = Undecided(own) if own.unknown else None
    if doubt is None and _denies_plain_text(own):
        return
    if not some(stack.referrers(queue, QUEUE_POLICY, "queueUrl"), lambda policy: _denies_plain_text(policy["policy"])):
        if doubt is not None:
            raise doubt
        yield own.violates(
            found="no statement that denies requests without TLS",
            allowed='a Deny of "sqs:*" to "*" where aws:SecureTransport is false',
            fix="create a QueuePolicy with that statement.",
        )


def _denies_plain_text(policy: Value) -> bool:
    """Whether an IAM policy document denies everyone every action where aws:SecureTransport is false."""
    return any(_is_tls_denial(statement) for statement in policy["Statement"].items())


def _is_tls_denial(statement: Value) -> bool:
    transport = statement["Condition.Bool"].raw
    plain_text = transport.get("aws:SecureTransport") if isinstance(transport, dict) else None
    return (
        statement["Effect"].text() == "Deny"
        and str(plain_text).lower() == "false"
        and bool({"*", "sqs:*", "SQS:*"} & set(statement["Action"].texts()))
        and _everyone(statement["Principal"])
    )


def _everyone(principal: Value) -> bool:
    return principal.text() == "*" or "*" in principal["AWS"].texts()
