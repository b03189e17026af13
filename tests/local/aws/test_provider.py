"""The provider as the engine meets it: over a real connection, in front of a real emulator."""

import json
import os
import signal
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import boto3
import grpc
import pytest
from google.protobuf import empty_pb2

from local import emulator as daemon
from local.aws.catalogue.entry import Operation, ResourceType
from local.aws.protocol import provider_pb2, status_pb2
from local.aws.provider import serve
from local.aws.records import recorded
from local.aws.values import UNKNOWN, content, decode, encode
from tests.local.aws.asking import SIGNATURE, TYPES, Instance, instance, secret

VPC = "aws:ec2/vpc:Vpc"
ZONE = "aws:route53/zone:Zone"
ROLE = "aws:iam/role:Role"
PARAMETER = "aws:ssm/parameter:Parameter"
TARGET = "aws:appautoscaling/target:Target"
ADDRESS = "aws:ec2/eip:Eip"

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def _client(aws: daemon.Emulator, service: str, region: str = "us-east-1") -> Any:
    return boto3.client(
        service,  # pyright: ignore[reportArgumentType]
        endpoint_url=aws.endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "emulator").mkdir()
    return tmp_path


@pytest.fixture
def port(emulator: daemon.Emulator, folder: Path) -> Generator[int]:
    with serve(emulator, folder, root=folder) as number:
        yield number


@pytest.fixture
def aws(port: int) -> Generator[Instance]:
    """A provider of the real catalogue."""
    with instance(port, region="us-east-1") as one:
        yield one


@pytest.fixture
def special(emulator: daemon.Emulator, folder: Path) -> Generator[Instance]:
    """A provider of types that are made for these tests."""
    with serve(emulator, folder, root=folder, types=TYPES) as number, instance(number, region="us-east-1") as one:
        yield one


def test_a_resource_lives_from_check_to_delete(aws: Instance, emulator: daemon.Emulator) -> None:
    ec2 = _client(emulator, "ec2")
    identity, state, inputs = aws.made(VPC, {"cidrBlock": "10.1.0.0/16", "tags": {"a": "1"}})
    [made] = ec2.describe_vpcs(VpcIds=[identity])["Vpcs"]
    assert made["CidrBlock"] == "10.1.0.0/16"
    assert state["arn"] == f"arn:aws:ec2:us-east-1:{emulator.account}:vpc/{identity}"
    assert state["region"] == "us-east-1"
    changed = {**inputs, "tags": {"a": "2"}}
    assert aws.update(VPC, identity, state, inputs, changed)["tags"] == {"a": "2"}
    assert ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]["Tags"] == [{"Key": "a", "Value": "2"}]
    aws.delete(VPC, identity, state)
    assert not ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [identity]}])["Vpcs"]


def test_a_second_check_of_what_is_there_changes_nothing(aws: Instance) -> None:
    _, _, inputs = aws.made(VPC, {"cidrBlock": "10.2.0.0/16"})
    again = decode(aws.check(VPC, {"cidrBlock": "10.2.0.0/16"}, olds=inputs).inputs)
    assert aws.diff(VPC, inputs, again).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_diff_names_the_place_and_whether_it_replaces(aws: Instance) -> None:
    olds = aws.checked(VPC, {"cidrBlock": "10.2.0.0/16", "tags": {"a": "1", "b": "1"}})
    news = aws.checked(VPC, {"cidrBlock": "10.3.0.0/16", "tags": {"a": "2", "c": "1"}})
    answer = aws.diff(VPC, olds, news)
    kinds = {path: provider_pb2.PropertyDiff.Kind.Name(one.kind) for path, one in answer.detailedDiff.items()}
    assert kinds == {"cidrBlock": "UPDATE_REPLACE", "tags.a": "UPDATE", "tags.b": "DELETE", "tags.c": "ADD"}
    assert list(answer.replaces) == ["cidrBlock"]


def test_a_name_that_stays_is_freed_before_it_is_taken_again(special: Instance) -> None:
    olds = special.checked(ROLE, {"name": "fixed", "assumeRolePolicy": TRUST, "path": "/a/"})
    assert special.diff(ROLE, olds, {**olds, "path": "/b/"}).deleteBeforeReplace
    olds = special.checked(ROLE, {"assumeRolePolicy": TRUST, "path": "/a/"})
    assert not special.diff(ROLE, olds, {**olds, "path": "/b/"}).deleteBeforeReplace


