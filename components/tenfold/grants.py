"""Grants: a component's policy, attached to a role of the same program."""

import pulumi
import pulumi_aws as aws


def grant(
    component: pulumi.ComponentResource, kind: str, role: aws.iam.Role, policy_json: pulumi.Output[str]
) -> aws.iam.RolePolicy:
    """Attaches a policy to a role, as a child of the component that is named by what it allows and by the role."""
    return aws.iam.RolePolicy(
        f"{component.pulumi_resource_name}-{kind}-{role.pulumi_resource_name}",
        role=role.name,
        policy=policy_json,
        opts=pulumi.ResourceOptions(parent=component),
    )
