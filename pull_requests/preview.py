"""A preview in the words of a reviewer: what changes, from what to what, and what the policy pack says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What is done with a resource, as a reviewer calls it."""

    REPLACED = "replaced"
    DESTROYED = "destroyed"
    CHANGED = "changed"
    CREATED = "created"
    IMPORTED = "imported"


@dataclass(frozen=True)
class State:
    """A resource before or after, as the engine has it.

    Attributes:
        type: Pulumi's type token, such as `aws:sqs/queue:Queue`.
        parent: The URN of what it belongs to; empty for none.
        inputs: Its properties as the program gives them. Secrets and unknown values are the engine's stand-ins.
        outputs: Its properties as AWS gives them; empty before it exists.
        custom: Whether it is a resource of a provider, and no component.
        protect: Whether Pulumi refuses to delete it.
        retained: Whether it stays in AWS when Pulumi deletes it.
    """

    type: str
    parent: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    custom: bool = True
    protect: bool = False
    retained: bool = False

    def get(self, key: str) -> Any:
        """A property as it is in AWS, or else as the program gives it; None where there is none."""
        return self.outputs.get(key, self.inputs.get(key))


@dataclass(frozen=True)
class Change:
    """One thing that is done with one resource.

    Attributes:
        urn: The resource.
        action: What is done.
        type: Pulumi's type token.
        owner: The URN of the outermost component that it is in; empty for none.
        old: What exists; None where the engine does not say or nothing does.
        new: What shall be; None where it is destroyed.
        reasons: The properties that make the engine replace it.
        paths: Each property that changes, as a path, with whether both sides are among the inputs.
    """

    urn: str
    action: Action
    type: str
    owner: str
    old: State | None
    new: State | None
    reasons: tuple[str, ...] = ()
    paths: Mapping[str, bool] = field(default_factory=dict[str, bool])

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Violation:
    """A finding of the policy pack.

    Attributes:
        level: `mandatory`, which refuses the preview, `advisory` or `remediate`.
        rule: The rule's name.
        resource: The name of the resource that it is about.
        found: What was found, and what is allowed.
        fix: What to do; empty where the pack does not say.
    """

    level: str
    rule: str
    resource: str
    found: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One environment's preview.

    Attributes:
        environment: The stack's name.
        changes: What is done; the stack itself, components and providers are not among them.
        drift: What was found changed or gone behind Pulumi's back, if the preview refreshed.
        unchanged: How many resources stay as they are, where the engine says it.
        violations: What the policy pack refuses or advises against.
        undecided: What it could not decide, and why, a line for each rule.
        exemptions: What it passes over, for which reason and until when.
        remediations: What it mends by itself before it is created or changed: rule and resource.
        judged: Whether the preview tells of the policy pack at all.
        errors: Why it failed, in the engine's words.
        warnings: What the engine or the program warned of.
        ended: Whether the preview saw the whole program.
        before: All resources that exist, by URN, as far as the engine says.
        after: All resources that shall be, by URN.
    """

    environment: str
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    unchanged: int | None = None
    violations: tuple[Violation, ...] = ()
    undecided: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    remediations: tuple[str, ...] = ()
    judged: bool = False
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    ended: bool = True
    before: Mapping[str, State] = field(default_factory=dict[str, State])
    after: Mapping[str, State] = field(default_factory=dict[str, State])

    def of(self, *actions: Action) -> list[Change]:
        """The changes of some kinds."""
        return [change for change in self.changes if change.action in actions]


def name_of(urn: str) -> str:
    """A resource's name, which may itself hold `::`."""
    parts = urn.split("::", 3)
    return parts[3] if len(parts) == 4 else urn


def type_of(urn: str) -> str:
    """A resource's type token; empty for what is no URN."""
    parts = urn.split("::", 3)
    return parts[2].rsplit("$", 1)[-1] if len(parts) == 4 else ""
