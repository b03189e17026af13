"""Security groups, and what is in them, for programs that are judged."""

from typing import Any

import pulumi
import pulumi_aws as aws

ROLE = "arn:aws:iam::123456789012:role/worker"


def later(value: Any) -> pulumi.Output[Any]:
    """A value that only the update tells."""
    return aws.ec2.Vpc("later", cidr_block="10.9.0.0/16").id.apply(lambda _: value)


def security_group(name: str, service: str | None = None, **properties: Any) -> aws.ec2.SecurityGroup:
    """A security group, of a service if there is one."""
    return aws.ec2.SecurityGroup(name, tags={"Service": service} if service else None, **properties)


def let_in(into: aws.ec2.SecurityGroup, source: Any, name: str = "in") -> None:
    """A rule of its own that lets a group in, or a network."""
    to: Any = {"cidr_ipv4": source} if isinstance(source, str) else {"referenced_security_group_id": _id(source)}
    ports: Any = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    aws.vpc.SecurityGroupIngressRule(name, security_group_id=into.id, **ports, **to)


def _id(source: Any) -> Any:
    return source.id if isinstance(source, aws.ec2.SecurityGroup) else source


def database(group: aws.ec2.SecurityGroup, name: str = "orders") -> None:
    """A database in a security group."""
    aws.rds.Instance(name, instance_class="db.t4g.medium", vpc_security_group_ids=[group.id])


def balancer(group: aws.ec2.SecurityGroup) -> None:
    """A load balancer in a security group."""
    aws.lb.LoadBalancer("edge", security_groups=[group.id])


def function(group: aws.ec2.SecurityGroup, name: str = "worker", **properties: Any) -> None:
    """A function in a security group."""
    network: Any = {"subnet_ids": ["subnet-0aaa"], "security_group_ids": [group.id]}
    aws.lambda_.Function(name, role=ROLE, vpc_config=network, **properties)
