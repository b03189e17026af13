"""Reports: one for each order in a queue, one of them all on weekdays at eight, and one whenever somebody asks."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Function, QueueService

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "glue.amazonaws.com"}}],
    }
)

orders = QueueService("orders", {"visibility_timeout_seconds": 360})

reports = Function(
    "reports",
    {
        # A requirements.txt in the folder is installed for the function's Python and processor.
        "code": {"folder": "report", "handler": "main.handle"},
        "timeout_seconds": 60,
        "environment": orders.environment,
        "queues": {"orders": {"queue_arn": orders.queue_arn, "batch_size": 5}},
        "schedules": {"morning": {"expression": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/Berlin"}},
        "url": {},
    },
)

analyst = aws.iam.Role("analyst", assume_role_policy=TRUST)
reports.grant_invoke(analyst)

pulumi.export("function_arn", reports.function_arn)
pulumi.export("url", reports.function_url)
# To try a change on a part of the calls first: {"canary": {"stable_version": "<this version>", "percent": 5}}.
pulumi.export("version", reports.version)
