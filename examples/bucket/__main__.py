"""Uploads: pictures get a thumbnail at once, videos wait in a queue, and what is a year old is archived."""

import pulumi

from tenfold import Bucket, Function, QueueService

uploads = Bucket(
    "uploads",
    {
        "lifecycle": {"archive": {"transitions": {"STANDARD_IA": 30, "GLACIER": 365}}},
        "cors": [{"origins": ["https://www.example.com"], "methods": ["PUT"]}],
    },
)

thumbnails = Function(
    "thumbnails",
    {
        "code": {"folder": "thumbnails", "handler": "main.handle"},
        "memory_mb": 1024,
        "policies": {"uploads": uploads.read_write_policy_json},
    },
)

# The queue's policy names the bucket, and the bucket names the queue: it is told of it last.
videos = QueueService("videos", {"senders": {"uploads": uploads.bucket_arn}})

uploads.notify(
    {
        "functions": {"thumbnails": {"function_arn": thumbnails.function_arn, "prefix": "pictures/"}},
        "queues": {"videos": {"queue_arn": videos.queue_arn, "prefix": "videos/"}},
    },
    pulumi.ResourceOptions(depends_on=[videos]),
)

pulumi.export("bucket_name", uploads.bucket_name)
pulumi.export("environment", uploads.environment)
