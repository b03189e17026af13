"""X-Ray is on record: its inputs are checked, and nothing is traced."""

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import World

_RULE = {
    "ruleName": "health",
    "fixedRate": 0.0,
    "reservoirSize": 0,
    "priority": 100,
    "version": 1,
    "host": "*",
    "httpMethod": "*",
    "resourceArn": "*",
    "serviceName": "*",
    "serviceType": "*",
    "urlPath": "/health*",
}


def test_a_sampling_rule_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:xray/samplingRule:SamplingRule"]
    assert kind.recorded
    inputs, faults = resources.check(world.account, kind, "r", b"", {}, _RULE)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity == "health"
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    assert resources.compare(world.account, kind, inputs, {**inputs, "fixedRate": 0.5}).replaces == ()
    wrong = {**_RULE, "rate": 1}
    assert [fault.path for fault in resources.check(world.account, kind, "r", b"", {}, wrong)[1]] == ["rate"]


def test_a_group_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:xray/group:Group"]
    given = {"groupName": "errors", "filterExpression": "fault = true"}
    inputs, faults = resources.check(world.account, kind, "g", b"", {}, given)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert state["arn"] == identity
    assert ":group/errors/" in identity
    assert resources.compare(world.account, kind, inputs, {**inputs, "groupName": "slow"}).replaces == ("groupName",)
