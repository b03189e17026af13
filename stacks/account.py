"""The stack `global`: what an account has once, whatever its environments.

The domain's zone, the bucket that builds are kept in, and the roles that workflows on GitHub take on without a
password: one that reads, for previews of pull requests, and one for each environment, which no other's workflow gets.

See https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stacks.contract import ACCOUNT_VERSION
from stacks.parts import Tags
from stacks.sections import GlobalConfig
from tenfold import Bucket

_ISSUER: Final = "token.actions.githubusercontent.com"


def build(config: GlobalConfig) -> None:
    """Register what the account has once, and export what the environments read."""
    tags: Tags = {"project": "tenfold", "environment": "global"}
    zone = _zone(config, tags)
    artifacts = _artifacts(config, tags)
    provider = aws.iam.OpenIdConnectProvider(
        "github", url=f"https://{_ISSUER}", client_id_lists=["sts.amazonaws.com"], tags=tags
    )
    preview = _preview_role(config, provider, tags)
    deploy = {name: _deploy_role(config, name, provider, artifacts, tags) for name in config.environments}
    pulumi.export("version", ACCOUNT_VERSION)
    pulumi.export("domain", config.domain)
    pulumi.export("zone_id", zone.zone_id)
    pulumi.export("name_servers", zone.name_servers)
    pulumi.export("artifact_bucket", artifacts.bucket_name)
    pulumi.export("preview_role_arn", preview.arn)
    pulumi.export("deploy_role_arns", {name: role.arn for name, role in deploy.items()})


def _zone(config: GlobalConfig, tags: Tags) -> aws.route53.Zone:
    """The domain's zone; whoever sold the domain is given its name servers."""
    return aws.route53.Zone(
        "domain",
        name=config.domain,
        comment="The environments' names",
        tags=tags,
        opts=pulumi.ResourceOptions(protect=config.protected),
    )


def _artifacts(config: GlobalConfig, tags: Tags) -> Bucket:
    """Where builds are kept, each version of them."""
    return Bucket("artifacts", {"deletion_protection": config.protected, "tags": tags})


def _preview_role(config: GlobalConfig, provider: aws.iam.OpenIdConnectProvider, tags: Tags) -> aws.iam.Role:
    """Reads: what a preview compares with. A pull request's code runs with it, so that it must not change anything."""
    # Drift, and what whoever approves a deployment reads, is looked for on main.
    role = _role(config, provider, "preview", ["pull_request", "ref:refs/heads/main"], tags)
    aws.iam.RolePolicyAttachment("preview-read", role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    # What ReadOnlyAccess lets in and a pull request's code has no business with.
    aws.iam.RolePolicy("preview-no-data", role=role.name, policy=json.dumps(_NO_DATA))
    if config.preview_secrets:
        aws.iam.RolePolicy("preview-secrets", role=role.name, policy=json.dumps(_secrets(config.preview_secrets)))
    return role


def _deploy_role(
    config: GlobalConfig, environment: str, provider: aws.iam.OpenIdConnectProvider, artifacts: Bucket, tags: Tags
) -> aws.iam.Role:
    """Deploys one environment: everything but IAM's users and these roles themselves."""
    role = _role(config, provider, f"deploy-{environment}", [f"environment:{environment}"], tags)
    aws.iam.RolePolicyAttachment(
        f"deploy-{environment}-power", role=role.name, policy_arn="arn:aws:iam::aws:policy/PowerUserAccess"
    )
    account = aws.get_caller_identity_output().account_id
    aws.iam.RolePolicy(
        f"deploy-{environment}-roles", role=role.name, policy=account.apply(lambda found: json.dumps(_roles(found)))
    )
    artifacts.grant_read_write(role)
    return role


def _role(
    config: GlobalConfig, provider: aws.iam.OpenIdConnectProvider, name: str, subjects: list[str], tags: Tags
) -> aws.iam.Role:
    trust = provider.arn.apply(
        lambda arn: json.dumps(_trust(arn, [f"repo:{config.repository}:{one}" for one in subjects]))
    )
    return aws.iam.Role(
        name,
        name=f"tenfold-{name}",
        description=f"Workflows of {config.repository}, as {' or '.join(subjects)}",
        assume_role_policy=trust,
        max_session_duration=3600,
        tags=tags,
    )


def _trust(provider_arn: str, subjects: list[str]) -> Mapping[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider_arn},
        "Condition": {"StringEquals": {f"{_ISSUER}:aud": "sts.amazonaws.com", f"{_ISSUER}:sub": subjects}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


_NO_DATA: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "NoRows",
            "Effect": "Deny",
            # Not GetItem: a preview reads the shard map's one item.
            "Action": [
                "dynamodb:BatchGetItem",
                "dynamodb:GetRecords",
                "dynamodb:PartiQLSelect",
                "dynamodb:Query",
                "dynamodb:Scan",
                "sqs:ReceiveMessage",
            ],
            "Resource": "*",
        },
        {
            "Sid": "NoUploads",
            "Effect": "Deny",
            # Not every bucket: a preview compares the site's files, and finds the state where it is kept in S3.
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": ["arn:aws:s3:::pictures-bucket-*/*", "arn:aws:s3:::media-*/*"],
        },
    ],
}


def _secrets(arns: Sequence[str]) -> Mapping[str, Any]:
    """Lets previews read secrets that the program reads, such as the credentials of push services."""
    statement = {"Sid": "Secrets", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": [*arns]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _roles(account_id: str) -> Mapping[str, Any]:
    """The part of IAM that components need. No deployment can change the roles and the provider of deployments."""
    iam = f"arn:aws:iam::{account_id}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Roles",
                "Effect": "Allow",
                "Action": [
                    "iam:AddRoleToInstanceProfile",
                    "iam:AttachRolePolicy",
                    "iam:CreateInstanceProfile",
                    "iam:CreateRole",
                    "iam:DeleteInstanceProfile",
                    "iam:DeleteRole",
                    "iam:DeleteRolePolicy",
                    "iam:DetachRolePolicy",
                    "iam:GetInstanceProfile",
                    "iam:GetRole",
                    "iam:GetRolePolicy",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListInstanceProfilesForRole",
                    "iam:ListRolePolicies",
                    "iam:PassRole",
                    "iam:PutRolePolicy",
                    "iam:RemoveRoleFromInstanceProfile",
                    "iam:TagInstanceProfile",
                    "iam:TagRole",
                    "iam:UntagInstanceProfile",
                    "iam:UntagRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole",
                ],
                "Resource": [f"{iam}:role/*", f"{iam}:instance-profile/*"],
            },
            {
                "Sid": "NotTheirOwn",
                "Effect": "Deny",
                "NotAction": ["iam:Get*", "iam:List*"],
                "Resource": [f"{iam}:role/tenfold-deploy-*", f"{iam}:role/tenfold-preview"],
            },
        ],
    }
