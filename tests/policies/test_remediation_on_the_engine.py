"""Remediation end to end: the engine creates what the rules want, as the local AWS tells, where a stack asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import emulator as daemon
from local.aws.provider import serve
from tests.policies import projects
from tests.policies.projects import Project

pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi, pulumi_aws as aws

queue = aws.sqs.Queue("jobs", sqs_managed_sse_enabled=False)
table = aws.dynamodb.Table("carts", hash_key="id", attributes=[{"name": "id", "type": "S"}],
    billing_mode="PAY_PER_REQUEST")
template = aws.ec2.LaunchTemplate("web", image_id="ami-0123", instance_type="t3.micro",
    user_data=pulumi.Output.secret("aGk="), metadata_options={"instance_metadata_tags": "enabled"})
key = aws.kms.Key("key", description=queue.arn)
for name, value in {"queue": queue.url, "table": table.name, "template": template.id, "key": key.key_id}.items():
    pulumi.export(name, value)
"""
RULES = ("sec-sqs-encryption", "dur-dynamodb-pitr", "sec-imdsv2", "sec-kms-rotation")
MENDING = {"all": "disabled", **dict.fromkeys(RULES, "remediate")}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[daemon.Emulator]:
    folder = tmp_path / ".tenfold"
    yield daemon.ensure_running(folder)
    daemon.stop(folder)


@pytest.fixture
def project(tmp_path: Path, aws: daemon.Emulator) -> Iterator[Project]:
    with serve(aws, tmp_path / ".tenfold", root=tmp_path / "program") as port:
        told = {**daemon.environment(aws), "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        yield projects.project(tmp_path, projects.python_files(PROGRAM), told)


def client(aws: daemon.Emulator, service: Any) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=aws.endpoint, region_name=aws.region, **keys)


def test_what_is_refused_is_created_as_the_rules_want_it_and_stays_so(project: Project, aws: daemon.Emulator) -> None:
    refused = project.judged("preview", levels={"all": "disabled", **dict.fromkeys(RULES, "mandatory")})
    assert refused.code != 0
    assert {rule for _, rule, _ in refused.policies} == set(RULES)

    previewed = project.judged("preview", levels=MENDING)
    assert previewed.code == 0, previewed.said
    assert project.resources() == 0

    up = project.judged("up", "--yes", "--skip-preview", levels=MENDING)
    assert up.code == 0, up.said
    for rule in RULES:
        assert f"[remediate]  {rule}" in up.said
    made = project.outputs()

    attributes = client(aws, "sqs").get_queue_attributes(QueueUrl=made["queue"], AttributeNames=["All"])["Attributes"]
    assert attributes["SqsManagedSseEnabled"] == "true"
    backups = client(aws, "dynamodb").describe_continuous_backups(TableName=made["table"])
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    versions = client(aws, "ec2").describe_launch_template_versions(LaunchTemplateId=made["template"])
    options = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]["MetadataOptions"]
    assert (options["HttpTokens"], options["InstanceMetadataTags"]) == ("required", "enabled")
    assert client(aws, "kms").get_key_rotation_status(KeyId=made["key"])["KeyRotationEnabled"] is True
    assert "aGk=" not in project.run("stack", "export").said

    again = project.judged("up", "--yes", "--skip-preview", levels=MENDING)
    assert "unchanged" in again.said
    assert "updated" not in again.said

    # Without the level the program is as it was written, and refused.
    assert project.judged("preview", levels={"all": "disabled", "sec-imdsv2": "mandatory"}).code != 0


def test_what_exists_already_is_mended_in_place(project: Project, aws: daemon.Emulator) -> None:
    assert project.judged("up", "--yes", "--skip-preview", levels={"all": "disabled"}).code == 0
    before = project.outputs()
    up = project.judged("up", "--yes", "--skip-preview", levels=MENDING)
    assert up.code == 0, up.said
    assert "4 updated" in up.said.replace("~ ", "")
    assert "replaced" not in up.said
    assert project.outputs() == before
    assert client(aws, "kms").get_key_rotation_status(KeyId=before["key"])["KeyRotationEnabled"] is True


def test_what_an_update_replaces_is_mended_by_the_next_one(project: Project, aws: daemon.Emulator) -> None:
    """The engine asks the provider anew for the inputs of a replacement, and no pack: the README warns of it."""
    encrypted: list[str] = []
    for name in ("jobs-1", "jobs-2", "jobs-2"):
        queue = f'queue = aws.sqs.Queue("jobs", name="{name}", sqs_managed_sse_enabled=False)'
        program = f'import pulumi, pulumi_aws as aws\n{queue}\npulumi.export("queue", queue.url)\n'
        (project.folder / "__main__.py").write_text(program)
        up = project.judged("up", "--yes", "--skip-preview", levels={"all": "disabled", RULES[0]: "remediate"})
        assert up.code == 0, up.said
        url = project.outputs()["queue"]
        attributes = client(aws, "sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        encrypted.append(attributes["SqsManagedSseEnabled"])
    assert encrypted == ["true", "false", "true"]
