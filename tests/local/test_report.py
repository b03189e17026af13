"""What commands say at their end, for people and for scripts."""

import io

from rich.console import Console

from local.events import Outcome
from local.report import Component, RecordedType, StackReport, components_of

_STACK = "urn:pulumi:local::tenfold::pulumi:pulumi:Stack::tenfold-local"
_WEB = "urn:pulumi:local::tenfold::tenfold:index:WebTier::web"
_INNER = "urn:pulumi:local::tenfold::tenfold:index:WebTier$tenfold:index:Table::web-sessions"


def _resource(urn: str, kind: str, parent: str) -> dict[str, str]:
    return {"urn": urn, "type": kind, "parent": parent}


def _shown(report: StackReport) -> str:
    output = io.StringIO()
    Console(file=output, width=200).print(report)
    return output.getvalue()


def test_resources_count_for_the_outermost_component_that_they_are_in() -> None:
    state = [
        {"urn": _STACK, "type": "pulumi:pulumi:Stack"},
        _resource(f"{_STACK}-topic", "aws:sns/topic:Topic", _STACK),
        _resource(_WEB, "tenfold:index:WebTier", _STACK),
        _resource(f"{_WEB}-alb", "aws:lb/loadBalancer:LoadBalancer", _WEB),
        _resource(_INNER, "tenfold:index:Table", _WEB),
        _resource(f"{_INNER}-table", "aws:dynamodb/table:Table", _INNER),
    ]
    assert components_of(state) == [Component("WebTier", "web", 2), Component("", "(outside of components)", 1)]


def test_a_person_reads_what_exists_where_it_answers_and_what_is_on_record_only() -> None:
    shown = _shown(
        StackReport(
            operation="up",
            stack="local",
            exit_code=0,
            seconds=8.25,
            outcome=Outcome({"same": 1, "create": 2}),
            components=[Component("WebTier", "web", 3)],
            addresses={"load balancer web": "http://127.0.0.1:1/_alb/web"},
            recorded=[RecordedType("aws:appautoscaling/target:Target", 2, "the emulator lacks it")],
            next_steps={"take it away": "./tenfold down"},
        )
    )
    assert "local is up: 2 created, 1 unchanged in 8.2 s" in shown
    assert "What exists: 3 resources" in shown
    assert "load balancer web  http://127.0.0.1:1/_alb/web" in shown
    assert "2 x aws:appautoscaling/target:Target: the emulator lacks it" in shown
    assert "take it away  ./tenfold down" in shown


def test_what_was_refused_and_what_failed_is_named_and_nothing_is_said_to_exist() -> None:
    report = StackReport(
        operation="up",
        stack="local",
        exit_code=3,
        seconds=4,
        outcome=Outcome({}, refused=("sta-no-sticky-sessions: web-tg",), failed=(_WEB,)),
    )
    shown = _shown(report)
    assert "did not succeed" in shown
    assert "sta-no-sticky-sessions: web-tg" in shown
    assert _WEB in shown
    assert "What exists" not in shown
    assert report.data()["ok"] is False


def test_a_script_gets_the_same_as_data() -> None:
    report = StackReport(operation="preview", stack="dev", exit_code=0, seconds=2.04, outcome=Outcome({"create": 95}))
    assert report.data() == {
        "operation": "preview",
        "stack": "dev",
        "ok": True,
        "seconds": 2.0,
        "changes": {"create": 95},
        "refused": [],
        "failed": [],
        "resources": 0,
        "components": [],
        "addresses": {},
        "recorded": [],
    }
