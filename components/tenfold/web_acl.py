"""A firewall for what users reach over HTTP: AWS WAF with rules that AWS keeps up to date, and a limit on requests.

See https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, bounded
from tenfold.errors import Fault


class WebAclArgs(TypedDict):
    """What AWS WAF refuses before it reaches the component."""

    rate_limit: NotRequired[pulumi.Input[int]]
    """How many requests an address may send in 5 minutes, 10 to 2000000000; 2000 by default."""
    rule_groups: NotRequired[list[str]]
    """AWS's managed rule groups in their order; by default bad addresses, known bad inputs and the common rules."""
    counted_rules: NotRequired[dict[str, list[str]]]
    """Rules that count and do not refuse, by group: `{"AWSManagedRulesCommonRuleSet": ["SizeRestrictions_BODY"]}`."""
    count_only: NotRequired[bool]
    """Whether nothing is refused and matches are counted alone, to try the rules on live traffic; false by default."""


class WebAclScope(StrEnum):
    """What a web ACL protects."""

    REGIONAL = "REGIONAL"
    """Load balancers and APIs of its region."""
    CLOUDFRONT = "CLOUDFRONT"
    """Distributions; its region is us-east-1."""


WEB_ACL_CHILDREN: Children = {
    "web-acl": lambda: aws.wafv2.WebAcl,
    "web-acl-association": lambda: aws.wafv2.WebAclAssociation,
}
"""What a component with a firewall has among its kinds of children."""

RULE_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
"""The groups that are used by default: 925 of the 1,500 capacity units that the basic price includes."""

_GROUP = re.compile(r"AWSManagedRules[A-Za-z0-9]{1,100}")


def web_acl_faults(acl: WebAclArgs, path: str = "web_acl") -> Iterable[Fault]:
    """What is wrong with a firewall's arguments."""
    yield from bounded(f"{path}.rate_limit", acl.get("rate_limit"), 10, 2_000_000_000, "requests in 5 minutes")
    groups = acl.get("rule_groups", [*RULE_GROUPS])
    for index, group in enumerate(groups):
        if not _GROUP.fullmatch(group):
            allowed = f"a managed rule group of AWS: {RULE_GROUPS[-1]}"
            yield Fault(f"{path}.rule_groups[{index}]", f"{group!r} is given", allowed)
        elif group in groups[:index]:
            yield Fault(f"{path}.rule_groups[{index}]", f"{group!r} is given twice", "each group once")
    for group in acl.get("counted_rules", {}):
        if group not in groups:
            yield Fault(f"{path}.counted_rules.{group}", "it is not among the rule groups", ", ".join(groups))


def web_acl(component: pulumi.ComponentResource, args: WebAclArgs, scope: WebAclScope) -> "aws.wafv2.WebAcl":
    """The web ACL: its limit first, so that a flood does not cost the evaluation of the other rules.

    Args:
        component: Its parent; the component's kinds of children include `WEB_ACL_CHILDREN`.
        args: The arguments, without faults.
        scope: What it protects.
    """
    name = component.pulumi_resource_name
    groups = args.get("rule_groups", [*RULE_GROUPS])
    counted = args.get("counted_rules", {})
    count_only = args.get("count_only", False)
    return aws.wafv2.WebAcl(
        f"{name}-web-acl",
        description=f"What is refused before it reaches {name}",
        scope=scope.value,
        region="us-east-1" if scope is WebAclScope.CLOUDFRONT else None,
        default_action={"allow": {}},
        rules=[
            _rate_rule(args.get("rate_limit", 2000), count_only),
            *(
                _group_rule(group, priority, counted.get(group, []), count_only)
                for priority, group in enumerate(groups, start=1)
            ),
        ],
        visibility_config=_visibility(name),
        opts=pulumi.ResourceOptions(parent=component),
    )


def guard(
    component: pulumi.ComponentResource, resource_arn: pulumi.Input[str], web_acl_arn: pulumi.Input[str]
) -> "aws.wafv2.WebAclAssociation":
    """Puts a load balancer behind a web ACL; a distribution names its own."""
    return aws.wafv2.WebAclAssociation(
        f"{component.pulumi_resource_name}-web-acl-association",
        resource_arn=resource_arn,
        web_acl_arn=web_acl_arn,
        opts=pulumi.ResourceOptions(parent=component),
    )


def _rate_rule(limit: pulumi.Input[int], count_only: bool) -> Any:
    return {
        "name": "rate-limit",
        "priority": 0,
        "action": {"count": {}} if count_only else {"block": {}},
        "statement": {
            "rate_based_statement": {"limit": limit, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
        },
        "visibility_config": _visibility("rate-limit"),
    }


def _group_rule(group: str, priority: int, counted: Sequence[str], count_only: bool) -> Any:
    overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
    statement: dict[str, Any] = {"vendor_name": "AWS", "name": group}
    return {
        "name": group,
        "priority": priority,
        "override_action": {"count": {}} if count_only else {"none": {}},
        "statement": {
            "managed_rule_group_statement": statement | ({"rule_action_overrides": overrides} if overrides else {})
        },
        "visibility_config": _visibility(group),
    }


def _visibility(metric: str) -> Any:
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}
