"""NAT gateways: the way out to the internet, of a zone or of all, with the alarms that tell when it is too narrow.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity, computed

_NAMESPACE = "AWS/NATGateway"


class Exit(NamedTuple):
    """A zone's way out to the internet.

    Attributes:
        public_ip: The address that calls come from.
        gateway_id: The NAT gateway that a route leads to.
        interface_id: The network interface that a route leads to, in place of a gateway.
        ready: What must be there before anything goes out.
    """

    public_ip: pulumi.Output[str]
    gateway_id: pulumi.Output[str] | None = None
    interface_id: pulumi.Output[str] | None = None
    ready: Sequence[pulumi.Resource] = ()


def zonal_exit(
    network: pulumi.ComponentResource,
    zone: str,
    subnet: aws.ec2.Subnet,
    way_out: pulumi.Resource,
    alarms: Alarms,
) -> Exit:
    """A NAT gateway in a zone's public subnet, with its address and its alarms.

    Args:
        network: The component that it is part of.
        zone: The zone's name, which its children are named by.
        subnet: The zone's public subnet.
        way_out: The public subnets' route to the internet, without which a NAT gateway fails to start.
        alarms: The network's alarms.
    """
    name = network.pulumi_resource_name
    address = _address(network, f"nat-address-{zone}")
    gateway = aws.ec2.NatGateway(
        f"{name}-nat-gateway-{zone}",
        subnet_id=subnet.id,
        allocation_id=address.id,
        tags={"Name": f"{name}-nat-gateway-{zone}"},
        opts=pulumi.ResourceOptions(parent=network, depends_on=[way_out]),
    )
    _gateway_alarms(alarms, zone, f"The NAT gateway in {zone}", gateway)
    return Exit(address.public_ip, gateway_id=gateway.id)


def regional_exits(
    network: pulumi.ComponentResource,
    zones: Sequence[str],
    vpc: aws.ec2.Vpc,
    way_out: pulumi.Resource,
    alarms: Alarms,
) -> dict[str, Exit]:
    """One NAT gateway with an address in each zone, and its alarms.

    Its addresses are the network's own: left to AWS, they would change as it finds zones and load, and with them the
    allow-lists of others.

    Args:
        network: The component that it is part of.
        zones: The zones' names.
        vpc: The VPC.
        way_out: The internet gateway.
        alarms: The network's alarms.
    """
    name = f"{network.pulumi_resource_name}-regional-nat-gateway"
    addresses = {zone: _address(network, f"regional-nat-address-{zone}") for zone in zones}
    gateway = aws.ec2.NatGateway(
        name,
        availability_mode="regional",
        vpc_id=vpc.id,
        availability_zone_addresses=[
            {"availability_zone": zone, "allocation_ids": [address.id]} for zone, address in addresses.items()
        ],
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=network, depends_on=[way_out]),
    )
    _gateway_alarms(alarms, "", "The regional NAT gateway", gateway)
    return {zone: Exit(address.public_ip, gateway_id=gateway.id) for zone, address in addresses.items()}


def _address(network: pulumi.ComponentResource, suffix: str) -> aws.ec2.Eip:
    name = f"{network.pulumi_resource_name}-{suffix}"
    return aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network))


def _gateway_alarms(alarms: Alarms, zone: str, what: str, gateway: aws.ec2.NatGateway) -> None:
    """Thresholds and periods are those of AWS's recommended alarms."""
    alarms.add(
        "nat-port-alarm",
        f"{what} has no source port left for new connections to one destination; "
        "spread the calls over more destinations or gateways, or keep connections open.",
        AlarmSeverity.CRITICAL,
        key=zone,
        namespace=_NAMESPACE,
        metric_name="ErrorPortAllocation",
        dimensions={"NatGatewayId": gateway.id},
        statistic="Sum",
        period=60,
        evaluation_periods=15,
        threshold=0,
    )
    alarms.add(
        "nat-drop-alarm",
        f"{what} drops more than 0.01 % of its packets; "
        "see the AWS Health Dashboard, and route the zone through another gateway if it lasts.",
        key=zone,
        metric_queries=computed(
            "100 * dropped / (from_source + from_destination)",
            "Packets dropped, in percent",
            {
                "dropped": "PacketsDropCount",
                "from_source": "PacketsInFromSource",
                "from_destination": "PacketsInFromDestination",
            },
            namespace=_NAMESPACE,
            dimensions={"NatGatewayId": gateway.id},
        ),
        evaluation_periods=5,
        threshold=0.01,
    )
