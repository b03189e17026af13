"""A cache without nodes, which AWS keeps in several zones and grows by itself.

See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.corecomponents.html.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.cache_arguments import CacheArgs, CacheServerlessArgs
from tenfold.cache_server import CachePlace, CacheServer, engine_of, major_version
from tenfold.placement import placed

_ZONES = 3
"""How many zones a serverless cache is in at the most."""


def serverless(component: pulumi.ComponentResource, args: CacheArgs, place: CachePlace) -> CacheServer:
    """A serverless cache between the bounds that are given."""
    cache = _cache(component, args, place)
    return CacheServer(
        arn=cache.arn,
        endpoint=cache.endpoints.apply(lambda found: found[0].address),
        reader_endpoint=cache.reader_endpoints.apply(lambda found: found[0].address),
        port=cache.endpoints.apply(lambda found: found[0].port),
        reader_port=cache.reader_endpoints.apply(lambda found: found[0].port),
        members=pulumi.Output.from_input([]),
    )


def max_storage_gb(args: CacheArgs) -> int:
    """The most data that it holds, in GB."""
    return args.get("serverless", {}).get("max_storage_gb", 100)


def max_ecpu_per_second(args: CacheArgs) -> int:
    """The most processing units that it uses in a second."""
    return args.get("serverless", {}).get("max_ecpu_per_second", 100_000)


def _cache(component: pulumi.ComponentResource, args: CacheArgs, place: CachePlace) -> aws.elasticache.ServerlessCache:
    name, snapshots = component.pulumi_resource_name, args.get("snapshots", {})
    subnets: pulumi.Output[Any] = pulumi.Output.from_input(placed(args["placement"], "data_subnet_ids"))
    return aws.elasticache.ServerlessCache(
        f"{name}-serverless",
        name=place.identifier,
        description=f"The cache {name}",
        engine=engine_of(args).value,
        major_engine_version=major_version(args),
        cache_usage_limits=_limits(args),
        subnet_ids=subnets.apply(lambda found: found[:_ZONES]),
        security_group_ids=place.group_ids,
        user_group_id=place.user_group_id,
        kms_key_id=args.get("kms_key_arn"),
        snapshot_retention_limit=snapshots.get("retention_days", 7),
        daily_snapshot_time=snapshots["window"].partition("-")[0] if "window" in snapshots else None,
        snapshot_arns_to_restores=[snapshots["restore_from"]] if "restore_from" in snapshots else None,
        opts=pulumi.ResourceOptions(
            parent=component,
            # Where the cache is not protected by itself it is as its component is.
            protect=True if args.get("deletion_protection", True) else None,
            # AWS would replace it for a subnet that a network gets with another zone.
            ignore_changes=["snapshotArnsToRestores", "subnetIds"],
        ),
    )


def _limits(args: CacheArgs) -> Any:
    given: CacheServerlessArgs = args.get("serverless", {})
    return {
        "data_storage": {**_bounds(given, "storage_gb", max_storage_gb(args)), "unit": "GB"},
        "ecpu_per_seconds": [_bounds(given, "ecpu_per_second", max_ecpu_per_second(args))],
    }


def _bounds(given: Mapping[str, Any], what: str, most: int) -> dict[str, int]:
    least = given.get(f"min_{what}")
    return {"maximum": most, **({} if least is None else {"minimum": least})}
