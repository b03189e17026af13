"""What a rule is: metadata and one pure function over the view; and how it is run.

A rule is a function under `resource_rule` (one resource by its inputs, judged before the engine creates it) or
`stack_rule` (one resource among all others, judged at the end of a preview or an update). The first line of its
docstring is the policy's description, the rest says why.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NotRequired, TypedDict, Unpack

from pulumi_policy import EnforcementLevel, Severity

from .view import Finding, Findings, Resource, Stack, attempt

ADVISORY: Final = EnforcementLevel.ADVISORY
MANDATORY: Final = EnforcementLevel.MANDATORY


@dataclass(frozen=True)
class Parameter:
    """A bound that a stack may set for a rule.

    Attributes:
        name: Its key in the policy configuration.
        default: What holds where a stack sets nothing.
        description: One sentence: meaning and unit.
        minimum: The least value of a number.
        maximum: The greatest value of a number.
    """

    name: str
    default: int | list[str] | list[int] | dict[str, Any]
    description: str
    minimum: int | None = None
    maximum: int | None = None

    def schema(self) -> dict[str, Any]:
        """Its JSON schema, as the SDK takes it."""
        described: dict[str, Any] = {"description": self.description, "default": self.default}
        if isinstance(self.default, list):
            kind = "integer" if self.default and isinstance(self.default[0], int) else "string"
            return {**described, "type": "array", "items": {"type": kind}}
        if isinstance(self.default, dict):
            return {**described, "type": "object"}
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {**described, "type": "integer", **{key: value for key, value in bounds.items() if value is not None}}


class Settings:
    """The values of a rule's parameters: what the stack configured over the defaults."""

    def __init__(self, parameters: Iterable[Parameter], configured: Mapping[str, Any] | None = None) -> None:
        self._values = {p.name: (configured or {}).get(p.name, p.default) for p in parameters}

    def integer(self, name: str) -> int:
        """A whole number. The engine sends it as a float."""
        return int(self._values[name])

    def integers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return [int(value) for value in self._values[name]]

    def members(self, name: str) -> Mapping[str, Any]:
        """An object."""
        return self._values[name]

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [str(value) for value in self._values[name]]


@dataclass(frozen=True)
class Source:
    """Where a rule comes from.

    Attributes:
        url: The page that asks for it.
        security_hub: The control of AWS Foundational Security Best Practices that asks for the same, such as
            `AutoScaling.2`.
        checkov: The checks of checkov that ask for the same.
        well_architected: The best practice of the AWS Well-Architected Framework behind it, such as `REL10-BP01`.
    """

    url: str
    security_hub: str | None = None
    checkov: tuple[str, ...] = ()
    well_architected: str | None = None


def control(security_hub: str, *checkov: str, practice: str) -> Source:
    """The source of a rule that a control of Security Hub asks for, such as `RDS.3`."""
    page, anchor = security_hub.partition(".")[0].lower(), security_hub.lower().replace(".", "-")
    url = f"https://docs.aws.amazon.com/securityhub/latest/userguide/{page}-controls.html#{anchor}"
    return Source(url, security_hub, checkov, practice)


Judge = Callable[[Resource, Stack, Settings], Findings]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: `<group>-<what>`, unique in the pack.
        on: The types of the resources it judges.
        judge: The pure function.
        whole_stack: Whether it looks at other resources than the one it judges.
        title: A few words for a table.
        description: What must hold, one sentence.
        rationale: Why.
        severity: How bad a violation is.
        remediation: What to do about a violation.
        source: Where it comes from.
        level: What a violation does where a stack configures nothing.
        parameters: The bounds that a stack may set.
        safe_to_set: What the engine may set by itself, where a stack sets the level `remediate`, and why that is safe:
            AWS changes it in place, and nothing is deleted, named or down. Empty where violations are mended by hand.
    """

    name: str
    on: tuple[str, ...]
    judge: Judge
    whole_stack: bool
    title: str
    description: str
    rationale: str
    severity: Severity
    remediation: str
    source: Source
    level: EnforcementLevel = MANDATORY
    parameters: tuple[Parameter, ...] = ()
    safe_to_set: str = ""


class Metadata(TypedDict):
    """What the decorators take, in the words of `Rule`."""

    on: tuple[str, ...]
    title: str
    severity: Severity
    remediation: str
    source: Source
    level: NotRequired[EnforcementLevel]
    parameters: NotRequired[tuple[Parameter, ...]]
    safe_to_set: NotRequired[str]


def resource_rule(
    name: str, **metadata: Unpack[Metadata]
) -> Callable[[Callable[[Resource, Settings], Findings]], Rule]:
    """A rule that needs one resource alone; it is judged before the resource is created."""

    def build(function: Callable[[Resource, Settings], Findings]) -> Rule:
        def judge(resource: Resource, _: Stack, settings: Settings) -> Findings:
            return function(resource, settings)

        return _rule(name, function.__doc__, judge, whole_stack=False, **metadata)

    return build


def stack_rule(name: str, **metadata: Unpack[Metadata]) -> Callable[[Judge], Rule]:
    """A rule that needs a resource and those around it; it is judged when all resources of the stack are registered."""
    return lambda function: _rule(name, function.__doc__, function, whole_stack=True, **metadata)


def _rule(name: str, doc: str | None, judge: Judge, *, whole_stack: bool, **metadata: Unpack[Metadata]) -> Rule:
    description, _, rationale = inspect.cleandoc(doc or "").partition("\n\n")
    return Rule(
        name=name, judge=judge, whole_stack=whole_stack, description=description, rationale=rationale, **metadata
    )


def judge_one(rule: Rule, resource: Resource, stack: Stack, settings: Settings) -> list[Finding]:
    """What a rule says about one resource.

    An unknown value ends in a finding that says so, never in silence, and a fault of the rule in a violation: a rule
    that fails would otherwise take the whole preview down, or let pass what it was to refuse.
    """
    findings: list[Finding] = []
    try:
        findings.extend(attempt(rule.judge(resource, stack, settings)))
    except Exception as fault:  # noqa: BLE001  whatever it is, the user needs to know which rule and resource it was
        findings.append(Finding(resource.urn, _failed(rule, resource, fault)))
    return list(dict.fromkeys(finding if finding.decided else _left_open(finding, resource) for finding in findings))


def _left_open(finding: Finding, resource: Resource) -> Finding:
    """The verdict on the resource that was judged, whichever resource the unknown value is in."""
    return replace(finding, urn=resource.urn, text=finding.text.removeprefix(f"{resource.label} "))


def _failed(rule: Rule, resource: Resource, fault: Exception) -> str:
    return (
        f"{resource.label}: rule {rule.name} failed with {type(fault).__name__}: {fault}. Fix: report this fault of "
        f'the policy pack; until it is mended, set "{rule.name}": "disabled" in the policy configuration.'
    )


def judge_all(rule: Rule, stack: Stack, settings: Settings) -> list[Finding]:
    """What a rule says about each resource of a stack that it judges."""
    found = [finding for resource in stack.of(*rule.on) for finding in judge_one(rule, resource, stack, settings)]
    return list(dict.fromkeys(found))
