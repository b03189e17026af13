"""Fixtures for rules are Pulumi programs: pulumi-aws makes the inputs, the SDK's own analyzer judges them.

A program runs against a monitor that keeps what it registers. From that come the engine's two messages to a policy
pack: one resource by its inputs, and the whole stack by its outputs, as they are in a preview of a new stack (all that
the provider fills in is unknown, and the engine tells what each property was made from) and after an update.
"""

import importlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pulumi
import pulumi.runtime
import pulumi_aws as aws
from google.protobuf import struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import analyzer_pb2, resource_pb2
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tenfold_policies.analyzer import Analyzer
from tenfold_policies.pack import UNDECIDED, policies
from tenfold_policies.rule import Rule
from tenfold_policies.rules import RULES
from tests.components.building import CREDENTIALS

RULES_BY_NAME = {rule.name: rule for rule in RULES}
Program = Callable[[], object]


class _Monitor(mocks.MockMonitor):
    def __init__(self, *, preview: bool) -> None:
        super().__init__(_NoMocks())
        self.preview = preview
        self.requests: list[tuple[str, resource_pb2.RegisterResourceRequest]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the engine's word
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        self.requests.append((urn, request))
        if self.preview:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        outputs = created(request.type, request.name, request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=str(outputs["id"]), object=outputs)


class _NoMocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "aws:index/getAvailabilityZones:getAvailabilityZones":
            return {"id": "us-east-1", "names": ["us-east-1a", "us-east-1b", "us-east-1c"]}
        if args.token == "aws:dynamodb/getTableItem:getTableItem":
            return {"item": "{}"}
        if args.token == "aws:index/getCallerIdentity:getCallerIdentity":
            return {"accountId": "123456789012", "arn": "arn:aws:iam::123456789012:user/deployer"}
        if args.token == "aws:secretsmanager/getSecretVersion:getSecretVersion":
            return {"secretString": json.dumps(CREDENTIALS)}
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)


@cache
def _outputs_of(token: str) -> list[str]:
    """The names of the properties that pulumi-aws declares for a type; a component has none there."""
    provider, module, name = token.split(":")
    if provider != "aws":
        return []
    package = module.split("/")[0]
    resource = getattr(importlib.import_module(f"pulumi_aws.{ {'lambda': 'lambda_'}.get(package, package) }"), name)
    getters = [member.fget for member in vars(resource).values() if isinstance(member, property)]
    return [getattr(getter, "_pulumi_name", getter.__name__) for getter in getters if getter is not None]


_HOSTS = (
    "address",
    "configurationEndpointAddress",
    "endpoint",
    "primaryEndpointAddress",
    "readerEndpoint",
    "readerEndpointAddress",
)


def created(token: str, name: str, inputs: struct_pb2.Struct) -> struct_pb2.Struct:
    """The outputs that a program needs after a create: the inputs and identifiers."""
    service = token.split(":")[1].split("/", maxsplit=1)[0]
    url = f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"
    outputs = struct_pb2.Struct()
    identifiers = {"arn": f"arn:aws:{service}:us-east-1:123456789012:{name}", "url": url, "name": name, "version": "8"}
    identifiers |= {"domainName": f"{name}.cloudfront.net", "bucketRegionalDomainName": f"{name}.s3.amazonaws.com"}
    identifiers |= {"arnSuffix": f"app/{name}/0a1b2c", "dnsName": f"{name}.us-east-1.elb.amazonaws.com"}
    identifiers |= {key: f"{name}.{key.lower()}.us-east-1.amazonaws.com" for key in _HOSTS}
    outputs.update({key: value for key, value in identifiers.items() if key in _outputs_of(token)})
    outputs.update({"id": url if service == "sqs" else f"{name}-0a1b2c"})
    if token == "aws:cloudwatch/eventRule:EventRule":
        outputs.update({"arn": f"arn:aws:events:us-east-1:123456789012:rule/{name}"})
    if token == "aws:s3/bucket:Bucket":
        outputs.update({"bucket": outputs["id"]})
    if token == "aws:acm/certificate:Certificate":
        outputs.update({"domainValidationOptions": _proofs(inputs)})
    if "masterUserSecrets" in _outputs_of(token):
        outputs.update({"masterUserSecrets": [{"secretArn": f"arn:aws:secretsmanager:us-east-1:123456789012:{name}"}]})
    if "memberClusters" in _outputs_of(token):
        outputs.update({"memberClusters": [f"{name}-001", f"{name}-002"]})
    for endpoints in {"endpoints", "readerEndpoints"} & set(_outputs_of(token)):
        outputs.update({endpoints: [{"address": f"{name}.serverless.use1.cache.amazonaws.com", "port": 6379}]})
    return _merged(outputs, inputs)


