"""The network that everything else is placed in: several zones, three tiers in each, doors closed by default.

*Scaling on AWS (Part 4): > One Million Users* starts from an application spread over several availability zones behind
a load balancer. Each zone gets a public subnet (load balancers and NAT gateways), an app subnet (what runs; out through
NAT) and a data subnet (what stores; no way out). Their addresses follow `tenfold.address_plan`.

See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html.
"""

from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.existing_vpc import existing_vpc
from tenfold.flow_logs import FlowLogs, logged_flows
from tenfold.network_arguments import RULES, NetworkArgs, flow_logs_of, gateway_endpoints_of
from tenfold.new_vpc import new_vpc
from tenfold.placement import NetworkPlacement
from tenfold.vpc_endpoints import gateway_endpoints, interface_endpoints
from tenfold.vpc_layout import Layout

_CHILDREN: Children = {
    "vpc": aws.ec2.Vpc,
    "default-security-group": aws.ec2.DefaultSecurityGroup,
    "internet-gateway": aws.ec2.InternetGateway,
    "egress-only-gateway": aws.ec2.EgressOnlyInternetGateway,
    "public-subnet": aws.ec2.Subnet,
    "app-subnet": aws.ec2.Subnet,
    "data-subnet": aws.ec2.Subnet,
    "public-route-table": aws.ec2.RouteTable,
    "app-route-table": aws.ec2.RouteTable,
    "data-route-table": aws.ec2.RouteTable,
    "public-association": aws.ec2.RouteTableAssociation,
    "app-association": aws.ec2.RouteTableAssociation,
    "data-association": aws.ec2.RouteTableAssociation,
    "public-internet-route": aws.ec2.Route,
    "public-internet-ipv6-route": aws.ec2.Route,
    "app-nat-route": aws.ec2.Route,
    "app-ipv6-route": aws.ec2.Route,
    "nat-address": aws.ec2.Eip,
    "nat-gateway": aws.ec2.NatGateway,
    "regional-nat-address": aws.ec2.Eip,
    "regional-nat-gateway": aws.ec2.NatGateway,
    "nat-port-alarm": aws.cloudwatch.MetricAlarm,
    "nat-drop-alarm": aws.cloudwatch.MetricAlarm,
    "nat-instance": aws.ec2.Instance,
    "nat-instance-address": aws.ec2.Eip,
    "nat-instance-sg": aws.ec2.SecurityGroup,
    "nat-instance-from-vpc": aws.vpc.SecurityGroupIngressRule,
    "nat-instance-to-internet": aws.vpc.SecurityGroupEgressRule,
    "nat-instance-recover-alarm": aws.cloudwatch.MetricAlarm,
    "nat-instance-reboot-alarm": aws.cloudwatch.MetricAlarm,
    "gateway-endpoint": aws.ec2.VpcEndpoint,
    "interface-endpoint": aws.ec2.VpcEndpoint,
    "interface-endpoint-sg": aws.ec2.SecurityGroup,
    "interface-endpoint-from-vpc": aws.vpc.SecurityGroupIngressRule,
    "flow-log-group": aws.cloudwatch.LogGroup,
    "flow-log-role": aws.iam.Role,
    "flow-log-policy": aws.iam.RolePolicy,
    "flow-log": aws.ec2.FlowLog,
}
# What its alarms do that cannot be turned off.
_ACTING = {
    "nat-instance-recover-alarm": "has EC2 move a NAT instance off hardware that fails",
    "nat-instance-reboot-alarm": "has EC2 reboot a NAT instance that hangs",
}


