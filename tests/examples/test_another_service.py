"""A service of another project joins an environment through a StackReference, and hears what happens there."""

import json
import re
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "another_service"

# As much of an environment as the service reads, by the names of docs/stack-outputs.md.
ENVIRONMENT = """
import pulumi

from tenfold import Network, Topic

network = Network("main", {"zone_names": ["us-east-1a", "us-east-1b"], "nat": "none"})
pulumi.export("placement", network.placement)
pulumi.export("events_topic_arn", Topic("events", {}).topic_arn)
"""


def test_it_reads_what_environments_promise() -> None:
    read = re.findall(r'require_output\("(\w+)"\)', (EXAMPLE / "__main__.py").read_text())
    promised = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "stack-outputs.md").read_text(), re.M)
    assert read
    assert set(read) <= set(promised)


# The first test on the engine may have to build it.
@pytest.mark.deep
@pytest.mark.timeout(1200)
def test_it_joins_an_environments_network_and_counts_what_its_events_tell(stack: Stack, tmp_path: Path) -> None:
    (stack.root / "__main__.py").write_text(ENVIRONMENT)
    stack.up()
    environment = stack.outputs()
    service = joining(stack, tmp_path)
    service.up()
    outputs = service.outputs()

    (subnets,) = [
        function["VpcConfig"]["SubnetIds"]
        for function in service.client("lambda").list_functions()["Functions"]
        if function["FunctionName"].startswith("count")
    ]
    assert sorted(subnets) == sorted(environment["placement"]["app_subnet_ids"])

    sns = service.client("sns")
    for kind, job in (("job-done", "1"), ("job-begun", "2"), ("job-done", "3")):
        sns.publish(
            TopicArn=environment["events_topic_arn"],
            Message=json.dumps({"job_id": job}),
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
        )
    assert counted(service, outputs["table"], 2)

    # The environment knows nothing of it: it neither changes with the service nor goes with it.
    assert re.search(r"\n\s+\d+ unchanged\n", stack.up())


def joining(stack: Stack, folder: Path) -> Stack:
    """The service's own stack, on the AWS of the environment's."""
    (folder / ".venv").symlink_to(sys.prefix)
    root = folder / "examples" / EXAMPLE.name
    shutil.copytree(EXAMPLE, root)
    made = replace(stack, root=root)
    made.run("stack", "init", "dev")
    made.run("config", "set", "environment", "organization/shop/local")
    return made


def counted(stack: Stack, table: str, jobs: int, seconds: float = 90) -> bool:
    """Whether the service comes to count as many jobs, and no more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        days = stack.client("dynamodb").scan(TableName=table)["Items"]
        if sum(int(day["jobs"]["N"]) for day in days) >= jobs:
            time.sleep(2)
            days = stack.client("dynamodb").scan(TableName=table)["Items"]
            return sum(int(day["jobs"]["N"]) for day in days) == jobs
        time.sleep(0.5)
    return False
