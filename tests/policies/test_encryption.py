"""Rules of encryption, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(**properties: Any) -> aws.sqs.Queue:
    return aws.sqs.Queue("jobs", **properties)


CASES = [
    passes("sec-sqs-encryption", "the default of SQS", queue),
    passes("sec-sqs-encryption", "SQS's own key", lambda: queue(sqs_managed_sse_enabled=True)),
    passes(
        "sec-sqs-encryption",
        "a key in KMS",
        lambda: queue(sqs_managed_sse_enabled=False, kms_master_key_id="alias/jobs"),
    ),
    passes("sec-sqs-encryption", "not known", lambda: queue(sqs_managed_sse_enabled=later(True)), left=("jobs",)),
    refuses(
        "sec-sqs-encryption",
        "switched off",
        lambda: queue(sqs_managed_sse_enabled=False),
        ("jobs", "sqsManagedSseEnabled", "false", "true, or a kmsMasterKeyId"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
