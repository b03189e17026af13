"""Users on four shards, placed by the hash of their names; the web tier reads the map and signs in to each by IAM."""

import pulumi

from tenfold import Network, ShardedCluster, WebTier

network = Network("main", {"zones": 3})
users = ShardedCluster(
    "users",
    {
        "placement": network.placement,
        # A shard that is added here is empty until `tenfold-shards` moves something to it. One that still owns anything
        # cannot be taken away.
        "shards": {"users-1": {}, "users-2": {}, "users-3": {}, "users-4": {"weight": 2}},
        "database": {"capacity": {"min_acu": 1, "max_acu": 32}},
    },
)
web = WebTier(
    "web",
    {
        "placement": network.placement,
        "container": {"image": "public.ecr.aws/nginx/nginx:stable", "environment": users.environment},
        "policies": {"users": users.router_policy_json},
    },
)

pulumi.export("map", users.map_location)
pulumi.export(
    "install",
    pulumi.Output.format(
        "tenfold-shards install {0} --shards '{1}'", users.map_location, users.environment["USERS_SHARDS"]
    ),
)