def _proofs(certificate: struct_pb2.Struct) -> list[dict[str, str]]:
    """What AWS wants to see in DNS before it issues a certificate."""
    given: dict[str, Any] = dict(certificate.items())
    names = [given["domainName"], *(given.get("subjectAlternativeNames") or [])]
    record = {"resourceRecordName": "_1.", "resourceRecordType": "CNAME", "resourceRecordValue": "_2."}
    return [{"domainName": name, **record} for name in names]


def previewed(token: str, inputs: struct_pb2.Struct) -> struct_pb2.Struct:
    """The outputs in the preview of a create: the inputs, and all else unknown."""
    outputs = struct_pb2.Struct()
    outputs.update(dict.fromkeys(["id", *_outputs_of(token)], UNKNOWN_STRING_VALUE))
    return _merged(outputs, inputs)


def _reported(token: str, name: str, inputs: struct_pb2.Struct) -> struct_pb2.Struct:
    """The outputs after an update: what is not set is empty, as pulumi-aws reports it."""
    outputs = struct_pb2.Struct()
    outputs.update(dict.fromkeys(_outputs_of(token), ""))
    return _merged(outputs, created(token, name, inputs))


def _merged(below: struct_pb2.Struct, above: struct_pb2.Struct) -> struct_pb2.Struct:
    for key, value in above.fields.items():
        below.fields[key].CopyFrom(value)
    return below


def later(value: Any) -> pulumi.Output[Any]:
    """A value that a preview does not know: AWS makes up what it is derived from."""
    return aws.ec2.PlacementGroup("later", strategy="spread").arn.apply(lambda _: value)


@dataclass(frozen=True)
class Messages:
    """The engine's messages to a policy pack about one run of a program."""

    resources: list[analyzer_pb2.AnalyzeRequest]
    stack: analyzer_pb2.AnalyzeStackRequest


def run(program: Program, *, preview: bool) -> Messages:
    """The engine's messages about a program, in the preview of a new stack or after its update."""
    monitor = _Monitor(preview=preview)
    mocks.set_mocks(_NoMocks(), monitor=monitor, preview=preview)
    pulumi.runtime.test(program)()
    return Messages(
        [
            analyzer_pb2.AnalyzeRequest(
                type=request.type, urn=urn, name=request.name, properties=request.object, options=_options(request)
            )
            for urn, request in monitor.requests
        ],
        analyzer_pb2.AnalyzeStackRequest(
            resources=[
                analyzer_pb2.AnalyzerResource(
                    type=request.type,
                    urn=urn,
                    name=request.name,
                    options=_options(request),
                    properties=(
                        previewed(request.type, request.object)
                        if preview
                        else _reported(request.type, request.name, request.object)
                    ),
                    propertyDependencies={
                        key: analyzer_pb2.AnalyzerPropertyDependencies(urns=list(each.urns))
                        for key, each in request.propertyDependencies.items()
                    },
                )
                for urn, request in monitor.requests
            ]
        ),
    )


def _options(request: Any) -> analyzer_pb2.AnalyzerResourceOptions:
    return analyzer_pb2.AnalyzerResourceOptions(protect=request.protect, ignoreChanges=list(request.ignoreChanges))


class Pack:
    """The pack, or some of its rules, behind the analyzer that the engine talks to."""

    def __init__(
        self,
        rules: Iterable[Rule] = RULES,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        level: EnforcementLevel | None = None,
        today: date = date(2026, 7, 1),
        analyzer: Callable[[list[Policy]], Any] = Analyzer,
    ) -> None:
        self.analyzer = analyzer(policies(rules, lambda: today))
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for rule in rules:
            configured = request.policyConfig[rule.name]
            configured.properties.update((config or {}).get(rule.name, {}))
            configured.enforcementLevel = getattr(analyzer_pb2, (level or rule.level).name)
        self.analyzer.Configure(request, None)

    def judge(self, messages: Messages) -> list[analyzer_pb2.AnalyzeDiagnostic]:
        """What it has to say, in the order of the engine's questions."""
        answers = [self.analyzer.Analyze(request, None) for request in messages.resources]
        answers.append(self.analyzer.AnalyzeStack(messages.stack, None))
        return [diagnostic for answer in answers for diagnostic in answer.diagnostics]


