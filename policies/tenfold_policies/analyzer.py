"""The pack's server: the SDK's analyzer, which here reads each of the engine's questions once.

The SDK's own reads the whole question again for every policy: with 140 policies, a stack of 300 resources is read as
often as one of 40,000. Here all policies get the same resources, read once. What they get, and what becomes of what
they say, is as in the SDK, whose class does the rest: levels, configuration, remediation, what the pack consists of.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from inspect import isawaitable
from types import MappingProxyType
from typing import Any, Final

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.policy import (
    _NotApplicableError,  # pyright: ignore[reportPrivateUsage]
    _PolicyAnalyzerServicer,  # pyright: ignore[reportPrivateUsage]
)
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from .pack import ResourcePolicy

NAME: Final = "tenfold"
# The engine takes the version from PulumiPolicy.yaml; this one stands in where there is none, as in the SDK.
VERSION: Final = "0.0.1"
# A stack is one message. The SDK's bound.
_MESSAGE_BYTES = 400 * 1024 * 1024
_THREADS = 4


class Analyzer(_PolicyAnalyzerServicer):
    """The SDK's analyzer for some policies, whose cost of reading does not grow with their number."""

    def __init__(self, policies: list[Policy]) -> None:
        super().__init__(NAME, VERSION, policies, EnforcementLevel.ADVISORY)
        self._policies = policies
        self._tags: Mapping[str, str] = MappingProxyType({})
        self._learn_levels()

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802  the protocol's name
        """Keep the policies' levels and configuration."""
        answer = super().Configure(request, context)
        self._learn_levels()
        return answer

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802  the protocol's name
        """Keep the stack's tags, which every policy is given."""
        self._tags = MappingProxyType(dict(request.tags))
        return super().ConfigureStack(request, context)

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802  the protocol's name
        """What the policies at that level set. The engine asks for it before each resource is judged."""
        return super().Remediate(request, context) if self._remediates else analyzer_pb2.RemediateResponse()

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802  the protocol's name
        """What the policies say about one resource, by its inputs."""
        self._configure_runtime_settings()
        response = analyzer_pb2.AnalyzeResponse()
        resource_type = request.type
        read: tuple[Any, Any, Any] | None = None
        for policy, level, config in self._resource_policies:
            if isinstance(policy, ResourcePolicy) and not policy.concerns(resource_type, config):
                continue
            if not policy.has_validation():
                _pass_over(response, policy, "Policy does not implement validate")
                continue
            read = read or self._read(request)
            properties, options, provider = read
            args = ResourceValidationArgs(
                resource_type, properties, request.urn, request.name, options, provider, dict(config), self._tags
            )
            self._validate(policy, level, response, partial(policy.validate, args))
        return response

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802  the protocol's name
        """What the policies say about the stack, by its resources' outputs."""
        self._configure_runtime_settings()
        response = analyzer_pb2.AnalyzeResponse()
        resources = self._resources(request.resources)
        for policy, level, config in self._stack_policies:
            args = StackValidationArgs(resources, dict(config), self._tags)
            self._validate(policy, level, response, partial(policy.validate, args))
        return response

    def _read(self, message: Any) -> tuple[Any, Any, Any]:
        """The properties, options and provider of a resource, as policies get them."""
        properties = unknown_checking_proxy(deserialize_properties(json_format.MessageToDict(message.properties)))
        return properties, self._get_resource_options(message), self._get_provider_resource(message)

    def _resources(self, messages: Sequence[Any]) -> list[PolicyResource]:
        """The resources of a stack, which name each other."""
        resources: list[PolicyResource] = []
        for message in messages:
            properties, options, provider = self._read(message)
            resources.append(
                PolicyResource(message.type, properties, message.urn, message.name, options, provider, None, [], {})
            )
        by_urn = {resource.urn: resource for resource in resources}
        for message, resource in zip(messages, resources, strict=True):
            resource.parent = by_urn.get(message.parent)
            resource.dependencies = [by_urn[urn] for urn in message.dependencies if urn in by_urn]
            resource.property_dependencies = {
                key: [by_urn[urn] for urn in targets.urns if urn in by_urn]
                for key, targets in message.propertyDependencies.items()
            }
        return resources

    def _learn_levels(self) -> None:
        """Keep which policies are to run, the level of what they report, and their configuration."""
        levels = [(policy, self._get_enforcement_level(policy)) for policy in self._policies]
        self._remediates = any(level == EnforcementLevel.REMEDIATE for _, level in levels)
        enabled = [
            # What is still wrong after a remediation, or could not have one, is refused.
            (policy, EnforcementLevel.MANDATORY if level == EnforcementLevel.REMEDIATE else level)
            for policy, level in levels
            if level != EnforcementLevel.DISABLED
        ]
        self._resource_policies = [
            (policy, level, self._get_policy_config(policy.name) or {})
            for policy, level in enabled
            if isinstance(policy, ResourceValidationPolicy)
        ]
        self._stack_policies = [
            (policy, level, self._get_policy_config(policy.name) or {})
            for policy, level in enabled
            if isinstance(policy, StackValidationPolicy)
        ]

    def _validate(
        self,
        policy: Policy,
        level: EnforcementLevel,
        response: analyzer_pb2.AnalyzeResponse,
        validate: Callable[[ReportViolation], Any],
    ) -> None:
        """Add what a policy has to say to the response."""
        report = self._create_report_violation(response, policy.name, policy.description, level, policy.severity)
        try:
            validation = validate(report)
            if validation is not None and isawaitable(validation):
                asyncio.run(_awaited(validation))
        except UnknownValueError as unknown:
            response.diagnostics.append(
                analyzer_pb2.AnalyzeDiagnostic(
                    policyName=policy.name,
                    policyPackName=NAME,
                    policyPackVersion=VERSION,
                    message=(
                        f"can't run policy '{policy.name}' from policy pack '{NAME}@v{VERSION}' during preview: "
                        f"{unknown.message}"
                    ),
                    description=policy.description,
                    enforcementLevel=analyzer_pb2.ADVISORY,
                )
            )
        except _NotApplicableError as reason:
            _pass_over(response, policy, reason.reason or "")


async def _awaited(validation: Awaitable[Any]) -> None:
    await validation


def _pass_over(response: analyzer_pb2.AnalyzeResponse, policy: Policy, reason: str) -> None:
    response.not_applicable.append(analyzer_pb2.PolicyNotApplicable(policy_name=policy.name, reason=reason))


def serve(policies: list[Policy]) -> None:
    """Answer the engine until it ends this process."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_THREADS), options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(policies), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # What is loaded by now stays; the collector need not look through it again.
    gc.freeze()
    gc.enable()
    # The engine reads the port from the first line.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(0)