def test_a_preview_creates_nothing_and_knows_what_it_can(aws: Instance, emulator: daemon.Emulator) -> None:
    before = len(_client(emulator, "ec2").describe_vpcs()["Vpcs"])
    identity, state = aws.create(VPC, aws.checked(VPC, {"cidrBlock": "10.4.0.0/16"}), preview=True)
    assert identity == ""
    assert state["cidrBlock"] == "10.4.0.0/16"
    assert state["arn"] == UNKNOWN
    assert len(_client(emulator, "ec2").describe_vpcs()["Vpcs"]) == before


def test_unknown_inputs_pass_a_preview(aws: Instance) -> None:
    token = "aws:ec2/subnet:Subnet"
    inputs = aws.checked(token, {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24"})
    _, state = aws.create(token, inputs, preview=True)
    assert state["vpcId"] == UNKNOWN


def test_an_update_preview_leaves_open_what_an_update_changes(special: Instance) -> None:
    identity, state, inputs = special.made(PARAMETER, {"type": "String", "value": "1"})
    seen = special.update(PARAMETER, identity, state, inputs, {**inputs, "value": "2"}, preview=True)
    assert seen["version"] == UNKNOWN
    assert seen["value"] == "2"
    assert seen["arn"] == state["arn"]
    assert special.read(PARAMETER, identity, state, inputs)[1]["version"] == 1


def test_an_unknown_type_is_refused_with_those_that_are_near(aws: Instance) -> None:
    [failure] = aws.check("aws:ec2/vpcc:Vpcc", {}).failures
    assert "aws:ec2/vpcc:Vpcc is not in the embedded AWS's catalogue" in failure.reason
    assert "aws:ec2/vpc:Vpc" in failure.reason
    with pytest.raises(grpc.RpcError, match="aws:ec2/vpcc:Vpcc is not in the embedded AWS's catalogue"):
        aws.create("aws:ec2/vpcc:Vpcc", {})


def test_all_faults_come_at_once_with_type_and_path(aws: Instance) -> None:
    answer = aws.check("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24", "colour": "red", "size": 3})
    said = {failure.property: failure.reason for failure in answer.failures}
    assert said.keys() == {"colour", "size", "vpcId"}
    assert all(reason.startswith("aws:ec2/subnet:Subnet: ") for reason in said.values())


def test_an_error_of_aws_is_one_line_with_its_code(special: Instance) -> None:
    inputs = special.checked(ROLE, {"name": "twice", "assumeRolePolicy": TRUST})
    special.create(ROLE, inputs)
    with pytest.raises(grpc.RpcError) as caught:
        special.create(ROLE, inputs)
    said: str = cast(Any, caught.value).details()
    assert said.startswith("CreateRole: EntityAlreadyExists: ")
    assert "\n" not in said


def test_where_the_emulator_is_gone_the_error_says_what_to_do(tmp_path: Path) -> None:
    gone = daemon.ensure_running(tmp_path)
    with serve(gone, tmp_path, types=TYPES) as number, instance(number) as one:
        inputs = one.checked(ROLE, {"assumeRolePolicy": TRUST})
        os.kill(gone.pid, signal.SIGKILL)
        with pytest.raises(grpc.RpcError, match="does not run any more: run the command again"):
            one.create(ROLE, inputs)
    daemon.stop(tmp_path)


def test_two_provider_instances_keep_their_regions_and_tags_apart(port: int, emulator: daemon.Emulator) -> None:
    tags = json.dumps({"tags": {"team": "west"}})
    with instance(port, region="us-east-1") as east, instance(port, region="us-west-2", defaultTags=tags) as west:
        there, west_state, _ = west.made(VPC, {"cidrBlock": "10.5.0.0/16", "tags": {"own": "1"}})
        here, east_state, _ = east.made(VPC, {"cidrBlock": "10.5.0.0/16"})
    assert _client(emulator, "ec2", "us-west-2").describe_vpcs(VpcIds=[there])["Vpcs"]
    assert _client(emulator, "ec2", "us-east-1").describe_vpcs(VpcIds=[here])["Vpcs"]
    assert west_state["tagsAll"] == {"own": "1", "team": "west"}
    assert "tagsAll" not in east_state


def test_a_resources_own_region_goes_before_the_providers(aws: Instance, emulator: daemon.Emulator) -> None:
    identity, state, inputs = aws.made(VPC, {"cidrBlock": "10.6.0.0/16", "region": "eu-central-1"})
    assert _client(emulator, "ec2", "eu-central-1").describe_vpcs(VpcIds=[identity])["Vpcs"]
    assert state["arn"].startswith("arn:aws:ec2:eu-central-1:")
    moved = aws.diff(VPC, inputs, {**inputs, "region": "us-east-1"})
    assert list(moved.replaces) == ["region"]


def test_faults_in_the_providers_own_settings_are_readable(port: int, aws: Instance) -> None:
    news = encode({"regoin": "us-east-1", "region": "Virginia", "defaultTags": "x"})
    answer = aws.stub.CheckConfig(provider_pb2.CheckRequest(urn="u", news=news))
    said = {failure.property: failure.reason for failure in answer.failures}
    assert said.keys() == {"regoin", "region", "defaultTags"}
    assert "is it region?" in said["regoin"]
    with pytest.raises(grpc.RpcError, match="aws:region 'Virginia' is given"), instance(port, region="Virginia"):
        pass


def test_a_setting_of_a_real_account_is_no_fault(aws: Instance) -> None:
    news = encode({"profile": "prod", "region": "us-gov-west-1", "skipCredentialsValidation": "true"})
    assert not aws.stub.CheckConfig(provider_pb2.CheckRequest(urn="u", news=news)).failures


def test_what_was_changed_behind_the_back_is_seen_and_mended(aws: Instance, emulator: daemon.Emulator) -> None:
    ec2 = _client(emulator, "ec2")
    identity, state, inputs = aws.made(VPC, {"cidrBlock": "10.7.0.0/16", "tags": {"a": "1"}})
    ec2.create_tags(Resources=[identity], Tags=[{"Key": "a", "Value": "other"}])
    _, state, seen = aws.read(VPC, identity, state, inputs)
    assert seen["tags"] == {"a": "other"}
    assert list(aws.diff(VPC, seen, inputs).detailedDiff) == ["tags.a"]
    aws.update(VPC, identity, state, seen, inputs)
    assert ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]["Tags"] == [{"Key": "a", "Value": "1"}]


