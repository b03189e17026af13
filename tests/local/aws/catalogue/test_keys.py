"""Keys, secrets and parameters live in the emulator as their entries say."""

import json
from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, policy, tags_of


def _key(world: World, made: Made) -> Any:
    found = world.client("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    rotation = world.client("kms").get_key_rotation_status(KeyId=made.id)["KeyRotationEnabled"]
    gone = found["KeyState"] == "PendingDeletion"
    return None if gone else (found["Description"], found["Enabled"], rotation)


def _key_policy(world: World, made: Made) -> Any:
    return json.loads(world.client("kms").get_key_policy(KeyId=made.id, PolicyName="default")["Policy"])


def _alias(world: World, made: Made) -> Any:
    found = world.client("kms").list_aliases()["Aliases"]
    return next(one["TargetKeyId"] for one in found if one["AliasName"] == made.id)


def _secret(world: World, made: Made) -> Any:
    found = world.client("secretsmanager").describe_secret(SecretId=made.id)
    return found["Description"], tags_of(found["Tags"])


def _secret_value(world: World, made: Made) -> Any:
    return world.client("secretsmanager").get_secret_value(SecretId=world.secret)["SecretString"]


def _rotation(world: World, made: Made) -> Any:
    return world.client("secretsmanager").describe_secret(SecretId=made.id)["RotationRules"]


def _parameter(world: World, made: Made) -> Any:
    found = world.client("ssm").get_parameter(Name=made.id, WithDecryption=True)["Parameter"]
    tags = world.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=made.id)["TagList"]
    return only(found, "Type", "Value"), tags_of(tags)


CASES = [
    Case(
        token="aws:kms/key:Key",
        inputs=lambda _: {
            "description": "one",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "policy": policy("kms:*"),
            "tags": {"team": "a"},
        },
        look=_key,
        made=("one", True, True),
        change=lambda _: {"description": "two", "enableKeyRotation": False, "isEnabled": False, "tags": {"team": "b"}},
        changed=("two", False, False),
        meddle=lambda world, made: world.client("kms").enable_key(KeyId=made.id),
        drifts=("isEnabled",),
        outputs={"arn": ..., "keyId": lambda _, made: made.id},
    ),
    Case(
        token="aws:kms/keyPolicy:KeyPolicy",
        inputs=lambda world: {"keyId": world.keys[0], "policy": policy("kms:*")},
        look=_key_policy,
        made=json.loads(policy("kms:*")),
        change=lambda _: {"policy": policy("kms:Decrypt")},
        changed=json.loads(policy("kms:Decrypt")),
        meddle=lambda world, made: world.client("kms").put_key_policy(
            KeyId=made.id, PolicyName="default", Policy=policy("kms:Encrypt")
        ),
        drifts=("policy",),
        stays=True,
    ),
    Case(
        token="aws:kms/alias:Alias",
        inputs=lambda world: {"targetKeyId": world.keys[0]},
        look=_alias,
        made=lambda world, _: world.keys[0],
        change=lambda world: {"targetKeyId": world.keys[1]},
        changed=lambda world, _: world.keys[1],
        meddle=lambda world, made: world.client("kms").update_alias(AliasName=made.id, TargetKeyId=world.keys[0]),
        drifts=("targetKeyId",),
        outputs={"arn": ..., "targetKeyArn": ...},
    ),
    Case(
        token="aws:secretsmanager/secret:Secret",
        inputs=lambda _: {
            "description": "one",
            "recoveryWindowInDays": 0,
            "policy": policy("secretsmanager:GetSecretValue"),
            "tags": {"team": "a"},
        },
        look=_secret,
        made=("one", {"team": "a"}),
        change=lambda _: {"description": "two", "tags": {"team": "b"}},
        changed=("two", {"team": "b"}),
        meddle=lambda world, made: world.client("secretsmanager").update_secret(SecretId=made.id, Description="three"),
        drifts=("description",),
        outputs={"arn": lambda _, made: made.id},
    ),
    Case(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        inputs=lambda world: {"secretId": world.secret, "secretString": "hidden"},
        look=_secret_value,
        made="hidden",
        outputs={"arn": ..., "versionId": ..., "versionStages": ["AWSCURRENT"]},
        stays=True,
    ),
    Case(
        token="aws:secretsmanager/secretRotation:SecretRotation",
        inputs=lambda world: {"secretId": world.secret, "rotationRules": {"automaticallyAfterDays": 30}},
        look=_rotation,
        made={"AutomaticallyAfterDays": 30},
        change=lambda _: {"rotationRules": {"automaticallyAfterDays": 7}},
        changed={"AutomaticallyAfterDays": 7},
        outputs={"rotationEnabled": True},
        stays=True,
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        inputs=lambda _: {"type": "SecureString", "value": "one", "description": "d", "tags": {"team": "a"}},
        look=_parameter,
        made=({"Type": "SecureString", "Value": "one"}, {"team": "a"}),
        change=lambda _: {"value": "two", "tags": {"team": "b"}},
        changed=({"Type": "SecureString", "Value": "two"}, {"team": "b"}),
        meddle=lambda world, made: world.client("ssm").put_parameter(
            Name=made.id, Value="three", Type="SecureString", Overwrite=True
        ),
        drifts=("value",),
        outputs={"arn": ..., "version": 1},
    ),
]


@parametrize(CASES)
def test_a_kept_thing_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
