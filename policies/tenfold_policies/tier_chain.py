"""The chain of tiers: the internet reaches the load balancer, that the servers, and those the databases."""

from pulumi_policy import Severity

from .reach import BALANCERS, DATABASES, SERVERS, Door, doors, members
from .rule import Settings, Source, stack_rule
from .tokens import SECURITY_GROUP
from .view import Findings, Resource, Stack, Value, attempt, some

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})


@stack_rule(
    "sec-sg-tier-chain",
    on=(SECURITY_GROUP,),
    title="Each tier lets in the one before it",
    severity=Severity.HIGH,
    remediation="Let the databases' group in by the servers' group, and the servers' by the load balancer's.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html", well_architected="SEC05-BP02"
    ),
)
def tiers_in_a_chain(group: Resource, stack: Stack, _: Settings) -> Findings:
    """Databases let in servers alone, and servers behind a load balancer that balancer alone.

    A way around a tier is a way around all that it checks: a request that reaches the servers beside the load balancer
    has met no firewall, and one that reaches the database has met nobody.
    """
    opened = doors(group, stack)
    for door in opened.found:
        yield from attempt(_not_from_anywhere(group, door, opened.found, stack))
        yield from attempt(_not_from_balancer(group, door, stack))
    for doubt in opened.doubts:
        if members(group, DATABASES, stack).resources:
            yield doubt.finding


def _not_from_anywhere(group: Resource, door: Door, all_doors: tuple[Door, ...], stack: Stack) -> Findings:
    for network in door.networks:
        if not network.unknown and network.text() not in _ANYWHERE:
            continue
        if some(members(group, DATABASES, stack)):
            yield from _open(network, "a database", "the security group of its servers")
        elif _behind_balancer(group, all_doors, stack):
            yield from _open(network, "servers behind a load balancer", "the security group of the load balancer")


def _open(network: Value, what: str, allowed: str) -> Findings:
    yield network.violates(
        found=f"{network.text()}, which reaches {what}", allowed=allowed, fix="name that group in its place."
    )


def _not_from_balancer(group: Resource, door: Door, stack: Stack) -> Findings:
    for source in door.groups.resources:
        if (
            members(source, BALANCERS, stack).resources
            and not members(source, SERVERS, stack).resources
            and some(members(group, DATABASES, stack))
        ):
            yield door.groups.value.violates(
                found=f"{source.name}, the group of a load balancer",
                allowed="the security groups of servers",
                fix="let the servers' group in, and the load balancer into that.",
            )


def _behind_balancer(group: Resource, all_doors: tuple[Door, ...], stack: Stack) -> bool:
    """Whether servers are in a group that lets a load balancer in."""
    return not members(group, BALANCERS, stack).resources and any(
        members(source, BALANCERS, stack).resources for door in all_doors for source in door.groups.resources
    )
