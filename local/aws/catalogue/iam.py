"""IAM: roles, their policies, and the profiles that give roles to instances."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Sweep, Tagging


def _inline(policies: Properties) -> dict[str, str]:
    return {one["name"]: one.get("policy", "") for one in policies.get("inlinePolicies", []) if one.get("name")}


def _put_inline(before: Properties, after: Properties) -> list[Properties]:
    known = _inline(before)
    return [
        {"PolicyName": name, "PolicyDocument": text} for name, text in _inline(after).items() if known.get(name) != text
    ]


def _delete_inline(before: Properties, after: Properties) -> list[Properties]:
    return [{"PolicyName": name} for name in _inline(before).keys() - _inline(after).keys()]


def _detach(when: str) -> tuple[Sweep, ...]:
    return (
        Sweep(
            found=Read(name="list_attached_role_policies", params={"RoleName": "$id"}, at="AttachedPolicies"),
            each=Operation(name="detach_role_policy", params={"RoleName": "$id", "PolicyArn": "$PolicyArn"}),
            when=when,
        ),
        Sweep(
            found=Read(name="list_role_policies", params={"RoleName": "$id"}, at="PolicyNames"),
            each=Operation(name="delete_role_policy", params={"RoleName": "$id", "PolicyName": "$item"}),
            when="inlinePolicies" if when == "managedPolicyArns" else when,
        ),
    )


ROLE = ResourceType(
    token="aws:iam/role:Role",
    service="iam",
    create=Operation(name="create_role"),
    id="Role.RoleName",
    find=Read(name="get_role", params={"RoleName": "$name"}, at="Role.RoleName"),
    read=(
        Read(
            name="get_role",
            params={"RoleName": "$id"},
            at="Role",
            also={"PermissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        ),
        Read(
            name="list_attached_role_policies",
            params={"RoleName": "$id"},
            at="{ManagedPolicyArns: AttachedPolicies[].PolicyArn}",
        ),
    ),
    update=(
        Operation(
            name="update_assume_role_policy",
            params={"RoleName": "$id"},
            on=frozenset({"assumeRolePolicy"}),
            delivers=lambda scope: {"PolicyDocument": scope["assumeRolePolicy"]},
        ),
        Operation(
            name="update_role", params={"RoleName": "$id"}, only=frozenset({"description", "maxSessionDuration"})
        ),
        Operation(
            name="put_role_permissions_boundary", params={"RoleName": "$id"}, only=frozenset({"permissionsBoundary"})
        ),
        Operation(
            name="attach_role_policy",
            params={"RoleName": "$id"},
            adds={"managedPolicyArns": "PolicyArn"},
            one_by_one=True,
        ),
        Operation(
            name="detach_role_policy",
            params={"RoleName": "$id"},
            removes={"managedPolicyArns": "PolicyArn"},
            one_by_one=True,
        ),
        Operation(
            name="put_role_policy", params={"RoleName": "$id"}, only=frozenset({"inlinePolicies"}), steps=_put_inline
        ),
        Operation(
            name="delete_role_policy",
            params={"RoleName": "$id"},
            only=frozenset({"inlinePolicies"}),
            steps=_delete_inline,
        ),
    ),
    delete=Operation(name="delete_role", params={"RoleName": "$id"}),
    before_delete=(*_detach("managedPolicyArns"), *_detach("forceDetachPolicies")),
    names={
        "name": "RoleName",
        "assumeRolePolicy": "AssumeRolePolicyDocument",
        "managedPolicyArns": "ManagedPolicyArns",
    },
    defaults={"maxSessionDuration": 3600, "path": "/"},
    empty={"description": ""},
    outputs={"arn": "Arn", "uniqueId": "RoleId", "createDate": "CreateDate"},
    documents=frozenset({"assumeRolePolicy"}),
    not_returned={"inlinePolicies": "they are not read back; a role's policy as a resource of its own is"},
    ignored=frozenset({"forceDetachPolicies"}),
    replace_on=frozenset({"name", "path"}),
    tagging=Tagging(tag="tag_role", untag="untag_role", params={"RoleName": "$id"}),
    naming=Naming(limit=64),
)

_PUT = Operation(name="put_role_policy")

ROLE_POLICY = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    create=_PUT,
    id="$role:$name",
    read=(Read(name="get_role_policy", params={"RoleName": "$role", "PolicyName": "$name"}),),
    update=(_PUT,),
    delete=Operation(name="delete_role_policy", params={"RoleName": "$role", "PolicyName": "$name"}),
    names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
    documents=frozenset({"policy"}),
    replace_on=frozenset({"role", "name"}),
    naming=Naming(limit=128),
)

ROLE_POLICY_ATTACHMENT = ResourceType(
    token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    create=Operation(name="attach_role_policy"),
    id="$role/$policyArn",
    read=(
        Read(
            name="list_attached_role_policies",
            params={"RoleName": "$role"},
            at="AttachedPolicies[?PolicyArn=='$policyArn'] | [0]",
            also={"RoleName": "$role"},
        ),
    ),
    delete=Operation(name="detach_role_policy", params={"RoleName": "$role", "PolicyArn": "$policyArn"}),
    names={"role": "RoleName"},
)

INSTANCE_PROFILE = ResourceType(
    token="aws:iam/instanceProfile:InstanceProfile",
    service="iam",
    create=Operation(name="create_instance_profile", only=frozenset({"name", "path", "tags"})),
    id="InstanceProfile.InstanceProfileName",
    find=Read(
        name="get_instance_profile", params={"InstanceProfileName": "$name"}, at="InstanceProfile.InstanceProfileName"
    ),
    read=(
        Read(
            name="get_instance_profile",
            params={"InstanceProfileName": "$id"},
            at="InstanceProfile",
            also={"RoleName": "Roles[0].RoleName"},
        ),
    ),
    update=(
        Operation(
            name="remove_role_from_instance_profile",
            params={"InstanceProfileName": "$id"},
            only=frozenset({"role"}),
            steps=lambda before, _after: [{"RoleName": before["role"]}] if before.get("role") else [],
        ),
        Operation(name="add_role_to_instance_profile", params={"InstanceProfileName": "$id"}, only=frozenset({"role"})),
    ),
    delete=Operation(name="delete_instance_profile", params={"InstanceProfileName": "$id"}),
    before_delete=(
        Sweep(
            found=Read(name="get_instance_profile", params={"InstanceProfileName": "$id"}, at="InstanceProfile.Roles"),
            each=Operation(
                name="remove_role_from_instance_profile",
                params={"InstanceProfileName": "$id", "RoleName": "$RoleName"},
            ),
        ),
    ),
    names={"name": "InstanceProfileName", "role": "RoleName"},
    defaults={"path": "/"},
    outputs={"arn": "Arn", "uniqueId": "InstanceProfileId", "createDate": "CreateDate"},
    replace_on=frozenset({"name", "path"}),
    tagging=Tagging(tag="tag_instance_profile", untag="untag_instance_profile", params={"InstanceProfileName": "$id"}),
    naming=Naming(limit=128),
)

POLICY = ResourceType(
    token="aws:iam/policy:Policy",
    service="iam",
    create=Operation(name="create_policy"),
    id="Policy.Arn",
    find=Read(name="list_policies", params={"Scope": "Local"}, at="Policies[?PolicyName=='$name'].Arn | [0]"),
    read=(
        Read(name="get_policy", params={"PolicyArn": "$id"}, at="Policy"),
        Read(
            name="get_policy_version",
            params={"PolicyArn": "$id", "VersionId": "$DefaultVersionId"},
            at="{PolicyDocument: PolicyVersion.Document}",
        ),
    ),
    update=(
        Operation(
            name="create_policy_version",
            params={"PolicyArn": "$id", "SetAsDefault": True},
            only=frozenset({"policy"}),
        ),
    ),
    delete=Operation(name="delete_policy", params={"PolicyArn": "$id"}),
    before_delete=(
        Sweep(
            found=Read(
                name="list_policy_versions", params={"PolicyArn": "$id"}, at="Versions[?IsDefaultVersion==`false`]"
            ),
            each=Operation(name="delete_policy_version", params={"PolicyArn": "$id", "VersionId": "$VersionId"}),
        ),
    ),
    names={"name": "PolicyName", "policy": "PolicyDocument"},
    defaults={"path": "/"},
    outputs={"arn": "Arn", "policyId": "PolicyId", "attachmentCount": "AttachmentCount"},
    documents=frozenset({"policy"}),
    replace_on=frozenset({"name", "path", "description"}),
    tagging=Tagging(tag="tag_policy", untag="untag_policy", params={"PolicyArn": "$id"}),
    naming=Naming(limit=128),
)


def _with_scheme(properties: Properties) -> Properties:
    """IAM leaves the scheme out of what it says."""
    url = properties.get("url")
    return {**properties, "url": f"https://{url}"} if url and "://" not in url else properties


OPEN_ID_CONNECT_PROVIDER = ResourceType(
    token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    service="iam",
    create=Operation(name="create_open_id_connect_provider"),
    id="OpenIDConnectProviderArn",
    read=(Read(name="get_open_id_connect_provider", params={"OpenIDConnectProviderArn": "$id"}),),
    delete=Operation(name="delete_open_id_connect_provider", params={"OpenIDConnectProviderArn": "$id"}),
    names={"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"},
    outputs={"arn": "$id"},
    required=frozenset({"clientIdLists"}),
    restore=_with_scheme,
)
