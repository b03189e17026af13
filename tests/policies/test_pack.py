"""The edge: what the engine gets to see of a rule's findings."""

from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, Severity
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tenfold_policies.flags import switched_on
from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rule import Parameter, Rule, Settings, Source, resource_rule, stack_rule
from tenfold_policies.view import Findings, Resource, Stack, attempt
from tests.policies.judging import RULES_BY_NAME, Pack, later, run
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


SEEN: list[tuple[Resource, Stack | None]] = []
EXEMPTION: Any = {"resource": "jobs", "reason": "a test", "until": "2026-12-31"}


@resource_rule("see-one", **METADATA)
def sees_resource(resource: Resource, _: Settings) -> Findings:
    """It sees."""
    SEEN.append((resource, None))
    yield from ()


@stack_rule("see-all", **METADATA)
def sees_stack(resource: Resource, stack: Stack, _: Settings) -> Findings:
    """It sees."""
    SEEN.append((resource, stack))
    yield from ()


@resource_rule("open-b", **METADATA)
def open_rule(resource: Resource, _: Settings) -> Findings:
    """It is open."""
    for name in ("visibilityTimeoutSeconds", "delaySeconds"):
        yield from attempt(switched_on(resource[name]))


def protected() -> None:
    dead = aws.sqs.Queue("dead")
    options = pulumi.ResourceOptions(protect=True, ignore_changes=["tags"])
    aws.sqs.Queue("jobs", policy=dead.arn.apply(lambda arn: arn), opts=options)


def test_all_rules_see_the_same_of_a_question_and_what_the_program_says_of_a_resource() -> None:
    SEEN.clear()
    others = [replace(rule, name=f"{rule.name}-too") for rule in (sees_resource, sees_stack)]
    Pack([sees_resource, sees_stack, *others]).judge(run(protected, preview=False))
    alone, together = [[each for each in SEEN if (each[1] is None) is one] for one in (True, False)]
    assert [each.name for each, _ in alone] == ["dead", "dead", "jobs", "jobs"]
    assert len({id(each) for each, _ in alone}) == 2
    assert [each.name for each, _ in together] == ["dead", "jobs", "dead", "jobs"]
    assert len({id(stack) for _, stack in together}) == 1
    for jobs in (alone[-1][0], together[-1][0]):
        assert (jobs.type, jobs.urn) == (QUEUE, f"urn:pulumi:stack::project::pulumi:pulumi:Stack${QUEUE}::jobs")
        assert (jobs.protect, jobs.ignores) == (True, {"tags"})
        assert jobs["policy"].text() == "arn:aws:sqs:us-east-1:123456789012:dead"
    dead = together[0][0]
    assert (dead.protect, dead.ignores) == (False, frozenset())
    assert together[-1][0].references["policy"] == [dead.urn]


def test_the_next_question_is_seen_anew() -> None:
    pack = Pack([sees_stack])
    SEEN.clear()
    for name in ("jobs", "mails"):
        pack.judge(run(lambda name=name: aws.sqs.Queue(name), preview=False))
    assert [each.name for each, _ in SEEN] == ["jobs", "mails"]


def test_what_is_open_is_told_in_order_of_rules_reasons_and_resources() -> None:
    def queues() -> None:
        for name in ("a", "c", "b"):
            aws.sqs.Queue(name, visibility_timeout_seconds=later(30), delay_seconds=later(0))

    rules = [open_rule, replace(open_rule, name="open-a"), replace(open_rule, name="open-c")]
    (open_,) = told(Pack(rules).judge(run(queues, preview=True)))
    assert open_.message.splitlines()[1:] == [
        f"{rule}: a, b, c, since {name} is not known until the update"
        for rule in ("open-a", "open-b", "open-c")
        for name in ("delaySeconds", "visibilityTimeoutSeconds")
    ]


def test_what_is_exempt_hides_nothing_that_follows() -> None:
    def queues() -> None:
        aws.sqs.Queue("jobs")
        aws.sqs.Queue("mails")

    rule = "dec-queue-has-dlq"
    found = Pack([RULES_BY_NAME[rule]], {rule: {"exemptions": [EXEMPTION]}}).judge(run(queues, preview=False))
    assert [each.urn.rpartition("::")[2] for each in found if each.policyName == rule] == ["mails"]


