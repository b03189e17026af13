"""A table that anyone may delete: nothing else is wrong with it."""

import pulumi_aws as aws

aws.dynamodb.Table(
    "carts",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
    billing_mode="PAY_PER_REQUEST",
    point_in_time_recovery={"enabled": True},
)
