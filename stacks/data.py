"""The data tier: tables and sessions off the tiers, databases by function, users on shards, a cache before them."""

from typing import NamedTuple

import pulumi

from stacks.parts import Environment
from stacks.sections import DatabaseConfig
from tenfold import (
    Cache,
    DatabaseReaderArgs,
    DatabaseSettingsArgs,
    FederatedDatabases,
    FederatedFunctionArgs,
    SessionStore,
    ShardedCluster,
    Table,
)
from tenfold import MonitoringServiceKind as Kind


class Tables(NamedTuple):
    """What the tiers would otherwise have to remember."""

    results: Table
    sessions: SessionStore


def tables(environment: Environment) -> Tables:
    """NoSQL, and state moved off the tiers: any instance finds the session of any user and the result of any job."""
    config, tags = environment.config, environment.tags
    results = Table(
        "results",
        {
            "hash_key": "job_id",
            "attributes": {"job_id": "S"},
            "ttl_attribute": "expires_at",
            "deletion_protection": config.protected,
            "tags": tags,
        },
    )
    sessions = SessionStore("web", {"deletion_protection": config.protected, "tags": tags})
    environment.give(["web"], "results", results.environment, results.read_policy_json)
    environment.give(["web"], "sessions", sessions.environment, sessions.read_write_policy_json)
    environment.watch("results", results, Kind.TABLE, table_name=results.table_name)
    environment.watch("sessions", sessions, Kind.TABLE, table_name=sessions.table_name)
    pulumi.export("results_table", results.table_name)
    return Tables(results, sessions)


def databases(environment: Environment) -> None:
    """Federation: databases by function, each scaled alone, each reached by the tier that has its function."""
    config = environment.config
    if not config.functions:
        return
    federated = FederatedDatabases(
        "databases",
        {
            "placement": environment.network.placement,
            "functions": _functions(environment),
            "databases": {name: _settings(database) for name, database in config.databases.items()},
            "defaults": {
                "deletion_protection": config.protected,
                # So that a function can move to a database of its own without a restart first.
                "parameters": {"logical_replication": True},
            },
            "tags": environment.tags,
        },
    )
    for function in config.functions:
        variables, policy = federated.environments[function], federated.connect_policies_json[function]
        environment.give([config.tier_of(function)], f"{function}-database", variables, policy)
    environment.watch("databases", federated, Kind.SHARDS, **federated.identifiers)


def _functions(environment: Environment) -> dict[str, FederatedFunctionArgs]:
    functions: dict[str, FederatedFunctionArgs] = {}
    for name, given in environment.config.functions.items():
        tier = environment.config.tier_of(name)
        functions[name] = {"database": given.database, "clients": {tier: environment.groups[tier]}}
        if given.also_in:
            functions[name]["also_in"] = given.also_in
    return functions


def _settings(given: DatabaseConfig) -> DatabaseSettingsArgs:
    readers = {f"reader-{number}": DatabaseReaderArgs() for number in range(1, given.readers + 1)}
    return {"capacity": {"min_acu": given.min_acu, "max_acu": given.max_acu}, "readers": readers}


def shards(environment: Environment) -> None:
    """Sharding: users by key, on as many databases as their writes need."""
    config, given = environment.config, environment.config.shards
    if given is None:
        return
    tier = config.tier_of("users")
    cluster = ShardedCluster(
        "users",
        {
            "placement": environment.network.placement,
            "shards": {f"users-{number}": {} for number in range(1, given.count + 1)},
            "database": {"capacity": {"min_acu": given.min_acu, "max_acu": given.max_acu}},
            "clients": {tier: environment.groups[tier]},
            "deletion_protection": config.protected,
            "tags": environment.tags,
        },
    )
    environment.give([tier], "shards", cluster.environment, cluster.router_policy_json)
    environment.watch("shards", cluster, Kind.SHARDS, **cluster.identifiers)
    pulumi.export("shard_map", cluster.map_location)


def cache(environment: Environment) -> None:
    """A cache before the databases: a cluster from the first shard on, so that it grows in place."""
    config, given = environment.config, environment.config.cache
    if given is None:
        return
    clients = config.tiers_with_data
    made = Cache(
        "app",
        {
            "placement": environment.network.placement,
            "clients": {tier: environment.groups[tier] for tier in clients},
            "nodes": {"type": given.node_type, "shards": given.shards, "replicas": given.replicas},
            "deletion_protection": config.protected,
            "tags": environment.tags,
        },
    )
    environment.give(clients, "cache", made.environment, made.connect_policy_json)
    environment.watch("cache", made, Kind.CACHE, nodes=made.identifier)
