"""Look-ups, over a real connection; policy documents against those that the real provider writes."""

import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import grpc
import pytest

from local import emulator as daemon
from local.aws.provider import serve
from local.aws.values import decode
from tests.local.aws.asking import SIGNATURE, Instance, instance, secret

POLICY = "aws:iam/getPolicyDocument:getPolicyDocument"
PARAMETER = "aws:ssm/getParameter:getParameter"


@pytest.fixture
def aws(emulator: daemon.Emulator, tmp_path: Path) -> Generator[Instance]:
    (tmp_path / "emulator").mkdir()
    tags = json.dumps({"tags": {"team": "a"}})
    with serve(emulator, tmp_path) as port, instance(port, region="eu-west-1", defaultTags=tags) as one:
        yield one


def _client(aws: daemon.Emulator, service: str) -> Any:
    return boto3.client(
        service,  # pyright: ignore[reportArgumentType]
        endpoint_url=aws.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _faults(answer: Any) -> dict[str, str]:
    return {failure.property: failure.reason for failure in answer.failures}


def test_an_unknown_look_up_is_an_error_that_names_it(aws: Instance) -> None:
    [reason] = _faults(aws.invoke("aws:ec2/getVpcx:getVpcx")).values()
    assert "aws:ec2/getVpcx:getVpcx is not in the embedded AWS's catalogue" in reason
    assert "aws:ec2/getVpc:getVpc" in reason


def test_an_unknown_argument_is_an_error_that_names_those_that_are_known(aws: Instance) -> None:
    faults = _faults(aws.invoke("aws:ec2/getSubnets:getSubnets", vpcId="v", tags={}))
    assert faults == {"vpcId": "is not known here; known are filters, region, tags"}


def test_zones_are_those_of_the_region_in_order(aws: Instance) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    found = aws.found(token, state="available")
    assert found["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert len(found["zoneIds"]) == 3
    assert found["id"] == "eu-west-1"
    assert aws.found(token, excludeNames=["eu-west-1b"])["names"] == ["eu-west-1a", "eu-west-1c"]
    assert aws.found(token, region="us-west-2")["names"][0] == "us-west-2a"
    assert aws.found(token, filters=[{"name": "zone-name", "values": ["eu-west-1c"]}])["names"] == ["eu-west-1c"]
    assert aws.found(token, state="impaired")["names"] == []
    [reason] = _faults(aws.invoke(token, filters=[{"name": "message", "values": ["x"]}])).values()
    assert reason.startswith("message is not known here; known are group-name, ")


def test_a_zone_is_found_by_its_name(aws: Instance) -> None:
    found = aws.found("aws:index/getAvailabilityZone:getAvailabilityZone", name="eu-west-1b")
    assert (found["nameSuffix"], found["zoneId"], found["state"]) == ("b", "euw1-az2", "available")
    [reason] = _faults(aws.invoke("aws:index/getAvailabilityZone:getAvailabilityZone", name="mars-1a")).values()
    assert "found: none" in reason


def test_who_and_where_one_is(aws: Instance, emulator: daemon.Emulator) -> None:
    assert aws.found("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == emulator.account
    assert aws.found("aws:index/getRegion:getRegion")["region"] == "eu-west-1"
    assert aws.found("aws:index/getRegion:getRegion", region="us-east-1")["description"] == "US East (N. Virginia)"
    assert aws.found("aws:index/getPartition:getPartition")["partition"] == "aws"
    assert aws.found("aws:index/getDefaultTags:getDefaultTags")["tags"] == {"team": "a"}


def test_a_published_images_parameter_gives_a_usable_id_that_stays_the_same(aws: Instance) -> None:
    arm = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    found = aws.found(PARAMETER, name=arm)
    assert re.fullmatch("ami-[0-9a-f]{17}", found["value"])
    assert found["value"] == found["insecureValue"] == aws.found(PARAMETER, name=arm)["value"]
    assert found["value"] != aws.found(PARAMETER, name=arm, region="us-east-1")["value"]
    x86 = arm.replace("arm64", "x86_64")
    image = aws.found(PARAMETER, name=x86)["value"]
    filters = [{"name": "image-id", "values": [image]}]
    assert aws.found("aws:ec2/getAmi:getAmi", owners=["amazon"], filters=filters)["id"] == image


def test_a_parameter_that_is_not_there_is_an_error(aws: Instance, emulator: daemon.Emulator) -> None:
    with pytest.raises(grpc.RpcError, match="GetParameter: ParameterNotFound"):
        aws.invoke(PARAMETER, name="/nothing/here")
    _client(emulator, "ssm").put_parameter(Name="/here", Value="v", Type="SecureString")
    found = aws.found(PARAMETER, name="/here")
    assert (found["value"], found["insecureValue"]) == ("v", "")


def test_a_secret_s_value_is_that_of_its_current_version(aws: Instance, emulator: daemon.Emulator) -> None:
    token = "aws:secretsmanager/getSecretVersion:getSecretVersion"
    secrets = _client(emulator, "secretsmanager")
    arn = secrets.create_secret(Name="looked-up", SecretString="old")["ARN"]
    old = aws.found(token, secretId=arn)
    new = secrets.put_secret_value(SecretId=arn, SecretString="new")["VersionId"]
    found = aws.found(token, secretId=arn)
    assert (found["secretString"], found["versionId"], found["arn"]) == ("new", new, arn)
    assert found["versionStage"] == "AWSCURRENT"
    assert aws.found(token, secretId=arn, versionId=old["versionId"])["secretString"] == "old"
    with pytest.raises(grpc.RpcError, match="ResourceNotFoundException"):
        aws.invoke(token, secretId="nothing")


def test_for_a_secret_of_another_account_stands_one_that_every_push_platform_can_read(aws: Instance) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:push-ios-a1b2c3"
    found = aws.found("aws:secretsmanager/getSecretVersion:getSecretVersion", secretId=arn)
    assert found["arn"] == arn
    assert {"signing_key", "key_id", "private_key", "client_email"} <= set(json.loads(found["secretString"]))
    assert "PRIVATE KEY" not in found["secretString"].replace("-----BEGIN PRIVATE KEY-----", "").replace(
        "-----END PRIVATE KEY-----", ""
    )


def test_networks_are_found_by_tags_and_filters(aws: Instance, emulator: daemon.Emulator) -> None:
    ec2 = _client(emulator, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "looked", "Value": "up"}])
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.77.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2)]
    found = aws.found("aws:ec2/getVpc:getVpc", tags={"looked": "up"})
    assert (found["id"], found["cidrBlock"], found["default"]) == (vpc, "10.77.0.0/16", False)
    assert found["enableDnsSupport"] is True
    filters = [{"name": "vpc-id", "values": [vpc]}]
    assert aws.found("aws:ec2/getSubnets:getSubnets", filters=filters)["ids"] == sorted(subnets)
    group = aws.found("aws:ec2/getSecurityGroup:getSecurityGroup", vpcId=vpc, name="default")
    assert group["id"].startswith("sg-")
    [reason] = _faults(aws.invoke("aws:ec2/getVpc:getVpc", tags={"looked": "down"})).values()
    assert reason == "exactly one VPC must match tags={'looked': 'down'}; found: none"


