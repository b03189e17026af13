"""StaticSite: every default, every option, every refusal, and what may change without losing the address."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold import StaticSite, StaticSiteArgs
from tenfold.site_content import IMMUTABLE, REVALIDATED, cache_control, content_type
from tenfold.site_function import PagePaths, viewer_function
from tests.components.building import Built, Refusal, build, refused
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "static_site.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
BUCKET = "arn:aws:s3:::site-bucket-0a1b2c"
DISTRIBUTION = "arn:aws:cloudfront:us-east-1:123456789012:site-distribution"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/1a2b"
DOMAIN = {"name": "www.example.com", "aliases": ["example.com"], "zone_id": "Z123"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a site in it."""
    return written(tmp_path / "public", "index.html", "404.html", "app.3f9ac12b.js", "css/style.css")


def written(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def site(preview: bool = False, **args: Any) -> Built[StaticSite]:
    return build(lambda: StaticSite("site", cast("StaticSiteArgs", args)), preview=preview)


def refusal(**args: Any) -> Refusal:
    return refused(lambda: StaticSite("site", cast("StaticSiteArgs", args)))


def served(**args: Any) -> dict[str, Any]:
    return site(**args)["site-distribution"].inputs


def statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return found["Statement"]


def test_it_serves_over_https_alone_compressed_over_http_3_and_ipv6_everywhere() -> None:
    made = served()
    assert made["httpVersion"] == "http2and3"
    assert made["isIpv6Enabled"] is True
    assert made["enabled"] is True
    assert made["priceClass"] == "PriceClass_All"
    assert made["defaultRootObject"] == "index.html"
    behavior = made["defaultCacheBehavior"]
    assert behavior["viewerProtocolPolicy"] == "redirect-to-https"
    assert behavior["compress"] is True
    assert behavior["allowedMethods"] == behavior["cachedMethods"] == ["GET", "HEAD"]
    # Managed-CachingOptimized, by the id that AWS's documentation gives.
    assert behavior["cachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    assert behavior["responseHeadersPolicyId"] == "site-headers-id"


def test_without_a_domain_it_has_cloudfronts_name_and_certificate() -> None:
    built = site()
    made = built["site-distribution"].inputs
    assert made["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert "aliases" not in made
    assert built.value(built.result.url) == "https://site-distribution.cloudfront.net"
    assert built.value(built.result.domain_name) == "site-distribution.cloudfront.net"
    assert built.value(built.result.zone_id) == "Z2FDTNDATAQYW2"
    assert built.value(built.result.certificate_arn) == ""
    assert built.of("aws:route53/record:Record") == []


def test_its_bucket_is_private_versioned_and_read_by_its_distribution_alone() -> None:
    built = site()
    access = built["site-bucket-access"].inputs
    assert [access[key] for key in access if key != "bucket"] == [True] * 4
    assert built["site-bucket-versioning"].inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert built["site-bucket"].inputs["forceDestroy"] is False
    policy = built["site-bucket-policy"].inputs["policy"]
    read, listing, denial = statements(policy)
    for statement, action, resource in (
        (read, "s3:GetObject", f"{BUCKET}/*"),
        (listing, "s3:ListBucket", BUCKET),
    ):
        assert statement == {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"AWS:SourceArn": DISTRIBUTION}},
        }
    assert (denial["Effect"], denial["Principal"], denial["Resource"]) == ("Deny", "*", [BUCKET, f"{BUCKET}/*"])
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert built.value(built.result.bucket_policy_json) == policy


def test_its_requests_to_the_bucket_are_signed() -> None:
    built = site()
    access = built["site-origin-access"].inputs
    assert access["originAccessControlOriginType"] == "s3"
    assert (access["signingBehavior"], access["signingProtocol"]) == ("always", "sigv4")
    [origin] = built["site-distribution"].inputs["origins"]
    assert origin == {
        "originId": "bucket",
        "domainName": "site-bucket.s3.us-east-1.amazonaws.com",
        "originAccessControlId": "site-origin-access-id",
    }


def test_what_was_replaced_is_kept_for_thirty_days() -> None:
    [rule] = site()["site-bucket-lifecycle"].inputs["rules"]
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["filter"] == {"prefix": ""}


def test_each_file_is_put_there_as_what_it_is(folder: Path) -> None:
    built = site(content=str(folder))
    files = {each.inputs["key"]: each for each in built.of(OBJECT)}
    assert set(files) == {"index.html", "404.html", "app.3f9ac12b.js", "css/style.css"}
    page = files["index.html"]
    assert page.name == "site-file-index.html"
    assert page.inputs["contentType"] == "text/html; charset=utf-8"
    assert page.inputs["cacheControl"] == "no-cache"
    assert page.inputs["source"].path == str(folder / "index.html")
    assert files["app.3f9ac12b.js"].inputs["cacheControl"] == "public, max-age=31536000, immutable"
    assert files["css/style.css"].inputs["cacheControl"] == "no-cache"


def test_what_is_in_a_file_changes_its_resource_and_no_other(folder: Path) -> None:
    def hashes() -> dict[str, str]:
        return {each.name: each.inputs["sourceHash"] for each in site(content=str(folder)).of(OBJECT)}

    before = hashes()
    (folder / "index.html").write_text("new")
    after = hashes()
    assert {name for name in before if before[name] != after[name]} == {"site-file-index.html"}


def test_dotfiles_stay_at_home_and_what_is_well_known_does_not(folder: Path) -> None:
    written(folder, ".env", ".git/config", "a/.DS_Store", ".well-known/security.txt", ".well-known/.secret")
    keys = {each.inputs["key"] for each in site(content=str(folder)).of(OBJECT)}
    assert keys - {"index.html", "404.html", "app.3f9ac12b.js", "css/style.css"} == {".well-known/security.txt"}


def before(built: Built[Any], name: str) -> set[str]:
    """All that is there before a resource."""
    found: set[str] = set()
    waiting = {name}
    while waiting:
        waiting = {each for one in waiting for each in built[one].depends_on} - found
        found |= waiting
    return found


def test_pages_are_put_there_after_all_that_they_may_load(folder: Path) -> None:
    written(folder, "a.js", "z.png", "about/index.html")
    built = site(content=str(folder))
    loaded = {f"site-file-{key}" for key in ("app.3f9ac12b.js", "css/style.css", "a.js", "z.png")}
    for page in ("index.html", "404.html", "about/index.html"):
        assert loaded <= before(built, f"site-file-{page}")
    edges = sum(len(each.depends_on) for each in built.of(OBJECT))
    # Each depends on the bucket; a page on one file more, and one file on all others.
    assert edges <= 7 + 3 + 3


def test_pages_alone_wait_for_nothing_but_the_bucket(tmp_path: Path) -> None:
    built = site(content=str(written(tmp_path / "public", "index.html", "about.html")))
    assert built["site-file-index.html"].depends_on == {"site-bucket"}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a.b/app.min.js", "text/javascript; charset=utf-8"),
        ("style.CSS", "text/css; charset=utf-8"),
        ("logo.svg", "image/svg+xml; charset=utf-8"),
        ("photo.webp", "image/webp"),
        ("font.woff2", "font/woff2"),
        ("program.wasm", "application/wasm"),
        ("site.webmanifest", "application/manifest+json"),
        ("feed.xml", "application/xml; charset=utf-8"),
        ("archive.zip", "application/zip"),
        ("thing.unheardof", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        (".well-known/apple-app-site-association", "application/json"),
    ],
)
def test_a_file_is_of_the_type_that_its_name_says(key: str, expected: str) -> None:
    assert content_type(key) == expected


