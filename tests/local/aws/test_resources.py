"""The life of a resource: faults all at once, names, what replaces, failures taken back, patience."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from local.aws.catalogue.entry import Operation, Read, ResourceType
from local.aws.clients import ClientPool
from local.aws.resources import Account
from local.aws.values import UNKNOWN
from local.emulator import Emulator

VPC = CATALOGUE["aws:ec2/vpc:Vpc"]
QUEUE = CATALOGUE["aws:sqs/queue:Queue"]


@pytest.fixture(scope="module")
def account(emulator: Emulator) -> Account:
    return Account(ClientPool(emulator), emulator.account, "eu-west-1")


def _client(account: Account, service: str) -> Any:
    return account.clients(service, account.region)


def _checked(account: Account, token: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"name": "n", "seed": b"seed", "olds": {}, **more}
    return resources.check(account, CATALOGUE[token], given["name"], given["seed"], given["olds"], inputs)[0]


def _paths(account: Account, token: str, inputs: dict[str, Any]) -> dict[str, str]:
    return dict(resources.check(account, CATALOGUE[token], "n", b"", {}, inputs)[1])


@pytest.mark.parametrize(
    ("token", "inputs", "path", "reason"),
    [
        ("aws:ec2/vpc:Vpc", {"instanceTenancy": "shared"}, "instanceTenancy", "allowed are"),
        ("aws:ec2/vpc:Vpc", {"enableDnsSupport": "perhaps"}, "enableDnsSupport", "type boolean is wanted"),
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24"}, "vpcId", "is required and missing"),
        (
            "aws:sqs/queue:Queue",
            {"visibilityTimeoutSeconds": 50000},
            "visibilityTimeoutSeconds",
            "allowed are 0 to 43200",
        ),
        ("aws:sqs/queue:Queue", {"delaySeconds": "soon"}, "delaySeconds", "'soon' is given, a number is wanted"),
        ("aws:sqs/queue:Queue", {"policy": "{"}, "policy", "is not a JSON document"),
        ("aws:sqs/queue:Queue", {"deduplicationScope": "all"}, "deduplicationScope", "allowed are messageGroup, queue"),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"metadataOptions": {"httpTokens": "must"}},
            "metadataOptions.httpTokens",
            "'must' is given; allowed are optional, required",
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"metadataOptions": {"tokens": "required"}},
            "metadataOptions.tokens",
            "is not known here; known are",
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"accessLogs": {"bucket": "b", "folder": "f"}},
            "accessLogs.folder",
            "is not known here; known are bucket, enabled, prefix",
        ),
        ("aws:lb/loadBalancer:LoadBalancer", {"idleTimeout": 0}, "idleTimeout", "0 is given; allowed are 1 to 4000"),
        (
            "aws:lb/targetGroup:TargetGroup",
            {"healthCheck": {"interval": 500}},
            "healthCheck.interval",
            "allowed are 5 to 300",
        ),
        ("aws:lb/targetGroup:TargetGroup", {"targetType": "vm"}, "targetType", "'vm' is given; allowed are"),
        ("aws:lambda/function:Function", {"role": "r", "memorySize": 1}, "memorySize", "allowed are 128 to"),
        ("aws:lambda/function:Function", {"runtime": "python3.12"}, "role", "is required and missing"),
        ("aws:dynamodb/table:Table", {"hashKey": "pk"}, "attributes", "is required and missing"),
        (
            "aws:dynamodb/table:Table",
            {
                "hashKey": "pk",
                "attributes": [{"name": "pk", "type": "S"}],
                "globalSecondaryIndexes": [{"name": "by-a", "hashKey": "a", "projectionType": "SOME"}],
            },
            "globalSecondaryIndexes[0].projection.projectionType",
            "'SOME' is given; allowed are",
        ),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            {"retentionInDays": 8},
            "retentionInDays",
            "8 is given; allowed are 0, 1, 3",
        ),
        ("aws:autoscaling/group:Group", {"minSize": 1}, "maxSize", "is required and missing"),
        ("aws:ec2/flowLog:FlowLog", {"maxAggregationInterval": 70}, "maxAggregationInterval", "in steps of 540"),
    ],
)
def test_a_fault_names_what_is_given_and_what_is_allowed(
    account: Account, token: str, inputs: dict[str, Any], path: str, reason: str
) -> None:
    found = _paths(account, token, inputs)
    assert reason in found[path]


def test_all_faults_come_at_once(account: Account) -> None:
    found = _paths(account, "aws:sqs/queue:Queue", {"delaySeconds": -1, "maxMessageSize": 5, "colour": "red"})
    assert found.keys() == {"delaySeconds", "maxMessageSize", "colour"}


def test_a_name_is_made_from_the_program_s_within_aws_s_limit(account: Account) -> None:
    named = _checked(account, "aws:lb/loadBalancer:LoadBalancer", {}, name="a-very-long-name-for-a-load-balancer")
    assert named["name"].startswith("a-very-long-name-for-a-l")
    assert len(named["name"]) == 32
    assert named["__defaults"] == ["name"]
    again = _checked(account, "aws:lb/loadBalancer:LoadBalancer", {}, name="other", seed=b"x", olds=named)
    assert again["name"] == named["name"]


def test_a_name_follows_its_prefix_its_suffix_and_its_alphabet(account: Account) -> None:
    assert _checked(account, "aws:sqs/queue:Queue", {"fifoQueue": True})["name"].endswith(".fifo")
    assert _checked(account, "aws:sqs/queue:Queue", {"namePrefix": "jobs-"})["name"].startswith("jobs-")
    assert _checked(account, "aws:s3/bucket:Bucket", {}, name="MyBucket")["bucket"].startswith("mybucket-")
    assert _checked(account, "aws:kms/alias:Alias", {"targetKeyId": "k"})["name"].startswith("alias/n-")
    assert _checked(account, "aws:sqs/queue:Queue", {"namePrefix": UNKNOWN})["name"] == UNKNOWN


def test_the_same_seed_makes_the_same_name_and_another_another(account: Account) -> None:
    one, same, other = (_checked(account, "aws:sqs/queue:Queue", {}, seed=seed)["name"] for seed in (b"1", b"1", b"2"))
    assert one == same != other


def test_a_replacement_goes_first_only_where_both_would_have_the_same_name(account: Account) -> None:
    def first(token: str, olds: dict[str, Any], news: dict[str, Any]) -> bool:
        return resources.compare(account, CATALOGUE[token], olds, news).delete_first

    chosen: dict[str, Any] = {"__defaults": ["name"]}
    queue = "aws:sqs/queue:Queue"
    assert first(queue, {"name": "a"}, {"name": "a", "fifoQueue": True})
    assert not first(queue, {"name": "a"}, {"name": "b"})
    assert not first(queue, {"name": "a", **chosen}, {"name": "a", "fifoQueue": True, **chosen})
    assert not first("aws:ec2/vpc:Vpc", {"cidrBlock": "a"}, {"cidrBlock": "b"})
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    assert first(association, {"subnetId": "s", "routeTableId": "a"}, {"subnetId": "s", "routeTableId": "b"})
    assert not first(association, {"subnetId": "s", "routeTableId": "a"}, {"subnetId": "t", "routeTableId": "a"})
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    assert not first(attachment, {"role": "r", "policyArn": "a"}, {"role": "r", "policyArn": "b"})


def test_another_region_replaces(account: Account) -> None:
    change = resources.compare(account, VPC, {"region": "eu-west-1"}, {"region": "us-east-1"})
    assert change.replaces == ("region",)


def test_a_resource_lives_in_the_region_that_it_names(account: Account) -> None:
    inputs, _ = resources.check(account, QUEUE, "far", b"far", {}, {"region": "us-east-1"})
    identity, state = resources.create(account, QUEUE, inputs, lambda _: None)
    assert state["arn"].startswith("arn:aws:sqs:us-east-1:")
    far: Any = account.clients("sqs", "us-east-1")
    assert far.get_queue_url(QueueName=inputs["name"])["QueueUrl"] == identity
    resources.delete(account, QUEUE, identity, state)
    with pytest.raises(ClientError, match="NonExistentQueue"):
        far.get_queue_url(QueueName=inputs["name"])


def test_default_tags_come_to_what_has_tags_and_the_program_s_own_win(account: Account) -> None:
    tagged = Account(account.clients, account.account, account.region, {"team": "all", "env": "local"})
    inputs, _ = resources.check(tagged, VPC, "n", b"", {}, {"cidrBlock": "10.0.0.0/16", "tags": {"team": "own"}})
    assert inputs["tags"] == {"team": "own", "env": "local"}
    untagged, _ = resources.check(tagged, CATALOGUE["aws:ec2/route:Route"], "n", b"", {}, {})
    assert "tags" not in untagged
    unknown, faults = resources.check(tagged, VPC, "n", b"", {}, {"cidrBlock": "10.0.0.0/16", "tags": UNKNOWN})
    assert (unknown["tags"], faults) == (UNKNOWN, [])


_TRUST = '{"Version": "2012-10-17", "Statement": []}'


def test_what_fails_half_way_is_taken_back(account: Account) -> None:
    told: list[str] = []
    kind = CATALOGUE["aws:iam/instanceProfile:InstanceProfile"]
    with pytest.raises(ClientError, match="AddRoleToInstanceProfile"):
        resources.create(account, kind, {"name": "half", "role": "nobody"}, told.append)
    assert told == ["half"]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        _client(account, "iam").get_instance_profile(InstanceProfileName="half")


def test_what_fails_at_once_leaves_what_is_there_alone(account: Account) -> None:
    told: list[str] = []
    _client(account, "iam").create_role(RoleName="there", AssumeRolePolicyDocument=_TRUST)
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        resources.create(
            account, CATALOGUE["aws:iam/role:Role"], {"name": "there", "assumeRolePolicy": _TRUST}, told.append
        )
    assert told == []
    assert _client(account, "iam").get_role(RoleName="there")


def test_a_deletion_waits_until_nothing_uses_the_resource(account: Account) -> None:
    inputs, _ = resources.check(account, VPC, "n", b"", {}, {"cidrBlock": "10.5.0.0/16"})
    identity, state = resources.create(account, VPC, inputs, lambda _: None)
    ec2 = _client(account, "ec2")
    subnet = ec2.create_subnet(VpcId=identity, CidrBlock="10.5.0.0/24")["Subnet"]["SubnetId"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_vpc(VpcId=identity)
    threading.Timer(0.3, lambda: ec2.delete_subnet(SubnetId=subnet)).start()
    resources.delete(account, VPC, identity, state)
    with pytest.raises(ClientError, match="NotFound"):
        ec2.describe_vpcs(VpcIds=[identity])


def test_a_resource_that_never_gets_ready_is_an_error_and_is_taken_back(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "READY_SECONDS", 0.2)
    kind = ResourceType(
        token="aws:ec2/vpc:Vpc",
        service="ec2",
        create=Operation(name="create_vpc"),
        id="Vpc.VpcId",
        read=(Read(name="describe_vpcs", params={"VpcIds": ["$id"]}, at="Vpcs[0]"),),
        delete=Operation(name="delete_vpc", params={"VpcId": "$id"}),
        ready="State=='finished'",
    )
    told: list[str] = []
    with pytest.raises(TimeoutError, match="is not ready"):
        resources.create(account, kind, {"cidrBlock": "10.6.0.0/16"}, told.append)
    with pytest.raises(ClientError, match="NotFound"):
        _client(account, "ec2").describe_vpcs(VpcIds=told)


def test_a_resource_that_is_known_by_its_id_alone_is_read_with_its_inputs(account: Account) -> None:
    made = _client(account, "sqs").create_queue(
        QueueName="adopted", Attributes={"VisibilityTimeout": "77"}, tags={"team": "a"}
    )
    found = resources.read(account, QUEUE, made["QueueUrl"], {}, {})
    assert found is not None
    state, inputs = found
    assert inputs["visibilityTimeoutSeconds"] == "77"
    assert inputs["tags"] == {"team": "a"}
    assert state["arn"].endswith(":adopted")
    assert resources.read(account, QUEUE, made["QueueUrl"] + "-none", {}, {}) is None


def test_what_is_gone_behind_the_program_s_back_is_read_as_gone(account: Account) -> None:
    inputs, _ = resources.check(account, VPC, "n", b"", {}, {"cidrBlock": "10.7.0.0/16"})
    identity, state = resources.create(account, VPC, inputs, lambda _: None)
    _client(account, "ec2").delete_vpc(VpcId=identity)
    assert resources.read(account, VPC, identity, state, inputs) is None


def test_an_output_follows_a_change(account: Account) -> None:
    kind = CATALOGUE["aws:ec2/launchTemplate:LaunchTemplate"]
    inputs, _ = resources.check(account, kind, "n", b"follows", {}, {"imageId": "ami-1"})
    identity, state = resources.create(account, kind, inputs, lambda _: None)
    news = {**inputs, "imageId": "ami-2"}
    assert resources.update(account, kind, identity, state, inputs, news)["latestVersion"] == 2
    resources.delete(account, kind, identity, state)
