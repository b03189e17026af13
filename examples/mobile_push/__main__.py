"""A shop's app on iOS and Android: its web tier registers devices and pushes, its editors broadcast the news."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import MobilePush, MobilePushPlatform

# A key of Apple's and a service account of Google's, which somebody has put there: see the secrets' format in the docs.
secrets = pulumi.Config().get_object("secrets") or {
    "apple": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:apple-push-AbCdEf",
    "google": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:google-push-AbCdEf",
}

push = MobilePush(
    "shop",
    {
        "applications": {
            "ios": {"platform": MobilePushPlatform.APNS, "secret_arn": secrets["apple"]},
            # The builds on the developers' own phones; the same key is good for both.
            "ios-dev": {"platform": MobilePushPlatform.APNS, "sandbox": True, "secret_arn": secrets["apple"]},
            "android": {"platform": MobilePushPlatform.FCM, "secret_arn": secrets["google"]},
        },
        "broadcast": ["news"],
    },
)

trust = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    }
)
web = aws.iam.Role("web", assume_role_policy=trust)
push.grant_register(web)
push.grant_push(web)
editors = aws.iam.Role("editors", assume_role_policy=trust)
push.grant_broadcast(editors)

# What `app/push` reads: SHOP_PUSH_APPLICATIONS and SHOP_PUSH_TOPICS.
pulumi.export("environment", push.environment)
