"""A service with a project of its own joins an environment: it counts the jobs that the environment says are done.

pulumi config set environment organization/tenfold/dev    # the stack of the environment
"""

import pulumi

from tenfold import Function, QueueService, Table

environment = pulumi.StackReference(pulumi.Config().require("environment"))

totals = Table("totals", {"hash_key": "day", "attributes": {"day": "S"}})

# What the environment tells while the service is away waits here; nothing of the environment knows the service.
events = QueueService(
    "job-events",
    {
        "topics": {
            "events": {
                "topic_arn": environment.require_output("events_topic_arn"),
                "filter": {"kind": ["job-done"]},
                "raw": True,
            }
        },
        "visibility_timeout_seconds": 360,
    },
)

# In the environment's network, where its databases and caches let it in.
Function(
    "count",
    {
        "code": {"folder": "totals", "handler": "main.handle"},
        "placement": environment.require_output("placement"),
        "timeout_seconds": 60,
        "environment": totals.environment,
        "policies": {"totals": totals.write_policy_json},
        "queues": {"events": {"queue_arn": events.queue_arn}},
    },
)

pulumi.export("table", totals.table_name)
pulumi.export("dlq_url", events.dlq_url)
