"""Multi-AZ for what holds data: a copy in another zone takes over when a zone is lost.

A tier that loses a zone starts its servers elsewhere; data cannot be started elsewhere, it has to be there already.
"""

from pulumi_policy import Severity

from .routes import public
from .rule import Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    CACHE_CLUSTER,
    CACHE_REPLICATION_GROUP,
    CACHE_SUBNET_GROUP,
    EFS_FILE_SYSTEM,
    ELASTICSEARCH_DOMAIN,
    OPENSEARCH_DOMAIN,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    RDS_SUBNET_GROUP,
    SUBNET,
)
from .view import Findings, Resource, Stack, attempt
from .zones import MINIMUM_ZONES, subnets_of, too_few_zones

_WELL_ARCHITECTED = "REL10-BP01"
_CACHE_CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html"


@resource_rule(
    "maz-rds-instance",
    on=(RDS_INSTANCE,),
    title="Database instances have a standby in another zone",
    severity=Severity.HIGH,
    remediation="Set multiAz to true.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-5",
        security_hub="RDS.5",
        checkov=("CKV_AWS_157",),
        well_architected=_WELL_ARCHITECTED,
    ),
)
def instance_has_standby(instance: Resource, _: Settings) -> Findings:
    """A database instance has a standby in another availability zone.

    RDS moves the address to the standby in a minute or two. Without one, the database is down until its zone is back
    or a backup is restored. A read replica passes: its source is what has to survive.
    """
    standby = instance["multiAz"]
    if standby.flag() is not True and not instance["replicateSourceDb"].given:
        yield standby.violates(allowed="true", fix="set multiAz to true.")


@stack_rule(
    "maz-aurora-instances",
    on=(RDS_CLUSTER,),
    title="Aurora clusters have instances in two zones",
    severity=Severity.HIGH,
    remediation="Give the cluster a second ClusterInstance, in another zone than the first.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-15",
        security_hub="RDS.15",
        well_architected=_WELL_ARCHITECTED,
    ),
)
def cluster_has_instances_in_two_zones(cluster: Resource, stack: Stack, _: Settings) -> Findings:
    """An Aurora cluster has an instance that can take over, in another availability zone.

    Its storage is in three zones by itself, but who reads and writes is an instance, and a cluster with one is down
    while a new one is made. A Multi-AZ DB cluster, which names its instances' class itself, is in three zones, and
    Aurora Serverless v1 moves by itself.
    """
    if cluster["dbClusterInstanceClass"].given or cluster["engineMode"].text() == "serverless":
        return
    instances = stack.referrers(cluster, RDS_CLUSTER_INSTANCE, "clusterIdentifier")
    count, members = len(instances.resources), cluster["clusterMembers"]
    if count < 2:
        if instances.doubts:
            raise instances.doubts[0]
        yield members.violates(
            found=f"{count} ClusterInstance{'' if count == 1 else 's'}",
            allowed="at least 2, in different availability zones",
            fix="create a ClusterInstance with this clusterIdentifier in another zone.",
        )
        return
    # AWS puts an instance without a zone into one that has none yet.
    if any(not instance["availabilityZone"].given for instance in instances.resources):
        return
    zones = {instance["availabilityZone"].text() for instance in instances.resources}
    if len(zones) == 1:
        if instances.doubts:
            raise instances.doubts[0]
        yield members.violates(
            found=f"all instances in {zones.pop()}",
            allowed="instances in at least 2 availability zones",
            fix="give one of its ClusterInstances another availabilityZone.",
        )


