"""A shop tells once what happened to an order; mails, a check for fraud and the books get what concerns them."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Function, QueueService, Topic, TopicDeliveryProtocol

operators = Topic("operators", {"subscribers": {"pager": {"email": "operators@example.com"}}})

fraud = Function("fraud", {"code": {"folder": "fraud", "handler": "main.handle"}})

orders = Topic(
    "orders",
    {
        "subscribers": {
            "fraud": {"function_arn": fraud.function_arn, "filter": {"kind": ["paid"]}},
            "partner": {
                "https": {"url": "https://partner.example.com/orders", "auto_confirms": True},
                "filter": {"kind": [{"anything-but": ["cancelled"]}], "total": [{"numeric": [">=", 100]}]},
            },
        },
        "delivery_logs": {"protocols": [TopicDeliveryProtocol.HTTPS]},
        "alarms": {"topic_arn": operators.topic_arn},
    },
)

# A queue has one policy, which a QueueService makes itself: it subscribes from its side.
mails = QueueService("mails", {"topics": {"orders": {"topic_arn": orders.topic_arn, "raw": True}}})

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
orders.grant_publish(shop)

# What the shop is told: ORDERS_TOPIC_ARN.
pulumi.export("orders", orders.environment)
pulumi.export("dead_letters", orders.dlq_urls)
