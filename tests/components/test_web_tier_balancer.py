"""WebTier's door: a domain of its own, rules on a balancer that tiers share, logs of requests, a firewall."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest

from tenfold import WebTier, WebTierArgs, WebTierBalancer
from tests.components.building import Built, build, refused
from tests.components.test_web_tier import ALARM, CERTIFICATE, PLACEMENT, STATEMENT, tier, ways_in

GOLDEN = Path(__file__).parent / "golden" / "web_tier_routed.txt"
ZONE = "Z0123456789ABCDEFGHIJ"
DOMAIN: dict[str, Any] = {"name": "www.example.com", "zone_id": ZONE}
ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/main/0f2c"
BALANCER: dict[str, Any] = {
    "listener_arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/1/2",
    "load_balancer_arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1",
    "arn_suffix": "app/shop/1",
    "security_group_id": "sg-shop-alb",
    "dns_name": "shop-1.us-east-1.elb.amazonaws.com",
    "zone_id": "Z35SXDOTRQ7X7K",
    "url": "https://shop.example.com",
}
ROUTE: dict[str, Any] = {"balancer": BALANCER, "priority": 10, "paths": ["/search/*"]}


def routed(route: dict[str, Any] | None = None, preview: bool = False, **args: Any) -> Built[WebTier]:
    return tier(preview=preview, **{"route": {**ROUTE, **(route or {})}, **args})


def conditions(built: Built[WebTier]) -> list[Any]:
    return built["web-rule"].inputs["conditions"]


def test_a_domain_brings_its_certificate_https_and_a_redirect() -> None:
    built = tier(domain={**DOMAIN, "aliases": ["example.com"]})
    certificate = built["web-certificate"].inputs
    assert (certificate["domainName"], certificate["subjectAlternativeNames"]) == ("www.example.com", ["example.com"])
    assert certificate["validationMethod"] == "DNS"
    https = built["web-https"]
    # As soon as it is issued, and not before: a listener takes no other.
    assert https.inputs["certificateArn"] == built["web-certificate-issued"].inputs["certificateArn"]
    assert built["web-http"].inputs["defaultActions"][0]["type"] == "redirect"
    assert ways_in(built, "alb-sg").keys() == {"web-alb-http-from-anywhere", "web-alb-https-from-anywhere"}
    assert built.value(built.result.url) == "https://www.example.com"


def test_the_domains_names_lead_to_the_balancer() -> None:
    built = tier(domain={**DOMAIN, "aliases": ["example.com"]})
    for name in ("www.example.com", "example.com"):
        record = built[f"web-a-record-{name}"].inputs
        assert (record["name"], record["type"], record["zoneId"]) == (name, "A", ZONE)
        assert record["aliases"] == [
            {"name": "web-alb.us-east-1.amazonaws.com", "zoneId": "Z0123456789", "evaluateTargetHealth": True}
        ]
    # The balancer has no IPv6 address.
    assert not [resource.name for resource in built.resources if "aaaa" in resource.name]


def test_a_domain_with_a_certificate_of_ones_own_makes_none() -> None:
    built = tier(domain={"name": "www.example.com", "certificate_arn": CERTIFICATE})
    assert built["web-https"].inputs["certificateArn"] == CERTIFICATE
    assert not built.of("aws:acm/certificate:Certificate")
    # Nor are there records, where the zone is not given.
    assert not built.of("aws:route53/record:Record")


def test_a_domain_adds_and_replaces_nothing() -> None:
    before, after = tier(), tier(domain=DOMAIN)
    assert {resource.urn for resource in before.resources} < {resource.urn for resource in after.resources}
    assert before["web-alb"].inputs == after["web-alb"].inputs


def test_a_tier_with_a_route_has_no_balancer_of_its_own() -> None:
    built = routed()
    types = {resource.type for resource in built.resources}
    assert not {"aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener", "aws:s3/bucket:Bucket"} & types
    rule = built["web-rule"].inputs
    assert (rule["listenerArn"], rule["priority"]) == (BALANCER["listener_arn"], 10)
    assert rule["actions"] == [{"type": "forward", "targetGroupArn": "arn:aws:lb:us-east-1:123456789012:web-tg"}]


def test_the_shared_balancer_alone_reaches_a_routed_tier() -> None:
    built = routed()
    assert ways_in(built, "instance-sg") == {"web-instances-from-alb": ("sg-shop-alb", 8080, 8080)}
    out = built["web-alb-to-instances"].inputs
    assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == ("sg-shop-alb", "web-instance-sg-id")
    assert "web-alb-sg" not in built


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ({}, [{"pathPattern": {"values": ["/search/*"]}}]),
        ({"paths": [], "hosts": ["*.example.com"]}, [{"hostHeader": {"values": ["*.example.com"]}}]),
        (
            {"hosts": ["a.example.com"], "headers": {"X-Tenant": ["beta", "alpha"]}},
            [
                {"hostHeader": {"values": ["a.example.com"]}},
                {"pathPattern": {"values": ["/search/*"]}},
                {"httpHeader": {"httpHeaderName": "X-Tenant", "values": ["beta", "alpha"]}},
            ],
        ),
    ],
)
def test_all_that_the_rule_names_must_match(route: Any, expected: list[Any]) -> None:
    assert conditions(routed(route)) == expected


def test_a_domain_of_a_routed_tier_is_the_rules_host_and_another_certificate_of_the_listener() -> None:
    built = routed({"paths": []}, domain={"name": "search.example.com", "zone_id": ZONE})
    assert conditions(built) == [{"hostHeader": {"values": ["search.example.com"]}}]
    attached = built["web-listener-certificate"].inputs
    assert attached["listenerArn"] == BALANCER["listener_arn"]
    assert attached["certificateArn"] == built["web-certificate-issued"].inputs["certificateArn"]
    (alias,) = built["web-a-record-search.example.com"].inputs["aliases"]
    assert (alias["name"], alias["zoneId"]) == (BALANCER["dns_name"], BALANCER["zone_id"])
    assert built.value(built.result.url) == "https://search.example.com"


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ([], "https://shop.example.com"),
        (["*.example.com"], "https://shop.example.com"),
        (["*.example.com", "a.example.com"], "https://a.example.com"),
    ],
)
def test_a_routed_tier_answers_at_its_first_host_or_where_the_balancer_does(hosts: list[str], url: str) -> None:
    built = routed({"hosts": hosts})
    assert built.value(built.result.url) == url


def test_the_balancer_of_one_tier_is_what_another_takes() -> None:
    def beside(balancer: WebTierBalancer, priority: int) -> WebTierArgs:
        return {"placement": PLACEMENT, "route": {"balancer": balancer, "priority": priority, "paths": ["/search/*"]}}

    def program() -> WebTier:
        shop = WebTier("shop", {"placement": PLACEMENT})
        search = WebTier("search", beside(shop.balancer, 10))
        return WebTier("ads", beside(search.balancer, 11))

    built = build(program)
    assert len(built.of("aws:lb/loadBalancer:LoadBalancer")) == 1
    for name in ("search", "ads"):
        assert built[f"{name}-rule"].inputs["listenerArn"] == "arn:aws:lb:us-east-1:123456789012:shop-http"
        assert built[f"{name}-instances-from-alb"].inputs["referencedSecurityGroupId"] == "shop-alb-sg-id"


def test_a_balancer_from_another_stack_serves_as_well() -> None:
    plain = routed()
    later = routed({"balancer": pulumi.Output.from_input(BALANCER)})
    assert {one.name: one.inputs for one in plain.resources if one.name != "web"} == {
        one.name: one.inputs for one in later.resources if one.name != "web"
    }


def test_a_routed_tier_scales_and_alarms_by_its_own_requests() -> None:
    built = routed()
    policy = built["web-requests-scaling"]
    metric = policy.inputs["targetTrackingConfiguration"]["predefinedMetricSpecification"]
    assert metric["resourceLabel"] == "app/shop/1/web-tg/0a1b2c"
    assert "web-rule" in policy.depends_on
    # The balancer's own errors are its owner's.
    assert {alarm.name for alarm in built.of(ALARM)} == {
        "web-target-error-alarm",
        "web-unhealthy-alarm",
        "web-latency-alarm",
    }
    assert built["web-latency-alarm"].inputs["dimensions"] == {
        "LoadBalancer": "app/shop/1",
        "TargetGroup": "web-tg/0a1b2c",
    }
    assert "web-rule" in built["web-asg"].depends_on


def test_outputs_of_a_routed_tier_are_the_shared_balancers() -> None:
    built = routed()
    assert built.value(built.result.balancer) == BALANCER
    assert built.value(built.result.load_balancer_arn) == BALANCER["load_balancer_arn"]
    assert built.value(built.result.listener_arn) == BALANCER["listener_arn"]
    assert built.value(built.result.balancer_security_group_id) == "sg-shop-alb"
    assert built.value(built.result.access_log_bucket) == ""


def test_no_child_of_a_routed_tier_is_renamed() -> None:
    built = routed(domain={"name": "search.example.com", "zone_id": ZONE}, policies={"jobs": STATEMENT})
    assert sorted(resource.urn for resource in built.resources) == GOLDEN.read_text().splitlines()


def test_requests_are_logged_to_a_bucket_that_the_balancer_alone_writes_to() -> None:
    built = tier()
    logs = built["web-alb"].inputs["accessLogs"]
    assert logs == {"bucket": "web-access-logs-id", "prefix": "alb", "enabled": True}
    assert built["web-access-logs-policy"].inputs["bucket"] == "web-access-logs-id"
    # A balancer whose bucket does not let it write is refused.
    assert "web-access-logs-policy" in built["web-alb"].depends_on
    allow, deny = json.loads(built["web-access-logs-policy"].inputs["policy"])["Statement"]
    assert allow["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allow["Action"] == "s3:PutObject"
    arn = "arn:aws:s3:::web-access-logs-0a1b2c"
    assert allow["Resource"] == f"{arn}/alb/AWSLogs/123456789012/*"
    assert (deny["Effect"], deny["Principal"], deny["Resource"]) == ("Deny", "*", [arn, f"{arn}/*"])
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_bucket_of_logs_is_closed_and_forgets() -> None:
    built = tier()
    closed = built["web-access-logs-access"].inputs
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(closed[switch] is True for switch in switches)
    (rule,) = built["web-access-logs-lifecycle"].inputs["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 90})
    shorter = tier(load_balancer={"access_log_retention_days": 7})
    assert shorter["web-access-logs-lifecycle"].inputs["rules"][0]["expiration"] == {"days": 7}


@pytest.mark.parametrize(("protection", "destroyed"), [(True, False), (False, True)])
def test_logs_go_with_a_tier_that_is_not_protected(protection: bool, destroyed: bool) -> None:
    for given in (protection, pulumi.Output.from_input(protection)):
        assert tier(deletion_protection=given)["web-access-logs"].inputs["forceDestroy"] is destroyed


def test_requests_need_not_be_logged() -> None:
    built = tier(load_balancer={"access_logs": False})
    assert "accessLogs" not in built["web-alb"].inputs
    assert not [resource.name for resource in built.resources if "access-logs" in resource.name]
    assert built.value(built.result.access_log_bucket) == ""


def test_requests_can_be_logged_to_a_bucket_that_exists() -> None:
    built = tier(load_balancer={"access_log_bucket": pulumi.Output.from_input("logs")})
    assert built["web-alb"].inputs["accessLogs"] == {"bucket": "logs", "prefix": "alb", "enabled": True}
    assert "web-access-logs" not in built
    assert built.value(built.result.access_log_bucket) == "logs"


def test_a_firewall_stands_before_the_balancer_where_it_is_wanted() -> None:
    assert not [resource.name for resource in tier().resources if "acl" in resource.name]
    built = tier(load_balancer={"web_acl": {"rate_limit": 500}})
    acl = built["web-web-acl"].inputs
    assert acl["scope"] == "REGIONAL"
    assert acl["rules"][0]["statement"]["rateBasedStatement"]["limit"] == 500
    association = built["web-web-acl-association"].inputs
    assert association["resourceArn"] == "arn:aws:lb:us-east-1:123456789012:web-alb"
    assert association["webAclArn"] == "arn:aws:wafv2:us-east-1:123456789012:web-web-acl"


def test_a_firewall_that_exists_is_used_as_it_is() -> None:
    built = tier(load_balancer={"web_acl_arn": ACL})
    assert built["web-web-acl-association"].inputs["webAclArn"] == ACL
    assert "web-web-acl" not in built


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "a domain and a certificate": (
        {"domain": DOMAIN, "certificate_arn": CERTIFICATE},
        "certificate_arn: domain is given too; allowed: domain.certificate_arn, or none",
    ),
    "no domain": ({"domain": {**DOMAIN, "name": "WWW"}}, "domain.name: 'WWW' is given; allowed: a domain's name"),
    "a certificate of a routed tier": (
        {"route": ROUTE, "certificate_arn": CERTIFICATE},
        "certificate_arn: it is given, and route too; allowed: one of them: the balancer belongs to another tier",
    ),
    "an internal routed tier": ({"route": ROUTE, "internal": True}, "internal: it is given, and route too"),
    "clients of a routed tier": (
        {"route": ROUTE, "clients": {"cidrs": ["10.0.0.0/8"]}},
        "clients: it is given, and route too",
    ),
    "protection of a routed tier": (
        {"route": ROUTE, "deletion_protection": True},
        "deletion_protection: it is given, and route too",
    ),
    "patience of a routed tier": (
        {"route": ROUTE, "idle_timeout_seconds": 30},
        "idle_timeout_seconds: it is given, and route too",
    ),
    "a firewall of a routed tier": (
        {"route": ROUTE, "load_balancer": {"web_acl": {}}},
        "load_balancer: it is given, and route too",
    ),
    "a domain without HTTPS": (
        {"route": {**ROUTE, "balancer": {**BALANCER, "url": "http://shop"}}, "domain": DOMAIN},
        "domain: it is given, and the balancer of route is at http://shop; allowed: a balancer that speaks HTTPS",
    ),
    "no priority": ({"route": {**ROUTE, "priority": 0}}, "route.priority: 0 is given; allowed: 1 to 50000"),
    "no such priority": ({"route": {**ROUTE, "priority": 50_001}}, "route.priority: 50001 is given; allowed: 1 to"),
    "nothing to match": ({"route": {**ROUTE, "paths": []}}, "route: nothing is given that a request must match"),
    "too much to match": (
        {"route": {**ROUTE, "hosts": ["a.example.com"], "headers": {"X-A": ["1", "2", "3", "4"]}}},
        "route: 6 paths, hosts and values of headers are given; allowed: 5 in all, which is AWS's limit for a rule",
    ),
    "too many names to match": (
        {"route": ROUTE, "domain": {**DOMAIN, "aliases": [f"{name}.example.com" for name in "abcd"]}},
        "route: 6 paths, hosts and values of headers are given",
    ),
    "no path": ({"route": {**ROUTE, "paths": ["a b"]}}, "route.paths[0]: 'a b' is given; allowed: a path with * and ?"),
    "no host": ({"route": {**ROUTE, "hosts": ["a/b"]}}, "route.hosts[0]: 'a/b' is given; allowed: a host with * and ?"),
    "no header": ({"route": {**ROUTE, "headers": {"a b": ["1"]}}}, "route.headers.a b: it has this name; allowed: a"),
    "an empty header": ({"route": {**ROUTE, "headers": {"X-A": []}}}, "route.headers.X-A: no value is given; allowed:"),
    "half a balancer": (
        {"route": {**ROUTE, "balancer": {**BALANCER, "url": None}}},
        "route.balancer.url: nothing is given; allowed: a text; it is required",
    ),
    "no retention": (
        {"load_balancer": {"access_log_retention_days": 0}},
        "load_balancer.access_log_retention_days: 0 is given; allowed: 1 to 3650 days",
    ),
    "the retention of another's bucket": (
        {"load_balancer": {"access_log_bucket": "logs", "access_log_retention_days": 7}},
        "load_balancer.access_log_retention_days: access_log_bucket is given too; allowed: one of them",
    ),
    "a bucket without logs": (
        {"load_balancer": {"access_log_bucket": "logs", "access_logs": False}},
        "load_balancer.access_log_bucket: access_logs is false; allowed: a bucket where there are logs",
    ),
    "two firewalls": (
        {"load_balancer": {"web_acl": {}, "web_acl_arn": ACL}},
        "load_balancer.web_acl_arn: web_acl is given too; allowed: one of them",
    ),
    "a firewall of CloudFront": (
        {"load_balancer": {"web_acl_arn": ACL.replace("regional", "global")}},
        "allowed: the ARN of a regional web ACL",
    ),
    "no rate": (
        {"load_balancer": {"web_acl": {"rate_limit": 9}}},
        "load_balancer.web_acl.rate_limit: 9 is given; allowed: 10 to",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: WebTier("web", cast("WebTierArgs", {"placement": PLACEMENT, **args})))
    assert refusal.text.startswith("WebTier 'web' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()