@pytest.mark.parametrize(
    "key",
    [
        "main.8f3d2a1b.js",
        "app-1a2b3c4d5e6f.css",
        "static/js/2.0a1b2c3d.chunk.js",
        "_next/static/chunks/main.js",
        "_astro/hoisted.js",
        "_app/immutable/start.js",
        "_nuxt/entry.js",
    ],
)
def test_a_file_whose_name_says_what_is_in_it_is_kept_for_a_year(key: str) -> None:
    assert cache_control(key, []) == IMMUTABLE


@pytest.mark.parametrize(
    "key",
    [
        "index.html",
        "main.8f3d2a1b.html",
        "assets/style.css",
        "report-20260101.pdf",
        "deadbeef.js",
        "jquery-3.7.1.min.js",
        "my-facade-effaced.js",
        "photo-1a2b3c.jpg",
        "8f3d2a1b",
    ],
)
def test_every_other_file_is_asked_for_again(key: str) -> None:
    assert cache_control(key, []) == REVALIDATED


def test_the_first_rule_that_fits_says_how_long_a_file_is_cached(folder: Path) -> None:
    written(folder, "assets/deep/x.js", "assets/y.png")
    rules = [{"glob": "assets/*.png", "cache_control": "max-age=60"}, {"glob": "assets/*"}, {"glob": "*.html"}]
    built = site(content=str(folder), cache_rules=rules)
    found = {each.inputs["key"]: each.inputs["cacheControl"] for each in built.of(OBJECT)}
    assert found["assets/y.png"] == "max-age=60"
    assert found["assets/deep/x.js"] == "public, max-age=31536000, immutable"
    assert found["index.html"] == "public, max-age=31536000, immutable"
    assert found["css/style.css"] == "no-cache"


