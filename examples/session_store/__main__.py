"""Sessions of a shop in a table, and those of its game, which reads them at every move, in a serverless cache."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Network, SessionStore, SessionStoreKind

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)

network = Network("main", {"zones": 3})
web = aws.ec2.SecurityGroup("web", vpc_id=network.vpc_id, description="The web tier")
role = aws.iam.Role("web", assume_role_policy=TRUST)

shop = SessionStore("shop", {"ttl_seconds": 14 * 86_400})
shop.grant_use(role)

game = SessionStore(
    "game",
    {
        "store": SessionStoreKind.CACHE,
        "ttl_seconds": 3600,
        "placement": network.placement,
        "clients": {"web": web.id},
        "serverless": {"max_storage_gb": 10, "max_ecpu_per_second": 50_000},
    },
)
game.grant_use(role)

# SHOP_SESSIONS_TABLE, GAME_SESSIONS_HOST and so on.
pulumi.export("shop", shop.environment)
pulumi.export("game", game.environment)
