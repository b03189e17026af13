"""A shop that would not grow: one zone, sticky sessions, a queue that loses messages."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("shop", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("app-a", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="us-east-1a")
aws.lb.TargetGroup("web", port=80, protocol="HTTP", vpc_id=vpc.id, stickiness={"type": "lb_cookie", "enabled": True})
aws.autoscaling.Group("web", min_size=1, max_size=1, vpc_zone_identifiers=[subnet.id])
aws.sqs.Queue("orders")
