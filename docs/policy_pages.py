"""The pages of the policy pack's rules as Markdown, one a rule, and the page that leads to them."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from docs import practices
from docs.pages import NOTE, table
from docs.policy_examples import Example
from tenfold_policies.rule import Parameter, Rule, control

_WIDTH = 100
_CHECKOV = "https://www.checkov.io/5.Policy%20Index/terraform.html"
_GROUPS: Mapping[str, tuple[str, str]] = {
    "maz": ("Multi-AZ", "The loss of a zone costs capacity, never the service."),
    "sta": ("Stateless tiers", "Any instance may go at any time, and nobody notices."),
    "dec": ("Decoupling", "Work waits in queues, what fails has a place, and services depend on each other one way."),
    "shd": ("Sharding", "One map says where each key is, nothing is lost when it changes, and shards are alike."),
    "dur": ("Durability", "What was stored can be had again."),
    "sec": ("Security", "Doors are closed, data is encrypted, and permissions are few."),
    "sca": ("Scaling", "Capacity follows the load, within bounds."),
    "cst": ("Cost", "Nothing is paid for that nobody needs."),
    "tag": ("Tagging", "Whose a resource is stands on it."),
}


def examples_begin(page: str) -> tuple[str, str]:
    """A rule's page before its examples, and the examples."""
    before, heading, examples = page.partition("## Refused")
    return before, heading + examples


def page(rule: Rule, failing: Example, passing: Example) -> str:
    """A rule's page."""
    parts = [
        NOTE,
        f"# {rule.name}",
        f"**{rule.description}**",
        *(" ".join(paragraph.split()) for paragraph in rule.rationale.split("\n\n")),
        table(["", ""], _facts(rule)),
        *_parameters(rule),
        "## How to fix it",
        rule.remediation,
        *([_BY_THE_ENGINE.format(why=rule.safe_to_set)] if rule.safe_to_set else []),
        f"From AWS: <{rule.source.url}>",
        "## Refused",
        *_configured(rule, failing),
        _yaml(failing),
        _messages(failing),
        "## Passes",
        *(_configured(rule, passing) if passing.config != failing.config else []),
        _yaml(passing),
    ]
    return "\n\n".join(parts) + "\n"


_BY_THE_ENGINE = (
    "Where its level is `remediate`, the engine sets it by itself, before anything is created or changed. {why}"
)


def _facts(rule: Rule) -> Iterator[list[str]]:
    source = rule.source
    yield ["Level", rule.level.name.lower()]
    yield ["Severity", rule.severity.name.lower()]
    yield ["On", ", ".join(f"`{token}`" for token in rule.on)]
    yield ["Judged", _AMONG_ALL if rule.whole_stack else _ALONE]
    if source.security_hub:
        yield ["AWS Security Hub", _hub(source.security_hub)]
    if source.checkov:
        yield ["checkov", f"{', '.join(source.checkov)} ([index]({_CHECKOV}))"]
    if source.well_architected:
        yield ["AWS Well-Architected", practices.link(source.well_architected)]


_ALONE = "by itself, before it is created or changed"
_AMONG_ALL = "among all resources of the stack, at the end of a preview or an update"


def _hub(name: str) -> str:
    return f"[{name}]({control(name, practice='').url})"


def _parameters(rule: Rule) -> Iterator[str]:
    if rule.parameters:
        yield "## Parameters"
        rows = [[f"`{each.name}`", _default(each), _bounds(each), each.description] for each in rule.parameters]
        yield table(["Parameter", "Default", "Allowed", "What it is"], rows)


def _default(parameter: Parameter) -> str:
    if isinstance(parameter.default, int):
        return f"`{parameter.default}`"
    return ", ".join(f"`{each}`" for each in parameter.default) or "none"


def _bounds(parameter: Parameter) -> str:
    if isinstance(parameter.default, int):
        return f"{parameter.minimum} to {parameter.maximum}"
    if isinstance(parameter.default, dict):
        return "an object"
    return "a list of numbers" if parameter.default and isinstance(parameter.default[0], int) else "a list of texts"


