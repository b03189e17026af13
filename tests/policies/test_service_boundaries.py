"""Boundaries between services, on programs that keep to them and programs that do not."""

import pulumi_aws as aws
import pytest

from tests.policies.groups import database, function, later, let_in, security_group
from tests.policies.judging import Case, passes, refuses


def reached(by: str | None, owner: str | None = "users") -> None:
    app, data = security_group("app", by), security_group("data", owner)
    function(app)
    database(data)
    let_in(data, app)


def by_the_tags_of_what_is_in_them() -> None:
    app, data = security_group("app"), security_group("data")
    function(app, tags={"Service": "forum"})
    tags = {"Service": "users"}
    aws.rds.Instance("orders", instance_class="db.t4g.medium", vpc_security_group_ids=[data.id], tags=tags)
    let_in(data, app)


def by_another_tag() -> None:
    app, data = (aws.ec2.SecurityGroup(name, tags={"team.x": team}) for name, team in (("app", "a"), ("data", "b")))
    function(app)
    database(data)
    let_in(data, app)


def of_a_group_that_the_update_tells() -> None:
    data = security_group("data", "users")
    database(data)
    let_in(data, later("sg-0123"))


def calls(*pairs: str) -> None:
    """`ab` stands for a call from service a to service b."""
    groups = {name: security_group(name, name) for name in sorted({name for pair in pairs for name in pair})}
    for caller, called in pairs:
        let_in(groups[called], groups[caller], f"{caller}-{called}")


def calls_of_services_that_the_update_tells() -> None:
    one = security_group("one", "one")
    two = aws.ec2.SecurityGroup("two", tags={"Service": later("two")})
    let_in(two, one, "one-two")
    let_in(one, two, "two-one")


CASES = [
    passes("dec-service-boundaries", "its own database", lambda: reached("users")),
    passes("dec-service-boundaries", "servers of no service", lambda: reached(None)),
    passes("dec-service-boundaries", "a database of no service", lambda: reached("forum", None)),
    passes("dec-service-boundaries", "a shared database", lambda: reached("forum"), shared=["users"]),
    passes(
        "dec-service-boundaries",
        "a group that the update tells",
        of_a_group_that_the_update_tells,
        left=("data",),
    ),
    refuses(
        "dec-service-boundaries",
        "another service's",
        lambda: reached("forum"),
        ("in", "referencedSecurityGroupId", "app of service forum", "groups of service users"),
    ),
    refuses(
        "dec-service-boundaries",
        "another service's, by what is in the groups",
        by_the_tags_of_what_is_in_them,
        ("in", "referencedSecurityGroupId", "app of service forum", "groups of service users"),
    ),
    refuses(
        "dec-service-boundaries",
        "another team's",
        by_another_tag,
        ("in", "referencedSecurityGroupId", "app of service a", "groups of service b"),
        serviceTags=["Team", "team.x"],
    ),
    passes("dec-no-service-cycles", "one direction", lambda: calls("ab", "bc", "ac")),
    passes("dec-no-service-cycles", "no service", lambda: reached(None, None)),
    refuses(
        "dec-no-service-cycles",
        "each other",
        lambda: calls("ab", "ba"),
        ("a-b", "referencedSecurityGroupId", "a circle of services, a -> b -> a", "calls in one direction"),
    ),
    refuses(
        "dec-no-service-cycles",
        "around three",
        lambda: calls("ab", "bc", "ca", "cd"),
        ("a-b", "referencedSecurityGroupId", "a circle of services, a -> b -> c -> a", "calls in one direction"),
        serviceTags=["Team", "Service"],
    ),
    refuses(
        "dec-no-service-cycles",
        "a service that the update tells",
        calls_of_services_that_the_update_tells,
        ("one-two", "referencedSecurityGroupId", "a circle of services, one -> two -> one", "calls in one direction"),
        preview=(),
        left=("one", "two"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
