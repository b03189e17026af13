"""What all IAM policy documents of the components have in common."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]


def policy_document(statements: Sequence[Statement]) -> str:
    """An IAM policy of some statements, as a JSON document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def tls_alone(action: str | Sequence[str], resource: str | Sequence[str]) -> Statement:
    """The refusal of whatever does not come over TLS, for the policy of a queue, a topic or a bucket itself."""
    return {
        "Sid": "TlsAlone",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
