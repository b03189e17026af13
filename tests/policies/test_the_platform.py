"""The platform of the stacks, assembled from our components, held to our own rules without an exemption."""

import json

import pytest

from stacks import assembly, config
from tenfold_policies.pack import UNDECIDED
from tests.policies.judging import Pack, Program, run

EVERYTHING = {
    "mail": {"domain": "shop.example.com", "zone_id": "Z0123456789"},
    "push": {
        "applications": {
            "ios": {"platform": "apns", "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:apple"},
            "beta": {
                "platform": "apns",
                "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:apple",
                "sandbox": True,
            },
        }
    },
    "media": {"max_input_minutes": 90},
    "monitoring": {"email": "ann@example.com", "critical_email": "pager@example.com", "monthly_usd": 5000},
}


def platform(**given: object) -> Program:
    return lambda: assembly.build(config.parse("prod", {key: json.dumps(value) for key, value in given.items()}))


@pytest.mark.parametrize("given", [{}, EVERYTHING], ids=["least", "everything"])
def test_no_rule_has_anything_to_say_about_the_platform_that_exists(given: dict[str, object]) -> None:
    assert [each.message for each in Pack().judge(run(platform(**given), preview=False))] == []


def test_with_everything_configured_it_has_what_the_article_names() -> None:
    types = {each.type for each in run(platform(**EVERYTHING), preview=False).resources}
    named = {"Mailer", "MobilePush", "Monitoring", "Network", "QueueService", "SessionStore", "Table", "Topic"}
    assert {f"tenfold:index:{name}" for name in {*named, "Transcoder", "WebTier"}} <= types


def test_the_preview_of_a_new_platform_leaves_open_what_holds_an_arn_and_no_more() -> None:
    (told,) = Pack().judge(run(platform(), preview=True))
    assert told.policyName == UNDECIDED
    lines = told.message.removeprefix(f"{told.description}\n").splitlines()
    assert {"dec-dlq-max-receive", "sec-queue-tls", "sec-s3-tls"} <= {line.partition(":")[0] for line in lines}
