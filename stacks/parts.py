"""An environment while it is assembled: what its parts need of each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from stacks.contract import Account
from stacks.sections import EnvironmentConfig
from tenfold import MonitoringServiceArgs, MonitoringServiceKind, Network

Tags = dict[str, pulumi.Input[str]]
Variables = pulumi.Output[dict[str, str]]


@dataclass
class Uses:
    """What a tier uses: the variables by which it finds that, and the policies that let it.

    Attributes:
        environments: The variables, by component.
        policies: The policies as JSON, by a name that stays.
    """

    environments: list[Variables] = field(default_factory=list[Variables])
    policies: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, "pulumi.Input[str]"])


@dataclass(frozen=True)
class Environment:
    """An environment while it is assembled.

    Attributes:
        config: Its configuration.
        tags: Tags of everything in it.
        account: What it reads of the stack `global`; None where nothing has a name in the domain.
        network: Its network.
        groups: The ids of security groups by tier: each tier's members are in its own, which what they call lets in.
        uses: What each tier uses, as it is made.
        services: What monitoring watches, as it is made.
    """

    config: EnvironmentConfig
    tags: Tags
    account: Account | None
    network: Network
    groups: Mapping[str, pulumi.Output[str]]
    uses: Mapping[str, Uses]
    services: dict[str, MonitoringServiceArgs] = field(default_factory=dict[str, MonitoringServiceArgs])

    def give(self, tiers: Iterable[str], name: str, variables: Variables, policy: pulumi.Input[str] | None) -> None:
        """Let tiers use something: its variables, and its policy under a name that stays."""
        for tier in tiers:
            self.uses[tier].environments.append(variables)
            if policy is not None:
                self.uses[tier].policies[name] = policy

    def watch(self, name: str, component: Any, kind: MonitoringServiceKind, **identifiers: pulumi.Input[str]) -> None:
        """Have monitoring watch something: its alarms notify together, and its metrics are on the dashboard."""
        self.services[name] = {"kind": kind, "alarm_arns": component.alarm_arns}
        if identifiers:
            self.services[name]["identifiers"] = identifiers


def merged(*environments: Variables) -> Variables:
    """The variables of several components."""

    def merge(found: list[dict[str, str]]) -> dict[str, str]:
        return {name: value for each in found for name, value in each.items()}

    return pulumi.Output.all(*environments).apply(merge)
