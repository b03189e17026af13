"""A shop's network: three zones, IPv4 and IPv6, and AWS's secrets and images without a way over the internet."""

import pulumi
import pulumi_aws as aws

from tenfold import FlowLogs, NatMode, Network

alarms = aws.sns.Topic("alarms")

network = Network(
    "shop",
    {
        "cidr_block": "10.20.0.0/16",
        "zones": 3,
        # `regional` is one gateway for all zones; `instance` is cheapest, for an environment with little traffic.
        "nat": NatMode.PER_ZONE,
        "ipv6": True,
        "interface_endpoints": ["secretsmanager", "ecr.api", "ecr.dkr"],
        "flow_logs": FlowLogs.REJECTED,
        "flow_log_retention_days": 90,
        "alarms": {"topic_arn": alarms.arn},
        "tags": {"team": "platform"},
    },
)

# Other components take it as it is, in this program or through a stack reference: {"placement": network.placement}.
pulumi.export("placement", network.placement)
# What partners let in.
pulumi.export("nat_public_ips", network.nat_public_ips)
