"""Networks for programs that are judged."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass
class Network:
    """A VPC and its subnets by name, `app-a` being in zone `us-east-1a`."""

    vpc: aws.ec2.Vpc
    subnets: dict[str, aws.ec2.Subnet]

    def ids(self, *names: str) -> list[pulumi.Output[str]]:
        """The ids of some subnets, of all without a name."""
        return [self.subnets[name].id for name in names or self.subnets]


def network(*names: str, vpc: str = "net", **subnet: Any) -> Network:
    """A VPC with a subnet for each name; the last letter of a name is that of its zone."""
    own = aws.ec2.Vpc(vpc, cidr_block="10.0.0.0/16")
    subnets: dict[str, aws.ec2.Subnet] = {}
    for number, name in enumerate(names):
        properties: dict[str, Any] = {"availability_zone": f"us-east-1{name[-1]}"} | subnet
        subnets[name] = aws.ec2.Subnet(name, vpc_id=own.id, cidr_block=f"10.0.{number}.0/24", **properties)
    return Network(own, subnets)


def routed(net: Network, subnet: str, **target: Any) -> None:
    """Give a subnet a route table of its own, with a default route."""
    table = aws.ec2.RouteTable(f"{subnet}-table", vpc_id=net.vpc.id)
    aws.ec2.RouteTableAssociation(f"{subnet}-in", subnet_id=net.subnets[subnet].id, route_table_id=table.id)
    aws.ec2.Route(f"{subnet}-out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", **target)


def opened(net: Network, *subnets: str) -> None:
    """Route subnets to an internet gateway."""
    door = aws.ec2.InternetGateway("igw", vpc_id=net.vpc.id)
    for subnet in subnets:
        routed(net, subnet, gateway_id=door.id)


def nat(net: Network, subnet: str, **properties: Any) -> aws.ec2.NatGateway:
    """A NAT gateway in a subnet."""
    return aws.ec2.NatGateway(f"nat-{subnet[-1]}", subnet_id=net.subnets[subnet].id, **properties)
