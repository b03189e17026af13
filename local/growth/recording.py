"""What a program of a stack would register, found out without an engine, an emulator or an account.

The program runs as in the preview of a new stack. What AWS fills in stays unknown, so that of a property that is made
of it nothing is known but what it is made of: two programs give it alike when they make it of the same resources.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pulumi
import pulumi.runtime
from pulumi.output import Unknown
from pulumi.runtime import mocks, rpc

from local.aws.invokes import STANDS_FOR_A_SECRET
from pull_requests.preview import State
from stacks.contract import ACCOUNT_VERSION

_ACCOUNT: Final = "123456789012"


def record(program: Callable[[], None], *, stack: str, region: str, domain: str | None) -> dict[str, State]:
    """The resources that a program registers, by URN.

    Args:
        program: The program.
        stack: The stack's name.
        region: The stack's region.
        domain: The domain that the stack `global` has the zone of.
    """
    monitor = _Monitor(_LookUps(region, domain))
    pulumi.runtime.set_all_config({"aws:region": region})
    mocks.set_mocks(monitor.mocks, project="tenfold", stack=stack, monitor=monitor, preview=True)
    pulumi.runtime.test(program)()
    return monitor.states


class _LookUps(mocks.Mocks):
    """What AWS and the stack `global` answer to what programs look up."""

    def __init__(self, region: str, domain: str | None) -> None:
        self._answers: dict[str, dict[str, Any]] = {
            "getAvailabilityZones": {"names": [f"{region}{letter}" for letter in "abcdef"], "id": region},
            "getCallerIdentity": {"accountId": _ACCOUNT, "arn": f"arn:aws:iam::{_ACCOUNT}:root", "id": _ACCOUNT},
            "getParameter": {"value": "ami-0a1b2c3d4e5f"},
            "getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com"},
            "getRegion": {"region": region, "name": region, "id": region},
            "getSecretVersion": {"secretString": STANDS_FOR_A_SECRET},
            "getTableItem": {"item": "{}"},
        }
        self._outputs = {
            "version": ACCOUNT_VERSION,
            "domain": domain,
            "zone_id": "Z0123456789ABC",
            "artifact_bucket": "artifacts",
        }

    def call(self, args: mocks.MockCallArgs) -> Any:
        return {**args.args, **self._answers[args.token.rpartition(":")[2]]}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.name, "outputs": self._outputs, "secretOutputNames": []}
        return None, args.inputs


class _Monitor(mocks.MockMonitor):
    """Keeps what is registered."""

    def __init__(self, given: mocks.Mocks) -> None:
        super().__init__(given)
        self.states: dict[str, State] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the engine's word
        urn = self.make_urn(request.parent, request.type, request.name)
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        made_of = {key: sorted(found.urns) for key, found in request.propertyDependencies.items()}
        self.states[urn] = State(
            type=request.type,
            parent=request.parent,
            inputs={
                key: _known(value, made_of.get(key, []))
                for key, value in (inputs or {}).items()
                # An update leaves these as they are.
                if key not in request.ignoreChanges
            },
            custom=request.custom,
            protect=request.protect,
            retained=request.retainOnDelete,
        )
        return super().RegisterResource(request)


def _known(value: Any, made_of: list[str]) -> Any:
    if isinstance(value, Unknown):
        return f"(made of {', '.join(made_of)})"
    if isinstance(value, pulumi.AssetArchive):
        return {name: _known(each, made_of) for name, each in value.assets.items()}
    if isinstance(value, pulumi.FileAsset | pulumi.FileArchive):
        return f"(the file {value.path})"
    if isinstance(value, pulumi.StringAsset):
        return value.text
    if isinstance(value, Mapping):
        return {key: _known(each, made_of) for key, each in value.items()}
    if isinstance(value, list):
        return [_known(each, made_of) for each in value]
    return value
