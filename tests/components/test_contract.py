"""What holds for every component of the package, whichever it is; a new one is held to it by being exported."""

import inspect
import itertools
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, is_typeddict

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

import tenfold
from tenfold.hosting import components_of
from tenfold_policies.pack import UNDECIDED
from tests.components.building import Built, Registered, build, refused
from tests.policies.judging import Pack, run

ROOT = Path(__file__).parents[2]
COMPONENTS = components_of(tenfold)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ZONES,
    "public_subnet_ids": ["subnet-1", "subnet-2", "subnet-3"],
    "app_subnet_ids": ["subnet-4", "subnet-5", "subnet-6"],
    "data_subnet_ids": ["subnet-7", "subnet-8", "subnet-9"],
}


@dataclass(frozen=True)
class Example:
    """How a component is used.

    Attributes:
        least: The arguments that it cannot do without.
        full: Arguments with which it has every kind of child.
        sizes: Arguments that change as an environment grows, in that order.
    """

    least: dict[str, Any]
    full: dict[str, Any]
    sizes: list[dict[str, Any]]


def worker(**args: Any) -> dict[str, Any]:
    code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
    return {"code": code, "handler": "handler.handle", **args}


EXAMPLES = {
    "Network": Example(
        least={"zone_names": ZONES},
        full={"zone_names": ZONES},
        sizes=[
            {"zone_names": ZONES[:2], "nat": "none", "flow_logs": "none"},
            {"zone_names": ZONES[:2], "nat": "single", "flow_logs": "rejected"},
            {"zone_names": ZONES},
            {"zone_names": [*ZONES, "us-east-1d"], "flow_log_retention_days": 365},
        ],
    ),
    "Table": Example(
        least={"hash_key": "id", "attributes": {"id": "S"}},
        full={
            "hash_key": "id",
            "attributes": {"id": "S", "at": "N"},
            "global_indexes": {"by-time": {"hash_key": "at"}},
            "stream": "new_image",
        },
        sizes=[
            {"deletion_protection": False, "point_in_time_recovery_days": 0},
            {"provisioned": {"read_units": 5, "write_units": 5}},
            {"provisioned": {"read_units": 500, "write_units": 50}, "ttl_attribute": "until"},
            {"stream": "new_and_old_images", "encryption": "aws_managed"},
            {"attributes": {"id": "S", "at": "N"}, "global_indexes": {"by-time": {"hash_key": "at"}}},
        ],
    ),
    "WebTier": Example(
        least={"placement": PLACEMENT},
        full={
            "placement": PLACEMENT,
            "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1234",
            "policies": {"jobs": STATEMENT},
        },
        sizes=[
            {"min_size": 2, "max_size": 2, "deletion_protection": False},
            {"min_size": 3, "max_size": 12},
            {"min_size": 30, "max_size": 300, "instances": {"type": "m7g.4xlarge"}},
        ],
    ),
    "QueueService": Example(
        least={},
        full={"worker": worker(policies={"results": STATEMENT})},
        sizes=[
            {},
            {"worker": worker()},
            {"worker": worker(memory_mb=2048, timeout_seconds=900, batch_size=100, batch_window_seconds=5)},
            {"retention_seconds": 1_209_600, "oldest_message_alarm_seconds": 60},
        ],
    ),
}
# What holds data, or is the address that clients know, and the properties whose change makes AWS replace it.
IRREPLACEABLE = {
    "aws:dynamodb/table:Table": ("name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"),
    "aws:sqs/queue:Queue": ("name", "namePrefix", "fifoQueue"),
    "aws:lb/loadBalancer:LoadBalancer": ("name", "namePrefix", "internal", "loadBalancerType"),
    "aws:ec2/vpc:Vpc": ("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/eip:Eip": ("domain", "publicIpv4Pool"),
}

components = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)


def made(component: Any, args: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> pulumi.ComponentResource:
    return component("it", args, opts)


def children(built: Built[Any]) -> list[Registered]:
    return [resource for resource in built.resources if resource.name != "it"]


def args_class(component: Any) -> Any:
    return inspect.signature(component.__init__).parameters["args"].annotation


def nested(definitions: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, definition in definitions.items():
        for key, each in definition.get("properties", {}).items():
            yield f"{name}.{key}", each


def schema() -> dict[str, Any]:
    provider = ComponentProvider(COMPONENTS, "tenfold")
    return json.loads(cast("Any", provider).schema)


def test_every_component_has_an_example_here() -> None:
    assert EXAMPLES.keys() == {component.__name__ for component in COMPONENTS}


@components
def test_it_is_made_of_a_name_arguments_and_options(component: Any) -> None:
    parameters = inspect.signature(component.__init__).parameters
    assert list(parameters) == ["self", "name", "args", "opts"]
    assert parameters["name"].annotation is str
    assert parameters["opts"].annotation == pulumi.ResourceOptions | None
    assert parameters["opts"].default is None
    assert is_typeddict(args_class(component))


@components
def test_its_arguments_class_is_exported_with_it(component: Any) -> None:
    assert args_class(component) is getattr(tenfold, f"{component.__name__}Args")


@components
def test_it_has_at_most_20_inputs_with_tags_and_overrides_among_them(component: Any) -> None:
    inputs = inspect.get_annotations(args_class(component))
    assert len(inputs) <= 20
    assert {"tags", "overrides"} <= inputs.keys()


@components
def test_its_type_is_of_the_package(component: Any) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].least))
    assert built["it"].type == f"tenfold:index:{component.__name__}"


