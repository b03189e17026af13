"""What is read of projects and of the engine's state."""

import json
from pathlib import Path

import pytest

from local.stack import require_account, runtime, saved
from local.workspace import CommandError, Workspace


def _save(workspace: Workspace, project: str, stack: str, *identities: str) -> None:
    resources = [{"type": "aws:sqs/queue:Queue", "id": identity} for identity in identities]
    file = workspace.state / ".pulumi" / "stacks" / project / f"{stack}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))


def test_stacks_of_other_programs_are_not_taken_for_the_platforms(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    _save(workspace, "tenfold", "local", "jobs")
    _save(workspace, "from-yaml", "local", "orders")
    assert {name: [one["id"] for one in resources] for name, resources in saved(workspace).items()} == {
        "local": ["jobs"]
    }


def test_a_stack_that_holds_nothing_yet_has_no_resources(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    file = workspace.state / ".pulumi" / "stacks" / "tenfold" / "local.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"checkpoint": {"latest": null}}')
    assert saved(workspace) == {"local": []}


@pytest.mark.parametrize(
    ("project", "named"),
    [
        ("runtime: yaml", "yaml"),
        ("runtime: {name: python, options: {virtualenv: .venv}}", "python"),
        ("name: shop", ""),
        (None, ""),
    ],
)
def test_a_programs_runtime_is_what_its_project_names(tmp_path: Path, project: str | None, named: str) -> None:
    if project:
        (tmp_path / "Pulumi.yaml").write_text(project)
    assert runtime(tmp_path) == named


def test_an_environment_with_names_in_the_domain_needs_the_account_s_stack(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "stacks").mkdir()
    named = "{tenfold:domain: a.example}"
    for stack, settings in {"local": "{}", "prod": named, "global": named}.items():
        (tmp_path / "stacks" / f"Pulumi.{stack}.yaml").write_text(f"config: {settings}")
    require_account(workspace, "local")
    require_account(workspace, "global")
    with pytest.raises(CommandError, match=r"in the domain a\.example, .+; run \./tenfold up global"):
        require_account(workspace, "prod")
    _save(workspace, "tenfold", "global", "zone")
    require_account(workspace, "prod")
