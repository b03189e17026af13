"""What holds for every rule on every program: it never fails, and a stranger changes no verdict."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2

from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rules import RULES
from tests.policies.judging import Pack
from tests.policies.random_programs import NAMES, TYPES, graphs, messages, resource


def _judge(resources: list[analyzer_pb2.AnalyzerResource]) -> list[tuple[str, str, str]]:
    """What the pack says: policy, resource and text, what is left open line by line."""
    return sorted(
        (each.policyName, each.urn, line)
        for each in Pack().judge(messages(resources))
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
    stranger = resource(token, "urn:pulumi:dev::shop::any::stranger", properties | {"vpcId": "stranger"})
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