def test_a_rule_on_single_resources_judges_those_of_its_types_whoever_asks() -> None:
    def program() -> None:
        aws.sns.Topic("news")
        aws.sqs.Queue("jobs", delay_seconds=3)

    SEEN.clear()
    Pack([sees_resource], analyzer=sdks).judge(run(program, preview=False))
    assert [each.name for each, _ in SEEN] == ["jobs"]


def sdks(every: list[Policy]) -> Any:
    """The SDK's own analyzer."""
    return _PolicyAnalyzerServicer("tenfold", "0.0.1", every, EnforcementLevel.ADVISORY)


PRACTICE = Source("https://docs.aws.amazon.com/a", checkov=("CKV_AWS_1", "CKV_AWS_2"), well_architected="REL05-BP06")
CONTROL = replace(PRACTICE, security_hub="SQS.1", checkov=())


@pytest.mark.parametrize(
    ("rule", "kind", "level", "tags", "framework"),
    [
        (
            replace(sees_stack, source=PRACTICE),
            analyzer_pb2.POLICY_TYPE_STACK,
            analyzer_pb2.MANDATORY,
            ["see", "CKV_AWS_1", "CKV_AWS_2"],
            ("AWS Well-Architected Framework", "2024", "REL05-BP06", "REL05-BP06"),
        ),
        (
            replace(sees_resource, source=CONTROL, level=EnforcementLevel.ADVISORY),
            analyzer_pb2.POLICY_TYPE_RESOURCE,
            analyzer_pb2.ADVISORY,
            ["see"],
            ("AWS Foundational Security Best Practices", "1.0.0", "SQS.1", "SQS.1"),
        ),
        (sees_stack, analyzer_pb2.POLICY_TYPE_STACK, analyzer_pb2.MANDATORY, ["see"], ("", "", "", "")),
    ],
)
def test_the_engine_is_told_all_that_a_rule_says_of_itself(
    rule: Rule, kind: int, level: int, tags: list[str], framework: tuple[str, ...]
) -> None:
    bound = Parameter("seconds", 5, "The least time.", minimum=1)
    info = Pack([replace(rule, parameters=(bound,))]).analyzer.GetAnalyzerInfo(None, None).policies[0]
    assert (info.name, info.displayName, info.description) == (rule.name, "A fault", "It sees.")
    assert (info.policy_type, info.enforcementLevel, info.severity) == (kind, level, analyzer_pb2.POLICY_SEVERITY_LOW)
    assert (info.remediation_steps, info.url) == ("None.", rule.source.url)
    assert list(info.tags) == tags
    told_of = info.framework
    assert (told_of.name, told_of.version, told_of.reference, told_of.specification) == framework
    schema = json_format.MessageToDict(info.configSchema)["properties"]
    assert schema["seconds"] == {"type": "integer", "minimum": 1, "description": "The least time.", "default": 5}
    exemptions = schema["exemptions"]
    assert len(exemptions.pop("description").split()) > 5
    assert exemptions == {"type": "array", "items": {"type": "object"}, "default": []}


def test_after_all_rules_come_what_is_open_and_the_exemptions() -> None:
    infos = Pack([sees_resource]).analyzer.GetAnalyzerInfo(None, None).policies
    assert [(each.name, each.displayName, each.policy_type, each.enforcementLevel) for each in infos[1:]] == [
        ("undecided", "What could not be decided", analyzer_pb2.POLICY_TYPE_STACK, analyzer_pb2.ADVISORY),
        ("exempted", "Exemptions in use", analyzer_pb2.POLICY_TYPE_STACK, analyzer_pb2.ADVISORY),
        ("exemptions", "Exemptions at fault", analyzer_pb2.POLICY_TYPE_STACK, analyzer_pb2.MANDATORY),
    ]
    assert all(each.remediation_steps for each in infos)
