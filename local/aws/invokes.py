"""Look-ups: what the real provider answers from AWS's API, from what it knows, or by computing it."""

# ruff: noqa: ARG001 - each look-up is asked in the same way

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from local.aws import calls
from local.aws.complaints import unknown_token
from local.aws.model import Fault, to_pulumi
from local.aws.policy_document import policy_document
from local.aws.resources import Account
from local.aws.values import Properties


class InvokeError(Exception):
    """A look-up cannot be answered; each fault names the argument."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path} {fault.reason}".strip() for fault in faults))
        self.faults = tuple(faults)


def look_up(account: Account, token: str, args: Properties) -> Properties:
    """The answer to one look-up.

    Raises:
        InvokeError: There is no such look-up, an argument is wrong, or nothing or too much is found.
    """
    entry = _LOOK_UPS.get(token)
    if entry is None:
        raise InvokeError([Fault("", unknown_token("the look-up", token, _LOOK_UPS))])
    known, answer = entry
    unknown = sorted(args.keys() - known.split())
    if unknown:
        raise InvokeError([Fault(name, f"is not known here; known are {', '.join(known.split())}") for name in unknown])
    return answer(account, {name: value for name, value in args.items() if value is not None})


def _zones(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    zones = [
        zone
        for zone in _matching_zones(account, region, args)
        if zone["ZoneName"] not in args.get("excludeNames", []) and zone["ZoneId"] not in args.get("excludeZoneIds", [])
    ]
    return {
        **args,
        "id": region,
        "region": region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone["GroupName"] for zone in zones}),
    }


def _zone(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    zone = _only(_matching_zones(account, region, args), "availability zone", args)
    name = zone["ZoneName"]
    return {
        **args,
        "id": name,
        "region": region,
        "name": name,
        "nameSuffix": name.removeprefix(zone["RegionName"]),
        "groupLongName": zone.get("GroupLongName", ""),
        "parentZoneId": "",
        "parentZoneName": "",
        **{key: zone.get(key[0].upper() + key[1:], "") for key in _ZONE_MEMBERS},
    }


def _matching_zones(account: Account, region: str, args: Properties) -> list[Properties]:
    """The zones in the order of their names. The emulator does not filter them, so it is done here."""
    wanted = {"state": args.get("state"), "zone-name": args.get("name"), "zone-id": args.get("zoneId")}
    filters = _filters(args, wanted)
    unknown = [one["Name"] for one in filters if one["Name"] not in _ZONE_FILTERS]
    if unknown:
        known = ", ".join(_ZONE_FILTERS)
        raise InvokeError([Fault("filters", f"{', '.join(unknown)} is not known here; known are {known}")])
    zones = _call(account, "ec2", region, "describe_availability_zones")["AvailabilityZones"]
    return sorted(
        (zone for zone in zones if all(zone.get(_ZONE_FILTERS[one["Name"]]) in one["Values"] for one in filters)),
        key=lambda zone: zone["ZoneName"],
    )


_ZONE_FILTERS = {
    "group-name": "GroupName",
    "opt-in-status": "OptInStatus",
    "region-name": "RegionName",
    "state": "State",
    "zone-id": "ZoneId",
    "zone-name": "ZoneName",
    "zone-type": "ZoneType",
}
_ZONE_MEMBERS = ("groupName", "networkBorderGroup", "optInStatus", "state", "zoneId", "zoneType")


def _caller(account: Account, args: Properties) -> Properties:
    who = _call(account, "sts", account.region, "get_caller_identity")
    return {"id": who["Account"], "accountId": who["Account"], "arn": who["Arn"], "userId": who["UserId"]}


def _region(account: Account, args: Properties) -> Properties:
    name = args.get("region") or args.get("name") or account.region
    long_name = _LOCATIONS.get(name, name)
    endpoint = args.get("endpoint") or f"ec2.{name}.amazonaws.com"
    return {"id": name, "name": name, "region": name, "endpoint": endpoint, "description": long_name}


_LOCATIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "Europe (Ireland)",
    "eu-central-1": "Europe (Frankfurt)",
}


def _partition(account: Account, args: Properties) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _default_tags(account: Account, args: Properties) -> Properties:
    return {"id": "aws", "tags": dict(account.default_tags)}


def _policy_document(account: Account, args: Properties) -> Properties:
    faults: list[Fault] = []
    result = policy_document(args, faults)
    if faults:
        raise InvokeError(faults)
    return {**result, "id": str(int(hashlib.sha256(result["json"].encode()).hexdigest()[:8], 16))}


def _ami(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    asked: Properties = {"Filters": _filters(args, {})}
    if args.get("owners"):
        asked["Owners"] = args["owners"]
    images = _call(account, "ec2", region, "describe_images", **asked)["Images"]
    pattern = args.get("nameRegex", "")
    images = [image for image in images if re.search(pattern, image.get("Name", ""))]
    if args.get("mostRecent"):
        images = sorted(images, key=lambda image: image.get("CreationDate", ""))[-1:]
    image = _only(images, "image", args)
    identity = image["ImageId"]
    arn = f"arn:aws:ec2:{region}::image/{identity}"
    return {**to_pulumi(image), **args, "id": identity, "arn": arn, "region": region, "tags": _tags(image)}


def _parameter(account: Account, args: Properties) -> Properties:
    region, name = args.get("region", account.region), args["name"]
    decrypt = args.get("withDecryption", True)
    try:
        found = _call(account, "ssm", region, "get_parameter", Name=name, WithDecryption=decrypt)["Parameter"]
    except ClientError as error:
        if not (calls.is_gone(error) and _PUBLIC_IMAGE.match(name)):
            raise
        found = {"Name": name, "Type": "String", "Value": _public_image(name, region), "Version": 1}
        found["ARN"] = f"arn:aws:ssm:{region}::parameter{name}"
    secret = found["Type"] == "SecureString"
    return {
        **args,
        "id": name,
        "region": region,
        "arn": found["ARN"],
        "type": found["Type"],
        "value": found["Value"],
        "insecureValue": "" if secret else found["Value"],
        "version": found["Version"],
        "withDecryption": decrypt,
    }


_ELSEWHERE = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:(?P<account>\d{12}):secret:")
_KEY = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
STANDS_FOR_A_SECRET = json.dumps(
    {
        "type": "service_account",
        **dict.fromkeys(("signing_key", "private_key"), _KEY),
        **dict.fromkeys(("key_id", "team_id"), "ELSEWHERE0"),
        **dict.fromkeys(("bundle_id", "project_id", "client_email", "client_id", "client_secret"), "elsewhere"),
        **dict.fromkeys(("package_sid", "api_key", "secret_key"), "elsewhere"),
    }
)
"""What stands for a secret of another account, which only that account can read: a document with all that programs look
for in the credentials of push services, so that the environment it is of can be previewed."""


def _secret_version(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    elsewhere = _ELSEWHERE.match(args["secretId"])
    if elsewhere and elsewhere["account"] != account.account:
        return {**args, "id": args["secretId"], "arn": args["secretId"], "secretString": STANDS_FOR_A_SECRET}
    named = {"versionId": "VersionId", "versionStage": "VersionStage"}
    asked = {member: args[name] for name, member in named.items() if args.get(name)}
    found = _call(account, "secretsmanager", region, "get_secret_value", SecretId=args["secretId"], **asked)
    binary = found.get("SecretBinary")
    return {
        "versionStage": "AWSCURRENT",
        **args,
        "id": f"{args['secretId']}|{found['VersionId']}",
        "region": region,
        "arn": found["ARN"],
        "versionId": found["VersionId"],
        "versionStages": found.get("VersionStages", []),
        "createdDate": found["CreatedDate"].isoformat(),
        "secretString": found.get("SecretString", ""),
        "secretBinary": base64.b64encode(binary).decode() if binary else "",
    }


_PUBLIC_IMAGE = re.compile(r"/aws/service/(ami-|ecs/optimized-ami/|bottlerocket/|canonical/)")


def _public_image(name: str, region: str) -> str:
    """The id of an image that AWS publishes and the emulator does not know: always the same for a name and region."""
    return f"ami-{hashlib.sha256(f'{region}{name}'.encode()).hexdigest()[:17]}"


def _vpc(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    simple = {
        "cidr": args.get("cidrBlock"),
        "isDefault": args.get("default"),
        "dhcp-options-id": args.get("dhcpOptionsId"),
        "state": args.get("state"),
        "vpc-id": args.get("id"),
    }
    found = _call(account, "ec2", region, "describe_vpcs", Filters=_filters(args, simple))["Vpcs"]
    vpc = _only(found, "VPC", args)
    identity = vpc["VpcId"]

    def attribute(name: str) -> bool:
        answer = _call(account, "ec2", region, "describe_vpc_attribute", VpcId=identity, Attribute=name)
        return bool(answer.get(name[0].upper() + name[1:], {}).get("Value"))

    main = [{"Name": "vpc-id", "Values": [identity]}, {"Name": "association.main", "Values": ["true"]}]
    tables = _call(account, "ec2", region, "describe_route_tables", Filters=main)["RouteTables"]
    return {
        **args,
        "id": identity,
        "region": region,
        "arn": f"arn:aws:ec2:{region}:{account.account}:vpc/{identity}",
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": one["AssociationId"],
                "cidrBlock": one["CidrBlock"],
                "state": one["CidrBlockState"]["State"],
            }
            for one in vpc.get("CidrBlockAssociationSet", [])
        ],
        "default": vpc.get("IsDefault", False),
        "dhcpOptionsId": vpc.get("DhcpOptionsId", ""),
        "enableDnsHostnames": attribute("enableDnsHostnames"),
        "enableDnsSupport": attribute("enableDnsSupport"),
        "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": vpc.get("InstanceTenancy", "default"),
        "ipv6AssociationId": "",
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociations": [],
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "ownerId": vpc.get("OwnerId", account.account),
        "state": vpc["State"],
        "tags": _tags(vpc),
    }


def _subnets(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    found = _call(account, "ec2", region, "describe_subnets", Filters=_filters(args, {}))["Subnets"]
    return {**args, "id": region, "region": region, "ids": sorted(subnet["SubnetId"] for subnet in found)}


def _security_group(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    simple = {"group-id": args.get("id"), "group-name": args.get("name"), "vpc-id": args.get("vpcId")}
    found = _call(account, "ec2", region, "describe_security_groups", Filters=_filters(args, simple))["SecurityGroups"]
    group = _only(found, "security group", args)
    identity = group["GroupId"]
    return {
        **args,
        "id": identity,
        "region": region,
        "arn": f"arn:aws:ec2:{region}:{account.account}:security-group/{identity}",
        "description": group["Description"],
        "name": group["GroupName"],
        "vpcId": group.get("VpcId", ""),
        "tags": _tags(group),
    }


def _prefix_list(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    simple = {"prefix-list-name": args.get("name"), "prefix-list-id": args.get("prefixListId")}
    found = _call(account, "ec2", region, "describe_prefix_lists", Filters=_filters(args, simple))["PrefixLists"]
    one = _only(found, "prefix list", args)
    identity, name = one["PrefixListId"], one["PrefixListName"]
    return {**args, "id": identity, "region": region, "name": name, "cidrBlocks": sorted(one["Cidrs"])}


def _managed_prefix_list(account: Account, args: Properties) -> Properties:
    region = args.get("region", account.region)
    simple = {"prefix-list-name": args.get("name"), "prefix-list-id": args.get("id")}
    wanted = _filters(args, simple)
    found = _call(account, "ec2", region, "describe_managed_prefix_lists", Filters=wanted)["PrefixLists"]
    one = _only(found, "managed prefix list", args)
    identity = one["PrefixListId"]
    entries = _call(account, "ec2", region, "get_managed_prefix_list_entries", PrefixListId=identity)["Entries"]
    return {
        **args,
        "id": identity,
        "region": region,
        "arn": one["PrefixListArn"],
        "name": one["PrefixListName"],
        "addressFamily": one["AddressFamily"],
        "maxEntries": one.get("MaxEntries", 0),
        "ownerId": one["OwnerId"],
        "version": one.get("Version", 1),
        "entries": [{"cidr": entry["Cidr"], "description": entry.get("Description", "")} for entry in entries],
        "tags": _tags(one),
    }


def _call(account: Account, service: str, region: str, method: str, **params: Any) -> Any:
    given = {key: value for key, value in params.items() if value != []}
    return calls.call(account.clients(service, region), method, given)


def _filters(args: Properties, simple: Properties) -> list[Properties]:
    """AWS's filters: those of the program, and those that single arguments and tags stand for."""
    result = [{"Name": one["name"], "Values": list(map(_text, one["values"]))} for one in args.get("filters", [])]
    result += [{"Name": name, "Values": [_text(value)]} for name, value in simple.items() if value is not None]
    return result + [{"Name": f"tag:{key}", "Values": [value]} for key, value in args.get("tags", {}).items()]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tags(item: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}


