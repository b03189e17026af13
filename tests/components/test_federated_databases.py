"""FederatedDatabases: each function its own, what moves touches nobody else, and every refusal."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import FederatedDatabases, FederatedDatabasesArgs
from tenfold.errors import TenfoldError
from tests.components.building import Built, build, refused
from tests.components.test_database import PLACEMENT

GOLDEN = Path(__file__).parent / "golden" / "federated_databases.txt"
CLUSTER = "aws:rds/cluster:Cluster"
DATABASE = "tenfold:index:Database"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def federated(functions: dict[str, Any], preview: bool = False, **args: Any) -> Built[FederatedDatabases]:
    whole = {"placement": PLACEMENT, "functions": functions, **args}
    return build(lambda: FederatedDatabases("shop", cast("FederatedDatabasesArgs", whole)), preview=preview)


def faults(functions: dict[str, Any], name: str = "shop", **args: Any) -> dict[str, tuple[str, str]]:
    whole = {"placement": PLACEMENT, "functions": functions, **args}
    refusal = refused(lambda: FederatedDatabases(name, cast("FederatedDatabasesArgs", whole)))
    assert refusal.resources == ()
    return refusal.faults


def connectable(built: Built[FederatedDatabases], function: str) -> list[str]:
    """Whom a function's services may sign in as, and where: `cluster-shop-users-cluster/users`."""
    document = json.loads(built.value(built.result.connect_policies_json[function]))
    (statement,) = document["Statement"]
    assert statement["Action"] == ["rds-db:connect"]
    return [resource.rpartition(":")[2] for resource in statement["Resource"]]


def reaching(built: Built[FederatedDatabases], database: str) -> dict[str, str]:
    """The groups that reach a database, by the rule's name."""
    prefix = f"shop-{database}-client-"
    rules = [rule for rule in built.of(INGRESS) if rule.name.startswith(prefix)]
    return {rule.name.removeprefix(prefix): rule.inputs["referencedSecurityGroupId"] for rule in rules}


def test_every_function_has_a_database_of_its_own_name() -> None:
    built = federated({"forum": {}, "users": {}, "products": {}})
    assert {each.name for each in built.of(DATABASE)} == {"shop-forum", "shop-users", "shop-products"}
    assert {each.name for each in built.of(CLUSTER)} == {
        "shop-forum-cluster",
        "shop-users-cluster",
        "shop-products-cluster",
    }


def test_a_service_signs_in_to_its_functions_database_alone_and_as_its_user() -> None:
    built = federated({"forum": {}, "users": {}})
    assert connectable(built, "forum") == ["cluster-shop-forum-cluster/forum"]
    assert connectable(built, "users") == ["cluster-shop-users-cluster/users"]


def test_in_a_shared_database_each_function_is_a_user_of_its_own() -> None:
    built = federated({"forum": {"database": "main"}, "user-profiles": {"database": "main"}})
    assert [each.name for each in built.of(DATABASE)] == ["shop-main"]
    assert connectable(built, "forum") == ["cluster-shop-main-cluster/forum"]
    assert connectable(built, "user-profiles") == ["cluster-shop-main-cluster/user_profiles"]


def test_only_the_services_named_for_a_function_reach_its_database() -> None:
    functions = {
        "forum": {"clients": {"web": "sg-1"}},
        "users": {"clients": {"web": "sg-1", "login": "sg-2"}},
        "products": {},
    }
    built = federated(functions)
    assert reaching(built, "forum") == {"web": "sg-1"}
    assert reaching(built, "users") == {"web": "sg-1", "login": "sg-2"}
    assert reaching(built, "products") == {}


def test_a_service_of_two_functions_is_let_in_once_to_what_they_share() -> None:
    group = pulumi.Output.from_input("sg-1")
    functions = {name: {"database": "main", "clients": {"web": group}} for name in ("forum", "users")}
    assert reaching(federated(functions), "main") == {"web": "sg-1"}


def test_a_program_finds_its_database_by_its_functions_name() -> None:
    built = federated({"forum": {"database": "main"}, "users": {"database": "main", "database_name": "users"}})
    found = built.value(built.result.environments["users"])
    assert found["USERS_DATABASE_HOST"] == "shop-main-cluster.cluster.us-east-1.rds.amazonaws.com"
    assert (found["USERS_DATABASE_NAME"], found["USERS_DATABASE_USER"]) == ("users", "users")
    assert built.value(built.result.environments["forum"])["FORUM_DATABASE_NAME"] == "app"
    assert built.value(built.result.endpoints["users"]) == found["USERS_DATABASE_HOST"]
    assert built.value(built.result.ports["users"]) == 5432
    assert built.value(built.result.secret_arns["users"]) == found["USERS_DATABASE_SECRET_ARN"]
    assert built.value(built.result.identifiers["main"]) == "shop-main-0a1b2c"


