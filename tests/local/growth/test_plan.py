"""What `./tenfold plan` says of growth: from any stage to any other nothing that holds data is replaced or goes."""

import io
import json
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pulumi
import pytest
from rich.console import Console

from local.growth import plan as planning
from local.growth.comparing import compared
from local.growth.recording import record
from local.workspace import CommandError, Workspace
from pull_requests.data_holders import data_losses
from pull_requests.preview import Action, State
from stacks import assembly
from stacks.config import parse

REGION = "us-east-1"
SAMPLES = (400_000, 1_000_000, 7_000_000, 30_000_000)
"""A number of users in each stage."""
WORKSPACE = Workspace(Path(__file__).resolve().parents[3])


@cache
def recorded(users: int) -> dict[str, State]:
    config = parse("prod", {"users": json.dumps(users)})
    return record(partial(assembly.build, config), stack="prod", region=REGION, domain=None)


ACCESS = {"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:iam/rolePolicy:RolePolicy"}
"""What lets a tier reach what a service of its own has from now on."""


@pytest.mark.parametrize(("fewer", "more"), combinations(SAMPLES, 2))
def test_growth_from_any_stage_to_any_later_one_replaces_nothing_and_removes_no_data(fewer: int, more: int) -> None:
    preview = compared("prod", REGION, recorded(fewer), recorded(more))
    assert data_losses(preview) == []
    assert preview.of(Action.REPLACED) == []
    assert {change.type for change in preview.of(Action.DESTROYED)} <= ACCESS
    assert preview.of(Action.CREATED, Action.CHANGED)


def test_the_same_number_of_users_changes_nothing() -> None:
    again = recorded.__wrapped__(SAMPLES[0])
    assert compared("prod", REGION, recorded(SAMPLES[0]), again).changes == ()


def test_a_stage_less_would_take_data_away_and_that_is_seen() -> None:
    preview = compared("prod", REGION, recorded(SAMPLES[2]), recorded(SAMPLES[1]))
    assert {change.action for change in data_losses(preview)} == {Action.DESTROYED}
    lost = {change.name for change in data_losses(preview)}
    assert {"databases-forum-cluster", "users-users-4-cluster", "users-map-table"} <= lost


@pytest.mark.parametrize(
    ("inputs", "action", "reasons"),
    [
        ({"cidrBlock": "10.0.0.0/16", "enableDnsSupport": False}, Action.CHANGED, ()),
        ({"cidrBlock": "10.9.0.0/16"}, Action.REPLACED, ("cidrBlock",)),
    ],
)
def test_what_cannot_change_in_place_is_replaced(inputs: Any, action: Action, reasons: tuple[str, ...]) -> None:
    before = {"urn": State("aws:ec2/vpc:Vpc", inputs={"cidrBlock": "10.0.0.0/16"})}
    (change,) = compared("prod", REGION, before, {"urn": State("aws:ec2/vpc:Vpc", inputs=inputs)}).changes
    assert (change.action, change.reasons) == (action, reasons)


def test_what_is_made_of_other_resources_changes_with_them() -> None:
    def program(*names: str) -> None:
        made = [pulumi.Output.from_input(_queue(name)) for name in names]
        _queue("last", tags=pulumi.Output.all(*made).apply(lambda arns: {"of": ",".join(arns)}))

    one, same, more = (
        record(partial(program, *names), stack="s", region=REGION, domain=None) for names in ("a", "a", "ab")
    )
    assert compared("s", REGION, one, same).changes == ()
    assert {change.name for change in compared("s", REGION, one, more).changes} == {"b", "last"}


def _queue(name: str, **inputs: Any) -> pulumi.Output[str]:
    import pulumi_aws as aws

    return aws.sqs.Queue(name, **inputs).arn


def planned(tmp_path: Path, wanted: int, **configured: Any) -> planning.Plan:
    """The plan of an environment that is configured so."""
    (tmp_path / "stacks").mkdir()
    given = {f"tenfold:{key}": value for key, value in configured.items()}
    (tmp_path / "stacks" / "Pulumi.shop.yaml").write_text(json.dumps({"config": given}))
    return planning.plan(Workspace(tmp_path), "shop", wanted)


def test_the_plan_says_what_changes_what_it_costs_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the command does: files of the application are named from the checkout.
    monkeypatch.chdir(WORKSPACE.root)
    plan = planned(tmp_path, 1_500_000, users=300_000, cache=None, web={"min_size": 6})
    data = plan.data()
    assert (data["stage"]["now"], data["stage"]["then"]) == ("below a million", "millions")
    assert data["settings"]["services.forum.min_size"] == {"now": None, "then": 3}
    assert data["data_lost"] == []
    assert {change["action"] for change in data["changes"]} == {"created", "changed", "destroyed"}
    assert "web.min_size" in data["kept_as_configured"]
    assert data["bottleneck"]["from_users"] == 5_000_000
    # Three services of three m7g.large at 0.0816 dollars and a balancer at 0.0225 an hour come on top, at the least.
    assert data["monthly_usd"]["then"] - data["monthly_usd"]["now"] > 730 * (9 * 0.0816 + 3 * 0.0225)
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(plan)
    said = captured.get()
    assert "shop: from 300,000 to 1,500,000 users" in said
    assert "0 replaced, " in said
    assert "None of that holds data." in said
    assert "created: WebTier forum, " in said
    assert "Next bottleneck, at about 5,000,000 users:\n  writes to the one database" in said


@pytest.mark.parametrize(
    ("stack", "told"), [("global", "global has no users"), ("nothing", "there is no environment 'nothing'")]
)
def test_what_is_no_environment_has_no_plan(stack: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        planning.plan(WORKSPACE, stack, 1_000_000)


def test_a_configuration_with_faults_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"stacks/Pulumi\.shop\.yaml has 1 fault"):
        planned(tmp_path, 1_000_000, wb={})
