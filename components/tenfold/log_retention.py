"""How long CloudWatch Logs can keep a log group's events."""

from collections.abc import Iterable

from tenfold.arguments import is_known
from tenfold.errors import Fault

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180),
    *(365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""See https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html."""


def retention_faults(path: str, days: object) -> Iterable[Fault]:
    """A fault where a known number of days is none that CloudWatch Logs knows."""
    if days is not None and is_known(days) and days not in RETENTION_DAYS:
        yield Fault(path, f"{days} is given", f"one of {', '.join(map(str, RETENTION_DAYS))}")
