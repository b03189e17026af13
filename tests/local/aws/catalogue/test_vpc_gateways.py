"""Gateways and addresses live in the emulator as their entries say."""

import re
from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, interface_of, live, parametrize, tags_of


def _gateway(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_internet_gateways(InternetGatewayIds=[made.id])["InternetGateways"][0]
    return [one["VpcId"] for one in found["Attachments"]], tags_of(found["Tags"])


def _nat(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_nat_gateways(NatGatewayIds=[made.id])["NatGateways"][0]
    return None if found["State"] == "deleted" else (found["State"], found["SubnetId"], tags_of(found["Tags"]))


def _address(world: World, made: Made) -> Any:
    return tags_of(world.client("ec2").describe_addresses(AllocationIds=[made.id])["Addresses"][0]["Tags"])


def _untag(world: World, made: Made) -> None:
    world.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}])


def _egress_only_gateway(world: World, made: Made) -> Any:
    answer = world.client("ec2").describe_egress_only_internet_gateways(EgressOnlyInternetGatewayIds=[made.id])
    found = answer["EgressOnlyInternetGateways"][0]
    return [one["VpcId"] for one in found["Attachments"]], tags_of(found["Tags"])


def _of_an_instance(world: World, made: Made) -> Any:
    return world.client("ec2").describe_addresses(AllocationIds=[made.id])["Addresses"][0]["InstanceId"]


CASES = [
    Case(
        token="aws:ec2/internetGateway:InternetGateway",
        inputs=lambda world: {"tags": {"team": "a"}},
        look=_gateway,
        made=([], {"team": "a"}),
        change=lambda world: {
            "vpcId": world.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"],
            "tags": {"team": "b"},
        },
        changed=lambda world, made: ([made.inputs["vpcId"]], {"team": "b"}),
        meddle=lambda world, made: world.client("ec2").detach_internet_gateway(
            InternetGatewayId=made.id, VpcId=made.inputs["vpcId"]
        ),
        drifts=("vpcId",),
        outputs={"arn": ...},
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs=lambda _: {"domain": "vpc", "tags": {"team": "a"}},
        look=_address,
        made={"team": "a"},
        change=lambda _: {"tags": {"team": "b"}},
        changed={"team": "b"},
        meddle=_untag,
        drifts=("tags",),
        outputs={"publicIp": ..., "allocationId": lambda _, made: made.id},
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        inputs=lambda world: {"allocationId": world.address, "subnetId": world.subnets[0], "tags": {"team": "a"}},
        look=_nat,
        made=lambda world, _: ("available", world.subnets[0], {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: ("available", world.subnets[0], {"team": "b"}),
        meddle=_untag,
        drifts=("tags",),
        outputs={
            "publicIp": lambda world, _: world.client("ec2").describe_addresses(AllocationIds=[world.address])[
                "Addresses"
            ][0]["PublicIp"]
        },
    ),
    Case(
        token="aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
        inputs=lambda world: {"vpcId": world.vpc, "tags": {"team": "a"}},
        look=_egress_only_gateway,
        made=lambda world, _: ([world.vpc], {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: ([world.vpc], {"team": "b"}),
        meddle=_untag,
        drifts=("tags",),
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs=lambda world: {"domain": "vpc", "networkInterface": interface_of(world.instances[0])},
        look=_of_an_instance,
        made=lambda world, _: world.instances[0],
        change=lambda world: {"networkInterface": interface_of(world.instances[1])},
        changed=lambda world, _: world.instances[1],
        meddle=lambda world, made: world.client("ec2").associate_address(
            AllocationId=made.id, InstanceId=world.instances[0]
        ),
        drifts=("networkInterface",),
        outputs={"associationId": ...},
    ),
]


@parametrize(CASES)
def test_a_gateway_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


REGIONAL: dict[str, Any] = {
    "availabilityMode": "regional",
    "vpcId": "vpc-1",
    "availabilityZoneAddresses": [{"availabilityZone": "eu-west-1a", "allocationIds": ["eipalloc-1"]}],
}


def test_a_regional_nat_gateway_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:ec2/natGateway:NatGateway"]
    inputs, faults = resources.check(world.account, kind, "it", b"x", {}, REGIONAL)
    assert faults == []
    assert kind.why_recorded(inputs) == "the emulator has no regional NAT gateways"
    made = [resources.create(world.account, kind, inputs, lambda _: None) for _ in range(2)]
    assert all(re.fullmatch("nat-[0-9a-f]{17}", identity) for identity, _ in made)
    assert made[0][0] != made[1][0]
    gateways = world.client("ec2").describe_nat_gateways()["NatGateways"]
    assert not {identity for identity, _ in made} & {gateway["NatGatewayId"] for gateway in gateways}
    identity, state = made[0]
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    resources.delete(world.account, kind, identity, state)


def test_a_regional_nat_gateway_takes_another_address_in_place(world: World) -> None:
    kind = CATALOGUE["aws:ec2/natGateway:NatGateway"]
    more = {"availabilityZone": "eu-west-1b", "allocationIds": ["eipalloc-2"]}
    wider = {**REGIONAL, "availabilityZoneAddresses": [*REGIONAL["availabilityZoneAddresses"], more]}
    change = resources.compare(world.account, kind, REGIONAL, wider)
    assert (change.changed, change.replaces) == (("availabilityZoneAddresses",), ())
    assert resources.update(world.account, kind, "nat-1", REGIONAL, REGIONAL, wider).items() >= wider.items()
