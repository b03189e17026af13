"""How many instances or tasks a web tier has, so that enough are left when a zone is lost.

Auto Scaling and ECS spread them evenly, so a zone of three has a third of them, rounded up.
See https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-availability-zone-balanced.html.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pulumi

from tenfold.arguments import is_known
from tenfold.errors import Fault, TenfoldError
from tenfold.placement import placed
from tenfold.web_arguments import WebTierArgs, WebTierScalingArgs


class Sizes(NamedTuple):
    """The least and the most instances or tasks."""

    least: pulumi.Input[int]
    most: pulumi.Input[int]


def size_with_spare_zone(size: int, zones: int) -> int:
    """The fewest instances over a number of zones of which `size` are left, whichever zone is lost."""
    if zones < 2:
        raise TenfoldError(f"{zones} zone is in the placement, and none would be left when it is lost")
    return -(-size * zones // (zones - 1))


def web_sizes(args: WebTierArgs) -> Sizes:
    """A tier's sizes, with what the loss of a zone takes where that is asked for."""
    least = args.get("min_size", 3)
    most = args.get("max_size", 4 * least)
    spare = least_with_spare_zone(args, least)
    if isinstance(spare, int):
        return Sizes(spare, max(most, spare))
    return Sizes(spare, spare.apply(lambda size: max(most, size)))


def least_with_spare_zone(args: WebTierArgs, size: int) -> int | pulumi.Output[int]:
    """A least size, as it is or with what the loss of a zone takes; known as soon as the zones are."""
    if not args.get("scaling", WebTierScalingArgs()).get("survives_zone_loss", False):
        return size
    zones = placed(args["placement"], "zones")
    if is_known(zones):
        return size_with_spare_zone(size, len(zones))
    return pulumi.Output.from_input(zones).apply(lambda names: size_with_spare_zone(size, len(names)))


def capacity_faults(args: WebTierArgs) -> Iterable[Fault]:
    """What is wrong with the sizes, as far as they are known."""
    least = args.get("min_size", 3)
    most = args.get("max_size", least)
    if 1 <= most < least <= 10_000:
        yield Fault("max_size", f"{most} is given, with {least} as min_size", f"{least} or more instances")
        return
    if not args.get("scaling", WebTierScalingArgs()).get("survives_zone_loss", False):
        return
    placement = args["placement"]
    zones = placement.get("zones") if isinstance(placement, dict) else None
    if not isinstance(zones, Sequence):
        return
    if len(zones) < 2:
        yield Fault("scaling.survives_zone_loss", f"{len(zones)} zone is in the placement", "two zones or more")
    elif "max_size" in args and most < size_with_spare_zone(least, len(zones)):
        needed = size_with_spare_zone(least, len(zones))
        given = f"{most} is given, with {least} as min_size and {len(zones)} zones of which one may be lost"
        yield Fault("max_size", given, f"{needed} or more instances")
