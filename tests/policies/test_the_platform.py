"""The stacks, assembled from our components, held to our own rules as their environment sets them."""

import json
from pathlib import Path

import pytest

from stacks.config import parse
from tenfold_policies.exemptions import EXEMPTED
from tenfold_policies.pack import UNDECIDED
from tests.policies.judging import Pack, run
from tests.stacks.environments import ENVIRONMENTS, environment_config, global_config, program

STACKS = Path(__file__).resolve().parents[2] / "stacks"
PROTECTED = [stack for stack in ENVIRONMENTS if environment_config(stack).protected]
OTHERS = [stack for stack in ENVIRONMENTS if stack not in PROTECTED]


def configured(stack: str) -> Pack:
    """The pack with the levels and exemptions of a stack."""
    return Pack(config=json.loads((STACKS / f"policies.{stack}.json").read_text()))


@pytest.mark.parametrize(
    "stack", ["prod", *(pytest.param(stack, marks=pytest.mark.deep) for stack in PROTECTED if stack != "prod")]
)
def test_no_rule_has_anything_to_say_about_what_people_depend_on(stack: str) -> None:
    found = Pack().judge(run(program(environment_config(stack)), preview=False))
    assert [each.message for each in found] == []


@pytest.mark.parametrize(
    "stack", ["local", *(pytest.param(stack, marks=pytest.mark.deep) for stack in OTHERS if stack != "local")]
)
def test_what_is_not_protected_breaks_the_rules_of_protection_alone(stack: str) -> None:
    found = Pack().judge(run(program(environment_config(stack)), preview=False))
    assert {each.policyName for each in found} == {"dur-deletion-protection", "dur-s3-no-force-destroy"}


def test_the_least_that_a_stack_can_say_passes_too() -> None:
    assert [each.message for each in Pack().judge(run(program(parse("prod", {})), preview=False))] == []


def test_the_account_s_stack_passes_with_the_one_exemption_that_it_explains() -> None:
    found = configured("global").judge(run(program(global_config()), preview=False))
    assert {each.policyName for each in found} == {EXEMPTED}
    bare = Pack().judge(run(program(global_config()), preview=False))
    assert {each.policyName for each in bare} == {"sec-iam-managed-admin"}


def test_the_preview_of_a_new_platform_leaves_open_what_holds_an_arn_and_no_more() -> None:
    (told,) = Pack().judge(run(program(parse("prod", {"users": "500000"})), preview=True))
    assert told.policyName == UNDECIDED
    lines = told.message.removeprefix(f"{told.description}\n").splitlines()
    assert {"dec-dlq-max-receive", "sec-queue-tls", "sec-s3-tls"} <= {line.partition(":")[0] for line in lines}
