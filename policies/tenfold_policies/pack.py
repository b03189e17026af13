"""The edge: rules become the SDK's policies, and the SDK's arguments the view that rules judge.

Each rule is one policy, so that a stack can set its level and its parameters in the policy configuration. One more
policy, `undecided`, tells at the end what no rule could decide: a preview of a new stack says it once instead of once
per resource. Two more tell of exemptions.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from .exemptions import SCHEMA, Exemptions
from .remediation import changes, mended
from .rule import Rule, Settings, judge_all, judge_one
from .rules import RULES
from .tokens import canonical
from .view import Finding, Plain, Resource, Stack, plain

UNDECIDED: Final = "undecided"


def policies(rules: Iterable[Rule] = RULES, today: Callable[[], date] = date.today) -> list[Policy]:
    """The SDK's policies for some rules, in the order in which the engine runs them.

    Args:
        rules: The rules.
        today: The day it is, which exemptions end by.
    """
    undecided, exemptions, view = _Undecided(), Exemptions(today), _View()
    return [*(_policy(rule, undecided, exemptions, view) for rule in rules), undecided.policy(), *exemptions.policies()]


class _Undecided:
    """What could not be decided since it was last told.

    The engine judges resources one by one, and the stack at the end; what is open is collected until then. It may call
    from several threads: entries are added and removed one at a time, each in one step.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, Finding], None] = {}

    def add(self, rule: Rule, finding: Finding) -> None:
        """Keep an open verdict."""
        self._open[rule.name, finding] = None

    def policy(self) -> Policy:
        """The policy that tells it. It must come after all rules."""
        return StackValidationPolicy(
            name=UNDECIDED,
            description="Verdicts that need a value which is not known yet, or is outside of this stack.",
            display_name="What could not be decided",
            enforcement_level=EnforcementLevel.ADVISORY,
            remediation_steps="None: the update decides what a preview leaves open. Make this mandatory to refuse it.",
            validate=self._tell,
        )

    def _tell(self, _: StackValidationArgs, report_violation: ReportViolation) -> None:
        names: dict[str, dict[str, list[str]]] = {}
        while self._open:
            rule, finding = self._open.popitem()[0]
            names.setdefault(rule, {}).setdefault(finding.text, []).append(finding.name)
        lines = [
            f"{rule}: {', '.join(sorted(resources))}, since {reason}"
            for rule, reasons in sorted(names.items())
            for reason, resources in sorted(reasons.items())
        ]
        if lines:
            report_violation("\n".join(lines), "")


class _View(threading.local):
    """What rules see of the engine's last question, made once for all policies that are given the same resources.

    The engine may ask from several threads, and each has its own.
    """

    def __init__(self) -> None:
        self._resource: tuple[object, Resource | None] = (None, None)
        self._stack: tuple[object, Stack] = (None, Stack())

    def resource(self, args: ResourceValidationArgs) -> Resource:
        """The resource that is judged alone."""
        seen, resource = self._resource
        if resource is None or seen is not args.props:
            resource = _resource(args, {})
            self._resource = args.props, resource
        return resource

    def stack(self, args: StackValidationArgs) -> Stack:
        """The stack that is judged."""
        if self._stack[0] is not args.resources:
            self._stack = args.resources, _stack(args.resources)
        return self._stack[1]


class ResourcePolicy(ResourceValidationPolicy):
    """A policy on single resources that can be asked whether a type is its business.

    Attributes:
        concerns: Whether it has anything to say about resources of a type; it is told its configuration, too.
    """

    def __init__(self, concerns: Callable[[str, Mapping[str, Any]], bool], **metadata: Any) -> None:
        super().__init__(**metadata)
        self.concerns = concerns


def _concerns(rule: Rule, exemptions: Exemptions, resource_type: str, configured: Mapping[str, Any]) -> bool:
    # Also of a type that the stack does not have, an exemption fits no violation.
    exemptions.learn(rule.name, configured)
    return canonical(resource_type) in rule.on


def _policy(rule: Rule, undecided: _Undecided, exemptions: Exemptions, view: _View) -> Policy:
    group = rule.name.partition("-")[0]
    parameters = {parameter.name: parameter.schema() for parameter in rule.parameters}
    concerns = partial(_concerns, rule, exemptions)

    def on_resource(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        if concerns(args.resource_type, args.get_config()):
            settings = Settings(rule.parameters, args.get_config())
            tell(judge_one(rule, view.resource(args), Stack(), settings), report_violation)

    def on_remediation(args: ResourceValidationArgs) -> dict[str, Any] | None:
        if not concerns(args.resource_type, args.get_config()):
            return None
        resource = _resource(args, {})
        found = judge_one(rule, resource, Stack(), Settings(rule.parameters, args.get_config()))
        refused = [finding for finding in found if not exemptions.cover(rule.name, finding)]
        return mended(args.props, changes(resource, refused))

    def on_stack(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        exemptions.learn(rule.name, args.get_config())
        settings = Settings(rule.parameters, args.get_config())
        tell(judge_all(rule, view.stack(args), settings), report_violation)

    def tell(findings: Iterable[Finding], report_violation: ReportViolation) -> None:
        for finding in findings:
            if exemptions.cover(rule.name, finding):
                continue
            if finding.decided:
                report_violation(finding.text, finding.urn)
            else:
                undecided.add(rule, finding)

    # The SDK's type asks for a remediation that is awaited; the SDK itself does not.
    remediation: dict[str, Any] = {"remediate": on_remediation} if rule.safe_to_set else {}
    # The two kinds of policies share everything but their argument's type.
    kind, validate = (
        (StackValidationPolicy, on_stack) if rule.whole_stack else (partial(ResourcePolicy, concerns), on_resource)
    )
    return kind(
        name=rule.name,
        description=rule.description,
        validate=validate,  # pyright: ignore[reportArgumentType]
        enforcement_level=rule.level,
        config_schema=PolicyConfigSchema({**parameters, "exemptions": SCHEMA}),
        display_name=rule.title,
        severity=rule.severity,
        framework=_framework(rule),
        tags=[group, *rule.source.checkov],
        remediation_steps=rule.remediation,
        url=rule.source.url,
        **remediation,
    )


def _framework(rule: Rule) -> PolicyComplianceFramework | None:
    """The framework that asks for a rule; the SDK takes one."""
    if control := rule.source.security_hub:
        return PolicyComplianceFramework("AWS Foundational Security Best Practices", "1.0.0", control, control)
    if practice := rule.source.well_architected:
        return PolicyComplianceFramework("AWS Well-Architected Framework", "2024", practice, practice)
    return None


def _stack(resources: Iterable[PolicyResource]) -> Stack:
    return Stack(
        _resource(
            resource,
            {key: [target.urn for target in targets] for key, targets in resource.property_dependencies.items()},
        )
        for resource in resources
    )


def _resource(args: ResourceValidationArgs | PolicyResource, references: Mapping[str, list[str]]) -> Resource:
    return Resource(
        type=canonical(args.resource_type),
        name=args.name,
        urn=args.urn,
        properties=cast("dict[str, Plain]", plain(args.props)),
        references=references,
        protect=args.opts.protect,
        ignores=frozenset(args.opts.ignore_changes),
    )
