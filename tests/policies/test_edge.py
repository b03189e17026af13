"""Rules of the edge, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses

CERTIFICATE: dict[str, Any] = {"acm_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
CUSTOM: dict[str, Any] = {"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only"}


def distribution(
    viewers: Any = "redirect-to-https", certificate: Any = None, origin: Any = None, **properties: Any
) -> None:
    behavior: Any = {
        "allowed_methods": ["GET"],
        "cached_methods": ["GET"],
        "target_origin_id": "site",
        "viewer_protocol_policy": viewers,
    }
    whence: Any = {"origin_id": "site", "domain_name": "site.example", **(origin or {})}
    aws.cloudfront.Distribution(
        "site",
        enabled=True,
        default_cache_behavior=behavior,
        origins=[whence],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate=certificate or {"cloudfront_default_certificate": True},
        **properties,
    )


def ordered(*viewers: Any, default: Any = "redirect-to-https") -> None:
    behaviors: Any = [
        {
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
            "path_pattern": f"/{number}/*",
            "target_origin_id": "site",
            "viewer_protocol_policy": each,
        }
        for number, each in enumerate(viewers)
    ]
    distribution(default, ordered_cache_behaviors=behaviors)


def two_origins(first: Any, second: Any) -> None:
    origins: Any = [{"origin_id": "first", **first}, {"origin_id": "second", **second}]
    aws.cloudfront.Distribution(
        "site",
        enabled=True,
        default_cache_behavior={
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
            "target_origin_id": "first",
            "viewer_protocol_policy": "https-only",
        },
        origins=origins,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )


def served(protocols: Any) -> dict[str, Any]:
    return {"domain_name": "site.example", "custom_origin_config": CUSTOM | {"origin_ssl_protocols": protocols}}


def custom(protocols: Any) -> None:
    distribution(origin={"custom_origin_config": CUSTOM | {"origin_ssl_protocols": protocols}})


def from_bucket(**origin: Any) -> None:
    files = aws.s3.Bucket("files")
    distribution(origin={"domain_name": files.bucket_regional_domain_name, **origin})


def named_later() -> None:
    control = aws.cloudfront.OriginAccessControl(
        "oac", origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4"
    )
    from_bucket(origin_access_control_id=control.id)


def origins_later() -> None:
    distribution(origin={"domain_name": later("files.s3.us-east-1.amazonaws.com"), "origin_access_control_id": "E1"})


def buckets_by_name(control: Any) -> None:
    name = "files.s3.us-east-1.amazonaws.com"
    two_origins(
        {"domain_name": name, "origin_access_control_id": control}, {"domain_name": name, "origin_path": "/old"}
    )


def bucket_and_unknown_server() -> None:
    files = aws.s3.Bucket("files")
    two_origins(
        {"domain_name": files.bucket_regional_domain_name, "origin_access_control_id": "E1"},
        {"domain_name": later("site.example"), "custom_origin_config": CUSTOM | {"origin_ssl_protocols": ["TLSv1.2"]}},
    )


def bucket_and_known_server() -> None:
    files = aws.s3.Bucket("files")
    two_origins(
        {"domain_name": files.bucket_regional_domain_name, "origin_access_control_id": "E1"},
        {"domain_name": "site.example"},
    )


def balancer(**properties: Any) -> aws.lb.LoadBalancer:
    return aws.lb.LoadBalancer("web", **properties)


def logging(logs: Any) -> None:
    balancer(access_logs=logs)


def with_firewall() -> None:
    aws.wafv2.WebAclAssociation("web", resource_arn=balancer().arn, web_acl_arn="arn:aws:wafv2:acl")


def with_firewall_before_another() -> None:
    balancer()
    api = aws.lb.LoadBalancer("api")
    aws.wafv2.WebAclAssociation("api", resource_arn=api.arn, web_acl_arn="arn:aws:wafv2:acl")


def beside_distributions() -> None:
    balancer()
    distribution(web_acl_id="arn:aws:wafv2:acl")


def behind_one_of_two_distributions() -> None:
    behind_distribution()
    aws.cloudfront.Distribution(
        "other",
        enabled=True,
        default_cache_behavior={
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
            "target_origin_id": "other",
            "viewer_protocol_policy": "https-only",
        },
        origins=[{"origin_id": "other", "domain_name": "other.example"}],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )


def behind_distribution() -> None:
    distribution(origin={"domain_name": balancer().dns_name}, web_acl_id="arn:aws:wafv2:acl")


DOORS = ["site", "web"]
BEHAVIOR = "defaultCacheBehavior.viewerProtocolPolicy"
NOT_LOGGED = ("web", "accessLogs.enabled", "nothing", "true")
OLD = ("viewerCertificate.minimumProtocolVersion", '"TLSv1.2_2021" or newer')

CASES = [
    passes("sec-cloudfront-https", "a redirect", distribution),
    passes("sec-cloudfront-https", "not known", lambda: distribution(later("https-only")), left=("site",)),
    refuses(
        "sec-cloudfront-https",
        "HTTP",
        lambda: distribution("allow-all"),
        ("site", BEHAVIOR, '"allow-all"', '"redirect-to-https" or "https-only"'),
    ),
    passes(
        "sec-cloudfront-tls",
        "TLS 1.2",
        lambda: distribution(certificate=CERTIFICATE | {"minimum_protocol_version": "TLSv1.2_2021"}),
    ),
    passes(
        "sec-cloudfront-tls",
        "not known",
        lambda: distribution(certificate=CERTIFICATE | {"minimum_protocol_version": later("TLSv1.2_2021")}),
        left=("site",),
    ),
    refuses(
        "sec-cloudfront-tls",
        "nothing said",
        lambda: distribution(certificate=CERTIFICATE),
        ("site", OLD[0], "nothing", OLD[1]),
    ),
    passes("sec-cloudfront-tls", "CloudFront's certificate", distribution),
    passes("sec-cloudfront-origin-tls", "TLS 1.2", lambda: custom(["TLSv1.2"])),
    passes("sec-cloudfront-origin-tls", "not known", lambda: custom(later(["TLSv1.2"])), left=("site",)),
    refuses(
        "sec-cloudfront-origin-tls",
        "TLS 1.0",
        lambda: custom(["TLSv1", "TLSv1.2"]),
        ("site", "origins[0].customOriginConfig.originSslProtocols", "TLSv1", "TLSv1.2"),
    ),
    passes("sec-cloudfront-oac", "signed", named_later),
    passes("sec-cloudfront-oac", "a server", lambda: custom(["TLSv1.2"])),
    passes("sec-cloudfront-oac", "signed, to somewhere not known", origins_later),
    passes(
        "sec-cloudfront-oac",
        "an address that may be a bucket's",
        lambda: distribution(origin={"domain_name": later("site.example")}),
        left=("site",),
    ),
    refuses(
        "sec-cloudfront-oac",
        "a bucket",
        from_bucket,
        ("site", "origins[0].originAccessControlId", "nothing", "an OriginAccessControl"),
    ),
    passes("sec-waf", "nobody asks for one", distribution),
    passes("sec-waf", "a web ACL", lambda: distribution(web_acl_id="arn:aws:wafv2:acl"), doors=DOORS),
    passes("sec-waf", "a balancer with one", with_firewall, doors=DOORS),
    passes("sec-waf", "an internal balancer", lambda: balancer(internal=True), doors=DOORS),
    passes("sec-waf", "a network load balancer", lambda: balancer(load_balancer_type="network"), doors=DOORS),
    passes("sec-waf", "a balancer behind a distribution", behind_distribution, doors=DOORS),
    passes("sec-waf", "not known", lambda: balancer(internal=later(True)), left=("web",), doors=DOORS),
    refuses(
        "sec-waf", "a distribution", distribution, ("site", "webAclId", "nothing", "the ARN of a web ACL"), doors=DOORS
    ),
    refuses("sec-waf", "a balancer", balancer, ("web", "arn", "no web ACL", "a WebAclAssociation"), doors=DOORS),
    passes("sec-alb-headers", "dropped", lambda: balancer(drop_invalid_header_fields=True)),
    passes("sec-alb-headers", "a network load balancer", lambda: balancer(load_balancer_type="network")),
    passes("sec-alb-headers", "not known", lambda: balancer(drop_invalid_header_fields=later(True)), left=("web",)),
    refuses(
        "sec-alb-headers",
        "passed on",
        lambda: balancer(desync_mitigation_mode="monitor"),
        ("web", "dropInvalidHeaderFields", "nothing", "true"),
        ("web", "desyncMitigationMode", '"monitor"', '"defensive" or "strictest"'),
    ),
    refuses("sec-alb-logs", "no logs", balancer, NOT_LOGGED),
    refuses("sec-alb-logs", "a bucket alone", lambda: logging({"bucket": "logs"}), NOT_LOGGED),
    refuses(
        "sec-alb-logs",
        "switched off",
        lambda: logging({"bucket": "logs", "enabled": False}),
        (*NOT_LOGGED[:2], "false", "true"),
    ),
    passes("sec-alb-logs", "a bucket, and switched on", lambda: logging({"bucket": "logs", "enabled": True})),
    passes("sec-alb-logs", "a network load balancer", lambda: balancer(load_balancer_type="network")),
    passes("sec-alb-logs", "not known", lambda: logging({"bucket": "b", "enabled": later(True)}), left=("web",)),
    passes("sec-alb-logs", "of a kind not known", lambda: balancer(load_balancer_type=later("network")), left=("web",)),
    passes("sec-cloudfront-https", "HTTPS alone", lambda: ordered("https-only", default="https-only")),
    refuses(
        "sec-cloudfront-https",
        "HTTP on the second path, after one that is not known",
        lambda: ordered(later("https-only"), "allow-all"),
        ("site", "orderedCacheBehaviors[1].viewerProtocolPolicy", '"allow-all"', '"redirect-to-https" or "https-only"'),
        left=("site",),
    ),
    passes(
        "sec-cloudfront-tls",
        "TLS 1.3, with a certificate in IAM",
        lambda: distribution(
            certificate={"iam_certificate_id": "ASCA1", "minimum_protocol_version": "TLSv1.3_2025"},
        ),
    ),
    refuses(
        "sec-cloudfront-tls",
        "TLS 1.1, with a certificate in IAM",
        lambda: distribution(
            certificate={"iam_certificate_id": "ASCA1", "minimum_protocol_version": "TLSv1.1_2016"},
        ),
        ("site", OLD[0], '"TLSv1.1_2016"', OLD[1]),
    ),
    passes("sec-cloudfront-origin-tls", "TLS 1.3", lambda: custom(["TLSv1.2", "TLSv1.3"])),
    refuses(
        "sec-cloudfront-origin-tls",
        "the second, after one that is not known",
        lambda: two_origins(served(later(["TLSv1.2"])), served(["TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3"])),
        ("site", "origins[1].customOriginConfig.originSslProtocols", "SSLv3, TLSv1, TLSv1.1", "TLSv1.2"),
        left=("site",),
    ),
    passes(
        "sec-cloudfront-oac",
        "an identity as it was before access controls",
        lambda: from_bucket(s3_origin_config={"origin_access_identity": "origin-access-identity/cloudfront/E1"}),
    ),
    passes("sec-cloudfront-oac", "a server that is known by name", distribution),
    passes("sec-cloudfront-oac", "a bucket that is signed, a server that is not known", bucket_and_unknown_server),
    passes("sec-cloudfront-oac", "a bucket that is signed, a server that is known", bucket_and_known_server),
    refuses(
        "sec-cloudfront-oac",
        "the second of two buckets of another stack",
        lambda: buckets_by_name(later("E1")),
        ("site", "origins[1].originAccessControlId", "nothing", "an OriginAccessControl"),
    ),
    passes("sec-waf", "a balancer of no name", balancer, doors=["site"]),
    passes("sec-waf", "a balancer for firewalls", lambda: balancer(load_balancer_type="gateway"), doors=DOORS),
    passes("sec-waf", "a balancer behind one of two", behind_one_of_two_distributions, doors=DOORS),
    passes("sec-waf", "an ACL that is not known", lambda: distribution(web_acl_id=later("arn:acl")), doors=DOORS),
    refuses(
        "sec-waf",
        "a balancer that says what it is",
        lambda: balancer(load_balancer_type="application", internal=False),
        ("web", "arn", "no web ACL", "a WebAclAssociation"),
        doors=DOORS,
    ),
    refuses(
        "sec-waf",
        "the firewall of another balancer",
        with_firewall_before_another,
        ("web", "arn", "no web ACL", "a WebAclAssociation"),
        doors=DOORS,
    ),
    refuses(
        "sec-waf",
        "a balancer beside a distribution",
        beside_distributions,
        ("web", "arn", "no web ACL", "a WebAclAssociation"),
        doors=DOORS,
    ),
    passes(
        "sec-alb-headers",
        "a balancer that says what it is",
        lambda: balancer(
            load_balancer_type="application", drop_invalid_header_fields=True, desync_mitigation_mode="strictest"
        ),
    ),
    refuses(
        "sec-alb-headers",
        "all requests, and headers that are not known",
        lambda: balancer(
            load_balancer_type="application",
            drop_invalid_header_fields=later(True),
            desync_mitigation_mode="monitor",
        ),
        ("web", "desyncMitigationMode", '"monitor"', '"defensive" or "strictest"'),
        left=("web",),
    ),
    refuses("sec-alb-logs", "said to be one", lambda: balancer(load_balancer_type="application"), NOT_LOGGED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
