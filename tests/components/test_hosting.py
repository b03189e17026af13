"""The host of components for programs in other languages: names, values that come later, refusals."""

import json
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.provider.server import ComponentInitError

import tenfold
from tenfold import NatMode
from tenfold.errors import TenfoldError
from tenfold.hosting import Host, components_of
from tests.components.building import Built, build

ZONES = ["us-east-1a", "us-east-1b"]
PLACEMENT = {
    "vpcId": "vpc-1",
    "cidrBlock": "10.0.0.0/16",
    "zones": ZONES,
    "publicSubnetIds": ["subnet-1", "subnet-2"],
    "appSubnetIds": ["subnet-3", "subnet-4"],
    "dataSubnetIds": ["subnet-5", "subnet-6"],
}


def construct(component: str, **inputs: Any) -> Built[Any]:
    """Have the host construct a component as the engine asks for it, all numbers floats."""
    host = Host(components_of(tenfold), "tenfold")
    return build(lambda: host.construct("it", f"tenfold:index:{component}", inputs))


def test_all_components_of_the_package_are_hosted() -> None:
    names = {component.__name__ for component in components_of(tenfold)}
    assert {"Network", "WebTier", "QueueService", "Table"} <= names
    assert names <= set(tenfold.__all__)


def test_descriptions_of_several_lines_begin_each_at_the_margin() -> None:
    resources = json.loads(Host([tenfold.QueueService], "tenfold").schema or "{}")["resources"]
    first, *others = resources["tenfold:index:QueueService"]["description"].splitlines()
    assert first == first.strip()
    # Four spaces would make it code.
    assert not [line for line in others if line.startswith("    ") and not line.lstrip().startswith("-")]


def test_arguments_have_the_names_and_numbers_of_other_languages() -> None:
    built = construct("Network", zoneNames=ZONES, flowLogRetentionDays=7.0, nat="single")
    assert built["it-flow-log-group"].inputs["retentionInDays"] == 7
    assert len(built.of("aws:ec2/natGateway:NatGateway")) == 1


def test_a_choice_may_be_nested_in_a_map() -> None:
    index = {"hashKey": "id", "projection": "keys_only"}
    built = construct("Table", hashKey="id", attributes={"id": "S"}, globalIndexes={"by-id": index})
    (found,) = built["it-table"].inputs["globalSecondaryIndexes"]
    assert (found["name"], found["projectionType"]) == ("by-id", "KEYS_ONLY")


def test_outputs_have_the_schemas_names() -> None:
    built = construct("Network", zoneNames=ZONES)
    state = built.value(built.result.state)
    assert state["vpcId"] == "it-vpc-id"
    assert state["placement"]["appSubnetIds"] == [f"it-app-subnet-{zone}-id" for zone in ZONES]


def test_a_components_outputs_are_anothers_arguments_as_plain_values_or_later_ones() -> None:
    plain = construct("WebTier", placement=PLACEMENT)
    later = construct("WebTier", placement=pulumi.Output.from_input(PLACEMENT))
    within = construct("WebTier", placement={**PLACEMENT, "vpcId": pulumi.Output.from_input("vpc-1")})
    for built in (plain, later, within):
        assert built["it-tg"].inputs["vpcId"] == "vpc-1"
        assert built["it-alb"].inputs["subnets"] == ["subnet-1", "subnet-2"]
        assert built["it-asg"].inputs["vpcZoneIdentifiers"] == ["subnet-3", "subnet-4"]


def test_a_number_may_be_known_only_later() -> None:
    built = construct("WebTier", placement=PLACEMENT, idleTimeoutSeconds=pulumi.Output.from_input(120))
    assert built["it-alb"].inputs["idleTimeout"] == 120


def test_a_number_that_is_known_later_is_a_whole_one_in_a_text() -> None:
    built = construct("QueueService", maxReceiveCount=pulumi.Output.from_input(7.0))
    assert json.loads(built["it-queue"].inputs["redrivePolicy"])["maxReceiveCount"] == 7
    assert "7.0" not in built["it-queue"].inputs["redrivePolicy"]


def test_structure_that_is_known_only_later_is_refused_by_the_component() -> None:
    with pytest.raises(InputPropertiesError) as caught:
        construct("Network", zoneNames=ZONES, nat=pulumi.Output.from_input("single"))
    assert [error["property_path"] for error in caught.value.errors or []] == ["nat"]


def test_a_refusal_names_the_schemas_properties_with_what_is_given_and_allowed() -> None:
    with pytest.raises(InputPropertiesError) as caught:
        construct(
            "Table",
            hashKey="id",
            attributes={"id": "S"},
            pointInTimeRecoveryDays=77.0,
            globalIndexes={"my_index": {"hashKey": "my_key"}},
            provisioned={"readUnits": 0.0, "writeUnits": 1.0},
        )
    assert caught.value.message == "Table 'it' cannot be built from its arguments"
    assert {error["property_path"]: error["reason"] for error in caught.value.errors or []} == {
        "globalIndexes.my_index.hashKey": "'my_key' is given, which has no type; "
        "allowed: one of attributes, or add 'my_key' to them",
        "provisioned.readUnits": "0 is given; allowed: 1 to 40000 units a second",
        "pointInTimeRecoveryDays": "77 is given; allowed: 0 to 35 days",
    }


def test_a_refusal_names_an_item_of_a_list() -> None:
    with pytest.raises(InputPropertiesError) as caught:
        construct("Network", zoneNames=["us-east-1a", "mars-1"])
    assert [error["property_path"] for error in caught.value.errors or []] == ["zoneNames[1]"]


def test_all_that_is_missing_or_does_not_exist_is_named_at_once() -> None:
    with pytest.raises(InputPropertiesError) as caught:
        construct("Table", colour="red", stream=7.0, globalIndexes={"by-time": {"rangeKey": "at", "size": 1.0}})
    assert [error["property_path"] for error in caught.value.errors or []] == [
        "colour",
        "attributes",
        "hashKey",
        "stream",
        "globalIndexes.by-time.size",
        "globalIndexes.by-time.hashKey",
    ]


def test_what_a_component_says_by_itself_is_shown_without_the_hosts_traceback() -> None:
    with pytest.raises(InputPropertiesError) as caught:
        build(lambda: Host([broken_by(TenfoldError)], "tenfold").construct("it", "tenfold:index:Broken", {}))
    assert (caught.value.message, caught.value.errors) == ("it is broken", None)


def test_a_fault_of_a_component_itself_keeps_its_traceback() -> None:
    with pytest.raises(ComponentInitError) as caught:
        build(lambda: Host([broken_by(ZeroDivisionError)], "tenfold").construct("it", "tenfold:index:Broken", {}))
    assert caught.value.inner.__traceback__


def broken_by(error: type[Exception]) -> type[pulumi.ComponentResource]:
    class Broken(pulumi.ComponentResource):
        def __init__(self, name: str, args: tenfold.NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
            raise error(f"{name} is broken")

    return Broken


def test_choices_are_members_where_programs_of_python_give_members() -> None:
    assert construct("Network", zoneNames=ZONES, nat="none").resources[0].inputs["nat"] == NatMode.NONE.value
