"""What holds for every rule on every program: it never fails, and a stranger changes no verdict."""

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from google.protobuf import struct_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import proxy

from tenfold_policies import tokens
from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rule import Rule
from tenfold_policies.rules import CONCERNS, RULES
from tests.policies.judging import Messages, Pack

TYPES = sorted(value for name, value in vars(tokens).items() if name.isupper())
UNKNOWN = st.sampled_from([value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")])


def _named_in(module: ModuleType) -> set[str]:
    """The types that a module of the pack names."""
    return {value for value in vars(module).values() if isinstance(value, str) and value in TYPES}


def _modules(concern: ModuleType) -> list[ModuleType]:
    """A concern and the modules of the pack whose functions read types of resources for it."""
    names = {str(getattr(value, "__module__", "")) for value in vars(concern).values()}
    modules = [sys.modules[name] for name in sorted(names) if name.startswith("tenfold_policies.")]
    return [concern, *(module for module in modules if module is not concern and _named_in(module))]


def _types(concern: ModuleType) -> list[str]:
    """The types that a concern's rules judge or read."""
    judged = {type_ for rule in vars(concern).values() if isinstance(rule, Rule) for type_ in rule.on}
    return sorted(judged.union(*map(_named_in, _modules(concern))))


def _read_by(concern: ModuleType) -> list[str]:
    """The properties that a concern's rules read, so that random values meet the code that reads them."""
    source = "".join(Path(str(module.__file__)).read_text() for module in _modules(concern))
    paths = re.findall(r'"([a-z][A-Za-z0-9.]+)"', source)
    return sorted({"id", "arn", *(name for path in paths for name in path.split(".") if name)})


NAMES = st.sampled_from(sorted({name for concern in CONCERNS for name in _read_by(concern)}))
WORDS = ["", "a", "true", "required", "ELB", "Interface", "network", "ingress", "igw-1", "0.0.0.0/0", "-1", "443", "/"]
IDENTITIES = ["id-0", "id-1", "id-2", "id-3", "arn:aws:sqs:x:1:q", "elsewhere"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 10**7)
    | st.floats(-1e9, 1e9)
    | st.sampled_from(WORDS + IDENTITIES)
    | UNKNOWN
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=3).map(json.dumps)
    ),
    max_leaves=8,
)


@st.composite
def graphs(draw: st.DrawFn) -> list[analyzer_pb2.AnalyzerResource]:
    """Resources of the types that rules know, with any properties, which refer to each other in any way."""
    # Types and properties of one concern have to do with each other more often than any.
    concern = draw(st.sampled_from(CONCERNS))
    types = st.sampled_from(_types(concern))
    names = st.sampled_from(_read_by(concern))
    urns = [f"urn:pulumi:dev::shop::any::r{number}" for number in range(draw(st.integers(1, 6)))]
    made: list[analyzer_pb2.AnalyzerResource] = []
    for number, urn in enumerate(urns):
        properties: dict[str, Any] = draw(st.dictionaries(names, VALUES, max_size=8))
        if draw(st.booleans()):
            properties["id"] = f"id-{number}"
        references = {
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=draw(st.lists(st.sampled_from(urns), max_size=3)))
            for name in properties
            if draw(st.booleans())
        }
        made.append(_resource(draw(types), urn, properties, references))
    return made


def _resource(
    token: str, urn: str, properties: dict[str, Any], references: dict[str, Any] | None = None
) -> analyzer_pb2.AnalyzerResource:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return analyzer_pb2.AnalyzerResource(
        type=token, urn=urn, name=urn.rpartition("::")[2], properties=struct, propertyDependencies=references or {}
    )


def _messages(resources: list[analyzer_pb2.AnalyzerResource]) -> Messages:
    return Messages(
        [
            analyzer_pb2.AnalyzeRequest(type=each.type, urn=each.urn, name=each.name, properties=each.properties)
            for each in resources
        ],
        analyzer_pb2.AnalyzeStackRequest(resources=resources),
    )


def _judge(resources: list[analyzer_pb2.AnalyzerResource]) -> list[tuple[str, str, str]]:
    """What the pack says: policy, resource and text, what is left open line by line."""
    return sorted(
        (each.policyName, each.urn, line)
        for each in Pack().judge(_messages(resources))
        for line in each.message.removeprefix(f"{each.description}\n").splitlines()
    )


MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(graphs())
def test_no_rule_fails_on_any_program(resources: list[analyzer_pb2.AnalyzerResource]) -> None:
    rules = {rule.name for rule in RULES}
    for policy, _, message in _judge(resources):
        assert policy == UNDECIDED or policy in rules
        assert " failed with " not in message


@MANY
@given(graphs(), st.sampled_from(TYPES), st.dictionaries(NAMES, st.booleans() | st.just("stranger"), max_size=4))
def test_a_resource_that_has_nothing_to_do_with_it_changes_no_verdict(
    resources: list[analyzer_pb2.AnalyzerResource], token: str, properties: dict[str, Any]
) -> None:
    # A subnet without a VPC is in that of every other one without.
    stranger = _resource(token, "urn:pulumi:dev::shop::any::stranger", properties | {"vpcId": "stranger"})
    alone = _judge(resources)
    for together in ([*resources, stranger], [stranger, *resources]):
        assert [found for found in _judge(together) if "stranger" not in found[2]] == alone


@MANY
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_in_which_resources_are_registered_changes_no_verdict(
    resources: list[analyzer_pb2.AnalyzerResource], random: Any
) -> None:
    shuffled = list(resources)
    random.shuffle(shuffled)
    # Where AWS chooses between two resources of one identity, the order decides: such programs cannot exist.
    identities = [
        each.properties.fields[key].string_value for each in resources for key in ("name", "url", "arn", "id")
    ]
    known = [identity for identity in identities if identity]
    if len(known) == len(set(known)):
        assert _judge(shuffled) == _judge(resources)
