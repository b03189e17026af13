"""What is read from the engine's event log. The events are the engine's own, shortened."""

import json
from pathlib import Path

from local.events import outcome

_TABLE = "urn:pulumi:local::tenfold::tenfold:index:Table$aws:dynamodb/table:Table::results-table"


def _log(folder: Path, *events: object) -> Path:
    log = folder / "events.json"
    log.write_text("".join(json.dumps(event) + "\n" for event in events))
    return log


def test_the_last_summary_counts_since_an_up_is_a_preview_and_an_update(tmp_path: Path) -> None:
    log = _log(
        tmp_path,
        {"summaryEvent": {"durationSeconds": 2, "resourceChanges": {"create": 60}}},
        {"summaryEvent": {"durationSeconds": 5, "resourceChanges": {"create": 59, "same": 1, "delete": 0}}},
    )
    assert outcome(log).changes == {"create": 59, "same": 1}
    assert outcome(log).seconds == 5


def test_only_mandatory_violations_refuse_and_each_is_named_once(tmp_path: Path) -> None:
    mandatory = {"policyName": "dur-dynamodb-pitr", "enforcementLevel": "mandatory", "resourceUrn": _TABLE}
    advisory = {"policyName": "sta-deregistration-delay", "enforcementLevel": "advisory", "resourceUrn": _TABLE}
    log = _log(tmp_path, {"policyEvent": mandatory}, {"policyEvent": advisory}, {"policyEvent": mandatory})
    assert outcome(log).refused == ("dur-dynamodb-pitr: results-table",)


def test_failed_resources_are_named(tmp_path: Path) -> None:
    log = _log(tmp_path, {"resOpFailedEvent": {"metadata": {"urn": _TABLE, "op": "create"}, "status": 2, "steps": 1}})
    assert outcome(log).failed == (_TABLE,)


def test_a_refused_configuration_is_told_apart_from_another_failure(tmp_path: Path) -> None:
    refused = "<{%reset%}>stacks/Pulumi.dev.yaml has 2 faults:\n  tenfold:web: ...<{%reset%}>\n"
    assert outcome(_log(tmp_path, {"diagnosticEvent": {"message": refused, "severity": "error"}})).misconfigured
    other = "<{%reset%}>Network 'main' has 1 fault in its arguments:\n  zones: ...<{%reset%}>\n"
    assert not outcome(_log(tmp_path, {"diagnosticEvent": {"message": other, "severity": "error"}})).misconfigured


def test_a_log_that_a_kill_has_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log = _log(tmp_path, {"summaryEvent": {"durationSeconds": 1, "resourceChanges": {"same": 3}}})
    log.write_text(log.read_text() + '{"summaryEvent": {"durat')
    assert outcome(log).changes == {"same": 3}


def test_no_log_is_no_outcome(tmp_path: Path) -> None:
    assert outcome(tmp_path / "none").changes == {}
