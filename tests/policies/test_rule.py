"""What a rule is: its parameters, its metadata, and what becomes of what its function says."""

from typing import Any

import pytest
from pulumi_policy import EnforcementLevel, Severity

from tenfold_policies.rule import (
    Parameter,
    Settings,
    Source,
    control,
    judge_all,
    judge_one,
    resource_rule,
    stack_rule,
)
from tenfold_policies.view import UNKNOWN, Findings, Resource, Stack

QUEUE, TOPIC = "aws:sqs/queue:Queue", "aws:sns/topic:Topic"
METADATA: Any = {
    "on": (QUEUE,),
    "title": "A fault",
    "severity": Severity.LOW,
    "remediation": "None.",
    "source": Source("https://docs.aws.amazon.com/"),
}


def resource(name: str, type_: str = QUEUE, /, **properties: Any) -> Resource:
    references = {key: ["urn:other"] for key in properties}
    return Resource(type_, name, f"urn:pulumi:dev::shop::{type_}::{name}", properties, references)


@pytest.mark.parametrize(
    ("parameter", "schema"),
    [
        (Parameter("seconds", 5, "Time."), {"type": "integer", "default": 5}),
        (
            Parameter("seconds", 5, "Time.", minimum=0, maximum=60),
            {"type": "integer", "default": 5, "minimum": 0, "maximum": 60},
        ),
        (Parameter("seconds", 5, "Time.", maximum=60), {"type": "integer", "default": 5, "maximum": 60}),
        (Parameter("names", ["a"], "Time."), {"type": "array", "items": {"type": "string"}, "default": ["a"]}),
        (Parameter("names", [], "Time."), {"type": "array", "items": {"type": "string"}, "default": []}),
        (Parameter("ports", [22], "Time."), {"type": "array", "items": {"type": "integer"}, "default": [22]}),
        (Parameter("tags", {"a": "b"}, "Time."), {"type": "object", "default": {"a": "b"}}),
    ],
)
def test_a_parameters_schema_is_that_of_its_default_within_its_bounds(
    parameter: Parameter, schema: dict[str, Any]
) -> None:
    assert parameter.schema() == {"description": "Time.", **schema}


@pytest.mark.parametrize("configured", [None, {}, {"other": 1}])
def test_what_a_stack_does_not_configure_is_the_default(configured: dict[str, Any] | None) -> None:
    parameters = (Parameter("seconds", 5, "Time."), Parameter("ports", [22, 80], "Ports."))
    settings = Settings(parameters, configured)
    assert settings.integer("seconds") == 5
    assert settings.integers("ports") == [22, 80]


def test_what_a_stack_configures_comes_as_what_it_was_meant_as() -> None:
    defaults: list[Any] = [5, [22], ["a"], {}]
    parameters = [Parameter(f"p{place}", default, "It.") for place, default in enumerate(defaults)]
    settings = Settings(parameters, {"p0": 7.0, "p1": [443.0], "p2": ["b", 1], "p3": {"key": "value"}})
    assert repr(settings.integer("p0")) == "7"
    assert repr(settings.integers("p1")) == "[443]"
    assert settings.texts("p2") == ["b", "1"]
    assert settings.members("p3") == {"key": "value"}


def test_the_source_of_a_control_is_its_place_in_security_hubs_guide() -> None:
    assert control("AutoScaling.2", "CKV_AWS_1", "CKV_AWS_2", practice="REL10-BP01") == Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-2",
        security_hub="AutoScaling.2",
        checkov=("CKV_AWS_1", "CKV_AWS_2"),
        well_architected="REL10-BP01",
    )


@resource_rule("one", **METADATA)
def of_one(each: Resource, settings: Settings) -> Findings:
    """It has no delay.

    A delay is a wait.
    And no good.
    """
    if each["delaySeconds"].integer():
        yield each["delaySeconds"].violates(allowed="0", fix="mend it.")
        yield each["delaySeconds"].violates(allowed="0", fix="mend it.")


@stack_rule("all", level=EnforcementLevel.ADVISORY, safe_to_set="It is.", **METADATA)
def of_all(each: Resource, stack: Stack, _: Settings) -> Findings:
    for other in stack.of(TOPIC):
        yield other["displayName"].violates(allowed="0", fix="mend it.")
        other["name"].text()
    each["delaySeconds"].text()


def test_a_rule_says_what_its_docstring_says() -> None:
    assert (of_one.name, of_one.description) == ("one", "It has no delay.")
    assert of_one.rationale == "A delay is a wait.\nAnd no good."
    assert (of_all.description, of_all.rationale) == ("", "")


def test_a_rule_is_mandatory_and_mends_nothing_unless_it_says_so() -> None:
    assert (of_one.whole_stack, of_one.level, of_one.safe_to_set) == (False, EnforcementLevel.MANDATORY, "")
    assert (of_all.whole_stack, of_all.level, of_all.safe_to_set) == (True, EnforcementLevel.ADVISORY, "It is.")


def test_what_is_said_twice_is_told_once() -> None:
    found = judge_one(of_one, resource("jobs", delaySeconds=3), Stack(), Settings(()))
    assert [each.text for each in found] == [
        f"jobs ({QUEUE}) delaySeconds: found 3, allowed 0. Fix: mend it.",
    ]


def test_an_open_verdict_is_on_the_resource_that_is_judged_whichever_is_unknown() -> None:
    (found,) = judge_one(of_one, resource("jobs", delaySeconds=UNKNOWN), Stack(), Settings(()))
    assert (found.name, found.decided, found.text) == ("jobs", False, "delaySeconds is not known until the update")
    stack = Stack([resource("jobs"), resource("mails"), resource("news", TOPIC, name=UNKNOWN)])
    told = [(each.name, each.text) for each in judge_all(of_all, stack, Settings(())) if not each.decided]
    assert told == [(name, f"news ({TOPIC}) name is not known until the update") for name in ("jobs", "mails")]


def test_a_rule_judges_each_resource_of_its_types_and_tells_each_violation_once() -> None:
    stack = Stack([resource("jobs"), resource("mails"), resource("news", TOPIC, name="n"), resource("other", TOPIC)])
    found = judge_all(of_all, stack, Settings(()))
    assert [(each.name, each.decided) for each in found] == [("news", True), ("other", True)]