def test_programs_in_other_languages_find_every_component_and_its_documentation() -> None:
    whole = schema()
    assert set(whole["resources"]) == {f"tenfold:index:{component.__name__}" for component in COMPONENTS}
    undocumented = [token for token, resource in whole["resources"].items() if not resource.get("description")]
    for token, resource in whole["resources"].items():
        for kind in ("inputProperties", "properties"):
            missing = [key for key, each in resource[kind].items() if not each.get("description")]
            undocumented += [f"{token} {kind} {key}" for key in missing]
    undocumented += [path for path, each in nested(whole["types"]) if not each.get("description")]
    assert undocumented == []


def test_arguments_of_other_languages_are_those_of_python() -> None:
    resources = schema()["resources"]
    for component in COMPONENTS:
        shape = args_class(component)
        found = resources[f"tenfold:index:{component.__name__}"]
        assert len(found["inputProperties"]) == len(inspect.get_annotations(shape))
        assert len(found.get("requiredInputs", [])) == len(shape.__required_keys__)


def test_the_hosts_requirements_are_the_packages() -> None:
    project = tomllib.loads((ROOT / "components" / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "components" / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == project["dependencies"]


@components
def test_an_argument_that_does_not_exist_is_refused_before_anything_is_registered(component: Any) -> None:
    refusal = refused(lambda: made(component, {**EXAMPLES[component.__name__].least, "colour": "red"}))
    assert refusal.text.startswith(
        f"{component.__name__} 'it' has 1 fault in its arguments:\n  colour: there is no such"
    )
    assert refusal.resources == ()


@components
def test_arguments_that_are_no_dict_are_refused(component: Any) -> None:
    refusal = refused(lambda: made(component, cast("Any", "small")))
    assert refusal.faults["args"][1] == f"a dict with the keys of {component.__name__}Args"


@components
def test_every_annotated_output_is_set_and_registered(component: Any) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].full))
    outputs = inspect.get_annotations(component).keys()
    assert outputs
    assert outputs == built["it"].outputs.keys()
    assert all(built.value(getattr(built.result, name)) is not None for name in outputs)


@components
def test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know(component: Any) -> None:
    example = EXAMPLES[component.__name__]
    refusal = refused(lambda: made(component, {**example.full, "overrides": {"nobody": {}}}))
    kinds = refusal.faults["overrides.nobody"][1].split(";")[0].split(", ")
    built = build(lambda: made(component, example.full))
    for child in children(built):
        assert child.parent == built["it"].urn
        suffix = child.name.removeprefix("it-")
        assert any(suffix == kind or suffix.startswith(f"{kind}-") for kind in kinds), child.name


@components
def test_no_child_is_named_by_an_index(component: Any) -> None:
    built = build(lambda: made(component, EXAMPLES[component.__name__].full))
    assert not [child.name for child in children(built) if child.name.rpartition("-")[2].isdigit()]


@components
def test_tags_reach_every_child_that_can_have_them(component: Any) -> None:
    taggable: set[str] = set()

    def look(child: pulumi.ResourceTransformationArgs) -> None:
        if "tags" in child.props and child.name != "it":
            taggable.add(child.name)

    args = {**EXAMPLES[component.__name__].full, "tags": {"team": "web"}}
    opts = pulumi.ResourceOptions(transformations=[cast("Any", look)])
    built = build(lambda: made(component, args, opts))
    assert taggable
    for name in taggable:
        tags = built[name].inputs["tags"]
        # An Auto Scaling group's are blocks.
        found = tags if isinstance(tags, dict) else {tag["key"]: tag["value"] for tag in tags}
        assert found["team"] == "web", name


@components
def test_alarms_notify_the_topic_and_exist_without_one(component: Any) -> None:
    example = EXAMPLES[component.__name__]
    silent = build(lambda: made(component, example.full)).of("aws:cloudwatch/metricAlarm:MetricAlarm")
    loud = build(lambda: made(component, {**example.full, "alarm_topic_arn": TOPIC}))
    alarms = loud.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert alarms
    assert {alarm.name for alarm in alarms} == {alarm.name for alarm in silent}
    assert {tuple(alarm.inputs["alarmActions"]) for alarm in alarms} == {(TOPIC,)}
    assert all(alarm.inputs["alarmDescription"] for alarm in alarms)


@components
def test_a_preview_of_a_new_one_registers_what_its_update_does(component: Any) -> None:
    example = EXAMPLES[component.__name__]
    previewed = build(lambda: made(component, example.full), preview=True)
    updated = build(lambda: made(component, example.full))
    assert {resource.urn for resource in previewed.resources} == {resource.urn for resource in updated.resources}


@components
def test_growing_replaces_nothing_that_holds_data(component: Any) -> None:
    example = EXAMPLES[component.__name__]

    def kept(size: dict[str, Any]) -> dict[str, list[Any]]:
        built = build(lambda: made(component, {**example.least, **size}))
        return {
            child.urn: [child.inputs.get(key) for key in IRREPLACEABLE[child.type]]
            for child in children(built)
            if child.type in IRREPLACEABLE
        }

    stages = [kept(size) for size in example.sizes]
    assert stages[0]
    for small, large in itertools.combinations(stages, 2):
        assert small.items() <= large.items()


@components
@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
@pytest.mark.parametrize("use", ["least", "full"])
def test_the_policy_pack_has_nothing_to_say(component: Any, use: str, preview: bool) -> None:
    args = getattr(EXAMPLES[component.__name__], use)
    diagnostics = Pack().judge(run(lambda: made(component, {**args, "alarm_topic_arn": TOPIC}), preview=preview))
    # Verdicts on subnets of another stack stay open.
    assert [each.message for each in diagnostics if each.policyName != UNDECIDED] == []
