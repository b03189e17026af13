"""What holds for every component of the package, whichever it is; a new one is held to it by being exported."""

import inspect
import itertools
import json
import tomllib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, cast, is_typeddict

import pulumi
import pulumi_aws as aws
import pytest

import tenfold
from tenfold.hosting import Host, components_of
from tenfold_policies.pack import UNDECIDED
from tests.components.building import Built, Registered, build, refused
from tests.components.recorded import recorded
from tests.components.shapes import known_later, of_another_language, upside_down, wrongly_typed
from tests.components.uses import EXAMPLES, HOLDS_DATA, IRREPLACEABLE, TOPIC
from tests.policies.judging import Pack, run

ROOT = Path(__file__).parents[2]
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CRITICAL = "arn:aws:sns:us-east-1:123456789012:critical"
COMPONENTS = components_of(tenfold)

components = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
every_use = pytest.mark.parametrize(
    ("component", "use"),
    [
        pytest.param(component, use, id=f"{component.__name__}-{use}")
        for component in COMPONENTS
        if component.__name__ in EXAMPLES
        for use in EXAMPLES[component.__name__].uses()
    ],
)


def made(component: Any, args: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> pulumi.ComponentResource:
    return component("it", args, opts)


def children(built: Built[Any]) -> list[Registered]:
    return [resource for resource in built.resources if resource.name != "it"]


def own(built: Built[Any]) -> list[Registered]:
    """Its children that are resources: those of a component within it are that one's."""
    return [child for child in built.resources if child.parent == built["it"].urn and ":index:" not in child.type]


def args_class(component: Any) -> Any:
    return inspect.signature(component.__init__).parameters["args"].annotation


@cache
def alarm_kinds(component: Any) -> set[str]:
    """The kinds of alarms that can be turned off, of components within it too."""
    args = {**EXAMPLES[component.__name__].least, "alarms": {"off": ["nobody"]}}
    return set(refused(lambda: made(component, args)).faults["alarms.off[0]"][1].split(", "))


def alarm_kind(alarm: Registered, known: set[str]) -> str:
    """The kind of an alarm, whose name begins with that of its parent; empty where it cannot be turned off."""
    suffix = alarm.name.removeprefix(f"{alarm.parent.rpartition('::')[2]}-")
    return max((kind for kind in known if suffix == kind or suffix.startswith(f"{kind}-")), key=len, default="")


def notifying(built: Built[Any]) -> list[Registered]:
    """Its alarms for people: one that scales a fleet does nothing else, and a watched one leaves it to its watcher."""
    rules = " ".join(each.inputs["alarmRule"] for each in built.of("aws:cloudwatch/compositeAlarm:CompositeAlarm"))
    return [
        alarm
        for alarm in built.of(ALARM)
        if not any("autoscaling" in action for action in alarm.inputs["alarmActions"])
        and f'("{alarm.name}")' not in rules
    ]


def told(alarm: Registered) -> list[str]:
    """Whom an alarm notifies: what it lets EC2 do by itself, such as a reboot, notifies nobody."""
    return [action for action in alarm.inputs["alarmActions"] if ":automate:" not in action]


def root(path: str) -> str:
    """The argument that a fault's path starts from."""
    return path.partition(".")[0].partition("[")[0]


@cache
def kinds(component: Any) -> set[str]:
    """The kinds of children that it lets overrides name."""
    args = {**EXAMPLES[component.__name__].least, "overrides": {"nobody": {}}}
    allowed = refused(lambda: made(component, args)).faults["overrides.nobody"][1]
    return set(allowed.split(";")[0].split(", "))


def kind_of(child: str, known: set[str]) -> str:
    suffix = child.removeprefix("it-")
    return max((kind for kind in known if suffix == kind or suffix.startswith(f"{kind}-")), key=len, default="")


def method_kind(grant: str) -> str:
    """The kind of child that a method such as `grant_read_write` makes."""
    return f"{grant.removeprefix('grant_').replace('_', '-')}-grant"


def urns(built: Built[Any]) -> set[str]:
    return {resource.urn for resource in built.resources}


def inputs(built: Built[Any]) -> dict[str, dict[str, Any]]:
    return {child.urn: comparable(child.inputs) for child in children(built)}


def apart_from_alarms(built: Built[Any]) -> dict[str, dict[str, Any]]:
    """Its resources' properties but those that follow from which alarms there are: what is watched, and handed on."""
    return {
        child.urn: {key: given for key, given in comparable(child.inputs).items() if key != "alarmRule"}
        for child in children(built)
        if ":index:" not in child.type
    }


def comparable(value: Any) -> Any:
    """The value with assets and archives as what they hold, which two that hold the same are not equal by."""
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return type(value).__name__, comparable(vars(value))
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


@cache
def hosted() -> Host:
    return Host(COMPONENTS, "tenfold")


def nested(definitions: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, definition in definitions.items():
        for key, each in definition.get("properties", {}).items():
            yield f"{name}.{key}", each


def schema() -> dict[str, Any]:
    return json.loads(cast("Any", hosted()).schema)


def test_every_component_has_an_example_here() -> None:
    assert EXAMPLES.keys() == {component.__name__ for component in COMPONENTS}


@components
def test_it_is_made_of_a_name_arguments_and_options(component: Any) -> None:
    parameters = inspect.signature(component.__init__).parameters
    assert list(parameters) == ["self", "name", "args", "opts"]
    assert parameters["name"].annotation is str
    assert parameters["opts"].annotation == pulumi.ResourceOptions | None
    assert parameters["opts"].default is None
    assert is_typeddict(args_class(component))


@components
def test_its_arguments_class_is_exported_with_it(component: Any) -> None:
    assert args_class(component) is getattr(tenfold, f"{component.__name__}Args")


@components
def test_it_has_at_most_20_inputs_with_alarms_tags_and_overrides_among_them(component: Any) -> None:
    inputs = inspect.get_annotations(args_class(component))
    assert len(inputs) <= 20
    assert {"alarms", "tags", "overrides"} <= inputs.keys()


@components
def test_its_type_is_of_the_package(component: Any) -> None:
    built = recorded(component, "least")
    assert built["it"].type == f"tenfold:index:{component.__name__}"


def test_programs_in_other_languages_find_every_component_and_its_documentation() -> None:
    whole = schema()
    assert set(whole["resources"]) == {f"tenfold:index:{component.__name__}" for component in COMPONENTS}
    undocumented = [token for token, resource in whole["resources"].items() if not resource.get("description")]
    for token, resource in whole["resources"].items():
        for kind in ("inputProperties", "properties"):
            missing = [key for key, each in resource[kind].items() if not each.get("description")]
            undocumented += [f"{token} {kind} {key}" for key in missing]
    undocumented += [path for path, each in nested(whole["types"]) if not each.get("description")]
    assert undocumented == []


def test_arguments_of_other_languages_are_those_of_python() -> None:
    resources = schema()["resources"]
    for component in COMPONENTS:
        shape = args_class(component)
        found = resources[f"tenfold:index:{component.__name__}"]
        assert len(found["inputProperties"]) == len(inspect.get_annotations(shape))
        assert len(found.get("requiredInputs", [])) == len(shape.__required_keys__)


def test_the_hosts_requirements_are_the_packages() -> None:
    asked = {name: requirements(ROOT / name / "pyproject.toml") for name in ("components", "shards")}
    # The shard map's package lies beside this one, and a folder among the requirements would be built at every start.
    wanted = {*asked["components"] - {"tenfold-shards"}, *asked["shards"]}
    lines = (ROOT / "components" / "requirements.txt").read_text().splitlines()
    assert sorted(line for line in lines if not line.startswith("#")) == sorted(wanted)


def requirements(project: Path) -> set[str]:
    return set(tomllib.loads(project.read_text())["project"]["dependencies"])


@components
def test_an_argument_that_does_not_exist_is_refused_before_anything_is_registered(component: Any) -> None:
    refusal = refused(lambda: made(component, {**EXAMPLES[component.__name__].least, "colour": "red"}))
    assert refusal.text.startswith(
        f"{component.__name__} 'it' has 1 fault in its arguments:\n  colour: there is no such"
    )
    assert refusal.resources == ()


@components
def test_arguments_that_are_no_dict_are_refused(component: Any) -> None:
    refusal = refused(lambda: made(component, cast("Any", "small")))
    assert refusal.faults["args"][1] == f"a dict with the keys of {component.__name__}Args"


@components
def test_arguments_of_wrong_types_are_told_of_all_at_once(component: Any) -> None:
    wrong = {**wrongly_typed(args_class(component)), "colour": "red"}
    refusal = refused(lambda: made(component, wrong))
    assert refusal.faults.keys() == wrong.keys()
    assert refusal.resources == ()


@components
def test_arguments_that_are_impossible_are_told_of_all_at_once(component: Any) -> None:
    example = EXAMPLES[component.__name__]
    assert len(example.wrong) >= 2
    wrong = {**example.wrong, "colour": "red", "overrides": {"nobody": {}}}
    refusal = refused(lambda: made(component, {**example.least, **wrong}))
    assert {root(path) for path in refusal.faults} == wrong.keys()
    assert refusal.text.startswith(f"{component.__name__} 'it' has {len(refusal.faults)} faults in its arguments:\n")
    assert all(given and allowed for given, allowed in refusal.faults.values())
    assert refusal.resources == ()


@every_use
def test_every_annotated_output_is_set_and_registered(component: Any, use: str) -> None:
    built = recorded(component, use)
    outputs = inspect.get_annotations(component).keys()
    assert outputs
    assert outputs == built["it"].outputs.keys()
    assert all(built.value(getattr(built.result, name)) is not None for name in outputs)


@every_use
def test_children_belong_to_it_and_are_named_by_kinds_that_overrides_know(component: Any, use: str) -> None:
    built = recorded(component, use)
    parents = {resource.urn for resource in built.resources if ":index:" in resource.type}
    for child in children(built):
        assert child.parent in parents
        assert child.name.startswith("it-")
    for child in own(built):
        assert kind_of(child.name, kinds(component)), child.name


@every_use
def test_no_child_is_named_by_an_index(component: Any, use: str) -> None:
    built = recorded(component, use)
    assert not [child.name for child in children(built) if child.name.rpartition("-")[2].isdigit()]


@components
def test_every_kind_that_overrides_know_is_seen_here_or_granted(component: Any) -> None:
    known = kinds(component)
    built = [recorded(component, use) for use in EXAMPLES[component.__name__].uses()]
    seen = {kind_of(child.name, known) for each in built for child in own(each)}
    granted = {kind for kind in known if kind.endswith("-grant")}
    assert known - granted == seen - granted


@components
def test_a_grant_is_a_child_of_its_own_kind_for_each_role(component: Any) -> None:
    methods = [name for name in vars(component) if name.startswith("grant_")]
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})

    def granted() -> None:
        one = made(component, EXAMPLES[component.__name__].full)
        for method in methods:
            for name in ("reader", "writer"):
                getattr(one, method)(aws.iam.Role(f"{method}-{name}", assume_role_policy=trust))

    built = build(granted)
    seen = [child for child in children(built) if child.parent == built["it"].urn and child.name.endswith("er")]
    expected = {f"it-{method_kind(method)}-{method}-{name}" for method in methods for name in ("reader", "writer")}
    assert expected <= {child.name for child in seen}
    assert {kind for kind in kinds(component) if kind.endswith("-grant")} == {method_kind(each) for each in methods}
    assert all(inspect.getdoc(getattr(component, method)) for method in methods)


