"""Writes what Pulumi's engine writes, for previews that a test makes up: events, and the digest of the same steps."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TABLE = "aws:dynamodb/table:Table"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def secret(plaintext: str) -> dict[str, str]:
    """A secret as the engine writes it where it is asked to show secrets, which is the worst that can come."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(plaintext)}


def urn(type_: str, name: str, stack: str = "prod", parent: str = "") -> str:
    return f"urn:pulumi:{stack}::shop::{parent}{type_}::{name}"


@dataclass
class Step:
    """One step of the engine."""

    op: str
    name: str
    type: str = TABLE
    old: dict[str, Any] | None = None
    new: dict[str, Any] | None = None
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    keys: list[str] = field(default_factory=list[str])
    detailed: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    protect: bool = False
    retain: bool = False
    stack: str = "prod"
    parent: str = ""

    @property
    def urn(self) -> str:
        return urn(self.type, self.name, self.stack)

    def state(self, inputs: dict[str, Any] | None, outputs: dict[str, Any]) -> dict[str, Any] | None:
        if inputs is None:
            return None
        return {
            "type": self.type,
            "urn": self.urn,
            "custom": True,
            "id": "i",
            "inputs": inputs,
            "outputs": outputs,
            "protect": self.protect,
            "retainOnDelete": self.retain,
            "parent": self.parent,
        }

    def event(self) -> dict[str, Any]:
        about = {
            "op": self.op,
            "urn": self.urn,
            "type": self.type,
            "keys": self.keys,
            "detailedDiff": self.detailed,
            "old": self.state(self.old, self.outputs),
            "new": self.state(self.new, {}),
        }
        return {"resourcePreEvent": {"metadata": about, "planning": True}}

    def digested(self) -> dict[str, Any]:
        about = {"op": self.op, "urn": self.urn, "replaceReasons": self.keys, "detailedDiff": self.detailed}
        states = {"oldState": self.state(self.old, self.outputs), "newState": self.state(self.new, {})}
        return {**about, **{side: state for side, state in states.items() if state}}


def finding(rule: str, told: str, name: str = "orders", level: str = "mandatory") -> dict[str, Any]:
    """What the engine says of a violation: the rule's description, then what the pack found."""
    message = f"What must hold.\n{told}\n"
    return {
        "policyEvent": {
            "policyName": rule,
            "enforcementLevel": level,
            "message": message,
            "resourceUrn": urn(TABLE, name),
        }
    }


def diagnostic(message: str, severity: str = "error", about: str = "") -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": severity, "prefix": f"{severity}: ", "message": message, "urn": about}}


def summary(**changes: int) -> dict[str, Any]:
    return {"summaryEvent": {"resourceChanges": changes, "PolicyPacks": {"tenfold": "0.1.0"}, "isPreview": True}}


def events(*parts: Step | dict[str, Any] | str) -> str:
    """The lines of an event log."""
    written = [part.event() if isinstance(part, Step) else part for part in parts]
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in written)


def digest(steps: Iterable[Step], **changes: int) -> str:
    """The digest of `pulumi preview --json`."""
    return json.dumps({"config": {}, "steps": [step.digested() for step in steps], "changeSummary": changes}, indent=4)
