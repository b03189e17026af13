"""Forum, users and products in databases of their own; users are on their way out of the one they shared with forum."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import FederatedDatabases, Network

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)

network = Network("main", {"zones": 3})
web = aws.ec2.SecurityGroup("web", vpc_id=network.vpc_id, description="The web tier")
login = aws.ec2.SecurityGroup("login", vpc_id=network.vpc_id, description="The login service")

shop = FederatedDatabases(
    "shop",
    {
        "placement": network.placement,
        "functions": {
            "forum": {"database": "main", "clients": {"web": web.id}},
            "users": {"database": "main", "also_in": "users", "clients": {"login": login.id}},
            "products": {"clients": {"web": web.id}},
        },
        "databases": {
            "main": {"parameters": {"logical_replication": True}},
            "products": {"capacity": {"min_acu": 2, "max_acu": 64}},
        },
        "defaults": {"backup": {"retention_days": 14}},
    },
)

# The login service follows its function, wherever the data of users is.
service = aws.iam.Role("login", assume_role_policy=TRUST)
aws.iam.RolePolicy("login-users", role=service.name, policy=shop.connect_policies_json["users"])

pulumi.export("environments", shop.environments)
