"""The shard map, its store, the router and the fence: what an application imports. No Pulumi."""
