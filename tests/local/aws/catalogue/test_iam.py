"""Roles and policies live in the emulator as their entries say."""

import json
from typing import Any

from tests.local.aws.catalogue.life import TRUST, Case, Made, World, live, only, parametrize, policy, tags_of

_OTHER_TRUST = TRUST.replace("lambda.", "ec2.")


def _role(world: World, made: Made) -> Any:
    iam = world.client("iam")
    found = iam.get_role(RoleName=made.id)["Role"]
    return {
        **only(found, "AssumeRolePolicyDocument", "Description", "MaxSessionDuration"),
        "attached": [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=made.id)["AttachedPolicies"]],
        "inline": iam.list_role_policies(RoleName=made.id)["PolicyNames"],
        "tags": tags_of(found["Tags"]),
    }


def _inline(world: World, made: Made) -> Any:
    name = made.inputs["name"]
    return world.client("iam").get_role_policy(RoleName=world.role_name, PolicyName=name)["PolicyDocument"]


def _attached(world: World, _: Made) -> Any:
    found = world.client("iam").list_attached_role_policies(RoleName=world.role_name)["AttachedPolicies"]
    return next(one["PolicyArn"] for one in found)


def _profile(world: World, made: Made) -> Any:
    found = world.client("iam").get_instance_profile(InstanceProfileName=made.id)["InstanceProfile"]
    return [one["RoleName"] for one in found["Roles"]]


def _policy(world: World, made: Made) -> Any:
    version = world.client("iam").get_policy(PolicyArn=made.id)["Policy"]["DefaultVersionId"]
    found = world.client("iam").get_policy_version(PolicyArn=made.id, VersionId=version)
    return version, found["PolicyVersion"]["Document"]


def _provider(world: World, made: Made) -> Any:
    found = world.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=made.id)
    return only(found, "Url", "ClientIDList", "Tags")


CASES = [
    Case(
        token="aws:iam/role:Role",
        inputs=lambda world: {
            "assumeRolePolicy": TRUST,
            "description": "d",
            "maxSessionDuration": 7200,
            "managedPolicyArns": world.policies[:1],
            "inlinePolicies": [{"name": "own", "policy": policy("s3:*")}],
            "tags": {"team": "a"},
        },
        look=_role,
        made=lambda world, _: {
            "AssumeRolePolicyDocument": json.loads(TRUST),
            "Description": "d",
            "MaxSessionDuration": 7200,
            "attached": world.policies[:1],
            "inline": ["own"],
            "tags": {"team": "a"},
        },
        change=lambda world: {
            "assumeRolePolicy": _OTHER_TRUST,
            "maxSessionDuration": 3600,
            "managedPolicyArns": world.policies[1:],
            "inlinePolicies": [{"name": "other", "policy": policy("s3:*")}],
            "tags": {"team": "b"},
        },
        changed=lambda world, _: {
            "AssumeRolePolicyDocument": json.loads(_OTHER_TRUST),
            "Description": "d",
            "MaxSessionDuration": 3600,
            "attached": world.policies[1:],
            "inline": ["other"],
            "tags": {"team": "b"},
        },
        meddle=lambda world, made: world.client("iam").attach_role_policy(
            RoleName=made.id, PolicyArn=world.policies[0]
        ),
        drifts=("managedPolicyArns",),
        outputs={"arn": ..., "uniqueId": ..., "createDate": ...},
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        inputs=lambda world: {"role": world.role_name, "policy": policy("s3:GetObject")},
        look=_inline,
        made=json.loads(policy("s3:GetObject")),
        change=lambda _: {"policy": policy("s3:PutObject")},
        changed=json.loads(policy("s3:PutObject")),
        meddle=lambda world, made: world.client("iam").put_role_policy(
            RoleName=world.role_name, PolicyName=made.inputs["name"], PolicyDocument=policy("*")
        ),
        drifts=("policy",),
    ),
    Case(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs=lambda world: {"role": world.role_name, "policyArn": world.policies[0]},
        look=_attached,
        made=lambda world, _: world.policies[0],
    ),
    Case(
        token="aws:iam/instanceProfile:InstanceProfile",
        inputs=lambda world: {"role": world.role_name, "tags": {"team": "a"}},
        look=_profile,
        made=lambda world, _: [world.role_name],
        meddle=lambda world, made: world.client("iam").remove_role_from_instance_profile(
            InstanceProfileName=made.id, RoleName=world.role_name
        ),
        drifts=("role",),
        outputs={"arn": ..., "uniqueId": ...},
    ),
    Case(
        token="aws:iam/policy:Policy",
        inputs=lambda _: {"policy": policy("s3:GetObject"), "description": "d", "tags": {"team": "a"}},
        look=_policy,
        made=("v1", json.loads(policy("s3:GetObject"))),
        change=lambda _: {"policy": policy("s3:PutObject")},
        changed=("v2", json.loads(policy("s3:PutObject"))),
        outputs={"arn": lambda _, made: made.id, "policyId": ...},
    ),
    Case(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs=lambda _: {
            "url": "https://token.actions.githubusercontent.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "tags": {"team": "a"},
        },
        look=_provider,
        made={
            "Url": "https://token.actions.githubusercontent.com",
            "ClientIDList": ["sts.amazonaws.com"],
            "Tags": [{"Key": "team", "Value": "a"}],
        },
        outputs={"arn": lambda _, made: made.id},
    ),
]


@parametrize(CASES)
def test_a_resource_of_iam_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
