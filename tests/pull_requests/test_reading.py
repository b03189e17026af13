"""What the engine says is read as it is meant, in both of its forms and however it ends."""

from collections import Counter
from pathlib import Path

import pytest

from pull_requests.data_holders import data_losses
from pull_requests.preview import Action, Preview
from pull_requests.reading import UnreadablePreviewError, parse, read
from tests.pull_requests.engine import Step, diagnostic, digest, events, finding, summary, urn
from tests.pull_requests.recording import RECORDED


def recorded(name: str) -> Preview:
    return read(RECORDED / f"{name}.json")


def counts(preview: Preview) -> dict[str, int]:
    return dict(Counter(change.action.value for change in preview.changes))


# Hand-counted in program.py: a Table is a table and three alarms; see the recorded lines for the Network.
PROPOSED = {"created": 36, "changed": 5, "replaced": 2, "destroyed": 5}


def test_a_recorded_preview_is_what_the_pull_request_does() -> None:
    preview = recorded("proposed")
    assert preview.environment == "local"
    assert counts(preview) == PROPOSED
    assert {change.name for change in preview.of(Action.REPLACED)} == {"results-table", "batch"}
    assert {change.name for change in data_losses(preview)} == {"results-table", "carts-table", "exports"}
    assert preview.ended
    assert preview.judged
    assert not preview.errors


def test_the_digest_says_the_same_but_for_the_policy_pack() -> None:
    told, digested = recorded("proposed"), recorded("proposed-digest")
    assert counts(digested) == PROPOSED
    assert {(one.urn, one.action) for one in digested.changes} == {(one.urn, one.action) for one in told.changes}
    assert not digested.judged
    assert not digested.violations


def test_nothing_to_do_is_no_change_and_as_many_unchanged_as_the_engine_counts() -> None:
    preview = recorded("unchanged")
    assert not preview.changes
    assert preview.unchanged == 22


def test_a_refusal_is_violations_and_no_error() -> None:
    preview = recorded("refused")
    assert preview.ended
    assert not preview.errors
    mandatory = [one for one in preview.violations if one.level == "mandatory"]
    assert {(one.rule, one.resource) for one in mandatory} >= {("dec-queue-has-dlq", "mails")}
    (one,) = [one for one in mandatory if one.rule == "dec-queue-has-dlq"]
    assert one.found.startswith("redrivePolicy: found nothing, allowed a dead-letter queue.")
    assert one.fix.startswith("create a queue for dead letters")


def test_what_is_open_and_what_is_exempted_are_no_violations() -> None:
    preview = recorded("proposed")
    assert any(note.startswith("sec-iam-admin: network-flow-log-policy, since ") for note in preview.undecided)
    assert preview.exemptions == (
        "sta-no-standalone-instances: batch until 2099-12-31, since it moves to a group with the next release",
    )
    assert not {one.rule for one in preview.violations} & {"undecided", "exempted"}


def test_a_program_that_fails_is_its_error_without_the_traceback_and_a_part_of_the_changes() -> None:
    preview = recorded("broken")
    assert preview.errors == (
        "Program failed with an unhandled exception:\nValueError: the shop has no <opening hours> | `none`",
    )
    assert not preview.ended


def test_a_preview_that_never_began_is_what_the_command_said() -> None:
    preview = recorded("missing")
    assert preview.environment == "missing"
    assert preview.errors == ("no stack named 'nowhere' found",)
    assert not preview.ended


def test_what_was_done_by_hand_is_told_apart_from_what_the_program_changes() -> None:
    preview = recorded("drifted")
    assert {(one.name, one.action) for one in preview.drift} == {
        ("jobs-queue", Action.CHANGED),
        ("exports", Action.DESTROYED),
    }
    assert {(one.name, one.action) for one in preview.changes} == {
        ("jobs-queue", Action.CHANGED),
        ("exports", Action.CREATED),
    }
    assert not preview.errors  # that changes were not expected is no failure


