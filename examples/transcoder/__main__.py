"""Films of a shop: an upload becomes a stream, pictures and a square teaser, and the catalogue hears of it."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from tenfold import QueueService, Transcoder, TranscoderPreset

films = Transcoder(
    "films",
    {
        "presets": [TranscoderPreset.HLS, TranscoderPreset.THUMBNAILS],
        # An output group as MediaConvert's console exports it; a mistake in it fails the preview.
        "own_presets": {"teaser": json.loads(Path("presets/teaser.json").read_text())},
        # A film of two hours is right; one of a day is a mistake that would cost a hundred dollars.
        "limits": {"max_input_minutes": 150, "max_input_gb": 40},
        "uploads": {
            "suffixes": [".mp4", ".mov", ".mkv"],
            "cors": [{"origins": ["https://studio.example.com"]}],
            "expire_days": 90,
        },
    },
)

# The catalogue takes what became of each upload from a queue of its own, when it has time.
ready = QueueService("ready", {"senders": {"films": films.events_topic_arn}})
aws.sns.TopicSubscription(
    "ready", topic=films.events_topic_arn, protocol="sqs", endpoint=ready.queue_arn, raw_message_delivery=True
)

studio = aws.iam.Role(
    "studio",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
            ],
        }
    ),
)
films.grant_upload(studio)

# FILMS_UPLOADS_BUCKET, FILMS_UPLOADS_PREFIX, FILMS_OUTPUTS_BUCKET; READY_QUEUE_URL.
pulumi.export("films", films.environment)
pulumi.export("ready", ready.environment)
pulumi.export("redrive_command", films.redrive_command)
