"""NAT gateways: the way out to the internet, of a zone or of all, with the alarms that tell when it is too narrow.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws


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
    actions: Sequence[pulumi.Input[str]],
) -> Exit:
    """A NAT gateway in a zone's public subnet, with its address and its alarms.

    Args:
        network: The component that it is part of.
        zone: The zone's name, which its children are named by.
        subnet: The zone's public subnet.
        way_out: The public subnets' route to the internet, without which a NAT gateway fails to start.
        actions: What alarms notify.
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
    _alarms(network, f"-{zone}", f"The NAT gateway in {zone}", gateway, actions)
    return Exit(address.public_ip, gateway_id=gateway.id)


def regional_exits(
    network: pulumi.ComponentResource,
    zones: Sequence[str],
    vpc: aws.ec2.Vpc,
    way_out: pulumi.Resource,
    actions: Sequence[pulumi.Input[str]],
) -> dict[str, Exit]:
    """One NAT gateway with an address in each zone, and its alarms.

    Its addresses are the network's own: left to AWS, they would change as it finds zones and load, and with them the
    allow-lists of others.

    Args:
        network: The component that it is part of.
        zones: The zones' names.
        vpc: The VPC.
        way_out: The internet gateway.
        actions: What alarms notify.
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
    _alarms(network, "", "The regional NAT gateway", gateway, actions)
    return {zone: Exit(address.public_ip, gateway_id=gateway.id) for zone, address in addresses.items()}


def _address(network: pulumi.ComponentResource, suffix: str) -> aws.ec2.Eip:
    name = f"{network.pulumi_resource_name}-{suffix}"
    return aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=pulumi.ResourceOptions(parent=network))


def _alarms(
    network: pulumi.ComponentResource,
    suffix: str,
    what: str,
    gateway: aws.ec2.NatGateway,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    _port_alarm(network, suffix, what, gateway, actions)
    _drop_alarm(network, suffix, what, gateway, actions)


# Thresholds and periods are those of AWS's recommended alarms:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html


def _port_alarm(
    network: pulumi.ComponentResource,
    suffix: str,
    what: str,
    gateway: aws.ec2.NatGateway,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{network.pulumi_resource_name}-nat-port-alarm{suffix}",
        alarm_description=f"{what} has no source port left for new connections to one destination; "
        "spread the calls over more destinations or gateways, or keep connections open.",
        namespace="AWS/NATGateway",
        metric_name="ErrorPortAllocation",
        dimensions={"NatGatewayId": gateway.id},
        statistic="Sum",
        period=60,
        evaluation_periods=15,
        datapoints_to_alarm=15,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=network),
    )


def _drop_alarm(
    network: pulumi.ComponentResource,
    suffix: str,
    what: str,
    gateway: aws.ec2.NatGateway,
    actions: Sequence[pulumi.Input[str]],
) -> None:
    metrics = {
        "dropped": "PacketsDropCount",
        "from_source": "PacketsInFromSource",
        "from_destination": "PacketsInFromDestination",
    }
    aws.cloudwatch.MetricAlarm(
        f"{network.pulumi_resource_name}-nat-drop-alarm{suffix}",
        alarm_description=f"{what} drops more than 0.01 % of its packets; "
        "see the AWS Health Dashboard, and route the zone through another gateway if it lasts.",
        metric_queries=[
            {
                "id": "share",
                "expression": "100 * dropped / (from_source + from_destination)",
                "label": "Packets dropped, in percent",
                "return_data": True,
            },
            *(
                {
                    "id": query,
                    "metric": {
                        "namespace": "AWS/NATGateway",
                        "metric_name": metric,
                        "dimensions": {"NatGatewayId": gateway.id},
                        "stat": "Sum",
                        "period": 60,
                    },
                }
                for query, metric in metrics.items()
            ),
        ],
        evaluation_periods=5,
        datapoints_to_alarm=5,
        comparison_operator="GreaterThanThreshold",
        threshold=0.01,
        treat_missing_data="notBreaching",
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=network),
    )
