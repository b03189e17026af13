"""What a command has to say at its end, for a person and as data for a script."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from local.aws.records import Recorded
from local.events import Outcome

COMPONENT = "tenfold:index:"


@dataclass(frozen=True)
class Component:
    """One component of the stack, or, by the name ``(stack)``, what stands outside of any."""

    kind: str
    name: str
    resources: int


@dataclass(frozen=True)
class RecordedType:
    """A resource type that the embedded AWS lacks: how many are on record, and why."""

    type: str
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StackReport:
    """The end of an ``up`` or a ``preview``.

    Attributes:
        operation: ``up`` or ``preview``.
        stack: The environment.
        exit_code: The command's.
        seconds: From the start of the engine to its end.
        outcome: What the engine did.
        components: What exists.
        addresses: What can be reached, by what it is.
        recorded: What is on record only.
        next_steps: Commands to try.
    """

    operation: str
    stack: str
    exit_code: int
    seconds: float
    outcome: Outcome
    components: Sequence[Component] = ()
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])
    recorded: Sequence[RecordedType] = ()
    next_steps: Mapping[str, str] = field(default_factory=dict[str, str])

    def data(self) -> dict[str, Any]:
        """The report for ``--json``."""
        return {
            "operation": self.operation,
            "stack": self.stack,
            "ok": self.exit_code == 0,
            "seconds": round(self.seconds, 1),
            "changes": dict(self.outcome.changes),
            "refused": list(self.outcome.refused),
            "failed": list(self.outcome.failed),
            "resources": sum(component.resources for component in self.components),
            "components": [vars(component) for component in self.components],
            "addresses": dict(self.addresses),
            "recorded": [vars(recorded) for recorded in self.recorded],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The report for a person."""
        yield from self._verdict()
        if self.exit_code == 0 and self.operation == "up":
            yield from self._what_exists()
            yield from _pairs("Addresses", self.addresses)
            yield from self._what_is_recorded()
            yield from _pairs("Try next", self.next_steps)

    def _verdict(self) -> Iterator[RenderableType]:
        changes = ", ".join(f"{count} {_WORDS[self.operation].get(kind, kind)}" for kind, count in self._changes())
        if self.exit_code == 0:
            done = f"{self.stack} is up" if self.operation == "up" else f"{self.stack} can be brought up"
            yield Text(f"\n{done}: {changes or 'no resources'} in {self.seconds:.1f} s", style="bold green")
            return
        yield Text(f"\n{self.operation} of {self.stack} did not succeed, after {self.seconds:.1f} s", style="bold red")
        yield from _list("Refused by the policy pack", self.outcome.refused)
        yield from _list("Failed", self.outcome.failed)

    def _changes(self) -> list[tuple[str, int]]:
        order = ["create", "update", "replace", "delete", "same"]
        return sorted(self.outcome.changes.items(), key=lambda item: order.index(item[0]) if item[0] in order else 9)

    def _what_exists(self) -> Iterator[RenderableType]:
        total = sum(component.resources for component in self.components)
        yield _component_table(f"\nWhat exists: {total} resources", self.components)

    def _what_is_recorded(self) -> Iterator[RenderableType]:
        if self.recorded:
            yield Text(
                "\nOn record only (checked and kept, but the embedded AWS does not have them)", style="bold yellow"
            )
        for recorded in self.recorded:
            yield Text(f"  {recorded.count} x {recorded.type}: {recorded.reason}")


@dataclass(frozen=True)
class StatusReport:
    """Whether the embedded AWS runs, where, and which components each stack's saved state has."""

    endpoint: str | None
    pid: int | None
    stacks: Mapping[str, Sequence[Component]]

    def data(self) -> dict[str, Any]:
        """The report for ``--json``."""
        return {
            "running": self.endpoint is not None,
            "endpoint": self.endpoint,
            "pid": self.pid,
            "stacks": {name: [vars(component) for component in held] for name, held in self.stacks.items()},
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The report for a person."""
        if self.endpoint is None:
            yield Text("The embedded AWS does not run; ./tenfold up starts it")
            return
        yield Text(f"The embedded AWS runs at {self.endpoint} (pid {self.pid})")
        for name, held in self.stacks.items():
            yield _component_table(f"\n{name}: {sum(one.resources for one in held)} resources", held)


@dataclass(frozen=True)
class DownReport:
    """What was stopped and removed."""

    pid: int | None
    processes: int
    removed: Sequence[str]

    def data(self) -> dict[str, Any]:
        """The report for ``--json``."""
        return {"pid": self.pid, "processes": self.processes, "removed": list(self.removed)}

    def __rich__(self) -> RenderableType:
        """The report for a person."""
        stopped = (
            f"stopped the embedded AWS ({self.processes} processes)" if self.pid else "the embedded AWS did not run"
        )
        removed = "".join(f"\n  removed {folder}" for folder in self.removed)
        return Text(f"{stopped[0].upper()}{stopped[1:]}{removed}")


def components_of(resources: Sequence[Mapping[str, Any]]) -> list[Component]:
    """The outermost components of a saved state, in the program's order, each with the number of its AWS resources."""
    owners: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for resource in resources:
        urn = resource["urn"]
        owner = owners.get(resource.get("parent", ""), "")
        owners[urn] = owner or (urn if resource["type"].startswith(COMPONENT) else "")
        if resource["type"].startswith("aws:"):
            counts[owners[urn]] += 1
    found = [
        Component(urn.split("::")[2].removeprefix(COMPONENT), urn.rsplit("::", 1)[-1], count)
        for urn, count in counts.items()
        if urn
    ]
    return [*found, Component("", "(outside of components)", counts[""])] if counts[""] else found


def recorded_types(recorded: Sequence[Recorded]) -> list[RecordedType]:
    """What is on record only, by type and reason."""
    counts = Counter((one.type, one.reason) for one in recorded)
    return [RecordedType(kind, count, reason) for (kind, reason), count in sorted(counts.items())]


_WORDS = {
    "up": {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged"},
    "preview": {
        "create": "to create",
        "update": "to update",
        "replace": "to replace",
        "delete": "to delete",
        "same": "unchanged",
    },
}


def _component_table(title: str, components: Sequence[Component]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    table.add_column("component", style="cyan")
    table.add_column("name")
    table.add_column("resources", justify="right")
    for component in components:
        table.add_row(component.kind, component.name, str(component.resources))
    return table


def _pairs(title: str, pairs: Mapping[str, str]) -> Iterator[RenderableType]:
    if not pairs:
        return
    yield Text(f"\n{title}", style="bold")
    width = max(map(len, pairs))
    for name, value in pairs.items():
        yield Text(f"  {name.ljust(width)}  {value}", no_wrap=True, overflow="ignore")


def _list(title: str, items: Sequence[str]) -> Iterator[RenderableType]:
    if items:
        yield Text(f"\n{title}", style="bold")
    for item in items:
        yield Text(f"  {item}")
