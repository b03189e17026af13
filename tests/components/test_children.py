"""What a component hands on to its children: the caller's tags and overrides, and the caller's options."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.arguments import Children
from tenfold.children import inherited
from tests.components.building import UNKNOWN, Built, build

CHILDREN: Children = {"queue": aws.sqs.Queue, "queue-policy": aws.sqs.QueuePolicy, "log": aws.cloudwatch.LogGroup}


class Pair(pulumi.ComponentResource):
    """A component of two queues, a policy and a fleet."""

    def __init__(self, name: str, args: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Pair", name, {**args}, inherited(name, args, CHILDREN, opts))
        own = pulumi.ResourceOptions(parent=self)
        for zone in ("a", "b"):
            aws.sqs.Queue(f"{name}-queue-{zone}", visibility_timeout_seconds=30, tags={"Name": zone}, opts=own)
        aws.sqs.QueuePolicy(f"{name}-queue-policy", queue_url="u", policy="{}", opts=own)
        aws.cloudwatch.LogGroup(f"{name}-log", opts=own)
        aws.autoscaling.Group(
            f"{name}-fleet",
            min_size=1,
            max_size=1,
            tags=[{"key": "Name", "value": "fleet", "propagate_at_launch": True}],
            opts=own,
        )
        aws.sqs.Queue(f"{name}-queue-late", tags=pulumi.Output.from_input({"Name": "late"}), opts=own)
        self.register_outputs({})


def pair(args: dict[str, Any], opts: pulumi.ResourceOptions | None = None, preview: bool = False) -> Built[Pair]:
    return build(lambda: Pair("it", args, opts), preview=preview)


def test_tags_reach_every_child_that_can_have_them() -> None:
    built = pair({"tags": {"team": "web"}})
    assert built["it-log"].inputs["tags"] == {"team": "web"}
    assert built["it-queue-a"].inputs["tags"] == {"team": "web", "Name": "a"}
    assert "tags" not in built["it-queue-policy"].inputs


def test_tags_join_those_that_are_known_only_later() -> None:
    assert pair({"tags": {"team": "web"}})["it-queue-late"].inputs["tags"] == {"team": "web", "Name": "late"}


def test_a_tags_value_may_be_known_only_later() -> None:
    args = {"tags": {"team": pulumi.Output.from_input("web")}}
    assert pair(args)["it-queue-a"].inputs["tags"] == {"team": "web", "Name": "a"}
    assert pair(args)["it-queue-late"].inputs["tags"] == {"team": "web", "Name": "late"}


def test_a_childs_own_tag_wins() -> None:
    assert pair({"tags": {"Name": "mine", "team": "web"}})["it-queue-a"].inputs["tags"] == {"Name": "a", "team": "web"}


def test_a_fleets_tags_are_blocks_and_stay_its_components_business() -> None:
    (tag,) = pair({"tags": {"team": "web"}})["it-fleet"].inputs["tags"]
    assert tag["key"] == "Name"


@pytest.mark.parametrize("args", [{}, {"tags": {}}, {"tags": None, "overrides": None}])
def test_without_tags_and_overrides_children_are_as_their_component_made_them(args: dict[str, Any]) -> None:
    built = pair(args)
    assert built["it-queue-a"].inputs == {"visibilityTimeoutSeconds": 30, "tags": {"Name": "a"}}
    assert built["it-log"].inputs == {}


def test_an_override_wins_in_every_child_of_its_kind_and_in_no_other() -> None:
    built = pair({"overrides": {"queue": {"visibility_timeout_seconds": 60, "delay_seconds": 5}}})
    for zone in ("a", "b"):
        queue = built[f"it-queue-{zone}"].inputs
        assert (queue["visibilityTimeoutSeconds"], queue["delaySeconds"]) == (60, 5)
    assert "delaySeconds" not in built["it-queue-policy"].inputs


def test_of_two_kinds_the_longer_is_meant() -> None:
    built = pair({"overrides": {"queue-policy": {"policy": "{1}"}}})
    assert built["it-queue-policy"].inputs["policy"] == "{1}"


def test_an_override_of_tags_is_the_last_word() -> None:
    built = pair({"tags": {"team": "web"}, "overrides": {"queue": {"tags": {"only": "this"}}}})
    assert built["it-queue-a"].inputs["tags"] == {"only": "this"}
    assert built["it-log"].inputs["tags"] == {"team": "web"}


def test_an_override_may_be_known_only_later() -> None:
    def program() -> Pair:
        key = aws.kms.Key("key")
        return Pair("it", {"overrides": {"log": {"kms_key_id": key.arn}}})

    assert build(program)["it-log"].inputs["kmsKeyId"] == "arn:aws:kms:us-east-1:123456789012:key"
    assert build(program, preview=True)["it-log"].inputs["kmsKeyId"] == UNKNOWN


def test_a_component_beside_it_is_left_alone() -> None:
    def program() -> None:
        Pair("it", {"tags": {"team": "web"}, "overrides": {"queue": {"delay_seconds": 5}}})
        Pair("other", {})

    built = build(program)
    assert built["other-queue-a"].inputs == {"visibilityTimeoutSeconds": 30, "tags": {"Name": "a"}}


def test_a_childs_child_gets_the_tags_too() -> None:
    class Outer(pulumi.ComponentResource):
        def __init__(self, args: dict[str, Any]) -> None:
            super().__init__("test:index:Outer", "outer", {}, inherited("outer", args, {}, None))
            Pair("it", {"tags": {"tier": "app"}}, pulumi.ResourceOptions(parent=self))

    built = build(lambda: Outer({"tags": {"team": "web", "tier": "none"}}))
    assert built["it-log"].inputs["tags"] == {"team": "web", "tier": "app"}


def test_the_callers_options_hold_and_its_transformations_come_first() -> None:
    def transformation(child: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        properties = {**child.props}
        if child.name.startswith("it-queue-"):
            properties |= {"visibility_timeout_seconds": 1, "delay_seconds": 1}
        return pulumi.ResourceTransformationResult(properties, child.opts)

    opts = pulumi.ResourceOptions(protect=True, transformations=[transformation])
    built = pair({"overrides": {"queue": {"delay_seconds": 5}}}, opts)
    queue = built["it-queue-a"]
    assert (queue.inputs["visibilityTimeoutSeconds"], queue.inputs["delaySeconds"]) == (1, 5)
    assert queue.protect is True
    assert opts.transformations == [transformation]


WORDS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=8)


@settings(deadline=None, max_examples=20)
@given(tags=st.dictionaries(WORDS, WORDS), own=st.dictionaries(WORDS, WORDS))
def test_for_all_tags_the_childs_own_are_kept_and_the_callers_added(tags: dict[str, str], own: dict[str, str]) -> None:
    class One(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("test:index:One", "it", {}, inherited("it", {"tags": tags}, CHILDREN, None))
            aws.sqs.Queue("it-queue", tags=own, opts=pulumi.ResourceOptions(parent=self))

    found = build(One)["it-queue"].inputs["tags"]
    assert own.items() <= found.items()
    assert found.keys() == own.keys() | tags.keys()
    assert all(found[key] == tags[key] for key in tags.keys() - own.keys())