def test_prefix_lists_of_aws_are_found_by_name(aws: Instance) -> None:
    name = "com.amazonaws.eu-west-1.s3"
    managed = aws.found("aws:ec2/getManagedPrefixList:getManagedPrefixList", name=name)
    plain = aws.found("aws:ec2/getPrefixList:getPrefixList", name=name)
    assert managed["id"] == plain["id"]
    assert plain["cidrBlocks"]


def test_a_policy_document_is_written_as_the_real_provider_writes_it(aws: Instance) -> None:
    """The example of the Terraform provider's own test, and what it expects."""
    example = {"type": "AWS", "identifiers": ["arn:blahblah:example"]}
    home = "arn:aws:s3:::foo/home/&{aws:username}"
    found = aws.found(
        POLICY,
        policyId="policy_id",
        statements=[
            {
                "sid": "1",
                "actions": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"],
                "resources": ["arn:aws:s3:::*"],
            },
            {
                "actions": ["s3:ListBucket"],
                "resources": ["arn:aws:s3:::foo"],
                "conditions": [
                    {"test": "StringLike", "variable": "s3:prefix", "values": ["home/", "", "home/&{aws:username}/"]}
                ],
                "notPrincipals": [example],
            },
            {"actions": ["s3:*"], "resources": [home, f"{home}/*"], "principals": [example]},
            {"effect": "Deny", "notActions": ["s3:*"], "notResources": ["arn:aws:s3:::*"]},
            {"actions": ["kinesis:*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]},
            {"actions": ["firehose:*"], "principals": [{"type": "*", "identifiers": ["*"]}]},
        ],
    )
    assert found["json"] == (
        """{
  "Version": "2012-10-17",
  "Id": "policy_id",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::foo",
      "NotPrincipal": {
        "AWS": "arn:blahblah:example"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "home/",
            "",
            "home/${aws:username}/"
          ]
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": [
        "arn:aws:s3:::foo/home/${aws:username}/*",
        "arn:aws:s3:::foo/home/${aws:username}"
      ],
      "Principal": {
        "AWS": "arn:blahblah:example"
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "kinesis:*",
      "Principal": {
        "AWS": "*"
      }
    },
    {
      "Effect": "Allow",
      "Action": "firehose:*",
      "Principal": "*"
    }
  ]
}"""
    )
    assert json.loads(found["minifiedJson"]) == json.loads(found["json"])
    assert "\n" not in found["minifiedJson"]


def test_sources_come_before_and_overrides_take_the_place_of_statements(aws: Instance) -> None:
    source = json.dumps(
        {"Version": "2008-10-17", "Id": "source", "Statement": {"Sid": "A", "Effect": "Deny", "Action": "a:*"}}
    )
    override = json.dumps(
        {
            "Statement": [
                {
                    "Sid": "B",
                    "Effect": "Deny",
                    "Action": ["b:*"],
                    "Condition": {"Bool": {"aws:SecureTransport": False}, "ArnLike": {"y": "2", "x": ["1"]}},
                }
            ]
        }
    )
    found = aws.found(
        POLICY,
        sourcePolicyDocuments=[source],
        overridePolicyDocuments=[override],
        statements=[{"sid": "A", "actions": ["own:*"]}, {"sid": "B", "actions": ["own:*"]}],
    )
    assert json.loads(found["json"]) == {
        "Version": "2012-10-17",
        "Id": "source",
        "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": "own:*"},
            {
                "Sid": "B",
                "Effect": "Deny",
                "Action": ["b:*"],
                "Condition": {"ArnLike": {"x": "1", "y": "2"}, "Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
    assert found["json"].index('"x"') < found["json"].index('"y"')


def test_principals_of_one_kind_are_one_list_sorted_backwards(aws: Instance) -> None:
    principals = [
        {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
        {"type": "AWS", "identifiers": ["arn:a", "arn:c", "arn:b"]},
    ]
    found = aws.found(POLICY, statements=[{"actions": ["sts:AssumeRole"], "principals": principals}])
    [statement] = json.loads(found["json"])["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:c", "arn:b", "arn:a"], "Service": "ec2.amazonaws.com"}


def test_all_faults_of_a_policy_document_come_at_once(aws: Instance) -> None:
    answer = aws.invoke(
        POLICY,
        version="2008-10-17",
        overridePolicyDocuments=["{"],
        statements=[
            {"sid": "twice", "effect": "Perhaps", "resources": ["&{aws:username}"]},
            {"sid": "twice", "action": ["s3:*"]},
            {"sid": "not allowed!"},
        ],
    )
    assert _faults(answer).keys() == {
        "overridePolicyDocuments[0]",
        "statements",
        "statements[0].effect",
        "statements[0].resources",
        "statements[1].action",
        "statements[2].sid",
    }


def test_what_is_computed_from_a_secret_is_one(aws: Instance) -> None:
    answer = aws.invoke(POLICY, statements=[{"actions": ["s3:*"], "resources": [secret("arn:secret")]}])
    json_of = decode(getattr(answer, "return"))["json"]
    assert SIGNATURE in json_of
