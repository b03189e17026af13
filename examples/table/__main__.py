"""A shop's orders: found by customer, and by status; one role writes them, another follows the changes."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Table, TableStream

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)

orders = Table(
    "orders",
    {
        "hash_key": "customer_id",
        "range_key": "placed_at",
        "attributes": {"customer_id": "S", "placed_at": "S", "status": "S"},
        "global_indexes": {"by-status": {"hash_key": "status", "range_key": "placed_at"}},
        "stream": TableStream.NEW_AND_OLD_IMAGES,
    },
)

checkout = aws.iam.Role("checkout", assume_role_policy=TRUST)
orders.grant_read_write(checkout)

shipping = aws.iam.Role("shipping", assume_role_policy=TRUST)
orders.grant_stream(shipping)

pulumi.export("table_name", orders.table_name)
# What a program on any machine needs to find the table: ORDERS_TABLE.
pulumi.export("environment", orders.environment)
