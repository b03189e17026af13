"""Scaling of data stores: capacity that was reserved follows the traffic, too.

*Scaling on AWS (Part 4): > One Million Users* scales the tiers by Auto Scaling; behind them, a table with fixed
capacity refuses what exceeds it, and a fixed number of readers answers no more than it did.
"""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, control, stack_rule
from .tokens import APPAUTOSCALING_POLICY, APPAUTOSCALING_TARGET, DYNAMODB_TABLE, RDS_CLUSTER, RDS_CLUSTER_INSTANCE
from .view import Findings, Resource, Stack, Undecided, attempt


@stack_rule(
    "sca-dynamodb-capacity",
    on=(DYNAMODB_TABLE,),
    title="Capacity of tables follows their traffic",
    severity=Severity.MEDIUM,
    remediation='Set billingMode to "PAY_PER_REQUEST", or give both capacities an appautoscaling Target and Policy.',
    source=control("DynamoDB.1", "CKV2_AWS_16", practice="REL07-BP01"),
)
def table_follows_traffic(table: Resource, stack: Stack, _: Settings) -> Findings:
    """A DynamoDB table is paid by the request, or its capacity follows the traffic.

    Beyond fixed capacity a table refuses requests, at the peak. Reads and writes scale apart, each by a policy of its
    own; a target without a policy scales nothing.
    """
    if table["billingMode"].text() == "PAY_PER_REQUEST":
        return
    for access in ("Read", "Write"):
        yield from attempt(_follows_traffic(table, access, stack))


def _follows_traffic(table: Resource, access: str, stack: Stack) -> Findings:
    dimension = f"dynamodb:table:{access}CapacityUnits"
    if not _scales(table, "name", "table/", dimension, stack):
        capacity = table[f"{access.lower()}Capacity"]
        yield capacity.violates(
            found=f"{capacity.shown()}, whatever comes",
            allowed="capacity that follows the traffic",
            fix=f'set billingMode to "PAY_PER_REQUEST", or scale {dimension} by a Target and a Policy.',
        )


@stack_rule(
    "sca-aurora-replica-scaling",
    on=(RDS_CLUSTER,),
    title="Many readers come and go with the load",
    severity=Severity.LOW,
    remediation="Give the cluster an appautoscaling Target and Policy for rds:cluster:ReadReplicaCount.",
    source=Source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html",
        well_architected="REL07-BP01",
    ),
    level=ADVISORY,
    parameters=(
        Parameter("fixedReaders", 1, "How many readers may be there for ever: the standby.", minimum=0, maximum=15),
    ),
)
def readers_follow_load(cluster: Resource, stack: Stack, settings: Settings) -> Findings:
    """An Aurora cluster with readers beside its standby adds and removes some by load.

    More than one reader is there to answer, and how much there is to answer changes by the hour. Serverless instances
    grow by themselves, and do not count.
    """
    if not (cluster["engine"].text() or "").startswith("aurora"):
        return
    instances = stack.referrers(cluster, RDS_CLUSTER_INSTANCE, "clusterIdentifier")
    sized = [each for each in instances.resources if each["instanceClass"].text() != "db.serverless"]
    most = settings.integer("fixedReaders")
    if len(sized) + len(instances.doubts) - 1 <= most:
        return
    if not _scales(cluster, "clusterIdentifier", "cluster:", "rds:cluster:ReadReplicaCount", stack):
        if len(sized) - 1 <= most:
            raise instances.doubts[0]
        yield cluster["clusterMembers"].violates(
            found=f"{len(sized) - 1} readers at any time",
            allowed=f"{most} without scaling",
            fix="add a Target and a Policy of appautoscaling for rds:cluster:ReadReplicaCount.",
        )


def _scales(store: Resource, name: str, prefix: str, dimension: str, stack: Stack) -> bool:
    """Whether a policy of Application Auto Scaling moves one dimension of a store, such as `table/orders`.

    Raises:
        Undecided: None is known to, and one may.
    """
    doubts: list[Undecided] = []
    for policy in stack.of(APPAUTOSCALING_POLICY):
        try:
            if policy["scalableDimension"].text() == dimension and _moves(policy, store, name, prefix, stack):
                return True
        except Undecided as undecided:
            doubts.append(undecided)
    if doubts:
        raise doubts[0]
    return False


def _moves(policy: Resource, store: Resource, name: str, prefix: str, stack: Stack) -> bool:
    """Whether a policy's resource is a store: by its name, or by what the name was made from, at one remove or none."""
    moved = policy["resourceId"]
    for target in stack.links(moved, APPAUTOSCALING_TARGET).resources:
        moved = target["resourceId"]
    links = stack.links(moved, store.type)
    if store in links.resources:
        return True
    if moved.unknown and not links.resources:
        raise Undecided(moved)
    return not moved.unknown and store[name].given and moved.text() == f"{prefix}{store[name].text()}"
