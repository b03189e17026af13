"""The policies that a program gives to a component's role, as JSON documents: another component's, or its own.

    {"policies": {"results": results.read_write_policy_json}}

A name stays with its policy, so that one more never touches another.
"""

import json
import re
from collections.abc import Iterable, Mapping

import pulumi
import pulumi_aws as aws

from tenfold.arguments import is_known
from tenfold.errors import Fault
from tenfold.policy_documents import policy_document

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def role_policies(
    component: pulumi.ComponentResource, kind: str, role: aws.iam.Role, policies: Mapping[str, pulumi.Input[str]]
) -> list[aws.iam.RolePolicy]:
    """Attaches each policy to the role."""
    return [
        aws.iam.RolePolicy(
            f"{component.pulumi_resource_name}-{kind}-{key}",
            role=role.name,
            policy=policy,
            opts=pulumi.ResourceOptions(parent=component),
        )
        for key, policy in policies.items()
    ]


def role_policy_faults(path: str, policies: Mapping[str, pulumi.Input[str]]) -> Iterable[Fault]:
    """What is wrong with the names, and with the documents that are known."""
    for key, policy in policies.items():
        if not _KEY.fullmatch(key):
            yield Fault(f"{path}.{key}", "it has this name", "1 to 40 letters, digits, underscores and hyphens")
        elif isinstance(policy, str) and is_known(policy) and not _is_policy(policy):
            given = f"{policy!r} is given" if len(policy) < 60 else f"{policy[:56]!r}... is given"
            yield Fault(f"{path}.{key}", given, "an IAM policy: a JSON document with a Statement")


def service_trust(service: str) -> str:
    """The trust policy of a role that an AWS service takes for its customer: `ec2`, `lambda`."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return policy_document([statement])


def _is_policy(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and "Statement" in document
