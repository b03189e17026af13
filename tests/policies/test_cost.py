"""Rules of cost, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses
from tests.policies.networks import nat, network
from tests.policies.sharding import AURORA


def template(size: Any = "m7g.large", **ebs: Any) -> None:
    mapping: Any = {"device_name": "/dev/xvda", "ebs": ebs}
    aws.ec2.LaunchTemplate("web", instance_type=size, block_device_mappings=[mapping])


def database(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.r7g.large", engine="postgres", **properties)


def instance(**properties: Any) -> None:
    aws.ec2.Instance("shop", ami="ami-0123", **properties)


def member() -> None:
    aws.rds.ClusterInstance("reader", cluster_identifier="orders", engine=AURORA, instance_class="db.r7g.large")


def cache() -> None:
    aws.elasticache.ReplicationGroup("sessions", description="sessions", node_type="cache.r7g.large")


def gateways(*zones: str) -> None:
    net = network(*(f"public-{zone}" for zone in "abc"))
    for zone in zones:
        nat(net, f"public-{zone}")


def regional_gateways(count: int) -> None:
    vpc = network().vpc.id
    for number in range(count):
        aws.ec2.NatGateway(f"nat-{number}", vpc_id=vpc, availability_mode="regional")


def one_that_may_be_its_own() -> None:
    gateways("a")
    aws.ec2.NatGateway("late", subnet_id=later("subnet-0123"))


def gateways_of_another_vpc() -> None:
    gateways("a")
    elsewhere = network("elsewhere-a", vpc="other")
    nat(elsewhere, "elsewhere-a", tags={"Name": "other"})


def regional_of_any_vpc() -> None:
    gateways("a")
    aws.ec2.NatGateway("late", vpc_id=later("vpc-0123"), availability_mode="regional")


def subnet_of_any_vpc() -> None:
    """A gateway may be in it, and be one of the VPC's."""
    gateways("a")
    aws.ec2.Subnet("late", vpc_id=later("vpc-0123"), cidr_block="10.0.200.0/24")


SMALL = ["t4g.", "db.t4g."]
ALLOWED = "t4g., db.t4g."

CASES = [
    passes("cst-instance-allowlist", "nothing is said", template),
    passes("cst-instance-allowlist", "a small one", lambda: template("t4g.small"), allowed=SMALL),
    passes("cst-instance-allowlist", "not known", lambda: template(later("t4g.small")), left=("web",), allowed=SMALL),
    refuses(
        "cst-instance-allowlist",
        "a large one",
        template,
        ("web", "instanceType", '"m7g.large"', ALLOWED),
        allowed=SMALL,
    ),
    refuses(
        "cst-instance-allowlist",
        "a large database",
        database,
        ("orders", "instanceClass", '"db.r7g.large"', ALLOWED),
        allowed=SMALL,
    ),
    passes("cst-gp3", "gp3", lambda: template(volume_type="gp3")),
    passes("cst-gp3", "not known", lambda: template(volume_type=later("gp3")), left=("web",)),
    refuses(
        "cst-gp3",
        "gp2",
        lambda: template(volume_type="gp2"),
        ("web", "blockDeviceMappings[0].ebs.volumeType", '"gp2"', '"gp3"'),
    ),
    refuses("cst-gp3", "a database", lambda: database(storage_type="gp2"), ("orders", "storageType", '"gp2"', '"gp3"')),
    passes("cst-nat-gateways", "one a zone, where nothing is said", lambda: gateways("a", "b", "c")),
    passes("cst-nat-gateways", "the one allowed", lambda: gateways("a"), maximumGateways=1),
    passes("cst-nat-gateways", "none", gateways, maximumGateways=0),
    passes("cst-nat-gateways", "one in each VPC", gateways_of_another_vpc, maximumGateways=1),
    passes("cst-nat-gateways", "one in a subnet not known", one_that_may_be_its_own, left=("net",), maximumGateways=1),
    passes("cst-nat-gateways", "one not known that is allowed", one_that_may_be_its_own, maximumGateways=2),
    refuses(
        "cst-nat-gateways",
        "one a zone, where one is allowed",
        lambda: gateways("a", "b", "c"),
        ("net", "id", "3 NAT gateways", "1 or less"),
        maximumGateways=1,
    ),
    refuses(
        "cst-nat-gateways",
        "gateways of the region",
        lambda: regional_gateways(2),
        ("net", "id", "2 NAT gateways", "1 or less"),
        maximumGateways=1,
    ),
    passes("cst-nat-gateways", "one of a VPC not known", regional_of_any_vpc, left=("net",), maximumGateways=1),
    passes("cst-nat-gateways", "a subnet of a VPC not known", subnet_of_any_vpc, left=("net",), maximumGateways=1),
    passes("cst-instance-allowlist", "no type: a fleet names its own", lambda: template(None), allowed=SMALL),
    refuses(
        "cst-instance-allowlist",
        "a large server",
        lambda: instance(instance_type="m7g.large"),
        ("shop", "instanceType", '"m7g.large"', ALLOWED),
        allowed=SMALL,
    ),
    refuses(
        "cst-instance-allowlist",
        "a large instance of a cluster",
        member,
        ("reader", "instanceClass", '"db.r7g.large"', ALLOWED),
        allowed=SMALL,
    ),
    refuses(
        "cst-instance-allowlist",
        "a large cache",
        cache,
        ("sessions", "nodeType", '"cache.r7g.large"', ALLOWED),
        allowed=SMALL,
    ),
    refuses(
        "cst-gp3",
        "a volume",
        lambda: aws.ebs.Volume("files", availability_zone="us-east-1a", size=10, type="gp2"),
        ("files", "type", '"gp2"', '"gp3"'),
    ),
    refuses(
        "cst-gp3",
        "the root volume of a server",
        lambda: instance(instance_type="m7g.large", root_block_device={"volume_type": "gp2"}),
        ("shop", "rootBlockDevice.volumeType", '"gp2"', '"gp3"'),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
