"""Access: policies name what may be done to what, by whom."""

from collections.abc import Iterator

from pulumi_policy import Severity

from .documents import actions, allowing, covers, everyone, everywhere, narrowed, statements, tested_keys
from .rule import ADVISORY, Settings, Source, control, resource_rule
from .tokens import (
    ACCESS_KEY,
    BUCKET_POLICY,
    IAM_GROUP_POLICY,
    IAM_POLICY,
    IAM_ROLE,
    IAM_ROLE_POLICY,
    IAM_ROLE_POLICY_ATTACHMENT,
    IAM_USER_POLICY,
    IAM_USER_POLICY_ATTACHMENT,
    KMS_KEY,
    QUEUE,
    QUEUE_POLICY,
    SNS_TOPIC,
    SNS_TOPIC_POLICY,
)
from .view import Findings, Resource, Value, attempt

_IDENTITY_POLICIES = (IAM_POLICY, IAM_ROLE_POLICY, IAM_USER_POLICY, IAM_GROUP_POLICY, IAM_ROLE)


def _documents(resource: Resource) -> Iterator[Value]:
    """The policies that say what an identity may do: a role has them inline."""
    yield resource["policy"]
    for inline in resource["inlinePolicies"].items():
        yield inline["policy"]


@resource_rule(
    "sec-iam-admin",
    on=_IDENTITY_POLICIES,
    title="No policy allows everything",
    severity=Severity.CRITICAL,
    remediation="Name the actions that are needed, and the ARNs that they are needed on.",
    source=control("IAM.1", "CKV_AWS_62", "CKV2_AWS_40", practice="SEC03-BP02"),
)
def policy_is_not_admin(resource: Resource, _: Settings) -> Findings:
    """No policy allows every action on every resource.

    Whoever takes over one process with it has the account.
    """
    for document in _documents(resource):
        yield from attempt(_no_admin(document))


def _no_admin(document: Value) -> Findings:
    for statement in allowing(document):
        if {"*", "*:*"} & actions(statement) and everywhere(statement):
            yield statement["Action"].violates(
                found='"*" on every resource', allowed="actions by name", fix="name the actions that are needed."
            )


@resource_rule(
    "sec-iam-wildcards",
    on=_IDENTITY_POLICIES,
    title="Policies allow no whole service everywhere",
    severity=Severity.HIGH,
    remediation="Name the actions that are needed, or the ARNs that they are needed on.",
    source=control("IAM.21", "CKV_AWS_63", "CKV_AWS_355", practice="SEC03-BP02"),
    level=ADVISORY,
)
def policy_names_actions(resource: Resource, _: Settings) -> Findings:
    """No policy allows all actions of a service on every resource.

    Reading one bucket and deleting all of them are the same permission then; new actions of AWS join it unasked.
    """
    for document in _documents(resource):
        yield from attempt(_no_whole_service(document))


def _no_whole_service(document: Value) -> Findings:
    for statement in allowing(document):
        services = sorted(action for action in actions(statement) if action.endswith(":*") and action != "*:*")
        excluded = statement["NotAction"].given
        if (services or excluded) and everywhere(statement):
            yield statement["NotAction" if excluded else "Action"].violates(
                found="all but some actions on every resource" if excluded else f"{services[0]} on every resource",
                allowed="actions by name, or resources by ARN",
                fix="name the actions that are needed, or the resources.",
            )


@resource_rule(
    "sec-iam-pass-role",
    on=_IDENTITY_POLICIES,
    title="Roles are passed by name",
    severity=Severity.HIGH,
    remediation="Name the roles in Resource, or the service in a condition on iam:PassedToService.",
    source=Source(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        checkov=("CKV_AWS_286",),
        well_architected="SEC03-BP02",
    ),
)
def roles_are_passed_by_name(resource: Resource, _: Settings) -> Findings:
    """A policy allows to pass roles that it names, or to services that it names.

    Who may pass any role to a function of their own may do whatever any role may.
    """
    for document in _documents(resource):
        yield from attempt(_passes_named(document))


def _passes_named(document: Value) -> Findings:
    for statement in allowing(document):
        if covers(statement, "iam:PassRole") and everywhere(statement) and not narrowed(statement):
            yield statement["Resource"].violates(
                found='iam:PassRole on "*"', allowed="the ARNs of roles", fix="name the roles that may be passed."
            )


@resource_rule(
    "sec-kms-decrypt",
    on=_IDENTITY_POLICIES,
    title="Keys to decrypt by are named",
    severity=Severity.MEDIUM,
    remediation="Name the keys in Resource, or the service in a condition on kms:ViaService.",
    source=control("KMS.1", practice="SEC03-BP02"),
)
def keys_are_named(resource: Resource, _: Settings) -> Findings:
    """A policy allows to decrypt by keys that it names, or through services that it names.

    Who may decrypt by every key reads whatever anyone of the account has encrypted. So says KMS.2 of policies within
    roles and users.
    """
    for document in _documents(resource):
        yield from attempt(_decrypts_by_named(document))


def _decrypts_by_named(document: Value) -> Findings:
    for statement in allowing(document):
        if not any(covers(statement, action) for action in ("kms:Decrypt", "kms:ReEncryptFrom")):
            continue
        every = any(key == "*" or key.endswith(":key/*") for key in statement["Resource"].texts())
        if every and not narrowed(statement):
            yield statement["Resource"].violates(
                found="decryption by every key", allowed="the ARNs of keys", fix="name the keys, or kms:ViaService."
            )


