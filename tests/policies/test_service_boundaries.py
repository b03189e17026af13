"""Boundaries between services, on programs that keep to them and programs that do not."""

from typing import Any

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


def of_a_rule_whose_group_the_update_tells() -> None:
    database(security_group("data", "users"))
    ports: Any = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    forum = security_group("app", "forum")
    aws.vpc.SecurityGroupIngressRule(
        "in", security_group_id=later("sg-0123"), referenced_security_group_id=forum.id, **ports
    )


def by_what_is_in_the_group(**services: str | None) -> None:
    """Functions in one group, each of a service or none, and the database of users that they reach."""
    app, data = security_group("app"), security_group("data", "users")
    for name, service in services.items():
        function(app, name, tags={"Service": service} if service else None)
    database(data)
    let_in(data, app)


def by_a_load_balancer() -> None:
    edge, data = security_group("app"), security_group("data", "users")
    aws.lb.LoadBalancer("edge", security_groups=[edge.id], tags={"Service": "forum"})
    database(data)
    let_in(data, edge)


def called_by_two(*, of_no_service: bool) -> None:
    """Calls in a circle, as the update tells, and what one of its services calls beside it."""
    calls_of_services_that_the_update_tells()
    other = security_group("other", None if of_no_service else "other")
    let_in(other, aws.ec2.SecurityGroup("first", tags={"Service": "one"}), "one-other")


def circle_beside_a_service_that_the_update_tells(*further: str) -> None:
    calls(*further, "ab", "ba")
    aws.ec2.SecurityGroup("late", tags={"Service": later("late")})


A_CIRCLE = ("a-b", "referencedSecurityGroupId", "a circle of services, a -> b -> a", "calls in one direction")
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
    passes("dec-service-boundaries", "another service's servers", lambda: calls("ab")),
    passes(
        "dec-service-boundaries",
        "a rule of a group that the update tells",
        of_a_rule_whose_group_the_update_tells,
        left=("data",),
    ),
    passes(
        "dec-service-boundaries",
        "servers of two services in one group",
        lambda: by_what_is_in_the_group(worker="forum", mailer="mail"),
    ),
    *(
        refuses(
            "dec-service-boundaries",
            title,
            program,
            ("in", "referencedSecurityGroupId", "app of service forum", "groups of service users"),
        )
        for title, program in [
            (
                "another service's, by one of what is in the group",
                lambda: by_what_is_in_the_group(worker="forum", mailer=None),
            ),
            ("another service's, by its load balancer", by_a_load_balancer),
        ]
    ),
    passes("dec-no-service-cycles", "a service that calls itself", lambda: calls("aa")),
    *(
        refuses(
            "dec-no-service-cycles",
            title,
            lambda of_no_service=of_no_service: called_by_two(of_no_service=of_no_service),
            (
                "one-two",
                "referencedSecurityGroupId",
                "a circle of services, one -> two -> one",
                "calls in one direction",
            ),
            preview=(),
            left=left,
        )
        for title, of_no_service, left in [
            ("a service that the update tells, beside what is of none", True, ("one", "two")),
            ("a service that the update tells, beside one that is called", False, ("one", "two", "other")),
        ]
    ),
    refuses("dec-no-service-cycles", "each other, and called by a third", lambda: calls("ab", "ba", "xa"), A_CIRCLE),
    refuses(
        "dec-no-service-cycles",
        "the first of several ways around",
        lambda: calls("ab", *(way for each in "cdefghij" for way in (f"b{each}", f"{each}a"))),
        ("a-b", "referencedSecurityGroupId", "a circle of services, a -> b -> c -> a", "calls in one direction"),
    ),
    refuses(
        "dec-no-service-cycles",
        "each other, beside a service that the update tells",
        circle_beside_a_service_that_the_update_tells,
        A_CIRCLE,
        left=("late",),
    ),
    refuses(
        "dec-no-service-cycles",
        "each other, and called by another one first, beside a service that the update tells",
        lambda: circle_beside_a_service_that_the_update_tells("0b"),
        A_CIRCLE,
        left=("b", "late"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
