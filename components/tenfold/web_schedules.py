"""Sizes of a web tier by the clock, for instances and for tasks.

Programs write the five fields of Unix. EC2 Auto Scaling takes them so; Application Auto Scaling has six, in which one
of the two days is a question mark and days of the week count from 1.
See https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html.
"""

import re
from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded
from tenfold.errors import Fault
from tenfold.time_zones import is_time_zone
from tenfold.web_arguments import WebTierArgs, WebTierScalingArgs, WebTierScheduleArgs
from tenfold.web_capacity import least_with_spare_zone

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = {"minute": (0, 59), "hour": (0, 23), "day of the month": (1, 31), "month": (1, 12), "day of the week": (0, 7)}
_PART = re.compile(r"(\*|(\d+)(-(\d+))?)(/([1-9]\d*))?")
_UNCHANGED = -1


def schedules(args: WebTierArgs) -> dict[str, WebTierScheduleArgs]:
    """The schedules by their names."""
    return args.get("scaling", WebTierScalingArgs()).get("schedules", {})


def schedule_faults(args: WebTierArgs) -> Iterable[Fault]:
    """What is wrong with the schedules."""
    for key, schedule in schedules(args).items():
        path = f"scaling.schedules.{key}"
        if not _KEY.fullmatch(key):
            yield Fault(path, "it has this name", "1 to 40 letters, digits, underscores and hyphens")
        yield from _cron_faults(f"{path}.cron", schedule["cron"])
        yield from _zone_faults(f"{path}.time_zone", schedule.get("time_zone", "UTC"))
        yield from _size_faults(path, schedule, args.get("max_size", 4 * args.get("min_size", 3)))


def schedule_instances(
    tier: pulumi.ComponentResource, args: WebTierArgs, group: aws.autoscaling.Group
) -> list[aws.autoscaling.Schedule]:
    """The schedules of an Auto Scaling group."""
    return [
        aws.autoscaling.Schedule(
            f"{tier.pulumi_resource_name}-schedule-{key}",
            autoscaling_group_name=group.name,
            scheduled_action_name=key,
            recurrence=schedule["cron"],
            time_zone=schedule.get("time_zone", "UTC"),
            min_size=_least(args, schedule, _UNCHANGED),
            max_size=schedule.get("max_size", _UNCHANGED),
            # How many there are between the two is left to the load.
            desired_capacity=_UNCHANGED,
            opts=pulumi.ResourceOptions(parent=tier),
        )
        for key, schedule in schedules(args).items()
    ]


def schedule_tasks(
    tier: pulumi.ComponentResource, args: WebTierArgs, target: aws.appautoscaling.Target
) -> list[aws.appautoscaling.ScheduledAction]:
    """The schedules of a Fargate service."""
    return [
        aws.appautoscaling.ScheduledAction(
            f"{tier.pulumi_resource_name}-task-schedule-{key}",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            schedule=aws_cron(schedule["cron"]),
            timezone=schedule.get("time_zone", "UTC"),
            scalable_target_action={
                "min_capacity": _least(args, schedule, None),
                "max_capacity": schedule.get("max_size"),
            },
            opts=pulumi.ResourceOptions(parent=tier),
        )
        for key, schedule in schedules(args).items()
    ]


def aws_cron(cron: str) -> str:
    """An expression of Unix as Application Auto Scaling takes it: `30 7 * * 1-5` is `cron(30 7 ? * MON,TUE,... *)`."""
    minute, hour, day, month, weekday = cron.split()
    if weekday == "*":
        return f"cron({minute} {hour} {day} {month} ? *)"
    return f"cron({minute} {hour} ? {month} {','.join(_weekdays(weekday))} *)"


def _weekdays(field: str) -> list[str]:
    numbers: set[int] = set()
    for part in field.split(","):
        low, _, high = part.partition("-")
        numbers |= {number % 7 for number in range(int(low), int(high or low) + 1)}
    return [_DAYS[number] for number in sorted(numbers)]


def _least(args: WebTierArgs, schedule: WebTierScheduleArgs, unchanged: int | None) -> pulumi.Input[int] | None:
    return least_with_spare_zone(args, schedule["min_size"]) if "min_size" in schedule else unchanged


def _cron_faults(path: str, cron: str) -> Iterable[Fault]:
    fields = cron.split()
    if len(fields) != len(_FIELDS):
        yield Fault(path, f"{cron!r} is given", f"five fields: {', '.join(_FIELDS)}: 30 7 * * 1-5")
        return
    wrong = [name for name, field in zip(_FIELDS, fields, strict=True) if not _is_field(field, *_FIELDS[name])]
    if wrong:
        ranges = ", ".join(f"{name} {low}-{high}" for name, (low, high) in _FIELDS.items())
        given = f"{cron!r} is given, and its {wrong[0]} is wrong"
        yield Fault(path, given, f"numbers, lists, ranges, steps of * and *: {ranges}")
    elif fields[2] != "*" and fields[4] != "*":
        yield Fault(path, f"{cron!r} is given, with both days", "a day of the month or a day of the week, the other *")
    elif "/" in fields[4]:
        yield Fault(path, f"{cron!r} is given", "days of the week as a list, which AWS counts in another way: 1,3,5")


def _is_field(field: str, low: int, high: int) -> bool:
    parts = [_PART.fullmatch(part) for part in field.split(",")]
    return all(part is not None and _is_within(part, low, high) for part in parts)


def _is_within(part: re.Match[str], low: int, high: int) -> bool:
    if part[1] == "*":
        return True
    first, last = int(part[2]), int(part[4] or part[2])
    # A step that starts at a number is none that Unix knows.
    return low <= first <= last <= high and (part[6] is None or part[4] is not None)


def _zone_faults(path: str, zone: str) -> Iterable[Fault]:
    if not is_time_zone(zone):
        yield Fault(path, f"{zone!r} is given", "a time zone by its IANA name: Europe/Berlin")


def _size_faults(path: str, schedule: WebTierScheduleArgs, most_before: int) -> Iterable[Fault]:
    least, most = schedule.get("min_size"), schedule.get("max_size")
    if least is None and most is None:
        yield Fault(path, "no size is given", "min_size, max_size or both")
    yield from bounded(f"{path}.min_size", least, 0, 10_000, "instances or tasks")
    yield from bounded(f"{path}.max_size", most, 0, 10_000, "instances or tasks")
    if least is not None and most is not None and most < least:
        yield Fault(f"{path}.max_size", f"{most} is given, with {least} as min_size", f"{least} or more")
    elif least is not None and most is None and most_before < least:
        given = f"{least} is given, with {most_before} as max_size"
        yield Fault(f"{path}.min_size", given, f"up to {most_before}, or with a max_size of the schedule's own")
