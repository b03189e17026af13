"""What a stack promises those who read it by a StackReference: its outputs, with a version.

A version grows by one when an output goes or means something else; another output beside the others changes nothing.
docs/stack-outputs.md says what each output is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from stacks.config import PROJECT
from tenfold.errors import TenfoldError

ENVIRONMENT_VERSION: Final = 1
"""The version of an environment's outputs."""
ACCOUNT_VERSION: Final = 1
"""The version of the outputs of the stack `global`."""
GLOBAL: Final = "global"
"""The stack that has what an account has once."""


class ContractError(TenfoldError):
    """A stack that is read has not got what the one that reads it needs."""


@dataclass(frozen=True)
class Account:
    """What an environment reads of the stack `global`.

    Attributes:
        zone_id: The id of the domain's hosted zone.
        artifact_bucket: The name of the bucket that builds are kept in.
    """

    zone_id: pulumi.Output[str]
    artifact_bucket: pulumi.Output[str]


def _outputs_of(name: str) -> pulumi.Output[Mapping[str, Any]]:
    return pulumi.StackReference(name).outputs


def read_account(domain: str, outputs_of: Callable[[str], pulumi.Output[Any]] = _outputs_of) -> Account:
    """What the stack `global` of the same organization has, for an environment in a domain.

    Args:
        domain: The domain that the environment has names in.
        outputs_of: How the outputs of a stack are read.

    Raises:
        ContractError: When the outputs are known, if the stack is missing something, is of another version, or has the
            zone of another domain.
    """
    name = f"{pulumi.get_organization()}/{PROJECT}/{GLOBAL}"
    outputs = outputs_of(name).apply(lambda found: _checked(name, domain, found))
    return Account(
        zone_id=outputs.apply(lambda found: found["zone_id"]),
        artifact_bucket=outputs.apply(lambda found: found["artifact_bucket"]),
    )


def _checked(name: str, domain: str, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    faults = [*account_faults(domain, outputs)]
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise ContractError(f"The stack {name} is not what this environment needs:\n{lines}")
    return outputs


def account_faults(domain: str, outputs: Mapping[str, Any]) -> list[str]:
    """What is wrong with the outputs of the stack `global`, for an environment in a domain."""
    if "version" not in outputs:
        return [f"it has no outputs: run `pulumi up --stack {GLOBAL}` first"]
    if outputs["version"] != ACCOUNT_VERSION:
        older = outputs["version"] < ACCOUNT_VERSION
        what = f"run `pulumi up --stack {GLOBAL}` from this checkout" if older else "use a checkout as new as its own"
        return [f"version: {outputs['version']:.12g} is there; allowed: {ACCOUNT_VERSION}; {what}"]
    missing = [f"{key}: it is missing" for key in ("domain", "zone_id", "artifact_bucket") if not outputs.get(key)]
    if not missing and outputs["domain"] != domain:
        return [
            f"domain: {outputs['domain']!r} is there; allowed: {domain!r}, which this environment has as its domain"
        ]
    return missing
