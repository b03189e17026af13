"""EC2's instances that no Auto Scaling group launches, and the interface through which routes and addresses know one.

The emulator has no interfaces of instances: an instance and its first interface have ids with the same digits here, and
what leads to the one is made to lead to the other.
"""

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType
from local.aws.catalogue.vpc import ARN, TAGGING

_INTERFACE, _INSTANCE = "eni-", "i-"


def to_instance(properties: Properties, interface: str, instance: str) -> Properties:
    """Properties in which the one named ``instance`` stands for that named ``interface``."""
    return _exchanged(properties, interface, instance, _INTERFACE, _INSTANCE)


def to_interface(properties: Properties, interface: str, instance: str) -> Properties:
    """The way back from ``to_instance``."""
    return _exchanged(properties, instance, interface, _INSTANCE, _INTERFACE)


def _exchanged(properties: Properties, old: str, new: str, prefix: str, prefix_of_new: str) -> Properties:
    identity = properties.get(old)
    if not isinstance(identity, str) or not identity.startswith(prefix):
        return properties
    rest = {name: value for name, value in properties.items() if name != old}
    return {**rest, new: f"{prefix_of_new}{identity.removeprefix(prefix)}"}


def _prepare(properties: Properties) -> Properties:
    """The root volume is a block device like others to AWS, and a profile is known by name or by ARN."""
    result = dict(properties)
    if isinstance(properties.get("rootBlockDevice"), dict):
        result["blockDeviceMappings"] = [{"deviceName": "/dev/xvda", "ebs": result.pop("rootBlockDevice")}]
    if isinstance(properties.get("iamInstanceProfile"), str):
        result["iamInstanceProfile"] = {"name": result["iamInstanceProfile"]}
    return result


INSTANCE = ResourceType(
    token="aws:ec2/instance:Instance",
    service="ec2",
    create=Operation(
        name="run_instances",
        params={"MinCount": 1, "MaxCount": 1},
        only=frozenset(
            {
                "ami",
                "blockDeviceMappings",
                "iamInstanceProfile",
                "instanceType",
                "keyName",
                "metadataOptions",
                "subnetId",
                "userData",
                "vpcSecurityGroupIds",
            }
        ),
    ),
    id="Instances[0].InstanceId",
    read=(
        Read(
            name="describe_instances",
            params={"InstanceIds": ["$id"]},
            at="Reservations[0].Instances[?State.Name!='terminated'] | [0]",
            also={"SecurityGroupIds": "SecurityGroups[].GroupId"},
        ),
    ),
    update=(
        Operation(
            name="modify_instance_attribute",
            only=frozenset({"sourceDestCheck"}),
            recorded="the emulator forwards no packets",
        ),
    ),
    delete=Operation(name="terminate_instances", params={"InstanceIds": ["$id"]}),
    ready="State.Name=='running'",
    names={"ami": "ImageId", "vpcSecurityGroupIds": "SecurityGroupIds"},
    outputs={
        "arn": f"{ARN}instance/$id",
        "instanceState": "State.Name",
        "primaryNetworkInterfaceId": "$interface",
        "privateIp": "PrivateIpAddress",
        "publicIp": "PublicIpAddress",
    },
    ignored=frozenset({"userDataReplaceOnChange"}),
    not_returned=dict.fromkeys(
        ("userData", "metadataOptions", "blockDeviceMappings", "rootBlockDevice", "iamInstanceProfile"),
        "the emulator does not keep it",
    ),
    derived=lambda properties: {
        "interface": f"{_INTERFACE}{properties.get('id', '').removeprefix(_INSTANCE)}",
    },
    prepare=_prepare,
    tagging=TAGGING,
)
