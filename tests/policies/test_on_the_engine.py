"""The pack as the engine runs it: what it refuses, how that reads, and that a careful program passes."""

# ruff: noqa: N802 - the protocol names the methods

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.engine.find import find_engine, reporter
from local.engine.yaml_host import provide_yaml_host
from tests.policies import projects
from tests.policies.judging import created, previewed
from tests.policies.projects import Project, Result

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

HERE = Path(__file__).parent
RULE = "dur-deletion-protection"


class EchoingAws(provider_pb2_grpc.ResourceProviderServicer):
    """An `aws` that accepts every resource, answers a preview as pulumi-aws does, and makes identifiers up."""

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema(IN_YAML)))

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, context: Any) -> Any:
        if request.preview:
            return provider_pb2.CreateResponse(properties=previewed(request.type, request.properties))
        outputs = created(request.type, request.name, request.properties)
        return provider_pb2.CreateResponse(id=str(outputs["id"]), properties=outputs)

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


IN_YAML = (
    "aws:autoscaling/group:Group",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:lb/targetGroup:TargetGroup",
    "aws:sqs/queue:Queue",
)


def schema(types: Iterable[str]) -> dict[str, Any]:
    """What pulumi-aws says of some types to languages that have no SDK of it: their properties, of any type."""
    anything = {"$ref": "pulumi.json#/Any"}
    names = {token: previewed(token, struct_pb2.Struct()).keys() - {"id"} for token in types}
    properties = {token: dict.fromkeys(each, anything) for token, each in names.items()}
    resources = {token: {"inputProperties": each, "properties": each} for token, each in properties.items()}
    return {"name": "aws", "version": version("pulumi-aws"), "resources": resources}


@pytest.fixture(scope="module")
def aws() -> Iterator[int]:
    """The port of an `aws` provider."""
    # One at a time: pulumi-aws imports its modules when they are first used, which threads trip over.
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(EchoingAws(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(0).wait()


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, aws: int) -> Project:
    program = (HERE / "programs" / f"{request.param}.py").read_text()
    return projects.project(tmp_path, projects.python_files(program), {"PULUMI_DEBUG_PROVIDERS": f"aws:{aws}"})


@pytest.fixture
def yaml_project(tmp_path: Path, aws: int) -> Project:
    with reporter() as progress:
        provide_yaml_host(find_engine(progress), progress)
    program = (HERE / "programs" / "careless.yaml").read_text()
    return projects.project(tmp_path, {"Pulumi.yaml": program}, {"PULUMI_DEBUG_PROVIDERS": f"aws:{aws}"})


def program(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("project", [name], indirect=True)


CARELESS = {
    ("mandatory", "dec-queue-has-dlq", "orders"),
    ("mandatory", "maz-asg-azs", "web"),
    ("mandatory", "maz-subnets-span-azs", "app-a"),
    ("mandatory", "sca-asg-bounds", "web"),
    ("mandatory", "sca-asg-policy", "web"),
    ("mandatory", "sec-default-sg", "shop"),
    ("mandatory", "sec-flow-logs", "shop"),
    ("mandatory", "sec-queue-tls", "orders"),
    ("mandatory", "sta-asg-replaceable", "web"),
    ("mandatory", "sta-no-sticky-sessions", "web"),
    ("mandatory", "sta-target-group-health", "web"),
    ("advisory", "sta-deregistration-delay", "web"),
}


@program("careless")
def test_a_careless_program_is_refused_before_anything_exists(project: Project) -> None:
    result = project.judged("preview")
    assert result.code != 0
    assert result.policies == CARELESS
    assert (
        "web (aws:lb/targetGroup:TargetGroup) stickiness.enabled: found true, allowed false. "
        "Fix: keep sessions outside of the instances and set stickiness.enabled to false."
    ) in result.said
    assert "Traceback" not in result.said
    assert project.resources() == 0


@pytest.mark.deep  # where the engine was built here, what runs YAML has to be built, too
def test_a_program_in_yaml_is_refused_for_the_same(yaml_project: Project) -> None:
    result = yaml_project.judged("preview")
    assert result.code != 0
    assert result.policies == CARELESS, result.said
    assert yaml_project.resources() == 0


@program("lossy")
def test_a_rule_about_the_whole_stack_refuses_in_the_preview_of_up(project: Project) -> None:
    result = project.judged("up", "--yes")
    assert result.code != 0
    assert ("mandatory", "dec-queue-has-dlq", "orders") in result.policies
    assert project.resources() == 0


@program("lossy")
def test_a_stack_sets_levels_and_parameters(project: Project) -> None:
    result = project.judged("preview", levels={"dec-queue-has-dlq": "advisory", "sec-queue-tls": "disabled"})
    assert result.code == 0, result.said
    assert result.policies == {("advisory", "dec-queue-has-dlq", "orders")}


def configured(environment: str) -> dict[str, Any]:
    return json.loads((projects.PACK.parent / "stacks" / f"policies.{environment}.json").read_text())


@pytest.mark.deep
@program("unprotected")
def test_development_advises_what_production_refuses(project: Project) -> None:
    advised = project.judged("preview", levels=configured("dev"))
    assert advised.code == 0, advised.said
    assert advised.policies == {("advisory", "dur-deletion-protection", "carts")}
    refused = project.judged("preview", levels=configured("prod"))
    assert refused.code != 0
    assert refused.policies == {("mandatory", "dur-deletion-protection", "carts")}


@pytest.mark.deep
@program("unprotected")
def test_exemptions_are_listed_at_the_end_of_a_run_and_refused_where_they_are_at_fault(project: Project) -> None:
    def judged(*exemptions: dict[str, str]) -> Result:
        return project.judged("preview", levels={**configured("prod"), RULE: {"exemptions": list(exemptions)}})

    in_force = {"resource": "carts", "reason": "it is emptied each night", "until": "2999-12-31"}
    passed = judged(in_force)
    assert passed.code == 0, passed.said
    assert passed.policies == {("advisory", "exempted", "shop-dev")}
    assert f"{RULE}: carts until 2999-12-31, since it is emptied each night" in passed.said

    expired, unmatched = {**in_force, "until": "2020-01-01"}, {**in_force, "resource": "baskets"}
    refused = judged(expired, unmatched, {"resource": "carts", "until": "2999-12-31"})
    assert refused.code != 0
    assert refused.policies == {("mandatory", RULE, "carts"), ("mandatory", "exemptions", "shop-dev")}
    assert f"{RULE}: carts: it has expired on 2020-01-01. Fix: " in refused.said
    assert f"{RULE}: baskets: it fits no violation. Fix: " in refused.said
    assert f"{RULE}: carts: it has no reason. Fix: " in refused.said


@program("careful")
def test_a_careful_program_passes_and_is_told_once_what_is_open(project: Project) -> None:
    preview = project.judged("preview")
    assert preview.code == 0, preview.said
    assert preview.policies == {("advisory", "undecided", "shop-dev")}
    assert "dec-dlq-max-receive: orders, since redrivePolicy is not known until the update" in preview.said
    up = project.judged("up", "--yes", "--skip-preview")
    assert up.code == 0, up.said
    assert up.policies == set()
    again = project.judged("preview")
    assert again.policies == set()