_TOO_MUCH = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})


@resource_rule(
    "sec-iam-managed-admin",
    on=(IAM_ROLE, IAM_ROLE_POLICY_ATTACHMENT, IAM_USER_POLICY_ATTACHMENT),
    title="Nobody is an administrator for good",
    severity=Severity.HIGH,
    remediation="Attach a policy of its own with the actions that are needed.",
    source=Source(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
        checkov=("CKV_AWS_274",),
        well_architected="SEC03-BP02",
    ),
    level=ADVISORY,
)
def no_administrator(resource: Resource, _: Settings) -> Findings:
    """No role or user has one of AWS's policies for administrators.

    A role that deploys may need one; everything else has work that can be named.
    """
    for arn in resource["managedPolicyArns" if resource.type == IAM_ROLE else "policyArn"].items():
        yield from attempt(_modest(arn))


def _modest(arn: Value) -> Findings:
    name = (arn.text() or "").rpartition("/")[2]
    if name in _TOO_MUCH:
        yield arn.violates(found=name, allowed="a policy with the actions that are needed", fix="name the actions.")


@resource_rule(
    "sec-iam-no-access-keys",
    on=(ACCESS_KEY,),
    title="There are no keys that last for ever",
    severity=Severity.MEDIUM,
    remediation="Use a role: by an instance profile, a task role, IRSA, or OpenID Connect from outside of AWS.",
    source=control("IAM.3", "CKV_AWS_273", practice="SEC02-BP02"),
    level=ADVISORY,
)
def no_access_key(key: Resource, _: Settings) -> Findings:
    """Programs have a role, not the key of a user.

    A key that does not expire ends up in a repository or a log, and works from anywhere.
    """
    status = key["status"]
    if status.text() != "Inactive":
        yield status.violates(
            found="an active key", allowed="no key, or an inactive one", fix="give the program a role and drop the key."
        )


@resource_rule(
    "sec-iam-assume",
    on=(IAM_ROLE,),
    title="Roles are not for everyone",
    severity=Severity.CRITICAL,
    remediation="Name the service, role or account that may assume the role, or add a condition that does.",
    source=Source(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        checkov=("CKV_AWS_60", "CKV_AWS_61"),
        well_architected="SEC03-BP07",
    ),
)
def role_names_who_assumes_it(role: Resource, _: Settings) -> Findings:
    """A role says who may assume it.

    A principal of `*` is every account of AWS, also those of strangers.
    """
    for statement in allowing(role["assumeRolePolicy"]):
        if everyone(statement) and not narrowed(statement):
            yield statement["Principal"].violates(
                found='"*" without a condition', allowed="principals by name", fix="name who may assume the role."
            )


@resource_rule(
    "sec-iam-oidc-subject",
    on=(IAM_ROLE,),
    title="Roles for OpenID Connect name whom they are for",
    severity=Severity.CRITICAL,
    remediation="Add a condition on the provider's sub claim, such as the repository of a workflow.",
    source=Source(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        checkov=("CKV_AWS_358",),
        well_architected="SEC02-BP04",
    ),
)
def federated_role_names_subject(role: Resource, _: Settings) -> Findings:
    """A role for OpenID Connect says which subject of the provider may assume it.

    Without a condition on the subject, every repository of GitHub may deploy here.
    """
    for statement in allowing(role["assumeRolePolicy"]):
        if _for_web_identity(statement) and not _on_subject(statement["Condition"]):
            yield statement["Condition"].violates(
                found="no condition on the subject",
                allowed="a condition on the provider's sub claim",
                fix="add a StringEquals or StringLike on <provider>:sub.",
            )


def _for_web_identity(statement: Value) -> bool:
    providers = statement["Principal.Federated"].texts()
    openid = any(":saml-provider/" not in provider for provider in providers)
    return openid and covers(statement, "sts:AssumeRoleWithWebIdentity")


def _on_subject(condition: Value) -> bool:
    """Whether a condition tests the subject; Cognito's identities are told apart by their pool, its audience."""
    keys = tested_keys(condition)
    return any(key.endswith(":sub") or key == "cognito-identity.amazonaws.com:aud" for key in keys)


@resource_rule(
    "sec-public-policy",
    on=(BUCKET_POLICY, QUEUE_POLICY, QUEUE, SNS_TOPIC_POLICY, SNS_TOPIC, KMS_KEY),
    title="Buckets, queues, topics and keys are not for everyone",
    severity=Severity.CRITICAL,
    remediation="Name the accounts, roles or services in Principal, or add a condition such as aws:SourceArn.",
    source=control("SQS.3", "CKV_AWS_70", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_33", practice="SEC03-BP07"),
)
def policy_names_principals(resource: Resource, _: Settings) -> Findings:
    """The policy of a bucket, queue, topic or key allows nothing to everyone.

    A principal of `*` without a condition is the whole internet. Security Hub asks the same in SNS.4, S3.2, S3.3 and
    KMS.5. A site is public by CloudFront, not by its bucket.
    """
    for statement in statements(resource["policy"]):
        yield from attempt(_not_for_everyone(statement))


def _not_for_everyone(statement: Value) -> Findings:
    if statement["Effect"].text() == "Allow" and everyone(statement) and not narrowed(statement):
        yield statement["Principal"].violates(
            found='"*" without a condition', allowed="principals by name", fix="name who may do this."
        )
