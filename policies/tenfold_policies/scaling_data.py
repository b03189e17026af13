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
    urns, names, doubts = stack.once(_moved, store.type, dimension)
    if store.urn in urns or (names and f"{prefix}{store[name].text()}" in names):
        return True
    if doubts:
        raise doubts[0]
    return False


def _moved(stack: Stack, store: str, dimension: str) -> tuple[set[str], set[str], list[Undecided]]:
    """The stores of a type that policies move in a dimension, by URN and by name, and the doubts about more.

    The URN is known where a policy's resource was made from the store, at one remove or none; a name is `table/orders`.
    """
    urns: set[str] = set()
    names: set[str] = set()
    doubts: list[Undecided] = []
    for policy in stack.of(APPAUTOSCALING_POLICY):
        try:
            if policy["scalableDimension"].text() != dimension:
                continue
            resource = policy["resourceId"]
            for target in stack.links(resource, APPAUTOSCALING_TARGET).resources:
                resource = target["resourceId"]
            links = stack.links(resource, store)
            urns.update(each.urn for each in links.resources)
            if resource.unknown and not links.resources:
                raise Undecided(resource)
            if not resource.unknown and (text := resource.text()):
                names.add(text)
        except Undecided as undecided:
            doubts.append(undecided)
    return urns, names, doubts