_TEXT = re.compile(
    r"(?P<resource>\S+) \((?P<type>aws:\S+)\) (?P<property>\S+): "
    r"found (?P<found>.+?), allowed (?P<allowed>.+?)\. Fix: (?P<fix>.+)\."
)


@dataclass(frozen=True)
class Violation:
    """What a violation's text says, taken apart; what it says to do is not held word by word."""

    resource: str
    property: str
    found: str
    allowed: str


def violation(diagnostic: analyzer_pb2.AnalyzeDiagnostic) -> Violation:
    """The parts of a violation's text; an error where one of them is missing."""
    text = diagnostic.message.removeprefix(f"{diagnostic.description}\n")
    parts = _TEXT.fullmatch(text)
    assert parts is not None, f"does not name resource, property, found, allowed and fix: {text}"
    assert diagnostic.urn.endswith(f"::{parts['resource']}"), f"{diagnostic.urn} is not what the text names: {text}"
    return Violation(parts["resource"], parts["property"], parts["found"], parts["allowed"])


@dataclass(frozen=True)
class Case:
    """A program and what one rule says about it. The first of a rule that is refused, and that passes, are on its page.

    Attributes:
        rule: The rule's name.
        title: What is special about the program.
        program: The program.
        refused: The violations after an update; none where the program passes.
        preview: The violations in the preview of a new stack, where they are others.
        left: The names of the resources whose verdict the preview leaves open.
        left_after: The names of those that even the update leaves open.
        config: The rule's parameters.
    """

    rule: str
    title: str
    program: Program
    refused: tuple[Violation, ...] = ()
    preview: tuple[Violation, ...] | None = None
    left: tuple[str, ...] = ()
    left_after: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"

    def check(self) -> None:
        """Judge the program in a preview and after an update, and hold the verdicts against what is expected."""
        found = {"after an update": self._verdict(preview=False), "in a preview": self._verdict(preview=True)}
        previewed = self.refused if self.preview is None else self.preview
        assert found == {
            "after an update": (Counter(self.refused), Counter(self.left_after)),
            "in a preview": (Counter(previewed), Counter(self.left)),
        }

    def _verdict(self, *, preview: bool) -> tuple[Counter[Violation], Counter[str]]:
        pack = Pack([RULES_BY_NAME[self.rule]], {self.rule: self.config})
        diagnostics = pack.judge(run(self.program, preview=preview))
        decided = [violation(each) for each in diagnostics if each.policyName == self.rule]
        left = [each for each in diagnostics if each.policyName == UNDECIDED]
        return Counter(decided), Counter(name for each in left for name in left_open(each, self.rule))


def left_open(diagnostic: analyzer_pb2.AnalyzeDiagnostic, rule: str) -> Iterator[str]:
    """The names of the resources on which the verdict of a rule is open."""
    assert diagnostic.enforcementLevel == analyzer_pb2.ADVISORY
    for line in diagnostic.message.removeprefix(f"{diagnostic.description}\n").splitlines():
        names, _, reason = line.removeprefix(f"{rule}: ").partition(", since ")
        assert reason
        yield from names.split(", ")


def passes(
    rule: str,
    title: str,
    program: Program,
    *,
    left: tuple[str, ...] = (),
    left_after: tuple[str, ...] = (),
    **config: Any,
) -> Case:
    """A program that a rule passes."""
    return Case(rule, title, program, left=left, left_after=left_after, config=config)


def refuses(
    rule: str,
    title: str,
    program: Program,
    *refused: tuple[str, str, str, str],
    preview: tuple[tuple[str, str, str, str], ...] | None = None,
    left: tuple[str, ...] = (),
    **config: Any,
) -> Case:
    """A program that a rule refuses: for each violation the resource, the property, what is found and is allowed."""
    assert refused
    return Case(
        rule,
        title,
        program,
        tuple(Violation(*each) for each in refused),
        None if preview is None else tuple(Violation(*each) for each in preview),
        left,
        config=config,
    )
