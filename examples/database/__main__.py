"""A shop's orders in Aurora PostgreSQL: the web tier signs in by IAM, the job that migrates schemas by password."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Database, Network

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)

network = Network("main", {"zones": 3})
web = aws.ec2.SecurityGroup("web", vpc_id=network.vpc_id, description="The web tier")

orders = Database(
    "orders",
    {
        "placement": network.placement,
        "clients": {"web": web.id},
        "capacity": {"min_acu": 1, "max_acu": 32},
        "readers": {"standby": {}, "reports": {"promotion_tier": 15}},
        "reader_scaling": {"max_readers": 6, "cpu_percent": 60},
        "proxy": {},
        "backup": {"retention_days": 14, "window": "03:00-04:00"},
        "maintenance": {"window": "sun:04:00-sun:05:00"},
    },
)

shop = aws.iam.Role("shop", assume_role_policy=TRUST)
orders.grant_connect(shop)

migrations = aws.iam.Role("migrations", assume_role_policy=TRUST)
orders.grant_secret(migrations)

# What a program on any machine of the web tier needs to find the database: ORDERS_DATABASE_HOST and so on.
pulumi.export("environment", orders.environment)
pulumi.export("secret_arn", orders.secret_arn)
