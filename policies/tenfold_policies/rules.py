"""All rules of the pack, concern by concern."""

from typing import Final

from . import (
    access,
    backups,
    buckets,
    decoupling,
    decoupling_events,
    durability,
    edge,
    encryption,
    exposure,
    multi_az,
    multi_az_data,
    multi_az_services,
    network,
    scaling,
    service_boundaries,
    stateless_containers,
    stateless_tiers,
    tier_chain,
    transport,
)
from .rule import Rule

CONCERNS: Final = (
    multi_az,
    multi_az_data,
    multi_az_services,
    stateless_tiers,
    stateless_containers,
    decoupling,
    decoupling_events,
    service_boundaries,
    durability,
    backups,
    buckets,
    network,
    tier_chain,
    encryption,
    transport,
    access,
    exposure,
    edge,
    scaling,
)

RULES: Final[tuple[Rule, ...]] = tuple(
    value for concern in CONCERNS for value in vars(concern).values() if isinstance(value, Rule)
)