def _configured(rule: Rule, example: Example) -> Iterator[str]:
    if example.config:
        configured = {rule.name: example.config}
        line = json.dumps(configured)
        yield "With this in the policy configuration:"
        yield f"```json\n{line if len(line) <= _WIDTH else json.dumps(configured, indent=2)}\n```"


def _yaml(example: Example) -> str:
    return f"```yaml\n{example.text}\n```"


def _messages(example: Example) -> str:
    wrapped = "\n\n".join(textwrap.fill(message, _WIDTH, break_on_hyphens=False) for message in example.messages)
    return f"```text\n{wrapped}\n```"


def index(rules: Iterable[Rule]) -> str:
    """The page that leads to those of all rules."""
    listed = list(rules)
    parts = [NOTE, "# Rules", _INDEX.format(count=len(listed))]
    # The rules of a group stand in several concerns.
    for group, members in groupby(sorted(listed, key=_group), key=_group):
        title, sentence = list(_GROUPS.values())[group]
        rows = [
            [_link(rule), rule.description, rule.level.name.lower(), rule.severity.name.lower()] for rule in members
        ]
        parts += [f"## {title}", sentence, table(["Rule", "What must hold", "Level", "Severity"], rows)]
    mending = [[_link(rule), rule.safe_to_set] for rule in listed if rule.safe_to_set]
    parts += ["## Remediation", _REMEDIATION, table(["Rule", "What it sets, and why that is safe"], mending)]
    return "\n\n".join(parts) + "\n"


_INDEX = """\
{count} rules, each with a page: what must hold and why, its parameters, the controls it answers, how to fix a
violation, and a program that it refuses beside one that it passes. The programs are those that tests judge, written
down in Pulumi YAML. [How to use the pack](../../policies/README.md) is told beside it;
[controls of others](controls.md) lead to the rules that answer them.

A *mandatory* rule refuses a preview, an *advisory* one tells; a stack sets other levels in its policy configuration."""


_REMEDIATION = """\
Where a stack sets the level `remediate` for one of these, the engine mends what it refuses before anything is created
or changed, as [the pack's README](../../policies/README.md#remediation) tells."""


def _group(rule: Rule) -> int:
    return list(_GROUPS).index(rule.name.partition("-")[0])


def _link(rule: Rule) -> str:
    return f"[`{rule.name}`]({rule.name}.md)"


def controls(rules: Iterable[Rule]) -> str:
    """The page that leads from the controls of others to rules."""
    hub: dict[str, list[str]] = {}
    checkov: dict[str, list[str]] = {}
    well_architected: dict[str, list[str]] = {}
    for rule in rules:
        source = rule.source
        if source.security_hub:
            hub.setdefault(source.security_hub, []).append(_link(rule))
        for check in source.checkov:
            checkov.setdefault(check, []).append(_link(rule))
        if source.well_architected:
            well_architected.setdefault(source.well_architected, []).append(_link(rule))
    parts = [
        NOTE,
        "# Rules by control",
        "What others ask for, and the [rules](README.md) that ask for the same.",
        "## AWS Security Hub",
        "The controls of the AWS Foundational Security Best Practices standard.",
        _answered("Control", {_hub(name): hub[name] for name in sorted(hub, key=_natural)}),
        "## checkov",
        f"The checks of [checkov]({_CHECKOV}) for Terraform.",
        _answered("Check", {name: checkov[name] for name in sorted(checkov, key=_natural)}),
        "## AWS Well-Architected",
        "The best practices of the framework.",
        _answered("Practice", {practices.link(name): well_architected[name] for name in sorted(well_architected)}),
    ]
    return "\n\n".join(parts) + "\n"


def _answered(what: str, rules: Mapping[str, Iterable[str]]) -> str:
    return table([what, "Rules"], [[name, ", ".join(links)] for name, links in rules.items()])


def _natural(name: str) -> tuple[str, int]:
    """A control's name by which it comes after those with smaller numbers."""
    words = name.rstrip("0123456789")
    return words, int(name.removeprefix(words) or 0)
