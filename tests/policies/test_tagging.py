"""Rules of tagging, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(tags: Any = None) -> None:
    aws.sqs.Queue("jobs", tags=tags)


CASES = [
    passes("tag-required", "none are asked for", queue),
    passes("tag-required", "the one asked for", lambda: queue({"owner": "shop"}), tags=["owner"]),
    passes("tag-required", "not known", lambda: queue(later({"owner": "shop"})), left=("jobs",), tags=["owner"]),
    refuses(
        "tag-required",
        "another one",
        lambda: queue({"team": "shop"}),
        ("jobs", "tags", "no owner", "a tag owner"),
        tags=["owner"],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
