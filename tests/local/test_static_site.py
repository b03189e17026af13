"""A site on the real engine and the embedded AWS: published, served, changed, moved to its own name, and gone."""

import json
import shutil
import urllib.request
from http.client import HTTPResponse
from typing import Any

import pytest

from local import emulator as daemon
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import json
import pulumi, pulumi_aws as aws
from tenfold import StaticSite

config = pulumi.Config()
args = config.get_object("args") or {}
if config.get_bool("domain"):
    zone = aws.route53.Zone("zone", name="example.com")
    args["domain"] = {"name": "www.example.com", "aliases": ["example.com"], "zone_id": zone.zone_id}
site = StaticSite("site", {"content": "public", "deletion_protection": False, **args})
for name in ("url", "domain_name", "distribution_id", "bucket_name", "failover_bucket_name", "certificate_arn",
    "log_bucket_name", "web_acl_arn"):
    pulumi.export(name, getattr(site, name))
"""
FILES = {
    "index.html": "<h1>one</h1>",
    "404.html": "<h1>nothing here</h1>",
    "about/index.html": "<h1>about</h1>",
    "assets/app.3f9ac12b.js": "console.log(1)",
    "assets/style.css": "h1 {}",
    ".git/config": "secret",
    ".well-known/security.txt": "Contact: mailto:a@example.com",
}


@pytest.fixture
def site(stack: Stack) -> Stack:
    (stack.root / "__main__.py").write_text(PROGRAM)
    shutil.rmtree(stack.root / "code")
    for name, text in FILES.items():
        _write(stack, name, text)
    stack.run("config", "set", "aws:region", "eu-west-1")
    return stack


def _write(site: Stack, name: str, text: str) -> None:
    file = site.root / "public" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _ask(site: Stack, path: str, *, https: bool = True) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer of the site's, as its visitors get it."""
    host = site.outputs()["domain_name"]
    endpoint = daemon.ensure_running(site.folder).endpoint
    headers = {"Host": host, "X-Forwarded-Proto": "https" if https else "http"}
    request = urllib.request.Request(endpoint + path, headers=headers)
    opener = urllib.request.build_opener(_AsItIs)
    with opener.open(request) as answer:
        return answer.status, answer.read().decode(), {name.lower(): text for name, text in answer.headers.items()}


class _AsItIs(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> Any:
        return response


def _change(site: Stack, **args: Any) -> str:
    site.run("config", "set", "args", json.dumps(args))
    return site.up()


def test_a_site_is_published_served_and_changed(site: Stack) -> None:
    site.up()
    status, body, headers = _ask(site, "/")
    assert (status, body) == (200, "<h1>one</h1>")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    status, body, headers = _ask(site, "/assets/app.3f9ac12b.js")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert _ask(site, "/about")[:2] == (200, "<h1>about</h1>")
    assert _ask(site, "/about/")[:2] == (200, "<h1>about</h1>")
    assert _ask(site, "/nowhere")[:2] == (404, "<h1>nothing here</h1>")
    assert _ask(site, "/.git/config")[0] == 404
    assert _ask(site, "/.well-known/security.txt")[0] == 200
    assert _ask(site, "/", https=False)[0] == 301
    assert "unchanged" in site.up("--refresh")

    _write(site, "index.html", "<h1>two</h1>")
    (site.root / "public" / "assets" / "style.css").unlink()
    said = site.up()
    assert "1 updated" in said
    assert "1 deleted" in said
    assert _ask(site, "/")[1] == "<h1>two</h1>"
    assert _ask(site, "/assets/style.css")[0] == 404

    _change(site, routing="single_page")
    assert _ask(site, "/any/where")[:2] == (200, "<h1>two</h1>")
    site.run("destroy", "--yes", "--skip-preview")
    assert not site.client("s3").list_buckets()["Buckets"]
    assert not site.client("cloudfront").list_distributions()["DistributionList"].get("Items")


def test_a_site_grows_a_name_a_firewall_and_a_second_region_and_keeps_its_buckets(site: Stack) -> None:
    site.up()
    first = site.outputs()
    site.run("config", "set", "domain", "true")
    _change(site, web_acl={}, failover_region="eu-central-1")
    grown = site.outputs()
    for output in ("domain_name", "distribution_id", "bucket_name", "log_bucket_name"):
        assert grown[output] == first[output]
    assert grown["url"] == "https://www.example.com"
    assert grown["certificate_arn"].startswith("arn:aws:acm:us-east-1:")
    assert grown["web_acl_arn"].startswith("arn:aws:wafv2:us-east-1:")

    distribution = site.client("cloudfront").get_distribution(Id=grown["distribution_id"])["Distribution"]
    config = distribution["DistributionConfig"]
    assert config["Aliases"]["Items"] == ["www.example.com", "example.com"]
    assert config["ViewerCertificate"]["ACMCertificateArn"] == grown["certificate_arn"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["WebACLId"] == grown["web_acl_arn"]
    assert [origin["DomainName"] for origin in config["Origins"]["Items"]] == [
        f"{grown['bucket_name']}.s3.eu-west-1.amazonaws.com",
        f"{grown['failover_bucket_name']}.s3.eu-central-1.amazonaws.com",
    ]
    [zone] = site.client("route53").list_hosted_zones()["HostedZones"]
    records = site.client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    led = {(one["Name"], one["Type"]) for one in records if "AliasTarget" in one}
    assert led == {(name, kind) for name in ("www.example.com.", "example.com.") for kind in ("A", "AAAA")}
    copied = site.client("s3", "eu-central-1").list_objects_v2(Bucket=grown["failover_bucket_name"])["Contents"]
    assert {one["Key"] for one in copied} == set(FILES) - {".git/config"}

    alarms = site.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert [alarm["MetricName"] for alarm in alarms] == ["5xxErrorRate"]
    assert "unchanged" in site.up("--refresh")
    site.run("destroy", "--yes", "--skip-preview")
    assert not site.client("s3").list_buckets()["Buckets"]
