"""The contract catches what it is there for: a small component passes, and one violation at a time fails.

The component is a table with an alarm. A design says how it does each of its steps; a violation does one of them wrong.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
import pytest

import tenfold
from tenfold.alarms import Alarms, AlarmsArgs, AlarmSeverity, alarm_faults
from tenfold.arguments import Children, bounded, checked
from tenfold.children import inherited
from tenfold.errors import ArgumentError, Fault
from tests.components import test_contract as contract
from tests.components.uses import Example


class DepotArgs(TypedDict):
    """Arguments of `Depot`."""

    recovery_days: NotRequired[pulumi.Input[int]]
    """How long the table can be restored, 1 to 35 days; 35 by default."""
    labels: NotRequired[dict[str, pulumi.Input[str]]]
    """What the alarm says of the table, by name; nothing by default."""
    settings: NotRequired[dict[str, Any]]
    """Whatever else the alarm says; nothing by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom the alarm notifies, and whether it is made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last."""


CHILDREN: Children = {
    "table": aws.dynamodb.Table,
    "alarm": aws.cloudwatch.MetricAlarm,
    "read-grant": aws.iam.RolePolicy,
}
EXAMPLE = Example(
    least={},
    full={"recovery_days": 7, "labels": {"team": "web", "kind": "jobs"}, "settings": {"size": 5}},
    sizes=[{"recovery_days": 1}, {"recovery_days": 35}],
    wrong={"recovery_days": 0, "labels": {"": "nobody"}},
)


@dataclass(frozen=True)
class Design:
    """How a depot does each of its steps."""

    shape: Any
    token: str
    check: Callable[..., Any]
    options: Callable[..., pulumi.ResourceOptions]
    table: Callable[..., aws.dynamodb.Table]
    alarm: Callable[..., Alarms]
    outputs: Callable[..., dict[str, Any]]
    grant_name: Callable[..., str]


def rules(args: DepotArgs) -> Iterable[Fault]:
    yield from bounded("recovery_days", args.get("recovery_days"), 1, 35, "days")
    for name in args.get("labels", {}):
        if not name:
            yield Fault("labels.", "it has no name", "a name")


def check(name: str, args: Any, shape: Any = DepotArgs) -> Any:
    return checked("Depot", name, shape, args, CHILDREN, rules, partial(alarm_faults, children=CHILDREN))


def table(depot: pulumi.ComponentResource, args: Any, **properties: Any) -> aws.dynamodb.Table:
    given: dict[str, Any] = {
        "hash_key": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "billing_mode": "PAY_PER_REQUEST",
        "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": args.get("recovery_days", 35)},
        "deletion_protection_enabled": True,
        "tags": {},
        **properties,
    }
    return aws.dynamodb.Table("it-table", opts=pulumi.ResourceOptions(parent=depot), **given)


def alarm(depot: pulumi.ComponentResource, args: Any, of: aws.dynamodb.Table, **properties: Any) -> Alarms:
    labels = args.get("labels", {})
    given: dict[str, Any] = {
        "description": pulumi.Output.json_dumps({name: labels[name] for name in sorted(labels)}),
        "severity": AlarmSeverity.CRITICAL,
        "evaluation_periods": 1,
        "namespace": "AWS/DynamoDB",
        "metric_name": "SystemErrors",
        "dimensions": {"TableName": of.name},
        "period": 60,
        "statistic": "Sum",
        "threshold": 0,
        "tags": {},
        **properties,
    }
    alarms = Alarms(depot, args)
    alarms.add("alarm", **given)
    return alarms


def outputs(of: aws.dynamodb.Table, alarms: Alarms) -> dict[str, Any]:
    return {"table_name": of.name, "table_arn": of.arn, "alarm_arns": alarms.arns()}


SOUND = Design(
    shape=DepotArgs,
    token="tenfold:index:Depot",
    check=check,
    options=inherited,
    table=table,
    alarm=alarm,
    outputs=outputs,
    grant_name=lambda role: f"it-read-grant-{role.pulumi_resource_name}",
)


def depot(design: Design) -> Any:
    class Depot(pulumi.ComponentResource):
        """A table."""

        table_name: pulumi.Output[str]
        """The table's name."""
        table_arn: pulumi.Output[str]
        """The table's ARN."""
        alarm_arns: pulumi.Output[dict[str, str]]
        """The ARN of its alarm."""

        def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
            args = design.check(name, args)
            super().__init__(design.token, name, {**args}, design.options(name, args, CHILDREN, opts))
            made = design.table(self, args)
            outputs = design.outputs(made, design.alarm(self, args, made))
            for output, value in outputs.items():
                setattr(self, output, value)
            self.register_outputs(outputs)

        def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
            """Lets a role read the table."""
            own = pulumi.ResourceOptions(parent=self)
            return aws.iam.RolePolicy(design.grant_name(role), role=role.name, policy="{}", opts=own)

    Depot.__init__.__annotations__["args"] = design.shape
    return Depot


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Any], None]]:
    """Holds a component to one of the contract's tests."""

    def judge(test: str, component: Any) -> None:
        monkeypatch.setitem(contract.EXAMPLES, "Depot", EXAMPLE)
        monkeypatch.setattr(tenfold, "DepotArgs", DepotArgs, raising=False)
        monkeypatch.setattr(contract, "COMPONENTS", [component])
        contract.hosted.cache_clear()
        function = getattr(contract, test)
        wanted = inspect.signature(function).parameters
        given = {"component": component, "use": "full", "preview": False}
        function(**{name: given[name] for name in wanted})

    yield judge
    contract.hosted.cache_clear()