@given(st.text(alphabet="abcdef0123456789", min_size=8, max_size=40), st.sampled_from(["js", "css", "png"]))
def test_every_hexadecimal_digest_is_seen_unless_it_may_be_a_word_or_a_number(digest: str, suffix: str) -> None:
    mixed = any(each.isdigit() for each in digest) and any(each.isalpha() for each in digest)
    assert (cache_control(f"assets/app.{digest}.{suffix}", []) == IMMUTABLE) is mixed


@given(st.text(min_size=1, max_size=30))
def test_no_page_is_kept_by_its_name_whatever_that_is(name: str) -> None:
    if not name.startswith(("_next", "_astro", "_nuxt", "_app")):
        assert cache_control(f"{name}.html", []) == REVALIDATED


def test_pages_are_answered_with_404_where_there_is_none() -> None:
    errors = served()["customErrorResponses"]
    assert {each["errorCode"] for each in errors} == {403, 404}
    assert {(each["responseCode"], each["responsePagePath"]) for each in errors} == {(404, "/404.html")}
    assert served(not_found_page="errors/none.html")["customErrorResponses"][0]["responsePagePath"] == (
        "/errors/none.html"
    )


def test_a_single_page_answers_for_all_paths_and_is_never_stale() -> None:
    built = site(routing="single_page")
    errors = built["site-distribution"].inputs["customErrorResponses"]
    assert {(each["errorCode"], each["responseCode"], each["responsePagePath"]) for each in errors} == {
        (403, 200, "/index.html"),
        (404, 200, "/index.html"),
    }
    assert {each["errorCachingMinTtl"] for each in errors} == {0}
    assert "site-viewer-function" not in built


def test_what_a_firewall_forbids_stays_forbidden() -> None:
    for args in ({"web_acl": {}}, {"web_acl_arn": ACL}):
        errors = served(routing="single_page", **args)["customErrorResponses"]
        assert [each["errorCode"] for each in errors] == [404]