class Network(pulumi.ComponentResource):
    """A VPC over several availability zones with a public, an app and a data subnet in each.

    By default it has three zones, a NAT gateway per zone, endpoints for S3 and DynamoDB, a default security group that
    allows nothing, flow logs that are kept for 30 days, and alarms on its NAT gateways. Other components take its
    `placement`.

    Zones, tiers, IPv6 and endpoints can be added and taken away later, and the way out can be changed: the addresses of
    subnets follow from the names of their zones, so that what stays keeps its own. The addresses that calls come from
    are those of one way out, and change with it. A VPC that exists already is taken by its ids, with `existing`.

    A NAT instance costs a tenth of a NAT gateway and is no more than one small machine: it passes what its network
    allows, it is not patched but replaced, and its zone is cut off for some minutes when it fails.
    """

    vpc_id: pulumi.Output[str]
    """The VPC's id."""
    cidr_block: pulumi.Output[str]
    """The VPC's IPv4 range."""
    ipv6_cidr_block: pulumi.Output[str]
    """The VPC's IPv6 range; empty without `ipv6`."""
    zones: pulumi.Output[list[str]]
    """The names of the availability zones; the lists of subnets are in this order."""
    public_subnet_ids: pulumi.Output[list[str]]
    """The subnets that the internet reaches, one a zone, for load balancers; empty without such a tier."""
    app_subnet_ids: pulumi.Output[list[str]]
    """The private subnets for what runs, one a zone, out through NAT; empty without such a tier."""
    data_subnet_ids: pulumi.Output[list[str]]
    """The private subnets for what stores, one a zone, with no way out; empty without such a tier."""
    public_route_table_id: pulumi.Output[str]
    """The route table of the public subnets; empty without them, and in an existing VPC."""
    app_route_table_ids: pulumi.Output[list[str]]
    """The route tables of the app subnets, one a zone; empty without them, and in an existing VPC."""
    data_route_table_id: pulumi.Output[str]
    """The route table of the data subnets; empty without them, and in an existing VPC."""
    nat_public_ips: pulumi.Output[list[str]]
    """The addresses that the app tier's calls come from, for the allow-lists of others; empty without NAT."""
    flow_log_group_name: pulumi.Output[str]
    """The log group of the flow logs; empty without them."""
    placement: NetworkPlacement
    """All that other components need to be placed here, as plain values."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind and zone, `nat-port-alarm-us-east-1a`; empty without NAT."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (*RULES, partial(alarm_faults, children=_CHILDREN, acting=_ACTING))
        args = checked("Network", name, NetworkArgs, args, _CHILDREN, *rules)
        super().__init__("tenfold:index:Network", name, {**args}, inherited(name, args, _CHILDREN, opts))

        alarms = Alarms(self, args)
        layout = existing_vpc(self, args["existing"]) if "existing" in args else new_vpc(self, args, alarms)
        _endpoints(self, args, layout)

        self.vpc_id = layout.vpc_id
        self.cidr_block = layout.cidr_block
        self.ipv6_cidr_block = layout.ipv6_cidr_block
        self.zones = pulumi.Output.from_input(layout.zones)
        self.public_subnet_ids = layout.public_subnet_ids
        self.app_subnet_ids = layout.app_subnet_ids
        self.data_subnet_ids = layout.data_subnet_ids
        self.public_route_table_id = layout.public_route_table_id
        self.app_route_table_ids = layout.app_route_table_ids
        self.data_route_table_id = layout.data_route_table_id
        self.nat_public_ips = layout.nat_public_ips
        self.flow_log_group_name = _flow_log_group_name(self, args, layout)
        self.placement = {
            "vpc_id": self.vpc_id,
            "cidr_block": self.cidr_block,
            "ipv6_cidr_block": self.ipv6_cidr_block,
            "zones": self.zones,
            "public_subnet_ids": self.public_subnet_ids,
            "app_subnet_ids": self.app_subnet_ids,
            "data_subnet_ids": self.data_subnet_ids,
        }
        self.alarm_arns = alarms.arns()
        self.register_outputs({output: getattr(self, output) for output in Network.__annotations__})


def _endpoints(network: Network, args: NetworkArgs, layout: Layout) -> None:
    region = layout.zones[0][:-1]
    gateway_endpoints(
        network,
        gateway_endpoints_of(args),
        vpc_id=layout.vpc_id,
        region=region,
        route_table_ids=layout.private_route_table_ids,
    )
    interface_endpoints(
        network,
        args.get("interface_endpoints", []),
        vpc_id=layout.vpc_id,
        region=region,
        cidr_block=layout.cidr_block,
        subnet_ids=layout.endpoint_subnet_ids,
    )


def _flow_log_group_name(network: Network, args: NetworkArgs, layout: Layout) -> pulumi.Output[str]:
    flows = flow_logs_of(args)
    if flows is FlowLogs.NONE:
        return pulumi.Output.from_input("")
    return logged_flows(
        network,
        flows,
        args.get("flow_log_retention_days", 30),
        vpc_id=layout.vpc_id,
        vpc_arn=layout.vpc_arn,
        account=layout.account,
    ).name
