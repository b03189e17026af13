"""Where components are placed in a network: plain values that cross a stack reference or a language border."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi


class NetworkPlacement(TypedDict):
    """A network's ids, by tier, each list in the order of ``zones``."""

    vpc_id: pulumi.Input[str]
    """The VPC's id."""
    cidr_block: pulumi.Input[str]
    """The VPC's IPv4 range, ``10.0.0.0/16``."""
    ipv6_cidr_block: NotRequired[pulumi.Input[str]]
    """The VPC's IPv6 range, ``2001:db8:0:ab00::/56``; empty without one."""
    zones: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The names of the availability zones."""
    public_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet a zone for load balancers: reachable from the internet."""
    app_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet a zone for what runs: private, out through NAT."""
    data_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet a zone for what stores: private, no way out."""


def placed(placement: pulumi.Input[NetworkPlacement], key: str) -> Any:
    """One of the placement's values, as it stands there, or out of the Output that a stack reference gives.

    Kept apart from the others, so that the engine knows which subnets a resource depends on, and not the whole network.
    """
    if isinstance(placement, dict):
        return placement[key]
    return pulumi.Output.from_input(placement).apply(lambda values: values[key])