def asked(code: str, uri: str, host: str = "www.example.com", query: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the function makes of a request, run as it stands."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    event = {"request": {"uri": uri, "headers": {"host": {"value": host}}, "querystring": query or {}}}
    program = f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("/", "/index.html"),
        ("/about", "/about/index.html"),
        ("/about/", "/about/index.html"),
        ("/v1.2/notes", "/v1.2/notes/index.html"),
        ("/css/style.css", "/css/style.css"),
        ("/.well-known/apple-app-site-association", "/.well-known/apple-app-site-association"),
    ],
)
def test_a_path_stands_for_the_page_in_its_folder(uri: str, file: str) -> None:
    code = site()["site-viewer-function"].inputs["code"]
    assert asked(code, uri)["uri"] == file


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("/", "/index.html"),
        ("/about", "/about.html"),
        ("/about/", "/about.html"),
        ("/docs/a", "/docs/a.html"),
        ("/css/style.css", "/css/style.css"),
        ("/.well-known/apple-app-site-association", "/.well-known/apple-app-site-association"),
    ],
)
def test_a_path_can_stand_for_a_file_of_its_name(uri: str, file: str) -> None:
    built = site(routing="html_files")
    assert asked(built["site-viewer-function"].inputs["code"], uri)["uri"] == file
    assert built["site-distribution"].inputs["customErrorResponses"][0]["responsePagePath"] == "/404.html"


def test_aliases_lead_to_the_domains_name_with_path_and_query() -> None:
    code = site(domain=DOMAIN)["site-viewer-function"].inputs["code"]
    query = {
        "a": {"value": "1"},
        "b": {"value": "2", "multiValue": [{"value": "2"}, {"value": "3"}]},
        "c": {"value": ""},
    }
    moved = asked(code, "/shop/", "example.com", query)
    assert moved["statusCode"] == 301
    assert moved["headers"]["location"]["value"] == "https://www.example.com/shop/?a=1&b=2&b=3&c"
    assert asked(code, "/index.html", "EXAMPLE.com")["headers"]["location"]["value"] == "https://www.example.com/"
    assert asked(code, "/shop/")["uri"] == "/shop/index.html"
    assert asked(code, "/shop/", "d1.cloudfront.net")["uri"] == "/shop/index.html"


def test_an_address_cannot_lead_to_another_site() -> None:
    code = site(domain=DOMAIN)["site-viewer-function"].inputs["code"]
    for uri in ("//evil.com/", "/\\evil.com", "/@evil.com"):
        location = asked(code, uri, "example.com")["headers"]["location"]["value"]
        assert location.startswith("https://www.example.com/")


def test_all_names_below_one_lead_to_the_domains_name() -> None:
    code = viewer_function(PagePaths.AS_THEY_ARE, moved=["*.example.com"], home="www.example.com")
    assert asked(code, "/a", "old.example.com")["headers"]["location"]["value"] == "https://www.example.com/a"
    assert asked(code, "/a", "www.example.com")["uri"] == "/a"
    assert asked(code, "/a", "example.org")["uri"] == "/a"


def test_the_function_is_published_for_the_second_runtime() -> None:
    function = site()["site-viewer-function"].inputs
    assert (function["runtime"], function["publish"]) == ("cloudfront-js-2.0", True)


def test_the_function_of_a_hundred_long_names_is_within_aws_s_quota() -> None:
    code = viewer_function(
        PagePaths.FOLDERS, moved=[f"a{index}.{'b' * 60}.com" for index in range(99)], home="example.com"
    )
    assert len(code.encode()) < 10 * 1024


def test_aliases_can_be_served_as_they_are() -> None:
    built = site(domain=DOMAIN, redirect_aliases=False, routing="single_page")
    assert "site-viewer-function" not in built
    assert built["site-distribution"].inputs["aliases"] == ["www.example.com", "example.com"]


