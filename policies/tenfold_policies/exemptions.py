"""Exemptions: what a stack may leave as it is, for a reason, until a day.

They stand in the policy configuration beside the rule's level, so that each is a line in a review. One that says no
reason, has expired, or fits no violation is a violation itself, and every run ends with a list of those in use: an
exemption is never silent.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

from .view import Finding

EXEMPTED: Final = "exempted"
EXEMPTIONS: Final = "exemptions"
SCHEMA: Final[dict[str, Any]] = {
    "description": "What the rule passes over: resources by name, each with a reason and the last day of it.",
    "type": "array",
    # What is wrong with one is told as a violation, beside the others, and not by refusing the whole configuration.
    "items": {"type": "object"},
    "default": [],
}
_KEYS = ("resource", "reason", "until")


@dataclass(frozen=True)
class Exemption:
    """One of a rule's exemptions, as it is written.

    Attributes:
        rule: The rule's name.
        resource: The resource's name or URN; `*` stands for any characters.
        reason: Why it is left as it is.
        until: The last day on which it holds, `2027-01-31`.
        fault: What is wrong with it, and what to do; empty where nothing is.
    """

    rule: str
    resource: str
    reason: str
    until: str
    fault: str

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is about its resource."""
        return any(fnmatchcase(each, self.resource) for each in (finding.name, finding.urn))

    def __str__(self) -> str:
        """Its rule and its resource."""
        return f"{self.rule}: {self.resource or 'an exemption'}"


class Exemptions:
    """The exemptions of a run, and which of them were used."""

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        """Args: today: The day it is."""
        self._today = today
        self._known: dict[str, list[Exemption]] = {}
        self._used: dict[Exemption, set[str]] = {}
        self._open: set[Exemption] = set()

    def learn(self, rule: str, configured: Mapping[str, Any]) -> None:
        """Read a rule's exemptions from its configuration; a second time changes nothing."""
        if rule not in self._known:
            given = cast("Iterable[Mapping[str, Any]]", configured.get("exemptions") or [])
            self._known[rule] = [_read(rule, each, self._today()) for each in given]

    def cover(self, rule: str, finding: Finding) -> bool:
        """Whether an exemption in force covers a finding of a rule.

        A verdict that is open is covered by none, and keeps the exemption from being called useless.
        """
        covering = [each for each in self._known.get(rule, []) if each.covers(finding)]
        if not finding.decided:
            self._open.update(covering)
            return False
        for each in covering:
            self._used.setdefault(each, set()).add(finding.name)
        return any(not each.fault for each in covering)

    def policies(self) -> list[Policy]:
        """What tells of them, after all rules: a list of those in use, and a violation for each that is at fault."""
        return [
            StackValidationPolicy(
                name=EXEMPTED,
                description="What this stack may leave as it is, with the reason and the last day.",
                display_name="Exemptions in use",
                enforcement_level=EnforcementLevel.ADVISORY,
                remediation_steps="None, until the day.",
                validate=self._tell_used,
            ),
            StackValidationPolicy(
                name=EXEMPTIONS,
                description="An exemption has a reason and a last day, which is to come, and fits a violation.",
                display_name="Exemptions at fault",
                enforcement_level=EnforcementLevel.MANDATORY,
                remediation_steps="Mend the resource and remove the exemption, or renew it with its reason.",
                validate=self._tell_faults,
            ),
        ]

    def _tell_used(self, _: StackValidationArgs, report_violation: ReportViolation) -> None:
        lines = [
            f"{exemption.rule}: {', '.join(sorted(names))} until {exemption.until}, since {exemption.reason}"
            for exemption, names in self._used.items()
            if not exemption.fault
        ]
        if lines:
            report_violation("\n".join(sorted(lines)), "")

    def _tell_faults(self, _: StackValidationArgs, report_violation: ReportViolation) -> None:
        every = [each for exemptions in self._known.values() for each in exemptions]
        useless = "it fits no violation. Fix: remove it."
        for exemption in every:
            idle = exemption not in self._used and exemption not in self._open
            fault = exemption.fault or (useless if idle else "")
            if fault:
                report_violation(f"{exemption}: {fault}", "")
        # The next run of the same process begins anew.
        self._known, self._used, self._open = {}, {}, set()


def _read(rule: str, given: Mapping[str, Any], today: date) -> Exemption:
    resource, reason, until = (str(given.get(key) or "").strip() for key in _KEYS)
    faults = [f"it has no {key}" for key, value in zip(_KEYS, (resource, reason, until), strict=True) if not value]
    faults += [f"it has {key!r}, which nobody reads" for key in sorted(given.keys() - set(_KEYS))]
    last = _day(until)
    if until and last is None:
        faults.append(f"until is {until!r}, which is no day")
    elif last is not None and last < today:
        faults.append(f"it has expired on {until}")
    fix = " Fix: mend the resource, or give resource, reason and until, a day to come such as 2027-01-31."
    return Exemption(rule, resource, reason, until, ", ".join(faults) + "." + fix if faults else "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