@stack_rule(
    "maz-db-subnet-group",
    on=(RDS_SUBNET_GROUP,),
    title="Databases have private subnets in several zones",
    severity=Severity.HIGH,
    remediation="List private subnets in at least two availability zones in subnetIds.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def database_subnets(group: Resource, stack: Stack, settings: Settings) -> Findings:
    """The subnets of a database are private, and in several availability zones.

    RDS fails over to no zone that it has no subnet in, and a database in a public subnet is one wrong rule away from
    the internet.
    """
    subnets = group["subnetIds"]
    fix = "list private subnets in further zones in subnetIds."
    yield from attempt(too_few_zones(subnets, subnets_of(stack, subnets), settings, fix))
    links = stack.links(subnets, SUBNET)
    for subnet in links.resources:
        yield from attempt(_private(group, subnet, stack))


def _private(group: Resource, subnet: Resource, stack: Stack) -> Findings:
    if public(subnet, stack):
        # Which subnets of those that an unknown list was made from are in it is not known.
        group["subnetIds"].items()
        yield group["subnetIds"].violates(
            found=f"{subnet.name}, which is public",
            allowed="private subnets",
            fix="list subnets whose routes lead to no internet gateway.",
        )


@resource_rule(
    "maz-elasticache",
    on=(CACHE_REPLICATION_GROUP, CACHE_CLUSTER),
    title="Caches fail over to another zone",
    severity=Severity.HIGH,
    remediation="Use a ReplicationGroup with a replica, automaticFailoverEnabled and multiAzEnabled.",
    source=Source(
        f"{_CACHE_CONTROLS}#elasticache-3",
        security_hub="ElastiCache.3",
        checkov=("CKV2_AWS_50",),
        well_architected=_WELL_ARCHITECTED,
    ),
)
def cache_fails_over(cache: Resource, _: Settings) -> Findings:
    """A cache has a replica in another availability zone that takes over by itself.

    What sessions and hot rows are read from becomes, when it is gone, a flood on the database behind it.
    """
    if cache.type == CACHE_CLUSTER:
        yield from attempt(_nodes_across_zones(cache))
        return
    for name in ("automaticFailoverEnabled", "multiAzEnabled"):
        yield from attempt(_is_on(cache, name))
    yield from attempt(_has_replica(cache))


def _is_on(cache: Resource, name: str) -> Findings:
    if cache[name].flag() is not True:
        yield cache[name].violates(allowed="true", fix=f"set {name} to true.")


def _has_replica(group: Resource) -> Findings:
    # A secondary of a global datastore takes its size from the primary.
    if group["globalReplicationGroupId"].given:
        return
    replicas, nodes = group["replicasPerNodeGroup"], group["numCacheClusters"]
    sharded = group["nodeGroupConfigurations"]
    if sharded.given:
        for shard in sharded.items():
            count = shard["replicaCount"]
            if not count.integer():
                yield count.violates(allowed="at least 1", fix=f"set {count.path} to 1 or more.")
    elif replicas.given:
        if not replicas.integer():
            yield replicas.violates(allowed="at least 1", fix="set replicasPerNodeGroup to 1 or more.")
    elif (nodes.integer() or 1) < 2:
        yield nodes.violates(allowed="at least 2", fix="set numCacheClusters to 2 or more.")


def _nodes_across_zones(cluster: Resource) -> Findings:
    # A member of a replication group is judged with its group.
    if cluster["replicationGroupId"].given:
        return
    mode = cluster["azMode"]
    if cluster["engine"].text() != "memcached":
        yield cluster["engine"].violates(
            found="a single node",
            allowed="a ReplicationGroup with a replica",
            fix="create a ReplicationGroup with automaticFailoverEnabled and multiAzEnabled in its place.",
        )
    elif mode.text() != "cross-az":
        yield mode.violates(allowed='"cross-az"', fix='set azMode to "cross-az" and numCacheNodes to 2 or more.')


@stack_rule(
    "maz-elasticache-subnet-group",
    on=(CACHE_SUBNET_GROUP, CACHE_REPLICATION_GROUP, CACHE_CLUSTER),
    title="Caches have subnets of their own in several zones",
    severity=Severity.HIGH,
    remediation="Create an elasticache SubnetGroup over several zones and name it in subnetGroupName.",
    source=Source(
        f"{_CACHE_CONTROLS}#elasticache-7",
        security_hub="ElastiCache.7",
        checkov=("CKV_AWS_323",),
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(MINIMUM_ZONES,),
)
def cache_subnets(resource: Resource, stack: Stack, settings: Settings) -> Findings:
    """A cache is in a subnet group of its own, with subnets in several availability zones.

    In the default group it is in the default network, beside whatever else is there; and it fails over to no zone that
    its group has no subnet in.
    """
    if resource.type == CACHE_SUBNET_GROUP:
        subnets = resource["subnetIds"]
        fix = "list subnets in further zones in subnetIds."
        yield from too_few_zones(subnets, subnets_of(stack, subnets), settings, fix)
        return
    group = resource["subnetGroupName"]
    if resource["replicationGroupId"].given:
        return
    if stack.links(group, CACHE_SUBNET_GROUP).resources:
        return
    if group.absent or group.text() == "default":
        yield group.violates(allowed="a subnet group of its own", fix="create an elasticache SubnetGroup and name it.")


@resource_rule(
    "maz-opensearch",
    on=(OPENSEARCH_DOMAIN, ELASTICSEARCH_DOMAIN),
    title="Search domains have data nodes in several zones",
    severity=Severity.HIGH,
    remediation="Set clusterConfig.zoneAwarenessEnabled and clusterConfig.instanceCount to 3 or more.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html#opensearch-6",
        security_hub="Opensearch.6",
        checkov=("CKV_AWS_318",),
        well_architected=_WELL_ARCHITECTED,
    ),
    parameters=(Parameter("minimumNodes", 3, "The least number of data nodes.", minimum=2, maximum=400),),
)
def search_survives_a_zone(domain: Resource, settings: Settings) -> Findings:
    """A search domain spreads its data nodes over availability zones, and has enough of them to elect a master.

    Of two nodes, each may be the one that is cut off: neither can know, and the domain stops taking writes.
    """
    yield from attempt(_zone_aware(domain))
    yield from attempt(_enough_nodes(domain, settings.integer("minimumNodes")))


def _zone_aware(domain: Resource) -> Findings:
    aware = domain["clusterConfig.zoneAwarenessEnabled"]
    if not domain["clusterConfig.multiAzWithStandbyEnabled"].flag() and aware.flag() is not True:
        yield aware.violates(allowed="true", fix="set clusterConfig.zoneAwarenessEnabled to true.")


def _enough_nodes(domain: Resource, least: int) -> Findings:
    nodes = domain["clusterConfig.instanceCount"]
    if (nodes.integer() or 1) < least:
        yield nodes.violates(allowed=f"at least {least}", fix=f"set clusterConfig.instanceCount to {least} or more.")


@resource_rule(
    "maz-efs",
    on=(EFS_FILE_SYSTEM,),
    title="File systems are in several zones",
    severity=Severity.HIGH,
    remediation="Remove availabilityZoneName, by which EFS keeps the files in one zone.",
    source=Source(
        "https://docs.aws.amazon.com/efs/latest/ug/features.html#file-system-type", well_architected=_WELL_ARCHITECTED
    ),
)
def files_in_several_zones(files: Resource, _: Settings) -> Findings:
    """A file system keeps its files in several availability zones.

    A One Zone file system is cheaper by half, and gone with its zone: that is for what can be made again.
    """
    zone = files["availabilityZoneName"]
    # A zone that is not known yet is one zone.
    if zone.given:
        yield zone.violates(
            allowed="nothing, which is several zones",
            fix="remove availabilityZoneName; the file system is replaced, so copy its files first.",
        )
