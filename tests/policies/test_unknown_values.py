"""No unknown value turns a refusal into silence: the rule still refuses, or says that the verdict is open."""

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tenfold_policies.pack import UNDECIDED
from tests.policies.judging import RULES_BY_NAME, Case, Messages, Pack, run
from tests.policies.test_rules import CASES

REFUSED = [case for case in CASES if case.refused and case.preview is None]
MADE_FROM = "urn:pulumi:stack::project::pulumi:pulumi:Stack$aws:ssm/document:Document::made-from"


def hidden(messages: Messages, urn: str, names: list[str]) -> Messages:
    """The same program, with some properties of one resource that only the update tells."""
    stack = analyzer_pb2.AnalyzeStackRequest()
    stack.CopyFrom(messages.stack)
    # The engine names what a property was made from only where that is in the stack.
    stack.resources.add(type="aws:ssm/document:Document", urn=MADE_FROM, name="made-from")
    resources: list[analyzer_pb2.AnalyzeRequest] = []
    for given in messages.resources:
        request = analyzer_pb2.AnalyzeRequest()
        request.CopyFrom(given)
        if given.urn == urn:
            _hide(request.properties, names)
        resources.append(request)
    for resource in stack.resources:
        if resource.urn == urn:
            _hide(resource.properties, names)
            for name in names:
                resource.propertyDependencies[name].urns.append(MADE_FROM)
    return Messages(resources, stack)


def _hide(properties: struct_pb2.Struct, names: list[str]) -> None:
    properties.update(dict.fromkeys(names, UNKNOWN_STRING_VALUE))


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_the_update_tells_is_still_refused_or_left_open(case: Case) -> None:
    messages = run(case.program, preview=True)
    pack = Pack([RULES_BY_NAME[case.rule]], {case.rule: case.config})
    # The whole of what a refusal names: its resource's property, unknown.
    for each in case.refused:
        name = each.property.partition(".")[0].partition("[")[0]
        for request in messages.resources:
            if request.name == each.resource and name in request.properties.fields:
                told = pack.judge(hidden(messages, request.urn, [name]))
                assert [one for one in told if one.policyName in {case.rule, UNDECIDED}], name