def test_each_database_is_sized_alone_from_what_all_have() -> None:
    built = federated(
        {"forum": {}, "products": {}},
        defaults={"backup": {"retention_days": 14}, "capacity": {"max_acu": 8}},
        databases={"products": {"capacity": {"max_acu": 64}, "overrides": {"cluster": {"enable_http_endpoint": True}}}},
    )
    forum, products = built["shop-forum-cluster"].inputs, built["shop-products-cluster"].inputs
    assert (forum["backupRetentionPeriod"], products["backupRetentionPeriod"]) == (14, 14)
    assert forum["serverlessv2ScalingConfiguration"]["maxCapacity"] == 8
    assert products["serverlessv2ScalingConfiguration"]["maxCapacity"] == 64
    assert (products["enableHttpEndpoint"], "enableHttpEndpoint" in forum) == (True, False)


def test_a_database_without_functions_exists_while_it_is_described() -> None:
    built = federated({"forum": {}}, databases={"old": {"deletion_protection": False}})
    assert built["shop-old-cluster"].protect is False
    assert built.result.database("old") is not built.result.database("forum")


def test_a_database_that_does_not_exist_is_told_of() -> None:
    built = federated({"forum": {}})
    with pytest.raises(TenfoldError, match="has no 'users'; it has: forum"):
        built.result.database("users")


CLIENTS = {"web": "sg-1", "login": "sg-2"}
FORUM = {"database": "main", "clients": {"web": "sg-1"}}


class TestMove:
    """A function leaves the database that it shares, in the updates that the component's documentation says."""

    def at(self, users: dict[str, Any]) -> Built[FederatedDatabases]:
        return federated({"forum": FORUM, "users": {**users, "clients": CLIENTS}})

    def test_before_its_data_moves_the_new_database_is_reached_by_services_and_reaches_the_old(self) -> None:
        built = self.at({"database": "main", "also_in": "users"})
        assert reaching(built, "main") == reaching(built, "users") == CLIENTS
        follows, leaves = built["shop-peer-in-main-from-users"].inputs, built["shop-peer-out-users-to-main"].inputs
        main, users = "shop-main-sg-id", "shop-users-sg-id"
        assert (follows["securityGroupId"], follows["referencedSecurityGroupId"]) == (main, users)
        assert (leaves["securityGroupId"], leaves["referencedSecurityGroupId"]) == (users, main)
        assert (follows["fromPort"], leaves["toPort"]) == (5432, 5432)
        assert connectable(built, "users") == ["cluster-shop-main-cluster/users", "cluster-shop-users-cluster/users"]
        environment = built.value(built.result.environments["users"])
        assert environment["USERS_DATABASE_HOST"].startswith("shop-main-cluster.")

    def test_when_it_has_moved_its_programs_follow_and_can_go_back(self) -> None:
        built = self.at({"database": "users", "also_in": "main"})
        environment = built.value(built.result.environments["users"])
        assert environment["USERS_DATABASE_HOST"].startswith("shop-users-cluster.")
        assert connectable(built, "users") == ["cluster-shop-users-cluster/users", "cluster-shop-main-cluster/users"]
        assert "shop-peer-in-users-from-main" in {rule.name for rule in built.of(INGRESS)}

    def test_afterwards_the_old_database_is_closed_to_it(self) -> None:
        built = self.at({"database": "users"})
        assert reaching(built, "main") == {"web": "sg-1"}
        assert reaching(built, "users") == CLIENTS
        assert connectable(built, "users") == ["cluster-shop-users-cluster/users"]
        assert not built.of(EGRESS)

    def test_no_step_touches_what_another_function_gets(self) -> None:
        steps = [{"database": "main"}, {"database": "main", "also_in": "users"}, {"also_in": "main"}, {}]
        seen = [self.at(step) for step in steps]
        assert len({built.value(built.result.connect_policies_json["forum"]) for built in seen}) == 1
        assert len({json.dumps(built.value(built.result.environments["forum"])) for built in seen}) == 1
        clusters = [built["shop-main-cluster"].inputs for built in seen]
        assert all(cluster == clusters[0] for cluster in clusters)

    def test_two_functions_that_move_together_open_one_way(self) -> None:
        move = {"database": "main", "also_in": "people"}
        built = federated({"users": move, "friends": move})
        assert {rule.name for rule in built.of(EGRESS)} == {
            "shop-peer-out-main-to-people",
            "shop-peer-out-people-to-main",
        }


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"functions": {}}, "functions"),
    (
        {"functions": {f"f{letter}{other}": {"database": "main"} for letter in "abcdefgh" for other in "abcdefg"}},
        "functions",
    ),
    ({"functions": {"Forum": {}}}, "functions.Forum"),
    ({"functions": {"forum": {"database": "the main"}}}, "functions.forum.database"),
    ({"functions": {"forum": {"also_in": "forum"}}}, "functions.forum.also_in"),
    ({"functions": {"forum": {"iam_user": "1st"}}}, "functions.forum.iam_user"),
    ({"functions": {"forum": {"iam_user": "dbadmin"}}}, "functions.forum.iam_user"),
    ({"functions": {"forum": {"iam_user": "users"}, "users": {}}}, "functions.users.iam_user"),
    ({"functions": {"forum": {"database_name": "a-b"}}}, "functions.forum.database_name"),
    ({"functions": {"forum": {"clients": {"web": "10.0.0.0/8"}}}}, "functions.forum.clients.web"),
    (
        {"functions": {"forum": {"clients": {"web": "sg-1"}}, "users": {"clients": {"web": "sg-2"}}}},
        "functions.users.clients.web",
    ),
    (
        {"functions": {"forum": {"clients": {"web": "sg-1"}}, "users": {"clients": {"site": "sg-1"}}}},
        "functions.users.clients.site",
    ),
    ({"databases": {"a-name-that-is-longer-than-aws-takes": {}}}, "databases.a-name-that-is-longer-than-aws-takes"),
    ({"databases": {"users": {"capacity": {"max_acu": 300}}}}, "databases.users.capacity.max_acu"),
    ({"databases": {"users": {"overrides": {"wheel": {}}}}}, "databases.users.overrides.wheel"),
    ({"defaults": {"backup": {"retention_days": 1}}}, "defaults.backup.retention_days"),
    ({"defaults": {"overrides": {"wheel": {}}}}, "defaults.overrides.wheel"),
]


