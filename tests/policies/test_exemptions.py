"""Exemptions: what they cover, what is told of them, and which are violations themselves."""

import json
import re
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.proto import analyzer_pb2

from tenfold_policies.exemptions import EXEMPTED, EXEMPTIONS
from tests.policies.judging import RULES_BY_NAME, Pack, run

RULE = "dec-queue-has-dlq"
LEGACY = {"resource": "legacy", "reason": "it is drained by hand", "until": "2026-12-31"}


def told(program: Any, *exemptions: dict[str, Any], preview: bool = False, today: date = date(2026, 7, 1)) -> Any:
    """Policy, level and text of what the pack has to say, with the exemptions of one rule."""
    pack = Pack([RULES_BY_NAME[RULE]], {RULE: {"exemptions": list(exemptions)}}, today=today)
    return [
        (each.policyName, each.enforcementLevel, each.message.removeprefix(f"{each.description}\n"))
        for each in pack.judge(run(program, preview=preview))
    ]


def two_queues() -> None:
    aws.sqs.Queue("legacy")
    aws.sqs.Queue("orders")


def legacy() -> None:
    aws.sqs.Queue("legacy")


@pytest.mark.parametrize("preview", [True, False])
def test_it_covers_its_resource_alone_and_every_run_tells_of_it(preview: bool) -> None:
    found = told(two_queues, LEGACY, preview=preview)
    assert [text.split()[0] for policy, _, text in found if policy == RULE] == ["orders"]
    assert [each for each in found if each[0] != RULE] == [
        (EXEMPTED, analyzer_pb2.ADVISORY, f"{RULE}: legacy until 2026-12-31, since it is drained by hand")
    ]


@pytest.mark.parametrize("resource", ["leg*", "urn:pulumi:*aws:sqs/queue:Queue::legacy", "legacy"])
def test_it_names_its_resource_by_name_or_urn_with_any_characters_for_an_asterisk(resource: str) -> None:
    assert [policy for policy, *_ in told(legacy, {**LEGACY, "resource": resource})] == [EXEMPTED]


@pytest.mark.parametrize("resource", ["LEGACY", "legac", "aws:sqs/queue:Queue", "egacy*"])
def test_a_name_that_is_nearly_its_own_is_not(resource: str) -> None:
    assert [policy for policy, *_ in told(legacy, {**LEGACY, "resource": resource})] == [RULE, EXEMPTIONS]


@pytest.mark.parametrize(("today", "holds"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_it_holds_to_the_end_of_its_last_day(today: date, holds: bool) -> None:
    found = told(legacy, LEGACY, today=today)
    assert [policy for policy, *_ in found] == ([EXEMPTED] if holds else [RULE, EXEMPTIONS])
    if not holds:
        assert found[1][1] == analyzer_pb2.MANDATORY
        assert found[1][2].startswith(f"{RULE}: legacy: it has expired on 2026-12-31. Fix: ")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"reason": "  "}, "it has no reason."),
        ({"until": None}, "it has no until."),
        ({"until": "soon"}, "until is 'soon', which is no day."),
        ({"reason": "", "until": "2025-01-01"}, "it has no reason, it has expired on 2025-01-01."),
        ({"expires": "2026-12-31"}, "it has 'expires', which nobody reads."),
        ({"who": "me", "by": "me"}, "it has 'by', which nobody reads, it has 'who', which nobody reads."),
        ({"reason": None}, "it has no reason."),
    ],
)
def test_one_that_is_not_whole_covers_nothing_and_is_a_violation(change: dict[str, Any], fault: str) -> None:
    found = told(legacy, {**LEGACY, **change})
    assert [policy for policy, *_ in found] == [RULE, EXEMPTIONS]
    assert found[1][2].startswith(f"{RULE}: legacy: {fault} Fix: ")


def test_one_without_a_resource_is_a_violation() -> None:
    (_, (policy, _, text)) = told(legacy, {**LEGACY, "resource": ""})
    assert (policy, text.partition(" Fix")[0]) == (EXEMPTIONS, f"{RULE}: an exemption: it has no resource.")


