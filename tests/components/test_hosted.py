"""Components in a program of another language, on the real engine and the embedded AWS.

The program is the YAML example. What runs YAML takes minutes to build, so by default a small program reads a part of it
and asks the engine for the same: components of a package that the engine hosts, by the names and values of the schema.
"""

import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import tenfold
from local.engine.find import find_engine, reporter
from local.engine.yaml_host import provide_yaml_host
from tenfold.hosting import components_of
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "from_yaml"
READER = """
import json
import re
from pathlib import Path

import pulumi

PROGRAM = json.loads(Path("program.json").read_text())
WANTED = re.findall(r"\\$\\{(\\w+)\\.(\\w+)\\}", json.dumps(PROGRAM))


class Remote(pulumi.ComponentResource):
    def __init__(self, name, token, properties):
        package, kind = token.split(":")
        outputs = {output: None for resource, output in WANTED if resource == name}
        super().__init__(f"{package}:index:{kind}", name, properties | outputs, remote=True)


def resolved(value):
    if isinstance(value, dict):
        if "fn::fileArchive" in value:
            return pulumi.FileArchive(value["fn::fileArchive"])
        if "fn::secret" in value:
            return pulumi.Output.secret(value["fn::secret"])
        return {key: resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    named = re.fullmatch(r"\\$\\{(\\w+)\\.(\\w+)\\}", value) if isinstance(value, str) else None
    return getattr(made[named[1]], named[2]) if named else value


made = {}
for name, resource in PROGRAM["resources"].items():
    made[name] = Remote(name, resource["type"], resolved(resource["properties"]))
for name, value in PROGRAM.get("outputs", {}).items():
    pulumi.export(name, resolved(value))
"""


@pytest.fixture
def program(stack: Stack) -> dict[str, Any]:
    """The YAML example's network, queue and table, in the stack's project; `give` a changed one."""
    shutil.rmtree(stack.root)
    shutil.copytree(EXAMPLE, stack.root)
    (stack.root / "__main__.py").write_text(READER)
    (stack.root / ".venv").symlink_to(sys.prefix)
    # An installed SDK would name the plugin; without one the project does.
    plugin = {"name": "tenfold", "path": str(ROOT / "components")}
    project = {
        "name": "shop",
        "runtime": {"name": "python", "options": {"virtualenv": ".venv"}},
        "plugins": {"providers": [plugin]},
    }
    (stack.root / "Pulumi.yaml").write_text(json.dumps(project))
    whole = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text())
    resources = {name: whole["resources"][name] for name in ("network", "results", "jobs")}
    outputs = {name: whole["outputs"][name] for name in ("placement", "queueUrl", "table")}
    return give(stack, whole | {"resources": resources, "outputs": outputs})


def give(stack: Stack, program: dict[str, Any]) -> dict[str, Any]:
    (stack.root / "program.json").write_text(json.dumps(program))
    return program


