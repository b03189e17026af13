"""The credentials of platform applications: one JSON document for each, which no log, output or state shows.

It is the value of a secret in Secrets Manager, or a secret of Pulumi. What it holds depends on the platform:

    apns   {"signing_key": ..., "key_id": ..., "team_id": ..., "bundle_id": ...}    a token; it does not expire
    apns   {"certificate": ..., "private_key": ...}    both PEM; a certificate expires after a year
    fcm    the JSON key file of a Google service account, as Google gives it
    adm    {"client_id": ..., "client_secret": ...}
    wns    {"package_sid": ..., "secret_key": ...}
    baidu  {"api_key": ..., "secret_key": ...}

See https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html.
"""

import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, cast

import pulumi
import pulumi_aws as aws

from tenfold.arguments import is_known
from tenfold.errors import Fault, TenfoldError


class MobilePushPlatform(StrEnum):
    """The service that brings messages to devices."""

    APNS = "apns"
    """Apple Push Notification service: iOS, iPadOS, macOS, watchOS."""
    FCM = "fcm"
    """Firebase Cloud Messaging: Android."""
    ADM = "adm"
    """Amazon Device Messaging: Fire OS."""
    WNS = "wns"
    """Windows Push Notification Services."""
    BAIDU = "baidu"
    """Baidu Cloud Push: Android in China."""


_TOKEN = ("signing_key", "key_id", "team_id", "bundle_id")
_CERTIFICATE = ("certificate", "private_key")
# What is in the document, the one that AWS calls the principal, and the one that it calls the credential.
_PAIRS = {
    MobilePushPlatform.ADM: ("client_id", "client_secret"),
    MobilePushPlatform.WNS: ("package_sid", "secret_key"),
    MobilePushPlatform.BAIDU: ("api_key", "secret_key"),
}
_SERVICE_ACCOUNT = ("type", "project_id", "private_key", "client_email")
_PEM = re.compile(r"\s*-----BEGIN [A-Z0-9 ]+-----\s.*-----END [A-Z0-9 ]+-----\s*", re.DOTALL)
_FORMS = {
    "signing_key": (_PEM, "the text of the .p8 file that Apple gives"),
    "private_key": (_PEM, "a key in PEM"),
    "certificate": (_PEM, "a certificate in PEM"),
    "key_id": (re.compile(r"[A-Za-z0-9]{10}"), "10 letters and digits"),
    "team_id": (re.compile(r"[A-Za-z0-9]{10}"), "10 letters and digits"),
    "bundle_id": (re.compile(r"[A-Za-z0-9.-]+"), "letters, digits, hyphens and periods"),
}


class PlatformCredentials(NamedTuple):
    """The credentials as AWS takes them.

    Attributes:
        principal: Who signs in; None where the credential says it itself.
        credential: What it signs in with.
        team_id: The id of the team at Apple, with a token.
        bundle_id: The id of the app at Apple, with a token.
    """

    principal: str | None
    credential: str
    team_id: str | None = None
    bundle_id: str | None = None


def platform_credentials(
    path: str, platform: MobilePushPlatform, document: pulumi.Output[str]
) -> pulumi.Output[PlatformCredentials]:
    """The credentials in a document, as a secret.

    Args:
        path: Where the document stands in the arguments, for the message when something is wrong with it.
        platform: The platform that they are for.
        document: The document.
    """
    return pulumi.Output.secret(document).apply(lambda text: _credentials(path, platform, text))


def secret_document(component: pulumi.Resource, secret_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The current value of a secret, which is read whenever the program runs."""
    found = aws.secretsmanager.get_secret_version_output(
        secret_id=secret_arn, opts=pulumi.InvokeOutputOptions(parent=component)
    )
    return pulumi.Output.secret(found.secret_string)


def document_faults(path: str, platform: MobilePushPlatform, document: object) -> Iterable[Fault]:
    """What is wrong with a document that is known; its values are never told."""
    if document is None or not is_known(document):
        return
    keys = _loaded(document)
    if keys is None:
        yield Fault(path, "it is no JSON object", f"a JSON text with {_keys(platform)}")
        return
    wanted = _wanted(platform, keys)
    missing = [key for key in wanted if not isinstance(keys.get(key), str) or not keys[key]]
    if missing:
        yield Fault(path, f"it lacks {', '.join(missing)}", f"a JSON text with {_keys(platform)}")
    for key in wanted:
        form, allowed = _FORMS.get(key, (None, ""))
        if form and key not in missing and not form.fullmatch(cast("str", keys[key])):
            yield Fault(f"{path}.{key}", "it has another form", allowed)


def _credentials(path: str, platform: MobilePushPlatform, document: str) -> PlatformCredentials:
    # A document that is known only now has not been looked at before.
    faults = [*document_faults(path, platform, document)]
    if faults:
        said = "; ".join(f"{fault.path}: {fault.given}; allowed: {fault.allowed}" for fault in faults)
        raise TenfoldError(f"Credentials of mobile push cannot be used: {said}")
    keys: dict[str, Any] = json.loads(document)
    if platform is MobilePushPlatform.FCM:
        return PlatformCredentials(None, document)
    if platform is not MobilePushPlatform.APNS:
        principal, credential = _PAIRS[platform]
        return PlatformCredentials(keys[principal], keys[credential])
    if "certificate" in keys:
        return PlatformCredentials(keys["certificate"], keys["private_key"])
    return PlatformCredentials(keys["key_id"], keys["signing_key"], keys["team_id"], keys["bundle_id"])


def _loaded(document: object) -> Mapping[str, Any] | None:
    try:
        loaded = json.loads(document) if isinstance(document, str) else None
    except ValueError:
        return None
    return cast("Mapping[str, Any]", loaded) if isinstance(loaded, dict) else None


def _wanted(platform: MobilePushPlatform, keys: Mapping[str, Any]) -> tuple[str, ...]:
    if platform is MobilePushPlatform.APNS:
        return _CERTIFICATE if "certificate" in keys else _TOKEN
    return _SERVICE_ACCOUNT if platform is MobilePushPlatform.FCM else _PAIRS[platform]


def _keys(platform: MobilePushPlatform) -> str:
    if platform is MobilePushPlatform.APNS:
        return f"{', '.join(_TOKEN)}, or with {' and '.join(_CERTIFICATE)}"
    if platform is MobilePushPlatform.FCM:
        return f"{', '.join(_SERVICE_ACCOUNT)}: the key file of a service account"
    return " and ".join(_PAIRS[platform])
