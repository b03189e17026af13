"""Hosted zones and their records live in the emulator as their entries say."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, tags_of

RECORD = CATALOGUE["aws:route53/record:Record"]


def _zone(world: World, made: Made) -> Any:
    found = world.client("route53").get_hosted_zone(Id=made.id)["HostedZone"]
    tags = world.client("route53").list_tags_for_resource(ResourceType="hostedzone", ResourceId=made.id)
    return found["Name"], found["Config"]["Comment"], tags_of(tags["ResourceTagSet"]["Tags"])


def _records(world: World) -> dict[tuple[str, str], Any]:
    found = world.client("route53").list_resource_record_sets(HostedZoneId=world.zone)["ResourceRecordSets"]
    return {(one["Name"], one["Type"]): one for one in found}


def _texts(world: World, _: Made) -> Any:
    found = _records(world)["www.zone.example.", "TXT"]
    return found["TTL"], [one["Value"] for one in found["ResourceRecords"]]


def _target(world: World, _: Made) -> Any:
    return _records(world)["site.zone.example.", "AAAA"]["AliasTarget"]


def _alias(name: str) -> list[dict[str, Any]]:
    return [{"name": f"{name}.cloudfront.net", "zoneId": "Z2FDTNDATAQYW2", "evaluateTargetHealth": False}]


def _seen(name: str) -> dict[str, Any]:
    return {"DNSName": f"{name}.cloudfront.net.", "HostedZoneId": "Z2FDTNDATAQYW2", "EvaluateTargetHealth": False}


def _put(world: World, **record: Any) -> None:
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    world.client("route53").change_resource_record_sets(HostedZoneId=world.zone, ChangeBatch=batch)


CASES = [
    Case(
        token="aws:route53/zone:Zone",
        inputs=lambda _: {"name": "shop.example", "comment": "one", "tags": {"team": "a", "old": "x"}},
        look=_zone,
        made=("shop.example.", "one", {"team": "a", "old": "x"}),
        change=lambda _: {"comment": "two", "tags": {"team": "b"}},
        changed=("shop.example.", "two", {"team": "b"}),
        meddle=lambda world, made: world.client("route53").update_hosted_zone_comment(Id=made.id, Comment="three"),
        drifts=("comment",),
        outputs={"arn": lambda _, made: f"arn:aws:route53:::hostedzone/{made.id}", "nameServers": ..., "zoneId": ...},
    ),
    Case(
        token="aws:route53/record:Record",
        inputs=lambda world: {
            "zoneId": world.zone,
            "name": "www.zone.example",
            "type": "TXT",
            "ttl": 300,
            "records": ['"one"'],
        },
        look=_texts,
        made=(300, ['"one"']),
        change=lambda _: {"ttl": 60, "records": ['"one"', '"two"']},
        changed=(60, ['"one"', '"two"']),
        meddle=lambda world, _: _put(
            world, Name="www.zone.example", Type="TXT", TTL=60, ResourceRecords=[{"Value": '"other"'}]
        ),
        drifts=("records",),
        outputs={"fqdn": "www.zone.example"},
    ),
    Case(
        token="aws:route53/record:Record",
        inputs=lambda world: {
            "zoneId": world.zone,
            "name": "site.zone.example",
            "type": "AAAA",
            "aliases": _alias("one"),
        },
        look=_target,
        made=_seen("one"),
        change=lambda _: {"aliases": _alias("two")},
        changed=_seen("two"),
        meddle=lambda world, _: _put(world, Name="site.zone.example", Type="AAAA", AliasTarget=_seen("three")),
        drifts=("aliases",),
    ),
]


@parametrize(CASES)
def test_what_names_lead_to_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def _record(world: World, **more: Any) -> dict[str, Any]:
    asked = {"zoneId": world.zone, "name": "twice.zone.example", "type": "TXT", "ttl": 60, "records": ['"a"'], **more}
    inputs, faults = resources.check(world.account, RECORD, "n", b"", {}, asked)
    assert faults == []
    return inputs


def test_a_record_that_is_there_is_put_over_only_where_the_program_allows_it(world: World) -> None:
    first, state = resources.create(world.account, RECORD, _record(world), lambda _: None)
    with pytest.raises(ClientError, match="already exists"):
        resources.create(world.account, RECORD, _record(world, records=['"b"']), lambda _: None)
    again = _record(world, records=['"b"'], allowOverwrite=True)
    second, state = resources.create(world.account, RECORD, again, lambda _: None)
    assert first == second
    assert _records(world)["twice.zone.example.", "TXT"]["ResourceRecords"] == [{"Value": '"b"'}]
    resources.delete(world.account, RECORD, second, state)
    assert ("twice.zone.example.", "TXT") not in _records(world)


def test_a_record_is_taken_away_as_it_stands_though_someone_changed_it(world: World) -> None:
    identity, state = resources.create(world.account, RECORD, _record(world), lambda _: None)
    _put(world, Name="twice.zone.example", Type="TXT", TTL=5, ResourceRecords=[{"Value": '"other"'}])
    resources.delete(world.account, RECORD, identity, state)
    assert ("twice.zone.example.", "TXT") not in _records(world)


def test_a_zone_with_records_goes_only_by_force(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = CATALOGUE["aws:route53/zone:Zone"]
    inputs, _ = resources.check(world.account, kind, "n", b"", {}, {"name": "full.example"})
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    record = {"Name": "a.full.example", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"a"'}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    world.client("route53").change_resource_record_sets(HostedZoneId=identity, ChangeBatch=batch)
    monkeypatch.setattr(resources, "IN_USE_SECONDS", 0.1)
    with pytest.raises(ClientError, match="HostedZoneNotEmpty"):
        resources.delete(world.account, kind, identity, state)
    resources.delete(world.account, kind, identity, {**state, "forceDestroy": True})
    assert resources.read(world.account, kind, identity, state, inputs) is None
