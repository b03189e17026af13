"""NAT instances: a zone's way out to the internet for little traffic, at a tenth of a NAT gateway's price.

What it costs otherwise: all that the zone says to the internet goes at the speed of one small instance, and stops for
some minutes when it fails, until EC2 has recovered or rebooted it. Its image is that of the day it was made: a newer
one comes with a new instance, by ``pulumi up --replace``, which takes over the address and the routes.

See https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.nat_gateways import Exit
from tenfold.network_arguments import DEFAULT_NAT_INSTANCE_TYPE, NetworkNatInstanceArgs

_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
# Graviton has a g after the generation: t4g, m7gd, c7gn, im4gn. The first one was a1.
_GRAVITON = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")

# A kernel that forwards, and leaves telling senders of a shorter way: there is none. Its rules are loaded at each boot.
_USER_DATA = """\
#!/bin/bash
set -eu
# The address, and with it the internet, comes a little later.
until dnf install -y nftables; do sleep 5; done

cat > /etc/sysctl.d/90-nat.conf <<'END'
net.ipv4.ip_forward = 1
net.ipv4.conf.*.send_redirects = 0
END

cat > /etc/nat.nft <<'END'
add table ip nat_instance
flush table ip nat_instance
table ip nat_instance {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr CIDR ip daddr != CIDR masquerade
  }
}
END

cat > /etc/systemd/system/nat.service <<'END'
[Unit]
Description=Network address translation
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/nat.nft

[Install]
WantedBy=multi-user.target
END

