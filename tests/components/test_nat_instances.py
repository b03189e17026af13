"""NAT instances: what starts, who reaches it, what heals it, and that it forwards what it should."""

import subprocess
from typing import Any

import pulumi
import pytest

from tenfold import Network
from tests.components.building import Built, refused
from tests.components.networks import LOOK_UPS, THREE, network

TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"


def instances(built: Built[Network]) -> dict[str, dict[str, Any]]:
    found = built.of("aws:ec2/instance:Instance")
    return {instance.name.removeprefix("main-nat-instance-"): instance.inputs for instance in found}


def test_each_zone_has_a_small_one_in_its_public_subnet() -> None:
    found = instances(network(nat="instance"))
    assert list(found) == THREE
    for zone, instance in found.items():
        assert instance["subnetId"] == f"main-public-subnet-{zone}-id"
        assert instance["instanceType"] == "t4g.nano"
        assert instance["sourceDestCheck"] is False


def test_it_needs_a_token_for_metadata_and_its_disk_is_encrypted() -> None:
    for instance in instances(network(nat="instance")).values():
        assert instance["metadataOptions"]["httpTokens"] == "required"
        assert instance["metadataOptions"]["httpPutResponseHopLimit"] == 1
        assert instance["rootBlockDevice"] == {"volumeType": "gp3", "encrypted": True, "deleteOnTermination": True}
        # It has no role: what takes it over can call nothing.
        assert "iamInstanceProfile" not in instance
        assert "keyName" not in instance


def test_its_image_is_the_latest_for_its_processor() -> None:
    arm = instances(network(nat="instance"))["us-east-1a"]
    intel = instances(network(nat="instance", nat_instance={"type": "t3.nano"}))["us-east-1a"]
    assert arm["ami"] == "image of al2023-ami-kernel-default-arm64"
    assert intel["ami"] == "image of al2023-ami-kernel-default-x86_64"


def test_its_type_and_image_can_be_chosen() -> None:
    image = pulumi.Output.from_input("ami-1")
    built = network(nat="instance", nat_instance={"type": "c7gn.medium", "image_id": image})
    assert {(each["instanceType"], each["ami"]) for each in instances(built).values()} == {("c7gn.medium", "ami-1")}


def test_every_zone_leaves_by_its_own_and_by_an_address_that_stays() -> None:
    built = network(nat="instance")
    for zone in THREE:
        interface = "interface of main-nat-instance-" + zone
        assert built[f"main-app-nat-route-{zone}"].inputs["networkInterfaceId"] == interface
        assert built[f"main-nat-instance-address-{zone}"].inputs["networkInterface"] == interface
        assert f"main-nat-instance-address-{zone}" in built[f"main-app-nat-route-{zone}"].depends_on
    addresses = [f"ip of main-nat-instance-address-{zone}" for zone in THREE]
    assert built.value(built.result.nat_public_ips) == addresses
    assert not built.of("aws:ec2/natGateway:NatGateway")


def test_the_vpc_alone_reaches_it() -> None:
    built = network(nat="instance", cidr_block="10.64.0.0/18")
    (way_in,) = built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert way_in.inputs["securityGroupId"] == "main-nat-instance-sg-id"
    assert (way_in.inputs["cidrIpv4"], way_in.inputs["ipProtocol"]) == ("10.64.0.0/18", "-1")
    (way_out,) = built.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert (way_out.inputs["cidrIpv4"], way_out.inputs["ipProtocol"]) == ("0.0.0.0/0", "-1")
    assert {tuple(each["vpcSecurityGroupIds"]) for each in instances(built).values()} == {("main-nat-instance-sg-id",)}


@pytest.mark.parametrize(
    ("kind", "metric", "minutes", "action"),
    [
        ("recover", "StatusCheckFailed_System", 2, "arn:aws:automate:us-east-1:ec2:recover"),
        ("reboot", "StatusCheckFailed_Instance", 3, "arn:aws:automate:us-east-1:ec2:reboot"),
    ],
)
def test_ec2_heals_it_and_someone_is_told(kind: str, metric: str, minutes: int, action: str) -> None:
    built = network(nat="instance", alarms={"topic_arn": TOPIC})
    alarm = built[f"main-nat-instance-{kind}-alarm-us-east-1b"].inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/EC2", metric)
    assert alarm["dimensions"] == {"InstanceId": "main-nat-instance-us-east-1b-id"}
    assert (alarm["period"], alarm["evaluationPeriods"], alarm["threshold"]) == (60, minutes, 0)
    assert alarm["alarmActions"] == [action, TOPIC]
    assert alarm["okActions"] == [TOPIC]


def script() -> str:
    return instances(network(nat="instance", cidr_block="10.64.0.0/18"))["us-east-1a"]["userData"]


def test_its_script_is_one_that_bash_reads() -> None:
    subprocess.run(["bash", "-n"], input=script(), text=True, check=True)


def test_it_forwards_and_hides_what_leaves_the_vpc_alone() -> None:
    lines = [line.strip() for line in script().splitlines()]
    assert "net.ipv4.ip_forward = 1" in lines
    assert "ip saddr 10.64.0.0/18 ip daddr != 10.64.0.0/18 masquerade" in lines
    assert "systemctl enable --now nat.service" in lines
    assert "CIDR" not in script()


@pytest.mark.parametrize(
    ("args", "path", "given", "allowed"),
    [
        ({"nat_instance": {}}, "nat_instance", "it is given beside nat per_zone", "nothing, or nat instance"),
        (
            {"nat": "instance", "nat_instance": {"type": "small"}},
            "nat_instance.type",
            "'small' is given",
            "an instance type: t4g.nano",
        ),
        (
            {"nat": "instance", "tiers": ["app", "data"]},
            "nat",
            "'instance' is given without the public tier",
            "regional or none, which need none",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(args: dict[str, Any], path: str, given: str, allowed: str) -> None:
    refusal = refused(lambda: Network("main", args), calls=LOOK_UPS)  # pyright: ignore[reportArgumentType]
    assert refusal.faults == {path: (given, allowed)}
    assert refusal.resources == ()
