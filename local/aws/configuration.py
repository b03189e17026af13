"""The provider's own configuration: which of pulumi-aws's settings mean something here, and what is wrong with them."""

import difflib
import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from local.aws.model import Fault
from local.aws.values import Properties, is_unknown

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_MEANINGFUL = frozenset({"region", "defaultTags"})
# They say how the real AWS is reached and as whom; here that is settled.
_WITHOUT_MEANING = frozenset(
    {
        "accessKey",
        "allowedAccountIds",
        "assumeRoleWithWebIdentity",
        "assumeRoles",
        "customCaBundle",
        "ec2MetadataServiceEndpoint",
        "ec2MetadataServiceEndpointMode",
        "endpoints",
        "forbiddenAccountIds",
        "httpProxy",
        "httpsProxy",
        "ignoreTags",
        "insecure",
        "maxRetries",
        "noProxy",
        "profile",
        "retryMode",
        "s3UsEast1RegionalEndpoint",
        "s3UsePathStyle",
        "secretKey",
        "sharedConfigFiles",
        "sharedCredentialsFiles",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "stsRegion",
        "tagPolicyCompliance",
        "token",
        "tokenBucketRateLimiterCapacity",
        "useDualstackEndpoint",
        "useFipsEndpoint",
        "userAgents",
        "version",
        "pluginDownloadURL",
    }
)


@dataclass(frozen=True)
class Configuration:
    """What one provider instance is set to.

    Attributes:
        region: Where its resources live unless they say otherwise.
        default_tags: The tags that each of its resources gets.
    """

    region: str
    default_tags: dict[str, str] = field(default_factory=dict[str, str])


def check(news: Properties) -> list[Fault]:
    """Every fault in a provider's settings."""
    known = _MEANINGFUL | _WITHOUT_MEANING
    faults: list[Fault] = []
    for name in sorted(news.keys() - known):
        near = difflib.get_close_matches(name, known, 1)
        faults.append(Fault(name, "is not a setting of the aws provider" + (f"; is it {near[0]}?" if near else "")))
    region = news.get("region")
    if region is not None and not is_unknown(region) and not _REGION.fullmatch(str(region)):
        faults.append(Fault("region", f"{region!r} is given; allowed is the name of a region, such as us-east-1"))
    tags = _default_tags(news)
    if tags is None:
        faults.append(Fault("defaultTags", f"{news['defaultTags']!r} is given; allowed is {{'tags': {{name: text}}}}"))
    return faults


def configured(args: Properties, region: str) -> Configuration:
    """The configuration that checked settings make; ``region`` is AWS's where they name none."""
    return Configuration(region=str(args.get("region") or region), default_tags=_default_tags(args) or {})


def _default_tags(settings: Properties) -> dict[str, str] | None:
    """Their map, empty where none is given or it is not known yet, None where it is something else.

    The engine hands nested settings over as JSON text.
    """
    given: Any = settings.get("defaultTags") or {}
    if is_unknown(given):
        return {}
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return None
    tags = given.get("tags") or {} if isinstance(given, dict) else None
    texts = isinstance(tags, dict) and all(isinstance(value, str) for value in tags.values())
    return cast(dict[str, str], tags) if texts else None
