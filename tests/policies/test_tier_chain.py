"""The chain of tiers, on programs that keep to it and programs that go around a tier."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.groups import balancer, database, function, later, let_in, security_group
from tests.policies.judging import Case, passes, refuses

ANYWHERE = "0.0.0.0/0"


def chain(servers_from: str | None = None, data_from: Any = None) -> None:
    door, app, data = (security_group(name) for name in ("door", "app", "data"))
    balancer(door)
    function(app)
    database(data)
    let_in(door, ANYWHERE, "door-in")
    let_in(app, door, "app-in")
    let_in(data, app, "data-in")
    if servers_from:
        let_in(app, servers_from, "app-too")
    if data_from:
        let_in(data, door if data_from == "door" else data_from, "data-too")


def written_within(**rule: Any) -> None:
    ports: Any = {"protocol": "tcp", "from_port": 5432, "to_port": 5432}
    database(aws.ec2.SecurityGroup("data", ingress=[ports | rule]))


def by_the_older_rule(**rule: Any) -> None:
    data = security_group("data")
    database(data)
    ports: Any = {"protocol": "tcp", "from_port": 5432, "to_port": 5432}
    aws.ec2.SecurityGroupRule("old", type="ingress", security_group_id=data.id, **(ports | rule))


def open_servers() -> None:
    app = security_group("app")
    function(app)
    let_in(app, ANYWHERE)


def chain_later(network: str) -> None:
    data = security_group("data")
    database(data)
    ports: Any = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    aws.vpc.SecurityGroupIngressRule("later-in", security_group_id=data.id, cidr_ipv4=later(network), **ports)


CASES = [
    passes("sec-sg-tier-chain", "tier by tier", chain),
    passes("sec-sg-tier-chain", "servers that no load balancer is in front of", open_servers),
    passes("sec-sg-tier-chain", "a network of one's own", lambda: chain(data_from="10.0.0.0/8")),
    passes("sec-sg-tier-chain", "a network that the update tells", lambda: chain_later("10.0.0.0/8"), left=("data",)),
    refuses(
        "sec-sg-tier-chain",
        "a network that the update tells to be all",
        lambda: chain_later(ANYWHERE),
        ("later-in", "cidrIpv4", f"{ANYWHERE}, which reaches a database", "the security group of its servers"),
        preview=(),
        left=("data",),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a database that the internet reaches",
        lambda: chain(data_from=ANYWHERE),
        ("data-too", "cidrIpv4", f"{ANYWHERE}, which reaches a database", "the security group of its servers"),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a rule within its group",
        lambda: written_within(cidr_blocks=[ANYWHERE]),
        (
            "data",
            "ingress[0].cidrBlocks[0]",
            f"{ANYWHERE}, which reaches a database",
            "the security group of its servers",
        ),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a rule of the older kind",
        lambda: by_the_older_rule(cidr_blocks=[ANYWHERE]),
        ("old", "cidrBlocks[0]", f"{ANYWHERE}, which reaches a database", "the security group of its servers"),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a way around the load balancer",
        lambda: chain(servers_from=ANYWHERE),
        (
            "app-too",
            "cidrIpv4",
            f"{ANYWHERE}, which reaches servers behind a load balancer",
            "the security group of the load balancer",
        ),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a way around the servers",
        lambda: chain(data_from="door"),
        (
            "data-too",
            "referencedSecurityGroupId",
            "door, the group of a load balancer",
            "the security groups of servers",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
