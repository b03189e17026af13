"""A Lambda function with its role and its log group: what it may do, where it logs, that it can be traced.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.policy_documents import Statement, policy_document
from tenfold.role_policies import role_policies, service_trust


class LambdaFunction(NamedTuple):
    """A function, and what it cannot run without.

    Attributes:
        function: The function.
        role: Its role.
        logs: Its log group.
        permissions: The policies of its role; what sends it events at once comes after them.
    """

    function: aws.lambda_.Function
    role: aws.iam.Role
    logs: aws.cloudwatch.LogGroup
    permissions: Sequence[aws.iam.RolePolicy]


def lambda_function(
    component: pulumi.ComponentResource,
    kind: str,
    *,
    description: str,
    role_description: str,
    package: Mapping[str, Any],
    architecture: str,
    memory_mb: pulumi.Input[int],
    timeout_seconds: int,
    environment: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None,
    statements: pulumi.Input[Sequence[Statement]],
    policies: Mapping[str, pulumi.Input[str]],
    log_retention_days: pulumi.Input[int],
    settings: Mapping[str, Any] | None = None,
) -> LambdaFunction:
    """A function of a component, whose children it names `<kind>`, `<kind>-logs`, `<kind>-role` and `<kind>-policy`.

    Args:
        component: The component that it belongs to.
        kind: What the function is to the component: `worker`.
        description: What the function does.
        role_description: Whose role it is.
        package: The code, as properties of the function: `code`, `handler` and `runtime`, or those of an image.
        architecture: The processor that the code runs on: `arm64` or `x86_64`.
        memory_mb: Its memory in MB.
        timeout_seconds: How long it may take.
        environment: Its environment variables.
        statements: What its role may do beside writing logs and traces.
        policies: Further policies of its role, by a name that stays.
        log_retention_days: How long its logs are kept.
        settings: Further properties of the function.
    """
    name = f"{component.pulumi_resource_name}-{kind}"
    logs = aws.cloudwatch.LogGroup(
        f"{name}-logs", retention_in_days=log_retention_days, opts=pulumi.ResourceOptions(parent=component)
    )
    role = aws.iam.Role(
        f"{name}-role",
        description=role_description,
        assume_role_policy=service_trust("lambda"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    own = aws.iam.RolePolicy(
        f"{name}-policy",
        role=role.name,
        policy=pulumi.Output.all(statements, logs.arn).apply(lambda found: _permissions(found[0], found[1])),
        opts=pulumi.ResourceOptions(parent=component),
    )
    permissions = [own, *role_policies(component, f"{kind}-policy", role, policies)]
    function = aws.lambda_.Function(
        name,
        description=description,
        **package,
        architectures=[architecture],
        memory_size=memory_mb,
        timeout=timeout_seconds,
        environment=None if environment is None else {"variables": environment},
        role=role.arn,
        tracing_config={"mode": "Active"},
        # Its own group: Lambda would make one that keeps logs for ever, and that nobody removes.
        logging_config={
            "log_format": "JSON",
            "log_group": logs.name,
            "application_log_level": "INFO",
            "system_log_level": "INFO",
        },
        **(settings or {}),
        # Its first events arrive at once, and must find it allowed to work on them.
        opts=pulumi.ResourceOptions(parent=component, depends_on=permissions),
    )
    return LambdaFunction(function, role, logs, permissions)


def _permissions(statements: Sequence[Statement], log_group_arn: str) -> str:
    logs = {
        "Sid": "Logs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{log_group_arn}:*",
    }
    # Segments belong to no resource that could be named.
    traces = {
        "Sid": "Traces",
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": "*",
    }
    return policy_document([*statements, logs, traces])
