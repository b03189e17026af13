"""ShardedCluster: what it makes of each shard, the map it publishes, and shards that cannot go."""

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import ShardedCluster, ShardedClusterArgs
from tenfold.errors import TenfoldError
from tenfold_shards import ShardMap, decode, encode, operations
from tests.components.building import Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "sharded_cluster.txt"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:alarms"
LOOK_UP = "aws:dynamodb/getTableItem:getTableItem"
PLACEMENT = {
    "vpc_id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "public_subnet_ids": [],
    "app_subnet_ids": [],
    "data_subnet_ids": ["subnet-7", "subnet-8", "subnet-9"],
}
TWO: dict[str, Any] = {"a": {}, "b": {}}


def cluster(
    shards: dict[str, Any] = TWO, *, preview: bool = False, published: ShardMap | None = None, **args: Any
) -> Built[ShardedCluster]:
    given = cast("ShardedClusterArgs", {"placement": PLACEMENT, "shards": shards, **args})
    return build(lambda: ShardedCluster("users", given), preview=preview, calls={LOOK_UP: in_force(published)})


def in_force(published: ShardMap | None, *, compressed: bool = True) -> Any:
    """The map's table as `tenfold-shards` would have left it."""

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        key = json.loads(args["key"])
        assert key["map"] == {"S": "main"}
        if published is None:
            return {"item": "{}"}
        if key["item"] == {"S": "head"}:
            return {"item": json.dumps({**key, "version": {"N": str(published.version)}})}
        assert key["item"] == {"S": f"version#{published.version:010d}"}
        text = encode(published)
        packed = {"B": base64.b64encode(zlib.compress(text.encode())).decode()} if compressed else {"S": text}
        return {"item": json.dumps({**key, "text": packed})}

    return answer


def items(built: Built[Any]) -> dict[str, Any]:
    found = [json.loads(item.inputs["item"]) for item in built.of("aws:dynamodb/tableItem:TableItem")]
    return {item["item"]["S"]: item for item in found}


def first_map(built: Built[Any]) -> ShardMap:
    return decode(items(built)["version#0000000001"]["text"]["S"])


def test_each_shard_is_a_protected_database_that_others_can_follow() -> None:
    built = cluster()
    databases = built.of("tenfold:index:Database")
    assert [(one.name, one.parent) for one in databases] == [
        ("users-a", built["users"].urn),
        ("users-b", built["users"].urn),
    ]
    for shard in ("a", "b"):
        inputs = built[f"users-{shard}-cluster"].inputs
        assert (inputs["engine"], inputs["deletionProtection"], inputs["storageEncrypted"]) == (
            "aurora-postgresql",
            True,
            True,
        )
        parameters = built[f"users-{shard}-cluster-parameters"].inputs["parameters"]
        values = {one["name"]: one["value"] for one in parameters}
        assert values["rds.logical_replication"] == "1"


def test_the_writers_of_neighbours_are_in_other_zones_and_stay_where_they_are() -> None:
    four = cluster({name: {} for name in "abcd"})
    zones = {name: four[f"users-{name}-writer"].inputs["availabilityZone"] for name in "abcd"}
    assert zones == {"a": "us-east-1a", "b": "us-east-1b", "c": "us-east-1c", "d": "us-east-1a"}
    assert all("availabilityZone" in four[f"users-{name}-writer"].ignore_changes for name in "abcd")
    for name in "abcd":
        assert four[f"users-{name}-reader-standby"].inputs["availabilityZone"] != zones[name]
        assert four[f"users-{name}-subnets"].inputs["subnetIds"] == PLACEMENT["data_subnet_ids"]


