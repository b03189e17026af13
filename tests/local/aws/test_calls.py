"""Which properties a call takes, with which parameters, and how templates and answers are read."""

from typing import Any

import pytest
from boto3.session import Session
from botocore.exceptions import ClientError

from local.aws.calls import Taken, fill, is_gone, origin, own, placed, plan, prepared, search, takes
from local.aws.catalogue.entry import OWN_ID, Operation, Properties, ResourceType

_SESSION: Any = Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
EC2: Any = _SESSION.client("ec2")
SQS: Any = _SESSION.client("sqs")
ELB: Any = _SESSION.client("elbv2")


def _kind(**more: Any) -> ResourceType:
    return ResourceType(token="aws:a/b:B", service="ec2", create=Operation(name="create_vpc"), id="$name", **more)


def _plan(client: Any, operation: Operation, before: Properties, after: Properties, **more: Any) -> list[Properties]:
    return plan(client, _kind(**more), operation, before, after)


def test_a_lone_name_in_a_template_keeps_its_value_s_type() -> None:
    scope = {"ids": ["a", "b"], "count": 3, "name": "n"}
    template = {"Ids": "$ids", "Count": "${count}", "Text": "x-$name-$count", "Deep": [{"A": "$name"}], "Plain": 1}
    assert fill(template, scope) == {
        "Ids": ["a", "b"],
        "Count": 3,
        "Text": "x-n-3",
        "Deep": [{"A": "n"}],
        "Plain": 1,
    }


def test_two_dollars_in_a_template_are_one() -> None:
    assert fill("$$Latest", {}) == "$Latest"


def test_a_call_takes_what_its_input_has_and_nothing_else() -> None:
    taken = takes(EC2, _kind(), Operation(name="create_subnet"), {"vpcId": "v", "cidrBlock": "c", "colour": 1}, [])
    assert {name: (one.key, one.value) for name, one in taken.items()} == {
        "vpcId": ("VpcId", "v"),
        "cidrBlock": ("CidrBlock", "c"),
    }


def test_a_fixed_parameter_is_no_property() -> None:
    operation = Operation(name="modify_subnet_attribute", params={"SubnetId": "$id"})
    assert takes(EC2, _kind(), operation, {"subnetId": "s"}, []) == {}


def test_attributes_go_into_a_map_or_a_list_of_pairs_as_text() -> None:
    queue = Operation(name="set_queue_attributes", under="Attributes", attributes={"delay": "DelaySeconds"})
    assert _plan(SQS, queue, {}, {"delay": 5}) == [{"Attributes": {"DelaySeconds": "5"}}]
    balancer = Operation(
        name="modify_load_balancer_attributes", under="Attributes", attributes={"http2": "routing.http2.enabled"}
    )
    assert _plan(ELB, balancer, {}, {"http2": True}) == [
        {"Attributes": [{"Key": "routing.http2.enabled", "Value": "true"}]}
    ]


def test_nothing_is_called_where_nothing_changes() -> None:
    operation = Operation(name="modify_vpc_endpoint", only=frozenset({"privateDnsEnabled"}))
    assert _plan(EC2, operation, {"privateDnsEnabled": True}, {"privateDnsEnabled": True, "other": 1}) == []


def test_one_by_one_makes_a_call_for_each_change() -> None:
    operation = Operation(
        name="modify_vpc_attribute", only=frozenset({"enableDnsSupport", "enableDnsHostnames"}), one_by_one=True
    )
    before = {"enableDnsSupport": True, "enableDnsHostnames": True}
    assert _plan(EC2, operation, before, {"enableDnsSupport": False, "enableDnsHostnames": True}) == [
        {"EnableDnsSupport": {"Value": False}}
    ]
    assert len(_plan(EC2, operation, {}, before)) == 2


def test_a_list_s_new_items_are_added_and_its_old_ones_removed() -> None:
    adds = Operation(name="modify_vpc_endpoint", adds={"subnetIds": "AddSubnetIds"})
    removes = Operation(name="modify_vpc_endpoint", removes={"subnetIds": "RemoveSubnetIds"})
    before, after = {"subnetIds": ["a", "b"]}, {"subnetIds": ["c", "b"]}
    assert _plan(EC2, adds, before, after) == [{"AddSubnetIds": ["c"]}]
    assert _plan(EC2, removes, before, after) == [{"RemoveSubnetIds": ["a"]}]
    assert _plan(EC2, removes, before, {}) == [{"RemoveSubnetIds": ["a", "b"]}]
    assert _plan(EC2, adds, before, {"subnetIds": ["b", "a"]}) == []