def _only(found: list[Properties], what: str, args: Properties) -> Properties:
    if len(found) == 1:
        return found[0]
    asked = ", ".join(f"{name}={value!r}" for name, value in args.items()) or "no argument"
    count = "none" if not found else str(len(found))
    raise InvokeError([Fault("", f"exactly one {what} must match {asked}; found: {count}")])


_LookUp = tuple[str, Callable[[Account, Properties], Properties]]


def _table_item(account: Account, args: Properties) -> Properties:
    names = {"projectionExpression": "ProjectionExpression", "expressionAttributeNames": "ExpressionAttributeNames"}
    asked = {member: args[name] for name, member in names.items() if args.get(name)}
    key = json.loads(args["key"])
    found = _call(
        account,
        "dynamodb",
        args.get("region", account.region),
        "get_item",
        TableName=args["tableName"],
        Key=key,
        ConsistentRead=True,
        **asked,
    )
    if "Item" not in found:
        raise InvokeError([Fault("key", f"names no item of the table {args['tableName']}: {args['key']}")])
    item = json.dumps(found["Item"], default=lambda binary: base64.b64encode(binary).decode())
    return {**args, "id": f"{args['tableName']}|{args['key']}", "item": item}


_LOOK_UPS: dict[str, _LookUp] = {
    "aws:dynamodb/getTableItem:getTableItem": (
        "expressionAttributeNames key projectionExpression region tableName",
        _table_item,
    ),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (
        "allAvailabilityZones excludeNames excludeZoneIds filters region state",
        _zones,
    ),
    "aws:index/getAvailabilityZone:getAvailabilityZone": (
        "allAvailabilityZones filters name region state zoneId",
        _zone,
    ),
    "aws:index/getCallerIdentity:getCallerIdentity": ("id", _caller),
    "aws:index/getRegion:getRegion": ("endpoint id name region", _region),
    "aws:index/getPartition:getPartition": ("id", _partition),
    "aws:index/getDefaultTags:getDefaultTags": ("id", _default_tags),
    "aws:iam/getPolicyDocument:getPolicyDocument": (
        "overridePolicyDocuments policyId sourcePolicyDocuments statements version",
        _policy_document,
    ),
    "aws:ec2/getAmi:getAmi": (
        "allowUnsafeFilter executableUsers filters includeDeprecated mostRecent nameRegex owners region tags uefiData",
        _ami,
    ),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": (
        "region secretId versionId versionStage",
        _secret_version,
    ),
    "aws:ssm/getParameter:getParameter": ("name region withDecryption", _parameter),
    "aws:ec2/getVpc:getVpc": ("cidrBlock default dhcpOptionsId filters id region state tags", _vpc),
    "aws:ec2/getSubnets:getSubnets": ("filters region tags", _subnets),
    "aws:ec2/getSecurityGroup:getSecurityGroup": ("filters id name region tags vpcId", _security_group),
    "aws:ec2/getPrefixList:getPrefixList": ("filters name prefixListId region", _prefix_list),
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": ("filters id name region tags", _managed_prefix_list),
}
