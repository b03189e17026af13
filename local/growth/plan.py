"""What an environment becomes with another number of users: its settings, its resources, its bill, and what is next.

The article's stages are in `stacks.growth`. Both platforms are assembled here and compared, so that the answer is what
a preview would say of an update, without an account and within seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from local.exit_codes import MISTAKE
from local.growth.comparing import compared
from local.growth.recording import record
from local.stack import stack_argument
from local.workspace import CommandError, Workspace
from pull_requests.cost import CostChange, cost_change
from pull_requests.data_holders import data_losses
from pull_requests.preview import Action, Preview, name_of, type_of
from stacks import assembly, prices
from stacks.config import ConfigurationError, parse, texts
from stacks.contract import GLOBAL
from stacks.growth import Stage, defaults, stage_after, stage_of
from stacks.sections import EnvironmentConfig


@dataclass(frozen=True)
class Plan:
    """What grows.

    Attributes:
        now: The configuration as it is.
        then: The same for another number of users.
        preview: What an update from the one to the other does.
        bill: What the month costs with `now`, as far as prices are known.
        cost: What the update changes of it.
        held: The settings that are the configuration's own, in place of the stage's defaults.
    """

    now: EnvironmentConfig
    then: EnvironmentConfig
    preview: Preview
    bill: CostChange
    cost: CostChange
    held: tuple[str, ...]

    @property
    def stages(self) -> tuple[Stage, Stage]:
        """The article's stage now, and then."""
        return stage_of(self.now.users), stage_of(self.then.users)

    @property
    def settings(self) -> dict[str, tuple[Any, Any]]:
        """Each setting that differs, by its path: what it is now, and then."""
        before, after = (dict(_flat("", config.model_dump(mode="json"))) for config in (self.now, self.then))
        return {path: (before.get(path), after.get(path)) for path in _paths(before, after) if path != "users"}

    @property
    def _by_use(self) -> list[str]:
        return sorted({*self.bill.by_use, *self.cost.by_use})

    @property
    def _unpriced(self) -> list[str]:
        return sorted({*self.bill.unpriced, *self.cost.unpriced})

    def data(self) -> dict[str, Any]:
        """The plan for scripts."""
        stage, later = self.stages
        following = stage_after(later)
        return {
            "stack": self.now.name,
            "users": {"now": self.now.users, "then": self.then.users},
            "stage": {"now": stage.name, "then": later.name},
            "settings": {path: {"now": now, "then": then} for path, (now, then) in self.settings.items()},
            "changes": [
                {"urn": change.urn, "action": change.action.value, "reasons": [*change.reasons]}
                for change in self.preview.changes
            ],
            "data_lost": [change.urn for change in data_losses(self.preview)],
            "bottleneck": {"from_users": following.from_users if following else None, "why": later.bottleneck},
            "monthly_usd": {
                "now": round(self.bill.usd),
                "then": round(self.bill.usd + self.cost.usd),
                "as_of": prices.AS_OF,
                "region": prices.REGION,
                "by_use": self._by_use,
                "not_priced": self._unpriced,
            },
            "kept_as_configured": [*self.held],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        stage, later = self.stages
        yield Text(f"{self.now.name}: from {self.now.users:,} to {self.then.users:,} users", style="bold")
        yield f"The article's stage: {stage.name}" + ("" if stage == later else f", then {later.name}: {later.adds}")
        yield from self._settings()
        yield from self._resources()
        yield ""
        yield from self._cost()
        following = stage_after(later)
        yield ""
        yield f"Next bottleneck, {f'at about {following.from_users:,} users' if following else 'from here on'}:"
        yield f"  {later.bottleneck}."

    def _settings(self) -> Iterator[RenderableType]:
        yield Text("Settings", style="bold")
        if not self.settings:
            yield "  No setting changes."
        else:
            table = Table("  setting", "now", "then", box=None, pad_edge=False)
            for path, (now, then) in self.settings.items():
                table.add_row(f"  {path}", _said(now), _said(then))
            yield table
        if self.held:
            yield f"  as stacks/Pulumi.{self.now.name}.yaml sets it, whatever the users: {', '.join(self.held)}"
        yield ""

    def _resources(self) -> Iterator[RenderableType]:
        counts = {action: len(self.preview.of(action)) for action in Action}
        yield Text("Resources", style="bold")
        yield "  " + ", ".join(f"{counts[action]} {action}" for action in Action if action is not Action.IMPORTED)
        for action in (Action.REPLACED, Action.DESTROYED):
            for change in self.preview.of(action):
                because = f", since {', '.join(change.reasons)} cannot change in place" if change.reasons else ""
                yield f"  {action}: {change.name} ({change.type}){because}"
        losses = data_losses(self.preview)
        yield f"  Data: {len(losses)} of these hold data; do not." if losses else "  None of that holds data."
        created: dict[str, int] = {}
        for change in self.preview.of(Action.CREATED):
            created[change.owner] = created.get(change.owner, 0) + 1
        for owner, count in sorted(created.items(), key=lambda item: -item[1]):
            whose = f"{type_of(owner).rpartition(':')[2]} {name_of(owner)}" if owner else "outside of components"
            yield f"  created: {whose}, {count} resources"

    def _cost(self) -> Iterator[RenderableType]:
        yield Text("Monthly cost", style="bold")
        yield (
            f"  about {self.bill.usd:,.0f} USD now, {self.bill.usd + self.cost.usd:,.0f} USD then "
            f"({self.cost.usd:+,.0f}), with fleets and databases at their least size"
        )
        yield f"  AWS's list prices in {prices.REGION}, as of {prices.AS_OF}; sources in stacks/prices.py"
        if self._by_use:
            yield f"  by use, and not in it: {', '.join(self._by_use)}"
        if self._unpriced:
            yield f"  without a price here: {', '.join(self._unpriced)}"


def plan(workspace: Workspace, stack: str, users: int) -> Plan:
    """What an environment becomes with a number of users.

    Args:
        workspace: The checkout.
        stack: The environment.
        users: How many users it shall be for.

    Raises:
        CommandError: There is no such environment, or its configuration is wrong.
    """
    if stack == GLOBAL:
        raise CommandError(f"{GLOBAL} has no users; name an environment", MISTAKE)
    settings = yaml.safe_load(workspace.committed_config(stack_argument(workspace, stack)).read_text())["config"]
    given = texts(settings)
    try:
        now, then = parse(stack, given), parse(stack, {**given, "users": str(users)})
    except ConfigurationError as error:
        raise CommandError(str(error), MISTAKE) from None
    region = settings.get("aws:region", prices.REGION)
    before, after = (
        record(partial(assembly.build, config), stack=stack, region=region, domain=config.domain)
        for config in (now, then)
    )
    preview = compared(stack, region, before, after)
    return Plan(
        now=now,
        then=then,
        preview=preview,
        bill=_cost(compared(stack, region, {}, before)),
        cost=_cost(preview),
        held=_held(then),
    )


def _held(config: EnvironmentConfig) -> tuple[str, ...]:
    """The settings that are others than the stage's defaults."""
    actual = dict(_flat("", config.model_dump(mode="json")))
    return tuple(path for path, value in _flat("", defaults(config.users)) if actual.get(path) != value)


def _cost(preview: Preview) -> CostChange:
    return cost_change(preview, prices.monthly_usd, prices.paid_by_use)


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), each)
    elif value is not None:
        yield path, value


def _paths(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [path for path in {**before, **after} if before.get(path) != after.get(path)]


def _said(value: Any) -> str:
    return "-" if value is None else str(value)
