"""The analyzer: it says what the SDK's own says, and reads each question once."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pulumi_aws as aws
import pytest
from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tenfold_policies.analyzer import NAME, VERSION, Analyzer
from tenfold_policies.pack import policies
from tenfold_policies.rules import RULES
from tests.policies.judging import Messages, run
from tests.policies.networks import network
from tests.policies.random_programs import graphs, messages

LEVELS = list(EnforcementLevel)
TODAY = date(2026, 7, 1)


def sdks(every: list[Policy]) -> Any:
    """The SDK's own analyzer."""
    return _PolicyAnalyzerServicer(NAME, VERSION, every, EnforcementLevel.ADVISORY)


def answers(analyzer: Any, asked: Messages, config: analyzer_pb2.ConfigureAnalyzerRequest) -> list[Any]:
    """All that an analyzer says about a program, in the order of the engine's questions."""
    analyzer.Configure(config, None)
    analyzer.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(tags={"team": "shop"}), None)
    said: list[Any] = []
    for each in asked.resources:
        said.append(analyzer.Analyze(each, None))
        said.append(
            analyzer.Remediate(
                analyzer_pb2.AnalyzeRequest(type=each.type, urn=each.urn, name=each.name, properties=each.properties),
                None,
            )
        )
    return [*said, analyzer.AnalyzeStack(asked.stack, None)]


def configured(levels: Mapping[str, EnforcementLevel], **config: Mapping[str, Any]) -> Any:
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, level in levels.items():
        request.policyConfig[name].enforcementLevel = getattr(analyzer_pb2, level.name)
        request.policyConfig[name].properties.update(config.get(name, {}))
    return request


EXEMPTIONS = {
    "exemptions": [
        {"resource": "r0", "reason": "an experiment", "until": "2026-12-31"},
        {"resource": "r1", "reason": "an experiment", "until": "2026-01-31"},
        {"resource": "*"},
    ]
}
CONFIGURED = st.dictionaries(st.sampled_from([rule.name for rule in RULES]), st.sampled_from(LEVELS)).map(
    lambda levels: configured(levels, **dict.fromkeys(levels, EXEMPTIONS))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), CONFIGURED)
def test_on_any_program_at_any_levels_it_says_what_the_sdks_says(
    resources: list[analyzer_pb2.AnalyzerResource], config: analyzer_pb2.ConfigureAnalyzerRequest
) -> None:
    asked = messages(resources)
    said = answers(Analyzer(policies(today=lambda: TODAY)), asked, config)
    assert said == answers(sdks(policies(today=lambda: TODAY)), asked, config)


def test_what_the_pack_consists_of_is_told_as_by_the_sdks() -> None:
    assert Analyzer(policies()).GetAnalyzerInfo(None, None) == sdks(policies()).GetAnalyzerInfo(None, None)


Args = ResourceValidationArgs | StackValidationArgs


def _told(args: Args, report: Callable[..., None]) -> None:
    """Tell everything that a policy is given."""
    each = args.resources if isinstance(args, StackValidationArgs) else [args]
    for resource in each:
        options = resource.opts
        report(f"{resource.resource_type} {resource.name} {sorted(resource.props)}", resource.urn)
        report(f"{options.parent} {options.protect} {list(options.ignore_changes)} {options.delete_before_replace}")
        report(f"{options.custom_timeouts.create_seconds} {list(options.aliases)}")
        report("none" if resource.provider is None else f"{resource.provider.urn} {dict(resource.provider.props)}")
    if isinstance(args, StackValidationArgs):
        for resource in args.resources:
            report(str(resource.parent and resource.parent.urn), resource.urn)
            report(str([each.urn for each in resource.dependencies]), resource.urn)
            report(str({key: [at.urn for at in to] for key, to in resource.property_dependencies.items()}))
    report(f"{dict(args.stack_tags)} {dict(args.get_config())}")


def _unknown(args: Args, report: Callable[..., None]) -> None:
    report("before")
    for resource in args.resources if isinstance(args, StackValidationArgs) else [args]:
        report(str(list(resource.props.values())))


def _elsewhere(args: Args, _: Callable[..., None]) -> None:
    args.not_applicable("no reason" if isinstance(args, StackValidationArgs) else None)


async def _later(_: Args, report: Callable[..., None]) -> None:
    report("later")


def others() -> list[Policy]:
    """Policies that do what the SDK lets policies do, and ours do not."""
    made: list[Policy] = [
        ResourceValidationPolicy("only-mends", "It has no validation.", remediate=lambda _: None)  # pyright: ignore[reportArgumentType]
    ]
    for validate in (_told, _unknown, _elsewhere, _later):
        name = validate.__name__.strip("_")
        for kind in (ResourceValidationPolicy, StackValidationPolicy):
            # The level of the pack holds where a policy has none.
            made.append(kind(f"{kind.__name__}-{name}", f"It is {name}.", validate, severity=Severity.HIGH))  # pyright: ignore[reportArgumentType]
    return made


def wired() -> Messages:
    """Resources with all that the engine may tell of one."""
    provider = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:aws", urn="urn:aws", name="aws")
    provider.properties.update({"region": "us-east-1"})
    options = analyzer_pb2.AnalyzerResourceOptions(
        protect=True,
        ignoreChanges=["tags"],
        deleteBeforeReplace=True,
        deleteBeforeReplaceDefined=True,
        aliases=["urn:before"],
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(create=60),
        parent="urn:elsewhere",
    )
    asked = run(lambda: network("app-a", "app-b"), preview=True)
    first, *rest = (each.urn for each in asked.stack.resources)
    for each in (*asked.resources, *asked.stack.resources):
        each.provider.CopyFrom(provider)
        each.options.CopyFrom(options)
    for resource in asked.stack.resources:
        resource.parent = first
        resource.dependencies.extend([*rest, "urn:of another stack"])
    return asked


@pytest.mark.parametrize("level", [None, *LEVELS])
def test_policies_are_given_what_the_sdks_gives_them(level: EnforcementLevel | None) -> None:
    asked = wired()
    config = configured(
        {each.name: level for each in others() if level}, **{each.name: {"bound": 3} for each in others()}
    )
    assert answers(Analyzer(others()), asked, config) == answers(sdks(others()), asked, config)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The messages that were read."""
    messages: list[Any] = []
    plain = json_format.MessageToDict

    def counted(message: Any) -> Any:
        messages.append(message)
        return plain(message)

    monkeypatch.setattr(json_format, "MessageToDict", counted)
    return messages


def test_a_question_is_read_once_however_many_policies_there_are(read: list[Any]) -> None:
    asked = run(lambda: [aws.sqs.Queue(f"jobs-{number}") for number in range(5)], preview=True)
    analyzer = Analyzer(policies())
    analyzer.Analyze(asked.resources[0], None)
    assert len(read) == 1
    analyzer.AnalyzeStack(asked.stack, None)
    assert len(read) == 1 + 5
