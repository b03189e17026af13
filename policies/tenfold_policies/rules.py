"""All rules of the pack, concern by concern."""

from typing import Final

from . import (
    access,
    backups,
    buckets,
    cost,
    decoupling,
    decoupling_events,
    durability,
    edge,
    encryption,
    exposure,
    functions,
    multi_az,
    multi_az_data,
    multi_az_services,
    network,
    scaling,
    scaling_data,
    secrets,
    service_boundaries,
    session_store,
    shard_maps,
    shards,
    stateless_containers,
    stateless_tiers,
    tagging,
    tier_chain,
    transport,
    transport_data,
    zone_loss,
)
from .rule import Rule

CONCERNS: Final = (
    multi_az,
    multi_az_data,
    multi_az_services,
    zone_loss,
    stateless_tiers,
    stateless_containers,
    session_store,
    decoupling,
    decoupling_events,
    service_boundaries,
    shard_maps,
    shards,
    durability,
    backups,
    buckets,
    network,
    tier_chain,
    encryption,
    transport,
    transport_data,
    access,
    secrets,
    functions,
    exposure,
    edge,
    scaling,
    scaling_data,
    cost,
    tagging,
)

RULES: Final[tuple[Rule, ...]] = tuple(
    value for concern in CONCERNS for value in vars(concern).values() if isinstance(value, Rule)
)
