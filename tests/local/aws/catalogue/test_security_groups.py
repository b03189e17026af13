"""Security groups hold exactly the rules that the program names."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _rules(world: World, made: Made) -> Any:
    """Direction, protocol, ports and source of each rule."""
    group = made.inputs.get("securityGroupId", made.id)
    world.client("ec2").describe_security_groups(GroupIds=[group])
    filters = [{"Name": "group-id", "Values": [group]}]
    found = world.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return sorted(
        (
            "out" if one["IsEgress"] else "in",
            one["IpProtocol"],
            one.get("FromPort", -1),
            one.get("CidrIpv4") or one["ReferencedGroupInfo"]["GroupId"],
        )
        for one in found
    )


def _rule(world: World, made: Made) -> Any:
    found = world.client("ec2").describe_security_group_rules(SecurityGroupRuleIds=[made.id])["SecurityGroupRules"][0]
    return only(found, "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "Description")


def _open(world: World, made: Made) -> None:
    world.client("ec2").authorize_security_group_ingress(
        GroupId=made.id,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


_WEB = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"], "description": "web"}
_OWN = {"protocol": "tcp", "fromPort": 81, "toPort": 81, "self": True}
_ALL = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}

CASES = [
    Case(
        token="aws:ec2/securityGroup:SecurityGroup",
        inputs=lambda world: {"vpcId": world.vpc, "ingress": [_WEB, _OWN], "egress": [_ALL], "tags": {"team": "a"}},
        look=_rules,
        made=lambda _, made: [
            ("in", "tcp", 80, "10.0.0.0/8"),
            ("in", "tcp", 81, made.id),
            ("out", "-1", -1, "0.0.0.0/0"),
        ],
        change=lambda _: {"ingress": [_OWN, {**_WEB, "fromPort": 90, "toPort": 90}], "tags": {"team": "b"}},
        changed=lambda _, made: [
            ("in", "tcp", 81, made.id),
            ("in", "tcp", 90, "10.0.0.0/8"),
            ("out", "-1", -1, "0.0.0.0/0"),
        ],
        meddle=_open,
        drifts=("ingress",),
        outputs={"arn": ..., "ownerId": ...},
    ),
    Case(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs=lambda world: {"vpcId": world.vpc, "tags": {"team": "a"}},
        look=_rules,
        made=[],
        change=lambda _: {"ingress": [_WEB]},
        changed=[("in", "tcp", 80, "10.0.0.0/8")],
        meddle=_open,
        drifts=("ingress",),
        outputs={"arn": ..., "name": "default"},
        stays=True,
    ),
    Case(
        token="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        inputs=lambda world: {
            "securityGroupId": world.groups[0],
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/8",
            "description": "in",
        },
        look=_rule,
        made={
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "CidrIpv4": "10.0.0.0/8",
            "Description": "in",
        },
        change=lambda _: {"toPort": 444, "description": "more"},
        changed={
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 444,
            "CidrIpv4": "10.0.0.0/8",
            "Description": "more",
        },
        meddle=lambda world, made: world.client("ec2").modify_security_group_rules(
            GroupId=world.groups[0],
            SecurityGroupRules=[
                {
                    "SecurityGroupRuleId": made.id,
                    "SecurityGroupRule": {
                        "IpProtocol": "tcp",
                        "FromPort": 443,
                        "ToPort": 444,
                        "CidrIpv4": "0.0.0.0/0",
                        "Description": "more",
                    },
                }
            ],
        ),
        drifts=("cidrIpv4",),
        outputs={"arn": ..., "securityGroupRuleId": lambda _, made: made.id},
    ),
    Case(
        token="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        inputs=lambda world: {
            "securityGroupId": world.groups[0],
            "ipProtocol": "tcp",
            "fromPort": 1,
            "toPort": 2,
            "cidrIpv4": "10.0.0.0/8",
        },
        look=_rule,
        made={
            "IsEgress": True,
            "IpProtocol": "tcp",
            "FromPort": 1,
            "ToPort": 2,
            "CidrIpv4": "10.0.0.0/8",
            "Description": None,
        },
        change=lambda _: {"cidrIpv4": "10.1.0.0/16"},
        changed={
            "IsEgress": True,
            "IpProtocol": "tcp",
            "FromPort": 1,
            "ToPort": 2,
            "CidrIpv4": "10.1.0.0/16",
            "Description": None,
        },
        outputs={"arn": ...},
    ),
]


@parametrize(CASES)
def test_a_security_group_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_rule_may_name_another_group_as_its_source(world: World) -> None:
    kind = CATALOGUE["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]
    inputs = {
        "securityGroupId": world.groups[0],
        "ipProtocol": "tcp",
        "fromPort": 5,
        "toPort": 5,
        "referencedSecurityGroupId": world.groups[1],
    }
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    filters = [{"Name": "group-id", "Values": [world.groups[0]]}]
    found = world.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    sources = [one["ReferencedGroupInfo"]["GroupId"] for one in found if one["SecurityGroupRuleId"] == identity]
    assert sources == [world.groups[1]]
    resources.delete(world.account, kind, identity, state)
