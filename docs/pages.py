"""The pages of components as Markdown, from what their sources say and from what they build."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docs.observing import Child, Observed, is_component
from docs.reading import Component, Field, Method, Shape


@dataclass(frozen=True)
class Subject:
    """What a page is about: a component, what it builds, and the program that shows it."""

    component: Component
    observed: Observed
    example: str

    @property
    def file(self) -> str:
        """The page's file."""
        return f"{snake(self.component.name)}.md"


NOTE = "<!-- Written by `python -m docs.build` from docstrings and examples: edit those. -->"
_LATER = (
    "An `Input[T]` is a `T`, or an Output of one that is known only later. Every other argument is a plain value: it "
    "decides which resources there are. What is wrong is told all at once, before anything is registered."
)


def snake(name: str) -> str:
    """A class's name as that of a file: `web_tier` for `WebTier`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def page(subject: Subject) -> str:
    """A component's reference page."""
    component = subject.component
    links = {shape.name for shape in component.nested}
    parts = [
        NOTE,
        f"# {component.name}",
        component.summary,
        *component.module,
        "## Example",
        f"[`examples/{snake(component.name)}`](../../examples/{snake(component.name)}) is this program, ready to run:",
        f"```python\n{subject.example.strip()}\n```",
        *_section("## By default", component.more),
        "## Inputs",
        _LATER,
        _arguments(component.inputs, links),
        *(part for shape in component.nested for part in _nested(shape, links)),
        "## Outputs",
        table(["Output", "Type", "What it is"], [_described(field, links) for field in component.outputs]),
        *_methods(component),
        "## Resources",
        _RESOURCES.format(count=subject.observed.default),
        table(
            ["Child", "Type", "When"],
            [[_child(child), f"`{child.type}`", child.when] for child in subject.observed.children],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def above_resources(text: str) -> str:
    """What a page says without what the component builds."""
    return text.partition("## Resources")[0]


def _child(child: Child) -> str:
    if is_component(child.type):
        name = child.type.rpartition(":")[2]
        return f"a name of yours, a [`{name}`]({snake(name)}.md)"
    return f"`{child.kind}`"


_RESOURCES = (
    "With nothing but what is required it has {count} resources. They are named `<name>-<child>`, with a zone or a "
    "name of yours behind that where there are several; `overrides` names them by child."
)


def index(subjects: Sequence[Subject]) -> str:
    """The page that leads to all others."""
    rows = [
        [f"[`{each.component.name}`]({each.file})", each.component.subject, *_figures(each)]
        for each in sorted(subjects, key=lambda each: each.component.name)
    ]
    header = ["Component", "What it is for", "Inputs", "Nested", "Outputs", "Resources"]
    return "\n\n".join([NOTE, "# Components", table(header, rows), _INDEX]) + "\n"


_INDEX = """\
*Inputs* are those at the top level, *Nested* those of the dicts within them, and *Resources* what there is where
nothing is given that is not required.

## What holds for all of them
- Made by a name, a dict of arguments and Pulumi's options: `Table("orders", {"hash_key": "id", ...})`.
- Arguments are checked as a whole before anything is registered: one error lists every fault, with what is given and
  what is allowed.
- `tags` reach every child that can have them.
- `alarms` says whom alarms notify, the critical ones and all others, and which are not made; `alarm_arns` has those
  that are. [Which there are](../alarms.md) follows what AWS recommends.
- `overrides` are merged last into the properties of a child: `{"queue": {"delay_seconds": 10}}`. Pulumi's own
  `transformations` reach whatever else there is.
- Permissions come as methods, `jobs.grant_send(role)`, and as data for programs elsewhere: `jobs.sender_policy_json`,
  `jobs.environment`.
- Growing replaces nothing that holds data, and no address that clients know.

## From another language
The folder `components` is a Pulumi package: `pulumi package add path/to/components` makes an SDK of it, and a program
in YAML names it in its `Pulumi.yaml`. Names are those of the language, `hashKey` for `hash_key`, and in place of grants
there are the policies among the outputs. [`examples/from_yaml`](../../examples/from_yaml) is a whole program."""


def _figures(subject: Subject) -> list[str]:
    component = subject.component
    nested = sum(len(shape.fields) for shape in component.nested if shape.fields[0].written)
    figures = (len(component.inputs.fields), nested, len(component.outputs), subject.observed.default)
    return [str(figure) for figure in figures]


def _section(title: str, paragraphs: Sequence[str]) -> Iterable[str]:
    return [title, *paragraphs] if paragraphs else []


def _nested(shape: Shape, links: set[str]) -> Iterable[str]:
    yield f"### {shape.name}"
    yield shape.description
    # A choice's members have no type.
    if shape.fields[0].written:
        yield _arguments(shape, links)
    else:
        yield f"A member of `tenfold.{shape.name}`, or its value."
        yield table(["Value", "What it means"], [[f"`{field.name}`", field.description] for field in shape.fields])


def _arguments(shape: Shape, links: set[str]) -> str:
    rows = [
        [f"`{field.name}` (required)" if field.required else f"`{field.name}`", *_described(field, links)[1:]]
        for field in shape.fields
    ]
    return table(["Input", "Type", "What it is"], rows)


def _described(field: Field, links: set[str]) -> list[str]:
    # A type on its own is a link; within another, Markdown shows no code as one, so the link stands behind it.
    named = field.refers_to.__name__ if field.refers_to else ""
    link = f"[`{named}`](#{named.lower()})"
    written = f"`{field.written}`"
    if named in links:
        written = link if field.written == named else f"{written}, see {link}"
    return [f"`{field.name}`", written, field.description]


def _methods(component: Component) -> Iterable[str]:
    if component.grants:
        yield "## Grants"
        yield "Each is a policy of the role that it is given, least privilege, for programs in Python:"
        yield _calls(component.grants)
    if component.properties:
        yield "## In the same program"
        yield _calls(component.properties)


def _calls(methods: Sequence[Method]) -> str:
    return table(["Python", "What it does"], [[f"`{method.call}`", method.description] for method in methods])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
