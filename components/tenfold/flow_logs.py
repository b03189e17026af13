"""Flow logs: who talked to whom in a network, and who was refused.

See https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html.
"""

from enum import StrEnum

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import policy_document


class FlowLogs(StrEnum):
    """Which of a network's flows are logged."""

    NONE = "none"
    """None."""
    REJECTED = "rejected"
    """Those that a security group or a network ACL rejected."""
    ALL = "all"
    """All of them."""


def logged_flows(
    network: pulumi.ComponentResource,
    flows: FlowLogs,
    retention_days: int,
    *,
    vpc_id: pulumi.Input[str],
    vpc_arn: pulumi.Input[str],
    account: pulumi.Input[str],
) -> aws.cloudwatch.LogGroup:
    """The log group that a VPC's flows are written to, with the role that writes there and nowhere else."""
    name = network.pulumi_resource_name
    group = aws.cloudwatch.LogGroup(
        f"{name}-flow-log-group", retention_in_days=retention_days, opts=pulumi.ResourceOptions(parent=network)
    )
    role = aws.iam.Role(
        f"{name}-flow-log-role",
        description=f"Lets VPC Flow Logs write the flows of {name} to their log group",
        assume_role_policy=pulumi.Output.all(vpc_arn, account).apply(lambda ids: _trust(*ids)),
        opts=pulumi.ResourceOptions(parent=network),
    )
    policy = aws.iam.RolePolicy(
        f"{name}-flow-log-policy",
        role=role.name,
        policy=group.arn.apply(_writes),
        opts=pulumi.ResourceOptions(parent=network),
    )
    aws.ec2.FlowLog(
        f"{name}-flow-log",
        vpc_id=vpc_id,
        traffic_type={FlowLogs.REJECTED: "REJECT", FlowLogs.ALL: "ALL"}[flows],
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=600,
        tags={"Name": f"{name}-flow-log"},
        # Without its policy the role's first deliveries fail.
        opts=pulumi.ResourceOptions(parent=network, depends_on=[policy]),
    )
    return group


def _trust(vpc_arn: str, account: str) -> str:
    """Flow logs of this account and region alone: no other account can have the service write here on its behalf."""
    partition, region = vpc_arn.split(":")[1], vpc_arn.split(":")[3]
    source = f"arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": source}},
    }
    return policy_document([statement])


def _writes(group_arn: str) -> str:
    actions = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": [group_arn, f"{group_arn}:*"]}
    return policy_document([statement])