@pytest.mark.parametrize(
    ("args", "path"), REFUSALS, ids=[f"{index}-{path}" for index, (_, path) in enumerate(REFUSALS)]
)
def test_an_impossible_argument_is_named_alone(args: dict[str, Any], path: str) -> None:
    functions = args.get("functions", {"forum": {}, "users": {}})
    rest = {key: value for key, value in args.items() if key != "functions"}
    assert faults(functions, **rest).keys() == {path}


def test_a_name_that_leaves_no_room_for_databases_is_refused() -> None:
    assert "name" in faults({"f": {}}, name="s" * 31)


def test_its_urns_stay() -> None:
    built = federated(
        {
            "forum": {"database": "main", "clients": {"web": "sg-1"}},
            "users": {"database": "main", "also_in": "users", "clients": {"web": "sg-1", "login": "sg-2"}},
        }
    )
    assert "\n".join(sorted(resource.urn for resource in built.resources)) + "\n" == GOLDEN.read_text()


FUNCTIONS = ("forum", "users", "products", "orders", "search")
settings_of_one = st.fixed_dictionaries(
    {},
    optional={
        "capacity": st.builds(lambda most: {"max_acu": most}, st.integers(1, 256)),
        "readers": st.dictionaries(st.sampled_from(["standby", "reports"]), st.just({}), max_size=2),
        "backup": st.builds(lambda days: {"retention_days": days}, st.integers(7, 35)),
        "proxy": st.just({}),
    },
)
sets = st.dictionaries(st.sampled_from(FUNCTIONS), settings_of_one, min_size=1, max_size=4)


@settings(max_examples=12, deadline=None)
@given(before=sets, name=st.sampled_from(FUNCTIONS), change=settings_of_one)
def test_adding_or_resizing_one_database_touches_no_other(
    before: dict[str, Any], name: str, change: dict[str, Any]
) -> None:
    after = {**before, name: change}
    old = federated({function: {} for function in before}, databases=before)
    new = federated({function: {} for function in after}, databases=after)

    def others(built: Built[FederatedDatabases]) -> dict[str, dict[str, Any]]:
        mine = f"shop-{name}"
        own = [each for each in built.resources if each.name != "shop"]
        return {each.urn: each.inputs for each in own if each.name != mine and not each.name.startswith(f"{mine}-")}

    assert others(new) == others(old)
    for function in before.keys() - {name}:
        assert connectable(new, function) == connectable(old, function)
        assert new.value(new.result.environments[function]) == old.value(old.result.environments[function])
