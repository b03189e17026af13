"""One life of a resource, from its inputs to its end, seen through boto3 and never through the catalogue itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from botocore.exceptions import ClientError

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from local.aws.clients import ClientPool
from local.aws.resources import Account
from local.aws.values import Properties
from local.emulator import Emulator

REGION = "eu-west-1"
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"Service": "lambda.amazonaws.com"}}]}'
)


class World:
    """The emulator and what cases build upon, made through boto3 when first asked for."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._pool = ClientPool(emulator)
        self._count = 0
        self.account = Account(self._pool, emulator.account, REGION)

    def client(self, service: str) -> Any:
        return self._pool(service, REGION)

    def new_name(self) -> str:
        self._count += 1
        return f"made-{self._count}"

    @cached_property
    def vpc(self) -> str:
        return self.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    @cached_property
    def subnets(self) -> list[str]:
        made = (
            self.client("ec2").create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )
            for index, zone in enumerate("abc")
        )
        return [one["Subnet"]["SubnetId"] for one in made]

    @cached_property
    def gateways(self) -> list[str]:
        made = [self.client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(2)]
        self.client("ec2").attach_internet_gateway(InternetGatewayId=made[0], VpcId=self.vpc)
        return made

    @cached_property
    def route_tables(self) -> list[str]:
        made = (self.client("ec2").create_route_table(VpcId=self.vpc) for _ in range(2))
        return [one["RouteTable"]["RouteTableId"] for one in made]

    @cached_property
    def address(self) -> str:
        return self.client("ec2").allocate_address(Domain="vpc")["AllocationId"]

    @cached_property
    def groups(self) -> list[str]:
        made = (
            self.client("ec2").create_security_group(GroupName=self.new_name(), Description="x", VpcId=self.vpc)
            for _ in range(2)
        )
        return [one["GroupId"] for one in made]

    @cached_property
    def instances(self) -> list[str]:
        answer = self.client("ec2").run_instances(ImageId="ami-1", MinCount=2, MaxCount=2, SubnetId=self.subnets[0])
        return [one["InstanceId"] for one in answer["Instances"]]

    @cached_property
    def template(self) -> str:
        data = {"ImageId": "ami-1", "InstanceType": "t3.micro"}
        made = self.client("ec2").create_launch_template(LaunchTemplateName=self.new_name(), LaunchTemplateData=data)
        return made["LaunchTemplate"]["LaunchTemplateId"]

    @cached_property
    def balancer(self) -> str:
        made = self.client("elbv2").create_load_balancer(Name=self.new_name(), Subnets=self.subnets)
        return made["LoadBalancers"][0]["LoadBalancerArn"]

    @cached_property
    def targets(self) -> list[str]:
        made = (
            self.client("elbv2").create_target_group(Name=self.new_name(), Port=80, Protocol="HTTP", VpcId=self.vpc)
            for _ in range(2)
        )
        return [one["TargetGroups"][0]["TargetGroupArn"] for one in made]

    @cached_property
    def listener(self) -> str:
        made = self.client("elbv2").create_listener(
            LoadBalancerArn=self.balancer,
            Port=8080,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets[0]}],
        )
        return made["Listeners"][0]["ListenerArn"]

    @cached_property
    def scaling_group(self) -> str:
        name = self.new_name()
        self.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=0,
            MaxSize=1,
            VPCZoneIdentifier=self.subnets[0],
            LaunchTemplate={"LaunchTemplateId": self.template},
        )
        return name

    @cached_property
    def queue(self) -> str:
        return self.client("sqs").create_queue(QueueName=self.new_name())["QueueUrl"]

    @cached_property
    def queue_arn(self) -> str:
        answer = self.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    @cached_property
    def topic(self) -> str:
        return self.client("sns").create_topic(Name=self.new_name())["TopicArn"]

    @cached_property
    def alarm(self) -> str:
        name = self.new_name()
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="Errors",
            Namespace="Own",
            Period=60,
            Statistic="Sum",
            Threshold=1.0,
        )
        return name

    @cached_property
    def role(self) -> str:
        return self.client("iam").create_role(RoleName=self.new_name(), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    @property
    def role_name(self) -> str:
        return self.role.rpartition("/")[2]

    @cached_property
    def policies(self) -> list[str]:
        text = policy("s3:GetObject")
        made = (
            self.client("iam").create_policy(PolicyName=self.new_name(), PolicyDocument=text)["Policy"]["Arn"]
            for _ in range(2)
        )
        return list(made)

    @cached_property
    def function(self) -> str:
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.writestr("index.py", "def handler(event, context): return event")
        made = self.client("lambda").create_function(
            FunctionName=self.new_name(),
            Role=self.role,
            Runtime="python3.12",
            Handler="index.handler",
            Code={"ZipFile": packed.getvalue()},
        )
        return made["FunctionName"]

    @cached_property
    def versions(self) -> list[str]:
        """Two versions of the function, the older one first."""
        made: list[str] = []
        for timeout in (4, 5):
            self.client("lambda").update_function_configuration(FunctionName=self.function, Timeout=timeout)
            made.append(self.client("lambda").publish_version(FunctionName=self.function)["Version"])
        return made

    @cached_property
    def live(self) -> str:
        """An alias of the function."""
        made = self.client("lambda").create_alias(
            FunctionName=self.function, Name="live", FunctionVersion=self.versions[0]
        )
        return made["Name"]

    @cached_property
    def bucket(self) -> str:
        return self._new_bucket()

    @cached_property
    def zone(self) -> str:
        made = self.client("route53").create_hosted_zone(Name="zone.example", CallerReference=self.new_name())
        return made["HostedZone"]["Id"].rpartition("/")[2]

    @cached_property
    def log_bucket(self) -> str:
        return self._new_bucket()

    @cached_property
    def versioned(self) -> list[str]:
        """Two buckets with versions, as replication wants them."""
        made = [self._new_bucket() for _ in range(2)]
        for name in made:
            self.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return made

    def _new_bucket(self) -> str:
        name = self.new_name()
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    @cached_property
    def table(self) -> str:
        """A table with an index `by-kind`."""
        name = self.new_name()
        self.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "kind")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-kind",
                    "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    @property
    def table_arn(self) -> str:
        return self.client("dynamodb").describe_table(TableName=self.table)["Table"]["TableArn"]

    @cached_property
    def stream(self) -> str:
        name = self.new_name()
        self.client("kinesis").create_stream(StreamName=name, ShardCount=1)
        return self.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]

    @cached_property
    def keys(self) -> list[str]:
        return [self.client("kms").create_key()["KeyMetadata"]["KeyId"] for _ in range(2)]

    @cached_property
    def secret(self) -> str:
        return self.client("secretsmanager").create_secret(Name=self.new_name())["ARN"]

    @cached_property
    def database_subnets(self) -> str:
        name = self.new_name()
        self.client("rds").create_db_subnet_group(
            DBSubnetGroupName=name, DBSubnetGroupDescription="x", SubnetIds=self.subnets
        )
        return name

    @cached_property
    def database_cluster(self) -> str:
        name = self.new_name()
        self.client("rds").create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            MasterUsername="boss",
            ManageMasterUserPassword=True,
        )
        return name

    @cached_property
    def cache_subnets(self) -> str:
        name = self.new_name()
        self.client("elasticache").create_cache_subnet_group(
            CacheSubnetGroupName=name, CacheSubnetGroupDescription="x", SubnetIds=self.subnets
        )
        return name

    @cached_property
    def cache_users(self) -> list[str]:
        """A group of users, its user, and another user."""
        group, *users = (self.new_name() for _ in range(3))
        for user, name in zip(users, ("default", "app"), strict=True):
            self.client("elasticache").create_user(
                UserId=user, UserName=name, Engine="valkey", AccessString="on ~* +@all", NoPasswordRequired=True
            )
        self.client("elasticache").create_user_group(UserGroupId=group, Engine="valkey", UserIds=users[:1])
        return [group, *users]

    @cached_property
    def database_proxy(self) -> str:
        name = self.new_name()
        self.client("rds").create_db_proxy(
            DBProxyName=name,
            EngineFamily="POSTGRESQL",
            RoleArn=self.role,
            VpcSubnetIds=self.subnets,
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": self.secret}],
        )
        return name


