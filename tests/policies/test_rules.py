"""What holds for every rule."""

import importlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tenfold_policies.exemptions import EXEMPTED, EXEMPTIONS
from tenfold_policies.pack import UNDECIDED, policies
from tenfold_policies.rule import Rule
from tenfold_policies.rules import CONCERNS, RULES
from tests.policies.judging import Case

PACK = Path(__file__).parents[2] / "policies"
FILES = [concern.__name__.replace("tenfold_policies.", "tests.policies.test_") for concern in CONCERNS]
CASES = [case for file in FILES for case in cast("list[Case]", importlib.import_module(file).CASES)]
GROUPS = {"shd", "maz", "sta", "dec", "dur", "sec", "sca", "cst", "tag"}
by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@by_rule
def test_a_rule_has_programs_that_it_passes_and_programs_that_it_refuses(rule: Rule) -> None:
    kinds = Counter(bool(case.refused) for case in CASES if case.rule == rule.name)
    assert kinds[True] >= 1
    assert kinds[False] >= 1


@by_rule
def test_a_parameter_has_a_program_that_it_decides(rule: Rule) -> None:
    exercised = {name for case in CASES if case.rule == rule.name for name in case.config}
    bounds = {parameter.name for parameter in rule.parameters}
    assert exercised <= bounds
    # One zone count, one bound of each pair: the rest is the same comparison.
    assert not bounds or exercised or bounds == {"minimumZones"}


@by_rule
def test_a_rule_says_what_it_is_for(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]{3}(-[a-z0-9]+)+", rule.name)
    assert rule.name.partition("-")[0] in GROUPS
    assert rule.on
    assert all(re.fullmatch(r"aws:\w+/\w+:[A-Z]\w+", token) for token in rule.on)
    assert rule.description.endswith(".")
    assert "\n" not in rule.description
    assert len(rule.rationale) > 40, "the rest of the docstring says why"
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.remediation.endswith(".")
    assert rule.source.url.startswith("https://docs.aws.amazon.com/")
    assert rule.source.security_hub or rule.source.well_architected
    assert rule.level in {EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY}


def test_names_are_unique() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names)) >= 36
    assert UNDECIDED not in names


def test_the_engine_is_told_everything_about_each_rule() -> None:
    analyzer = _PolicyAnalyzerServicer("tenfold", "0.1.0", policies(), EnforcementLevel.ADVISORY)
    told = {info.name: info for info in analyzer.GetAnalyzerInfo(None, None).policies}
    assert list(told) == [*(rule.name for rule in RULES), UNDECIDED, EXEMPTED, EXEMPTIONS]
    for rule in RULES:
        info = told[rule.name]
        assert info.description == rule.description
        assert info.displayName == rule.title
        assert info.severity
        assert info.framework.name
        assert info.framework.reference
        assert info.remediation_steps == rule.remediation
        assert info.url == rule.source.url
        assert set(info.configSchema.properties) == {"exemptions", *(parameter.name for parameter in rule.parameters)}


@by_rule
def test_the_engine_can_check_a_parameter_before_the_rule_reads_it(rule: Rule) -> None:
    for parameter in rule.parameters:
        schema = parameter.schema()
        if isinstance(parameter.default, int):
            assert schema["type"] == "integer"
            assert schema["minimum"] <= parameter.default <= schema["maximum"]
        elif isinstance(parameter.default, dict):
            assert schema["type"] == "object"
        else:
            kinds = {"string": str, "integer": int}
            assert schema["type"] == "array"
            assert all(isinstance(each, kinds[schema["items"]["type"]]) for each in parameter.default)


@pytest.mark.parametrize("file", sorted((PACK.parent / "stacks").glob("policies.*.json")), ids=lambda file: file.stem)
def test_the_environments_set_levels_of_rules_that_there_are(file: Path) -> None:
    assert set(json.loads(file.read_text())) <= {rule.name for rule in RULES} | {UNDECIDED, EXEMPTED, "all"}
