"""Multi-AZ: losing one availability zone costs capacity, never the service.

*Scaling on AWS (Part 4): > One Million Users* starts from a tier spread over several zones behind a load balancer;
these rules hold each part of that spread: subnets, NAT paths, load balancers, fleets and functions.
"""

from collections.abc import Mapping

from pulumi_policy import Severity

from .routes import gateway_zone, public, route_tables, routes_of
from .rule import ADVISORY, Settings, Source, resource_rule, stack_rule
from .tokens import (
    AUTOSCALING_GROUP,
    LAMBDA_FUNCTION,
    LOAD_BALANCER,
    NAT_GATEWAY,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
)
from .view import Findings, Referrers, Resource, Stack, Undecided, Value, attempt
from .zones import MINIMUM_ZONES, Spread, spread, subnets_of, too_few_zones, zone

_WELL_ARCHITECTED = "REL10-BP01"


@stack_rule(
    "maz-subnets-span-azs",
    on=(SUBNET,),
    title="Subnets of a VPC in several zones",
    severity=Severity.HIGH,
    remediation="Add subnets in further availability zones, one per tier and zone.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def subnets_span_zones(subnet: Resource, stack: Stack, settings: Settings) -> Findings:
    """The subnets of a VPC are in several availability zones.

    A network that exists in one zone takes everything in it down with that zone, whatever runs on top.
    """
    network = _network(subnet, stack)
    # One finding per network, on its first subnet.
    if subnet is network.resources[0]:
        certain = spread(network.resources)
        yield from too_few_zones(
            subnet["availabilityZone"],
            Spread(certain.zones, certain.doubts + network.doubts),
            settings,
            "create subnets of this VPC in further zones and give each its availabilityZone.",
        )


@stack_rule(
    "maz-public-private-pairs",
    on=(SUBNET,),
    title="Public and private subnets in each zone",
    severity=Severity.MEDIUM,
    remediation="Give each zone a public subnet for load balancers and NAT gateways, and private subnets for the rest.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html",
        well_architected="SEC05-BP01",
    ),
    level=ADVISORY,
)
def public_and_private_in_each_zone(subnet: Resource, stack: Stack, _: Settings) -> Findings:
    """Each availability zone of a VPC with public subnets has a public and a private one.

    Servers belong in private subnets, and a load balancer reaches a zone only by a public subnet there. A VPC with no
    public subnet at all is an internal network, and passes.
    """
    network = _network(subnet, stack)
    if subnet is not network.resources[0]:
        return
    kinds_by_zone: dict[str, set[bool]] = {}
    for sibling in network.resources:
        kinds_by_zone.setdefault(zone(sibling), set()).add(public(sibling, stack))
    if not any(True in kinds for kinds in kinds_by_zone.values()):
        return
    for name, kinds in kinds_by_zone.items():
        if len(kinds) == 2:
            continue
        if network.doubts:
            raise network.doubts[0]
        found, missing = ("public", "private") if True in kinds else ("private", "public")
        yield subnet["availabilityZone"].violates(
            found=f"only {found} subnets in {name}",
            allowed="a public and a private subnet in each zone",
            fix=f"add a {missing} subnet in {name}.",
        )


@stack_rule(
    "maz-nat-per-az",
    on=(SUBNET,),
    title="Private subnets use a NAT gateway in their own zone",
    severity=Severity.HIGH,
    remediation="Create a NAT gateway in each zone, or a regional one, and route private subnets to their zone's.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        well_architected=_WELL_ARCHITECTED,
    ),
)
def nat_in_own_zone(subnet: Resource, stack: Stack, _: Settings) -> Findings:
    """A subnet's routes through NAT gateways stay in its own availability zone.

    A NAT gateway lives in one zone. A subnet that leaves by another zone's gateway is cut off when that zone fails,
    and pays for traffic between zones every day. An environment that may be down for an hour can save the second
    gateway: let it advise.
    """
    for table in route_tables(subnet, stack):
        routes = routes_of(table, stack)
        for route in routes.found:
            target = route["natGatewayId"]
            if target.given:
                yield from attempt(_gateway_in_zone(subnet, target, stack))
        for doubt in routes.doubts:
            yield doubt.finding


