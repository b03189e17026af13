"""Zone loss, on programs that survive it and programs that do not, and against a simulation of every loss."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold_policies.zone_loss import Capacity
from tests.policies.groups import later
from tests.policies.judging import Case, passes, refuses
from tests.policies.networks import nat, network, opened, routed


def fleet(*subnets: str, least: Any = 4, **properties: Any) -> None:
    aws.autoscaling.Group("web", min_size=least, max_size=9, vpc_zone_identifiers=network(*subnets).ids(), **properties)


def fleet_by_nat(*gateways: str, least: int = 4, **properties: Any) -> None:
    """A fleet in two zones, of which each leaves by the gateway in one of them."""
    net = network("public-a", "public-b", "app-a", "app-b")
    made = {zone: nat(net, f"public-{zone}", **properties) for zone in sorted(set(gateways))}
    for own, zone in zip("ab", gateways, strict=True):
        routed(net, f"app-{own}", nat_gateway_id=made[zone].id)
    aws.autoscaling.Group("web", min_size=least, max_size=9, vpc_zone_identifiers=net.ids("app-a", "app-b"))


def fleet_by_a_gateway_chosen_from_a_list() -> None:
    net = network("public-a", "public-b", "app-a", "app-b")
    gateways = pulumi.Output.all(*(nat(net, f"public-{zone}").id for zone in "ab"))
    for number, zone in enumerate("ab"):
        routed(net, f"app-{zone}", nat_gateway_id=gateways[number])
    aws.autoscaling.Group("web", min_size=4, max_size=9, vpc_zone_identifiers=net.ids("app-a", "app-b"))


def fleet_and_a_route_of_which_table_is_not_known() -> None:
    fleet_by_nat("a", "b")
    aws.ec2.Route("more", route_table_id=later("rtb-0123"), nat_gateway_id="nat-0123")


def fleet_by_a_gateway_of_another_stack() -> None:
    net = network("app-a", "app-b")
    routed(net, "app-a", nat_gateway_id="nat-0123")
    aws.autoscaling.Group("web", min_size=4, max_size=9, vpc_zone_identifiers=net.ids())


def fleet_by_an_internet_gateway() -> None:
    net = network("app-a", "app-b")
    opened(net, "app-a", "app-b")
    aws.autoscaling.Group("web", min_size=4, max_size=9, vpc_zone_identifiers=net.ids())


def fleet_of(least: int, **properties: Any) -> None:
    aws.autoscaling.Group("web", min_size=least, max_size=9, **properties)


def service(*subnets: str, count: int | None = 4, least: tuple[int, ...] = (), **properties: Any) -> None:
    placed: Any = {"subnets": network(*subnets).ids()} if subnets else None
    web = aws.ecs.Service("web", desired_count=count, network_configuration=placed, **properties)
    for number, minimum in enumerate(least):
        aws.appautoscaling.Target(
            f"web-scaling-{number}",
            min_capacity=minimum,
            max_capacity=9,
            resource_id=web.name.apply(lambda name: f"service/shop/{name}"),
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
        )


def cluster(*zones: Any, subnets: tuple[str, ...] = ()) -> None:
    engine: Any = "aurora-postgresql"
    group = aws.rds.SubnetGroup("data", subnet_ids=network(*subnets).ids()).name if subnets else None
    orders = aws.rds.Cluster("orders", engine=engine, db_subnet_group_name=group)
    for number, zone in enumerate(zones):
        aws.rds.ClusterInstance(
            f"orders-{number}",
            cluster_identifier=orders.id,
            engine=engine,
            instance_class="db.r7g.large",
            availability_zone=zone,
        )


def cache(*zones: str, subnets: tuple[str, ...] = (), **properties: Any) -> None:
    group = aws.elasticache.SubnetGroup("data", subnet_ids=network(*subnets).ids()).name if subnets else None
    size: dict[str, Any] = properties or {"num_cache_clusters": len(zones)}
    aws.elasticache.ReplicationGroup(
        "sessions",
        description="Sessions",
        preferred_cache_cluster_azs=list(zones) or None,
        subnet_group_name=group,
        **size,
    )


ELSEWHERE: dict[str, Any] = {"vpc_zone_identifiers": ["subnet-0a", "subnet-0b"]}
A, B, C = "us-east-1a", "us-east-1b", "us-east-1c"
CASES = [
    passes("maz-zone-loss", "half of a fleet", lambda: fleet("app-a", "app-b")),
    passes("maz-zone-loss", "one of three", lambda: fleet("app-a", "app-b", least=3)),
    passes("maz-zone-loss", "a fleet of one", lambda: fleet("app-a", least=1)),
    passes("maz-zone-loss", "a gateway in each zone", lambda: fleet_by_nat("a", "b")),
    passes(
        "maz-zone-loss",
        "subnets of another stack",
        lambda: aws.autoscaling.Group("web", min_size=2, max_size=4, vpc_zone_identifiers=["subnet-0a", "subnet-0b"]),
        left=("web",),
        left_after=("web",),
    ),
    passes("maz-zone-loss", "a size that the update tells", lambda: fleet("app-a", least=later(1)), left=("web",)),
    refuses(
        "maz-zone-loss",
        "a fleet in one zone",
        lambda: fleet("app-a", "data-a"),
        ("web", "minSize", f"0 of 4 left without {A}", "at least 2 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "a fleet in zones by name, in one of them",
        lambda: aws.autoscaling.Group("web", min_size=2, max_size=4, availability_zones=[A]),
        ("web", "minSize", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "one gateway for both zones",
        lambda: fleet_by_nat("a", "a"),
        ("web", "minSize", f"0 of 4 left without {A}", "at least 2 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "two zones where two thirds are to be left",
        lambda: fleet("app-a", "app-b", least=6),
        ("web", "minSize", f"3 of 6 left without {A}", "at least 4 left without any one zone"),
        minimumPercent=67,
    ),
    passes("maz-zone-loss", "a service in two zones", lambda: service("app-a", "app-b")),
    passes("maz-zone-loss", "a service that scales to one", lambda: service("app-a", least=(1,))),
    refuses(
        "maz-zone-loss",
        "a service in one zone, as far as it scales down",
        lambda: service("app-a", count=6, least=(2,)),
        ("web", "desiredCount", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    passes("maz-zone-loss", "a cluster in two zones", lambda: cluster(A, B)),
    passes("maz-zone-loss", "a cluster that AWS spreads", lambda: cluster(None, None, subnets=("data-a", "data-b"))),
    refuses(
        "maz-zone-loss",
        "a cluster of which most is in one zone",
        lambda: cluster(A, A, A, B),
        ("orders", "clusterMembers", f"1 of 4 left without {A}", "at least 2 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "a cluster with subnets in one zone",
        lambda: cluster(None, None, subnets=("data-a", "app-a")),
        ("orders", "clusterMembers", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    passes("maz-zone-loss", "a cache in two zones", lambda: cache(A, B)),
    passes(
        "maz-zone-loss",
        "shards in two zones",
        lambda: cache(subnets=("data-a", "data-b"), num_node_groups=2, replicas_per_node_group=1),
    ),
    refuses(
        "maz-zone-loss",
        "a cache in one zone",
        lambda: cache(C, C),
        ("sessions", "numCacheClusters", f"0 of 2 left without {C}", "at least 1 left without any one zone"),
    ),
    passes("maz-zone-loss", "a fleet of one in subnets of another stack", lambda: fleet_of(1, **ELSEWHERE)),
    passes("maz-zone-loss", "a fleet in the default network", lambda: fleet_of(2)),
    passes("maz-zone-loss", "a fleet in two zones by name", lambda: fleet_of(2, availability_zones=[A, B])),
    passes(
        "maz-zone-loss",
        "a fleet in subnets that the update tells",
        lambda: fleet_of(2, vpc_zone_identifiers=later(["subnet-0a", "subnet-0b"])),
        left=("web",),
        left_after=("web",),
    ),
    passes("maz-zone-loss", "one regional gateway", lambda: fleet_by_nat("a", "a", availability_mode="regional")),
    passes("maz-zone-loss", "an internet gateway", fleet_by_an_internet_gateway),
    passes(
        "maz-zone-loss",
        "each gateway chosen from a list",
        fleet_by_a_gateway_chosen_from_a_list,
        left=("web",),
    ),
    passes(
        "maz-zone-loss",
        "a route of a table that the update tells",
        fleet_and_a_route_of_which_table_is_not_known,
        left=("web",),
    ),
    passes(
        "maz-zone-loss",
        "a gateway of another stack",
        fleet_by_a_gateway_of_another_stack,
        left=("web",),
        left_after=("web",),
    ),
    refuses(
        "maz-zone-loss",
        "a fleet in one zone where little is to be left",
        lambda: fleet("app-a", least=2),
        ("web", "minSize", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
        minimumPercent=1,
    ),
    passes("maz-zone-loss", "a daemon", lambda: service("app-a", scheduling_strategy="DAEMON")),
    passes("maz-zone-loss", "a service without subnets of its own", service),
    passes("maz-zone-loss", "a service without a number of tasks", lambda: service("app-a", count=None)),
    refuses(
        "maz-zone-loss",
        "a service in one zone",
        lambda: service("app-a", count=2),
        ("web", "desiredCount", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "a service with two bounds, of which the lower holds",
        lambda: service("app-a", least=(6, 2)),
        ("web", "desiredCount", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    passes("maz-zone-loss", "a cluster of one", lambda: cluster(A)),
    passes("maz-zone-loss", "a cluster in the default network", lambda: cluster(None, None)),
    passes(
        "maz-zone-loss", "an instance in a zone that the update tells", lambda: cluster(A, later(B)), left=("orders",)
    ),
    refuses(
        "maz-zone-loss",
        "a cluster of which one instance has a zone, with subnets in that one",
        lambda: cluster(A, None, subnets=("data-a",)),
        ("orders", "clusterMembers", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    passes("maz-zone-loss", "a cache of one", lambda: cache(subnets=("data-a",), automatic_failover_enabled=False)),
    passes("maz-zone-loss", "a cache in the default network", lambda: cache(num_cache_clusters=2)),
    passes(
        "maz-zone-loss",
        "shards without replicas",
        lambda: cache(subnets=("data-a",), num_node_groups=2, replicas_per_node_group=0),
    ),
    refuses(
        "maz-zone-loss",
        "shards with a replica in the same zone",
        lambda: cache(subnets=("data-a",), num_node_groups=2, replicas_per_node_group=1),
        ("sessions", "numCacheClusters", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
    refuses(
        "maz-zone-loss",
        "a cache with subnets in one zone",
        lambda: cache(subnets=("data-a",), num_cache_clusters=2),
        ("sessions", "numCacheClusters", f"0 of 2 left without {A}", "at least 1 left without any one zone"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()


ZONES = st.sampled_from("abcd")


@st.composite
def capacities(draw: st.DrawFn) -> Capacity:
    zones = draw(st.sets(ZONES, min_size=1))
    falls = {name: frozenset({name}) | draw(st.frozensets(ZONES, max_size=2)) for name in sorted(zones)}
    return Capacity(draw(st.integers(0, 9)), falls)


def placements(capacity: Capacity) -> Iterator[list[str]]:
    """Every way in which AWS may place the units: as many in each zone, and what is over one by one in any."""
    zones = sorted(capacity.falls_with)
    each, over = divmod(capacity.count, len(zones))
    for lucky in combinations(zones, over):
        yield [zone for zone in zones for _ in range(each + (zone in lucky))]


def still_working(units: list[str], capacity: Capacity, lost: str) -> int:
    """A simulation: each unit works unless its zone is gone, or one that its zone needs."""
    return len([zone for zone in units if lost not in capacity.falls_with[zone]])


@given(capacities())
def test_no_loss_of_any_zone_leaves_less_than_what_is_said(capacity: Capacity) -> None:
    lost, left = capacity.worst()
    losses = {(gone, still_working(units, capacity, gone)) for units in placements(capacity) for gone in "abcd"}
    assert left == min(works for _, works in losses)
    assert (lost, left) in losses


@given(st.lists(ZONES, min_size=1, max_size=9))
def test_what_is_pinned_to_zones_is_counted_where_it_is(units: list[str]) -> None:
    capacity = Capacity(
        len(units), {zone: frozenset({zone}) for zone in units}, {zone: units.count(zone) for zone in units}
    )
    assert capacity.worst()[1] == min(still_working(units, capacity, gone) for gone in "abcd")
