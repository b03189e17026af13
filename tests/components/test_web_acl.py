"""A firewall: its rules by default and by choice, and every refusal."""

from typing import Any, cast

import pulumi

from tenfold.web_acl import WebAclArgs, WebAclScope, guard, web_acl, web_acl_faults
from tests.components.building import Built, build

REPUTATION = "AWSManagedRulesAmazonIpReputationList"
INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
COMMON = "AWSManagedRulesCommonRuleSet"


class Holder(pulumi.ComponentResource):
    """A component that a firewall belongs to."""

    def __init__(self) -> None:
        super().__init__("test:index:Holder", "site")


def acl(scope: WebAclScope = WebAclScope.REGIONAL, **args: Any) -> dict[str, Any]:
    built: Built[Any] = build(lambda: web_acl(Holder(), cast("WebAclArgs", args), scope))
    return built["site-web-acl"].inputs


def faults(**args: Any) -> dict[str, tuple[str, str]]:
    return {fault.path: (fault.given, fault.allowed) for fault in web_acl_faults(cast("WebAclArgs", args))}


def test_it_refuses_floods_first_then_bad_addresses_bad_inputs_and_what_is_commonly_bad() -> None:
    made = acl()
    assert made["defaultAction"] == {"allow": {}}
    rules = {rule["name"]: rule for rule in made["rules"]}
    assert sorted(rules, key=lambda name: rules[name]["priority"]) == ["rate-limit", REPUTATION, INPUTS, COMMON]
    limit = rules["rate-limit"]
    assert limit["action"] == {"block": {}}
    assert limit["statement"] == {
        "rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP", "evaluationWindowSec": 300}
    }
    assert rules[COMMON]["overrideAction"] == {"none": {}}
    assert rules[COMMON]["statement"] == {"managedRuleGroupStatement": {"vendorName": "AWS", "name": COMMON}}


def test_each_rule_is_counted_and_sampled_under_its_own_name() -> None:
    made = acl()
    for name, visible in [("site", made["visibilityConfig"])] + [
        (rule["name"], rule["visibilityConfig"]) for rule in made["rules"]
    ]:
        assert visible == {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": name}


def test_that_of_a_distribution_is_in_us_east_1() -> None:
    made = acl(WebAclScope.CLOUDFRONT)
    assert (made["scope"], made["region"]) == ("CLOUDFRONT", "us-east-1")


def test_that_of_a_load_balancer_is_where_the_load_balancer_is() -> None:
    made = acl()
    assert made["scope"] == "REGIONAL"
    assert "region" not in made


def test_rules_can_be_others_and_single_ones_count_alone() -> None:
    groups = ["AWSManagedRulesSQLiRuleSet", COMMON]
    made = acl(rate_limit=100, rule_groups=groups, counted_rules={COMMON: ["SizeRestrictions_BODY"]})
    rules = {rule["name"]: rule for rule in made["rules"]}
    assert sorted(rules) == [COMMON, "AWSManagedRulesSQLiRuleSet", "rate-limit"]
    assert rules["rate-limit"]["statement"]["rateBasedStatement"]["limit"] == 100
    assert rules[COMMON]["statement"]["managedRuleGroupStatement"]["ruleActionOverrides"] == [
        {"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}
    ]
    assert rules["AWSManagedRulesSQLiRuleSet"]["priority"] < rules[COMMON]["priority"]


def test_rules_can_be_tried_without_refusing_anybody() -> None:
    for rule in acl(count_only=True)["rules"]:
        assert rule.get("action", rule.get("overrideAction")) == {"count": {}}


def test_a_load_balancer_is_put_behind_it() -> None:
    built = build(lambda: guard(Holder(), "arn:alb", "arn:acl"))
    assert built["site-web-acl-association"].inputs == {"resourceArn": "arn:alb", "webAclArn": "arn:acl"}


def test_its_defaults_have_no_fault() -> None:
    assert faults() == {}


def test_a_limit_is_one_that_aws_takes() -> None:
    assert faults(rate_limit=10) == faults(rate_limit=2_000_000_000) == {}
    assert set(faults(rate_limit=9)) == set(faults(rate_limit=2_000_000_001)) == {"web_acl.rate_limit"}


def test_groups_are_aws_s_own_each_once() -> None:
    assert faults(rule_groups=["Mine", COMMON, COMMON]) == {
        "web_acl.rule_groups[0]": ("'Mine' is given", f"a managed rule group of AWS: {COMMON}"),
        "web_acl.rule_groups[2]": (f"'{COMMON}' is given twice", "each group once"),
    }


def test_rules_that_count_are_of_a_group_that_is_used() -> None:
    assert set(faults(counted_rules={"AWSManagedRulesSQLiRuleSet": ["SQLi_BODY"]})) == {
        "web_acl.counted_rules.AWSManagedRulesSQLiRuleSet"
    }
