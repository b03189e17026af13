"""Endpoints: AWS services that a VPC reaches without the internet.

See https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html and
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws


def gateway_endpoints(
    network: pulumi.ComponentResource,
    services: Sequence[str],
    *,
    vpc_id: pulumi.Input[str],
    region: str,
    route_table_ids: Sequence[pulumi.Input[str]],
) -> None:
    """Routes to services from what these route tables are of, at no charge."""
    for service in services:
        name = f"{network.pulumi_resource_name}-gateway-endpoint-{service}"
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{region}.{service}",
            route_table_ids=[*route_table_ids],
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=network),
        )


def interface_endpoints(
    network: pulumi.ComponentResource,
    services: Sequence[str],
    *,
    vpc_id: pulumi.Input[str],
    region: str,
    cidr_block: pulumi.Input[str],
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]],
) -> None:
    """An address in each subnet under which a service answers by its usual name, to the VPC alone.

    Args:
        network: The component that they are part of.
        services: The last parts of the services' names.
        vpc_id: The VPC's id.
        region: The region's name.
        cidr_block: The VPC's range.
        subnet_ids: One private subnet a zone.
    """
    if not services:
        return
    group = _security_group(network, vpc_id, cidr_block)
    for service in services:
        name = f"{network.pulumi_resource_name}-interface-endpoint-{service}"
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=vpc_id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{region}.{service}",
            private_dns_enabled=True,
            subnet_ids=subnet_ids,
            security_group_ids=[group.id],
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=network),
        )


def _security_group(
    network: pulumi.ComponentResource, vpc_id: pulumi.Input[str], cidr_block: pulumi.Input[str]
) -> aws.ec2.SecurityGroup:
    name = network.pulumi_resource_name
    group = aws.ec2.SecurityGroup(
        f"{name}-interface-endpoint-sg",
        vpc_id=vpc_id,
        description=f"The interface endpoints of {name}",
        tags={"Name": f"{name}-interface-endpoint-sg"},
        opts=pulumi.ResourceOptions(parent=network),
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-interface-endpoint-from-vpc",
        security_group_id=group.id,
        cidr_ipv4=cidr_block,
        description="Calls of AWS services",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        opts=pulumi.ResourceOptions(parent=network),
    )
    return group
