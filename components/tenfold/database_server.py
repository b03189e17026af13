"""A database that runs, Aurora's or an RDS instance, as the rest of its component sees it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws


class DatabaseServer(NamedTuple):
    """What the proxy, the alarms and the outputs of a database need to know of it.

    Attributes:
        identifier: Its identifier on AWS.
        arn: Its ARN.
        resource_id: The id that policies name it by.
        endpoint: The host that writes.
        reader_endpoint: The host that reads.
        port: Their port.
        secret_arn: The secret with the master user's password.
        replicas: The identifiers of an RDS instance's replicas, by name.
        instances: What must be there before it answers.
    """

    identifier: pulumi.Output[str]
    arn: pulumi.Output[str]
    resource_id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    port: pulumi.Output[int]
    secret_arn: pulumi.Output[str]
    replicas: Mapping[str, pulumi.Output[str]]
    instances: Sequence[pulumi.Resource]


class DatabasePlace(NamedTuple):
    """What a database is made in.

    Attributes:
        identifier: The identifier that it gets.
        subnets: Its subnet group.
        group: Its security group.
        groups: The ids of all security groups that it is in.
    """

    identifier: pulumi.Output[str]
    subnets: aws.rds.SubnetGroup
    group: aws.ec2.SecurityGroup
    groups: Sequence[pulumi.Input[str]]


def master_secret(secrets: Sequence[Any]) -> str:
    """The ARN of the secret that RDS keeps the master user's password in."""
    return next((secret.secret_arn for secret in secrets if secret.secret_arn), "")
