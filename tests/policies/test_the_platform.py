"""The platform of the stacks, assembled from our components, held to our own rules without an exemption."""

from collections import Counter

from stacks import assembly, config
from tenfold_policies.pack import UNDECIDED
from tests.policies.judging import Pack, run


def platform() -> None:
    assembly.build(config.parse("prod", {}))


def test_no_rule_has_anything_to_say_about_the_platform_that_exists() -> None:
    assert [each.message for each in Pack().judge(run(platform, preview=False))] == []


def test_the_preview_of_a_new_platform_leaves_open_what_holds_an_arn_and_no_more() -> None:
    (told,) = Pack().judge(run(platform, preview=True))
    assert told.policyName == UNDECIDED
    lines = told.message.removeprefix(f"{told.description}\n").splitlines()
    assert Counter(line.partition(":")[0] for line in lines) == {"dec-dlq-max-receive": 1, "sec-queue-tls": 2}
