"""A shop's app on iOS and Android: its web tier registers devices and pushes, its editors broadcast the news.

The two JSON files show what credentials look like. Real ones are secrets of the stack:
`pulumi config set --secret apple "$(cat real-apple.json)"`.
"""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from tenfold import MobilePush, MobilePushPlatform

config = pulumi.Config()
apple = aws.secretsmanager.SecretVersion(
    "apple",
    secret_id=aws.secretsmanager.Secret("apple").id,
    secret_string=config.get_secret("apple") or Path("apple.json").read_text(),
)

push = MobilePush(
    "shop",
    {
        "applications": {
            "ios": {"platform": MobilePushPlatform.APNS, "secret_arn": apple.arn},
            # The builds on the developers' own phones; the same key is good for both.
            "ios-dev": {"platform": MobilePushPlatform.APNS, "sandbox": True, "secret_arn": apple.arn},
            "android": {
                "platform": MobilePushPlatform.FCM,
                "credentials": config.get_secret("google") or Path("google.json").read_text(),
            },
        },
        "broadcast": ["news"],
    },
)

statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
web = aws.iam.Role("web", assume_role_policy=trust)
push.grant_register(web)
push.grant_push(web)
editors = aws.iam.Role("editors", assume_role_policy=trust)
push.grant_broadcast(editors)

# What `app/push` reads: SHOP_PUSH_APPLICATIONS and SHOP_PUSH_TOPICS.
pulumi.export("environment", push.environment)
