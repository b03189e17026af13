"""All rules of the pack, concern by concern."""

from typing import Final

from . import decoupling, durability, encryption, multi_az, network, scaling, stateless_tiers
from .rule import Rule

CONCERNS: Final = (multi_az, stateless_tiers, decoupling, durability, network, encryption, scaling)

RULES: Final[tuple[Rule, ...]] = tuple(
    value for concern in CONCERNS for value in vars(concern).values() if isinstance(value, Rule)
)
