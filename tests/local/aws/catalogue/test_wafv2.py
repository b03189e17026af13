"""Web ACLs and what they protect live in the emulator as their entries say."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, tags_of

_VISIBLE = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": True}


def _rate(limit: int) -> dict[str, Any]:
    return {
        "name": "rate",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP", "evaluationWindowSec": 300}},
        "visibilityConfig": _VISIBLE,
    }


_COMMON = {
    "name": "common",
    "priority": 1,
    "overrideAction": {"none": {}},
    "statement": {
        "managedRuleGroupStatement": {
            "vendorName": "AWS",
            "name": "AWSManagedRulesCommonRuleSet",
            "ruleActionOverrides": [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}],
        }
    },
    "visibilityConfig": _VISIBLE,
}


def _get(world: World, made: Made) -> Any:
    inputs = made.inputs
    return world.client("wafv2").get_web_acl(Name=inputs["name"], Scope=inputs["scope"], Id=made.id)


def _acl(world: World, made: Made) -> Any:
    found = _get(world, made)["WebACL"]
    tags = world.client("wafv2").list_tags_for_resource(ResourceARN=found["ARN"])["TagInfoForResource"]["TagList"]
    limits = [
        rule["Statement"].get("RateBasedStatement", {}).get("Limit")
        or rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for rule in found["Rules"]
    ]
    return limits, tags_of(tags)


def _loosened(world: World, made: Made) -> None:
    found = _get(world, made)
    acl = found["WebACL"]
    world.client("wafv2").update_web_acl(
        Name=acl["Name"],
        Scope="REGIONAL",
        Id=made.id,
        LockToken=found["LockToken"],
        DefaultAction=acl["DefaultAction"],
        VisibilityConfig=acl["VisibilityConfig"],
        Rules=[rule for rule in acl["Rules"] if rule["Name"] != "common"],
    )


def _made(world: World, count: int) -> list[str]:
    visible = {"CloudWatchMetricsEnabled": True, "MetricName": "m", "SampledRequestsEnabled": True}
    made = (
        world.client("wafv2").create_web_acl(
            Name=world.new_name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible
        )
        for _ in range(count)
    )
    return [one["Summary"]["ARN"] for one in made]


CASES = [
    Case(
        token="aws:wafv2/webAcl:WebAcl",
        inputs=lambda _: {
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [_rate(100), _COMMON],
            "visibilityConfig": _VISIBLE,
            "tags": {"team": "a"},
        },
        look=_acl,
        made=([100, "AWSManagedRulesCommonRuleSet"], {"team": "a"}),
        change=lambda _: {"rules": [_rate(500), _COMMON], "tags": {"team": "b"}},
        changed=([500, "AWSManagedRulesCommonRuleSet"], {"team": "b"}),
        meddle=_loosened,
        drifts=("rules",),
        outputs={"arn": ..., "lockToken": ...},
    ),
    Case(
        token="aws:wafv2/webAclAssociation:WebAclAssociation",
        inputs=lambda world: {"resourceArn": world.balancer, "webAclArn": _made(world, 1)[0]},
        look=lambda world, made: world.client("wafv2").get_web_acl_for_resource(ResourceArn=world.balancer)["WebACL"][
            "ARN"
        ],
        made=lambda _, made: made.inputs["webAclArn"],
    ),
]


@parametrize(CASES)
def test_a_firewall_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
