"""EC2's security groups, with rules in the group or as resources of their own."""

from typing import Any

from local.aws.catalogue.entry import OWN_ID, Naming, Operation, Properties, Read, ResourceType, Sweep
from local.aws.catalogue.vpc import ARN, TAGGING
from local.aws.model import members

_RANGES = {
    "cidrBlocks": ("ipRanges", "cidrIp"),
    "ipv6CidrBlocks": ("ipv6Ranges", "cidrIpv6"),
    "securityGroups": ("userIdGroupPairs", "groupId"),
    "prefixListIds": ("prefixListIds", "prefixListId"),
}


def _permission(rule: Any) -> Any:
    """One rule as EC2 takes it: each source an object that carries the rule's description."""
    if not isinstance(rule, dict):
        return rule
    sources = {**rule, "securityGroups": [*(rule.get("securityGroups") or []), *([OWN_ID] if rule.get("self") else [])]}
    described = {"description": rule["description"]} if rule.get("description") else {}
    result: Properties = {"ipProtocol": rule.get("protocol")}
    if rule.get("protocol") != "-1":
        result |= {"fromPort": rule.get("fromPort"), "toPort": rule.get("toPort")}
    for name, (plural, key) in _RANGES.items():
        values = sources.get(name)
        if isinstance(values, list) and values:
            result[plural] = [{key: value, **described} for value in values]
        elif values:
            result[plural] = values
    known = {"protocol", "fromPort", "toPort", "description", "self", *_RANGES}
    return result | {name: value for name, value in rule.items() if name not in known}


def _rule(permission: Properties) -> Properties:
    """One permission as the program writes a rule."""
    result: Properties = {
        "protocol": permission.get("ipProtocol", permission.get("protocol")),
        "fromPort": permission.get("fromPort", 0),
        "toPort": permission.get("toPort", 0),
    }
    for name, (plural, key) in _RANGES.items():
        items = permission.get(plural) or []
        if items:
            result[name] = [item[key] for item in items]
            result |= {"description": items[0]["description"]} if items[0].get("description") else {}
    return result


def _prepare(properties: Properties) -> Properties:
    result = dict(properties)
    for direction in ("ingress", "egress"):
        if isinstance(properties.get(direction), list):
            result[direction] = [_permission(rule) for rule in properties[direction]]
    return result


def _restore(properties: Properties) -> Properties:
    result = dict(properties)
    for direction in ("ingress", "egress"):
        if isinstance(properties.get(direction), list):
            result[direction] = [_rule(permission) for permission in properties[direction]]
    return result


_RULES = (
    # Old rules go first, as in the real provider: AWS takes two that differ in their description alone for the same.
    Operation(name="revoke_security_group_ingress", params={"GroupId": "$id"}, removes={"ingress": "IpPermissions"}),
    Operation(name="revoke_security_group_egress", params={"GroupId": "$id"}, removes={"egress": "IpPermissions"}),
    Operation(name="authorize_security_group_ingress", params={"GroupId": "$id"}, adds={"ingress": "IpPermissions"}),
    Operation(name="authorize_security_group_egress", params={"GroupId": "$id"}, adds={"egress": "IpPermissions"}),
)


def _revoke(direction: str, found: str) -> Sweep:
    return Sweep(
        found=Read(name="describe_security_groups", params={"GroupIds": ["$id"]}, at=f"SecurityGroups[0].{found}"),
        each=Operation(
            name=f"revoke_security_group_{direction}", params={"GroupId": "$id", "IpPermissions": ["$item"]}
        ),
    )


SECURITY_GROUP = ResourceType(
    token="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=Operation(name="create_security_group", only=frozenset({"name", "description", "vpcId"})),
    id="GroupId",
    read=(
        Read(
            name="describe_security_groups",
            params={"GroupIds": ["$id"]},
            at="SecurityGroups[0]",
        ),
    ),
    update=_RULES,
    delete=Operation(name="delete_security_group", params={"GroupId": "$id"}),
    after_create=(_revoke("egress", "IpPermissionsEgress"),),  # AWS opens a new group to the outside
    names={"name": "GroupName", "ingress": "IpPermissions", "egress": "IpPermissionsEgress"},
    defaults={"description": "Managed by Pulumi"},
    outputs={"arn": f"{ARN}security-group/$id", "ownerId": "OwnerId"},
    ignored=frozenset({"revokeRulesOnDelete"}),
    prepare=_prepare,
    restore=_restore,
    tagging=TAGGING,
    naming=Naming(limit=255),
)

