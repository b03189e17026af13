"""Zone loss: take any one availability zone away, and what is left still carries the load.

Single rules ask for subnets in two zones, two instances, a gateway in each zone. This one adds them up: how much of a
fleet, a service, a database or a cache works the minute after a zone is gone, before anything has been replaced.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_policy import Severity

from .routes import gateway_zone, route_tables, routes_of
from .rule import Parameter, Settings, Source, stack_rule
from .tokens import (
    APPAUTOSCALING_TARGET,
    AUTOSCALING_GROUP,
    CACHE_REPLICATION_GROUP,
    CACHE_SUBNET_GROUP,
    ECS_SERVICE,
    NAT_GATEWAY,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_SUBNET_GROUP,
    SUBNET,
)
from .view import Findings, Resource, Stack, Undecided, Value
from .zones import spread_of_links, zone


@dataclass(frozen=True)
class Capacity:
    """What a stack promises of one tier or store, and where it is.

    Attributes:
        count: How many instances, tasks or nodes its lower bound promises.
        falls_with: By zone, the zones whose loss takes away what is there: itself, and those of its NAT gateways.
        pinned: How many are in each zone, where the program says so; AWS spreads them evenly otherwise.
    """

    count: int
    falls_with: Mapping[str, frozenset[str]]
    pinned: Mapping[str, int] | None = None

    def left_without(self, lost: str) -> int:
        """The least that works when a zone is lost, wherever AWS has put what cannot be shared evenly."""
        fallen = [name for name, causes in self.falls_with.items() if lost in causes]
        if self.pinned is not None:
            return self.count - sum(self.pinned.get(name, 0) for name in fallen)
        each, over = divmod(self.count, len(self.falls_with))
        return self.count - each * len(fallen) - min(over, len(fallen))

    def worst(self) -> tuple[str, int]:
        """The zone whose loss leaves the least, and what it leaves."""
        causes = sorted({cause for each in self.falls_with.values() for cause in each})
        return min(((name, self.left_without(name)) for name in causes), key=lambda loss: loss[1])


@stack_rule(
    "maz-zone-loss",
    on=(AUTOSCALING_GROUP, ECS_SERVICE, RDS_CLUSTER, CACHE_REPLICATION_GROUP),
    title="What is left without a zone carries the load",
    severity=Severity.HIGH,
    remediation="Spread it over more zones, each with a NAT gateway of its own, or raise its lower bound.",
    source=Source(
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
        well_architected="REL11-BP05",
    ),
    parameters=(
        Parameter(
            "minimumPercent",
            50,
            "How much of its lower bound is left at least when a zone is lost, rounded down, and never none.",
            minimum=1,
            maximum=99,
        ),
    ),
)
def survives_any_zone(resource: Resource, stack: Stack, settings: Settings) -> Findings:
    """Without any one availability zone, half of what a lower bound promises still works.

    Starting the other half takes minutes, and all of one's neighbours start theirs in the same minutes. Counted is what
    is in the other zones and still has a way out: servers whose NAT gateway was in the lost zone are lost with it. What
    promises one or none is not judged here: its bound is the fault, if it is one.
    """
    capacity = _CAPACITIES[resource.type](resource, stack)
    if capacity is None or not capacity.falls_with:
        return
    lost, left = capacity.worst()
    needed = max(1, capacity.count * settings.integer("minimumPercent") // 100)
    if left < needed:
        yield resource[_WHERE[resource.type]].violates(
            found=f"{left} of {capacity.count} left without {lost}",
            allowed=f"at least {needed} left without any one zone",
            fix="spread it over more zones, each with a NAT gateway of its own, or raise its lower bound.",
        )


def _of_group(group: Resource, stack: Stack) -> Capacity | None:
    count = group["minSize"].integer() or 0
    if count < 2:
        return None
    subnets = group["vpcZoneIdentifiers"]
    if subnets.given:
        return Capacity(count, _subnet_zones(subnets, stack))
    return Capacity(count, {name: frozenset({name}) for name in group["availabilityZones"].texts()})


def _of_service(service: Resource, stack: Stack) -> Capacity | None:
    subnets = service["networkConfiguration.subnets"]
    if service["schedulingStrategy"].text() == "DAEMON" or not subnets.given:
        return None
    targets = stack.referrers(service, APPAUTOSCALING_TARGET, "resourceId")
    bounds = [target["minCapacity"].integer() or 0 for target in targets.resources]
    # What a program sets once, scaling takes down to its bound.
    count = min(bounds) if bounds else service["desiredCount"].integer() or 0
    return Capacity(count, _subnet_zones(subnets, stack)) if count >= 2 else None


def _of_cluster(cluster: Resource, stack: Stack) -> Capacity | None:
    instances = stack.referrers(cluster, RDS_CLUSTER_INSTANCE, "clusterIdentifier")
    count = len(instances.resources)
    if count < 2:
        return None
    places = [instance["availabilityZone"] for instance in instances.resources]
    if all(place.given for place in places):
        return _pinned(str(place.text()) for place in places)
    group = cluster["dbSubnetGroupName"]
    return Capacity(count, _group_zones(group, RDS_SUBNET_GROUP, stack)) if group.given else None


def _of_cache(cache: Resource, stack: Stack) -> Capacity | None:
    replicas = cache["replicasPerNodeGroup"]
    count = (replicas.integer() or 0) + 1 if replicas.given else cache["numCacheClusters"].integer() or 1
    if count < 2:
        return None
    places = cache["preferredCacheClusterAzs"]
    if places.given:
        return _pinned(places.texts())
    group = cache["subnetGroupName"]
    return Capacity(count, _group_zones(group, CACHE_SUBNET_GROUP, stack)) if group.given else None


_CAPACITIES = {
    AUTOSCALING_GROUP: _of_group,
    ECS_SERVICE: _of_service,
    RDS_CLUSTER: _of_cluster,
    CACHE_REPLICATION_GROUP: _of_cache,
}
_WHERE = {
    AUTOSCALING_GROUP: "minSize",
    ECS_SERVICE: "desiredCount",
    RDS_CLUSTER: "clusterMembers",
    CACHE_REPLICATION_GROUP: "numCacheClusters",
}


def _pinned(zones: Iterable[str]) -> Capacity:
    counts = Counter(zones)
    return Capacity(counts.total(), {name: frozenset({name}) for name in counts}, counts)


def _group_zones(group: Value, type_: str, stack: Stack) -> dict[str, frozenset[str]]:
    """The zones of the subnets in a subnet group. What holds data needs no way out."""
    return {name: frozenset({name}) for name in _certain(stack.links(group, type_).one()["subnetIds"], stack)}


def _certain(subnets: Value, stack: Stack) -> frozenset[str]:
    found = spread_of_links(stack.links(subnets, SUBNET))
    if found.open:
        raise Undecided(subnets)
    if found.doubts:
        raise found.doubts[0]
    return found.zones


def _subnet_zones(subnets: Value, stack: Stack) -> dict[str, frozenset[str]]:
    """The zones of some subnets, and with which zone each falls: if one of its subnets does, it is taken to."""
    falls: dict[str, frozenset[str]] = {name: frozenset({name}) for name in _certain(subnets, stack)}
    for subnet in stack.links(subnets, SUBNET).resources:
        falls[zone(subnet)] |= _gateway_zones(subnet, stack)
    return falls


def _gateway_zones(subnet: Resource, stack: Stack) -> frozenset[str]:
    """The zones of the NAT gateways by which a subnet leaves; none where it has no such way, or a regional one."""
    zones: set[str | None] = set()
    for table in route_tables(subnet, stack):
        routes = routes_of(table, stack)
        if routes.doubts:
            raise routes.doubts[0]
        for target in (route["natGatewayId"] for route in routes.found):
            if target.given:
                zones.add(gateway_zone(stack.links(target, NAT_GATEWAY).one(), stack))
    return frozenset(name for name in zones if name is not None)