@every_use
def test_tags_reach_every_child_that_can_have_them(component: Any, use: str) -> None:
    taggable: set[str] = set()

    def look(child: pulumi.ResourceTransformationArgs) -> None:
        if "tags" in child.props and child.name != "it":
            taggable.add(child.name)

    args = {**EXAMPLES[component.__name__].uses()[use], "tags": {"team": "web"}}
    opts = pulumi.ResourceOptions(transformations=[cast("Any", look)])
    built = build(lambda: made(component, args, opts))
    assert taggable
    for name in taggable:
        tags = built[name].inputs["tags"]
        # An Auto Scaling group's are blocks.
        found = tags if isinstance(tags, dict) else {tag["key"]: tag["value"] for tag in tags}
        assert found.get("team") == "web", name


@every_use
def test_alarms_exist_without_a_topic_and_critical_ones_may_have_their_own(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    topics = {"topic_arn": TOPIC, "critical_topic_arn": CRITICAL}
    alarms = notifying(build(lambda: made(component, {**args, "alarms": topics})))
    silent = notifying(recorded(component, use))
    assert alarms or use != "full"
    # Monitoring has topics of its own where none is given, and watches those too.
    assert {alarm.urn for alarm in alarms} <= {alarm.urn for alarm in silent}
    assert all(told(alarm) in ([TOPIC], [CRITICAL]) for alarm in alarms)
    assert all(told(alarm) == alarm.inputs["okActions"] for alarm in alarms)
    assert all(alarm.inputs.get("alarmDescription") for alarm in alarms)


@every_use
def test_alarms_notify_the_topic_and_are_among_its_outputs(component: Any, use: str) -> None:
    built = recorded(component, use, topic=True)
    alarms = notifying(built)
    assert all(told(alarm) == [TOPIC] for alarm in alarms)
    arns = built.value(built.result.alarm_arns)
    assert sorted(arn.rpartition(":")[2] for arn in arns.values()) == sorted(alarm.name for alarm in alarms)
    assert all(arn.endswith(f"-{key.rpartition('/')[2]}") for key, arn in arns.items())
    own = {alarm.name.removeprefix("it-") for alarm in alarms if alarm.parent == built["it"].urn}
    assert {key for key in arns if "/" not in key} == own


@every_use
def test_alarms_that_are_off_are_not_made_and_nothing_else_changes(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    silent, known = recorded(component, use), alarm_kinds(component)
    kinds = {alarm.urn: alarm_kind(alarm, known) for alarm in silent.of(ALARM)}
    # What acts by itself stays.
    assert all(kinds[alarm.urn] or alarm.inputs["alarmActions"] for alarm in silent.of(ALARM))
    possible = sorted({kind for kind in kinds.values() if kind})
    for off in (possible[::2], possible[1::2]):
        built = build(partial(made, component, {**args, "alarms": {"off": off}}))
        expected = {urn: given for urn, given in apart_from_alarms(silent).items() if kinds.get(urn, "") not in off}
        assert apart_from_alarms(built) == expected


@components
def test_alarms_that_there_are_not_cannot_be_off(component: Any) -> None:
    args = {**EXAMPLES[component.__name__].least, "alarms": {"off": ["nobody-alarm"]}}
    refusal = refused(lambda: made(component, args))
    assert refusal.faults.keys() == {"alarms.off[0]"}
    assert refusal.resources == ()


@every_use
def test_a_preview_of_a_new_one_registers_what_its_update_does(component: Any, use: str) -> None:
    assert urns(recorded(component, use, preview=True)) == urns(recorded(component, use))


@every_use
def test_values_that_nobody_knows_yet_change_no_resource(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]

    def previewed() -> pulumi.ComponentResource:
        unknown = aws.sns.Topic("unknown").arn
        return made(component, known_later(args_class(component), args, lambda *_: unknown))

    topic = urns(build(lambda: aws.sns.Topic("unknown")))
    assert urns(build(previewed, preview=True)) - topic == urns(recorded(component, use))


@every_use
def test_values_that_come_later_are_as_good_as_plain_ones(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    later = known_later(args_class(component), args, lambda _, value: pulumi.Output.from_input(value))
    assert inputs(build(lambda: made(component, later))) == inputs(recorded(component, use))


@every_use
def test_the_order_of_arguments_changes_nothing(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    assert inputs(build(lambda: made(component, upside_down(args)))) == inputs(recorded(component, use))


@every_use
def test_a_program_in_another_language_gets_the_same_resources(component: Any, use: str) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    shape = args_class(component)
    later = known_later(shape, args, lambda hint, value: pulumi.Output.from_input(of_another_language(hint, value)))
    expected = inputs(recorded(component, use))
    for sent in (of_another_language(shape, args), of_another_language(shape, later)):
        token = f"tenfold:index:{component.__name__}"
        built = build(partial(hosted().construct, "it", token, sent))
        assert inputs(built) == expected


@components
def test_growing_replaces_nothing_that_holds_data(component: Any) -> None:
    example = EXAMPLES[component.__name__]

    def kept(size: dict[str, Any]) -> dict[str, list[Any]]:
        built = build(lambda: made(component, {**example.least, **size}))
        return {
            child.urn: [child.inputs.get(key) for key in IRREPLACEABLE[child.type]]
            for child in children(built)
            if child.type in IRREPLACEABLE
        }

    stages = [kept(size) for size in example.sizes]
    assert stages[0]
    for small, large in itertools.combinations(stages, 2):
        assert small.items() <= large.items()


@every_use
def test_nothing_that_holds_data_goes_unlooked_at(component: Any, use: str) -> None:
    built = recorded(component, use)
    assert {child.type for child in children(built)} & HOLDS_DATA <= IRREPLACEABLE.keys()


@every_use
@pytest.mark.parametrize("preview", [False, True], ids=["updated", "previewed"])
def test_the_policy_pack_has_nothing_to_say(component: Any, use: str, preview: bool) -> None:
    args = EXAMPLES[component.__name__].uses()[use]
    diagnostics = Pack().judge(run(lambda: made(component, {**args, "alarms": {"topic_arn": TOPIC}}), preview=preview))
    # Verdicts on subnets of another stack stay open.
    assert [each.message for each in diagnostics if each.policyName != UNDECIDED] == []
