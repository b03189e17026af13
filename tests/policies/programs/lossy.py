"""A queue that loses messages: each resource by itself is as it should be."""

import pulumi_aws as aws

aws.sqs.Queue("orders")
