"""Queues with fleets on the real engine and the embedded AWS: they come up, stay, change in place, and their program
does the jobs with what it is told there."""

import base64
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from local import emulator as daemon
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

CONSUMER = Path(__file__).resolve().parents[2] / "app" / "fleet" / "consumer.py"
PROGRAM = """
import pulumi
from tenfold import Network, QueueService

config = pulumi.Config()
network = Network("main", {"zones": 2, "nat": "none", "flow_logs": "none"})
scaling = {"min_workers": 0, "max_workers": config.require_int("most"), "backlog_per_worker": 5}
tasks = QueueService("tasks", {"fleet": {
    "placement": network.placement, "container": {"image": "encoder:1"}, "scaling": scaling}})
machines = QueueService("machines", {"fifo": True, "fleet": {
    "placement": network.placement,
    "instances": {"user_data": "#!/bin/bash\\necho started"},
    "environment": {"LEVEL": "high"},
    "scaling": scaling}})
for name, service in {"tasks": tasks, "machines": machines}.items():
    for output in ("queue_url", "worker_cluster_name", "worker_service_name", "worker_autoscaling_group_name"):
        pulumi.export(f"{name}_{output}", getattr(service, output))
"""
JOBS = """
import pathlib


def handle(message):
    pathlib.Path(message["MessageId"]).write_text(message["Body"])
"""


@pytest.fixture
def fleets(stack: Stack) -> Stack:
    (stack.root / "__main__.py").write_text(PROGRAM)
    stack.run("config", "set", "most", "10")
    stack.up()
    return stack


def variables_of_task(stack: Stack, outputs: dict[str, Any]) -> dict[str, str]:
    """The environment that a task's container would have."""
    ecs = stack.client("ecs")
    (service,) = ecs.describe_services(
        cluster=outputs["tasks_worker_cluster_name"], services=[outputs["tasks_worker_service_name"]]
    )["services"]
    assert service["desiredCount"] == 0
    task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return {each["name"]: each["value"] for each in task["containerDefinitions"][0]["environment"]}


def variables_of_instance(stack: Stack, outputs: dict[str, Any], folder: Path) -> dict[str, str]:
    """The environment that the script of an instance writes down, as its program reads it."""
    name = outputs["machines_worker_autoscaling_group_name"]
    (group,) = stack.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"
    ]
    assert (group["MinSize"], group["DesiredCapacity"]) == (0, 0)
    (version,) = stack.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=group["LaunchTemplate"]["LaunchTemplateId"], Versions=["$Latest"]
    )["LaunchTemplateVersions"]
    script = base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode()
    run = subprocess.run(
        ["bash", "-euc", script.replace("/etc/tenfold", str(folder))], capture_output=True, text=True, check=True
    )
    assert run.stdout == "started\n"
    read = f"set -a; . {folder}/worker.env; env -0"
    pairs = subprocess.run(["bash", "-c", read], capture_output=True, env={}, text=True, check=True).stdout.split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def worked(stack: Stack, variables: dict[str, str], folder: Path, **message: str) -> str:
    """What the program has done with one message, told no more than the component tells it."""
    folder.mkdir()
    (folder / "jobs.py").write_text(JOBS)
    sqs = stack.client("sqs")
    sent = sqs.send_message(QueueUrl=variables["QUEUE_URL"], MessageBody="a job", **message)["MessageId"]
    environment = {**os.environ, **daemon.environment(daemon.ensure_running(stack.folder)), **variables}
    process = subprocess.Popen([sys.executable, str(CONSUMER), "jobs:handle"], cwd=folder, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not (folder / sent).exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        process.terminate()
        process.wait(timeout=60)
    finally:
        process.kill()
    found = sqs.get_queue_attributes(QueueUrl=variables["QUEUE_URL"], AttributeNames=["All"])["Attributes"]
    assert (found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")
    return (folder / sent).read_text()


def test_fleets_come_up_stay_grow_in_place_and_their_program_does_the_jobs(fleets: Stack, tmp_path: Path) -> None:
    outputs = fleets.outputs()
    of_task = variables_of_task(fleets, outputs)
    assert of_task == {"QUEUE_URL": outputs["tasks_queue_url"], "JOB_TIMEOUT_SECONDS": "300"}
    assert worked(fleets, of_task, tmp_path / "task") == "a job"

    of_instance = variables_of_instance(fleets, outputs, tmp_path / "etc")
    assert of_instance["LEVEL"] == "high"
    assert of_instance.pop("SCALE_IN_PROTECTION") == "instance"
    assert of_instance["QUEUE_URL"] == outputs["machines_queue_url"]
    assert of_instance["QUEUE_URL"].endswith(".fifo")
    fifo = {"MessageGroupId": "customer-1", "MessageDeduplicationId": "1"}
    assert worked(fleets, of_instance, tmp_path / "instance", **fifo) == "a job"

    group = outputs["machines_worker_autoscaling_group_name"]
    policies = fleets.client("autoscaling").describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    assert {policy["PolicyType"] for policy in policies} == {"TargetTrackingScaling", "StepScaling"}
    (tracked,) = [each["TargetTrackingConfiguration"] for each in policies if "TargetTrackingConfiguration" in each]
    assert tracked["TargetValue"] == 5.0
    assert [each["Id"] for each in tracked["CustomizedMetricSpecification"]["Metrics"] if each.get("ReturnData")] == [
        "backlog"
    ]

    said = fleets.up("--refresh")
    assert "created" not in said
    assert "updated" not in said
    fleets.run("config", "set", "most", "20")
    said = fleets.up()
    # What scales, and the components themselves.
    assert "4 updated" in said.replace("~ ", "")
    assert "replaced" not in said
    (grown,) = fleets.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    assert grown["MaxSize"] == 20