def test_what_was_deleted_behind_the_back_is_gone_and_deleting_it_is_no_error(
    aws: Instance, emulator: daemon.Emulator
) -> None:
    identity, state, inputs = aws.made(VPC, {"cidrBlock": "10.8.0.0/16"})
    _client(emulator, "ec2").delete_vpc(VpcId=identity)
    assert aws.read(VPC, identity, state, inputs)[0] == ""
    aws.delete(VPC, identity, state)


def test_an_existing_resource_is_adopted_by_its_id(aws: Instance, emulator: daemon.Emulator) -> None:
    identity = _client(emulator, "ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    _, state, inputs = aws.read(VPC, identity)
    assert state["cidrBlock"] == inputs["cidrBlock"] == "10.9.0.0/16"
    assert aws.read(VPC, "vpc-00000000000000000")[0] == ""


def test_what_aws_finds_by_more_than_its_id_is_refused_by_name_when_it_is_adopted(aws: Instance) -> None:
    with pytest.raises(grpc.RpcError, match="cannot be imported here by its id alone: AWS finds it by 'role' as well"):
        aws.read("aws:iam/rolePolicy:RolePolicy", "some-role:some-policy")


def test_a_secret_stays_one_in_inputs_and_state_and_reaches_aws_bare(
    special: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    news = {"name": "/secret", "type": "SecureString", "value": secret("hunter2")}
    inputs = special.checked(PARAMETER, news)
    assert inputs["value"] == secret("hunter2")
    identity, state = special.create(PARAMETER, inputs)
    assert state["value"] == secret("hunter2")
    ssm = _client(emulator, "ssm")
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "hunter2"
    _, state, seen = special.read(PARAMETER, identity, state, inputs)
    assert (state["value"], seen["value"]) == (secret("hunter2"), secret("hunter2"))
    changed = special.update(PARAMETER, identity, state, inputs, {**inputs, "value": secret("hunter3")})
    assert changed["value"] == secret("hunter3")
    for file in (folder / "emulator").iterdir():
        assert "hunter" not in file.read_text(), f"{file.name} holds a secret"


def test_a_secret_changed_behind_the_back_is_still_one(special: Instance, emulator: daemon.Emulator) -> None:
    news = {"name": "/drifting", "type": "SecureString", "value": secret("hunter2")}
    identity, state, inputs = special.made(PARAMETER, news)
    _client(emulator, "ssm").put_parameter(Name="/drifting", Value="leaked", Type="SecureString", Overwrite=True)
    _, state, seen = special.read(PARAMETER, identity, state, inputs)
    assert seen["value"] == secret("leaked")
    assert state["value"] == secret("leaked")


def test_a_secret_is_in_no_message_about_it(special: Instance, folder: Path) -> None:
    wrong = special.check(ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": secret("hunter2\n")})
    (failure,) = wrong.failures
    assert failure.property == "maxSessionDuration"
    assert "'[secret]' is given" in failure.reason

    inputs = special.checked(ROLE, {"name": secret("hunter2"), "assumeRolePolicy": TRUST})
    special.create(ROLE, inputs)
    with pytest.raises(grpc.RpcError) as caught:
        special.create(ROLE, inputs)
    said: str = cast(Any, caught.value).details()
    assert "EntityAlreadyExists" in said
    assert "hunter" not in said


def test_a_type_the_emulator_cannot_hold_is_checked_and_kept_on_record(special: Instance, folder: Path) -> None:
    news = {"serviceNamespace": "ecs", "resourceId": "service/a", "minCapacity": 1, "maxCapacity": 3}
    [failure] = special.check(TARGET, {**news, "serviceNamespace": "abacus", "scalableDimension": UNKNOWN}).failures
    assert failure.property == "serviceNamespace"
    inputs = special.checked(TARGET, {**news, "scalableDimension": "ecs:service:DesiredCount"})
    identity, state = special.create(TARGET, {**inputs, "minCapacity": secret(1)})
    assert state["arn"] == "arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/ecs/service/a"
    assert special.read(TARGET, identity, state, inputs)[0] == identity
    kept = json.loads((folder / "emulator" / "recorded.json").read_text())
    assert [(one["type"], one["id"], one["reason"]) for one in kept] == [
        (TARGET, identity, "the emulator has no Application Auto Scaling")
    ]
    assert kept[0]["inputs"]["maxCapacity"] == 3
    assert kept[0]["inputs"]["minCapacity"] == "[secret]"
    special.delete(TARGET, identity, state)
    assert special.read(TARGET, identity, state, inputs)[0] == ""


def test_a_new_emulator_knows_no_record_of_the_one_before(tmp_path: Path) -> None:
    first = daemon.ensure_running(tmp_path)
    inputs = {"serviceNamespace": "ecs", "resourceId": "service/b"}
    with serve(first, tmp_path, types=TYPES) as number, instance(number) as one:
        identity, state = one.create(TARGET, inputs)
    assert [one.id for one in recorded(tmp_path)] == [identity]
    os.kill(first.pid, signal.SIGKILL)
    second = daemon.ensure_running(tmp_path)
    try:
        with serve(second, tmp_path, types=TYPES) as number, instance(number) as one:
            assert one.read(TARGET, identity, state, inputs)[0] == ""
        assert recorded(tmp_path) == []
    finally:
        daemon.stop(tmp_path)


def test_many_resources_at_once_come_out_right(aws: Instance, emulator: daemon.Emulator) -> None:
    networks = [f"10.{number}.0.0/16" for number in range(100, 140)]
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda network: aws.made(VPC, {"cidrBlock": network})[1], networks))
    ec2 = _client(emulator, "ec2")
    for network, state in zip(networks, made, strict=True):
        identity = state["arn"].rpartition("/")[2]
        assert ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]["CidrBlock"] == network


