"""Mails go out by a function; videos are encoded by tasks on Fargate, none of which runs while there is no video."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Network, QueueService

network = Network("main", {"zones": 3})

mails = QueueService(
    "mails",
    {
        "worker": {
            "code": pulumi.FileArchive("worker"),
            "handler": "handler.handle",
            # A mail server that is asked by fifty at once is enough.
            "maximum_concurrency": 50,
        },
    },
)

videos = QueueService(
    "videos",
    {
        "fleet": {
            "placement": network.placement,
            # The image has app/fleet/consumer.py and runs `python consumer.py encoder:encode`.
            "container": {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/encoder:1.4.2", "cpu": 4096},
            "timeout_seconds": 1800,
            # Ten minutes at most until a video's turn comes, at half a minute for each.
            "scaling": {"min_workers": 0, "max_workers": 50, "acceptable_wait_seconds": 600, "seconds_per_message": 30},
        },
    },
)

shop = aws.iam.Role(
    "shop",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
            ],
        }
    ),
)
mails.grant_send(shop)
videos.grant_send(shop)

# What the shop is told: MAILS_QUEUE_URL, VIDEOS_QUEUE_URL.
pulumi.export("mails", mails.environment)
pulumi.export("videos", videos.environment)
pulumi.export("redrive_command", videos.redrive_command)
