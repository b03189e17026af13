"""The edge: what the engine gets to see of a rule's findings."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Severity

from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rule import Rule, Settings, Source, resource_rule, stack_rule
from tenfold_policies.view import Findings, Resource, Stack
from tests.policies.judging import RULES_BY_NAME, Pack, run
from tests.policies.networks import network

QUEUE = "aws:sqs/queue:Queue"
METADATA: Any = {
    "on": (QUEUE,),
    "title": "A fault",
    "severity": Severity.LOW,
    "remediation": "None.",
    "source": Source("https://docs.aws.amazon.com/"),
}


@resource_rule("bad-resource", **METADATA)
def broken_resource_rule(resource: Resource, _: Settings) -> Findings:
    """It breaks."""
    yield resource["delaySeconds"].violates(allowed="1", fix="mend it.")
    raise KeyError("delay")


@stack_rule("bad-stack", **METADATA)
def broken_stack_rule(resource: Resource, stack: Stack, _: Settings) -> Findings:
    """It breaks."""
    raise ZeroDivisionError("no reason")


@pytest.mark.parametrize("rule", [broken_resource_rule, broken_stack_rule], ids=lambda rule: rule.name)
def test_a_rule_that_fails_is_a_violation_that_names_it_and_the_others_go_on(rule: Rule) -> None:
    found = Pack([rule, RULES_BY_NAME["dec-queue-has-dlq"]]).judge(run(lambda: aws.sqs.Queue("jobs"), preview=False))
    texts = [each.message for each in found if each.policyName == rule.name]
    assert f"jobs ({QUEUE}): rule {rule.name} failed with " in texts[-1]
    assert f'set "{rule.name}": "disabled"' in texts[-1]
    assert all(each.enforcementLevel == analyzer_pb2.MANDATORY for each in found)
    assert {each.policyName for each in found} == {rule.name, "dec-queue-has-dlq"}


def test_what_came_before_a_fault_is_kept() -> None:
    found = Pack([broken_resource_rule]).judge(run(lambda: aws.sqs.Queue("jobs", delay_seconds=3), preview=False))
    assert "delaySeconds: found 3, allowed 1" in found[0].message
    assert "KeyError" in found[1].message


def pairs(*names: str) -> None:
    """Queues with a dead-letter queue each, whose redrive policy is not known before the latter exists."""
    for name in names:
        sink = aws.sqs.Queue(f"{name}-dead")
        redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": sink.arn, "maxReceiveCount": 5})
        aws.sqs.Queue(name, redrive_policy=redrive)


def told(found: list[analyzer_pb2.AnalyzeDiagnostic]) -> list[analyzer_pb2.AnalyzeDiagnostic]:
    return [each for each in found if each.policyName == UNDECIDED]


def test_a_new_stacks_preview_tells_what_is_open_once_and_by_rule_and_reason() -> None:
    (open_,) = told(Pack().judge(run(lambda: pairs("jobs", "mails"), preview=True)))
    assert open_.enforcementLevel == analyzer_pb2.ADVISORY
    assert open_.urn == ""
    assert open_.message.splitlines()[1:] == [
        "dec-dlq-max-receive: jobs, mails, since redrivePolicy is not known until the update",
    ]


def test_what_was_told_is_not_told_again() -> None:
    pack = Pack()
    assert told(pack.judge(run(lambda: pairs("jobs"), preview=True)))
    assert not told(pack.judge(run(lambda: network("app-a", "app-b"), preview=True)))


def test_an_update_leaves_nothing_open() -> None:
    assert not told(Pack().judge(run(lambda: pairs("jobs"), preview=False)))


def test_a_level_from_the_configuration_holds() -> None:
    program = run(lambda: aws.sqs.Queue("jobs"), preview=False)
    rule = RULES_BY_NAME["dec-queue-has-dlq"]
    assert [each.enforcementLevel for each in Pack([rule]).judge(program)] == [analyzer_pb2.MANDATORY]
    advised = Pack([rule], level=EnforcementLevel.ADVISORY).judge(program)
    assert [each.enforcementLevel for each in advised] == [analyzer_pb2.ADVISORY]
    assert not Pack([rule], level=EnforcementLevel.DISABLED).judge(program)


def test_a_component_and_a_type_that_no_rule_knows_are_passed_over() -> None:
    def program() -> None:
        aws.ec2.PlacementGroup("near", strategy="cluster")

    for preview in (True, False):
        assert not Pack().judge(run(program, preview=preview))
