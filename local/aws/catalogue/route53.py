"""Route 53: hosted zones and their records."""

import uuid
from typing import Any

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType, Sweep, Tagging


def _dotted(name: Any) -> Any:
    """AWS ends names with a dot; the program need not."""
    return f"{name.rstrip('.').lower()}." if isinstance(name, str) else name


def _plain(name: Any) -> Any:
    return name.removesuffix(".") if isinstance(name, str) else name


def _zone(properties: Properties) -> Properties:
    return {**properties, "name": _dotted(properties["name"])} if "name" in properties else properties


def _zone_back(properties: Properties) -> Properties:
    return {**properties, "name": _plain(properties["name"])} if "name" in properties else properties


ZONE = ResourceType(
    token="aws:route53/zone:Zone",
    service="route53",
    create=Operation(
        name="create_hosted_zone",
        only=frozenset({"name"}),
        on=frozenset({"comment"}),
        delivers=lambda scope: {
            "CallerReference": uuid.uuid4().hex,
            "HostedZoneConfig": {"Comment": scope.get("comment", "")},
        },
    ),
    id="last_part(HostedZone.Id)",
    read=(
        Read(
            name="get_hosted_zone",
            params={"Id": "$id"},
            at="{Name: HostedZone.Name, Comment: HostedZone.Config.Comment, NameServers: DelegationSet.NameServers}",
        ),
    ),
    update=(Operation(name="update_hosted_zone_comment", params={"Id": "$id"}, only=frozenset({"comment"})),),
    delete=Operation(name="delete_hosted_zone", params={"Id": "$id"}),
    before_delete=(
        Sweep(
            found=Read(
                name="list_resource_record_sets",
                params={"HostedZoneId": "$id"},
                at="ResourceRecordSets[?Type!='NS' && Type!='SOA']",
            ),
            each=Operation(
                name="change_resource_record_sets",
                params={
                    "HostedZoneId": "$id",
                    "ChangeBatch": {"Changes": [{"Action": "DELETE", "ResourceRecordSet": "$item"}]},
                },
            ),
            when="forceDestroy",
        ),
    ),
    defaults={"comment": "Managed by Pulumi", "forceDestroy": False},
    outputs={
        "arn": "arn:aws:route53:::hostedzone/$id",
        "zoneId": "$id",
        "nameServers": "NameServers",
        "primaryNameServer": "NameServers[0]",
    },
    ignored=frozenset({"forceDestroy"}),
    replace_on=frozenset({"name"}),
    required=frozenset({"name"}),
    prepare=_zone,
    restore=_zone_back,
    tagging=Tagging(
        tag="change_tags_for_resource",
        untag="change_tags_for_resource",
        params={"ResourceType": "hostedzone", "ResourceId": "$id"},
        read=Read(
            name="list_tags_for_resource",
            params={"ResourceType": "hostedzone", "ResourceId": "$id"},
            at="ResourceTagSet.Tags",
        ),
    ),
)


def _record_set(scope: Properties) -> Properties:
    """The record as AWS's API takes it."""
    aliases: Any = scope.get("aliases") or []
    target = [
        {
            "DNSName": one["name"],
            "HostedZoneId": one["zoneId"],
            "EvaluateTargetHealth": one.get("evaluateTargetHealth") in (True, "true"),
        }
        for one in (aliases if isinstance(aliases, list) else [aliases])
    ]
    values = [{"Value": value} for value in scope.get("records") or []]
    return {
        "Name": _dotted(scope["name"]),
        "Type": scope["type"],
        **({"AliasTarget": target[0]} if target else {}),
        **({"TTL": int(scope["ttl"])} if "ttl" in scope else {}),
        **({"ResourceRecords": values} if values else {}),
        **({"HealthCheckId": scope["healthCheckId"]} if "healthCheckId" in scope else {}),
    }


def _batch(*actions: str) -> Any:
    def delivers(scope: Properties) -> Properties:
        record = _record_set(scope)
        return {"ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record} for action in actions]}}

    return delivers


def _first(scope: Properties) -> Properties:
    """A record that is there already is another's, unless the program says that it may be put over."""
    return _batch("UPSERT" if scope.get("allowOverwrite") else "CREATE")(scope)


def _record(properties: Properties) -> Properties:
    result = {**properties, "name": _dotted(properties["name"])} if "name" in properties else dict(properties)
    if isinstance(result.get("aliases"), list):
        result["aliases"] = [
            {**one, "name": _dotted(one["name"])} if isinstance(one, dict) and "name" in one else one
            for one in result["aliases"]
        ]
    return result


def _record_back(properties: Properties) -> Properties:
    result = _zone_back(properties)
    aliases: Any = result.get("aliases")
    if isinstance(aliases, list):
        result = {**result, "aliases": [{**one, "name": _plain(one.get("name"))} for one in aliases]}
    return result


_PARTS = frozenset({"name", "type", "ttl", "records", "aliases", "healthCheckId"})
_IN_ZONE = {"HostedZoneId": "$zoneId"}

RECORD = ResourceType(
    token="aws:route53/record:Record",
    service="route53",
    create=Operation(name="change_resource_record_sets", params=_IN_ZONE, on=_PARTS, delivers=_first),
    id="${zoneId}_${fqdn}_${type}",
    read=(
        Read(
            name="list_resource_record_sets",
            params={**_IN_ZONE, "StartRecordName": "$fqdn", "StartRecordType": "$type", "MaxItems": "1"},
            at="ResourceRecordSets[?Name=='$fqdn.' && Type=='$type'] | [0]",
            also={
                "ResourceRecords": "ResourceRecords[].Value",
                "AliasTarget": "AliasTarget && [AliasTarget.{Name: DNSName, ZoneId: HostedZoneId, "
                "EvaluateTargetHealth: EvaluateTargetHealth}]",
            },
        ),
    ),
    update=(
        Operation(
            name="change_resource_record_sets",
            params=_IN_ZONE,
            on=_PARTS - {"name", "type"},
            delivers=_batch("UPSERT"),
        ),
    ),
    # AWS takes a record away only as it stands there.
    delete=Operation(name="change_resource_record_sets", params=_IN_ZONE, delivers=_batch("UPSERT", "DELETE")),
    names={"ttl": "TTL", "records": "ResourceRecords", "aliases": "AliasTarget"},
    derived=lambda properties: {"fqdn": str(_plain(_dotted(properties.get("name", ""))))},
    limits={
        "type": (
            *("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP"),
            *("SVCB", "TLSA", "TXT"),
        ),
        "ttl": range(2147483648),
    },
    outputs={"fqdn": "$fqdn"},
    required=frozenset({"name", "type", "zoneId"}),
    ignored=frozenset({"allowOverwrite"}),
    replace_on=frozenset({"name", "type", "zoneId"}),
    prepare=_record,
    restore=_record_back,
)