@pytest.mark.parametrize("nothing", ["", "\n\n"])
def test_silence_is_a_failure(nothing: str) -> None:
    preview = parse(nothing, None, "prod")
    assert preview.errors == ("The engine ended without a word. The log of its run says more.",)
    assert not preview.ended


def test_events_that_end_before_the_summary_are_a_failure() -> None:
    preview = parse(events(Step("create", "orders", new={})), None, "prod")
    assert not preview.ended
    assert preview.errors


def test_a_protected_resource_is_an_error_after_all_was_seen() -> None:
    error = diagnostic("cannot be deleted\nbecause it is protected", about=urn("aws:dynamodb/table:Table", "orders"))
    told = events(Step("delete", "orders", old={}, protect=True), error, summary(delete=1))
    preview = parse(told, None, "prod")
    assert preview.ended
    assert preview.errors == ("cannot be deleted\nbecause it is protected",)


def test_a_replacement_is_one_change_however_many_steps_it_takes() -> None:
    steps = [
        Step("create-replacement", "orders", old={"hashKey": "a"}, new={"hashKey": "b"}, keys=["hashKey"]),
        Step("replace", "orders", old={"hashKey": "a"}, new={"hashKey": "b"}, keys=["hashKey"]),
        Step("delete-replaced", "orders", old={"hashKey": "a"}),
    ]
    (change,) = parse(events(*steps, summary(replace=1)), None, "prod").changes
    assert change.action == Action.REPLACED
    assert change.reasons == ("hashKey",)
    assert change.new is not None
    assert change.new.inputs == {"hashKey": "b"}


def test_components_providers_and_the_stack_are_not_counted() -> None:
    stack = Step("create", "shop-prod", "pulumi:pulumi:Stack", new={})
    provider = Step("create", "default", "pulumi:providers:aws", new={})
    told = events(stack, provider, Step("create", "orders", new={}), summary(create=3))
    assert [change.name for change in parse(told, None, "prod").changes] == ["orders"]


@pytest.mark.parametrize("op", ["same", "read", "refresh", "discard", "remove-pending-replace"])
def test_what_changes_nothing_in_aws_is_no_change(op: str) -> None:
    assert not parse(events(Step(op, "orders", old={}, new={}), summary(same=1)), None, "prod").changes


def test_a_file_may_name_its_environment_itself_or_be_named_for_it(tmp_path: Path) -> None:
    (tmp_path / "staging.json").write_text(events(summary(same=0)))
    assert read(tmp_path / "staging.json").environment == "staging"
    assert read(tmp_path / "staging.json", "prod").environment == "prod"
    (tmp_path / "staging.json").write_text(events(Step("create", "a", new={}, stack="dev"), summary(create=1)))
    assert read(tmp_path / "staging.json").environment == "dev"


def test_messages_after_either_form_are_why_it_failed() -> None:
    step = Step("create", "orders", new={})
    for text in (events(step, summary(create=1)), digest([step], create=1) + "\n"):
        preview = parse(text + "error: could not lock\nthe state\n", None, "prod")
        assert preview.errors == ("could not lock\nthe state",)
        assert counts(preview) == {"created": 1}


def test_what_the_policy_pack_mends_is_told() -> None:
    mended = {"policyRemediationEvent": {"policyName": "sec-x", "resourceUrn": urn("aws:sqs/queue:Queue", "jobs")}}
    preview = parse(events(mended, mended, summary()), None, "prod")
    assert preview.remediations == ("sec-x: jobs",)


def test_colours_are_not_read_as_text() -> None:
    told = events(diagnostic("<{%fg 1%}>no<{%reset%}> \x1b[31mway"), finding("r", "<{%bold%}>found"), summary())
    preview = parse(told, None, "prod")
    assert preview.errors == ("no way",)
    assert preview.violations[0].found == "found"


def test_other_json_is_refused_with_the_line_and_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(UnreadablePreviewError, match=r"x\.json: line 1 is JSON, but no event .*pulumi preview --json"):
        read(tmp_path / "x.json")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePreviewError, match="No such file"):
        read(tmp_path / "none.json")
