"""Who may reach whom: what is in a security group, and whom its rules let in, wherever they are written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .tokens import (
    CACHE_CLUSTER,
    CACHE_REPLICATION_GROUP,
    CACHE_SERVERLESS,
    ECS_SERVICE,
    INSTANCE,
    LAMBDA_FUNCTION,
    LAUNCH_TEMPLATE,
    LOAD_BALANCER,
    RDS_CLUSTER,
    RDS_INSTANCE,
    SECURITY_GROUP,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from .view import Links, Referrers, Resource, Stack, Undecided, Value

DATABASES: Final[Mapping[str, str]] = {
    RDS_CLUSTER: "vpcSecurityGroupIds",
    RDS_INSTANCE: "vpcSecurityGroupIds",
    CACHE_CLUSTER: "securityGroupIds",
    CACHE_REPLICATION_GROUP: "securityGroupIds",
    CACHE_SERVERLESS: "securityGroupIds",
}
"""What keeps data, and the property that names its security groups."""
BALANCERS: Final[Mapping[str, str]] = {LOAD_BALANCER: "securityGroups"}
SERVERS: Final[Mapping[str, str]] = {
    ECS_SERVICE: "networkConfiguration.securityGroups",
    INSTANCE: "vpcSecurityGroupIds",
    LAMBDA_FUNCTION: "vpcConfig.securityGroupIds",
    LAUNCH_TEMPLATE: "vpcSecurityGroupIds",
}


@dataclass(frozen=True)
class Door:
    """One rule that lets somebody into a security group.

    Attributes:
        groups: The security groups that may come in, and the property that names them.
        networks: The networks that may come in.
    """

    groups: Links
    networks: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Doors:
    """The doors of a group that are certain, and the doubts about others that may be its own."""

    found: tuple[Door, ...]
    doubts: tuple[Undecided, ...]


def members(group: Resource, kinds: Mapping[str, str], stack: Stack) -> Referrers:
    """What is in a security group, of some kinds."""
    referrers = [stack.referrers(group, type_, path) for type_, path in kinds.items()]
    return Referrers(
        tuple(resource for each in referrers for resource in each.resources),
        tuple(doubt for each in referrers for doubt in each.doubts),
    )


def doors(group: Resource, stack: Stack) -> Doors:
    """The rules that let somebody into a security group."""
    separate = stack.referrers(group, SECURITY_GROUP_INGRESS_RULE, "securityGroupId")
    older = stack.referrers(group, SECURITY_GROUP_RULE, "securityGroupId")
    within = group["ingress"]
    inward = [rule for rule in older.resources if not rule["type"].unknown and rule["type"].text() == "ingress"]
    found = (
        *(_door(rule, "securityGroups", stack) for rule in ([] if within.unknown else within.items())),
        *(_door(Value(rule, "", rule.properties), "sourceSecurityGroupId", stack) for rule in inward),
        *(_door(Value(rule, "", rule.properties), "referencedSecurityGroupId", stack) for rule in separate.resources),
    )
    unknown = [Undecided(each) for each in (within, *(rule["type"] for rule in older.resources)) if each.unknown]
    return Doors(found, (*separate.doubts, *older.doubts, *unknown))


def _door(rule: Value, groups: str, stack: Stack) -> Door:
    return Door(stack.links(rule[groups], SECURITY_GROUP), tuple(_networks(rule)))


def _networks(rule: Value) -> Iterator[Value]:
    for name in ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"):
        # A list that is unknown is one unknown network.
        yield from [rule[name]] if rule[name].unknown else rule[name].items()
