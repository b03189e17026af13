"""What the engine did, read from its event log: changes by kind, what the policy pack refused, what failed.

Source: Pulumi's ``apitype.EngineEvent``, one JSON object a line.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MISCONFIGURED = re.compile(r"stacks/Pulumi\.\S+\.yaml has \d+ faults?:")


@dataclass(frozen=True)
class Outcome:
    """The end of one engine operation.

    Attributes:
        changes: Resources by what was done with them: ``create``, ``update``, ``replace``, ``delete``, ``same``.
        refused: ``policy: resource`` for each violation of a mandatory policy.
        failed: The URNs of resources whose operation failed.
        misconfigured: Whether the program refused the stack's configuration.
        seconds: The engine's own time; a preview that came first is not in it.
    """

    changes: Mapping[str, int] = field(default_factory=dict[str, int])
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    misconfigured: bool = False
    seconds: float = 0.0


def outcome(log: Path) -> Outcome:
    """The last operation in the log; an ``up`` is a preview, then an update."""
    changes: dict[str, int] = {}
    refused: list[str] = []
    failed: list[str] = []
    misconfigured = False
    seconds = 0.0
    for event in _events(log):
        if policy := event.get("policyEvent"):
            if policy.get("enforcementLevel") == "mandatory":
                refused.append(f"{policy['policyName']}: {policy.get('resourceUrn', '').rsplit('::', 1)[-1]}")
        elif summary := event.get("summaryEvent"):
            changes = {kind: count for kind, count in summary["resourceChanges"].items() if count}
            seconds = float(summary.get("durationSeconds", 0))
        elif failure := event.get("resOpFailedEvent"):
            failed.append(failure["metadata"]["urn"])
        elif diagnostic := event.get("diagnosticEvent"):
            # The configuration's error names its file first; see stacks/config.py.
            misconfigured |= bool(_MISCONFIGURED.search(diagnostic.get("message", "")))
    return Outcome(changes, tuple(dict.fromkeys(refused)), tuple(dict.fromkeys(failed)), misconfigured, seconds)


def _events(log: Path) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for line in log.read_text().splitlines() if log.exists() else []:
        try:
            events.append(json.loads(line))
        except ValueError:  # the engine was killed in the middle of a line
            continue
    return events
