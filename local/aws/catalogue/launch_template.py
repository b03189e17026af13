"""EC2's launch templates: each change is a new version."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType
from local.aws.catalogue.vpc import ARN, TAGGING

_ABOUT = frozenset({"name", "description", "defaultVersion", "updateDefaultVersion"})


def _prepare(properties: Properties) -> Properties:
    """Of what the program names in the plural, AWS takes single members; EBS volumes of a device lie in a block."""
    result = dict(properties)
    if isinstance(properties.get("networkInterfaces"), list):
        # The first interface has the index 0 in AWS and none in the program.
        result["networkInterfaces"] = [
            {"deviceIndex": index, **item} if isinstance(item, dict) else item
            for index, item in enumerate(properties["networkInterfaces"])
        ]
    return result


LAUNCH_TEMPLATE = ResourceType(
    token="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    create=Operation(
        name="create_launch_template",
        under="LaunchTemplateData",
        never=_ABOUT,
        delivers=lambda scope: {
            "LaunchTemplateName": scope["name"],
            **({"VersionDescription": scope["description"]} if scope.get("description") else {}),
        },
    ),
    id="LaunchTemplate.LaunchTemplateId",
    read=(
        Read(name="describe_launch_templates", params={"LaunchTemplateIds": ["$id"]}, at="LaunchTemplates[0]"),
        Read(
            name="describe_launch_template_versions",
            params={"LaunchTemplateId": "$id", "Versions": ["$$Latest"]},
            at="LaunchTemplateVersions[0].LaunchTemplateData",
        ),
        Read(
            name="describe_launch_template_versions",
            params={"LaunchTemplateId": "$id", "Versions": ["$$Latest"]},
            at="LaunchTemplateVersions[0].{Description: VersionDescription}",
        ),
    ),
    update=(
        Operation(
            name="create_launch_template_version",
            params={"LaunchTemplateId": "$id"},
            under="LaunchTemplateData",
            never=_ABOUT,
            whole=True,
            on=frozenset({"description"}),
            gives={"latestVersion": "to_string(LaunchTemplateVersion.VersionNumber)"},
            delivers=lambda scope: {"VersionDescription": scope.get("description", "")},
        ),
        Operation(
            name="modify_launch_template",
            params={"LaunchTemplateId": "$id", "DefaultVersion": "$latestVersion"},
            on=frozenset({"*"}),
            when="updateDefaultVersion",
        ),
        Operation(
            name="modify_launch_template", params={"LaunchTemplateId": "$id"}, only=frozenset({"defaultVersion"})
        ),
    ),
    delete=Operation(name="delete_launch_template", params={"LaunchTemplateId": "$id"}),
    names={
        "name": "LaunchTemplateName",
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "networkInterfaces.securityGroups": "Groups",
        "networkInterfaces.networkInterfaceId": "NetworkInterfaceId",
        "metadataOptions.httpProtocolIpv6": "HttpProtocolIpv6",
    },
    outputs={
        "arn": f"{ARN}launch-template/$id",
        "latestVersion": "LatestVersionNumber",
        "defaultVersion": "DefaultVersionNumber",
    },
    changing=frozenset({"latestVersion", "defaultVersion"}),
    replace_on=frozenset({"name"}),
    ignored=frozenset({"updateDefaultVersion"}),
    prepare=_prepare,
    tagging=TAGGING,
    naming=Naming(limit=128),
)