@pytest.fixture
def clone(stack: Stack, tmp_path: Path) -> Stack:
    """The YAML example where a clone has it, on an engine that runs YAML."""
    with reporter() as progress:
        provide_yaml_host(find_engine(progress), progress)
    for name in ("components", "shards", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    example = tmp_path / "examples" / "from_yaml"
    shutil.copytree(EXAMPLE, example)
    made = replace(stack, root=example)
    made.run("stack", "init", "yaml")
    return made


def eventually(ask: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.2)
    pytest.fail(f"nothing within {seconds} s")


@pytest.mark.deep
def test_a_program_in_another_language_comes_up_works_and_changes_in_place(
    stack: Stack, program: dict[str, Any]
) -> None:
    # A secret within an argument is no reason to refuse it as one that is known only later.
    program["resources"]["jobs"]["properties"]["tags"] = {"contact": {"fn::secret": "ada@example.com"}}
    give(stack, program)
    stack.up()
    assert "ada@example.com" not in stack.run("stack", "export")
    outputs = stack.outputs()
    subnets = stack.client("ec2").describe_subnets(SubnetIds=outputs["placement"]["appSubnetIds"])["Subnets"]
    assert sorted(subnet["AvailabilityZone"] for subnet in subnets) == outputs["placement"]["zones"]

    # What one component gives is what another was given: the worker finds the table.
    queue, table = stack.client("sqs"), stack.client("dynamodb")
    queue.send_message(QueueUrl=outputs["queueUrl"], MessageBody=json.dumps({"owner": "ada", "work": "sum"}))
    (item,) = eventually(lambda: table.scan(TableName=outputs["table"])["Items"])
    assert item["owner"] == {"S": "ada"}
    redrive = queue.get_queue_attributes(QueueUrl=outputs["queueUrl"], AttributeNames=["RedrivePolicy"])
    assert '"maxReceiveCount":3' in redrive["Attributes"]["RedrivePolicy"].replace(" ", "")

    program["resources"]["jobs"]["properties"]["worker"]["timeoutSeconds"] = 90
    give(stack, program)
    # Nothing changes but the function, its queue and the component that they are of.
    said = stack.up()
    assert re.search(r"~ 3 updated\s+\d+ unchanged", said), said
    assert stack.outputs() == outputs
    visibility = queue.get_queue_attributes(QueueUrl=outputs["queueUrl"], AttributeNames=["VisibilityTimeout"])
    # Six times the function's timeout, as AWS recommends.
    assert visibility["Attributes"]["VisibilityTimeout"] == "540"


def test_what_is_wrong_is_told_at_once_by_the_languages_names_and_nothing_is_made(
    stack: Stack, program: dict[str, Any]
) -> None:
    program["resources"] = {"results": program["resources"]["results"]}
    program["resources"]["results"]["properties"] |= {"pointInTimeRecoveryDays": 77, "rangeKey": "at", "colour": "red"}
    give(stack, program | {"outputs": {}})
    with pytest.raises(AssertionError) as caught:
        stack.up()
    said = str(caught.value)
    assert "Table 'results' cannot be built from its arguments" in said
    for path in ("pointInTimeRecoveryDays", "rangeKey", "colour"):
        assert f"property {path}" in said
    assert "allowed: 0 to 35 days" in said
    assert "hosting.py" not in said
    assert not [token for token, _ in stack.saved() if token.startswith("aws:")]


@pytest.mark.deep
@pytest.mark.timeout(2400)
def test_the_example_in_yaml_comes_up_works_and_stays(clone: Stack) -> None:
    clone.up()
    outputs = clone.outputs()
    assert {token for token, _ in clone.saved() if token.startswith("tenfold:")} >= {
        "tenfold:index:Network",
        "tenfold:index:ShardedCluster",
        "tenfold:index:Table",
        "tenfold:index:QueueService",
        "tenfold:index:WebTier",
    }

    queue, table = clone.client("sqs"), clone.client("dynamodb")
    queue.send_message(QueueUrl=outputs["queueUrl"], MessageBody=json.dumps({"owner": "ada", "work": "sum"}))
    (item,) = eventually(lambda: table.scan(TableName=outputs["table"])["Items"])
    assert item["owner"] == {"S": "ada"}

    # The web tier is told which map to read and where the shards are.
    (cluster,) = clone.client("ecs").list_clusters()["clusterArns"]
    (service,) = clone.client("ecs").list_services(cluster=cluster)["serviceArns"]
    definition = clone.client("ecs").describe_services(cluster=cluster, services=[service])["services"][0]
    (container,) = clone.client("ecs").describe_task_definition(taskDefinition=definition["taskDefinition"])[
        "taskDefinition"
    ]["containerDefinitions"]
    told = {each["name"]: each["value"] for each in container["environment"]}
    assert told["USERS_SHARD_MAP"] == outputs["map"]
    assert json.loads(told["USERS_SHARDS"]).keys() == {"users-1", "users-2"}

    assert re.search(r"\n\s+\d+ unchanged\n", clone.up())


@pytest.mark.deep
def test_the_engine_gets_a_schema_with_every_component_and_its_documentation(clone: Stack) -> None:
    with clone.attached() as environment:
        schema = json.loads(
            subprocess.check_output(
                [clone.pulumi, "package", "get-schema", "../../components"],
                cwd=clone.root,
                env=environment,
                stderr=subprocess.DEVNULL,
            )
        )
    project = tomllib.loads((ROOT / "components" / "pyproject.toml").read_text())["project"]
    assert schema["version"] == project["version"]
    named = {f"tenfold:index:{component.__name__}" for component in components_of(tenfold)}
    assert schema["resources"].keys() == named
    for token, resource in schema["resources"].items():
        documented = {**resource["inputProperties"], **resource["properties"]}
        assert [key for key, each in documented.items() if not each.get("description")] == [], token
