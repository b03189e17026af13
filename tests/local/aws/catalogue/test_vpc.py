"""Networks live in the emulator as their entries say."""

from ipaddress import IPv6Network
from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, tags_of


def _vpc(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"][0]
    names = world.client("ec2").describe_vpc_attribute(VpcId=made.id, Attribute="enableDnsHostnames")
    return found["CidrBlock"], names["EnableDnsHostnames"]["Value"], tags_of(found["Tags"])


def _subnet(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_subnets(SubnetIds=[made.id])["Subnets"][0]
    return found["CidrBlock"], found["AvailabilityZone"], found["MapPublicIpOnLaunch"], tags_of(found["Tags"])


def _untag(world: World, made: Made) -> None:
    world.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}])


CASES = [
    Case(
        token="aws:ec2/vpc:Vpc",
        inputs=lambda _: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": {"team": "a"}},
        look=_vpc,
        made=("10.1.0.0/16", True, {"team": "a"}),
        change=lambda _: {"enableDnsHostnames": False, "tags": {"team": "b", "new": "x"}},
        changed=("10.1.0.0/16", False, {"team": "b", "new": "x"}),
        meddle=lambda world, made: world.client("ec2").modify_vpc_attribute(
            VpcId=made.id, EnableDnsHostnames={"Value": True}
        ),
        drifts=("enableDnsHostnames",),
        outputs=dict.fromkeys(("arn", "defaultSecurityGroupId", "mainRouteTableId", "defaultNetworkAclId"), ...),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        inputs=lambda world: {
            "vpcId": world.vpc,
            "cidrBlock": "10.9.100.0/24",
            "availabilityZone": "eu-west-1b",
            "mapPublicIpOnLaunch": True,
            "tags": {"team": "a"},
        },
        look=_subnet,
        made=("10.9.100.0/24", "eu-west-1b", True, {"team": "a"}),
        change=lambda _: {"mapPublicIpOnLaunch": False},
        changed=("10.9.100.0/24", "eu-west-1b", False, {"team": "a"}),
        meddle=_untag,
        drifts=("tags",),
        outputs={"arn": ..., "availabilityZoneId": ...},
    ),
]


@parametrize(CASES)
def test_a_network_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_vpc_that_asks_for_ipv6_has_a_range_of_its_own(world: World) -> None:
    kind = CATALOGUE["aws:ec2/vpc:Vpc"]
    inputs = {"cidrBlock": "10.2.0.0/16", "assignGeneratedIpv6CidrBlock": True}
    made = [resources.create(world.account, kind, inputs, lambda _: None) for _ in range(2)]
    blocks = [IPv6Network(state["ipv6CidrBlock"]) for _, state in made]
    assert blocks[0] != blocks[1]
    assert all(block.prefixlen == 56 and block.subnet_of(IPv6Network("2001:db8::/32")) for block in blocks)
    identity, state = made[0]
    found = resources.read(world.account, kind, identity, state, inputs)
    assert found is not None
    assert found[0]["ipv6CidrBlock"] == state["ipv6CidrBlock"]
    for identity, state in made:
        resources.delete(world.account, kind, identity, state)


def test_ipv6_is_turned_on_in_place(world: World) -> None:
    vpc, subnet = CATALOGUE["aws:ec2/vpc:Vpc"], CATALOGUE["aws:ec2/subnet:Subnet"]
    plain = {"cidrBlock": "10.3.0.0/16"}
    dual = {**plain, "assignGeneratedIpv6CidrBlock": True}
    identity, state = resources.create(world.account, vpc, plain, lambda _: None)
    assert state["ipv6CidrBlock"] == ""
    assert resources.compare(world.account, vpc, plain, dual).replaces == ()
    wider = resources.update(world.account, vpc, identity, state, plain, dual)
    assert IPv6Network(wider["ipv6CidrBlock"]).prefixlen == 56
    resources.delete(world.account, vpc, identity, state)
    ranged = {"ipv6CidrBlock": "2001:db8:0:ab00::/64", "assignIpv6AddressOnCreation": True}
    change = resources.compare(world.account, subnet, {"vpcId": "vpc-1"}, {"vpcId": "vpc-1", **ranged})
    assert (set(change.changed), change.replaces) == (set(ranged), ())
