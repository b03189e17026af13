"""The errors of this library.

TenfoldError              what a user can mend; Pulumi shows its message alone, without a traceback
└── ArgumentError         arguments that a component cannot be built from
"""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi


class Fault(NamedTuple):
    """One thing that is wrong with an argument.

    Attributes:
        path: Where it stands, in the program's terms: ``indexes[0].hash_key``.
        given: What is given there.
        allowed: What may stand there, and, where that is not obvious, what to do.
    """

    path: str
    given: str
    allowed: str


class TenfoldError(pulumi.RunError):
    """A mistake that the reader of the message can mend."""


class ArgumentError(TenfoldError):
    """A component's arguments are wrong: every fault at once, found before any resource is registered."""

    def __init__(self, component: str, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = [f"  {fault.path}: {fault.given}; allowed: {fault.allowed}" for fault in faults]
        super().__init__("\n".join([f"{component} {name!r} has {count} in its arguments:", *lines]))