def test_a_refresh_gives_no_region_to_what_has_none(aws: Instance) -> None:
    identity, state, inputs = aws.made(ZONE, {"name": "global.example"})
    assert aws.read(ZONE, identity, state, inputs)[2] == inputs


def test_an_asset_is_read_relative_to_the_program_and_its_place_is_not_told(
    emulator: daemon.Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file.txt").write_text("from the program's folder")
    monkeypatch.chdir("/")
    kind = ResourceType(
        token="aws:s3/bucketObject:BucketObject",
        service="s3",
        create=Operation(
            name="put_object",
            only=frozenset({"bucket", "key", "source"}),
            delivers=lambda scope: {"Body": content(scope["source"])},
        ),
        names={"source": "Body"},
        id="$key",
        outputs={},
    )
    _client(emulator, "s3").create_bucket(Bucket="assets")
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "file.txt", "hash": "x"}
    types = {kind.token: kind}
    with serve(emulator, folder, root=folder, types=types) as number, instance(number) as one:
        _, state = one.create(kind.token, {"bucket": "assets", "key": "k", "source": asset})
    assert state["source"] == asset
    body = _client(emulator, "s3").get_object(Bucket="assets", Key="k")["Body"].read()
    assert body == b"from the program's folder"


def _failing_half_way(kind: ResourceType) -> ResourceType:
    """The type with an update that fails right after its creation."""
    fails = Operation(name="update_role", params={"RoleName": "nobody"}, only=frozenset({"description"}))
    return replace(kind, create=replace(kind.create, never=frozenset({"description"})), update=(fails,))