systemctl restart systemd-sysctl
systemctl enable --now nat.service
"""


class NatInstances(NamedTuple):
    """What the NAT instances of a network have in common.

    Attributes:
        type: The instance type.
        image_id: The image; None for the latest Amazon Linux 2023, which an instance that is there keeps.
        alarms: The network's alarms.
        group: Their security group.
        ready: What lets them reach the internet, and the app tier reach them.
    """

    type: str
    image_id: pulumi.Input[str] | None
    alarms: Alarms
    group: aws.ec2.SecurityGroup
    ready: Sequence[pulumi.Resource]


def instance_exits(
    network: pulumi.ComponentResource,
    vpc: aws.ec2.Vpc,
    subnets: Mapping[str, aws.ec2.Subnet],
    way_out: pulumi.Resource,
    args: NetworkNatInstanceArgs,
    alarms: Alarms,
) -> dict[str, Exit]:
    """A NAT instance in each zone's public subnet.

    Args:
        network: The component that they are part of.
        vpc: The VPC.
        subnets: The public subnets by zone.
        way_out: The public subnets' route to the internet.
        args: The component's arguments of them.
        alarms: The network's alarms.
    """
    group, rules = _security_group(network, vpc)
    instance_type = args.get("type", DEFAULT_NAT_INSTANCE_TYPE)
    common = NatInstances(instance_type, args.get("image_id"), alarms, group, (way_out, *rules))
    return {zone: _instance_exit(network, zone, vpc, subnet, common) for zone, subnet in subnets.items()}


def _security_group(
    network: pulumi.ComponentResource, vpc: aws.ec2.Vpc
) -> tuple[aws.ec2.SecurityGroup, Sequence[pulumi.Resource]]:
    name = network.pulumi_resource_name
    group = aws.ec2.SecurityGroup(
        f"{name}-nat-instance-sg",
        vpc_id=vpc.id,
        description=f"The NAT instances of {name}",
        tags={"Name": f"{name}-nat-instance-sg"},
        opts=pulumi.ResourceOptions(parent=network),
    )
    way_in = aws.vpc.SecurityGroupIngressRule(
        f"{name}-nat-instance-from-vpc",
        security_group_id=group.id,
        cidr_ipv4=vpc.cidr_block,
        description="What goes out to the internet",
        ip_protocol="-1",
        opts=pulumi.ResourceOptions(parent=network),
    )
    way_out = aws.vpc.SecurityGroupEgressRule(
        f"{name}-nat-instance-to-internet",
        security_group_id=group.id,
        cidr_ipv4="0.0.0.0/0",
        description="What goes out to the internet",
        ip_protocol="-1",
        opts=pulumi.ResourceOptions(parent=network),
    )
    return group, (way_in, way_out)


def _instance_exit(
    network: pulumi.ComponentResource, zone: str, vpc: aws.ec2.Vpc, subnet: aws.ec2.Subnet, common: NatInstances
) -> Exit:
    name = network.pulumi_resource_name
    instance = _instance(network, zone, vpc, subnet, common)
    address = aws.ec2.Eip(
        f"{name}-nat-instance-address-{zone}",
        domain="vpc",
        network_interface=instance.primary_network_interface_id,
        tags={"Name": f"{name}-nat-instance-address-{zone}"},
        opts=pulumi.ResourceOptions(parent=network, depends_on=common.ready),
    )
    _heals(common.alarms, zone, vpc, instance)
    return Exit(address.public_ip, interface_id=instance.primary_network_interface_id, ready=[address])


def _instance(
    network: pulumi.ComponentResource, zone: str, vpc: aws.ec2.Vpc, subnet: aws.ec2.Subnet, common: NatInstances
) -> aws.ec2.Instance:
    name = f"{network.pulumi_resource_name}-nat-instance-{zone}"
    latest = common.image_id is None
    return aws.ec2.Instance(
        name,
        ami=_latest_image(network, common.type) if latest else common.image_id,
        instance_type=common.type,
        subnet_id=subnet.id,
        vpc_security_group_ids=[common.group.id],
        # EC2 drops what is neither from nor for an instance, which is all that this one forwards.
        source_dest_check=False,
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
            "instance_metadata_tags": "disabled",
        },
        root_block_device={"volume_type": "gp3", "encrypted": True, "delete_on_termination": True},
        user_data=vpc.cidr_block.apply(lambda cidr: _USER_DATA.replace("CIDR", cidr)),
        user_data_replace_on_change=True,
        tags={"Name": name},
        # Each release of the image would cut off the zone for the time of a replacement.
        opts=pulumi.ResourceOptions(parent=network, ignore_changes=["ami"] if latest else None),
    )


def _latest_image(network: pulumi.ComponentResource, instance_type: str) -> str:
    architecture = "arm64" if _GRAVITON.fullmatch(instance_type) else "x86_64"
    opts = pulumi.InvokeOptions(parent=network)
    return aws.ssm.get_parameter(name=f"{_IMAGE}{architecture}", opts=opts).insecure_value


def _heals(alarms: Alarms, zone: str, vpc: aws.ec2.Vpc, instance: aws.ec2.Instance) -> None:
    """EC2 moves the instance off hardware that fails, and restarts a system that hangs; both keep its interface.

    Periods and thresholds are those of AWS:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
    """
    common: dict[str, Any] = {
        "key": zone,
        "namespace": "AWS/EC2",
        "dimensions": {"InstanceId": instance.id},
        "statistic": "Maximum",
        "period": 60,
        "threshold": 0,
        "treat_missing_data": "missing",
    }
    alarms.add(
        "nat-instance-recover-alarm",
        f"The hardware of the NAT instance in {zone} fails: EC2 moves it, and the zone is cut off meanwhile.",
        AlarmSeverity.CRITICAL,
        actions=[vpc.arn.apply(lambda arn: _ec2_action(arn, "recover"))],
        metric_name="StatusCheckFailed_System",
        evaluation_periods=2,
        **common,
    )
    alarms.add(
        "nat-instance-reboot-alarm",
        f"The NAT instance in {zone} hangs: EC2 reboots it, and the zone is cut off meanwhile.",
        AlarmSeverity.CRITICAL,
        actions=[vpc.arn.apply(lambda arn: _ec2_action(arn, "reboot"))],
        metric_name="StatusCheckFailed_Instance",
        evaluation_periods=3,
        **common,
    )


def _ec2_action(vpc_arn: str, action: str) -> str:
    partition, region = vpc_arn.split(":")[1], vpc_arn.split(":")[3]
    return f"arn:{partition}:automate:{region}:ec2:{action}"
