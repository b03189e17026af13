"""The edge: rules become the SDK's policies, and the SDK's arguments the view that rules judge.

Each rule is one policy, so that a stack can set its level and its parameters in the policy configuration. One more
policy, `undecided`, tells at the end what no rule could decide: a preview of a new stack says it once instead of once
per resource.
"""

from collections.abc import Iterable, Mapping
from typing import Final, cast

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

from .rule import Rule, Settings, judge_all, judge_one
from .rules import RULES
from .tokens import canonical
from .view import Finding, Plain, Resource, Stack, plain

UNDECIDED: Final = "undecided"


def policies(rules: Iterable[Rule] = RULES) -> list[Policy]:
    """The SDK's policies for some rules, in the order in which the engine runs them."""
    undecided = _Undecided()
    return [*(_policy(rule, undecided) for rule in rules), undecided.policy()]


class _Undecided:
    """What could not be decided since it was last told.

    The engine judges resources one by one, and the stack at the end; what is open is collected until then. It may call
    from several threads: entries are added and removed one at a time, each in one step.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, Finding, str], None] = {}

    def add(self, rule: Rule, finding: Finding, name: str) -> None:
        """Keep an open verdict on the resource of a name."""
        self._open[rule.name, finding, name] = None

    def policy(self) -> Policy:
        """The policy that tells it. It must be the last one."""
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
            rule, finding, name = self._open.popitem()[0]
            names.setdefault(rule, {}).setdefault(finding.text, []).append(name)
        lines = [
            f"{rule}: {', '.join(sorted(resources))}, since {reason}"
            for rule, reasons in sorted(names.items())
            for reason, resources in sorted(reasons.items())
        ]
        if lines:
            report_violation("\n".join(lines), "")


def _policy(rule: Rule, undecided: _Undecided) -> Policy:
    group = rule.name.partition("-")[0]
    schema = PolicyConfigSchema({parameter.name: parameter.schema() for parameter in rule.parameters})

    def on_resource(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        if canonical(args.resource_type) in rule.on:
            resource = _resource(args, {})
            settings = Settings(rule.parameters, args.get_config())
            tell({resource.urn: resource.name}, judge_one(rule, resource, Stack(), settings), report_violation)

    def on_stack(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        stack = _stack(args.resources)
        names = {resource.urn: resource.name for resource in stack.of(*rule.on)}
        tell(names, judge_all(rule, stack, Settings(rule.parameters, args.get_config())), report_violation)

    def tell(names: Mapping[str, str], findings: Iterable[Finding], report_violation: ReportViolation) -> None:
        for finding in findings:
            if finding.decided:
                report_violation(finding.text, finding.urn)
            else:
                undecided.add(rule, finding, names[finding.urn])

    # The two kinds of policies share everything but their argument's type.
    kind, validate = (StackValidationPolicy, on_stack) if rule.whole_stack else (ResourceValidationPolicy, on_resource)
    return kind(
        name=rule.name,
        description=rule.description,
        validate=validate,  # pyright: ignore[reportArgumentType]
        enforcement_level=rule.level,
        config_schema=schema if rule.parameters else None,
        display_name=rule.title,
        severity=rule.severity,
        framework=_framework(rule),
        tags=[group, *rule.source.checkov],
        remediation_steps=rule.remediation,
        url=rule.source.url,
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
    )
