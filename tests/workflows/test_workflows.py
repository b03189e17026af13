"""The workflows are ones that GitHub runs, with no more rights than they need, and no text of others in their shell."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from tests.workflows.actionlint import actionlint

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted((ROOT / ".github" / "scripts").iterdir())
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
ENVIRONMENTS = ["global", "dev", "staging", "prod", "prod-eu"]

workflows = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def parsed(file: Path) -> dict[Any, Any]:
    return cast("dict[Any, Any]", yaml.safe_load(file.read_text()))


def workflow(name: str) -> dict[Any, Any]:
    return parsed(ROOT / ".github" / "workflows" / name)


def triggers(of: dict[Any, Any]) -> Any:
    """YAML reads a bare `on` as true."""
    return of[True]


def steps(of: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    for job in of.get("jobs", {}).values():
        yield from job.get("steps", [])
    yield from of.get("runs", {}).get("steps", [])


def test_actionlint_finds_nothing_with_shellcheck_in_it() -> None:
    command = actionlint()
    if command is None:
        pytest.skip("neither actionlint nor Go is on PATH")
    shellcheck = Path(sys.executable).with_name("shellcheck")
    assert shellcheck.exists()
    result = subprocess.run(
        [command, f"-shellcheck={shellcheck}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_shellcheck_finds_nothing_in_the_scripts(script: Path) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    result = subprocess.run([str(shellcheck), str(script)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text()


@workflows
def test_rights_are_named_for_each_job_and_none_is_general(file: Path) -> None:
    found = parsed(file)
    assert found["permissions"] == {"contents": "read"}
    for name, job in found["jobs"].items():
        assert isinstance(job.get("permissions"), dict), name
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert writes <= {"id-token", "pull-requests", "issues"}, name
        # Whoever speaks for the repository has no role in AWS, and the other way round.
        assert "id-token" not in writes or writes == {"id-token"}, name


@workflows
def test_every_job_ends_by_itself(file: Path) -> None:
    for name, job in parsed(file)["jobs"].items():
        assert "uses" in job or 1 <= job["timeout-minutes"] <= 120, name


@workflows
def test_only_a_job_that_takes_a_role_may_ask_for_one(file: Path) -> None:
    for name, job in parsed(file)["jobs"].items():
        takes = any("configure-aws-credentials" in str(step.get("uses")) for step in job.get("steps", []))
        assert ("id-token" in job["permissions"]) == (takes or "uses" in job), name


@pytest.mark.parametrize("file", [*FILES, *ACTIONS], ids=lambda file: file.parent.name + "/" + file.name)
def test_actions_of_others_are_pinned_to_a_commit_with_its_version(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if re.search(r"\buses:", line)]
    for line in lines:
        if "uses: ./" not in line:
            assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_an_action_has_one_version_everywhere() -> None:
    uses = {step["uses"] for file in [*FILES, *ACTIONS] for step in steps(parsed(file)) if "@" in step.get("uses", "")}
    assert len({one.partition("@")[0] for one in uses}) == len(uses)


@pytest.mark.parametrize("file", [*FILES, *ACTIONS], ids=lambda file: file.parent.name + "/" + file.name)
def test_no_expression_is_pasted_into_shell(file: Path) -> None:
    for step in steps(parsed(file)):
        assert "${{" not in step.get("run", ""), step


@workflows
def test_no_workflow_runs_a_forks_code_with_this_repositorys_rights(file: Path) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers(parsed(file)))


@workflows
def test_a_checkout_leaves_no_token_behind(file: Path) -> None:
    for step in steps(parsed(file)):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_a_fork_gets_no_role() -> None:
    condition = workflow("preview.yml")["jobs"]["preview"]["if"]
    assert condition == "github.event.pull_request.head.repo.full_name == github.repository"
    assert "needs.preview.result != 'skipped'" in workflow("preview.yml")["jobs"]["comment"]["if"]


@pytest.mark.parametrize(("name", "job"), [("preview.yml", "comment"), ("drift.yml", "report")])
def test_every_environment_is_previewed_and_missed_where_it_is_not(name: str, job: str) -> None:
    jobs = workflow(name)["jobs"]
    matrix = next(one["strategy"] for one in jobs.values() if "strategy" in one)
    assert matrix["matrix"]["environment"] == ENVIRONMENTS
    assert matrix["fail-fast"] is False
    assert any(f"--expect {','.join(ENVIRONMENTS)}" in step.get("run", "") for step in jobs[job]["steps"])


def test_a_merge_is_deployed_to_one_environment_after_the_other() -> None:
    deploy = workflow("deploy.yml")
    assert triggers(deploy) == {"push": {"branches": ["main"]}}
    jobs = deploy["jobs"]
    order = ["dev", "staging", "prod", "prod-eu"]
    assert list(jobs) == order
    assert [jobs[name].get("needs") for name in order] == [None, *order[:-1]]
    assert [jobs[name]["with"]["environment"] for name in order] == order


def test_a_deployment_waits_for_approval_and_for_the_one_before_it() -> None:
    jobs = workflow("deploy-environment.yml")["jobs"]
    deploy = jobs["deploy"]
    assert deploy["needs"] == "preview"
    assert deploy["environment"] == "${{ inputs.environment }}"
    assert deploy["concurrency"] == {"group": "deploy-${{ inputs.environment }}", "cancel-in-progress": False}
    # Who approves reads what will be done: it is written before, by a role that changes nothing.
    assert "environment" not in jobs["preview"]
    assert "vars.AWS_PREVIEW_ROLE_ARN" in str(jobs["preview"])
    assert "vars.AWS_DEPLOY_ROLE_ARN" in str(deploy)


def test_drift_is_looked_for_by_the_clock() -> None:
    drift = workflow("drift.yml")
    assert triggers(drift)["schedule"]
    assert any("--refresh --expect-no-changes" in step.get("run", "") for step in steps(drift))


def test_the_environments_have_a_configuration() -> None:
    there = {file.name.split(".")[1] for file in (ROOT / "stacks").glob("Pulumi.*.yaml")}
    assert set(ENVIRONMENTS) == there - {"local"}


def test_the_tests_run_as_they_do_on_a_developers_machine() -> None:
    assert any(step.get("run") == ".ci/run" for step in steps(workflow("tests.yml")))
