"""What environments and `global` promise each other, and how a promise that is not kept is told."""

import re
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks.contract import ACCOUNT_VERSION, ContractError, account_faults, read_account
from tests.components.building import build
from tests.stacks.environments import environment_config, global_config, program

ACCOUNT: dict[str, Any] = {
    "version": ACCOUNT_VERSION,
    "domain": "tenfold.example",
    "zone_id": "Z01234567ABC",
    "artifact_bucket": "builds",
}
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "stack-outputs.md"


def exported(stack: str) -> dict[str, Any]:
    """The outputs of a stack's program."""
    config = global_config() if stack == "global" else environment_config(stack)
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pulumi, "export", found.__setitem__)
        build(program(config))
    return found


def documented(heading: str) -> set[str]:
    """The outputs in the table below a heading of the document."""
    section = DOCUMENT.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize("missing", [key for key in ACCOUNT if key != "version"])
def test_what_is_missing_in_global_is_named(missing: str) -> None:
    assert account_faults("tenfold.example", {**ACCOUNT, missing: ""}) == [f"{missing}: it is missing"]


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ({}, "it has no outputs: run `pulumi up --stack global` first"),
        (
            {**ACCOUNT, "version": ACCOUNT_VERSION - 1},
            "version: 0 is there; allowed: 1; run `pulumi up",
        ),
        ({**ACCOUNT, "version": 9.0}, "version: 9 is there; allowed: 1; use a checkout as new as its own"),
        ({**ACCOUNT, "domain": "other.example"}, "domain: 'other.example' is there; allowed: 'tenfold.example'"),
    ],
)
def test_a_global_that_does_not_fit_is_refused_with_what_to_do(outputs: dict[str, Any], told: str) -> None:
    (fault,) = account_faults("tenfold.example", outputs)
    assert fault.startswith(told)


def test_a_global_that_fits_is_read() -> None:
    account = read_account("tenfold.example", lambda _: pulumi.Output.from_input(ACCOUNT))
    built = build(lambda: None)
    assert built.value(account.zone_id) == "Z01234567ABC"
    assert built.value(account.artifact_bucket) == "builds"


def test_one_that_does_not_stops_the_program_with_the_stack_s_name() -> None:
    account = read_account("tenfold.example", lambda _: pulumi.Output.from_input({}))
    with pytest.raises(ContractError, match=r"The stack \S+/tenfold/global is not what .+ needs:\n  it has"):
        build(lambda: None).value(account.zone_id)


def test_every_output_is_documented_and_no_other() -> None:
    # Production has every part that an environment can have.
    assert set(exported("prod")) == documented("Environments")
    assert set(exported("global")) == documented("global")
