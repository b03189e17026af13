"""The distribution of a site: its files from the edge nearest to each user, over HTTPS, compressed, over HTTP/3.

See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GettingStarted.SimpleDistribution.html.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.site_buckets import SiteBucket


class StaticSitePriceClass(StrEnum):
    """From where in the world a site is served."""

    ALL = "all"
    """Everywhere."""
    MOST = "most"
    """Everywhere but South America, Australia and New Zealand, where it costs most."""
    CHEAPEST = "cheapest"
    """North America, Europe and Israel; others are served from there."""


class ErrorPage(NamedTuple):
    """What is answered where there is no file.

    Attributes:
        path: The page, `/404.html`.
        status: The status that it comes with.
        cached_seconds: For how long an edge does not ask again.
    """

    path: str
    status: int
    cached_seconds: int


_PRICE_CLASSES = {
    StaticSitePriceClass.ALL: "PriceClass_All",
    StaticSitePriceClass.MOST: "PriceClass_200",
    StaticSitePriceClass.CHEAPEST: "PriceClass_100",
}
# AWS's own: as long as Cache-Control says, and at least one second, compressed, whatever the query string.
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_BUCKET, _FAILOVER, _BOTH = "bucket", "failover", "bucket-or-failover"


def origin_access(site: pulumi.ComponentResource) -> aws.cloudfront.OriginAccessControl:
    """What signs the distribution's requests, so that the buckets can be private."""
    name = site.pulumi_resource_name
    return aws.cloudfront.OriginAccessControl(
        f"{name}-origin-access",
        description=f"The buckets of {name}",
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
        opts=pulumi.ResourceOptions(parent=site),
    )


def edge_function(site: pulumi.ComponentResource, code: str) -> aws.cloudfront.Function | None:
    """The function that each request goes through; None without code."""
    if not code:
        return None
    name = site.pulumi_resource_name
    return aws.cloudfront.Function(
        f"{name}-viewer-function",
        comment=f"Which page of {name} a path stands for",
        runtime="cloudfront-js-2.0",
        code=code,
        publish=True,
        opts=pulumi.ResourceOptions(parent=site),
    )


def distribution(
    site: pulumi.ComponentResource,
    bucket: SiteBucket,
    failover: SiteBucket | None,
    *,
    access: aws.cloudfront.OriginAccessControl,
    function: aws.cloudfront.Function | None,
    headers: aws.cloudfront.ResponseHeadersPolicy,
    names: Sequence[str],
    certificate_arn: pulumi.Input[str] | None,
    web_acl_arn: pulumi.Input[str] | None,
    error_page: ErrorPage,
    missing: Sequence[int],
    price_class: StaticSitePriceClass,
) -> aws.cloudfront.Distribution:
    """The distribution.

    Args:
        site: Its parent.
        bucket: Where the files are.
        failover: Where they are too; None where there is one bucket alone.
        access: How it reads the buckets.
        function: What each request goes through.
        headers: The headers that it answers with.
        names: Names of its own; their certificate is given with them.
        certificate_arn: The certificate, in us-east-1.
        web_acl_arn: The firewall in front of it.
        error_page: What it answers where there is no file.
        missing: The statuses by which a bucket says so.
        price_class: From where it serves.
    """
    name = site.pulumi_resource_name
    return aws.cloudfront.Distribution(
        f"{name}-distribution",
        comment=f"The site {name}",
        enabled=True,
        is_ipv6_enabled=True,
        http_version="http2and3",
        price_class=_PRICE_CLASSES[price_class],
        default_root_object="index.html",
        aliases=[*names] or None,
        origins=[
            _origin(_BUCKET, bucket, access),
            *([_origin(_FAILOVER, failover, access)] if failover else []),
        ],
        origin_groups=_origin_groups() if failover else None,
        default_cache_behavior=_behavior(_BOTH if failover else _BUCKET, function, headers),
        custom_error_responses=[
            {
                "error_code": status,
                "response_code": error_page.status,
                "response_page_path": error_page.path,
                "error_caching_min_ttl": error_page.cached_seconds,
            }
            for status in missing
        ],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate=_certificate(certificate_arn),
        web_acl_id=web_acl_arn,
        opts=pulumi.ResourceOptions(parent=site),
    )


def _origin(key: str, bucket: SiteBucket, access: aws.cloudfront.OriginAccessControl) -> Any:
    return {"origin_id": key, "domain_name": bucket.domain_name, "origin_access_control_id": access.id}


def _origin_groups() -> Any:
    return [
        {
            "origin_id": _BOTH,
            # A file that is not in one bucket is not in the other either.
            "failover_criteria": {"status_codes": [500, 502, 503, 504]},
            "members": [{"origin_id": _BUCKET}, {"origin_id": _FAILOVER}],
        }
    ]


def _behavior(
    target: str, function: aws.cloudfront.Function | None, headers: aws.cloudfront.ResponseHeadersPolicy
) -> Any:
    associations = [{"event_type": "viewer-request", "function_arn": function.arn}] if function else None
    return {
        "target_origin_id": target,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": _CACHING_OPTIMIZED,
        "response_headers_policy_id": headers.id,
        "compress": True,
        **({"function_associations": associations} if associations else {}),
    }


def _certificate(certificate_arn: pulumi.Input[str] | None) -> Any:
    if certificate_arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": certificate_arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }
