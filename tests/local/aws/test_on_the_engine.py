"""The provider attached to the real engine: a program comes up, heals, is replaced, survives kills, and goes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import emulator as daemon
from local.aws import journal
from local.aws.provider import serve
from local.engine.find import find_engine, reporter

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

PROGRAM = """
import pulumi, pulumi_aws as aws

config = pulumi.Config()
west = aws.Provider("west", region="us-west-2", default_tags={"tags": {"team": "west"}})
vpc = aws.ec2.Vpc("main", cidr_block=config.get("network") or "10.0.0.0/16")
subnet = aws.ec2.Subnet("main", vpc_id=vpc.id, cidr_block=vpc.cidr_block.apply(lambda cidr: cidr.replace("/16", "/24")))
queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=config.get_int("timeout") or 30)
bucket = aws.s3.Bucket("files", opts=pulumi.ResourceOptions(provider=west))
parameter = aws.ssm.Parameter("password", type="SecureString", value=pulumi.Output.secret("hunter2"))
role = aws.iam.Role("worker", name="fixed-name", assume_role_policy=aws.iam.get_policy_document(statements=[{
    "actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
}]).json)
function = aws.lambda_.Function("worker", role=role.arn, runtime="python3.12", handler="main.handler",
    code=pulumi.FileArchive("./code"))
for name, value in {"vpc": vpc.id, "subnet": subnet.id, "queue": queue.url, "bucket": bucket.bucket,
    "password": parameter.value, "function": function.name, "zones": aws.get_availability_zones().names}.items():
    pulumi.export(name, value)
"""


@dataclass(frozen=True)
class Stack:
    folder: Path
    root: Path
    pulumi: Path
    environment: dict[str, str]

    @contextmanager
    def attached(self) -> Generator[dict[str, str]]:
        aws = daemon.ensure_running(self.folder)
        with serve(aws, self.folder, root=self.root) as port:
            yield {**daemon.environment(aws), **self.environment, "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}

    def run(self, *arguments: str) -> str:
        with self.attached() as environment:
            process = subprocess.run(
                [self.pulumi, *arguments, "--non-interactive", "--color=never"],
                cwd=self.root,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        assert process.returncode == 0, process.stdout
        return process.stdout

    def up(self, *arguments: str) -> str:
        """What the command does: sweep, refresh, forget."""
        if (self.folder / "emulator" / "daemon.json").exists():
            journal.sweep(daemon.ensure_running(self.folder), self.folder, self.saved)
        said = self.run("up", "--yes", "--skip-preview", *arguments)
        journal.clear(self.folder)
        return said

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.run("stack", "output", "--json", "--show-secrets"))

    def saved(self) -> list[tuple[str, str]]:
        deployment = json.loads(self.run("stack", "export"))["deployment"]
        return [(one["type"], one.get("id", "")) for one in deployment.get("resources") or []]

    def client(self, service: str, region: str = "us-east-1") -> Any:
        aws = daemon.ensure_running(self.folder)
        return boto3.client(
            service,  # pyright: ignore[reportArgumentType]
            endpoint_url=aws.endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture
def stack(tmp_path: Path) -> Generator[Stack]:
    with reporter() as progress:
        engine = find_engine(progress)
    root = tmp_path / "program"
    (root / "code").mkdir(parents=True)
    (root / "code" / "main.py").write_text("def handler(event, context):\n    return 'works'\n")
    (root / "__main__.py").write_text(PROGRAM)
    (root / "Pulumi.yaml").write_text("name: shop\nruntime: {name: python, options: {virtualenv: .venv}}\n")
    (root / ".venv").symlink_to(sys.prefix)
    environment = {
        **engine.environment,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
    }
    made = Stack(tmp_path / ".tenfold", root, engine.pulumi, environment)
    made.run("stack", "init", "local")
    yield made
    daemon.stop(made.folder)


def test_a_program_comes_up_stays_heals_is_replaced_and_goes(stack: Stack, tmp_path: Path) -> None:
    said = stack.up()
    assert "9 created" in said.replace("+ ", "")
    first = stack.outputs()
    assert first["zones"] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert first["password"] == "hunter2"
    assert first["bucket"] in {bucket["Name"] for bucket in stack.client("s3").list_buckets()["Buckets"]}
    tags = stack.client("s3", "us-west-2").get_bucket_tagging(Bucket=first["bucket"])["TagSet"]
    assert tags == [{"Key": "team", "Value": "west"}]
    answer = stack.client("lambda").invoke(FunctionName=first["function"])
    assert json.loads(answer["Payload"].read()) == "works"
    assert "hunter2" not in stack.run("stack", "export")
    assert str(tmp_path) not in stack.run("stack", "export")

    assert "9 unchanged" in stack.up("--refresh")

    stack.client("sqs").delete_queue(QueueUrl=first["queue"])
    stack.client("ec2").delete_subnet(SubnetId=first["subnet"])
    assert "2 created" in stack.up("--refresh").replace("+ ", "")
    healed = stack.outputs()
    attributes = stack.client("sqs").get_queue_attributes(QueueUrl=healed["queue"], AttributeNames=["All"])
    assert attributes["Attributes"]["VisibilityTimeout"] == "30"

    stack.run("config", "set", "network", "10.1.0.0/16")
    stack.run("config", "set", "timeout", "60")
    said = stack.up()
    assert "2 replaced" in said
    assert "1 updated" in said
    changed = stack.outputs()
    networks = {vpc["VpcId"]: vpc["CidrBlock"] for vpc in stack.client("ec2").describe_vpcs()["Vpcs"]}
    assert networks[changed["vpc"]] == "10.1.0.0/16"
    assert first["vpc"] not in networks
    assert changed["queue"] == healed["queue"]

    stack.run("destroy", "--yes", "--skip-preview")
    assert not stack.client("sqs").list_queues().get("QueueUrls")
    assert not stack.client("s3").list_buckets()["Buckets"]
    assert [vpc["IsDefault"] for vpc in stack.client("ec2").describe_vpcs()["Vpcs"]] == [True]


def test_an_emulator_that_was_killed_is_filled_again(stack: Stack) -> None:
    stack.up()
    os.kill(daemon.ensure_running(stack.folder).pid, signal.SIGKILL)
    time.sleep(0.1)
    assert "7 created" in stack.up("--refresh").replace("+ ", "")
    assert stack.client("sqs").list_queues()["QueueUrls"] == [stack.outputs()["queue"]]


def test_an_up_that_was_killed_is_taken_back_and_comes_up_again(stack: Stack) -> None:
    """The engine is killed as soon as the role is there: no state knows it, and its name is taken."""
    with stack.attached() as environment:
        command = [stack.pulumi, "up", "--yes", "--skip-preview", "--non-interactive"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=stack.root, env=environment, stdout=quiet, stderr=quiet)
        iam = stack.client("iam")
        while process.poll() is None and not iam.list_roles()["Roles"]:
            time.sleep(0.005)
        process.kill()
        process.wait()
    assert iam.list_roles()["Roles"], "the engine ended before it was killed"
    for lock in stack.root.parent.rglob("locks/**/*.json"):
        lock.unlink()
    assert "aws:iam/role:Role" not in dict(stack.saved())
    swept = journal.sweep(daemon.ensure_running(stack.folder), stack.folder, stack.saved)
    assert swept.found
    assert ("aws:iam/role:Role", "fixed-name") in swept.removed
    assert not swept.failed
    assert not iam.list_roles()["Roles"]
    assert not stack.client("sqs").list_queues().get("QueueUrls")
    stack.up("--refresh")
    [role] = iam.list_roles()["Roles"]
    assert role["RoleName"] == "fixed-name"
    assert len(stack.client("sqs").list_queues()["QueueUrls"]) == 1


def test_every_mistake_in_a_resource_is_told_at_once_and_nothing_is_made(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(
        "import pulumi_aws as aws\n"
        'aws.sqs.Queue("jobs", visibility_timeout_seconds=99999, message_retention_seconds=1)\n'
    )
    with pytest.raises(AssertionError) as caught:
        stack.run("preview")
    said = str(caught.value)
    assert "aws:sqs/queue:Queue: 99999 is given; allowed are 0 to 43200" in said
    assert "aws:sqs/queue:Queue: 1 is given; allowed are 60 to 1209600" in said
    assert "visibilityTimeoutSeconds" in said
    assert "Traceback" not in said
    assert not stack.client("sqs").list_queues().get("QueueUrls")


def test_a_type_that_is_not_in_the_catalogue_is_told_by_its_name(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(
        "import pulumi\n"
        'pulumi.CustomResource("aws:sqs/queueue:Queueue", "typo", {}, pulumi.ResourceOptions(version=""))\n'
    )
    with pytest.raises(AssertionError) as caught:
        stack.run("preview")
    said = str(caught.value)
    assert "aws:sqs/queueue:Queueue is not in the embedded AWS's catalogue" in said
    assert "near it are aws:sqs/queue:Queue" in said
