"""Secrets: what opens a door is in a secret store, not in a program, its state or a console."""

import base64
import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import Severity

from .rule import ADVISORY, Settings, Source, control, resource_rule
from .tokens import (
    DOCDB_CLUSTER,
    ECS_TASK_DEFINITION,
    INSTANCE,
    LAMBDA_FUNCTION,
    LAUNCH_TEMPLATE,
    RDS_CLUSTER,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
    SSM_PARAMETER,
)
from .view import Findings, Resource, Value, attempt

_KEYS: Final = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abp]-[0-9A-Za-z-]{10}"
)
"""Access keys of AWS, private keys, tokens of GitHub and Slack."""

_NAMES: Final = re.compile(r"(?i)(password|passwd|secret|api_?key|private_?key|access_?token|auth_?token)$")
_POINTERS: Final = ("arn:", "/", "{{resolve:", "http://", "https://")


def _settings(resource: Resource) -> Iterator[tuple[str, Value]]:
    """What a function or a task is started with: its environment by name, or what an instance runs first."""
    if resource.type == LAMBDA_FUNCTION:
        variables = resource["environment.variables"]
        variables.items()
        for name in variables.raw if isinstance(variables.raw, dict) else ():
            yield str(name), variables[str(name)]
    elif resource.type == ECS_TASK_DEFINITION:
        for container in resource["containerDefinitions"].elements():
            for variable in container["environment"].items():
                yield variable["name"].text() or "", variable["value"]
    else:
        for name in ("userData", "userDataBase64"):
            yield name, resource[name]


@resource_rule(
    "sec-no-keys-in-plain",
    on=(LAMBDA_FUNCTION, ECS_TASK_DEFINITION, LAUNCH_TEMPLATE, INSTANCE),
    title="No keys in environments and user data",
    severity=Severity.CRITICAL,
    remediation="Put the key into Secrets Manager and withdraw the old one; better, use a role.",
    source=control("ECS.8", "CKV_AWS_45", "CKV_AWS_46", practice="SEC02-BP03"),
)
def no_key_in_plain(resource: Resource, _: Settings) -> Findings:
    """No environment and no user data holds a key of AWS, a private key or a token.

    Everyone who may describe the resource reads them, and so do state files, logs of crashes and every library.
    """
    for _name, value in _settings(resource):
        yield from attempt(_no_key(value))


def _no_key(value: Value) -> Findings:
    text = value.text() or ""
    if _KEYS.search(text) or _KEYS.search(_decoded(text)):
        yield value.violates(found="a key in plain text", allowed="the ARN of a secret", fix="use a role, or a secret.")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except ValueError:
        return ""


@resource_rule(
    "sec-no-secrets-in-env",
    on=(LAMBDA_FUNCTION, ECS_TASK_DEFINITION),
    title="No passwords in environments",
    severity=Severity.HIGH,
    remediation="Pass the ARN of a secret and read it at the start; in ECS use the container's secrets.",
    source=control("ECS.8", "CKV_AWS_45", practice="SEC02-BP03"),
    level=ADVISORY,
)
def no_secret_in_environment(resource: Resource, _: Settings) -> Findings:
    """No environment holds what its name says is a secret.

    The ARN of a secret, or a path in the parameter store, says where it is, and does not say it.
    """
    for name, value in _settings(resource):
        if _NAMES.search(name):
            yield from attempt(_no_secret(value))


def _no_secret(value: Value) -> Findings:
    text = value.text()
    if text is not None and not text.startswith(_POINTERS):
        yield value.violates(
            found="a secret in plain text", allowed="the ARN of a secret", fix="pass the ARN and read it at the start."
        )


_PASSWORDS = {
    RDS_INSTANCE: ("password", "manageMasterUserPassword"),
    RDS_CLUSTER: ("masterPassword", "manageMasterUserPassword"),
    DOCDB_CLUSTER: ("masterPassword", "manageMasterUserPassword"),
    REDSHIFT_CLUSTER: ("masterPassword", "manageMasterPassword"),
}


@resource_rule(
    "sec-rds-secret",
    on=tuple(_PASSWORDS),
    title="AWS makes and changes the passwords of databases",
    severity=Severity.MEDIUM,
    remediation="Set manageMasterUserPassword to true in place of a password.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
        well_architected="SEC02-BP03",
    ),
    level=ADVISORY,
)
def database_manages_password(database: Resource, _: Settings) -> Findings:
    """The password of a database's first user is made and changed by AWS, in a secret.

    A password that a program sets is in its state for ever, and nobody changes it.
    """
    password, managed = (database[name] for name in _PASSWORDS[database.type])
    if password.given and managed.flag() is not True:
        yield password.violates(found="a password", allowed="none", fix=f"set {managed.path} to true in its place.")


@resource_rule(
    "sec-ssm-secure",
    on=(SSM_PARAMETER,),
    title="Parameters that are secret are encrypted",
    severity=Severity.HIGH,
    remediation="Set type to SecureString.",
    source=Source(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
        checkov=("CKV2_AWS_34",),
        well_architected="SEC02-BP03",
    ),
)
def secret_parameter_is_encrypted(parameter: Resource, _: Settings) -> Findings:
    """A parameter whose name says that it is a secret is a SecureString.

    Every role that lists parameters reads the others.
    """
    kind = parameter["type"]
    name = parameter["name"]
    called = name.text() or parameter.name
    if _NAMES.search(called.replace("-", "_")) and kind.text() != "SecureString":
        yield kind.violates(allowed='"SecureString"', fix='set type to "SecureString".')
