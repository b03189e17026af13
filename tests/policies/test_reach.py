"""What is in a security group and whom it lets in, in each way that AWS knows, as two rules tell."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.groups import ROLE, balancer, database, later, let_in, security_group
from tests.policies.judging import Case, passes, refuses

Group = aws.ec2.SecurityGroup
EVERYBODY = "0.0.0.0/0"
EVERYBODY_V6 = "::/0"
PORTS: Any = {"protocol": "tcp", "from_port": 5432, "to_port": 5432}


def aurora(group: Group, **given: Any) -> None:
    aws.rds.Cluster("users", engine="aurora-postgresql", vpc_security_group_ids=[group.id], **given)


def instance_of_rds(group: Group, **given: Any) -> None:
    aws.rds.Instance("users", instance_class="db.m7g.large", vpc_security_group_ids=[group.id], **given)


def cache_cluster(group: Group, **given: Any) -> None:
    aws.elasticache.Cluster("users", security_group_ids=[group.id], **given)


def replication_group(group: Group, **given: Any) -> None:
    aws.elasticache.ReplicationGroup("users", description="Users", security_group_ids=[group.id], **given)


def serverless_cache(group: Group, **given: Any) -> None:
    aws.elasticache.ServerlessCache("users", engine="valkey", security_group_ids=[group.id], **given)


def server(group: Group, **given: Any) -> None:
    aws.ec2.Instance("app", ami="ami-0123", instance_type="m7g.large", vpc_security_group_ids=[group.id], **given)


def servers_of_a_template(group: Group, **given: Any) -> None:
    aws.ec2.LaunchTemplate("app", vpc_security_group_ids=[group.id], **given)


def containers(group: Group, **given: Any) -> None:
    network: Any = {"subnets": ["subnet-0aaa"], "security_groups": [group.id]}
    aws.ecs.Service("app", network_configuration=network, **given)


def functions(group: Group, **given: Any) -> None:
    network: Any = {"subnet_ids": ["subnet-0aaa"], "security_group_ids": [group.id]}
    aws.lambda_.Function("app", role=ROLE, vpc_config=network, **given)


def load_balancer(group: Group, **given: Any) -> None:
    aws.lb.LoadBalancer("app", security_groups=[group.id], **given)


STORES = [aurora, instance_of_rds, cache_cluster, replication_group, serverless_cache]
SERVERS = [server, servers_of_a_template, containers, functions]


def open_store(store: Callable[[Group], None]) -> None:
    data = security_group("data")
    store(data)
    let_in(data, EVERYBODY)


def asked_by(caller: Callable[..., None]) -> None:
    """A database of users that something of the forum reaches."""
    app, data = security_group("app"), security_group("data", "users")
    caller(app, tags={"Service": "forum"})
    database(data)
    let_in(data, app)


def within(**rule: Any) -> None:
    """A database's group with the rule written in it."""
    database(Group("data", ingress=[PORTS | rule]))


def older(type_: Any = "ingress", **rule: Any) -> None:
    """A database's group with a rule of the older kind beside it."""
    data = security_group("data")
    database(data)
    aws.ec2.SecurityGroupRule("old", type=type_, security_group_id=data.id, **(PORTS | rule))


def newer(**rule: Any) -> None:
    """A database's group with a rule of its own beside it."""
    data = security_group("data")
    database(data)
    ports: Any = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    aws.vpc.SecurityGroupIngressRule("new", security_group_id=data.id, **ports, **rule)


def with_an_older_rule(type_: Any, networks: Any) -> Group:
    data = security_group("data")
    aws.ec2.SecurityGroupRule("old", type=type_, security_group_id=data.id, cidr_blocks=networks, **PORTS)
    return data


def beside_an_open_rule(group: Callable[[], Group]) -> None:
    data = group()
    database(data)
    let_in(data, EVERYBODY, "new")


def whose(kind: str) -> None:
    """A rule that opens a database to all, if the group that only the update tells is its group."""
    database(security_group("data"))
    group = later("sg-of-another-stack")
    if kind == "older":
        aws.ec2.SecurityGroupRule("old", type="ingress", security_group_id=group, cidr_blocks=[EVERYBODY], **PORTS)
    else:
        aws.vpc.SecurityGroupIngressRule("new", security_group_id=group, ip_protocol="-1", cidr_ipv4=EVERYBODY)


