"""The pages of rules: current, complete, and with examples that are judged as they stand there."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from docs import build, policy_pages
from docs.policy_examples import Example
from docs.policy_pages import examples_begin
from docs.practices import PRACTICES
from tenfold_policies.rule import Rule
from tenfold_policies.rules import RULES
from tests.docs.yaml_programs import program
from tests.policies.judging import Pack, run

FOLDER = build.DOCS / "policies"
STALE = "is not what rules and their tests say: run `python -m docs.build policies` and commit it"
NO_EXAMPLE = Example("", {}, ())
by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def written(rule: Rule) -> str:
    return (FOLDER / f"{rule.name}.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def example(text: str, fallback: str = "") -> tuple[str, Mapping[str, Any]]:
    """A program on a page, and the policy configuration that stands above it."""
    (yaml,) = blocks(text, "yaml")
    configured = blocks(text, "json") or blocks(fallback, "json")
    return yaml, json.loads(configured[0]) if configured else {}


@pytest.mark.deep
def test_the_pages_are_what_rules_and_their_tests_say() -> None:
    texts = build.pages_of_policies()
    current = {file.name: file.read_text() for file in FOLDER.glob("*.md")}
    stale = sorted(name for name in texts.keys() | current.keys() if texts.get(name) != current.get(name))
    assert not stale, f"docs/policies ({', '.join(stale)}) {STALE}"


@by_rule
def test_a_page_is_what_the_rule_says(rule: Rule) -> None:
    """All but the examples, for which every program has to be run."""
    told, _ = examples_begin(policy_pages.page(rule, NO_EXAMPLE, NO_EXAMPLE))
    assert examples_begin(written(rule))[0] == told, f"{rule.name}.md {STALE}"


def test_the_pages_that_lead_to_others_are_current() -> None:
    assert (FOLDER / "README.md").read_text() == policy_pages.index(RULES), STALE
    assert (FOLDER / "controls.md").read_text() == policy_pages.controls(RULES), STALE


def test_there_is_a_page_for_every_rule_and_the_index_leads_to_it() -> None:
    pages = {f"{rule.name}.md" for rule in RULES}
    assert {file.name for file in FOLDER.glob("*.md")} == {*pages, "README.md", "controls.md"}
    links = re.findall(r"^\| \[`.+?`\]\((.+?)\)", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert set(links) == pages


def test_every_practice_that_a_rule_names_has_its_page() -> None:
    assert {rule.source.well_architected for rule in RULES if rule.source.well_architected} == set(PRACTICES)


@by_rule
def test_the_example_above_is_refused_as_the_page_says_and_the_one_below_passes(rule: Rule) -> None:
    refused, _, passes = examples_begin(written(rule))[1].partition("## Passes")
    (said,) = blocks(refused, "text")
    failing, configured = example(refused)
    told = Pack([rule], configured).judge(run(program(failing), preview=False))
    assert {each.policyName for each in told} == {rule.name}
    assert " ".join(said.split()) == " ".join(each.message.removeprefix(each.description).strip() for each in told)
    passing, configured = example(passes, fallback=refused)
    assert [each.message for each in Pack([rule], configured).judge(run(program(passing), preview=False))] == []
