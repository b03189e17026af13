"""Pages and products that are read often, in Valkey: the web tier fills it, a report only reads a part of it."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Cache, Network

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)

network = Network("main", {"zones": 3})
web = aws.ec2.SecurityGroup("web", vpc_id=network.vpc_id, description="The web tier")

pages = Cache(
    "pages",
    {
        "placement": network.placement,
        "clients": {"web": web.id},
        "nodes": {"type": "cache.r7g.large", "replicas": 2},
        "access": {"users": {"reports": "on ~product:* +@read"}},
        "maintenance": {"window": "sun:04:00-sun:05:00"},
    },
)

shop = aws.iam.Role("shop", assume_role_policy=TRUST)
pages.grant_connect(shop)

reports = aws.iam.Role("reports", assume_role_policy=TRUST)
pages.grant_connect(reports, "reports")

# What a program of the web tier needs to find the cache: PAGES_CACHE_HOST and so on.
pulumi.export("environment", pages.environment)
