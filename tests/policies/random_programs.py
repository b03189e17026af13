"""Random programs for what holds for every rule: resources of the types that rules know, wired in any way."""

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from google.protobuf import struct_pb2
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import proxy

from tenfold_policies import tokens
from tenfold_policies.rule import Rule
from tenfold_policies.rules import CONCERNS
from tests.policies.judging import Messages

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
        made.append(resource(draw(types), urn, properties, references))
    return made


def resource(
    token: str, urn: str, properties: dict[str, Any], references: dict[str, Any] | None = None
) -> analyzer_pb2.AnalyzerResource:
    """One resource as the engine shows it in a stack."""
    struct = struct_pb2.Struct()
    struct.update(properties)
    return analyzer_pb2.AnalyzerResource(
        type=token, urn=urn, name=urn.rpartition("::")[2], properties=struct, propertyDependencies=references or {}
    )


def messages(resources: list[analyzer_pb2.AnalyzerResource]) -> Messages:
    """The engine's messages about some resources, whose inputs are all that is known of their outputs."""
    return Messages(
        [
            analyzer_pb2.AnalyzeRequest(type=each.type, urn=each.urn, name=each.name, properties=each.properties)
            for each in resources
        ],
        analyzer_pb2.AnalyzeStackRequest(resources=resources),
    )
