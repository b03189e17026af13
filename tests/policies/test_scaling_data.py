"""Rules of scaling data stores, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses

ACCESSES = ("Read", "Write")
REPLICAS = "rds:cluster:ReadReplicaCount"


def table(name: str = "orders", /, **properties: Any) -> aws.dynamodb.Table:
    key: dict[str, Any] = {"hash_key": "id", "attributes": [{"name": "id", "type": "S"}]}
    fixed: dict[str, Any] = {"read_capacity": 20, "write_capacity": 10}
    return aws.dynamodb.Table(name, **(key | fixed | properties))


def scaling(resource_id: Any, dimension: str, name: str) -> None:
    """A target and the policy that moves it."""
    target = aws.appautoscaling.Target(
        name,
        service_namespace=dimension.partition(":")[0],
        scalable_dimension=dimension,
        resource_id=resource_id,
        min_capacity=1,
        max_capacity=15,
    )
    policy(target.resource_id, dimension, name)


def policy(resource_id: Any, dimension: str, name: str) -> None:
    tracking: Any = {
        "predefined_metric_specification": {"predefined_metric_type": "DynamoDBReadCapacityUtilization"},
        "target_value": 70,
    }
    aws.appautoscaling.Policy(
        name,
        policy_type="TargetTrackingScaling",
        service_namespace=dimension.partition(":")[0],
        scalable_dimension=dimension,
        resource_id=resource_id,
        target_tracking_scaling_policy_configuration=tracking,
    )


def follow(name: pulumi.Output[str], *accesses: str) -> None:
    for access in accesses:
        scaling(pulumi.Output.concat("table/", name), f"dynamodb:table:{access}CapacityUnits", access.lower())


def scaled(*accesses: str) -> None:
    follow(table().name, *accesses)


def scaled_by_its_name() -> None:
    table(name="orders")
    for access in ACCESSES:
        policy("table/orders", f"dynamodb:table:{access}CapacityUnits", access.lower())


def scaled_by_a_later_name() -> None:
    table(name=later("orders"))
    for access in ACCESSES:
        policy("table/orders", f"dynamodb:table:{access}CapacityUnits", access.lower())


def another_is_scaled() -> None:
    table()
    follow(table("carts").name, *ACCESSES)


def a_target_alone() -> None:
    name = pulumi.Output.concat("table/", table().name)
    for access in ACCESSES:
        dimension = f"dynamodb:table:{access}CapacityUnits"
        aws.appautoscaling.Target(
            access.lower(),
            service_namespace="dynamodb",
            scalable_dimension=dimension,
            resource_id=name,
            min_capacity=1,
            max_capacity=15,
        )


def something_is_scaled() -> None:
    table()
    for access in ACCESSES:
        policy(later("table/orders"), f"dynamodb:table:{access}CapacityUnits", access.lower())


def cluster(*sizes: Any, engine: Any = "aurora-postgresql") -> aws.rds.Cluster:
    own = aws.rds.Cluster("users", engine=engine, cluster_identifier="users")
    for number, size in enumerate(sizes):
        aws.rds.ClusterInstance(
            f"users-{number}", cluster_identifier=own.cluster_identifier, instance_class=size, engine=engine
        )
    return own


def readers_scaled() -> None:
    identifier = cluster(*LARGE).cluster_identifier
    scaling(pulumi.Output.concat("cluster:", identifier), REPLICAS, "readers")


def readers_scaled_by_name() -> None:
    cluster(*LARGE)
    policy("cluster:users", REPLICAS, "readers")


def an_instance_may_be_its_own() -> None:
    cluster(*LARGE[:2])
    engine: Any = "aurora-postgresql"
    aws.rds.ClusterInstance("late", cluster_identifier=later("users"), instance_class=LARGE[0], engine=engine)


LARGE = ("db.r7g.large",) * 3
FOLLOWS = "capacity that follows the traffic"
FIXED = {access: ("orders", f"{access.lower()}Capacity") for access in ACCESSES}
READS = (*FIXED["Read"], "20, whatever comes", FOLLOWS)
WRITES = (*FIXED["Write"], "10, whatever comes", FOLLOWS)
READERS = ("users", "clusterMembers", "2 readers at any time", "1 without scaling")

CASES = [
    refuses("sca-dynamodb-capacity", "fixed capacity", table, READS, WRITES),
    passes(
        "sca-dynamodb-capacity",
        "by the request",
        lambda: table(billing_mode="PAY_PER_REQUEST", read_capacity=None, write_capacity=None),
    ),
    passes("sca-dynamodb-capacity", "both capacities scaled", lambda: scaled(*ACCESSES)),
    passes("sca-dynamodb-capacity", "scaled by the table's name", scaled_by_its_name),
    passes(
        "sca-dynamodb-capacity", "not known", lambda: table(billing_mode=later("PAY_PER_REQUEST")), left=("orders",)
    ),
    passes("sca-dynamodb-capacity", "a policy for something", something_is_scaled, left=("orders", "orders")),
    refuses("sca-dynamodb-capacity", "reads scaled alone", lambda: scaled("Read"), WRITES),
    refuses("sca-dynamodb-capacity", "another table scaled", another_is_scaled, READS, WRITES),
    refuses("sca-dynamodb-capacity", "nothing that moves the target", a_target_alone, READS, WRITES),
    refuses(
        "sca-dynamodb-capacity",
        "capacity in so many words",
        lambda: table(billing_mode="PROVISIONED", read_capacity=None),
        (*FIXED["Read"], "nothing, whatever comes", FOLLOWS),
        WRITES,
    ),
    refuses("sca-aurora-replica-scaling", "two readers for ever", lambda: cluster(*LARGE), READERS),
    passes("sca-aurora-replica-scaling", "readers by load", readers_scaled),
    passes("sca-aurora-replica-scaling", "scaled by the cluster's name", readers_scaled_by_name),
    passes("sca-aurora-replica-scaling", "a standby", lambda: cluster(*LARGE[:2])),
    passes("sca-aurora-replica-scaling", "no instance", cluster),
    passes("sca-aurora-replica-scaling", "serverless readers", lambda: cluster(LARGE[0], *["db.serverless"] * 4)),
    passes("sca-aurora-replica-scaling", "three instances of MySQL", lambda: cluster(*LARGE, engine="mysql")),
    passes("sca-aurora-replica-scaling", "two, where that is allowed", lambda: cluster(*LARGE), fixedReaders=2),
    passes(
        "sca-aurora-replica-scaling",
        "sizes not known",
        lambda: cluster(*LARGE[:2], later("db.serverless")),
        left=("users",),
    ),
    passes("sca-aurora-replica-scaling", "one that may be its own", an_instance_may_be_its_own, left=("users",)),
    refuses(
        "sca-dynamodb-capacity",
        "a name that the update tells, and nothing that scales",
        lambda: table(name=later("orders")),
        READS,
        WRITES,
    ),
    passes("sca-dynamodb-capacity", "scaled by a name that the update tells", scaled_by_a_later_name, left=("orders",)),
    passes(
        "sca-aurora-replica-scaling",
        "an engine that the update tells",
        lambda: cluster(*LARGE, engine=later("mysql")),
        left=("users",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
