"""Instances live in the emulator as their entry says."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, interface_of, live, parametrize, tags_of


def _instance(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_instances(InstanceIds=[made.id])["Reservations"][0]["Instances"][0]
    if found["State"]["Name"] == "terminated":
        return None
    groups = [group["GroupId"] for group in found["SecurityGroups"]]
    return found["ImageId"], found["InstanceType"], found["SubnetId"], groups, tags_of(found["Tags"])


CASES = [
    Case(
        token="aws:ec2/instance:Instance",
        inputs=lambda world: {
            "ami": "ami-1",
            "instanceType": "t4g.nano",
            "subnetId": world.subnets[1],
            "vpcSecurityGroupIds": [world.groups[0]],
            "sourceDestCheck": False,
            "userData": "#!/bin/sh",
            "userDataReplaceOnChange": True,
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "rootBlockDevice": {"volumeType": "gp3", "encrypted": True, "deleteOnTermination": True},
            "tags": {"team": "a"},
        },
        look=_instance,
        made=lambda world, _: ("ami-1", "t4g.nano", world.subnets[1], [world.groups[0]], {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=lambda world, _: ("ami-1", "t4g.nano", world.subnets[1], [world.groups[0]], {"team": "b"}),
        meddle=lambda world, made: world.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}]),
        drifts=("tags",),
        outputs={
            "arn": ...,
            "instanceState": "running",
            "primaryNetworkInterfaceId": lambda _, made: interface_of(made.id),
            "privateIp": ...,
        },
    ),
]


@parametrize(CASES)
def test_an_instance_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