def test_a_domain_brings_a_certificate_in_us_east_1_and_records_for_each_name() -> None:
    built = site(domain=DOMAIN)
    made = built["site-distribution"].inputs
    assert made["aliases"] == ["www.example.com", "example.com"]
    assert made["viewerCertificate"] == {
        "acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:site-certificate",
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    assert built["site-certificate"].inputs["region"] == "us-east-1"
    record = built["site-aaaa-record-example.com"].inputs
    assert record["aliases"] == [
        {"name": "site-distribution.cloudfront.net", "zoneId": "Z2FDTNDATAQYW2", "evaluateTargetHealth": False}
    ]
    assert built.value(built.result.url) == "https://www.example.com"


def test_each_answer_has_the_headers_that_break_no_page() -> None:
    security = site()["site-headers"].inputs["securityHeadersConfig"]
    assert security == {
        "contentTypeOptions": {"override": True},
        "frameOptions": {"frameOption": "DENY", "override": True},
        "referrerPolicy": {"referrerPolicy": "strict-origin-when-cross-origin", "override": True},
        "strictTransportSecurity": {
            "accessControlMaxAgeSec": 31_536_000,
            "includeSubdomains": False,
            "preload": False,
            "override": True,
        },
    }


def test_headers_can_be_others() -> None:
    headers = {
        "content_security_policy": pulumi.Output.from_input("default-src 'self'"),
        "framing": "sameorigin",
        "referrer": "no-referrer",
        "https_only_seconds": 63_072_000,
        "https_only_subdomains": True,
        "https_only_preload": True,
        "custom": {"Permissions-Policy": "camera=()", "X-Robots-Tag": "noindex"},
    }
    made = site(headers=headers)["site-headers"].inputs
    security = made["securityHeadersConfig"]
    assert security["contentSecurityPolicy"] == {"contentSecurityPolicy": "default-src 'self'", "override": True}
    assert security["frameOptions"]["frameOption"] == "SAMEORIGIN"
    assert security["referrerPolicy"]["referrerPolicy"] == "no-referrer"
    assert security["strictTransportSecurity"] == {
        "accessControlMaxAgeSec": 63_072_000,
        "includeSubdomains": True,
        "preload": True,
        "override": True,
    }
    assert made["customHeadersConfig"] == {
        "items": [
            {"header": "Permissions-Policy", "value": "camera=()", "override": True},
            {"header": "X-Robots-Tag", "value": "noindex", "override": True},
        ]
    }


def test_access_logs_are_json_in_a_bucket_of_their_own_for_ninety_days() -> None:
    built = site()
    [rule] = built["site-log-bucket-lifecycle"].inputs["rules"]
    assert rule["expiration"] == {"days": 90}
    source, destination = built["site-log-source"].inputs, built["site-log-destination"].inputs
    assert (source["resourceArn"], source["logType"]) == (DISTRIBUTION, "ACCESS_LOGS")
    assert destination["outputFormat"] == "json"
    assert (
        destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
        == "arn:aws:s3:::site-log-bucket-0a1b2c"
    )
    parts = [built[f"site-log-{part}"].inputs["region"] for part in ("source", "destination", "delivery")]
    assert parts == ["us-east-1"] * 3
    delivery, denial = statements(built["site-log-bucket-policy"].inputs["policy"])
    assert delivery["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert delivery["Action"] == "s3:PutObject"
    assert delivery["Resource"] == "arn:aws:s3:::site-log-bucket-0a1b2c/AWSLogs/123456789012/*"
    assert delivery["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012"
    assert denial["Effect"] == "Deny"
    assert built.value(built.result.log_bucket_name) == "site-log-bucket-id"


def test_access_logs_can_be_kept_longer_or_left_out() -> None:
    [rule] = site(access_log_days=365)["site-log-bucket-lifecycle"].inputs["rules"]
    assert rule["expiration"] == {"days": 365}
    built = site(access_log_days=0)
    assert not [each for each in built.resources if "-log-" in each.name]
    assert built.value(built.result.log_bucket_name) == ""


def test_a_second_region_has_a_copy_that_serves_while_the_first_fails(folder: Path) -> None:
    built = site(content=str(folder), failover_region="eu-central-1")
    made = built["site-distribution"].inputs
    assert [origin["domainName"] for origin in made["origins"]] == [
        "site-bucket.s3.us-east-1.amazonaws.com",
        "site-failover-bucket.s3.eu-central-1.amazonaws.com",
    ]
    [group] = made["originGroups"]
    assert group["originId"] == made["defaultCacheBehavior"]["targetOriginId"]
    assert group["failoverCriteria"] == {"statusCodes": [500, 502, 503, 504]}
    assert [member["originId"] for member in group["members"]] == ["bucket", "failover"]
    regions = {
        each.name: each.inputs.get("region") for each in built.resources if each.name.startswith("site-failover-")
    }
    assert set(regions.values()) == {"eu-central-1"}
    replication = built["site-replication"]
    assert {"site-bucket-versioning", "site-failover-bucket-versioning"} <= replication.depends_on
    [rule] = replication.inputs["rules"]
    assert rule["destination"]["bucket"] == "arn:aws:s3:::site-failover-bucket-0a1b2c"
    assert rule["deleteMarkerReplication"] == {"status": "Enabled"}
    # What was there before is copied too, since it changes.
    page = built["site-file-index.html"]
    assert page.inputs["metadata"] == {"failover-region": "eu-central-1"}
    assert "site-replication" in before(built, page.name)
    assert built.value(built.result.failover_bucket_name) == "site-failover-bucket-id"


def test_s3_may_copy_the_site_and_nothing_else() -> None:
    policy = site(failover_region="eu-central-1")["site-replication-policy"].inputs["policy"]
    for statement in statements(policy):
        assert "*" not in "".join(statement["Action"])
        assert statement["Resource"].removesuffix("/*") in (BUCKET, "arn:aws:s3:::site-failover-bucket-0a1b2c")


def test_a_bucket_that_exists_is_served_and_left_as_it_is(folder: Path) -> None:
    built = site(content=str(folder), bucket={"name": "files", "region": "eu-west-1"})
    [origin] = built["site-distribution"].inputs["origins"]
    assert origin["domainName"] == "files.s3.eu-west-1.amazonaws.com"
    assert not [each for each in built.resources if each.name.startswith("site-bucket")]
    assert built["site-file-index.html"].inputs["bucket"] == "files"
    assert built["site-file-index.html"].inputs["region"] == "eu-west-1"
    read, _, _ = statements(built.value(built.result.bucket_policy_json))
    assert read["Resource"] == "arn:aws:s3:::files/*"
    assert built.value(built.result.bucket_name) == "files"


def test_a_firewall_is_the_edges_own_or_one_that_exists() -> None:
    built = site(web_acl={"rate_limit": 500})
    acl = built["site-web-acl"].inputs
    assert (acl["scope"], acl["region"]) == ("CLOUDFRONT", "us-east-1")
    assert built["site-distribution"].inputs["webAclId"] == built.value(built.result.web_acl_arn)
    assert served(web_acl_arn=ACL)["webAclId"] == ACL
    assert "webAclId" not in served()


def test_the_price_class_is_aws_s() -> None:
    found = {choice: served(price_class=choice)["priceClass"] for choice in ("all", "most", "cheapest")}
    assert found == {"all": "PriceClass_All", "most": "PriceClass_200", "cheapest": "PriceClass_100"}


def test_without_protection_what_is_in_its_buckets_goes_with_them() -> None:
    built = site(deletion_protection=False, failover_region="eu-central-1")
    buckets = {each.name: each.inputs["forceDestroy"] for each in built.of("aws:s3/bucket:Bucket")}
    assert buckets == {"site-bucket": True, "site-failover-bucket": True, "site-log-bucket": True}


def test_the_alarm_is_where_the_metric_is_and_knows_a_percentage() -> None:
    alarm = site(alarms={"topic_arn": TOPIC})["site-error-alarm"].inputs
    assert alarm["region"] == "us-east-1"
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/CloudFront", "5xxErrorRate")
    assert alarm["dimensions"] == {"DistributionId": "site-distribution-id", "Region": "Global"}
    assert (alarm["threshold"], alarm["treatMissingData"]) == (1, "notBreaching")
    assert alarm["alarmActions"] == alarm["okActions"] == [TOPIC]
    assert site(error_alarm_percent=5)["site-error-alarm"].inputs["threshold"] == 5


def test_ci_may_publish_and_invalidate_and_nothing_else() -> None:
    built = site()
    objects, bucket, edge = statements(built.value(built.result.deploy_policy_json))
    assert (objects["Action"], objects["Resource"]) == (
        ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        f"{BUCKET}/*",
    )
    assert (bucket["Action"], bucket["Resource"]) == (["s3:GetBucketLocation", "s3:ListBucket"], BUCKET)
    assert edge["Action"] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert edge["Resource"] == DISTRIBUTION


def test_a_role_is_granted_what_ci_may_do() -> None:
    def granted() -> StaticSite:
        one = StaticSite("site", {})
        one.grant_deploy(aws.iam.Role("ci", assume_role_policy="{}"))
        return one

    built = build(granted)
    grant = built["site-deploy-grant-ci"].inputs
    assert grant["role"] == "ci-0a1b2c"
    assert grant["policy"] == built.value(built.result.deploy_policy_json)


@pytest.mark.parametrize("name", ["", "a_b", "-a", "a" * 37, "a.b"])
def test_a_name_that_aws_cannot_make_names_from_is_refused(name: str) -> None:
    assert set(refused(lambda: StaticSite(name, {})).faults) == {"name"}


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        ({"content": "no/such/folder"}, {"content"}),
        ({"cache_rules": [{"glob": ""}, {"glob": "/a"}]}, {"cache_rules[0].glob", "cache_rules[1].glob"}),
        ({"cache_rules": [{"glob": "a", "cache_control": " "}]}, {"cache_rules[0].cache_control"}),
        ({"not_found_page": "/404.html"}, {"not_found_page"}),
        ({"not_found_page": "404.txt"}, {"not_found_page"}),
        ({"not_found_page": "404.html", "routing": "single_page"}, {"not_found_page"}),
        ({"headers": {"https_only_seconds": -1}}, {"headers.https_only_seconds"}),
        ({"headers": {"https_only_seconds": 63_072_001}}, {"headers.https_only_seconds"}),
        ({"headers": {"https_only_preload": True}}, {"headers.https_only_preload"}),
        (
            {"headers": {"https_only_preload": True, "https_only_subdomains": True, "https_only_seconds": 60}},
            {"headers.https_only_preload"},
        ),
        ({"headers": {"custom": {"X-Frame-Options": "DENY"}}}, {"headers.custom.X-Frame-Options"}),
        ({"domain": {"name": "Example"}}, {"domain.name", "domain.zone_id"}),
        ({"domain": {**DOMAIN, "name": "*.example.com"}}, {"redirect_aliases"}),
        (
            {"domain": {**DOMAIN, "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}},
            {"domain.certificate_arn"},
        ),
        ({"web_acl": {"rate_limit": 1}}, {"web_acl.rate_limit"}),
        ({"web_acl": {}, "web_acl_arn": ACL}, {"web_acl_arn"}),
        ({"web_acl_arn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edge/1a"}, {"web_acl_arn"}),
        ({"access_log_days": -1}, {"access_log_days"}),
        ({"access_log_days": 3651}, {"access_log_days"}),
        ({"failover_region": "Europe"}, {"failover_region"}),
        (
            {"failover_region": "eu-west-1", "bucket": {"name": "files", "region": "eu-west-1"}},
            {"failover_region"},
        ),
        ({"bucket": {"name": "files", "region": "here"}}, {"bucket.region"}),
        ({"price_class": "PriceClass_100"}, {"price_class"}),
        ({"error_alarm_percent": 0}, {"error_alarm_percent"}),
        ({"error_alarm_percent": 101}, {"error_alarm_percent"}),
        ({"alarms": {"topic_arn": "arn:aws:sns:eu-west-1:123456789012:alarms"}}, {"alarms.topic_arn"}),
    ],
)
def test_what_cannot_be_is_refused(args: dict[str, Any], paths: set[str]) -> None:
    said = refusal(**args)
    assert set(said.faults) == paths
    assert said.resources == ()


def test_a_folder_without_a_first_page_is_refused(tmp_path: Path) -> None:
    said = refusal(content=str(written(tmp_path / "public", "about.html")))
    assert said.faults["content"][0].endswith("has no index.html")


def test_a_page_that_is_named_is_in_the_folder(folder: Path) -> None:
    assert set(refusal(content=str(folder), not_found_page="none.html").faults) == {"not_found_page"}
    assert "site-file-404.html" in site(content=str(folder), not_found_page="404.html")


def test_a_folder_with_more_files_than_resources_should_be_is_refused(tmp_path: Path) -> None:
    root = written(tmp_path / "public", "index.html", *(f"{index}.txt" for index in range(2000)))
    given, allowed = refusal(content=str(root)).faults["content"]
    assert "has 2001 files" in given
    assert "deploy_policy_json" in allowed


def test_objects_have_ten_tags_at_the_most(folder: Path) -> None:
    tags = {f"tag{index}": "x" for index in range(11)}
    assert set(refusal(content=str(folder), tags=tags).faults) == {"tags"}
    assert "site-bucket" in site(tags=tags)


def test_an_override_is_merged_last() -> None:
    places = {"geo_restriction": {"restriction_type": "whitelist", "locations": ["DE"]}}
    made = served(overrides={"distribution": {"restrictions": places}})
    assert made["restrictions"] == {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}}


def test_growing_replaces_neither_the_bucket_nor_the_distribution(folder: Path) -> None:
    stages: list[dict[str, Any]] = [
        {},
        {"content": str(folder)},
        {"domain": DOMAIN, "web_acl": {}},
        {"domain": DOMAIN, "failover_region": "eu-central-1", "access_log_days": 0},
    ]
    kept = [
        {each.urn for each in site(**stage).resources if each.name in ("site-bucket", "site-distribution")}
        for stage in stages
    ]
    assert len(kept[0]) == 2
    assert all(each == kept[0] for each in kept)


def everything(folder: Path) -> Built[StaticSite]:
    def program() -> StaticSite:
        one = StaticSite(
            "site",
            cast(
                "StaticSiteArgs",
                {
                    "content": str(folder),
                    "domain": DOMAIN,
                    "web_acl": {},
                    "failover_region": "eu-central-1",
                    "alarms": {"topic_arn": TOPIC},
                },
            ),
        )
        one.grant_deploy(aws.iam.Role("ci", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []})))
        return one

    return build(program)


def test_the_urns_of_its_children_stay(folder: Path) -> None:
    urns = sorted(resource.urn for resource in everything(folder).resources if resource.name != "ci")
    assert "\n".join(urns) + "\n" == GOLDEN.read_text()


def test_no_policy_of_its_own_allows_every_action_or_every_resource(folder: Path) -> None:
    documents = [
        each.inputs["policy"] for each in everything(folder).resources if isinstance(each.inputs.get("policy"), str)
    ]
    assert len(documents) >= 4
    for statement in (each for document in documents for each in statements(document) if each["Effect"] == "Allow"):
        assert not [action for action in statement["Action"] if action == "*"]
        assert statement["Resource"] != "*"


def test_the_policy_pack_has_nothing_to_say(folder: Path) -> None:
    program = run(lambda: StaticSite("site", {"content": str(folder), "alarms": {"topic_arn": TOPIC}}), preview=False)
    assert [each.message for each in Pack().judge(program)] == []