OF_THE_PACKAGE = {"test_every_component_has_an_example_here", "test_the_hosts_requirements_are_the_packages"}
# The SDK finds no docstrings of a class within a function.
OF_SOURCES = "test_programs_in_other_languages_find_every_component_and_its_documentation"
TESTS = [name for name in vars(contract) if name.startswith("test_") and name not in {*OF_THE_PACKAGE, OF_SOURCES}]


@pytest.mark.parametrize("test", TESTS)
def test_a_sound_component_passes(test: str, judged: Callable[[str, Any], None]) -> None:
    judged(test, depot(SOUND))


class Documented(pulumi.ComponentResource):
    """A table."""

    table_name: pulumi.Output[str]
    """The table's name."""

    def __init__(self, name: str, args: DepotArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...


class WithoutAWord(pulumi.ComponentResource):
    """A table."""

    table_name: pulumi.Output[str]

    def __init__(self, name: str, args: DepotArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...


class WordlessArgs(TypedDict):
    """Arguments of `WithoutWords`."""

    colour: NotRequired[str]


class WithoutWords(pulumi.ComponentResource):
    """A table."""

    def __init__(self, name: str, args: WordlessArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...


def test_documentation_is_asked_for(judged: Callable[[str, Any], None]) -> None:
    judged(OF_SOURCES, Documented)
    for component in (WithoutAWord, WithoutWords):
        with pytest.raises(AssertionError):
            judged(OF_SOURCES, component)


class WithoutTags(TypedDict):
    colour: NotRequired[str]
    overrides: NotRequired[dict[str, dict[str, Any]]]


_typed_dict: Any = TypedDict
TooMany = _typed_dict("TooMany", dict.fromkeys(["tags", "overrides", *(f"argument_{n}" for n in range(19))], str))


class SameInAnotherLanguage(DepotArgs):
    recoveryDays: NotRequired[int]


def refusing_the_first_fault_alone(name: str, args: Any) -> Any:
    try:
        return check(name, args)
    except ArgumentError as error:
        raise ArgumentError("Depot", name, error.faults[:1]) from None


def registering_first(name: str, args: Any) -> Any:
    aws.sqs.Queue("early")
    return check(name, args)


def with_another(name: str, *, parented: bool = True, kind: Any = aws.sqs.Queue) -> Callable[..., aws.dynamodb.Table]:
    """A step that also makes a resource of a name."""

    def made(depot: pulumi.ComponentResource, args: Any) -> aws.dynamodb.Table:
        kind(name, opts=pulumi.ResourceOptions(parent=depot if parented else None))
        return table(depot, args)

    return made


def branching(takes_the_branch: Callable[[Any], bool]) -> Callable[..., aws.dynamodb.Table]:
    """A step that makes the table of another kind of name where the arguments say so."""

    def made(depot: pulumi.ComponentResource, args: Any) -> aws.dynamodb.Table:
        if takes_the_branch(args):
            aws.sqs.Queue("it-table-more", opts=pulumi.ResourceOptions(parent=depot))
        return table(depot, args)

    return made


def named_by_size(depot: pulumi.ComponentResource, args: Any) -> aws.dynamodb.Table:
    return table(depot, args, name=f"depot-{args.get('recovery_days')}")


def described(text: Callable[[Any], Any]) -> Callable[..., Alarms]:
    """A step that has the alarm say what is made of the arguments."""
    return lambda depot, args, of: alarm(depot, args, of, description=text(args))


def alarm_with(given: Callable[[Any], dict[str, Any]]) -> Callable[..., Alarms]:
    """A step that makes the alarm by other arguments of alarms."""
    return lambda depot, args, of: alarm(depot, {**args, "alarms": given(args.get("alarms", {}))}, of)


def wrong(**steps: Any) -> Any:
    return depot(replace(SOUND, **steps))


class Unnamed(pulumi.ComponentResource):
    def __init__(self, name: str, args: DepotArgs, options: pulumi.ResourceOptions | None = None) -> None: ...


VIOLATIONS: list[tuple[str, str, Callable[[], Any]]] = [
    ("another_signature", "test_it_is_made_of_a_name_arguments_and_options", lambda: Unnamed),
    (
        "arguments_that_are_not_exported",
        "test_its_arguments_class_is_exported_with_it",
        lambda: wrong(shape=SameInAnotherLanguage),
    ),
    (
        "21_inputs",
        "test_it_has_at_most_20_inputs_with_alarms_tags_and_overrides_among_them",
        lambda: wrong(shape=TooMany),
    ),
    (
        "no_tags",
        "test_it_has_at_most_20_inputs_with_alarms_tags_and_overrides_among_them",
        lambda: wrong(shape=WithoutTags),
    ),
    ("another_type", "test_its_type_is_of_the_package", lambda: wrong(token="depot:index:Depot")),
    (
        "two_arguments_of_one_name",
        "test_arguments_of_other_languages_are_those_of_python",
        lambda: wrong(shape=SameInAnotherLanguage),
    ),
    (
        "any_argument_taken",
        "test_an_argument_that_does_not_exist_is_refused_before_anything_is_registered",
        lambda: wrong(check=lambda _, args: args),
    ),
    (
        "a_resource_before_the_check",
        "test_an_argument_that_does_not_exist_is_refused_before_anything_is_registered",
        lambda: wrong(check=registering_first),
    ),
    (
        "no_dict_taken",
        "test_arguments_that_are_no_dict_are_refused",
        lambda: wrong(check=lambda name, args: check(name, {} if isinstance(args, str) else args)),
    ),
    (
        "one_wrong_type_at_a_time",
        "test_arguments_of_wrong_types_are_told_of_all_at_once",
        lambda: wrong(check=refusing_the_first_fault_alone),
    ),
    (
        "one_fault_at_a_time",
        "test_arguments_that_are_impossible_are_told_of_all_at_once",
        lambda: wrong(check=refusing_the_first_fault_alone),
    ),
    (
        "an_output_that_is_not_set",
        "test_every_annotated_output_is_set_and_registered",
        lambda: wrong(outputs=lambda of, _: {"table_name": of.name}),
    ),
    (
        "a_child_without_its_parent",
        "test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know",
        lambda: wrong(table=with_another("it-table-more", parented=False)),
    ),
    (
        "a_child_of_no_kind",
        "test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know",
        lambda: wrong(table=with_another("it-more")),
    ),
    (
        "a_child_without_its_component's_name",
        "test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know",
        lambda: wrong(table=with_another("table")),
    ),
    ("an_index", "test_no_child_is_named_by_an_index", lambda: wrong(table=with_another("it-table-0"))),
    (
        "a_kind_that_is_never_made",
        "test_every_kind_that_overrides_know_is_seen_here_or_granted",
        lambda: wrong(alarm=alarm_with(lambda _: {"off": ["alarm"]})),
    ),
    (
        "a_grant_of_one_name_for_all_roles",
        "test_a_grant_is_a_child_of_its_own_kind_for_each_role",
        lambda: wrong(grant_name=lambda _: "it-read-grant"),
    ),
    (
        "tags_that_reach_nobody",
        "test_tags_reach_every_child_that_can_have_them",
        lambda: wrong(options=lambda name, args, children, opts: opts),
    ),
    (
        "an_alarm_that_notifies_nobody",
        "test_alarms_notify_the_topic_and_are_among_its_outputs",
        lambda: wrong(alarm=alarm_with(lambda _: {})),
    ),
    (
        "a_critical_alarm_that_needs_a_topic_of_its_own",
        "test_alarms_notify_the_topic_and_are_among_its_outputs",
        lambda: wrong(alarm=alarm_with(lambda given: {"topic_arn": given.get("critical_topic_arn", "nobody")})),
    ),
    (
        "an_alarm_that_is_no_output",
        "test_alarms_notify_the_topic_and_are_among_its_outputs",
        lambda: wrong(outputs=lambda of, _: {**outputs(of, _), "alarm_arns": pulumi.Output.from_input({})}),
    ),
    (
        "an_alarm_only_with_a_topic",
        "test_alarms_exist_without_a_topic_and_critical_ones_may_have_their_own",
        lambda: wrong(alarm=alarm_with(lambda given: given if "topic_arn" in given else {"off": ["alarm"]})),
    ),
    (
        "an_alarm_that_says_nothing",
        "test_alarms_exist_without_a_topic_and_critical_ones_may_have_their_own",
        lambda: wrong(alarm=partial(alarm, description=None)),
    ),
    (
        "an_alarm_that_cannot_be_off",
        "test_alarms_that_are_off_are_not_made_and_nothing_else_changes",
        lambda: wrong(alarm=alarm_with(lambda _: {})),
    ),
    (
        "something_else_that_goes_with_an_alarm",
        "test_alarms_that_are_off_are_not_made_and_nothing_else_changes",
        lambda: wrong(table=branching(lambda args: "off" in args.get("alarms", {}))),
    ),
    (
        "any_alarm_off",
        "test_alarms_that_there_are_not_cannot_be_off",
        lambda: wrong(check=lambda name, args: checked("Depot", name, DepotArgs, args, CHILDREN, rules)),
    ),
    (
        "more_in_the_update_than_in_the_preview",
        "test_a_preview_of_a_new_one_registers_what_its_update_does",
        lambda: wrong(table=branching(lambda _: not pulumi.runtime.is_dry_run())),
    ),
    (
        "a_branch_on_a_value_that_may_be_unknown",
        "test_values_that_nobody_knows_yet_change_no_resource",
        lambda: wrong(table=branching(lambda args: isinstance(args["recovery_days"], int))),
    ),
    (
        "an_output_written_into_a_text",
        "test_values_that_come_later_are_as_good_as_plain_ones",
        lambda: wrong(alarm=described(lambda args: f"{args['recovery_days']} days")),
    ),
    (
        "maps_in_the_caller's_order",
        "test_the_order_of_arguments_changes_nothing",
        lambda: wrong(alarm=described(lambda args: json.dumps(args["labels"]))),
    ),
    (
        "a_number_of_another_language_in_a_text",
        "test_a_program_in_another_language_gets_the_same_resources",
        lambda: wrong(alarm=described(lambda args: f"{args['settings']['size']}")),
    ),
    (
        "a_name_that_changes_with_size",
        "test_growing_replaces_nothing_that_holds_data",
        lambda: wrong(table=named_by_size),
    ),
    (
        "data_that_nobody_looks_after",
        "test_nothing_that_holds_data_goes_unlooked_at",
        lambda: wrong(
            table=with_another("it-table-files", kind=partial(aws.ebs.Volume, availability_zone="us-east-1a"))
        ),
    ),
    (
        "what_the_policy_pack_refuses",
        "test_the_policy_pack_has_nothing_to_say",
        lambda: wrong(table=partial(table, point_in_time_recovery={"enabled": False})),
    ),
]


@pytest.mark.parametrize(("test", "violation"), [pytest.param(*rest, id=name) for name, *rest in VIOLATIONS])
def test_a_violation_is_caught(test: str, violation: Callable[[], Any], judged: Callable[[str, Any], None]) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, AttributeError)):
        judged(test, violation())


def test_every_rule_has_a_violation_here() -> None:
    assert {test for _, test, _ in VIOLATIONS} == set(TESTS)
