"""A change of a launch template is a new version."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _latest(world: World, made: Made) -> Any:
    about = world.client("ec2").describe_launch_templates(LaunchTemplateIds=[made.id])["LaunchTemplates"][0]
    found = world.client("ec2").describe_launch_template_versions(LaunchTemplateId=made.id, Versions=["$Latest"])
    data = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    return {
        "default": about["DefaultVersionNumber"],
        "tokens": data["MetadataOptions"]["HttpTokens"],
        "disk": only(data["BlockDeviceMappings"][0]["Ebs"], "VolumeSize", "Encrypted", "VolumeType"),
        "groups": data["NetworkInterfaces"][0]["Groups"],
        "tags": data["TagSpecifications"][0]["Tags"],
        **only(data, "ImageId", "InstanceType", "UserData"),
    }


def _wanted(version: int, instance_type: str, user_data: str | None) -> Any:
    return lambda world, _: {
        "default": version,
        "tokens": "required",
        "disk": {"VolumeSize": 20, "Encrypted": True, "VolumeType": "gp3"},
        "groups": world.groups[:1],
        "tags": [{"Key": "team", "Value": "a"}],
        "ImageId": "ami-1",
        "InstanceType": instance_type,
        "UserData": user_data,
    }


CASES = [
    Case(
        token="aws:ec2/launchTemplate:LaunchTemplate",
        inputs=lambda world: {
            "description": "web",
            "imageId": "ami-1",
            "instanceType": "t3.micro",
            "metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1},
            "iamInstanceProfile": {"arn": "arn:aws:iam::000000000000:instance-profile/web"},
            "blockDeviceMappings": [
                {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "volumeType": "gp3", "encrypted": "true"}}
            ],
            "networkInterfaces": [{"securityGroups": world.groups[:1], "associatePublicIpAddress": "false"}],
            "tagSpecifications": [{"resourceType": "instance", "tags": {"team": "a"}}],
            "monitoring": {"enabled": True},
            "userData": "YQ==",
            "updateDefaultVersion": True,
        },
        look=_latest,
        made=_wanted(1, "t3.micro", "YQ=="),
        change=lambda _: {"instanceType": "t3.large", "userData": None},
        changed=_wanted(2, "t3.large", None),
        outputs={"arn": ..., "latestVersion": 1, "defaultVersion": 1},
    ),
]


@parametrize(CASES)
def test_a_launch_template_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