def test_a_property_that_is_taken_away_is_told_to_aws_where_the_entry_knows_how() -> None:
    operation = Operation(name="modify_vpc_endpoint", only=frozenset({"privateDnsEnabled"}))
    before: Properties = {"privateDnsEnabled": True}
    assert _plan(EC2, operation, before, {}) == []
    assert _plan(EC2, operation, before, {}, empty={"privateDnsEnabled": False}) == [{"PrivateDnsEnabled": False}]


def test_a_whole_setting_is_put_again_without_what_is_taken_away() -> None:
    operation = Operation(name="modify_vpc_endpoint", whole=True)
    assert _plan(EC2, operation, {"privateDnsEnabled": True, "policyDocument": "p"}, {"policyDocument": "p"}) == [
        {"PolicyDocument": "p"}
    ]


def test_an_operation_may_run_for_properties_that_are_no_parameters() -> None:
    operation = Operation(name="modify_vpc_endpoint", on=frozenset({"code"}))
    assert _plan(EC2, operation, {"code": 1}, {"code": 2}) == [{}]
    assert _plan(EC2, operation, {"code": 1}, {"code": 1, "other": 2}) == []
    assert _plan(EC2, Operation(name="modify_vpc_endpoint", on=frozenset({"*"})), {}, {}) == [{}]


def test_what_is_moved_out_of_a_block_comes_under_its_name_and_knows_where_it_came_from() -> None:
    kind = _kind(moved={"check.path": "checkPath", "check.deep.port": "checkPort"})
    for block in ({"path": "/", "deep": {"port": 1}}, [{"path": "/", "deep": [{"port": 1}]}]):
        assert prepared(kind, {"check": block, "a": 1}) == {"checkPath": "/", "checkPort": 1, "a": 1}
    assert prepared(kind, {"check": {"path": "/", "colour": 1}}) == {"checkPath": "/", "check": {"colour": 1}}
    assert origin(kind, "checkPort") == "check.deep.port"
    assert origin(kind, "a") == "a"


def test_the_program_s_inputs_are_left_as_they_are() -> None:
    inputs: Properties = {"check": {"path": "/"}, "region": "r", "__defaults": ["x"]}
    assert prepared(_kind(moved={"check.path": "p"}), inputs) == {"p": "/"}
    assert inputs == {"check": {"path": "/"}, "region": "r", "__defaults": ["x"]}


def test_a_resource_s_own_id_is_filled_in_at_any_depth() -> None:
    assert own({"a": [{"b": OWN_ID}, "c"]}, {"id": "sg-1"}) == {"a": [{"b": "sg-1"}, "c"]}


def test_silent_properties_are_no_parameters() -> None:
    taken = [Taken("A", 1), Taken("B", 2, silent=True)]
    assert placed(EC2, Operation(name="create_vpc"), taken) == {"A": 1}


def test_documents_in_answers_can_be_searched() -> None:
    assert (
        search(
            "from_json(Policy).Statement[?Sid=='a'] | [0].Action",
            {"Policy": '{"Statement": [{"Sid": "a", "Action": "x"}]}'},
        )
        == "x"
    )
    assert search("from_json(Policy).Statement", {}) is None


@pytest.mark.parametrize(
    ("code", "gone"),
    [
        ("InvalidVpcID.NotFound", True),
        ("NoSuchBucket", True),
        ("404", True),
        ("AWS.SimpleQueueService.NonExistentQueue", True),
        ("ResourceNotFoundException", True),
        ("NatGatewayNotFound", True),
        ("DependencyViolation", False),
        ("AccessDenied", False),
    ],
)
def test_aws_says_in_many_ways_that_there_is_no_such_resource(code: str, gone: bool) -> None:
    error: Any = {"Error": {"Code": code, "Message": ""}}
    assert is_gone(ClientError(error, "Describe")) is gone
