"""What rules read from policy documents, by the grammar of the IAM policy language."""

import json
from typing import Any

import pytest

from tenfold_policies.documents import allowing, covers, denies_plain_text, everyone, everywhere, narrowed, statements
from tenfold_policies.view import Resource, Value

TOKEN = "aws:s3/bucketPolicy:BucketPolicy"
ORGANISATION = {"aws:PrincipalOrgID": "o-1"}
WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
DENIAL: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
ALLOWED: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def document(statement: Any) -> Value:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return Resource(TOKEN, "files", f"urn:pulumi:dev::shop::{TOKEN}::files", {"policy": policy})["policy"]


def read(statement: dict[str, Any]) -> Value:
    return document(statement)["Statement"]


def test_a_statement_may_be_alone() -> None:
    assert [each.raw for each in statements(document(ALLOWED))] == [ALLOWED]
    assert [each.raw for each in statements(document([DENIAL, ALLOWED]))] == [DENIAL, ALLOWED]
    assert [each.raw for each in allowing(document([DENIAL, ALLOWED]))] == [ALLOWED]


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "iam:PassRole"},
        {"Action": "IAM:passrole"},
        {"Action": ["s3:GetObject", "iam:PassRole"]},
        {"Action": "iam:*"},
        {"Action": "iam:Pass*"},
        {"Action": "iam:*Role"},
        {"Action": "iam:PassRol?"},
        {"Action": "*"},
        {"Action": "*:*"},
        {"NotAction": ["s3:*", "iam:Get*"]},
    ],
    ids=str,
)
def test_an_action_is_covered_by_its_name_by_a_pattern_and_by_what_others_are_left_out(
    statement: dict[str, Any],
) -> None:
    assert covers(read(statement), "iam:PassRole")


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": ["iam:GetRole", "s3:*"]},
        {"Action": "iam:PassRole?"},
        {"Action": "iam:Pass"},
        {"NotAction": "iam:*"},
        {"NotAction": ["s3:*", "iam:pass*"]},
        {},
    ],
    ids=str,
)
def test_other_actions_do_not_cover_it(statement: dict[str, Any]) -> None:
    assert not covers(read(statement), "iam:PassRole")


def test_everywhere_is_every_resource_among_others_too() -> None:
    assert everywhere(read({"Resource": "*"}))
    assert everywhere(read({"Resource": ["arn:aws:s3:::files", "*"]}))
    assert not everywhere(read({"Resource": "arn:aws:s3:::files/*"}))


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ["123456789012", "*"]}, True),
        ({"AWS": "123456789012"}, False),
        ({"Service": "sns.amazonaws.com"}, False),
    ],
    ids=str,
)
def test_everyone_is_a_star_alone_or_among_the_accounts(principal: Any, expected: bool) -> None:
    assert everyone(read({"Principal": principal})) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": ORGANISATION}, True),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": ORGANISATION}, True),
        ({"StringEquals": {"aws:SecureTransport": "true", **ORGANISATION}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"Bool": {"AWS:securetransport": "true"}}, False),
        ({}, False),
        ("aws:PrincipalOrgID", False),
        ({"StringEquals": "o-1"}, False),
    ],
    ids=str,
)
def test_a_condition_narrows_unless_it_asks_for_tls_alone(condition: Any, expected: bool) -> None:
    assert narrowed(read({"Condition": condition})) is expected


def test_without_a_condition_nothing_is_narrowed() -> None:
    assert not narrowed(read(ALLOWED))


@pytest.mark.parametrize(
    "condition",
    [
        WITHOUT_TLS,
        {"BoolIfExists": {"aws:SecureTransport": "false"}},
        {"Bool": {"aws:SecureTransport": False}},
        {"Bool": {"aws:SecureTransport": "False"}},
        {"Bool": {"aws:SecureTransport": ["false"]}},
        {"Bool": {"AWS:SecureTransport": "false"}},
        {"Bool": {"aws:ViaAWSService": "true", "aws:SecureTransport": "false"}},
    ],
    ids=str,
)
def test_a_denial_without_tls_is_told_however_it_is_written(condition: dict[str, Any]) -> None:
    assert denies_plain_text(document([ALLOWED, DENIAL | {"Condition": condition}]), {"s3:*"})


@pytest.mark.parametrize("action", ["*", "s3:*", ["s3:GetObject", "S3:*"]], ids=str)
def test_a_denial_without_tls_may_be_of_more(action: Any) -> None:
    assert denies_plain_text(document(DENIAL | {"Action": action, "Condition": WITHOUT_TLS}), {"s3:*"})


@pytest.mark.parametrize(
    "other",
    [
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:ViaAWSService": "false"}}},
        {"Condition": {"Bool": "false"}},
        {"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}},
        {"Condition": {}},
        {"Condition": WITHOUT_TLS, "Effect": "Allow"},
        {"Condition": WITHOUT_TLS, "Action": "s3:GetObject"},
        {"Condition": WITHOUT_TLS, "Principal": {"AWS": "123456789012"}},
    ],
    ids=str,
)
def test_what_leaves_a_way_in_plain_text_is_no_denial(other: dict[str, Any]) -> None:
    assert not denies_plain_text(document(DENIAL | other), {"s3:*"})