def test_a_creation_that_fails_half_way_leaves_nothing(emulator: daemon.Emulator, folder: Path) -> None:
    types = {ROLE: _failing_half_way(TYPES[ROLE])}
    inputs = {"name": "half-way", "assumeRolePolicy": TRUST, "description": "x"}
    with (
        serve(emulator, folder, types=types) as number,
        instance(number) as one,
        pytest.raises(grpc.RpcError, match="UpdateRole: NoSuchEntity"),
    ):
        one.create(ROLE, inputs)
    iam = _client(emulator, "iam")
    assert "half-way" not in {role["RoleName"] for role in iam.list_roles()["Roles"]}


def test_what_could_not_be_taken_back_is_told_to_the_engine(emulator: daemon.Emulator, folder: Path) -> None:
    refuses = Operation(name="create_role", params={"RoleName": "$id", "AssumeRolePolicyDocument": "{}"})
    types = {ROLE: replace(_failing_half_way(TYPES[ROLE]), delete=refuses)}
    inputs = {"name": "stays", "assumeRolePolicy": TRUST, "description": secret("x")}
    with (
        serve(emulator, folder, types=types) as number,
        instance(number) as one,
        pytest.raises(grpc.RpcError, match=r"UpdateRole: .*could not be taken back") as caught,
    ):
        one.create(ROLE, inputs)
    error = cast(Any, caught.value)
    metadata = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    told = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(told)
    assert told.id == "stays"
    assert decode(told.inputs) == inputs


def test_an_update_goes_on_from_where_a_failed_one_left_it(emulator: daemon.Emulator, folder: Path) -> None:
    token = "aws:ec2/securityGroup:SecurityGroup"
    with serve(emulator, folder) as number, instance(number) as one:
        vpc, _, _ = one.made(VPC, {"cidrBlock": "10.11.0.0/16"})
        identity, state, olds = one.made(token, {"vpcId": vpc, "ingress": []})
        rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
        news = one.checked(token, {"vpcId": vpc, "name": olds["name"], "ingress": [rule]})
        one.update(token, identity, state, olds, news)
        one.update(token, identity, state, olds, news)  # the engine did not hear of the first
        [group] = _client(emulator, "ec2").describe_security_groups(GroupIds=[identity])["SecurityGroups"]
        assert [entry["FromPort"] for entry in group["IpPermissions"]] == [443]


def test_a_fault_of_our_own_is_told_with_its_place_and_without_values(emulator: daemon.Emulator, folder: Path) -> None:
    def fails(_: object) -> dict[str, object]:
        raise RuntimeError("our mistake with hunter3")

    broken = {ROLE: replace(TYPES[ROLE], prepare=fails)}
    with (
        serve(emulator, folder, types=broken) as number,
        instance(number) as one,
        pytest.raises(grpc.RpcError, match=r"a fault in the embedded AWS: RuntimeError: our mistake with \[secret\]"),
    ):
        one.check(ROLE, {"assumeRolePolicy": "hunter2", "description": secret("hunter3")})
    log = (folder / "emulator" / "provider.log").read_text()
    assert "Traceback" in log
    assert "hunter" not in log


def test_the_provider_says_which_version_it_stands_for(aws: Instance) -> None:
    assert aws.stub.GetPluginInfo(empty_pb2.Empty()).version == version("pulumi-aws")