def from_the_balancer(way: str) -> None:
    """A way from a load balancer to a database, written in each way."""
    door = security_group("door")
    balancer(door)
    if way == "within":
        database(Group("data", ingress=[PORTS | {"security_groups": [door.id]}]))
    else:
        data = security_group("data")
        database(data)
        aws.ec2.SecurityGroupRule(
            "old", type="ingress", security_group_id=data.id, source_security_group_id=door.id, **PORTS
        )


def chain(name: str, path: str, network: str) -> Any:
    return name, path, f"{network}, which reaches a database", "the security group of its servers"


def around(name: str, path: str) -> Any:
    return name, path, "door, the group of a load balancer", "the security groups of servers"


CASES = [
    *(
        refuses(
            "sec-sg-tier-chain",
            f"all reach {store.__name__}",
            lambda store=store: open_store(store),
            chain("in", "cidrIpv4", EVERYBODY),
        )
        for store in STORES
    ),
    *(
        refuses(
            "dec-service-boundaries",
            f"another service's, as {caller.__name__} in the group say",
            lambda caller=caller: asked_by(caller),
            ("in", "referencedSecurityGroupId", "app of service forum", "groups of service users"),
        )
        for caller in [*SERVERS, load_balancer, aurora]
    ),
    *(
        refuses("sec-sg-tier-chain", title, program, finding)
        for title, program, finding in [
            (
                "IPv6 within its group",
                lambda: within(ipv6_cidr_blocks=[EVERYBODY_V6]),
                chain("data", "ingress[0].ipv6CidrBlocks[0]", EVERYBODY_V6),
            ),
            (
                "IPv6 by the older kind",
                lambda: older(ipv6_cidr_blocks=[EVERYBODY_V6]),
                chain("old", "ipv6CidrBlocks[0]", EVERYBODY_V6),
            ),
            (
                "all, after a network of one's own",
                lambda: older(cidr_blocks=["10.0.0.0/8", EVERYBODY]),
                chain("old", "cidrBlocks[1]", EVERYBODY),
            ),
            ("IPv6", lambda: newer(cidr_ipv6=EVERYBODY_V6), chain("new", "cidrIpv6", EVERYBODY_V6)),
            (
                "the load balancer within its group",
                lambda: from_the_balancer("within"),
                around("data", "ingress[0].securityGroups"),
            ),
            (
                "the load balancer by the older kind",
                lambda: from_the_balancer("older"),
                around("old", "sourceSecurityGroupId"),
            ),
        ]
    ),
    passes("sec-sg-tier-chain", "the way out", lambda: older("egress", cidr_blocks=[EVERYBODY])),
    refuses(
        "sec-sg-tier-chain",
        "a network within its group that the update tells",
        lambda: database(Group("data", ingress=later([{"protocol": "-1", "cidrBlocks": [EVERYBODY]}]))),
        chain("data", "ingress[0].cidrBlocks[0]", EVERYBODY),
        preview=(),
        left=("data",),
    ),
    refuses(
        "sec-sg-tier-chain",
        "a way that the update tells to lead in",
        lambda: older(later("ingress"), cidr_blocks=[EVERYBODY]),
        chain("old", "cidrBlocks[0]", EVERYBODY),
        preview=(),
        left=("data",),
    ),
    passes(
        "sec-sg-tier-chain",
        "a way that the update tells to lead out",
        lambda: older(later("egress"), cidr_blocks=[EVERYBODY]),
        left=("data",),
    ),
    refuses(
        "sec-sg-tier-chain",
        "networks that the update tells",
        lambda: older(cidr_blocks=later([EVERYBODY])),
        chain("old", "cidrBlocks[0]", EVERYBODY),
        preview=(),
        left=("data",),
    ),
    passes("sec-sg-tier-chain", "a rule of a group that the update tells", lambda: whose("newer"), left=("data",)),
    *(
        refuses(
            "sec-sg-tier-chain",
            f"all by one rule, beside {title} that the update tells",
            lambda group=group: beside_an_open_rule(group),
            chain("new", "cidrIpv4", EVERYBODY),
            left=("data",),
        )
        for title, group in [
            ("rules within its group", lambda: Group("data", ingress=later([]))),
            ("the way of an older one", lambda: with_an_older_rule(later("egress"), [EVERYBODY])),
            ("the networks of an older one", lambda: with_an_older_rule("ingress", later([]))),
        ]
    ),
    passes("sec-sg-tier-chain", "an older rule of such a group", lambda: whose("older"), left=("data",)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
