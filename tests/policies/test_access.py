"""Rules of access, each on programs that it passes and programs that it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def policy(*statements: dict[str, Any]) -> Callable[[], object]:
    return lambda: aws.iam.Policy("work", policy=document(*statements))


def policy_later(*statements: dict[str, Any]) -> Callable[[], object]:
    return lambda: aws.iam.RolePolicy("work", role="worker", policy=later(document(*statements)))


def role(*statements: dict[str, Any], **properties: Any) -> Callable[[], object]:
    return lambda: aws.iam.Role("worker", assume_role_policy=document(*statements), **properties)


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


def role_later() -> None:
    aws.iam.Role("worker", assume_role_policy=later(document(SERVICE)))


def inline(*statements: dict[str, Any]) -> Callable[[], object]:
    return role(SERVICE, inline_policies=[{"name": "all", "policy": document(*statements)}])


def attached(name: Any) -> Callable[[], object]:
    return lambda: aws.iam.RolePolicyAttachment("worker", role="worker", policy_arn=name)


def attached_later() -> None:
    attached(later("arn:aws:iam::123456789012:policy/own"))()


def bucket(statement: dict[str, Any]) -> Callable[[], object]:
    return lambda: aws.s3.BucketPolicy("files", bucket="files", policy=document(statement))


def bucket_later() -> None:
    aws.s3.BucketPolicy("files", bucket="files", policy=later(document()))


def access_key(**properties: Any) -> None:
    aws.iam.AccessKey("robot", user="robot", **properties)


SERVICE = trust({"Service": "lambda.amazonaws.com"})
GITHUB = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
REPOSITORY = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:shop/infra:*"}}
AUDIENCE = {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OURS = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1a2b"
THROUGH_SECRETS = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}
ALL_BUT_IAM = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
EVERYONE = ('"*" without a condition', "principals by name")

BY_NAME = "actions by name, or resources by ARN"
POLICY_OF: dict[str, Callable[[dict[str, Any]], Callable[[], object]]] = {
    "role": lambda each: lambda: aws.iam.RolePolicy("work", role="worker", policy=document(each)),
    "user": lambda each: lambda: aws.iam.UserPolicy("work", user="ann", policy=document(each)),
    "group": lambda each: lambda: aws.iam.GroupPolicy("work", group="staff", policy=document(each)),
}
OPEN = document(allow("sns:Publish", "sqs:SendMessage", Principal="*"))
FOR_EVERYONE: dict[str, Callable[[], object]] = {
    "queue": lambda: aws.sqs.Queue("queue", policy=OPEN),
    "queue-policy": lambda: aws.sqs.QueuePolicy("queue-policy", queue_url="jobs", policy=OPEN),
    "topic": lambda: aws.sns.Topic("topic", policy=OPEN),
    "topic-policy": lambda: aws.sns.TopicPolicy("topic-policy", arn="news", policy=OPEN),
}


CASES = [
    passes("sec-iam-admin", "an action by name", policy(allow("sqs:SendMessage"))),
    passes("sec-iam-admin", "everything denied", policy(allow("*") | {"Effect": "Deny"})),
    passes("sec-iam-admin", "a document that is not known yet", policy_later(allow("s3:GetObject")), left=("work",)),
    refuses(
        "sec-iam-admin",
        "everything",
        policy(allow("*")),
        ("work", "policy.Statement[0].Action", '"*" on every resource', "actions by name"),
    ),
    refuses(
        "sec-iam-admin",
        "everything, within a role",
        inline(allow("sqs:SendMessage"), allow("*")),
        ("worker", "inlinePolicies[0].policy.Statement[1].Action", '"*" on every resource', "actions by name"),
    ),
    passes("sec-iam-wildcards", "a service on one resource", policy(allow("s3:*", resource="arn:aws:s3:::files/*"))),
    passes("sec-iam-wildcards", "not known", policy_later(allow("s3:GetObject")), left=("work",)),
    refuses(
        "sec-iam-wildcards",
        "a service everywhere",
        policy(allow("s3:*")),
        ("work", "policy.Statement[0].Action", "s3:* on every resource", "actions by name, or resources by ARN"),
    ),
    refuses(
        "sec-iam-wildcards",
        "all but IAM",
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        (
            "work",
            "policy.Statement[0].NotAction",
            "all but some actions on every resource",
            "actions by name, or resources by ARN",
        ),
    ),
    passes("sec-iam-pass-role", "one role", policy(allow("iam:PassRole", resource="arn:aws:iam::123456789012:role/a"))),
    passes(
        "sec-iam-pass-role",
        "to one service",
        policy(allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})),
    ),
    passes("sec-iam-pass-role", "not known", policy_later(allow("s3:GetObject")), left=("work",)),
    refuses(
        "sec-iam-pass-role",
        "any role",
        policy(allow("iam:PassRole")),
        ("work", "policy.Statement[0].Resource", 'iam:PassRole on "*"', "the ARNs of roles"),
    ),
    passes("sec-kms-decrypt", "one key", policy(allow("kms:Decrypt", resource=KEY))),
    passes("sec-kms-decrypt", "through one service", policy(allow("kms:Decrypt", Condition=THROUGH_SECRETS))),
    passes("sec-kms-decrypt", "encryption by every key", policy(allow("kms:GenerateDataKey"))),
    passes("sec-kms-decrypt", "not known", policy_later(allow("kms:Decrypt", resource=KEY)), left=("work",)),
    refuses(
        "sec-kms-decrypt",
        "every key",
        policy(allow("kms:Decrypt")),
        ("work", "policy.Statement[0].Resource", "decryption by every key", "the ARNs of keys"),
    ),
    refuses(
        "sec-kms-decrypt",
        "every key of the account, within a role",
        inline(allow("kms:*", resource="arn:aws:kms:*:123456789012:key/*")),
        ("worker", "inlinePolicies[0].policy.Statement[0].Resource", "decryption by every key", "the ARNs of keys"),
    ),
    passes("sec-iam-managed-admin", "a modest one", attached("arn:aws:iam::aws:policy/ReadOnlyAccess")),
    passes("sec-iam-managed-admin", "not known", attached_later, left=("worker",)),
    refuses(
        "sec-iam-managed-admin",
        "attached",
        attached(ADMIN),
        ("worker", "policyArn", "AdministratorAccess", "a policy with the actions that are needed"),
    ),
    refuses(
        "sec-iam-managed-admin",
        "of a role",
        role(SERVICE, managed_policy_arns=[ADMIN]),
        ("worker", "managedPolicyArns[0]", "AdministratorAccess", "a policy with the actions that are needed"),
    ),
    passes("sec-iam-no-access-keys", "one that is off", lambda: access_key(status="Inactive")),
    passes("sec-iam-no-access-keys", "not known", lambda: access_key(status=later("Inactive")), left=("robot",)),
    refuses(
        "sec-iam-no-access-keys",
        "a key",
        access_key,
        ("robot", "status", "an active key", "no key, or an inactive one"),
    ),
    passes("sec-iam-assume", "a service", role(SERVICE)),
    passes("sec-iam-assume", "an organisation", role(trust("*", Condition=OURS))),
    passes("sec-iam-assume", "not known", role_later, left=("worker",)),
    refuses(
        "sec-iam-assume",
        "everyone",
        role(SERVICE, trust({"AWS": "*"})),
        ("worker", "assumeRolePolicy.Statement[1].Principal", *EVERYONE),
    ),
    passes("sec-iam-oidc-subject", "a repository", role(trust(GITHUB, WEB_IDENTITY, Condition=REPOSITORY))),
    passes("sec-iam-oidc-subject", "a service", role(SERVICE)),
    passes("sec-iam-oidc-subject", "not known", role_later, left=("worker",)),
    refuses(
        "sec-iam-oidc-subject",
        "every repository",
        role(trust(GITHUB, WEB_IDENTITY, Condition=AUDIENCE)),
        (
            "worker",
            "assumeRolePolicy.Statement[0].Condition",
            "no condition on the subject",
            "a condition on the provider's sub claim",
        ),
    ),
    passes("sec-public-policy", "one account", bucket(allow("s3:GetObject", Principal={"AWS": "123456789012"}))),
    passes("sec-public-policy", "an organisation", bucket(allow("s3:GetObject", Principal="*", Condition=OURS))),
    passes("sec-public-policy", "a denial", bucket(allow("s3:*", Principal="*") | {"Effect": "Deny"})),
    passes("sec-public-policy", "not known", bucket_later, left=("files",)),
    refuses(
        "sec-public-policy",
        "everyone",
        bucket(allow("s3:GetObject", Principal="*")),
        ("files", "policy.Statement[0].Principal", *EVERYONE),
    ),
    refuses(
        "sec-public-policy",
        "everyone over TLS",
        bucket(allow("s3:GetObject", Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}})),
        ("files", "policy.Statement[0].Principal", *EVERYONE),
    ),
    refuses(
        "sec-public-policy",
        "a key",
        lambda: aws.kms.Key("data", policy=document(allow("kms:*", Principal={"AWS": "*"}))),
        ("data", "policy.Statement[0].Principal", *EVERYONE),
    ),
    *(
        refuses(
            rule,
            f"{title}, in that of a {kind}",
            program(statement),
            ("work", f"policy.Statement[0].{path}", found, allowed),
        )
        for rule, title, statement, path, found, allowed in (
            ("sec-iam-admin", "everything", allow("*"), "Action", '"*" on every resource', "actions by name"),
            ("sec-iam-wildcards", "a service", allow("s3:*"), "Action", "s3:* on every resource", BY_NAME),
            (
                "sec-iam-pass-role",
                "any role",
                allow("iam:PassRole"),
                "Resource",
                'iam:PassRole on "*"',
                "the ARNs of roles",
            ),
            (
                "sec-kms-decrypt",
                "every key",
                allow("kms:Decrypt"),
                "Resource",
                "decryption by every key",
                "the ARNs of keys",
            ),
        )
        for kind, program in POLICY_OF.items()
    ),
    refuses(
        "sec-iam-wildcards",
        "a service everywhere, within a role",
        inline(allow("s3:*")),
        ("worker", "inlinePolicies[0].policy.Statement[0].Action", "s3:* on every resource", BY_NAME),
    ),
    refuses(
        "sec-iam-pass-role",
        "any role, within a role",
        inline(allow("iam:PassRole")),
        ("worker", "inlinePolicies[0].policy.Statement[0].Resource", 'iam:PassRole on "*"', "the ARNs of roles"),
    ),
    refuses(
        "sec-iam-managed-admin",
        "attached to a user",
        lambda: aws.iam.UserPolicyAttachment("ann", user="ann", policy_arn=ADMIN),
        ("ann", "policyArn", "AdministratorAccess", "a policy with the actions that are needed"),
    ),
    *(
        refuses("sec-public-policy", title, program, (title, "policy.Statement[0].Principal", *EVERYONE))
        for title, program in FOR_EVERYONE.items()
    ),
    passes("sec-iam-admin", "everything on one resource", policy(allow("*", resource="arn:aws:s3:::files/*"))),
    refuses(
        "sec-iam-admin",
        "everything of every service",
        policy(allow("*:*")),
        ("work", "policy.Statement[0].Action", '"*" on every resource', "actions by name"),
    ),
    passes("sec-iam-wildcards", "everything, of which another rule tells", policy(allow("*:*"))),
    passes("sec-iam-wildcards", "all but IAM on one resource", policy(ALL_BUT_IAM | {"Resource": KEY})),
    refuses(
        "sec-iam-wildcards",
        "services everywhere, of which the first is told",
        policy(allow("sns:*", "sqs:*", "s3:*", "ec2:*", "kms:*", "rds:*", "ecs:*", "acm:*")),
        ("work", "policy.Statement[0].Action", "acm:* on every resource", BY_NAME),
    ),
    *(
        refuses(
            "sec-iam-pass-role",
            title,
            policy(statement),
            ("work", "policy.Statement[0].Resource", 'iam:PassRole on "*"', "the ARNs of roles"),
        )
        for title, statement in {
            "all of IAM": allow("iam:*"),
            "by a pattern": allow("iam:Pass*"),
            "by a pattern of one letter, in other cases": allow("IAM:passrol?"),
            "all but S3": {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
            "only over TLS": allow("iam:PassRole", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        }.items()
    ),
    passes("sec-iam-pass-role", "all but IAM", policy(ALL_BUT_IAM)),
    passes("sec-iam-pass-role", "a denial", policy(allow("iam:PassRole") | {"Effect": "Deny"})),
    passes("sec-kms-decrypt", "a denial", policy(allow("kms:Decrypt") | {"Effect": "Deny"})),
    *(
        refuses(
            "sec-kms-decrypt",
            title,
            policy(allow("s3:GetObject"), statement),
            ("work", "policy.Statement[1].Resource", "decryption by every key", "the ARNs of keys"),
        )
        for title, statement in {
            "one key, and every other": allow("kms:Decrypt") | {"Resource": [KEY, "*"]},
            "by a pattern": allow("kms:De*"),
            "into another key": allow("kms:ReEncryptFrom"),
            "into and from other keys": allow("kms:ReEncrypt*"),
            "all but IAM": ALL_BUT_IAM,
        }.items()
    ),
    *(
        refuses(
            "sec-iam-managed-admin",
            f"{name} attached",
            attached(f"arn:aws:iam::aws:policy/{name}"),
            ("worker", "policyArn", name, "a policy with the actions that are needed"),
        )
        for name in ("IAMFullAccess", "PowerUserAccess")
    ),
    passes("sec-iam-managed-admin", "an empty name", role(SERVICE, managed_policy_arns=[""])),
    refuses(
        "sec-iam-no-access-keys",
        "a key that is said to be on",
        lambda: access_key(status="Active"),
        ("robot", "status", "an active key", "no key, or an inactive one"),
    ),
    *(
        passes("sec-iam-oidc-subject", title, role(statement))
        for title, statement in {
            "a pool of Cognito": trust(
                {"Federated": "cognito-identity.amazonaws.com"},
                WEB_IDENTITY,
                Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"}},
            ),
            "a repository, in other cases": trust(
                GITHUB,
                WEB_IDENTITY,
                Condition=AUDIENCE | {"StringLike": {"Token.Actions.GithubUserContent.com:Sub": "repo:shop/infra:*"}},
            ),
            "SAML by a pattern": trust(
                {"Federated": "arn:aws:iam::123456789012:saml-provider/staff"}, "sts:AssumeRole*"
            ),
            "a service by a pattern": trust({"Service": "lambda.amazonaws.com"}, "sts:*"),
            "tags of its sessions": trust(GITHUB, "sts:TagSession"),
            "a denial": trust(GITHUB, WEB_IDENTITY) | {"Effect": "Deny"},
        }.items()
    ),
    *(
        refuses(
            "sec-iam-oidc-subject",
            title,
            role(SERVICE, statement),
            (
                "worker",
                "assumeRolePolicy.Statement[1].Condition",
                "no condition on the subject",
                "a condition on the provider's sub claim",
            ),
        )
        for title, statement in {
            "every repository, without a condition": trust(GITHUB, WEB_IDENTITY),
            "every repository, by a pattern": trust(GITHUB, "sts:AssumeRole*", Condition=AUDIENCE),
            "one provider of several": trust(
                {"Federated": ["arn:aws:iam::123456789012:saml-provider/staff", GITHUB["Federated"]]}, "sts:*"
            ),
        }.items()
    ),
    passes("sec-iam-assume", "a denial", role(trust("*") | {"Effect": "Deny"})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
