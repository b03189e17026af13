"""The stack `global`: who may take on which role, and what the roles may not do."""

import json
from typing import Any

import pytest

from stacks.config import parse_global
from tests.components.building import Built, build
from tests.stacks.environments import program

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:push-ios-a1b2c3"


def built(**others: Any) -> Built[Any]:
    given = {"domain": "shop.example", "repository": "shop/platform", "environments": ["dev", "prod"], **others}
    return build(program(parse_global("global", {key: json.dumps(value) for key, value in given.items()})))


def subjects(account: Built[Any], role: str) -> list[str]:
    """Whom a role trusts, by the claims of GitHub's tokens."""
    (statement,) = json.loads(account[role].inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"]["Federated"].endswith(":github")
    condition = statement["Condition"]["StringEquals"]
    assert condition["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    subject = condition["token.actions.githubusercontent.com:sub"]
    return [subject] if isinstance(subject, str) else subject


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_s_role_is_for_that_environment_s_workflow_alone(environment: str) -> None:
    assert subjects(built(), f"deploy-{environment}") == [f"repo:shop/platform:environment:{environment}"]


def test_the_previews_role_is_for_pull_requests_of_this_repository_and_for_what_is_merged() -> None:
    trusted = subjects(built(), "preview")
    assert "repo:shop/platform:pull_request" in trusted
    assert {subject.rpartition(":")[0] for subject in trusted} <= {"repo:shop/platform", "repo:shop/platform:ref"}


def test_the_previews_role_reads_no_rows_no_messages_and_no_uploads() -> None:
    statements = json.loads(built()["preview-no-data"].inputs["policy"])["Statement"]
    denied = {action for statement in statements for action in statement["Action"] if statement["Effect"] == "Deny"}
    assert {"dynamodb:Scan", "dynamodb:Query", "sqs:ReceiveMessage", "s3:GetObject"} <= denied
    assert built()["preview-read"].inputs["policyArn"].endswith(":policy/ReadOnlyAccess")


def test_it_reads_the_secrets_that_are_named_and_none_by_default() -> None:
    assert "preview-secrets" not in built()
    (statement,) = json.loads(built(preview_secrets=[SECRET])["preview-secrets"].inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", [SECRET])


def test_no_deployment_can_change_the_roles_of_deployments() -> None:
    for environment in ("dev", "prod"):
        statements = json.loads(built()[f"deploy-{environment}-roles"].inputs["policy"])["Statement"]
        (own,) = [statement for statement in statements if statement["Effect"] == "Deny"]
        assert own["NotAction"] == ["iam:Get*", "iam:List*"]
        assert {resource.rpartition("/")[2] for resource in own["Resource"]} == {"tenfold-deploy-*", "tenfold-preview"}


def test_what_holds_data_and_names_is_protected_unless_it_is_told_otherwise() -> None:
    assert built()["domain"].protect
    assert built()["artifacts-bucket"].protect
    assert not built(protected=False)["domain"].protect
