"""A video is looked into, encoded and published; what waits for a step that fails goes on once it is mended."""

import pulumi
import pulumi_aws as aws

from tenfold import Pipeline

code = pulumi.FileArchive("steps")
alarms = aws.sns.Topic("alarms")

videos = Pipeline(
    "videos",
    {
        "steps": [
            {"name": "probe", "worker": {"code": code, "handler": "steps.probe"}},
            {
                "name": "encode",
                # The encoder's licence allows ten at once; the others wait in its queue, and in no other.
                "worker": {
                    "code": code,
                    "handler": "steps.encode",
                    "timeout_seconds": 900,
                    "maximum_concurrency": 10,
                },
            },
            {"name": "publish", "worker": {"code": code, "handler": "steps.publish"}, "max_receive_count": 10},
        ],
        "alarms": {"topic_arn": alarms.arn},
    },
)

pulumi.export("queue_url", videos.queue_url)
pulumi.export("end_topic_arn", videos.end_topic_arn)
pulumi.export("redrive_commands", videos.redrive_commands)