DEFAULT_SECURITY_GROUP = ResourceType(
    token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    # AWS makes this group with the network; to adopt it is to look it up and to take its rules away.
    create=Operation(
        name="describe_security_groups",
        params={
            "Filters": [{"Name": "vpc-id", "Values": ["$vpcId"]}, {"Name": "group-name", "Values": ["default"]}],
        },
        only=frozenset({"tags"}),
    ),
    id="SecurityGroups[0].GroupId",
    read=SECURITY_GROUP.read,
    update=_RULES,
    after_create=(_revoke("ingress", "IpPermissions"), _revoke("egress", "IpPermissionsEgress")),
    outputs={
        "arn": f"{ARN}security-group/$id",
        "name": "GroupName",
        "description": "Description",
        "ownerId": "OwnerId",
    },
    names={"ingress": "IpPermissions", "egress": "IpPermissionsEgress"},
    required=frozenset({"vpcId"}),
    replace_on=frozenset({"vpcId"}),
    ignored=frozenset({"revokeRulesOnDelete"}),
    prepare=_prepare,
    restore=_restore,
    tagging=TAGGING,
)

_TRAFFIC = ("ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId", "description")
_SOURCE = "referencedSecurityGroupId"


def _one_permission(scope: Properties) -> Properties:
    rule = {
        "protocol": scope.get("ipProtocol"),
        "fromPort": scope.get("fromPort"),
        "toPort": scope.get("toPort"),
        "description": scope.get("description"),
        "cidrBlocks": [scope["cidrIpv4"]] if scope.get("cidrIpv4") else [],
        "ipv6CidrBlocks": [scope["cidrIpv6"]] if scope.get("cidrIpv6") else [],
        "securityGroups": [scope[_SOURCE]] if scope.get(_SOURCE) else [],
        "prefixListIds": [scope["prefixListId"]] if scope.get("prefixListId") else [],
    }
    return {"IpPermissions": [members({name: item for name, item in _permission(rule).items() if item is not None})]}


def _one_rule(scope: Properties) -> Properties:
    rule = members({name: scope[name] for name in _TRAFFIC if scope.get(name) is not None})
    source = {"ReferencedGroupId": scope[_SOURCE]} if scope.get(_SOURCE) else {}
    return {"SecurityGroupRules": [{"SecurityGroupRuleId": scope["id"], "SecurityGroupRule": rule | source}]}


def _rule_type(direction: str) -> ResourceType:
    lower = direction.lower()
    return ResourceType(
        token=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        create=Operation(
            name=f"authorize_security_group_{lower}", only=frozenset({"securityGroupId"}), delivers=_one_permission
        ),
        id="SecurityGroupRules[0].SecurityGroupRuleId",
        read=(
            Read(
                name="describe_security_group_rules",
                params={"SecurityGroupRuleIds": ["$id"]},
                at="SecurityGroupRules[0]",
                also={"ReferencedSecurityGroupId": "ReferencedGroupInfo.GroupId"},
            ),
        ),
        update=(
            Operation(
                name="modify_security_group_rules",
                params={"GroupId": "$securityGroupId"},
                on=frozenset({*_TRAFFIC, _SOURCE}),
                delivers=_one_rule,
            ),
        ),
        delete=Operation(
            name=f"revoke_security_group_{lower}",
            params={"GroupId": "$securityGroupId", "SecurityGroupRuleIds": ["$id"]},
        ),
        names={"securityGroupId": "GroupId"},
        outputs={"arn": f"{ARN}security-group-rule/$id", "securityGroupRuleId": "$id"},
        required=frozenset({"securityGroupId", "ipProtocol"}),
        limits={"fromPort": range(-1, 65536), "toPort": range(-1, 65536)},
        tagging=TAGGING,
    )


INGRESS_RULE = _rule_type("Ingress")
EGRESS_RULE = _rule_type("Egress")