@dataclass(frozen=True)
class Made:
    """A resource as the program knows it: its id, its inputs after the check, its state."""

    id: str
    inputs: Properties
    state: Properties


Look = Callable[[World, Made], Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type's life.

    Attributes:
        token: the type.
        inputs: what the program asks for.
        look: what boto3 says of the resource.
        made: what ``look`` must give after creation.
        change: properties that change in place; None takes one away.
        changed: what ``look`` must give after that.
        meddle: a change behind the program's back.
        drifts: the properties in which reading must show it.
        outputs: outputs that must be there, and what they are where it is known.
        stays: the resource outlives its deletion, as in AWS.
    """

    token: str
    inputs: Callable[[World], Properties]
    look: Look
    made: Any
    change: Callable[[World], Properties] = lambda _: {}
    changed: Any = None
    meddle: Callable[[World, Made], Any] | None = None
    drifts: tuple[str, ...] = ()
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    stays: bool = False


def parametrize(cases: list[Case]) -> Any:
    """A test for each case, named by its type."""
    return pytest.mark.parametrize("case", cases, ids=[case.token.rpartition(":")[2] for case in cases])


def live(case: Case, world: World) -> None:
    """Make, look at, read, change, meddle with, repair and delete a resource."""
    kind = CATALOGUE[case.token]
    account = world.account
    name = world.new_name()
    inputs, faults = resources.check(account, kind, name, name.encode(), {}, case.inputs(world))
    assert faults == []
    told: list[str] = []
    identity, state = resources.create(account, kind, inputs, told.append)
    made = Made(identity, inputs, state)
    assert told == [identity]
    assert _seen(case, world, made) == _value(case.made, world, made)
    _outputs(case, world, made)
    made = _unchanged(case, world, made)
    if case.change(world):
        made = _changed(case, world, made)
    if case.meddle:
        made = _repaired(case, world, made)
    resources.delete(account, kind, made.id, made.state)
    if not case.stays:
        assert _seen(case, world, made) is None
        assert resources.read(account, kind, made.id, made.state, made.inputs) is None
        resources.delete(account, kind, made.id, made.state)  # what is gone already is no error


def _outputs(case: Case, world: World, made: Made) -> None:
    for name, value in case.outputs.items():
        assert made.state.get(name), name
        if value is not ...:
            assert made.state[name] == _value(value, world, made)


def _unchanged(case: Case, world: World, made: Made) -> Made:
    """Reading shows no drift where nobody changed a thing."""
    kind = CATALOGUE[case.token]
    found = resources.read(world.account, kind, made.id, made.state, made.inputs)
    assert found is not None
    state, inputs = found
    assert inputs == made.inputs
    assert resources.compare(world.account, kind, inputs, made.inputs).changed == ()
    return Made(made.id, inputs, state)


def _changed(case: Case, world: World, made: Made) -> Made:
    kind = CATALOGUE[case.token]
    wanted = {key: value for key, value in {**made.inputs, **case.change(world)}.items() if value is not None}
    wanted, faults = resources.check(world.account, kind, "", b"", made.inputs, wanted)
    if "__defaults" in made.inputs:
        wanted["__defaults"] = made.inputs["__defaults"]
    assert faults == []
    change = resources.compare(world.account, kind, made.inputs, wanted)
    assert set(change.changed) == set(case.change(world))
    assert change.replaces == ()
    state = resources.update(world.account, kind, made.id, made.state, made.inputs, wanted)
    after = Made(made.id, wanted, state)
    assert _seen(case, world, after) == _value(case.changed, world, after)
    return _unchanged(case, world, after)


def _repaired(case: Case, world: World, made: Made) -> Made:
    """Reading shows what was changed behind the program's back, and an update brings it back."""
    kind = CATALOGUE[case.token]
    before = _seen(case, world, made)
    assert case.meddle is not None
    case.meddle(world, made)
    found = resources.read(world.account, kind, made.id, made.state, made.inputs)
    assert found is not None
    state, inputs = found
    change = resources.compare(world.account, kind, inputs, made.inputs)
    assert change.changed == case.drifts
    state = resources.update(world.account, kind, made.id, state, inputs, made.inputs)
    after = Made(made.id, made.inputs, state)
    assert _seen(case, world, after) == before
    return _unchanged(case, world, after)


def _seen(case: Case, world: World, made: Made) -> Any:
    try:
        return case.look(world, made)
    except (ClientError, IndexError, KeyError, StopIteration):
        return None


def _value(wanted: Any, world: World, made: Made) -> Any:
    return wanted(world, made) if callable(wanted) else wanted


def interface_of(instance: str) -> str:
    """The first network interface of an instance, as the embedded AWS names it."""
    return instance.replace("i-", "eni-", 1)


def policy(action: str, resource: str = "*") -> str:
    """A policy document with one statement."""
    return (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        f'"Action": "{action}", "Resource": "{resource}"}}]}}'
    )


def only(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some members of an answer."""
    return {name: found.get(name) for name in names}


def tags_of(pairs: list[dict[str, str]]) -> dict[str, str]:
    """A list of tags as a map."""
    return {pair["Key"]: pair["Value"] for pair in pairs}