def test_one_that_fits_no_violation_is_a_violation() -> None:
    def mended() -> None:
        dead = aws.sqs.Queue("dead", redrive_allow_policy="{}")
        redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
        aws.sqs.Queue("legacy", redrive_policy=redrive)

    assert (EXEMPTIONS, analyzer_pb2.MANDATORY, f"{RULE}: legacy: it fits no violation. Fix: remove it.") in told(
        mended, LEGACY
    )


def test_one_whose_verdict_is_open_is_not_called_useless() -> None:
    rule = "dec-dlq-max-receive"

    def pair() -> None:
        sink = aws.sqs.Queue("dead")
        redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": sink.arn, "maxReceiveCount": 1})
        aws.sqs.Queue("legacy", redrive_policy=redrive)

    def said(preview: bool) -> list[str]:
        pack = Pack([RULES_BY_NAME[rule]], {rule: {"exemptions": [LEGACY]}})
        return [each.policyName for each in pack.judge(run(pair, preview=preview))]

    assert said(preview=True) == ["undecided"]
    assert said(preview=False) == [EXEMPTED]


def test_a_second_run_of_the_same_pack_begins_anew() -> None:
    pack = Pack([RULES_BY_NAME[RULE]], {RULE: {"exemptions": [LEGACY]}})
    first, second = (
        [each.policyName for each in pack.judge(run(program, preview=False))]
        for program in (legacy, lambda: aws.sns.Topic("other"))
    )
    assert (first, second) == ([EXEMPTED], [EXEMPTIONS])


def test_the_readmes_example_covers_what_it_says() -> None:
    readme = (Path(__file__).parents[2] / "policies" / "README.md").read_text()
    (example,) = [json.loads(dedent(each)) for each in re.findall(r"(?m)(?:^    .*\n)+", readme) if '"reason"' in each]
    ((rule, configured),) = example.items()

    def shop() -> None:
        table: Any = {"hash_key": "id", "attributes": [{"name": "id", "type": "S"}]}
        aws.dynamodb.Table("carts", **table)
        aws.dynamodb.Table("orders", **table)
        aws.rds.Instance("trial-1", instance_class="db.t4g.small")

    found = Pack([RULES_BY_NAME[rule]], {rule: configured}).judge(run(shop, preview=False))
    assert [(each.policyName, each.urn.rpartition("::")[2]) for each in found] == [(rule, "orders"), (EXEMPTED, "")]
    assert found[1].message.splitlines()[1] in readme


def test_those_in_use_are_told_in_order_each_with_all_its_resources() -> None:
    def queues() -> None:
        for name in ("orders", "legacy-b", "legacy-a"):
            aws.sqs.Queue(name)

    pack = Pack(
        [RULES_BY_NAME[RULE]],
        {RULE: {"exemptions": [{**LEGACY, "resource": "orders"}, {**LEGACY, "resource": " legacy-* "}]}},
    )
    (found,) = pack.judge(run(queues, preview=False))
    assert found.urn == ""
    assert found.message.splitlines()[1:] == [
        f"{RULE}: legacy-a, legacy-b until 2026-12-31, since it is drained by hand",
        f"{RULE}: orders until 2026-12-31, since it is drained by hand",
    ]


def test_one_at_fault_takes_nothing_from_another_that_covers_the_same() -> None:
    found = told(legacy, {**LEGACY, "until": "2026-01-31"}, LEGACY)
    assert [policy for policy, *_ in found] == [EXEMPTED, EXEMPTIONS]
    assert found[0][2] == f"{RULE}: legacy until 2026-12-31, since it is drained by hand"


def test_each_one_at_fault_is_a_violation_of_the_stack() -> None:
    exemptions = [{**LEGACY, "resource": "gone"}, {**LEGACY, "reason": ""}]
    found = Pack([RULES_BY_NAME[RULE]], {RULE: {"exemptions": exemptions}}).judge(run(legacy, preview=False))
    assert [(each.policyName, each.urn.rpartition("::")[2]) for each in found] == [
        (RULE, "legacy"),
        (EXEMPTIONS, ""),
        (EXEMPTIONS, ""),
    ]
    assert all(each.urn == "" for each in found[1:])


@pytest.mark.parametrize("nothing", [None, []])
def test_none_is_as_no_list_of_them(nothing: object) -> None:
    found = Pack([RULES_BY_NAME[RULE]], {RULE: {"exemptions": nothing}}).judge(run(legacy, preview=False))
    assert [each.policyName for each in found] == [RULE]
