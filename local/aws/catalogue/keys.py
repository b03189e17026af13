"""What keeps secrets: KMS keys, Secrets Manager, SSM parameters."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging
from local.aws.values import text_of


def _rotate(name: str, wanted: bool) -> Operation:
    def steps(before: Properties, after: Properties) -> list[Properties]:
        changed = before.get("enableKeyRotation", False) != after.get("enableKeyRotation", False)
        if not changed or after.get("enableKeyRotation", False) is not wanted:
            return []
        period = after.get("rotationPeriodInDays")
        return [{"RotationPeriodInDays": period} if wanted and period else {}]

    return Operation(
        name=name,
        params={"KeyId": "$id"},
        only=frozenset({"enableKeyRotation", "rotationPeriodInDays"}),
        steps=steps,
    )


def _switch(name: str, wanted: bool) -> Operation:
    def steps(before: Properties, after: Properties) -> list[Properties]:
        changed = before.get("isEnabled", True) != after.get("isEnabled", True)
        return [{}] if changed and after.get("isEnabled", True) is wanted else []

    return Operation(name=name, params={"KeyId": "$id"}, only=frozenset({"isEnabled"}), steps=steps)


KEY = ResourceType(
    token="aws:kms/key:Key",
    service="kms",
    create=Operation(
        name="create_key",
        only=frozenset(
            {
                "description",
                "keyUsage",
                "customerMasterKeySpec",
                "policy",
                "multiRegion",
                "tags",
                "customKeyStoreId",
            }
        ),
    ),
    id="KeyMetadata.KeyId",
    read=(
        Read(
            name="describe_key",
            params={"KeyId": "$id"},
            at="KeyMetadata.KeyState!='PendingDeletion' && KeyMetadata",
            also={"IsEnabled": "Enabled"},
        ),
        Read(
            name="get_key_rotation_status",
            params={"KeyId": "$id"},
            at="{EnableKeyRotation: KeyRotationEnabled, RotationPeriodInDays: RotationPeriodInDays}",
        ),
        Read(name="get_key_policy", params={"KeyId": "$id", "PolicyName": "default"}, at="{Policy: Policy}"),
    ),
    update=(
        Operation(name="update_key_description", params={"KeyId": "$id"}, only=frozenset({"description"})),
        Operation(name="put_key_policy", params={"KeyId": "$id", "PolicyName": "default"}, only=frozenset({"policy"})),
        _rotate("enable_key_rotation", wanted=True),
        _rotate("disable_key_rotation", wanted=False),
        _switch("enable_key", wanted=True),
        _switch("disable_key", wanted=False),
    ),
    delete=Operation(
        name="schedule_key_deletion",
        params={"KeyId": "$id"},
        delivers=lambda scope: {"PendingWindowInDays": scope.get("deletionWindowInDays", 30)},
    ),
    names={"customerMasterKeySpec": "KeySpec"},
    defaults={
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "enableKeyRotation": False,
    },
    empty={"description": ""},
    limits={"deletionWindowInDays": range(7, 31), "rotationPeriodInDays": range(90, 2561)},
    outputs={"arn": "Arn", "keyId": "KeyId", "policy": "Policy", "description": "Description"},
    documents=frozenset({"policy"}),
    ignored=frozenset({"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"}),
    replace_on=frozenset({"keyUsage", "customerMasterKeySpec", "multiRegion", "customKeyStoreId"}),
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"KeyId": "$id"},
        read=Read(name="list_resource_tags", params={"KeyId": "$id"}, at="Tags"),
    ),
)

KEY_POLICY = ResourceType(
    token="aws:kms/keyPolicy:KeyPolicy",
    service="kms",
    create=Operation(name="put_key_policy", params={"PolicyName": "default"}),
    id="$keyId",
    read=(
        Read(
            name="get_key_policy",
            params={"KeyId": "$keyId", "PolicyName": "default"},
            at="{Policy: Policy}",
            also={"KeyId": "$keyId"},
        ),
    ),
    update=(Operation(name="put_key_policy", params={"PolicyName": "default"}),),
    # AWS knows no key without a policy; this one leaves it to its owner, as the real provider does.
    delete=Operation(
        name="put_key_policy",
        params={"KeyId": "$keyId", "PolicyName": "default"},
        delivers=lambda scope: {"Policy": _owner_policy(scope["account"])},
    ),
    stays="a key always has a policy",
    documents=frozenset({"policy"}),
    ignored=frozenset({"bypassPolicyLockoutSafetyCheck"}),
    required=frozenset({"keyId", "policy"}),
    replace_on=frozenset({"keyId"}),
)


def _owner_policy(account: str) -> str:
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return text_of({"Version": "2012-10-17", "Id": "default", "Statement": [statement]})


ALIAS = ResourceType(
    token="aws:kms/alias:Alias",
    service="kms",
    create=Operation(name="create_alias"),
    id="$name",
    read=(Read(name="list_aliases", params={}, at="Aliases[?AliasName=='$name'] | [0]"),),
    update=(Operation(name="update_alias", params={"AliasName": "$id"}),),
    delete=Operation(name="delete_alias", params={"AliasName": "$id"}),
    names={"name": "AliasName"},
    outputs={
        "arn": "arn:aws:kms:$region:$account:$name",
        "targetKeyArn": "arn:aws:kms:$region:$account:key/$targetKey",
    },
    derived=lambda properties: {"targetKey": str(properties.get("targetKeyId", "")).rpartition("/")[2]},
    replace_on=frozenset({"name"}),
    naming=Naming(limit=256, prefix="alias/"),
)

SECRET = ResourceType(
    token="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    create=Operation(name="create_secret", only=frozenset({"name", "description", "kmsKeyId", "tags"})),
    id="ARN",
    find=Read(name="describe_secret", params={"SecretId": "$name"}, at="ARN"),
    read=(
        Read(name="describe_secret", params={"SecretId": "$id"}, at="!DeletedDate && @"),
        Read(name="get_resource_policy", params={"SecretId": "$id"}, at="{ResourcePolicy: ResourcePolicy}"),
    ),
    update=(
        Operation(name="update_secret", params={"SecretId": "$id"}, only=frozenset({"description", "kmsKeyId"})),
        Operation(name="put_resource_policy", params={"SecretId": "$id"}, only=frozenset({"policy"})),
    ),
    delete=Operation(
        name="delete_secret",
        params={"SecretId": "$id"},
        delivers=lambda scope: (
            {"RecoveryWindowInDays": scope.get("recoveryWindowInDays", 30)}
            if scope.get("recoveryWindowInDays", 30)
            else {"ForceDeleteWithoutRecovery": True}
        ),
    ),
    names={"policy": "ResourcePolicy"},
    empty={"description": ""},
    limits={"recoveryWindowInDays": (0, *range(7, 31))},
    outputs={"arn": "ARN"},
    documents=frozenset({"policy"}),
    ignored=frozenset({"recoveryWindowInDays", "forceOverwriteReplicaSecret"}),
    replace_on=frozenset({"name"}),
    tagging=Tagging(tag="tag_resource", untag="untag_resource", params={"SecretId": "$id"}),
    naming=Naming(limit=512),
)

SECRET_VERSION = ResourceType(
    token="aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    create=Operation(
        name="put_secret_value", only=frozenset({"secretId", "secretString", "secretBinary", "versionStages"})
    ),
    id="join('|', [ARN, VersionId])",
    read=(
        Read(
            name="get_secret_value",
            params={"SecretId": "$secretId", "VersionId": "$version"},
            also={"SecretId": "$secretId"},
        ),
    ),
    # AWS deletes a version when no label points to it; the secret's own deletion takes it along.
    delete=None,
    outputs={"arn": "ARN", "versionId": "VersionId", "versionStages": "VersionStages"},
    derived=lambda properties: {"version": str(properties.get("id", "")).rpartition("|")[2]},
    required=frozenset({"secretId"}),
    not_returned={"versionStages": "AWS moves the labels with each new version"},
)

SECRET_ROTATION = ResourceType(
    token="aws:secretsmanager/secretRotation:SecretRotation",
    service="secretsmanager",
    create=Operation(name="rotate_secret"),
    id="ARN",
    read=(
        Read(name="describe_secret", params={"SecretId": "$id"}, at="RotationEnabled && @", also={"SecretId": "ARN"}),
    ),
    update=(Operation(name="rotate_secret", params={"SecretId": "$id"}),),
    delete=None,
    stays="the emulator has no call that ends rotations",
    names={"rotationLambdaArn": "RotationLambdaARN"},
    defaults={"rotateImmediately": True},
    outputs={"rotationEnabled": "RotationEnabled"},
    required=frozenset({"secretId", "rotationRules"}),
    replace_on=frozenset({"secretId"}),
    not_returned={"rotateImmediately": "it is of the call alone"},
)

PARAMETER = ResourceType(
    token="aws:ssm/parameter:Parameter",
    service="ssm",
    create=Operation(name="put_parameter"),
    id="$name",
    read=(
        Read(name="get_parameter", params={"Name": "$name", "WithDecryption": True}, at="Parameter"),
        Read(
            name="describe_parameters",
            params={"ParameterFilters": [{"Key": "Name", "Values": ["$name"]}]},
            at="Parameters[0].{Description: Description, KeyId: KeyId, AllowedPattern: AllowedPattern, Tier: Tier, "
            "DataType: DataType}",
        ),
    ),
    update=(
        Operation(name="put_parameter", params={"Overwrite": True}, never=frozenset({"tags", "overwrite"}), whole=True),
    ),
    delete=Operation(name="delete_parameter", params={"Name": "$id"}),
    outputs={"arn": "ARN", "version": "Version", "dataType": "DataType", "tier": "Tier"},
    changing=frozenset({"version"}),
    ignored=frozenset({"overwrite"}),
    replace_on=frozenset({"name", "dataType"}),
    tagging=Tagging(
        tag="add_tags_to_resource",
        untag="remove_tags_from_resource",
        params={"ResourceType": "Parameter", "ResourceId": "$name"},
        read=Read(
            name="list_tags_for_resource", params={"ResourceType": "Parameter", "ResourceId": "$name"}, at="TagList"
        ),
    ),
    naming=Naming(limit=2048),
)
