"""Rules of multi-AZ for what holds data, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses
from tests.policies.networks import network, opened

AURORA: Any = "aurora-postgresql"
TWO_ZONES = "at least 2 availability zones"
TWO_INSTANCES = "at least 2, in different availability zones"


def later(value: Any = None) -> pulumi.Output[Any]:
    """A value that only the update tells."""
    return aws.ec2.Vpc("later", cidr_block="10.9.0.0/16").id.apply(lambda _: value)


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.t4g.medium", **properties)


def cluster(*zones: str | None, **properties: Any) -> None:
    orders = aws.rds.Cluster("orders", engine=AURORA, **properties)
    for number, zone in enumerate(zones):
        aws.rds.ClusterInstance(
            f"orders-{number}",
            cluster_identifier=orders.id,
            engine=AURORA,
            instance_class="db.r7g.large",
            availability_zone=zone,
        )


def cluster_and_an_instance_of_which_is_not_known() -> None:
    cluster("us-east-1a")
    aws.rds.ClusterInstance("some", cluster_identifier=later("orders-2"), engine=AURORA, instance_class="db.r7g.large")


def subnet_group(*names: str, public: tuple[str, ...] = ()) -> None:
    net = network(*names)
    if public:
        opened(net, *public)
    aws.rds.SubnetGroup("data", subnet_ids=net.ids())


def cluster_in_one_zone_and_an_instance_of_which_is_not_known() -> None:
    cluster("us-east-1a", "us-east-1a")
    aws.rds.ClusterInstance("some", cluster_identifier=later("reports"), engine=AURORA, instance_class="db.r7g.large")


def chosen_subnets() -> None:
    """Those of three subnets that are private, as the update tells."""
    net = network("data-a", "data-b", "web-c")
    opened(net, "web-c")
    aws.rds.SubnetGroup("data", subnet_ids=pulumi.Output.all(*net.ids()).apply(lambda ids: ids[:2]))


def cache(**properties: Any) -> None:
    arguments: dict[str, Any] = {
        "automatic_failover_enabled": True,
        "multi_az_enabled": True,
        "num_cache_clusters": 2,
    } | properties
    aws.elasticache.ReplicationGroup("sessions", description="Sessions", **arguments)


def node(engine: str = "redis", **properties: Any) -> None:
    aws.elasticache.Cluster("hot", engine=engine, **properties)


def cache_subnet_group(*names: str) -> None:
    net = network(*names)
    aws.elasticache.SubnetGroup("data", subnet_ids=net.ids())


def domain(**config: Any) -> None:
    arguments: Any = {"zone_awareness_enabled": True, "instance_count": 3} | config
    aws.opensearch.Domain("search", cluster_config=arguments)


def old_domain() -> None:
    aws.elasticsearch.Domain("search", cluster_config={"instance_count": 3})


def files(**properties: Any) -> None:
    aws.efs.FileSystem("files", **properties)


def cache_in_group_of_the_stack() -> None:
    net = network("data-a", "data-b")
    cache(subnet_group_name=aws.elasticache.SubnetGroup("data", subnet_ids=net.ids()).name)


CASES = [
    passes("maz-rds-instance", "a standby", lambda: instance(multi_az=True)),
    passes("maz-rds-instance", "a read replica", lambda: instance(replicate_source_db="orders")),
    passes("maz-rds-instance", "told by the update", lambda: instance(multi_az=later(True)), left=("orders",)),
    refuses("maz-rds-instance", "the default", instance, ("orders", "multiAz", "nothing", "true")),
    refuses("maz-rds-instance", "turned off", lambda: instance(multi_az=False), ("orders", "multiAz", "false", "true")),
    refuses(
        "maz-rds-instance",
        "turned off, as the update tells",
        lambda: instance(multi_az=later(False)),
        ("orders", "multiAz", "false", "true"),
        preview=(),
        left=("orders",),
    ),
    passes("maz-aurora-instances", "two zones", lambda: cluster("us-east-1a", "us-east-1b")),
    passes("maz-aurora-instances", "zones that AWS chooses", lambda: cluster(None, None)),
    passes("maz-aurora-instances", "a Multi-AZ DB cluster", lambda: cluster(db_cluster_instance_class="db.m6gd.large")),
    passes("maz-aurora-instances", "Aurora Serverless v1", lambda: cluster(engine_mode="serverless")),
    passes(
        "maz-aurora-instances",
        "a zone that the update tells",
        lambda: cluster("us-east-1a", later("us-east-1b")),  # pyright: ignore[reportArgumentType]
        left=("orders",),
    ),
    refuses(
        "maz-aurora-instances",
        "one instance",
        lambda: cluster("us-east-1a"),
        ("orders", "clusterMembers", "1 ClusterInstance", TWO_INSTANCES),
    ),
    refuses(
        "maz-aurora-instances",
        "one instance, and one of a cluster that the update tells",
        cluster_and_an_instance_of_which_is_not_known,
        ("orders", "clusterMembers", "1 ClusterInstance", TWO_INSTANCES),
        preview=(),
        left=("orders",),
    ),
    refuses(
        "maz-aurora-instances",
        "no instance",
        cluster,
        ("orders", "clusterMembers", "0 ClusterInstances", TWO_INSTANCES),
    ),
    refuses(
        "maz-aurora-instances",
        "two instances in one zone",
        lambda: cluster("us-east-1a", "us-east-1a"),
        ("orders", "clusterMembers", "all instances in us-east-1a", "instances in at least 2 availability zones"),
    ),
    passes("maz-db-subnet-group", "private subnets in two zones", lambda: subnet_group("data-a", "data-b")),
    passes(
        "maz-db-subnet-group",
        "subnets of another stack",
        lambda: aws.rds.SubnetGroup("data", subnet_ids=["subnet-0aaa", "subnet-0bbb"]),
        left=("data",),
        left_after=("data",),
    ),
    refuses(
        "maz-db-subnet-group",
        "one zone",
        lambda: subnet_group("data-a", "app-a"),
        ("data", "subnetIds", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-db-subnet-group",
        "a public subnet",
        lambda: subnet_group("data-a", "data-b", public=("data-b",)),
        ("data", "subnetIds", "data-b, which is public", "private subnets"),
    ),
    refuses(
        "maz-db-subnet-group",
        "two zones where three are asked for",
        lambda: subnet_group("data-a", "data-b"),
        ("data", "subnetIds", "subnets in us-east-1a, us-east-1b", "at least 3 availability zones"),
        minimumZones=3,
    ),
    passes("maz-elasticache", "a replica in another zone", cache),
    passes(
        "maz-elasticache", "shards with a replica", lambda: cache(num_cache_clusters=None, replicas_per_node_group=1)
    ),
    passes("maz-elasticache", "Memcached across zones", lambda: node("memcached", az_mode="cross-az")),
    passes(
        "maz-elasticache",
        "a member of a replication group",
        lambda: aws.elasticache.Cluster("hot", replication_group_id="sessions"),
    ),
    passes("maz-elasticache", "told by the update", lambda: cache(multi_az_enabled=later(True)), left=("sessions",)),
    refuses(
        "maz-elasticache",
        "neither failover nor replica",
        lambda: cache(automatic_failover_enabled=False, multi_az_enabled=None, num_cache_clusters=1),
        ("sessions", "automaticFailoverEnabled", "false", "true"),
        ("sessions", "multiAzEnabled", "nothing", "true"),
        ("sessions", "numCacheClusters", "1", "at least 2"),
    ),
    refuses(
        "maz-elasticache",
        "shards without a replica",
        lambda: cache(num_cache_clusters=None, num_node_groups=2, replicas_per_node_group=0),
        ("sessions", "replicasPerNodeGroup", "0", "at least 1"),
    ),
    refuses(
        "maz-elasticache",
        "a configured shard without a replica",
        lambda: cache(num_cache_clusters=None, node_group_configurations=[{"replica_count": 1}, {"replica_count": 0}]),
        ("sessions", "nodeGroupConfigurations[1].replicaCount", "0", "at least 1"),
    ),
    refuses(
        "maz-elasticache",
        "a single node",
        node,
        ("hot", "engine", "a single node", "a ReplicationGroup with a replica"),
    ),
    refuses(
        "maz-elasticache",
        "Memcached in one zone",
        lambda: node("memcached"),
        ("hot", "azMode", "nothing", '"cross-az"'),
    ),
    passes("maz-elasticache-subnet-group", "two zones", lambda: cache_subnet_group("data-a", "data-b")),
    passes("maz-elasticache-subnet-group", "a group of its own", lambda: cache(subnet_group_name="data")),
    passes(
        "maz-elasticache-subnet-group",
        "subnets of another stack",
        lambda: aws.elasticache.SubnetGroup("data", subnet_ids=["subnet-0aaa", "subnet-0bbb"]),
        left=("data",),
        left_after=("data",),
    ),
    refuses(
        "maz-elasticache-subnet-group",
        "one zone",
        lambda: cache_subnet_group("data-a"),
        ("data", "subnetIds", "subnets in us-east-1a", TWO_ZONES),
    ),
    refuses(
        "maz-elasticache-subnet-group",
        "no group",
        cache,
        ("sessions", "subnetGroupName", "nothing", "a subnet group of its own"),
    ),
    refuses(
        "maz-elasticache-subnet-group",
        "the default group",
        lambda: node(subnet_group_name="default"),
        ("hot", "subnetGroupName", '"default"', "a subnet group of its own"),
    ),
    passes("maz-opensearch", "three nodes over zones", domain),
    passes(
        "maz-opensearch",
        "with standby",
        lambda: domain(zone_awareness_enabled=None, multi_az_with_standby_enabled=True),
    ),
    passes("maz-opensearch", "told by the update", lambda: domain(instance_count=later(3)), left=("search",)),
    refuses(
        "maz-opensearch",
        "the default",
        lambda: aws.opensearch.Domain("search"),
        ("search", "clusterConfig.zoneAwarenessEnabled", "nothing", "true"),
        ("search", "clusterConfig.instanceCount", "nothing", "at least 3"),
    ),
    refuses(
        "maz-opensearch",
        "by the type's older name",
        old_domain,
        ("search", "clusterConfig.zoneAwarenessEnabled", "nothing", "true"),
    ),
    refuses(
        "maz-opensearch",
        "too few nodes",
        lambda: domain(instance_count=2),
        ("search", "clusterConfig.instanceCount", "2", "at least 6"),
        minimumNodes=6,
    ),
    passes("maz-efs", "the default", files),
    refuses(
        "maz-efs",
        "one zone",
        lambda: files(availability_zone_name="us-east-1a"),
        ("files", "availabilityZoneName", '"us-east-1a"', "nothing, which is several zones"),
    ),
    refuses(
        "maz-efs",
        "one zone that the update tells",
        lambda: files(availability_zone_name=later("us-east-1b")),
        ("files", "availabilityZoneName", '"us-east-1b"', "nothing, which is several zones"),
        preview=(("files", "availabilityZoneName", "a value", "nothing, which is several zones"),),
    ),
    passes(
        "maz-aurora-instances",
        "a zone that the update tells, and one that AWS chooses",
        lambda: cluster(None, later("us-east-1a")),  # pyright: ignore[reportArgumentType]
    ),
    refuses(
        "maz-aurora-instances",
        "two in one zone, and one that is of another cluster, as the update tells",
        cluster_in_one_zone_and_an_instance_of_which_is_not_known,
        ("orders", "clusterMembers", "all instances in us-east-1a", "instances in at least 2 availability zones"),
        preview=(),
        left=("orders",),
    ),
    refuses(
        "maz-elasticache",
        "a shard whose replicas nobody counts",
        lambda: cache(num_cache_clusters=None, node_group_configurations=[{"slots": "0-16383"}]),
        ("sessions", "nodeGroupConfigurations[0].replicaCount", "nothing", "at least 1"),
    ),
    passes("maz-db-subnet-group", "a choice with a public subnet that it leaves out", chosen_subnets, left=("data",)),
    passes(
        "maz-elasticache",
        "a secondary of a global datastore",
        lambda: cache(global_replication_group_id="users", num_cache_clusters=1),
    ),
    refuses(
        "maz-elasticache",
        "the number of nodes by default",
        lambda: cache(num_cache_clusters=None),
        ("sessions", "numCacheClusters", "nothing", "at least 2"),
    ),
    refuses(
        "maz-elasticache",
        "shards without replicas",
        lambda: cache(num_cache_clusters=None, num_node_groups=2, replicas_per_node_group=0),
        ("sessions", "replicasPerNodeGroup", "0", "at least 1"),
    ),
    passes("maz-elasticache-subnet-group", "a group of the stack", cache_in_group_of_the_stack),
    passes(
        "maz-elasticache-subnet-group",
        "a group that the update tells",
        lambda: cache(subnet_group_name=later("data")),
        left=("sessions",),
    ),
    refuses(
        "maz-elasticache-subnet-group",
        "the default group, as the update tells, beside one of the stack",
        lambda: (cache_subnet_group("data-a", "data-b"), node(subnet_group_name=later("default"))),
        ("hot", "subnetGroupName", '"default"', "a subnet group of its own"),
        preview=(),
        left=("hot",),
    ),
    passes("maz-elasticache-subnet-group", "a node of a group", lambda: node(replication_group_id="sessions")),
    refuses(
        "maz-elasticache-subnet-group",
        "a secondary of a global datastore, which has a network of its own",
        lambda: cache(global_replication_group_id="users"),
        ("sessions", "subnetGroupName", "nothing", "a subnet group of its own"),
    ),
    refuses(
        "maz-opensearch",
        "the one node of the default, where two will do",
        lambda: domain(instance_count=None),
        ("search", "clusterConfig.instanceCount", "nothing", "at least 2"),
        minimumNodes=2,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
