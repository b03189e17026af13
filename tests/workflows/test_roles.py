"""Each job's token is one that the role which it takes trusts, by the subjects that GitHub gives them.

Source: https://docs.github.com/en/actions/reference/security/oidc.
"""

import json
from typing import Any

from tests.components.building import build
from tests.stacks.environments import global_config, program
from tests.workflows.test_workflows import FILES, parsed, triggers

SUBJECT = "token.actions.githubusercontent.com:sub"


def trusted() -> dict[str, list[str]]:
    """What follows the repository in the subjects of each role of the stack `global`."""
    config = global_config()
    roles = [one for one in build(program(config)).resources if one.type == "aws:iam/role:Role"]
    subjects: dict[str, list[str]] = {}
    for role in roles:
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        found = statement["Condition"]["StringEquals"][SUBJECT]
        subjects[role.name] = [one.removeprefix(f"repo:{config.repository}:") for one in found]
    return subjects


def asked(of: dict[Any, Any], job: dict[str, Any], environment: str | None) -> list[str]:
    """The subjects of a job's tokens."""
    if "environment" in job:
        return [f"environment:{environment}"]
    return ["pull_request" if "pull_request" in triggers(of) else "ref:refs/heads/main"]


def test_a_role_trusts_the_jobs_that_take_it_and_no_others() -> None:
    needed: dict[str, set[str]] = {}
    for file in FILES:
        of = parsed(file)
        for job in of["jobs"].values():
            if "aws-actions/configure-aws-credentials" not in str(job.get("steps")):
                continue
            for environment in ("dev", "staging", "prod", "prod-eu"):
                role = f"deploy-{environment}" if "AWS_DEPLOY_ROLE_ARN" in str(job) else "preview"
                needed.setdefault(role, set()).update(asked(of, job, environment))
    assert {role: set(subjects) for role, subjects in trusted().items()} == needed
