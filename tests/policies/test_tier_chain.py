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


def open_later(*, to_database: bool) -> None:
    """A rule that only the update tells the group of, beside a group of servers or of a database."""
    group = security_group("app")
    if to_database:
        database(group)
    else:
        function(group)
    ports: Any = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    aws.vpc.SecurityGroupIngressRule("in", security_group_id=later("sg-0123"), cidr_ipv4=ANYWHERE, **ports)


def servers_open_to(network: Any) -> None:
    app = security_group("app")
    function(app)
    ports: Any = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    aws.vpc.SecurityGroupIngressRule("in", security_group_id=app.id, cidr_ipv4=network, **ports)


def from_a_group(*, with_balancer: bool, with_servers: bool) -> None:
    """A database that a group reaches."""
    source, data = security_group("source"), security_group("data")
    if with_balancer:
        balancer(source)
    if with_servers:
        function(source)
    database(data)
    let_in(data, source)


def balancer_behind_a_balancer() -> None:
    edge, inner = security_group("edge-group"), security_group("inner-group")
    balancer(edge)
    aws.lb.LoadBalancer("inner", security_groups=[inner.id])
    let_in(inner, edge, "inner-in")
    let_in(inner, ANYWHERE, "inner-too")


def servers_that_others_reach_too() -> None:
    door, app, worker = (security_group(name) for name in ("door", "app", "worker-group"))
    balancer(door)
    function(app)
    let_in(app, door, "app-in")
    let_in(app, worker, "app-of-worker")
    let_in(app, ANYWHERE, "app-too")


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
    *(
        refuses(
            "sec-sg-tier-chain",
            title,
            program,
            (resource, path, f"{network}, which reaches a database", "the security group of its servers"),
        )
        for title, program, resource, path, network in [
            (
                "a database that the internet reaches by IPv6",
                lambda: written_within(ipv6_cidr_blocks=["::/0"]),
                "data",
                "ingress[0].ipv6CidrBlocks[0]",
                "::/0",
            ),
            (
                "all, after a network of one's own",
                lambda: by_the_older_rule(cidr_blocks=["10.0.0.0/8", ANYWHERE]),
                "old",
                "cidrBlocks[1]",
                ANYWHERE,
            ),
        ]
    ),
    passes(
        "sec-sg-tier-chain",
        "a rule that may be that of a database",
        lambda: open_later(to_database=True),
        left=("app",),
    ),
    passes("sec-sg-tier-chain", "a rule that may be that of servers", lambda: open_later(to_database=False)),
    passes("sec-sg-tier-chain", "servers, a network that the update tells", lambda: servers_open_to(later(ANYWHERE))),
    passes("sec-sg-tier-chain", "a group of nothing", lambda: from_a_group(with_balancer=False, with_servers=False)),
    passes(
        "sec-sg-tier-chain", "servers with their balancer", lambda: from_a_group(with_balancer=True, with_servers=True)
    ),
    passes("sec-sg-tier-chain", "a load balancer behind another", balancer_behind_a_balancer),
    refuses(
        "sec-sg-tier-chain",
        "a way around the load balancer, to servers that others reach too",
        servers_that_others_reach_too,
        (
            "app-too",
            "cidrIpv4",
            f"{ANYWHERE}, which reaches servers behind a load balancer",
            "the security group of the load balancer",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
