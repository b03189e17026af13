"""The times at which AWS copies and patches what stores data, in UTC."""

import re

_HOURS = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"
DAILY = re.compile(f"{_HOURS}-{_HOURS}")
"""A time of each day, `03:00-04:00`."""
WEEKLY = re.compile(f"{_DAY}:{_HOURS}-{_DAY}:{_HOURS}")
"""A time of each week, `sun:04:00-sun:05:00`."""
