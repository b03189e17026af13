"""Who may sign in to a database: IAM policy documents that name each user and each secret.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html.
"""

from collections.abc import Sequence
from typing import Any

from tenfold.environment import variable
from tenfold.policy_documents import policy_document


def connect_policy(arn: str, resource_ids: Sequence[str], users: Sequence[str]) -> str:
    """The policy of those who sign in by IAM, as a JSON document.

    Args:
        arn: Any ARN of the database's region and account.
        resource_ids: The ids of what they sign in to: a cluster, an instance, a proxy.
        users: The users that they may be.
    """
    partition, region, account = _place(arn)
    prefix = f"arn:{partition}:rds-db:{region}:{account}:dbuser"
    resources = [f"{prefix}:{resource}/{user}" for resource in resource_ids for user in users]
    return policy_document([_allowed(["rds-db:connect"], resources)])


def secret_policy(secret_arns: Sequence[str], key_arns: Sequence[str]) -> str:
    """The policy of those who sign in with a password, as a JSON document.

    Args:
        secret_arns: The secrets that hold the passwords.
        key_arns: The customer's keys that encrypt them.
    """
    statements = [_allowed(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], list(secret_arns))]
    if key_arns:
        # What Secrets Manager does with the key for the caller; the caller alone cannot. In China it ends in .com.cn.
        service = f"secretsmanager.{_place(secret_arns[0])[1]}.amazonaws.com*"
        condition = {"StringLike": {"kms:ViaService": service}}
        statements.append({**_allowed(["kms:Decrypt"], list(key_arns)), "Condition": condition})
    return policy_document(statements)


def monitoring_policy(arn: str) -> str:
    """What enhanced monitoring may do: write to its log group, which all databases of a region share."""
    partition, region, account = _place(arn)
    group = f"arn:{partition}:logs:{region}:{account}:log-group:RDSOSMetrics"
    return policy_document(
        [
            _allowed(["logs:CreateLogGroup", "logs:PutRetentionPolicy"], [group, f"{group}:*"]),
            _allowed(
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"],
                [f"{group}:log-stream:*"],
            ),
        ]
    )


def variables(name: str, values: dict[str, str]) -> dict[str, str]:
    """The environment variables of a program that uses a database: `ORDERS_DATABASE_HOST` and so on."""
    prefix = variable(f"{name}_DATABASE")
    return {f"{prefix}_{key}": value for key, value in values.items()}


def _place(arn: str) -> tuple[str, str, str]:
    _, partition, _, region, account, _ = arn.split(":", 5)
    return partition, region, account


def _allowed(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}
