"""The headers that a browser takes for orders: HTTPS alone, no frames, no guessing of types.

See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault


class StaticSiteFraming(StrEnum):
    """Who may show the site in a frame."""

    DENY = "deny"
    """Nobody."""
    SAME_ORIGIN = "sameorigin"
    """The site itself."""


class StaticSiteReferrer(StrEnum):
    """What a link that leads away tells of the page it is on."""

    NO_REFERRER = "no-referrer"
    """Nothing."""
    SAME_ORIGIN = "same-origin"
    """The whole address, within the site alone."""
    STRICT_ORIGIN = "strict-origin"
    """The site's name."""
    STRICT_ORIGIN_WHEN_CROSS_ORIGIN = "strict-origin-when-cross-origin"
    """The whole address within the site, and the site's name elsewhere."""


class StaticSiteHeadersArgs(TypedDict):
    """The headers that each answer of a site has."""

    content_security_policy: NotRequired[pulumi.Input[str]]
    """What pages may load and run, `default-src 'self'`; none by default, since only you know what they need."""
    framing: NotRequired[StaticSiteFraming]
    """Who may show the site in a frame: `deny` or `sameorigin`; `deny` by default."""
    referrer: NotRequired[StaticSiteReferrer]
    """What links tell of the page they are on; `strict-origin-when-cross-origin` by default."""
    https_only_seconds: NotRequired[int]
    """How long browsers use HTTPS alone, 0 to 63072000 seconds; 31536000 (a year) by default."""
    https_only_subdomains: NotRequired[bool]
    """Whether that holds for all names below the site's too; false by default."""
    https_only_preload: NotRequired[bool]
    """Whether browsers may ship with that, for a year or more and all names below; false by default."""
    custom: NotRequired[dict[str, pulumi.Input[str]]]
    """Other headers by their name: `{"Permissions-Policy": "camera=()"}`; none by default."""


_YEAR = 31_536_000


def header_faults(headers: StaticSiteHeadersArgs, path: str = "headers") -> Iterable[Fault]:
    """What is wrong with the headers."""
    seconds = headers.get("https_only_seconds", _YEAR)
    yield from bounded(f"{path}.https_only_seconds", seconds, 0, 2 * _YEAR, "seconds")
    everywhere = headers.get("https_only_subdomains", False)
    if headers.get("https_only_preload", False) and (seconds < _YEAR or not everywhere):
        allowed = f"false, or https_only_subdomains and an https_only_seconds of {_YEAR} or more"
        yield Fault(f"{path}.https_only_preload", "it is given without what browsers ask for", allowed)
    for header in headers.get("custom", {}):
        if header.lower() in _MANAGED:
            yield Fault(f"{path}.custom.{header}", "it has an argument of its own", _MANAGED[header.lower()])


_MANAGED = {
    "content-security-policy": "content_security_policy",
    "referrer-policy": "referrer",
    "strict-transport-security": "https_only_seconds",
    "x-content-type-options": "nothing: it is always sent",
    "x-frame-options": "framing",
}


def response_headers(
    site: pulumi.ComponentResource, headers: StaticSiteHeadersArgs
) -> aws.cloudfront.ResponseHeadersPolicy:
    """The policy that the distribution answers by."""
    name = site.pulumi_resource_name
    custom = headers.get("custom", {})
    items: Any = [{"header": header, "value": custom[header], "override": True} for header in sorted(custom)]
    return aws.cloudfront.ResponseHeadersPolicy(
        f"{name}-headers",
        comment=f"The security headers of {name}",
        security_headers_config=_security(headers),
        custom_headers_config={"items": items} if items else None,
        opts=pulumi.ResourceOptions(parent=site),
    )


def _security(headers: StaticSiteHeadersArgs) -> Any:
    framing = headers.get("framing", StaticSiteFraming.DENY)
    referrer = headers.get("referrer", StaticSiteReferrer.STRICT_ORIGIN_WHEN_CROSS_ORIGIN)
    security: dict[str, Any] = {
        "content_type_options": {"override": True},
        "frame_options": {"frame_option": framing.value.upper(), "override": True},
        "referrer_policy": {"referrer_policy": referrer.value, "override": True},
        "strict_transport_security": {
            "access_control_max_age_sec": headers.get("https_only_seconds", _YEAR),
            "include_subdomains": headers.get("https_only_subdomains", False),
            "preload": headers.get("https_only_preload", False),
            "override": True,
        },
    }
    if "content_security_policy" in headers:
        policy = {"content_security_policy": headers["content_security_policy"], "override": True}
        security["content_security_policy"] = policy
    return security
