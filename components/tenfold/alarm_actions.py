"""Whom the alarms of a component notify."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi


def alarm_actions(args: Mapping[str, Any]) -> Sequence[pulumi.Input[str]]:
    """The topic of the argument `alarm_topic_arn`; nobody without it."""
    return [cast("pulumi.Input[str]", args["alarm_topic_arn"])] if "alarm_topic_arn" in args else []
