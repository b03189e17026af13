"""Rules of encryption, each on programs that it passes and programs that it refuses."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses


def queue(**properties: Any) -> aws.sqs.Queue:
    return aws.sqs.Queue("jobs", **properties)


def denial(**changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def policed(*statements: dict[str, Any]) -> None:
    aws.sqs.QueuePolicy("jobs", queue_url=queue().url, policy=document(*statements))


def policed_by_arn() -> None:
    jobs = queue()
    policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [denial(Resource=jobs.arn)]})
    aws.sqs.QueuePolicy("jobs", queue_url=jobs.url, policy=policy)


ALLOW = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:SendMessage", "Resource": "*"}
NO_TLS = (
    "jobs",
    "policy",
    "no statement that denies requests without TLS",
    'a Deny of "sqs:*" to "*" where aws:SecureTransport is false',
)

CASES = [
    passes("sec-sqs-encryption", "the default of SQS", queue),
    passes("sec-sqs-encryption", "SQS's own key", lambda: queue(sqs_managed_sse_enabled=True)),
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
    passes("sec-queue-tls", "a policy that denies", lambda: policed(ALLOW, denial())),
    passes("sec-queue-tls", "a policy on the queue", lambda: queue(policy=document(denial()))),
    passes("sec-queue-tls", "everyone as a list", lambda: policed(denial(Principal={"AWS": ["*"]}, Action=["SQS:*"]))),
    passes("sec-queue-tls", "a policy that names the queue's ARN", policed_by_arn, left=("jobs",)),
    refuses("sec-queue-tls", "no policy", queue, NO_TLS),
    refuses("sec-queue-tls", "a policy that only allows", lambda: policed(ALLOW), NO_TLS),
    refuses("sec-queue-tls", "one action denied", lambda: policed(denial(Action="sqs:SendMessage")), NO_TLS),
    refuses("sec-queue-tls", "one account denied", lambda: policed(denial(Principal={"AWS": "123456789012"})), NO_TLS),
    refuses(
        "sec-queue-tls",
        "denied over TLS",
        lambda: policed(denial(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        NO_TLS,
    ),
    refuses("sec-queue-tls", "allowed without TLS", lambda: policed(denial(Effect="Allow")), NO_TLS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
