"""Where a database is, and who reaches it: the data subnets, and one port for the security groups that it is told."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.placement import NetworkPlacement, placed


def subnet_group(component: pulumi.ComponentResource, placement: pulumi.Input[NetworkPlacement]) -> aws.rds.SubnetGroup:
    """The data subnets, of which the database is in several at once."""
    return aws.rds.SubnetGroup(
        f"{component.pulumi_resource_name}-subnets",
        description=f"The data subnets, for {component.pulumi_resource_name}",
        subnet_ids=placed(placement, "data_subnet_ids"),
        opts=pulumi.ResourceOptions(parent=component),
    )


def security_group(
    component: pulumi.ComponentResource, kind: str, placement: pulumi.Input[NetworkPlacement], description: str
) -> aws.ec2.SecurityGroup:
    """A security group that lets nobody in or out."""
    name = f"{component.pulumi_resource_name}-{kind}"
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=placed(placement, "vpc_id"),
        description=description,
        tags={"Name": name},
        opts=pulumi.ResourceOptions(parent=component),
    )


def let_in(
    component: pulumi.ComponentResource,
    kind: str,
    group: aws.ec2.SecurityGroup,
    clients: Mapping[str, pulumi.Input[str]],
    port: int,
) -> None:
    """Lets the clients' security groups in, on one port."""
    for key, client in clients.items():
        aws.vpc.SecurityGroupIngressRule(
            f"{component.pulumi_resource_name}-{kind}-{key}",
            **_rule(group, client, port, f"The client {key}"),
            opts=pulumi.ResourceOptions(parent=component),
        )


def join(
    component: pulumi.ComponentResource, proxy: aws.ec2.SecurityGroup, database: aws.ec2.SecurityGroup, port: int
) -> None:
    """Lets a proxy reach the database, and nothing else."""
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    aws.vpc.SecurityGroupIngressRule(f"{name}-from-proxy", **_rule(database, proxy.id, port, "The proxy"), opts=opts)
    aws.vpc.SecurityGroupEgressRule(f"{name}-proxy-out", **_rule(proxy, database.id, port, "The database"), opts=opts)


def zone(placement: pulumi.Input[NetworkPlacement], index: int) -> pulumi.Output[str]:
    """One of the placement's zones, from the first again after the last."""
    zones: pulumi.Output[Any] = pulumi.Output.from_input(placed(placement, "zones"))
    return zones.apply(lambda names: names[index % len(names)])


def _rule(group: aws.ec2.SecurityGroup, other: pulumi.Input[str], port: int, description: str) -> Any:
    return {
        "security_group_id": group.id,
        "referenced_security_group_id": other,
        "description": description,
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
    }
