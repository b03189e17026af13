"""What each environment's levels do to a program that one rule has something to say about."""

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel

from tenfold_policies.exemptions import EXEMPTED, EXEMPTIONS
from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rules import RULES
from tests.policies.judging import RULES_BY_NAME, Pack, run

STACKS = Path(__file__).parents[2] / "stacks"
LEVELS = ("disabled", "advisory", "mandatory")
RULE = "dur-deletion-protection"


def configured(environment: str) -> dict[str, Any]:
    return json.loads((STACKS / f"policies.{environment}.json").read_text())


def level(environment: str, policy: str, default: EnforcementLevel = EnforcementLevel.ADVISORY) -> str:
    """The level of a policy as the engine reconciles it: its own, else that of all, else its default."""
    given = configured(environment)
    return given.get(policy, given.get("all", default.name.lower()))


def unprotected() -> None:
    aws.dynamodb.Table("carts", hash_key="id", attributes=[{"name": "id", "type": "S"}])


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ("local", []),
        ("dev", [analyzer_pb2.ADVISORY]),
        ("staging", [analyzer_pb2.MANDATORY]),
        ("prod", [analyzer_pb2.MANDATORY]),
        ("prod-eu", [analyzer_pb2.MANDATORY]),
    ],
)
def test_development_advises_what_production_refuses(environment: str, says: list[int]) -> None:
    set_to = EnforcementLevel[level(environment, RULE).upper()]
    found = Pack([RULES_BY_NAME[RULE]], level=set_to).judge(run(unprotected, preview=False))
    assert [each.enforcementLevel for each in found] == says


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_environment_is_stricter_than_the_one_after_it(rule: Any) -> None:
    order = [LEVELS.index(level(each, rule.name, rule.level)) for each in ("local", "dev", "staging", "prod")]
    assert order == sorted(order)
    assert order[-1] == LEVELS.index("mandatory")


def test_what_staging_lets_pass_production_does_not_refuse() -> None:
    assert configured("staging") == configured("prod") == configured("prod-eu")


def test_the_readmes_examples_are_configurations_of_rules_that_there_are() -> None:
    readme = (STACKS.parent / "policies" / "README.md").read_text()
    blocks = [dedent(block) for block in re.findall(r"(?m)(?:^    .*\n)+", readme)]
    examples = [json.loads(block) for block in blocks if block.startswith("{") and "..." not in block]
    assert len(examples) == 3
    for name, configured in [pair for example in examples for pair in example.items()]:
        parameters = {parameter.name for parameter in RULES_BY_NAME[name].parameters}
        if isinstance(configured, dict):
            assert configured.keys() <= parameters | {"enforcementLevel", "exemptions"}
        else:
            assert configured in {*LEVELS, "remediate"}


@pytest.mark.parametrize("file", sorted(STACKS.glob("policies.*.json")), ids=lambda file: file.stem)
def test_no_environment_refuses_for_what_is_told_alone(file: Path) -> None:
    """An open verdict in a preview and an exemption in force are news, and no fault; one at fault is."""
    environment = file.stem.partition(".")[2]
    assert level(environment, UNDECIDED) == "advisory"
    assert level(environment, EXEMPTED) == "advisory"
    assert level(environment, EXEMPTIONS, EnforcementLevel.MANDATORY) == "mandatory"
