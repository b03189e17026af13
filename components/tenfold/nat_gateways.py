"""NAT gateways: a zone's way out to the internet, with the alarms that tell when it is too narrow.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html.
"""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws


class Exit(NamedTuple):
    """A zone's way out to the internet.

    Attributes:
        address: The address that calls come from.
        gateway: The NAT gateway.
    """

    address: aws.ec2.Eip
    gateway: aws.ec2.NatGateway


def nat_exit(
    network: pulumi.ComponentResource,
    zone: str,
    subnet: aws.ec2.Subnet,
    way_out: aws.ec2.Route,
    alarm_topic_arn: pulumi.Input[str] | None,
) -> Exit:
    """A NAT gateway in a zone's public subnet, with its address and its alarms.

    Args:
        network: The component that it is part of.
        zone: The zone's name, which its children are named by.
        subnet: The zone's public subnet.
        way_out: The public subnets' route to the internet, without which a NAT gateway fails to start.
        alarm_topic_arn: The topic that alarms notify.
    """
    name = network.pulumi_resource_name
    address = aws.ec2.Eip(
        f"{name}-nat-address-{zone}",
        domain="vpc",
        tags={"Name": f"{name}-nat-address-{zone}"},
        opts=pulumi.ResourceOptions(parent=network),
    )
    gateway = aws.ec2.NatGateway(
        f"{name}-nat-gateway-{zone}",
        subnet_id=subnet.id,
        allocation_id=address.id,
        tags={"Name": f"{name}-nat-gateway-{zone}"},
        opts=pulumi.ResourceOptions(parent=network, depends_on=[way_out]),
    )
    actions = [] if alarm_topic_arn is None else [alarm_topic_arn]
    _port_alarm(network, zone, gateway, actions)
    _drop_alarm(network, zone, gateway, actions)
    return Exit(address, gateway)


# Thresholds and periods are those of AWS's recommended alarms:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html


def _port_alarm(
    network: pulumi.ComponentResource, zone: str, gateway: aws.ec2.NatGateway, actions: list[pulumi.Input[str]]
) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{network.pulumi_resource_name}-nat-port-alarm-{zone}",
        alarm_description=f"The NAT gateway in {zone} has no source port left for new connections to one destination; "
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
    network: pulumi.ComponentResource, zone: str, gateway: aws.ec2.NatGateway, actions: list[pulumi.Input[str]]
) -> None:
    metrics = {
        "dropped": "PacketsDropCount",
        "from_source": "PacketsInFromSource",
        "from_destination": "PacketsInFromDestination",
    }
    aws.cloudwatch.MetricAlarm(
        f"{network.pulumi_resource_name}-nat-drop-alarm-{zone}",
        alarm_description=f"The NAT gateway in {zone} drops more than 0.01 % of its packets; "
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