def test_the_settings_are_those_of_all_shards_unless_one_says_otherwise() -> None:
    built = cluster(
        {"a": {}, "b": {"capacity": {"min_acu": 4, "max_acu": 64}}},
        database={"capacity": {"min_acu": 1, "max_acu": 8}, "engine_version": "16", "readers": {"x": {}, "y": {}}},
    )
    scaling = [built[f"users-{name}-cluster"].inputs["serverlessv2ScalingConfiguration"] for name in "ab"]
    assert [(one["minCapacity"], one["maxCapacity"]) for one in scaling] == [(1, 8), (4, 64)]
    assert {built[f"users-{name}-cluster"].inputs["engineVersion"] for name in "ab"} == {"16"}
    assert "users-a-reader-y" in built
    assert "users-b-reader-y" in built


def test_shards_share_a_group_by_which_clients_reach_them_and_they_follow_each_other() -> None:
    built = cluster(clients={"web": "sg-web", "jobs": "sg-jobs"})
    group = "users-sg-id"
    for name in "ab":
        assert group in built[f"users-{name}-cluster"].inputs["vpcSecurityGroupIds"]
    rules = {
        rule.name: (rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"])
        for rule in built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    }
    assert rules == {
        "users-client-web": (group, "sg-web"),
        "users-client-jobs": (group, "sg-jobs"),
        "users-peer-in": (group, group),
    }
    out = built["users-peer-out"].inputs
    assert (out["referencedSecurityGroupId"], out["fromPort"], out["toPort"]) == (group, 5432, 5432)


def test_the_first_map_gives_each_shard_its_weight_and_a_range_its_shard() -> None:
    weighted = first_map(cluster({"a": {"weight": 3}, "b": {}, "spare": {"weight": 0}}))
    assert weighted.counts() == {"a": 12288, "b": 4096, "spare": 0}
    ranges = [{"lower": "A", "upper": "N", "shard": "a"}, {"lower": "N", "shard": "b"}]
    by_name = first_map(cluster(ranges=ranges))
    assert by_name.version == 1
    assert [by_name.shard_for(name) for name in ("Adams", "Miller", "Nash", "Zappa")] == ["a", "a", "b", "b"]


def test_the_map_is_published_once_the_version_before_the_head_and_then_left_alone() -> None:
    built = cluster()
    assert items(built)["head"] == {"map": {"S": "main"}, "item": {"S": "head"}, "version": {"N": "1"}}
    assert first_map(built) == ShardMap.create(["a", "b"])
    assert "users-map-version" in built["users-map-head"].depends_on
    for kind in ("version", "head"):
        assert built[f"users-map-{kind}"].ignore_changes == {"item"}
    table = built["users-map-table"].inputs
    assert (table["hashKey"], table["rangeKey"], table["deletionProtectionEnabled"]) == ("map", "item", True)


def test_outputs_say_where_everything_is_and_hold_no_password() -> None:
    built = cluster()
    known = {name: built.value(getattr(built.result, name)) for name in ShardedCluster.__annotations__}
    assert known["map_location"] == f"dynamodb:{known['map_table_name']}/main"
    assert known["environment"]["USERS_SHARD_MAP"] == known["map_location"]
    places = json.loads(known["environment"]["USERS_SHARDS"])
    assert places.keys() == {"a", "b"}
    for name, place in places.items():
        assert place == {
            "host": known["endpoints"][name],
            "port": known["ports"][name],
            "database": "app",
            "user": "app",
            "secret_arn": known["secret_arns"][name],
        }
    assert not re.search("password", json.dumps(known), re.IGNORECASE)


def test_routers_read_the_map_and_sign_in_and_movers_publish_too() -> None:
    built = cluster()
    table = built.value(built.result.map_table_arn)
    route, sign_in = json.loads(built.value(built.result.router_policy_json))["Statement"]
    assert (route["Action"], route["Resource"]) == (["dynamodb:GetItem", "dynamodb:Query"], [table])
    assert sign_in["Action"] == ["rds-db:connect"]
    assert len(sign_in["Resource"]) == 2
    move, secrets = json.loads(built.value(built.result.mover_policy_json))["Statement"]
    assert move["Action"] == ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    assert secrets["Resource"] == list(built.value(built.result.secret_arns).values())
    assert "*" not in json.dumps([route["Resource"], sign_in["Resource"], move["Resource"], secrets["Resource"]])


def test_grants_attach_the_policies_to_the_callers_role() -> None:
    def program() -> ShardedCluster:
        made = ShardedCluster("users", cast("Any", {"placement": PLACEMENT, "shards": TWO}))
        role = aws.iam.Role("web", assume_role_policy="{}")
        made.grant_route(role)
        made.grant_move(role)
        return made

    built = build(program, calls={LOOK_UP: in_force(None)})
    assert built["users-route-grant-web"].inputs["policy"] == built.value(built.result.router_policy_json)
    assert built["users-move-grant-web"].inputs["policy"] == built.value(built.result.mover_policy_json)


@pytest.mark.parametrize(("count", "groups"), [(1, 0), (2, 1), (10, 1), (11, 2)])
def test_shards_are_compared_with_their_neighbours_ten_at_a_time(count: int, groups: int) -> None:
    built = cluster({f"s{number:02}": {} for number in range(count)}, alarms={"topic_arn": TOPIC_ARN})
    busy = [alarm for alarm in built.of("aws:cloudwatch/metricAlarm:MetricAlarm") if "busy-alarm" in alarm.name]
    assert len(busy) == groups
    compared: set[str] = set()
    for alarm in busy:
        metrics = [query for query in alarm.inputs["metricQueries"] if "metric" in query]
        assert 2 <= len(metrics) <= 10
        labels = {query["label"] for query in metrics}
        # Each group shares a shard with those before it, so that all are compared with all, one after the other.
        assert not compared or compared & labels
        compared |= labels
    assert compared == ({f"s{number:02}" for number in range(count)} if groups else set())


def test_no_child_is_renamed() -> None:
    urns = sorted(resource.urn for resource in cluster().resources)
    assert urns == GOLDEN.read_text().splitlines()


names = st.sets(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1)


@settings(deadline=None, max_examples=10)
@given(small=names, more=names)
def test_adding_shards_touches_no_other(small: set[str], more: set[str]) -> None:
    large = small | more
    before, after = (cluster({name: {} for name in wanted}) for wanted in (small, large))
    kept = {resource.urn: resource for resource in after.resources}
    for resource in before.resources:
        if resource.type in ("aws:dynamodb/tableItem:TableItem", "tenfold:index:ShardedCluster"):
            continue  # it is looked at once; and the component's own inputs are the program's
        if "-busy-alarm-" in resource.name or "-size-alarm-" in resource.name:
            continue  # they compare the shards there are
        ignored = resource.ignore_changes
        unchanged = {key: value for key, value in resource.inputs.items() if key not in ignored}
        now = kept[resource.urn].inputs
        if resource.type == "tenfold:index:Database":
            continue  # its placement is turned; its instances ignore that
        assert unchanged == {key: value for key, value in now.items() if key not in ignored}, resource.name


def drained(shard_map: ShardMap, shard: str) -> ShardMap:
    return operations.drain(shard_map, shard).after


@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
def test_a_shard_that_owns_nothing_can_go(preview: bool) -> None:
    published = drained(ShardMap.create(["a", "b", "gone"]), "gone")
    built = cluster(preview=preview, published=published)
    if not preview:
        assert built.value(built.result.map_version) == 2


@pytest.mark.parametrize("compressed", [False, True])
def test_a_shard_that_still_owns_something_cannot_go_and_is_named_with_what_it_owns(compressed: bool) -> None:
    published = ShardMap.create(["a", "b", "gone", "left"])
    for key in (7, "Smith"):
        published = operations.isolate(published, key, "left").after
    published = operations.assign_range(published, "A", "N", "left").after
    published = operations.move(published, range(16384), "a").after
    published = operations.move(published, range(1024), "gone").after
    args = cast("ShardedClusterArgs", {"placement": PLACEMENT, "shards": TWO})
    calls = {LOOK_UP: in_force(published, compressed=compressed)}
    with pytest.raises(TenfoldError) as caught:
        build(lambda: ShardedCluster("users", args), calls=calls)
    said = str(caught.value)
    assert f"version {published.version} of its map places it there" in said
    assert "shards.gone: it is gone from the program and still owns 1,024 buckets\n" in said
    assert "shards.left: it is gone from the program and still owns 2 keys by themselves and 1 ranges\n" in said
    assert "tenfold-shards plan drain dynamodb:users-map-table-0a1b2c/main SHARD" in said


def test_a_map_that_cannot_be_read_is_no_reason_to_go_on() -> None:
    def damaged(args: dict[str, Any]) -> dict[str, Any]:
        head = '"head"' in args["key"]
        return {"item": json.dumps({"version": {"N": "3"}} if head else {"text": {"S": "{}"}})}

    args = cast("ShardedClusterArgs", {"placement": PLACEMENT, "shards": TWO})
    with pytest.raises(TenfoldError, match="does not hold a shard map"):
        build(lambda: ShardedCluster("users", args), calls={LOOK_UP: damaged})


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no shards": ({"shards": {}}, {"shards": "0 is given"}),
    "a shard's name": ({"shards": {"A_1": {}}}, {"shards.A_1": "it has this name"}),
    "a name too long": ({"shards": {"a" * 27: {}}}, {f"shards.{'a' * 27}": "it has this name"}),
    "no weight at all": ({"shards": {"a": {"weight": 0}}}, {"shards": "every weight is 0"}),
    "a negative weight": ({"shards": {"a": {"weight": -1}, "b": {}}}, {"shards.a.weight": "-1 is given"}),
    "a range of nobody": (
        {"ranges": [{"lower": "A", "shard": "z"}]},
        {"ranges[0].shard": "'z' is given"},
    ),
    "an empty range": (
        {"ranges": [{"lower": "N", "upper": "A", "shard": "a"}]},
        {"ranges[0].upper": "'A' is given"},
    ),
    "ranges over each other": (
        {"ranges": [{"lower": "A", "upper": "N", "shard": "a"}, {"lower": "M", "shard": "b"}]},
        {"ranges[1]": "it lies over ranges[0]"},
    ),
    "another engine": ({"database": {"engine": "aurora-mysql"}}, {"database.engine": "it is no PostgreSQL"}),
    "settings of all": (
        {"database": {"backup": {"retention_days": 3}}},
        {"database.backup.retention_days": "3 is given"},
    ),
    "settings of one": (
        {"shards": {"a": {"capacity": {"max_acu": 999}}, "b": {}}},
        {"shards.a.capacity.max_acu": "999 is given"},
    ),
    "a client that is no group": ({"clients": {"web": "web"}}, {"clients.web": "'web' is given"}),
    "the map's name": ({"map_name": "a/b"}, {"map_name": "'a/b' is given"}),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, expected = REFUSALS[case]
    given = cast("ShardedClusterArgs", {"placement": PLACEMENT, "shards": TWO, **args})
    refusal = refused(lambda: ShardedCluster("users", given))
    assert {path: given for path, (given, _) in refusal.faults.items()} == expected
    assert refusal.resources == ()


def test_a_shard_is_handed_out_by_its_name() -> None:
    def program() -> pulumi.Output[str]:
        made = ShardedCluster("users", cast("Any", {"placement": PLACEMENT, "shards": TWO}))
        with pytest.raises(TenfoldError, match="has no shard 'z'; it has: a, b"):
            made.shard("z")
        return made.shard("b").endpoint

    built = build(program, calls={LOOK_UP: in_force(None)})
    assert "users-b" in built.value(built.result)