@stack_rule(
    "maz-asg-azs",
    on=(AUTOSCALING_GROUP,),
    title="Fleets in several zones",
    severity=Severity.HIGH,
    remediation="Set vpcZoneIdentifiers to subnets in at least two availability zones.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-2",
        security_hub="AutoScaling.2",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def group_spans_zones(group: Resource, stack: Stack, settings: Settings) -> Findings:
    """An Auto Scaling group launches instances in several availability zones.

    The group replaces what a lost zone took only where it may launch in another one.
    """
    fix = "list subnets in further zones in vpcZoneIdentifiers."
    named = group["availabilityZones"]
    subnets = group["vpcZoneIdentifiers"]
    # The provider reports the zones of the subnets in availabilityZones, too: the subnets come first.
    if subnets.given:
        yield from too_few_zones(subnets, subnets_of(stack, subnets), settings, fix)
    elif named.absent:
        yield subnets.violates(allowed="subnets in at least two availability zones", fix=fix)
    else:
        known = frozenset(str(item.text()) for item in named.items() if not item.unknown)
        doubts = tuple(Undecided(item) for item in named.items() if item.unknown)
        yield from too_few_zones(named, Spread(known, doubts), settings, "name further zones in availabilityZones.")


@stack_rule(
    "maz-lb-azs",
    on=(LOAD_BALANCER,),
    title="Load balancers in several zones",
    severity=Severity.HIGH,
    remediation="Set subnets to one subnet in each of at least two availability zones.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-13",
        security_hub="ELB.13",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def balancer_spans_zones(balancer: Resource, stack: Stack, settings: Settings) -> Findings:
    """A load balancer has nodes in several availability zones.

    It is the one door of the tier: behind a door in one zone, servers in three are as available as one zone.
    """
    fix = "list one subnet per zone in subnets."
    mappings = balancer["subnetMappings"]
    subnets = balancer["subnets"]
    # The provider reports either property from the other: one that is set to anything decides.
    if subnets.given:
        yield from too_few_zones(subnets, subnets_of(stack, subnets), settings, fix)
    elif mappings.given:
        yield from too_few_zones(mappings, subnets_of(stack, _each(mappings, "subnetId")), settings, fix)
    else:
        yield subnets.violates(allowed="subnets in at least two availability zones", fix=fix)


@resource_rule(
    "maz-nlb-cross-zone",
    on=(LOAD_BALANCER,),
    title="Network load balancers balance across zones",
    severity=Severity.MEDIUM,
    remediation="Set enableCrossZoneLoadBalancing to true.",
    source=Source(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html",
        checkov=("CKV_AWS_152",),
        well_architected=_WELL_ARCHITECTED,
    ),
    level=ADVISORY,
)
def network_balancer_crosses_zones(balancer: Resource, _: Settings) -> Findings:
    """A network load balancer sends traffic to targets in every zone.

    Without it a zone with fewer healthy targets gets as much traffic per zone as the others and is overloaded first.
    """
    if balancer["loadBalancerType"].text() == "network":
        across = balancer["enableCrossZoneLoadBalancing"]
        if across.flag() is not True:
            yield across.violates(allowed="true", fix="set enableCrossZoneLoadBalancing to true.")


@stack_rule(
    "maz-lambda-vpc",
    on=(LAMBDA_FUNCTION,),
    title="Functions in a VPC use several zones",
    severity=Severity.MEDIUM,
    remediation="Set vpcConfig.subnetIds to subnets in at least two availability zones.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-5",
        security_hub="Lambda.5",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def function_spans_zones(function: Resource, stack: Stack, settings: Settings) -> Findings:
    """A function in a VPC has subnets in several availability zones.

    Lambda runs a function in any zone of the service, but one that is tied to a subnet fails with the zone of that
    subnet.
    """
    subnets = function["vpcConfig.subnetIds"]
    if subnets.given:
        yield from too_few_zones(
            subnets, subnets_of(stack, subnets), settings, "list subnets in further zones in vpcConfig.subnetIds."
        )


@stack_rule(
    "maz-vpc-endpoint",
    on=(VPC_ENDPOINT,),
    title="Interface endpoints in several zones",
    severity=Severity.MEDIUM,
    remediation="Set subnetIds to subnets in at least two availability zones.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def endpoint_spans_zones(endpoint: Resource, stack: Stack, settings: Settings) -> Findings:
    """An interface endpoint has network interfaces in several availability zones.

    Every call to the service behind it fails with the zone of its only interface. Gateway endpoints have no
    interface, and pass.
    """
    if endpoint["vpcEndpointType"].text() != "Interface":
        return
    subnets = endpoint["subnetIds"]
    configured = endpoint["subnetConfigurations"]
    value = subnets if subnets.given or configured.absent else _each(configured, "subnetId")
    yield from too_few_zones(value, subnets_of(stack, value), settings, "list subnets in further zones in subnetIds.")


def _network(subnet: Resource, stack: Stack) -> Referrers:
    """The subnets of the same VPC, in a stable order; the VPC may be an existing one that the stack does not hold."""
    own = stack.links(subnet["vpcId"], VPC)
    if own.hidden != 0:
        raise Undecided(own.value)
    if own.resources:
        siblings = stack.referrers(own.one(), SUBNET, "vpcId")
        return Referrers(tuple(sorted(siblings.resources, key=lambda sibling: sibling.urn)), siblings.doubts)
    return Referrers(tuple(stack.once(_by_network)[own.outside]), stack.doubts(VPC, SUBNET, "vpcId"))


def _by_network(stack: Stack) -> Mapping[tuple[str, ...], list[Resource]]:
    """The subnets of each VPC that the stack does not hold, in a stable order."""
    networks: dict[tuple[str, ...], list[Resource]] = {}
    for subnet in sorted(stack.of(SUBNET), key=lambda each: each.urn):
        networks.setdefault(stack.links(subnet["vpcId"], VPC).outside, []).append(subnet)
    return networks


def _gateway_in_zone(subnet: Resource, target: Value, stack: Stack) -> Findings:
    gateway = stack.links(target, NAT_GATEWAY).one()
    home = gateway_zone(gateway, stack)
    if home is not None and home != zone(subnet):
        yield subnet["availabilityZone"].violates(
            found=f"{zone(subnet)} with a route to {gateway.name} in {home}",
            allowed=f"a NAT gateway in {zone(subnet)}",
            fix=f"create a NAT gateway in a public subnet of {zone(subnet)} and route to it.",
        )


def _each(mappings: Value, name: str) -> Value:
    """One property of each element, as a list that still knows which property it came from."""
    if mappings.unknown:
        return mappings
    return Value(mappings.resource, mappings.path, [item[name].raw for item in mappings.items()])
